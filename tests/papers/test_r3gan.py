"""R3GAN: what its networks are at the start, at any size, and what they never do."""
import keras
import numpy as np
import pytest

from keras_gan import R3GAN

SMALL = {"img_shape": (12, 9, 3), "latent_dim": 5, "base_channels": 2, "jit_compile": False}


@pytest.mark.parametrize(("shape", "sizes"), [
    ((8, 8, 1), [(8, 8, 2), (4, 4, 4)]), ((28, 28, 1), [(28, 28, 2), (14, 14, 4), (7, 7, 8)]),
    ((17, 40, 3), [(17, 40, 2), (9, 20, 4), (5, 10, 8)]),
    ((128, 160, 3), [(128, 160, 2), (64, 80, 4), (32, 40, 8), (16, 20, 16), (8, 10, 32),
                     (4, 5, 32)])])
def test_pictures_of_any_size_are_made_and_judged(shape, sizes):
    gan = R3GAN(img_shape=shape, latent_dim=3, base_channels=2, ema_momentum=0.0)
    assert gan.sizes == sizes
    assert gan.generator.output_shape == (None, *shape)
    blocks = {name: [layer.output_shape[1:] for layer in network.layers[1].layers
                     if isinstance(layer, keras.Model)]
              for name, network in gan.players.items()}
    (h, w, _), *_ = sizes[::-1]
    assert blocks == {"discriminator": sizes, "generator": [
        (h * 2 ** i, w * 2 ** i, c) for i, (*_, c) in enumerate(sizes[::-1])]}
    assert {layer.interpolation for layer in gan.generator.layers[1].layers
            if isinstance(layer, keras.layers.UpSampling2D)} == {"bilinear"}
    with pytest.raises(ValueError, match="img_shape must be at least 8x8"):
        R3GAN(img_shape=(7, 20, 3))


def test_at_the_start_no_block_changes_anything(rng):
    gan = R3GAN(**SMALL)
    z, x = rng.normal(size=(2, 5)), rng.uniform(-1, 1, (2, 12, 9, 3))
    # So D is linear, and G is up to its tanh: that of a sum is the sum
    d = [float(gan.discriminator(y[None])[0, 0]) for y in (x[0], x[1], x[0] + x[1])]
    assert d[2] == pytest.approx(d[0] + d[1], rel=1e-3, abs=1e-4)
    g = [np.arctanh(gan.generator(y[None])) for y in (z[0], z[1], z[0] + z[1])]
    np.testing.assert_allclose(g[2], g[0] + g[1], atol=1e-3)
    images = rng.uniform(-1, 1, (4, 12, 9, 3)).astype("float32")
    for _ in range(3):
        gan.train_on_batch(images)
    d = [float(gan.discriminator(y[None])[0, 0]) for y in (x[0], x[1], x[0] + x[1])]
    assert d[2] != pytest.approx(d[0] + d[1], rel=1e-5)


def test_a_picture_does_not_depend_on_the_others_of_its_batch(rng, float64):
    gan = R3GAN(**SMALL, run_eagerly=True)
    gan.train_on_batch(rng.uniform(-1, 1, (4, 12, 9, 3)))
    z, x = rng.normal(size=(4, 5)), rng.uniform(-1, 1, (4, 12, 9, 3))
    for network, given in ((gan.generator, z), (gan.discriminator, x)):
        alone = network(given[:1], training=True)
        np.testing.assert_allclose(network(given, training=True)[:1], alone, atol=1e-12)


def test_the_first_numbers_keep_the_size_of_what_goes_through(rng):
    gan = R3GAN(img_shape=(16, 16, 3), latent_dim=50, base_channels=32, jit_compile=False)
    basis, block, *_ = gan.generator.layers[1].layers
    z = rng.normal(size=(400, 50)).astype("float32")
    by_hand = (z @ np.array(basis.factors.kernel))[:, None, None] * np.array(basis.basis)
    np.testing.assert_allclose(basis(z), by_hand, rtol=1e-4, atol=1e-5)
    assert float(np.std(by_hand)) == pytest.approx(1, rel=0.1)
    # Fixup, three blocks: √(2 / 1.04) · 3^(-1/4) a layer, and 0 the last one
    widen, deep, back = [layer for layer in block.layers if hasattr(layer, "kernel")]
    gain = (2 / 1.04) ** 0.5 * 3 ** -0.25
    assert np.std(widen.kernel) == pytest.approx(gain / 128 ** 0.5, rel=0.05)
    assert np.std(deep.kernel) == pytest.approx(gain / 3, rel=0.1)
    assert not np.any(back.kernel)
    *_, last, _, dense = gan.discriminator.layers[1].layers
    assert np.std(last.kernel) == pytest.approx(1 / 4, rel=0.1)
    assert dense.kernel.shape == (128, 1) and not dense.use_bias


def test_both_penalties_and_an_adam_without_memory():
    gan = R3GAN(**SMALL)
    assert [float(optimizer.beta_1) for optimizer in gan.optimizers.values()] == [0, 0]
    assert (gan.r1_gamma, gan.r2_gamma, gan.penalises_slope) == (1, 1, True)
    with pytest.raises(TypeError, match="discriminator_norm"):    # no choice in this paper
        R3GAN(discriminator_norm="batch")
