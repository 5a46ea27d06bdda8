"""Tiny networks, tiny pictures, real training. Caches go into a temporary folder, never into the user's.

TensorFlow is imported where it is needed, not here: the process that hands out the tests would wait for it and never use it.
"""
import os
import tempfile

if "PYTEST_XDIST_WORKER" not in os.environ:       # one folder for all processes of a run, so that a judge is taught once
    os.environ["KERAS_GAN_CACHE"] = tempfile.mkdtemp(prefix="keras-gan-tests-")

import numpy as np
import pytest


def pytest_collection_modifyitems(items):
    """The longest tests begin first, so that no process waits for another one at the end."""
    items.sort(key=lambda item: "test_robustness" not in item.nodeid)


def pytest_generate_tests(metafunc):
    """`make_game` is each model of the house, small: a function of the constructor arguments that differ."""
    if "make_game" in metafunc.fixturenames:
        from tests.games import GAMES
        metafunc.parametrize("make_game", GAMES.values(), ids=GAMES)


@pytest.fixture
def float64():
    """The whole test in double precision."""
    import keras
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def images(rng):
    """Thirty pictures for `games.small`."""
    from tests.games import SHAPE, random_images
    return random_images(rng, 30, SHAPE)
