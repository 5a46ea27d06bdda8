"""Training learns: seeded, judged by the pictures that come out. Thresholds leave room below what three seeds gave."""
import numpy as np
import pytest

from data_loaders import load_data
from keras_gan import DCGAN, GAN


def distances(a, b):
    """Root mean square distance of every picture of `a` to every picture of `b`."""
    a, b = (x.reshape(len(x), -1) for x in (a, b))
    return np.sqrt(((a[:, None] - b[None]) ** 2).mean(-1))


def test_the_vanilla_gan_learns_digits():
    data = load_data("digits", img_shape=(8, 8, 1))
    real, others = data.images[:500] / 255.0, data.images[500:600] / 255.0
    gan = GAN(img_shape=(8, 8, 1))
    untrained = distances(gan.generate(100, seed=1), real).min(axis=1).mean()
    gan.train(data, steps=500, batch_size=32)
    samples = gan.generate(100, seed=1)
    # Distance to the nearest real digit: other digits .179, untrained .39 to .41, trained .203, .206, .206 (seeds 0, 1, 2)
    floor = distances(others, real).min(axis=1).mean()
    assert distances(samples, real).min(axis=1).mean() < floor + 0.25 * (untrained - floor)
    # Distance to one another: real digits .373, trained .308, .308, .311
    assert distances(samples, samples).mean() == pytest.approx(distances(real, real).mean(), rel=1 / 3)


def test_the_dcgan_learns_two_kinds_of_pictures():
    rng = np.random.default_rng(0)
    images = np.zeros((256, 16, 20, 3), np.uint8)           # bright at the left and blue, or bright at the right and red
    images[:128, :, :10], images[128:, :, 10:] = (30, 30, 220), (220, 30, 30)
    images = np.clip(images + rng.normal(0, 12, images.shape), 0, 255).astype(np.uint8)
    gan = DCGAN(img_shape=(16, 20, 3), base_channels=8, recipe="laptop", learning_rate=5e-4)
    gan.train(images, steps=200, batch_size=32)
    kinds = np.stack([images[:128].mean(0), images[128:].mean(0)]) / 255.0
    near = distances(gan.generate(100, seed=1), kinds)
    # Distance to the nearer kind: untrained .35, trained .093, .088, .076 (seeds 0, 1, 2); the kinds are .50 apart
    assert np.median(near.min(axis=1)) < 0.16
    # Share of the second kind: .50, .36, .55. A collapsed generator makes one kind alone.
    assert 0.15 < np.mean(near.argmin(axis=1)) < 0.85
