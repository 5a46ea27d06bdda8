"""The 1-D game over many seeds: how often it is won, and how close.

    python benchmarks/gaussian.py
"""
import itertools
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from keras_gan import GaussianGAN
from keras_gan.evaluation.report import evaluate_gaussian

SEEDS = range(10)


def main():
    table = Table("data", "prior", "won", "mean", "standard deviation", "largest JSD",
                  "largest |D - 1/2|", "seconds a game",
                  title=f"{len(SEEDS)} seeds; won: mean and deviation within .1, "
                        "JSD at most .01, D within .05 of 1/2")
    for (mu, sigma), prior in itertools.product(((3.0, 1.0), (-2.0, 0.5)), ("normal", "uniform")):
        rows, seconds = [], []
        for seed in SEEDS:
            start = time.monotonic()
            gan = GaussianGAN(mu, sigma, prior, seed=seed)
            gan.train()
            seconds.append(time.monotonic() - start)
            rows.append([figure.generated for figure in evaluate_gaussian(gan).figures])
            print(mu, sigma, prior, seed, rows[-1], seconds[-1], flush=True)
        mean, deviation, jsd, d = np.array(rows).T
        won = ((np.abs(mean - mu) < 0.1) & (np.abs(deviation - sigma) < 0.1)
               & (jsd <= 0.01) & (d < 0.05))
        table.add_row(f"N({mu:g}, {sigma:g}²)", prior, f"{won.sum()} of {len(SEEDS)}",
                      f"{mean.min():.3f} to {mean.max():.3f}",
                      f"{deviation.min():.3f} to {deviation.max():.3f}",
                      f"{jsd.max():.4f}", f"{d.max():.3f}", f"{np.mean(seconds):.0f}")
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
