"""How many modes of a mixture of normal distributions do the models find, and how many of their samples are near one?

    python benchmarks/modes.py                            # every row of benchmarks/README.md, three seeds: hours
    python benchmarks/modes.py --rows gan gan-r1 --data ring --seeds 0

Data and count are those of VEEGAN (arXiv:1705.07761) and PacGAN (arXiv:1712.04086): the ring of 8 and the grid of 25, 2,500 samples. A batch is 100 samples, or packs
of them; 40,000 turns are a tenth of PacGAN's, and the networks, but for the last rows, are small ones after VEEGAN's. What a row differs in stands in ROWS.
Figures and samples go into `runs/modes`.
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401

import dataclasses
import json
import time
from pathlib import Path
from typing import Literal

import numpy as np
import tyro
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

import keras_gan
from keras_gan.evaluation import grid, mode_coverage, ring

VEEGAN = dict(img_shape=(2,), latent_dim=2, networks="srivastava_2017", fakes_in_training_mode=True)
ROWS = {
    "gan": ("GAN", dict(**VEEGAN, learning_rate=2e-4, from_logits=True)),
    "pacgan-2": ("PacGAN", dict(**VEEGAN, learning_rate=2e-4, from_logits=True, packing=2)),
    "pacgan-4": ("PacGAN", dict(**VEEGAN, learning_rate=2e-4, from_logits=True, packing=4)),
    "lsgan": ("LSGAN", dict(**VEEGAN, learning_rate=2e-4)),
    "wgan": ("WGAN", VEEGAN),
    "wgan-gp": ("WGANGP", dict(**VEEGAN, learning_rate=2e-4)),
    "wgan-gp-0.1": ("WGANGP", dict(**VEEGAN, learning_rate=2e-4, penalty=0.1)),       # the λ of its authors' own experiments in the plane
    "gan-r1": ("GAN", dict(**VEEGAN, learning_rate=1e-3, from_logits=True, r1_gamma=0.1, ema_momentum=0.999)),
    # Wider networks without BatchNormalization, a discriminator that is twice as quick, learning rates that fall, and the generator's average
    "plane": ("PlaneGAN", dict(units=256, half_life=10_000, ema_momentum=0.999)),
    "plane-r1": ("PlaneGAN", dict(units=256, r1_gamma=0.1, half_life=10_000, ema_momentum=0.999)),
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
    """Train one model and count its modes, unless that has been done: a dict of figures, with the samples."""
    file = arguments.out / f"{data}-{row}-{seed}-{arguments.steps}.json"
    if not file.exists():
        name, how = ROWS[row]
        gan = getattr(keras_gan, name)(**how, seed=seed)
        start = time.monotonic()
        gan.train(DATA[data], steps=arguments.steps, batch_size=100 * gan.packing)           # PacGAN's authors count packs
        minutes = (time.monotonic() - start) / 60
        samples = gan.generate(COUNTED, seed=1)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"minutes": minutes, **mode_coverage(samples, DATA[data]), "samples": samples.tolist()}))
    return json.loads(file.read_text())


def mean_and_error(values):
    """As text: the mean, and its standard error."""
    return f"{np.mean(values):.3g} ± {np.std(values, ddof=1) / len(values) ** 0.5:.2g}" if len(values) > 1 else f"{values[0]:.3g}"


def main(arguments):
    # Five models side by side, each with its data below one another; then the next five
    across, kinds = min(5, len(arguments.rows)), len(arguments.data)
    down = kinds * -(-len(arguments.rows) // across)
    figure = Figure(figsize=(2.2 * across, 2.4 * down), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False)
    for empty in panels.flat:
        empty.axis("off")
    for number, data in enumerate(arguments.data):
        line = panels[number::kinds].flat
        runs = {row: [run_of(row, data, seed, arguments) for seed in arguments.seeds] for row in arguments.rows}
        real = mode_coverage(DATA[data].sample(COUNTED), DATA[data])
        table = Table("model", "modes", "high quality", "reverse KL", "minutes",
                      title=f"{data}: {arguments.steps} steps of 100 samples or packs, {len(arguments.seeds)} seeds (mean ± standard error)")
        for row, figures in runs.items():
            table.add_row(row, *(mean_and_error([figure[name] for figure in figures]) for name in ("modes", "high_quality", "reverse_kl", "minutes")))
        table.add_row("real", str(real["modes"]), f"{real['high_quality']:.3g}", f"{real['reverse_kl']:.2g}", "")
        Console(width=120).print(table)
        reach = 1.4 * np.abs(DATA[data].modes).max()
        for axes, (row, figures) in zip(line, runs.items()):
            axes.axis("on")
            axes.scatter(*np.transpose(figures[0]["samples"]), s=0.5)
            axes.set(title=row, xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=(), yticks=())
    figure.savefig(arguments.out / "modes.png", dpi=110)


if __name__ == "__main__":
    main(tyro.cli(Arguments))
