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


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_dcgan_learns_two_kinds_of_pictures(seed):
    rng = np.random.default_rng(0)
    images = np.zeros((256, 16, 20, 3), np.uint8)           # bright at the left and blue, or bright at the right and red
    images[:128, :, :10], images[128:, :, 10:] = (30, 30, 220), (220, 30, 30)
    images = np.clip(images + rng.normal(0, 12, images.shape), 0, 255).astype(np.uint8)
    gan = DCGAN(img_shape=(16, 20, 3), base_channels=4, recipe="laptop", learning_rate=1e-3, seed=seed, jit_compile=False)
    gan.train(images, steps=400, batch_size=16)
    kinds = np.stack([images[:128].mean(0), images[128:].mean(0)]) / 255.0
    near = distances(gan.generate(100, seed=1), kinds)
    assert np.median(near.min(axis=1)) < 0.15                # the kinds are .50 apart
    share = np.mean(near.argmin(axis=1))
    assert 0.15 < share < 0.85                               # both kinds are made
