"""Which model makes the best colour pictures of 128x160 in 30 minutes on this machine?

All are measured on emoji that none of them has seen.

    python benchmarks/emoji.py path/to/emoji --mobilenet-weights path/to/weights.h5
    python benchmarks/emoji.py path/to/emoji --rows classic laptop --minutes 10

The folder holds one folder for each group, and a `manifest.csv` with the columns `file`
and `split` (train or test). Each row is a run `runs/emoji/ROW` of the command that a
user would type. Ctrl-C stops it when its time is over, and `keras-gan evaluate`
measures it. On a machine with other work, give `--steps` instead: a number of turns.
Samples of all rows are in `runs/emoji/rows.png`.
"""
import csv
import dataclasses
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal

import tyro
from rich.console import Console
from rich.table import Table

from mnist import write_strips

# What follows `keras-gan train`. Half-lives of learning rates suit the number of turns
# that half an hour has on two cores.
ROWS = {
    "classic": "dcgan --recipe classic",
    "radford": "dcgan --recipe radford_2015 --base-channels 12",
    "laptop": "dcgan --recipe laptop",
    "half_hour": "dcgan --recipe half_hour",
    "without-augment": "dcgan --recipe half_hour --no-augment --half-life 4000",
    # with half_hour's learning rate the losses were in the hundreds, and the pictures
    # blots
    "residual": "dcgan --recipe laptop --networks residual",
    "lsgan": "lsgan --recipe laptop",
    # the paper's .01 and 5e-5 learn as well, but four times as slowly
    "wgan": "wgan --recipe laptop --clip 0.05 --learning-rate 2e-4",
    "wgan-gp": "wgan_gp --recipe laptop",
    "pacgan": "pacgan --recipe laptop",
}
COMMON = ("--img-shape 128 160 3 --batch-size 16 --sample-interval 1000 "
          "--checkpoint-interval 1000")


@dataclasses.dataclass
class Arguments:
    """Train and measure."""
    folder: tyro.conf.Positional[Path]
    """Pictures in folders, and a manifest.csv with the columns `file` and `split`."""
    rows: tuple[Literal[tuple(ROWS)], ...] = tuple(ROWS)
    seeds: tuple[int, ...] = (0,)
    minutes: float = 30.0
    steps: int = 0
    """Number of turns of each run, instead of `minutes`."""
    mobilenet_weights: str = "imagenet"
    out: Path = Path("runs/emoji")

    @property
    def length(self):
        """The length of each run, as text: "30-minutes" or "3061-steps"."""
        return f"{self.steps}-steps" if self.steps else f"{self.minutes:g}-minutes"


def split_folders(folder, out):
    """Copy pictures into out/train and out/test, as the manifest says; only once."""
    if (out / "test").exists():
        return
    if not (folder / "manifest.csv").is_file():
        raise SystemExit(f"{folder} has no manifest.csv. It must have the columns file, a path "
                         f"below {folder}, and split: train or test.")
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            there = out / f"{line['split']}.part" / line["file"]
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / line["file"], there)
    for split in ("train", "test"):
        (out / f"{split}.part").rename(out / split)


def directory_of(row, seed, arguments):
    """The directory of a run: a `Path`."""
    return arguments.out / f"{row}-{seed}-{arguments.length}"


def run_of(row, seed, arguments):
    """Train and evaluate one model, only once: (turns, figures)."""
    run = directory_of(row, seed, arguments)
    keras_gan = str(Path(sys.executable).with_name("keras-gan"))
    if not (run / "model").exists():
        command = [keras_gan, "train", *ROWS[row].split(), *COMMON.split(),
                   "--data", str(arguments.out / "train"), "--seed", str(seed),
                   "--steps", str(arguments.steps or 1_000_000), "--run-dir", str(run)]
        print(*command, flush=True)
        with subprocess.Popen(command) as process:
            try:
                process.wait(None if arguments.steps else 60 * arguments.minutes)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)         # it ends its turn, and saves
    if not (run / "evaluation.json").exists():
        subprocess.run([keras_gan, "evaluate", str(run), "--test", str(arguments.out / "test"),
                        "--features", "mobilenet",
                        "--mobilenet-weights", arguments.mobilenet_weights], check=True)
    config = json.loads((run / "model" / "config.json").read_text())
    return config["turns"], json.loads((run / "evaluation.json").read_text())["figures"]


def main(arguments):
    split_folders(arguments.folder, arguments.out)
    table, names = None, None
    for row in arguments.rows:
        for seed in arguments.seeds:
            turns, figures = run_of(row, seed, arguments)
            if table is None:
                names = [figure["name"] for figure in figures]
                table = Table("keras-gan train", "seed", "turns", *names,
                              title=f"{arguments.length} each, {COMMON}")
                table.add_row("real", "", "", *(f"{figure['real']:.4g}" for figure in figures))
            table.add_row(ROWS[row], str(seed), str(turns),
                          *(f"{figure['generated']:.4g}" for figure in figures))
    Console(width=200).print(table)
    runs = {ROWS[row]: directory_of(row, arguments.seeds[0], arguments) for row in arguments.rows}
    write_strips(arguments.out / "rows.png", runs, columns=8)


if __name__ == "__main__":
    main(tyro.cli(Arguments))
