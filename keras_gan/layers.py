"""Layers that the papers share. Written with `keras.ops` alone, so that they run on every Keras backend."""
from keras_gan import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import keras
import numpy as np
from keras import ops


class Frozen(keras.layers.Layer):
    """A model, usable inside another model, that nothing in there can change.

    `combined = generator -> Frozen(discriminator)` trains the generator against the discriminator
    *as it is trained*: batch statistics in BatchNormalization, Dropout active. Still no weight of it moves, moving
    averages included. The discriminator itself stays trainable, so no flag is ever toggled.

    Why not `discriminator.trainable = False`? Keras 3 reads that flag when `train_on_batch` is traced, so the classic
    recipe trains no discriminator at all, and a frozen BatchNormalization runs in inference mode, so the generator
    plays against another network than the one that was trained.

    Args:
        model: a built `keras.Model`. Inputs and outputs of the layer are those of the model.
    """

    def __init__(self, model, **kwargs):
        kwargs.setdefault("name", f"frozen_{model.name}")
        super().__init__(**kwargs)
        self.model = model

    def build(self, input_shape):
        pass  # the model comes with its weights

    def call(self, inputs, training=False):
        # Everything that the call would write (moving averages, spectral norms) comes back as values instead ...
        before = self.model.non_trainable_variables
        outputs, after = self.model.stateless_call(
            [ops.stop_gradient(v.value) for v in self.model.trainable_variables],
            [v.value for v in before],
            inputs, training=training)
        # ... and is dropped. Only random seeds move on, lest Dropout use one mask for two calls.
        weights = {id(v) for v in self.model.weights}
        for variable, value in zip(before, after):
            if id(variable) not in weights:
                variable.assign(value)
        return outputs

    def compute_output_shape(self, input_shape):
        return self.model.compute_output_shape(input_shape)

    @property
    def metrics(self):
        return []  # the model's own loss and accuracy are not those of the model it is used in


@keras.saving.register_keras_serializable("keras_gan")
class UpSamplingConv2D(keras.layers.Layer):
    """`UpSampling2D(2)` and `Conv2D(filters, 3, padding="same")` in 4/9 of the multiplications.

    After nearest-neighbour upsampling a 3x3 window sees only 2x2 different pixels. So each of the four output phases
    (even or odd row, even or odd column) is a 2x2 convolution of the *small* picture, whose kernel sums those
    rows and columns of the 3x3 kernel that fall on one pixel. The same function of the same weights, to rounding:
    `kernel` (3, 3, channels, filters) and `bias` (filters,) are those of the `Conv2D`, and can be exchanged with it.

    Input: (batch, height, width, channels). Output: (batch, 2 height, 2 width, filters).

    Args:
        filters: number of output channels.
        kernel_initializer: as for `Conv2D`.
    """

    # fold[phase, tap, i] = 1 where row i of the 3x3 kernel falls on the small picture's pixel of that tap.
    # The same matrix serves rows and columns.
    fold = np.array([[[1, 0, 0], [0, 1, 1]],     # even: pixels -1 and 0
                     [[1, 1, 0], [0, 0, 1]]])    # odd: pixels 0 and +1

    def __init__(self, filters, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(3, 3, input_shape[-1], self.filters),
                                      initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs):
        _, h, w, channels = inputs.shape
        fold = ops.cast(self.fold, self.kernel.dtype)
        kernel = ops.einsum("pai,qbj,ijcf->abcpqf", fold, fold, self.kernel)
        kernel = ops.reshape(kernel, (2, 2, channels, 4 * self.filters))
        x = ops.pad(inputs, ((0, 0), (1, 1), (1, 1), (0, 0)))
        x = ops.conv(x, kernel)                                          # (batch, h + 1, w + 1, 4 filters)
        x = ops.reshape(x, (-1, h + 1, w + 1, 2, 2, self.filters))
        even = ops.stack([x[:, :-1, :-1, 0, 0], x[:, :-1, 1:, 0, 1]], axis=3)    # (batch, h, w, 2, filters)
        odd = ops.stack([x[:, 1:, :-1, 1, 0], x[:, 1:, 1:, 1, 1]], axis=3)
        x = ops.stack([even, odd], axis=2)                               # (batch, h, 2, w, 2, filters)
        return ops.reshape(x, (-1, 2 * h, 2 * w, self.filters)) + self.bias

    def compute_output_shape(self, input_shape):
        batch, h, w, _ = input_shape
        return (batch, 2 * h, 2 * w, self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer)}


@keras.saving.register_keras_serializable("keras_gan")
class Maxout(keras.layers.Layer):
    """The largest of several linear functions of the input, for each unit.

    Ian Goodfellow et al., 2013, "Maxout Networks", arXiv:1302.4389, section 3: h_i(x) = max_j x·W_ij + b_ij.

    Input: (batch, width). Output: (batch, units).

    Args:
        units: number of outputs.
        pieces: linear functions that each output is the largest of.
        kernel_initializer: as for `Dense`.
    """

    def __init__(self, units, pieces=5, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.units, self.pieces = units, pieces
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units * self.pieces),
                                      initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(self.units * self.pieces,), initializer="zeros")

    def call(self, inputs):
        lines = ops.matmul(inputs, self.kernel) + self.bias              # (batch, units * pieces)
        return ops.max(ops.reshape(lines, (-1, self.units, self.pieces)), axis=-1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "pieces": self.pieces,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer)}
