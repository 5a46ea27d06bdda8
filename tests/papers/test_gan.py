"""The game: broken freezes, one turn from one source, shapes, exact facts."""
import tracemalloc

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_gan import CGAN, DCGAN, GAN
from keras_gan.base.game import generator_of
from tests.games import random_images, values


# --- the freeze ---------------------------------------------------------------------------------------------------------

class FrozenTheOldWay(GAN):
    def build_combined(self):
        self.discriminator.trainable = False
        z = keras.Input((self.latent_dim,))
        return keras.Model(z, self.discriminator(self.generator(z)))


class NotFrozen(DCGAN):
    def build_combined(self):
        z = keras.Input((self.latent_dim,))
        return keras.Model(z, self.discriminator(self.generator(z)))


class OneOptimizer(GAN):
    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.combined.compile(optimizer=self.discriminator.optimizer, loss="binary_crossentropy")


class FrozenInTheTurn(GAN):
    def train_on_batch(self, images, noise=None):
        self.discriminator.trainable = False
        return super().train_on_batch(images, noise)


class ForgottenDiscriminator(GAN):
    def train_on_batch(self, images, noise=None):
        return self.combined.train_on_batch(noise, np.ones((len(noise), 1)), return_dict=True)


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
@pytest.mark.parametrize("broken, words", [
    (FrozenTheOldWay, "learns nothing. Its flag `trainable` is False"),
    (NotFrozen, "combined.train_on_batch changes the discriminator"),
    (OneOptimizer, "One optimizer can't serve two models"),
    (FrozenInTheTurn, "! train_on_batch moves nothing of the discriminator, which learns nothing. Its flag `trainable` is False"),
    (ForgottenDiscriminator, "! train_on_batch moves nothing of the discriminator, which learns nothing. No gradient"),
])
def test_check_freeze_reports_a_broken_subclass_in_words(broken, words):
    gan = broken(img_shape=(8, 8, 1), latent_dim=5, jit_compile=False)
    was_trainable = gan.discriminator.trainable
    report = gan.check_freeze(batch_sizes=(3,))
    assert not report.ok and gan.discriminator.trainable == was_trainable
    assert "BROKEN" in str(report) and words in str(report), str(report)


def test_the_freeze_holds_with_xla():
    assert GAN(img_shape=(6, 8, 1), jit_compile=True).check_freeze(batch_sizes=(3,)).ok


def test_batches_of_one_picture_are_no_false_alarm():
    assert GAN(img_shape=(6, 8, 1), jit_compile=False).check_freeze(batch_sizes=(1,)).ok


# --- one turn, one source -------------------------------------------------------------------------------------------------

def test_a_turn_with_k_is_k_steps_of_d_on_fresh_batches_and_one_of_g(rng):
    game, by_hand = (GAN(img_shape=(6, 8, 1), latent_dim=5, k=2, run_eagerly=True) for _ in range(2))
    images, noise = rng.uniform(-1, 1, (8, 6, 8, 1)).astype("float32"), rng.normal(size=(8, 5)).astype("float32")
    game.train_on_batch(images, noise)
    for part in (slice(0, 4), slice(4, 8)):
        by_hand.discriminator.train_on_batch(images[part], np.ones((4, 1)))
        by_hand.discriminator.train_on_batch(by_hand.generator(noise[part], training=False), np.zeros((4, 1)))
    by_hand.combined.train_on_batch(noise[4:], np.ones((4, 1)))
    for one, other in ((game.generator, by_hand.generator), (game.discriminator, by_hand.discriminator)):
        for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match="k=2 steps of the discriminator takes k batches of one size.*Received: 7"):
        game.train_on_batch(images[:7])
    with pytest.raises(ValueError, match="A turn takes k=2 batches of 5, more than the 8 samples. Use batch_size=4 or less"):
        game.train(images, steps=1, batch_size=5)


def test_generate_shows_the_moving_average_of_the_generator(rng):
    gan = GAN(img_shape=(6, 8, 1), latent_dim=5, ema_momentum=0.2, run_eagerly=True)
    average = gan.generator.get_weights()
    for turn in (1, 2, 3):
        gan.train_on_batch(random_images(rng, 4, (6, 8, 1)))
        momentum = min(0.2, turn / (turn + 9))                # .1, .18, .2: the first averages are of few values
        average = [momentum * a + (1 - momentum) * w for a, w in zip(average, gan.generator.get_weights())]
    for a, w in zip(average, gan.generator_ema.get_weights(), strict=True):
        np.testing.assert_allclose(a, w, rtol=1e-5, atol=1e-6)
    shown = gan.generate(3, seed=1)
    gan.generator.set_weights(gan.generator_ema.get_weights())
    np.testing.assert_array_equal(np.array(gan.generator(gan.draw_noise(3, np.random.default_rng(1)))) / 2 + 0.5, shown)
    assert GAN(img_shape=(6, 8, 1)).generator_ema.name == "generator"                     # without an average: itself


def test_the_networks_of_2014():
    gan = GAN(recipe="goodfellow_2014")
    assert count(gan.discriminator.weights) == (784 + 1) * 1200 + (240 + 1) * 1200 + 241
    assert count(gan.generator.weights) == 101 * 1200 + 1201 * 1200 + 1201 * 784
    gan.generator_ema.set_weights([np.full(w.shape, -9.0) if w.ndim == 1 else np.zeros(w.shape) for w in gan.generator.get_weights()])
    assert gan.generate(1).max() < 2e-4                        # a sigmoid near 0 is black
    with pytest.raises(ValueError, match="networks must be 'keras_gan', 'goodfellow_2014' or 'srivastava_2017'"):
        GAN(networks="goodfelow")


def test_weight_decay_takes_its_share_of_the_generators_kernels_alone(float64, rng):
    images = random_images(rng, 8, (6, 8, 1))
    plain, decayed = (GAN(img_shape=(6, 8, 1), learning_rate=0.01, generator_weight_decay=decay, run_eagerly=True) for decay in (0.0, 0.3))
    before = values(plain.generator)
    for gan in (plain, decayed):
        gan.train_on_batch(images)
    trainable = {w.path for w in plain.generator.trainable_weights}
    for (path, one), other in zip(values(plain.generator).items(), values(decayed.generator).values(), strict=True):
        share = 0.01 * 0.3 if path in trainable and path.endswith("kernel") else 0.0
        np.testing.assert_allclose(one - other, share * before[path], atol=1e-12)
    for one, other in zip(plain.discriminator.get_weights(), decayed.discriminator.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_xla_plays_the_same_game(float64, rng):
    images, results = random_images(rng, 16, (6, 8, 1)), []
    for jit_compile in (True, False):
        gan = GAN(img_shape=(6, 8, 1), jit_compile=jit_compile)        # no Dropout: its random numbers are others in XLA
        gan.train(images, steps=5, batch_size=8)
        results.append([keras.ops.convert_to_numpy(v) for v in (*gan.generator.weights, *gan.discriminator.weights)])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6, rtol=0)


class DrawsItsOwnNoise(GAN):
    def train_on_batch(self, images, noise=None):
        return super().train_on_batch(images, self.sample_noise(len(images)))


def test_noise_that_would_be_the_same_in_every_compiled_turn_is_refused(rng):
    images = random_images(rng, 8, (6, 8, 1))
    DrawsItsOwnNoise(img_shape=(6, 8, 1), run_eagerly=True).train(images, steps=1, batch_size=4)
    with pytest.raises(RuntimeError, match="every turn would get the same noise"):
        DrawsItsOwnNoise(img_shape=(6, 8, 1), jit_compile=False).train(images, steps=1, batch_size=4)


@pytest.mark.parametrize("jit_compile, run_eagerly", [("auto", False), (True, False), (False, False), ("auto", True)])
def test_jit_compile_has_a_switch(jit_compile, run_eagerly):
    gan = GAN(img_shape=(6, 8, 1), jit_compile=jit_compile, run_eagerly=run_eagerly)
    assert gan.discriminator.run_eagerly == run_eagerly
    assert bool(gan.uses_xla) == (jit_compile is not False)      # "auto": it pays on a CPU, and Keras has it on for a GPU


# --- exact facts ----------------------------------------------------------------------------------------------------------

def count(weights):
    return sum(int(np.prod(v.shape)) for v in weights)


def test_the_default_dcgan_is_that_of_keras_gan_at_128x160():
    gan = DCGAN()
    assert (gan.generator.count_params(), count(gan.generator.trainable_weights)) == (5_706_947, 5_705_987)
    assert (gan.discriminator.count_params(), count(gan.discriminator.trainable_weights)) == (1_587_777, 1_585_857)
    assert gan.discriminator.layers[-1].layers[-2].output.shape == (None, 5 * 6 * 512)
    assert gan.generator.output_shape == (None, 128, 160, 3)
    for model in (gan.discriminator, gan.combined):
        assert float(model.optimizer.learning_rate) == pytest.approx(1e-4) and model.optimizer.beta_1 == 0.5
    # dead or alive, an untrained discriminator can't tell: its loss is log 2
    assert gan.discriminator.test_on_batch(np.zeros((2, 128, 160, 3)), np.ones((2, 1)), return_dict=True)["loss"] == pytest.approx(np.log(2), abs=0.01)


def test_the_laptop_recipe_differs_as_documented_and_arguments_win():
    assert DCGAN(img_shape=(8, 8, 1), recipe="laptop").learning_rate == DCGAN.recipes["laptop"]["learning_rate"] != 1e-4
    assert DCGAN(img_shape=(8, 8, 1), recipe="laptop", learning_rate=1e-3).learning_rate == 1e-3
    with pytest.raises(ValueError, match="recipe must be one of 'classic', 'radford_2015', 'laptop', 'half_hour' for DCGAN. Received: 'lapdog'"):
        DCGAN(img_shape=(8, 8, 1), recipe="lapdog")


@settings(max_examples=8, deadline=None)
@given(st.integers(8, 45), st.integers(8, 45), st.sampled_from([1, 3]))
def test_any_picture_shape_can_be_made(height, width, channels):
    gan = DCGAN(img_shape=(height, width, channels), latent_dim=3, base_channels=1)
    assert gan.generate(2, seed=0).shape == (2, height, width, channels)
    assert gan.discriminator(np.zeros((2, height, width, channels))).shape == (2, 1)


@pytest.mark.parametrize("arguments, message", [
    (dict(img_shape=(4, 20, 3)), r"nearest that can be made: \(8, 20, 3\)"),
    (dict(img_shape=(20, 20)), r"img_shape must be \(height, width, channels\).*Received: img_shape=\(20, 20\)"),
    (dict(img_shape=(20, 20, 4)), r"1 \(grey\) or 3 \(RGB\) channels"),
    (dict(latent_dim=0), "latent_dim must be a whole number of at least 1. Received: latent_dim=0"),
    (dict(learning_rate=-1.0), "learning_rate must be"),
    (dict(seed=-1), "seed must be"),
    (dict(base_channels=0), "base_channels must be"),
    (dict(dropout=1.0), "dropout must be"),
    (dict(discriminator_norm="layer"), "discriminator_norm must be 'batch', 'spectral' or 'none'"),
    (dict(networks="fully_connected", discriminator_norm="spectral"), "discriminator_norm must be 'none' for networks that are not convolutional"),
    (dict(recipe=["laptop"]), "recipe must be one of 'classic', 'radford_2015', 'laptop', 'half_hour' for DCGAN. Received: \\['laptop'\\]"),
    (dict(networks="fully_connected", augment=True), "augment must be False for networks that are not convolutional"),
    (dict(jit_compile="yes"), "jit_compile must be"),
    (dict(k=0), "k must be a whole number of at least 1. Received: k=0"),
    (dict(ema_momentum=1), "ema_momentum must be a number from 0"),
])
def test_arguments_that_make_no_sense_are_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        DCGAN(**arguments)


@pytest.mark.parametrize("images, message", [
    (np.zeros((9, 6, 8, 1), "int64"), "dtype int64"),
    (np.zeros((9, 6, 8, 3), "uint8"), r"Received: shape \(9, 6, 8, 3\)"),
    (np.full((9, 6, 8, 1), 255.0), "values from 255 to 255.*astype"),
    (np.full((9, 6, 8, 1), np.nan), "values that are no finite numbers"),
    (np.zeros((0, 6, 8, 1)), "Received: shape"),
    ([[1, 2]], "Received: a list"),
])
def test_pictures_that_do_not_fit_are_refused_in_words(images, message):
    with pytest.raises(ValueError, match=message):
        GAN(img_shape=(6, 8, 1)).train_on_batch(images)


@pytest.mark.parametrize("arguments, message", [
    (dict(batch_size=10), "A batch of 10 can't be drawn from 9 images"),
    (dict(batch_size=0), "batch_size must be"),
    (dict(steps=0), "steps must be a whole number of at least 1. Received: steps=0"),
    (dict(sample_interval=0), "sample_interval must be"),
    (dict(resume=True), "run_dir=None"),
])
def test_train_refuses_arguments_that_make_no_sense(arguments, message):
    with pytest.raises(ValueError, match=message):
        GAN(img_shape=(6, 8, 1)).train(np.zeros((9, 6, 8, 1)), **{"steps": 1, "batch_size": 4, **arguments})


# --- generate, save, load -------------------------------------------------------------------------------------------------

def test_generate_of_many_takes_little_more_memory_than_they_do():
    gan = GAN(img_shape=(28, 28, 1), latent_dim=2)
    tracemalloc.start()
    try:
        pictures = gan.generate(20_000, seed=1)
        assert tracemalloc.get_traced_memory()[1] < 1.2 * pictures.nbytes
    finally:
        tracemalloc.stop()
    last = gan.generator(gan.draw_noise(20_000, generator_of(1))[-5:], training=False)
    np.testing.assert_allclose(pictures[-5:], 0.5 * last + 0.5, atol=1e-5)


def test_numpy_numbers_are_numbers(tmp_path):
    gan = DCGAN(img_shape=np.array((8, 8, 1)).tolist(), latent_dim=np.int64(5), base_channels=np.int64(1), seed=np.uint8(3),
                learning_rate=np.float32(1e-3), run_eagerly=True)
    gan.train(np.zeros((4, 8, 8, 1), np.uint8), steps=np.int64(1), batch_size=np.int64(4), run_dir=tmp_path / "run")
    assert DCGAN.load(tmp_path / "run" / "model").get_config() == gan.get_config()


def test_load_says_what_is_wrong(tmp_path):
    GAN(img_shape=(6, 8, 1)).save(tmp_path / "gan")
    with pytest.raises(ValueError, match="holds a GAN, not a DCGAN"):
        DCGAN.load(tmp_path / "gan")
    with pytest.raises(FileNotFoundError, match="No saved model"):
        GAN.load(tmp_path / "nowhere")
    GAN(img_shape=(6, 8, 1), run_eagerly=True).train(np.zeros((4, 6, 8, 1), np.uint8), steps=1, batch_size=4, run_dir=tmp_path / "run")
    with pytest.raises(ValueError, match="is a run directory. Its model is .*model; keras-gan resume"):
        GAN.load(tmp_path / "run")
