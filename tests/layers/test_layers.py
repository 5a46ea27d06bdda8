"""Layers beside those of Keras that they replace; `Maxout`; what `Frozen` leaves."""
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from keras_gan import Frozen, Maxout, PictureConv2D, UpSamplingConv2D
from keras_gan.backend.kernels import kernels_by_xla
from tests.games import values


def outputs_and_gradients(layer, x, seen, jit_compile=False, weights=()):
    """[output, gradients of sum(output * seen) with respect to x and the weights]."""
    @tf.function(jit_compile=jit_compile)
    def play(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
            loss = tf.reduce_sum(y * seen)
        return [y, *tape.gradient(loss, [x, *(v.value for v in weights)])]

    return play(x)


def assert_same_function(ours, plain, x, rtol, jit_compile=False):
    """Two layers or models with the same weights have the same outputs and gradients.

    `rtol` is relative to the largest number of each.
    """
    ours.build(x.shape)
    plain.build(x.shape)
    rng = np.random.default_rng(1)
    plain.set_weights(
        [rng.normal(size=w.shape) / np.sqrt(np.prod(w.shape[:-1])) for w in plain.weights]
    )
    ours.set_weights(plain.get_weights())             # the very weights
    x = tf.constant(x)
    seen = tf.constant(rng.normal(size=plain(x).shape), x.dtype)
    for mine, keras_own in zip(
        outputs_and_gradients(ours, x, seen, jit_compile, ours.trainable_weights),
        outputs_and_gradients(plain, x, seen, weights=plain.trainable_weights),
        strict=True,
    ):
        np.testing.assert_allclose(mine, keras_own, rtol=0, atol=rtol * np.abs(keras_own).max())


def upsampled_and_convolved(filters, **how):
    return keras.Sequential(
        [layers.UpSampling2D(2, **how), layers.Conv2D(filters, 3, padding="same", **how)]
    )


def bilinear(x):
    """Doubled with half-pixel centres, repeated edges and one row and column more.

    `UpSampling2D(2, interpolation="bilinear")` computes in float32 whatever its dtype.
    """
    for axis in (1, 2):
        edges = [[0, 0], [0, 0], [0, 0], [0, 0]]
        edges[axis] = [1, 1]
        x = tf.pad(x, edges, "SYMMETRIC")
        n = x.shape[axis] - 1
        one, next_one = tf.gather(x, range(n), axis=axis), tf.gather(x, range(1, n + 1), axis=axis)
        doubled = tf.stack([0.75 * one + 0.25 * next_one, 0.25 * one + 0.75 * next_one], axis + 1)
        x = tf.reshape(doubled, [2 * n if i == axis else size for i, size in enumerate(x.shape)])
    return x


def bilinear_and_convolved(filters, **how):
    return keras.Sequential([layers.Lambda(bilinear, **how), layers.Conv2D(filters, 3, **how)])


def test_bilinear_is_that_of_keras_and_repeats_the_edge():
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype("float32")
    doubled = layers.UpSampling2D(2, interpolation="bilinear")(x)
    edge = tf.pad(doubled, ((0, 0), (1, 1), (1, 1), (0, 0)), "SYMMETRIC")
    np.testing.assert_allclose(bilinear(tf.constant(x)), edge, rtol=0, atol=1e-6)


PLAIN = {"nearest": upsampled_and_convolved, "bilinear": bilinear_and_convolved}


# Where XLA compiles the sums of windows, in a turn, and by one large kernel elsewhere
@pytest.mark.parametrize("in_a_turn, jit_compile", [(True, False), (False, False), (False, True)])
@pytest.mark.parametrize("interpolation", PLAIN)
@settings(max_examples=3, deadline=None)
@given(st.tuples(*[st.integers(1, 7)] * 2), st.integers(1, 9), st.integers(1, 5))
def test_folded_upsampling_is_upsampling_and_convolution(
    interpolation, in_a_turn, jit_compile, size, channels, filters
):
    x = np.random.default_rng(0).normal(size=(2, *size, channels))
    ours = UpSamplingConv2D(filters, interpolation=interpolation, dtype="float64")
    with kernels_by_xla(in_a_turn):
        assert_same_function(ours, PLAIN[interpolation](filters, dtype="float64"), x, 1e-12,
                             jit_compile)


@pytest.mark.parametrize("in_a_turn", [True, False])
@pytest.mark.parametrize("channels, filters", [(1, 1), (512, 256), (3, 512), (512, 3)])
def test_folded_upsampling_of_few_and_many_channels_in_float32(channels, filters, in_a_turn):
    x = np.random.default_rng(0).normal(size=(2, 7, 5, channels)).astype("float32")
    with kernels_by_xla(in_a_turn):
        assert_same_function(UpSamplingConv2D(filters), upsampled_and_convolved(filters), x, 3e-6)


def test_bilinear_upsampling_by_hand():
    layer = UpSamplingConv2D(1, "ones", interpolation="bilinear")
    # One row 0, 4, repeated upwards and downwards. Doubled: 0, 1, 3, 4; with its edges
    # 0, 0, 1, 3, 4, 4. Three times three of them are added up.
    x = np.array([0.0, 4.0], "float32").reshape(1, 1, 2, 1)
    np.testing.assert_array_equal(layer(x)[0, ..., 0], [[3, 12, 24, 33]] * 2)


def test_folded_upsampling_knows_two_interpolations():
    with pytest.raises(ValueError, match="'nearest', 'bilinear'. Received: 'lanczos3'"):
        UpSamplingConv2D(3, interpolation="lanczos3")


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("size, filters", [((2, 2), 1), ((6, 10), 3), ((4, 2), 5)])
def test_picture_convolution_is_a_convolution(size, filters, jit_compile):
    x = np.random.default_rng(0).normal(size=(3, *size, 4))
    assert_same_function(
        PictureConv2D(filters, dtype="float64"),
        layers.Conv2D(filters, 3, padding="same", dtype="float64"),
        x,
        1e-12,
        jit_compile,
    )


def test_picture_convolution_takes_no_odd_sizes():
    with pytest.raises(ValueError, match=r"must be even. Received: \(None, 6, 7, 2\)"):
        PictureConv2D(3).build((None, 6, 7, 2))


def test_folded_upsampling_is_saved_and_loaded(tmp_path):
    model = keras.Sequential(
        [
            keras.Input((3, 5, 2)),
            UpSamplingConv2D(4, kernel_initializer="he_normal", interpolation="bilinear"),
            PictureConv2D(3),
        ]
    )
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(0).normal(size=(2, 3, 5, 2))
    assert again.layers[0].kernel_initializer.__class__.__name__ == "HeNormal"
    assert again.layers[0].interpolation == "bilinear"
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
    assert again.output_shape == (None, 6, 10, 3)


@pytest.fixture
def model():
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(8),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(1),
        ]
    )


def test_frozen_is_the_model_in_training_mode_and_changes_nothing(rng):
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.Dense(1)]
    )
    x = rng.normal(3.0, 1.0, (64, 4))
    before = values(model)
    frozen = Frozen(model)(x, training=True)
    for path, value in values(model).items():
        np.testing.assert_array_equal(value, before[path], err_msg=path)
    # Not the moving averages, which still are 0 and 1 ...
    assert np.abs(frozen - model(x, training=False)).max() > 0.1
    # ... but the batch's own statistics
    np.testing.assert_allclose(frozen, model(x, training=True), atol=1e-5)
    # Which this did note
    assert any(not np.array_equal(value, before[path]) for path, value in values(model).items())


def test_frozen_draws_a_new_dropout_mask_each_time(model, rng):
    x = rng.normal(size=(64, 4))
    frozen = Frozen(model)
    assert not np.array_equal(frozen(x, training=True), frozen(x, training=True))
    assert np.array_equal(frozen(x, training=False), frozen(x, training=False))


def test_frozen_lets_gradients_through_to_its_input_and_none_to_its_weights(model, rng):
    x = tf.constant(rng.normal(size=(8, 4)).astype("float32"))
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(Frozen(model)(x, training=True) ** 2)
    to_input, *to_weights = tape.gradient(loss, [x, *(v.value for v in model.trainable_weights)])
    assert np.abs(to_input).max() > 0
    assert to_weights == [None] * len(model.trainable_weights)


def test_maxout_is_the_largest_of_its_linear_pieces(rng):
    layer = Maxout(4, pieces=3, dtype="float64")
    x = rng.normal(size=(7, 5))
    assert layer(x).shape == (7, 4) and layer.kernel.shape == (5, 12)
    layer.set_weights([rng.normal(size=(5, 12)), rng.normal(size=12)])
    kernel, bias = layer.get_weights()
    by_hand = [
        [max(row @ kernel[:, 3 * i + j] + bias[3 * i + j] for j in range(3)) for i in range(4)]
        for row in x
    ]
    np.testing.assert_allclose(layer(x), by_hand)
    assert layer.compute_output_shape((None, 5)) == (None, 4)


def test_maxout_of_one_piece_is_dense(rng):
    maxout, dense = Maxout(4, pieces=1, dtype="float64"), layers.Dense(4, dtype="float64")
    x = rng.normal(size=(7, 5))
    maxout(x), dense(x)
    maxout.set_weights(dense.get_weights())
    np.testing.assert_allclose(maxout(x), dense(x))


def test_a_network_with_maxout_can_be_saved_and_loaded(rng, tmp_path):
    network = keras.Sequential(
        [keras.Input((5,)), Maxout(4, pieces=3, kernel_initializer="he_normal")]
    )
    network.save(tmp_path / "maxout.keras")
    x = rng.normal(size=(7, 5))
    loaded = keras.saving.load_model(tmp_path / "maxout.keras")
    np.testing.assert_array_equal(loaded(x), network(x))
    assert loaded.layers[0].pieces == 3 and isinstance(
        loaded.layers[0].kernel_initializer, keras.initializers.HeNormal
    )


def test_folded_upsampling_is_the_same_function_on_jax_without_tensorflow():
    played = subprocess.run(
        [sys.executable, "-m", "tests.layers.layers_on_jax"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert played.returncode == 0, played.stderr
