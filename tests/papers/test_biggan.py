"""BigGAN: who is told what, its losses and its regularisation by hand, truncation."""
import keras
import numpy as np
import pytest
from keras import ops
from keras.layers import Dense

from keras_gan import GAN, BigGAN
from keras_gan.layers import BatchNormalization, OffDiagonal
from keras_gan.layers.hinge import hinge, raise_score
from keras_gan.layers.orthogonal import kernels

TINY = {"img_shape": (16, 20, 3), "num_classes": 3, "latent_dim": 6, "base_channels": 2,
        "class_dim": 4, "jit_compile": False, "run_eagerly": True}


def blocks_of(gan):
    return [layer for layer in gan.generator.layers if isinstance(layer, keras.Model)]


def test_each_block_is_told_the_class_and_a_piece_of_the_noise(rng):
    gan = BigGAN(**TINY)                               # 4x5, and blocks to 8x10 and 16x20
    blocks = blocks_of(gan)
    first = next(layer for layer in gan.generator.layers if isinstance(layer, Dense))
    conditions = [block._inbound_nodes[-1].input_tensors[1] for block in blocks]
    told = keras.Model(gan.generator.inputs, [first.output, *conditions])
    assert [tensor.shape for tensor in conditions] == [(None, 4 + 2)] * 2
    z, y = rng.normal(size=(1, 6)).astype("float32"), np.array([[1]])
    before = told([z, y])
    changed = []
    for piece in range(3):                             # of two numbers each
        other = z.copy()
        other[:, 2 * piece:2 * piece + 2] += 1
        changed.append([not np.allclose(a, b) for a, b in zip(told([other, y]), before)])
    # The first piece goes into the first layer, the second into the first block, ...
    assert changed == np.eye(3, dtype=bool).tolist()
    of_another_class = told([z, np.array([[2]])])
    assert [np.allclose(a, b) for a, b in zip(of_another_class, before)] == [True, False, False]
    made = [np.array(gan.generator([z, y]))]
    for piece in range(3):
        other = z.copy()
        other[:, 2 * piece] += 1
        made.append(np.array(gan.generator([other, y])))
    assert all(np.abs(a - made[0]).max() > 1e-4 for a in made[1:])


def test_the_class_embedding_is_shared():
    gan = BigGAN(**TINY)
    embeddings = [w for w in gan.generator.trainable_weights if "embedding" in w.path]
    assert [tuple(w.shape) for w in embeddings] == [(3, 4)]
    maps = [w for w in gan.generator.trainable_weights
            if w.path.endswith(("gain_kernel", "bias_kernel"))]
    assert [tuple(w.shape) for w in maps] == [(6, 8)] * 2 + [(6, 4)] * 2 + [(6, 4)] * 2 + [
        (6, 2)] * 2
    assert all(any(w is k for k in kernels(gan.generator)) for w in maps)


@pytest.mark.parametrize("img_shape, full, pieces, first", [
    ((128, 160, 3), True, 5, (8, 10)), ((128, 160, 3), False, 4, (8, 10)),
    ((28, 28, 1), True, 3, (7, 7)), ((8, 8, 1), True, 2, (4, 4)), ((17, 40, 3), True, 3, (5, 10))])
def test_any_picture_from_8x8_on(img_shape, full, pieces, first):
    gan = BigGAN(img_shape=img_shape, base_channels=1, latent_dim=60, full_size_features=full,
                 run_eagerly=True)
    assert gan.pieces == pieces and gan.generator.output_shape == (None, *img_shape)
    assert blocks_of(gan)[0].inputs[0].shape[1:3] == first


def test_projection_is_the_inner_product_with_the_features(rng):
    gan = BigGAN(**TINY)
    *_, of_class, of_all = (w for w in gan.discriminator.trainable_weights if len(w.shape) == 2)
    if of_all.shape[1] != 1:
        of_class, of_all = of_all, of_class
    features = keras.Model(gan.discriminator.inputs, next(
        layer for layer in gan.discriminator.operations if type(layer).__name__ == "Sum").output)
    images = rng.uniform(-1, 1, (3, 16, 20, 3)).astype("float32")
    labels = np.array([[0], [2], [1]])
    h = np.array(features([images, labels]))
    by_hand = h @ np.array(of_all)[:, 0] + (h * np.array(of_class)[labels[:, 0]]).sum(1)
    said = np.array(gan.discriminator([images, labels]))[:, 0]
    np.testing.assert_allclose(said, by_hand, rtol=1e-4, atol=1e-5)


# --- losses ---------------------------------------------------------------------------

def test_hinges_by_hand():
    score = ops.convert_to_tensor([[-3.0], [-0.5], [0.0], [0.5], [3.0]])
    real, generated = hinge(ops.ones((5, 1)), score), hinge(ops.zeros((5, 1)), score)
    np.testing.assert_allclose(real[:, 0], [4, 1.5, 1, 0.5, 0])
    np.testing.assert_allclose(generated[:, 0], [0, 0.5, 1, 1.5, 4])
    np.testing.assert_allclose(raise_score(None, score), -score)


@pytest.mark.parametrize("loss", ["hinge", "non_saturating"])
def test_a_turn_says_what_its_losses_are_by_hand(loss, rng):
    gan = BigGAN(**TINY, loss=loss, k=1, discriminator_norm="none", learning_rate=1e-12,
                 generator_learning_rate=1e-12, orthogonality=0.5)
    images = rng.integers(0, 256, (4, 16, 20, 3), dtype=np.uint8)
    labels = np.array([[0], [1], [2], [1]])
    z = gan.random_numbers(4)
    logs = gan.train_on_batch(images, labels, z)
    made = gan.generator([z["z"], labels], training=True)
    real = np.array(gan.discriminator([images / 127.5 - 1, labels]))
    fake = np.array(gan.discriminator([np.array(made), labels]))
    softplus = lambda x: np.log1p(np.exp(x))
    of_real, of_fake, of_g = {"hinge": (np.maximum(0, 1 - real), np.maximum(0, 1 + fake), -fake),
                              "non_saturating": map(softplus, (-real, fake, -fake))}[loss]
    at_right_angles = 0.0
    for kernel in kernels(gan.generator):
        w = np.array(kernel, "float64").reshape(-1, kernel.shape[-1])
        at_right_angles += 0.5 * (((w.T @ w) * (1 - np.eye(w.shape[1]))) ** 2).sum()
    assert logs["d_loss"] == pytest.approx((of_real.mean() + of_fake.mean()) / 2, rel=1e-4)
    assert logs["g_loss"] == pytest.approx(of_g.mean() + at_right_angles, rel=1e-4)
    assert logs["d_accuracy"] == pytest.approx(((real > 0).mean() + (fake <= 0).mean()) / 2)
    said = lambda x: 1 / (1 + np.exp(-x))
    assert logs["D(x)"] == pytest.approx(said(real).mean(), rel=1e-4)
    assert logs["D(G(z))"] == pytest.approx(said(fake).mean(), rel=1e-4)
    assert gan.discriminate(images, labels) == pytest.approx(said(real)[:, 0], rel=1e-4)
    assert gan.undecided_loss == pytest.approx({"hinge": 1, "non_saturating": np.log(2)}[loss])


# --- orthogonality --------------------------------------------------------------------

@pytest.mark.parametrize("shape", [(3, 2), (2, 5), (3, 3, 2, 4)])
def test_off_diagonal_by_hand(shape, rng):
    w = rng.normal(size=shape)
    with_gradient = keras.Variable(w, dtype="float64")
    import tensorflow as tf
    with tf.GradientTape() as tape:
        cost = OffDiagonal(0.25)(with_gradient.value)
    flat = w.reshape(-1, shape[-1])
    off = (flat.T @ flat) * (1 - np.eye(shape[-1]))
    np.testing.assert_allclose(cost, 0.25 * (off ** 2).sum())
    # d/dW of the sum of (WᵀW)² off the diagonal is 4 W (WᵀW ⊙ (1 - I))
    gradient = tape.gradient(cost, with_gradient.value)
    np.testing.assert_allclose(gradient, 0.25 * (4 * flat @ off).reshape(shape))


def test_kernels_begin_at_right_angles_and_cost_nothing():
    gan = BigGAN(**TINY, seed=4)
    for network in (gan.generator, gan.discriminator):
        assert len(kernels(network)) >= 8
        for kernel in kernels(network):
            w = np.array(kernel).reshape(-1, kernel.shape[-1])
            w = w if w.shape[0] >= w.shape[1] else w.T
            np.testing.assert_allclose(w.T @ w, np.eye(w.shape[1]), atol=1e-5)
    # Where there are more filters than channels they can't all be at right angles
    assert {k.regularizer.beta for k in kernels(gan.generator)} == {1e-4}
    assert not any(k.regularizer for k in kernels(gan.discriminator))
    assert not any(k.regularizer for k in kernels(BigGAN(**TINY, orthogonality=0.0).generator))


# --- truncation -----------------------------------------------------------------------

def test_truncated_noise_is_drawn_again_until_it_is_near(rng):
    gan = BigGAN(**TINY, ema_momentum=0.0)
    whole, near = (gan.draw_noise(500, np.random.default_rng(1), t) for t in (None, 0.5))
    assert np.abs(whole).max() > 2.5 and 0.49 < np.abs(near).max() <= 0.5
    inside = np.abs(whole) <= 0.5
    np.testing.assert_array_equal(near[inside], whole[inside])        # the others alone
    assert near.std() == pytest.approx(0.2839, abs=0.005)             # of a truncated normal
    made, again, other = (gan.generate(4, seed=3, labels=[2, 1, 0, 0], truncation=t)
                          for t in (0.5, 0.5, None))
    np.testing.assert_array_equal(made, again)
    assert not np.array_equal(made, other)
    noise = gan.draw_noise(4, np.random.default_rng(3), 0.5)
    np.testing.assert_array_equal(made, gan.generate_from(noise, np.array([[2], [1], [0], [0]])))
    np.testing.assert_array_equal(other, gan.generate(4, seed=3, labels=[2, 1, 0, 0],
                                                      truncation=50))


@pytest.mark.parametrize("truncation", [0, -1.0, "a", float("nan"), 0.001])
def test_truncations_that_make_no_sense_are_refused_in_words(truncation):
    gan = GAN(img_shape=(2, 2, 1), latent_dim=2, run_eagerly=True)
    with pytest.raises(ValueError, match=r"truncation must be a number of at least 0.01, or None. "
                                         "Received: truncation="):
        gan.generate(1, truncation=truncation)


# --- large batches --------------------------------------------------------------------

def played(game, data, **how):
    """The weights after a turn of `train`, with plain gradient descent, which shows how
    large a gradient is; and what was logged."""
    class ByGradientDescent(game):
        def build_optimizer(self, player):
            return keras.optimizers.SGD(0.5)

    gan = ByGradientDescent(**how, jit_compile=False)
    networks = gan.players.values()
    before = [np.array(v) for network in networks for v in network.trainable_weights]
    history = gan.train(**data, steps=1, batch_size=12)
    after = [np.array(v) for network in networks for v in network.trainable_weights]
    assert min(np.abs(a - b).max() for a, b in zip(after, before)) > 1e-5
    return history, after


def assert_same_turn(one, other):
    for name in one[0]:
        assert other[0][name] == pytest.approx(one[0][name], abs=1e-6), name
    for a, b in zip(one[1], other[1], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6, rtol=0)


@pytest.mark.parametrize("run_eagerly", [True, False])
def test_a_batch_in_parts_is_one_large_batch(run_eagerly, float64, rng):
    images = rng.integers(0, 256, (12, 2, 3, 1), dtype=np.uint8)
    how = {"img_shape": (2, 3, 1), "networks": "goodfellow_2014", "dropout": 0.0,
           "run_eagerly": run_eagerly, "from_logits": True, "r1_gamma": 0.5}
    whole, parts = (played(GAN, {"images": images}, **how, accumulate=n) for n in (1, 3))
    assert_same_turn(whole, parts)


def test_so_it_is_with_labels_several_heads_and_regularisation(float64, rng, monkeypatch):
    normalise = BatchNormalization.call                # which would look at the batch
    monkeypatch.setattr(BatchNormalization, "call", lambda self, x, training=None, mask=None:
                        normalise(self, x, training=False))
    data = {"images": rng.integers(0, 256, (12, 8, 8, 1), dtype=np.uint8),
            "labels": rng.integers(3, size=12)}
    how = {**TINY, "discriminator_norm": "none", "r1_gamma": 0.5, "loss": "non_saturating",
           "img_shape": (8, 8, 1), "latent_dim": 4, "k": 1, "orthogonality": 0.1}
    del how["jit_compile"]
    whole, parts = (played(BigGAN, data, **how, accumulate=n) for n in (1, 3))
    assert_same_turn(whole, parts)


@pytest.mark.parametrize("arguments, message", [
    ({"accumulate": 0}, "accumulate must be a whole number of at least 1"),
    ({"latent_dim": 7}, "latent_dim must be a multiple of 3: a piece for the first layer"),
    ({"img_shape": (8, 8, 3), "full_size_features": False}, "full_size_features must be True"),
    ({"img_shape": (7, 20, 3)}, r"img_shape must be at least 8x8"),
    ({"discriminator_norm": "batch"}, "discriminator_norm must be 'spectral' or 'none'"),
    ({"orthogonality": -1}, "orthogonality must be a number of at least 0")])
def test_arguments_that_make_no_sense_are_refused_in_words(arguments, message):
    with pytest.raises(ValueError, match=message):
        BigGAN(**{**TINY, **arguments})


def test_batches_that_are_not_whole_parts_are_refused_in_words(rng):
    gan = GAN(img_shape=(2, 3, 1), networks="goodfellow_2014", accumulate=4, run_eagerly=True)
    images = rng.integers(0, 256, (12, 2, 3, 1), dtype=np.uint8)
    with pytest.raises(ValueError, match=r"in 4 equal parts \(accumulate\): 4, 8, 12, ... samples. "
                                         "Received: 10"):
        gan.train_on_batch(images[:10])
    with pytest.raises(ValueError, match=r"batch_size must be 4 equal parts \(accumulate\), a "
                                         "multiple of 4. Received: batch_size=6. Use 8"):
        gan.train(images, batch_size=6)
    assert gan.check_freeze(batch_sizes=(2,)).ok
