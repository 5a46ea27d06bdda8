"""What all games share: averages, random numbers, XLA, and what they refuse to take."""
import functools
import shutil
import tracemalloc
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from keras.optimizers.schedules import ExponentialDecay

from keras_gan import CGAN, DCGAN, GAN, LSGAN, WGANGP, GaussianGAN
from keras_gan.base.generating import generator_of
from tests.games import SHAPE, random_images, small

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


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")),
                    reason="where there is a GPU, Keras chooses whether XLA compiles")
@pytest.mark.parametrize("model, how, pays", [
    (GAN, {"img_shape": (2,), "networks": "goodfellow_2014"}, True),
    (DCGAN, {"img_shape": (8, 8, 1), "base_channels": 1}, False),
    (DCGAN, {"img_shape": (8, 1), "base_channels": 1, "recipe": "signals"}, False),
])
def test_xla_is_for_networks_without_convolutions(model, how, pays):
    assert bool(model(latent_dim=2, **how).uses_xla) == pays


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
    GAN(img_shape=SHAPE).generator.save(tmp_path / "generator.keras")
    with pytest.raises(ValueError, match="is a file, and a saved.*Keras itself reads"):
        GAN.load(tmp_path / "generator.keras")


def test_load_of_a_run_loads_its_model_or_its_newest_checkpoint(tmp_path):
    gan = GAN(img_shape=SHAPE, run_eagerly=True)
    gan.train(np.zeros((4, *SHAPE), np.uint8), steps=3, batch_size=4, checkpoint_interval=1,
              run_dir=tmp_path / "run")
    made = gan.generate(2, seed=1)
    np.testing.assert_array_equal(GAN.load(tmp_path / "run").generate(2, seed=1), made)
    shutil.rmtree(tmp_path / "run" / "model")
    checkpoints = tmp_path / "run" / "checkpoints"
    shutil.copytree(checkpoints / "step_000002", tmp_path / "run" / "model")
    assert GAN.load(tmp_path / "run").turns == 3                # newer than the model
    (checkpoints / "step_000003" / "generator.weights.h5").write_bytes(b"damaged")
    with pytest.warns(UserWarning, match="generator.weights.h5 is not as it was saved. .*model is "
                                         "used"):
        assert GAN.load(tmp_path / "run").turns == 2
    (checkpoints / "step_000003" / "config.json").write_text("{")
    shutil.rmtree(tmp_path / "run" / "model")
    with pytest.warns(UserWarning, match="not the config.json of .*step_000002 is used"):
        assert GAN.load(tmp_path / "run").turns == 2
    shutil.rmtree(checkpoints / "step_000002")
    shutil.rmtree(checkpoints / "step_000001")
    with pytest.raises(ValueError, match="no checkpoint yet that is whole.*not the config.json"):
        GAN.load(tmp_path / "run")
    shutil.rmtree(tmp_path / "run" / "checkpoints")
    (tmp_path / "run" / "checkpoints").mkdir()
    with pytest.raises(ValueError, match="has no model and no checkpoint yet"):
        GAN.load(tmp_path / "run")


# --- arguments, after the model is built ----------------------------------------------

def test_an_argument_that_would_have_no_effect_can_not_be_set():
    gan = small()
    with pytest.raises(AttributeError, match=r"built with learning_rate=0.0002.*GAN\(learning_rate"
                                             r"=1e-05\).*GAN.load\(path, learning_rate=1e-05\)"):
        gan.learning_rate = 1e-5
    assert gan.learning_rate == gan.get_config()["learning_rate"] == 2e-4
    gan.notes_of_mine = "free"
    with pytest.raises(AttributeError, match=r"Make a new one, GAN\(recipe='mnist'\).$"):
        gan.recipe = "mnist"
    lsgan = LSGAN(img_shape=(2,), networks="srivastava_2017", latent_dim=2)
    with pytest.raises(AttributeError, match="from_logits can't be set: in LSGAN there is no "
                                             "choice about it, it is True"):
        lsgan.from_logits = False


@pytest.mark.parametrize("game, call, text", [
    (CGAN, lambda game, x, y: game.train(x, y, steps=1), r"passed by their name: labels=\.\.\.$"),
    (CGAN, lambda game, x, y: game.train(x, y=y), r"Did you mean labels\?$"),
    (GAN, lambda game, x, y: game.train(x, epochs=1), r"Did you mean steps\?$"),
    (GAN, lambda game, x, y: game.train(x, batchsize=1), r"Did you mean batch_size\?$"),
    (GAN, lambda game, x, y: game.train(),
     r"'images'. It takes: images, steps, .*, labels, minutes$"),
    (GaussianGAN, lambda game, x, y: game.train(x, steps=1), r"own data: train\(steps=\.\.\.\)$"),
])
def test_a_call_of_train_with_other_arguments_is_answered_in_words(game, call, text):
    with pytest.raises(TypeError, match=rf"^{game.__name__}\.train: .*{text}"):
        call(object.__new__(game), np.zeros((4, 8, 8, 1), "uint8"), np.zeros(4, int))


def test_an_argument_that_is_read_anew_can_be_set_and_is_checked(tmp_path):
    gan, falls = small(), small(half_life=10)
    gan.k, gan.seed, gan.bands = np.int64(2), 5, [np.int64(0)]
    assert (gan.k, gan.seed, gan.bands) == (2, 5, (0,)) and type(gan.k) is int
    for name, wrong in (("k", 0), ("k", 1.5), ("seed", -1), ("bands", (3,)), ("bands", "rgb")):
        with pytest.raises(ValueError, match=f"{name} must be"):
            setattr(gan, name, wrong)
    gan.save(tmp_path / "model")
    again = GAN.load(tmp_path / "model")
    assert (again.k, again.seed, again.bands) == (2, 5, (0,)) and gan.settled
    with pytest.raises(AttributeError, match="built with k=1"):         # its rate falls by k a turn
        falls.k = 2


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Two saved models of one turn: rates that stay, and rates that fall by half."""
    folder = tmp_path_factory.mktemp("saved")
    for name, half_life in (("stays", None), ("falls", 1)):
        gan = small(half_life=half_life, run_eagerly=True)
        gan.train_on_batch(np.zeros((4, *SHAPE), np.uint8))
        gan.save(folder / name)
    return folder


@pytest.mark.parametrize("name, changes, rates", [
    ("stays", {}, (2e-4, 2e-4)),
    ("stays", {"learning_rate": 1e-5}, (1e-5, 1e-5)),              # the generator's was the same
    ("stays", {"generator_learning_rate": 1e-5}, (2e-4, 1e-5)),
    ("stays", {"learning_rate": 1e-3, "half_life": 1}, (5e-4, 5e-4)),     # one turn is played
    ("falls", {}, (1e-4, 1e-4)),
    ("falls", {"learning_rate": 1e-3}, (5e-4, 5e-4)),
    ("falls", {"learning_rate": 1e-3, "half_life": None}, (1e-3, 1e-3)),
    ("falls", {"half_life": 2}, (2e-4 * 0.5 ** 0.5, 2e-4 * 0.5 ** 0.5)),
])
def test_a_saved_model_learns_on_at_another_rate(saved, name, changes, rates, rng):
    gan = GAN.load(saved / name, **changes)
    now = [float(gan.discriminator.optimizer.learning_rate),
           float(gan.combined.optimizer.learning_rate)]
    assert now == pytest.approx(rates, rel=1e-6)
    # Adam's state is that of the saved model, and its step is of the size of the rate
    assert int(gan.combined.optimizer.iterations) == 1
    momentum = gan.combined.optimizer.variables[-1]
    assert momentum.numpy().any()
    kernel = gan.generator.weights[0]
    before = kernel.numpy()
    gan.train_on_batch(random_images(rng, 4, SHAPE))
    moved = np.abs(kernel.numpy() - before).max()
    assert 0.1 * rates[1] < moved < 3 * rates[1]


def test_a_saved_model_may_change_what_leaves_the_networks_their_weights(saved):
    gan = GAN.load(saved / "stays", ema_momentum=0.9, run_eagerly=False, label_smoothing=0.1,
                   seed=5)
    assert gan.turns == 1 and gan.ema_momentum == 0.9 and not gan.discriminator.run_eagerly
    for average, weight in zip(gan.generator_ema.weights, gan.generator.weights, strict=True):
        np.testing.assert_array_equal(average, weight)             # it begins now
    with pytest.raises(ValueError, match="don't fit a model with latent_dim=7"):
        GAN.load(saved / "stays", latent_dim=7)
    with pytest.raises(ValueError, match="keeps the numbers of its recipe.*recipe='mnist'"):
        GAN.load(saved / "stays", recipe="mnist")
    with pytest.raises(TypeError, match="GAN takes no colour. It takes: img_shape"):
        GAN.load(saved / "stays", colour=1)


# --- the compiled turn is kept --------------------------------------------------------

TRACES = []


class Counted(GAN):
    def train_on_batch(self, images, random=None):
        TRACES.append(self)
        return super().train_on_batch(images, random)


def test_train_compiles_again_only_where_something_has_changed(images):
    gan = Counted(img_shape=SHAPE, latent_dim=5, jit_compile=False)
    gan.train(images, steps=1, batch_size=8)
    gan.train(images, steps=2, batch_size=8)
    assert len(TRACES) == 1
    last = gan.discriminator.layers[-1].layers[-1]
    last.trainable, before = False, last.get_weights()
    gan.train(images, steps=1, batch_size=8)
    assert len(TRACES) == 2
    np.testing.assert_array_equal(last.weights[0], before[0])      # the new turn leaves it alone

    leaky = next(layer for layer in gan.generator.layers[-1].layers
                 if isinstance(layer, keras.layers.LeakyReLU))
    gan.lists, gan.named, gan._rate, gan.scale = [1, [2]], {"a": 1}, 0.1, np.float32(3)
    gan.arrays, gan.pairs = np.arange(3), (np.arange(3), np.arange(3))
    changes = [lambda: setattr(last, "trainable", True), lambda: setattr(gan, "k", 2),
               lambda: setattr(leaky, "negative_slope", 0.1),
               lambda: setattr(gan.discriminator.loss, "label_smoothing", 0.1),
               lambda: gan.discriminator.compile("sgd", "mse", metrics=gan.build_metrics()),
               lambda: setattr(gan.combined.optimizer, "beta_1", 0.9),
               lambda: setattr(gan.combined.optimizer, "learning_rate", ExponentialDecay(1, 1, 1)),
               lambda: setattr(gan.combined, "run_eagerly", True),
               lambda: gan.lists[1].append(3), lambda: gan.named.update(b=2),
               lambda: setattr(gan, "_rate", 0.2), lambda: setattr(gan, "scale", np.float32(4)),
               lambda: gan.arrays.__setitem__(0, 7), lambda: gan.pairs[0].__setitem__(0, 7),
               lambda: setattr(last, "activation", keras.activations.tanh),
               lambda: setattr(Counted, "prepare", lambda self, images: GAN.prepare(self, images)),
               tf.debugging.enable_check_numerics, tf.debugging.disable_check_numerics,
               lambda: setattr(gan, "train_on_batch", functools.partial(Counted.train_on_batch,
                                                                        gan))]
    for change in changes:
        turn = gan.compiled_turn()
        assert gan.compiled_turn() is turn
        change()
        assert gan.compiled_turn() is not turn
    gan.unknown = types.SimpleNamespace(rate=0.1)          # nobody knows whether it has changed
    assert gan.compiled_turn() is not gan.compiled_turn()


# --- networks that somebody brings ----------------------------------------------------

@keras.saving.register_keras_serializable("tests")
class SubclassedD(keras.Model):
    def __init__(self, **how):
        super().__init__(**how)
        self.flat, self.last = layers.Flatten(), layers.Dense(1, activation="sigmoid")

    def call(self, images):
        return self.last(self.flat(images))


@keras.saving.register_keras_serializable("tests")
class SubclassedG(keras.Model):
    def __init__(self, **how):
        super().__init__(**how)
        self.last, self.shaped = layers.Dense(48, activation="tanh"), layers.Reshape(SHAPE)

    def call(self, noise):
        return self.shaped(self.last(noise))


def test_subclassed_models_play(images, tmp_path):
    class Brought(GAN):
        def build_discriminator(self):
            return SubclassedD()

        def build_generator(self):
            return SubclassedG()

    gan = Brought(img_shape=SHAPE, latent_dim=5, ema_momentum=0.9, run_eagerly=True)
    gan.train_on_batch(images)
    gan.save(tmp_path / "model")
    again = Brought.load(tmp_path / "model")
    assert gan.check_freeze(batch_sizes=(3,)).ok
    np.testing.assert_array_equal(again.generate(2, seed=1), gan.generate(2, seed=1))
    assert again.train_on_batch(images) == gan.train_on_batch(images)


def brought(*ends, of=GAN):
    """A class of games whose discriminator ends in these layers."""
    class Brought(of):
        def build_discriminator(self):
            img = keras.Input(SHAPE)
            outputs = [end(img) for end in ends]
            return keras.Model(img, outputs if len(ends) > 1 else outputs[0], name="discriminator")
    return Brought


def flat_dense(units):
    return keras.Sequential([layers.Flatten(), layers.Dense(units)])


def test_a_discriminator_of_patches_plays(images):
    patches = layers.Conv2D(1, 3, activation="sigmoid")
    gan = brought(patches)(img_shape=SHAPE, latent_dim=5, run_eagerly=True)
    logs = gan.train_on_batch(images)
    assert gan.discriminator.output_shape == (None, 4, 6, 1)
    assert all(map(np.isfinite, logs.values())) and 0 < logs["D(x)"] < 1
    assert gan.check_freeze(batch_sizes=(3,)).ok


@pytest.mark.parametrize("make, message", [
    (brought(flat_dense(1), flat_dense(3)),
     r"discriminator must have one output.*Received: 2 outputs, .*\(None, 1\), \(None, 3\)"),
    (brought(layers.Conv2D(1, 3), of=WGANGP),
     r"build_discriminator of Brought must return .* \(batch, 1\). Received: \(None, 4, 6, 1\)"),
])
def test_a_discriminator_that_does_not_fit_is_refused_in_words(make, message):
    with pytest.raises(ValueError, match=message):
        make(img_shape=SHAPE, latent_dim=5)


# --- Keras's and TensorFlow's own switches --------------------------------------------

def test_a_compiled_turn_in_half_precision(images, tmp_path):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = small(r1_gamma=1.0, from_logits=True, jit_compile=False)
        before = gan.discriminator.get_weights()[0]
        history = gan.train(images, steps=2, batch_size=8)
        assert np.isfinite([*history.values()]).all()
        assert np.abs(gan.discriminator.get_weights()[0] - before).max() > 1e-5
        gan.save(tmp_path / "model")
    finally:
        keras.config.set_dtype_policy("float32")
    # Its loss was scaled: its optimizer has numbers that one of float32 doesn't know
    with pytest.raises(ValueError, match="loaded under the policy under which it was saved"):
        GAN.load(tmp_path / "model")


@pytest.mark.parametrize("floatx", ["float16", "bfloat16"])
def test_half_precision_of_weights_is_warned_of(floatx):
    keras.config.set_floatx(floatx)
    try:
        with pytest.warns(UserWarning, match=f"floatx.*{floatx}.*set_dtype_policy.*mixed_{floatx}"):
            small()
    finally:
        keras.config.set_floatx("float32")


def test_jit_compile_false_compiles_nothing_by_xla(rng, monkeypatch):
    how = {"img_shape": (8, 8, 1), "latent_dim": 3, "base_channels": 1}
    default, without = DCGAN(**how), DCGAN(**how, jit_compile=False)
    calls = [lambda gan: gan.combined.train_on_batch(np.zeros((2, 3)), np.ones((2, 1))),
             lambda gan: gan.train(random_images(rng, 4, (8, 8, 1)), steps=1, batch_size=2)]
    create, by_xla = tf.Graph._create_op_internal, []

    def create_op(graph, kind, inputs, *args, **kwargs):
        op = create(graph, kind, inputs, *args, **kwargs)
        if "_XlaMustCompile" in op.node_def.attr:
            by_xla.append(op.node_def.attr["_XlaMustCompile"].b)
        return op

    monkeypatch.setattr(tf.Graph, "_create_op_internal", create_op)
    for call in calls:
        call(without)
    assert not any(by_xla)
    calls[0](default)
    assert any(by_xla)                     # the window sums of UpSamplingConv2D


@pytest.mark.parametrize("make", [small, functools.partial(DCGAN, latent_dim=3, base_channels=1)])
def test_a_debugger_can_look_at_each_operation(make, rng):
    tf.debugging.enable_check_numerics()
    try:
        gan = make(img_shape=(8, 8, 1), jit_compile="auto")
        history = gan.train(random_images(rng, 8, (8, 8, 1)), steps=1, batch_size=4)
    finally:
        tf.debugging.disable_check_numerics()
    assert history["step"] == [1] and np.isfinite(history["d_loss"]).all()
