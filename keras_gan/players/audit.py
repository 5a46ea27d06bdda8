"""The audit of anybody's GAN: what is wrong with it, in words.

It takes three compiled Keras models in the style of Keras-GAN.
"""
import contextlib
import functools
import warnings
from typing import ClassVar

import keras
import numpy as np
from keras import ops

from keras_gan.backend.one_graph import many_shapes
from keras_gan.players.ends import takes_logits
from keras_gan.players.freeze import (
    FreezeReport,
    make_move,
    note_still_weights,
    put_back,
    thawed,
    weights_to_train,
)

BATCH = 8                     # samples that a network is tried with
UNKNOWN = 32                  # for sizes that a model leaves open
LARGE = 1e4                   # factor of the last weights, to see what bounds the output


class AuditReport(FreezeReport):
    """What `audit` saw: `.ok`, `.findings` (list of str) and a readable `str()`.

    They are those of `FreezeReport`.
    """
    title: ClassVar = "Audit of"
    fine: ClassVar = "OK, nothing to change"


def audit(generator, discriminator, combined):
    """Look for what goes wrong in a GAN in the style of Keras-GAN.

    It is played on random numbers.

    Does each call move its own network, and only that one? Has each player an optimizer
    of its own? Is the discriminator in `combined` the one that is trained? Do shapes,
    range of the pictures, last layer and loss go together? All is put back afterwards:
    weights, optimizers, random seeds, flags. The models are taken as they are now: a
    flag `trainable` that a loop switches on and off is not switched here.

    Args:
        generator: `keras.Model`, noise (batch, width) -> samples; in a conditional GAN
            [noise, labels], labels with a whole-number dtype.
        discriminator: compiled `keras.Model`, samples (or [samples, labels]) ->
            validity (batch, 1).
        combined: compiled `keras.Model`, from the generator's inputs to validity.

    Returns:
        An `AuditReport`: `.ok` (bool), `.findings` (list of str, each with what to
        change), and a readable `str()`.

    Raises:
        TypeError: if one of them is no `keras.Model` that knows its inputs.
        ValueError: if one of them has several outputs.
    """
    models = {"generator": generator, "discriminator": discriminator, "combined": combined}
    for name, model in models.items():
        _check_model(name, model)
    networks = {"discriminator": discriminator, "generator": generator}
    players = {name: models[name] for name in ("discriminator", "combined")
               if models[name].compiled}
    optimizers = [model.optimizer for model in players.values()]
    variables = [v for owner in (*models.values(), *optimizers) for v in owner.variables]

    report = AuditReport("generator, discriminator and combined")
    for name, model in models.items():
        takes = " and ".join(map(_shape, model.inputs))
        report.moves.append(f"{name}: {takes} -> {_shape(model.outputs[0])}")
    _look_at_compilation(report, players)
    fits = _look_at_shapes(report, generator, discriminator)
    _look_at_axes(report, generator, models.values())
    rng, classes = np.random.default_rng(0), min(map(_number_of_classes, models.values()))
    batches = {name: _random_inputs(model, classes, rng) for name, model in models.items()}
    with (put_back(variables, models.values()), _lent_optimizers(players.values()),
          many_shapes(), warnings.catch_warnings()):
        warnings.simplefilter("ignore")    # the report says it in its own words
        _look_at_pictures(report, generator, batches["generator"])
        _look_at_validity(report, discriminator, batches["discriminator"], players)
        if not _look_at_membership(report, networks, combined):
            players.pop("combined", None)            # what it moves are other networks
        elif fits:
            _look_at_the_frozen_one(report, generator, discriminator, combined,
                                    batches["combined"], variables)
        moved = set()
        for name, model in players.items():
            train = functools.partial(_train, model, batches[name])
            trains = ["generator" if name == "combined" else name]
            moved |= make_move(report, networks, f"batch of {BATCH}", f"{name}.train_on_batch",
                               trains, train)
        if len(players) == 2:
            note_still_weights(report, networks, moved)
    return report


# --- what the models are tried with ---

def _check_model(name, model):
    """Raise `TypeError` or `ValueError` for what can't be audited."""
    if not isinstance(model, keras.Model) or not getattr(model, "inputs", None):
        raise TypeError(f"{name} must be a keras.Model that knows its inputs: "
                        "keras.Model(inputs, outputs), or keras.Sequential with an Input. "
                        f"Received: {name}={model!r}, of type {type(model).__name__}")
    if len(model.outputs) != 1:
        raise ValueError(f"{name} must have one output. Received: {len(model.outputs)}, "
                         f"{', '.join(map(_shape, model.outputs))}")


def _shape(tensor):
    """A tensor's shape as text: "(batch, 28, 28, 1)"."""
    sizes = ["any" if n is None else str(n) for n in tensor.shape[1:]]
    return f"({', '.join(['batch', *sizes])})"


def _holds_labels(tensor):
    """Whether an input takes whole numbers."""
    return "int" in keras.backend.standardize_dtype(tensor.dtype)


def _number_of_classes(model):
    """How many classes the layers of a model know; 2 if none of them takes labels."""
    layers = model._flatten_layers()
    known = [layer.input_dim for layer in layers if isinstance(layer, keras.layers.Embedding)]
    known += [layer.num_tokens for layer in layers
              if isinstance(layer, keras.layers.CategoryEncoding)]
    return min(known, default=2)


def _random_inputs(model, classes, rng):
    """A batch for each input: labels, pictures in [-1, 1], or vectors of noise."""
    batches = []
    for tensor in model.inputs:
        shape = (BATCH, *(n or UNKNOWN for n in tensor.shape[1:]))
        numbers = (rng.integers(classes, size=shape) if _holds_labels(tensor) else
                   rng.uniform(-1, 1, shape) if len(shape) > 2 else rng.standard_normal(shape))
        batches.append(numbers.astype(keras.backend.standardize_dtype(tensor.dtype)))
    return batches


def _call(model, batches, training=False):
    tensors = [ops.convert_to_tensor(batch) for batch in batches]
    return model(tensors if len(tensors) > 1 else tensors[0], training=training)


def _train(model, batches):
    """`train_on_batch` with ones, in the shape of the model's output."""
    valid = np.ones(_call(model, batches).shape, keras.config.floatx())
    batches = batches if len(batches) > 1 else batches[0]
    return model.train_on_batch(batches, valid, return_dict=True)


@contextlib.contextmanager
def _lent_optimizers(models):
    """In here each model is traced anew, with an optimizer of its own.

    An optimizer that has been used already stays, if it serves only one model.
    """
    before = [(model, model.optimizer, model.train_function) for model in models]
    own = [model.optimizer for model in models]
    for model in models:
        model.train_function = None
        mine = model.optimizer
        if not mine.built or sum(optimizer is mine for optimizer in own) > 1:
            model.optimizer = type(mine).from_config(mine.get_config())
    try:
        yield
    finally:
        for model, optimizer, train_function in before:
            model.optimizer, model.train_function = optimizer, train_function


# --- what is looked at ---

def _look_at_compilation(report, players):
    for name in ("discriminator", "combined"):
        if name not in players:
            report.add(f"{name} is not compiled. Compile it, with an optimizer of its own: "
                       f"{name}.compile(loss='binary_crossentropy', optimizer=Adam(2e-4, 0.5)).")
    if len(players) == 2 and players["discriminator"].optimizer is players["combined"].optimizer:
        kind = type(players["combined"].optimizer).__name__
        report.add(f"discriminator and combined share one optimizer ({kind}). "
                   "An optimizer of Keras 3 serves one model, and raises 'Unknown variable' as "
                   "soon as both learn: "
                   "give each its own, Adam(2e-4, 0.5) twice.")


def _look_at_shapes(report, generator, discriminator):
    """Whether the discriminator takes what the generator makes, and at most labels."""
    made = generator.outputs[0]
    seen = [tensor for tensor in discriminator.inputs if not _holds_labels(tensor)]
    fitting = [_fits(made, tensor) for tensor in seen]
    if not any(fitting):
        report.add(f"The generator makes {_shape(made)} and the discriminator takes "
                   f"{', '.join(map(_shape, seen))}. Give both one shape: end the generator with "
                   "Reshape(img_shape), and begin the discriminator with Input(img_shape).")
    return all(fitting)


def _look_at_axes(report, generator, models):
    """Whether layers take for channels what is the height of the pictures."""
    layers = {id(layer): layer for model in models for layer in model._flatten_layers()}.values()
    wrong = list(dict.fromkeys(layer.name for layer in layers
                               if getattr(layer, "data_format", None) == "channels_first"))
    made = generator.outputs[0].shape
    if wrong and len(made) == 4 and made[-1] in (1, 3, 4) and made[1] not in (1, 3, 4):
        report.add(f"{', '.join(wrong)} take the first axis of pictures for channels "
                   f"(data_format='channels_first'), and {_shape(generator.outputs[0])} has them "
                   "last. keras.json sets it where a layer doesn't: "
                   "keras.config.set_image_data_format('channels_last') before the layers are "
                   "made.")


def _fits(made, seen):
    if len(made.shape) != len(seen.shape):
        return False
    return all(None in pair or pair[0] == pair[1] for pair in zip(made.shape, seen.shape))


def _look_at_pictures(report, generator, noise):
    if len(generator.outputs[0].shape) < 3:
        return                                       # points and vectors may lie anywhere
    low, high = _range(generator, noise)
    if low < -1.001 or high > 1.001:
        report.add("The generator's pictures are not bound to [-1, 1], where the real ones are "
                   "(x / 127.5 - 1). End it with activation='tanh'.")
    elif low >= 0:
        report.add("The generator's pictures are never below 0, as if it ended in a sigmoid, "
                   "and the real ones are scaled to [-1, 1] (x / 127.5 - 1). "
                   "End it with activation='tanh'. If you scale the real ones to [0, 1] instead, "
                   "ignore this finding.")


def _range(network, batches):
    """The lowest and the highest number of a network's output.

    The network is called as it is, and with its last kernel much larger, of either
    sign.
    """
    kernels = [v for v in weights_to_train(network) if len(v.shape) > 1][-1:]
    said = [_call(network, batches)]
    for scale in (LARGE, -LARGE):
        with put_back(kernels):
            for kernel in kernels:
                kernel.assign(kernel * scale)
            said.append(_call(network, batches))
    said = [ops.convert_to_numpy(output) for output in said]
    return float(np.min(said)), float(np.max(said))


def _look_at_validity(report, discriminator, samples, players):
    validity = discriminator.outputs[0]
    if tuple(validity.shape[1:]) != (1,):
        report.add(f"The discriminator says {_shape(validity)}, and should say one number a "
                   "sample, (batch, 1). End it with Flatten() and Dense(1, activation='sigmoid'). "
                   "If it is meant to judge patches, make valid and fake in that very shape: Keras "
                   "stretches labels (batch, 1) without a word.")
    low, high = _range(discriminator, samples)
    probability = low >= 0 and high <= 1
    for name, model in players.items():
        from_logits = takes_logits(model.loss)
        if from_logits and probability:
            report.add(f"The loss of {name} has from_logits=True, so it applies a sigmoid, and the "
                       "discriminator has applied one already. End it with Dense(1), or take "
                       "from_logits away.")
        elif from_logits is False and not probability:
            report.add(f"The loss of {name} takes probabilities, and the discriminator says "
                       "numbers that leave [0, 1]. End it with Dense(1, activation='sigmoid'), or "
                       "use "
                       "BinaryCrossentropy(from_logits=True).")


def _look_at_membership(report, networks, combined):
    """Whether combined is made of these very networks."""
    inside = {id(v) for v in combined.variables}
    foreign = [name for name, network in networks.items()
               if any(id(v) not in inside for v in network.weights)]
    for name in foreign:
        report.add(f"The {name} in combined is not this {name}: its weights are others. "
                   f"This happens when combined is loaded from a file of its own, or the {name} "
                   "is built anew. "
                   "Load generator and discriminator, then build combined around them.")
    return not foreign


def _look_at_the_frozen_one(report, generator, discriminator, combined, noise, variables):
    """Whether the discriminator answers in `combined` as it does where it is trained.

    There BatchNormalization uses batch statistics, and Dropout is active.
    """
    def in_combined():
        return _call(combined, noise, training=True)

    def where_it_is_trained():
        labels = (batch for batch, tensor in zip(noise, combined.inputs)
                  if _holds_labels(tensor))
        made = _call(generator, noise, training=True)
        with thawed(discriminator):
            seen = [next(labels) if _holds_labels(tensor) else made
                    for tensor in discriminator.inputs]
            return _call(discriminator, seen, training=True)

    def answers(play):
        with put_back(variables):                    # one state of the random seeds for all
            return ops.convert_to_numpy(play())

    alike = functools.partial(np.allclose, rtol=1e-4, atol=1e-6)
    same_inputs = len(combined.inputs) == len(generator.inputs)
    if not same_inputs or not all(map(_fits, combined.inputs, generator.inputs)):
        return                    # of another architecture: nobody knows which input is which
    trained, again = answers(where_it_is_trained), answers(where_it_is_trained)
    frozen = answers(in_combined)
    if not alike(trained, again) or alike(trained, frozen):
        return
    normalised = any(isinstance(layer, keras.layers.BatchNormalization)
                     for layer in discriminator._flatten_layers())
    why = ("BatchNormalization with trainable=False runs in inference mode"
           if normalised and not discriminator.trainable_weights else
           "It is called there as if nobody were training")
    apart = np.max(np.abs(trained - frozen))
    report.add("The discriminator in combined is not the one that is trained: about the same "
               f"pictures they say numbers that are up to {apart:.2g} apart. {why}. "
               "Put Frozen(discriminator) into the combined model, and leave its flag alone.")
