"""StackGAN: three kinds of pairs, and two stages, the first of which rests."""
import keras
import numpy as np
import pytest

from keras_gan import StackGAN
from tests.games import random_images, values

TINY = {"img_shape": (9, 12, 3), "num_classes": 3, "latent_dim": 5, "base_channels": 2,
        "from_logits": True, "ema_momentum": 0.9, "jit_compile": False, "run_eagerly": True}
STAGE_I = ("generator_1", "discriminator_1")


def quartered(images):
    """The means of 4x4 pixels of pictures (n, 9, 12, 3); below, of the one row that is
    there."""
    padded = np.concatenate([images, images[:, [8, 8, 8]]], axis=1)
    return padded.reshape(len(images), 3, 4, 3, 4, 3).mean(axis=(2, 4))


def state_of(game, names=None):
    """The values of all that has a state, or of these networks, by name."""
    parts = game.parts if names is None else {name: game.players[name] for name in names}
    return {name: [keras.ops.convert_to_numpy(v) for v in part.variables]
            for name, part in parts.items()}


def assert_same(one, other):
    keras.tree.map_structure(np.testing.assert_array_equal, one, other)


@pytest.fixture
def data(rng):
    """Six pictures, and their classes."""
    return random_images(rng, 6, TINY["img_shape"]), np.array([0, 1, 2, 2, 1, 0])


@pytest.fixture(scope="module")
def gan():
    """A StackGAN that is in Stage I, and stays there."""
    return StackGAN(**TINY)


def test_sizes_of_the_stages():
    gan = StackGAN((128, 160, 3), 4, base_channels=2)
    assert gan.generator_1.output_shape == (None, 32, 40, 3)
    assert [x.shape[1:] for x in gan.generator_2.inputs] == [(32, 40, 3), (100,), (1,)]
    assert gan.generator_2.output_shape == gan.generator.output_shape == (None, 128, 160, 3)
    for i in (1, 2):                   # both look at 4x5 places at last
        features = getattr(gan, f"discriminator_{i}").get_layer("seen").output_shape
        assert features == (None, 4, 5, (16, 32)[i - 1])


def test_other_classes_are_other_ones_and_all_of_them(gan):
    drawn = gan.draw_other(1000, np.random.default_rng(0))
    assert drawn.shape == (1000, 1) and drawn.dtype == np.int32
    assert np.unique(drawn).tolist() == [1, 2]                         # of three classes


@pytest.mark.parametrize("stage", [0, 1])
def test_what_the_players_of_a_stage_are_trained_on(stage, data, monkeypatch):
    gan = StackGAN(**TINY, grow_at=(1,) if stage else ())
    images, labels = data
    for _ in range(stage):
        gan.train_on_batch(images, labels)
    random = {"z": np.random.default_rng(1).normal(size=(6, 5)).astype("float32"),
              "other": np.array([[1], [1], [1], [2], [2], [2]], "int32")}
    calls = []
    for name, model in gan.trainers.items():
        def note(x, y, return_dict, name=name, train=model.train_on_batch):
            said = train(x, y, return_dict=return_dict)
            calls.append((name, x, [float(np.mean(truth)) for truth in y], said))
            return said
        monkeypatch.setattr(model, "train_on_batch", note)
    small = np.asarray(gan.generator_1([random["z"], labels[:, None]]))
    y = labels[:, None]
    told = [random["z"], y] if stage == 0 else [small, random["z"], y]
    real = images / 127.5 - 1.0 if stage else quartered(images / 127.5 - 1.0)
    made = (small, gan.generator_2([small, *told[-2:]]))[stage]
    logs = gan.train_on_batch(images, labels, random)

    other = np.array([[1], [2], [0], [1], [0], [2]])
    (trained, x, truth, d), (followed, given, _, g) = calls
    assert (trained, followed) == (f"matching_{stage + 1}", f"combined_{stage + 1}")
    assert truth == [1, 0, 0]          # real with its class; with another one; generated
    for one, expected in zip([*x, *given], [real, made, y, other, *told], strict=True):
        np.testing.assert_allclose(one, expected, atol=1e-5)
    losses = d["real_loss"] + 0.5 * d["other_loss"] + 0.5 * d["made_loss"]
    accuracies = d["real_accuracy"] / 2 + (d["other_accuracy"] + d["made_accuracy"]) / 4
    close = lambda number: pytest.approx(float(number), rel=1e-5)
    assert logs == {**logs, "d_loss": close(losses / 2), "d_accuracy": close(accuracies),
                    "g_loss": close(g["validity_loss"] + g["kl_loss"]), "KL": g["kl_loss"],
                    "D(x)": d["real_validity"], "D(x, other)": d["other_validity"],
                    "D(G(z))": d["made_validity"]}


def test_kl_is_weighed(data):
    gan = StackGAN(**TINY, kl_weight=3.0)
    noise, labels = np.zeros((6, 5)), data[1][:, None]
    (_, kl), ones = gan.combined_1([noise, labels]), np.ones((6, 1))
    loss = lambda weight: weight * float(np.mean(kl)) + np.log1p(np.exp(-2.0))
    said = [np.full((6, 1), 2.0), kl]
    assert float(gan.combined_1.compute_loss(None, [ones, ones], said)) == pytest.approx(
        loss(3), rel=1e-5)


def test_half_of_the_noise_is_the_conditions_own(gan, rng):
    """The same noise of the other half, and another ε: another c, which KL doesn't
    see."""
    noise, label = rng.normal(size=(1, 5)), np.array([[1]])
    parts = gan.generator_1.get_layer("conditioning")
    look = keras.Model(gan.generator_1.inputs, parts.output)
    c, kl = look([noise, label])
    assert c.shape == (1, 2)
    moved = noise + [[1, 2, 0, 0, 0]]
    np.testing.assert_allclose(look([moved, label])[0] - c, [[1, 2]], atol=1e-5)   # σ begins at 1
    np.testing.assert_array_equal(look([moved, label])[1], kl)
    assert not np.allclose(look([noise, np.array([[2]])])[0], c)


def test_stage_I_does_not_move_in_stage_II(data):
    gan = StackGAN(**TINY, grow_at=(2,))
    names = ("generator_2", "discriminator_2")
    still = state_of(gan, names)
    for _ in range(2):
        gan.train_on_batch(*data)
        assert gan.stage == 0 and gan.at_rest == [*names]
    assert_same(state_of(gan, names), still)
    average = gan.generator_1_ema.get_weights()
    assert not np.array_equal(average[0], gan.generator_1.get_weights()[0])
    judges = state_of(gan, ["discriminator_1"])
    for _ in range(2):
        gan.train_on_batch(*data)
        assert gan.stage == 1 and gan.at_rest == [*STAGE_I]
        assert_same(gan.generator_1.get_weights(), average)            # it rests as its average
        assert_same(gan.generator_1_ema.get_weights(), average)
        assert_same(state_of(gan, ["discriminator_1"]), judges)
        assert all(not np.array_equal(state_of(gan, [name])[name][0], still[name][0])
                   for name in names)
    assert int(gan.combined_2.optimizer.iterations) == 2
    moved = values(gan.generator_2_ema)
    assert any(not np.array_equal(v, moved[path]) for path, v in values(
        StackGAN(**TINY).generator_2_ema).items() if path in moved)
    assert gan.check_freeze(batch_sizes=(3,)).ok


def test_pictures_are_those_of_the_stage(data, rng):
    gan = StackGAN(**TINY, grow_at=(1,))
    noise, labels = rng.normal(size=(4, 5)).astype("float32"), np.array([[0], [1], [2], [1]])
    gan.train_on_batch(*data)
    small = gan.generator_1_ema([noise, labels])
    enlarged = keras.ops.image.resize(small, (9, 12), "bilinear")
    np.testing.assert_allclose(gan.generate_from(noise, labels), np.asarray(enlarged) / 2 + 0.5,
                               atol=1e-6)
    assert gan.discriminator is gan.discriminator_1 and gan.combined is gan.combined_1
    said = gan.discriminator_1([quartered(data[0] / 127.5 - 1.0), data[1][:, None]])
    np.testing.assert_allclose(gan.discriminate(*data), 1 / (1 + np.exp(-np.ravel(said))),
                               atol=1e-5)

    gan.train_on_batch(*data)
    small = np.asarray(gan.generator_1_ema([noise, labels]))
    large = gan.generator_2_ema([small, noise, labels])
    np.testing.assert_allclose(gan.generate_from(noise, labels), np.asarray(large) / 2 + 0.5,
                               atol=1e-6)
    assert gan.discriminator is gan.discriminator_2 and gan.combined is gan.combined_2
    said = gan.discriminator_2([data[0] / 127.5 - 1.0, data[1][:, None]])
    np.testing.assert_allclose(gan.discriminate(*data), 1 / (1 + np.exp(-np.ravel(said))),
                               atol=1e-5)


def test_a_run_is_resumed_in_stage_II_bit_for_bit(rng, tmp_path):
    images, labels = random_images(rng, 30, TINY["img_shape"]), rng.integers(3, size=30)
    whole, first, second = (StackGAN(**TINY, grow_at=(2,)) for _ in range(3))
    how = {"labels": labels, "batch_size": 8, "checkpoint_interval": 3, "sample_interval": 50}
    history = whole.train(images, steps=4, run_dir=tmp_path / "whole", **how)
    first.train(images, steps=3, run_dir=tmp_path / "parts", **how)
    resumed = second.train(images, steps=4, run_dir=tmp_path / "parts", resume=True, **how)
    assert resumed == history and second.stage == 1
    assert_same(state_of(second), state_of(whole))
    assert_same(second.generate(3, seed=1), whole.generate(3, seed=1))
    loaded = StackGAN.load(tmp_path / "parts")
    assert loaded.stage == 1
    assert_same(loaded.generate(3, seed=1), whole.generate(3, seed=1))


@pytest.mark.parametrize("arguments, error, message", [
    ({"img_shape": (7, 8, 1)}, ValueError, r"img_shape must be at least 8x8.*\(7, 8, 1\)"),
    ({"latent_dim": 1}, ValueError, "latent_dim must be a whole number of at least 2"),
    ({"grow_at": (1, 2)}, ValueError, "grow_at must be one number: there are two stages"),
    ({"kl_weight": -1}, ValueError, "kl_weight must be a number of at least 0"),
    ({"base_channels": 0}, ValueError, "base_channels must be a whole number of at least 1"),
    ({"k": 2}, TypeError, "there is no choice about it"),
])
def test_arguments_that_make_no_sense_are_refused_in_words(arguments, error, message):
    with pytest.raises(error, match=message):
        StackGAN(**{**TINY, **arguments})
