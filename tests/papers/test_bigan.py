"""The bidirectional GAN: pairs, and an encoder that becomes the generator's inverse."""
import itertools
import math

import numpy as np
import pytest
from keras import Input, Sequential
from keras.layers import Dense

from keras_gan import BiGAN
from keras_gan.samples import drawing
from tests.games import random_images

SHAPE = (6, 8, 1)


def small(**more):
    """A BiGAN for tiny pictures."""
    return BiGAN(**{"img_shape": SHAPE, "latent_dim": 5, "jit_compile": False, **more})


@pytest.fixture
def pictures(rng):
    """Twelve pictures of `SHAPE`."""
    return random_images(rng, 12, SHAPE)


# --- what Keras-GAN has ---------------------------------------------------------------

def test_the_default_is_that_of_keras_gan():
    gan = BiGAN()

    def dense(*widths):
        return sum(a * b + b for a, b in itertools.pairwise(widths))

    assert gan.generator.count_params() == dense(100, 512, 512, 784) + 4 * (512 + 512)
    assert gan.encoder.count_params() == dense(784, 512, 512, 100) + 4 * (512 + 512)
    assert gan.discriminator.count_params() == dense(100 + 784, 1024, 1024, 1024, 1)
    assert [x.shape for x in gan.discriminator.inputs] == [(None, 100), (None, 28, 28, 1)]
    for model in (gan.discriminator, gan.combined):
        assert float(model.optimizer.learning_rate) == pytest.approx(2e-4)
        assert model.optimizer.beta_1 == 0.5


@pytest.mark.parametrize("loss", ["non_saturating", "saturating"])
def test_generator_and_encoder_are_trained_on_the_pairs_of_both(loss, rng, pictures):
    gan = small(generator_loss=loss, dropout=0.0, run_eagerly=True)
    z, x = rng.normal(size=(12, 5)), pictures / 127.5 - 1
    # As the step sees them: BatchNormalization with the statistics of this batch
    generated, encoded = (np.array(v) for v in gan.combined([z, x], training=True))
    by_hand = {"non_saturating": -np.log(generated).mean() - np.log(1 - encoded).mean(),
               "saturating": np.log(1 - generated).mean() + np.log(encoded).mean()}[loss]
    before = [np.array(v) for v in gan.discriminator.weights]
    said = gan.combined.train_on_batch([z, x], [np.ones((12, 1)), np.zeros((12, 1))],
                                       return_dict=True)
    assert said["loss"] == pytest.approx(by_hand, rel=1e-4)
    for one, other in zip(before, gan.discriminator.weights, strict=True):
        np.testing.assert_array_equal(one, np.array(other))


@pytest.mark.parametrize("options", [
    {},
    {"k": 2, "from_logits": True, "ema_momentum": 0.9, "half_life": 5,
     "generator_loss": "saturating", "fakes_in_training_mode": True,
     "generator_weight_decay": 1e-3, "generator_learning_rate": 1e-3},
])
def test_each_model_trains_its_own_networks_call_by_call_and_compiled(options):
    report = small(**options).check_freeze(batch_sizes=(3,))
    assert report.ok, str(report)
    for way in ("call by call", "compiled"):
        assert (f"{way}, batch of 3: combined.train_on_batch moved 0 of 8 weights of the "
                "discriminator and 10 of 10 trainable weights of the generator and 10 of 10 "
                "trainable weights of the encoder") in str(report)


@pytest.mark.parametrize("option", [{"networks": "goodfellow_2014"}, {"r1_gamma": 1.0}])
def test_there_is_no_choice_about_what_this_paper_does_not_have(option):
    with pytest.raises(TypeError, match="there is no choice about it in this paper"):
        small(**option)


# --- encode and reconstruct -----------------------------------------------------------

def test_encode_and_reconstruct_give_what_they_promise(pictures, monkeypatch):
    gan = small()
    z, again = gan.encode(pictures), gan.reconstruct(pictures)
    assert z.shape == (12, 5) and z.dtype == np.float32 and z.std(axis=0).min() > 0
    assert again.shape == pictures.shape and again.dtype == np.float32
    assert 0 <= again.min() < again.max() <= 1
    np.testing.assert_array_equal(again, gan.generate_from(z))
    as_floats = (pictures / 127.5 - 1).astype("float32")
    np.testing.assert_allclose(gan.encode(as_floats), z, atol=1e-5)
    monkeypatch.setattr("keras_gan.bigan.AT_ONCE", 5)          # 12 pictures are three batches
    np.testing.assert_allclose(gan.encode(pictures), z, atol=1e-5)


def test_vectors_are_encoded_in_their_own_units(rng):
    gan = BiGAN(img_shape=(3,), latent_dim=2, jit_compile=False)
    x = rng.integers(0, 256, (7, 3), dtype=np.uint8)           # no picture: 255 is not 1
    np.testing.assert_array_equal(gan.encode(x), gan.encode(x.astype("float64")))
    assert gan.encode(x).shape == (7, 2) and gan.reconstruct(x).shape == (7, 3)


@pytest.mark.parametrize("change, message", [
    (lambda x: x[0], "one picture"), (lambda x: x[:, :5], r"Received: shape \(12, 5, 8, 1\)"),
    (lambda x: x[:0], r"Received: shape \(0, 6, 8, 1\)"), (lambda x: list(x), "Received: a list"),
    (lambda x: x.astype("int64"), "dtype int64"), (lambda x: x / 1.0, r"must lie in \[-1, 1\]"),
    (lambda x: x * np.nan, "no finite numbers"),
])
def test_pictures_that_do_not_fit_are_refused_in_words(change, message, pictures):
    gan = small()
    for method in (gan.encode, gan.reconstruct):
        with pytest.raises(ValueError, match=message):
            method(change(pictures))


def test_averages_of_both_networks_are_shown_saved_and_resumed(pictures, tmp_path):
    whole, parts = (small(ema_momentum=0.9, run_eagerly=True) for _ in range(2))
    how = {"batch_size": 4, "checkpoint_interval": 1}
    history = whole.train(pictures, steps=2, run_dir=tmp_path / "whole", **how)
    parts.train(pictures, steps=1, run_dir=tmp_path / "parts", **how)
    resumed = small(ema_momentum=0.9, run_eagerly=True)
    assert resumed.train(pictures, steps=2, run_dir=tmp_path / "parts", resume=True,
                         **how) == history
    loaded = BiGAN.load(tmp_path / "whole" / "model")
    z = whole.encode(pictures)
    for gan in (resumed, loaded):
        np.testing.assert_array_equal(gan.encode(pictures), z)
        np.testing.assert_array_equal(gan.reconstruct(pictures), whole.reconstruct(pictures))
    assert list(whole.averages) == ["generator_ema", "encoder_ema"]
    whole.encoder.set_weights([0 * w for w in whole.encoder.get_weights()])
    np.testing.assert_array_equal(whole.encode(pictures), z)   # the average is another network
    assert loaded.train_on_batch(pictures) == resumed.train_on_batch(pictures)


def test_real_pictures_are_shown_beside_their_reconstructions(pictures, tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setattr(drawing, "write_real_vs_generated",
                        lambda path, real, made, title, bands: seen.update(real=real, made=made))
    gan = small()
    gan.write_beside_real(tmp_path / "a.png", (pictures,))
    np.testing.assert_allclose(seen["real"], pictures / 255, atol=1e-6)
    np.testing.assert_array_equal(seen["made"], gan.reconstruct(pictures))


# --- the theorems ---------------------------------------------------------------------

class Line(BiGAN):
    """G(z) = a z + b, and E(x) = c x + d."""

    def build_generator(self):
        return Sequential([Input((1,)), Dense(1)], name="generator")

    def build_encoder(self):
        return Sequential([Input((1,)), Dense(1)], name="encoder")


def what_d_learns(sign):
    """What D learns to say where G makes the data, N(3, 2²), and E makes N(0, 1).

    Args:
        sign: 1 for an E that is the inverse of G; -1 for one that is not.

    Returns:
        D(x, E(x)), D(G(z), z), and D's loss.
    """
    gan = Line(img_shape=(1,), latent_dim=1, dropout=0.0, learning_rate=5e-4, jit_compile=False)
    gan.generator.set_weights([np.array([[2.0]]), np.array([3.0])])
    gan.encoder.set_weights([np.array([[sign / 2]]), np.array([-sign * 3 / 2])])
    rng, said = np.random.default_rng(0), []
    for _ in range(150):
        x, z = rng.normal(3, 2, (64, 1)), rng.normal(size=(64, 1))
        real = gan.discriminator.train_on_batch([gan.encode(x), x], np.ones((64, 1)),
                                                return_dict=True)
        fake = gan.discriminator.train_on_batch([z, gan.generate_from(z)], np.zeros((64, 1)),
                                                return_dict=True)
        said.append([real["validity"], fake["validity"], (real["loss"] + fake["loss"]) / 2])
    return np.mean(said[-50:], axis=0)


def test_where_the_encoder_inverts_the_generator_nobody_can_tell_the_pairs_apart():
    real, fake, loss = what_d_learns(1)
    assert real == pytest.approx(0.5, abs=0.03) and fake == pytest.approx(0.5, abs=0.03)
    assert loss == pytest.approx(math.log(2), abs=0.02)                    # theorem 1


def test_it_is_not_enough_that_each_half_of_a_pair_is_right():
    # x and E(x) are distributed as G(z) and z; but E(G(z)) = -z
    real, fake, _ = what_d_learns(-1)
    assert real > 0.8 and fake < 0.2                                  # .95 and .05


# --- that it learns -------------------------------------------------------------------

def spots(rng, n):
    """Pictures (n, 8, 8, 1) in [-1, 1] of a spot anywhere: two numbers make each."""
    u, v = rng.uniform(1.5, 5.5, (2, n, 1, 1))
    y, x = np.mgrid[:8, :8]
    return (2 * np.exp(-((x - u) ** 2 + (y - v) ** 2) / 4) - 1).astype("float32")[..., None]


def test_the_encoder_finds_the_noise_of_pictures_of_a_spot(rng):
    data, unseen = spots(rng, 1000), spots(rng, 200)
    gan = BiGAN(img_shape=(8, 8, 1), latent_dim=2, learning_rate=1e-3, jit_compile=False)
    gan.train(data, steps=300, batch_size=32)

    # Root mean square distance of G(E(x)) to x: untrained .40, trained .076, .091, .097
    # (seeds 0, 1, 2); to all of them: untrained .40, trained .267, .278, .274
    real, made = (a.reshape(200, -1) for a in (unseen / 2 + 0.5, gan.reconstruct(unseen)))
    far = np.sqrt(((made[:, None] - real[None]) ** 2).mean(-1))
    assert np.diag(far).mean() < 0.6 * far.mean()
    # Share of others that are nearer than x: untrained .50, trained .020, .036, .043
    assert (far < np.diag(far)[:, None]).mean() < 0.1
    # Correlation of E(G(z)) with z: untrained .07, .38, .46, trained .965, .953, .924
    z = gan.draw_noise(500, np.random.default_rng(5))
    again = gan.encode(2 * gan.generate_from(z) - 1)
    assert min(np.corrcoef(a, b)[0, 1] for a, b in zip(z.T, again.T)) > 0.8
