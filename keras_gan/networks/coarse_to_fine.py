"""Small networks that draw a picture from its coarse shape to its details.

Nobody's paper: parts of several, chosen by measurement (`benchmarks/README.md`, "Coarse
to fine"). From Karras 2017 (arXiv:1710.10196): networks that begin with small pictures,
and pixel normalization. From Karras 2018 (arXiv:1812.04948): z scales and moves the
channels of every level. From Karras 2019 (arXiv:1912.04958): the picture is a sum of
enlarged pictures, one a level, and nothing in D is normalised; and since each level of
D also sees the picture in its own size (Karnewar, Wang, 2019, arXiv:1903.06048), a new
level only adds to what D knows.
"""
import keras
from keras import Input, Sequential, ops
from keras.layers import Conv2D, Dense, Flatten, LeakyReLU, Reshape, UpSampling2D

from keras_gan.layers.augmentation import DiffAugment
from keras_gan.layers.growing import (
    GrowingNetwork,
    Modulation,
    PixelNormalization,
    halved,
    halvings,
    normal,
)
from keras_gan.layers.upsampling import UpSamplingConv2D

sample_axes, convolutional, grows = (3,), True, True


def generator_layers(game, input_width):
    """Vectors (batch, input_width) -> pictures (batch, *img_shape), hardly ever outside
    of [-1, 1]."""
    *sides, channels = game.img_shape
    return Sequential([Input((input_width,)),
                       CoarseToFineGenerator(halvings(*sides), channels, game.base_channels)])


def discriminator_layers(game, input_shape):
    """Pictures (batch, *input_shape) -> features (batch, 64)."""
    layers = [Input(input_shape)]
    if game.augment:
        layers.append(DiffAugment())
    return Sequential([
        *layers,
        FineToCoarseDiscriminator(halvings(*input_shape[:2]), game.base_channels),  # (8, 10, 64)
        Conv2D(12 * game.base_channels, 4, strides=2, padding="same",              # (4, 5, 96)
               kernel_initializer=normal()),
        LeakyReLU(negative_slope=0.2),
        Flatten(),                                                     # (1920,)
        Dense(8 * game.base_channels, kernel_initializer=normal()),                # (64,)
        LeakyReLU(negative_slope=0.2),
    ])


def channels_of(sizes, base):
    """Channels of the features of each level: 64, 48, 32, 16, 8 of 8x10 to 128x160, for
    `base` 8."""
    return [base * n for n in (8, 6, 4, 2, 1)[:len(sizes)] + (1,) * (len(sizes) - 5)]


@keras.saving.register_keras_serializable("keras_gan")
class CoarseToFineGenerator(GrowingNetwork):
    """Vectors z (batch, width) -> pictures (batch, height, width, channels) of its
    level.

    Args:
        sizes: as for `GrowingNetwork`.
        channels: of the pictures.
        base: channels of the features of the largest level but one are twice as many.
    """

    def __init__(self, sizes, channels, base, **kwargs):
        super().__init__(sizes, **kwargs)
        self.channels, self.base = channels, base
        (h, w), features = self.sizes[0], channels_of(sizes, base)
        self.normalization = PixelNormalization()
        self.mapping = [Dense(64, kernel_initializer=normal()) for _ in range(2)]
        self.first = [Dense(h * w * features[0], kernel_initializer=normal()),
                      Reshape((h, w, features[0]))]
        self.convolutions = [Conv2D(features[0], 3, padding="same", kernel_initializer=normal())]
        self.convolutions += [UpSamplingConv2D(n, kernel_initializer=normal())
                              for n in features[1:-1]]
        self.modulations = [Modulation() for _ in self.convolutions]
        self.to_picture = [Conv2D(channels, 1, kernel_initializer=normal(0.3))
                           for _ in self.convolutions]
        # There are no features in full size: they would cost more than all the others
        self.last = UpSamplingConv2D(channels, kernel_initializer=normal(0.1))
        self.double = UpSampling2D(2, interpolation="bilinear")
        self.activation = LeakyReLU(negative_slope=0.2)

    def of_level(self, level):
        if level == len(self.sizes) - 1:
            return [self.last]
        return [self.convolutions[level], self.modulations[level], self.to_picture[level]]

    def call(self, z):
        z = self.normalization(z)
        w = z                                                          # (batch, 64)
        for dense in self.mapping:
            w = self.activation(dense(w))
        h = z
        for layer in self.first:
            h = layer(h)                                               # (batch, 8, 10, 64)
        h, picture = self.activation(h), 0
        for level, (height, width) in enumerate(self.sizes[:self.level + 1]):
            if level:
                picture = self.double(picture)[:, :height, :width]
            if level == len(self.sizes) - 1:                           # (batch, 128, 160, 3)
                return picture + self.last(h)[:, :height, :width]
            h = self.convolutions[level](h)[:, :height, :width]        # (16, 20, 48) ...
            h = self.activation(self.modulations[level]([h, w]))       # ... (64, 80, 16)
            picture = picture + self.to_picture[level](h)
        return picture

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.sizes[self.level], self.channels)

    def get_config(self):
        return {**super().get_config(), "channels": self.channels, "base": self.base}


@keras.saving.register_keras_serializable("keras_gan")
class FineToCoarseDiscriminator(GrowingNetwork):
    """Pictures of its level (batch, height, width, channels) -> features (batch, 8, 10,
    channels).

    Args:
        sizes, base: as for `CoarseToFineGenerator`.
    """

    def __init__(self, sizes, base, **kwargs):
        super().__init__(sizes, **kwargs)
        self.base = base
        self.convolutions = [Halving(n) for n in channels_of(sizes, base)[:-1]]
        self.activation = LeakyReLU(negative_slope=0.2)

    def of_level(self, level):
        return self.convolutions[level - 1:level]

    def call(self, pictures):
        h = None
        for convolution in self.convolutions[:self.level][::-1]:       # from fine to coarse
            seen = [pictures] if h is None else [pictures, h]
            h = self.activation(convolution(seen))                     # (batch, 64, 80, 8) ...
            pictures = halved(pictures)
        return h                                                       # ... (batch, 8, 10, 64)

    def build(self, input_shape):
        inputs = *channels_of(self.sizes, self.base)[1:-1], 0
        for convolution, features in zip(self.convolutions, inputs):
            convolution.build([(None, None, None, n) for n in (input_shape[-1], features)])

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.sizes[0], self.convolutions[0].filters)

    def get_config(self):
        return {**super().get_config(), "base": self.base}


@keras.saving.register_keras_serializable("keras_gan")
class Halving(keras.layers.Layer):
    """A convolution of 4x4 and stride 2 over a picture and, unless it is the first one,
    the features of the level above.

    Input: [picture (batch, height, width, channels)], or with it features (batch,
    height, width, features). Output: (batch, height / 2, width / 2, filters).

    Args:
        filters: number of output channels.
    """

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, input_shapes):
        (*_, channels), (*_, features) = input_shapes
        self.of_picture = self.add_weight((4, 4, channels, self.filters), normal(), name="picture")
        # What the level above says comes to a network that has learned without it
        self.of_features = self.add_weight((4, 4, features, self.filters), normal(0.7),
                                           name="features") if features else None
        self.bias = self.add_weight((self.filters,), "zeros", name="bias")

    def call(self, inputs):
        kernel = self.of_picture
        if len(inputs) == 2:
            inputs = [ops.concatenate(inputs, axis=-1)]
            kernel = ops.concatenate([kernel, self.of_features], axis=2)
        return ops.conv(inputs[0], kernel, 2, "same", data_format="channels_last") + self.bias

    def compute_output_shape(self, input_shapes):
        batch, height, width, _ = input_shapes[0]
        return (batch, -(-height // 2), -(-width // 2), self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}
