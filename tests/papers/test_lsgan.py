"""Least squares: the losses by hand, and the best discriminator of the formula."""
import numpy as np
import pytest
from scipy.stats import norm

from keras_gan import LSGAN
from tests.games import SHAPE


def test_least_squares_by_hand():
    gan = LSGAN(img_shape=SHAPE, a=-1.0, b=2.0, c=0.5, jit_compile=False)
    validity = np.array([[1.0], [3.0]])

    def loss(model, truth):
        return float(model.compute_loss(None, np.full((2, 1), truth), validity))

    assert loss(gan.discriminator, 1.0) == pytest.approx(((1 - 2) ** 2 + (3 - 2) ** 2) / 4)
    assert loss(gan.discriminator, 0.0) == pytest.approx(((1 + 1) ** 2 + (3 + 1) ** 2) / 4)
    assert loss(gan.combined, 1.0) == pytest.approx((0.5 ** 2 + 2.5 ** 2) / 4)
    said = gan.probability(None, np.array([-1.0, 2.0, 0.5]))
    np.testing.assert_allclose(said, [0.0, 1.0, 0.5])


def test_arguments_that_make_no_sense_are_refused_in_words():
    with pytest.raises(ValueError, match="b must be above a, which is 2. Received: b=1.0"):
        LSGAN(a=2.0)
    with pytest.raises(TypeError, match="from_logits"):       # there is no choice in this paper
        LSGAN(from_logits=False)


def test_the_best_discriminator_of_least_squares_is_that_of_the_formula(real_and_generated):
    gan = LSGAN(img_shape=(1,), a=-1.0, b=1.0, c=0.0, learning_rate=2e-3, seed=0,
                jit_compile=False)
    real, generated = real_and_generated
    order = np.random.default_rng(1).permutation(8192)
    data = np.concatenate([real, generated])[order]
    truth = np.concatenate([np.ones_like(real), np.zeros_like(generated)])[order]
    for rate, epochs in ((2e-3, 9), (2e-4, 3)):
        gan.discriminator.optimizer.learning_rate = rate
        # `fit` would shuffle without a seed
        gan.discriminator.fit(data, truth, batch_size=256, epochs=epochs, verbose=0, shuffle=False)
    x = np.linspace(-2, 5, 50)
    p, q = norm.pdf(x, 3), norm.pdf(x, 0)
    said = np.array(gan.discriminator(x[:, None].astype("float32")))[:, 0]
    # .027 or .028 with five seeds
    assert np.abs(said - (gan.b * p + gan.a * q) / (p + q)).mean() < 0.05
