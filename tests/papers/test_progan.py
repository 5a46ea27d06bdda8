"""ProGAN's layers, worked out by hand, and the term that holds its critic."""
import keras
import numpy as np
import pytest
from keras import ops

from keras_gan import ProGAN
from keras_gan.layers import UpSamplingConv2D
from keras_gan.layers.growing import Equalized, MinibatchDeviation, Modulation, PixelNormalization
from tests.games import random_images


@pytest.mark.parametrize("layer, inputs, fan_in", [
    (keras.layers.Dense(50), (3, 40), 40),
    (keras.layers.Conv2D(16, 3), (3, 6, 7, 20), 180),
    (UpSamplingConv2D(16), (3, 6, 7, 20), 180)])
def test_an_equalised_layer_has_weights_of_one_and_works_with_smaller_ones(
        layer, inputs, fan_in, rng):
    equalized, x = Equalized(layer, gain=3.0), rng.normal(size=inputs)
    made = ops.convert_to_numpy(equalized(x))
    kernel, bias = layer.get_weights()
    assert np.std(kernel) == pytest.approx(1, abs=0.1) and not bias.any()
    layer.set_weights([kernel * 3 / fan_in ** 0.5, bias])
    np.testing.assert_allclose(made, ops.convert_to_numpy(layer(x)), rtol=1e-3, atol=1e-4)
    assert np.std(made) == pytest.approx(3, rel=0.2)


def test_every_pixel_has_length_1_and_modulation_scales_and_moves_its_channels(rng):
    x, w = rng.normal(size=(2, 3, 4, 5)), rng.normal(size=(2, 6))
    normal = x / np.sqrt((x ** 2).mean(-1, keepdims=True))
    np.testing.assert_allclose(ops.convert_to_numpy(PixelNormalization()(x)), normal, rtol=1e-4)
    layer = Modulation()
    made = ops.convert_to_numpy(layer([x, w]))
    kernel, bias = layer.get_weights()
    scale, offset = np.split(w @ kernel + bias, 2, axis=-1)
    np.testing.assert_allclose(made, normal * (1 + scale[:, None, None]) + offset[:, None, None],
                               rtol=1e-3, atol=1e-4)


def test_minibatch_deviation_says_how_different_the_samples_are(rng):
    x = rng.normal(size=(4, 2, 3, 5))
    made = ops.convert_to_numpy(MinibatchDeviation()(x))
    np.testing.assert_allclose(made[..., :5], x, rtol=1e-6)
    np.testing.assert_allclose(made[..., 5], x.std(axis=0).mean(), rtol=1e-5)
    same = ops.convert_to_numpy(MinibatchDeviation()(np.repeat(x[:1], 4, axis=0)))
    assert np.abs(same[..., 5]).max() < 1e-3


def test_the_penalty_holds_the_score_of_real_pictures_near_0(rng):
    gan = ProGAN(img_shape=(8, 8, 1), latent_dim=3, base_channels=1, penalty=0.0,
                 jit_compile=False)
    images = random_images(rng, 6, (8, 8, 1)) / np.float32(127.5) - 1
    score = ops.convert_to_numpy(gan.critic(images))
    _, penalty = gan.distance([images, images[::-1], np.full((6, 1), 0.5)])
    np.testing.assert_allclose(ops.convert_to_numpy(penalty), 0.001 * score ** 2, rtol=1e-4)


def test_initial_weights_are_of_one_size_at_every_level():
    gan = ProGAN(img_shape=(32, 40, 3), base_channels=4)
    gan.generator.layers[-1].trainable = True
    kernels = [v for v in gan.generator.weights if v.path.endswith("kernel") and v.shape[0] > 1]
    deviations = [float(ops.std(v)) for v in kernels]
    assert len(kernels) == 8 and min(deviations) > 0.9 and max(deviations) < 1.1
