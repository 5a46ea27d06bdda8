"""The one door for data: what `train` is given becomes one thing, or is refused."""
import itertools
import json
import types

import cv2
import keras
import numpy as np
import pytest
import tensorflow as tf

from data_loaders import Domains, ImageFolder, Pictures
from data_loaders.batches import Batches, Distribution, Unpaired
from keras_gan.base.classes import Classes
from keras_gan.base.game import Game
from keras_gan.base.options import options
from keras_gan.base.translation import Translation
from keras_gan.evaluation import ring
from keras_gan.training.data import CheckedStream, open_data
from tests.games import random_images

SHAPE = (6, 8, 1)


class WithoutNetworks:
    """The door looks at what a game takes, and at none of its networks."""

    def build(self):
        """Nothing."""

    train_on_batch = write_samples = write_beside_real = build


@options
class OnePicture(WithoutNetworks, Game):
    """A game that learns from one set of pictures, or of vectors."""
    axes = (3, 1)


@options
class WithClasses(WithoutNetworks, Classes, Game):
    """A game that knows the classes of its pictures."""


@options
class TwoDomains(WithoutNetworks, Translation):
    """A game of two domains."""


@options
class OfPacks(OnePicture):
    """A game whose discriminator judges two samples at once."""
    packing = 2


def opened(game, images, labels=None, batch_size=4, **plan):
    plan = {"flip": False, "balanced": False, "resume": False, **plan}
    return open_data(game, images, labels, types.SimpleNamespace(batch_size=batch_size, **plan))


def some(data, n=3, start=0):
    """The first batches."""
    return list(itertools.islice(data.batches.from_batch(start), n))


@pytest.fixture
def images(rng):
    return random_images(rng, 12, SHAPE)


@pytest.fixture
def game():
    return OnePicture(img_shape=SHAPE)


@pytest.fixture
def folder(images, tmp_path):
    for i, image in enumerate(images):
        (tmp_path / "ab"[i % 2]).mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "ab"[i % 2] / f"{i:02d}.png"), image)
    return ImageFolder(tmp_path, SHAPE)


# --- arrays, and what load_data returns -----------------------------------------------


def test_an_array_becomes_shuffled_batches_of_k_times_the_batch_size(images):
    data = opened(OnePicture(img_shape=SHAPE, k=2, seed=3), images)
    assert isinstance(data.batches, Batches) and data.batch_size == 4 and data.by_turns
    expected = Batches(images, None, 8, seed=3)
    for i, batch in enumerate(some(data)):
        assert len(batch) == 1
        np.testing.assert_array_equal(batch[0], expected[i][0])
    assert (data.source, data.class_names, data.window, data.remarks) == (None, [], None, [])


def test_a_tensor_is_as_good_as_an_array(images, game):
    of_array, of_tensor = opened(game, images), opened(game, tf.constant(images))
    assert of_tensor.description == of_array.description
    for one, other in zip(some(of_array), some(of_tensor)):
        np.testing.assert_array_equal(one[0], other[0])


def test_what_load_data_returns_brings_its_labels_its_classes_and_its_source(folder, images):
    knows = WithClasses(img_shape=SHAPE, num_classes=2)
    data = opened(knows, folder)
    assert data.class_names == ["a", "b"] and data.source == folder.source is not None
    assert data.description["labels"] is not None
    pictures, labels = some(data, 1)[0]
    assert pictures.shape == (4, *SHAPE) and labels.shape == (4, 1) and labels.dtype == np.int32
    # A game that knows no classes takes the pictures alone
    plain = opened(OnePicture(img_shape=SHAPE), folder)
    assert len(some(plain, 1)[0]) == 1 and plain.description["labels"] is None
    # Labels that are passed win
    zeros = np.zeros(12, int)
    assert not np.any(some(opened(knows, folder, labels=zeros), 1)[0][1])


def test_pictures_without_labels_are_refused_by_a_game_that_knows_classes(images):
    knows = WithClasses(img_shape=SHAPE, num_classes=2)
    for data in (images, Pictures(images, None, None, None)):
        with pytest.raises(ValueError, match=r"Received: none. train\(images, labels=...\)"):
            opened(knows, data)
    with pytest.raises(ValueError, match="one for each of the 12 pictures.*Received: an array of "
                                         r"shape \(3,\)"):
        opened(knows, images, labels=[0, 1, 0])
    with pytest.raises(ValueError, match="Received: from 0 to 2"):
        opened(knows, images, labels=np.arange(12) % 3)


def test_a_flip_mirrors_some_of_the_pictures(images, game):
    plain, = some(opened(game, images), 1)[0]
    flipped, = some(opened(game, images, flip=True), 1)[0]
    mirrored = [not np.array_equal(one, other) for one, other in zip(plain, flipped)]
    assert any(mirrored) and not all(mirrored)
    for one, other, is_mirrored in zip(plain, flipped, mirrored):
        np.testing.assert_array_equal(one[:, ::-1] if is_mirrored else one, other)


def test_vectors_have_a_window_around_0(rng):
    vectors = np.array([[1.0, -10.0], [3.0, 2.0]] * 4)
    data = opened(OnePicture(img_shape=(2,)), vectors)
    assert data.window == (-13.0, 13.0) and data.remarks == []


def test_pictures_that_are_probably_too_dark_are_remarked_on(game):
    dark = np.arange(8 * np.prod(SHAPE)).reshape(8, *SHAPE) % 5 == 0
    assert "nearly black" in opened(game, dark.astype(np.uint8)).remarks[0]


@pytest.mark.parametrize("data, message", [
    (np.zeros((4, 5, 5, 1), np.uint8), r"Received: shape \(4, 5, 5, 1\)"),
    (np.zeros(SHAPE, np.uint8), "one picture, or a list of such"),
    (np.zeros((0, *SHAPE), np.uint8), r"Received: shape \(0, 6, 8, 1\)"),
    (np.full((4, *SHAPE), 7.0), "values from 7 to 7"),
    (np.zeros((4, *SHAPE), int), "Received: dtype int64"),
    (np.zeros((3, *SHAPE), np.uint8), "A batch of 4 can't be drawn from 3 images"),
])
def test_an_array_that_does_not_fit_is_refused_in_words(game, data, message):
    with pytest.raises(ValueError, match=message):
        opened(game, data)


def test_too_few_pictures_for_a_turn_are_refused_with_what_would_do(images):
    with pytest.raises(ValueError, match="A turn takes k=5 batches of 4, more than the 12 samples. "
                                         "Use batch_size=2 or less"):
        opened(OnePicture(img_shape=SHAPE, k=5), images)
    with pytest.raises(ValueError, match="At least 26 samples are needed: k=13 times packs of 2"):
        opened(OfPacks(img_shape=SHAPE, k=13), images)
    with pytest.raises(ValueError, match="batch_size must be whole packs of packing=2 samples. "
                                         "Received: batch_size=3. Use 4"):
        opened(OfPacks(img_shape=SHAPE), images, batch_size=3)


# --- two domains ----------------------------------------------------------------------


def test_domains_become_batches_of_both(rng):
    domains = Domains(random_images(rng, 9, SHAPE), random_images(rng, 5, SHAPE),
                      source={"a": "photos", "b": "paintings"})
    data = opened(TwoDomains(img_shape=SHAPE, seed=3), domains)
    assert isinstance(data.batches, Unpaired) and data.source == domains.source
    expected = Unpaired([domains.a, domains.b], 4, seed=3)
    for i, batch in enumerate(some(data)):
        for one, other in zip(batch, expected[i], strict=True):
            np.testing.assert_array_equal(one, other)
    assert [data.description[name]["images"] for name in "ab"] == [9, 5]


def test_domains_are_not_for_a_game_of_one_set(images, game):
    with pytest.raises(ValueError, match="OnePicture learns from one set of pictures. Received: "
                                         r"two domains. load_data\(folder\) loads one"):
        opened(game, Domains(images, images))


def test_one_set_is_not_for_a_game_of_two_domains(images, folder):
    two = TwoDomains(img_shape=SHAPE)
    for data in (images, folder, tf.constant(images)):
        with pytest.raises(ValueError, match="TwoDomains translates between two domains. Received: "
                                             r"one set of pictures. load_domains\(a, b\) loads"):
            opened(two, data)


def test_both_domains_are_looked_at(images):
    two = TwoDomains(img_shape=SHAPE)
    with pytest.raises(ValueError, match="A batch of 4 can't be drawn from 3 images"):
        opened(two, Domains(images, images[:3]))
    with pytest.raises(ValueError, match=r"Received: shape \(12, 6, 4, 1\)"):
        opened(two, Domains(images[:, :, :4], images[:, :, :4]))
    assert "nearly black" in opened(two, Domains(images, images % 2)).remarks[0]


def test_labels_are_not_for_a_game_that_knows_no_classes(images, game):
    for model, data in ((game, images), (TwoDomains(img_shape=SHAPE), Domains(images, images))):
        with pytest.raises(ValueError, match="knows no classes. Received: labels"):
            opened(model, data, labels=np.zeros(12, int))


# --- distributions --------------------------------------------------------------------


def test_a_distribution_gives_fresh_samples_in_every_batch():
    vectors = OnePicture(img_shape=(2,), k=2)
    data = opened(vectors, ring())
    assert isinstance(data.batches, Distribution) and data.by_turns and data.batch_size == 4
    one, other, third = (batch[0] for batch in some(data))
    assert one.shape == other.shape == (8, 2) and not np.array_equal(one, other)
    np.testing.assert_array_equal(some(data, 1, start=2)[0][0], third)
    low, high = data.window
    assert low == -high and np.abs(one).max() < high


def test_a_distribution_is_not_for_pictures(game):
    with pytest.raises(ValueError, match="images must be an array, what load_data returns"):
        opened(game, ring())
    with pytest.raises(ValueError, match="flip=True mirrors pictures. Received: flip=True with a "
                                         "model of vectors"):
        opened(OnePicture(img_shape=(2,)), ring(), flip=True)
    with pytest.raises(ValueError, match=r"\(N, 3\) of finite numbers"):
        opened(OnePicture(img_shape=(3,)), ring())


# --- somebody else's batches ----------------------------------------------------------


class Batched(keras.utils.PyDataset):
    def __init__(self, images):
        super().__init__()
        self.images = images

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return self.images[4 * i:4 * i + 4], np.zeros(4, int)


@pytest.mark.parametrize("dataset", [
    lambda images: [images[:4], images[4:8], images[8:]],
    lambda images: tf.data.Dataset.from_tensor_slices(images).batch(4),
    Batched,
])
def test_batches_of_a_stream_come_in_their_own_order_again_and_again(images, game, dataset):
    data = opened(game, dataset(images))
    assert isinstance(data.batches, CheckedStream)
    assert data.batch_size is None and not data.by_turns and data.source is None
    for i, batch in enumerate(some(data, 5)):
        assert len(batch) == 1                                  # what the game takes, no more
        np.testing.assert_array_equal(batch[0], np.split(images, 3)[i % 3])
    np.testing.assert_array_equal(some(data, 1, start=2)[0][0], images[8:])


def test_a_stream_brings_the_labels_of_a_game_that_knows_classes(images):
    knows = WithClasses(img_shape=SHAPE, num_classes=2)
    pictures, labels = some(opened(knows, Batched(images)), 1)[0]
    assert pictures.shape == (4, *SHAPE) and labels.shape == (4, 1)
    with pytest.raises(ValueError, match="Received: none"):
        some(opened(knows, [images[:4]]), 1)
    with pytest.raises(ValueError, match="Received: from 0 to 5"):
        some(opened(knows, [(images[:4], np.array([0, 1, 0, 5]))]), 1)


def test_a_stream_brings_both_domains_or_is_refused(images):
    two = TwoDomains(img_shape=SHAPE)
    a, b = some(opened(two, [(images[:4], images[4:8])]), 1)[0]
    np.testing.assert_array_equal(a, images[:4])
    np.testing.assert_array_equal(b, images[4:8])
    with pytest.raises(ValueError, match=r"a tuple \(a, b\). Received: 1 of \['ndarray'\]"):
        some(opened(two, [images[:4]]), 1)
    with pytest.raises(ValueError, match=r"train on two domains|load_domains\(a, b\)"):
        opened(two, (images[:4], images[4:8]))


def test_every_batch_of_a_stream_is_looked_at_when_it_comes(images):
    two_steps = OnePicture(img_shape=SHAPE, k=2)
    with pytest.raises(ValueError, match="A turn with k=2 steps of the discriminator takes k "
                                         "batches of one size.* Received: 3"):
        some(opened(two_steps, [images[:3], images[:4]]), 1)
    batches = opened(two_steps, [images[:4], images[:4] + 1.0]).batches.from_batch(0)
    assert len(next(batches)[0]) == 4
    with pytest.raises(ValueError, match=r"must lie in \[-1, 1\]. Received: values from 1 to"):
        next(batches)


@pytest.mark.parametrize("data, message", [
    (3, "images must be an array, what load_data returns.*Received: a int"),
    (None, "Received: a NoneType"),
    ("photos/", r"Received: a str. load_data\(...\) loads a folder of pictures"),
    ((np.zeros((2, *SHAPE)) for _ in range(3)), "It can be gone through only once"),
    ((np.zeros((4, *SHAPE)), np.zeros(4)), "Received: a tuple"),
])
def test_what_gives_no_batches_is_refused_in_words(game, data, message):
    with pytest.raises(ValueError, match=message):
        opened(game, data)


def test_a_stream_does_its_own_flips_and_brings_its_own_labels(images, game):
    with pytest.raises(ValueError, match="flip=True is for arrays and folders.*with a list"):
        opened(game, [images], flip=True)
    knows = WithClasses(img_shape=SHAPE, num_classes=2)
    with pytest.raises(ValueError, match="labels are for an array of images.*with a Batched"):
        opened(knows, Batched(images), labels=np.zeros(12, int))


# --- for all of them ------------------------------------------------------------------


def test_the_first_samples_are_those_of_the_first_batches(images, game):
    for data, n in ((opened(game, images), 7), (opened(game, [images[:4], images[4:]]), 7),
                    (opened(OnePicture(img_shape=(2,)), ring()), 25),
                    (opened(TwoDomains(img_shape=SHAPE), Domains(images, images)), 7)):
        first = data.first(n)
        batches = some(data, 10)
        for array, arrays in zip(first, zip(*batches), strict=True):
            np.testing.assert_array_equal(array, np.concatenate(arrays)[:n])


def test_a_description_is_what_json_can_hold_and_tells_other_data_apart(images, game):
    knows = WithClasses(img_shape=SHAPE, num_classes=2)
    two, vectors = TwoDomains(img_shape=SHAPE), OnePicture(img_shape=(2,))
    labels = np.arange(12) % 2
    described = [
        opened(game, images), opened(game, images[:11]), opened(game, images // 2),
        opened(game, images / np.float32(127.5) - 1), opened(game, [images]),
        opened(knows, images, labels), opened(knows, images, 1 - labels),
        opened(two, Domains(images, images)), opened(two, Domains(images, images[:11])),
        opened(vectors, ring()), opened(vectors, ring(modes=3)),
    ]
    texts = [json.dumps(data.description) for data in described]
    assert len(set(texts)) == len(texts)
    assert json.dumps(opened(game, images).description) == texts[0]
