"""Residual blocks for generators and discriminators of pictures.

Kaiming He et al., 2015, "Deep residual learning for image recognition", arXiv:1512.03385; in GANs since Gulrajani et al., 2017
(arXiv:1704.00028, appendix C). A block adds something to its input instead of replacing it, so gradients reach the first layers of a deep network.
"""
from keras import Input, Model
from keras.layers import Activation, Add, AveragePooling2D, Conv2D, LeakyReLU, UpSampling2D

from keras_gan.layers.fused import BatchNormalization
from keras_gan.layers.upsampling import UpSamplingConv2D


def up_block(input_shape, filters):
    """A model (batch, h, w, channels) -> (batch, 2h, 2w, filters): `input_shape` is (h, w, channels)."""
    x = Input(input_shape)
    y = Activation("relu")(BatchNormalization(momentum=0.8)(x))
    y = UpSamplingConv2D(filters)(y)                                   # (2h, 2w, filters)
    y = Activation("relu")(BatchNormalization(momentum=0.8)(y))
    y = Conv2D(filters, 3, padding="same")(y)                          # (2h, 2w, filters)
    # A convolution of 1x1 and the repetition of pixels change places without a change of the result; small pictures are quicker
    shortcut = x if input_shape[-1] == filters else Conv2D(filters, 1, use_bias=False)(x)
    return Model(x, Add()([UpSampling2D(2)(shortcut), y]))


def down_block(input_shape, filters, convolution, normalised=False, of_pictures=False):
    """A model (batch, h, w, channels) -> (batch, h / 2, w / 2, filters), rounded up.

    Args:
        input_shape: (h, w, channels).
        filters: int, channels that come out.
        convolution: a function with the arguments of `keras.layers.Conv2D` that makes such a layer, with spectral normalisation, say.
        normalised: bool, whether there is BatchNormalization before the rectifiers.
        of_pictures: bool, whether the input is a picture, which goes through no rectifier.
    """
    def rectified(y):
        return LeakyReLU(negative_slope=0.2)(BatchNormalization(momentum=0.8)(y) if normalised else y)

    x = Input(input_shape)
    y = convolution(filters, 3, padding="same")(x if of_pictures else rectified(x))     # (h, w, filters)
    y = convolution(filters, 3, strides=2, padding="same")(rectified(y))                # (h / 2, w / 2, filters)
    shortcut = convolution(filters, 1, use_bias=False)(AveragePooling2D(2, padding="same")(x))
    return Model(x, Add()([shortcut, y]))
