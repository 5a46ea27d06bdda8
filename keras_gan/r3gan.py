"""R3GAN, a modern baseline.

Nick Huang, Aaron Gokaslan, Volodymyr Kuleshov, James Tompkin, 2024. arXiv:2501.05441

Where the loss itself comes to rest, the tricks that used to hold a GAN together aren't
needed any more. It is the loss of pairs (`rgan.py`) with R1 and R2: D pays for its
slope at real and at generated pictures.

    min_D E[softplus(-(D(x) - D(G(z))))] + γ/2 E‖∇D(x)‖² + γ/2 E‖∇D(G(z))‖²
    min_G E[softplus(-(D(G(z)) - D(x)))]

So the networks may be modern ones (section 4): residual blocks at every size, without
any normalisation. At the start each block lets its input pass as it is.
"""
import math
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import keras
from keras import Input, Model, Sequential
from keras.initializers import RandomNormal, VarianceScaling
from keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    Conv2D,
    Cropping2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    Layer,
    LeakyReLU,
    UpSampling2D,
)

from keras_gan import recipes
from keras_gan.base import options
from keras_gan.layers import DiffAugment
from keras_gan.rgan import RGAN


@options
class R3GAN(RGAN):
    """The relativistic GAN with R1 and R2, and residual networks without normalisation.

    Three things are other than in the paper. The convolutions of 3x3 have a channel a
    group, where the paper's have 16: on a CPU TensorFlow 2.21 takes 40 to 100 times as
    long for the gradient of a grouped convolution as for that of an ordinary one. There
    is one block a size, where the paper has two. And the generator ends in tanh.

    Recipe: `"laptop"`, for minutes on two cores (`keras_gan/recipes.py` says why).
    """

    betas: tuple[float, float] = (0.0, 0.99)
    """β1 and β2 of Adam (arXiv:1412.6980). The paper's first one is 0: without
    memory."""
    r1_gamma: float = 1.0
    """Weight γ of R1, a penalty on the discriminator's gradient at real samples (see
    keras_gan/layers/penalties.py). The paper has .05 for pictures of 32x32, and up to
    150 for larger ones."""
    r2_gamma: float = 1.0
    """The same for R2, at generated samples, in the same turns."""
    fakes_in_training_mode: bool = True
    ema_momentum: float = 0.999
    base_channels: int = 16
    """Channels at the picture's end. They double with every halving, up to 16 times."""
    networks: ClassVar = "keras_gan"
    discriminator_norm: ClassVar = "none"
    full_size_features: ClassVar = True
    dropout: ClassVar = 0.0
    standardize: ClassVar = False
    grow_at: ClassVar = ()

    recipes = {"laptop": recipes.R3GAN_LAPTOP}
    own_networks, sample_axes, convolutional = "keras_gan", (3,), True

    @property
    def sizes(self):
        """(height, width, channels) of the feature maps, from the picture's size on.

        Each is half of the one before, rounded up. The last one's shorter side is 4 to
        7.
        """
        height, width, _ = self.img_shape
        halvings = int(math.log2(min(height, width) / 4))
        return [(-(-height // 2 ** i), -(-width // 2 ** i), self.base_channels * min(2 ** i, 16))
                for i in range(halvings + 1)]

    def generator_layers(self, input_width):
        """Vectors (batch, input_width) -> pictures (batch, *img_shape) in [-1, 1]."""
        height, width, channels = self.img_shape
        *larger, (h, w, c) = self.sizes

        layers = [Input((input_width,)), Basis((h, w, c)), self.block(h, w, c)]
        for *_, c in reversed(larger):
            h, w = 2 * h, 2 * w
            layers += [
                Conv2D(c, 1, use_bias=False, kernel_initializer=normal()),
                UpSampling2D(2, interpolation="bilinear"),
                self.block(h, w, c),                   # (8, 10, 256) ... (128, 160, 16)
            ]
        layers += [Conv2D(channels, 1, kernel_initializer=normal()), Activation("tanh")]
        if (h, w) != (height, width):
            layers.append(Cropping2D(((0, h - height), (0, w - width))))
        return Sequential(layers)

    def discriminator_layers(self, input_shape):
        """Pictures (batch, *input_shape) -> features (batch, width): the same way
        back."""
        layers = [Input(input_shape), *([DiffAugment()] if self.augment else []),
                  Conv2D(self.base_channels, 1, kernel_initializer=normal()),
                  self.block(*self.sizes[0])]          # (128, 160, 16)
        for h, w, c in self.sizes[1:]:
            layers += [
                AveragePooling2D(2, padding="same"),   # bilinear: midway between four pixels
                Conv2D(c, 1, use_bias=False, kernel_initializer=normal()),
                self.block(h, w, c),                   # (64, 80, 32) ... (4, 5, 256)
            ]
        # The basis, mirrored: each channel times learned numbers, added up
        layers += [DepthwiseConv2D((h, w), use_bias=False,
                                   depthwise_initializer=RandomNormal(0, (h * w) ** -0.5)),
                   Flatten()]                                          # (256,)
        return Sequential(layers)

    def block(self, height, width, channels):
        """A model (batch, height, width, channels) -> the same shape: x + what is
        learned.

        1x1 to twice the channels, 3x3 in each of them, 1x1 back.
        """
        # Fixup (Hongyi Zhang et al., 2019, arXiv:1901.09321): of three layers in one of
        # L blocks the last begins at 0, the others are smaller by L to the power of 1/4
        gain = math.sqrt(2 / (1 + 0.2 ** 2)) * len(self.sizes) ** -0.25

        x = Input((height, width, channels))
        y = Conv2D(2 * channels, 1, kernel_initializer=normal(gain))(x)
        y = LeakyReLU(negative_slope=0.2)(y)
        y = DepthwiseConv2D(3, padding="same", depthwise_initializer=RandomNormal(0, gain / 3))(y)
        y = LeakyReLU(negative_slope=0.2)(y)
        y = Conv2D(channels, 1, use_bias=False, kernel_initializer="zeros")(y)
        return Model(x, Add()([x, y]))


def normal(gain=1.0):
    """Weights ~ N(0, gain² / inputs)."""
    return VarianceScaling(gain ** 2, "fan_in", "untruncated_normal")


@keras.saving.register_keras_serializable("keras_gan")
class Basis(Layer):
    """The generator's first feature maps: learned ones, each times a number made of z.

    Input: (batch, latent_dim). Output: (batch, *shape).

    Args:
        shape: (height, width, channels).
    """

    def __init__(self, shape, **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)
        self.basis = self.add_weight(name="basis", shape=self.shape,
                                     initializer=RandomNormal(0, 1))
        self.factors = Dense(self.shape[-1], use_bias=False, kernel_initializer=normal())

    def build(self, input_shape):
        self.factors.build(input_shape)

    def call(self, inputs):
        return self.basis * self.factors(inputs)[:, None, None]

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.shape)

    def get_config(self):
        return {**super().get_config(), "shape": self.shape}


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(R3GAN)
