"""Deep Convolutional Generative Adversarial Network.

Alec Radford, Luke Metz, Soumith Chintala, 2015. arXiv:1511.06434

The game of `gan.py` with convolutional networks, for colour pictures of 128x160 and of any other shape: those of Keras-GAN with two
doublings more, those of the paper (section 3 and figure 1), or residual ones.
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

from typing import Literal

from keras import Input, Sequential
from keras.initializers import RandomNormal
from keras.layers import (Activation, Conv2D, Conv2DTranspose, Cropping2D, Dense, Flatten, LeakyReLU, Reshape, SpectralNormalization,
                          ZeroPadding2D)

from keras_gan.layers.augmentation import DiffAugment
from keras_gan.layers.fused import BatchNormalization, Dropout, PictureConv2D
from keras_gan.samples.checks import is_whole
from keras_gan.gan import GAN
from keras_gan.layers.upsampling import UpSamplingConv2D
from keras_gan.networks.residual import down_block, up_block


class DCGAN(GAN):
    """The DCGAN: convolutional networks. Pictures and attributes are those of `GAN`.

    Recipes (whatever you pass yourself wins):

    - `"classic"`: the defaults below. Keras-GAN's networks with two doublings and halvings more, and its numbers with half its learning rate. Needs hours on a laptop.
    - `"radford_2015"`: networks and numbers of the paper. Needs hours on a laptop, too; with `base_channels=128` it is as wide as there.
    - `"laptop"`: recognisable pictures after minutes on two cores. `DCGAN.recipes` says what differs, and why.
    - `"half_hour"`: the one to take for a folder of some thousand pictures; for 10,000 steps of 16, half an hour on two cores. On emoji that it
      hadn't seen its kernel distance was a third of the classic's.

    Args:
        img_shape: (height, width, channels) of the pictures: at least 8x8, channels 1 (grey) or 3 (RGB).
        latent_dim: length of the noise vector z.
        learning_rate: of both Adam optimizers.
        networks: "keras_gan": upsampling and convolutions of 3x3. "radford_2015", those of the paper: (transposed) convolutions of 5x5 alone.
            "residual": see `keras_gan.residual`. "fully_connected" and "srivastava_2017": those of `GAN`, for digits and for points in a plane.
        base_channels: of convolutional networks: channels at the picture's end; they double with every halving, up to 16 times.
        full_size_features: of "keras_gan" and "residual": True lets the generator work out `base_channels` feature maps in the picture's size and mix
            them into the picture there; False makes the picture in the last doubling, in less than half the time.
        discriminator_norm: of a convolutional discriminator: "batch" (BatchNormalization), "none", or "spectral" (arXiv:1802.05957, by Keras's
            `SpectralNormalization`: of the convolutions, not of the last layer; it writes W/σ in place of W at every step, where the paper
            keeps W and differentiates through σ).
        dropout: share of the discriminator's activations that Dropout drops. Fully connected networks have none.
        augment: True changes all that a convolutional discriminator sees at random, so that it can't learn a small data set by heart
            (see `keras_gan.augmentation`).
        recipe: "classic", "radford_2015", "laptop" or "half_hour".
        others: as for `GAN`.

    Raises:
        ValueError: for arguments that make no sense.
    """

    recipes = {
        "radford_2015": {
            # What a class that builds on this one may have other defaults of
            "img_shape": (128, 160, 3), "networks": "radford_2015",
            # Section 4: .001 was too high, and a momentum of .5 steadier than .9. (D's last layer alone begins as Keras lets it, not from N(0, .02).)
            "learning_rate": 2e-4,
            # The paper's discriminator has none.
            "dropout": 0.0,
            # Two things that the paper doesn't say; see the laptop recipe.
            "from_logits": True,
            "fakes_in_training_mode": True,
        },
        "laptop": {
            "img_shape": (128, 160, 3), "networks": "keras_gan",
            # A turn in a sixth of the time: a third of the channels, and no feature maps in full size.
            "base_channels": 12,
            "full_size_features": False,
            # Twice the learning rate is Radford's own. At 4e-4 pictures were in two times of day at once.
            "learning_rate": 2e-4,
            # The real and the fake batch come one after the other: with BatchNormalization D tells them apart by their
            # statistics. Spectral norms have no batch in them, and keep D from winning early; Dropout only slows it then.
            "discriminator_norm": "spectral",
            "dropout": 0.0,
            "from_logits": True,
            # The moving averages of a generator that changes at every step lag behind; and these fakes are those of the
            # generator's own step.
            "fakes_in_training_mode": True,
        },
        "half_hour": {
            # The networks of the laptop recipe
            "img_shape": (128, 160, 3), "networks": "keras_gan",
            "base_channels": 12,
            "full_size_features": False,
            "from_logits": True,
            "fakes_in_training_mode": True,
            "dropout": 0.0,
            # A discriminator that sees some thousand pictures twenty times over knows them by heart, and has nothing to say about
            # shapes any more. Moved and with holes they are hardly ever the same.
            "augment": True,
            # Steep where the data are it would drive the generator round and round: it pays for its slope there (R1) ...
            "discriminator_norm": "none",
            "r1_gamma": 1.0,
            # ... so that ten times the laptop recipe's learning rate is not too much. It falls, so that both players come to rest.
            "learning_rate": 2e-3,
            "half_life": 3000,
            "ema_momentum": 0.999,
        },
    }

    smallest_side = 8                  # of a picture that can be halved five times
    why_no_vectors = ". (Networks for vectors are 'fully_connected' and 'srivastava_2017')"

    def __init__(self, img_shape: tuple[int, ...] = (128, 160, 3), latent_dim: int = 100, learning_rate: float = 1e-4,
                 networks: Literal["keras_gan", "radford_2015", "residual", "fully_connected", "srivastava_2017"] = "keras_gan",
                 base_channels: int = 32, full_size_features: bool = True, discriminator_norm: Literal["batch", "spectral", "none"] = "batch",
                 dropout: float = 0.25, augment: bool = False, **arguments):
        self.base_channels, self.full_size_features = base_channels, full_size_features
        self.discriminator_norm, self.augment = discriminator_norm, augment
        super().__init__(img_shape=img_shape, latent_dim=latent_dim, learning_rate=learning_rate, networks=networks, dropout=dropout, **arguments)

    def generator_layers(self, input_width):
        """The generator from its first layer on: vectors (batch, input_width) -> pictures (batch, *img_shape) in [-1, 1]."""
        if not self.convolutional:
            return super().generator_layers(input_width)
        height, width, channels = self.img_shape
        h, w, c = -(-height // 16), -(-width // 16), self.base_channels     # rounded up: four doublings cover the picture
        body = {"keras_gan": self.upsampling_layers, "radford_2015": self.transposed_layers, "residual": self.residual_layers}[self.networks]

        layers = [Input((input_width,)), *body(h, w, c), Activation("tanh")]                # (128, 160, 3)
        if (16 * h, 16 * w) != (height, width):
            layers.append(Cropping2D(((0, 16 * h - height), (0, 16 * w - width))))
        return Sequential(layers)

    def upsampling_layers(self, h, w, c):
        """A list of the layers of Keras-GAN's generator up to its tanh: each doubling repeats the pixels, and mixes them by a convolution of 3x3."""
        layers = [Dense(h * w * 16 * c, activation="relu"),
                  Reshape((h, w, 16 * c))]                                  # (8, 10, 512) for 128x160
        for filters in (8 * c, 4 * c, 2 * c, c) if self.full_size_features else (8 * c, 4 * c, 2 * c):
            layers += [UpSamplingConv2D(filters),                           # (16, 20, 256) ... (128, 160, 32)
                       BatchNormalization(momentum=0.8),
                       Activation("relu")]
        return [*layers, PictureConv2D(self.img_shape[2]) if self.full_size_features else UpSamplingConv2D(self.img_shape[2])]

    def transposed_layers(self, h, w, c):
        """A list of the layers of the paper's generator up to its tanh: z is projected and reshaped, then only transposed convolutions,
        BatchNormalization in all but the last."""
        layers = [Dense(h * w * 8 * c, use_bias=False, kernel_initializer=RandomNormal(0.0, 0.02)),
                  Reshape((h, w, 8 * c))]                                   # (8, 10, 256) for 128x160
        for filters in (4 * c, 2 * c, c, self.img_shape[2]):
            layers += [BatchNormalization(momentum=0.9, gamma_initializer=RandomNormal(1.0, 0.02)),
                       Activation("relu"),
                       Conv2DTranspose(filters, 5, strides=2, padding="same",         # (16, 20, 128) ... (128, 160, 3)
                                       kernel_initializer=RandomNormal(0.0, 0.02))]
        return layers

    def residual_layers(self, h, w, c):
        """A list of the layers of the residual generator up to its tanh."""
        layers = [Dense(h * w * 16 * c),
                  Reshape((h, w, 16 * c))]                                  # (8, 10, 512) for 128x160
        shape = (h, w, 16 * c)
        for filters in (8 * c, 4 * c, 2 * c, c) if self.full_size_features else (8 * c, 4 * c, 2 * c):
            layers.append(up_block(shape, filters))                         # (16, 20, 256) ... (128, 160, 32)
            shape = layers[-1].output_shape[1:]
        return [*layers, BatchNormalization(momentum=0.8), Activation("relu"),
                PictureConv2D(self.img_shape[2]) if self.full_size_features else UpSamplingConv2D(self.img_shape[2])]

    def discriminator_layers(self, input_shape):
        """The discriminator up to its last layer: pictures (batch, *input_shape) in [-1, 1] -> features (batch, width)."""
        if not self.convolutional:
            return super().discriminator_layers(input_shape)
        c = self.base_channels

        layers = [Input(input_shape)]
        if self.augment:
            layers.append(DiffAugment())
        if self.networks == "residual":
            normalised, shape = self.discriminator_norm == "batch", input_shape
            for i, filters in enumerate((c, 2 * c, 4 * c, 8 * c, 16 * c)):  # (64, 80, 32) ... (4, 5, 512) for 128x160
                layers.append(down_block(shape, filters, self.convolution, normalised, of_pictures=i == 0))
                shape = layers[-1].output_shape[1:]
            layers += [LeakyReLU(negative_slope=0.2), Dropout(self.dropout)]
        elif self.networks == "radford_2015":
            for i, filters in enumerate((c, 2 * c, 4 * c, 8 * c)):          # (64, 80, 32) ... (8, 10, 256) for 128x160
                layers.append(self.convolution(filters, 5, strides=2, padding="same", kernel_initializer=RandomNormal(0.0, 0.02)))
                if i > 0 and self.discriminator_norm == "batch":
                    layers.append(BatchNormalization(momentum=0.9, gamma_initializer=RandomNormal(1.0, 0.02)))
                layers += [LeakyReLU(negative_slope=0.2), Dropout(self.dropout)]
        else:
            for i, filters in enumerate((c, 2 * c, 4 * c, 8 * c, 16 * c)):
                layers.append(self.convolution(filters, 3, strides=2, padding="same"))      # (64, 80, 32) ... (5, 6, 512) for 128x160
                if i == 1:
                    layers.append(ZeroPadding2D(((0, 1), (0, 1))))          # (33, 41, 64)
                if i > 0 and self.discriminator_norm == "batch":
                    layers.append(BatchNormalization(momentum=0.8))
                layers += [LeakyReLU(negative_slope=0.2), Dropout(self.dropout)]
        return Sequential([*layers, Flatten()])                             # (15360,) for 128x160

    def convolution(self, *arguments, **more):
        """A `Conv2D` of the discriminator, with spectral normalisation if `discriminator_norm` says so."""
        layer = Conv2D(*arguments, **more)
        return SpectralNormalization(layer) if self.discriminator_norm == "spectral" else layer

    @property
    def convolutional(self):
        """Whether the networks are convolutional, so that they make pictures alone."""
        return self.networks not in ("fully_connected", "srivastava_2017")

    @property
    def knows_vectors(self):
        """Whether samples may be vectors."""
        return not self.convolutional

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense, or for pictures that these networks can't make."""
        super().check_arguments()
        if self.convolutional:
            height, width, channels = self.img_shape
            side = self.smallest_side
            if min(height, width) < side:
                raise ValueError(f"img_shape must be at least {side}x{side}: the discriminator halves a picture five times. Received: img_shape="
                                 f"{self.img_shape}. The nearest that can be made: {(max(side, height), max(side, width), channels)}")
            if self.penalises_slope:
                self.require(self.discriminator_norm != "batch", "discriminator_norm", "'spectral' or 'none' where each picture's own gradient is "
                             "penalised: in a batch that is normalised, what D says of a picture depends on the others")
        else:
            self.require(not self.augment, "augment", "False for networks that are not convolutional")
            self.require(self.discriminator_norm != "spectral", "discriminator_norm", "'none' for networks that are not convolutional: they have no "
                         "spectral norms. (A recipe's norm is for convolutional ones: pass 'none' with it)")
        self.require(is_whole(self.base_channels, 1), "base_channels", "a whole number of at least 1")
        self.base_channels = int(self.base_channels)


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(DCGAN)
