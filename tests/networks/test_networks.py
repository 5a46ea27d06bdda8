"""The architectures in `keras_gan/networks`: their layers, and what they make."""
import keras
import numpy as np
import pytest
from keras import ops

from keras_gan import DCGAN, GAN
from tests.games import count


def kinds(layers):
    return [type(layer).__name__ for layer in layers]


def test_the_networks_of_2014():
    gan = GAN(recipe="goodfellow_2014")
    assert count(gan.discriminator.weights) == (784 + 1) * 1200 + (240 + 1) * 1200 + 241
    assert count(gan.generator.weights) == 101 * 1200 + 1201 * 1200 + 1201 * 784
    gan.generator_ema.set_weights([np.full(w.shape, -9.0) if w.ndim == 1 else np.zeros(w.shape)
                                   for w in gan.generator.get_weights()])
    assert gan.generate(1).max() < 2e-4                        # a sigmoid near 0 is black
    with pytest.raises(ValueError, match="networks must be 'keras_gan', 'goodfellow_2014' or "
                                         "'srivastava_2017'"):
        GAN(networks="goodfelow")


def test_the_networks_of_the_dcgan_paper():
    gan = DCGAN(recipe="radford_2015", base_channels=8)
    assert kinds(gan.generator.layers[1].layers) == [
        "Dense", "Reshape", *["BatchNormalization", "Activation", "Conv2DTranspose"] * 4,
        "Activation"]
    body = [layer for layer in gan.discriminator.layers[1].layers if kinds([layer]) != ["Dropout"]]
    assert kinds(body) == ["Conv2D", "LeakyReLU",
                           *["Conv2D", "BatchNormalization", "LeakyReLU"] * 3, "Flatten", "Dense"]
    assert [tuple(layer.kernel.shape) for layer in body if hasattr(layer, "kernel")] == [
        (5, 5, 3, 8), (5, 5, 8, 16), (5, 5, 16, 32), (5, 5, 32, 64), (8 * 10 * 64, 1)]
    assert gan.generator.output_shape == (None, 128, 160, 3)
    assert gan.learning_rate == 2e-4
    assert float(ops.std(body[0].kernel)) == pytest.approx(0.02, rel=0.1)
    small = DCGAN(img_shape=(9, 12, 3), recipe="radford_2015", base_channels=2, jit_compile=False)
    assert small.check_freeze(batch_sizes=(4,)).ok


@pytest.mark.parametrize("full_size_features", [True, False])
def test_residual_networks_add_to_what_they_get(full_size_features, rng):
    how = {"networks": "residual", "base_channels": 2, "full_size_features": full_size_features}
    gan = DCGAN(**how)
    assert gan.generator.output_shape == (None, 128, 160, 3)
    small = DCGAN(img_shape=(9, 12, 3), **how, discriminator_norm="none", from_logits=True,
                  r1_gamma=1.0, run_eagerly=full_size_features, jit_compile=False)
    assert small.check_freeze(batch_sizes=(4,)).ok
    _, block, *_ = (layer for layer in gan.discriminator.layers[1].layers
                    if isinstance(layer, keras.Model))
    x = rng.normal(size=(2, 64, 80, 2)).astype("float32")
    *convolutions, shortcut = sorted((layer for layer in block.layers if hasattr(layer, "kernel")),
                                     key=lambda layer: -layer.kernel.shape[0])
    for layer in convolutions:         # without its two convolutions of 3x3 a block is its shortcut
        layer.set_weights([np.zeros(weight.shape) for weight in layer.weights])
    pooled = x.reshape(2, 32, 2, 40, 2, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(block(x), pooled @ np.array(shortcut.kernel)[0, 0], atol=1e-5)


@pytest.mark.parametrize("networks", ["keras_gan", "goodfellow_2014", "srivastava_2017"])
def test_vectors_and_pictures_are_in_their_own_ranges(networks, rng):
    noise = 1e4 * rng.normal(size=(5, 4)).astype("float32")
    far, near = (GAN(img_shape=shape, networks=networks, latent_dim=4, jit_compile=False)
                 for shape in ((2,), (4, 4, 1)))
    assert np.abs(far.generator(noise)).max() > 10
    assert np.abs(near.generator(noise)).max() <= 1
