"""Improved Training of Wasserstein GANs.

Ishaan Gulrajani, Faruk Ahmed, Martin Arjovsky, Vincent Dumoulin, Aaron Courville, 2017.
arXiv:1704.00028

Clipped weights make a critic that is simpler than it could be. The best critic has
slope 1 nearly everywhere between real and generated pictures (proposition 1). So a
critic with any other slope there has to pay, and nothing is clipped:

    max_f E_x[f(x)] - E_z[f(G(z))] - λ E[(‖∇f(x̂)‖ - 1)²]                   (equation 3)
    x̂ = α x + (1 - α) G(z),  α uniform in [0, 1]
"""
import math
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import keras
from keras import Input, Model, ops
from keras.layers import Subtract
from keras.optimizers import Adam

from keras_gan.base import options
from keras_gan.layers import GradientPenalty
from keras_gan.samples.diversity import diversity
from keras_gan.wgan import WGAN


@options
class WGANGP(WGAN):
    """The Wasserstein GAN with gradient penalty; no BatchNormalization in its critic
    (section 4)."""

    learning_rate: float = 1e-4
    betas: tuple[float, float] = (0.0, 0.9)
    """β1 and β2 of Adam: those of algorithm 1."""
    penalty: float = 10.0
    """Weight λ of the gradient penalty. For points in a plane the code of the authors
    takes .1."""
    clip: ClassVar = math.inf

    draws = {"z": 3, "alpha": 5}

    def build_distance(self):
        """Real and generated pictures, both (batch, *img_shape), and α (batch, 1) ->
        f(x) - f(G(z)), and the penalty at x̂, both (batch, 1)."""
        real_img, gen_img, alpha = Input(self.img_shape), Input(self.img_shape), Input((1,))
        difference = Subtract(name="W1")([self.critic(real_img), self.critic(gen_img)])
        penalty = GradientPenalty(self.critic, self.penalty, name="penalty")(
            [real_img, gen_img, alpha])
        return Model([real_img, gen_img, alpha], [difference, penalty], name="distance")

    def build_optimizer(self, player):
        """Adam (algorithm 1)."""
        return Adam(self.learning_rate_of(player), *self.betas)

    def draw_alpha(self, n, rng):
        """α ~ U(0, 1) of each of n samples: float (n, 1)."""
        return rng.random((n, 1)).astype(keras.config.floatx())

    logs = ("d_loss", "W1", "penalty", "g_loss", "diversity")

    def train_on_batch(self, images, random=None):
        """One turn of the game, by algorithm 1: k steps of the critic, one of the
        generator.

        The generator's step takes the z of the critic's last step again.

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1,
                1].
            random: {"z": float (k batch, latent_dim), "alpha": float (k batch, 1)};
                None draws them.

        Returns:
            dict of floats: d_loss (the critic's, of its last step, with the penalty),
            W1 (its estimate of the distance, in the units of the networks' pictures),
            penalty, g_loss, diversity.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape)
        random = self.random_numbers(imgs.shape[0], random)
        batch_size = imgs.shape[0] // self.k
        ones, zeros = ops.ones((batch_size, 1)), ops.zeros((batch_size, 1))

        # ---------------------
        #  Train Critic
        # ---------------------

        parts = (imgs, random["z"], random["alpha"])
        for real_imgs, noise, alpha in zip(*(ops.split(part, self.k) for part in parts)):
            # Generate a batch of new images
            gen_imgs = self.generator(noise, training=self.fakes_in_training_mode)

            # Train the critic: a large difference, and a small penalty
            d = self.distance.train_on_batch([real_imgs, gen_imgs, alpha], [ones, zeros],
                                             return_dict=True)

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants high scores for its images)
        g = self.combined.train_on_batch(noise, ones, return_dict=True)
        self.update_ema()

        return {"d_loss": d["loss"], "W1": -d["W1_loss"], "penalty": d["penalty_loss"],
                "g_loss": g["loss"], "diversity": diversity(gen_imgs, real_imgs)}

    penalises_slope = True

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require_number("penalty", lambda weight: weight >= 0, "a number of at least 0")


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(WGANGP)
