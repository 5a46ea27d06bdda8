"""Conditional BatchNormalization against a computation by hand."""
import keras
import numpy as np
import pytest

from keras_gan.layers import BatchNormalization, ConditionalBatchNormalization


@pytest.mark.parametrize("dtype", ["float32", "float64"])           # in one kernel, and Keras's own
def test_it_is_what_one_computes_by_hand(dtype, rng):
    layer = ConditionalBatchNormalization(momentum=0.75, epsilon=0.01, dtype=dtype)
    x, condition = (rng.normal(3, 2, shape).astype(dtype) for shape in ((4, 5, 6, 3), (4, 2)))
    made = np.array(layer([x, condition], training=True))
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    gain, bias = ((condition @ np.array(w))[:, None, None]
                  for w in (layer.gain_kernel, layer.bias_kernel))
    by_hand = (x - mean) / np.sqrt(variance + 0.01) * (1 + gain) + bias
    np.testing.assert_allclose(made, by_hand, atol=1e-4 if dtype == "float32" else 1e-10)
    moving = [np.array(v) for v in layer.non_trainable_variables]
    np.testing.assert_allclose(moving, [0.25 * mean, 0.75 + 0.25 * variance], rtol=1e-5)
    known = (x - moving[0]) / np.sqrt(moving[1] + 0.01)
    np.testing.assert_allclose(np.array(layer([x, condition], training=False)),
                               known * (1 + gain) + bias, atol=1e-4)
    assert [tuple(v.shape) for v in layer.trainable_variables] == [(2, 3), (2, 3)]


def test_without_gain_and_bias_it_is_keras_s_own_too(rng):
    x = rng.normal(3, 2, (4, 5, 6, 3)).astype("float32")
    for how in ({"center": False}, {"scale": False}, {"center": False, "scale": False}):
        ours, theirs = BatchNormalization(**how), keras.layers.BatchNormalization(**how)
        for training in (True, False):
            np.testing.assert_allclose(ours(x, training=training), theirs(x, training=training),
                                       atol=1e-5)


def test_it_comes_back_from_its_config():
    layer = ConditionalBatchNormalization(momentum=0.75, epsilon=0.01)
    again = ConditionalBatchNormalization.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert again.normalization.momentum == 0.75 and again.normalization.epsilon == 0.01
