"""Small networks that draw a picture from its coarse shape to its details.

Nobody's paper: parts of several. From Karras 2017 (arXiv:1710.10196): networks that
begin with small pictures, pixel normalization, and the deviation of a minibatch, with
which each class comes out about as often as it should. From Karras 2018
(arXiv:1812.04948): z scales and moves the channels of every level. From Karras 2019
(arXiv:1912.04958): the picture is a sum of enlarged pictures, one a level, and nothing
in D is normalised. Each level of D also sees the picture in its own size (Karnewar,
Wang, 2019, arXiv:1903.06048), so a new level only adds to what D knows.
"""
import keras
from keras import Input, Sequential
from keras.layers import Conv2D, Dense, Flatten, LeakyReLU, Reshape, UpSampling2D

from keras_gan.layers.augmentation import DiffAugment
from keras_gan.layers.growing import (
    GrowingNetwork,
    MinibatchDeviation,
    Modulation,
    PixelNormalization,
    halvings,
    normal,
)
from keras_gan.layers.pyramid import halved
from keras_gan.layers.upsampling import UpSamplingConv2D

sample_axes, convolutional, grows_from = (3,), True, 16


def generator_layers(game, input_width):
    """Vectors (batch, input_width) -> pictures (batch, *img_shape), hardly ever outside
    of [-1, 1]."""
    *sides, channels = game.img_shape
    sizes = halvings(*sides, grows_from)
    return Sequential([Input((input_width,)),
                       CoarseToFineGenerator(sizes, channels, game.base_channels)])


def discriminator_layers(game, input_shape):
    """Pictures (batch, *input_shape) -> features (batch, 64)."""
    layers, sizes = [Input(input_shape)], halvings(*input_shape[:2], grows_from)
    if game.augment:
        layers.append(DiffAugment())
    return Sequential([
        *layers,
        FineToCoarseDiscriminator(sizes, game.base_channels),          # (8, 10, 64)
        MinibatchDeviation(),                                          # (8, 10, 65)
        Conv2D(12 * game.base_channels, 4, strides=2, padding="same",              # (4, 5, 96)
               kernel_initializer=normal()),
        LeakyReLU(negative_slope=0.2),
        Flatten(),                                                     # (1920,)
        Dense(8 * game.base_channels, kernel_initializer=normal()),                # (64,)
        LeakyReLU(negative_slope=0.2),
    ])


def channels_of(sizes, base):
    """Channels of the features in half of each size: 64, 48, 32, 16 of 8x10 to 64x80,
    for `base` 8."""
    return [base * n for n in (8, 6, 4, 2)[:len(sizes)] + (2,) * (len(sizes) - 4)]


def cut(x, height, width):
    """The upper left part of x (batch, rows, columns, channels), of this size.

    Sides that are no multiple of a power of two were rounded up. Where nothing is cut
    off, nothing is to be computed, and nothing for its gradient.
    """
    return x if x.shape[1:3] == (height, width) else x[:, :height, :width]


@keras.saving.register_keras_serializable("keras_gan")
class CoarseToFineGenerator(GrowingNetwork):
    """Vectors z (batch, width) -> pictures (batch, height, width, channels) of its
    level.

    Args:
        sizes: as for `GrowingNetwork`.
        channels: of the pictures.
        base: int, an eighth of the channels of the first features.
    """

    def __init__(self, sizes, channels, base, **kwargs):
        super().__init__(sizes, **kwargs)
        self.channels, self.base = channels, base
        (h, w), first, *features = self.half_of_first, *channels_of(sizes, base)
        self.normalization = PixelNormalization()
        self.activation = LeakyReLU(negative_slope=0.2)
        self.double = UpSampling2D(2, interpolation="bilinear")
        self.mapping = [Dense(64, kernel_initializer=normal()) for _ in range(2)]
        self.dense = Dense(h * w * first, kernel_initializer=normal())
        self.reshape = Reshape((h, w, first))
        self.convolutions = [Conv2D(first, 3, padding="same", kernel_initializer=normal()),
                             *(UpSamplingConv2D(n, kernel_initializer=normal()) for n in features)]
        self.modulations = [Modulation() for _ in self.convolutions]
        self.to_picture = [Conv2D(channels, 1, kernel_initializer=normal(0.3))
                           for _ in self.convolutions]
        # There are no features in full size: they would cost more than all the others
        self.last = UpSamplingConv2D(channels, normal(0.1), interpolation="bilinear")

    @property
    def half_of_first(self):
        """The size of the first features: (height, width)."""
        return tuple(-(-side // 2) for side in self.sizes[0])

    def of_level(self, level):
        if level == len(self.sizes) - 1:
            return [self.last]
        parts = (self.convolutions, self.modulations, self.to_picture)
        return [layers[level + 1] for layers in parts]

    def call(self, z):
        z = self.normalization(z)
        w = z                                                          # (batch, 64)
        for dense in self.mapping:
            w = self.activation(dense(w))
        h = self.activation(self.reshape(self.dense(z)))               # (batch, 8, 10, 64)
        h = self.activation(self.modulations[0]([self.convolutions[0](h), w]))
        picture = self.to_picture[0](h)                                # (batch, 8, 10, 3)

        for level, (height, width) in enumerate(self.sizes[:self.level + 1], 1):
            picture = cut(self.double(picture), height, width)         # (batch, 16, 20, 3) ...
            alpha = self.alpha if level == self.level + 1 else 1
            if level == len(self.sizes):
                return picture + cut(self.last(h), height, width) * alpha   # ... (128, 160, 3)
            h = cut(self.convolutions[level](h), height, width)        # (batch, 16, 20, 48) ...
            h = self.activation(self.modulations[level]([h, w]))       # ... (batch, 64, 80, 16)
            picture = picture + self.to_picture[level](h) * alpha
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
        features = channels_of(sizes, base)

        def halving(n, gain, bias):
            return Conv2D(n, 4, strides=2, padding="same", use_bias=bias,
                          kernel_initializer=normal(gain))
        self.of_picture = [halving(n, 1.4, True) for n in features]
        # What a new level says comes to levels that have learned without it
        self.of_features = [halving(n, 0.7, False) for n in features[:-1]]
        self.activation = LeakyReLU(negative_slope=0.2)

    def of_level(self, level):
        return [self.of_picture[level], *([self.of_features[level - 1]] if level else [])]

    def call(self, pictures):
        h, pictures = None, self.at_size(pictures)
        for level in range(self.level, -1, -1):                        # from fine to coarse
            seen = self.of_picture[level](pictures)
            if h is not None:
                alpha = self.alpha if level == self.level - 1 else 1
                seen = seen + self.of_features[level](h) * alpha
            h = self.activation(seen)                                  # (batch, 64, 80, 16) ...
            pictures = halved(pictures)
        return h                                                       # ... (batch, 8, 10, 64)

    def compute_output_shape(self, input_shape):
        height, width = self.sizes[0]
        return (input_shape[0], -(-height // 2), -(-width // 2), 8 * self.base)

    def get_config(self):
        return {**super().get_config(), "base": self.base}

