"""What a folder means: order of classes, splits, values of white, names of what is left
out."""
import json

import cv2
import numpy as np
import pytest

from data_loaders import ImageFolder, load_data, load_domains
from data_loaders.choice import BESIDE_PICTURES
from data_loaders.names import find_splits, in_order

SHAPE = (4, 5, 3)


def write(folder, *names, value=7, dtype=np.uint8):
    """Pictures of one value."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / name), np.full((*SHAPE[:2], 3), value, dtype))
    return folder


# --- order ----------------------------------------------------------------------------

@pytest.mark.parametrize("names, ordered", [
    ("1 10 11 12 2 3", "1 2 3 10 11 12"),
    ("a10 a9 b A1", "A1 a9 a10 b"),
    ("-1 -10 0.5 0.25 2 10", "-10 -1 0.25 0.5 2 10"),
    ("01 1 2 02 10", "01 1 02 2 10"),
    (". 10 9", ". 9 10"),
    ("Cats cats dogs", "Cats cats dogs"),
    ("v1.10 v1.9 v1", "v1 v1.9 v1.10"),
    ("x" + "9" * 5000 + " x" + "1" * 5001, "x" + "9" * 5000 + " x" + "1" * 5001),
])
def test_names_are_in_natural_order(names, ordered):
    assert in_order(reversed(names.split())) == ordered.split()


def test_names_without_numbers_stay_sorted_as_text(rng):
    for _ in range(200):
        names = {"".join(rng.choice(list("ab -_.ZÄ"), rng.integers(1, 5))) for _ in range(6)}
        assert in_order(names) == sorted(names)


def test_folders_with_numbers_are_classes_in_their_order_and_it_is_said(tmp_path):
    for number in range(1, 13):
        write(tmp_path, f"{number}/a.png", value=number)
    data = load_data(tmp_path, SHAPE)
    assert data.class_names == [str(n) for n in range(1, 13)]
    assert (data.labels == data.images[:, 0, 0, 0] - 1).all()
    assert "class numbers: 0 is '1', 1 is '2'," in str(data)
    # As 0.2 numbered them
    before = data.numbered_as(sorted(data.class_names))
    assert before.class_names[:3] == ["1", "10", "11"] and len(before) == 12
    assert [before.class_names[k] for k in before.labels] == [f.split("/")[0] for f in data.files]
    with pytest.raises(ValueError, match=r"must be among 1, 2\. Received: 3, 4, 5"):
        data.numbered_as(["1", "2"])


# --- splits ---------------------------------------------------------------------------

def split_folder(tmp_path, *folders):
    for i, folder in enumerate(folders):
        write(tmp_path, f"{folder}/cats/0.png", f"{folder}/dogs/1.png", value=i)
    return tmp_path


def test_train_is_used_and_test_is_the_test_split(tmp_path):
    folder = split_folder(tmp_path, "train", "test", "val")
    data, test = load_data(folder, SHAPE), load_data(folder, SHAPE, split="test")
    assert data.files == ["train/cats/0.png", "train/dogs/1.png"]
    assert test.files == ["test/cats/0.png", "test/dogs/1.png"] and (test.images == 1).all()
    assert data.class_names == test.class_names == ["cats", "dogs"] and data.has_test
    assert ("train/ (2 files) is read; split='test' gives test/ (2 files); val/ (2 files) is left "
            "out; split='all'") in str(data)
    every = load_data(folder, SHAPE, split="all")
    assert every.class_names == ["test", "train", "val"] and not every.has_test
    assert load_data(**test.source, img_shape=SHAPE).files == test.files
    domains = load_domains(folder, folder, SHAPE, split="test")
    assert (domains.a == 1).all() and "a: test/ (2 files) is read" in str(domains)


def test_without_classes_below_the_splits_there_are_no_labels(tmp_path):
    write(tmp_path, "Training_Set/a.png", "Validation/b.png", "Validation/c.png")
    data = load_data(tmp_path, SHAPE)
    assert data.files == ["Training_Set/a.png"] and data.labels is None
    assert len(load_data(tmp_path, SHAPE, split="test")) == 2            # val, where no test is


def test_a_class_that_the_test_split_lacks_leaves_the_others_their_numbers(tmp_path):
    write(tmp_path, *(f"train/{c}/a.png" for c in "abc"), "test/c/a.png", "test/aa/b.png")
    test = load_data(tmp_path, SHAPE, split="test")
    assert test.class_names == ["a", "b", "c", "aa"] and test.labels.tolist() == [3, 2]
    assert "classes that have no picture to train on: aa" in test.remarks


def test_splits_in_each_class(tmp_path):
    write(tmp_path, "cats/train/a.png", "cats/test/b.png", "dogs/train/a.png", "dogs/test/b.png")
    data = load_data(tmp_path, SHAPE)
    assert data.files == ["cats/train/a.png", "dogs/train/a.png"]
    assert data.class_names == ["cats", "dogs"] and data.labels.tolist() == [0, 1]
    assert load_data(tmp_path, SHAPE, split="test").files == ["cats/test/b.png", "dogs/test/b.png"]


@pytest.mark.parametrize("paths, remark", [
    (["train/a.png", "bus/a.png"], ""),                          # vehicles
    (["train/a.png"], ""),                                       # trains
    (["test/a.png", "val/a.png"], ""),
    (["train/a.png", "test/a.png", "bus/b.png"], "bus/, test/, train/ are read as classes"),
    (["train/a.png", "Train/a.png", "test/a.png"], "are read as classes"),
    (["trainA/a.png", "trainB/a.png", "testA/a.png", "testB/a.png"], "look like two domains"),
    *[([f"train/a{suffix}", f"test/a{suffix}", f"bus/b{suffix}"], "bus/, test/, train/ are read")
      for suffix in (".JPG", ".jfif", ".jpe", ".j2c", ".jpx", ".dib", ".heic", ".ief", ".npy", "")],
    (["train/a/x.png", "train/b/x.png", "c.png"], "train/ is read as a class, because pictures lie "
                                                  "beside it (c.png). If it holds"),
])
def test_what_are_no_splits(paths, remark):
    splits, remarks = find_splits(paths)
    assert splits is None and len(remarks) == bool(remark) and remark in "".join(remarks)


def test_what_are_splits_too():
    for paths in (["train/a/a.png", "test/a.png", "annotations/a.xml", "labels.csv"],
                  ["train/a/x.png", "train/b/x.png"], ["training/a", "testing/b"],
                  ["train/a.png", "test/a.png", "docs/LICENSE", "README", "more/masks.npy"],
                  ["train/a/x.png", "train/b/x.png", "LICENSE"]):
        assert set(find_splits(paths)[0].files["train"]) == {p for p in paths if "train" in p}


def test_pictures_beside_the_splits_are_left_out_and_named(tmp_path):
    write(split_folder(tmp_path, "train", "test"), "cover.png")
    with pytest.warns(UserWarning, match=r"cover.png \(beside train/\)"):
        assert load_data(tmp_path, SHAPE).skipped == {"cover.png": "beside train/"}


def test_arrays_are_pictures_only_where_no_picture_lies_beside_them(tmp_path):
    write(tmp_path, "photos/a.png")
    np.save(tmp_path / "labels.npy", np.arange(3))
    np.save(tmp_path / "photos" / "masks.npy", np.ones(SHAPE[:2], bool))
    with pytest.warns(UserWarning, match="2 files .* skipped: labels.npy, photos/masks.npy .an a"):
        data = load_data(tmp_path, SHAPE)
    assert data.files == ["photos/a.png"]
    assert data.skipped == dict.fromkeys(["labels.npy", "photos/masks.npy"], BESIDE_PICTURES)
    (tmp_path / "photos" / "a.png").unlink()
    (tmp_path / "icon.svg").write_text("<svg/>")                 # isn't read, so it's no picture
    with pytest.warns(UserWarning, match="icon.svg"):
        assert load_data(tmp_path, SHAPE).files == ["photos/masks.npy"]


@pytest.mark.parametrize("text", ["P1 2 players", "P6 is a format", "P3 4 5", "P5"])
def test_a_text_that_begins_like_a_pnm_file_is_no_broken_picture(tmp_path, text):
    write(tmp_path, "a.png")
    (tmp_path / "notes.txt").write_text(text)
    assert ImageFolder(tmp_path, SHAPE, on_error="raise").skipped == {"notes.txt": "not an image"}
    (tmp_path / "b").write_bytes(b"P5 2 1\n# by hand\n255\n\1\2")          # needs no suffix
    assert ImageFolder(tmp_path, SHAPE).files == ["a.png", "b"]


def test_a_folder_without_a_test_split_says_so(tmp_path):
    write(tmp_path, "train/a.png", "bus/a.png")
    with pytest.raises(ValueError, match=r"has no test split: no folders train/ and test/"):
        load_data(tmp_path, SHAPE, split="test")
    with pytest.raises(ValueError, match="split must be 'train', 'test', or 'all'"):
        load_data(tmp_path, SHAPE, split="val")


def test_classes_that_lie_a_level_deeper_are_said(tmp_path):
    write(tmp_path, "photos/cats/a.png", "photos/dogs/b.png")
    remark, = load_data(tmp_path, SHAPE).remarks
    assert remark.startswith("one class: all pictures lie in photos/. Give that folder")
    assert load_data(tmp_path / "photos", SHAPE).remarks == []


# --- what is left out, and remarks ----------------------------------------------------

def test_what_the_name_says_is_a_picture_is_warned_about_and_empty_classes_are_named(tmp_path):
    write(tmp_path, "cats/a.png")
    (tmp_path / "birds").mkdir()
    (tmp_path / "dogs").mkdir()
    for name in ("cats/notes.txt", "cats/Thumbs.db", "dogs/a.heic", "dogs/c.pict"):
        (tmp_path / name).write_bytes(b"something")
    with pytest.warns(UserWarning) as said:
        data = load_data(tmp_path, SHAPE)
    message, = (str(warning.message) for warning in said)
    assert "dogs/a.heic (HEIC file" in message and "dogs/c.pict (not an image)" in message
    assert "notes" not in message and "Thumbs" not in message
    assert data.class_names == ["cats"] and "no picture in birds/, dogs/" in data.remarks


def test_what_was_left_out_of_files_is_counted(tmp_path, rng):
    import tifffile
    for i in range(5):
        tifffile.imwrite(tmp_path / f"{i}.tif", rng.integers(0, 256, (8, 8, 5), dtype=np.uint8),
                         photometric="minisblack", planarconfig="contig")
    write(tmp_path, "a.png")
    for _ in range(2):                                          # also from the cache
        remark, = ImageFolder(tmp_path, SHAPE).remarks
        assert remark.startswith("5 of 6 files: ")
        assert remark.endswith("(0.tif, 1.tif, 2.tif and 2 more)")


def test_16_bits_that_are_12_are_said_and_can_be_mended(tmp_path):
    write(tmp_path, "a.png", value=2048, dtype=np.uint16)
    write(tmp_path, "b.png", value=4000, dtype=np.uint16)
    write(tmp_path, "c.png", value=200)
    data = load_data(tmp_path, SHAPE)
    remark, = data.remarks
    assert ("no value in 2 files of 16 bits is above 4000. If these data have 12 bits, load them "
            "with white=4095") in remark
    data = load_data(tmp_path, SHAPE, white=4095)
    assert data.images[:, 0, 0, 0].tolist() == [128, 249, 200] and data.remarks == []
    for _ in range(2):
        data = load_data(tmp_path, SHAPE, white="data")
        assert data.images[:, 0, 0, 0].tolist() == [131, 255, 200]
        assert data.remarks == ["white is 4000, the largest value in 2 files of more than 8 bits"]
    again = load_data(**json.loads(json.dumps(data.source)), img_shape=SHAPE)
    np.testing.assert_array_equal(again.images, data.images)
    black = load_data(tmp_path, SHAPE, white=4000, black=2048)
    assert black.images[:, 0, 0, 0].tolist() == [0, 255, 200]
    domains = load_domains(tmp_path, "digits", SHAPE, white=4095)
    assert domains.a[0, 0, 0, 0] == 128
    assert load_domains(**domains.source, img_shape=SHAPE).a[0, 0, 0, 0] == 128


def test_white_where_it_changes_nothing_or_makes_no_sense(tmp_path):
    write(tmp_path, "a.png")
    remark, = load_data(tmp_path, SHAPE, white=255).remarks
    assert "changes nothing" in remark
    for white, black in ((0, 0), ("max", 0), (True, 0), (9, "data"), (None, None)):
        with pytest.raises(ValueError, match="white must be a number above black"):
            load_data(tmp_path, SHAPE, white=white, black=black)
    with pytest.raises(ValueError, match="white has no effect here: it is for folders and archi"):
        load_data("digits", white=255)


# --- what isn't there -----------------------------------------------------------------

def test_near_names_are_told(tmp_path, monkeypatch):
    monkeypatch.chdir(write(tmp_path, "photos/a.png", "paintings/b.png"))
    for given, said in (("cfiar10", "data set 'cfiar10'. Did you mean 'cifar10'?"),
                        ("phtos", "Did you mean 'photos'?"),
                        (tmp_path / "phtos", "photos'?"),
                        (tmp_path / "xx", "xx. Folders there: paintings, photos."),
                        ("no/where", "There is no .*no either")):
        with pytest.raises(FileNotFoundError, match=said):
            load_data(given)
    with pytest.raises(FileNotFoundError, match="Did you mean 'cifar10'"):
        load_domains("photos", "cfiar10", SHAPE)
    with pytest.raises(ValueError, match="source must be a folder .* a ndarray.*train.images"):
        load_data(np.zeros((2, *SHAPE)))


def test_a_cache_that_cannot_be_written_says_which_variable_names_another(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GAN_CACHE", str(write(tmp_path, "photos/a.png") / "photos/a.png"))
    for source in (tmp_path / "photos", "scenes"):
        with pytest.raises(OSError, match="folder .*a.png can't be written .*KERAS_GAN_CACHE"):
            load_data(source, SHAPE)
