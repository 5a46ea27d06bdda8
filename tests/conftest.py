"""Tiny networks, tiny pictures, real training. Caches go into a temporary folder, never
into the user's.

TensorFlow is imported where it is needed, not here: the process that hands out the
tests would wait for it and never use it.
"""
import os
import tempfile

# One folder for all processes of a run, so that a judge is taught once
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["KERAS_GAN_CACHE"] = tempfile.mkdtemp(prefix="keras-gan-tests-")

# The networks are tiny: handing out their work to threads costs more than the work
# does, the more so where each core has a process of these tests. TensorFlow reads it
# when it starts
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

import numpy as np
import pytest


def pytest_collection_modifyitems(items):
    """The longest tests begin first, so that no process waits for another one at the
    end."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in ("robustness", "slow")))


def pytest_generate_tests(metafunc):
    """`make_game` is each model of the house, small: a function of the arguments that
    differ.

    `make_noise_game` is each in which samples are made of noise. In a module with `SLOW
    = True` only one of each kind is tried, or those that a test's mark `on_push` names,
    unless one asks for `-m slow`.
    """
    for fixture in {"make_game", "make_noise_game"} & set(metafunc.fixturenames):
        from tests.games import GAMES, OF_EACH_KIND, noise_games
        games = GAMES if fixture == "make_game" else noise_games()
        slow = getattr(metafunc.module, "SLOW", False)
        mark = metafunc.definition.get_closest_marker("on_push")
        on_push = mark.args[0] if mark else OF_EACH_KIND
        metafunc.parametrize(fixture, [
            pytest.param(game, id=name,
                         marks=[pytest.mark.slow] if slow and name not in on_push else [])
            for name, game in games.items()])


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
