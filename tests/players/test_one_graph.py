"""A turn as one graph computes what it computes call by call, and nothing twice."""
import keras
import numpy as np
import tensorflow as tf

from keras_gan import DCGAN
from keras_gan.backend.one_graph import one_graph, share_work
from keras_gan.players.player import Player
from tests.games import random_data, small


def reads_of(turn):
    return sum(
        op.type == "ReadVariableOp" for op in turn.get_concrete_function().graph.get_operations()
    )


def test_a_variable_is_read_once_between_two_writes_and_its_gradient_is_whole():
    v = tf.Variable(3.0)

    @tf.function
    def turn():
        share_work(tf.compat.v1.get_default_graph())
        before = v * 1.0
        with tf.GradientTape() as tape:
            loss = v * v
        v.assign_add(tape.gradient(loss, v))
        return before, v * 1.0, v * 2.0

    assert reads_of(turn) == 2                           # one before the write, one after it
    assert [float(number) for number in turn()] == [3.0, 9.0, 18.0]
    assert [float(number) for number in turn()] == [9.0, 27.0, 54.0]


def test_a_write_inside_a_branch_or_a_function_counts_as_a_write():
    v = tf.Variable(1.0)

    @tf.function
    def write():
        v.assign_add(10.0)

    def turn(wanted):
        first = v * 1.0
        tf.cond(wanted, lambda: v.assign_add(1.0), lambda: v.read_value())
        second = v * 1.0
        write()
        return {"first": first, "second": second, "third": v * 1.0}

    assert one_graph(turn, False)(True) == {"first": 1.0, "second": 2.0, "third": 12.0}
    assert one_graph(turn, False)(False) == {"first": 12.0, "second": 12.0, "third": 22.0}


def graph_of_a_turn(gan, size):
    graphs = []

    def turn(images, random):
        graphs.append(tf.compat.v1.get_default_graph())
        return gan.train_on_batch(images, random)

    images = tf.zeros((size, *gan.img_shape), "uint8")
    one_graph(turn, False)(images, gan.random_numbers(size))
    return graphs[0]


def test_a_turn_reads_each_weight_of_the_generator_once():
    gan = DCGAN((8, 8, 1), latent_dim=4, base_channels=2, fakes_in_training_mode=True)
    graph = graph_of_a_turn(gan, 2)
    read = [op.inputs[0] for op in graph.get_operations() if op.type == "ReadVariableOp"]
    for weight in gan.generator.trainable_weights:
        handle = graph.capture(weight.value.handle)
        assert sum(tensor is handle for tensor in read) == 1, weight.path


def test_a_turn_makes_its_pictures_once_also_where_xla_compiles_a_kernel():
    gan = DCGAN((32, 32, 1), networks="coarse_to_fine", latent_dim=4, base_channels=2,
                fakes_in_training_mode=True)
    kinds = [op.type for op in graph_of_a_turn(gan, 2).get_operations()
             if "generator" in op.name and "gradient" not in op.name]
    # A kernel in XLA for the windows of one doubling, two passes for the bilinear one
    assert kinds.count("PartitionedCall") == 3
    assert kinds.count("Conv2DBackpropInput") == 2


def test_what_is_equal_is_computed_once_and_what_is_random_or_written_is_not():
    v = tf.Variable(1.0)

    @tf.function
    def turn(x):
        share_work(tf.compat.v1.get_default_graph())
        one, other = tf.exp(x), tf.exp(x)
        assert one is other or one.op is other.op
        dice = tf.random.uniform((4,)), tf.random.uniform((4,))
        v.assign_add(1.0)
        v.assign_add(1.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            again = tf.exp(x)
        return tape.gradient(again, x), dice, v * 1.0

    slope, dice, written = turn(tf.constant(0.0))
    assert float(slope) == 1.0 and float(written) == 3.0
    assert not np.array_equal(*dice)


def test_what_is_equal_has_the_gradients_that_it_had_apart():
    def times(factor):
        @tf.custom_gradient
        def same(x):
            return tf.identity(x), lambda gradient: factor * gradient
        return same

    twice, thrice = times(2.0), times(3.0)
    by_xla = tf.function(tf.exp, jit_compile=True)
    of = {"one tape": (lambda x: tf.exp(x) * tf.exp(x), 2), "XLA": (
        lambda x: by_xla(x) * by_xla(x), 2), "own gradients": (lambda x: twice(x) + thrice(x), 5)}

    def turn(x):
        slopes = {}
        for name, (function, _) in of.items():
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = function(x)
            slopes[name] = tape.gradient(value, x)
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = tf.exp(x) * tf.exp(x)
            slope = tape.gradient(value, x)
        return {**slopes, "second": outer.gradient(slope, x)}

    assert one_graph(turn, False)(tf.constant(0.0)) == {
        **{name: slope for name, (_, slope) in of.items()}, "second": 4}


def test_a_player_that_makes_the_same_move_several_times_in_a_turn_is_traced_once(rng, monkeypatch):
    gan = small(k=3)
    traced = []
    train_step = Player.train_step
    monkeypatch.setattr(
        Player, "train_step", lambda player, data: traced.append(player) or train_step(player, data)
    )
    play = gan.compiled_turn()
    for batch_size in (2, 4, 2):
        play(*random_data(rng, 3 * batch_size, gan), gan.random_numbers(3 * batch_size))
    # Six moves of the discriminator, in two batch sizes
    assert [player.name for player in traced] == 2 * ["discriminator", "combined"]


def test_a_model_that_calls_another_one_twice_is_trained_on_its_weights_as_they_are(rng):
    real, generated = rng.normal(size=(2, 4, 324)).astype("float32")
    losses = []
    # With TensorFlow's dependency optimizer one in four to eight read weights that were
    # half updated
    assert tf.config.optimizer.get_experimental_options()["dependency_optimization"] is False
    for _ in range(6):
        keras.utils.set_random_seed(0)
        critic = keras.Sequential(
            [
                keras.Input((324,)),
                keras.layers.Dense(512),
                keras.layers.LeakyReLU(),
                keras.layers.Dense(256),
                keras.layers.LeakyReLU(),
                keras.layers.Dense(1),
            ]
        )
        inputs = [keras.Input((324,)), keras.Input((324,))]
        model = keras.Model(inputs, keras.layers.Subtract()([critic(inputs[0]), critic(inputs[1])]))
        model.compile(
            keras.optimizers.RMSprop(1e-3),
            lambda truth, difference: (1 - 2 * truth) * difference,
            jit_compile=False,
        )
        losses.append(
            [float(model.train_on_batch([real, generated], np.ones((4, 1)))) for _ in range(3)]
        )
    assert all(loss == losses[0] for loss in losses)
