"""`Pack`: samples become channels."""
import numpy as np

from keras_gan.layers.pack import Pack


def test_samples_that_follow_one_another_become_channels_of_one(rng):
    images = rng.normal(size=(6, 3, 4, 2)).astype("float32")
    packs = np.array(Pack(3)(images))
    assert packs.shape == (2, 3, 4, 6)
    np.testing.assert_array_equal(packs[1], np.concatenate(images[3:], axis=-1))
    np.testing.assert_array_equal(Pack(2)(images[:, 0, 0]), images[:, 0, 0].reshape(3, 4))
