"""The kinds of arrays that a batch of data consists of."""
import keras
import numpy as np

from keras_gan.samples.checks import check_samples
from keras_gan.samples.labels import check_labels


class Samples:
    """Pictures, vectors or signals.

    Args:
        shape: (height, width, channels) of pictures, (dimensions,) of vectors, (length,
            channels) of signals.
    """

    def __init__(self, shape):
        self.shape = tuple(shape)

    def checked(self, samples, n=None, may_be_bright=False):
        """The samples as an array or tensor. Raises `ValueError` if they don't fit.

        For `may_be_bright` see `check_images`.
        """
        return check_samples(samples, self.shape, may_be_bright)

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

    def checked(self, labels, n, whole=False):
        """The labels of n samples, int32 (n, 1). Raises `ValueError` if they don't
        fit. `whole`: they are those of all data, see `check_labels`."""
        return check_labels(labels, n, self.num_classes, whole)

    def random(self, n, rng):
        """n labels from a `numpy.random.Generator`."""
        return rng.integers(self.num_classes, size=(n, 1)).astype(np.int32)
