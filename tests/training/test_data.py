"""The one door for data: what `train` is given becomes one thing, or is refused."""
import itertools
import json
import tracemalloc
import types
from pathlib import Path
from typing import ClassVar

import cv2
import h5py
import keras
import numpy as np
import pandas
import PIL.Image
import pytest
import scipy.sparse
import tensorflow as tf

from data_loaders import Domains, ImageFolder, Pictures
from data_loaders.batches import Batches, Distribution, Unpaired
from keras_gan.base.classes import Classes
from keras_gan.base.game import Game
from keras_gan.base.options import options
from keras_gan.base.translation import Translation
from keras_gan.evaluation import ring
from keras_gan.training.data import CheckedStream, open_data, window_of
from keras_gan.training.run import defaults_of
from keras_gan.training.run_directory import RunDirectory
from tests.games import random_images, small

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
    standardize: bool = False
    """As of a `NoiseGame`."""


@options
class SettledUnits(OnePicture):
    """A game in which nobody can choose the units."""
    standardize: ClassVar = False


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
    plan = {"flip": False, "balanced": False, "goes_on": False, **plan}
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


def test_what_the_loader_has_found_is_said_by_train_too(images, game):
    loaded = Pictures(images, None, None, "photos")
    loaded.remarks = ["the folder's train/ is used"]
    assert opened(game, loaded).remarks[0] == "the folder's train/ is used"
    domains = Domains(images, images[:20], remarks=["a: 3 files have several pages"])
    assert opened(TwoDomains(img_shape=SHAPE), domains).remarks[0] == domains.remarks[0]


def test_pictures_without_labels_are_refused_by_a_game_that_knows_classes(images):
    knows = WithClasses(img_shape=SHAPE, num_classes=2)
    for data in (images, Pictures(images, None, None, None)):
        with pytest.raises(ValueError, match=r"Received: none. Pass labels=...;"):
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


def test_an_array_in_a_file_is_read_batch_by_batch_and_gives_the_same(images, game, tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        stored = file.create_dataset("images", data=images)
        of_file, of_array = opened(game, stored, flip=True), opened(game, images, flip=True)
        assert of_file.batches.images is stored and of_file.description == of_array.description
        for one, other in zip(some(of_file, 6), some(of_array, 6)):
            np.testing.assert_array_equal(one[0], other[0])


@pytest.mark.parametrize("dtype, shape, game", [
    ("float32", (100_000, 24, 32, 1), OnePicture(img_shape=(24, 32, 1))),
    ("float32", (800_000, 25), OnePicture(img_shape=(25,))),
])
def test_the_look_at_an_array_of_any_size_takes_little_memory(dtype, shape, game, tmp_path):
    array = np.lib.format.open_memmap(tmp_path / "data.npy", "w+", dtype, shape)   # 307 MB, 80 MB
    array[::1000, :1] = -1
    tracemalloc.start()
    data = opened(game, array)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 32 * 2 ** 20 and data.description["images"] == len(array)


def test_pictures_in_0_to_1_are_refused_but_a_run_that_was_begun_on_them_goes_on(images, game):
    with pytest.raises(ValueError, match=r"none below 0.*images \* 2 - 1"):
        opened(game, images / 255)
    assert "no value below 0" in opened(game, images / 255, goes_on=True).remarks[0]
    with pytest.raises(ValueError, match="none below 0"):
        opened(TwoDomains(img_shape=SHAPE), Domains(images, images / 255))


def test_a_resume_without_a_run_is_a_new_run_whose_pictures_are_looked_at(images, tmp_path):
    how = {"steps": 1, "batch_size": 4, "run_dir": tmp_path / "run", "resume": True}
    with pytest.raises(ValueError, match="none below 0"):
        small(run_eagerly=True).train(images / 255, **how)
    assert not (tmp_path / "run").exists()


def test_a_table_of_numbers_is_an_array_with_names(rng):
    vectors = OnePicture(img_shape=(3,))
    columns = {"age": rng.normal(40, 5, 60), "member": rng.random(60) < 0.5,
               "income": rng.normal(5e4, 2e4, 60)}
    table = pandas.DataFrame(columns)
    data = opened(vectors, table)
    assert isinstance(data.batches, Batches) and data.batches.images.dtype == "float64"
    np.testing.assert_array_equal(data.batches.images, np.stack(list(columns.values()), axis=1))
    assert "columns age (mean" in data.remarks[0] and "income (mean" in data.remarks[0]
    assert "standardize=True" in data.remarks[0]
    assert opened(OnePicture(img_shape=(3,), standardize=True), table).remarks == []
    assert "standardize=True" not in opened(SettledUnits(img_shape=(3,)), table).remarks[0]
    whole = opened(vectors, table.astype("float32"))
    assert whole.batches.images.dtype == "float32"
    with pytest.raises(ValueError, match=r"hold no numbers.*: city, gaps. data.drop\(columns="):
        opened(vectors, table.assign(city="Bonn", gaps=pandas.array([None, *range(59)], "object")))
    with pytest.raises(ValueError, match=r"\(N, 3\).*The columns are age, member, income, id."):
        opened(vectors, table.assign(id=1))
    with pytest.raises(ValueError, match=r"Received: a table.*img_shape=\(3,\)"):
        opened(OnePicture(img_shape=SHAPE), table)


# --- labels ---------------------------------------------------------------------------


def test_labels_in_the_data_and_in_the_model_must_go_together(images, folder):
    def knows(n):
        return WithClasses(img_shape=SHAPE, num_classes=n)

    three = Pictures(images, np.arange(12) % 3, ["cat", "dog", "emu"], "three")
    with pytest.raises(ValueError, match="The data have 3 classes, cat, dog, emu. Received: "
                                         "num_classes=2. Build the model with num_classes=3"):
        opened(knows(2), three)
    remark, = opened(knows(5), three).remarks
    assert "Classes 3, 4 have no picture" in remark and "num_classes=3" in remark
    remark, = opened(knows(4), images, labels=np.arange(12) % 3 + 1).remarks
    assert "Class 0 has no picture" in remark
    with pytest.raises(ValueError, match=r"from 1 to 3.*labels - labels.min\(\)"):
        opened(knows(3), images, labels=np.arange(12) % 3 + 1)
    with pytest.raises(ValueError, match=r"one-hot. labels.argmax\(1\)"):
        some(opened(knows(3), [(images[:3], np.eye(3))]), 1)
    with pytest.raises(ValueError, match="If they count from 1: labels - 1"):
        some(opened(knows(3), [(images[:3], np.array([1, 2, 3]))]), 1)


def test_balanced_batches_take_every_class_equally_often(images, folder):
    knows, plain = WithClasses(img_shape=SHAPE, num_classes=3), OnePicture(img_shape=SHAPE)
    labels = np.repeat([0, 1, 2], [8, 3, 1])
    data = opened(knows, images, labels=labels, batch_size=6, balanced=True)
    for _, of_batch in some(data, 5):
        assert np.bincount(of_batch[:, 0]).tolist() == [2, 2, 2]
    assert "class, 2, with 1 pictures, is seen 8 times as often" in data.remarks[0]
    # A model that knows no classes draws the same pictures, and gets no labels
    alone = opened(plain, images, labels=labels, batch_size=6, balanced=True)
    for one, other in zip(some(data), some(alone)):
        np.testing.assert_array_equal(one[0], other[0])
        assert len(other) == 1
    assert alone.description["labels"] is None
    other = opened(plain, images, labels=labels[::-1], batch_size=6, balanced=True)
    assert alone.description != other.description
    assert opened(plain, folder, balanced=True).description["classes"]
    named = opened(plain, images, labels=np.array(["a", "b", "c"])[labels], balanced=True)
    assert named.description["classes"] == alone.description["classes"]


def test_a_resume_compares_the_balance_and_runs_that_knew_none_go_on(game, tmp_path):
    def settings(**training):
        return {"model": "OnePicture", "parameters": {}, "training": training}

    old = RunDirectory(tmp_path / "old")
    old.open(False, settings(flip=False), {}, {}, None)
    old.close()
    old.check(True, settings(flip=False, balanced=False), defaults_of(game))
    with pytest.raises(ValueError, match="balanced: the run has False, given was True"):
        old.check(True, settings(flip=False, balanced=True), defaults_of(game))


@pytest.mark.parametrize("data, message", [
    (lambda images: images, "Received: data without classes. train"),
    (lambda images: [images], "a Dataset does its own balance.*Received: balanced=True with a lis"),
    (lambda images: Distribution(lambda n, rng: images[:n], 4, 0), "balanced=True with a Distr"),
])
def test_without_classes_there_is_no_balance(images, game, data, message):
    with pytest.raises(ValueError, match=message):
        opened(game, data(images), balanced=True)
    with pytest.raises(ValueError, match="balanced=True with a model of two domains"):
        opened(TwoDomains(img_shape=SHAPE), Domains(images, images), balanced=True)


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


class BadSample:
    def __init__(self, sample):
        self.sample = sample


@pytest.mark.parametrize("sample, message", [
    (lambda n: np.zeros((n, 2)), r"has sample\(n, rng\).*whose sample says TypeError"),
    (lambda n, rng: rng.normal(size=(n + 1, 2)), "must return n samples. Received: 5 for n=4"),
    (lambda n, rng: rng.normal(size=(n, 3)), r"\(N, 2\) of finite numbers"),
    (lambda n, rng: [["a", "b"]] * n, r"\(N, 2\) of finite numbers.*<U1"),
])
def test_what_samples_otherwise_is_no_distribution(sample, message):
    with pytest.raises(ValueError, match=message):
        opened(OnePicture(img_shape=(2,)), BadSample(sample))


def test_every_sample_of_a_distribution_is_looked_at_like_an_array():
    # Batches of another size, shape and kind come after the first, which was fine
    later = [np.ones((4, 2)).tolist(), np.ones((3, 2)), np.ones((4, 3)), np.full((4, 2), np.nan)]
    said = iter([np.zeros((4, 2)).tolist(), *later])
    data = opened(OnePicture(img_shape=(2,)), BadSample(lambda n, rng: next(said)))
    batch, = next(data.batches.from_batch(1))
    assert isinstance(batch, np.ndarray) and batch.shape == (4, 2)
    for message in ("Received: 3 for n=4", r"shape \(4, 3\)", "NaN or infinity in 4 of its 4"):
        with pytest.raises(ValueError, match=message):
            next(data.batches.from_batch(1))


def test_windows_are_around_what_never_changes():
    game = OnePicture(img_shape=(2,))
    assert opened(game, np.zeros((8, 2))).window == (-1, 1)
    signals = np.zeros((8, 9, 4)) + [1e9, 0, -3, 0]
    signals[..., 3] = np.linspace(-1, 1, 9)
    window = window_of(signals, types.SimpleNamespace(makes_pictures=False, img_shape=(9, 4)))
    np.testing.assert_allclose(window, [[1e9 - 1.2e6, 1e9 + 1.2e6], [-0.6, 0.6], [-3.6, -2.4],
                                        [-1.2, 1.2]])


def test_raw_units_of_a_distribution_are_remarked_on():
    data = opened(OnePicture(img_shape=(1,)), batch_size=16, images=BadSample(
        lambda n, rng: rng.normal(5e4, 1e4, (n, 1))))
    assert "column 0 (mean" in data.remarks[0]
    assert opened(OnePicture(img_shape=(2,)), ring(), batch_size=500).remarks == []


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


class Iterator:
    def __next__(self):
        return np.zeros((2, *SHAPE))


@pytest.mark.parametrize("data, message", [
    (3, "images must be an array, what load_data returns.*Received: a int"),
    (None, "Received: a NoneType"),
    ("photos/", r"Received: a str. load_data\(...\) loads a folder of pictures"),
    (Path("data.npz"), r"Received: a PosixPath. numpy.load\(...\) loads its arrays"),
    (Iterator(), "It can be gone through only once"),
    ((np.zeros((2, *SHAPE)) for _ in range(3)), "Received: a generator. It can be gone through on"),
    ((np.zeros((4, *SHAPE)), np.zeros(4)), "Received: a tuple. Pass one array"),
    ({"x_train": np.zeros((4, *SHAPE)), "y": 3}, r"a dict. It holds x_train, y: images=data\['x_t"),
    ([], "a list that yields no batch"),
    (["a.png", "b.png"], r"a list of 2 str. load_data.* numpy.stack\(\[read_image\(file"),
    ([Path("a.png")], r"a list of 1 PosixPath. load_data\(folder\)"),
    ([np.zeros(SHAPE), np.zeros(SHAPE)], r"list of 2 ndarray. numpy.stack\(images\) makes one"),
    ([np.zeros(SHAPE[:2])] * 3, r"list of 3 ndarray. numpy.stack\(images\) makes one array"),
    ([np.zeros(SHAPE), np.zeros((5, 5, 1))], "They have 2 shapes; load_data"),
    (np.zeros((2, *SHAPE)).tolist(), r"a list of 2 list. numpy.array\(rows\)"),
    ([[1.0, 2.0], [3.0, 4.0]], r"a list of 2 list. numpy.array\(rows\)"),
    ([1, 2, 3], "a list of 3 int. A batch is an array of many samples"),
    ([{"x": np.zeros((2, *SHAPE))}], "a list of 1 dict. A batch is an array, or a tuple"),
    (PIL.Image.new("L", (8, 6)), "a Image. One picture is no data"),
    ([PIL.Image.new("L", (8, 6))] * 2, r"numpy.stack\(\[numpy.array\(image\) for image in imag"),
    (scipy.sparse.eye(4).tocsr(), r"Received: a csr_.*. images.toarray\(\) is an array"),
    (tf.ragged.stack([np.zeros(SHAPE), np.zeros(SHAPE)]), r"images.to_tensor\(\) is an array"),
])
def test_what_gives_no_batches_is_refused_in_words(game, data, message):
    with pytest.raises(ValueError, match=message):
        opened(game, data)


def test_an_npz_file_is_told_by_the_names_of_its_arrays(game, images, tmp_path):
    np.savez(tmp_path / "data.npz", x=images, y=np.zeros(12))
    with pytest.raises(ValueError, match=r"a NpzFile. It holds x, y: images=data\['x'\], say"), \
            np.load(tmp_path / "data.npz") as file:
        opened(game, file)


@pytest.mark.parametrize("change, message", [
    (lambda d: d.unbatch(), r"a Dataset of single samples, \(6, 8, 1\). dataset.batch\(32\)"),
    (lambda d: d.map(lambda x: {"image": x, "label": x}), r"Dataset of dicts with the keys image, "
                                                          r"label. .*lambda d: d\['image'\]"),
    (lambda d: d.map(lambda x: x[..., 0]), r"shape \(None, 6, 8\). images\[..., None\] has shape"),
    (lambda d: d.map(lambda x: tf.transpose(x, (0, 3, 1, 2))),
     r"\(None, 1, 6, 8\). keras.ops.transpose\(images, \(0, 2, 3, 1\)\) has .* dataset.map\("),
    (lambda d: d.map(lambda x: tf.RaggedTensor.from_tensor(x)), r"dataset.map\(lambda x: x.to_ten"),
    (lambda d: d.map(lambda x: tf.sparse.from_dense(x)), r"tf.sparse.to_dense\(x\)"),
    (lambda d: d.map(lambda x: ((x, x), x)), r"an array each. .*dataset.map\(...\) takes it apart"),
])
def test_a_dataset_is_refused_before_its_first_batch_where_it_says_what_is_wrong(
        images, game, change, message):
    dataset = tf.data.Dataset.from_tensor_slices(images).batch(4)
    with pytest.raises(ValueError, match=message):
        opened(game, change(dataset))


def test_a_batch_of_a_dataset_is_refused_with_a_line_for_tensors(images, game):
    dataset = tf.data.Dataset.from_tensor_slices(images).batch(4)
    for change, line in ((lambda x: tf.cast(x, "float32"), "keras.ops.cast(images, 'uint8')"),
                         (lambda x: tf.cast(x, "float32") / 255, "images * 2 - 1")):
        with pytest.raises(ValueError, match=r"must .*Received") as error:
            some(opened(game, dataset.map(change)), 1)
        assert line in str(error.value) and "dataset.map(lambda images" in str(error.value)


def test_a_bright_batch_among_others_is_as_good_as_they_are(images, game):
    dark, bright = images[:4] / np.float32(127.5) - 1, images[:4] / np.float32(255)
    assert len(some(opened(game, [dark, bright]), 4)) == 4
    with pytest.raises(ValueError, match="none below 0"):
        some(opened(game, [bright, dark]), 1)
    assert len(some(opened(game, [dark, bright], goes_on=True), 1, start=1)) == 1


def test_what_is_no_k_batches_is_left_out_and_it_is_said_before(images):
    two = OnePicture(img_shape=SHAPE, k=2)
    dataset = tf.data.Dataset.from_tensor_slices(images[:11])
    data = opened(two, dataset.batch(4))                                  # 4, 4, 3 pictures
    assert "isn't 2, 4, 6, ..." in data.remarks[0]
    assert "drop_remainder=True" in data.remarks[0]
    assert [len(batch) for batch, in some(data, 5)] == [4] * 5
    np.testing.assert_array_equal(some(data, 1, start=2)[0][0], images[:4])
    assert opened(OnePicture(img_shape=SHAPE), dataset.batch(4)).remarks == []
    with pytest.raises(ValueError, match=r"2, 4, 6, ... samples. Received: a Dataset of batches of "
                                         r"5. dataset.unbatch\(\).batch\(4, drop_rem"):
        opened(two, dataset.batch(5, drop_remainder=True))


def test_a_batch_that_is_a_dict_is_refused_in_words(images, game):
    class Dicts(Batched):
        def __getitem__(self, i):
            return {"image": self.images, "label": 3}

    with pytest.raises(ValueError, match="Received: a dict of image, label"):
        some(opened(game, Dicts(images)), 1)


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


def test_what_generate_gives_is_refused_by_whatever_takes_pictures(rng):
    gan = small(run_eagerly=True)
    made = gan.generate(4, seed=0)
    for use in (gan.train_on_batch, gan.discriminate,
                lambda x: gan.train(x, steps=1, batch_size=2)):
        with pytest.raises(ValueError, match=r"none below 0.* images \* 2 - 1"):
            use(made)
    gan.train_on_batch(made * 2 - 1)
    # In a run a bright batch is one of data that were looked at as a whole
    page = np.concatenate([made * 0.01 + 0.9, made * 2 - 1])
    assert len(gan.train(page, steps=8, batch_size=1)["step"]) == 8
    assert not gan.in_a_run


def test_a_run_on_balanced_batches_is_resumed_as_such(images, tmp_path):
    how = {"labels": np.repeat([0, 1], [9, 3]), "batch_size": 4, "run_dir": str(tmp_path / "run")}
    small(run_eagerly=True).train(images, steps=1, balanced=True, **how)
    with pytest.raises(ValueError, match="balanced: the run has True, given was False"):
        small(run_eagerly=True).train(images, steps=2, resume=True, **{**how, "labels": None})
    history = small(run_eagerly=True).train(images, steps=2, resume=True, balanced=True, **how)
    assert history["step"] == [1, 2]
