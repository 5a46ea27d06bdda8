"""Tiny networks, tiny pictures, real training. Caches go into a temporary folder, never into the user's."""
import os
import tempfile

os.environ["KERAS_GAN_CACHE"] = tempfile.mkdtemp(prefix="keras-gan-tests-")

import keras
import numpy as np
import pytest

from keras_gan import CGAN, DCGAN, GAN

TINY = dict(latent_dim=5, jit_compile=False)         # XLA takes seconds to compile what then takes a millisecond
GAMES = {
    "gan": lambda **more: GAN(**{"img_shape": (6, 8, 1), **TINY, **more}),
    # classic: BatchNormalization and Dropout in the discriminator; an odd size, so that the generator crops
    "dcgan": lambda **more: DCGAN(**{"img_shape": (17, 20, 3), "base_channels": 2, **TINY, **more}),
    # spectral norms, logits, projection, two steps of D a turn, and a moving average of the generator
    "cgan": lambda **more: CGAN(**{"img_shape": (16, 32, 3), "num_classes": 3, "recipe": "laptop", "base_channels": 2, "k": 2,
                                   "ema_momentum": 0.9, **TINY, **more}),
}


@pytest.fixture(params=GAMES)
def make_game(request):
    """Each model of the house, small: a function of the constructor arguments that differ."""
    return GAMES[request.param]


@pytest.fixture
def float64():
    """The whole test in double precision."""
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


SHAPE = (6, 8, 1)


def small(**more):
    """A vanilla GAN for tiny pictures."""
    return GAN(**{"img_shape": SHAPE, "latent_dim": 5, "jit_compile": False, **more})


@pytest.fixture
def images(rng):
    """Thirty pictures for `small`."""
    return random_images(rng, 30, SHAPE)


def random_images(rng, n, img_shape):
    """uint8 noise (n, *img_shape)."""
    return rng.integers(0, 256, (n, *img_shape), dtype=np.uint8)


def values(model):
    """The values of a model's weights, by path."""
    return {v.path: keras.ops.convert_to_numpy(v) for v in model.weights}


def random_data(rng, n, gan):
    """What `gan.train_on_batch` takes: uint8 noise (n, *img_shape), and labels (n,) if it knows classes."""
    images = random_images(rng, n, gan.img_shape)
    return (images, rng.integers(gan.num_classes, size=n)) if gan.num_classes else (images,)


def for_train(data):
    """`(images,)` or `(images, labels)` as keyword arguments of `train`."""
    return dict(zip(("images", "labels"), data))


def inputs(samples, labels=()):
    """Inputs of a network: samples, or samples and labels if there are any."""
    return [samples, *labels] if len(labels) else samples
