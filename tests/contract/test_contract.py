"""What every model of the house keeps, whatever its paper is: small, call by call, in
seconds.

Each paper in `keras_gan.papers.PAPERS` is in here by being there. What takes
compilation, other processes or learning is in test_slow.py.
"""
import csv
import functools
import json
import random

import cv2
import keras
import numpy as np
import pytest
from PIL import Image

from data_loaders.batches import SAMPLES, SHUFFLE, Unpaired
from keras_gan.base import NoiseGame
from keras_gan.players.freeze import move, put_back, what_each_call_is_given
from tests.games import GAMES, for_train, random_data, values


def state_of(game):
    """The values of all that has a state, by part."""
    return {name: [keras.ops.convert_to_numpy(v) for v in part.variables]
            for name, part in game.parts.items()}


def assert_same(one, other):
    keras.tree.map_structure(np.testing.assert_array_equal, one, other)


def made_by(game, rng_seed=3):
    """What the model shows people: of seeded noise, or of seeded pictures."""
    if isinstance(game, NoiseGame):
        return game.generate(5, seed=rng_seed)
    pictures = random_data(np.random.default_rng(rng_seed), 5, game)[0]
    return np.concatenate([game.translate(pictures, to) for to in game.translators])


@functools.cache
def built(make_game):
    """A game for tests that leave it as it is: to build one takes longer than they
    do."""
    return make_game(run_eagerly=True)


# --- who moves ------------------------------------------------------------------------

def test_each_model_moves_the_networks_that_it_names_and_no_other(make_game, rng):
    game = make_game(run_eagerly=True)
    assert set(game.players) == {name for names in game.trains.values() for name in names}
    for name, model in game.trainers.items():
        trained = [w for network in game.trains[name]
                   for w in game.players[network].trainable_weights]
        # In the order of their layers: of two networks neither need be first
        assert sorted(id(v) for v in model.trainable_weights) == sorted(map(id, trained)), name
    moved = set()
    for batch_size in (5, 2):
        given = what_each_call_is_given(game, batch_size, rng)
        for name, model in game.trainers.items():
            before = {player: values(network) for player, network in game.players.items()}
            move(model, *given[f"{name}.train_on_batch"])
            changed = {player: {path for path, value in values(network).items()
                                if not np.array_equal(value, before[player][path])}
                       for player, network in game.players.items()}
            assert {player for player, paths in changed.items() if paths} == set(game.trains[name])
            moved |= {(player, path) for player, paths in changed.items() for path in paths}
    assert moved >= {(player, v.path) for player, network in game.players.items()
                     for v in network.trainable_weights}


def test_check_freeze_says_so_and_puts_everything_back(make_game, rng):
    game = make_game(run_eagerly=True)
    data = random_data(rng, 5 * game.k * game.packing, game)
    variables = [v for part in game.parts.values() for v in part.variables]

    def play_a_turn():
        with put_back(variables):
            return game.train_on_batch(*data), made_by(game), state_of(game)

    logs, *before = play_a_turn()
    game.turns = 0                       # the next one draws the same, if nothing else is played
    report = game.check_freeze(batch_sizes=(3,))
    assert report.ok and "OK" in str(report), str(report)
    assert all(f"call by call, batch of 3: {name}.train_on_batch moved" in str(report)
               for name in game.trainers)
    again, *after = play_a_turn()
    assert again == logs                 # they aren't if the turn before is not undone
    assert_same(after, before)


# --- a turn ---------------------------------------------------------------------------

def batches_of_two_turns(game, data, batch_size):
    """What the first two turns of `train` are played with, if one is an epoch."""
    if not for_train(game, data):                       # a model that makes its own
        return [(game.sample_data(batch_size * game.k, np.random.default_rng([0, SAMPLES, i])),)
                for i in (0, 1)]
    if "images" not in game.takes:
        domains = Unpaired(data, batch_size * game.k)
        return [domains[0], domains[1]]
    orders = [np.random.default_rng([0, SHUFFLE, epoch]).permutation(len(data[0]))
              for epoch in (0, 1)]
    return [tuple(part[order] for part in data) for order in orders]


def test_train_plays_the_turns_of_train_on_batch(make_game, rng):
    by_hand, trained = make_game(run_eagerly=True), make_game(run_eagerly=True)
    data = random_data(rng, 8 * by_hand.k, by_hand)
    for game in (by_hand, trained):
        if "units" in game.keeps:                       # by hand, the first turn's samples set them
            game.units.fit(data[0])
    turns = batches_of_two_turns(by_hand, data, 8)
    logs = [by_hand.train_on_batch(*turn) for turn in turns]
    history = trained.train(**for_train(trained, data), steps=2, batch_size=8)
    assert [dict(zip(history, row)) for row in zip(*history.values())] == [
        {"step": i + 1, **said} for i, said in enumerate(logs)]
    assert tuple(logs[0]) == by_hand.logs               # what the paper declares
    assert all(type(value) in (float, np.float32) for value in logs[0].values()), logs[0]
    assert {"d_loss", "g_loss"} <= set(logs[0])
    assert_same(state_of(trained), state_of(by_hand))


def test_the_users_own_random_numbers_are_left_alone(make_game):
    random.seed(7)
    np.random.seed(7)
    expected = random.random(), np.random.random()
    random.seed(7)
    np.random.seed(7)
    made_by(make_game())
    assert (random.random(), np.random.random()) == expected


def test_seeds_decide(make_game):
    one, same, another = built(make_game), make_game(seed=0), make_game(seed=1)
    assert_same(state_of(one), state_of(same))
    assert_same(one.random_numbers(2), same.random_numbers(2))
    assert not np.array_equal(made_by(one), made_by(another))
    if one.draws:
        drawn, others = one.random_numbers(2), another.random_numbers(2)
        assert all(not np.array_equal(drawn[name], others[name]) for name in drawn)


# --- what comes out -------------------------------------------------------------------

def test_what_is_made_is_what_is_promised(make_game, monkeypatch):
    game = built(make_game)
    samples = made_by(game)
    assert samples.shape[1:] == game.img_shape and samples.dtype == np.float32
    assert samples.std(axis=0).max() > 0
    if game.makes_pictures:
        assert 0.0 <= samples.min() < samples.max() <= 1.0
    np.testing.assert_array_equal(samples, made_by(game))
    assert not np.array_equal(samples, made_by(game, 2))
    if isinstance(game, NoiseGame):
        many = game.generate(53, seed=1)
        monkeypatch.setattr("keras_gan.base.generating.VALUES_AT_ONCE", 1)      # 50 at once
        np.testing.assert_allclose(game.generate(53, seed=1), many, atol=1e-5)
        with pytest.raises(ValueError, match="n must be a whole number of at least 1. .*n=0"):
            game.generate(0)


def test_what_is_loaded_is_what_was_saved_and_goes_on_the_same(make_game, rng, tmp_path):
    game = make_game(run_eagerly=True)
    data = random_data(rng, 4 * game.k, game)
    game.train_on_batch(*data)
    game.save(tmp_path / "model")
    again = type(game).load(tmp_path / "model")
    assert_same(state_of(again), state_of(game))
    assert again.get_config() == game.get_config()
    assert_same(made_by(again), made_by(game))
    assert [game.train_on_batch(*data) for _ in range(2)] == [
        again.train_on_batch(*data) for _ in range(2)]
    assert_same(state_of(again), state_of(game))
    files = [*(f"{name}.weights.h5" for name in (*game.players, *game.averages)),
             *(f"{name}_optimizer.npz" for name in game.optimizers),
             *(f"{name}.npz" for name in game.keeps)]
    assert sorted(p.name for p in (tmp_path / "model").iterdir()) == sorted(
        ["SHA256SUMS", "config.json", *files])
    game.save(tmp_path / "model")                       # a saved model may be replaced ...
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"precious")
    with pytest.raises(FileExistsError, match="not a saved model"):
        game.save(tmp_path / "photos")                  # ... anything else may not
    assert (tmp_path / "photos" / "a.jpg").read_bytes() == b"precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model", "photos"]


@pytest.mark.filterwarnings("error::UserWarning")
def test_each_network_is_a_keras_file_of_its_own_too(make_game, rng, tmp_path):
    game = built(make_game)
    combined = [model for name, model in game.trainers.items() if name.startswith("combined")]
    # A file says the shapes between its networks, and those of one that grows change
    growing = getattr(game, "doublings", 0) > 0
    for network in (*game.players.values(), *(combined * (not growing))):
        network.save(tmp_path / "network.keras")
        given = [rng.integers(0, 2, (4, *x.shape[1:])).astype(x.dtype) for x in network.inputs]
        given = given if len(given) > 1 else given[0]
        again = keras.saving.load_model(tmp_path / "network.keras")
        assert_same(again(given), network(given))
        assert not again.compiled


# --- a run ----------------------------------------------------------------------------

def test_a_run_directory_holds_everything_of_a_run(make_game, rng, tmp_path):
    game = make_game(run_eagerly=True)
    data = for_train(game, random_data(rng, 30 * game.k, game))
    run = tmp_path / "run"
    history = game.train(**data, steps=3, batch_size=8, run_dir=run, sample_interval=2,
                         checkpoint_interval=2, keep_last=1)
    inside = sorted(p.relative_to(run).as_posix() for p in run.rglob("*")
                    if p.parent.name != "model" and not p.parent.name.startswith("step_"))
    assert inside == [
        ".lock", "checkpoints", "checkpoints/step_000003", "config.json", "film.gif",
        "history.csv", "losses.png", "model", "samples", "samples/real_vs_generated.png",
        "samples/step_000000.png", "samples/step_000002.png", "samples/step_000003.png"]
    with (run / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(history) and history["step"] == [1, 2, 3]
    assert {name: [float(row[name]) for row in rows] for name in history} == history
    config = json.loads((run / "config.json").read_text())
    assert config["format"] == 2 and config["model"] == type(game).__name__
    assert config["training"]["batch_size"] == 8
    assert config["parameters"] == json.loads(json.dumps(game.get_config()))
    assert_same(made_by(type(game).load(run / "model")), made_by(game))
    with Image.open(run / "film.gif") as film:
        assert film.n_frames == 3
    sheet = cv2.imread(str(run / "samples" / "step_000003.png"))
    if game.makes_pictures and isinstance(game, NoiseGame):
        h, w = game.img_shape[:2]
        columns = game.num_classes or 5                            # a class a column
        by = -(-24 // max(h, w))              # tiny pictures are enlarged by a whole factor
        assert sheet.shape == (5 * h * by + 4 * 2, columns * w * by + (columns - 1) * 2, 3)
        first = np.round(game.generate(5, seed=game.seed)[0] * 255)        # always the same noise
        shown = sheet[:by * h:by, :by * w:by, ::-1]
        np.testing.assert_array_equal(shown, np.broadcast_to(first, (h, w, 3)))


# --- what goes in ---------------------------------------------------------------------

def test_data_that_do_not_fit_are_refused_in_words(make_game, rng):
    game = built(make_game)
    samples, *others = random_data(rng, 4 * game.k, game)
    wrong = [samples.astype("float32")[..., None], np.full(samples.shape, np.nan, "float32"),
             samples[:0]]
    if game.makes_pictures:
        wrong += [samples.astype("int64"), samples.astype("float32"), samples[:, :, :-1]]
    for given in wrong:
        with pytest.raises(ValueError, match=r"must .*Received"):
            game.train_on_batch(given, *others)
    if game.k * game.packing > 1:
        with pytest.raises(ValueError, match=r"takes k batches of one size.*Received"):
            game.train_on_batch(*random_data(rng, game.k * game.packing + 1, game))


def test_random_numbers_that_do_not_fit_are_refused_in_words(make_game, rng):
    game = built(make_game)
    data = random_data(rng, 4 * game.k, game)
    right = game.random_numbers(4 * game.k)
    wrong = [{**right, "colour": data[0]}, [right]]
    wrong += [{**right, name: array[:1]} for name, array in right.items()]
    wrong += [{n: a for n, a in right.items() if n != name} for name in right]
    for given in wrong:
        with pytest.raises(ValueError, match=r"must be a dict of arrays .*Received"):
            game.train_on_batch(*data, given)


def test_arguments_that_make_no_sense_are_refused_in_words(make_game):
    names = make_game.model.option_names()
    for name, value in {"latent_dim": 0, "learning_rate": -1.0, "seed": 0.5, "k": 0, "half_life": 0,
                        "run_eagerly": 1, "jit_compile": "on", "img_shape": (0, 8, 1)}.items():
        if name in names:
            with pytest.raises(ValueError, match=f"{name} must be .*Received: {name}="):
                make_game(**{name: value})
    with pytest.raises(TypeError, match="momentum"):
        make_game(momentum=0.9)


def test_every_argument_has_a_text_and_a_checked_type():
    from keras_gan.command.train import NO_FLAG, texts_of
    for make in GAMES.values():
        model = make.model
        texts = {name: text for part in reversed(model.__mro__[:-1])           # not `object`
                 for name, text in texts_of(part).items()}
        assert [name for name in model.option_names()
                if not texts.get(name) and name not in NO_FLAG] == [], model.__name__
