"""What all games share: averages, random numbers, XLA, and what they refuse to take."""
import tracemalloc

import keras
import numpy as np
import pytest

from keras_gan import DCGAN, GAN
from keras_gan.base.noise_game import generator_of
from tests.games import SHAPE, random_images

# --- one turn, one source -------------------------------------------------------------


def test_generate_shows_the_moving_average_of_the_generator(rng):
    gan = GAN(img_shape=SHAPE, latent_dim=5, ema_momentum=0.2, run_eagerly=True)
    average = gan.generator.get_weights()
    for turn in (1, 2, 3):
        gan.train_on_batch(random_images(rng, 4, SHAPE))
        momentum = min(0.2, turn / (turn + 9))       # .1, .18, .2: the first are of few values
        average = [momentum * a + (1 - momentum) * w
                   for a, w in zip(average, gan.generator.get_weights())]
    for a, w in zip(average, gan.generator_ema.get_weights(), strict=True):
        np.testing.assert_allclose(a, w, rtol=1e-5, atol=1e-6)
    shown = gan.generate(3, seed=1)
    gan.generator.set_weights(gan.generator_ema.get_weights())
    made = gan.generator(gan.draw_noise(3, np.random.default_rng(1)))
    np.testing.assert_array_equal(np.array(made) / 2 + 0.5, shown)
    assert GAN(img_shape=SHAPE).generator_ema.name == "generator"     # without an average: itself


def test_xla_plays_the_same_game(float64, rng):
    images, results = random_images(rng, 16, SHAPE), []
    for jit_compile in (True, False):
        # It has no Dropout, whose random numbers are others in XLA
        gan = GAN(img_shape=SHAPE, jit_compile=jit_compile)
        gan.train(images, steps=5, batch_size=8)
        results.append([keras.ops.convert_to_numpy(v)
                        for v in (*gan.generator.weights, *gan.discriminator.weights)])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6, rtol=0)


@pytest.mark.parametrize("jit_compile, run_eagerly",
                         [("auto", False), (True, False), (False, False), ("auto", True)])
def test_jit_compile_has_a_switch(jit_compile, run_eagerly):
    gan = GAN(img_shape=SHAPE, jit_compile=jit_compile, run_eagerly=run_eagerly)
    assert gan.discriminator.run_eagerly == run_eagerly
    # "auto": it pays on a CPU, and Keras has it on for a GPU
    assert bool(gan.uses_xla) == (jit_compile is not False)


class DrawsItsOwnNoise(GAN):
    def train_on_batch(self, images, random=None):
        return super().train_on_batch(images, self.random_numbers(len(images)))


def test_noise_that_would_be_the_same_in_every_compiled_turn_is_refused(rng):
    images = random_images(rng, 8, SHAPE)
    eager = DrawsItsOwnNoise(img_shape=SHAPE, run_eagerly=True)
    eager.train(images, steps=1, batch_size=4)
    with pytest.raises(RuntimeError, match="every turn would get the same"):
        DrawsItsOwnNoise(img_shape=SHAPE, jit_compile=False).train(images, steps=1, batch_size=4)


# --- what goes in ---------------------------------------------------------------------

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
    ({"batch_size": 10}, "A batch of 10 can't be drawn from 9 images"),
    ({"batch_size": 0}, "batch_size must be"),
    ({"steps": 0}, "steps must be a whole number of at least 1. Received: steps=0"),
    ({"sample_interval": 0}, "sample_interval must be"),
    ({"resume": True}, "run_dir=None"),
])
def test_train_refuses_arguments_that_make_no_sense(arguments, message):
    with pytest.raises(ValueError, match=message):
        GAN(img_shape=SHAPE).train(np.zeros((9, *SHAPE)),
                                   **{"steps": 1, "batch_size": 4, **arguments})


# --- generate, load -------------------------------------------------------------------

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


def test_load_says_what_is_wrong(tmp_path):
    GAN(img_shape=SHAPE).save(tmp_path / "gan")
    with pytest.raises(ValueError, match="holds a GAN, not a DCGAN"):
        DCGAN.load(tmp_path / "gan")
    with pytest.raises(FileNotFoundError, match="No saved model"):
        GAN.load(tmp_path / "nowhere")
    GAN(img_shape=SHAPE, run_eagerly=True).train(np.zeros((4, *SHAPE), np.uint8), steps=1,
                                                 batch_size=4, run_dir=tmp_path / "run")
    with pytest.raises(ValueError, match="is a run directory. Its model is .*model; keras-gan "
                                         "resume"):
        GAN.load(tmp_path / "run")
