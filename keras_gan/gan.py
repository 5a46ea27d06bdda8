"""Generative Adversarial Networks.

Ian Goodfellow, Jean Pouget-Abadie, Mehdi Mirza, Bing Xu, David Warde-Farley, Sherjil
Ozair, Aaron Courville, Yoshua Bengio, 2014. arXiv:1406.2661

The generator G makes pictures out of noise z. The discriminator D says how likely a
picture is real. D learns to tell real from generated, G to be taken for real:

    min_G max_D V(D, G) = E_x[log D(x)] + E_z[log(1 - D(G(z)))]             (equation 1)

G is trained on the non-saturating form, max_G E_z[log D(G(z))] (section 3).
"""
import math
from typing import Literal

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, Sequential, ops
from keras.layers import BatchNormalization, Dense, Flatten, LeakyReLU, Reshape
from keras.losses import BinaryCrossentropy

from keras_gan import recipes
from keras_gan.base import NoiseGame, options
from keras_gan.layers import Adam, Frozen, SmoothedCrossentropy
from keras_gan.samples.diversity import diversity


@options
class GAN(NoiseGame):
    """The vanilla GAN: both networks are fully connected, those of Keras-GAN."""

    networks: Literal["keras_gan", "goodfellow_2014", "srivastava_2017"] = "keras_gan"
    """"keras_gan": those below. The others are files of keras_gan/networks."""

    trains = {"discriminator": ["discriminator"], "discriminator_on_real": ["discriminator"],
              "combined": ["generator"]}

    def build(self):
        # Build and compile the discriminator
        self.discriminator = self.compiled(
            self.build_discriminator(), self.build_discriminator_loss(),
            self.build_optimizer("discriminator"), self.build_metrics())
        self.discriminator_on_real = self.build_discriminator_on_real()        # with R1, if any

        # Build the generator, and compile the combined model, which trains it
        self.generator = self.build_generator()
        self.combined = self.compiled(self.build_combined(), self.build_generator_loss(),
                                      self.build_optimizer("generator"))

    def build_generator(self):
        """Noise z (batch, latent_dim) -> pictures (batch, *img_shape) in [-1, 1]."""
        noise = Input((self.latent_dim,))
        img = self.architecture.generator_layers(self, self.latent_dim)(noise)
        return Model(noise, img, name="generator")

    def generator_layers(self, input_width):
        """The generator from its first layer on."""
        return Sequential([
            Input((input_width,)),
            Dense(256),                                                # (batch, 256)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(1024),                                               # (batch, 1024)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(math.prod(self.img_shape),                           # (batch, 784) for 28x28
                  activation="tanh" if self.makes_pictures else None),
            Reshape(self.img_shape),                                   # (batch, 28, 28, 1)
        ])

    def build_discriminator(self):
        """Pictures (batch, *img_shape) in [-1, 1] -> validity (batch, 1): probability
        of being real, or its logit."""
        model = self.architecture.discriminator_layers(self, self.img_shape)
        model.add(Dense(1, activation=None if self.from_logits else "sigmoid"))        # (batch, 1)

        img = Input(self.img_shape)
        return Model(img, model(img), name="discriminator")

    def discriminator_layers(self, input_shape):
        """The discriminator up to its last layer."""
        return Sequential([
            Input(input_shape),
            Flatten(),                                                 # (batch, 784) for 28x28
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            Dense(256),                                                # (batch, 256)
            LeakyReLU(negative_slope=0.2),
        ])

    def build_combined(self):
        """Noise z (batch, latent_dim) -> validity (batch, 1) of the pictures that G
        makes out of it.

        Keras-GAN set `discriminator.trainable = False` here. On Keras 3 that trains no
        discriminator at all.
        """
        z = Input((self.latent_dim,))
        img = self.generator(z)
        validity = Frozen(self.discriminator)(img)
        return Model(z, validity, name="combined")

    def build_optimizer(self, player):
        """The optimizer of the "discriminator" or the "generator". Each has one of its
        own."""
        if player == "discriminator":
            # With accumulation the two steps of a turn are half a move each
            return Adam(self.learning_rate_of(player), *self.betas,
                        gradient_accumulation_steps=2 if self.joint_step else None)
        optimizer = Adam(self.learning_rate_of(player), *self.betas,
                         weight_decay=self.generator_weight_decay or None)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        return optimizer

    def build_discriminator_loss(self):
        """-log D(x) where the truth is 1, real, and -log(1 - D(G(z))) where it is 0,
        generated. With label smoothing the truth is less than 1.

        Real and generated batches are a step each. The turn reports the mean of both.
        """
        return SmoothedCrossentropy(self.label_smoothing, from_logits=self.from_logits)

    def build_generator_loss(self):
        """What the combined model minimises, given ones: -log D(G(z)), or log(1 -
        D(G(z)))."""
        bce = BinaryCrossentropy(from_logits=self.from_logits)
        if self.generator_loss == "non_saturating":
            return bce
        return lambda valid, validity: -bce(1 - valid, validity)

    logs = ("d_loss", "d_accuracy", "g_loss", "D(x)", "D(G(z))", "diversity")

    def train_on_batch(self, images, random=None):
        """One turn of the game, by algorithm 1: k steps of the discriminator, one of
        the generator.

        The generator's step takes the z of the discriminator's last step again, where
        the algorithm draws another. So what both say about these pictures can be
        compared. The compiled turn makes them once, if both are in the same mode.

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1,
                1].
            random: {"z": float (k batch, latent_dim)}; None draws it from N(0, 1).
                Don't draw random numbers with NumPy in here: `train` compiles this
                method, and they would be the same in every turn.

        Returns:
            dict of floats: d_loss (mean of real and generated, nats; with R1 also half
            of the penalty), d_accuracy, g_loss (nats), D(x) and D(G(z)) (what the
            discriminator says about real and about generated pictures, 0..1), diversity
            (see `keras_gan.samples.diversity`). They are those of the last step of each
            player.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape)
        z = self.random_numbers(imgs.shape[0], random)["z"]            # (k batch, latent_dim)

        # Adversarial ground truths: for each image, or each pack of them (PacGAN)
        judged = imgs.shape[0] // self.k // self.packing, *self.discriminator.output.shape[1:]
        valid, fake = ops.ones(judged), ops.zeros(judged)

        # ---------------------
        #  Train Discriminator
        # ---------------------

        for real_imgs, noise in zip(ops.split(imgs, self.k), ops.split(z, self.k)):
            # Generate a batch of new images
            gen_imgs = self.generator(noise, training=self.fakes_in_training_mode)

            # Train the discriminator (real classified as ones and generated as zeros)
            d_real = self.discriminator_on_real.train_on_batch(real_imgs, valid, return_dict=True)
            d_fake = self.discriminator.train_on_batch(gen_imgs, fake, return_dict=True)

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants the discriminator to take its images for real)
        g = self.combined.train_on_batch(noise, valid, return_dict=True)
        self.update_ema()

        return {"d_loss": 0.5 * (d_real["loss"] + d_fake["loss"]),
                "d_accuracy": 0.5 * (d_real["accuracy"] + d_fake["accuracy"]),
                "g_loss": g["loss"],
                "D(x)": d_real["validity"], "D(G(z))": d_fake["validity"],
                "diversity": diversity(gen_imgs, real_imgs)}

    own_networks, sample_axes, convolutional = "keras_gan", (1, 3), False
    judges_patches = True
    recipes = {"digits": recipes.DIGITS, "mnist": recipes.MNIST,
               "goodfellow_2014": recipes.GOODFELLOW_2014}


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(GAN)
