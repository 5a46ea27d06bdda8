"""Where does the woven texture of small DCGANs come from?

    python benchmarks/weave.py --turns 400
    python benchmarks/weave.py --runs runs/laptop runs/coarse_to_fine

The DCGAN of the recipe `laptop` is trained on small scenes, each time with one thing
changed: how the generator doubles, whether it has features in full size, how large the
discriminator's kernels of stride 2 are. For each, before and after training, the power
of the samples at the frequencies (π, 0), (0, π) and (π, π) over that of real scenes
(`keras_gan.evaluation.weave`), and how unevenly the discriminator, as it was before
training, looks at the four pixels of 2x2 blocks: the power of its gradient there over
the mean. `runs/weave.png` shows samples and spectra. With `--runs` nothing is trained:
runs that are there are shown and measured.
"""
import json
from pathlib import Path
from typing import Literal

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import keras
import numpy as np
import tensorflow as tf
import tyro
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from data_loaders import load_data
from keras_gan import DCGAN, UpSamplingConv2D
from keras_gan.base import options
from keras_gan.command.look import load_model
from keras_gan.evaluation.spectrum import power_spectrum, weave
from keras_gan.samples.drawing import grid


@options
class Woven(DCGAN):
    """The DCGAN, with one thing changed."""

    interpolation: Literal["nearest", "bilinear"] = "nearest"
    """Of each doubling of the generator."""
    side: int = 3
    """Of the discriminator's kernels."""

    def generator_layers(self, input_width):
        layers = super().generator_layers(input_width).layers
        return keras.Sequential([keras.Input((input_width,)), *(
            UpSamplingConv2D(layer.filters, interpolation=self.interpolation)
            if isinstance(layer, UpSamplingConv2D) else layer for layer in layers)])

    def convolution(self, filters, side, **how):
        return super().convolution(filters, self.side, **how)


ROWS = {
    "nearest, D 3x3 (as it is)": {},
    "bilinear, D 3x3": {"interpolation": "bilinear"},
    "nearest, D 4x4": {"side": 4},
    "bilinear, D 4x4": {"interpolation": "bilinear", "side": 4},
    "nearest, full-size features, D 3x3": {"full_size_features": True},
    "bilinear, full-size features, D 4x4": {
        "interpolation": "bilinear", "full_size_features": True, "side": 4},
}


def gradient_of(gan, images):
    """What D says about each pixel, (n, H, W, C), scaled to a variance of 1."""
    x = tf.constant(images[:64] / np.float32(127.5) - 1)
    with tf.GradientTape() as tape:
        tape.watch(x)
        said = tf.reduce_sum(gan.discriminator(x, training=True))
    gradient = tape.gradient(said, x).numpy()
    return gradient / gradient.std()


def unevenness(gradient):
    """The standard deviation of the mean square over the four pixels of 2x2 blocks."""
    phases = [np.mean(gradient[:, a::2, b::2] ** 2) for a in (0, 1) for b in (0, 1)]
    return float(np.std(phases) / np.mean(phases))


def trained(turns, img_shape, batch_size, samples, seed):
    """Train and measure each row: dict, name -> samples."""
    real = load_data("scenes", img_shape).images
    table = Table("", "untrained (π, 0)", "(0, π)", "(π, π)", f"{turns} turns (π, 0)", "(0, π)",
                  "(π, π)", "D: uneven", title="power of samples over that of real scenes")
    sheets = {"real scenes": real[:: len(real) // samples][:samples]}
    for name, how in ROWS.items():
        gan = Woven(recipe="laptop", img_shape=img_shape, seed=seed, **how)
        before = weave(gan.generate(samples, seed=1), real)
        uneven = unevenness(gradient_of(gan, real))
        gan.train(real, steps=turns, batch_size=batch_size)
        sheets[name] = gan.generate(samples, seed=1)
        after = weave(sheets[name], real)
        table.add_row(name, *(f"{figure:.2g}" for figure in (*before.values(), *after.values())),
                      f"{uneven:.2g}")
        print(name, json.dumps([before, after, uneven]), flush=True)
    Console(width=140).print(table)
    return sheets


def of_runs(runs, samples):
    """Measure runs on scenes: dict, name -> samples."""
    sheets, table = {}, Table("", "(π, 0)", "(0, π)", "(π, π)",
                              title="power of samples over that of real scenes")
    for run in runs:
        gan = load_model(run)[1]
        real = load_data("scenes", gan.img_shape).images
        sheets["real scenes"] = real[:: len(real) // samples][:samples]
        name = f"{run.name}: {gan.recipe}, {gan.turns:,} turns"
        sheets[name] = gan.generate(samples, seed=1)
        table.add_row(name, *(f"{figure:.2g}" for figure in weave(sheets[name], real).values()))
    Console(width=140).print(table)
    return sheets


def main(turns: int = 400, img_shape: tuple[int, int, int] = (64, 80, 3), batch_size: int = 16,
         samples: int = 200, seed: int = 0, runs: tuple[Path, ...] = (),
         out: Path = Path("runs/weave.png")):
    """Train and measure each.

    Args:
        turns: of each.
        img_shape: of pictures.
        batch_size: pictures a turn.
        samples: how many are measured.
        seed: of networks and samples.
        runs: run directories, whose samples are measured instead.
        out: the picture to write.
    """
    sheets = of_runs(runs, samples) if runs else trained(turns, img_shape, batch_size, samples,
                                                         seed)
    figure = Figure(figsize=(9, 2.3 * len(sheets)), layout="constrained")
    for (left, right), (name, pictures) in zip(
            figure.subplots(len(sheets), 2, width_ratios=(3, 1)), sheets.items()):
        left.imshow(grid(pictures[:6], columns=6))
        left.set_title(name, loc="left", fontsize="small")
        right.imshow(np.log10(np.fft.fftshift(power_spectrum(pictures)) + 1e-7),
                     vmin=-6, vmax=0)
        left.axis("off"), right.axis("off")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=110)


if __name__ == "__main__":
    tyro.cli(main)
