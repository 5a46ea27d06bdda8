"""Layers and the optimizer of Keras, through the kernels of TensorFlow that are quicker: the same mathematics.

On a CPU a turn without XLA spends its time in convolutions, and in reading and writing pictures that are as large as the
cache. Keras computes BatchNormalization, Dropout and Adam step by step, and each step is such a pass. `benchmarks/layers.py` measures both.
"""
import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable("keras_gan")
class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization`; feature maps (batch, height, width, channels) in float32 go through one kernel.

    Sergey Ioffe, Christian Szegedy, 2015. arXiv:1502.03167, algorithm 1.
    """

    def call(self, inputs, training=None, mask=None):
        fits = len(inputs.shape) == 4 and inputs.dtype == "float32" and self.axis in (-1, 3) and self.center and self.scale
        if not fits or mask is not None or self.renorm:
            return super().call(inputs, training=training, mask=mask)
        how = {"scale": tf.convert_to_tensor(self.gamma), "offset": tf.convert_to_tensor(self.beta), "epsilon": self.epsilon}
        if not (training and self.trainable):
            return tf.compat.v1.nn.fused_batch_norm(inputs, mean=tf.convert_to_tensor(self.moving_mean), is_training=False,
                                                    variance=tf.convert_to_tensor(self.moving_variance), **how)[0]
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(inputs, is_training=True, **how)
        # The kernel gives the unbiased variance, n / (n - 1) of it; Keras lets its moving average follow the batch's own
        n = tf.cast(tf.size(inputs) // tf.size(mean), "float32")
        variance *= (n - 1) / n
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(average * self.momentum + value * (1 - self.momentum))
        return outputs


@keras.saving.register_keras_serializable("keras_gan")
class PictureConv2D(keras.layers.Conv2D):
    """`Conv2D(filters, 3, padding="same")` for a picture's one or three channels. The same function of the same weights.

    Processors multiply for 8 or 16 filters at a time; with three most of that is thrown away. So the picture is cut into blocks
    of 2x2 pixels, which see 4x4 pixels of the input; each of the block's pixels is a filter of its own,
    with a kernel of 4x4 that is the 3x3 kernel in one of four positions, and zero elsewhere.

    Input: (batch, height, width, channels), height and width even. Output: (batch, height, width, filters).

    Args:
        filters: number of output channels.

    Raises:
        ValueError: if height or width are odd.
    """

    def __init__(self, filters, kernel_size=3, padding="same", **kwargs):
        super().__init__(filters, kernel_size, padding=padding, **kwargs)

    def build(self, input_shape):
        if input_shape[1] % 2 or input_shape[2] % 2:
            raise ValueError(f"PictureConv2D cuts pictures into blocks of 2x2 pixels: height and width must be even. Received: {tuple(input_shape)}")
        super().build(input_shape)

    def call(self, inputs):
        return convolution_to_few(inputs, tf.convert_to_tensor(self.kernel)) + self.bias


@tf.custom_gradient
def convolution_to_few(x, kernel):
    """x (batch, height, width, channels) through a kernel (3, 3, channels, filters) of few filters, edges padded: (batch, height, width, filters)."""
    channels, filters = kernel.shape[2:]
    # place[a, u, i] = 1 where row i of the 3x3 kernel falls on row u of the 4x4, for row a of the block. Columns likewise.
    place = np.array([np.eye(4, 3, -a) for a in range(2)])
    large = tf.reshape(tf.einsum("aui,bvj,ijcf->uvcabf", place.astype(kernel.dtype.name), place.astype(kernel.dtype.name), kernel), (4, 4, channels, 4 * filters))
    blocks = tf.nn.conv2d(x, large, 2, "SAME")                                             # (batch, height / 2, width / 2, 4 filters)

    def gradients(seen):
        to_x = tf.nn.conv2d_transpose(seen, kernel, tf.shape(x), 1, "SAME")
        # The sum of x[y + i - 1] seen[y] is that of seen[y + 1 - i] x[y]: a turned kernel that goes from the few channels to the many
        turned = tf.raw_ops.Conv2DBackpropFilter(input=seen, filter_sizes=(3, 3, filters, channels), out_backprop=x, strides=[1] * 4, padding="SAME")
        return to_x, tf.transpose(tf.reverse(turned, (0, 1)), (0, 1, 3, 2))

    return tf.nn.depth_to_space(blocks, 2), gradients


@keras.saving.register_keras_serializable("keras_gan")
class Dropout(keras.layers.Dropout):
    """`keras.layers.Dropout`, drawing a byte for each number where that is exact: if `rate` is a multiple of 1/256, as 0.25 and 0.5 are.

    Keras draws four bytes, and makes a float of them. The random numbers are others than Keras's, from the same seed generator.
    """

    def call(self, inputs, training=False):
        dropped_bytes = 256 * self.rate
        if not training or not self.rate or dropped_bytes != int(dropped_bytes) or self.noise_shape is not None:
            return super().call(inputs, training=training)
        n = tf.size(inputs)
        words = tf.random.stateless_uniform([(n + 3) // 4], tf.cast(self.seed_generator.next(), "int32"), None, None, "uint32")
        drawn = tf.reshape(tf.reshape(tf.bitcast(words, "uint8"), [-1])[:n], tf.shape(inputs))
        kept = tf.cast(drawn >= tf.cast(dropped_bytes, "uint8"), inputs.dtype)
        return inputs * (kept / (1 - self.rate))


@keras.saving.register_keras_serializable("keras_gan")
class Adam(keras.optimizers.Adam):
    """`keras.optimizers.Adam` in one kernel a variable.

    Diederik Kingma, Jimmy Ba, 2014. arXiv:1412.6980, algorithm 1, in the order of computation at the end of section 2.
    """

    def apply(self, grads, trainable_variables=None):
        self.factors = {}                 # of this step, by dtype: they are the same for all variables
        super().apply(grads, trainable_variables)
        self.factors = {}

    def update_step(self, gradient, variable, learning_rate):
        if self.amsgrad:
            return super().update_step(gradient, variable, learning_rate)
        i = self._get_variable_index(variable)
        m, v = self._momentums[i].value, self._velocities[i].value
        if variable.dtype not in self.factors:
            self.factors[variable.dtype] = self.factors_of_the_step(variable.dtype, learning_rate)
        tf.raw_ops.ResourceApplyAdam(var=variable.handle, m=m.handle, v=v.handle, grad=tf.convert_to_tensor(gradient, variable.dtype),
                                     **self.factors[variable.dtype])

    def factors_of_the_step(self, dtype, learning_rate):
        """All that the kernel takes besides variables and gradient."""
        beta_1, beta_2, epsilon = (tf.constant(number, dtype) for number in (self.beta_1, self.beta_2, self.epsilon))
        step = tf.cast(self.iterations + 1, dtype)
        powers = [keras.ops.cast(beta, dtype) ** step for beta in (self.beta_1, self.beta_2)]                # rounded as Keras rounds them
        return {"beta1": beta_1, "beta2": beta_2, "epsilon": epsilon, "beta1_power": powers[0], "beta2_power": powers[1],
                "lr": tf.cast(learning_rate, dtype)}
