"""How many of the 1,000 modes of stacked MNIST does a model find?

    python benchmarks/stacked_mnist.py --folder path/to/mnist --minutes 60

Three random digits of MNIST are the channels of each picture (Luke Metz et al., 2016,
arXiv:1611.02163). Which modes there are among 10,000 samples says the LeNet of
`keras-gan evaluate`, channel by channel. The papers take 26,000 samples, and other
classifiers. Each run is a directory `runs/stacked_mnist/ROW-SEED-MINUTES`. A run that
is there already is not trained again.
"""
import dataclasses
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal

import tyro
from rich.console import Console
from rich.table import Table

ROWS = {          # what follows `keras-gan train`
    "gan": "gan --recipe mnist --batch-size 64",
    "dcgan": "dcgan --recipe half_hour --batch-size 64",
}
COMMON = "--data stacked_mnist --img-shape 28 28 3 --sample-interval 2500"


@dataclasses.dataclass
class Arguments:
    """Train and measure."""
    rows: tuple[Literal[tuple(ROWS)], ...] = tuple(ROWS)
    seeds: tuple[int, ...] = (0,)
    minutes: float = 60.0
    """Of each run, by the clock."""
    folder: str | None = None
    """Folder of MNIST's four files. Without it, Keras downloads them."""


def run_of(row, seed, arguments):
    """Train and evaluate one model, only once: (turns, figures by their names)."""
    run = Path("runs") / "stacked_mnist" / f"{row}-{seed}-{arguments.minutes:g}"
    keras_gan = str(Path(sys.executable).with_name("keras-gan"))
    where = ["--folder", arguments.folder] if arguments.folder else []
    if not (run / "model").exists():
        command = [keras_gan, "train", *ROWS[row].split(), *COMMON.split(), *where,
                   "--seed", str(seed), "--steps", "1000000", "--run-dir", str(run)]
        print(*command, flush=True)
        with subprocess.Popen(command) as process:
            try:
                process.wait(60 * arguments.minutes)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT)         # it ends its turn, and saves
    if not (run / "evaluation.json").exists():
        subprocess.run([keras_gan, "evaluate", str(run), *where], check=True)
    config = json.loads((run / "model" / "config.json").read_text())
    figures = json.loads((run / "evaluation.json").read_text())["figures"]
    return config["turns"], {figure["name"]: figure for figure in figures}


def main(arguments):
    table = None
    for row in arguments.rows:
        for seed in arguments.seeds:
            turns, figures = run_of(row, seed, arguments)
            if table is None:
                table = Table("keras-gan train", "seed", "turns", *figures,
                              title=f"{arguments.minutes:g} minutes each, {COMMON}")
                table.add_row("real", "", "", *(f"{f['real']:.4g}" for f in figures.values()))
            table.add_row(ROWS[row], str(seed), str(turns),
                          *(f"{f['generated']:.4g}" for f in figures.values()))
    Console(width=200).print(table)


if __name__ == "__main__":
    main(tyro.cli(Arguments))
