"""Folders, their cache, scenes, digits and the named data sets."""
import gzip
import os
import struct

import cv2
import numpy as np
import pytest

from benchmarks.hostile_files import USED, make
from data_loaders import ImageFolder, NotAPicture, files, load_data, load_domains, scenes
from data_loaders.cache import cache_folder
from data_loaders.files import AGAIN, FilesBelow


def write(path, colour, size=(20, 30)):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((*size, 3), colour[::-1], np.uint8))


@pytest.fixture
def folder(tmp_path):
    """Cats: 2 red pictures. Dogs: a green one, and a blue one deeper down.

    Besides a text, a broken and an empty file, and a hidden folder.
    """
    here = tmp_path / "photos"
    write(here / "cats" / "b.png", (255, 0, 0))
    write(here / "cats" / "a.png", (255, 0, 0), (40, 30))
    write(here / "dogs" / "c.png", (0, 255, 0))
    write(here / "dogs" / "deeper" / "d.png", (0, 0, 255))
    (here / "notes.txt").write_text("hello")
    (here / "cats" / "broken.png").write_bytes((here / "cats" / "a.png").read_bytes()[:60])
    (here / "dogs" / "empty.jpg").touch()
    write(here / ".thumbnails" / "a.png", (9, 9, 9))
    return here


SHAPE = (10, 12, 3)


def test_a_folder_becomes_one_array_with_labels_and_a_report(folder):
    message = r"cats/broken.png \(broken picture\), dogs/empty.jpg \(empty file\)"
    with pytest.warns(UserWarning, match=message):
        data = load_data(folder, img_shape=SHAPE)
    assert data.files == ["cats/a.png", "cats/b.png", "dogs/c.png", "dogs/deeper/d.png"]
    assert data.images.shape == (4, *SHAPE) and data.images.dtype == np.uint8
    np.testing.assert_array_equal(data.images[:, 5, 5],
                                  [(255, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)])
    assert data.class_names == ["cats", "dogs"] and data.labels.tolist() == [0, 0, 1, 1]
    assert data.skipped == {"cats/broken.png": "broken picture", "dogs/empty.jpg": "empty file",
                            "notes.txt": "not an image"}
    assert data.sizes == {(20, 30): 3, (40, 30): 1}
    for said in ("4 pictures, as 12x10 RGB", "30x20 (3), 30x40 (1)", "cats (2), dogs (2)",
                 "not an image: notes.txt"):
        assert said in str(data)


def test_without_sub_folders_there_are_no_labels(tmp_path):
    write(tmp_path / "a.png", (1, 2, 3))
    data = ImageFolder(tmp_path, SHAPE)
    assert data.labels is None and data.class_names is None
    write(tmp_path / "cats" / "b.png", (1, 2, 3))
    assert ImageFolder(tmp_path, SHAPE).class_names == [".", "cats"]


def test_on_error_raise_raises_at_the_broken_file(folder):
    for _ in range(2):                                      # also when it comes from the cache
        with pytest.raises(NotAPicture, match=r"broken\.png"):
            ImageFolder(folder, SHAPE, on_error="raise")
        with pytest.warns(UserWarning):
            ImageFolder(folder, SHAPE)


def test_a_missing_or_pictureless_folder_says_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"No folder .*nowhere.*JPEG, PNG"):
        load_data(tmp_path / "nowhere")
    (tmp_path / "a.txt").write_text("text")
    message = r"No picture below .*files found: 1 \(a.txt: not an image\)"
    with pytest.raises(FileNotFoundError, match=message):
        load_data(tmp_path)


# --- the cache ------------------------------------------------------------------------

@pytest.fixture
def plain(tmp_path):
    here = tmp_path / "plain"
    write(here / "unique-name.png", (255, 0, 0))
    return here


def cache_file(data):
    return data.images.filename


def test_the_second_start_reads_the_cache_and_not_the_pictures(plain):
    first = ImageFolder(plain, SHAPE)
    stamp = os.stat(plain / "unique-name.png")
    junk = b"x" * stamp.st_size             # same size, same time: only who reads it can tell
    (plain / "unique-name.png").write_bytes(junk)
    os.utime(plain / "unique-name.png", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    second = ImageFolder(plain, SHAPE)
    np.testing.assert_array_equal(second.images, first.images)
    assert isinstance(second.images, np.memmap) and not second.images.flags.writeable
    # Nothing is written beside the pictures
    assert sorted(p.name for p in plain.iterdir()) == ["unique-name.png"]


def test_a_changed_folder_or_other_arguments_are_read_anew_and_old_entries_go(plain):
    old = ImageFolder(plain, SHAPE)
    old_file = cache_file(old)
    write(plain / "unique-name.png", (0, 255, 0), (20, 40))
    new = ImageFolder(plain, SHAPE)
    assert tuple(new.images[0, 5, 5]) == (0, 255, 0)
    assert not os.path.exists(old_file) and os.path.exists(cache_file(new))
    write(plain / "second.png", (0, 0, 255))
    assert len(ImageFolder(plain, SHAPE)) == 2
    assert ImageFolder(plain, (7, 7, 1), fit="pad").images.shape == (2, 7, 7, 1)
    assert len(ImageFolder(plain, SHAPE)) == 2              # the entry of the first arguments stays


def test_a_half_written_cache_is_never_used(plain):
    expected = np.array(ImageFolder(plain, SHAPE).images)
    file = cache_file(ImageFolder(plain, SHAPE))
    with open(file, "r+b") as raw:
        raw.truncate(100)
    np.testing.assert_array_equal(ImageFolder(plain, SHAPE).images, expected)
    os.remove(os.path.join(os.path.dirname(file), "report.json"))
    np.testing.assert_array_equal(ImageFolder(plain, SHAPE).images, expected)


# --- embedded data --------------------------------------------------------------------

def test_digits_are_real_and_resized():
    data = load_data("digits")
    assert data.images.shape == (1797, 28, 28, 1) and data.images.dtype == np.uint8
    assert data.class_names == list("0123456789") and np.bincount(data.labels).min() > 170
    assert load_data("digits", img_shape=(16, 20, 3)).images.shape == (1797, 16, 20, 3)
    # A nine has more ink above than below, a six below than above
    ink = data.images.mean(axis=(2, 3))
    above = ink[:, :14].mean(1) - ink[:, 14:].mean(1)
    assert above[data.labels == 9].mean() > 10 and above[data.labels == 6].mean() < -10


def test_scenes_are_deterministic_labelled_and_varied():
    some = np.stack([scenes.draw_scene(i) for i in range(64)]).astype(float) / 255
    np.testing.assert_array_equal(scenes.draw_scene(5), scenes.draw_scene(5))
    assert some.shape == (64, 128, 160, 3)
    blurred = some.reshape(64, 16, 8, 16, 10, 3).mean((2, 4)).reshape(64, -1)
    apart = np.sqrt(((blurred[:, None] - blurred[None]) ** 2).mean(-1))
    # 16x20 pixels are .31 apart on average; even the nearest two of 64 are no twins
    assert apart[np.triu_indices(64, 1)].mean() > 0.25 and (apart + np.eye(64)).min() > 0.03
    sand, water = (some[np.arange(64) % 4 == k, 100:].mean((0, 1, 2)) for k in (0, 2))
    # In the desert there is more red than blue, at sea more blue
    assert sand[0] > sand[2] + 0.1 and water[2] > water[0] + 0.05


def test_scenes_know_where_their_houses_and_boats_are():
    for index in range(24):
        things = scenes.things_in(index)
        names = [thing for thing, _ in things]
        least, most, thing = {"desert": (0, 0, ""), "lake": (0, 1, "boat"), "sea": (1, 3, "boat"),
                              "village": (2, 4, "house")}[scenes.CLASSES[index % 4]]
        assert least <= len(names) <= most and set(names) <= {thing}, index
        for _, (left, top, right, bottom) in things:
            assert left < right and 0 < top < bottom < 128 and left > -20 and right < 180
    # Below the wall there is grass
    picture = scenes.draw_scene(7).astype(float)
    _, (left, top, right, bottom) = scenes.things_in(7)[-1]
    x, y = round((left + right) / 2), round(bottom)
    wall = picture[y - 3:y, x - 2:x + 3].mean((0, 1))
    assert np.abs(wall - picture[y + 3:y + 6, x - 2:x + 3].mean((0, 1))).max() > 30


def test_scenes_go_through_files_and_the_loader(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path))
    monkeypatch.setattr("data_loaders.datasets.SCENES",
                        {"train": range(0, 16), "test": range(16, 20)})
    data = load_data("scenes")
    assert data.class_names == list(scenes.CLASSES) and np.bincount(data.labels).tolist() == [4] * 4
    assert sorted({name.split(".")[1] for name in data.files}) == ["jpg", "png"]
    for name, image in zip(data.files, data.images, strict=True):
        number = int(name.split("/")[1].split(".")[0])
        difference = np.abs(image.astype(int) - scenes.draw_scene(number)).mean()
        assert difference == 0 if name.endswith("png") else difference < 8, name
    assert len(load_data("scenes", split="test")) == 4
    for name, time in {"scenes_by_day": "day", "scenes_at_night": "night"}.items():
        some = load_data(name, (8, 10, 3))
        then = [scenes.time_of(int(file.split("/")[1][:5])) == time for file in data.files]
        np.testing.assert_array_equal(some.images, load_data("scenes", (8, 10, 3)).images[then])
        np.testing.assert_array_equal(some.labels, data.labels[then])
        assert 0 < len(some) < 16 and some.source["source"] == name


# --- data sets that others ship -------------------------------------------------------

def idx(array):
    lengths = struct.pack(f">{array.ndim}I", *array.shape)
    return b"\0\0\x08" + bytes([array.ndim]) + lengths + array.tobytes()


@pytest.mark.parametrize("pack, suffix", [(gzip.compress, ".gz"), (bytes, "")])
def test_mnist_from_a_folder_of_idx_files(tmp_path, rng, pack, suffix):
    images = rng.integers(0, 256, (5, 28, 28), dtype=np.uint8)
    labels = np.array([3, 1, 4, 1, 5], np.uint8)
    (tmp_path / f"t10k-images-idx3-ubyte{suffix}").write_bytes(pack(idx(images)))
    (tmp_path / f"t10k-labels-idx1-ubyte{suffix}").write_bytes(pack(idx(labels)))
    data = load_data("mnist", folder=tmp_path, split="test")
    np.testing.assert_array_equal(data.images, images[..., None])
    assert data.labels.tolist() == [3, 1, 4, 1, 5] and data.class_names[3] == "3"
    with pytest.raises(FileNotFoundError, match=r"mnist\.npz, or train-images-idx3-ubyte\.gz"):
        load_data("mnist", folder=tmp_path)


def test_stacked_mnist_has_a_digit_in_each_channel(tmp_path, rng):
    images = rng.integers(0, 256, (200, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, 200, dtype=np.uint8)
    np.savez(tmp_path / "mnist.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    data = load_data("stacked_mnist", folder=tmp_path)
    assert data.images.shape == (200, 28, 28, 3) and data.class_names[7] == "007"
    which = np.array([[np.flatnonzero((images == picture[..., k]).all((1, 2))).item()
                       for k in range(3)] for picture in data.images])
    assert data.labels.tolist() == (labels[which].astype(int) @ [100, 10, 1]).tolist()
    assert len(np.unique(which)) > 150 and len(np.unique(which, axis=0)) == 200
    again = load_data("stacked_mnist", folder=tmp_path, split="test")
    np.testing.assert_array_equal(again.images, data.images)               # the same draw
    assert str(data).endswith("classes: 000, 001, 002, ..., 999") and again.has_test


def test_cifar10_from_an_npz_file(tmp_path, rng):
    x, y = rng.integers(0, 256, (4, 32, 32, 3), dtype=np.uint8), np.array([[0], [9], [3], [3]])
    np.savez(tmp_path / "cifar10.npz", x_train=x, y_train=y, x_test=x[:1], y_test=y[:1])
    data = load_data("cifar10", img_shape=(16, 16, 1), folder=tmp_path)
    assert data.images.shape == (4, 16, 16, 1) and data.labels.tolist() == [0, 9, 3, 3]
    np.testing.assert_array_equal(load_data("cifar10", folder=tmp_path, split="test").images, x[:1])


def test_files_of_data_sets_that_are_not_what_they_should_be(tmp_path, rng):
    images, labels = rng.integers(0, 256, (5, 28, 28), dtype=np.uint8), np.zeros(5, np.uint8)
    good = {"images": gzip.compress(idx(images)), "labels": gzip.compress(idx(labels))}
    for damage, message in (({"images": good["images"][:99]}, "gz is damaged: "),
                            ({"images": gzip.compress(idx(images)[:-9])}, "damaged: it should hold"
                             r" \(5, 28, 28\) bytes, and has 3911"),
                            ({"labels": gzip.compress(idx(labels[:4]))}, "a label each. Received: "
                             r"uint8 \(5, 28, 28\), 4 labels"),
                            ({"images": gzip.compress(b"\0\0\x08\x03")}, "is not an IDX file")):
        for kind, data in {**good, **damage}.items():
            name = f"train-{kind}-idx{3 if kind == 'images' else 1}-ubyte.gz"
            (tmp_path / name).write_bytes(data)
        with pytest.raises(ValueError, match=message):
            load_data("mnist", folder=tmp_path)
    for arrays, message in (({"x": images}, "must hold x_train and y_train. Received: x"),
                            ({"x_train": images / 255, "y_train": labels}, "must be uint8, .* "
                             r"Received: float64 \(5, 28, 28\)")):
        np.savez(tmp_path / "mnist.npz", **arrays)
        with pytest.raises(ValueError, match=message):
            load_data("mnist", folder=tmp_path)


def test_without_a_network_the_error_says_where_to_put_which_file(monkeypatch):
    import keras

    def offline():
        raise Exception("URL fetch failure")

    monkeypatch.setattr(keras.datasets.fashion_mnist, "load_data", offline)
    message = r"Without a network: load_data\('fashion_mnist', folder=...\).*fashion_mnist.npz"
    with pytest.raises(FileNotFoundError, match=message):
        load_data("fashion_mnist")


def test_a_split_that_there_is_not():
    with pytest.raises(ValueError, match="split must be 'train'"):
        load_data("digits", split="test")


def test_cache_folder_is_the_systems(monkeypatch):
    monkeypatch.delenv("KERAS_GAN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert "keras-gan" in str(cache_folder())


@pytest.mark.filterwarnings("ignore:.* files below .* were skipped")
def test_of_hostile_files_each_is_used_or_skipped_by_name(tmp_path):
    becomes = make(tmp_path)
    data = ImageFolder(tmp_path, SHAPE)
    assert {**data.skipped, **dict.fromkeys(data.files, USED)} == becomes
    assert len(data) == list(becomes.values()).count(USED)
    str(data).encode()                                       # can be printed, for any names
    again = ImageFolder(tmp_path, SHAPE)                     # from the cache
    assert again.files == data.files and again.skipped == data.skipped


def test_links_to_folders_elsewhere_are_followed_once(tmp_path):
    write(tmp_path / "elsewhere" / "a.png", (1, 2, 3))
    (tmp_path / "photos").mkdir()
    for name in ("cats", "dogs"):
        (tmp_path / "photos" / name).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "photos")
    data = ImageFolder(tmp_path / "photos", SHAPE)
    assert data.files == ["cats/a.png"] and data.skipped == {"cats/back": AGAIN, "dogs": AGAIN}


def test_a_file_that_vanishes_or_is_still_being_written_is_skipped_and_read_the_next_time(
        plain, monkeypatch):
    written = (plain / "unique-name.png").read_bytes()
    write(plain / "vanishes.png", (9, 9, 9))
    (plain / "grows.png").write_bytes(written[:60])

    class Slow(FilesBelow):
        def __init__(self, path):
            super().__init__(path)
            (plain / "vanishes.png").unlink()                # between listing and reading

    message = r"grows.png \(broken picture\), vanishes.png \(can't be read: No such file"
    with monkeypatch.context() as patch, pytest.warns(UserWarning, match=message):
        patch.setattr(files, "FilesBelow", Slow)
        assert ImageFolder(plain, SHAPE).files == ["unique-name.png"]
    (plain / "grows.png").write_bytes(written)
    assert ImageFolder(plain, SHAPE).files == ["grows.png", "unique-name.png"]


def test_a_folder_that_cannot_be_listed_is_named(plain, monkeypatch):
    write(plain / "secret" / "b.png", (9, 9, 9))
    listing = os.scandir

    def scandir(path):
        if str(path).endswith("secret"):                     # root (tests often are) may list all
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.warns(UserWarning, match="secret .can't be read: Permission denied"):
        assert ImageFolder(plain, SHAPE).skipped == {"secret": "can't be read: Permission denied"}


def test_a_dangling_link_is_named(plain):
    (plain / "dangling.png").symlink_to(plain / "gone.png")
    with pytest.warns(UserWarning, match="dangling.png"):
        assert len(ImageFolder(plain, SHAPE)) == 1


def test_cifar10_is_channels_last_whatever_keras_json_says(monkeypatch):
    import keras
    images = np.arange(2 * 3 * 32 * 32, dtype=np.uint8).reshape(2, 3, 32, 32)      # as Keras then
    labels = np.array([[3], [5]], np.uint8)
    monkeypatch.setattr(keras.datasets.cifar10, "load_data", lambda: ((images, labels),) * 2)
    data = load_data("cifar10")
    assert data.images.shape == (2, 32, 32, 3)
    np.testing.assert_array_equal(data.images[1, 4, 7], images[1, :, 4, 7])


def test_a_file_of_one_array_is_data_as_it_is(tmp_path, rng):
    signals = rng.normal(size=(7, 20, 3))
    np.save(tmp_path / "signals.npy", signals)
    data = load_data(tmp_path / "signals.npy", img_shape=(20, 3))
    np.testing.assert_array_equal(data.images, signals)
    assert data.labels is None and "7 samples of shape (20, 3), float64" in str(data)
    with pytest.raises(ValueError, match=r"Use img_shape=\(20, 3\) \(--img-shape 20 3\)"):
        load_data(tmp_path / "signals.npy", img_shape=(20, 1))
    np.save(tmp_path / "objects.npy", np.array([{}]))
    np.save(tmp_path / "one.npy", np.arange(5))
    np.save(tmp_path / "none.npy", np.zeros((0, 5)))
    np.save(tmp_path / "words.npy", np.array([["a", "b"]]))
    (tmp_path / "empty.npy").touch()
    np.savez(tmp_path / "several.npz", x=np.zeros((2, 5)), y=np.zeros(2))
    (tmp_path / "several.npz").rename(tmp_path / "several.npy")
    for name, message in (("objects", "one array of num"), ("one", r"must hold an array \(N, "),
                          ("none", r"N at least 1. Received: an array of shape \(0, 5\)$"),
                          ("words", "array of numbers. Received: an array of <U1"),
                          ("empty", "as one array of numbers: it is empty"),
                          ("several", "isn't one array, but an archive of arrays, .*: x, y.")):
        with pytest.raises(ValueError, match=message):
            load_data(tmp_path / f"{name}.npy")


@pytest.mark.parametrize("shape, asked, advice", [
    ((9, 28, 28), (28, 28, 1), r"axis of channels: numpy.save\(file, array\[..., None\]\)"),
    ((9, 3, 8, 6), (8, 6, 3), r"come first: numpy.save\(file, array.transpose\(0, 2, 3, 1\)\)"),
    ((28, 28, 1), (28, 28, 1), r"one sample: numpy.save\(file, array\[None\]\)"),
    ((9, 28, 20), (28, 28, 1), r"Pictures \(N, height, width, channels\) are wanted"),
    ((9, 28, 28, 3), (28, 28, 1), r"Use img_shape=\(28, 28, 3\) \(--img-shape 28 28 3\)"),
    ((9, 5), 64, r"array \(N, 64\), N .*Use img_shape=\(5,\)"),
])
def test_what_to_do_with_an_array_of_another_shape(tmp_path, shape, asked, advice):
    np.save(tmp_path / "a.npy", np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match=advice):
        load_data(tmp_path / "a.npy", asked)


@pytest.mark.parametrize("how", [
    {"fit": "pad"}, {"background": (0, 0, 0)}, {"background": np.zeros(3)}, {"split": "test"},
    {"split": "all"}, {"folder": "x"}, {"labels": "a.csv"}, {"labels": np.arange(2)},
    {"attribute": "x"}, {"white": 9}, {"white": "data"}, {"black": 1}])
def test_what_would_have_no_effect_on_an_array_in_a_file_is_refused(tmp_path, how):
    np.save(tmp_path / "a.npy", np.zeros((2, *SHAPE), np.uint8))
    (name, _), = how.items()
    with pytest.raises(ValueError, match=f"{name} has no effect here: an array in a file is taken"):
        load_data(tmp_path / "a.npy", SHAPE, **how)
    assert len(load_data(tmp_path / "a.npy", SHAPE, background=[255, 255, 255])) == 2
    domains = load_domains(tmp_path / "a.npy", "digits", SHAPE, **{  # has one on the other domain
        name: value for name, value in how.items() if name in ("fit", "background", "folder")})
    assert len(domains.a) == 2


def test_a_folder_that_no_picture_folder_needs_is_refused(plain):
    with pytest.raises(ValueError, match="folder has no effect here: it is for mnist"):
        load_data(plain, SHAPE, folder="x")


def test_a_name_that_is_empty_and_a_place_that_cannot_be_looked_at(plain, monkeypatch):
    with pytest.raises(ValueError, match="source must be .* Received: source=''"):
        load_data("")
    for how in ({"img_shape": 64}, {"background": 255}):
        with pytest.raises(ValueError, match="must be "):
            load_data("digits", **how)

    def scandir(path):
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)               # root (tests often are) may list all
        with pytest.raises(FileNotFoundError, match="nix can't be looked for: .* can't be read"):
            load_data(plain / "nix")
