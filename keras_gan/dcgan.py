"""Deep Convolutional Generative Adversarial Network.

Alec Radford, Luke Metz, Soumith Chintala, 2015. arXiv:1511.06434

The game of `gan.py` with convolutional networks, for colour pictures of 128x160 and of
any other shape: those of Keras-GAN, with two doublings and halvings more. The paper's
own (section 3 and figure 1) are `networks="radford_2015"`.
"""
from typing import Literal

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Sequential
from keras.layers import Activation, Cropping2D, Dense, Flatten, LeakyReLU, Reshape, ZeroPadding2D

from keras_gan import recipes
from keras_gan.base import ChoiceOfNetworks, options
from keras_gan.gan import GAN
from keras_gan.layers import (
    BatchNormalization,
    DiffAugment,
    Dropout,
    PictureConv2D,
    UpSamplingConv2D,
)


@options
class DCGAN(ChoiceOfNetworks, GAN):
    """The DCGAN: convolutional networks.

    Recipes (`keras_gan/recipes.py` says what differs, and why):

    - `"classic"`: the defaults, Keras-GAN's numbers with half its learning rate. Needs
      hours on a laptop.
    - `"radford_2015"`: networks and numbers of the paper. Needs hours on a laptop, too;
      with `base_channels=128` it is as wide as there.
    - `"coarse_to_fine"`: what the bare command takes; small networks that grow with the
      pictures. For 5,650 steps of 16, minutes on two cores.
    - `"laptop"`: the same time with networks of one size; pictures are blurred.
    - `"half_hour"`: the one to take for a folder of some thousand pictures; for 10,000
      steps of 16, half an hour on two cores.
    - `"signals"`: the same networks along one axis, for signals (length, channels).
    """

    img_shape: tuple[int, ...] = (128, 160, 3)
    """(height, width, channels) of the pictures, at least 8x8. Signals, (length,
    channels), and vectors, (dimensions,), take other networks."""
    learning_rate: float = 1e-4
    networks: Literal["keras_gan", "radford_2015", "residual", "coarse_to_fine", "signals",
                      "fully_connected", "srivastava_2017"] = "keras_gan"
    """"keras_gan": those below, with convolutions of 3x3. The others are files of
    keras_gan/networks; "fully_connected" are those of keras_gan/gan.py."""

    recipes = {**recipes.OF_PICTURES, "coarse_to_fine": recipes.COARSE_TO_FINE,
               "signals": recipes.SIGNALS}
    own_networks, sample_axes, convolutional = "keras_gan", (3,), True

    def generator_layers(self, input_width):
        """Each doubling repeats the pixels, and mixes them by a convolution of 3x3."""
        height, width, channels = self.img_shape
        h, w = -(-height // 16), -(-width // 16)      # rounded up: four doublings cover the picture
        c, full = self.base_channels, self.full_size_features

        layers = [
            Input((input_width,)),
            Dense(h * w * 16 * c, activation="relu"),
            Reshape((h, w, 16 * c)),                                   # (8, 10, 512) for 128x160
        ]
        for filters in (8 * c, 4 * c, 2 * c, c)[:4 if full else 3]:
            layers += [
                UpSamplingConv2D(filters),             # (16, 20, 256) ... (128, 160, 32)
                BatchNormalization(momentum=0.8),
                Activation("relu"),
            ]
        layers += [
            PictureConv2D(channels) if full else UpSamplingConv2D(channels),       # (128, 160, 3)
            Activation("tanh"),
        ]
        if (16 * h, 16 * w) != (height, width):
            layers.append(Cropping2D(((0, 16 * h - height), (0, 16 * w - width))))
        return Sequential(layers)

    def discriminator_layers(self, input_shape):
        """The discriminator up to its last layer: five convolutions of stride 2."""
        c = self.base_channels

        layers = [Input(input_shape)]
        if self.augment:
            layers.append(DiffAugment())
        for i, filters in enumerate((c, 2 * c, 4 * c, 8 * c, 16 * c)):
            # (64, 80, 32) ... (5, 6, 512) for 128x160
            layers.append(self.convolution(filters, 3, strides=2, padding="same"))
            if i == 1:
                layers.append(ZeroPadding2D(((0, 1), (0, 1))))         # (33, 41, 64)
            if i > 0 and self.discriminator_norm == "batch":
                layers.append(BatchNormalization(momentum=0.8))
            layers += [LeakyReLU(negative_slope=0.2), Dropout(self.dropout)]
        return Sequential([*layers, Flatten()])                        # (15360,) for 128x160


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(DCGAN)
