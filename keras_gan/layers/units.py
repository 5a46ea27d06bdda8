"""The units of the data, and those in which networks learn."""
import math

import keras
import numpy as np
from keras import ops

AT_ONCE = 2 ** 20             # numbers that are looked at at once, for a bounded memory


@keras.saving.register_keras_serializable("keras_gan")
class Units(keras.layers.Layer):
    """Standardises samples: (x - mean) / deviation, each column by its own.

    A column is a dimension of vectors, or a channel of signals. Until `fit` has seen
    data nothing changes. It computes in float64: in float32 a column such as the
    seconds since 1970 has lost what it says before its mean is subtracted.

    Input and output: (batch, ..., columns); the output is of `keras.config.floatx()`.

    Args:
        columns: int.
    """

    def __init__(self, columns, **kwargs):
        super().__init__(autocast=False, **kwargs)
        self.columns = columns
        weight = {"shape": (columns,), "dtype": "float64", "trainable": False}
        self.mean = self.add_weight(name="mean", initializer="zeros", **weight)
        self.deviation = self.add_weight(name="deviation", initializer="ones", **weight)
        self.times_fitted = self.add_weight(name="times_fitted", shape=(), dtype="int32",
                                            initializer="zeros", trainable=False)
        self.built = True

    @property
    def fitted(self):
        """Whether `fit` has seen data: bool."""
        return bool(ops.convert_to_numpy(self.times_fitted))

    def fit(self, samples):
        """Take mean and standard deviation of samples, an array (n, ..., columns).

        A column that never changes keeps the deviation 1.
        """
        mean = self._mean(samples, lambda rows: rows)
        deviation = np.sqrt(self._mean(samples, lambda rows: np.square(rows - mean)))
        self.mean.assign(mean)
        # What is left of a column that never changes is rounding: 1e-16 of its mean
        changes = deviation > 1e-12 * np.abs(mean)
        self.deviation.assign(np.where(changes, deviation, 1))
        self.times_fitted.assign(self.times_fitted + 1)

    def _mean(self, samples, function):
        """The mean over rows (n, columns) of a function of them, block by block."""
        size = max(1, AT_ONCE // math.prod(samples.shape[1:]))
        total, n = np.zeros(self.columns), 0
        for i in range(0, len(samples), size):
            rows = np.asarray(samples[i:i + size], "float64").reshape(-1, self.columns)
            total, n = total + function(rows).sum(axis=0), n + len(rows)
        return total / n

    def call(self, inputs):
        standard = (ops.cast(inputs, "float64") - self.mean) / self.deviation
        return ops.cast(standard, keras.config.floatx())

    def invert(self, samples):
        """Standardised samples, a NumPy array, in the units of the data again."""
        mean, deviation = (ops.convert_to_numpy(v) for v in (self.mean, self.deviation))
        return (samples * deviation + mean).astype(samples.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "columns": self.columns}
