"""Players with outputs of every kind, each compiled as Keras compiles it."""
import functools

import keras
import numpy as np
import pytest
from keras import Input, Model, layers
from keras.losses import SparseCategoricalCrossentropy, sparse_categorical_crossentropy
from keras.metrics import SparseCategoricalAccuracy

import keras_gan
from keras_gan.backend.one_graph import one_graph
from keras_gan.players.player import Player, as_player

CLASSES = 3
N = 6                   # pictures of a batch


def network(*outputs):
    """Pictures (batch, 8, 8, 1) -> outputs by name. The weights are always the same."""
    keras.utils.set_random_seed(0)
    img = Input((8, 8, 1))
    features = layers.Conv2D(4, 3, strides=2, padding="same", activation="tanh")(img)
    flat = layers.Flatten()(features)
    heads = {
        "validity": (layers.Dense(1, activation="sigmoid"), flat),  # (batch, 1)
        "label": (layers.Dense(CLASSES, activation="softmax"), flat),  # (batch, 3)
        "logits": (layers.Dense(CLASSES), flat),  # (batch, 3)
        "code": (layers.Dense(2), flat),  # (batch, 2)
        "patches": (
            layers.Conv2D(1, 3, padding="same", activation="sigmoid"),
            features,
        ),  # (batch, 4, 4, 1)
        "pixels": (layers.Dense(CLASSES, activation="softmax"), features),  # (batch, 4, 4, 3)
    }
    for name, (head, _) in heads.items():
        head.name = name
    return Model(img, [head(x) for head, x in map(heads.get, outputs)])


def targets(name, rng):
    """Random targets of an output; "numbers" are those of classes."""
    classes = rng.integers(CLASSES, size=N)
    return {"validity": rng.integers(2, size=(N, 1)).astype("float64"),
            "numbers": classes[:, None],
            "one-hot": np.eye(CLASSES)[classes],
            "code": rng.normal(size=(N, 2)),
            "patches": rng.integers(2, size=(N, 4, 4, 1)).astype("float64"),
            "numbers of pixels": rng.integers(CLASSES, size=(N, 4, 4, 1))}[name]


def sparse_of_my_own(truth, logits):
    return sparse_categorical_crossentropy(truth, logits, from_logits=True)


# Outputs, their targets, what compile takes (made anew for each model), the metrics
SPARSE = "sparse_categorical_crossentropy"
CASES = {
    "validity": (
        ["validity"],
        ["validity"],
        lambda: {"loss": "binary_crossentropy", "metrics": ["accuracy"]},
        {"accuracy": "BinaryAccuracy"},
    ),
    "one-hot": (
        ["label"],
        ["one-hot"],
        lambda: {"loss": "categorical_crossentropy", "metrics": ["accuracy"]},
        {"accuracy": "CategoricalAccuracy"},
    ),
    "crossentropy": (
        ["label"],
        ["one-hot"],
        lambda: {"loss": "crossentropy", "weighted_metrics": ["acc"]},
        {"acc": "CategoricalAccuracy"},
    ),
    "sparse": (
        ["label"],
        ["numbers"],
        lambda: {"loss": SPARSE, "metrics": ["accuracy"]},
        {"accuracy": "SparseCategoricalAccuracy"},
    ),
    "sparse object": (
        ["logits"],
        ["numbers"],
        lambda: {
            "loss": SparseCategoricalCrossentropy(from_logits=True, name="classes"),
            "metrics": ["accuracy"],
        },
        {"accuracy": "SparseCategoricalAccuracy"},
    ),
    "sparse partial": (
        ["logits"],
        ["numbers"],
        lambda: {"loss": functools.partial(sparse_categorical_crossentropy, from_logits=True)},
        {},
    ),
    "sparse function": (
        ["logits"],
        ["numbers"],
        lambda: {"loss": sparse_of_my_own, "metrics": ["accuracy"]},
        {"accuracy": "SparseCategoricalAccuracy"},
    ),
    "sparse metric": (
        ["label"],
        ["numbers"],
        lambda: {"loss": SPARSE, "metrics": [SparseCategoricalAccuracy("hits")]},
        {"hits": "SparseCategoricalAccuracy"},
    ),
    "sparse pixels": (
        ["pixels"],
        ["numbers of pixels"],
        lambda: {"loss": SPARSE, "metrics": ["accuracy"]},
        {"accuracy": "SparseCategoricalAccuracy"},
    ),
    "patches": (
        ["patches"],
        ["patches"],
        lambda: {"loss": "mse", "metrics": ["accuracy"]},
        {"accuracy": "BinaryAccuracy"},
    ),
    "lists": (
        ["validity", "label"],
        ["validity", "numbers"],
        lambda: {"loss": ["binary_crossentropy", SPARSE], "metrics": [["accuracy"], ["accuracy"]]},
        {"validity_accuracy": "BinaryAccuracy", "label_accuracy": "SparseCategoricalAccuracy"},
    ),
    "dicts": (
        ["validity", "label"],
        ["validity", "one-hot"],
        lambda: {
            "loss": {"validity": "mse", "label": "categorical_crossentropy"},
            "loss_weights": {"validity": 1.0, "label": 0.3},
            "metrics": {"label": "accuracy"},
        },
        {"label_accuracy": "CategoricalAccuracy"},
    ),
    "three": (
        ["patches", "label", "code"],
        ["patches", "numbers", "code"],
        lambda: {
            "loss": ["mse", SPARSE, "mae"],
            "loss_weights": [1.0, 0.5, 10.0],
            "metrics": {"patches": ["accuracy"], "label": ["accuracy"]},
        },
        {"patches_accuracy": "BinaryAccuracy", "label_accuracy": "SparseCategoricalAccuracy"},
    ),
    "one loss of two": (["validity", "code"], ["validity", "code"], lambda: {"loss": "mse"}, {}),
}


@pytest.mark.parametrize("outputs, truths, how, metrics", CASES.values(), ids=CASES)
def test_a_player_trains_as_keras_does_call_by_call_and_in_one_graph(
    outputs, truths, how, metrics, rng, float64
):
    images, truth = rng.normal(size=(N, 8, 8, 1)), [targets(name, rng) for name in truths]
    names = {"loss", *metrics, *(f"{name}_loss" for name in outputs if len(outputs) > 1)}

    def three_steps(model, compiled=False):
        def step(images, *truth):
            return model.train_on_batch(
                images, truth[0] if len(outputs) == 1 else list(truth), return_dict=True
            )

        step = one_graph(step, jit_compile=False) if compiled else step
        return [step(images, *truth) for _ in range(3)], model.get_weights()

    def compiled_with(optimizer, model):
        model.compile(optimizer, jit_compile=False, **how())
        return model

    plain = compiled_with(keras.optimizers.Adam(0.01), network(*outputs))
    of_keras, weights_of_keras = three_steps(plain)
    assert set(of_keras[0]) == names and of_keras[2]["loss"] < of_keras[0]["loss"]
    for compiled in (False, True):
        player = compiled_with(keras.optimizers.Adam(0.01), as_player(network(*outputs)))
        assert set(player.get_metrics_result()) == names  # built, and nothing left of it:
        assert not any(np.any(v.numpy()) for metric in player.metrics for v in metric.variables)
        logs, weights = three_steps(player, compiled)
        for mine, keras_own in zip(logs, of_keras, strict=True):
            assert set(mine) == names
            for name in names:
                np.testing.assert_allclose(mine[name], keras_own[name], rtol=1e-9, err_msg=name)
        for mine, keras_own in zip(weights, weights_of_keras, strict=True):
            np.testing.assert_allclose(mine, keras_own, rtol=1e-9, atol=1e-12)
        for model in (player, plain) if metrics else ():
            assert [type(m).__name__ for m in model._compile_metrics.metrics] == list(
                metrics.values()
            )


def test_outputs_in_a_dict_take_losses_and_targets_by_their_keys(rng):
    two = network("validity", "label")
    player = Player(two.input, {"real": two.outputs[0], "class": two.outputs[1]})
    player.compile("adam", {"class": SPARSE, "real": "mse"}, metrics={"class": ["accuracy"]})
    logs = player.train_on_batch(
        rng.normal(size=(N, 8, 8, 1)),
        {"real": np.ones((N, 1)), "class": np.zeros((N, 1), int)},
        return_dict=True,
    )
    assert set(logs) == {"loss", "real_loss", "class_loss", "class_accuracy"}


def test_what_is_built_does_not_depend_on_how_large_the_batch_is(rng):
    img = Input((4,))
    player = as_player(
        Model(img, layers.Reshape(())(layers.Dense(1)(img)))
    )  # (batch,): no last axis of size 1
    player.compile("adam", "mse", metrics=["accuracy"])
    plain = Model(player.input, player.output)
    plain.compile("adam", "mse", metrics=["accuracy"])
    plain.train_on_batch(rng.normal(size=(N, 4)), np.ones(N))
    kinds = [[type(m) for m in model._compile_metrics.metrics] for model in (player, plain)]
    assert kinds[0] == kinds[1]


def test_a_summary_shows_the_layers(capsys):
    gan = keras_gan.GAN(img_shape=(4, 6, 1), latent_dim=5, ema_momentum=0.9)
    for network in (gan.generator, gan.generator_ema, gan.discriminator):
        network.summary()
        assert "LeakyReLU" in capsys.readouterr().out
        network.summary(expand_nested=False)
        assert "LeakyReLU" not in capsys.readouterr().out
