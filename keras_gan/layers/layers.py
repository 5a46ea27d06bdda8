"""Layers that the papers share, written with `keras.ops`: they work on every backend of Keras."""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import functools

import keras
from keras import ops


class AroundModel(keras.layers.Layer):
    """Base of layers around a built model that is compiled by itself: its weights are theirs, its loss and metrics are not.

    Args:
        model: a built `keras.Model`.
    """

    def __init__(self, model, **kwargs):
        super().__init__(**kwargs)
        self.model = model

    def build(self, input_shape):
        pass  # the model comes with its weights

    def compute_output_shape(self, input_shape):
        return self.model.compute_output_shape(input_shape)

    @property
    def metrics(self):
        return []  # the model's own loss and accuracy are not those of the model it is used in


@keras.saving.register_keras_serializable("keras_gan")
class Frozen(AroundModel):
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
        super().__init__(model, **kwargs)

    def get_config(self):
        return {**super().get_config(), "model": keras.saving.serialize_keras_object(self.model)}

    @classmethod
    def from_config(cls, config):
        return cls(keras.saving.deserialize_keras_object(config.pop("model")), **config)

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


@keras.saving.register_keras_serializable("keras_gan")
class UpSamplingConv2D(keras.layers.Layer):
    """`UpSampling2D(2)` and `Conv2D(filters, 3, padding="same")` in a quarter of the multiplications.

    After nearest-neighbour upsampling each pixel stands there four times, and the convolution multiplies each copy by
    the nine taps of its kernel. Here a pixel is multiplied once: a transposed convolution of stride 2 (Vincent Dumoulin,
    Francesco Visin, 2016, arXiv:1603.07285, section 4.5) lays nine products around it, as if its three neighbours in the 2x2 block were zero.
    The convolution is linear and the copies are the pixel moved by (0, 0), (0, 1), (1, 0) and (1, 1), so adding
    the result to itself, moved by these, is the convolution of the upsampled picture.

    The same function of the same weights, to rounding: `kernel` (3, 3, channels, filters) and `bias` (filters,) are
    those of the `Conv2D`, and can be exchanged with it.

    Input: (batch, height, width, channels). Output: (batch, 2 height, 2 width, filters).

    Args:
        filters: number of output channels.
        kernel_initializer: as for `Conv2D`.
    """

    def __init__(self, filters, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(3, 3, input_shape[-1], self.filters),
                                      initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs):
        # A convolution slides its kernel, a transposed one lays it down: turned by 180 degrees they are the same
        taps = ops.reshape(self.kernel, (9, -1, self.filters))                       # one axis is quicker to turn than two
        taps = ops.transpose(ops.flip(taps, 0), (0, 2, 1))                           # (9, filters, channels)
        laid = ops.conv_transpose(inputs, ops.reshape(taps, (3, 3, self.filters, -1)), strides=2, padding="valid",
                                  data_format="channels_last")                       # (batch, 2 height + 1, 2 width + 1, filters)
        return sum_of_windows(laid, self.bias)

    def compute_output_shape(self, input_shape):
        batch, h, w, _ = input_shape
        return (batch, 2 * h, 2 * w, self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer)}


def one_pass(function):
    """On TensorFlow, let XLA compile a function of arrays where it is part of a graph, so that memory is read and written once. It computes the same."""
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf
    compiled = tf.function(function, jit_compile=True)

    @functools.wraps(function)
    def choose(*arrays):
        return compiled(*map(tf.convert_to_tensor, arrays)) if tf.inside_function() else function(*arrays)

    return choose


@one_pass
def sum_of_windows(x, bias):
    """Each 2x2 window of x (batch, height + 1, width + 1, filters) summed, plus a bias (filters,): (batch, height, width, filters)."""
    return x[:, :-1, :-1] + x[:, :-1, 1:] + x[:, 1:, :-1] + x[:, 1:, 1:] + bias


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


@keras.saving.register_keras_serializable("keras_gan")
class Pack(keras.layers.Layer):
    """Lays m samples that follow one another into the channels of one (PacGAN, arXiv:1712.04086, section 2).

    Input: (m batch, ..., channels). Output: (batch, ..., m channels).

    Args:
        packing: m.
    """

    def __init__(self, packing, **kwargs):
        super().__init__(**kwargs)
        self.packing = packing

    def call(self, inputs):
        packs = ops.reshape(inputs, (-1, self.packing, *inputs.shape[1:]))               # (batch, m, ..., channels)
        packs = ops.moveaxis(packs, 1, -2)                                               # (batch, ..., m, channels)
        return ops.reshape(packs, (-1, *self.compute_output_shape(inputs.shape)[1:]))

    def compute_output_shape(self, input_shape):
        return (None, *input_shape[1:-1], self.packing * input_shape[-1])

    def get_config(self):
        return {**super().get_config(), "packing": self.packing}
