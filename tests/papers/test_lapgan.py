"""The Laplacian pyramid of GANs: bands, levels that learn alone, and their chain."""
import keras
import numpy as np
import pytest

from keras_gan import LAPGAN
from keras_gan.layers.pyramid import enlarged, halved, pyramid, pyramid_shapes
from tests.games import random_images

TINY = {"img_shape": (18, 26, 3), "latent_dim": 7, "base_channels": 2, "dense_units": 6,
        "from_logits": True, "jit_compile": False}


@pytest.fixture(scope="module")
def gan():
    """A LAPGAN of two levels, that tests leave as it is."""
    return LAPGAN(**TINY, run_eagerly=True)


@pytest.mark.parametrize("img_shape, sides", [
    ((28, 28, 1), [(28, 28), (14, 14), (7, 7)]),
    ((128, 160, 3), [(128, 160), (64, 80), (32, 40), (16, 20), (8, 10)]),
    ((13, 40, 3), [(13, 40), (7, 20)]),                    # 7 are left, and 4 would be
    ((8, 8, 1), [(8, 8), (4, 4)]),                         # once in any case
])
def test_the_sizes_of_the_pyramid(img_shape, sides):
    assert pyramid_shapes(img_shape, 7) == [(*side, img_shape[2]) for side in sides]


def test_small_picture_and_bands_are_the_picture(rng):
    images = rng.uniform(-1, 1, (2, 19, 26, 3)).astype("float32")
    shapes = pyramid_shapes(images.shape[1:], 4)
    *levels, (small,) = pyramid(images, shapes)
    assert [tuple(img.shape[1:]) for img, _ in levels] + [tuple(small.shape[1:])] == shapes
    made = small
    for (img, low), shape in zip(reversed(levels), reversed(shapes[:-1])):
        made = enlarged(made, shape) + (img - low)
    np.testing.assert_allclose(made, images, atol=1e-6)


def test_halving_takes_means_and_enlarging_goes_between_pixels():
    row = np.array([0.0, 2, 4, 8, 3], "float32")[None, None, :, None]
    small = np.asarray(halved(row))
    assert small.ravel().tolist() == [1, 6, 3]             # at the end of the one that is there
    # Half of the pixels lie a quarter of the way from one centre to the next
    assert np.asarray(enlarged(small, (1, 6))).ravel() == pytest.approx(
        [1, 2.25, 4.75, 5.25, 3.75, 3])


def test_the_generator_is_the_chain_of_the_levels(gan, rng):
    z = rng.normal(size=(3, 7)).astype("float32")
    z_0, z_1 = z[:, :3], z[:, 3:]                          # what is left over is the coarsest's
    small = np.asarray(gan.generator_1(z_1))
    assert small.shape == (3, 9, 13, 3) and np.abs(small).max() < 1
    low = np.asarray(keras.ops.image.resize(small, (18, 26), "bilinear"))
    expected = np.asarray(gan.generator_0([z_0, low]))     # the low-pass and a band
    np.testing.assert_allclose(gan.generator(z), np.clip(expected, -1, 1), atol=1e-6)
    np.testing.assert_allclose(gan.generate_from(z), np.clip(expected / 2 + 0.5, 0, 1), atol=1e-6)


def test_a_generator_adds_its_band_to_the_low_pass(rng):
    gan = LAPGAN(**TINY)
    z, low = rng.normal(size=(2, 3)), rng.uniform(-1, 1, (2, 18, 26, 3))
    band = np.asarray(gan.generator_0([z, low])) - low
    assert np.abs(band).max() > 0.01
    (last,) = [layer for layer in gan.generator_0._flatten_layers()
               if layer.name.startswith("up_sampling")]
    last.kernel.assign(0 * last.kernel)
    np.testing.assert_allclose(gan.generator_0([z, low]), low, atol=1e-6)


def test_what_each_level_is_trained_on(rng, monkeypatch):
    """On real low-passes: no level sees what another one makes."""
    gan = LAPGAN(**TINY, run_eagerly=True)
    images, calls = random_images(rng, 4, gan.img_shape), []
    z = rng.normal(size=(4, 7)).astype("float32")
    real = images / 127.5 - 1.0
    small = real.reshape(4, 9, 2, 13, 2, 3).mean(axis=(2, 4))
    low = np.asarray(keras.ops.image.resize(small, (18, 26), "bilinear"))
    made = [np.asarray(gan.generator_0([z[:, :3], low])), np.asarray(gan.generator_1(z[:, 3:]))]
    for name, model in gan.trainers.items():
        def note(x, y, return_dict, name=name, train=model.train_on_batch):
            said = train(x, y, return_dict=return_dict)
            calls.append((name, x, float(np.mean(y)), said))
            return said
        monkeypatch.setattr(model, "train_on_batch", note)
    logs = gan.train_on_batch(images, {"z": z})
    expected = [("discriminator_0", [real, low], 1), ("discriminator_0", [made[0], low], 0),
                ("combined_0", [z[:, :3], low], 1), ("discriminator_1", small, 1),
                ("discriminator_1", made[1], 0), ("combined_1", z[:, 3:], 1)]
    assert [(name, y) for name, _, y, _ in calls] == [(name, y) for name, _, y in expected]
    for (_, x, *_), (_, given, _) in zip(calls, expected):
        keras.tree.map_structure(
            lambda a, b: np.testing.assert_allclose(a, b, atol=1e-5), x, given)
    said = [said for *_, said in calls]
    mean = lambda key, *which: pytest.approx(np.mean([said[i][key] for i in which]), rel=1e-5)
    assert logs == {**logs, "d_loss": mean("loss", 0, 1, 3, 4), "g_loss": mean("loss", 2, 5),
                    "d_accuracy": mean("accuracy", 0, 1, 3, 4),
                    "D(x)": mean("validity", 0, 3), "D(G(z))": mean("validity", 1, 4)}


def test_no_gradient_goes_from_level_to_level():
    """A level learns the same beside another one that is broken."""
    after = {}
    for broken in (None, 0, 1):
        gan = LAPGAN(**TINY, run_eagerly=True)
        for name in () if broken is None else ("generator", "discriminator"):
            network = gan.players[f"{name}_{broken}"]
            network.set_weights([0 * w for w in network.get_weights()])
        gan.train_on_batch(random_images(np.random.default_rng(0), 4, gan.img_shape))
        after[broken] = {name: network.get_weights() for name, network in gan.players.items()}
    for broken in (0, 1):
        for name in (f"generator_{1 - broken}", f"discriminator_{1 - broken}"):
            keras.tree.map_structure(np.testing.assert_array_equal, after[broken][name],
                                     after[None][name])


def test_a_picture_is_judged_by_all_levels(gan, rng):
    images = random_images(rng, 3, gan.img_shape)
    real = images / 127.5 - 1.0
    small = real.reshape(3, 9, 2, 13, 2, 3).mean(axis=(2, 4))
    low = np.asarray(keras.ops.image.resize(small, (18, 26), "bilinear"))
    said = (np.asarray(gan.discriminator_0([real, low])) + gan.discriminator_1(small)) / 2
    np.testing.assert_allclose(gan.discriminate(images), 1 / (1 + np.exp(-said[:, 0])), atol=1e-5)


def test_the_averages_of_the_levels_are_chained(rng):
    gan = LAPGAN(**TINY, run_eagerly=True, ema_momentum=0.9)
    assert set(gan.averages) == {"generator_0_ema", "generator_1_ema"}
    for _ in range(2):
        gan.train_on_batch(random_images(rng, 4, gan.img_shape))
    z = rng.normal(size=(3, 7)).astype("float32")
    low = np.asarray(keras.ops.image.resize(gan.generator_1_ema(z[:, 3:]), (18, 26), "bilinear"))
    expected = np.clip(gan.generator_0_ema([z[:, :3], low]), -1, 1)
    np.testing.assert_allclose(gan.generator_ema(z), expected, atol=1e-6)
    assert np.abs(np.asarray(gan.generator(z)) - expected).max() > 1e-4


def test_the_chain_is_one_keras_file(gan, rng, tmp_path):
    gan.generator_ema.save(tmp_path / "generator.keras")
    z = rng.normal(size=(3, 7)).astype("float32")
    again = keras.saving.load_model(tmp_path / "generator.keras")
    np.testing.assert_array_equal(again(z), gan.generator_ema(z))


@pytest.mark.parametrize("arguments, error, message", [
    ({"img_shape": (7, 8, 1)}, ValueError, r"img_shape must be at least 8x8.*\(7, 8, 1\)"),
    ({"latent_dim": 1}, ValueError, "latent_dim must be at least 2, a number for each level"),
    ({"base_channels": 0}, ValueError, "base_channels must be a whole number of at least 1"),
    ({"dense_units": 1}, ValueError, "dense_units must be a whole number of at least 2"),
    ({"k": 2}, TypeError, "there is no choice about it"),
])
def test_arguments_that_make_no_sense_are_refused_in_words(arguments, error, message):
    with pytest.raises(error, match=message):
        LAPGAN(**{**TINY, **arguments})
