"""Kernels of TensorFlow that are quicker than what Keras makes of its operations."""
import contextlib
import contextvars
import functools

import keras
import numpy as np

if keras.backend.backend() == "tensorflow":      # `one_pass` is for layers of every backend
    import tensorflow as tf
    from tensorflow.python.eager import context as tf_context


_xla_in_here = contextvars.ContextVar("xla_in_here", default=False)


@contextlib.contextmanager
def kernels_by_xla(wanted=True):
    """In here `one_pass` may use XLA: while a turn, or a step of one, is traced.

    All other graphs (of `predict`, say, or of a file that `export` writes) are of
    plain operations, which every runtime knows.
    """
    before = _xla_in_here.set(wanted)
    try:
        yield
    finally:
        _xla_in_here.reset(before)


def looked_at():
    """Whether a debugger looks at each operation.

    `tf.debugging.enable_check_numerics()` does. It can't look into what XLA compiles.
    """
    return bool(tf_context.context().op_callbacks)


def compiles_passes():
    """Whether what is `one_pass` is compiled by XLA here.

    Other backends of Keras compile a turn as they do.
    """
    if keras.backend.backend() != "tensorflow":
        return True
    return tf.inside_function() and _xla_in_here.get() and not looked_at()


def one_pass(function):
    """Let XLA compile a function of arrays where it is part of the graph of a turn.

    Memory is then read and written once. It computes the same. On another backend
    of Keras the function stays as it is.
    """
    if keras.backend.backend() != "tensorflow":
        return function
    compiled = tf.function(function, jit_compile=True)

    @functools.wraps(function)
    def choose(*arrays):
        if compiles_passes():
            return compiled(*map(tf.convert_to_tensor, arrays))
        return function(*arrays)

    return choose


def normalise(x, gamma, beta, epsilon, mean=None, variance=None):
    """Batch normalization in one kernel.

    Args:
        x: float32 (batch, height, width, channels).
        gamma, beta: (channels,), scale and offset of what was normalised.
        epsilon: added to the variance.
        mean, variance: (channels,); without them the batch's own are taken.

    Returns:
        What x becomes, and the mean and the variance (channels,) that it was normalised
        with.
    """
    gamma, beta = tf.convert_to_tensor(gamma), tf.convert_to_tensor(beta)
    kernel = functools.partial(tf.compat.v1.nn.fused_batch_norm, x, gamma, beta, epsilon=epsilon)
    if mean is not None:
        mean, variance = tf.convert_to_tensor(mean), tf.convert_to_tensor(variance)
        return kernel(mean=mean, variance=variance, is_training=False)[0], mean, variance
    outputs, mean, variance = kernel(is_training=True)
    # The kernel gives the unbiased variance, which is n / (n - 1) times the batch's own
    n = tf.cast(tf.size(x) // tf.size(mean), "float32")
    return outputs, mean, variance * ((n - 1) / n)


def convolution_to_few(x, kernel, training=True):
    """A convolution to a few channels, edges padded.

    Args:
        x: (batch, height, width, channels).
        kernel: (3, 3, channels, filters), of few filters.
        training: bool, whether its gradient is to be quick. Without, it is made of
            plain operations, which other runtimes know too.

    Returns:
        (batch, height, width, filters).
    """
    convolution = _convolution_to_few if training else _plain_convolution_to_few
    return convolution(x, tf.convert_to_tensor(kernel))


def _plain_convolution_to_few(x, kernel):
    channels, filters = kernel.shape[2:]
    # place[a, u, i] = 1 where row i of the 3x3 kernel falls on row u of the 4x4, for
    # row a of the block. Columns likewise.
    place = np.array([np.eye(4, 3, -a) for a in range(2)]).astype(kernel.dtype.name)
    large = tf.einsum("aui,bvj,ijcf->uvcabf", place, place, kernel)
    large = tf.reshape(large, (4, 4, channels, 4 * filters))
    blocks = tf.nn.conv2d(x, large, 2, "SAME")         # (batch, height / 2, width / 2, 4 filters)
    return tf.nn.depth_to_space(blocks, 2)


@keras.ops.custom_gradient
def _convolution_to_few(x, kernel):
    filters = kernel.shape[-1]

    def gradients(seen):
        to_x = tf.nn.conv2d_transpose(seen, kernel, tf.shape(x), 1, "SAME")
        # The sum of x[y + i - 1] seen[y] is that of seen[y + 1 - i] x[y]: a turned
        # kernel that goes from the few channels to the many
        turned = tf.raw_ops.Conv2DBackpropFilter(
            input=seen, filter_sizes=(3, 3, filters, kernel.shape[2]), out_backprop=x,
            strides=[1] * 4, padding="SAME")
        return to_x, tf.transpose(tf.reverse(turned, (0, 1)), (0, 1, 3, 2))

    return _plain_convolution_to_few(x, kernel), gradients


def random_bytes(x, seed):
    """A random byte for each number of x, uint8. They follow from `seed`."""
    n = tf.size(x)
    seed = tf.cast(seed, "int32")
    words = tf.random.stateless_uniform([(n + 3) // 4], seed, None, None, "uint32")
    return tf.reshape(tf.reshape(tf.bitcast(words, "uint8"), [-1])[:n], tf.shape(x))


def adam_step(variable, m, v, gradient, factors):
    """Move a variable and its two averages by a step of Adam, in one kernel.

    Args:
        variable, m, v: `tf.Variable`: the weight, and the moving averages of its
            gradient and of that gradient's square.
        gradient: with respect to the weight.
        factors: what `adam_factors` returns.
    """
    gradient = tf.convert_to_tensor(gradient, variable.dtype)
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle, m=m.handle, v=v.handle, grad=gradient, **factors)


def adam_factors(dtype, step, learning_rate, beta_1, beta_2, epsilon):
    """What `adam_step` takes besides variables and gradient: the same for all.

    Args:
        dtype: of the variables.
        step: number of the step, from 1 on.
        learning_rate, beta_1, beta_2, epsilon: as for `keras.optimizers.Adam`.

    Returns:
        dict, arguments of the kernel.
    """
    factors = {name: tf.constant(number, dtype) for name, number in
               (("beta1", beta_1), ("beta2", beta_2), ("epsilon", epsilon))}
    step = tf.cast(step, dtype)
    # Rounded as Keras rounds them
    powers = [keras.ops.cast(beta, dtype) ** step for beta in (beta_1, beta_2)]
    return {**factors, "beta1_power": powers[0], "beta2_power": powers[1],
            "lr": tf.cast(learning_rate, dtype)}
