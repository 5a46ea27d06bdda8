"""Conditional Generative Adversarial Nets.

Mehdi Mirza, Simon Osindero, 2014. arXiv:1411.1784

The game of `gan.py`, but both players are told the class y of a picture. G makes
pictures of the class that one asks for. D says how likely a picture is a real one of
that class:

    min_G max_D V(D, G) = E_x[log D(x|y)] + E_z[log(1 - D(G(z|y)|y))]       (equation 2)

The networks are those of Keras-GAN. Convolutional ones are an option, for colour
pictures of any shape.
"""
import math
from typing import Literal

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, Sequential, ops
from keras.layers import (
    Activation,
    Add,
    CategoryEncoding,
    Concatenate,
    Dense,
    Dot,
    Dropout,
    Embedding,
    Flatten,
    LeakyReLU,
    Multiply,
    Reshape,
)

from keras_gan import recipes
from keras_gan.base import ChoiceOfNetworks, Classes, options
from keras_gan.gan import GAN
from keras_gan.layers import Frozen
from keras_gan.samples.diversity import diversity


@options
class CGAN(Classes, ChoiceOfNetworks, GAN):
    """The conditional GAN.

    Recipes (`keras_gan/recipes.py` says what differs, and why): `"digits"`, for small
    grey pictures, far better than the classic; `"laptop"` and `"coarse_to_fine"`, whose
    networks grow with the pictures, for colour pictures.

    Attributes:
        generator: `keras.Model`, [noise (batch, latent_dim), labels (batch, 1)] ->
            pictures (batch, *img_shape) in [-1, 1].
        discriminator: `keras.Model`, [pictures, labels] -> validity (batch, 1).
        combined: `keras.Model`, [noise, labels] -> validity; it trains the generator.
    """

    dropout: float = 0.4
    conditioning: Literal["embedding", "projection"] = "embedding"
    """How the players are told the class. "embedding", as in Keras-GAN: multiplied into
    the noise and into the picture. "projection" (Takeru Miyato, Masanori Koyama, 2018,
    arXiv:1802.05637): one-hot beside the noise, and in the discriminator as the inner
    product of an embedding with its last features."""
    networks: Literal["fully_connected", "keras_gan", "radford_2015", "residual",
                      "coarse_to_fine"] = "fully_connected"
    """"fully_connected": those below. The others are convolutional: "keras_gan" is in
    keras_gan/dcgan.py, the rest in keras_gan/networks."""

    recipes = {"digits": recipes.CGAN_DIGITS, "laptop": recipes.CGAN_LAPTOP,
               "coarse_to_fine": recipes.CGAN_COARSE_TO_FINE}
    own_networks = "fully_connected"

    def build_generator(self):
        """Noise z (batch, latent_dim) and labels (batch, 1) -> pictures (batch,
        *img_shape)."""
        noise = Input((self.latent_dim,))
        label = Input((1,), dtype="int32")
        if self.conditioning == "embedding":
            label_embedding = Flatten()(Embedding(self.num_classes, self.latent_dim)(label))
            model_input = Multiply()([noise, label_embedding])                     # (batch, 100)
        else:
            one_hot = CategoryEncoding(self.num_classes, output_mode="one_hot")(label)
            model_input = Concatenate()([noise, one_hot])                          # (batch, 110)
        layers = self.architecture.generator_layers(self, model_input.shape[-1])
        return Model([noise, label], layers(model_input), name="generator")

    def build_discriminator(self):
        """Pictures (batch, *img_shape) and labels (batch, 1) -> validity (batch, 1):
        probability of being real, or its logit."""
        img = Input(self.img_shape)
        label = Input((1,), dtype="int32")
        if self.conditioning == "embedding":
            label_embedding = Embedding(self.num_classes, math.prod(self.img_shape))(label)
            model_input = Multiply()([img, Reshape(self.img_shape)(label_embedding)])
            validity = Dense(1)(                                                   # (batch, 1)
                self.architecture.discriminator_layers(self, self.img_shape)(model_input))
        else:
            layers = self.architecture.discriminator_layers(self, self.img_shape)
            features = layers(img)                                                 # (batch, 512)
            label_embedding = Flatten()(Embedding(self.num_classes, features.shape[-1])(label))
            validity = Add()([Dense(1)(features), Dot(1)([label_embedding, features])])
        if not self.from_logits:
            validity = Activation("sigmoid")(validity)
        return Model([img, label], validity, name="discriminator")

    def discriminator_layers(self, input_shape):
        """The discriminator up to its last layer: pictures -> features (batch, 512)."""
        return Sequential([
            Input(input_shape),
            Flatten(),                                                 # (batch, 784) for 28x28
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            Dropout(self.dropout),
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            Dropout(self.dropout),
        ])

    def build_combined(self):
        """Noise z (batch, latent_dim) and labels (batch, 1) -> validity (batch, 1)."""
        noise = Input((self.latent_dim,))
        label = Input((1,), dtype="int32")
        img = self.generator([noise, label])
        validity = Frozen(self.discriminator)([img, label])
        return Model([noise, label], validity, name="combined")

    def train_on_batch(self, images, labels, random=None):
        """One turn of the game: k steps of the discriminator, one of the generator.

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1,
                1].
            labels: their classes, whole numbers (k batch,) or (k batch, 1). The
                generator is asked for the same classes, so that it learns them as often
                as the data show them.
            random: {"z": float (k batch, latent_dim)}; None draws it from N(0, 1).

        Returns:
            dict of floats, as `GAN.train_on_batch`; diversity is that within a class.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape)
        labels = self.prepare_labels(labels, imgs.shape[0])            # (k batch, 1)
        z = self.random_numbers(imgs.shape[0], random)["z"]            # (k batch, latent_dim)

        # Adversarial ground truths
        judged = imgs.shape[0] // self.k, *self.discriminator.output.shape[1:]
        valid, fake = ops.ones(judged), ops.zeros(judged)

        # ---------------------
        #  Train Discriminator
        # ---------------------

        parts = (imgs, labels, z)
        for real_imgs, y, noise in zip(*(ops.split(part, self.k) for part in parts)):
            # Generate a batch of new images of the same classes
            gen_imgs = self.generator([noise, y], training=self.fakes_in_training_mode)

            # Train the discriminator (real classified as ones and generated as zeros,
            # given y)
            d_real = self.discriminator_on_real.train_on_batch([real_imgs, y], valid,
                                                               return_dict=True)
            d_fake = self.discriminator.train_on_batch([gen_imgs, y], fake, return_dict=True)

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants the discriminator to take its images for real ones
        # of y)
        g = self.combined.train_on_batch([noise, y], valid, return_dict=True)
        self.update_ema()

        return {"d_loss": 0.5 * (d_real["loss"] + d_fake["loss"]),
                "d_accuracy": 0.5 * (d_real["accuracy"] + d_fake["accuracy"]),
                "g_loss": g["loss"],
                "D(x)": d_real["validity"], "D(G(z))": d_fake["validity"],
                "diversity": diversity(gen_imgs, real_imgs, y, self.num_classes)}


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(CGAN)
