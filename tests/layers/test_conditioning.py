"""Conditioning augmentation: what it draws, and how far that is from N(0, 1)."""
import math

import keras
import numpy as np
import pytest

from keras_gan.layers.conditioning import ConditioningAugmentation


def test_it_draws_from_the_normal_distribution_of_the_embedding(rng):
    layer = ConditioningAugmentation()
    layer.build([(None, 2), (None, 3)])
    mean, log_sigma = rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    layer.set_weights([mean, np.ones(3), log_sigma, np.zeros(3)])
    epsilon = rng.normal(size=(4, 3))
    for i in (0, 1):
        c, kl = layer([np.eye(2)[[i] * 4], epsilon])
        m, sigma = mean[i] + 1, np.exp(log_sigma[i])
        np.testing.assert_allclose(c, m + sigma * epsilon, rtol=1e-5)
        # The integral of p log (p / q), on a grid, of each dimension
        x = m + sigma * np.linspace(-12, 12, 20_001)[:, None]
        log_p = -0.5 * ((x - m) / sigma) ** 2 - np.log(sigma)
        inside = np.exp(log_p) / math.sqrt(2 * math.pi) * (log_p + 0.5 * x ** 2)
        integral = inside.sum(axis=0) * (x[1] - x[0])
        assert kl.shape == (4, 1)
        np.testing.assert_allclose(np.ravel(kl), [integral.mean()] * 4, rtol=1e-5)


def test_kl_by_hand():
    layer = ConditioningAugmentation()
    layer.build([(None, 1), (None, 1)])
    layer.set_weights([np.full((1, 1), 0.5), np.zeros(1), np.full((1, 1), math.log(2)),
                       np.zeros(1)])
    c, kl = layer([np.ones((1, 1)), np.full((1, 1), -3.0)])
    assert float(c[0, 0]) == pytest.approx(0.5 - 6)
    assert float(kl[0, 0]) == pytest.approx(0.5 * (0.25 + 4 - 1) - math.log(2))


def test_sigma_begins_at_1_and_the_layer_can_be_saved(rng, tmp_path):
    embedding, epsilon = keras.Input((5,)), keras.Input((3,))
    model = keras.Model([embedding, epsilon], ConditioningAugmentation()([embedding, epsilon]))
    given = [rng.normal(size=(4, 5)), rng.normal(size=(4, 3))]
    c, kl = model(given)
    zero, _ = model([given[0], np.zeros((4, 3))])
    np.testing.assert_allclose(c - zero, given[1], atol=1e-6)
    np.testing.assert_allclose(np.ravel(kl), np.square(zero).mean(axis=1) / 2, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    keras.tree.map_structure(np.testing.assert_array_equal, again(given), model(given))
