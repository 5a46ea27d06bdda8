"""The GAN in one dimension: a generator learns a normal distribution, and every function of the theory can be drawn.

Ian Goodfellow et al., 2014. arXiv:1406.2661, figure 1 and section 4.

Data x come from p = N(mu, sigma²), and neither network is told mu or sigma. For a generator whose samples have density q the
best discriminator is known:

    D*(x) = p(x) / (p(x) + q(x))                                                            (equation 2)

and once q = p it says 1/2 everywhere: it can't tell any more (theorem 1).
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import numbers
from typing import Literal

import keras
import numpy as np
from keras import Input, Model, Sequential, ops
from keras.layers import Dense
from keras.losses import BinaryCrossentropy
from keras.optimizers import SGD, Adam
from rich.progress import track
from scipy.stats import gaussian_kde, norm

from data_loaders.batches import Distribution
from keras_gan.samples import drawing as pictures
from keras_gan.base.game import generator_of
from keras_gan.samples.checks import is_whole
from keras_gan.gan import GAN
from keras_gan.backend.one_graph import being_compiled
from keras_gan.samples.diversity import diversity, number

EDGE = 3 ** 0.5               # the uniform distribution between -EDGE and EDGE has variance 1


class GaussianGAN(GAN):
    """The 1-D game, with small fully connected networks. It needs no data: `GaussianGAN().train()`.

    Args:
        mu: mean of the data.
        sigma: standard deviation of the data, above 0.
        prior: of the noise z: "normal", N(0, 1), or "uniform", of the same mean and variance.
        latent_dim: length of the noise vector z. None: 1 of a normal prior, 4 of a uniform one. A single uniform number has ends, and the
            tails of a normal distribution would take a generator that is infinitely steep there.
        generator_loss: what the generator minimises. "non_saturating": -log D(G(z)). "saturating": log(1 - D(G(z))), as in
            equation 1, which hardly has a gradient as long as the discriminator sees through the generator.
        k: steps of the discriminator in a turn, each on a fresh batch, before one step of the generator.
        pretraining: steps of the discriminator towards the D* of the untrained generator, before the first turn.
        learning_rate: of the discriminator's Adam optimizer at the start. It is quick, and so stays near D*.
        generator_learning_rate: of the generator's plain gradient descent (algorithm 1) at the start. Adam would step as far near the
            equilibrium, where gradients vanish, as far from it, and so circle around it.
        half_life: turns in which the learning rates fall by half, again and again, so that players who go round their equilibrium
            come to rest there. None: they stay as they are.
        seed: whole number; initial weights, noise and data follow from it.
        recipe: "classic".
        run_eagerly: True plays every move call by call, for a look at it in a debugger; False compiles the turn.
        jit_compile: True compiles with XLA, False without; "auto" with XLA where it was measured to pay.

    Attributes:
        generator: `keras.Model`, noise (batch, latent_dim) -> x (batch, 1), in the data's own units.
        discriminator: `keras.Model`, x (batch, 1) -> logit (batch, 1) of the probability that x is real.

    Raises:
        ValueError: for arguments that make no sense.
    """

    recipes = {}
    discriminator_updates = 1

    def __init__(self, mu: float = 3.0, sigma: float = 1.0, prior: Literal["normal", "uniform"] = "normal", latent_dim: int | None = None,
                 generator_loss: Literal["non_saturating", "saturating"] = "non_saturating", k: int = 3, pretraining: int = 0,
                 learning_rate: float = 1e-2, generator_learning_rate: float = 0.05, half_life: int | None = 1000, seed: int = 0,
                 recipe: str = "classic", run_eagerly: bool = False, jit_compile: bool | Literal["auto"] = "auto"):
        self.mu, self.sigma, self.prior = mu, sigma, prior
        self.pretraining = pretraining
        if latent_dim is None:
            latent_dim = 4 if prior == "uniform" else 1
        super().__init__(img_shape=(1,), latent_dim=latent_dim, learning_rate=learning_rate,
                         generator_learning_rate=generator_learning_rate, half_life=half_life, from_logits=True, generator_loss=generator_loss, k=k, seed=seed,
                         recipe=recipe, run_eagerly=run_eagerly, jit_compile=jit_compile)
        self.pretrain_discriminator(self.pretraining)

    def build_generator(self):
        """Noise z (batch, latent_dim) -> x (batch, 1)."""
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
        if player == "discriminator":
            return Adam(self.learning_rate_of(player), 0.5)
        return SGD(self.learning_rate_of(player))

    def train_on_batch(self, images, noise=None):
        """One turn of the game, by algorithm 1: k steps of the discriminator, a step of the generator.

        Args:
            images: data x (k batch, 1), floats.
            noise: float (k batch, latent_dim); None draws it from the prior.

        Returns:
            dict of floats, as `GAN.train_on_batch`.
        """
        x = self.prepare(images)                                       # (k batch, 1)
        noise = self.sample_noise(x.shape[0]) if noise is None else self.check_noise(noise, x.shape[0])
        batch_size = x.shape[0] // self.k
        valid, fake = ops.ones((batch_size, 1)), ops.zeros((batch_size, 1))

        for real_x, z in zip(ops.split(x, self.k), ops.split(noise, self.k)):
            # One step on data and samples together: near the equilibrium their gradients nearly cancel, and what is left
            # says where to go. Adam, taking two steps after one another, would make them of one length first.
            gen_x = self.generator(z, training=True)
            d = self.discriminator.train_on_batch(ops.concatenate([real_x, gen_x]), ops.concatenate([valid, fake]), return_dict=True)

        g = self.combined.train_on_batch(z, valid, return_dict=True)

        says = {name: number(ops.mean(ops.sigmoid(self.discriminator(samples, training=False))))
                for name, samples in (("D(x)", real_x), ("D(G(z))", gen_x))}
        return {"d_loss": d["loss"], "d_accuracy": d["accuracy"], "g_loss": g["loss"], **says, "diversity": diversity(gen_x, real_x)}

    # --- theory ------------------------------------------------------------------------------------------------------

    def density(self, x):
        """p(x) of the data: float array of the shape of x."""
        return norm.pdf(x, self.mu, self.sigma)

    @staticmethod
    def estimated_density(samples, x):
        """A kernel density estimate at x, an array of any shape, from samples (n, 1)."""
        # A third of Scott's width: his widens the estimate by more than 1 %, and 10,000 samples can bear more detail
        kde = gaussian_kde(samples[:, 0], bw_method=lambda kde: kde.scotts_factor() / 3)
        return kde(np.ravel(x)).reshape(np.shape(x))

    def generated_density(self, x):
        """q(x), the density of what the generator makes, estimated from 20,000 samples: float array of the shape of x."""
        return self.estimated_density(self.generate(20_000, seed=0), x)

    def optimal_discriminator(self, x, q=None):
        """D*(x) = p(x) / (p(x) + q(x)); NaN where neither has any density.

        Args:
            x: float array of any shape, in the data's units.
            q: density of what is generated, at x; None estimates that of the generator as it is now.

        Returns:
            float array of that shape, in [0, 1].
        """
        p, q = self.density(x), self.generated_density(x) if q is None else q
        with np.errstate(invalid="ignore"):
            return p / (p + q)

    def discriminate(self, x):
        """D(x), what the discriminator says: float array of the shape of x, in [0, 1]."""
        logits = self.discriminator(ops.convert_to_tensor(np.reshape(x, (-1, 1)), keras.config.floatx()), training=False)
        return ops.convert_to_numpy(ops.sigmoid(logits)).reshape(np.shape(x))

    def pretrain_discriminator(self, steps, batch_size=256):
        """Train the discriminator towards D* of the generator as it is now, at points where either has density.

        Args:
            steps: int, batches.
            batch_size: int, points in a batch.
        """
        if not steps:
            return
        samples = self.generate(10_000, seed=0)
        low = min(samples.min(), self.mu - 4 * self.sigma)
        high = max(samples.max(), self.mu + 4 * self.sigma)
        x = np.linspace(low, high, 10_000, dtype=keras.config.floatx())[:, None]
        truth = self.optimal_discriminator(x)
        x, truth = x[np.isfinite(truth)[:, 0]], truth[np.isfinite(truth)[:, 0]]       # not in a gap between samples and data
        rng = np.random.default_rng(self.seed)
        for _ in track(range(steps), "pretraining D", transient=True, disable=steps < 500):
            chosen = rng.integers(len(x), size=batch_size)
            self.discriminator.train_on_batch(x[chosen], truth[chosen])

    # --- what goes in and comes out ------------------------------------------------------------------------------------

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        for name in ("mu", "sigma"):
            value = getattr(self, name)
            self.require(isinstance(value, numbers.Real) and np.isfinite(value), name, "a finite number")
            setattr(self, name, float(value))
        self.require(self.sigma > 0, "sigma", "above 0")
        self.require(is_whole(self.pretraining, 0), "pretraining", "a whole number of at least 0")
        self.pretraining = int(self.pretraining)
        super().check_arguments()

    def sample_data(self, n, rng):
        """n data x ~ N(mu, sigma²) from a `numpy.random.Generator`: float array (n, 1)."""
        return rng.normal(self.mu, self.sigma, (n, 1)).astype(keras.config.floatx())

    def draw_noise(self, n, rng):
        """Noise z from a `numpy.random.Generator`, of the `prior`: float array (n, latent_dim)."""
        z = super().draw_noise(n, rng)
        return z if self.prior == "normal" else rng.uniform(-EDGE, EDGE, z.shape).astype(z.dtype)

    def train(self, steps: int = 3000, batch_size: int = 512, run_dir: str | None = None, sample_interval: int = 250,
              checkpoint_interval: int = 1000, keep_last: int = 3, keep_every: int | None = None, resume: bool = False,
              if_not_finite: Literal["stop", "go_back"] = "stop", if_write_fails: Literal["stop", "go_on"] = "stop"):
        """Play many turns, compiled as one graph (or call by call with `run_eagerly=True`), on fresh data.

        Args:
            steps: turns of this call; with `resume`, of the whole run.
            batch_size: samples a step of the discriminator; a turn takes k batches.
            run_dir: folder for pictures, losses, checkpoints and model. None writes nothing.
            sample_interval: steps between two pictures.
            checkpoint_interval: steps between two checkpoints.
            others: as for `GAN.train`.

        Returns:
            history, a dict of lists: step, and all that `train_on_batch` returns.

        Raises:
            ValueError: for arguments that don't fit, also those of a resume that differ from the run's.
            FileExistsError, MemoryError, FloatingPointError, OSError: as for `GAN.train`.
        """
        data = Distribution(self.sample_data, self.k * batch_size, self.seed)
        return super().train(data, steps, batch_size, run_dir, sample_interval, checkpoint_interval, keep_last, keep_every, resume,
                             if_not_finite=if_not_finite, if_write_fails=if_write_fails)

    def write_samples(self, path):
        """Write the picture after figure 1 as a PNG file: densities, D and D*, and where the generator takes z."""
        x = np.linspace(self.mu - 6 * self.sigma, self.mu + 6 * self.sigma, 400)
        z = np.zeros((17, self.latent_dim), keras.config.floatx())             # arrows along the first coordinate
        z[:, 0] = np.linspace(*((-2, 2) if self.prior == "normal" else (-EDGE, EDGE)), 17)
        p, q = self.density(x), self.generated_density(x)
        pictures.write_gaussian_game(path, x, p, q, self.discriminate(x), self.optimal_discriminator(x, q),
                                     z[:, 0], self.generate_from(z)[:, 0], self.turns)

    def write_beside_real(self, path, real):
        """Write histograms of 10,000 data and as many samples as a PNG file."""
        pictures.write_histograms(path, self.sample_data(10_000, np.random.default_rng([self.seed, 1])), self.generate(10_000, seed=self.seed))


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(GaussianGAN)
