"""The GAN in two dimensions: points in a plane instead of pictures, so that all can be
seen.

Minsuk Kahng et al., 2018, play it in a browser (GAN Lab, arXiv:1809.01587). The game is
that of `gan.py`; notebook 6 draws it.
"""
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import keras
import numpy as np
from keras import Input, Sequential, ops
from keras.layers import Dense, LeakyReLU

from data_loaders.batches import Distribution
from keras_gan.base import options
from keras_gan.gan import GAN
from keras_gan.samples.arrays import as_numpy, is_distribution
from keras_gan.samples.checks import check_points

NEAR = 1e-3                   # steps aside by which the slope of the discriminator is measured


@options
class PlaneGAN(GAN):
    """The 2-D game, with small fully connected networks: `PlaneGAN().train(points)`."""

    latent_dim: int = 2
    """Length of the noise vector z. With 2, G is a map from a plane to a plane."""
    learning_rate: float = 2e-3
    """Of the discriminator's Adam optimizer. It is the higher one: a generator finds
    the weak places of a slow discriminator, and collapses."""
    generator_learning_rate: float | None = 1e-3
    units: int = 128
    """Width of the two hidden layers of each network."""
    img_shape: ClassVar = (2,)
    networks: ClassVar = "keras_gan"
    standardize: ClassVar = False
    dropout: ClassVar = 0.0
    from_logits: ClassVar = True
    recipe: ClassVar = "classic"

    recipes = {}

    def build_generator(self):
        """Noise z (batch, latent_dim) -> points (batch, 2), in the data's own units."""
        return Sequential([
            Input((self.latent_dim,)),
            Dense(self.units, activation="relu"),                      # (batch, 128)
            Dense(self.units, activation="relu"),                      # (batch, 128)
            Dense(2),                                                  # (batch, 2)
        ], name="generator")

    def build_discriminator(self):
        """Points (batch, 2) -> logit (batch, 1) of the probability that a point is
        real."""
        return Sequential([
            Input((2,)),
            Dense(self.units),                                         # (batch, 128)
            LeakyReLU(negative_slope=0.2),
            Dense(self.units),                                         # (batch, 128)
            LeakyReLU(negative_slope=0.2),
            Dense(1),                                                  # (batch, 1)
        ], name="discriminator")

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        self.require_whole("units", 1)
        super().check_arguments()

    # --- what can be drawn ------------------------------------------------------------

    def logits(self, points):
        """The discriminator's logit of points (..., 2): float array (...)."""
        x = ops.convert_to_tensor(np.reshape(points, (-1, 2)), keras.config.floatx())
        said = ops.convert_to_numpy(self.discriminator(x, training=False))
        return said.reshape(np.shape(points)[:-1])

    def discriminate(self, points):
        """D, the probability that points (..., 2) are real: float array (...), in [0,
        1]."""
        return ops.convert_to_numpy(ops.sigmoid(self.logits(points)))

    def pull(self, points):
        """Where the generator's loss L sends generated points (..., 2): -dL/dx of each.

        A float array (..., 2). For the non-saturating loss it is (1 - D) times the
        slope of D's logit, for the saturating one D times it.
        """
        points = np.asarray(points)
        aside = NEAR * np.eye(2)
        slopes = [self.logits(points + step) - self.logits(points - step) for step in aside]
        slope = np.stack(slopes, axis=-1) / (2 * NEAR)
        d = self.discriminate(points)[..., None]
        return slope * (1 - d if self.generator_loss == "non_saturating" else d)

    # --- the training run -------------------------------------------------------------

    def train(self, points, steps: int = 5000, batch_size: int = 256, sample_interval: int = 250,
              checkpoint_interval: int = 1000, **plan):
        """Play many turns, compiled as one graph (or call by call with
        `run_eagerly=True`).

        Args:
            points: array (N, 2), of which batches are drawn with replacement; or a
                distribution with `sample(n, rng)`, such as
                `keras_gan.evaluation.ring()`: every batch of it is fresh. Points should
                lie around 0 and reach a few units.
            steps: turns of this call; with `resume`, of the whole run.
            batch_size: points a step of the discriminator; a turn takes k batches.
            sample_interval: steps between two pictures.
            checkpoint_interval: steps between two checkpoints.
            plan: the other arguments of `GAN.train`.

        Returns:
            history, a dict of lists: step, and all that `train_on_batch` returns.

        Raises:
            ValueError: for data or arguments that don't fit, also for those of a resume
                that differ from the run's.
        """
        data = Distribution(sampler_of(points), self.k * batch_size, self.seed)
        return super().train(data, steps, batch_size, sample_interval=sample_interval,
                             checkpoint_interval=checkpoint_interval, **plan)


def sampler_of(points):
    """A function of (n, numpy.random.Generator) that draws n points, float (n, 2).

    Args:
        points: array (N, 2), of which it draws with replacement; or a distribution with
            `sample(n, rng)`.

    Raises:
        ValueError: if they are neither.
    """
    if is_distribution(points):
        return points.sample
    array = as_numpy(check_points(points, 2))
    return lambda n, rng: array[rng.integers(len(array), size=n)]


if __name__ == "__main__":
    from keras_gan.command.line import main
    main(["train", "plane_gan"])                    # which says how points are trained on
