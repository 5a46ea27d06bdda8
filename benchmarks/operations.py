"""Where the time of a turn goes, by kinds of operations, from TensorFlow's profiler.

    python benchmarks/operations.py
"""
import collections
import os
import tempfile
from pathlib import Path

os.environ["TF_NUM_INTEROP_THREADS"] = "1"           # or the times of operations would overlap

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import numpy as np
import tensorflow as tf
import tyro
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table
from tensorflow.tsl.profiler.protobuf import xplane_pb2

from keras_gan import DCGAN

KINDS = {                                            # the first with a word in the operation's name
    "convolutions, to their kernels": ("BackpropFilter",),
    "convolutions, forward and to their inputs": ("Conv2D",),
    "matrices (Dense)": ("MatMul",),
    "BatchNormalization, both ways": ("FusedBatchNorm",),
    "sums of 2×2 windows, with biases (XLA)": ("ExecuteAsyncOnStream",),
    "Dropout and its random numbers": ("StatelessRandom", "GreaterEqual", "Cast", "Mul:"),
    "activations, both ways": ("elu", "Tanh", "Sigmoid"),
    "Adam": ("ApplyAdam",),
}
WHOLES = ("Run", "Process", "Start")                 # no operations, but what contains them


def kind_of(operation):
    """The kind of an operation, "Conv2D" for example."""
    kinds = (kind for kind, words in KINDS.items()
             if any(word in f"{operation}:" for word in words))
    return next(kinds, "everything else")


def main(recipe: str = "classic", batch_size: int = 16, turns: int = 5):
    """Profile compiled turns of the DCGAN.

    Args:
        recipe: of the DCGAN.
        batch_size: pictures a step.
        turns: how many; the table shows their mean.
    """
    gan = DCGAN(recipe=recipe)
    images, turn = np.zeros((batch_size, *gan.img_shape), np.uint8), gan.compiled_turn()
    for _ in range(3):
        turn(images, gan.random_numbers(batch_size))
    with tempfile.TemporaryDirectory() as scratch:
        with tf.profiler.experimental.Profile(scratch):
            for _ in range(turns):
                turn(images, gan.random_numbers(batch_size))
        trace = next(Path(scratch).rglob("*.xplane.pb")).read_bytes()
    trace = xplane_pb2.XSpace.FromString(trace)
    milliseconds = collections.Counter()
    for plane in trace.planes:
        for event in (event for line in plane.lines for event in line.events):
            name, _, operation = plane.event_metadata[event.metadata_id].name.rpartition(":")
            if name and operation not in WHOLES and not operation.strip().startswith("__"):
                milliseconds[kind_of(operation)] += event.duration_ps / 1e9 / turns
    whole = sum(milliseconds.values())
    table = Table("operations", "ms a turn", "share", box=MARKDOWN,
                  title=f"DCGAN, {recipe}, batch {batch_size}")
    for kind, ms in [*milliseconds.most_common(), ("all", whole)]:
        table.add_row(kind, f"{ms:.0f}", f"{ms / whole:.0%}")
    Console(width=100).print(table)


if __name__ == "__main__":
    tyro.cli(main)
