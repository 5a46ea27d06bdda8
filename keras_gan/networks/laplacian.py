"""The networks of the levels of a Laplacian pyramid.

Emily Denton et al., 2015, arXiv:1506.05751, section 4. The coarsest level has two dense
layers in each player. The finer ones have few convolutions, of 5x5 or 7x7, whose input
is the low-pass, and in the generator noise as a colour more. There they work in the
picture's size. Here they work at half of the sides, a quarter of the time.
"""
import math

from keras import Sequential
from keras.layers import Concatenate, Conv2D, Cropping2D, Dense, Flatten, LeakyReLU, ReLU, Reshape

from keras_gan.layers import BatchNormalization, Dropout, UpSamplingConv2D


def made_small(noise, shape, units):
    """The layers that make a small picture out of noise.

    Args:
        noise: `keras.KerasTensor` (batch, n).
        shape: (height, width, channels) of the picture.
        units: int, of the dense layers.

    Returns:
        `keras.KerasTensor` (batch, *shape), in [-1, 1].
    """
    return Sequential([
        Dense(units, activation="relu"),                               # (batch, 1200)
        Dense(units, activation="relu"),
        Dense(math.prod(shape), activation="tanh"),                    # (batch, 49) for 7x7
        Reshape(shape),                                                # (batch, 7, 7, 1)
    ])(noise)


def judged_small(img, units, dropout):
    """The layers that judge a small picture, up to the last one: (batch, units)."""
    x = Flatten()(img)                                                 # (batch, 49) for 7x7
    for _ in range(2):
        x = LeakyReLU(negative_slope=0.2)(Dense(units)(x))             # (batch, 600)
        x = Dropout(dropout)(x)
    return x


def made_band(noise, low, base_channels):
    """The layers that make a band out of noise, for a low-pass.

    Args:
        noise: `keras.KerasTensor` (batch, n).
        low: `keras.KerasTensor` (batch, height, width, channels), of any size.
        base_channels: int, of the first convolution; the second has twice as many.

    Returns:
        `keras.KerasTensor` (batch, height, width, channels), not bounded.
    """
    height, width, channels = low.shape[1:]
    h, w = -(-height // 2), -(-width // 2)

    # The noise as a plane of half the size, beside what is seen of the low-pass there
    plane = Reshape((h, w, 1))(Dense(h * w)(noise))                    # (14, 14, 1) for 28x28
    seen = Conv2D(base_channels, 5, strides=2, padding="same")(low)    # (14, 14, 64)
    return Sequential([
        BatchNormalization(momentum=0.8),                              # (14, 14, 65)
        ReLU(),
        Conv2D(2 * base_channels, 5, padding="same"),                  # (14, 14, 128)
        BatchNormalization(momentum=0.8),
        ReLU(),
        UpSamplingConv2D(channels),                                    # (28, 28, 1)
        Cropping2D(((0, 2 * h - height), (0, 2 * w - width))),         # of odd sides
    ])(Concatenate()([seen, plane]))


def judged_band(img, low, base_channels, dropout):
    """The layers that judge a picture beside its low-pass, up to the last one.

    Args:
        img, low: `keras.KerasTensor` (batch, height, width, channels), of any size.
        base_channels: as above.
        dropout: float, share of activations that is dropped.

    Returns:
        `keras.KerasTensor` (batch, height / 4 · width / 4 · 2 base_channels).
    """
    x = Concatenate()([img, low])                                      # (28, 28, 2) for 28x28
    for filters in (base_channels, 2 * base_channels):                 # (14, 14, 64), (7, 7, 128)
        x = Conv2D(filters, 5, strides=2, padding="same")(x)
        x = LeakyReLU(negative_slope=0.2)(x)
        x = Dropout(dropout)(x)
    return Flatten()(x)
