"""Are a run's samples as diverse as real scenes, and near to held-out scenes?

    keras-gan train dcgan --run-dir runs/scenes
    python benchmarks/scenes.py runs/scenes

The distance of two pictures is the root mean square difference of their 16x20
thumbnails, pixels in 0..1. Diversity: mean distance between 64 pictures. Nearness: mean
distance of the 400 held-out scenes to the nearest of the 64. Two cheap answers are
shown beside the samples: the mean picture, or one copied picture. They have no
diversity, and are far from most scenes.
"""
from pathlib import Path

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import cv2
import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from data_loaders import load_data
from keras_gan import DCGAN


def thumbnails(pictures):
    """(n, H, W, 3) in 0..1 -> (n, 16 * 20 * 3)."""
    return np.stack([cv2.resize(p, (20, 16), interpolation=cv2.INTER_AREA).reshape(-1)
                     for p in pictures])


def distances(a, b):
    """Root mean square difference between each thumbnail of `a` and each of `b`."""
    return np.sqrt(((a[:, None] - b[None]) ** 2).mean(-1))


def main(run: tyro.conf.Positional[Path], seed: int = 1):
    """Compare 64 samples of a DCGAN that was trained on scenes with real ones.

    Args:
        run: run directory.
        seed: of the samples.
    """
    train, held_out = (load_data("scenes", split=split).images / np.float32(255)
                       for split in ("train", "test"))
    order = np.random.default_rng(0).permutation(len(train))
    held_out = thumbnails(held_out)
    rows = {"64 real scenes": train[order[:64]],
            "64 samples": DCGAN.load(run / "model").generate(64, seed=seed),
            "the mean picture": train.mean(0, keepdims=True),
            "one copied scene (mean of 64)": None}
    table = Table("pictures", "diversity", "nearness to held-out scenes (less is nearer)")
    for name, pictures in rows.items():
        if pictures is None:
            diversity, nearness = 0.0, distances(held_out, thumbnails(train[order[:64]])).mean()
        else:
            small = thumbnails(pictures)
            pairs = distances(small, small)[np.triu_indices(len(small), 1)]
            diversity = pairs.mean() if len(pairs) else 0.0
            nearness = distances(held_out, small).min(axis=1).mean()
        table.add_row(name, f"{diversity:.3f}", f"{nearness:.3f}")
    Console().print(table)


if __name__ == "__main__":
    tyro.cli(main)
