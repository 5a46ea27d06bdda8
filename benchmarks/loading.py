"""Time of `load_data(folder)`, first and from the cache, beside bare OpenCV.

    python benchmarks/loading.py

OpenCV gets as many threads. A second table shows how good the pixels of each are.
"""
import concurrent.futures
import os
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
import tyro
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.datasets import load_sample_images

from data_loaders import load_data
from data_loaders.image_file import read_image


def write_pictures(folder, n, height=400, width=533):
    """n JPEG files: large soft shapes and grain, as photos have them."""
    rng = np.random.default_rng(0)
    for i in track(range(n), "writing pictures", transient=True):
        picture = cv2.resize(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8), (width, height),
                             interpolation=cv2.INTER_CUBIC)
        picture = cv2.add(picture, rng.integers(0, 24, picture.shape, dtype=np.uint8))
        cv2.imwrite(str(folder / f"{i:05d}.jpg"), picture)


def bare(folder, interpolation):
    """The least that any way must do: decode, resize and keep every file."""
    def read(path):
        return cv2.resize(cv2.imread(str(path)), (160, 128), interpolation=interpolation)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.stack(list(pool.map(read, sorted(folder.iterdir()))))


def main(n: int = 3000, rounds: int = 5):
    """Load a folder.

    Args:
        n: pictures in it, JPEG files of 400x533.
        rounds: how often each way is timed, one after the other; the table shows
            medians.
    """
    ways = {
        # reads four pixels for each one that it makes, and skips the rest: jagged edges
        "bare cv2.imread and cv2.resize": lambda: bare(folder, cv2.INTER_LINEAR),
        # the mean of all pixels
        "bare, with INTER_AREA": lambda: bare(folder, cv2.INTER_AREA),
        "load_data, first": lambda: load_data(folder),
        "load_data, from the cache": lambda: load_data(folder),
    }
    seconds = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "photos"
        folder.mkdir()
        write_pictures(folder, n)
        bare(folder, cv2.INTER_LINEAR)       # now the files are in the system's cache
        for i in range(rounds):
            os.environ["KERAS_GAN_CACHE"] = str(Path(scratch) / f"cache{i}")
            for name, way in ways.items():
                start = time.perf_counter()
                assert len(way()) == n
                seconds[name].append(time.perf_counter() - start)
    references = list(ways)[:3]
    table = Table("way", "s: median (min .. max)", *(f"of {name}" for name in references),
                  box=MARKDOWN, title=f"{n:,} JPEG files of 400x533 to 128x160")
    for name, s in seconds.items():
        ratios = [np.median(np.divide(s, reference)) for reference in map(seconds.get, references)]
        table.add_row(name, f"{np.median(s):.3f} ({min(s):.3f} .. {max(s):.3f})",
                      *(f"{ratio:.3f}" for ratio in ratios))
    console = Console(width=180)
    console.print(table)
    console.print(quality())


def pictures_to_judge():
    """Two photos, and rings that become as fine as pixels can show.

    Returns:
        dict, name -> RGB array of 400x533.
    """
    photos = {name: cv2.resize(photo, (533, 400), interpolation=cv2.INTER_AREA)
              for name, photo in zip(("temple", "flower"), load_sample_images().images)}
    y, x = np.mgrid[-200:200, -266:267]
    rings = 127.5 + 127.5 * np.cos(np.pi / 2 * (x ** 2 + y ** 2) / 266)
    return {**photos, "rings": np.repeat(rings[..., None], 3, axis=2).astype(np.uint8)}


def quality():
    """A table: how near the small pictures are to means of the original's pixels.

    The original is the picture before it was written as JPEG.
    """
    table = Table("picture", "cv2.imread and cv2.resize", "with INTER_AREA", "load_data",
                  box=MARKDOWN, title="peak signal-to-noise ratio, dB: more is nearer")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "picture.jpg"
        for name, original in pictures_to_judge().items():
            cv2.imwrite(str(path), original[..., ::-1])
            means = cv2.resize(original, (160, 128), interpolation=cv2.INTER_AREA)
            made = [*(cv2.resize(cv2.imread(str(path)), (160, 128), interpolation=how)[..., ::-1]
                      for how in (cv2.INTER_LINEAR, cv2.INTER_AREA)),
                    read_image(path, (128, 160, 3), fit="stretch")]
            table.add_row(name, *(f"{cv2.PSNR(means, np.ascontiguousarray(small)):.1f}"
                                  for small in made))
    return table


if __name__ == "__main__":
    tyro.cli(main)
