"""The GAN in one dimension: all functions of the theory can be drawn.

Ian Goodfellow et al., 2014. arXiv:1406.2661, figure 1 and section 4.

Data x come from p = N(mu, sigma²); no network is told mu or sigma. Where samples have
density q, the best D is known. Once q = p it says 1/2 everywhere (theorem 1):

    D*(x) = p(x) / (p(x) + q(x))                                            (equation 2)
"""
from typing import ClassVar, Literal

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import keras
import numpy as np
from keras import Input, Sequential, ops
from keras.layers import Dense
from keras.optimizers import SGD, Adam
from rich.progress import track
from scipy.stats import norm

from data_loaders.batches import Distribution
from keras_gan.base import options
from keras_gan.gan import GAN
from keras_gan.samples import drawing
from keras_gan.samples.densities import estimated_density
from keras_gan.samples.diversity import diversity, number

EDGE = 3 ** 0.5               # between -EDGE and EDGE a uniform distribution has variance 1


@options
class GaussianGAN(GAN):
    """The 1-D game, with small fully connected networks. It needs no data."""

    mu: float = 3.0
    """Mean of the data."""
    sigma: float = 1.0
    """Standard deviation of the data."""
    prior: Literal["normal", "uniform"] = "normal"
    """Of the noise z: "normal", N(0, 1), or "uniform", of that mean and variance."""
    latent_dim: int | None = None
    """Length of z. None: 1 with a normal prior, 4 with a uniform one. (A single uniform
    number has ends, where the tails of the data would need infinite slope.)"""
    k: int = 3
    pretraining: int = 0
    """Steps of D towards the D* of the untrained generator, before the first turn."""
    learning_rate: float = 1e-2
    """Of D's Adam optimizer at the start. It is high, so that D stays near D*."""
    generator_learning_rate: float | None = 0.05
    """Of G's gradient descent (algorithm 1) at the start. Adam would end in circles."""
    half_life: int | None = 1000
    img_shape: ClassVar = (1,)
    networks: ClassVar = "keras_gan"
    standardize: ClassVar = False
    from_logits: ClassVar = True
    r1_gamma: ClassVar = 0.0
    r1_interval: ClassVar = 1
    joint_step: ClassVar = False
    dropout: ClassVar = 0.0
    label_smoothing: ClassVar = 0.0
    fakes_in_training_mode: ClassVar = False
    generator_weight_decay: ClassVar = 0.0
    ema_momentum: ClassVar = 0.0
    recipes, makes_its_data, updates_of_discriminator = {}, True, 1

    def __post_init__(self):
        super().__post_init__()
        self.pretrain_discriminator(self.pretraining)

    def build_generator(self):
        """Noise z (batch, latent_dim) -> x (batch, 1), in the data's own units."""
        return Sequential([
            Input((self.latent_dim,)),
            Dense(32, activation="elu"),                               # (batch, 32)
            Dense(32, activation="elu"),                               # (batch, 32)
            Dense(1),                                                  # (batch, 1)
        ], name="generator")

    def build_discriminator(self):
        """x (batch, 1) -> logit (batch, 1) of the probability that x is real."""
        return Sequential([
            Input((1,)),
            Dense(32, activation="tanh"),                              # (batch, 32)
            Dense(32, activation="tanh"),                              # (batch, 32)
            Dense(1),                                                  # (batch, 1)
        ], name="discriminator")

    def build_optimizer(self, player):
        """Adam for the discriminator, gradient descent for the generator."""
        rate = self.learning_rate_of(player)
        return Adam(rate, *self.betas) if player == "discriminator" else SGD(rate)

    def train_on_batch(self, images, random=None):
        """One turn, by algorithm 1; arguments and results as `GAN.train_on_batch`."""
        x = self.prepare(images)                                       # (k batch, 1)
        z = self.random_numbers(x.shape[0], random)["z"]               # (k batch, latent_dim)
        valid, fake = (make((x.shape[0] // self.k, 1)) for make in (ops.ones, ops.zeros))

        for real_x, noise in zip(ops.split(x, self.k), ops.split(z, self.k)):
            # One step on both, see `joint_step`: their gradients nearly cancel
            gen_x = self.generator(noise, training=True)
            d = self.discriminator.train_on_batch(
                ops.concatenate([real_x, gen_x]), ops.concatenate([valid, fake]), return_dict=True)

        g = self.combined.train_on_batch(noise, valid, return_dict=True)

        says = {name: number(ops.mean(ops.sigmoid(self.discriminator(samples, training=False))))
                for name, samples in (("D(x)", real_x), ("D(G(z))", gen_x))}
        return {"d_loss": d["loss"], "d_accuracy": d["accuracy"], "g_loss": g["loss"], **says,
                "diversity": diversity(gen_x, real_x)}

    def density(self, x):
        """p(x) of the data: float array of the shape of x."""
        return norm.pdf(x, self.mu, self.sigma)

    def generated_density(self, x):
        """q(x), estimated from 20,000 samples: float array of the shape of x."""
        return estimated_density(self.generate(20_000, seed=0), x)

    def optimal_discriminator(self, x, q=None):
        """D*(x), NaN where neither has any density. q at x: None estimates it."""
        p, q = self.density(x), self.generated_density(x) if q is None else q
        with np.errstate(invalid="ignore"):
            return p / (p + q)

    def discriminate(self, x):
        """D(x), what D says: float array of the shape of x, in [0, 1]."""
        column = ops.convert_to_tensor(np.reshape(x, (-1, 1)), keras.config.floatx())
        said = self.discriminator(column, training=False)
        return ops.convert_to_numpy(ops.sigmoid(said)).reshape(np.shape(x))

    def pretrain_discriminator(self, steps, batch_size=256):
        """Train D towards D* of G as it is now, where either has density."""
        if not steps:
            return
        ends = [*self.generate(10_000, seed=0)[:, 0], self.mu - 4 * self.sigma,
                self.mu + 4 * self.sigma]
        x = np.linspace(min(ends), max(ends), 10_000, dtype=keras.config.floatx())[:, None]
        truth = self.optimal_discriminator(x)
        there = np.flatnonzero(np.isfinite(truth))       # not in a gap between samples and data
        rng = np.random.default_rng(self.seed)
        for _ in track(range(steps), "pretraining D", transient=True, disable=steps < 500):
            chosen = there[rng.integers(len(there), size=batch_size)]
            self.discriminator.train_on_batch(x[chosen], truth[chosen])

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        self.require_number("mu", np.isfinite, "a finite number")
        self.require_number("sigma", lambda sigma: sigma > 0, "above 0")
        self.require_whole("pretraining", 0)
        if self.latent_dim is None:
            self.latent_dim = 4 if self.prior == "uniform" else 1
        super().check_arguments()

    def sample_data(self, n, rng):
        """n data x ~ N(mu, sigma²) from a `numpy.random.Generator`: float (n, 1)."""
        return rng.normal(self.mu, self.sigma, (n, 1)).astype(keras.config.floatx())

    def draw_noise(self, n, rng, truncation=None):
        """Noise of the `prior` from a `numpy.random.Generator`: (n, latent_dim)."""
        z, edge = super().draw_noise(n, rng, truncation), min(EDGE, truncation or EDGE)
        return z if self.prior == "normal" else rng.uniform(-edge, edge, z.shape).astype(z.dtype)

    def train(self, steps: int = 3000, batch_size: int = 512, sample_interval: int = 250,
              checkpoint_interval: int = 1000, **plan):
        """As `GAN.train`, on fresh data in every batch."""
        return super().train(Distribution(self.sample_data, self.k * batch_size, self.seed), steps,
                             batch_size, sample_interval=sample_interval,
                             checkpoint_interval=checkpoint_interval, **plan)

    def write_samples(self, path):
        """Write the picture after figure 1: densities, D and D*, and from z to G(z)."""
        x = np.linspace(self.mu - 6 * self.sigma, self.mu + 6 * self.sigma, 400)
        z = np.zeros((17, self.latent_dim), keras.config.floatx())     # along the first coordinate
        z[:, 0] = np.linspace(*((-2, 2) if self.prior == "normal" else (-EDGE, EDGE)), 17)
        p, q = self.density(x), self.generated_density(x)
        drawing.write_gaussian_game(path, x, p, q, self.discriminate(x),
                                    self.optimal_discriminator(x, q), z[:, 0],
                                    self.generate_from(z)[:, 0], self.turns)

    def write_beside_real(self, path, real):
        """Write histograms of 10,000 data and as many samples as a PNG file."""
        data = self.sample_data(10_000, np.random.default_rng([self.seed, 1]))
        drawing.write_histograms(path, data, self.generate(10_000, seed=self.seed))


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(GaussianGAN)
