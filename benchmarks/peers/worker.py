"""A process of its own for each way of training.

It reads how many turns to play, and answers how long they took.
"""
import itertools
import os
import sys
import time

import numpy as np


def serve(play):
    """Play one turn, then as many as each line of the standard input tells.

    The seconds of each are printed.

    Args:
        play: function that plays a given number of turns.
    """
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)                                # anything else that is printed is no answer
    for turns in itertools.chain([1], map(int, iter(sys.stdin.readline, ""))):
        start = time.perf_counter()
        play(turns)
        print(time.perf_counter() - start, file=answers)


def pictures(img_shape, n=1000):
    """Random pictures, uint8 (n, *img_shape), and their classes, int32 (n,).

    Speed doesn't depend on what the pictures show.
    """
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (n, *img_shape), dtype=np.uint8)
    return images, rng.integers(0, 10, n, dtype=np.int32)


def arguments():
    """What `speed.py` passes: work ("dcgan", "gan" or "cgan"), batch size, way."""
    work, batch_size, way = sys.argv[1:]
    return work, int(batch_size), way


IMG_SHAPES = {"dcgan": (128, 160, 3), "gan": (28, 28, 1), "cgan": (28, 28, 1)}
LATENT_DIM, CLASSES = 100, 10
LEARNING_RATES = {"dcgan": 1e-4, "gan": 2e-4, "cgan": 2e-4}
