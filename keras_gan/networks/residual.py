"""Residual networks for pictures.

Kaiming He et al., 2015, "Deep residual learning for image recognition",
arXiv:1512.03385; in GANs since Gulrajani et al., 2017 (arXiv:1704.00028, appendix C). A
block adds something to its input instead of replacing it, so gradients reach the first
layers of a deep network.
"""
from keras import Input, Model, Sequential
from keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    Conv2D,
    Cropping2D,
    Dense,
    Flatten,
    LeakyReLU,
    Reshape,
    UpSampling2D,
)

from keras_gan.layers.augmentation import DiffAugment
from keras_gan.layers.conditional import ConditionalBatchNormalization
from keras_gan.layers.fused import BatchNormalization, Dropout, PictureConv2D
from keras_gan.layers.upsampling import UpSamplingConv2D

sample_axes, convolutional = (3,), True


def generator_layers(game, input_width):
    """Vectors (batch, input_width) -> pictures (batch, *img_shape) in [-1, 1]."""
    height, width, _ = game.img_shape
    h, w, c = -(-height // 16), -(-width // 16), game.base_channels     # rounded up
    shape = (h, w, 16 * c)

    layers = [Input((input_width,)), Dense(h * w * 16 * c), Reshape(shape)]        # (8, 10, 512)
    for filters in (8 * c, 4 * c, 2 * c, c)[:4 if game.full_size_features else 3]:
        layers.append(up_block(shape, filters))                # (16, 20, 256) ... (128, 160, 32)
        shape = layers[-1].output_shape[1:]
    return Sequential([*layers, *last_layers(game, 16 * h, 16 * w)])           # (128, 160, 3)


def last_layers(game, h, w):
    """The layers from feature maps to pictures (batch, *img_shape), which are cut out
    of h times w pixels."""
    height, width, channels = game.img_shape
    layers = [BatchNormalization(momentum=0.8), Activation("relu"),
              PictureConv2D(channels) if game.full_size_features else UpSamplingConv2D(channels),
              Activation("tanh")]
    if (h, w) != (height, width):
        layers.append(Cropping2D(((0, h - height), (0, w - width))))
    return layers


def discriminator_layers(game, input_shape):
    """Pictures (batch, *input_shape) in [-1, 1] -> features (batch, width)."""
    c, shape = game.base_channels, input_shape
    layers = [Input(input_shape), *([DiffAugment()] if game.augment else [])]
    for i, filters in enumerate((c, 2 * c, 4 * c, 8 * c, 16 * c)):
        # (64, 80, 32) ... (4, 5, 512)
        layers.append(down_block(shape, filters, game.convolution,
                                 game.discriminator_norm == "batch", of_pictures=i == 0))
        shape = layers[-1].output_shape[1:]
    return Sequential([*layers, LeakyReLU(negative_slope=0.2), Dropout(game.dropout), Flatten()])


def up_block(input_shape, filters, condition=0):
    """A model (batch, h, w, channels) -> (batch, 2h, 2w, filters).

    Args:
        input_shape: (h, w, channels).
        filters: int, channels that come out.
        condition: int, the width of a second input (batch, condition), on which gains
            and biases of the normalisations depend. 0: there is none.
    """
    x = Input(input_shape)
    told = [Input((condition,))] if condition else []

    def rectified(y):
        normalised = ConditionalBatchNormalization(momentum=0.8)([y, *told]) if told else \
            BatchNormalization(momentum=0.8)(y)
        return Activation("relu")(normalised)

    y = UpSamplingConv2D(filters)(rectified(x))                        # (2h, 2w, filters)
    y = Conv2D(filters, 3, padding="same")(rectified(y))               # (2h, 2w, filters)
    # A 1x1 convolution and the repetition of pixels give the same result in either
    # order. It is quicker on the smaller picture
    channels = input_shape[-1]
    shortcut = x if channels == filters else Conv2D(filters, 1, use_bias=False)(x)
    return Model([x, *told] if told else x, Add()([UpSampling2D(2)(shortcut), y]))


def down_block(input_shape, filters, convolution, normalised=False, of_pictures=False,
               halves_first=False):
    """A model (batch, h, w, channels) -> (batch, h / 2, w / 2, filters), rounded up.

    Args:
        input_shape: (h, w, channels).
        filters: int, channels that come out.
        convolution: function that makes a layer from the arguments of
            `keras.layers.Conv2D`, with spectral normalisation, say.
        normalised: bool, whether there is BatchNormalization before the rectifiers.
        of_pictures: bool, whether the input is a picture, which goes through no
            rectifier.
        halves_first: bool, whether the first of both convolutions is the one of stride
            2. The block then takes half the time.
    """
    first, second = (2, 1) if halves_first else (1, 2)

    def rectified(y):
        y = BatchNormalization(momentum=0.8)(y) if normalised else y
        return LeakyReLU(negative_slope=0.2)(y)

    x = Input(input_shape)
    y = x if of_pictures else rectified(x)
    y = convolution(filters, 3, strides=first, padding="same")(y)      # (h, w, filters)
    y = convolution(filters, 3, strides=second, padding="same")(rectified(y))  # (h / 2, w / 2, ...)
    shortcut = convolution(filters, 1, use_bias=False)(AveragePooling2D(2, padding="same")(x))
    return Model(x, Add()([shortcut, y]))
