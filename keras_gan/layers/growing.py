"""Layers of networks that begin with small pictures and grow.

Tero Karras, Timo Aila, Samuli Laine, Jaakko Lehtinen, 2017, "Progressive growing of
GANs for improved quality, stability, and variation", arXiv:1710.10196.
"""
import keras
from keras import ops


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

    def __init__(self, sizes, **kwargs):
        super().__init__(**kwargs)
        self.sizes = [tuple(size) for size in sizes]
        self.level = len(sizes) - 1
        self.alpha = self.add_weight(name="alpha", shape=(), initializer="ones", trainable=False)

    def of_level(self, level):
        """The layers that work only from this level on, a list."""
        raise NotImplementedError

    def grow(self, level):
        """Work up to this level: an int."""
        self.level = level
        for i in range(len(self.sizes)):
            for layer in self.of_level(i):
                layer.trainable = i <= level

    def get_config(self):
        return {**super().get_config(), "sizes": self.sizes}


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


def halved(pictures, times=1):
    """Pictures (batch, height, width, channels), their sides halved by averages."""
    for _ in range(times):
        pictures = ops.average_pool(pictures, 2, 2, "same", data_format="channels_last")
    return pictures


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
