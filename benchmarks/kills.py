"""Kill training runs with SIGKILL at random moments, resume them, and compare.

    python benchmarks/kills.py --kills 100
    python benchmarks/kills.py --kills 20 --run-eagerly

Every run saves a checkpoint every two turns, so that it spends most of its time saving.
Once resumed, it must equal an undisturbed run bit for bit: weights and statistics of
both networks, both optimizers, the state of Dropout, the history and the samples.
"""
import contextlib
import dataclasses
import hashlib
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
import tyro
from rich.progress import track

from data_loaders.whole import NEW
from keras_gan import DCGAN
from keras_gan.training import checkpoint

# Processes are forked from one that has imported everything, because imports take
# seconds
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["keras_gan.dcgan"])


@dataclasses.dataclass
class Arguments:
    """Kill and resume."""
    kills: int = 100
    steps: int = 40
    run_eagerly: bool = False
    seed: int = 0
    """Of the random moments."""


def train(run_dir, steps, run_eagerly, result):
    """Begin or resume the run in `run_dir`, in a process of its own.

    A digest of everything at its end is written into the file `result`.
    """
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        images = np.random.default_rng(0).integers(0, 256, (50, 16, 16, 3), dtype=np.uint8)
        # has BatchNormalization and Dropout
        gan = DCGAN(img_shape=(16, 16, 3), base_channels=4, run_eagerly=run_eagerly,
                    jit_compile=False)
        history = gan.train(images, steps=steps, batch_size=8, flip=True, run_dir=run_dir,
                            checkpoint_interval=2, sample_interval=10, resume=True)
    digest = hashlib.sha256(repr(history).encode() + gan.generate(5, seed=1).tobytes())
    for part in gan.parts.values():
        for variable in part.variables:
            digest.update(keras.ops.convert_to_numpy(variable).tobytes())
    Path(result).write_text(digest.hexdigest())


def in_a_process(run_dir, *arguments, kill_after=None):
    """Run `train`, and kill it `kill_after` seconds after its run has begun.

    Returns:
        float, seconds that the run took.
    """
    process = PROCESSES.Process(target=train, args=(str(run_dir), *arguments))
    process.start()
    while not (run_dir / "config.json").exists() and process.is_alive():
        time.sleep(0.002)
    start = time.monotonic()
    process.join(kill_after)
    process.kill()
    process.join()
    return time.monotonic() - start


def kill_and_resume(kills, steps, run_eagerly, seed, folder):
    """Kill and resume runs, as many as `kills`.

    Returns:
        list of dicts, one for each kill: `"seconds"` that it lived, `"checkpoints"`
        that it left, errors of the `"damaged"` ones, `"saving"` (bool: it was killed
        while it saved), `"same"` (bool: once resumed, it ended with the same numbers as
        the undisturbed run).
    """
    folder, rng, deaths = Path(folder), np.random.default_rng(seed), []
    lifetime = in_a_process(folder / "whole", steps, run_eagerly, str(folder / "whole.txt"))
    for i in track(range(kills), "killing", disable=kills < 10):
        run, result = folder / f"{i}", folder / f"{i}.txt"
        seconds = in_a_process(run, steps, run_eagerly, str(result),
                               kill_after=rng.uniform(0, lifetime))
        saved = checkpoint.steps_in(run / "checkpoints") if run.exists() else []
        saving = any(run.rglob(f"{NEW}*"))
        damaged = []
        for path in saved:
            try:
                checkpoint.verify(path)
            except ValueError as error:
                damaged.append(str(error))
        result.unlink(missing_ok=True)           # killed after its end
        in_a_process(run, steps, run_eagerly, str(result))
        same = result.exists() and result.read_text() == (folder / "whole.txt").read_text()
        deaths.append({"seconds": seconds, "checkpoints": len(saved), "damaged": damaged,
                       "saving": saving, "same": same})
    return deaths


def main(arguments):
    with tempfile.TemporaryDirectory() as folder:
        deaths = kill_and_resume(arguments.kills, arguments.steps, arguments.run_eagerly,
                                 arguments.seed, folder)
    print(f"{len(deaths)} runs of {arguments.steps} turns were killed "
          f"after {min(d['seconds'] for d in deaths):.1f} to "
          f"{max(d['seconds'] for d in deaths):.1f} seconds, "
          f"{'call by call' if arguments.run_eagerly else 'compiled'}")
    print(f"  before the first checkpoint: {sum(not d['checkpoints'] for d in deaths)}")
    print(f"  while a checkpoint or model was being written: {sum(d['saving'] for d in deaths)}")
    print(f"  left a damaged checkpoint: {sum(bool(d['damaged']) for d in deaths)}")
    print("  resumed, and ended with the same numbers as the undisturbed run: "
          f"{sum(d['same'] for d in deaths)}")
    sys.exit(not all(d["same"] for d in deaths))


if __name__ == "__main__":
    main(tyro.cli(Arguments))
