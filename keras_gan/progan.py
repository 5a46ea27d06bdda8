"""Progressive growing of GANs for improved quality, stability, and variation.

Tero Karras, Timo Aila, Samuli Laine, Jaakko Lehtinen, 2017. arXiv:1710.10196

Training begins with small pictures, and adds layers for larger ones while it goes on.
So the networks first learn what a picture is as a whole, and then, size by size, its
details. A new layer is blended in: its share α of the picture grows from 0 to 1 (figure
2). The loss is that of `wgan_gp.py`, and a small one that keeps the critic near 0:

    L(D) = L_WGAN-GP(D) + ε E_x[D(x)²],    ε = .001                       (appendix A.1)
"""
import itertools
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import keras
from keras import Input, Model, Sequential, ops
from keras.layers import Add, Conv2D, Dense, Flatten, LeakyReLU, Reshape, Subtract, UpSampling2D

from keras_gan.base import options
from keras_gan.layers import UpSamplingConv2D
from keras_gan.layers.growing import (
    Equalized,
    GrowingNetwork,
    MinibatchDeviation,
    PixelNormalization,
    halvings,
)
from keras_gan.layers.penalties import GradientPenalty
from keras_gan.layers.pyramid import halved
from keras_gan.wgan_gp import WGANGP


@options
class ProGAN(WGANGP):
    """The progressive GAN: both networks grow with the pictures."""

    img_shape: tuple[int, ...] = (128, 160, 3)
    """(height, width, channels). Training begins with pictures whose shorter side has
    at most 4 pixels."""
    latent_dim: int = 128
    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.0, 0.99)
    k: int = 1
    ema_momentum: float = 0.999
    base_channels: int = 16
    """Channels in full size. They double with every halving, up to 8 times as many."""
    turns_at_size: int = 1000
    """Turns with pictures of one size, before they double. In the first half of them
    the new layers are blended in."""
    networks: ClassVar = "progan"
    grow_at: ClassVar = ()                    # these two follow from turns_at_size
    fade: ClassVar = 0
    discriminator_norm: ClassVar = "none"
    dropout: ClassVar = 0.0
    augment: ClassVar = False
    full_size_features: ClassVar = True
    recipes: ClassVar = {}

    own_networks, sample_axes, convolutional, grows_from = "progan", (3,), True, 4

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require_whole("turns_at_size", 1)
        self.grow_at = tuple(self.turns_at_size * i for i in range(1, len(self.sizes)))
        self.fade = self.turns_at_size // 2

    @property
    def sizes(self):
        """The sizes of the pictures, a list of (height, width): 4x5 ... 128x160."""
        return halvings(*self.img_shape[:2], self.grows_from)

    def generator_layers(self, input_width):
        return Sequential([Input((input_width,)), Generator(
            self.sizes, self.img_shape[-1], self.base_channels)])

    def discriminator_layers(self, input_shape):
        return Sequential([Input(input_shape), Discriminator(self.sizes, self.base_channels)])

    def build_distance(self):
        """As in WGANGP; with the penalty comes ε D(x)²."""
        real_img, gen_img, alpha = Input(self.img_shape), Input(self.img_shape), Input((1,))
        of_real = self.critic(real_img)
        difference = Subtract(name="W1")([of_real, self.critic(gen_img)])
        penalty = GradientPenalty(self.critic, self.penalty)([real_img, gen_img, alpha])
        penalty = Add(name="penalty")([penalty, 0.001 * ops.square(of_real)])
        return Model([real_img, gen_img, alpha], [difference, penalty], name="distance")


def convolution(filters, size=3, gain=2 ** 0.5, layer=Conv2D):
    """A convolution with an equalised learning rate."""
    how = {"kernel_size": size, "padding": "same"} if layer is Conv2D else {}
    return Equalized(layer(filters, **how), gain)


def channels_of(sizes, base):
    """Channels of the features of each size: 128, 128, 128, 64, 32, 16 of 4x5 ...
    128x160."""
    return [base * min(8, 2 ** i) for i in range(len(sizes))][::-1]


@keras.saving.register_keras_serializable("keras_gan")
class Generator(GrowingNetwork):
    """Noise (batch, latent_dim) -> pictures (batch, *size, channels)."""

    def __init__(self, sizes, channels, base, **kwargs):
        super().__init__(sizes, **kwargs)
        self.channels, self.base = channels, base
        (h, w), features = self.sizes[0], channels_of(sizes, base)
        activate = [LeakyReLU(negative_slope=0.2), PixelNormalization()]
        self.blocks = [Sequential([
            PixelNormalization(), Equalized(Dense(h * w * features[0]), 2 ** 0.5 / 4),
            Reshape((h, w, features[0])), *activate,
            convolution(features[0]), *activate])]                     # (batch, 4, 5, 128)
        self.blocks += [Sequential([
            convolution(n, layer=UpSamplingConv2D), *activate,
            convolution(n), *activate]) for n in features[1:]]         # ... (batch, 128, 160, 16)
        self.to_picture = [convolution(channels, 1, 1.0) for _ in sizes]
        self.double = UpSampling2D()

    def of_level(self, level):
        return [self.blocks[level]]

    def of_level_alone(self, level):
        return [self.to_picture[level]]

    def call(self, z):
        h = self.blocks[0](z)
        for block, (height, width) in zip(self.blocks[1:self.level + 1], self.sizes[1:]):
            coarse, h = h, block(h)[:, :height, :width]
        picture = self.to_picture[self.level](h)
        if not self.level:
            return picture
        before = self.double(self.to_picture[self.level - 1](coarse))[:, :height, :width]
        return before + (picture - before) * self.alpha                # figure 2(b)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.sizes[self.level], self.channels)

    def get_config(self):
        return {**super().get_config(), "channels": self.channels, "base": self.base}


@keras.saving.register_keras_serializable("keras_gan")
class Discriminator(GrowingNetwork):
    """Pictures (batch, *size, channels) -> features (batch, width)."""

    def __init__(self, sizes, base, **kwargs):
        super().__init__(sizes, **kwargs)
        self.base = base
        features = channels_of(sizes, base)
        activate = LeakyReLU(negative_slope=0.2)
        self.of_picture = [Sequential([convolution(n, 1), activate]) for n in features]
        self.blocks = [Sequential([                                    # (batch, 4, 5, 128)
            MinibatchDeviation(), convolution(features[0]), activate,
            Flatten(), Equalized(Dense(features[0])), activate])]
        self.blocks += [Sequential([convolution(m), activate, convolution(n), activate])
                        for n, m in itertools.pairwise(features)]

    def of_level(self, level):
        return [self.blocks[level]]

    def of_level_alone(self, level):
        return [self.of_picture[level]]

    def call(self, pictures):
        pictures = self.at_size(pictures)
        h = self.of_picture[self.level](pictures)                      # (batch, 128, 160, 16)
        for level in range(self.level, 0, -1):
            h = halved(self.blocks[level](h))                          # (batch, 64, 80, 32) ...
            if level == self.level:
                before = self.of_picture[level - 1](halved(pictures))
                h = before + (h - before) * self.alpha
        return self.blocks[0](h)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], channels_of(self.sizes, self.base)[0])

    def get_config(self):
        return {**super().get_config(), "base": self.base}


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(ProGAN)
