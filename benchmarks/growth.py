"""How time and memory of a turn grow with the batch, the picture and the data: a plot.

    python benchmarks/growth.py        # 4 minutes on two cores

It writes benchmarks/pictures/growth.png, and prints the figures.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

PICTURE = Path(__file__).parent / "pictures" / "growth.png"
SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
SWEEPS = {                           # of what: values, and (height, batch size, pictures) for each
    "batch size, 128×160": ((1, 2, 4, 8, 16, 32, 64), lambda n: (128, n, 200)),
    "height of the picture, batch 16": ((16, 32, 64, 128, 256), lambda height: (height, 16, 100)),
    "pictures on the disk, 64×80, batch 16": ((1_000, 10_000, 100_000), lambda n: (64, 16, n)),
}


def one(recipe, height, batch_size, n):
    """One measurement in this process.

    Returns:
        dict: "seconds" (median of a turn), "bytes" (peak of the process), "mapped"
        (bytes of these in mapped files), "waited" (share of the time that turns wait
        for data).
    """
    from data_loaders.batches import Batches
    from keras_gan import DCGAN
    img_shape = (height, height * 5 // 4, 3)
    with tempfile.TemporaryDirectory() as scratch:
        images = np.memmap(Path(scratch) / "images.raw", np.uint8, "w+", shape=(n, *img_shape))
        for i in range(0, n, 1000):
            shape = (min(1000, n - i), *img_shape)
            images[i:i + 1000] = np.random.default_rng(i).integers(0, 256, shape, dtype=np.uint8)
        images.flush()
        del images                   # opened anew, as a folder's cache is
        images = np.memmap(Path(scratch) / "images.raw", np.uint8, "r", shape=(n, *img_shape))
        gan = DCGAN(img_shape, recipe=recipe)
        turn, batches = gan.compiled_turn(), Batches(images, None, batch_size).from_batch(0)
        seconds, waited, end = [], 0.0, None
        while end is None or time.perf_counter() < end or len(seconds) < 5:
            asked = time.perf_counter()
            batch = next(batches)
            began = time.perf_counter()
            turn(*batch, gan.random_numbers(batch_size))
            if end is None:          # the first turn compiles
                end = time.perf_counter() + 3
            else:
                waited += began - asked
                seconds.append(time.perf_counter() - began)
    status = Path("/proc/self/status").read_text().splitlines()
    mapped = next(int(line.split()[1]) * 1024 for line in status if line.startswith("RssFile"))
    return {"seconds": statistics.median(seconds),
            "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "mapped": mapped, "waited": waited / (waited + sum(seconds))}


def main(recipes: tuple[str, ...] = ("laptop",),
         process: Annotated[str | None, tyro.conf.arg(help_behavior_hint="")] = None):
    """Measure and plot.

    Args:
        recipes: of the DCGAN.
        process: what a process of its own measures, as JSON.
    """
    if process:
        print(json.dumps(one(*json.loads(process))))
        return
    results = {}
    table = Table("of", "value", "recipe", "turn, ms", "peak memory, MiB", "of it mapped files",
                  "waiting for data", box=MARKDOWN)
    for of, (values, arguments) in SWEEPS.items():
        for recipe in recipes:
            for value in track(values, f"{of}, {recipe}", transient=True):
                done = subprocess.run([sys.executable, __file__, "--process",
                                       json.dumps([recipe, *arguments(value)])],
                                      capture_output=True, text=True, check=True)
                results[of, recipe, value] = r = json.loads(done.stdout.splitlines()[-1])
                table.add_row(of, f"{value:,}", recipe, f"{1000 * r['seconds']:.0f}",
                              f"{r['bytes'] / 2 ** 20:.0f}", f"{r['mapped'] / 2 ** 20:.0f}",
                              f"{r['waited']:.1%}")
    plot(results, recipes)
    Console(width=160).print(table)


def plot(results, recipes):
    """Write the plot of {(of what, recipe, value): what `one` returns}."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, len(SWEEPS), figsize=(12, 6), sharey="row", layout="constrained")
    for (time_axis, memory_axis), (of, (values, _)) in zip(axes.T, SWEEPS.items()):
        for recipe in recipes:
            of_recipe = [results[of, recipe, value] for value in values]
            time_axis.plot(values, [r["seconds"] for r in of_recipe], "o-", label=recipe)
            line, = memory_axis.plot(values, [r["bytes"] / 2 ** 20 for r in of_recipe], "o-",
                                     label=f"{recipe}, all")
            unmapped = [(r["bytes"] - r["mapped"]) / 2 ** 20 for r in of_recipe]
            memory_axis.plot(values, unmapped, "o--", color=line.get_color(),
                             label=f"{recipe}, without files mapped into memory")
        time_axis.set_yscale("log")
        time_axis.set_yticks(SECONDS, [f"{s:g}" for s in SECONDS])
        for axis in (time_axis, memory_axis):
            axis.set_xscale("log")
            axis.set_xticks(values, [f"{value:,}" for value in values])
            axis.minorticks_off()
            axis.grid(alpha=0.3)
        memory_axis.set_xlabel(of)
    axes[0, 0].set_ylabel("a turn, seconds")
    axes[1, 0].set_ylabel("peak memory of the process, MiB")
    axes[1, 0].set_ylim(bottom=0)
    axes[0, 0].legend()
    axes[1, 0].legend()
    figure.suptitle(f"DCGAN, {os.cpu_count()} cores")
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    tyro.cli(main)
