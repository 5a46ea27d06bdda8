"""Small networks for points in a plane.

After those in which VEEGAN (Akash Srivastava et al., 2017, arXiv:1705.07761) counts
modes. PacGAN's are wider and deeper.
"""
import math

from keras import Input, Sequential
from keras.layers import BatchNormalization, Dense, Flatten, Reshape

from keras_gan.layers.maxout import Maxout

sample_axes, convolutional = (1, 3), False


def generator_layers(game, input_width):
    """Vectors (batch, input_width) -> samples (batch, *img_shape), pictures in [-1,
    1]."""
    return Sequential([
        Input((input_width,)),
        Dense(128, activation="relu"),                         # (batch, 128)
        BatchNormalization(momentum=0.8),
        Dense(128, activation="relu"),                         # (batch, 128)
        BatchNormalization(momentum=0.8),
        Dense(math.prod(game.img_shape),                       # (batch, 2), in the data's own units
              activation="tanh" if game.makes_pictures else None),
        Reshape(game.img_shape),
    ])


def discriminator_layers(game, input_shape):
    """Samples (batch, *input_shape) -> features (batch, 128)."""
    return Sequential([
        Input(input_shape),
        Flatten(),
        Maxout(128, pieces=5),                                 # (batch, 128)
    ])
