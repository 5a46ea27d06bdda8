"""Maxout, the activation of the first GAN's discriminator."""
import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan")
class Maxout(keras.layers.Layer):
    """The largest of several linear functions of the input, for each unit.

    Ian Goodfellow et al., 2013, "Maxout Networks", arXiv:1302.4389, section 3:

        h_i(x) = max_j x·W_ij + b_ij

    Input: (batch, width). Output: (batch, units).

    Args:
        units: number of outputs.
        pieces: number of linear functions; each output is the largest of so many.
        kernel_initializer: as for `Dense`.
    """

    def __init__(self, units, pieces=5, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.units, self.pieces = units, pieces
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        lines = self.units * self.pieces
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], lines),
                                      initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(lines,), initializer="zeros")

    def call(self, inputs):
        lines = ops.matmul(inputs, self.kernel) + self.bias              # (batch, units * pieces)
        return ops.max(ops.reshape(lines, (-1, self.units, self.pieces)), axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "pieces": self.pieces,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer)}
