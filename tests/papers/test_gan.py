"""The vanilla game: a turn is its moves, it learns digits and all modes of a ring."""
import numpy as np
import pytest

from data_loaders import load_data
from keras_gan import GAN
from keras_gan.evaluation import mode_coverage, ring
from tests.games import SHAPE, distances, random_images, values


def test_a_turn_with_k_is_k_steps_of_d_on_fresh_batches_and_one_of_g(rng):
    game, by_hand = (GAN(img_shape=SHAPE, latent_dim=5, k=2, run_eagerly=True) for _ in range(2))
    images = rng.uniform(-1, 1, (8, *SHAPE)).astype("float32")
    z = rng.normal(size=(8, 5)).astype("float32")
    game.train_on_batch(images, {"z": z})
    for part in (slice(0, 4), slice(4, 8)):
        by_hand.discriminator.train_on_batch(images[part], np.ones((4, 1)))
        made = by_hand.generator(z[part], training=False)
        by_hand.discriminator.train_on_batch(made, np.zeros((4, 1)))
    by_hand.combined.train_on_batch(z[4:], np.ones((4, 1)))
    for name in ("generator", "discriminator"):
        one, other = (getattr(gan, name).get_weights() for gan in (game, by_hand))
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="k=2 steps of the discriminator takes k batches of one "
                                         "size.*Received: 7"):
        game.train_on_batch(images[:7])
    with pytest.raises(ValueError, match="A turn takes k=2 batches of 5, more than the 8 samples. "
                                         "Use batch_size=4 or less"):
        game.train(images, steps=1, batch_size=5)


def test_weight_decay_takes_its_share_of_the_generators_kernels_alone(float64, rng):
    images = random_images(rng, 8, SHAPE)
    plain, decayed = (GAN(img_shape=SHAPE, learning_rate=0.01, generator_weight_decay=decay,
                          run_eagerly=True) for decay in (0.0, 0.3))
    before = values(plain.generator)
    for gan in (plain, decayed):
        gan.train_on_batch(images)
    trainable = {w.path for w in plain.generator.trainable_weights}
    after = zip(values(plain.generator).items(), values(decayed.generator).values(), strict=True)
    for (path, one), other in after:
        share = 0.01 * 0.3 if path in trainable and path.endswith("kernel") else 0.0
        np.testing.assert_allclose(one - other, share * before[path], atol=1e-12)
    for one, other in zip(plain.discriminator.get_weights(), decayed.discriminator.get_weights(),
                          strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_game_learns_digits():
    data = load_data("digits", img_shape=(8, 8, 1))
    real, others = data.images[:500] / 255.0, data.images[500:600] / 255.0
    gan = GAN(img_shape=(8, 8, 1))

    def to_the_nearest_real(pictures):
        return distances(pictures, real).min(axis=1).mean()

    untrained = to_the_nearest_real(gan.generate(100, seed=1))
    gan.train(data, steps=500, batch_size=32)
    samples = gan.generate(100, seed=1)
    # Other digits .179, untrained .39 to .41, trained .203, .206, .206 (seeds 0, 1, 2)
    floor = to_the_nearest_real(others)
    assert to_the_nearest_real(samples) < floor + 0.25 * (untrained - floor)
    # Distance to one another: real digits .373, trained .308, .308, .311
    among_real = distances(real, real).mean()
    assert distances(samples, samples).mean() == pytest.approx(among_real, rel=1 / 3)


def test_the_penalised_game_finds_all_modes_of_a_ring():
    data = ring(8, radius=1.0, sigma=0.05)
    gan = GAN(img_shape=(2,), latent_dim=2, networks="srivastava_2017", learning_rate=2e-3,
              from_logits=True, fakes_in_training_mode=True, r1_gamma=0.1, ema_momentum=0.99,
              seed=0, jit_compile=False)
    before = mode_coverage(gan.generate(2000, seed=1), data)
    gan.train(data, steps=1000, batch_size=100)
    after = mode_coverage(gan.generate(2000, seed=1), data)
    assert before["high_quality"] < 0.2
    assert after["modes"] == 8 and after["reverse_kl"] < 0.05
    assert after["high_quality"] > 0.35                                      # .48 to .76
