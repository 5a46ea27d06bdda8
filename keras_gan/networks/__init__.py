"""Architectures, by the names that `networks` takes.

Each is a module or class with two functions that a game's networks are made of:

- `generator_layers(game, input_width)`: a `Sequential` from vectors (batch,
  input_width) to samples (batch, *img_shape), pictures in [-1, 1];
- `discriminator_layers(game, input_shape)`: a `Sequential` from samples
  (batch, *input_shape) to features (batch, width);

with `sample_axes`, how many axes a sample may have (3, pictures; 2, signals; 1,
vectors), and with `convolutional`, whether there are convolutions. They read the game's
`img_shape` and the options of `ChoiceOfNetworks`.
"""
import importlib

import keras_gan.backend  # noqa: F401  before keras, so that TensorFlow starts without its chatter

# Two papers show their own networks in their own file, because those are its lesson.
# Others may borrow them from there.
ARCHITECTURES = {
    "fully_connected": "keras_gan.gan:GAN",
    "keras_gan": "keras_gan.dcgan:DCGAN",
    "goodfellow_2014": "keras_gan.networks.goodfellow_2014",
    "srivastava_2017": "keras_gan.networks.srivastava_2017",
    "radford_2015": "keras_gan.networks.radford_2015",
    "residual": "keras_gan.networks.residual",
    "coarse_to_fine": "keras_gan.networks.coarse_to_fine",
    "signals": "keras_gan.networks.signals",
}


def named(name):
    """The architecture of this name: imported when it is used."""
    module, _, part = ARCHITECTURES[name].partition(":")
    module = importlib.import_module(module)
    return getattr(module, part) if part else module
