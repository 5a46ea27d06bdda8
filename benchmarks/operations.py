"""Where the time of a turn goes, by kinds of operations, from TensorFlow's profiler.

    python benchmarks/operations.py
"""
import collections
import os
import tempfile
from pathlib import Path

os.environ["TF_NUM_INTEROP_THREADS"] = "1"           # one operation at a time, or their times would overlap

from keras_gan.backend import quiet_tensorflow  # noqa: E402, F401

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tyro  # noqa: E402
from rich.box import MARKDOWN  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402
from tensorflow.tsl.profiler.protobuf import xplane_pb2  # noqa: E402

from keras_gan import DCGAN  # noqa: E402

KINDS = {                                            # the first whose word is in the operation's name
    "convolutions, to their kernels": ("BackpropFilter",),
    "convolutions, forward and to their inputs": ("Conv2D",),
    "matrices (Dense)": ("MatMul",),
    "BatchNormalization, both ways": ("FusedBatchNorm",),
    "sums of 2×2 windows, with biases (XLA)": ("ExecuteAsyncOnStream",),
    "Dropout and its random numbers": ("StatelessRandom", "GreaterEqual", "Cast", "Mul:"),
    "activations, both ways": ("elu", "Tanh", "Sigmoid"),
    "Adam": ("ApplyAdam",),
}
WHOLES = ("Run", "Process", "Start")                 # not operations, but what holds them


def kind_of(operation):
    """The kind of an operation, "Conv2D" for example."""
    return next((kind for kind, words in KINDS.items() if any(word in f"{operation}:" for word in words)), "everything else")


def main(recipe: str = "classic", batch_size: int = 16, turns: int = 5):
    """Profile compiled turns of the DCGAN.

    Args:
        recipe: of the DCGAN.
        batch_size: pictures a step.
        turns: how many; the mean of them is shown.
    """
    gan = DCGAN(recipe=recipe)
    images, turn = np.zeros((batch_size, *gan.img_shape), np.uint8), gan.compiled_turn()
    for _ in range(3):
        turn(images, gan.sample_noise(batch_size))
    with tempfile.TemporaryDirectory() as scratch:
        with tf.profiler.experimental.Profile(scratch):
            for _ in range(turns):
                turn(images, gan.sample_noise(batch_size))
        trace = xplane_pb2.XSpace.FromString(next(Path(scratch).rglob("*.xplane.pb")).read_bytes())
    milliseconds = collections.Counter()
    for plane in trace.planes:
        for event in (event for line in plane.lines for event in line.events):
            name, _, operation = plane.event_metadata[event.metadata_id].name.rpartition(":")
            if name and operation not in WHOLES and not operation.strip().startswith("__"):
                milliseconds[kind_of(operation)] += event.duration_ps / 1e9 / turns
    whole = sum(milliseconds.values())
    table = Table("operations", "ms a turn", "share", box=MARKDOWN, title=f"DCGAN, {recipe}, batch {batch_size}")
    for kind, ms in [*milliseconds.most_common(), ("all", whole)]:
        table.add_row(kind, f"{ms:.0f}", f"{ms / whole:.0%}")
    Console(width=100).print(table)


if __name__ == "__main__":
    tyro.cli(main)
