"""The kinds of arrays that a batch of data consists of."""
import keras
import numpy as np

from keras_gan.samples.checks import check_labels, check_samples


class Samples:
    """Pictures or vectors.

    Args:
        shape: (height, width, channels) of pictures, (dimensions,) of vectors.
    """

    def __init__(self, shape):
        self.shape = tuple(shape)

    def checked(self, samples, n=None):
        """The samples, as they are. Raises `ValueError` if they don't fit."""
        check_samples(samples, self.shape)
        return samples

    def random(self, n, rng):
        """n samples from a `numpy.random.Generator`, as the networks see them."""
        return rng.uniform(-1, 1, (n, *self.shape)).astype(keras.config.floatx())


class Labels:
    """The classes of the samples beside them.

    Args:
        num_classes: int.
    """

    shape = (1,)

    def __init__(self, num_classes):
        self.num_classes = num_classes

    def checked(self, labels, n):
        """The labels of n samples, int32 (n, 1). Raises `ValueError` if they don't
        fit."""
        return check_labels(labels, n, self.num_classes)

    def random(self, n, rng):
        """n labels from a `numpy.random.Generator`."""
        return rng.integers(self.num_classes, size=(n, 1)).astype(np.int32)
