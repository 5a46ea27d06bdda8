"""Relativistic GAN.

Alexia Jolicoeur-Martineau, 2018. arXiv:1807.00734

A discriminator that judges pictures one by one is content once it takes all generated
ones for false. This one judges pairs: it learns that a real picture is the more real of
the two, and the generator that its own is. So the generator is also told where the
data are, and can't win by moving all of D's numbers up.

    min_D E_x,z[softplus(-(D(x) - D(G(z))))]
    min_G E_x,z[softplus(-(D(G(z)) - D(x)))]                       (RSGAN in the paper)

D(x) is a number that means something only beside another one.
"""
import math
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, ops
from keras.layers import Dense, Subtract
from keras.losses import BinaryCrossentropy
from keras.metrics import BinaryAccuracy

from keras_gan import recipes
from keras_gan.base import ChoiceOfNetworks, options
from keras_gan.gan import GAN
from keras_gan.layers import R1, R2, Frozen
from keras_gan.samples.diversity import diversity


@options
class RGAN(ChoiceOfNetworks, GAN):
    """The relativistic GAN. The discriminator ends without sigmoid.

    Attributes:
        discriminator_on_pairs: `keras.Model`, [real pictures, generated pictures] ->
            D(x) - D(G(z)) (batch, 1). It trains the discriminator.
        combined: `keras.Model`, [noise z, real pictures] -> D(G(z)) - D(x) (batch, 1).
            It trains the generator.
    """

    r1_gamma: float = 0.0
    """Weight γ of R1, a penalty on the discriminator's gradient at real samples (see
    keras_gan/layers/penalties.py). 0: none. It takes a discriminator without
    BatchNormalization."""
    r2_gamma: float = 0.0
    """The same for R2, at generated samples, in the same turns."""
    from_logits: ClassVar = True
    joint_step: ClassVar = False
    generator_loss: ClassVar = "non_saturating"
    label_smoothing: ClassVar = 0.0          # there are no labels, only pairs

    recipes = {"digits": recipes.DIGITS, **recipes.OF_PICTURES}
    trains = {"discriminator_on_pairs": ["discriminator"], "combined": ["generator"]}
    updates_of_discriminator, judges_patches = 1, False
    undecided_loss = math.log(2)             # D's when both pictures get the same number

    def build(self):
        # Build the discriminator, and compile the model of pairs, which trains it
        self.discriminator = self.build_discriminator()
        optimizer = self.build_optimizer("discriminator")
        self.discriminator_on_pairs = self.compiled(
            self.build_discriminator_on_pairs(lambda: optimizer.iterations),
            self.build_discriminator_loss(), optimizer, self.build_metrics())

        # Build the generator, and compile the combined model, which trains it
        self.generator = self.build_generator()
        self.combined = self.compiled(self.build_combined(), self.build_generator_loss(),
                                      self.build_optimizer("generator"))

    def build_discriminator(self):
        """Pictures (batch, *img_shape) in [-1, 1] -> a number (batch, 1): more is more
        real.

        The last layer has no bias, which would vanish in a difference.
        """
        model = self.architecture.discriminator_layers(self, self.img_shape)
        model.add(Dense(1, use_bias=False))                            # (batch, 1)

        img = Input(self.img_shape)
        return Model(img, model(img), name="discriminator")

    def build_discriminator_on_pairs(self, step):
        """Real and generated pictures, both (batch, *img_shape) -> D(x) - D(G(z))
        (batch, 1).

        With R1 or R2 it also costs the penalties. `step` returns the number of D's
        step.
        """
        on_real = on_fake = self.discriminator
        if self.r1_gamma:
            on_real = R1(self.discriminator, self.r1_gamma, self.r1_interval, step)
        if self.r2_gamma:
            on_fake = R2(self.discriminator, self.r2_gamma, self.r1_interval, step)

        real_img, gen_img = Input(self.img_shape), Input(self.img_shape)
        difference = Subtract()([on_real(real_img), on_fake(gen_img)])
        return Model([real_img, gen_img], difference, name="discriminator_on_pairs")

    def build_combined(self):
        """Noise z (batch, latent_dim) and real pictures (batch, *img_shape) ->
        D(G(z)) - D(x) (batch, 1)."""
        z, real_img = Input((self.latent_dim,)), Input(self.img_shape)
        judge = Frozen(self.discriminator)
        difference = Subtract()([judge(self.generator(z)), judge(real_img)])
        return Model([z, real_img], difference, name="combined")

    def build_discriminator_loss(self):
        """What both players minimise, given ones: softplus(-t) of the difference t."""
        return BinaryCrossentropy(from_logits=True)

    build_generator_loss = build_discriminator_loss

    def build_metrics(self):
        """Accuracy: the share of pairs in which D takes the real picture for the more
        real one."""
        return [BinaryAccuracy(name="accuracy", threshold=0.0)]

    def probability(self, truth, validity):
        """A number that means something only beside another is no probability: it stays
        as it is."""
        return validity

    logs = ("d_loss", "d_accuracy", "g_loss", "diversity")

    def train_on_batch(self, images, random=None):
        """One turn of the game: k steps of the discriminator, one of the generator.

        The generator's step takes z and the real pictures of the discriminator's last
        step again.

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1,
                1].
            random: {"z": float (k batch, latent_dim)}; None draws it from N(0, 1).

        Returns:
            dict of floats: d_loss (nats; with the penalties), d_accuracy (the share of
            pairs in which the real picture got the higher number), g_loss (nats),
            diversity. They are those of the last step of each player.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape)
        z = self.random_numbers(imgs.shape[0], random)["z"]            # (k batch, latent_dim)
        ones = ops.ones((imgs.shape[0] // self.k, 1))

        # ---------------------
        #  Train Discriminator
        # ---------------------

        for real_imgs, noise in zip(ops.split(imgs, self.k), ops.split(z, self.k)):
            # Generate a batch of new images
            gen_imgs = self.generator(noise, training=self.fakes_in_training_mode)

            # Train the discriminator (of each pair, the real one is the more real)
            d = self.discriminator_on_pairs.train_on_batch([real_imgs, gen_imgs], ones,
                                                           return_dict=True)

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants its images to be the more real of each pair)
        g = self.combined.train_on_batch([noise, real_imgs], ones, return_dict=True)
        self.update_ema()

        return {"d_loss": d["loss"], "d_accuracy": d["accuracy"], "g_loss": g["loss"],
                "diversity": diversity(gen_imgs, real_imgs)}

    @property
    def penalises_slope(self):
        """Whether the discriminator pays for its own gradient at each sample."""
        return self.r1_gamma > 0 or self.r2_gamma > 0

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        self.require_number("r2_gamma", lambda weight: weight >= 0, "a number of at least 0")
        super().check_arguments()


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(RGAN)
