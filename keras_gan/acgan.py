"""Conditional Image Synthesis with Auxiliary Classifier GANs.

Augustus Odena, Christopher Olah, Jonathon Shlens, 2016. arXiv:1610.09585

G is told a class c, and makes a picture of it. D isn't told: it says how likely a
picture is real, and by a second head of which class it is. Both players want the class
to be recognised, so D helps G to make what one asks for:

    L_S = E[log P(S = real | x)] + E[log P(S = fake | G(c, z))]             (equation 2)
    L_C = E[log P(C = c | x)] + E[log P(C = c | G(c, z))]                   (equation 3)
    D maximises L_S + L_C, and G maximises L_C - L_S

Networks and numbers are those of Keras-GAN. Its D puts generated pictures into a class
more, and weighs the classes; here L_C is the paper's. As in `gan.py` and Keras-GAN, G
maximises log P(S = real | G(c, z)) in place of -L_S ("saturating" is the paper's).
"""
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, Sequential, ops
from keras.layers import (
    Activation,
    Conv2D,
    Cropping2D,
    Dense,
    Embedding,
    Flatten,
    Identity,
    LeakyReLU,
    Reshape,
    ZeroPadding2D,
)

from keras_gan import recipes
from keras_gan.base import Classes, batchwise, options
from keras_gan.gan import GAN
from keras_gan.layers import BatchNormalization, Dropout, Frozen, PictureConv2D, UpSamplingConv2D
from keras_gan.samples.diversity import diversity


@options
class ACGAN(Classes, GAN):
    """The auxiliary classifier GAN, for pictures of at least 8x8."""

    dropout: float = 0.25
    networks: ClassVar = "keras_gan"
    r1_interval: ClassVar = 1
    r1_gamma: ClassVar = 0.0           # the penalty knows one head

    trains = {"discriminator": ["discriminator"], "combined": ["generator"]}
    recipes = {"digits": recipes.DIGITS}
    own_networks, sample_axes, convolutional = "keras_gan", (3,), True
    judges_patches = False
    undecided_loss = None              # log 2, and a loss of the class that depends on the data

    def build_generator(self):
        """Noise (batch, latent_dim), labels (batch, 1) -> pictures in [-1, 1]."""
        noise, label = Input((self.latent_dim,)), Input((1,), dtype="int32")
        label_embedding = Flatten()(Embedding(self.num_classes, self.latent_dim)(label))
        img = self.generator_layers(self.latent_dim)(noise * label_embedding)
        return Model([noise, label], img, name="generator")

    def generator_layers(self, input_width):
        """Two doublings. What they make beyond the picture's size is cut off."""
        height, width, channels = self.img_shape
        h, w = -(-height // 4), -(-width // 4)                         # rounded up

        layers = [
            Input((input_width,)),
            Dense(128 * h * w, activation="relu"),
            Reshape((h, w, 128)),                                      # (7, 7, 128) for 28x28
            BatchNormalization(momentum=0.8),
        ]
        for filters in (128, 64):
            layers += [
                UpSamplingConv2D(filters),                             # (14, 14, 128), (28, 28, 64)
                Activation("relu"),
                BatchNormalization(momentum=0.8),
            ]
        layers += [PictureConv2D(channels), Activation("tanh")]        # (28, 28, 1)
        if (4 * h, 4 * w) != (height, width):
            layers.append(Cropping2D(((0, 4 * h - height), (0, 4 * w - width))))
        return Sequential(layers)

    def build_discriminator(self):
        """Pictures (batch, *img_shape) in [-1, 1] -> source (batch, 1), the probability
        of being real, or its logit; and class (batch, num_classes), probabilities."""
        img = Input(self.img_shape)
        features = self.discriminator_layers(self.img_shape)(img)
        source = Dense(1, activation=None if self.from_logits else "sigmoid", name="source")
        label = Dense(self.num_classes, activation="softmax", name="class")
        return Model(img, [source(features), label(features)], name="discriminator")

    def discriminator_layers(self, input_shape):
        """The discriminator up to its heads: four convolutions, three of stride 2."""
        layers = [Input(input_shape)]
        for i, (filters, strides) in enumerate(((16, 2), (32, 2), (64, 2), (128, 1))):
            # (14, 14, 16), (7, 7, 32), (4, 4, 64), (4, 4, 128) for 28x28
            layers.append(Conv2D(filters, 3, strides=strides, padding="same"))
            if i == 1:
                layers.append(ZeroPadding2D(((0, 1), (0, 1))))         # (8, 8, 32)
            layers += [LeakyReLU(negative_slope=0.2), Dropout(self.dropout)]
            if i in (1, 2):
                layers.append(BatchNormalization(momentum=0.8))
        return Sequential([*layers, Flatten()])                        # (2048,) for 28x28

    def build_combined(self):
        """Noise and labels -> source (batch, 1) and class (batch, num_classes)."""
        noise, label = Input((self.latent_dim,)), Input((1,), dtype="int32")
        source, recognised = Frozen(self.discriminator)(self.generator([noise, label]))
        heads = [Identity(name="source")(source), Identity(name="class")(recognised)]
        return Model([noise, label], heads, name="combined")

    def build_discriminator_loss(self):
        """-log P(S) and -log P(C = c), which are added up."""
        return [super().build_discriminator_loss(), "sparse_categorical_crossentropy"]

    def build_generator_loss(self):
        """What the combined model minimises, given ones and classes c."""
        return [super().build_generator_loss(), "sparse_categorical_crossentropy"]

    def build_metrics(self):
        """What the heads report: the source that of `GAN`, the class its accuracy."""
        return [super().build_metrics(), ["sparse_categorical_accuracy"]]

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require(min(self.img_shape[:2]) >= 8, "img_shape",
                     "at least 8x8, as the discriminator halves a picture three times")

    def classify(self, images):
        """Say of which class pictures are, by the discriminator's second head.

        Args:
            images: (n, *img_shape), uint8 or float in [-1, 1]. What `generate` made is
                in [0, 1]: pass 2 * pictures - 1. Others raise `ValueError`.

        Returns:
            float32 array (n, num_classes), probabilities: each row sums to 1.
        """
        def classify(batch):
            _, recognised = self.discriminator(self.to_network(batch), training=False)
            return ops.convert_to_numpy(recognised).astype("float32")

        return batchwise(classify, [self.takes["images"].checked(images)], 500, "classifying")

    logs = ("d_loss", "d_accuracy", "class_accuracy", "g_loss", "D(x)", "D(G(z))", "diversity")

    def train_on_batch(self, images, labels, random=None):
        """One turn of the game: k steps of the discriminator, one of the generator.

        Args:
            images, labels, random: as for `CGAN.train_on_batch`. G is asked for the
                classes of the real pictures, as often as the data show them.

        Returns:
            dict of floats, as `GAN.train_on_batch`. d_loss and g_loss are of both
            heads, class_accuracy of real and generated pictures, diversity in a class.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape)
        labels = self.prepare_labels(labels, imgs.shape[0])            # (k batch, 1)
        z = self.random_numbers(imgs.shape[0], random)["z"]            # (k batch, latent_dim)
        batch_size = imgs.shape[0] // self.k
        valid, fake = ops.ones((batch_size, 1)), ops.zeros((batch_size, 1))
        parts = (imgs, labels, z)

        for real_imgs, c, noise in zip(*(ops.split(part, self.k) for part in parts)):
            # Generate a batch of new images of the same classes
            gen_imgs = self.generator([noise, c], training=self.fakes_in_training_mode)

            # Train the discriminator (both batches are of the classes c)
            real = self.discriminator.train_on_batch(real_imgs, [valid, c], return_dict=True)
            gen = self.discriminator.train_on_batch(gen_imgs, [fake, c], return_dict=True)

        # Train the generator (wants its images to be taken for real ones of class c)
        g = self.combined.train_on_batch([noise, c], [valid, c], return_dict=True)
        self.update_ema()

        d = {name: 0.5 * (real[name] + gen[name]) for name in real}
        return {"d_loss": d["loss"], "d_accuracy": d["source_accuracy"],
                "class_accuracy": d["class_sparse_categorical_accuracy"], "g_loss": g["loss"],
                "D(x)": real["source_validity"], "D(G(z))": gen["source_validity"],
                "diversity": diversity(gen_imgs, real_imgs, c, self.num_classes)}


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(ACGAN)
