"""How much memory a turn takes, beside the estimate before a training.

    python benchmarks/memory.py                  # DCGAN of 128x160, for several batches
    python benchmarks/memory.py --growth 5000    # does it grow from step 500 to 5,000?
"""
import dataclasses
import json
import resource
import subprocess
import sys

import numpy as np
import psutil
import tyro
from rich.console import Console
from rich.table import Table

WAYS = {
    "compiled, XLA": {"jit_compile": True},
    "compiled": {"jit_compile": False},
    "call by call": {"run_eagerly": True},
}


@dataclasses.dataclass
class Arguments:
    """Measure memory."""
    batch_sizes: tuple[int, ...] = (8, 16, 50, 100)
    recipes: tuple[str, ...] = ("classic", "laptop")
    growth: int | None = None
    """Steps of the vanilla GAN; None measures turns of the DCGAN instead."""
    one: str | None = None
    """What a process of its own measures, as JSON."""


def of_a_turn(recipe, way, batch_size):
    """Estimated and measured bytes of a turn.

    Measured is the peak of the process, less what it had before there was a model.
    """
    from keras_gan import DCGAN
    from keras_gan.training import memory
    before = psutil.Process().memory_info().rss
    gan = DCGAN(recipe=recipe, **WAYS[way])
    turn = gan.train_on_batch if gan.run_eagerly else gan.compiled_turn()
    images = np.zeros((batch_size, *gan.img_shape), np.uint8)
    for _ in range(3):
        turn(images, gan.random_numbers(batch_size))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"estimated": sum(memory.turn(gan, batch_size)), "measured": peak - before}


def of_a_run(way, steps):
    """Resident bytes after 500 steps and after all."""
    from keras_gan import GAN
    seen = {}

    class Watched(GAN):
        def random_numbers(self, n, given=None):
            if given is None and self.turns in (500, steps - 1):
                seen[self.turns] = psutil.Process().memory_info().rss
            return super().random_numbers(n, given)

    images = np.random.default_rng(0).integers(0, 256, (1000, 28, 28, 1), dtype=np.uint8)
    Watched(**WAYS[way]).train(images, steps=steps, batch_size=32)
    return {"after 500": seen[500], "after all": seen[steps - 1]}


def measure(function, *arguments):
    """Call one of the two functions above in a process of its own."""
    command = [sys.executable, __file__, "--one", json.dumps([function.__name__, *arguments])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(arguments):
    if arguments.one:
        function, *rest = json.loads(arguments.one)
        print(json.dumps({"of_a_turn": of_a_turn, "of_a_run": of_a_run}[function](*rest)))
    elif arguments.growth:
        table = Table("way", "after 500 steps, MiB", f"after {arguments.growth:,}", "growth")
        for way in WAYS:
            first, last = measure(of_a_run, way, arguments.growth).values()
            table.add_row(way, f"{first / 2 ** 20:.0f}", f"{last / 2 ** 20:.0f}",
                          f"{last / first - 1:+.1%}")
        Console().print(table)
    else:
        table = Table("recipe", "way", "batch", "estimated, MiB", "measured",
                      "estimated / measured")
        for recipe in arguments.recipes:
            for way in WAYS:
                for batch_size in arguments.batch_sizes:
                    e, m = measure(of_a_turn, recipe, way, batch_size).values()
                    table.add_row(recipe, way, str(batch_size), f"{e / 2 ** 20:.0f}",
                                  f"{m / 2 ** 20:.0f}", f"{e / m:.2f}")
        Console(width=100).print(table)


if __name__ == "__main__":
    main(tyro.cli(Arguments))
