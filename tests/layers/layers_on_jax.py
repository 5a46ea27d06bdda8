"""`UpSamplingConv2D` beside Keras's two layers on JAX, without TensorFlow.

A process of its own, which `test_layers.py` runs.
"""
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras
import numpy as np
from keras import layers

from keras_gan import UpSamplingConv2D


def output_and_gradients(layer, x):
    """[output, gradients of the sum of output**2 to x and to the weights]."""
    weights = [v.value for v in layer.trainable_variables]
    rest = [v.value for v in layer.non_trainable_variables]

    def play(x, weights):
        return layer.stateless_call(weights, rest, x)[0]

    to_x, to_weights = jax.jit(
        jax.grad(lambda x, weights: (play(x, weights) ** 2).sum(), argnums=(0, 1))
    )(x, weights)
    return [play(x, weights), to_x, *to_weights]


x = np.random.default_rng(0).normal(size=(2, 6, 4, 5)).astype("float32")
ours, plain = (
    UpSamplingConv2D(7),
    keras.Sequential([layers.UpSampling2D(2), layers.Conv2D(7, 3, padding="same")]),
)
ours.build(x.shape)
plain.build(x.shape)
plain.set_weights(ours.get_weights())
for mine, keras_own in zip(
    output_and_gradients(ours, x), output_and_gradients(plain, x), strict=True
):
    np.testing.assert_allclose(mine, keras_own, rtol=0, atol=3e-6 * np.abs(keras_own).max())

assert keras.backend.backend() == "jax"
assert "tensorflow" not in sys.modules
