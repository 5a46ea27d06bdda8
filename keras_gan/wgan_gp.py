"""Improved Training of Wasserstein GANs.

Ishaan Gulrajani, Faruk Ahmed, Martin Arjovsky, Vincent Dumoulin, Aaron Courville, 2017. arXiv:1704.00028

Clipped weights make a critic that is simpler than it could be. The best critic has slope 1 nearly everywhere between real and generated pictures
(proposition 1), so a critic with any other slope there has to pay, and nothing is clipped:

    max_f E_x[f(x)] - E_z[f(G(z))] - λ E[(‖∇f(x̂)‖ - 1)²],  x̂ = α x + (1 - α) G(z),  α uniform in [0, 1]      (equation 3)
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import math
import numbers

import numpy as np
from keras import Input, Model, ops
from keras.layers import Subtract
from keras.optimizers import Adam

from keras_gan.layers.penalties import GradientPenalty
from keras_gan.samples.diversity import diversity
from keras_gan.wgan import WGAN

ALPHA = 5         # keeps these random numbers apart from those that other rooms draw with the same seed


class WGANGP(WGAN):
    """The Wasserstein GAN with gradient penalty. Pictures and attributes are those of `WGAN`; the critic has no BatchNormalization (section 4).

    Args:
        learning_rate: of both Adam optimizers, whose β are 0 and .9.
        penalty: weight λ of the gradient penalty. For points in a plane its authors' own code takes .1.
        k: steps of the critic in a turn, each on a fresh batch, before one step of the generator: the paper's n_critic.
        recipe: "classic", "radford_2015" or "laptop".
        others: as for `WGAN`, `DCGAN` and `GAN`.

    Raises:
        ValueError: for arguments that make no sense.
    """

    defaults = {"learning_rate": 1e-4}
    settled = {"clip": math.inf}

    def __init__(self, img_shape: tuple[int, ...] = (28, 28, 1), penalty: float = 10.0, **arguments):
        self.penalty = penalty
        super().__init__(img_shape=img_shape, **arguments)

    def build_distance(self):
        """Real and generated pictures, both (batch, *img_shape), and α (batch, 1) -> f(x) - f(G(z)), and the penalty at x̂, both (batch, 1)."""
        real_img, gen_img, alpha = Input(self.img_shape), Input(self.img_shape), Input((1,))
        difference = Subtract(name="W1")([self.critic(real_img), self.critic(gen_img)])
        penalty = GradientPenalty(self.critic, self.penalty, name="penalty")([real_img, gen_img, alpha])
        return Model([real_img, gen_img, alpha], [difference, penalty], name="distance")

    def build_optimizer(self, player):
        """Adam with β1 = 0, β2 = .9 (algorithm 1)."""
        return Adam(self.learning_rate_of(player), 0.0, 0.9)

    @property
    def noise_columns(self):
        """What the columns of a turn's noise are, a dict of numbers by name: z, and α of each sample."""
        return {**super().noise_columns, "α": 1}

    def sample_noise(self, batch_size):
        """Noise z ~ N(0, 1) of the next turn, and α ~ U(0, 1) in the last column: float (batch_size, latent_dim + 1)."""
        alpha = np.random.default_rng([self.seed, ALPHA, self.turns]).random((batch_size, 1))
        noise = super().sample_noise(batch_size)
        return np.concatenate([noise, alpha.astype(noise.dtype)], axis=1)

    def train_on_batch(self, images, noise=None):
        """One turn of the game, by algorithm 1: k steps of the critic, a step of the generator (which takes the last of these steps' z again).

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1, 1].
            noise: float (k batch, latent_dim + 1): z, and α in the last column; None draws them.

        Returns:
            dict of floats: d_loss (the critic's, of its last step, with the penalty), W1 (its estimate of the distance, in the units of the
            networks' pictures), penalty, g_loss, diversity (see `keras_gan.samples.diversity.diversity`).
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape) in [-1, 1]
        noise = self.sample_noise(imgs.shape[0]) if noise is None else self.check_noise(noise, imgs.shape[0])
        ones, zeros = ops.ones((imgs.shape[0] // self.k, 1)), ops.zeros((imgs.shape[0] // self.k, 1))

        # ---------------------
        #  Train Critic
        # ---------------------

        for real_imgs, z_and_alpha in zip(ops.split(imgs, self.k), ops.split(noise, self.k)):
            # Generate a batch of new images
            z, alpha = z_and_alpha[:, :-1], z_and_alpha[:, -1:]
            gen_imgs = self.generator(z, training=self.fakes_in_training_mode)

            # Train the critic: a large difference, and a small penalty
            d = self.distance.train_on_batch([real_imgs, gen_imgs, alpha], [ones, zeros], return_dict=True)

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants the critic to make much of its images)
        g = self.combined.train_on_batch(z, ones, return_dict=True)
        self.update_ema()

        return {"d_loss": d["loss"], "W1": -d["W1_loss"], "penalty": d["penalty_loss"], "g_loss": g["loss"],
                "diversity": diversity(gen_imgs, real_imgs)}

    @property
    def penalises_slope(self):
        """Whether the critic pays for its own gradient at each sample: always."""
        return True

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require(isinstance(self.penalty, numbers.Real) and 0 <= self.penalty < math.inf, "penalty", "a number of at least 0")
        self.penalty = float(self.penalty)


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(WGANGP)
