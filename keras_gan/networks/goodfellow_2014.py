"""The networks of the first GAN (Goodfellow et al., 2014, arXiv:1406.2661, section 5).

The generator has rectifiers and ends in a sigmoid. The discriminator has maxout units
and Dropout. Widths are those of the authors' code for MNIST.
"""
import math

from keras import Input, Sequential
from keras.layers import Dense, Dropout, Flatten, Rescaling, Reshape

from keras_gan.layers.maxout import Maxout

sample_axes, convolutional = (1, 3), False


def generator_layers(game, input_width):
    """Vectors (batch, input_width) -> samples (batch, *img_shape), pictures in [-1,
    1]."""
    of_pictures = game.makes_pictures
    return Sequential([
        Input((input_width,)),
        Dense(1200, activation="relu"),                        # (batch, 1200)
        Dense(1200, activation="relu"),                        # (batch, 1200)
        Dense(math.prod(game.img_shape),                       # (batch, 784), of pictures in [0, 1]
              activation="sigmoid" if of_pictures else None),
        *([Rescaling(2.0, offset=-1.0)] if of_pictures else []),       # to [-1, 1]
        Reshape(game.img_shape),                               # (batch, 28, 28, 1)
    ])


def discriminator_layers(game, input_shape):
    """Samples (batch, *input_shape) -> features (batch, 240)."""
    return Sequential([
        Input(input_shape),
        Flatten(),                                             # (batch, 784) for 28x28
        Maxout(240, pieces=5),                                 # (batch, 240)
        Dropout(game.dropout),
        Maxout(240, pieces=5),                                 # (batch, 240)
        Dropout(game.dropout),
    ])
