"""A saved model: whole or absent, proven by its checksums, and never code."""
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import keras
import numpy as np
import pytest

import data_loaders
import keras_gan
from benchmarks.kills import PROCESSES
from data_loaders.whole import NEW
from keras_gan import DCGAN, GAN
from keras_gan.base import options
from keras_gan.layers import Frozen
from keras_gan.training import checkpoint
from tests.games import SHAPE, small


@pytest.fixture(scope="module")
def saved_once(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "model"
    small().save(path)
    return path


@pytest.fixture
def saved(saved_once, tmp_path):
    """A saved model that may be damaged."""
    return Path(shutil.copytree(saved_once, tmp_path / "model"))


def flip_a_bit(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def edit(path):
    path.write_text(path.read_text().replace('"learning_rate": 0.0002', '"learning_rate": 0.5'))


@pytest.mark.parametrize("damage, message", [
    (lambda p: flip_a_bit(p / "generator.weights.h5"),
     "generator.weights.h5 is not as it was saved"),
    (lambda p: flip_a_bit(p / "combined_optimizer.npz"),
     "combined_optimizer.npz is not as it was saved"),
    (lambda p: os.truncate(p / "discriminator.weights.h5", 5000),
     "discriminator.weights.h5 is not as it was saved"),
    (lambda p: (p / "discriminator.weights.h5").unlink(), "discriminator.weights.h5 is missing"),
    (lambda p: (p / "discriminator_optimizer.npz").unlink(),
     "discriminator_optimizer.npz is missing"),
    (lambda p: edit(p / "config.json"), "config.json is not as it was saved"),
    (lambda p: (p / "SHA256SUMS").unlink(), "has no SHA256SUMS: it was not written by save"),
    (lambda p: (p / "SHA256SUMS").write_text("nonsense"), "SHA256SUMS is damaged"),
    (lambda p: (p / "SHA256SUMS").write_text(""), "config.json is not as it was saved"),
    (lambda p: (p / "SHA256SUMS").write_bytes(b"\xff\xfe"), "SHA256SUMS is damaged"),
    (lambda p: (p / "config.json").write_text("{"), "not the config.json of a saved model"),
    (lambda p: (p / "config.json").write_text('{"model": "GAN"}'),
     "not the config.json of a saved model"),
    (lambda p: (p / "config.json").write_text("[1, 2]"), "not the config.json of a saved model"),
])
def test_damage_is_named(saved, damage, message):
    damage(saved)
    with pytest.raises(ValueError, match=message):
        GAN.load(saved)


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.weights.h5", "m.zip"])
def test_a_model_is_no_file(name, tmp_path):
    with pytest.raises(ValueError, match="A saved model is a folder.*gan.generator.save"
                                         "..generator.keras.*Received: path='m"):
        small().save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


PLAIN_KERAS = """
    import sys
    import keras, numpy as np
    for end in ("keras", "h5"):
        for name in ("generator", "discriminator"):
            network = keras.saving.load_model(f"{sys.argv[1]}/{name}.{end}", compile=False)
            made = network(np.load(f"{sys.argv[1]}/{name}_in.npy"), training=False)
            np.testing.assert_array_equal(made, np.load(f"{sys.argv[1]}/{name}_out.npy"))
    assert not any(name.startswith("keras_gan") for name in sys.modules)
"""


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
def test_networks_of_keras_layers_are_files_that_plain_keras_loads(tmp_path, rng):
    gan = small()
    for name, network in gan.players.items():
        given = rng.normal(size=(2, *network.input_shape[1:])).astype("float32")
        np.save(tmp_path / f"{name}_in.npy", given)
        np.save(tmp_path / f"{name}_out.npy", network(given, training=False))
        for end in ("keras", "h5"):
            network.save(tmp_path / f"{name}.{end}")
    there = tmp_path / "elsewhere"
    there.mkdir()
    subprocess.run([sys.executable, "-c", textwrap.dedent(PLAIN_KERAS), tmp_path], check=True,
                   cwd=there, env={**os.environ, "PYTHONPATH": ""})


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5")
def test_networks_with_layers_of_the_house_are_files_too(tmp_path, rng):
    gan = DCGAN(img_shape=(8, 8, 1), latent_dim=3, base_channels=1)
    for name, network in gan.players.items():
        given = rng.normal(size=(2, *network.input_shape[1:])).astype("float32")
        for end in ("keras", "h5"):
            network.save(tmp_path / f"{name}.{end}")
            again = keras.saving.load_model(tmp_path / f"{name}.{end}", compile=False)
            np.testing.assert_array_equal(again(given), network(given))


def rewrite(folder, change):
    """Change the `config.json` of a saved model, and make checksums that fit."""
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "SHA256SUMS").unlink()
    checkpoint._write_sums(folder)


@pytest.mark.parametrize("change, message", [
    (lambda c: c["parameters"].update(learning_rate=-1),
     "learning_rate must be a number between 0 and 1"),
    (lambda c: c["parameters"].update(colour="red"), "not those of GAN.*colour"),
    (lambda c: c["parameters"].update(networks="goodfellow_2014"), "of another network"),
    (lambda c: c["parameters"].update(img_shape=[8, 8, 1]),
     "discriminator.weights.h5 can't be loaded.*of another network"),
    (lambda c: c.update(turns=-3), "not the config.json of a saved model"),
    (lambda c: c.update(turns="3"), "not the config.json of a saved model"),
    (lambda c: c.update(random_state=[[1, 2]]),
     r"of another network: it holds the random states \[\[1, 2\]\], this model has 0"),
    (lambda c: c.update(model="os.system"), "holds a os.system, not a GAN"),
])
def test_a_foreign_config_is_refused_in_words(saved, change, message):
    rewrite(saved, change)
    with pytest.raises(ValueError, match=message):
        GAN.load(saved)


def test_checksums_are_looked_for_in_the_folder_alone(saved, tmp_path):
    (tmp_path / "elsewhere").write_text("")
    with (saved / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  ../elsewhere\n")
    with pytest.raises(ValueError, match="../elsewhere is missing"):
        GAN.load(saved)


@pytest.mark.parametrize("state", [["a", "b"], [1, 2, 3], [-1, 5], [1.5, 2]])
def test_a_random_state_that_is_none_is_refused(tmp_path, state):
    gan = DCGAN(img_shape=(8, 8, 1), base_channels=1, latent_dim=2)      # has Dropout
    gan.save(tmp_path)
    rewrite(tmp_path, lambda config: config["random_state"].__setitem__(0, state))
    with pytest.raises(ValueError, match="of another network: it holds the random states"):
        checkpoint.load_state(gan, tmp_path)


def without_momenta(path):
    with np.load(path) as arrays:
        first = {name: arrays[name] for name in list(arrays)[:2]}
    np.savez(path, **first)


@pytest.mark.parametrize("change", [
    without_momenta,
    lambda path: shutil.copy(path.with_name("discriminator_optimizer.npz"), path),
    lambda path: np.save(path.open("wb"), np.array({"a": "pickle"}, object)),
    lambda path: path.write_bytes(path.read_bytes()[:-100]),
    lambda path: path.write_text("nonsense"),
    lambda path: path.write_bytes(b""),
    Path.unlink,
])
def test_weights_without_their_optimizer_are_refused(saved, change):
    change(saved / "combined_optimizer.npz")
    rewrite(saved, lambda config: None)
    with pytest.raises(ValueError, match="combined_optimizer.npz can't be loaded"):
        GAN.load(saved)


def test_a_model_is_a_file_for_each_network_and_each_optimizer(saved, tmp_path):
    ours = {"config.json", "SHA256SUMS", "generator.weights.h5", "discriminator.weights.h5",
            "discriminator_optimizer.npz", "combined_optimizer.npz"}
    assert {p.name for p in saved.iterdir()} == ours
    assert json.loads((saved / "config.json").read_text())["format"] == checkpoint.FORMAT
    # R1 adds a second model around the discriminator, but no second optimizer
    small(ema_momentum=0.5, from_logits=True, r1_gamma=1.0).save(tmp_path / "with_average")
    assert {p.name for p in (tmp_path / "with_average").iterdir()} == {
        *ours, "generator_ema.weights.h5"}


@pytest.mark.parametrize("number", [checkpoint.FORMAT + 1, 0, "new", None])
def test_a_model_of_a_format_that_is_not_known_is_refused_in_words(saved, number):
    rewrite(saved, lambda config: config.update(format=number))
    with pytest.raises(ValueError, match=f"config.json is of format {number}, and this version of "
                                         "keras_gan reads formats up to 2. A newer version has "
                                         "written it: pip install --upgrade"):
        GAN.load(saved)


# --- one optimizer, two networks ------------------------------------------------------


@options
class Siblings(GAN):
    """Two generators, trained by one optimizer against one discriminator."""

    trains = {"discriminator": ["discriminator"], "combined": ["generator", "sibling"]}
    shows = ["generator", "sibling"]

    def build_combined(self):
        another = self.build_generator()
        self.sibling = keras.Model(another.input, another.output, name="sibling")
        z, judge = keras.Input((self.latent_dim,)), Frozen(self.discriminator)
        validity = (judge(self.generator(z)) + judge(self.sibling(z))) / 2
        return keras.Model(z, validity, name="combined")


def numbers(game):
    """All numbers of a game, by the name of the part."""
    return {name: [keras.ops.convert_to_numpy(v) for v in part.variables]
            for name, part in game.parts.items()}


def test_an_optimizer_of_two_networks_is_saved_once_and_loaded_exactly(images, tmp_path):
    def siblings():
        return Siblings(img_shape=SHAPE, latent_dim=5, ema_momentum=0.5, run_eagerly=True)

    game = siblings()
    game.train(images, steps=3, batch_size=8)
    game.save(tmp_path / "model")
    assert {p.name for p in (tmp_path / "model").iterdir()} == {
        "config.json", "SHA256SUMS", "discriminator_optimizer.npz", "combined_optimizer.npz",
        "discriminator.weights.h5", "generator.weights.h5", "sibling.weights.h5",
        "generator_ema.weights.h5", "sibling_ema.weights.h5"}
    trained = len(game.generator.trainable_weights) + len(game.sibling.trainable_weights)
    with np.load(tmp_path / "model" / "combined_optimizer.npz") as arrays:
        assert len(arrays) == 2 + 2 * trained              # steps, learning rate, two momenta each
        assert sum(bool(array.any()) for array in arrays.values()) == len(arrays)

    loaded = Siblings.load(tmp_path / "model")
    for before, after in zip(numbers(game).items(), numbers(loaded).items(), strict=True):
        assert before[0] == after[0]
        for one, other in zip(before[1], after[1], strict=True):
            np.testing.assert_array_equal(one, other)
    assert (loaded.train(images, steps=2, batch_size=8)
            == game.train(images, steps=2, batch_size=8))


def test_two_networks_of_one_optimizer_that_are_exchanged_are_noticed(tmp_path):
    class Unlike(Siblings):
        def build_generator(self):
            # The first one that is built is the generator, the second its sibling
            wide = 3 if hasattr(self, "generator") else 7
            z = keras.Input((self.latent_dim,))
            hidden = keras.layers.Dense(wide)(z)
            made = keras.layers.Dense(48, activation="tanh")(hidden)
            return keras.Model(z, keras.layers.Reshape(self.img_shape)(made), name="generator")

    game = Unlike(img_shape=SHAPE, latent_dim=5, run_eagerly=True)
    game.save(tmp_path / "model")
    one, other = (tmp_path / "model" / f"{name}.weights.h5" for name in ("generator", "sibling"))
    one.rename(tmp_path / "aside")
    other.rename(one)
    (tmp_path / "aside").rename(other)
    rewrite(tmp_path / "model", lambda config: None)
    with pytest.raises(ValueError, match="generator.weights.h5 can't be loaded"):
        Unlike.load(tmp_path / "model")


# --- folders --------------------------------------------------------------------------


def test_a_folder_of_data_is_no_saved_model(tmp_path):
    np.savez(tmp_path / "mnist.npz", x_train=np.zeros(3))
    with pytest.raises(FileExistsError, match="not a saved model"):
        small().save(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mnist.npz"]


def test_numbers_of_half_precision_come_back(images, tmp_path):
    before = keras.config.floatx()
    keras.config.set_floatx("bfloat16")
    try:
        gan = small(run_eagerly=True)
        gan.train(images, steps=1, batch_size=4)
        gan.save(tmp_path / "model")
        again = GAN.load(tmp_path / "model")
    finally:
        keras.config.set_floatx(before)
    assert gan.discriminator.weights[0].dtype == "bfloat16"
    for one, other in zip(gan.discriminator.optimizer.variables,
                          again.discriminator.optimizer.variables, strict=True):
        np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(v) for v in (one, other)))


@pytest.mark.parametrize("other", ["checkpoints/step_000001/config.json", "thesis.txt"])
def test_only_a_saved_model_is_ever_replaced(saved, other):
    (saved / other).parent.mkdir(parents=True, exist_ok=True)
    (saved / other).write_text("precious")
    with pytest.raises(FileExistsError, match="not a saved model. Nothing was written"):
        small().save(saved)
    assert (saved / other).read_text() == "precious"


def test_the_folder_that_one_is_in_can_be_loaded_and_replaced(saved, monkeypatch):
    monkeypatch.chdir(saved)
    gan = GAN.load(".")
    gan.turns = 3
    gan.save(".")
    assert GAN.load(saved).turns == 3


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"),
                    reason="this system can't say beforehand whether a file may be written")
def test_a_limit_of_any_size_is_an_error_and_no_crash(tmp_path):
    process = PROCESSES.Process(target=save_within_limits, args=(tmp_path / "model",))
    process.start()
    process.join()
    assert process.exitcode == 7                               # so often it was refused


def save_within_limits(path):
    import resource
    gan, refused = small(), 0
    for limit in (0, 300, 700, 3_000, 20_000, 100_000, 3_000_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        with contextlib.suppress(OSError):
            gan.save(path)
            os._exit(100)
        refused += not path.exists()
    os._exit(refused)


def test_what_is_not_finite_is_never_saved(tmp_path):
    gan = small()
    gan.save(tmp_path / "model")
    before = {p: p.read_bytes() for p in (tmp_path / "model").iterdir()}
    for variable, part in (
            (gan.generator.trainable_weights[0], "generator"),
            (gan.discriminator.optimizer.variables[-1], "optimizer of discriminator")):
        good = keras.ops.convert_to_numpy(variable)
        variable.assign(np.full(variable.shape, np.inf))
        with pytest.raises(FloatingPointError, match=f"GAN: .* of the {part} is no longer finite"):
            gan.save(tmp_path / "model")
        variable.assign(good)
    assert {p: p.read_bytes() for p in (tmp_path / "model").iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_who_is_killed_while_a_model_is_replaced_leaves_it(saved):
    saved.rename(saved.with_name(".keras-gan-old-model"))        # the moment between the two moves
    (saved.parent / f"{NEW}abc").mkdir()
    assert GAN.load(saved).turns == 0 and not saved.exists()     # who only reads moves nothing
    gan = small()
    gan.turns = 7
    gan.save(saved)
    assert GAN.load(saved).turns == 7
    # That one is young: somebody may be writing it
    assert sorted(p.name for p in saved.parent.iterdir()) == [f"{NEW}abc", "model"]


def test_nothing_in_the_house_unpickles_or_runs_what_it_loads():
    dangerous = re.compile(r"\bpickle\b|allow_pickle=True|\bLambda\(|safe_mode=False|"
                           r"enable_unsafe|\beval\(|\bexec\(|\.load_model\(|import.*\bload_model\b")
    files = [p for package in (keras_gan, data_loaders)
             for p in Path(package.__file__).parent.rglob("*.py")]
    assert len(files) > 20
    lines = [(p.name, line) for p in files for line in p.read_text().splitlines()]
    assert [(name, line) for name, line in lines
            if dangerous.search(line) and '"""' not in line] == []
