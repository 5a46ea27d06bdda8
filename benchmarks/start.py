"""Time from the command to the first finished step.

    python benchmarks/start.py

It is shown beside the time that Keras-GAN's loop takes to its first step, with its
`import tensorflow`.
"""
import functools
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tyro
from rich.box import MARKDOWN
from rich.console import Console
from rich.progress import track
from rich.table import Table

CLOCK = """
import os, sys, time
def finished():
    print(time.time(), flush=True)
    os._exit(0)
"""
OURS = CLOCK + """
from keras_gan.command.line import main
from keras_gan.training.run import TrainingRun
TrainingRun.log = lambda self, logs: finished()
main(["train", *sys.argv[1:]])
"""
LOOP = CLOCK + """
sys.path.insert(0, sys.argv[1])
from keras_gan_loop import KerasGANLoop
KerasGANLoop(sys.argv[2], 32).train(1)
finished()
"""
HELP = CLOCK + """
from keras_gan.command.line import main
try:
    main(["--help"])
finally:
    sys.stdout = sys.__stdout__
    finished()
"""


def seconds(code, *arguments):
    """Seconds from the start of a Python process to the `finished()` in its code."""
    start = time.time()
    run = subprocess.run([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True, check=True,
                         env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    return float(run.stdout.split()[-1]) - start


def main(rounds: int = 5):
    """Time starts.

    Args:
        rounds: how often each is timed, one after the other; the table shows medians.
    """
    loop = "import tensorflow, Keras-GAN's loop to its first step: MLP GAN"
    with tempfile.TemporaryDirectory() as scratch:
        run_dirs = (str(Path(scratch) / str(i)) for i in range(1000))


        def train(flags):
            return seconds(OURS, *flags.split(), "--run-dir", next(run_dirs))

        ways = {
            loop: lambda: seconds(LOOP, str(Path(__file__).parent / "peers"), "gan"),
            **{f"keras-gan train {flags}, to its first step": functools.partial(train, flags)
               for flags in ("gan --data digits", "gan --data digits --recipe classic",
                             "dcgan --data scenes")},
            "keras-gan --help": lambda: seconds(HELP),
        }
        for way in ways.values():        # once for the caches
            way()
        times = {name: [] for name in ways}
        for _ in track(range(rounds), transient=True):
            for name, way in ways.items():
                times[name].append(way())
    table = Table("start", "s: median (min .. max)", "of the loop's", box=MARKDOWN)
    for name, s in times.items():
        table.add_row(name, f"{np.median(s):.2f} ({min(s):.2f} .. {max(s):.2f})",
                      f"{np.median(np.divide(s, times[loop])):.2f}")
    Console(width=140).print(table)


if __name__ == "__main__":
    tyro.cli(main)
