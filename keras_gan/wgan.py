"""Wasserstein GAN.

Martin Arjovsky, Soumith Chintala, Léon Bottou, 2017. arXiv:1701.07875

Instead of a discriminator that says how likely a picture is real there is a critic f, any function that nowhere is steeper than a given
slope. How much more it can make of real pictures than of generated ones is the distance between the two, W1: the work of moving
one heap of earth over to the other.

    W1 = max_f E_x[f(x)] - E_z[f(G(z))]                                              (equation 2 and 3)

The critic is trained to find it, well and often (n_critic steps a turn, here `k`), and the generator to make it small. Clipping the critic's
weights keeps it from becoming ever steeper (algorithm 1).
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import math
import numbers

from keras import Input, Model, ops
from keras.layers import Subtract
from keras.optimizers import RMSprop

from keras_gan.dcgan import DCGAN
from keras_gan.players.player import as_player
from keras_gan.samples.diversity import diversity


class WGAN(DCGAN):
    """The Wasserstein GAN. Networks and pictures are those of `DCGAN`; the discriminator is a critic, without sigmoid and without normalisation:
    the scales of BatchNormalization would be clipped as well, to .01 each, so that three layers of it left a millionth of the score, and of the
    generator's gradient.

    Args:
        learning_rate: of both RMSprop optimizers.
        clip: the critic's trainable weights are clipped to [-clip, clip] after each of its steps.
        k: steps of the critic in a turn, each on a fresh batch, before one step of the generator: the paper's n_critic.
        recipe: "classic", "radford_2015" or "laptop".
        others: as for `DCGAN` and `GAN`.

    Attributes:
        critic: `keras.Model`, pictures -> score (batch, 1): more is more real. The same object as `discriminator`.
        distance: `keras.Model`, [real pictures, generated pictures] -> f(x) - f(G(z)) (batch, 1). It trains the critic.

    Raises:
        ValueError: for arguments that make no sense.
    """

    defaults = {"networks": "fully_connected", "discriminator_norm": "none", "learning_rate": 5e-5, "dropout": 0.0, "k": 5, "fakes_in_training_mode": True}
    discriminator_updates = 1
    settled = {"from_logits": True, "generator_loss": "non_saturating", "r1_gamma": 0.0, "generator_weight_decay": 0.0}
    recipes = {
        "radford_2015": {"networks": "radford_2015", "img_shape": (128, 160, 3)},
        # The networks of DCGAN's laptop recipe: a third of the channels, and no feature maps in full size
        "laptop": {"networks": "keras_gan", "img_shape": (128, 160, 3), "base_channels": 12, "full_size_features": False},
    }

    def __init__(self, img_shape: tuple[int, ...] = (28, 28, 1), clip: float = 0.01, **arguments):
        self.clip = clip
        super().__init__(img_shape=img_shape, **arguments)
        # Build and compile the model that trains the critic
        self.distance = as_player(self.build_distance())
        self.distance.compile(loss=wasserstein, optimizer=self.critic.optimizer, run_eagerly=self.run_eagerly, jit_compile=self.jit_compile)

    @property
    def critic(self):
        """The discriminator, by its name in this paper."""
        return self.discriminator

    def build_distance(self):
        """Real and generated pictures, both (batch, *img_shape) -> f(x) - f(G(z)) (batch, 1), an estimate of W1 times the critic's slope."""
        real_img, gen_img = Input(self.img_shape), Input(self.img_shape)
        return Model([real_img, gen_img], Subtract()([self.critic(real_img), self.critic(gen_img)]), name="distance")

    def build_optimizer(self, player):
        """RMSprop: the critic's loss changes under it, and a momentum made training unstable (section 4)."""
        return RMSprop(self.learning_rate_of(player))

    def build_discriminator_loss(self):
        """-f(x) where the truth is 1, real, and f(G(z)) where it is 0, generated."""
        return wasserstein

    def build_generator_loss(self):
        """-f(G(z))."""
        return wasserstein

    def train_on_batch(self, images, noise=None):
        """One turn of the game, by algorithm 1: k steps of the critic, a step of the generator (which takes the last of these steps' z again).

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1, 1].
            noise: float (k batch, latent_dim); None draws it from N(0, 1).

        Returns:
            dict of floats: d_loss (the critic's, of its last step), W1 (its estimate of the distance times its slope, in the units of its score),
            g_loss, diversity (see `keras_gan.samples.diversity.diversity`).
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape) in [-1, 1]
        noise = self.sample_noise(imgs.shape[0]) if noise is None else self.check_noise(noise, imgs.shape[0])
        ones = ops.ones((imgs.shape[0] // self.k, 1))

        # ---------------------
        #  Train Critic
        # ---------------------

        for real_imgs, z in zip(ops.split(imgs, self.k), ops.split(noise, self.k)):
            # Generate a batch of new images
            gen_imgs = self.generator(z, training=self.fakes_in_training_mode)

            # Train the critic, on both at once: what counts is the difference
            d = self.distance.train_on_batch([real_imgs, gen_imgs], ones, return_dict=True)

            # Clip critic weights, but no statistics of BatchNormalization
            for weight in self.critic.trainable_weights:
                weight.assign(ops.clip(weight, -self.clip, self.clip))

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants the critic to make much of its images)
        g = self.combined.train_on_batch(z, ones, return_dict=True)
        self.update_ema()

        return {"d_loss": d["loss"], "W1": -d["loss"], "g_loss": g["loss"], "diversity": diversity(gen_imgs, real_imgs)}

    @property
    def undecided_loss(self):
        """The critic's loss when it can't tell real from generated: 0."""
        return 0.0

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require(isinstance(self.clip, numbers.Real) and self.clip > 0, "clip", "a number above 0")
        self.clip = float(self.clip)
        if self.convolutional and self.clip < math.inf:
            self.require(self.discriminator_norm == "none", "discriminator_norm", "'none' where weights are clipped: what a normalisation makes of a "
                         "layer, clipping undoes or shrinks, until hardly anything of the score is left")


def wasserstein(truth, score):
    """The loss of a score that is to be large where the truth is 1, and small where it is 0. Both (batch, 1).

    Keras-GAN's script has truths of -1 and 1 for that; here they are 1, real, and 0, generated, as in every other game.
    """
    return (1 - 2 * truth) * score


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(WGAN)
