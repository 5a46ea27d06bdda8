"""Batches: every picture once an epoch, the same for every thread count, no random number twice."""
import itertools

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from data_loaders.batches import Batches, Stream


def numbered(n, width=2):
    """n pictures (1, width, 1); picture i has the pixels i, i + 100, ..."""
    return np.tile((np.arange(n)[:, None] + 100 * np.arange(width))[:, None, :, None], 1).astype(np.uint8)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 3))
def test_an_epoch_shows_no_picture_twice_and_leaves_out_less_than_a_batch(n, batch_size, seed):
    if batch_size > n:
        with pytest.raises(ValueError, match=f"A batch of {batch_size} can't be drawn from {n} images"):
            Batches(numbered(n), batch_size=batch_size)
        return
    batches = Batches(numbered(n), np.arange(n), batch_size, seed)
    for epoch in range(2):
        seen = [batches[epoch * len(batches) + i] for i in range(len(batches))]
        labels = np.concatenate([labels for _, labels in seen])
        assert len(labels) == len(set(labels)) > n - batch_size
        for images, labels in seen:
            assert images.shape == (batch_size, 1, 2, 1)
            np.testing.assert_array_equal(images[:, 0, 0, 0], labels)        # pictures keep their labels


def test_epochs_and_seeds_have_orders_of_their_own():
    def epoch(seed, number):
        batches = Batches(numbered(60), batch_size=10, seed=seed)
        return np.concatenate([batches[6 * number + i][0] for i in range(6)])[:, 0, 0, 0].tolist()

    assert epoch(0, 0) == epoch(0, 0)
    assert len({tuple(epoch(seed, number)) for seed, number in [(0, 0), (0, 1), (1, 0), (1, 1)]}) == 4


def test_any_number_of_workers_makes_the_same_batches():
    batches = Batches(numbered(64), batch_size=4, seed=3, flip=True)
    one, four = ([b[0] for b in itertools.islice(batches.from_batch(5, workers), 40)] for workers in (1, 4))
    np.testing.assert_array_equal(one, four)
    np.testing.assert_array_equal(one, [batches[5 + i][0] for i in range(40)])


def test_workers_never_repeat_one_anothers_flips():
    batches = Batches(numbered(64), batch_size=32, seed=3, flip=True)
    flips = [tuple(b[0][:, 0, 0, 0] >= 100) for b in itertools.islice(batches.from_batch(0, workers=4), 40)]
    assert len(set(flips)) == 40                             # 2^32 patterns: two alike would be no chance
    assert np.mean(flips) == pytest.approx(0.5, abs=0.06)    # sd .014


def test_a_flip_mirrors_the_width_and_nothing_else():
    images = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    seen = np.concatenate([Batches(images, batch_size=2, seed=s, flip=True)[0][0] for s in range(8)])
    allowed = [images[0], images[1], images[0, :, ::-1], images[1, :, ::-1]]
    found = {next(i for i, a in enumerate(allowed) if np.array_equal(a, picture)) for picture in seen}
    assert found == {0, 1, 2, 3}
    np.testing.assert_array_equal(images, np.arange(72).reshape(2, 3, 4, 3))     # the data themselves stay as they are


def test_a_label_a_picture():
    with pytest.raises(ValueError, match="3 labels, 4 images"):
        Batches(numbered(4), np.arange(3), 2)


def test_a_stream_goes_through_a_dataset_again_and_again():
    dataset = tf.data.Dataset.from_tensor_slices(numbered(6)).batch(2)
    firsts = [int(batch[0][0, 0, 0, 0]) for batch in itertools.islice(Stream(dataset).from_batch(1), 5)]
    assert firsts == [2, 4, 0, 2, 4]


def test_a_stream_without_batches_is_an_error():
    with pytest.raises(ValueError, match="yields no batch"):
        next(Stream([]).from_batch(0))
    exhausted = (batch for batch in [(numbered(2),)])
    stream = Stream(exhausted).from_batch(0)
    next(stream)
    with pytest.raises(ValueError, match="more than once"):
        next(stream)
