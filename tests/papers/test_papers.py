"""What each paper says of its own game, checked by numbers that can be worked out by hand. What all models share is in test_contract.py."""
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import Input, Sequential, ops
from keras.layers import BatchNormalization, Dense, Flatten, Lambda
from scipy.stats import norm

from benchmarks.dirac import dirac_gan
from keras_gan import DCGAN, GAN, LSGAN, WGAN, WGANGP, PacGAN
from keras_gan.layers.augmentation import DiffAugment
from keras_gan.evaluation import mode_coverage, ring
from keras_gan.layers.penalties import R1, GradientPenalty
from keras_gan.layers.pack import Pack
from tests.games import SHAPE, random_images, values


@pytest.fixture
def real_and_generated(rng):
    """Data of N(3, 1), and samples of N(0, 1): float32 (4096, 1) each."""
    return tuple(rng.normal(mean, 1, (4096, 1)).astype("float32") for mean in (3, 0))


# --- LSGAN --------------------------------------------------------------------------------------------------------------

def test_least_squares_by_hand():
    gan = LSGAN(img_shape=SHAPE, a=-1.0, b=2.0, c=0.5, jit_compile=False)
    validity = np.array([[1.0], [3.0]])
    assert float(gan.discriminator.compute_loss(None, np.ones((2, 1)), validity)) == pytest.approx(((1 - 2) ** 2 + (3 - 2) ** 2) / 4)
    assert float(gan.discriminator.compute_loss(None, np.zeros((2, 1)), validity)) == pytest.approx(((1 + 1) ** 2 + (3 + 1) ** 2) / 4)
    assert float(gan.combined.compute_loss(None, np.ones((2, 1)), validity)) == pytest.approx((0.5 ** 2 + 2.5 ** 2) / 4)
    np.testing.assert_allclose(gan.probability(None, np.array([-1.0, 2.0, 0.5])), [0.0, 1.0, 0.5])
    with pytest.raises(ValueError, match="b must be above a, which is 2. Received: b=1.0"):
        LSGAN(a=2.0)
    with pytest.raises(TypeError, match="from_logits"):            # there is no choice in this paper
        LSGAN(from_logits=False)


def test_the_best_discriminator_of_least_squares_is_that_of_the_formula(real_and_generated):
    gan = LSGAN(img_shape=(1,), a=-1.0, b=1.0, c=0.0, learning_rate=2e-3, seed=0, jit_compile=False)
    real, generated = real_and_generated
    order = np.random.default_rng(1).permutation(8192)
    data, truth = (np.concatenate(parts)[order] for parts in (real_and_generated, (np.ones_like(real), np.zeros_like(generated))))
    for rate, epochs in ((2e-3, 9), (2e-4, 3)):
        gan.discriminator.optimizer.learning_rate = rate
        gan.discriminator.fit(data, truth, batch_size=256, epochs=epochs, verbose=0, shuffle=False)       # `fit` would shuffle without a seed
    x = np.linspace(-2, 5, 50)
    p, q = norm.pdf(x, 3), norm.pdf(x, 0)
    said = np.array(gan.discriminator(x[:, None].astype("float32")))[:, 0]
    assert np.abs(said - (gan.b * p + gan.a * q) / (p + q)).mean() < 0.05            # .027 or .028 with five seeds


# --- Wasserstein --------------------------------------------------------------------------------------------------------

def linear(weights):
    """x -> x·w, a model."""
    model = Sequential([Input((len(weights),)), Dense(1, use_bias=False)])
    model.set_weights([np.array(weights, "float32")[:, None]])
    return model


def linear_critic(game, **arguments):
    """A game of numbers whose critic is x -> w x."""
    networks = {"build_discriminator": lambda self: linear([0.1]), "build_optimizer": lambda self, player: keras.optimizers.Adam(0.05)}
    return type(f"Linear{game.__name__}", (game,), networks)(img_shape=(1,), jit_compile=False, **arguments)


def test_a_clipped_critic_finds_the_distance_of_two_normal_distributions(real_and_generated):
    gan = linear_critic(WGAN, clip=1.0)
    assert gan.critic is gan.discriminator
    real, generated = real_and_generated
    for _ in range(40):
        logs = gan.distance.train_on_batch([real, generated], np.ones_like(real), return_dict=True)
        for weight in gan.critic.trainable_weights:
            weight.assign(ops.clip(weight, -1.0, 1.0))
    assert -logs["loss"] == pytest.approx(3, abs=0.1)               # W1: as far as one mean is from the other


class WithNormalisedCritic(WGAN):
    """Somebody's own: the house's have no weights that aren't trained."""

    def build_discriminator(self):
        return Sequential([Input(self.img_shape), Flatten(), Dense(8), BatchNormalization(), Dense(1)])


def test_trainable_weights_of_the_critic_are_clipped_and_nothing_else(rng):
    gan = WithNormalisedCritic(img_shape=SHAPE, k=2, clip=0.02, jit_compile=False)
    gan.train_on_batch(random_images(rng, 8, SHAPE))
    trainable = [np.array(w) for w in gan.critic.trainable_weights]
    assert max(np.abs(w).max() for w in trainable) == pytest.approx(0.02)
    others = [np.array(w) for w in gan.critic.non_trainable_weights]
    assert others and max(np.abs(w).max() for w in others) > 0.1                    # moving variances
    assert max(np.abs(w).max() for w in gan.generator.get_weights()) > 0.1


def test_a_deep_clipped_critic_does_not_fall_silent(rng):
    images = random_images(rng, 80, (32, 40, 3)) // 8
    images[:, :, :20, 0] += 200
    gan = WGAN(recipe="laptop", img_shape=(32, 40, 3), clip=0.02, learning_rate=2e-4, jit_compile=False)
    # W1 in 30 turns, with three seeds: 4.0, .49, 6.9. With BatchNormalization, whose scales are clipped too, at most .0001
    assert gan.train(images, steps=30, batch_size=16)["W1"][-1] > 0.1


def test_the_gradient_penalty_by_hand(rng):
    real, generated = rng.normal(size=(2, 5, 2)).astype("float32")
    alpha = rng.random((5, 1)).astype("float32")
    for weights, expected in (((0.0, 0.0), 10.0), ((0.6, 0.8), 0.0), ((3.0, 4.0), 160.0)):          # λ, 0, λ (5 - 1)²
        np.testing.assert_allclose(GradientPenalty(linear(weights), 10.0)([real, generated, alpha]), np.full((5, 1), expected), atol=1e-4)
    # of ½‖x‖² the gradient is x itself: the penalty shows where x̂ lies, of pictures of any shape
    real, generated = rng.normal(size=(2, 5, 3, 4, 2)).astype("float32")
    bowl = Sequential([Input((3, 4, 2)), Lambda(lambda x: 0.5 * ops.sum(ops.square(x), axis=(1, 2, 3), keepdims=True)[:, :, 0, 0], output_shape=(1,))])
    x_hat = alpha[:, :, None, None] * real + (1 - alpha[:, :, None, None]) * generated
    expected = 7 * (np.sqrt((x_hat ** 2).sum(axis=(1, 2, 3))) - 1) ** 2
    np.testing.assert_allclose(GradientPenalty(bowl, 7.0)([real, generated, alpha])[:, 0], expected, rtol=1e-4)


def test_alpha_is_uniform_one_a_sample_and_another_one_in_every_turn():
    gan = WGANGP(img_shape=SHAPE, latent_dim=5, jit_compile=False)
    first, second = gan.sample_noise(4000), gan.sample_noise(4000)
    assert first.shape == (4000, 6)
    alpha = first[:, -1]
    assert 0 <= alpha.min() < 0.01 and 0.99 < alpha.max() < 1 and np.abs(np.histogram(alpha, 10, (0, 1))[0] - 400).max() < 100
    assert len(np.unique(alpha)) > 3900 and not np.array_equal(alpha, second[:, -1])
    assert np.abs(np.corrcoef(first.T)[-1, :-1]).max() < 0.06                       # and it says nothing of z


def test_noise_without_alpha_is_refused_in_words(rng):
    gan = WGANGP(img_shape=SHAPE, latent_dim=5, jit_compile=False)
    with pytest.raises(ValueError, match=r"noise must be an array \(5, 6\): a row a sample, with 5 of z, 1 of α. Received: shape \(5, 5\)"):
        gan.train_on_batch(random_images(rng, 5, SHAPE), rng.normal(size=(5, 5)))


def test_a_linear_critic_ends_at_the_slope_of_the_formula(real_and_generated):
    real, generated = real_and_generated
    distance = real.mean() - generated.mean()
    for penalty in (10.0, 3.0):
        gan = linear_critic(WGANGP, penalty=penalty)
        for _ in range(150):
            gan.distance.train_on_batch([real, generated, np.full_like(real, 0.5)], [np.ones_like(real), np.zeros_like(real)])
        slope = float(gan.critic.get_weights()[0][0, 0])
        assert slope == pytest.approx(1 + distance / (2 * penalty), abs=0.01)       # 1 + W1 / 2λ


def test_a_penalised_critic_finds_the_distance_of_two_normal_distributions(real_and_generated):
    gan = WGANGP(img_shape=(1,), learning_rate=3e-3, seed=0, jit_compile=False)
    real, generated = real_and_generated
    rng = np.random.default_rng(1)
    for _ in range(100):
        batch = [part[rng.integers(4096, size=512)] for part in (real, generated)]
        gan.distance.train_on_batch([*batch, rng.random((512, 1))], [np.ones((512, 1)), np.zeros((512, 1))])
    x = np.linspace(-2, 5, 200, dtype="float32")[:, None]
    slope = np.abs(np.diff(np.array(gan.critic(x))[:, 0]) / np.diff(x[:, 0]))
    distance = float(ops.mean(gan.critic(real)) - ops.mean(gan.critic(generated)))
    assert distance / slope.max() == pytest.approx(3, abs=0.1) and distance == pytest.approx(3, rel=0.35)


def test_a_clipped_critic_has_no_normalisation_and_a_penalised_one_may():
    for norm in ("batch", "spectral"):
        with pytest.raises(ValueError, match=f"discriminator_norm must be 'none' where weights are clipped.*Received: discriminator_norm='{norm}'"):
            WGAN(recipe="laptop", discriminator_norm=norm)
    assert WGANGP(img_shape=(8, 8, 1), networks="keras_gan", base_channels=1, discriminator_norm="spectral").discriminator_norm == "spectral"


def test_a_normalised_batch_and_a_penalty_for_each_picture_do_not_go_together():
    for model, arguments in ((WGANGP, {}), (DCGAN, dict(from_logits=True, r1_gamma=1.0))):
        with pytest.raises(ValueError, match="discriminator_norm must be 'spectral' or 'none'.*Received: discriminator_norm='batch'"):
            model(img_shape=(16, 16, 1), networks="keras_gan", discriminator_norm="batch", **arguments)
    with pytest.raises(ValueError, match="from_logits must be True"):
        GAN(r1_gamma=1.0)


# --- R1 and the Dirac-GAN -------------------------------------------------------------------------------------------------

def test_r1_by_hand(rng):
    x = rng.normal(size=(5, 2)).astype("float32")
    layer = R1(linear((3.0, 4.0)), 2.0)
    np.testing.assert_allclose(layer(x)[:, 0], x @ [3.0, 4.0], rtol=1e-5)
    assert [float(loss) for loss in layer.losses] == [pytest.approx(25.0)]          # γ / 2 times 3² + 4²


def test_r1_of_a_pack_is_that_of_its_samples_together(rng):
    gan = PacGAN(img_shape=(2,), networks="srivastava_2017", packing=2, from_logits=True, r1_gamma=2.0, jit_compile=False)
    x = rng.normal(size=(6, 2)).astype("float32")
    step, slopes = 1e-2, np.zeros((3, 4))
    for i in range(4):                              # of each pack along its four numbers
        aside = np.zeros((3, 4), "float32")
        aside[:, i] = step
        slopes[:, i] = np.array(gan.discriminator(x + aside.reshape(6, 2)) - gan.discriminator(x - aside.reshape(6, 2)))[:, 0] / (2 * step)
    gan.discriminator_on_real(x)
    assert float(gan.discriminator_on_real.losses[0]) == pytest.approx((slopes ** 2).sum(axis=1).mean(), rel=0.02)


def test_vectors_and_pictures_are_in_their_own_ranges(rng):
    noise = 1e4 * rng.normal(size=(5, 4)).astype("float32")
    for networks in ("keras_gan", "goodfellow_2014", "srivastava_2017"):
        far, near = (GAN(img_shape=shape, networks=networks, latent_dim=4, jit_compile=False) for shape in ((2,), (4, 4, 1)))
        assert np.abs(far.generator(noise)).max() > 10 and np.abs(near.generator(noise)).max() <= 1


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_the_eigenvalues_of_the_dirac_gan(gamma, float64):
    h, small = 0.2, 1e-6
    gan = dirac_gan("GAN", learning_rate=h, from_logits=True, r1_gamma=gamma, run_eagerly=True)
    jacobian = np.transpose([gan.play(small, 0.0), gan.play(0.0, small)]) / small
    # one after the other: ψ' = (1 - hγ) ψ - h/2 θ, then θ' = θ + h/2 ψ'
    by_hand = np.array([[1 - h * h / 4, h / 2 * (1 - h * gamma)], [-h / 2, 1 - h * gamma]])
    np.testing.assert_allclose(jacobian, by_hand, atol=1e-5)
    eigenvalues = np.linalg.eigvals(jacobian)
    assert np.prod(eigenvalues).real == pytest.approx(1 - h * gamma, abs=1e-5)
    if gamma == 0:                                  # on the unit circle: round and round for ever
        np.testing.assert_allclose(np.abs(eigenvalues), 1, atol=1e-5)
    else:                                           # inside of it: both players come to rest
        assert np.abs(eigenvalues).max() < 0.98


def test_only_the_penalised_dirac_gan_comes_to_rest(float64):
    ends = {}
    for name, arguments in {"plain": {}, "r1": {"r1_gamma": 1.0}}.items():
        gan = dirac_gan("GAN", learning_rate=0.3, from_logits=True, run_eagerly=True, **arguments)
        place = (1.0, 1.0)
        for _ in range(60):
            place = gan.play(*place)
        ends[name] = np.hypot(*place)
    assert ends["plain"] > 0.5 and ends["r1"] < 0.01


# --- PacGAN -------------------------------------------------------------------------------------------------------------

def test_packs_of_one_are_the_gan_bit_for_bit(rng):
    images = random_images(rng, 16, SHAPE)
    gan, packed = (model(img_shape=SHAPE, latent_dim=5, dropout=0.25, jit_compile=False, **more) for model, more in ((GAN, {}), (PacGAN, {"packing": 1})))
    assert gan.train(images, steps=5, batch_size=8) == packed.train(images, steps=5, batch_size=8)
    for one, other in ((gan.generator, packed.generator), (gan.discriminator, packed.discriminator)):
        for a, b in zip(values(one).values(), values(other).values(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_samples_that_follow_one_another_become_channels_of_one(rng):
    images = rng.normal(size=(6, 3, 4, 2)).astype("float32")
    packs = np.array(Pack(3)(images))
    assert packs.shape == (2, 3, 4, 6)
    np.testing.assert_array_equal(packs[1], np.concatenate(images[3:], axis=-1))
    np.testing.assert_array_equal(Pack(2)(images[:, 0, 0]), images[:, 0, 0].reshape(3, 4))
    gan = PacGAN(img_shape=(9, 12, 3), networks="keras_gan", base_channels=2, packing=3, jit_compile=False)
    assert np.array(gan.discriminator(rng.normal(size=(6, 9, 12, 3)))).shape == (2, 1)
    with pytest.raises(ValueError, match="whole packs of 3: 3, 6, 9, ... samples. Received: 8"):
        gan.train_on_batch(random_images(rng, 8, (9, 12, 3)))
    with pytest.raises(ValueError, match="batch_size must be whole packs of packing=3 samples. Received: batch_size=8. Use 9"):
        gan.train(random_images(rng, 24, (9, 12, 3)), steps=1, batch_size=8)
    with pytest.raises(ValueError, match="At least 3 samples are needed: k=1 times packs of 3"):
        gan.train(random_images(rng, 2, (9, 12, 3)), steps=1, batch_size=3)
    assert gan.train([random_images(rng, 6, (9, 12, 3))], steps=1)["step"] == [1]            # batches of somebody's own are not of 32


def test_two_samples_tell_what_one_does_not():
    """Real points lie on two modes; of a generator that makes one mode at a time each is as good as real, but pairs aren't."""
    rng = np.random.default_rng(0)

    def batch(collapsed):
        signs = rng.choice([-1.0, 1.0], (256, 1))
        signs = np.repeat(signs[::2], 2, axis=0) if collapsed else signs              # pairs are of one mode
        return signs * [[1.0, 0.0]] + rng.normal(0, 0.05, (256, 2))

    accuracy = []
    for packing in (1, 2):
        gan = PacGAN(img_shape=(2,), networks="srivastava_2017", learning_rate=3e-3, from_logits=True, packing=packing, jit_compile=False)
        for _ in range(150):
            told = [gan.discriminator.train_on_batch(batch(collapsed), np.full((256 // packing, 1), 1.0 - collapsed), return_dict=True) for collapsed in (False, True)]
        accuracy.append(np.mean([logs["accuracy"] for logs in told]))
    assert accuracy[0] < 0.6 and accuracy[1] > 0.7                                    # a half, and three quarters


# --- DCGAN, its own networks, and residual ones -------------------------------------------------------------------------

def test_the_networks_of_the_dcgan_paper():
    gan = DCGAN(recipe="radford_2015", base_channels=8)
    kinds = [type(layer).__name__ for layer in gan.generator.layers[1].layers]
    assert kinds == ["Dense", "Reshape", *["BatchNormalization", "Activation", "Conv2DTranspose"] * 4, "Activation"]
    body = gan.discriminator.layers[1].layers
    kinds = [type(layer).__name__ for layer in body if type(layer).__name__ != "Dropout"]
    assert kinds == ["Conv2D", "LeakyReLU", *["Conv2D", "BatchNormalization", "LeakyReLU"] * 3, "Flatten", "Dense"]
    assert [tuple(layer.kernel.shape) for layer in body if hasattr(layer, "kernel")] == [(5, 5, 3, 8), (5, 5, 8, 16), (5, 5, 16, 32), (5, 5, 32, 64), (8 * 10 * 64, 1)]
    assert gan.generator.output_shape == (None, 128, 160, 3)
    assert DCGAN(img_shape=(9, 12, 3), recipe="radford_2015", base_channels=2, jit_compile=False).check_freeze(batch_sizes=(4,)).ok
    assert gan.learning_rate == 2e-4 and float(ops.std(body[0].kernel)) == pytest.approx(0.02, rel=0.1)


@pytest.mark.parametrize("full_size_features", [True, False])
def test_residual_networks_add_to_what_they_get(full_size_features, rng):
    gan = DCGAN(networks="residual", base_channels=2, full_size_features=full_size_features)
    assert gan.generator.output_shape == (None, 128, 160, 3)
    small = DCGAN(img_shape=(9, 12, 3), networks="residual", base_channels=2, full_size_features=full_size_features, discriminator_norm="none",
                  from_logits=True, r1_gamma=1.0, run_eagerly=full_size_features, jit_compile=False)
    assert small.check_freeze(batch_sizes=(4,)).ok
    _, block, *_ = (layer for layer in gan.discriminator.layers[1].layers if isinstance(layer, keras.Model))
    x = rng.normal(size=(2, 64, 80, 2)).astype("float32")
    *convolutions, shortcut = sorted((layer for layer in block.layers if hasattr(layer, "kernel")), key=lambda layer: -layer.kernel.shape[0])
    for layer in convolutions:                      # without its two convolutions of 3x3 a block is its shortcut
        layer.set_weights([np.zeros(weight.shape) for weight in layer.weights])
    pooled = x.reshape(2, 32, 2, 40, 2, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(block(x), pooled @ np.array(shortcut.kernel)[0, 0], atol=1e-5)


# --- differentiable augmentation ----------------------------------------------------------------------------------------

def test_augmented_pictures_are_moved_and_have_a_hole_and_gradients_take_the_same_way():
    height, width = 16, 24
    inside = np.arange(1.0, height * width + 1).reshape(height, width, 1)                     # every pixel has a number of its own, none is grey
    images = np.repeat(np.stack([inside, -inside], axis=-1)[None, :, :, 0], 200, axis=0).astype("float32")
    augment = DiffAugment()
    np.testing.assert_array_equal(augment(images), images)                                    # in inference
    with tf.GradientTape() as tape:
        x = tf.constant(images)
        tape.watch(x)
        y = augment(x, training=True)
    first, second = y.numpy(), np.array(augment(images, training=True))
    for image, gradient in zip(first[..., 0], tape.gradient(y, x).numpy()[..., 0]):
        assert set(inside[..., 0][gradient == 1]) == set(image[image != 0]) and set(gradient.flat) == {0, 1}     # what is seen, and nothing else
    assert np.mean(first != second) > 0.2                                                     # other random numbers in each call
    np.testing.assert_array_equal(first[..., 0], -first[..., 1])                              # all channels alike
    moves, holes = set(), set()
    for image in first[..., 0].astype(int):
        rows, columns = np.nonzero(image)
        there = image[rows, columns] - 1
        (dy,), (dx,) = set(there // width - rows), set(there % width - columns)               # one move for the whole picture
        moves.add((dy, dx))
        moved = np.zeros((height + 4, width + 6), bool)
        moved[2 - dy:2 - dy + height, 3 - dx:3 - dx + width] = True
        empty_rows, empty_columns = np.nonzero(moved[2:-2, 3:-3] & (image == 0))              # where it is empty, but not because of the move
        holes.add((np.ptp(empty_rows) + 1, np.ptp(empty_columns) + 1, len(empty_rows)))
    assert {dy for dy, _ in moves} == set(range(-2, 3)) and {dx for _, dx in moves} == set(range(-3, 4))      # an eighth, each way
    assert all(count == h * w for h, w, count in holes) and max(holes)[:2] == (height // 2, width // 2)


def test_a_discriminator_that_sees_augmented_pictures_learns_less_by_heart(rng):
    """Noise can only be learned by heart: the discriminator tells pictures that it has seen from new ones, unless they come moved and with holes."""
    seen, new = (rng.uniform(-1, 1, (32, 16, 20, 3)).astype("float32") for _ in range(2))
    gaps = []
    for augment in (False, True):
        gan = DCGAN(img_shape=(16, 20, 3), base_channels=4, recipe="laptop", discriminator_norm="none", learning_rate=2e-3, augment=augment, jit_compile=False)
        gan.train(seen, steps=100, batch_size=16)
        real, others = (np.mean(gan.discriminator(x, training=False)) for x in (seen, new))
        gaps.append(real - others)
    assert gaps[0] > 5 * abs(gaps[1])                                                    # 13, 32, 35 times with three seeds


# --- modes in a plane ---------------------------------------------------------------------------------------------------

def test_the_penalised_game_finds_all_modes_of_a_ring():
    data = ring(8, radius=1.0, sigma=0.05)
    gan = GAN(img_shape=(2,), latent_dim=2, networks="srivastava_2017", learning_rate=2e-3, from_logits=True, fakes_in_training_mode=True, r1_gamma=0.1,
              ema_momentum=0.99, seed=0, jit_compile=False)
    before = mode_coverage(gan.generate(2000, seed=1), data)
    gan.train(data, steps=1000, batch_size=100)
    after = mode_coverage(gan.generate(2000, seed=1), data)
    assert before["high_quality"] < 0.2 and after["modes"] == 8 and after["high_quality"] > 0.35 and after["reverse_kl"] < 0.05     # near a mode: .48 to .76
