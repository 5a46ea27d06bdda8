"""Batches: each picture once an epoch, the same for every number of threads."""
import itertools

import h5py
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from data_loaders.batches import FLIP, SAMPLES, SHUFFLE, Batches, Stream, Unpaired, rows


def numbered(n, width=2):
    """n pictures (1, width, 1); picture i has the pixels i, i + 100, ..."""
    pixels = np.arange(n)[:, None] + 100 * np.arange(width)
    return pixels[:, None, :, None].astype(np.uint8)


def numbers(pictures):
    """The numbers of `numbered` pictures, mirrored or not."""
    return pictures.min(axis=(1, 2, 3)).tolist()


def mirrored(pictures):
    """Which of the `numbered` pictures are mirrored."""
    return (pictures[:, 0, 0, 0] >= 100).tolist()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 3))
def test_an_epoch_shows_no_picture_twice_and_leaves_out_less_than_a_batch(n, batch_size, seed):
    if batch_size > n:
        with pytest.raises(ValueError, match=f"A batch of {batch_size} can't be drawn from {n} im"):
            Batches(numbered(n), batch_size=batch_size)
        return
    batches = Batches(numbered(n), np.arange(n), batch_size, seed)
    for epoch in range(2):
        seen = [batches[epoch * len(batches) + i] for i in range(len(batches))]
        labels = np.concatenate([labels for _, labels in seen])
        assert len(labels) == len(set(labels)) > n - batch_size
        for images, labels in seen:
            assert images.shape == (batch_size, 1, 2, 1)
            np.testing.assert_array_equal(images[:, 0, 0, 0], labels)   # pictures keep their labels


def test_epochs_and_seeds_have_orders_of_their_own():
    def epoch(seed, number):
        batches = Batches(numbered(60), batch_size=10, seed=seed)
        seen = np.concatenate([batches[6 * number + i][0] for i in range(6)])
        return seen[:, 0, 0, 0].tolist()

    assert epoch(0, 0) == epoch(0, 0)
    of_each = [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert len({tuple(epoch(seed, number)) for seed, number in of_each}) == 4


@pytest.mark.parametrize("make", [
    lambda: Batches(numbered(64), batch_size=4, seed=3, flip=True),
    lambda: Unpaired([numbered(64), numbered(27)], batch_size=4, seed=3, flip=True),
], ids=["Batches", "Unpaired"])
def test_any_number_of_workers_makes_the_same_batches(make):
    batches = make()
    one, four = (list(itertools.islice(batches.from_batch(5, workers), 40)) for workers in (1, 4))
    np.testing.assert_array_equal(one, four)
    np.testing.assert_array_equal(one, [batches[5 + i] for i in range(40)])


def test_workers_never_repeat_one_anothers_flips():
    batches = Batches(numbered(64), batch_size=32, seed=3, flip=True)
    flips = [tuple(mirrored(images))
             for images, in itertools.islice(batches.from_batch(0, workers=4), 40)]
    assert len(set(flips)) == 40                             # of 2^32 patterns no two are alike
    assert np.mean(flips) == pytest.approx(0.5, abs=0.06)    # sd .014


def test_a_flip_mirrors_the_width_and_nothing_else():
    images = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    seen = np.concatenate([Batches(images, batch_size=2, seed=s, flip=True)[0][0]
                           for s in range(8)])
    allowed = [images[0], images[1], images[0, :, ::-1], images[1, :, ::-1]]
    found = {next(i for i, a in enumerate(allowed) if np.array_equal(a, picture))
             for picture in seen}
    assert found == {0, 1, 2, 3}
    expected = np.arange(72).reshape(2, 3, 4, 3)             # the data themselves stay as they are
    np.testing.assert_array_equal(images, expected)


def test_there_is_a_label_for_each_picture():
    with pytest.raises(ValueError, match="3 labels, 4 images"):
        Batches(numbered(4), np.arange(3), 2)


@pytest.mark.parametrize("seed", [7, 2 ** 40])
def test_runs_that_were_begun_before_go_on_with_the_same_batches(seed):
    images = numbered(50)
    batches = Batches(images, batch_size=8, seed=seed, flip=True)
    for i in range(20):                                      # 6 batches in an epoch
        order = np.random.default_rng([seed, SHUFFLE, i // 6]).permutation(50)
        expected = images[order[i % 6 * 8:i % 6 * 8 + 8]]
        flip = np.random.default_rng([seed, FLIP, i]).random(8) < 0.5
        expected[flip] = expected[flip, :, ::-1]
        np.testing.assert_array_equal(batches[i][0], expected)
    assert (SHUFFLE, FLIP, SAMPLES) == (1, 2, 4)


def test_an_array_in_a_file_gives_rows_in_any_order_and_more_than_once(tmp_path):
    images = numbered(9)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        stored = file.create_dataset("images", data=images)
        for chosen in ([3, 1, 7], [5, 5, 0, 5], [8]):
            np.testing.assert_array_equal(rows(stored, np.array(chosen)), images[chosen])


# --- classes of unequal size ----------------------------------------------------------

@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(1, 9), st.integers(0, 3))
def test_balanced_batches_show_each_class_equally_often_and_its_pictures_in_turn(
        sizes, batch_size, seed):
    classes = np.random.default_rng(0).permutation(np.repeat(np.arange(len(sizes)) * 3, sizes))
    batch_size = min(batch_size, len(classes))
    batches = Batches(numbered(len(classes)), classes, batch_size, seed, balanced=classes)
    # So many batches are whole rounds, in each of which every class comes once
    seen = [batches[i] for i in range(5 * len(sizes))]
    labels = np.concatenate([labels for _, labels in seen])
    pictures = np.concatenate([images[:, 0, 0, 0] for images, _ in seen])
    np.testing.assert_array_equal(classes[pictures], labels)
    rounds = labels.reshape(-1, len(sizes))
    assert (np.sort(rounds, axis=1) == np.arange(len(sizes)) * 3).all()
    for number, size in enumerate(sizes):
        of_class = pictures[labels == number * 3]
        for start in range(0, len(of_class) - size + 1, size):            # an epoch of the class
            assert len(set(of_class[start:start + size])) == size


def test_balanced_batches_follow_from_their_number_alone():
    classes = np.repeat([0, 1, 2], [40, 15, 9])
    first, again, other = (Batches(numbered(64), classes, 8, seed, True, balanced=classes)
                           for seed in (3, 3, 4))
    of_threads = list(itertools.islice(first.from_batch(5, workers=4), 40))
    for i, batch in enumerate(of_threads):
        for one, two in zip(batch, again[5 + i]):
            np.testing.assert_array_equal(one, two)
    assert not np.array_equal(first[0][0], other[0][0])
    orders = [tuple(numbers(first[8 * i + j][0] % 100) for j in range(8)) for i in range(3)]
    assert orders[0] != orders[1] != orders[2]
    with pytest.raises(ValueError, match="3 labels, 64 images"):
        Batches(numbered(64), None, 4, balanced=classes[:3])


# --- several arrays that don't belong together ----------------------------------------

@settings(max_examples=30, deadline=None)
@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 8), st.integers(0, 3))
def test_each_domain_has_epochs_of_its_own_length(n_a, n_b, batch_size, seed):
    batch_size = min(batch_size, n_a, n_b)
    batches = Unpaired([numbered(n_a), numbered(n_b)], batch_size, seed, flip=True)
    assert len(batches) == max(n_a, n_b) // batch_size
    for domain, n in enumerate((n_a, n_b)):
        in_epoch = n // batch_size
        for epoch in range(3):
            seen = [number for i in range(in_epoch)
                    for number in numbers(batches[epoch * in_epoch + i][domain])]
            assert len(seen) == len(set(seen)) == in_epoch * batch_size


def test_the_first_domain_is_drawn_as_if_it_were_alone():
    alone = Batches(numbered(40), batch_size=8, seed=3, flip=True)
    batches = Unpaired([numbered(40), numbered(17)], batch_size=8, seed=3, flip=True)
    first = [batches[i][0] for i in range(20)]
    np.testing.assert_array_equal(first, [alone[i][0] for i in range(20)])


def test_one_array_twice_gives_two_orders_and_two_sets_of_flips():
    images = numbered(64)
    batches = Unpaired([images, images], batch_size=32, seed=3, flip=True)
    a, b = map(np.concatenate, zip(*(batches[i] for i in range(20)), strict=True))
    # Two independent orders of 64 pictures agree at 1 of 64 places: of 640, at 10, sd 3
    assert np.mean(np.array(numbers(a)) == numbers(b)) < 0.04
    # Two independent coins agree at half of the places: sd .02
    assert np.mean(np.array(mirrored(a)) == mirrored(b)) == pytest.approx(0.5, abs=0.08)
    np.testing.assert_array_equal(images, numbered(64))      # the data themselves stay as they are


def test_domains_of_other_shapes_and_errors_in_words():
    three = Unpaired([numbered(9), numbered(8, width=3), numbered(7)], batch_size=4)[1]
    assert [images.shape for images in three] == [(4, 1, 2, 1), (4, 1, 3, 1), (4, 1, 2, 1)]
    with pytest.raises(ValueError, match="A batch of 8 can't be drawn from 7 images"):
        Unpaired([numbered(9), numbered(7)], batch_size=8)
    with pytest.raises(ValueError, match=r"must be a list of arrays .* Received: a ndarray"):
        Unpaired(numbered(9), batch_size=1)
    with pytest.raises(ValueError, match="Received: a list without an array"):
        Unpaired([])


# --- somebody else's batches ----------------------------------------------------------

def test_a_stream_goes_through_a_dataset_again_and_again():
    dataset = tf.data.Dataset.from_tensor_slices(numbered(6)).batch(2)
    batches = itertools.islice(Stream(dataset).from_batch(1), 5)
    assert [int(images[0, 0, 0, 0]) for images, in batches] == [2, 4, 0, 2, 4]


def test_a_stream_without_batches_is_an_error():
    with pytest.raises(ValueError, match="yields no batch"):
        next(Stream([]).from_batch(0))
    exhausted = (batch for batch in [(numbered(2),)])
    stream = Stream(exhausted).from_batch(0)
    next(stream)
    with pytest.raises(ValueError, match="more than once"):
        next(stream)
