"""How much memory a turn of a game needs, and how much there is."""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import contextlib
import math
from pathlib import Path

import keras
import psutil

from keras_gan.backend.one_graph import OUT_OF_MEMORY, bytes_of, gpu_memory

# Measured on DCGANs of 128x160 in batches of 8 to 100 (benchmarks/memory.py): bytes held at the peak of a turn, for each byte of the
# layers' outputs; and bytes for the compiler and the runtime, whatever the batch is.
HELD = {"XLA": 1.3, "one graph": 1.35, "call by call": 2.9}
FIXED = {"XLA": 600e6, "one graph": 150e6, "call by call": 80e6}
CGROUPS = Path("/sys/fs/cgroup")


class DoesNotFit(MemoryError):
    """A turn needs more memory than there is; the message says what does fit."""


def readable(number):
    """Bytes as text: `"1.9 GiB"`, `"35 MiB"`."""
    return f"{number / 2 ** 30:.1f} GiB" if number >= 2 ** 30 else f"{number / 2 ** 20:.0f} MiB"


def players(gan):
    """Bytes of all numbers of the networks and their optimizers: what a saved model holds."""
    return sum(_bytes(v.shape, v.dtype) for variables in gan.variables_to_save.values() for v in variables)


def turn(gan, batch_size):
    """An estimate of the memory of a turn: `(fixed, for the batch)`, in bytes.

    Fixed are weights, their gradients, the optimizers' numbers, and what the compiler takes. The batch's share is the outputs of all
    layers, several times over: they are kept for the gradient, and have gradients of their own.

    Args:
        gan: the model.
        batch_size: int, samples a step of the discriminator.
    """
    way = "call by call" if gan.run_eagerly else "XLA" if gan.uses_xla else "one graph"
    gradients = sum(_bytes(v.shape, v.dtype) for model in (gan.generator, gan.discriminator) for v in model.trainable_weights)
    outputs = sum(_bytes(output.shape[1:], output.dtype) for model in (gan.generator, gan.discriminator) for output in _outputs(model))
    data = _bytes((gan.k, *gan.img_shape), keras.config.floatx())
    return players(gan) + gradients + FIXED[way], batch_size * (HELD[way] * outputs + data)


def _outputs(layer):
    """The outputs of a layer; of a model those of all layers in it, as far as Keras knows them (a subclass keeps its inside to itself)."""
    inside = [output for inner in layer.layers for output in _outputs(inner)] if isinstance(layer, keras.Model) else []
    try:
        return inside or keras.tree.flatten(layer.output)
    except AttributeError:
        return []


def _bytes(shape, dtype):
    return math.prod(n or 1 for n in shape) * bytes_of(dtype)


def available():
    """Bytes that a training may take: of the GPU, if there is one, else of the machine, or of the container that this process lives in."""
    free = gpu_memory()
    if free is None:
        free = min([psutil.virtual_memory().available, *(limit - psutil.Process().memory_info().rss for limit in _limits())])
    return free


def _limits():
    """What containers and schedulers let this process have, in bytes (Linux's control groups, of version 2 or 1)."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for _, controllers, group in (line.split(":", 2) for line in lines):
        if controllers in ("", "memory"):
            root, file = (CGROUPS, "memory.max") if not controllers else (CGROUPS / "memory", "memory.limit_in_bytes")
            here = root / group.lstrip("/")
            for folder in (here, *here.parents):
                with contextlib.suppress(OSError, ValueError):           # "max" is no number: no limit
                    yield int((folder / file).read_text())


@contextlib.contextmanager
def for_networks():
    """Where networks are built in here that don't fit into memory, say so."""
    try:
        yield
    except OUT_OF_MEMORY as error:
        raise MemoryError(f"The networks don't fit into memory, of which there are {readable(available())}. Take a smaller img_shape, latent_dim or "
                          "base_channels.") from error


def explanation(gan, batch_size):
    """What a turn needs and what there is, in a line.

    Args:
        gan: the model.
        batch_size: int, samples a step of the discriminator.
    """
    fixed, batch = turn(gan, batch_size)
    return (f"A turn of {gan.k * batch_size} samples needs about {readable(fixed + batch)} of memory (networks and optimizers {readable(players(gan))}, "
            f"the layers' outputs {readable(batch)}); there are {readable(available())}.")


def check(gan, batch_size):
    """Raise `DoesNotFit`, a `MemoryError`, if a turn won't fit into memory; the message names the largest batch size that does."""
    (fixed, one), there = turn(gan, 1), available()
    if fixed + batch_size * one > there:
        largest = int((there - fixed) // one)
        raise DoesNotFit(f"{explanation(gan, batch_size)} " + (f"The largest batch_size that fits is {largest}." if largest > 0 else
                          "Not even a batch of 1 fits: take smaller pictures or networks."))
