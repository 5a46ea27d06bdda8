"""Small models of the house, and random data for them."""
import inspect

import keras
import numpy as np

from keras_gan import GAN
from keras_gan.papers import PAPERS, find

# What makes a model of the house small: an odd size, so that generators crop. XLA takes seconds to compile what then takes a millisecond
SMALL = {"img_shape": (9, 12, 3), "num_classes": 3, "latent_dim": 5, "base_channels": 2, "jit_compile": False}


def small_game(name, **changed):
    """A function of constructor arguments that makes a small model of a paper; `changed` are arguments that differ from `SMALL`."""
    model = find(name).load()
    takes = inspect.signature(model.__init__).parameters
    few = {"k": min(2, takes["k"].default)}                  # a critic that takes five steps a turn takes no other ones than one that takes two
    return lambda **more: model(**{**{n: v for n, v in SMALL.items() if n in takes}, **few, **changed, **more})


# Every paper of the house, as soon as it is in PAPERS; and what some of them have besides
GAMES = {
    **{paper.module: small_game(paper.module) for paper in PAPERS},
    # two steps of D a turn, spectral norms, logits, projection, augmentation, and a moving average of the generator
    "cgan-laptop": small_game("cgan", recipe="laptop", img_shape=(16, 32, 3), k=2, ema_momentum=0.9, augment=True),
    "gan-points": small_game("gan", img_shape=(2,), networks="srivastava_2017", from_logits=True, r1_gamma=1.0, generator_loss="saturating"),
}

SHAPE = (6, 8, 1)


def small(**more):
    """A vanilla GAN for tiny pictures."""
    return GAN(**{"img_shape": SHAPE, "latent_dim": 5, "jit_compile": False, **more})


def random_images(rng, n, img_shape):
    """uint8 noise (n, *img_shape)."""
    return rng.integers(0, 256, (n, *img_shape), dtype=np.uint8)


def values(model):
    """The values of a model's weights, by path."""
    return {v.path: keras.ops.convert_to_numpy(v) for v in model.weights}


def random_data(rng, n, gan):
    """What `gan.train_on_batch` takes: uint8 noise (n, *img_shape) or vectors (n, dimensions), and labels (n,) if it knows classes."""
    samples = random_images(rng, n, gan.img_shape) if gan.makes_pictures else rng.normal(size=(n, *gan.img_shape))
    return (samples, rng.integers(gan.num_classes, size=n)) if gan.num_classes else (samples,)


def for_train(gan, data):
    """`(images,)` or `(images, labels)` as keyword arguments of `gan.train`; of a model that makes its own data none."""
    return dict(zip(("images", "labels"), data)) if "images" in inspect.signature(gan.train).parameters else {}


def inputs(samples, labels=()):
    """Inputs of a network: samples, or samples and labels if there are any."""
    return [samples, *labels] if len(labels) else samples
