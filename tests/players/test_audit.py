"""The audit of models that somebody brings.

Each finding comes from a GAN in which only that is wrong. Where nothing is wrong,
nothing is found.
"""
import importlib

import keras
import numpy as np
import pytest
from keras import Input, Model, Sequential, layers, ops
from keras.losses import BinaryCrossentropy
from keras.optimizers import SGD, Adam

import keras_gan
from keras_gan import Frozen, ProGAN, audit
from tests.games import values

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore:Gradients do not exist"
    ),  # for D's weights under Frozen, in a plain keras.Model
    pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer"),
]
SHAPE = (4, 6, 1)
WITH_STATE = [layers.BatchNormalization(), layers.Dropout(0.5)]


def generator(end="tanh", shape=SHAPE, behind=()):
    return Sequential(
        [
            Input((5,)),
            layers.Dense(8),
            layers.LeakyReLU(0.2),
            layers.BatchNormalization(),
            layers.Dense(int(np.prod(shape)), activation=end),
            layers.Reshape(shape),
            *behind,
        ]
    )


def discriminator(end="sigmoid", between=(), shape=SHAPE):
    return Sequential(
        [
            Input(shape),
            layers.Flatten(),
            layers.Dense(8),
            layers.LeakyReLU(0.2),
            *[type(layer).from_config(layer.get_config()) for layer in between],
            layers.Dense(1, activation=end),
        ]
    )


def repaired(
    g=None,
    d=None,
    combine=None,
    d_loss="binary_crossentropy",
    g_loss=None,
    compiled=("discriminator", "combined"),
    run_eagerly=True,
):
    """A script's three models, right unless told otherwise.

    `combine(d)` stands behind the generator in combined. Eager: tracing is slow.
    """
    g, d = g or generator(), d or discriminator()
    if "discriminator" in compiled:
        d.compile(
            loss=d_loss, optimizer=Adam(2e-4, 0.5), metrics=["accuracy"], run_eagerly=run_eagerly
        )
    z = Input(g.input_shape[1:])
    combined = Model(z, (combine or Frozen)(d)(g(z)))
    if "combined" in compiled:
        combined.compile(loss=g_loss or d_loss, optimizer=Adam(2e-4, 0.5), run_eagerly=run_eagerly)
    return g, d, combined


def frozen_the_old_way(d):
    d.trainable = False
    return d


def frozen_layer_by_layer(d):
    for layer in d.layers:
        layer.trainable = False
    return d


def the_only_finding(models, *words):
    report = audit(*models)
    assert len(report.findings) == 1 and not report.ok and "BROKEN" in str(report), str(report)
    assert all(word in report.findings[0] for word in words), report.findings[0]


def assert_fine(models):
    report = audit(*models)
    assert report.ok and report.findings == [] and "OK" in str(report), str(report)


# --- nothing is wrong ---

@pytest.mark.parametrize("between", [(), WITH_STATE], ids=["plain", "with state"])
def test_a_repaired_script_is_fine(between):
    assert_fine(repaired(d=discriminator(between=between), run_eagerly=False))


def test_the_models_of_the_house_are_fine(make_noise_game):
    # Compiled, the contract has them in `check_freeze`, which moves them the same way
    gan = make_noise_game(run_eagerly=True)
    if {"discriminator", "combined"} - set(gan.trainers):
        return                           # other models train its players: nothing for an audit
    models = (gan.generator, gan.discriminator, gan.combined)
    if isinstance(gan, ProGAN):          # as in the paper, nothing binds its pictures
        finding, = audit(*models).findings
        assert "not bound to [-1, 1]" in finding
    elif all(len(model.outputs) == 1 for model in models):
        assert_fine(models)
    else:                                # of what an audit can't take, it says so
        with pytest.raises(ValueError, match="must have one output"):
            audit(*models)


@pytest.mark.parametrize(
    "end, loss",
    [
        ("sigmoid", "binary_crossentropy"),
        ("sigmoid", "bce"),
        ("sigmoid", ["binary_crossentropy"]),
        ("sigmoid", keras.losses.binary_crossentropy),
        ("sigmoid", BinaryCrossentropy()),
        (None, BinaryCrossentropy(from_logits=True)),
        (None, "mse"),
        (None, lambda truth, said: ops.mean(truth * said)),
        ("tanh", "hinge"),
    ],
    ids=["name", "short name", "list", "function", "object", "logits", "LSGAN", "WGAN", "hinge"],
)
def test_last_layers_and_losses_that_go_together_are_fine(end, loss):
    assert_fine(repaired(d=discriminator(end), d_loss=loss))


# --- who moves ---

@pytest.mark.parametrize(
    "freeze, words",
    [
        (frozen_the_old_way, "Its flag `trainable` is False"),
        (frozen_layer_by_layer, "of its layers are False"),
    ],
)
def test_a_discriminator_that_does_not_move_is_found(freeze, words):
    models = repaired(combine=freeze, run_eagerly=False)
    the_only_finding(
        models, "discriminator.train_on_batch moves nothing", words, "Frozen(discriminator)"
    )
    assert "moved 0 of 4 trainable weights of the discriminator" in str(audit(*models))


def test_a_combined_model_that_moves_the_discriminator_is_found():
    the_only_finding(
        repaired(combine=lambda d: d),
        "combined.train_on_batch changes the discriminator",
        "kernel",
        "Frozen(discriminator)",
    )


class TrainsTheGenerator(Model):
    """Changes the statistics of its last layer, the discriminator, not its weights."""

    @property
    def trainable_weights(self):
        return self.layers[1].trainable_weights

    trainable_variables = trainable_weights


def test_a_combined_model_that_moves_statistics_of_the_discriminator_is_found():
    g, d, _ = repaired(d=discriminator(between=WITH_STATE))
    z = Input((5,))
    combined = TrainsTheGenerator(z, d(g(z)))
    combined.compile(loss="binary_crossentropy", optimizer=Adam())
    the_only_finding(
        (g, d, combined),
        "combined.train_on_batch changes statistics of the discriminator",
        "moving_mean",
        "Frozen(discriminator)",
    )


def test_a_generator_that_does_not_move_is_found():
    cut = lambda d: lambda img: Frozen(d)(layers.Lambda(ops.stop_gradient)(img))
    the_only_finding(
        repaired(combine=cut), "combined.train_on_batch raises", "No gradient reaches it"
    )


def test_a_frozen_generator_is_found():
    g = generator()
    g.trainable = False
    the_only_finding(repaired(g=g), "combined.train_on_batch raises", "flag `trainable` is False")


class HasAnIdleWeight(layers.Layer):
    def build(self, shape):
        self.idle = self.add_weight(name="idle", shape=(3,))

    def call(self, x):
        return x


def test_weights_that_never_move_are_found():
    the_only_finding(
        repaired(g=generator(behind=[HasAnIdleWeight()])),
        "No call moves these weights of the generator",
        "idle",
    )


def test_a_loss_that_is_not_finite_is_found():
    loss = lambda truth, said: ops.mean(ops.log(said - said))
    report = audit(*repaired(g_loss=loss))
    assert any("combined.train_on_batch returns loss=" in finding for finding in report.findings), (
        str(report)
    )


def test_a_model_that_raises_is_a_finding():
    def fails(truth, said):
        raise RuntimeError("I never work")

    the_only_finding(
        repaired(g_loss=fails), "combined.train_on_batch raises RuntimeError: ", "I never work"
    )


# --- optimizers and compilation ---

def with_one_optimizer():
    g, d, combined = repaired()
    combined.compile(loss="binary_crossentropy", optimizer=d.optimizer)
    return g, d, combined


def test_one_optimizer_for_both_is_found():
    the_only_finding(
        with_one_optimizer(), "share one optimizer (Adam)", "Unknown variable", "each its own"
    )


def test_one_optimizer_for_both_does_raise():
    _, d, combined = with_one_optimizer()
    combined.run_eagerly = True
    d.train_on_batch(np.zeros((2, *SHAPE)), np.ones((2, 1)))
    with pytest.raises(Exception, match="nknown variable"):
        combined.train_on_batch(np.zeros((2, 5)), np.ones((2, 1)))


def test_an_optimizer_that_has_served_another_model_is_found():
    g, d, combined = repaired()
    d.train_on_batch(np.zeros((2, *SHAPE)), np.ones((2, 1)))
    combined.compile(loss="binary_crossentropy", optimizer=d.optimizer)
    d.compile(loss="binary_crossentropy", optimizer=Adam())
    the_only_finding((g, d, combined), "combined.train_on_batch raises", "an optimizer each")


@pytest.mark.parametrize("compiled", ["discriminator", "combined"])
def test_models_that_are_not_compiled_are_found(compiled):
    missing, = {"discriminator", "combined"} - {compiled}
    the_only_finding(
        repaired(compiled=[compiled]), f"{missing} is not compiled", f"{missing}.compile("
    )


# --- the discriminator in combined ---

def test_batch_normalization_in_inference_mode_is_found():
    g, d, combined = repaired(
        d=discriminator(between=[layers.BatchNormalization()]), combine=frozen_the_old_way
    )
    report = audit(g, d, combined)
    assert any(
        "BatchNormalization with trainable=False runs in inference mode" in finding
        for finding in report.findings
    ), str(report)


def test_frozen_dropout_is_no_false_alarm():
    the_only_finding(
        repaired(d=discriminator(between=[layers.Dropout(0.5)]), combine=frozen_the_old_way),
        "moves nothing of the discriminator",
    )


class FrozenInInference(Frozen):
    def call(self, inputs, training=False):
        return super().call(inputs, training=False)


def test_a_discriminator_that_is_called_as_if_nobody_trained_is_found():
    the_only_finding(
        repaired(d=discriminator(between=WITH_STATE), combine=FrozenInInference),
        "is not the one that is trained",
        "as if nobody were training",
    )


def test_a_combined_model_of_other_networks_is_found():
    g, d, _ = repaired()
    report = audit(*repaired(d=d)[:2], repaired(g=g)[2])
    assert [finding.split(" in combined")[0] for finding in report.findings] == [
        "The discriminator",
        "The generator",
    ], str(report)
    assert "build combined around them" in report.findings[0]


def test_a_combined_model_loaded_from_a_file_of_its_own_is_found(tmp_path):
    g, d, combined = repaired(combine=frozen_the_old_way)
    combined.save(tmp_path / "combined.keras")
    report = audit(g, d, keras.models.load_model(tmp_path / "combined.keras"))
    assert any(
        "The discriminator in combined is not this discriminator" in finding
        for finding in report.findings
    ), str(report)


# --- shapes, ranges, losses ---

def test_shapes_that_do_not_fit_are_found():
    flat = generator(shape=(24,))
    the_only_finding(
        repaired(g=flat, combine=lambda d: lambda img: Frozen(d)(layers.Reshape(SHAPE)(img))),
        "makes (batch, 24) and the discriminator takes (batch, 4, 6, 1)",
        "Reshape(img_shape)",
    )


@pytest.mark.parametrize(
    "end, words",
    [
        ("sigmoid", "never below 0"),
        ("relu", "not bound to [-1, 1]"),
        (None, "not bound to [-1, 1]"),
    ],
)
def test_pictures_out_of_range_are_found(end, words):
    the_only_finding(repaired(g=generator(end)), words, "activation='tanh'")


def test_a_sigmoid_that_is_scaled_is_no_false_alarm():
    assert_fine(repaired(g=generator("sigmoid", behind=[layers.Rescaling(2.0, offset=-1.0)])))


def test_a_discriminator_that_forgot_to_flatten_is_found():
    d = Sequential([Input(SHAPE), layers.Dense(8), layers.Dense(1, activation="sigmoid")])
    the_only_finding(
        repaired(d=d), "The discriminator says (batch, 4, 6, 1)", "(batch, 1)", "Flatten()"
    )


@pytest.mark.parametrize("end, loss, words", [
    ("sigmoid", BinaryCrossentropy(from_logits=True), "has applied one already"),
    (None, "binary_crossentropy", "numbers that leave [0, 1]"),
    ("tanh", BinaryCrossentropy(), "numbers that leave [0, 1]"),
], ids=["two sigmoids", "no sigmoid", "tanh"])
def test_last_layers_and_losses_that_do_not_go_together_are_found(end, loss, words):
    # A tanh that happens to say less than 0 about everything has no gradient either:
    # one finding more
    keras.utils.set_random_seed(0)
    report = audit(*repaired(d=discriminator(end), d_loss=loss))
    # Of both models
    assert [words in finding for finding in report.findings] == [True, True], str(report)


def test_only_the_loss_that_is_wrong_is_named():
    the_only_finding(repaired(g_loss=BinaryCrossentropy(from_logits=True)), "The loss of combined")


# --- conditional models ---

def conditional(combine=Frozen, num_classes=3):
    z, label = Input((5,)), Input((1,), dtype="int32")
    embedded = layers.Multiply()([z, layers.Flatten()(layers.Embedding(num_classes, 5)(label))])
    g = Model([z, label], generator()(embedded))
    img, label = Input(SHAPE), Input((1,), dtype="int32")
    embedded = layers.Multiply()(
        [img, layers.Reshape(SHAPE)(layers.Embedding(num_classes, 24)(label))]
    )
    d = Model([img, label], discriminator(between=WITH_STATE)(embedded))
    d.compile(loss="binary_crossentropy", optimizer=Adam())
    z, label = Input((5,)), Input((1,), dtype="int32")
    combined = Model([z, label], combine(d)([g([z, label]), label]))
    combined.compile(loss="binary_crossentropy", optimizer=Adam())
    return g, d, combined


def test_a_conditional_gan_is_fine():
    assert_fine(conditional())


def test_a_conditional_gan_that_is_frozen_the_old_way_is_found():
    report = audit(*conditional(frozen_the_old_way))
    assert (
        len(report.findings) == 2
        and "inference mode" in report.findings[0]
        and "moves nothing" in report.findings[1]
    ), str(report)


# --- what it leaves behind ---

def play(d, combined):
    """Three turns of the game: what they return, and all weights."""
    rng = np.random.default_rng(0)
    said = []
    for _ in range(3):
        said += d.train_on_batch(rng.uniform(-1, 1, (4, *SHAPE)).astype("float32"), np.ones((4, 1)))
        said.append(
            combined.train_on_batch(rng.normal(size=(4, 5)).astype("float32"), np.ones((4, 1)))
        )
    return said, [*values(combined).values()]


@pytest.mark.parametrize("turns_before", [0, 1])
@pytest.mark.parametrize(
    "make_optimizer",
    [
        lambda: Adam(2e-4, 0.5),
        lambda: SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.9), momentum=0.9),
    ],
    ids=["Adam", "SGD"],
)
def test_everything_is_put_back(turns_before, make_optimizer):
    played = []
    for audited in (False, True):
        keras.utils.set_random_seed(0)
        g, d, combined = repaired(d=discriminator(between=WITH_STATE))
        for model in (d, combined):
            model.compile(loss="binary_crossentropy", optimizer=make_optimizer(), run_eagerly=True)
        for _ in range(turns_before):
            play(d, combined)
        if audited:
            optimizers, built = (d.optimizer, combined.optimizer), d.optimizer.built
            assert_fine((g, d, combined))
            assert (d.optimizer, combined.optimizer) == optimizers and d.optimizer.built == built
        played.append(play(d, combined))
    assert np.array_equal(played[0][0], played[1][0])
    assert all(map(np.array_equal, played[0][1], played[1][1]))


def test_flags_are_put_back():
    g, d, combined = repaired(combine=frozen_layer_by_layer)
    d.layers[1].trainable = True
    g.layers[0].trainable = False
    flags = [layer.trainable for model in (g, d, combined) for layer in model._flatten_layers()]
    audit(g, d, combined)
    assert [
        layer.trainable for model in (g, d, combined) for layer in model._flatten_layers()
    ] == flags


# --- what it does not take ---

def test_what_is_no_model_is_named():
    g, d, combined = repaired()
    with pytest.raises(
        TypeError,
        match=r"discriminator must be a keras.Model .* Received: discriminator='D', of type str",
    ):
        audit(g, "D", combined)
    with pytest.raises(
        TypeError,
        match=r"generator must be a keras.Model .* Received: generator=<Sequential",
    ):
        audit(Sequential([layers.Dense(3)]), d, combined)


def test_several_outputs_are_named():
    g, d, combined = repaired()
    with pytest.raises(
        ValueError,
        match=r"discriminator must have one output. Received: 2, \(batch, 1\), \(batch, 1\)",
    ):
        audit(g, Model(d.inputs, [d.outputs[0], d.outputs[0]]), combined)


def test_audit_is_the_function_also_after_its_module_was_imported():
    importlib.import_module("keras_gan.players.audit")
    assert keras_gan.audit is audit and callable(audit) and "audit" in keras_gan.__all__


# --- what settings of Keras do, unseen ------------------------------------------------

def convolving(data_format, shape=(28, 28, 1)):
    return Sequential([Input(shape),
                       layers.Conv2D(2, 3, padding="same", data_format=data_format),
                       layers.Flatten(), layers.Dense(1, activation="sigmoid")])


def test_convolutions_that_take_the_height_for_channels_are_found():
    found = audit(*repaired(generator(shape=(28, 28, 1)), convolving("channels_first"))).findings
    assert len(found) == 1 and "(batch, 28, 28, 1) has them last. keras.json" in found[0]
    for shape, data_format in (((28, 28, 1), "channels_last"), ((3, 9, 9), "channels_first")):
        models = repaired(generator(shape=shape), convolving(data_format, shape))
        assert audit(*models).ok                              # (3, 9, 9): meant to be so


class Penalty(layers.Layer):
    """`add_loss` of what passes, in its dtype or in float32."""

    cast = False

    def call(self, x):
        loss = ops.mean(ops.square(x))
        self.add_loss(ops.cast(loss, "float32") if self.cast else loss)
        return x


class CastPenalty(Penalty):
    cast = True


@pytest.mark.parametrize("policy, extra, finds", [
    ("mixed_bfloat16", Penalty, True), ("mixed_float16", Penalty, True),
    ("mixed_float16", CastPenalty, False),
    ("mixed_bfloat16", lambda: layers.ActivityRegularization(1e-3), True)])
def test_a_loss_of_half_precision_is_a_finding_with_advice(policy, extra, finds):
    keras.config.set_dtype_policy(policy)
    try:
        d = Sequential([Input(SHAPE), layers.Flatten(), layers.Dense(8), extra(),
                        layers.Dense(1, activation="sigmoid", dtype="float32")])
    finally:
        keras.config.set_dtype_policy("float32")
    findings = [finding for finding in audit(*repaired(d=d)).findings if " raises " in finding]
    assert bool(findings) == finds
    assert all("ops.cast(loss, 'float32')" in finding for finding in findings)
