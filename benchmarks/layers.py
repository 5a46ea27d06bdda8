"""Time of each fused layer beside the layers of Keras that it replaces.

    python benchmarks/layers.py

Forward pass and all gradients are timed together, in one graph. In a turn XLA compiles
the window sums of UpSamplingConv2D; elsewhere it is one transposed convolution of a
larger kernel, in the rows "without XLA".
"""
import itertools
import statistics
import time

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import keras
import numpy as np
import tensorflow as tf
import tyro
from keras import layers
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

from keras_gan import PictureConv2D, UpSamplingConv2D
from keras_gan.backend.kernels import kernels_by_xla
from keras_gan.layers.fused import Adam, BatchNormalization, Dropout

UPSAMPLED = [                                        # input shapes, and filters
    ((8, 10, 512), 256), ((16, 20, 256), 128), ((32, 40, 128), 64), ((64, 80, 64), 32),  # classic
    ((8, 10, 192), 96), ((32, 40, 48), 24), ((64, 80, 24), 3),                           # laptop
    ((64, 80, 1), 1), ((7, 9, 16), 16), ((2, 2, 512), 512),                              # odd ones
]


def upsampled(filters):
    return keras.Sequential([layers.UpSampling2D(2), layers.Conv2D(filters, 3, padding="same")])


def bilinear(filters):
    """What UpSamplingConv2D(filters, interpolation="bilinear") replaces."""
    edge = layers.Lambda(lambda x: tf.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), "SYMMETRIC"))
    return keras.Sequential([layers.UpSampling2D(2, interpolation="bilinear"), edge,
                             layers.Conv2D(filters, 3)])


def step(layer, shape, by_xla=True):
    """A function that runs the layer forward and back."""
    x = tf.random.normal(shape)
    layer.build(shape)
    seen = tf.random.normal(layer(x).shape)
    knows_training = isinstance(layer, (layers.BatchNormalization, layers.Dropout, PictureConv2D))
    how = {"training": True} if knows_training else {}

    @tf.function
    def play():
        with kernels_by_xla(by_xla), tf.GradientTape() as tape:   # True as in a turn
            tape.watch(x)
            loss = tf.reduce_sum(layer(x, **how) * seen)
        return loss, tape.gradient(loss, [x, *(v.value for v in layer.trainable_weights)])

    return play


def update(optimizer, shape):
    """A function that takes one step of the optimizer."""
    variable = keras.Variable(np.ones(shape, "float32"))
    gradient = tf.random.normal(shape)
    optimizer.build([variable])
    return tf.function(lambda: optimizer.apply([gradient], [variable]))


def main(batch_size: int = 16, rounds: int = 15):
    """Time layers.

    Args:
        batch_size: pictures a step.
        rounds: how often each is timed, ours and Keras's alternately; the table shows
            medians.
    """
    pairs = {}
    for shape, filters in UPSAMPLED:
        pairs[f"UpSamplingConv2D {shape} to {filters}"] = [
            step(layer, (batch_size, *shape))
            for layer in (UpSamplingConv2D(filters), upsampled(filters))]
    for (shape, filters), by_xla in itertools.product(UPSAMPLED[1:7:2], (True, False)):
        how = "" if by_xla else ", without XLA"
        for kind, plain in {"nearest": upsampled, "bilinear": bilinear}.items():
            if kind == "nearest" and by_xla:
                continue                              # above
            pairs[f"UpSamplingConv2D {shape} to {filters}, {kind}{how}"] = [
                step(layer, (batch_size, *shape), by_xla)
                for layer in (UpSamplingConv2D(filters, interpolation=kind), plain(filters))]
    for channels in (32, 12):
        shape = (batch_size, 128, 160, channels)
        pairs[f"PictureConv2D {shape[1:]} to 3"] = [
            step(layer, shape)
            for layer in (PictureConv2D(3), layers.Conv2D(3, 3, padding="same"))]
    for shape in ((128, 160, 32), (16, 20, 256)):
        for ours, plain in ((BatchNormalization(), layers.BatchNormalization()),
                            (Dropout(0.25), layers.Dropout(0.25))):
            pairs[f"{type(ours).__name__} {shape}"] = [
                step(layer, (batch_size, *shape)) for layer in (ours, plain)]
    pairs["Adam (3, 3, 512, 256)"] = [
        update(optimizer, (3, 3, 512, 256)) for optimizer in (Adam(), keras.optimizers.Adam())]

    table = Table("layer", "ours, ms", "Keras's, ms", "ours of Keras's", box=MARKDOWN,
                  title=f"batch {batch_size}, forward and gradients")
    for name, pair in track(pairs.items(), transient=True):
        seconds = [[], []]
        for play in pair * 2:
            play()
        for _ in range(rounds):
            for play, s in zip(pair, seconds):
                start = time.perf_counter()
                play()
                s.append(time.perf_counter() - start)
        ours, plain = map(statistics.median, seconds)
        ratio = statistics.median(a / b for a, b in zip(*seconds))
        table.add_row(name, f"{1000 * ours:.2f}", f"{1000 * plain:.2f}", f"{ratio:.2f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    tyro.cli(main)
