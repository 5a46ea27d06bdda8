"""The fused layers and optimizer against those of Keras."""
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from keras_gan import CGAN, DCGAN, GAN
from keras_gan.layers.fused import Adam, BatchNormalization, Dropout
from tests.layers.test_layers import outputs_and_gradients


def same_weights(ours, plain, input_shape, rng):
    for layer in (ours, plain):
        layer.build(input_shape)
    plain.set_weights([rng.uniform(0.5, 2.0, w.shape) for w in plain.weights])
    ours.set_weights(plain.get_weights())


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("shape", [(4, 6, 5, 3), (16, 32, 40, 32), (1, 1, 2, 4), (1, 1, 1, 4)])
def test_batch_normalization_is_that_of_keras(shape, training, rng):
    x = tf.constant((3 + 2 * rng.normal(size=shape)).astype("float32"))
    seen = tf.constant(rng.normal(size=shape).astype("float32"))
    ours, plain = BatchNormalization(momentum=0.8), layers.BatchNormalization(momentum=0.8)
    same_weights(ours, plain, shape, rng)
    before = ours.get_weights()
    results = [
        outputs_and_gradients(
            lambda x, layer=layer: layer(x, training=training), x, seen,
            weights=layer.trainable_weights
        )
        for layer in (ours, plain)
    ]
    for mine, keras_own in zip(*results, strict=True):
        np.testing.assert_allclose(
            mine, keras_own, rtol=0, atol=1e-5 * max(1, np.abs(keras_own).max())
        )
    # The moving averages too
    for mine, keras_own in zip(ours.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(mine, keras_own, rtol=1e-5)
    assert np.array_equal(ours.get_weights()[-1], before[-1]) != training


def test_batch_normalization_of_vectors_and_in_float64_is_that_of_keras_bit_for_bit(rng):
    for shape, dtype in [((8, 5), "float32"), ((4, 3, 3, 5), "float64")]:
        x = rng.normal(size=shape).astype(dtype)
        ours, plain = BatchNormalization(dtype=dtype), layers.BatchNormalization(dtype=dtype)
        same_weights(ours, plain, shape, rng)
        np.testing.assert_array_equal(ours(x, training=True), plain(x, training=True))


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_dropout_drops_its_share_of_numbers_that_know_nothing_of_each_other(rate, jit_compile, rng):
    layer = Dropout(rate, seed=1)
    # A size that no four bytes divide
    x = tf.constant(rng.uniform(1.0, 2.0, (101, 7, 13, 33)).astype("float32"))
    play = tf.function(lambda x: layer(x, training=True), jit_compile=jit_compile)
    first, second = play(x).numpy(), play(x).numpy()
    for y in (first, second):
        dropped = (y == 0).ravel()
        assert abs(dropped.mean() - rate) < 5 * np.sqrt(rate * (1 - rate) / dropped.size)
        np.testing.assert_allclose(
            y.ravel()[~dropped], x.numpy().ravel()[~dropped] / (1 - rate), rtol=1e-6
        )
        # Bytes of one draw, of the next, and of the next pixel
        for apart in (1, 2, 3, 4, 33):
            assert abs(np.corrcoef(dropped[:-apart], dropped[apart:])[0, 1]) < 5 / np.sqrt(
                dropped.size
            )
    assert abs(np.corrcoef(first.ravel() == 0, second.ravel() == 0)[0, 1]) < 5 / np.sqrt(first.size)


def test_dropout_follows_from_its_seed_and_stops_the_gradient_where_it_drops(rng):
    x = tf.constant(rng.uniform(1.0, 2.0, (5, 7)).astype("float32"))
    results = [
        outputs_and_gradients(lambda x, layer=layer: layer(x, training=True), x, tf.ones_like(x))
        for layer in (Dropout(0.5, seed=3), Dropout(0.5, seed=3))
    ]
    np.testing.assert_array_equal(*(y for y, _ in results))
    y, gradient = results[0]
    np.testing.assert_allclose(gradient, np.where(y == 0, 0.0, 2.0))
    assert np.array_equal(Dropout(0.5)(x, training=False), x)


def test_dropout_of_a_rate_that_a_byte_does_not_hold_is_that_of_keras(rng):
    x = rng.normal(size=(50, 9))
    np.testing.assert_array_equal(
        Dropout(0.4, seed=1)(x, training=True), layers.Dropout(0.4, seed=1)(x, training=True)
    )


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("dtype, rtol", [("float64", 1e-12), ("float32", 1e-4)])
def test_adam_is_that_of_keras(dtype, rtol, jit_compile, rng):
    """A dense layer and an embedding (sparse gradient), weight decay, falling rate."""
    gradients = [
        [rng.normal(size=shape).astype(dtype) for shape in ((7, 5), (10, 4))] for _ in range(6)
    ]
    ends = []
    for optimizer in (Adam, keras.optimizers.Adam):
        rate = keras.optimizers.schedules.ExponentialDecay(0.01, 2, 0.5)
        optimizer = optimizer(rate, 0.5, weight_decay=0.1)
        variables = [keras.Variable(np.ones(shape), dtype=dtype) for shape in ((7, 5), (10, 4))]
        optimizer.build(variables)

        @tf.function(jit_compile=jit_compile)
        def step(dense, values):
            embedded = tf.IndexedSlices(values, tf.range(0, 20, 2) // 2, (10, 4))
            optimizer.apply([dense, embedded], variables)  # noqa: B023

        for dense, values in gradients:
            step(tf.constant(dense), tf.constant(values))
        ends.append([v.numpy() for v in [*variables, *optimizer.variables]])
    for mine, keras_own in zip(*ends, strict=True):
        np.testing.assert_allclose(mine, keras_own, rtol=rtol)
    assert np.abs(ends[0][0] - 1).max() > 0.01


def test_convolutions_go_without_xla_where_there_is_no_gpu():
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("where there is a GPU, Keras chooses whether XLA compiles")
    small = {"img_shape": (8, 8, 1)}
    assert (
        GAN(**small).uses_xla
        and CGAN(**small).uses_xla
        and not DCGAN(**small, base_channels=1).uses_xla
    )
    assert (
        DCGAN(**small, base_channels=1, jit_compile=True).uses_xla
        and not GAN(**small, jit_compile=False).uses_xla
    )


def test_dropout_drops_the_same_in_and_out_of_xla():
    # Whole random words are the same there. Keras's own Dropout draws floats: others
    x = tf.ones((7, 33))
    ours, keras_own = (
        [tf.function(lambda x, layer=layer: layer(x, training=True), jit_compile=jit)(x).numpy()
         for jit in (False, True) for layer in [make(0.25, seed=3)]]
        for make in (Dropout, layers.Dropout))
    np.testing.assert_array_equal(*ours)
    assert not np.array_equal(*keras_own)


# What other runtimes don't know: a function of TensorFlow inside the graph, and a
# gradient of one's own
FOREIGN = ("PartitionedCall", "StatefulPartitionedCall", "IdentityN", "XlaLaunch")


@pytest.mark.parametrize("how", [
    {}, {"full_size_features": False}, {"networks": "residual"}, {"networks": "radford_2015"},
    {"augment": True, "discriminator_norm": "spectral"},
], ids=str)
def test_in_inference_networks_are_plain_operations(how):
    gan = DCGAN(img_shape=(16, 16, 3), latent_dim=3, base_channels=1, run_eagerly=bool(how), **how)
    gan.train_on_batch(np.zeros((2, 16, 16, 3), np.uint8))       # whatever is compiled for it
    for network in gan.players.values():
        graph = tf.function(lambda x, network=network: network(x, training=False))
        graph = graph.get_concrete_function(tf.TensorSpec((None, *network.input_shape[1:]),
                                                          network.input.dtype)).graph
        foreign = {op.type for op in graph.get_operations()} & set(FOREIGN)
        assert not foreign, f"{network.name} has {foreign}: ONNX Runtime would refuse the file"
        assert not [op for op in graph.get_operations() if "_gradient_op_type" in op.node_def.attr]


def test_picture_convolution_in_inference_is_that_of_training(rng):
    from keras_gan import PictureConv2D
    layer, x = PictureConv2D(3), rng.normal(size=(2, 6, 8, 5)).astype("float32")
    np.testing.assert_array_equal(layer(x, training=True), layer(x, training=False))


def test_onnx_runtime_reads_what_is_exported(tmp_path, rng):
    import onnxruntime  # slow to import
    gan = DCGAN(img_shape=(16, 16, 3), latent_dim=3, base_channels=1)
    for name, network in gan.players.items():
        network.export(tmp_path / f"{name}.onnx", format="onnx", verbose=False)
        session = onnxruntime.InferenceSession(tmp_path / f"{name}.onnx")
        given = rng.normal(size=(2, *network.input_shape[1:])).astype("float32")
        said, = session.run(None, {session.get_inputs()[0].name: given})
        np.testing.assert_allclose(said, network(given, training=False), atol=1e-5)
