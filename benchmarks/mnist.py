"""The table of digits: train models on MNIST with a user's commands, and measure them.

    python benchmarks/mnist.py --folder path/to/mnist --rows cgan-digits --seeds 0 1 2

Each run is a directory `runs/mnist/ROW-SEED` with its evaluation.json. A run that is
there already is not trained again. Samples of all rows are in `runs/mnist/rows.png`.
"""
import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import numpy as np
import tyro
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

ROWS = {          # what follows `keras-gan train`
    "gan-classic": "gan --recipe classic --steps 30000",
    "gan-digits": "gan --recipe digits --steps 20000",
    "gan-mnist": "gan --recipe mnist --steps 20000 --batch-size 64",
    "gan-2014": "gan --recipe goodfellow_2014 --steps 10000 --batch-size 64",
    "cgan-classic": "cgan --recipe classic --steps 20000",
    "cgan-digits": "cgan --recipe digits --steps 20000",
}
COMMON = "--data mnist --sample-interval 2500 --checkpoint-interval 10000"


@dataclasses.dataclass
class Arguments:
    """Train and measure."""
    rows: tuple[Literal[tuple(ROWS)], ...] = tuple(ROWS)
    seeds: tuple[int, ...] = (0, 1, 2)
    folder: str | None = None
    """Folder of MNIST's four files. Without it, Keras downloads them."""


def run_of(row, seed, folder):
    """Train and evaluate one model, only once: (minutes of training, figures)."""
    run = Path("runs") / "mnist" / f"{row}-{seed}"
    keras_gan = str(Path(sys.executable).with_name("keras-gan"))
    if not (run / "evaluation.json").exists():
        where = ["--folder", folder] if folder else []
        train = ["train", *ROWS[row].split(), *COMMON.split(), *where,
                 "--seed", str(seed), "--run-dir", str(run)]
        if not (run / "minutes.json").exists():
            print("keras-gan", *train, flush=True)
            start = time.monotonic()
            subprocess.run([keras_gan, *train], check=True)
            (run / "minutes.json").write_text(json.dumps((time.monotonic() - start) / 60))
        subprocess.run([keras_gan, "evaluate", str(run), *where], check=True)
    figures = json.loads((run / "evaluation.json").read_text())["figures"]
    return json.loads((run / "minutes.json").read_text()), figures


def write_strips(path, runs, columns=20):
    """Write a picture with a strip of samples of each run, always from the same noise.

    Args:
        path: PNG file to write.
        runs: dict, title -> run directory. A title begins with the name of its paper.
        columns: samples in a strip.
    """
    from keras_gan.papers import find
    from keras_gan.samples.drawing import grid

    def sheet(title, run):
        gan = find(title.split()[0]).load().load(run / "model")
        return grid(gan.generate(columns, seed=1), columns=columns)

    sheets = {title: sheet(title, run) for title, run in runs.items()}
    height, width, _ = next(iter(sheets.values())).shape
    figure = Figure(figsize=(8, (8 * height / width + 0.3) * len(runs)), layout="constrained")
    for axes, (title, strip) in zip(np.ravel(figure.subplots(len(runs), 1)), sheets.items()):
        axes.imshow(strip)
        axes.set_title(title, loc="left", fontsize="small", pad=2)
        axes.axis("off")
    figure.savefig(path, dpi=110)


def main(arguments):
    for row in arguments.rows:
        minutes, figures = zip(*(run_of(row, seed, arguments.folder) for seed in arguments.seeds))
        table = Table("figure", *(f"seed {seed}" for seed in arguments.seeds), "mean", "real",
                      title=f"{row}: keras-gan train {ROWS[row]} {COMMON}")
        table.add_row("minutes", *(f"{m:.1f}" for m in minutes), f"{np.mean(minutes):.1f}", "")
        for same in zip(*figures):
            values = [figure["generated"] for figure in same]
            table.add_row(same[0]["name"], *(f"{v:.4g}" for v in values),
                          f"{np.mean(values):.4g}", f"{same[0]['real']:.4g}")
        Console(width=140).print(table)
    folder, seed = Path("runs") / "mnist", arguments.seeds[0]
    write_strips(folder / "rows.png",
                 {ROWS[row]: folder / f"{row}-{seed}" for row in arguments.rows})


if __name__ == "__main__":
    main(tyro.cli(Arguments))
