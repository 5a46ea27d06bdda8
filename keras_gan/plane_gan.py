"""The GAN in two dimensions: points in a plane instead of pictures, so that all that both players do can be seen.

Minsuk Kahng et al., 2018, play it in a browser (GAN Lab, arXiv:1809.01587). The game is that of `keras_gan.gan`; notebook 6 draws it.
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import numbers
from typing import Literal

import keras
import numpy as np
from keras import Input, Sequential, ops
from keras.layers import Dense, LeakyReLU

from data_loaders.batches import Distribution
from keras_gan.samples.checks import is_whole
from keras_gan.gan import GAN
from keras_gan.samples.checks import check_points

NEAR = 1e-3                   # steps aside by which the slope of the discriminator is measured


class PlaneGAN(GAN):
    """The 2-D game, with small fully connected networks: `PlaneGAN().train(points)`.

    Args:
        units: width of the two hidden layers of each network.
        latent_dim: length of the noise vector z. With 2, G is a map from a plane to a plane.
        learning_rate: of the discriminator's Adam optimizer. It is the quicker one: of a slow discriminator the generator finds the weak places, and collapses.
        generator_learning_rate: of the generator's.
        others: as for `GAN`.

    Attributes:
        generator: `keras.Model`, noise (batch, latent_dim) -> points (batch, 2), in the data's own units.
        discriminator: `keras.Model`, points (batch, 2) -> logit (batch, 1) of the probability that a point is real.

    Raises:
        ValueError: for arguments that make no sense.
    """

    defaults = {"latent_dim": 2, "learning_rate": 2e-3, "generator_learning_rate": 1e-3}
    settled = {"img_shape": (2,), "networks": "keras_gan", "dropout": 0.0, "from_logits": True, "recipe": "classic"}
    recipes = {}

    def __init__(self, units: int = 128, **arguments):
        self.units = units
        super().__init__(**arguments)

    def build_generator(self):
        """Noise z (batch, latent_dim) -> points (batch, 2)."""
        return Sequential([
            Input((self.latent_dim,)),
            Dense(self.units, activation="relu"),                      # (batch, 128)
            Dense(self.units, activation="relu"),                      # (batch, 128)
            Dense(2),                                                  # (batch, 2)
        ], name="generator")

    def build_discriminator(self):
        """Points (batch, 2) -> logit (batch, 1) of the probability that a point is real."""
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
        self.require(is_whole(self.units, 1), "units", "a whole number of at least 1")
        self.units = int(self.units)
        super().check_arguments()

    # --- what can be drawn ---------------------------------------------------------------------------------------------

    def logits(self, points):
        """The discriminator's logit of points (..., 2): float array (...)."""
        x = ops.convert_to_tensor(np.reshape(points, (-1, 2)), keras.config.floatx())
        return ops.convert_to_numpy(self.discriminator(x, training=False)).reshape(np.shape(points)[:-1])

    def discriminate(self, points):
        """D, the probability that points (..., 2) are real: float array (...), in [0, 1]."""
        return ops.convert_to_numpy(ops.sigmoid(self.logits(points)))

    def pull(self, points):
        """Where the generator's loss L sends generated points (..., 2): -dL/dx of each, float array (..., 2).

        Of the non-saturating loss (1 - D) times the slope of D's logit, of the saturating one D times it.
        """
        points = np.asarray(points)
        aside = NEAR * np.eye(2)
        slope = np.stack([self.logits(points + step) - self.logits(points - step) for step in aside], axis=-1) / (2 * NEAR)
        d = self.discriminate(points)[..., None]
        return slope * (1 - d if self.generator_loss == "non_saturating" else d)

    # --- the training run ------------------------------------------------------------------------------------------------

    def train(self, points, steps: int = 5000, batch_size: int = 256, run_dir: str | None = None, sample_interval: int = 250,
              checkpoint_interval: int = 1000, keep_last: int = 3, keep_every: int | None = None, resume: bool = False,
              if_not_finite: Literal["stop", "go_back"] = "stop", if_write_fails: Literal["stop", "go_on"] = "stop"):
        """Play many turns, compiled as one graph (or call by call with `run_eagerly=True`).

        Args:
            points: array (N, 2), of which batches are drawn with replacement; or a distribution with `sample(n, seed)`, such as
                `keras_gan.evaluation.ring()`, of which every batch is fresh. They should lie around 0 and reach a few units.
            steps: turns of this call; with `resume`, of the whole run.
            batch_size: points a step of the discriminator; a turn takes k batches.
            run_dir: folder for pictures, losses, checkpoints and model. None writes nothing.
            sample_interval: steps between two pictures.
            checkpoint_interval: steps between two checkpoints.
            others: as for `GAN.train`.

        Returns:
            history, a dict of lists: step, and all that `train_on_batch` returns.

        Raises:
            ValueError: for data or arguments that don't fit, also those of a resume that differ from the run's.
            FileExistsError, MemoryError, FloatingPointError, OSError: as for `GAN.train`.
        """
        data = Distribution(sampler_of(points), self.k * batch_size, self.seed)
        return super().train(data, steps, batch_size, run_dir, sample_interval, checkpoint_interval, keep_last, keep_every, resume,
                             if_not_finite=if_not_finite, if_write_fails=if_write_fails)


def sampler_of(points):
    """A function of (n, numpy.random.Generator) that draws n points, float (n, 2).

    Args:
        points: array (N, 2), of which it draws with replacement; or a distribution with `sample(n, rng)`.

    Raises:
        ValueError: if they are neither.
    """
    if hasattr(points, "sample"):
        return points.sample
    check_points(points, 2)
    array = np.asarray(points)
    return lambda n, rng: array[rng.integers(len(array), size=n)]


if __name__ == "__main__":
    from keras_gan.command.line import main
    main(["train", "plane_gan"])                    # which says how points are trained on
