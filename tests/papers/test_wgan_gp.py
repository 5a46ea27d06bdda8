"""The penalised critic: its slope, the distance that it finds, and its random α."""
import numpy as np
import pytest
from keras import ops

from keras_gan import WGANGP
from tests.games import SHAPE, linear_critic, random_images


def test_alpha_is_uniform_one_a_sample_and_another_one_in_every_turn():
    gan = WGANGP(img_shape=SHAPE, latent_dim=5, jit_compile=False)
    first, second = gan.random_numbers(4000), gan.random_numbers(4000)
    assert {name: array.shape for name, array in first.items()} == {"z": (4000, 5),
                                                                    "alpha": (4000, 1)}
    z, alpha = first["z"], first["alpha"][:, 0]
    assert 0 <= alpha.min() < 0.01 and 0.99 < alpha.max() < 1
    assert np.abs(np.histogram(alpha, 10, (0, 1))[0] - 400).max() < 100
    assert len(np.unique(alpha)) > 3900 and not np.array_equal(alpha, second["alpha"][:, 0])
    # And it says nothing about z
    assert np.abs(np.corrcoef(z.T, alpha)[-1, :-1]).max() < 0.06


def test_random_numbers_without_alpha_are_refused_in_words(rng):
    gan = WGANGP(img_shape=SHAPE, latent_dim=5, jit_compile=False)
    expected = (r"with 5 samples must be a dict of arrays \{'z': \(5, 5\), 'alpha': \(5, 1\)\}. "
                r"Received: \{'z': \(5, 5\)\}")
    with pytest.raises(ValueError, match=expected):
        gan.train_on_batch(random_images(rng, 5, SHAPE), {"z": rng.normal(size=(5, 5))})


@pytest.mark.parametrize("penalty", [10.0, 3.0])
def test_a_linear_critic_ends_at_the_slope_of_the_formula(penalty, real_and_generated):
    real, generated = real_and_generated
    distance = real.mean() - generated.mean()
    gan = linear_critic(WGANGP, penalty=penalty)
    for _ in range(150):
        gan.distance.train_on_batch([real, generated, np.full_like(real, 0.5)],
                                    [np.ones_like(real), np.zeros_like(real)])
    slope = float(gan.critic.get_weights()[0][0, 0])
    assert slope == pytest.approx(1 + distance / (2 * penalty), abs=0.01)           # 1 + W1 / 2λ


def test_a_penalised_critic_finds_the_distance_of_two_normal_distributions(real_and_generated):
    gan = WGANGP(img_shape=(1,), learning_rate=3e-3, seed=0, jit_compile=False)
    real, generated = real_and_generated
    rng = np.random.default_rng(1)
    for _ in range(100):
        batch = [part[rng.integers(4096, size=512)] for part in (real, generated)]
        gan.distance.train_on_batch([*batch, rng.random((512, 1))],
                                    [np.ones((512, 1)), np.zeros((512, 1))])
    x = np.linspace(-2, 5, 200, dtype="float32")[:, None]
    slope = np.abs(np.diff(np.array(gan.critic(x))[:, 0]) / np.diff(x[:, 0]))
    distance = float(ops.mean(gan.critic(real)) - ops.mean(gan.critic(generated)))
    assert distance / slope.max() == pytest.approx(3, abs=0.1)
    assert distance == pytest.approx(3, rel=0.35)


def test_a_penalised_critic_may_have_spectral_norms():
    gan = WGANGP(img_shape=(8, 8, 1), networks="keras_gan", base_channels=1,
                 discriminator_norm="spectral")
    assert gan.discriminator_norm == "spectral"
