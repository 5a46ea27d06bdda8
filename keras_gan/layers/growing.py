"""Layers of networks that begin with small pictures and grow.

Tero Karras, Timo Aila, Samuli Laine, Jaakko Lehtinen, 2017, "Progressive growing of
GANs for improved quality, stability, and variation", arXiv:1710.10196.
"""
import math

import keras
from keras import ops

from keras_gan.layers.pyramid import halved


class GrowingNetwork(keras.layers.Layer):
    """Base of a network, one layer to Keras, that works up to a size of pictures.

    It has the weights of all sizes from the start. What is above its `level` isn't
    computed, and isn't trained.

    Args:
        sizes: list of (height, width): of the pictures of each level, from the smallest
            to the whole ones.

    Attributes:
        level: int, the size that it works at: the number in `sizes`.
        alpha: weight (), 0 to 1: how much of the newest level counts.
    """

    def __init__(self, sizes, level=-1, **kwargs):
        super().__init__(**kwargs)
        self.sizes = [tuple(size) for size in sizes]
        self.level = level % len(sizes)
        self.alpha = self.add_weight(name="alpha", shape=(), initializer="ones", trainable=False)

    def build(self, input_shape):
        """Build the layers of all sizes, also those that work at one size alone."""
        now = self.level
        for self.level in range(len(self.sizes)):          # noqa: B020
            pictures = (None, *self.sizes[self.level], input_shape[-1])
            self.call(keras.KerasTensor(input_shape if len(input_shape) == 2 else pictures))
        self.level = now

    def of_level(self, level):
        """The layers that work from this level on, a list."""
        return []

    def of_level_alone(self, level):
        """The layers that work at this level, and while the next one is blended in."""
        return []

    def grow(self, level, alpha):
        """Work up to this level, an int, of which `alpha`, a float, counts.

        Returns whether it is another level than before: bool.
        """
        before, self.level = self.level, level
        self.alpha.assign(alpha)
        for i in range(len(self.sizes)):
            flags = {True: self.of_level(i), False: self.of_level_alone(i)}
            for stays, layers in flags.items():
                at_work = i <= level and (stays or i == level or (i == level - 1 and alpha < 1))
                for layer in layers:
                    if layer.trainable != at_work:
                        layer.trainable = at_work
        return level != before

    def at_size(self, pictures):
        """Pictures (batch, height, width, channels) halved to the size of the level."""
        while pictures.shape[1] > self.sizes[self.level][0]:
            pictures = halved(pictures)
        return pictures

    def get_config(self):
        return {**super().get_config(), "sizes": self.sizes, "level": self.level}


def halvings(height, width, smallest):
    """Sizes of pictures, each twice as large as the one before: list of (height,
    width).

    The smaller side of the first one is at most `smallest`. Halves are rounded up.
    """
    sizes = [(height, width)]
    while min(sizes[0]) > smallest:
        height, width = sizes[0]
        sizes.insert(0, (-(-height // 2), -(-width // 2)))
    return sizes


@keras.saving.register_keras_serializable("keras_gan")
class PixelNormalization(keras.layers.Layer):
    """x / √(mean of x² over the channels): section 4.2.

    Input and output: (batch, ..., channels). The strength of signals in the generator
    can't run away, and no picture sees the others of its batch.
    """

    def call(self, inputs):
        mean = ops.mean(ops.square(inputs), axis=-1, keepdims=True)
        return inputs * ops.rsqrt(mean + 1e-6)

    def compute_output_shape(self, input_shape):
        return input_shape


@keras.saving.register_keras_serializable("keras_gan")
class Modulation(keras.layers.Layer):
    """Pixel normalization, then a scale and an offset of each channel that w decides.

    Tero Karras, Samuli Laine, Timo Aila, 2018, "A style-based generator architecture
    for generative adversarial networks", arXiv:1812.04948, equation 8, which normalises
    over the picture instead.

    Input: [features (batch, height, width, channels), w (batch, width)]. Output: as the
    features.
    """

    def build(self, input_shapes):
        self.normalization = PixelNormalization()
        channels, width = input_shapes[0][-1], input_shapes[1][-1]
        self.dense = keras.layers.Dense(2 * channels, kernel_initializer=normal(0.3))
        self.dense.build((None, width))

    def call(self, inputs):
        features, w = inputs
        scale, offset = ops.split(self.dense(w)[:, None, None], 2, axis=-1)
        return self.normalization(features) * (1 + scale) + offset

    def compute_output_shape(self, input_shapes):
        return input_shapes[0]


def normal(gain=1.4):
    """Initial weights from N(0, gain² / number of inputs): 1.4 keeps the strength of a
    signal that goes through LeakyReLU."""
    return keras.initializers.VarianceScaling(gain ** 2, "fan_in", "untruncated_normal")


@keras.saving.register_keras_serializable("keras_gan")
class Equalized(keras.layers.Wrapper):
    """A layer with an equalised learning rate: section 4.1.

    Its weights begin as N(0, 1), and its input is multiplied by gain / √(number of
    inputs), which is the same as weights of that size. So Adam, whose steps are of one
    length, moves all layers at one pace.

    Args:
        layer: `Dense`, `Conv2D` or `UpSamplingConv2D`, without activation.
        gain: √2 in front of a LeakyReLU.
    """

    def __init__(self, layer, gain=2 ** 0.5, **kwargs):
        layer.kernel_initializer = keras.initializers.RandomNormal(stddev=1.0)
        super().__init__(layer, **kwargs)
        self.gain = gain

    def build(self, input_shape):
        super().build(input_shape)
        self.factor = self.gain / math.prod(self.layer.kernel.shape[:-1]) ** 0.5

    def call(self, inputs):
        return self.layer(inputs * self.factor)

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def get_config(self):
        return {**super().get_config(), "gain": self.gain}


@keras.saving.register_keras_serializable("keras_gan")
class MinibatchDeviation(keras.layers.Layer):
    """How different the samples of a batch are, as one more channel: section 3.

    The standard deviation over the batch, of each number, then the mean of them. D sees
    in it when G makes pictures that are all alike. What D says about a picture then
    depends on the others of its batch.

    Input: (batch, height, width, channels). Output: one channel more.
    """

    def call(self, inputs):
        deviation = ops.sqrt(ops.var(inputs, axis=0, keepdims=True) + 1e-8)
        # An axis is kept: the second derivative of a mean over all makes TensorFlow
        # write a line about int32 on some processors
        deviation = ops.mean(deviation, axis=(1, 2, 3), keepdims=True)   # (1, 1, 1, 1)
        return ops.concatenate([inputs, ops.ones_like(inputs[..., :1]) * deviation], axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)
