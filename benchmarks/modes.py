"""How many modes of a mixture of normal distributions do the models find?

    python benchmarks/modes.py                           # every row: hours
    python benchmarks/modes.py --rows gan gan-r1 --data ring --seeds 0

It also counts how many samples are near a mode. Data and protocol are those of VEEGAN
(arXiv:1705.07761) and PacGAN (arXiv:1712.04086): the ring of 8 and the grid of 25,
2,500 samples. A batch has 100 samples or packs. 40,000 turns are a tenth of PacGAN's.
The networks are small ones after VEEGAN's, except in the last rows. ROWS tells what
each row changes. Figures and samples go into `runs/modes`.
"""
import dataclasses
import json
import time
from pathlib import Path
from typing import Literal

import keras_gan.backend.quiet_tensorflow

import numpy as np
import tyro
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

import keras_gan
from compare import mean_and_error
from keras_gan.evaluation import grid, mode_coverage, ring

VEEGAN = {"img_shape": (2,), "latent_dim": 2, "networks": "srivastava_2017",
          "fakes_in_training_mode": True}
PLAIN = {**VEEGAN, "learning_rate": 2e-4}
PLANE = {"units": 256, "half_life": 10_000, "ema_momentum": 0.999}
ROWS = {
    "gan": ("GAN", {**PLAIN, "from_logits": True}),
    "pacgan-2": ("PacGAN", {**PLAIN, "from_logits": True, "packing": 2}),
    "pacgan-4": ("PacGAN", {**PLAIN, "from_logits": True, "packing": 4}),
    "lsgan": ("LSGAN", PLAIN),
    "wgan": ("WGAN", VEEGAN),
    "wgan-gp": ("WGANGP", PLAIN),
    "wgan-gp-0.1": ("WGANGP", {**PLAIN, "penalty": 0.1}),   # the authors' λ for data in the plane
    "gan-r1": ("GAN", {**VEEGAN, "learning_rate": 1e-3, "from_logits": True, "r1_gamma": 0.1,
                       "ema_momentum": 0.999}),
    "rgan": ("RGAN", PLAIN),
    "rgan-r1": ("RGAN", {**VEEGAN, "learning_rate": 1e-3, "r1_gamma": 0.1, "ema_momentum": 0.999}),
    "rgan-r1-r2": ("RGAN", {**VEEGAN, "learning_rate": 1e-3, "r1_gamma": 0.1, "r2_gamma": 0.1,
                            "ema_momentum": 0.999}),
    # wider networks without BatchNormalization, D's learning rate twice G's, learning
    # rates that fall, and the generator's average
    "plane": ("PlaneGAN", PLANE),
    "plane-r1": ("PlaneGAN", {**PLANE, "r1_gamma": 0.1}),
}
DATA = {"ring": ring(), "grid": grid()}
COUNTED = 2500


@dataclasses.dataclass
class Arguments:
    """Train and count."""
    rows: tuple[Literal[tuple(ROWS)], ...] = tuple(ROWS)
    data: tuple[Literal[tuple(DATA)], ...] = tuple(DATA)
    seeds: tuple[int, ...] = (0, 1, 2)
    steps: int = 40_000
    out: Path = Path("runs/modes")


def run_of(row, data, seed, arguments):
    """Train one model and count its modes, only once: a dict of figures and samples."""
    file = arguments.out / f"{data}-{row}-{seed}-{arguments.steps}.json"
    if not file.exists():
        name, how = ROWS[row]
        gan = getattr(keras_gan, name)(**how, seed=seed)
        start = time.monotonic()
        batch_size = 100 * gan.packing                     # PacGAN's authors count packs
        gan.train(DATA[data], steps=arguments.steps, batch_size=batch_size)
        minutes = (time.monotonic() - start) / 60
        samples = gan.generate(COUNTED, seed=1)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"minutes": minutes, **mode_coverage(samples, DATA[data]),
                                    "samples": samples.tolist()}))
    return json.loads(file.read_text())


def main(arguments):
    # Five models side by side, each with its data one below the other; then five more.
    width, kinds = min(5, len(arguments.rows)), len(arguments.data)
    height = kinds * -(-len(arguments.rows) // width)
    picture = Figure(figsize=(2.2 * width, 2.4 * height), layout="constrained")
    panels = picture.subplots(height, width, squeeze=False)
    for empty in panels.flat:
        empty.axis("off")
    for number, data in enumerate(arguments.data):
        line = panels[number::kinds].flat
        runs = {row: [run_of(row, data, seed, arguments) for seed in arguments.seeds]
                for row in arguments.rows}
        real = mode_coverage(DATA[data].sample(COUNTED), DATA[data])
        table = Table("model", "modes", "high quality", "reverse KL", "minutes",
                      title=f"{data}: {arguments.steps} steps of 100 samples or packs, "
                            f"{len(arguments.seeds)} seeds (mean ± standard error)")
        for row, figures in runs.items():
            table.add_row(row, *(mean_and_error([figure[name] for figure in figures])
                                 for name in ("modes", "high_quality", "reverse_kl", "minutes")))
        table.add_row("real", str(real["modes"]), f"{real['high_quality']:.3g}",
                      f"{real['reverse_kl']:.2g}", "")
        Console(width=120).print(table)
        reach = 1.4 * np.abs(DATA[data].modes).max()
        for axes, (row, figures) in zip(line, runs.items()):
            axes.axis("on")
            axes.scatter(*np.transpose(figures[0]["samples"]), s=0.5)
            axes.set(title=row, xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal",
                     xticks=(), yticks=())
    picture.savefig(arguments.out / "modes.png", dpi=110)


if __name__ == "__main__":
    main(tyro.cli(Arguments))
