"""The relativistic pairing loss: by hand, its moves, its fixed point."""
import numpy as np
import pytest
from keras import Input, Sequential, ops
from keras.layers import Lambda

from benchmarks.dirac import dirac_gan
from keras_gan import RGAN
from tests.games import SHAPE


def softplus(t):
    return np.logaddexp(0, t)


class Bowl(RGAN):
    """D(x) = ½ x², whose slope at x is x itself."""

    def build_discriminator(self):
        half = Lambda(lambda x: 0.5 * ops.square(x), output_shape=(1,))
        return Sequential([Input((1,)), half], name="discriminator")


def test_the_losses_of_pairs_by_hand(rng):
    gan = RGAN(img_shape=SHAPE, latent_dim=3, learning_rate=1e-9, fakes_in_training_mode=True,
               run_eagerly=True)
    x = rng.uniform(-1, 1, (5, *SHAPE)).astype("float32")
    z = rng.normal(size=(5, 3)).astype("float32")
    real, fake = (np.array(gan.discriminator(samples))[:, 0]
                  for samples in (x, gan.generator(z, training=True)))
    logs = gan.train_on_batch(x, {"z": z})
    assert logs["d_loss"] == pytest.approx(softplus(fake - real).mean(), rel=1e-5)
    assert logs["d_accuracy"] == pytest.approx((real > fake).mean())
    assert logs["g_loss"] == pytest.approx(softplus(real - fake).mean(), rel=1e-5)
    # What D says is a score, and not a probability
    np.testing.assert_allclose(gan.discriminate(x), real, atol=1e-5)


def test_both_players_see_differences(rng):
    gan = RGAN(img_shape=SHAPE, latent_dim=5, jit_compile=False)
    x, other = rng.uniform(-1, 1, (2, 4, *SHAPE)).astype("float32")
    z = rng.normal(size=(4, 5)).astype("float32")
    d_x, d_other, d_made = map(gan.discriminator, (x, other, gan.generator(z)))
    np.testing.assert_allclose(gan.discriminator_on_pairs([x, other]), d_x - d_other, atol=1e-6)
    np.testing.assert_allclose(gan.combined([z, x]), d_made - d_x, atol=1e-6)
    assert gan.discriminator.weights[-1].shape == (256, 1)      # a bias would vanish in them


def test_r1_is_taken_at_real_and_r2_at_generated_samples(rng):
    x, made = rng.normal(size=(2, 6, 1)).astype("float32")
    pair = (x ** 2 / 2 - made ** 2 / 2)
    for r1, r2 in ((0.0, 0.0), (3.0, 0.0), (0.0, 5.0), (3.0, 5.0)):
        gan = Bowl(img_shape=(1,), r1_gamma=r1, r2_gamma=r2, jit_compile=False)
        np.testing.assert_allclose(gan.discriminator_on_pairs([x, made]), pair, atol=1e-5)
        paid = sum(float(loss) for loss in gan.discriminator_on_pairs.losses)
        expected = r1 / 2 * np.square(x).mean() + r2 / 2 * np.square(made).mean()
        assert paid == pytest.approx(expected, rel=1e-4)


def test_the_penalties_are_taken_every_so_many_turns_and_count_as_many_times(rng):
    x, made = rng.normal(size=(2, 6, 1)).astype("float32")
    gan = Bowl(img_shape=(1,), r1_gamma=3.0, r2_gamma=5.0, r1_interval=3, jit_compile=False)
    penalty = 3 / 2 * np.square(x).mean() + 5 / 2 * np.square(made).mean()
    for turn, times in enumerate((3, 0, 0, 3)):
        gan.discriminator_on_pairs.optimizer.iterations.assign(turn)
        gan.discriminator_on_pairs([x, made])
        paid = sum(float(loss) for loss in gan.discriminator_on_pairs.losses)
        assert paid == pytest.approx(times * penalty, rel=1e-4)


def test_arguments_that_make_no_sense_are_refused_in_words():
    with pytest.raises(ValueError, match="r2_gamma must be a number of at least 0. Received"):
        RGAN(r2_gamma=-1.0)
    for name in ("r1_gamma", "r2_gamma"):
        with pytest.raises(ValueError, match="discriminator_norm must be 'spectral' or 'none'"):
            RGAN(img_shape=(16, 16, 1), networks="keras_gan", **{name: 1.0})
    with pytest.raises(TypeError, match="from_logits"):       # there is no choice in this paper
        RGAN(from_logits=True)


# --- the Dirac-GAN --------------------------------------------------------------------

@pytest.mark.parametrize(("r1", "r2"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 1.5)])
def test_the_eigenvalues_at_the_equilibrium_of_the_dirac_gan(r1, r2, float64):
    # D(x) = ψ x, the data are 0, G makes θ. D loses softplus(ψ θ) + (r1 + r2) ψ² / 2,
    # and G softplus(-ψ θ). Downhill each goes by its own slope:
    #     dθ/dt = ψ σ(-ψ θ),    dψ/dt = -θ σ(ψ θ) - (r1 + r2) ψ.
    # In θ = ψ = 0, σ is 1/2, and the Jacobian of the field ...
    gamma = r1 + r2
    by_hand = np.array([[0, 1 / 2], [-1 / 2, -gamma]])
    # ... has the eigenvalues of λ² + γ λ + 1/4 = 0
    eigenvalues = (-gamma + np.emath.sqrt(gamma ** 2 - 1) * np.array([1, -1])) / 2

    h, small = 1e-5, 1e-3
    gan = dirac_gan("RGAN", learning_rate=h, r1_gamma=r1, r2_gamma=r2, run_eagerly=True)
    field = [(np.array(gan.play(*place)) - place) / h for place in ((small, 0.0), (0.0, small))]
    jacobian = np.transpose(field) / small
    np.testing.assert_allclose(jacobian, by_hand, atol=1e-4)
    found = np.linalg.eigvals(jacobian)
    np.testing.assert_allclose(np.sort_complex(found), np.sort_complex(eigenvalues), atol=1e-3)
    # Without a penalty they lie on the imaginary axis: round and round for ever. With
    # either of the two both players come to rest
    assert found.real.max() == pytest.approx(0, abs=1e-4) if gamma == 0 else found.real.max() < -0.1
