"""Time of a turn: ours compiled, ours call by call, and the plain Keras-GAN loop, alternating in one run.

    python benchmarks/turn.py
    python benchmarks/turn.py --batch-size 50 --rounds 5
    python benchmarks/turn.py --model gan --batch-size 32 --rounds 100
"""
from keras_gan import quiet_tensorflow  # noqa: F401

import itertools
import time
from typing import Literal

import keras
import numpy as np
import tyro
from keras import layers
from rich.console import Console
from rich.table import Table

from keras_gan import DCGAN, GAN


class KerasGANLoop:
    """A DCGAN as Keras-GAN's readers write it: plain layers, `predict`, three `train_on_batch` a turn.

    Its freeze is mended as Keras 3 allows it: one D that is trained, and a second, frozen model of the same layers for the
    combined model, each compiled with the flag that it keeps (the flag is read when the first batch is traced).
    """

    def __init__(self, img_shape, latent_dim=100):
        h, w = img_shape[0] // 16, img_shape[1] // 16
        self.latent_dim = latent_dim
        self.generator = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(512 * h * w, activation="relu"), layers.Reshape((h, w, 512))])
        for filters in (256, 128, 64, 32):
            for layer in (layers.UpSampling2D(), layers.Conv2D(filters, 3, padding="same"), layers.BatchNormalization(momentum=0.8),
                          layers.Activation("relu")):
                self.generator.add(layer)
        self.generator.add(layers.Conv2D(img_shape[2], 3, padding="same"))
        self.generator.add(layers.Activation("tanh"))

        self.discriminator = keras.Sequential([keras.Input(img_shape)])
        for i, filters in enumerate((32, 64, 128, 256, 512)):
            self.discriminator.add(layers.Conv2D(filters, 3, strides=2, padding="same"))
            if i == 1:
                self.discriminator.add(layers.ZeroPadding2D(((0, 1), (0, 1))))
            if i:
                self.discriminator.add(layers.BatchNormalization(momentum=0.8))
            self.discriminator.add(layers.LeakyReLU(negative_slope=0.2))
            self.discriminator.add(layers.Dropout(0.25))
        self.discriminator.add(layers.Flatten())
        self.discriminator.add(layers.Dense(1, activation="sigmoid"))
        self.discriminator.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(1e-4, 0.5), metrics=["accuracy"])
        self.discriminator.train_on_batch(np.zeros((2, *img_shape)), np.ones((2, 1)))      # traced while trainable

        self.discriminator.trainable = False
        z = keras.Input((latent_dim,))
        self.combined = keras.Model(z, self.discriminator(self.generator(z)))
        self.combined.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(1e-4, 0.5))

    def turn(self, imgs):
        imgs = imgs / 127.5 - 1.0
        batch_size = len(imgs)
        valid, fake = np.ones((batch_size, 1)), np.zeros((batch_size, 1))
        noise = np.random.normal(0, 1, (batch_size, self.latent_dim))
        gen_imgs = self.generator.predict(noise, verbose=0)
        self.discriminator.trainable = True       # every new batch shape reads the flag again
        self.discriminator.train_on_batch(imgs, valid)
        self.discriminator.train_on_batch(gen_imgs, fake)
        self.discriminator.trainable = False
        self.combined.train_on_batch(noise, valid)


def main(model: Literal["dcgan", "gan"] = "dcgan", batch_size: int = 16, rounds: int = 7):
    """Time one turn: of the DCGAN at 128x160, or of the vanilla GAN at 28x28 (without the Keras-GAN loop).

    Args:
        model: which one.
        batch_size: pictures a step.
        rounds: how often each way is timed, one after the other; medians are shown.
    """
    new = {"dcgan": DCGAN, "gan": GAN}[model]
    img_shape = new().img_shape
    images = np.random.default_rng(0).integers(0, 256, (batch_size, *img_shape), dtype=np.uint8)

    ways = {}
    if model == "dcgan":
        loop = KerasGANLoop(img_shape)
        ways["Keras-GAN loop, freeze mended"] = lambda: loop.turn(images)
    by_call = new()
    ways["ours, classic, call by call"] = lambda: by_call.train_on_batch(images)
    for recipe, xla in itertools.product(["classic", *new.recipes], [True, False]):
        gan = new(recipe=recipe, jit_compile=xla)
        ways[f"ours, {recipe}, compiled, {'XLA' if xla else 'no XLA'}"] = (
            lambda gan=gan, turn=gan.compiled_turn(): turn(images, gan.sample_noise(batch_size)))

    first, seconds = {}, {name: [] for name in ways}
    for name, play in ways.items():
        start = time.perf_counter()
        play()
        first[name] = time.perf_counter() - start
    for _ in range(rounds):
        for name, play in ways.items():
            start = time.perf_counter()
            play()
            seconds[name].append(time.perf_counter() - start)

    baseline = next(iter(ways))
    table = Table("way", "first turn, s", "turn, ms: median (min .. max)", f"{baseline} / this", title=(
        f"{new.__name__} {img_shape}, batch {batch_size}, {rounds} rounds, Keras {keras.__version__}"))
    for name, s in seconds.items():
        ms = 1000 * np.array(s)
        table.add_row(name, f"{first[name]:.1f}", f"{np.median(ms):.1f} ({ms.min():.1f} .. {ms.max():.1f})",
                      f"{np.median(np.array(seconds[baseline]) / s):.2f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    tyro.cli(main)
