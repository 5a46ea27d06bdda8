"""Packs of one are the GAN, packs of two see what one sample doesn't show."""
import numpy as np
import pytest

from keras_gan import GAN, PacGAN
from tests.games import SHAPE, random_images, values


def test_packs_of_one_are_the_gan_bit_for_bit(rng):
    images = random_images(rng, 16, SHAPE)
    how = {"img_shape": SHAPE, "latent_dim": 5, "dropout": 0.25, "jit_compile": False}
    gan, packed = GAN(**how), PacGAN(**how, packing=1)
    assert gan.train(images, steps=5, batch_size=8) == packed.train(images, steps=5, batch_size=8)
    for name in ("generator", "discriminator"):
        one, other = (values(getattr(game, name)).values() for game in (gan, packed))
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_only_whole_packs_are_taken(rng):
    shape = (9, 12, 3)
    gan = PacGAN(img_shape=shape, networks="keras_gan", base_channels=2, packing=3,
                 jit_compile=False)
    assert np.array(gan.discriminator(rng.normal(size=(6, *shape)))).shape == (2, 1)
    with pytest.raises(ValueError, match="whole packs of 3: 3, 6, 9, ... samples. Received: 8"):
        gan.train_on_batch(random_images(rng, 8, shape))
    with pytest.raises(ValueError, match="batch_size must be whole packs of packing=3 samples. "
                                         "Received: batch_size=8. Use 9"):
        gan.train(random_images(rng, 24, shape), steps=1, batch_size=8)
    with pytest.raises(ValueError, match="At least 3 samples are needed: k=1 times packs of 3"):
        gan.train(random_images(rng, 2, shape), steps=1, batch_size=3)
    # Batches of somebody's own are not of 32
    assert gan.train([random_images(rng, 6, shape)], steps=1)["step"] == [1]


def test_two_samples_tell_what_one_does_not():
    """Real points lie on two modes, and a generator makes one mode at a time.

    Each of its samples is as good as a real one, but its pairs aren't.
    """
    rng = np.random.default_rng(0)

    def batch(collapsed):
        signs = rng.choice([-1.0, 1.0], (256, 1))
        signs = np.repeat(signs[::2], 2, axis=0) if collapsed else signs      # pairs of one mode
        return signs * [[1.0, 0.0]] + rng.normal(0, 0.05, (256, 2))

    accuracy = []
    for packing in (1, 2):
        gan = PacGAN(img_shape=(2,), networks="srivastava_2017", learning_rate=3e-3,
                     from_logits=True, packing=packing, jit_compile=False)
        for _ in range(150):
            told = [gan.discriminator.train_on_batch(
                        batch(collapsed), np.full((256 // packing, 1), 1.0 - collapsed),
                        return_dict=True)
                    for collapsed in (False, True)]
        accuracy.append(np.mean([logs["accuracy"] for logs in told]))
    assert accuracy[0] < 0.6 and accuracy[1] > 0.7                    # a half, and three quarters
