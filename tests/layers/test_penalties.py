"""Penalties by hand: R1, alone and in the Dirac-GAN, and the gradient penalty."""
import numpy as np
import pytest
from keras import Input, Sequential, ops
from keras.layers import Lambda

from benchmarks.dirac import dirac_gan
from keras_gan import DCGAN, GAN, WGANGP, PacGAN
from keras_gan.layers.penalties import R1, GradientPenalty
from tests.games import linear

# --- the gradient penalty -------------------------------------------------------------

def test_the_gradient_penalty_by_hand(rng):
    real, generated = rng.normal(size=(2, 5, 2)).astype("float32")
    alpha = rng.random((5, 1)).astype("float32")
    cases = (((0.0, 0.0), 10.0), ((0.6, 0.8), 0.0), ((3.0, 4.0), 160.0))        # λ, 0, λ (5 - 1)²
    for weights, expected in cases:
        penalty = GradientPenalty(linear(weights), 10.0)([real, generated, alpha])
        np.testing.assert_allclose(penalty, np.full((5, 1), expected), atol=1e-4)


def test_the_gradient_penalty_is_taken_between_real_and_generated_pictures(rng):
    real, generated = rng.normal(size=(2, 5, 3, 4, 2)).astype("float32")
    alpha = rng.random((5, 1)).astype("float32")

    def half_of_the_squares(x):
        return 0.5 * ops.sum(ops.square(x), axis=(1, 2, 3), keepdims=True)[:, :, 0, 0]

    # The gradient of ½‖x‖² is x itself: the penalty shows where x̂ lies
    bowl = Sequential([Input((3, 4, 2)), Lambda(half_of_the_squares, output_shape=(1,))])
    x_hat = alpha[:, :, None, None] * real + (1 - alpha[:, :, None, None]) * generated
    expected = 7 * (np.sqrt((x_hat ** 2).sum(axis=(1, 2, 3))) - 1) ** 2
    penalty = GradientPenalty(bowl, 7.0)([real, generated, alpha])
    np.testing.assert_allclose(penalty[:, 0], expected, rtol=1e-4)


# --- R1 -------------------------------------------------------------------------------

def test_r1_by_hand(rng):
    x = rng.normal(size=(5, 2)).astype("float32")
    layer = R1(linear((3.0, 4.0)), 2.0)
    np.testing.assert_allclose(layer(x)[:, 0], x @ [3.0, 4.0], rtol=1e-5)
    assert [float(loss) for loss in layer.losses] == [pytest.approx(25.0)]      # γ/2 times 3² + 4²


def test_r1_of_a_pack_is_that_of_its_samples_together(rng):
    gan = PacGAN(img_shape=(2,), networks="srivastava_2017", packing=2, from_logits=True,
                 r1_gamma=2.0, jit_compile=False)
    x = rng.normal(size=(6, 2)).astype("float32")
    step, slopes = 1e-2, np.zeros((3, 4))
    for i in range(4):                              # of each pack along its four numbers
        aside = np.zeros((3, 4), "float32")
        aside[:, i] = step
        aside = aside.reshape(6, 2)
        rise = np.array(gan.discriminator(x + aside) - gan.discriminator(x - aside))
        slopes[:, i] = rise[:, 0] / (2 * step)
    gan.discriminator_on_real(x)
    penalty = float(gan.discriminator_on_real.losses[0])
    assert penalty == pytest.approx((slopes ** 2).sum(axis=1).mean(), rel=0.02)


def test_a_normalised_batch_and_a_penalty_for_each_picture_do_not_go_together():
    for model, arguments in ((WGANGP, {}), (DCGAN, {"from_logits": True, "r1_gamma": 1.0})):
        with pytest.raises(ValueError, match="discriminator_norm must be 'spectral' or 'none'.*"
                                             "Received: discriminator_norm='batch'"):
            model(img_shape=(16, 16, 1), networks="keras_gan", discriminator_norm="batch",
                  **arguments)
    with pytest.raises(ValueError, match="from_logits must be True"):
        GAN(r1_gamma=1.0)


# --- the Dirac-GAN --------------------------------------------------------------------

@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_the_eigenvalues_of_the_dirac_gan(gamma, float64):
    h, small = 0.2, 1e-6
    gan = dirac_gan("GAN", learning_rate=h, from_logits=True, r1_gamma=gamma, run_eagerly=True)
    jacobian = np.transpose([gan.play(small, 0.0), gan.play(0.0, small)]) / small
    # One after the other: ψ' = (1 - hγ) ψ - h/2 θ, then θ' = θ + h/2 ψ'
    by_hand = np.array([[1 - h * h / 4, h / 2 * (1 - h * gamma)], [-h / 2, 1 - h * gamma]])
    np.testing.assert_allclose(jacobian, by_hand, atol=1e-5)
    eigenvalues = np.linalg.eigvals(jacobian)
    assert np.prod(eigenvalues).real == pytest.approx(1 - h * gamma, abs=1e-5)
    if gamma == 0:                                  # on the unit circle: round and round for ever
        np.testing.assert_allclose(np.abs(eigenvalues), 1, atol=1e-5)
    else:                                           # inside of it: both players come to rest
        assert np.abs(eigenvalues).max() < 0.98


def test_only_the_penalised_dirac_gan_comes_to_rest(float64):
    ends = {}
    for name, arguments in {"plain": {}, "r1": {"r1_gamma": 1.0}}.items():
        gan = dirac_gan("GAN", learning_rate=0.3, from_logits=True, run_eagerly=True, **arguments)
        place = (1.0, 1.0)
        for _ in range(60):
            place = gan.play(*place)
        ends[name] = np.hypot(*place)
    assert ends["plain"] > 0.5 and ends["r1"] < 0.01
