"""Time of a turn, beside the ways that others play it.

    python benchmarks/speed.py                        # the peers on Keras
    python benchmarks/speed.py --pytorch install      # and on PyTorch
    python benchmarks/speed.py --works gan:32 --rounds 9
    python benchmarks/speed.py --before OTHER_CLONE   # another version of this project

Every way is a process of its own. All are timed alternately, in one run. `--pytorch
install` makes an environment for PyTorch: several GB, the first time. The tables are
Markdown; this command makes those in `benchmarks/README.md`.
"""
import dataclasses
import math
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import tyro
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

from data_loaders.cache import cache_folder

HERE = Path(__file__).resolve().parents[1]
KERAS_GAN, OURS = "Keras-GAN's loop, freeze repaired", "ours, classic"
SECONDS = 3.0                # each way is timed at least so long a round, after a turn to warm up
console = Console(width=160)


@dataclasses.dataclass
class Way:
    """A way of training in a process of its own."""
    script: str
    arguments: tuple = ()
    python: str = sys.executable
    project: Path = HERE

    def start(self, log):
        environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3",
                       "PYTHONPATH": str(self.project)}
        script = self.project / "benchmarks" / "peers" / f"{self.script}.py"
        self.process = subprocess.Popen(
            [self.python, script, *self.arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=log, text=True, env=environment, cwd=self.project)
        self.first = self.answer()
        self.play(1)
        self.turns = math.ceil(SECONDS / self.play(1))

    def play(self, turns):
        """Seconds that these turns take."""
        print(turns, file=self.process.stdin, flush=True)
        return self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.script} {self.arguments} has ended with "
                               f"{self.process.wait()}: see {cache_folder() / 'speed.log'}")
        return float(line)


def python_with_pytorch(pytorch):
    """The Python that has PyTorch; None to do without."""
    if pytorch == "skip":
        return None
    if pytorch != "install":
        return pytorch
    folder = cache_folder() / "pytorch"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        console.print(f"Installing PyTorch into {folder} ...")
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "torch>=2.9", "numpy>=2.4"],
                       check=True)
    return str(python)


def ways(work, batch_size, pytorch, before):
    """The ways to play a work, by name."""
    if work == "dcgan":
        others = "classic, XLA", "laptop", "half_hour"
    else:
        others = "classic, no XLA", "digits"
    ours = ("classic", "classic, call by call", *others)
    found = {KERAS_GAN: Way("keras_gan_loop", (work, batch_size, "")),
             "keras.Model with train_step, fit": Way("keras_fit", (work, batch_size, "")),
             **{f"ours, {way}": Way("ours", (work, batch_size, way)) for way in ours}}
    if pytorch:
        formats = ("", " channels_last") if work == "dcgan" else ("",)
        for mode in [f"{how}{format}" for how in ("eager", "torch.compile") for format in formats]:
            found[f"PyTorch-GAN, {mode}"] = Way("pytorch_gan", (work, batch_size, mode), pytorch)
    if before:
        found |= {f"{way} of {before}": Way("ours", (work, batch_size, way), project=Path(before))
                  for way in ours}
    return {name: dataclasses.replace(way, arguments=tuple(map(str, way.arguments)))
            for name, way in found.items()}


def measure(found, rounds, log):
    """Seconds of a turn: {name: array (rounds,)}, one round after the other."""
    try:
        for way in track(found.values(), "first turns", console=console, transient=True):
            way.start(log)
        seconds = {name: [] for name in found}
        for _ in track(range(rounds), "rounds", console=console, transient=True):
            for name, way in found.items():
                way.play(1)
                seconds[name].append(way.play(way.turns) / way.turns)
    finally:
        for way in found.values():
            if hasattr(way, "process"):
                way.process.kill()
    return {name: np.array(s) for name, s in seconds.items()}


def show(title, found, seconds):
    """The table of a work. A ratio is the median of the ratios of all rounds."""
    table = Table("way", "first turn, s", "turn, ms: median (min .. max)", "of Keras-GAN's loop",
                  "of PyTorch's best", box=MARKDOWN)
    torch = [name for name in seconds if name.startswith("PyTorch")]
    best = min(torch, key=lambda name: np.median(seconds[name]), default=None)
    for name, s in seconds.items():
        of = [f"1/{np.median(seconds[peer] / s):.2f}" if peer else "" for peer in (KERAS_GAN, best)]
        ms = 1000 * s
        table.add_row(name, f"{found[name].first:.1f}",
                      f"{np.median(ms):.1f} ({ms.min():.1f} .. {ms.max():.1f})", *of)
    console.print(f"\n### {title}\n", table)


def gflop_of_dcgan(batch_size, products=16):
    """Billions of products and sums in a turn of the classic DCGAN at 128x160.

    Only convolutions and dense layers are counted.

    Args:
        batch_size: pictures a step.
        products: for each pixel, channel and filter of an upsampling convolution: 36 as
            two layers, 16 folded, 9 in the way that is used here.
    """
    upsampled = sum(h * w * channels * filters * products for h, w, channels, filters in
                    ((8, 10, 512, 256), (16, 20, 256, 128), (32, 40, 128, 64), (64, 80, 64, 32)))
    dense, last = 100 * 8 * 10 * 512, 128 * 160 * 9 * 32 * 3
    generator = dense + upsampled + last
    first, *others = [h * w * 9 * channels * filters for h, w, channels, filters in
                      ((64, 80, 3, 32), (32, 40, 32, 64), (17, 21, 64, 128), (9, 11, 128, 256),
                       (5, 6, 256, 512))]
    discriminator = first + sum(others)
    # forward: fakes, and in combined; backward: to the weights, and to all inputs but z
    of_generator = 2 * generator + 2 * generator - dense
    # real and fake pictures: forward, to the weights, to all inputs but the pictures;
    # in combined: forward, and to all inputs
    of_discriminator = 2 * (2 * discriminator + sum(others)) + 2 * discriminator
    return 2 * batch_size * (of_generator + of_discriminator) / 1e9


def main(works: tuple[str, ...] = ("dcgan:16", "dcgan:50", "gan:32", "cgan:32"), rounds: int = 7,
         pytorch: str = "skip", before: str | None = None):
    """Time turns.

    Args:
        works: "dcgan" (128x160), "gan" or "cgan" (28x28), and the batch size.
        rounds: how often each way is timed, one after the other.
        pytorch: "skip"; "install" into an environment of its own; or the path of a
            Python that has it.
        before: folder of another version of this project, which is timed as well.
    """
    python = python_with_pytorch(pytorch)
    console.print(f"{platform.system()}, {os.cpu_count()} cores, "
                  f"Python {platform.python_version()}, {rounds} rounds")
    cache_folder().mkdir(parents=True, exist_ok=True)
    with (cache_folder() / "speed.log").open("w") as log:
        for work, batch_size in (pair.split(":") for pair in works):
            found = ways(work, int(batch_size), python, before)
            if work == "dcgan":
                found["sgemm"] = Way("sgemm")
            seconds = measure(found, rounds, log)
            sgemm = seconds.pop("sgemm", None)
            show(f"{work}, batch {batch_size}", found, seconds)
            if sgemm is not None:
                rate, turn = 2 * 2048 ** 3 / 1e9 / np.median(sgemm), np.median(seconds[OURS])
                folded, played = (gflop_of_dcgan(int(batch_size), n) for n in (16, 9))
                console.print(
                    f"\nNumPy's sgemm: {rate:.0f} GFLOP/s. Ours, classic: "
                    f"{folded:.0f} GFLOP a turn if folded, {folded / turn:.0f} GFLOP/s, "
                    f"{folded / turn / rate:.2f} of it; "
                    f"{played:.0f} GFLOP as played, {played / turn / rate:.2f} of it.")


if __name__ == "__main__":
    tyro.cli(main)
