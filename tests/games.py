"""Small models of the house, and random data for them."""
import dataclasses
import inspect

import keras
import numpy as np

from data_loaders import Domains
from keras_gan import GAN
from keras_gan.base import NoiseGame
from keras_gan.papers import PAPERS, find

# What makes a model of the house small: an odd size, so that generators crop. XLA takes
# seconds to compile what then takes a millisecond
SMALL = {"img_shape": (9, 12, 3), "num_classes": 3, "latent_dim": 5, "base_channels": 2,
         "dense_units": 8, "jit_compile": False}


def small_game(name, **changed):
    """A function of constructor arguments that makes a small model of a paper.

    Its attribute `model` is the class, and `falls(n)` are arguments with which learning
    rates fall in n turns. `changed` are arguments that differ from `SMALL`.
    """
    model = find(name).load()
    takes = {field.name: field for field in dataclasses.fields(model)}
    # A critic that takes five steps a turn takes no other ones than one that takes two
    few = {"k": min(2, takes["k"].default)} if "k" in takes else {}
    small = {**{n: v for n, v in SMALL.items() if n in takes}, **few, **changed}
    make = lambda **more: model(**{**small, **more})
    make.model = model
    make.falls = lambda turns: {} if "rest_at" in changed else {"half_life": turns}
    return make


# Every paper of the house, as soon as it is in PAPERS; and what some have besides
GAMES = {
    **{paper.module: small_game(paper.module) for paper in PAPERS},
    "biggan": small_game("biggan", latent_dim=6),           # whole pieces of the noise
    # It grows twice in the few turns of the tests
    "progan": small_game("progan", turns_at_size=2),
    # Two steps of D a turn, spectral norms, logits, projection, augmentation, average
    "cgan-laptop": small_game("cgan", recipe="laptop", img_shape=(16, 32, 3), k=2, ema_momentum=0.9,
                              augment=True),
    # It grows after two turns, and then blends in
    "dcgan-coarse": small_game("dcgan", recipe="coarse_to_fine", img_shape=(17, 22, 3),
                               base_channels=1, grow_at=(2,), rest_at=6, fade=2, r1_interval=2),
    "dcgan-signals": small_game("dcgan", recipe="signals", img_shape=(20, 3)),
    "gan-points": small_game("gan", img_shape=(2,), networks="srivastava_2017", from_logits=True,
                             r1_gamma=1.0, generator_loss="saturating"),
}

# One of each kind, for the tests that take long: noise, points, classes, pictures, ...
OF_EACH_KIND = ("gan", "gan-points", "cgan-laptop", "dcgan", "wgan_gp", "acgan", "bigan",
                "cyclegan")

# Those with the most parts: labels, averages, Dropout, spectral norms; encoder; pools
# and two domains. They are tried where a property lives in code that all share
OF_MOST_PARTS = ("cgan-laptop", "bigan", "cyclegan")

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


def random_data(rng, n, game):
    """What `game.train_on_batch` takes, a tuple of the arrays that it names in `takes`.

    uint8 noise (n, *img_shape), or vectors (n, dimensions); labels (n,).
    """
    def drawn(name, kind):
        if name == "labels":
            return rng.integers(kind.num_classes, size=n)
        return random_images(rng, n, kind.shape) if len(kind.shape) == 3 else \
            rng.normal(size=(n, *kind.shape))

    return tuple(drawn(name, kind) for name, kind in game.takes.items())


def for_train(game, data):
    """The arrays of `random_data` as keyword arguments of `game.train`.

    Of a model that makes its own data there are none.
    """
    if "images" not in inspect.signature(game.train).parameters:
        return {}
    return {"images": Domains(*data)} if "a" in game.takes else dict(zip(game.takes, data))


def noise_games():
    """Each paper of the house in which samples are made of noise, small."""
    return {paper.module: GAMES[paper.module] for paper in PAPERS
            if issubclass(paper.load(), NoiseGame)}


def inputs(samples, labels=()):
    """Inputs of a network: samples, or samples and labels if there are any."""
    return [samples, *labels] if len(labels) else samples


def count(weights):
    """How many numbers they hold."""
    return sum(int(np.prod(v.shape)) for v in weights)


def distances(a, b):
    """Root mean square distance of every picture of `a` to every picture of `b`."""
    a, b = (x.reshape(len(x), -1) for x in (a, b))
    return np.sqrt(((a[:, None] - b[None]) ** 2).mean(-1))


def linear(weights):
    """x -> x·w, a model."""
    model = keras.Sequential([keras.Input((len(weights),)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array(weights, "float32")[:, None]])
    return model


def linear_critic(game, **arguments):
    """A game of numbers whose critic is x -> w x."""
    class LinearCritic(game):
        def build_discriminator(self):
            return linear([0.1])

        def build_optimizer(self, player):
            return keras.optimizers.Adam(0.05)

    return LinearCritic(img_shape=(1,), jit_compile=False, **arguments)
