"""What every model of the house keeps, where it takes compilation, processes or
learning.

One paper of each kind is tried on every push (`tests.games.OF_EACH_KIND`), all of them
with `pytest -m slow`.
"""
import hashlib
import multiprocessing
import shutil

import keras
import numpy as np
import pytest

from benchmarks.kills import PROCESSES
from tests.contract.test_contract import assert_same, built, made_by, state_of
from tests.games import GAMES, OF_MOST_PARTS, for_train, random_data, random_images

SLOW = True                   # read by tests/conftest.py


def weights_of(game):
    """The values of all weights of the networks and averages."""
    networks = (*game.players.values(), *game.averages.values())
    return [keras.ops.convert_to_numpy(v) for network in networks for v in network.weights]


def rest(game):
    """Whether each weight rests in this stage of a game that grows, as `weights_of`."""
    networks = (*game.players.values(), *game.averages.values())
    return [getattr(game, "doublings", 0) > 0 and all(v is not w for w in network.trainable_weights)
            for network in networks for v in network.weights]


def play(game, turns, data):
    """The weights of a game after some turns of `train`."""
    game.train(**for_train(game, data), steps=turns, batch_size=8)
    return weights_of(game)


def play_call_by_call(game, turns, data):
    """The weights of a game after these numbers of turns of `train_on_batch`.

    It is called as people call it: in Keras's own graphs of its steps.
    """
    weights = {}

    def play_a_turn(*batch):
        logs = game.train_on_batch(*batch)
        if game.turns in turns:
            weights[game.turns] = weights_of(game)
        return logs

    game.compiled_turn = lambda: play_a_turn
    game.train(**for_train(game, data), steps=max(turns), batch_size=8)
    return [weights[turn] for turn in turns]


def test_eager_turns_and_compiled_turns_are_the_turns_call_by_call(make_game, float64, rng):
    call_by_call, eager, compiled = make_game(), make_game(run_eagerly=True), make_game()
    data = random_data(rng, 8 * compiled.k, compiled)
    after_2, after_8 = play_call_by_call(call_by_call, (2, 8), data)
    ours = play(eager, 2, data) + play(compiled, 8, data)
    for one, other in zip(after_2 + after_8, ours, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6, rtol=0)


def test_a_compiled_turn_moves_the_kernels_as_call_by_call(make_game, rng):
    by_hand, compiled = make_game(run_eagerly=True), make_game()
    data = random_data(rng, 8 * by_hand.k, by_hand)
    before = weights_of(compiled)
    moved = zip(play(compiled, 1, data), play(by_hand, 1, data), before, rest(compiled),
                strict=True)
    turn = compiled.kept[1]
    assert compiled.compiled_turn() is turn      # a second `train` doesn't compile
    for one, other, initial, rests in moved:
        if one.ndim > 1:                        # kernels
            np.testing.assert_allclose(one, other, atol=3e-4, rtol=0)
            # Before zeros a kernel gets no gradient yet (R3GAN). And an average of
            # equal numbers is rounded
            if rests or np.array_equal(other, initial):
                np.testing.assert_allclose(one, initial, atol=1e-6, rtol=0)
            else:
                assert not np.array_equal(one, initial)      # by as little as a learning rate


# Of each kind it is proven above that compiled turns move what those call by call move,
# and in test_contract.py that these move the right networks
@pytest.mark.on_push(("gan-points",))
def test_check_freeze_holds_compiled(make_game):
    report = make_game().check_freeze(batch_sizes=(4,))
    assert report.ok and "compiled, batch of 4: train_on_batch moved" in str(report), str(report)


def leg(make_game, folder, resume):
    """Play five compiled turns, or resume them after the third; what came out, as a
    digest."""
    game = make_game(**make_game.falls(5))
    data = for_train(game, random_data(np.random.default_rng(0), 30 * game.k, game))
    flip = {"flip": True} if data and game.makes_pictures else {}
    # Pictures are written in the one and not in the other: that must make no difference
    history = game.train(**data, steps=5, batch_size=8,
                         run_dir=folder, checkpoint_interval=3,
                         sample_interval=500 if resume else 2, resume=resume, **flip)
    digest = hashlib.sha256(repr(history).encode() + made_by(game).tobytes())
    for values in state_of(game).values():
        for value in values:
            digest.update(value.tobytes())
    return digest.hexdigest()


def leg_there(name, folder, said):
    """A leg in another process, where hashes of text have another seed."""
    said.send((hash("a string"), leg(GAMES[name], folder, True)))


@pytest.mark.on_push(OF_MOST_PARTS)
def test_n_and_m_steps_in_another_process_are_n_plus_m_steps(make_game, request, tmp_path):
    name = request.node.callspec.id
    here = leg(make_game, tmp_path / "run", False)
    shutil.rmtree(tmp_path / "run" / "checkpoints" / "step_000005")
    receive, send = multiprocessing.Pipe(False)
    process = PROCESSES.Process(target=leg_there, args=(name, tmp_path / "run", send))
    process.start()
    assert receive.poll(300), "the other process says nothing"
    hash_there, there = receive.recv()
    process.join()
    assert hash_there != hash("a string") and there == here


def test_a_run_that_is_resumed_ends_in_the_same_numbers(make_game, rng, tmp_path):
    games = [make_game(**make_game.falls(3), run_eagerly=True) for _ in range(3)]
    whole, first, second = games
    data = for_train(whole, random_data(rng, 30 * whole.k, whole))
    how = {"batch_size": 8, "checkpoint_interval": 2}
    if data and whole.makes_pictures:
        how["flip"] = True
    history = whole.train(**data, steps=3, run_dir=tmp_path / "whole", sample_interval=2, **how)
    # Pictures are written in the one and not in the other: that must make no difference
    first.train(**data, steps=2, run_dir=tmp_path / "parts", sample_interval=500, **how)
    resumed = second.train(**data, steps=3, run_dir=tmp_path / "parts", sample_interval=500,
                           resume=True, **how)
    assert resumed == history and list(history) == ["step", *whole.logs]
    assert_same(state_of(second), state_of(whole))
    assert_same(made_by(second), made_by(whole))
    if getattr(whole, "grow_at", ()):           # rates begin anew with each size
        return
    # 3 turns, in which the learning rates fall by half
    beginning = [float(optimizer.learning_rate)
                 for optimizer in built(make_game).optimizers.values()]
    assert [float(optimizer.learning_rate) for optimizer in whole.optimizers.values()] == \
        pytest.approx([rate / 2 for rate in beginning])


def test_image_data_format_of_keras_json_changes_nothing(make_game):
    expected = None
    for now in ("channels_last", "channels_first"):
        keras.config.set_image_data_format(now)
        try:
            game = make_game(run_eagerly=True)
            weights = [v for player in game.players.values() for v in player.weights]
            if all(len(v.shape) not in (3, 4) for v in weights):
                return                                  # nothing convolutional in it
            data = random_data(np.random.default_rng(0), 4 * game.k * game.packing, game)
            seen = game.train_on_batch(*data), made_by(game), state_of(game)
            assert keras.config.image_data_format() == now
        finally:
            keras.config.set_image_data_format("channels_last")
        if expected is not None:
            assert seen[0] == expected[0]
            assert_same(seen[1:], expected[1:])
        expected = seen


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_it_plays_in_half_precision(make_game, policy, request, rng, tmp_path):
    keras.config.set_dtype_policy(policy)
    try:
        # TensorFlow 2.21, in bfloat16: the gradient to a kernel of 3x3 at feature maps
        # of 1x1 is partly memory that nobody has written to, now and then NaN
        name = request.node.callspec.id.removesuffix(f"-{policy}").removeprefix(f"{policy}-")
        larger = {"dcgan": (32, 32, 3), "dcgan-signals": (64, 3)}.get(name)
        game = make_game(run_eagerly=True, **({"img_shape": larger} if larger else {}))
        data = random_data(rng, 4 * game.k * game.packing, game)
        logs = game.train_on_batch(*data)
        assert all(type(v) in (float, np.float32) and np.isfinite(v) for v in logs.values()), logs
        made = made_by(game)
        assert made.dtype == np.float32 and np.isfinite(made).all()
        assert {v.dtype for player in game.players.values() for v in player.weights} <= {
            "float32", "int32"}
        if policy == "mixed_float16":                   # where losses are scaled
            game.save(tmp_path / "model")
            assert_same(state_of(type(game).load(tmp_path / "model")), state_of(game))
    finally:
        keras.config.set_dtype_policy("float32")


# What helps a small model to learn in seconds: the classic DCGAN takes longer, and
# least squares begin slowly
HELP = {"dcgan": {"recipe": "laptop", "base_channels": 4, "learning_rate": 2e-3},
        "lsgan": {"fakes_in_training_mode": True},
        "lapgan": {"learning_rate": 3e-3},
        "progan": {"turns_at_size": 40, "learning_rate": 5e-3},
        # Its generator is linear at first, without a bias: its mean picture is grey
        "r3gan": {"base_channels": 8, "learning_rate": 3e-3, "ema_momentum": 0.9},
        "gaussian_gan": {"learning_rate": 1e-2},
        "biggan": {"loss": "non_saturating", "discriminator_norm": "none", "r1_gamma": 1.0,
                   "learning_rate": 2e-3, "generator_learning_rate": 2e-3}}
STEPS = {"r3gan": 100, "lsgan": 300, "dcgan": 75, "wgan": 120, "wgan_gp": 60}


def test_a_noise_game_learns_something(make_noise_game, request, rng):
    name = request.node.callspec.id
    game = make_noise_game(**{"learning_rate": 1e-3, **HELP.get(name, {})})
    if game.makes_pictures:     # red at the left, blue at the right: brightness alone won't do
        images = random_images(rng, 64 * game.k, game.img_shape) // 8
        images[:, :, :6, 0] += 200
        images[:, :, 6:, 2] += 200
        data, goal = (images,), images.mean(axis=0) / 255
        if game.num_classes:
            data = images, rng.integers(game.num_classes, size=len(images))
    else:
        data, goal = (), np.array([game.mu])
    before = np.abs(game.generate(64, seed=1).mean(axis=0) - goal).mean()
    game.train(**for_train(game, data), steps=STEPS.get(name, 200), batch_size=16)
    # How far the mean sample is from the mean of the data, as a share of what it was:
    # with three seeds .59, .63, .26 for LSGAN, at most .5 for all others
    left = np.abs(game.generate(64, seed=1).mean(axis=0) - goal).mean() / before
    assert left < 0.75, (f"{name}: {left:.2f} of the distance is left. A paper that begins slowly "
                         "gets a line in HELP or STEPS, measured with three seeds")
