"""The referee: what it measures, and that it says what is wrong in real games."""
import keras
import numpy as np
import pytest

from keras_gan import CGAN, GAN
from keras_gan.samples.diversity import diversity
from keras_gan.training.referee import GRACE, WINDOW, Referee
from tests.games import random_images

GOOD = {"d_loss": 0.6, "d_accuracy": 0.6, "g_loss": 0.8, "D(x)": 0.6, "D(G(z))": 0.4,
        "diversity": 1.0}


def test_diversity_is_the_distance_of_two_samples_over_that_of_two_real_ones(rng, float64):
    real = rng.normal(size=(9, 4, 5, 1))
    pairs = [(a, b) for i, a in enumerate(real) for b in real[:i]]
    made = rng.normal(size=(9, 4, 5, 1))
    other = [(a, b) for i, a in enumerate(made) for b in made[:i]]
    by_hand = np.sqrt(np.mean([(a - b) ** 2 for a, b in other])
                      / np.mean([(a - b) ** 2 for a, b in pairs]))
    assert diversity(made, real) == pytest.approx(by_hand)
    assert diversity(3 * real + 1, real) == pytest.approx(3)
    assert diversity(np.repeat(real[:1], 9, axis=0), real) < 1e-5


def test_diversity_with_labels_looks_within_a_class(rng, float64):
    labels = np.array([0, 1, 0, 1, 2, 2, 0, 1])[:, None]
    real = rng.normal(size=(8, 3))
    # Different classes look different, but each is one picture
    one_a_class = real[:3][labels[:, 0]]
    assert diversity(one_a_class, real) > 0.3
    assert diversity(one_a_class, real, labels, 3) < 1e-5
    assert diversity(2 * real, real, labels, 3) == pytest.approx(2)


def words_of(gan, logs, turns):
    referee = Referee(gan)
    return [text for step in range(1, turns + 1) for text in referee.watch(step, logs(step))]


def moving_weights(gan):
    """A game in which both players move, with these numbers."""
    def logs_of(numbers):
        def logs(step):
            for player in gan.players.values():
                weight = player.trainable_weights[0]
                weight.assign(weight + 1e-3)
            return {**GOOD, **numbers}
        return logs
    return logs_of


@pytest.mark.parametrize("numbers, words", [
    ({}, "step 600: it goes well so far: neither player wins (D(x) 0.60, D(G(z)) 0.40)"),
    # the end of a good game
    ({"D(x)": 0.5, "D(G(z))": 0.5, "d_accuracy": 0.5, "d_loss": np.log(2)}, "it goes well so far"),
    # the first digits of `gan` at step 200, of `cgan` at 300: noise still
    ({"D(x)": 0.99, "D(G(z))": 0.04, "diversity": 1.34}, None),
    ({"D(x)": 0.94, "D(G(z))": 0.08, "diversity": 1.7}, None),
    ({"D(x)": 0.998, "D(G(z))": 0.003},
     "the discriminator wins: D(x) is 0.998 and D(G(z)) is 0.003"),
    ({"diversity": 0.05}, "collapse is suspected: two generated samples differ 0.05 times as much"),
])
def test_the_referee_says_once_what_is_wrong(numbers, words):
    gan = GAN(img_shape=(6, 8, 1), jit_compile=False)
    said = words_of(gan, moving_weights(gan)(numbers), GRACE + 5 * WINDOW)
    assert len(said) == (words is not None)
    if words:
        assert words in said[0]


def test_each_player_that_rests_is_named_once():
    gan = GAN(img_shape=(6, 8, 1), jit_compile=False)

    def only_the_generator_moves(step):
        weight = gan.generator.trainable_weights[0]
        weight.assign(weight + 1e-3)
        return GOOD

    said = words_of(gan, only_the_generator_moves, 4 * WINDOW)
    assert len(said) == 1 and "the discriminator has stopped learning" in said[0]
    said = words_of(gan, lambda step: GOOD, 4 * WINDOW)
    assert [name in text for name, text in zip(gan.players, said, strict=True)] == [True, True]


def test_the_referee_says_it_again_if_it_was_right_in_between():
    gan = GAN(img_shape=(6, 8, 1), jit_compile=False)
    good, bad = moving_weights(gan)({}), moving_weights(gan)({"D(x)": 1.0, "D(G(z))": 0.0})

    def in_turns(step):
        return (bad if step // (2 * WINDOW) % 2 else good)(step)

    assert len(words_of(gan, in_turns, 8 * WINDOW)) == 2


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def test_a_discriminator_that_is_frozen_the_old_way_is_found_while_it_trains(rng, capsys):
    class FrozenTheOldWay(GAN):
        def build_combined(self):
            self.discriminator.trainable = False
            z = keras.Input((self.latent_dim,))
            return keras.Model(z, self.discriminator(self.generator(z)))

    gan = FrozenTheOldWay(img_shape=(6, 8, 1), latent_dim=5, jit_compile=False)
    gan.train(random_images(rng, 16, (6, 8, 1)), steps=2 * WINDOW, batch_size=4)
    said = capsys.readouterr().out
    assert "the discriminator has stopped learning: not one of its weights has moved" in said


def test_a_generator_that_can_make_one_picture_only_is_suspected(rng, capsys):
    class OnePicture(CGAN):
        def build_generator(self):
            noise, label = keras.Input((self.latent_dim,)), keras.Input((1,), dtype="int32")
            picture = keras.layers.Embedding(self.num_classes, 48)(label)
            picture = keras.layers.Reshape(self.img_shape)(picture)
            return keras.Model([noise, label], picture + 0.0 * keras.ops.mean(noise))

    gan = OnePicture(img_shape=(6, 8, 1), num_classes=2, latent_dim=5, jit_compile=False)
    gan.train(random_images(rng, 16, (6, 8, 1)), labels=np.arange(16) % 2, steps=GRACE + WINDOW,
              batch_size=4)
    assert "collapse is suspected" in capsys.readouterr().out


def test_a_loss_that_is_not_finite_ends_the_run_and_spoils_nothing(rng, tmp_path, capsys):
    images = random_images(rng, 16, (6, 8, 1))
    gan = GAN(img_shape=(6, 8, 1), jit_compile=False)

    def spoil(path):
        if gan.turns == 5:
            weight = gan.generator.trainable_weights[0]
            weight.assign(np.full(weight.shape, np.nan))

    gan.write_samples = spoil
    run = tmp_path / "run"
    with pytest.raises(FloatingPointError, match="GAN: at step 6 the numbers are no longer finite: "
                                                 ".*g_loss nan"):
        gan.train(images, steps=20, batch_size=4, run_dir=run, sample_interval=1,
                  checkpoint_interval=4)
    assert "a loss is not finite" in capsys.readouterr().out
    assert [p.name for p in (run / "checkpoints").iterdir()] == ["step_000004"]
    assert not (run / "model").exists()
    assert np.isfinite(GAN.load(run / "checkpoints" / "step_000004").generate(3)).all()
    resumed = GAN(img_shape=(6, 8, 1), jit_compile=False)
    history = resumed.train(images, steps=6, batch_size=4, run_dir=run, resume=True)
    assert history["step"][-1] == 6
