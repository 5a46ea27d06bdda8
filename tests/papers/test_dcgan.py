"""The DCGAN: the numbers of its networks, its recipes, any shape of pictures."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_gan import DCGAN
from tests.games import count, distances


def test_the_default_is_that_of_keras_gan_at_128x160():
    gan = DCGAN()
    generator, discriminator = gan.generator, gan.discriminator
    assert generator.count_params() == 5_706_947
    assert count(generator.trainable_weights) == 5_705_987
    assert discriminator.count_params() == 1_587_777
    assert count(discriminator.trainable_weights) == 1_585_857
    assert discriminator.layers[-1].layers[-2].output.shape == (None, 5 * 6 * 512)
    assert generator.output_shape == (None, 128, 160, 3)
    for model in (discriminator, gan.combined):
        assert float(model.optimizer.learning_rate) == pytest.approx(1e-4)
        assert model.optimizer.beta_1 == 0.5
    # Dead or alive, an untrained discriminator can't tell: its loss is log 2
    logs = discriminator.test_on_batch(np.zeros((2, 128, 160, 3)), np.ones((2, 1)),
                                       return_dict=True)
    assert logs["loss"] == pytest.approx(np.log(2), abs=0.01)


def test_the_laptop_recipe_differs_as_documented_and_arguments_win():
    def laptop(**more):
        return DCGAN(img_shape=(8, 8, 1), recipe="laptop", **more)

    assert laptop().learning_rate == DCGAN.recipes["laptop"]["learning_rate"] != 1e-4
    assert laptop(learning_rate=1e-3).learning_rate == 1e-3
    with pytest.raises(ValueError, match="recipe must be one of 'classic', 'radford_2015', "
                                         "'laptop', 'half_hour', 'coarse_to_fine', "
                                         "'signals' for DCGAN. "
                                         "Received: 'lapdog'"):
        DCGAN(img_shape=(8, 8, 1), recipe="lapdog")


@settings(max_examples=8, deadline=None)
@given(st.integers(8, 45), st.integers(8, 45), st.sampled_from([1, 3]))
def test_any_picture_shape_can_be_made(height, width, channels):
    gan = DCGAN(img_shape=(height, width, channels), latent_dim=3, base_channels=1)
    assert gan.generate(2, seed=0).shape == (2, height, width, channels)
    assert gan.discriminator(np.zeros((2, height, width, channels))).shape == (2, 1)


def two_kinds(height, width):
    """Pictures of two kinds, uint8 (256, ...), and the mean of each, (2, ...)."""
    rng = np.random.default_rng(0)
    images, half = np.zeros((256, height, width, 3), np.uint8), width // 2
    # Bright at the left and blue, or bright at the right and red
    images[:128, :, :half], images[128:, :, half:] = (30, 30, 220), (220, 30, 30)
    images = np.clip(images + rng.normal(0, 12, images.shape), 0, 255).astype(np.uint8)
    return images, np.stack([images[:128].mean(0), images[128:].mean(0)]) / 255.0


def test_two_kinds_of_pictures_are_learned():
    images, kinds = two_kinds(16, 20)
    gan = DCGAN(img_shape=(16, 20, 3), base_channels=8, recipe="laptop", learning_rate=5e-4)
    gan.train(images, steps=200, batch_size=32)
    near = distances(gan.generate(100, seed=1), kinds)
    # Distance to the nearer kind: untrained .35, trained .093, .088, .076 (seeds 0, 1,
    # 2); the kinds are .50 apart
    assert np.median(near.min(axis=1)) < 0.16
    # Share of the second kind: .50, .36, .55. A collapsed generator makes one alone
    assert 0.15 < np.mean(near.argmin(axis=1)) < 0.85


def test_networks_that_grow_learn_them_too():
    images, kinds = two_kinds(32, 40)
    gan = DCGAN(img_shape=(32, 40, 3), base_channels=4, recipe="coarse_to_fine", rest_at=400)
    gan.train(images, steps=400, batch_size=16)
    near = distances(gan.generate(100, seed=1), kinds)
    # Untrained .35, trained .088, .081, .090 (seeds 0, 1, 2)
    assert np.median(near.min(axis=1)) < 0.16
    # .57, .64, .28; after half the turns 0 or 1
    assert 0.15 < np.mean(near.argmin(axis=1)) < 0.85
