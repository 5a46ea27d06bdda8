"""Wasserstein GAN.

Martin Arjovsky, Soumith Chintala, Léon Bottou, 2017. arXiv:1701.07875

Instead of a discriminator there is a critic f: any function that is nowhere steeper
than a given slope. It gives every picture a score. How far its mean score of real
pictures can lie above that of
generated ones is the distance between the two, W1: the work of moving one heap of earth
over to the other.

    W1 = max_f E_x[f(x)] - E_z[f(G(z))]                              (equations 2 and 3)

The critic learns to find it, well and often (n_critic steps a turn, here `k`), and the
generator to make it small. Clipping the critic's weights keeps it from becoming ever
steeper (algorithm 1).
"""
import math
import numbers
from typing import ClassVar, Literal

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, ops
from keras.layers import Subtract
from keras.optimizers import RMSprop

from keras_gan import recipes
from keras_gan.base import ChoiceOfNetworks, options
from keras_gan.gan import GAN
from keras_gan.samples.diversity import diversity


@options
class WGAN(ChoiceOfNetworks, GAN):
    """The Wasserstein GAN. Its discriminator is a critic, without sigmoid and
    normalisation.

    The scales of BatchNormalization would be clipped as well, to .01 each. With three
    layers of it a millionth of the score was left, and of the generator's gradient.

    Attributes:
        critic: `keras.Model`, pictures -> score (batch, 1): more is more real. The same
            object as `discriminator`.
        distance: `keras.Model`, [real pictures, generated pictures] -> f(x) - f(G(z))
            (batch, 1). It trains the critic.
    """

    learning_rate: float = 5e-5
    k: int = 5
    discriminator_norm: Literal["batch", "spectral", "none"] = "none"
    dropout: float = 0.0
    fakes_in_training_mode: bool = True
    clip: float = 0.01
    """The critic's trainable weights are clipped to [-clip, clip] after each of its
    steps."""
    from_logits: ClassVar = True
    joint_step: ClassVar = False
    generator_loss: ClassVar = "non_saturating"
    r1_gamma: ClassVar = 0.0
    betas: ClassVar = (0.5, 0.999)            # of Adam; see build_optimizer
    r1_interval: ClassVar = 1
    generator_weight_decay: ClassVar = 0.0
    label_smoothing: ClassVar = 0.0          # there are no labels, only scores

    recipes = {"radford_2015": recipes.CRITIC_RADFORD_2015, "laptop": recipes.CRITIC_LAPTOP}
    trains = {"discriminator": ["discriminator"], "distance": ["discriminator"],
              "combined": ["generator"]}
    updates_of_discriminator, judges_patches = 1, False
    undecided_loss = 0.0          # the critic's loss when it can't tell real from generated

    def build(self):
        super().build()
        # Build and compile the model that trains the critic
        self.distance = self.compiled(self.build_distance(), wasserstein, self.critic.optimizer)

    @property
    def critic(self):
        """The discriminator, by its name in this paper."""
        return self.discriminator

    def build_distance(self):
        """Real and generated pictures, both (batch, *img_shape) -> f(x) - f(G(z))
        (batch, 1).

        The mean of it is an estimate of W1 times the critic's slope.
        """
        real_img, gen_img = Input(self.img_shape), Input(self.img_shape)
        difference = Subtract()([self.critic(real_img), self.critic(gen_img)])
        return Model([real_img, gen_img], difference, name="distance")

    def build_optimizer(self, player):
        """RMSprop: the critic's loss changes all the time, and momentum made training
        unstable (section 4)."""
        return RMSprop(self.learning_rate_of(player))

    def build_discriminator_loss(self):
        """-f(x) where the truth is 1, real, and f(G(z)) where it is 0, generated."""
        return wasserstein

    def build_generator_loss(self):
        """-f(G(z))."""
        return wasserstein

    def probability(self, truth, validity):
        """A critic's score is no probability: it stays as it is."""
        return validity

    logs = ("d_loss", "W1", "g_loss", "diversity")

    def train_on_batch(self, images, random=None):
        """One turn of the game, by algorithm 1: k steps of the critic, one of the
        generator.

        The generator's step takes the z of the critic's last step again.

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1,
                1].
            random: {"z": float (k batch, latent_dim)}; None draws it from N(0, 1).

        Returns:
            dict of floats: d_loss (the critic's, of its last step), W1 (its estimate of
            the distance times its slope, in the units of its score), g_loss, diversity.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape)
        z = self.random_numbers(imgs.shape[0], random)["z"]            # (k batch, latent_dim)
        ones = ops.ones((imgs.shape[0] // self.k, 1))

        # ---------------------
        #  Train Critic
        # ---------------------

        for real_imgs, noise in zip(ops.split(imgs, self.k), ops.split(z, self.k)):
            # Generate a batch of new images
            gen_imgs = self.generator(noise, training=self.fakes_in_training_mode)

            # Train the critic, on both at once: what counts is the difference
            d = self.distance.train_on_batch([real_imgs, gen_imgs], ones, return_dict=True)

            # Clip critic weights, but no statistics of BatchNormalization
            for weight in self.critic.trainable_weights:
                weight.assign(ops.clip(weight, -self.clip, self.clip))

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants high scores for its images)
        g = self.combined.train_on_batch(noise, ones, return_dict=True)
        self.update_ema()

        return {"d_loss": d["loss"], "W1": -d["loss"], "g_loss": g["loss"],
                "diversity": diversity(gen_imgs, real_imgs)}

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require(isinstance(self.clip, numbers.Real) and self.clip > 0, "clip",
                     "a number above 0")
        self.clip = float(self.clip)
        if self.architecture.convolutional and self.clip < math.inf:
            self.require(self.discriminator_norm == "none", "discriminator_norm",
                         "'none' where weights are clipped: clipping undoes what a normalisation "
                         "does, or shrinks it, until hardly anything of the score is left")


def wasserstein(truth, score):
    """The loss of a score that is to be high where the truth is 1, and low where it is
    0.

    Keras-GAN's script has truths of -1 and 1 for that. Here they are 1, real, and 0,
    generated, as in every other game. Both (batch, 1).
    """
    return (1 - 2 * truth) * score


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(WGAN)
