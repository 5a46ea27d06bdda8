"""The 1-D game over many seeds: how often it is won, and how close.

    python benchmarks/gaussian.py                         # 40 games of about 5 seconds
    python benchmarks/gaussian.py --seeds 0 1
"""
import itertools
import time

import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from keras_gan import GaussianGAN
from keras_gan.evaluation.report import evaluate_gaussian


def main(seeds: tuple[int, ...] = tuple(range(10)), steps: int = 3000):
    """Play each game with each seed, and print a table.

    Args:
        seeds: of the games.
        steps: turns of a game.
    """
    table = Table("data", "prior", "won", "mean", "standard deviation", "largest JSD",
                  "largest |D - 1/2|", "seconds a game",
                  title=f"{len(seeds)} seeds; won: mean and deviation within .1, "
                        "JSD at most .01, D within .05 of 1/2")
    for (mu, sigma), prior in itertools.product(((3.0, 1.0), (-2.0, 0.5)), ("normal", "uniform")):
        rows, seconds = [], []
        for seed in seeds:
            start = time.monotonic()
            gan = GaussianGAN(mu, sigma, prior, seed=seed)
            gan.train(steps=steps)
            seconds.append(time.monotonic() - start)
            rows.append([figure.generated for figure in evaluate_gaussian(gan).figures])
            print(mu, sigma, prior, seed, rows[-1], seconds[-1], flush=True)
        mean, deviation, jsd, d = np.array(rows).T
        won = ((np.abs(mean - mu) < 0.1) & (np.abs(deviation - sigma) < 0.1)
               & (jsd <= 0.01) & (d < 0.05))
        table.add_row(f"N({mu:g}, {sigma:g}²)", prior, f"{won.sum()} of {len(seeds)}",
                      f"{mean.min():.3f} to {mean.max():.3f}",
                      f"{deviation.min():.3f} to {deviation.max():.3f}",
                      f"{jsd.max():.4f}", f"{d.max():.3f}", f"{np.mean(seconds):.0f}")
    Console(width=140).print(table)


if __name__ == "__main__":
    tyro.cli(main)
