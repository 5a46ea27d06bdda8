"""Conditional Generative Adversarial Nets.

Mehdi Mirza, Simon Osindero, 2014. arXiv:1411.1784

The game of `gan.py`, but both players are told the class y of a picture. G makes pictures of the class that one asks for,
D says how likely a picture is a real one of that class:

    min_G max_D V(D, G) = E_x[log D(x|y)] + E_z[log(1 - D(G(z|y)|y))]                (equation 2)

The classic networks are those of Keras-GAN; those of `dcgan.py` are an option, for colour pictures of any shape.
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import math
from typing import Literal

import numpy as np
from keras import Input, Model, Sequential, ops
from keras.layers import (Activation, Add, CategoryEncoding, Concatenate, Dense, Dot, Dropout, Embedding, Flatten, LeakyReLU,
                          Multiply, Reshape)

from keras_gan.dcgan import DCGAN
from keras_gan.base.game import generator_of
from keras_gan.samples.checks import is_whole
from keras_gan.layers.penalties import R1
from keras_gan.layers.frozen import Frozen
from keras_gan.backend.one_graph import being_compiled
from keras_gan.samples.drawing import grid, write_png, write_real_vs_generated
from keras_gan.samples.checks import check_labels
from keras_gan.samples.ranges import to_network, to_pictures
from keras_gan.samples.diversity import diversity


class CGAN(DCGAN):
    """The conditional GAN. Pictures are those of `GAN`; labels are whole numbers from 0 to num_classes - 1, (N,).

    Recipes (whatever you pass yourself wins):

    - `"classic"`: the defaults below, Keras-GAN's networks and numbers.
    - `"digits"`: for small grey pictures; far better digits than the classic (numbers in the README).
    - `"laptop"`: for colour pictures: the convolutional networks, small enough for two cores. `CGAN.recipes` says what differs, and why.

    Args:
        img_shape: (height, width, channels) of the pictures; channels 1 (grey) or 3 (RGB).
        num_classes: how many classes there are, at least 2.
        latent_dim: length of the noise vector z.
        learning_rate: of both Adam optimizers.
        conditioning: how the players are told the class. "embedding", as in Keras-GAN: multiplied into the noise and into the
            picture. "projection" (Takeru Miyato, Masanori Koyama, 2018, arXiv:1802.05637): one-hot beside the noise, and
            in the discriminator as the inner product of an embedding with its last features.
        networks: "fully_connected": Keras-GAN's. The others are those of `DCGAN`, for pictures from 8x8 on.
        dropout: share of the discriminator's activations that Dropout drops.
        recipe: "classic", "digits" or "laptop".
        others: as for `DCGAN` and `GAN`.

    Attributes:
        generator: `keras.Model`, [noise (batch, latent_dim), labels (batch, 1)] -> pictures (batch, *img_shape) in [-1, 1].
        discriminator: `keras.Model`, [pictures, labels] -> validity (batch, 1): 1 is real, 0 is generated.
        combined: `keras.Model`, [noise, labels] -> validity; it trains the generator, the discriminator in it is frozen.
        generator_ema: the generator that `generate` shows: the moving average, or `generator` itself without one.
        class_names: list of str, the classes of the data it was trained on; empty before.

    Raises:
        ValueError: for arguments that make no sense.
    """

    recipes = {
        "digits": {
            # A class that is multiplied into noise and pixels by an embedding, which begins near zero, is heard late.
            "conditioning": "projection",
            # The discriminator isn't too strong here; Dropout only makes its advice noisier.
            "dropout": 0.0,
            "from_logits": True,
            # BatchNormalization's moving averages lag behind a generator that changes at every step; and these fakes are those
            # of the generator's own step, so that the compiled turn makes them once for both.
            "fakes_in_training_mode": True,
            # The players circle around their equilibrium; the average of where the generator was is nearer to it.
            "ema_momentum": 0.999,
        },
        "laptop": {
            **DCGAN.recipes["laptop"],
            "conditioning": "projection",
        },
    }

    def __init__(self, img_shape: tuple[int, int, int] = (28, 28, 1), num_classes: int = 10, latent_dim: int = 100,
                 learning_rate: float = 2e-4, conditioning: Literal["embedding", "projection"] = "embedding",
                 networks: Literal["fully_connected", "keras_gan", "radford_2015", "residual"] = "fully_connected", dropout: float = 0.4, **arguments):
        self.num_classes, self.conditioning = num_classes, conditioning
        super().__init__(img_shape=img_shape, latent_dim=latent_dim, learning_rate=learning_rate, networks=networks, dropout=dropout, **arguments)

    knows_vectors, why_no_vectors = False, ""

    def build_generator(self):
        """Noise z (batch, latent_dim) and labels (batch, 1) -> pictures (batch, *img_shape) in [-1, 1]."""
        noise = Input((self.latent_dim,))
        label = Input((1,), dtype="int32")
        if self.conditioning == "embedding":
            label_embedding = Flatten()(Embedding(self.num_classes, self.latent_dim)(label))       # (batch, 100)
            model_input = Multiply()([noise, label_embedding])                                     # (batch, 100)
        else:
            one_hot = CategoryEncoding(self.num_classes, output_mode="one_hot")(label)             # (batch, 10)
            model_input = Concatenate()([noise, one_hot])                                          # (batch, 110)
        img = self.generator_layers(model_input.shape[-1])(model_input)
        return Model([noise, label], img, name="generator")

    def build_discriminator(self):
        """Pictures (batch, *img_shape) in [-1, 1] and labels (batch, 1) -> validity (batch, 1): probability of being real, or its logit."""
        img = Input(self.img_shape)
        label = Input((1,), dtype="int32")
        if self.conditioning == "embedding":
            label_embedding = Embedding(self.num_classes, math.prod(self.img_shape))(label)        # (batch, 1, 784)
            model_input = Multiply()([img, Reshape(self.img_shape)(label_embedding)])              # (batch, 28, 28, 1)
            validity = Dense(1)(self.discriminator_layers(self.img_shape)(model_input))                          # (batch, 1)
        else:
            features = self.discriminator_layers(self.img_shape)(img)                                            # (batch, 512)
            label_embedding = Flatten()(Embedding(self.num_classes, features.shape[-1])(label))    # (batch, 512)
            validity = Add()([Dense(1)(features), Dot(1)([label_embedding, features])])            # (batch, 1)
        if not self.from_logits:
            validity = Activation("sigmoid")(validity)
        return Model([img, label], validity, name="discriminator")

    def discriminator_layers(self, input_shape):
        """The discriminator up to its last layer: pictures (batch, *input_shape) -> features (batch, width)."""
        if self.convolutional:
            return super().discriminator_layers(input_shape)
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

    def build_discriminator_on_real(self):
        """Pictures and labels -> validity (batch, 1), as the discriminator says; training it also costs the penalty R1."""
        img = Input(self.img_shape)
        label = Input((1,), dtype="int32")
        return Model([img, label], R1(self.discriminator, self.r1_gamma)([img, label]), name="discriminator_on_real")

    def build_combined(self):
        """Noise z (batch, latent_dim) and labels (batch, 1) -> validity (batch, 1) of the pictures that the generator makes of them."""
        noise = Input((self.latent_dim,))
        label = Input((1,), dtype="int32")
        img = self.generator([noise, label])
        validity = Frozen(self.discriminator)([img, label])
        return Model([noise, label], validity, name="combined")

    def train_on_batch(self, images, labels, noise=None):
        """One turn of the game: k steps of the discriminator, a step of the generator.

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1, 1].
            labels: their classes, whole numbers (k batch,) or (k batch, 1). The generator is asked for the same classes, so that it
                learns them as often as the data show them.
            noise: float (k batch, latent_dim); None draws it from N(0, 1).

        Returns:
            dict of floats, as `GAN.train_on_batch`; diversity is that within a class.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape) in [-1, 1]
        labels = self.prepare_labels(labels, imgs.shape[0])            # (k batch, 1)
        noise = self.sample_noise(imgs.shape[0]) if noise is None else self.check_noise(noise, imgs.shape[0])
        batch_size = imgs.shape[0] // self.k

        # Adversarial ground truths
        valid = ops.ones((batch_size, 1))
        fake = ops.zeros((batch_size, 1))

        # ---------------------
        #  Train Discriminator
        # ---------------------

        for real_imgs, y, z in zip(*(ops.split(part, self.k) for part in (imgs, labels, noise))):
            # Generate a batch of new images of the same classes
            gen_imgs = self.generator([z, y], training=self.fakes_in_training_mode)

            # Train the discriminator (real classified as ones and generated as zeros, given the class)
            d_real = self.discriminator_on_real.train_on_batch([real_imgs, y], valid, return_dict=True)
            d_fake = self.discriminator.train_on_batch([gen_imgs, y], fake, return_dict=True)

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants the discriminator to take its images for real ones of the class)
        g = self.combined.train_on_batch([z, y], valid, return_dict=True)
        self.update_ema()

        return {"d_loss": 0.5 * (d_real["loss"] + d_fake["loss"]),
                "d_accuracy": 0.5 * (d_real["accuracy"] + d_fake["accuracy"]),
                "g_loss": g["loss"],
                "D(x)": d_real["validity"], "D(G(z))": d_fake["validity"],
                "diversity": diversity(gen_imgs, real_imgs, y, self.num_classes)}

    def prepare_labels(self, labels, n):
        """The labels of n pictures as the networks take them: int32 (n, 1)."""
        return labels if being_compiled() else check_labels(labels, n, self.num_classes)

    def generate(self, n, seed=None, labels=None):
        """Generate pictures of the classes that you ask for.

        Args:
            n: int, how many.
            seed: int >= 0; the same seed gives the same pictures. None: other pictures at each call.
            labels: n of them, whole numbers or class names. None: all classes in turn, 0, 1, 2, ..., 0, 1, 2, ...

        Returns:
            float32 array (n, *img_shape) in [0, 1], RGB or grey.

        Raises:
            ValueError: for labels that the model doesn't know, or if there aren't n.
        """
        noise = self.draw_noise(n, generator_of(seed))
        if isinstance(labels, str) or (labels is not None and not hasattr(labels, "__iter__")):
            raise ValueError(f"labels must be {n}, one for each picture: labels=[{labels!r}] * {n}. Received: labels={labels!r}")
        labels = np.arange(n) % self.num_classes if labels is None else np.array([self.class_number(label) for label in labels])
        return self.generate_from(noise, check_labels(labels, n, self.num_classes))

    def class_number(self, label):
        """The number of a class: of its name, or of a number (also as a str).

        Raises:
            ValueError: for a name that the model doesn't know.
        """
        if not isinstance(label, str):
            return label
        if label in self.class_names:
            return list(self.class_names).index(label)
        if label.isdecimal():
            return int(label)
        raise ValueError(f"This model knows the classes {', '.join(self.class_names) or '0, 1, 2, ... (they have no names)'}. Received: {label!r}")

    def write_samples(self, path):
        """Write a sheet of samples as a PNG file: a class a column (the first ten), and in each of five rows the same noise for all."""
        columns = min(self.num_classes, 10)
        noise = np.repeat(self.draw_noise(5, np.random.default_rng(self.seed)), columns, axis=0)
        labels = np.tile(np.arange(columns, dtype="int32"), 5)[:, None]
        write_png(path, grid(self.generate_from(noise, labels), columns))

    def write_beside_real(self, path, real):
        """Write real beside generated samples of the same classes. `real` is a batch of the data: `(images, labels)`."""
        images, labels = real[:2]
        write_real_vs_generated(path, to_pictures(to_network(images)),
                                self.generate(len(images), seed=self.seed, labels=np.ravel(labels)))

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        self.require(is_whole(self.num_classes, 2), "num_classes", "a whole number of at least 2")
        self.num_classes = int(self.num_classes)
        super().check_arguments()


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(CGAN)
