"""How much memory a turn of a game needs, and how much there is."""
import contextlib
import math
from pathlib import Path

import keras
import psutil

from keras_gan.backend.one_graph import OUT_OF_MEMORY, bytes_of, gpu_memory
from keras_gan.layers.frozen import AroundModel
from keras_gan.layers.growing import GrowingNetwork
from keras_gan.samples import drawing

# Measured on DCGANs of 128x160 in batches of 8 to 100 (benchmarks/memory.py). HELD:
# bytes at the peak of a turn, for each byte of the layers' outputs. FIXED: bytes of the
# compiler and the runtime, whatever the batch is.
HELD = {"XLA": 1.3, "one graph": 1.35, "call by call": 2.9}
FIXED = {"XLA": 600e6, "one graph": 150e6, "call by call": 80e6}
MADE = 1.3                    # the same as HELD, of samples that are made for a sheet
CGROUPS = Path("/sys/fs/cgroup")


class DoesNotFit(MemoryError):
    """A turn needs more memory than there is; the message says what does fit."""


def readable(number):
    """Bytes as text: `"1.9 GiB"`, `"35 MiB"`."""
    return f"{number / 2 ** 30:.1f} GiB" if number >= 2 ** 30 else f"{number / 2 ** 20:.0f} MiB"


def state(game):
    """Bytes of all numbers of networks and optimizers: what a saved model holds."""
    return sum(_bytes(v.shape, v.dtype) for part in game.parts.values() for v in part.variables)


def turn(game, batch_size):
    """An estimate of the memory of a turn: `(fixed, for the batch)`, in bytes.

    Fixed are weights, their gradients, the optimizers' numbers, and what the compiler
    takes. The batch's share is the outputs of all layers, several times over: they are
    kept for the gradient, and have gradients of their own.

    Args:
        game: the model.
        batch_size: int, samples a step of the discriminator.
    """
    players = game.players.values()
    gradients = sum(_bytes(v.shape, v.dtype) for network in players
                    for v in network.trainable_weights)
    outputs = sum(_calls(game, network) * _bytes(output.shape[1:], output.dtype)
                  for network in players for output in _outputs(network))
    data = sum(_bytes((game.k, *kind.shape), keras.config.floatx()) for kind in game.takes.values())
    way = _way(game)
    of_a_sample = HELD[way] * outputs / game.accumulate + data
    return state(game) + gradients + FIXED[way], batch_size * of_a_sample


def sheet(game):
    """An estimate of the memory that a sheet of samples takes, in bytes.

    It is made and drawn between turns, when their batch takes none.
    """
    of_one = max((sum(_bytes(output.shape[1:], output.dtype)
                      for output in _outputs(getattr(game, name))) for name in game.shows),
                 default=0)
    return MADE * game.made_at_once * of_one + drawing.memory_of(game.img_shape)


def _way(game):
    """How the turns are played: a key of `HELD` and of `FIXED`."""
    return "call by call" if game.run_eagerly else "XLA" if game.uses_xla else "one graph"


def _calls(game, network):
    """How often a model calls a network: the largest number of all models."""
    def is_call(operation):
        return network is (operation.model if isinstance(operation, AroundModel) else operation)

    return max(1, *(sum(is_call(node.operation) for node in _nodes(model))
                    for model in game.trainers.values()))


def _nodes(model):
    return [node for nodes in getattr(model, "_nodes_by_depth", {}).values() for node in nodes]


def _outputs(layer):
    """The outputs of a layer; of a model those of all layers in it that Keras knows.

    A subclass of `keras.Model` doesn't show what is inside it. A `GrowingNetwork` has
    called its layers at all of its sizes: what is of one shape counts once.
    """
    inside = []
    if isinstance(layer, keras.Model):
        inside = [output for inner in layer.layers for output in _outputs(inner)]
    elif isinstance(layer, GrowingNetwork):
        inside = [*{(id(inner), output.shape): output
                    for inner in layer._flatten_layers(include_self=False)
                    for node in inner._inbound_nodes for output in node.output_tensors}.values()]
    try:
        return inside or keras.tree.flatten(layer.output)
    except AttributeError:
        return []


def _bytes(shape, dtype):
    return math.prod(n or 1 for n in shape) * bytes_of(dtype)


def available():
    """Bytes that a training may take.

    They are those of the GPU, if there is one, else of the machine, or of the container
    around this process.
    """
    free = gpu_memory()
    if free is None:
        used = psutil.Process().memory_info().rss
        free = min([psutil.virtual_memory().available, *(limit - used for limit in _limits())])
    return free


def _limits():
    """Bytes that containers let this process have: Linux's control groups."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for _, controllers, group in (line.split(":", 2) for line in lines):
        if controllers in ("", "memory"):
            root, file = CGROUPS, "memory.max"                           # version 2
            if controllers:                                              # version 1
                root, file = CGROUPS / "memory", "memory.limit_in_bytes"
            here = root / group.lstrip("/")
            for folder in (here, *here.parents):
                # "max" is no number: no limit
                with contextlib.suppress(OSError, ValueError):
                    yield int((folder / file).read_text())


@contextlib.contextmanager
def for_networks():
    """Where networks are built in here that don't fit into memory, say so."""
    try:
        yield
    except OUT_OF_MEMORY as error:
        raise MemoryError("The networks don't fit into memory, of which there are "
                          f"{readable(available())}. Take a smaller img_shape, latent_dim or "
                          "base_channels.") from error


def explanation(game, batch_size):
    """What a turn needs and what there is, in a line.

    Args:
        game: the model.
        batch_size: int, samples a step of the discriminator.
    """
    fixed, batch = turn(game, batch_size)
    compiler = FIXED[_way(game)]
    return (f"A turn of {game.k * batch_size} samples needs about {readable(fixed + batch)} of "
            f"memory (networks, gradients and optimizers {readable(fixed - compiler)}, the layers' "
            f"outputs {readable(batch)}, the runtime {readable(compiler)}); there are "
            f"{readable(available())}.")


def of_sheets(game):
    """What a sheet needs and what there is, in a line."""
    fixed, _ = turn(game, 1)
    return (f"A sheet of samples, between turns, needs about {readable(fixed + sheet(game))} of "
            f"memory (networks, gradients, optimizers and the runtime {readable(fixed)}, "
            f"{game.made_at_once} samples at once {readable(sheet(game))}); there are "
            f"{readable(available())}.")


def remark(game, batch_size, draws=False):
    """The same in a list, of a turn and of a sheet that take more than half of what
    there is.

    `draws`: bool, whether sheets are drawn.
    """
    (fixed, batch), half = turn(game, batch_size), available() / 2
    said = [explanation(game, batch_size)] if fixed + batch > half else []
    return said + ([of_sheets(game)] if draws and fixed + sheet(game) > half else [])


def check(game, batch_size, draws=False):
    """Raise `DoesNotFit`, a `MemoryError`, if a turn won't fit into memory, or a sheet
    won't that a run draws.

    The message names the largest batch size that does.
    """
    (fixed, one), there = turn(game, 1), available()
    if draws and fixed + sheet(game) > there:
        raise DoesNotFit(f"{of_sheets(game)} Take smaller pictures or networks; or train in Python "
                         "without run_dir, where no sheet is drawn.")
    if fixed + batch_size * one > there:
        largest = int((there - fixed) // one)
        advice = "Not even a batch of 1 fits: take smaller pictures or networks."
        if largest > 0:
            advice = f"The largest batch_size that fits is {largest}."
        raise DoesNotFit(f"{explanation(game, batch_size)} {advice}")
