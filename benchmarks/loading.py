"""Time of `load_data(folder)`, first and from the cache, beside bare OpenCV in as many threads.

    python benchmarks/loading.py
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

from data_loaders import load_data


def write_pictures(folder, n, height=400, width=533):
    """n JPEG files: large soft shapes and grain, as photos have them."""
    rng = np.random.default_rng(0)
    for i in track(range(n), "writing pictures", transient=True):
        picture = cv2.resize(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
        picture = cv2.add(picture, rng.integers(0, 24, picture.shape, dtype=np.uint8))
        cv2.imwrite(str(folder / f"{i:05d}.jpg"), picture)


def bare(folder):
    """What nobody can do without: every file decoded and resized, and held in memory."""
    def read(path):
        return cv2.resize(cv2.imread(str(path)), (160, 128))

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.stack(list(pool.map(read, sorted(folder.iterdir()))))


def main(n: int = 3000, rounds: int = 5):
    """Load a folder.

    Args:
        n: pictures in it, JPEG files of 400x533.
        rounds: how often each way is timed, one after the other; medians are shown.
    """
    seconds = {"bare cv2.imread and cv2.resize, in threads": [], "load_data, first": [], "load_data, from the cache": []}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "photos"
        folder.mkdir()
        write_pictures(folder, n)
        bare(folder)                                                   # the files lie in the system's cache from here on
        for i in range(rounds):
            os.environ["KERAS_GAN_CACHE"] = str(Path(scratch) / f"cache{i}")
            ways = [lambda: bare(folder), lambda: load_data(folder), lambda: load_data(folder)]
            for s, way in zip(seconds.values(), ways):
                start = time.perf_counter()
                assert len(way()) == n
                s.append(time.perf_counter() - start)
    first = seconds["load_data, first"]
    table = Table("way", "s: median (min .. max)", "of bare OpenCV", "of the first load", box=MARKDOWN, title=f"{n:,} JPEG files of 400x533 to 128x160")
    for name, s in seconds.items():
        ratios = [np.median(np.divide(s, reference)) for reference in (seconds["bare cv2.imread and cv2.resize, in threads"], first)]
        table.add_row(name, f"{np.median(s):.3f} ({min(s):.3f} .. {max(s):.3f})", *(f"{ratio:.3f}" for ratio in ratios))
    Console(width=140).print(table)


if __name__ == "__main__":
    tyro.cli(main)
