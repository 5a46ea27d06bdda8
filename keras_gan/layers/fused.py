"""Layers and the optimizer of Keras, through quicker kernels: the same mathematics.

On a CPU a turn without XLA spends its time in convolutions, and in reading and writing
pictures that are as large as the cache. Keras computes BatchNormalization, Dropout and
Adam step by step, and each step is such a pass. `benchmarks/layers.py` measures both.
"""
import keras
from keras import ops

from keras_gan.backend.kernels import (
    adam_factors,
    adam_step,
    convolution_to_few,
    normalise,
    random_bytes,
)


@keras.saving.register_keras_serializable("keras_gan")
class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization`, for feature maps in float32 in one kernel.

    Sergey Ioffe, Christian Szegedy, 2015. arXiv:1502.03167, algorithm 1.

    Input and output: (batch, height, width, channels). For all else Keras's own code is
    used.
    """

    def call(self, inputs, training=None, mask=None):
        fits = (len(inputs.shape) == 4 and inputs.dtype == "float32"
                and self.axis in (-1, 3))
        if not fits or mask is not None or self.renorm:
            return super().call(inputs, training=training, mask=mask)
        gamma = self.gamma if self.scale else ops.ones(inputs.shape[-1:], inputs.dtype)
        beta = self.beta if self.center else ops.zeros(inputs.shape[-1:], inputs.dtype)
        if not (training and self.trainable):
            return normalise(inputs, gamma, beta, self.epsilon,
                             self.moving_mean, self.moving_variance)[0]
        outputs, mean, variance = normalise(inputs, gamma, beta, self.epsilon)
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(average * self.momentum + value * (1 - self.momentum))
        return outputs


@keras.saving.register_keras_serializable("keras_gan")
class PictureConv2D(keras.layers.Conv2D):
    """`Conv2D(filters, 3, padding="same")` for a picture's one or three channels.

    It is the same function of the same weights. Processors multiply for 8 or 16 filters
    at a time; with three most of that is thrown away. So the picture is cut into blocks
    of 2x2 pixels, which see 4x4 pixels of the input. Each of the block's pixels is a
    filter of its own: its kernel of 4x4 is the 3x3 kernel in one of four positions, and
    zero elsewhere.

    Input: (batch, height, width, channels), height and width even. Output: (batch,
    height, width, filters).

    Args:
        filters: number of output channels.

    Raises:
        ValueError: if height or width are odd.
    """

    def __init__(self, filters, kernel_size=3, padding="same", **kwargs):
        super().__init__(filters, kernel_size, padding=padding, **kwargs)

    def build(self, input_shape):
        if input_shape[1] % 2 or input_shape[2] % 2:
            raise ValueError("PictureConv2D cuts pictures into blocks of 2x2 pixels: "
                             "height and width must be even. "
                             f"Received: {tuple(input_shape)}")
        super().build(input_shape)

    def call(self, inputs, training=False):
        return convolution_to_few(inputs, self.kernel, training) + self.bias


@keras.saving.register_keras_serializable("keras_gan")
class Dropout(keras.layers.Dropout):
    """`keras.layers.Dropout` that draws one random byte for each number.

    Keras draws four bytes, and makes a float of them. A byte is exact if `rate` is a
    multiple of 1/256, as 0.25 and 0.5 are; for other rates Keras's own code is used.
    The random numbers differ from Keras's. They come from the same seed generator.
    """

    def call(self, inputs, training=False):
        dropped_bytes = 256 * self.rate
        whole = dropped_bytes == int(dropped_bytes)
        if not training or not self.rate or not whole or self.noise_shape is not None:
            return super().call(inputs, training=training)
        drawn = random_bytes(inputs, self.seed_generator.next())
        kept = ops.cast(drawn >= ops.cast(dropped_bytes, "uint8"), inputs.dtype)
        return inputs * (kept / (1 - self.rate))


@keras.saving.register_keras_serializable("keras_gan")
class Adam(keras.optimizers.Adam):
    """`keras.optimizers.Adam` in one kernel a variable.

    Diederik Kingma, Jimmy Ba, 2014. arXiv:1412.6980, algorithm 1, in the order of
    computation at the end of section 2.
    """

    def apply(self, grads, trainable_variables=None):
        self.factors = {}             # of this step, by dtype: the same for all variables
        super().apply(grads, trainable_variables)
        self.factors = {}

    def update_step(self, gradient, variable, learning_rate):
        if self.amsgrad:
            return super().update_step(gradient, variable, learning_rate)
        dtype, i = variable.dtype, self._get_variable_index(variable)
        if dtype not in self.factors:
            self.factors[dtype] = adam_factors(
                dtype, self.iterations + 1, learning_rate, self.beta_1, self.beta_2, self.epsilon)
        m, v = self._momentums[i].value, self._velocities[i].value
        adam_step(variable, m, v, gradient, self.factors[dtype])
