"""Networks for signals: those of Keras-GAN's DCGAN with convolutions along one axis.

Chris Donahue, Julian McAuley, Miller Puckette, 2018, "Adversarial audio synthesis",
arXiv:1802.04208, made the DCGAN one-dimensional so: a kernel of 5x5 becomes one of 25.
Here the kernel of 3x3 becomes one of 9.
"""
from keras import Input, Sequential
from keras.layers import (
    Activation,
    BatchNormalization,
    Conv1D,
    Cropping1D,
    Dense,
    Dropout,
    Flatten,
    LeakyReLU,
    Reshape,
    UpSampling1D,
)

sample_axes, convolutional = (2,), True


def generator_layers(game, input_width):
    """Vectors (batch, input_width) -> signals (batch, length, channels), in the units
    of the data."""
    length, channels = game.img_shape
    n, c = -(-length // 16), game.base_channels            # rounded up: four doublings cover it

    layers = [Input((input_width,)),
              Dense(n * 16 * c, activation="relu"),
              Reshape((n, 16 * c))]                            # (8, 512) for a length of 128
    for filters in (8 * c, 4 * c, 2 * c, c):
        layers += [UpSampling1D(2),
                   Conv1D(filters, 9, padding="same"),         # (16, 256) ... (128, 32)
                   BatchNormalization(momentum=0.8),
                   Activation("relu")]
    layers.append(Conv1D(channels, 9, padding="same"))         # (128, channels)
    if 16 * n != length:
        layers.append(Cropping1D((0, 16 * n - length)))
    return Sequential(layers)


def discriminator_layers(game, input_shape):
    """Signals (batch, length, channels) -> features (batch, width)."""
    c, layers = game.base_channels, [Input(input_shape)]
    for i, filters in enumerate((c, 2 * c, 4 * c, 8 * c, 16 * c)):
        # (64, 32) ... (4, 512) for a length of 128
        layers.append(game.convolution(filters, 9, strides=2, padding="same", layer=Conv1D))
        if i > 0 and game.discriminator_norm == "batch":
            layers.append(BatchNormalization(momentum=0.8))
        layers += [LeakyReLU(negative_slope=0.2), Dropout(game.dropout)]
    return Sequential([*layers, Flatten()])                    # (2048,) for a length of 128
