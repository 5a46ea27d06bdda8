"""The networks of the DCGAN paper (Radford et al., 2015, arXiv:1511.06434, section 3,
figure 1).

(Transposed) convolutions of 5x5 alone, for pictures whose sides are multiples of 16 or
that are cropped to others.
"""
from keras import Input, Sequential
from keras.initializers import RandomNormal
from keras.layers import Activation, Conv2DTranspose, Cropping2D, Dense, Flatten, LeakyReLU, Reshape

from keras_gan.layers.augmentation import DiffAugment
from keras_gan.layers.fused import BatchNormalization, Dropout

sample_axes, convolutional = (3,), True


def generator_layers(game, input_width):
    """Vectors (batch, input_width) -> pictures (batch, *img_shape) in [-1, 1]."""
    height, width, channels = game.img_shape
    h, w, c = -(-height // 16), -(-width // 16), game.base_channels     # rounded up

    layers = [Input((input_width,)),
              Dense(h * w * 8 * c, use_bias=False, kernel_initializer=RandomNormal(0.0, 0.02)),
              Reshape((h, w, 8 * c))]                          # (8, 10, 256) for 128x160
    for filters in (4 * c, 2 * c, c, channels):
        layers += [BatchNormalization(momentum=0.9, gamma_initializer=RandomNormal(1.0, 0.02)),
                   Activation("relu"),
                   Conv2DTranspose(filters, 5, strides=2, padding="same",
                                   kernel_initializer=RandomNormal(0.0, 0.02))]
        # (16, 20, 128), (32, 40, 64), (64, 80, 32), (128, 160, 3)
    layers.append(Activation("tanh"))
    if (16 * h, 16 * w) != (height, width):
        layers.append(Cropping2D(((0, 16 * h - height), (0, 16 * w - width))))
    return Sequential(layers)


def discriminator_layers(game, input_shape):
    """Pictures (batch, *input_shape) in [-1, 1] -> features (batch, width)."""
    c = game.base_channels
    layers = [Input(input_shape), *([DiffAugment()] if game.augment else [])]
    for i, filters in enumerate((c, 2 * c, 4 * c, 8 * c)):     # (64, 80, 32) ... (8, 10, 256)
        layers.append(game.convolution(filters, 5, strides=2, padding="same",
                                       kernel_initializer=RandomNormal(0.0, 0.02)))
        if i > 0 and game.discriminator_norm == "batch":
            layers.append(BatchNormalization(momentum=0.9,
                                             gamma_initializer=RandomNormal(1.0, 0.02)))
        layers += [LeakyReLU(negative_slope=0.2), Dropout(game.dropout)]
    return Sequential([*layers, Flatten()])                    # (20480,) for 128x160
