"""A player: a `keras.Model` that trains alone, and as one move of a larger graph."""
import keras
from keras import ops

from keras_gan.backend.gradients import of_a_step
from keras_gan.backend.kernels import kernels_by_xla
from keras_gan.backend.one_graph import being_compiled, traced_once
from keras_gan.layers.frozen import Frozen


@keras.saving.register_keras_serializable("keras_gan")
class Player(keras.Model):
    """A `keras.Model` whose `train_on_batch` can also be one move of a larger graph.

    Called from Python it is Keras's own `train_on_batch`. Called while a `tf.function`
    is traced it adds one training step to that graph, so a whole turn of the game (two
    moves of the discriminator, one of the generator) is compiled as one.

    Weights under a `Frozen` layer belong to the other player: here they count as
    non-trainable.

    Attributes:
        parts: int, equal parts in which a batch is computed, see `Game.accumulate`.
    """

    parts = 1

    def compile(self, optimizer="rmsprop", loss=None, loss_weights=None, metrics=None,
                weighted_metrics=None, **how):
        """As in Keras. Optimizer, losses and metrics are built at once.

        Losses and metrics whose targets are class numbers (batch, 1) are those of
        Keras, and functions of your own whose name begins with "sparse". All others are
        built for targets in the shape of the output.
        """
        super().compile(optimizer, loss, loss_weights, metrics, weighted_metrics, **how)
        self.single_kernels = how.get("jit_compile", "auto") is not False
        # Whatever has variables of its own must be built before a graph is traced.
        self.optimizer.build(self.trainable_variables)
        said, truth = self._examples(loss, metrics, weighted_metrics)
        if loss is not None:
            self.compute_loss(None, truth, said)
        self.compute_metrics(None, truth, said)
        self.reset_metrics()

    def _examples(self, *judges):
        """Outputs of this model and their targets, in the structure of `self.output`.

        Two samples each, because what is built for one sample can differ: Keras takes a
        last axis of size 1 for binary validity.

        Args:
            judges: the losses and the metrics, as `compile` takes them.
        """
        structure = self.output
        keyed = isinstance(structure, dict)
        paths = [path for path, _ in keras.tree.flatten_with_path(structure)]
        names = [path[-1] for path in paths] if keyed else self.output_names
        said, truth = [], []
        for i, tensor in enumerate(keras.tree.flatten(structure)):
            shape = (2, *(n or 1 for n in tensor.shape[1:]))
            said.append(ops.ones(shape, tensor.dtype))
            sparse = any(map(_takes_class_numbers, _judges_of(i, names, judges)))
            truth.append(ops.zeros((*shape[:-1], 1), "int32") if sparse else said[-1])
        return (keras.tree.pack_sequence_as(structure, tensors) for tensors in (said, truth))

    def save(self, filepath, overwrite=True, **how):
        """As in Keras. What is saved is a plain `keras.Model`, of the same layers."""
        keras.Model(self.input, self.output, name=self.name).save(filepath, overwrite, **how)

    def export(self, filepath, *format, **how):
        """As in Keras, also before the first call, without which Keras writes no
        ONNX."""
        self(self.input)
        super().export(filepath, *format, **how)

    def get_compile_config(self):
        """Nothing: a network in a `.keras` file of its own is a network.

        What trains it, and how, belongs to the game, and `Game.save` keeps it.
        """
        return {}

    def train_on_batch(self, x, y=None, sample_weight=None, class_weight=None, return_dict=False):
        if not being_compiled():
            with kernels_by_xla(self.single_kernels):
                return super().train_on_batch(x, y, sample_weight, class_weight, return_dict)
        # The discriminator moves several times in a turn, the same move on other
        # samples. The generator moves once, and inline: the pictures that it makes for
        # its own move are those that the discriminator is shown, and what is the same
        # is computed once.
        move = self._move if self._frozen_ids else traced_once(self._move)
        return move(x, y, sample_weight)

    def _move(self, x, y, sample_weight):
        self.reset_metrics()
        return self.train_step((x, y, sample_weight))

    def train_step(self, data):
        """As in Keras; of a batch in parts by the mean of their gradients.

        A part is computed when the one before is done, so that it takes its memory.
        Keras's own `gradient_accumulation_steps` would let a falling learning rate fall
        in each part, and count parts in what is saved.
        """
        if self.parts == 1:
            return super().train_step(data)
        of_part = traced_once(self._of_part) if being_compiled() else self._of_part
        parts = zip(*(ops.split(ops.convert_to_tensor(array), self.parts)
                      for array in keras.tree.flatten(data) if array is not None))
        total = None
        for part in parts:
            gradients, logs = of_part(*part)
            total = gradients if total is None else [
                g if g is None else so_far + g for so_far, g in zip(total, gradients)]
        mean = [g if g is None else g / self.parts for g in total]
        self.optimizer.apply_gradients(zip(mean, self.trainable_weights))
        return logs

    def _of_part(self, *arrays):
        taken, said = len(self.inputs), len(self.outputs)
        x, y = arrays[:taken], arrays[taken:taken + said]
        x, y = (list(tensors) if len(tensors) > 1 else tensors[0] for tensors in (x, y))
        return of_a_step(self, x, y, *(arrays[taken + said:] or [None]))

    @property
    def _frozen_ids(self):
        frozen = (layer for layer in self._flatten_layers() if isinstance(layer, Frozen))
        return {id(v) for layer in frozen for v in layer.variables}

    @property
    def trainable_variables(self):
        frozen = self._frozen_ids
        return [v for v in super().trainable_variables if id(v) not in frozen]

    @property
    def non_trainable_variables(self):
        trainable = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in trainable]

    @property
    def trainable_weights(self):
        frozen = self._frozen_ids
        return [v for v in super().trainable_weights if id(v) not in frozen]

    @property
    def non_trainable_weights(self):
        trainable = {id(v) for v in self.trainable_weights}
        return [v for v in self.weights if id(v) not in trainable]


def as_player(model):
    """The `keras.Model` as a `Player`: the same layers, weights and name."""
    if isinstance(model, Player):
        return model
    inputs, outputs = (tensors if len(tensors) > 1 else tensors[0]
                       for tensors in (model.inputs, model.outputs))
    return Player(inputs, outputs, name=model.name)


def functional(model, inputs):
    """A subclassed `keras.Model` as a functional one around it; others as they are.

    Args:
        inputs: what it takes, a `keras.KerasTensor` or a list of them.
    """
    if getattr(model, "inputs", None):
        return model
    inputs = keras.tree.map_structure(lambda x: keras.Input(x.shape[1:], dtype=x.dtype), inputs)
    return keras.Model(inputs, model(inputs), name=model.name)


def _judges_of(i, names, judges):
    """Of the losses and metrics that `compile` was given, those of output number i."""
    found = []
    for given in judges:
        if isinstance(given, dict):
            given = given.get(names[i])
        elif isinstance(given, (list, tuple)) and len(given) == len(names):
            given = given[i]
        found += keras.tree.flatten(given)
    return found


def _takes_class_numbers(judge):
    """Whether the targets of a loss or metric are numbers of classes."""
    names = [judge] if isinstance(judge, str) else [type(judge).__name__]
    while judge is not None:      # a function may stand in a wrapper of Keras, or in a partial
        names.append(getattr(judge, "__name__", ""))
        judge = next((inner for name in ("fn", "_fn", "func")
                      if (inner := getattr(judge, name, None)) is not None), None)
    return any(name.lower().startswith("sparse") for name in names)
