"""Which model makes the best samples in the same time on this machine?

    python benchmarks/compare.py emoji path/to/emoji --mobilenet-weights FILE
    python benchmarks/compare.py emoji path/to/emoji --rows half_hour cgan --seeds 0 1 2
    python benchmarks/compare.py scenes
    python benchmarks/compare.py mnist path/to/mnist --cores 1
    python benchmarks/compare.py stacked_mnist path/to/mnist
    python benchmarks/compare.py photos --minutes 10

Each row is a user's command, `keras-gan train`, which ends after so many minutes, and
`keras-gan evaluate`. Each run is a directory, `runs/emoji/ROW-SEED-30-minutes` say; one
that is there is not played again. Beside them are the table, `rows.md`, and samples of
all rows, not chosen, `rows.png`.

- emoji: a folder with a folder for each group, and a `manifest.csv` with the columns
  `file` and `split` (train or test). The figures are of pictures that no model has
  seen.
- scenes: the drawn landscapes. More figures say in how many samples a judge sees a
  house or a boat, see `scenes.py`.
- mnist: a folder of MNIST's four files. Without one, Keras downloads them.
- stacked_mnist: three random digits of MNIST are the channels of each picture (Luke
  Metz et al., 2016, arXiv:1611.02163). Which of the 1,000 modes there are among 10,000
  samples says the LeNet of `keras-gan evaluate`, channel by channel. The papers take
  26,000 samples, and other classifiers.
- photos: the cut-outs that `photos.py` makes, or a folder of your own.
"""
import csv
import dataclasses
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import numpy as np
import psutil
import tyro
from matplotlib.figure import Figure
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Column, Table


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What is compared on a data set.

    Attributes:
        minutes: float, how long each run plays.
        rows: dict, a short name -> what follows `keras-gan train`.
        common: str, flags of all rows. Those of a row come later, and win.
        columns: int, samples of a row that are shown.
    """
    minutes: float
    rows: dict
    common: str
    columns: int = 8


COMPARISONS = {
    # Half-lives of learning rates suit the number of turns that half an hour has on two
    # cores
    "emoji": Comparison(30, {
        "classic": "dcgan --recipe classic",
        "radford": "dcgan --recipe radford_2015 --base-channels 12",
        "laptop": "dcgan --recipe laptop",
        "half_hour": "dcgan --recipe half_hour",
        "without-augment": "dcgan --recipe half_hour --no-augment --half-life 4000",
        # More of its time in full size than the recipe: emoji have edges
        "coarse_to_fine": "dcgan --recipe coarse_to_fine --augment --grow-at 0.14 0.6 0.6 "
                          "--rest-at 28000",
        # with half_hour's learning rate the losses were in the hundreds, and the
        # pictures blots
        "residual": "dcgan --recipe laptop --networks residual",
        "r3gan": "r3gan --recipe laptop",
        "lsgan": "lsgan --recipe laptop",
        # the paper's .01 and 5e-5 learn as well, but four times as slowly
        "wgan": "wgan --recipe laptop --clip 0.05 --learning-rate 2e-4",
        "wgan-gp": "wgan_gp --recipe laptop",
        "pacgan": "pacgan --recipe laptop",
        "cgan": "cgan --recipe laptop",
        "cgan-coarse_to_fine": "cgan --recipe coarse_to_fine",
        "biggan": "biggan --recipe laptop",
    }, "--img-shape 128 160 3 --batch-size 16 --sample-interval 1000 --checkpoint-interval 1000"),
    "scenes": Comparison(3, {
        "classic": "dcgan --recipe classic",
        "laptop": "dcgan --recipe laptop",
        "half_hour": "dcgan --recipe half_hour",
        "coarse_to_fine": "dcgan --recipe coarse_to_fine",
    }, "--data scenes"),
    "mnist": Comparison(12, {
        "gan-classic": "gan --recipe classic",
        "gan-digits": "gan --recipe digits",
        "gan-mnist": "gan --recipe mnist --batch-size 64",
        "gan-2014": "gan --recipe goodfellow_2014 --batch-size 64",
        "dcgan-coarse_to_fine": "dcgan --recipe coarse_to_fine --r1-gamma 0.2 --batch-size 64 "
                                "--rest-at 7500",
        "cgan-classic": "cgan --recipe classic",
        "cgan-digits": "cgan --recipe digits",
    }, "--data mnist --img-shape 28 28 1 --sample-interval 2500 --checkpoint-interval 10000", 20),
    "stacked_mnist": Comparison(60, {
        "gan": "gan --recipe mnist",
        "half_hour": "dcgan --recipe half_hour",
        "coarse_to_fine": "dcgan --recipe coarse_to_fine --r1-gamma 0.2 --rest-at 60000",
    }, "--data stacked_mnist --img-shape 28 28 3 --batch-size 64 --sample-interval 2500", 20),
    "photos": Comparison(10, {
        "laptop": "dcgan --recipe laptop",
        "half_hour": "dcgan --recipe half_hour",
        "coarse_to_fine": "dcgan --recipe coarse_to_fine",
    }, "--img-shape 128 160 3 --batch-size 16 --flip"),
}


@dataclasses.dataclass
class Arguments:
    """Train, measure, and show side by side."""
    data: tyro.conf.Positional[Literal[tuple(COMPARISONS)]]
    folder: tyro.conf.Positional[Path | None] = None
    """Of the data, see the top of this file. emoji needs it."""
    rows: tuple[str, ...] = ()
    """Those to compare; by default all."""
    seeds: tuple[int, ...] = (0,)
    minutes: float | None = None
    """How long each run plays, once its data are read; by default 30 for emoji, 3 for
    scenes, 12 for mnist, 60 for stacked_mnist, 10 for photos."""
    steps: int | None = None
    """How many turns each run plays, instead of minutes, or at most."""
    cores: int | None = None
    """How many cores training has: those that are the least busy. By default all."""
    mobilenet_weights: str = "imagenet"
    """Weights for MobileNetV2, which sees emoji, and photos without classes: a file, or
    "imagenet", which is downloaded."""
    out: Path | None = None
    """Folder for runs, table and sheet; by default runs/emoji, say."""

    def __post_init__(self):
        known = COMPARISONS[self.data].rows
        if unknown := set(self.rows) - set(known):
            raise SystemExit(f"{self.data} has the rows {', '.join(known)}. Received: --rows "
                             f"{' '.join(sorted(unknown))}")
        self.rows = self.rows or tuple(known)
        self.out = self.out or Path("runs") / self.data
        if self.minutes is None and self.steps is None:
            self.minutes = COMPARISONS[self.data].minutes

    @property
    def length(self):
        """What every run may take: dict, "minutes", "steps", "cores" -> how many."""
        return {name: getattr(self, name) for name in ("minutes", "steps", "cores")
                if getattr(self, name) is not None}

    def directory(self, row, seed):
        """The directory of a run: a `Path`."""
        length = "-".join(f"{number:g}-{name}" for name, number in self.length.items())
        return self.out / f"{row}-{seed}-{length}"


@dataclasses.dataclass
class Source:
    """Where the data of a comparison are.

    Attributes:
        train, evaluate: lists of str, flags of these commands.
        real: dict, arguments of `load_data` for real pictures that are shown.
    """
    train: list
    evaluate: list
    real: dict


def source_of(arguments):
    """The `Source`. Emoji are split, and cut-outs of photos made, only once."""
    data, folder = arguments.data, arguments.folder
    weights = ["--mobilenet-weights", str(arguments.mobilenet_weights)]
    if data == "scenes":
        return Source([], [], {"source": data, "split": "test"})
    if data == "emoji":
        split_folders(folder, arguments.out)
        train, test = (str((arguments.out / split).resolve()) for split in ("train", "test"))
        return Source(["--data", train], ["--test", test, "--features", "mobilenet", *weights],
                      {"source": test})
    if data == "photos":
        folder = str((folder or cut_outs(arguments.out)).resolve())
        return Source(["--data", folder], weights, {"source": folder})
    folder = None if folder is None else str(folder.resolve())
    where = [] if folder is None else ["--folder", folder]
    return Source(where, where, {"source": data, "split": "test", "folder": folder})


def split_folders(folder, out):
    """Copy pictures into out/train and out/test, as the manifest says; only once."""
    if (out / "test").exists():
        return
    if folder is None or not (folder / "manifest.csv").is_file():
        raise SystemExit(f"emoji are a folder with a manifest.csv, which has the columns file, a "
                         f"path below the folder, and split: train or test. Received: {folder}")
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            there = out / f"{line['split']}.part" / line["file"]
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / line["file"], there)
    for split in ("train", "test"):
        (out / f"{split}.part").rename(out / split)


def cut_outs(out):
    """The folder of cut-outs of two photos. They are made only once."""
    folder = out / "pictures"
    if not folder.exists():
        maker = Path(__file__).with_name("photos.py")
        part = out / "pictures.part"
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run([sys.executable, maker, part], check=True)
        part.rename(folder)
    return folder


# --- a run ----------------------------------------------------------------------------

def words_of(row, arguments, source):
    """What follows `keras-gan`, but for seed, run directory and length: list of str."""
    comparison = COMPARISONS[arguments.data]
    model, *own = comparison.rows[row].split()
    return ["train", model, *source.train, *comparison.common.split(), *own]


def play(words, cores=None):
    """Run `keras-gan`; on so many cores, where the system can be told. Its status."""
    command = [str(Path(sys.executable).with_name("keras-gan")), *words]
    print(*command, flush=True)
    threads = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    env = {**os.environ, **{name: str(cores) for name in threads if cores is not None}}
    if cores is None or not hasattr(os, "sched_setaffinity"):
        return subprocess.run(command, env=env).returncode
    ours, busy = os.sched_getaffinity(0), psutil.cpu_percent(0.5, percpu=True)
    os.sched_setaffinity(0, sorted(ours, key=lambda core: busy[core])[:cores])
    try:
        process = subprocess.Popen(command, env=env)           # it inherits the cores
    finally:
        os.sched_setaffinity(0, ours)
    with process:
        return process.wait()


class LeftOut(Exception):
    """A run that can't be compared, and why."""


def run_of(row, seed, arguments, source):
    """Train and evaluate one model, only once.

    Returns:
        dict: "minutes" that the command took, "turns", and "figures" as in
        evaluation.json, none where they can't be measured.

    Raises:
        LeftOut: if the run that is there is only a part of one, or another command's,
            or if training fails.
    """
    run, words = arguments.directory(row, seed), words_of(row, arguments, source)
    note = run / "compare.json"
    if run.exists() and not note.exists():
        raise LeftOut(f"{run} is a run that goes on, failed, or was stopped. Delete it to play it "
                      "from its beginning.")
    if not note.exists():
        length = [str(word) for name in ("minutes", "steps") if name in arguments.length
                  for word in (f"--{name}", arguments.length[name])]
        begin = time.monotonic()
        status = play([*words, "--seed", str(seed), "--run-dir", str(run), *length],
                      arguments.cores)
        if status:
            raise LeftOut(f"{run} ended with status {status}.")
        note.write_text(json.dumps({"words": words, "minutes": (time.monotonic() - begin) / 60}))
    played = json.loads(note.read_text())
    if played["words"] != words:
        raise LeftOut(f"{run} was played by\n  keras-gan {' '.join(played['words'])}\nand the row "
                      f"is now\n  keras-gan {' '.join(words)}\nDelete it to play the row anew, or "
                      "give another --out.")
    if not (run / "evaluation.json").exists() and play(["evaluate", str(run), *source.evaluate]):
        print(f"{run} has no figures.", flush=True)
    figures = []
    if (run / "evaluation.json").exists():
        figures = json.loads((run / "evaluation.json").read_text())["figures"]
    turns = json.loads((run / "model" / "config.json").read_text())["turns"]
    return {"minutes": played["minutes"], "turns": turns, "figures": figures}


def houses_and_boats(run):
    """Figures that only scenes have: list of dicts. They are measured only once."""
    file = run / "houses_and_boats.json"
    if not file.exists():
        from scenes import figures_of
        file.write_text(json.dumps(figures_of(model_of(run).generate(400, seed=1))))
    return json.loads(file.read_text())


def model_of(run):
    """The model of a run."""
    from keras_gan.command.look import load_model
    return load_model(run)[1]


# --- what is shown --------------------------------------------------------------------

def readable(number, digits=3):
    """A number of so many digits, or a whole one."""
    return f"{number:.{digits}g}" if abs(number) < 10 ** digits else f"{number:,.0f}"


def mean_and_error(values):
    """As text: the mean of some numbers, and its standard error. "–" if one is
    missing."""
    if None in values or not values:
        return "–"
    if len(values) == 1:
        return readable(values[0])
    error = np.std(values, ddof=1) / len(values) ** 0.5
    return f"{readable(np.mean(values))} ± {readable(error, 2)}"


def table_of(rows, commands):
    """The table: a row a model, a column a figure.

    Args:
        rows: dict, name -> dict, seed -> what `run_of` returns.
        commands: dict, name -> what follows `keras-gan train`.
    """
    names = list(dict.fromkeys(figure["name"] for runs in rows.values() for run in runs.values()
                               for figure in run["figures"]))
    table = Table(Column("row", no_wrap=True), Column("keras-gan train", overflow="fold"),
                  "seeds", "minutes", "turns", *names)
    real = dict.fromkeys(names, "")
    for row, runs in rows.items():
        by_name = [{f["name"]: f for f in run["figures"]} for run in runs.values()]
        for name in names:
            if name in by_name[0] and by_name[0][name]["real"] is not None:
                real[name] = real[name] or readable(by_name[0][name]["real"])
        table.add_row(
            row, commands[row], " ".join(map(str, runs)),
            f"{np.mean([run['minutes'] for run in runs.values()]):.1f}",
            f"{np.mean([run['turns'] for run in runs.values()]):,.0f}",
            *(mean_and_error([of_seed[name]["generated"] if name in of_seed else None
                              for of_seed in by_name]) for name in names))
    table.add_row("real", "", "", "", "", *real.values())
    return table


def write_table(path, table):
    """Print a table, and write it as Markdown."""
    Console(width=200).print(table)
    table.box = MARKDOWN
    wide = Console(file=io.StringIO(), width=10_000)   # a row is a line
    wide.print(table)
    path.write_text(wide.file.getvalue().strip() + "\n", encoding="utf-8")


def write_sheet(path, strips):
    """Write a picture with a strip of pictures of each row, and its name beside it.

    Args:
        path: PNG file to write.
        strips: dict, name -> pictures (N, H, W, C), uint8 or float in [0, 1]; the same
            N, H and W in all.
    """
    from keras_gan.samples.drawing import grid
    strips = {name: grid(pictures, columns=len(pictures)) for name, pictures in strips.items()}
    height, width, _ = next(iter(strips.values())).shape
    larger = max(1, 1200 // width)
    strips = {name: strip.repeat(larger, 0).repeat(larger, 1) for name, strip in strips.items()}
    height, width, gap = larger * height, larger * width, 4
    beside = 20 + 9 * max(map(len, strips))            # pixels for a name
    size = np.array([beside + width, len(strips) * (height + gap)])
    figure = Figure(figsize=size / 100, dpi=100)
    for number, (name, strip) in enumerate(reversed(strips.items())):
        y = number * (height + gap)                    # from below
        figure.figimage(strip, beside, y)
        figure.text((beside - 10) / size[0], (y + height / 2) / size[1], name, ha="right",
                    va="center")
    figure.savefig(path, dpi=100)


def real_pictures(source, shape, n):
    """Some real pictures, by chance: uint8 (n, *shape)."""
    from data_loaders import load_data
    images = load_data(img_shape=shape, **source.real).images
    return images[np.random.default_rng(1).permutation(len(images))[:n]]


def main(arguments):
    comparison, source = COMPARISONS[arguments.data], source_of(arguments)
    rows, left_out = {row: {} for row in arguments.rows}, []
    for seed in arguments.seeds:
        for row, runs in rows.items():
            try:
                runs[seed] = run_of(row, seed, arguments, source)
            except LeftOut as why:
                left_out.append(f"Left out: {why}")
                print(left_out[-1], flush=True)
    rows = {row: runs for row, runs in rows.items() if runs}
    if not rows:
        raise SystemExit("There is nothing to compare.")
    if arguments.data == "scenes":
        for row, runs in rows.items():
            for seed, run in runs.items():
                run["figures"] += houses_and_boats(arguments.directory(row, seed))
    length = " ".join(f"--{name} {number:g}" for name, number in arguments.length.items())
    print(f"{arguments.data}, {length}; keras-gan train ... {comparison.common}; mean ± standard "
          "error over the seeds")
    write_table(arguments.out / "rows.md", table_of(rows, comparison.rows))
    n = comparison.columns
    strips = {row: model_of(arguments.directory(row, next(iter(runs)))).generate(n, seed=1)
              for row, runs in rows.items()}
    shape = next(iter(strips.values())).shape[1:]
    write_sheet(arguments.out / "rows.png", {"real": real_pictures(source, shape, n), **strips})
    print(*left_out, f"The table is in {arguments.out / 'rows.md'}, and samples of the first seed "
          f"are in {arguments.out / 'rows.png'}.", sep="\n")


if __name__ == "__main__":
    main(tyro.cli(Arguments))
