"""Networks that begin with small pictures: sizes, blending, and what rests."""
import keras
import numpy as np
import pytest
from keras import ops

from keras_gan import CGAN, DCGAN, ProGAN
from keras_gan.layers.growing import halvings
from tests.games import random_images, values

SHAPE = (17, 22, 3)                                    # odd: generators crop
COARSE = {"img_shape": SHAPE, "networks": "coarse_to_fine", "base_channels": 1, "latent_dim": 4,
          "discriminator_norm": "none", "from_logits": True, "jit_compile": False}


def progan(**more):
    return ProGAN(**{"img_shape": SHAPE, "latent_dim": 4, "base_channels": 1, "turns_at_size": 4,
                     "jit_compile": False, **more})


def test_halves_are_rounded_up_until_the_shorter_side_is_short_enough():
    assert halvings(128, 160, 4) == [(4, 5), (8, 10), (16, 20), (32, 40), (64, 80), (128, 160)]
    assert halvings(28, 28, 4) == [(4, 4), (7, 7), (14, 14), (28, 28)]
    assert halvings(17, 22, 16) == [(9, 11), (17, 22)]
    assert halvings(4, 9, 4) == [(4, 9)]


def test_sizes_follow_the_turns_and_each_is_blended_in(rng):
    gan, images = progan(run_eagerly=True), random_images(rng, 8, SHAPE)
    assert gan.sizes == [(3, 3), (5, 6), (9, 11), (17, 22)] and gan.grow_at == (4, 8, 12)
    sizes, alphas = [], []
    for _ in range(14):
        gan.train_on_batch(images)
        sizes.append(tuple(gan.generator(np.zeros((1, 4))).shape[1:3]))
        alphas.append({float(network.alpha) for network in gan.growing})
    assert sizes == [size for size in gan.sizes for _ in range(4)][:14]
    assert alphas == [{1}] * 4 + [{0.5}, {1}, {1}, {1}] * 2 + [{0.5}, {1}]


def test_what_people_get_is_always_of_the_whole_size(rng):
    gan, images = progan(), random_images(rng, 8, SHAPE)
    gan.train_on_batch(images)
    pictures = gan.generate(3, seed=1)
    assert pictures.shape == (3, *SHAPE)
    small = ops.convert_to_numpy(gan.generator_ema(gan.draw_noise(3, np.random.default_rng(1))))
    assert small.shape == (3, 3, 3, 3)
    for y, x in ((0, 0), (7, 7), (8, 8), (16, 21)):                # a pixel became one of 8x8
        np.testing.assert_allclose(
            pictures[:, y, x], np.clip(0.5 * small[:, y // 8, x // 8] + 0.5, 0, 1), atol=1e-6)
    assert gan.discriminate(images).shape == (8,)


def test_real_pictures_become_small_by_averages(rng):
    gan, images = DCGAN(grow_at=(5,), **{**COARSE, "img_shape": (32, 48, 3)}), \
        random_images(rng, 2, (32, 48, 3))
    small = ops.convert_to_numpy(gan.prepare(images))
    means = images.reshape(2, 16, 2, 24, 2, 3).mean((2, 4)) / 127.5 - 1
    np.testing.assert_allclose(small, means, atol=1e-6)


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_where_alpha_is_0_a_new_size_changes_nothing(player, rng):
    gan, images = progan(), random_images(rng, 4, SHAPE)
    network = getattr(gan, player)
    given = {"generator": rng.normal(size=(4, 4)),
             "discriminator": images / np.float32(127.5) - 1}[player]
    growing, = (layer for layer in gan.growing if layer in network._flatten_layers())
    growing.grow(1, alpha=1.0)
    before = ops.convert_to_numpy(network(given))
    growing.grow(2, alpha=0.0)
    after = ops.convert_to_numpy(network(given))
    if player == "generator":
        before = before.repeat(2, 1).repeat(2, 2)[:, :9, :11]
    np.testing.assert_allclose(after, before, atol=1e-5)
    growing.grow(2, alpha=0.5)
    assert np.abs(ops.convert_to_numpy(network(given)) - before).max() > 1e-3


@pytest.mark.parametrize("make", [progan, lambda: DCGAN(grow_at=(4,), fade=2, **COARSE)])
def test_only_what_works_at_a_size_moves_and_optimizers_begin_anew_with_it(make, rng):
    gan, images = make(), random_images(rng, 8, SHAPE)
    asleep = {v.path for network in gan.players.values() for v in network.weights
              if v.path not in {w.path for w in network.trainable_weights}}
    before = [values(network) for network in gan.players.values()]
    for _ in range(4):
        gan.train_on_batch(images)
    after = [values(network) for network in gan.players.values()]
    still = {path for one, other in zip(before, after) for path in one
             if np.array_equal(one[path], other[path])}
    assert still == asleep and any("kernel" in path for path in still)
    steps = {name: int(optimizer.iterations) for name, optimizer in gan.optimizers.items()}
    gan.train_on_batch(images)
    again = {name: int(optimizer.iterations) for name, optimizer in gan.optimizers.items()}
    assert {name: 4 * n for name, n in again.items()} == steps
    awake = [values(network) for network in gan.players.values()]
    moved = {path for one, other in zip(after, awake) for path in one
             if not np.array_equal(one[path], other[path])}
    assert moved & asleep


def test_a_run_goes_on_in_the_middle_of_blending_as_if_it_had_never_stopped(rng, tmp_path):
    images = random_images(rng, 24, SHAPE)
    how = {"batch_size": 4, "checkpoint_interval": 5, "sample_interval": 5}
    eager = {"turns_at_size": 8, "run_eagerly": True}
    whole = progan(**eager)
    history = whole.train(images, steps=13, **how)
    progan(**eager).train(images, steps=10, run_dir=tmp_path / "run", **how)
    gan = progan(**eager)
    assert gan.train(images, steps=13, run_dir=tmp_path / "run", resume=True, **how) == history
    for one, other in zip(whole.generator.weights, gan.generator.weights):
        np.testing.assert_array_equal(one, other)
    loaded = ProGAN.load(tmp_path / "run")
    assert loaded.stage == gan.stage == 1 and 0 < float(loaded.growing[0].alpha) == \
        float(gan.growing[0].alpha) == 1
    np.testing.assert_array_equal(loaded.generate(2, seed=1), gan.generate(2, seed=1))
    assert loaded.check_freeze().ok
    # One film: all its sheets are of one size
    sheets = {path.name: keras.utils.load_img(path).size
              for path in (tmp_path / "run" / "samples").glob("step_*.png")}
    assert len(sheets) == 4 and len(set(sheets.values())) == 1


def test_a_conditional_gan_grows_too(rng):
    gan = CGAN(num_classes=3, grow_at=(2,), conditioning="projection", **COARSE)
    images, labels = random_images(rng, 12, SHAPE), rng.integers(3, size=12)
    history = gan.train(images, labels=labels, steps=4, batch_size=4)
    assert len(history["step"]) == 4 and gan.stage == 1


def test_rates_come_to_rest_at_each_size():
    gan = DCGAN(grow_at=(10, 10), rest_at=30, learning_rate=1e-3, joint_step=True,
                **{**COARSE, "img_shape": (40, 50, 3)})
    shares = (1, 1, 1, 1, 1, .8333, .6667, .5, .3333, .1667)      # of ten turns
    long = [min(1, max(0.05, (20 - turn) / 12)) for turn in range(25)]
    for turns, expected in ((0, shares), (11, long)):
        gan.turns = turns
        for player, updates in (("generator", 1), ("discriminator", 2)):
            rate = gan.learning_rate_of(player)
            got = [float(rate(updates * step)) for step in range(len(expected))]
            np.testing.assert_allclose(got, 1e-3 * np.array(expected), rtol=1e-3)
    assert "k" not in gan.read_anew and "k" in DCGAN(**COARSE).read_anew


def test_a_training_that_ends_too_early_is_remarked_on():
    gan = DCGAN(recipe="coarse_to_fine", img_shape=(32, 32, 1), base_channels=1)
    assert gan.remarks() == gan.remarks(5650) == []
    remark, = gan.remarks(500)
    assert "32 x 32 are learned from step 801 on, and training ends at step 500" in remark
    assert "rest_at=500" in remark


@pytest.mark.parametrize("shape, rest_at, turns", [
    ((128, 160, 3), 5650, (800, 5400, 5400)), ((64, 64, 3), 1000, (142, 956)),
    ((28, 28, 1), 1000, (142,)), ((16, 16, 1), 1000, ()), ((64, 64, 1), 2, (1, 1))])
def test_shares_become_turns_and_small_pictures_take_the_first(shape, rest_at, turns):
    gan = DCGAN(recipe="coarse_to_fine", img_shape=shape, rest_at=rest_at, base_channels=1)
    assert gan.grow_at == turns and gan.rest_at == rest_at
    assert DCGAN(recipe="coarse_to_fine", networks="keras_gan", img_shape=shape,
                 base_channels=1).grow_at == ()


@pytest.mark.parametrize("wrong, said", [
    ({"grow_at": (5,), "rest_at": 5}, "rest_at must be None, or a whole number of turns, at "
                                      "least 6"),
    ({"grow_at": (0.5,)}, "rest_at must be a whole number of turns, at least 2, where grow_at"),
    ({"grow_at": (0.5, 7), "rest_at": 10}, "whole numbers of turns"),
    ({"rest_at": 5, "half_life": 5}, "half_life must be None with rest_at (a recipe's"),
    ({"grow_at": (5,), "networks": "keras_gan"}, "can't grow"),
    ({"grow_at": (5, 3)}, "at least 1 and rising. Received: grow_at=(5, 3)"),
    ({"grow_at": (0,)}, "at least 1"), ({"grow_at": 7}, "whole numbers of turns"),
    ({"grow_at": (5, 6)}, "at most 1 numbers for pictures of 17x22"),
    ({"grow_at": (5,), "fade": -1}, "fade must be a whole number of at least 0")])
def test_numbers_that_make_no_sense_are_refused(wrong, said):
    with pytest.raises(ValueError) as error:
        DCGAN(**{**COARSE, **wrong})
    assert said in str(error.value)
