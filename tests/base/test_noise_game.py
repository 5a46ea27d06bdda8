"""What games of noise do with samples: units, signals, what D says, walks."""
import keras
import numpy as np
import pytest
from keras import Input, Model, ops

from keras_gan import ACGAN, CGAN, DCGAN, GAN, WGAN, BiGAN, PacGAN
from keras_gan.base.generating import spherical
from tests.games import SHAPE, random_images, small

POINTS = {"img_shape": (2,), "latent_dim": 4, "run_eagerly": True}
SIGNALS = {"img_shape": (20, 3), "latent_dim": 4, "base_channels": 2, "recipe": "signals",
           "run_eagerly": True}


# --- generate_from --------------------------------------------------------------------

def test_inputs_that_do_not_fit_the_generator_are_refused_in_words():
    gan = small(latent_dim=5)
    z = np.zeros((3, 5), "float32")
    assert gan.generate_from(z).shape == (3, *SHAPE)
    for inputs, message in [
            ((z[0],), r"must get z \(n, 5\), of one n. Received: \(5,\). z\[None\] has shape"),
            ((z[:, :4],), r"Received: \(3, 4\)"), ((z.T,), r"\(5, 3\). z.T has shape \(N, 5\)"),
            ((z, z), r"Received: \(3, 5\), \(3, 5\)"), ((3,), r"Received: \(\)"),
            ((), "Received: nothing"), ((z[:0],), r"Received: \(0, 5\)")]:
        with pytest.raises(ValueError, match=message):
            gan.generate_from(*inputs)
    cgan = CGAN(img_shape=SHAPE, latent_dim=5, num_classes=3, jit_compile=False)
    made = cgan.generate_from(z, np.array([[0], [1], [2]]))
    np.testing.assert_array_equal(cgan.generate_from(z, np.array([0, 1, 2])), made)
    for inputs in ((z,), (z, 1), (z, np.zeros(2, int)), (z, np.eye(3))):
        with pytest.raises(ValueError, match=r"must get z \(n, 5\), labels \(n, 1\), of one"):
            cgan.generate_from(*inputs)


# --- shapes ---------------------------------------------------------------------------

@pytest.mark.parametrize("model, shape, expected", [
    (GAN, 64, "In RGB: img_shape=(64, 64, 3); grey: (64, 64, 1)"),
    (DCGAN, (96, 80), "In RGB: img_shape=(96, 80, 3); grey: (96, 80, 1)"),
    (DCGAN, (96, 80, 0), "(height, width, channels) of pictures"),
    (DCGAN, (5,), "Networks for vectors are 'fully_connected'"),
])
def test_shapes_of_samples_are_refused_with_the_line_that_helps(model, shape, expected):
    with pytest.raises(ValueError) as raised:
        model(img_shape=shape)
    assert expected in str(raised.value) and str(raised.value).endswith(f"img_shape={shape!r}")


@pytest.mark.parametrize("channels", [2, 4, 5])
def test_pictures_of_any_number_of_channels_are_learned_and_drawn(channels, rng, tmp_path):
    gan = DCGAN(img_shape=(8, 10, channels), latent_dim=3, base_channels=1, run_eagerly=True)
    images = random_images(rng, 6, gan.img_shape)
    gan.train(images, steps=1, batch_size=2, run_dir=tmp_path / "run")
    assert gan.generate(3, seed=1).shape == (3, 8, 10, channels)


# --- units ----------------------------------------------------------------------------

def test_standardised_data_are_learned_whatever_their_units_are(float64, rng):
    points, results = rng.normal(size=(64, 2)), []
    scale, shift = np.array([5e4, 0.01]), np.array([1e5, -3])
    fitted = (points - points.mean(0)) / points.std(0)
    for data in (fitted, points * scale + shift):
        gan = GAN(**POINTS, standardize=True)
        gan.train(data, steps=3, batch_size=16)
        results.append((gan.generator.get_weights(), gan.generate(5, seed=1)))
    (weights, made), (others, in_units) = results
    keras.tree.map_structure(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-9), weights,
                             others)
    expected = (made * points.std(0) + points.mean(0)) * scale + shift
    np.testing.assert_allclose(in_units, expected, rtol=1e-9)


def test_units_are_saved_and_stay_those_of_the_first_data(rng, tmp_path):
    gan = GAN(**POINTS, standardize=True)
    gan.train_on_batch(rng.normal(100, 5, (8, 2)))           # by hand, the first batch sets them
    mean = np.array(gan.units.mean)
    np.testing.assert_allclose(mean, 100, atol=10)
    gan.save(tmp_path / "model")
    again = GAN.load(tmp_path / "model")
    np.testing.assert_array_equal(again.generate(4, seed=1), gan.generate(4, seed=1))
    again.train(rng.normal(0, 1, (8, 2)), steps=1, batch_size=4)       # finer, on other data
    np.testing.assert_array_equal(again.units.mean, mean)


def test_units_are_not_those_of_data_that_were_refused(rng, tmp_path):
    gan, data = GAN(**POINTS, standardize=True, k=2), rng.normal(100, 5, (8, 2))
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "mine.txt").touch()
    refused = [(FileExistsError, lambda: gan.train(data, steps=1, batch_size=2,
                                                   run_dir=tmp_path / "photos")),
               (ValueError, lambda: gan.train_on_batch(data[:7])),
               (ValueError, lambda: gan.train(data, steps=1, batch_size=9))]
    for error, call in refused:
        with pytest.raises(error):
            call()
        assert not gan.units.fitted


def test_pictures_are_not_standardised():
    with pytest.raises(ValueError, match="standardize must be False for pictures"):
        GAN(img_shape=SHAPE, standardize=True)


# --- signals --------------------------------------------------------------------------

def test_signals_are_learned_drawn_saved_and_resumed(rng, tmp_path):
    x = rng.normal([20, 0, -1], 3, (12, 20, 3)).astype("float32")
    whole = DCGAN(**SIGNALS)
    history = whole.train(x, steps=4, batch_size=4, run_dir=tmp_path / "whole", sample_interval=2,
                          checkpoint_interval=2)
    assert {"step_000000.png", "step_000004.png", "real_vs_generated.png"} <= \
        {path.name for path in (tmp_path / "whole" / "samples").iterdir()}
    halves = [DCGAN(**SIGNALS), DCGAN(**SIGNALS)]
    plan = {"batch_size": 4, "run_dir": tmp_path / "half", "sample_interval": 2,
            "checkpoint_interval": 2}
    halves[0].train(x, steps=2, **plan)
    assert halves[1].train(x, steps=4, resume=True, **plan) == history
    made = halves[1].generate(5, seed=1)
    assert made.shape == (5, 20, 3)
    np.testing.assert_array_equal(made, whole.generate(5, seed=1))
    np.testing.assert_allclose(made.mean((0, 1)), [20, 0, -1], atol=6)          # in their units


def test_networks_for_signals_and_for_pictures_refuse_each_others_samples():
    for arguments in ({"recipe": "signals", "img_shape": (32, 32, 3)}, {"img_shape": (32, 3)},
                      {"networks": "fully_connected", "img_shape": (32, 3)}):
        with pytest.raises(ValueError, match="img_shape must be"):
            DCGAN(**arguments)
    with pytest.raises(ValueError, match="img_shape must be at least 8: "):
        DCGAN(recipe="signals", img_shape=(7, 1))
    with pytest.raises(ValueError, match="augment must be False for signals"):
        DCGAN(recipe="signals", augment=True)


# --- what D says ----------------------------------------------------------------------

@pytest.mark.parametrize("from_logits", [False, True])
def test_discriminate_gives_the_probability_by_the_conventions_of_training(from_logits, rng):
    gan = small(from_logits=from_logits)
    images = random_images(rng, 7, SHAPE)
    said = gan.discriminate(images)
    assert said.shape == (7,) and said.dtype == np.float32
    logits = np.array(gan.discriminator(images / 127.5 - 1, training=False))[:, 0]
    expected = 1 / (1 + np.exp(-logits)) if from_logits else logits
    np.testing.assert_allclose(said, expected, rtol=1e-5)
    as_floats = (images / 127.5 - 1).astype("float32")
    np.testing.assert_allclose(gan.discriminate(as_floats), said, rtol=1e-4)
    with pytest.raises(ValueError):                    # what `generate` gives is in [0, 1]
        gan.discriminate(gan.generate(5, seed=1) + 1)
    with pytest.raises(ValueError, match="knows no classes"):
        gan.discriminate(images, labels=np.zeros(7, int))


def test_every_kind_of_discriminator_can_be_asked(rng):
    tiny = {"img_shape": (8, 8, 1), "latent_dim": 3}
    images, labels = random_images(rng, 6, (8, 8, 1)), np.arange(6) % 3
    x = (images / 127.5 - 1).astype("float32")
    cgan, acgan = CGAN(num_classes=3, **tiny), ACGAN(num_classes=3, **tiny)
    with_labels = cgan.discriminator([x, labels[:, None]], training=False)
    np.testing.assert_allclose(cgan.discriminate(images, labels), with_labels[:, 0], rtol=1e-5)
    heads = acgan.discriminator(x, training=False)
    np.testing.assert_allclose(acgan.discriminate(images), heads[0][:, 0], rtol=1e-5)
    wgan, pacgan, bigan = WGAN(**tiny), PacGAN(**tiny), BiGAN(**tiny)
    np.testing.assert_allclose(wgan.discriminate(images), wgan.critic(x)[:, 0], rtol=1e-4)
    assert pacgan.discriminate(images).shape == (3,)
    with pytest.raises(ValueError, match="whole packs of 2. Received: 5"):
        pacgan.discriminate(images[:5])
    codes = np.array(bigan.encoder(x, training=False))
    pairs = bigan.discriminator([codes, x], training=False)
    np.testing.assert_allclose(bigan.discriminate(images), pairs[:, 0], rtol=1e-5)
    with pytest.raises(ValueError, match="labels must be"):
        cgan.discriminate(images)


# --- walks ----------------------------------------------------------------------------

def test_a_walk_keeps_the_length_of_the_noise_and_its_steps_are_equal():
    z0, z1 = np.array([3.0, 0, 0]), np.array([0, 3.0, 0])
    walk = spherical(z0, z1, 4)
    np.testing.assert_allclose(np.linalg.norm(walk, axis=1), 3)
    np.testing.assert_allclose(walk[1], [3 * np.cos(np.pi / 6), 1.5, 0])
    np.testing.assert_allclose(spherical(z0, 2 * z0, 3), [[3, 0, 0], [4.5, 0, 0], [6, 0, 0]])


def test_interpolate_begins_and_ends_where_it_is_told(rng):
    gan = small()
    z = gan.draw_noise(2, rng)
    walk = gan.interpolate(*z, 5)
    assert walk.shape == (5, *SHAPE) and walk.dtype == np.float32
    np.testing.assert_allclose(walk[[0, -1]], gan.generate_from(z), atol=1e-6)
    cgan = CGAN(img_shape=SHAPE, latent_dim=5, num_classes=3)
    walk = cgan.interpolate(*z, 3, label=2)
    np.testing.assert_allclose(walk[0], cgan.generate_from(z[:1], np.array([[2]]))[0], atol=1e-6)
    for arguments in ((z[0], z[1], 1), (z, z, 3), (z[0][:3], z[1][:3], 3), (*z, 2.5), (*z, "3")):
        for game in (gan, cgan):
            with pytest.raises(ValueError, match="draw_noise"):
                game.interpolate(*arguments)
    with pytest.raises(ValueError, match=r"label must be one class.* Received: \[0, 1\]"):
        cgan.interpolate(*z, 2, label=[0, 1])


def test_a_joint_step_moves_the_discriminator_by_the_mean_of_both_gradients(rng):
    keras.config.set_floatx("float64")
    try:
        how = {"learning_rate": 1e-3, "from_logits": True, "betas": (0.0, 0.9), "seed": 3}
        joint, by_hand = small(joint_step=True, **how), small(**how)
        images, z = random_images(rng, 8, SHAPE), rng.normal(size=(8, 5))
        joint.train_on_batch(images, {"z": z})
        d, fake = by_hand.discriminator, by_hand.generator(z, training=False)
        mean = Model([d.input, x := Input(SHAPE)], ops.concatenate([d(d.input), d(x)], 0))
        mean.compile(by_hand.build_optimizer("discriminator"),
                     keras.losses.BinaryCrossentropy(from_logits=True))
        mean.train_on_batch([by_hand.to_network(images), fake],
                            np.repeat([1.0, 0.0], 8)[:, None])
        for one, other in zip(joint.discriminator.get_weights(), d.get_weights()):
            np.testing.assert_allclose(one, other, atol=1e-9)
    finally:
        keras.config.set_floatx("float32")


def test_r1_counts_every_so_many_turns_and_then_as_many_times(rng):
    games = [small(from_logits=True, r1_gamma=2.0, r1_interval=n) for n in (1, 3)]
    images = random_images(rng, 8, SHAPE)
    d = games[0].discriminator
    plain = float(ops.mean(ops.softplus(-d(games[0].to_network(images)))))
    losses = []
    for game in games:
        model = game.discriminator_on_real
        model.optimizer.learning_rate.assign(0.0)                 # nothing moves
        losses.append([])
        for _ in range(8):                          # two steps are a turn: on real, on generated
            losses[-1].append(model.train_on_batch(images / 127.5 - 1, np.ones((8, 1)),
                                                   return_dict=True)["loss"] - plain)
    penalty = losses[0][0]
    assert penalty > 1e-5
    np.testing.assert_allclose(losses[0], penalty, rtol=1e-3)
    np.testing.assert_allclose(losses[1], np.array([3, 3, 0, 0, 0, 0, 3, 3]) * penalty,
                               rtol=1e-3, atol=1e-6)
