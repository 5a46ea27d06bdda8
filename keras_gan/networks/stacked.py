"""The networks of two stages: a small picture of noise, and a large one of the small.

Han Zhang et al., 2016, arXiv:1612.03242, section 3.4. A stage's generator is told what
to make by a vector, its discriminator by a class. Doublings repeat the pixels, and mix
them by a convolution of 3x3; all convolutions but the first and last are normalised.
"""
from keras import Input, Model, Sequential
from keras.initializers import RandomNormal
from keras.layers import (
    Activation,
    Add,
    Concatenate,
    Conv2D,
    Cropping2D,
    Dense,
    Embedding,
    Flatten,
    LeakyReLU,
    ReLU,
    RepeatVector,
    Reshape,
)

from keras_gan.layers import BatchNormalization, UpSamplingConv2D


def small_picture(told, shape, base_channels):
    """Three doublings, from a vector to a picture.

    Args:
        told: `keras.KerasTensor` (batch, width).
        shape: (height, width, channels) of the picture.
        base_channels: int, before the last doubling. There are four times as many
            before the first one.

    Returns:
        `keras.KerasTensor` (batch, *shape), in [-1, 1].
    """
    h, w = (-(-side // 8) for side in shape[:2])                       # rounded up
    x = Dense(h * w * 4 * base_channels)(told)
    x = Reshape((h, w, 4 * base_channels))(x)                          # (4, 5, 64) for 32x40
    return doubled(normalised(x), 2, shape, base_channels)


def large_picture(img, told, shape, base_channels, blocks=2):
    """Two halvings, residual blocks, and four doublings: from a picture to one of four
    times the sides.

    Args:
        img: `keras.KerasTensor` (batch, height / 4, width / 4, channels).
        told, shape, base_channels: as above; there are eight times as many before the
            first doubling.
        blocks: int, residual ones.

    Returns:
        `keras.KerasTensor` (batch, *shape), in [-1, 1].
    """
    c = base_channels
    x = ReLU()(Conv2D(2 * c, 3, padding="same")(img))                  # (32, 40, 32) for 128x160
    for filters in (4 * c, 8 * c):                                     # ... (8, 10, 128)
        x = normalised(Conv2D(filters, 4, strides=2, padding="same")(x))
    x = normalised(Conv2D(8 * c, 3, padding="same")(beside(x, told)))
    for _ in range(blocks):
        y = normalised(Conv2D(8 * c, 3, padding="same")(x))
        y = BatchNormalization(momentum=0.8)(Conv2D(8 * c, 3, padding="same")(y))
        x = ReLU()(Add()([x, y]))
    return doubled(x, 3, shape, c)


def doubled(x, times, shape, base_channels):
    """So many doublings, and the one in which the picture is made."""
    for i in reversed(range(times)):
        x = normalised(UpSamplingConv2D(base_channels * 2 ** i)(x))
    x = UpSamplingConv2D(shape[-1])(x)
    spare = [(0, made - side) for made, side in zip(x.shape[1:3], shape)]
    return Activation("tanh")(Cropping2D(spare)(x))


def normalised(x):
    """Normalised in the batch, then rectified."""
    return ReLU()(BatchNormalization(momentum=0.8)(x))


def beside(x, told):
    """A vector at every place of feature maps: (batch, h, w, filters + width)."""
    h, w = x.shape[1:3]
    return Concatenate()([x, Reshape((h, w, told.shape[-1]))(RepeatVector(h * w)(told))])


def matching(shape, num_classes, base_channels, halvings, width, activation, name):
    """A discriminator that says whether a picture is real, and of a class.

    Args:
        shape: (height, width, channels) of the pictures.
        num_classes: int.
        base_channels: int, after the first halving. They double with every halving.
        halvings: int.
        width: int, of the vector that stands for a class.
        activation: str or None, of the last layer.
        name: str.

    Returns:
        `keras.Model`, [pictures (batch, *shape), labels (batch, 1)] -> validity (batch,
        1). Its layers "seen", of the pictures, and "matched", of that and the labels,
        are models too.
    """
    layers = [Input(shape)]
    for i in range(halvings):                                          # (16, 20, 16) for 32x40
        layers.append(Conv2D(base_channels * 2 ** i, 4, strides=2, padding="same"))
        if i:
            layers.append(BatchNormalization(momentum=0.8))
        layers.append(LeakyReLU(negative_slope=0.2))
    seen = Sequential(layers, name="seen")

    features, label = Input(seen.output_shape[1:]), Input((1,), dtype="int32")
    told = Flatten()(Embedding(num_classes, width, RandomNormal(stddev=1.0))(label))
    x = Conv2D(features.shape[-1], 1)(beside(features, told))
    x = LeakyReLU(negative_slope=0.2)(BatchNormalization(momentum=0.8)(x))
    validity = Dense(1, activation=activation)(Flatten()(x))
    matched = Model([features, label], validity, name="matched")

    img, label = Input(shape), Input((1,), dtype="int32")
    return Model([img, label], matched([seen(img), label]), name=name)
