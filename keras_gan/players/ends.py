"""How networks end: whether that goes together with their losses, and with pictures."""
import keras

from keras_gan.layers.frozen import AroundModel

# Layers that change no values, only where they stand
PASSING = (keras.layers.Reshape, keras.layers.Flatten, keras.layers.Cropping2D,
           keras.layers.Identity, keras.layers.Permute)
PROBABILITIES = {"sigmoid", "softmax", "hard_sigmoid"}
NEVER_BELOW_0 = {*PROBABILITIES, "relu", "relu6", "softplus", "exponential"}
UNBOUND = {"linear", "leaky_relu", "elu", "selu", "gelu", "silu"}


def remarks(game):
    """What `train` says about the networks of a game before it begins: a list of
    str."""
    said = contradictions(game)
    for name in game.shows if game.makes_pictures else ():
        network = getattr(game, name)
        if tuple(network.output_shape[1:]) != game.img_shape:
            continue
        end = last_activation(network.outputs[0])
        if end in NEVER_BELOW_0:
            said.append(f"The {name} ends in {end}: its pictures are never below 0, and real ones "
                        "are in [-1, 1], so nothing darker than grey can be made. End it with "
                        "activation='tanh', or put Rescaling(2, -1) behind a sigmoid.")
        elif end in UNBOUND:
            said.append(f"The {name} ends in {end}: its pictures are not bound to [-1, 1], where "
                        "the real ones are. End it with activation='tanh'.")
    return said


def contradictions(game):
    """Where a loss takes logits and gets probabilities, or the other way round: a list
    of str."""
    said = []
    for name, model in game.trainers.items():
        losses = model.loss if isinstance(model.loss, (list, tuple)) else [model.loss]
        if len(losses) != len(model.outputs):
            losses = losses * len(model.outputs) if len(losses) == 1 else []
        for loss, output in zip(losses, model.outputs):
            logits, end = takes_logits(loss), last_activation(output)
            if logits and end in PROBABILITIES:
                said.append(f"The loss of {name} takes logits (from_logits=True) and applies a "
                            f"sigmoid, and the discriminator ends in {end} already. End it with "
                            "Dense(1), or pass from_logits=False.")
            elif logits is False and end in UNBOUND | {"tanh", "relu"}:
                said.append(f"The loss of {name} takes probabilities (from_logits=False), and the "
                            f"discriminator ends in {end}. End it with Dense(1, activation="
                            "'sigmoid'), or pass from_logits=True.")
    return list(dict.fromkeys(said))


def takes_logits(loss):
    """Whether a binary cross-entropy takes logits; None for any other loss.

    `loss` is what `compile` was given.
    """
    if isinstance(loss, (list, tuple, dict)) and len(loss) == 1:
        loss, = loss.values() if isinstance(loss, dict) else loss
    loss = keras.losses.get(loss) if isinstance(loss, str) else loss
    if isinstance(loss, keras.losses.BinaryCrossentropy):
        return loss.from_logits
    return False if loss is keras.losses.binary_crossentropy else None


def last_activation(tensor):
    """The name of the activation that a network's output went through last.

    None where nobody can tell: behind a sum, or a layer of one's own.

    Args:
        tensor: `keras.KerasTensor`, one of the outputs of a model.
    """
    while True:
        operation, node, index = tensor._keras_history
        if isinstance(operation, AroundModel):
            operation = operation.model
        if isinstance(operation, keras.Model):
            if not getattr(operation, "outputs", None):
                return None
            tensor = operation.outputs[index]
        elif isinstance(operation, PASSING):
            tensor = operation._inbound_nodes[node].input_tensors[0]
        else:
            return getattr(getattr(operation, "activation", None), "__name__", None)
