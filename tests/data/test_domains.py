"""Two sets of pictures that are not paired: one shape, numbers of their own."""
import json

import cv2
import numpy as np
import pytest

from data_loaders import Domains, load_domains

SHAPE = (10, 12, 3)
RED, BLUE = (255, 0, 0), (0, 0, 255)


def write(folder, colour, number, size=(20, 30)):
    folder.mkdir(parents=True)
    for i in range(number):                                  # OpenCV takes BGR
        cv2.imwrite(str(folder / f"{i}.png"), np.full((*size, 3), colour[::-1], np.uint8))
    return folder


@pytest.fixture
def folders(tmp_path):
    return write(tmp_path / "photos", RED, 3), write(tmp_path / "paintings", BLUE, 5, (40, 30))


def test_two_folders_become_two_arrays_of_one_shape(folders):
    domains = load_domains(*folders, img_shape=SHAPE)
    assert domains.a.shape == (3, *SHAPE) and domains.b.shape == (5, *SHAPE)
    assert domains.a.dtype == domains.b.dtype == np.uint8
    assert (domains.a == RED).all() and (domains.b == BLUE).all()
    assert len(domains) == 5
    assert [name.split("/")[-1] for name in domains.names] == ["photos", "paintings"]


def test_it_says_what_both_sets_are(folders):
    first, a, b = str(load_domains(*folders, img_shape=SHAPE)).splitlines()
    assert "12x10 RGB" in first
    assert "photos, 3 pictures" in a and "paintings, 5 pictures" in b


def test_the_source_gives_the_same_domains_again_from_anywhere(folders, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    how = {"fit": "pad", "background": (1, 2, 3)}
    domains = load_domains("photos", tmp_path / "paintings", SHAPE, **how, folder="elsewhere")
    source = json.loads(json.dumps(domains.source))
    assert source == {"a": str(folders[0]), "b": str(folders[1]), "fit": "pad",
                      "background": [1, 2, 3], "split": "train",
                      "folder": str(tmp_path / "elsewhere")}
    monkeypatch.chdir("/")
    again = load_domains(**source, img_shape=SHAPE)
    np.testing.assert_array_equal(again.a, domains.a)
    np.testing.assert_array_equal(again.b, domains.b)
    assert again.source == domains.source and (domains.b[:, :, 0] == (1, 2, 3)).all()


def test_a_name_beside_a_folder(folders):
    domains = load_domains("digits", folders[0], img_shape=(8, 8, 1))
    assert domains.a.shape == (1797, 8, 8, 1) and domains.b.shape == (3, 8, 8, 1)
    assert domains.source["a"] == "digits" and domains.names[0] == "digits"
    assert load_domains(**domains.source, img_shape=(8, 8, 1)).a.shape == domains.a.shape


def test_the_test_split_of_data_sets(tmp_path, rng):
    for name, n in (("mnist", 4), ("fashion_mnist", 6)):
        x, y = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8), np.zeros(n, np.uint8)
        np.savez(tmp_path / f"{name}.npz", x_train=x, y_train=y, x_test=x[1:], y_test=y[1:])
    domains = load_domains("mnist", "fashion_mnist", split="test", folder=tmp_path)
    assert domains.a.shape == (3, 28, 28, 1) and domains.b.shape == (5, 28, 28, 1)
    assert domains.names == ("mnist, test", "fashion_mnist, test")
    assert load_domains(**domains.source).source == domains.source


def test_shapes_that_differ_are_named_and_what_to_do(folders):
    message = (r"must have one shape .* Received: \(28, 28, 1\) of digits, \(128, 160, 3\) of "
               r".*photos.*img_shape=\(128, 160, 3\)")
    with pytest.raises(ValueError, match=message):
        load_domains("digits", folders[0])


def test_what_is_not_there_or_makes_no_sense_is_named(folders, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"No folder .*nowhere"):
        load_domains(folders[0], tmp_path / "nowhere", SHAPE)
    with pytest.raises(ValueError, match=r"b must be a folder .* b is a ndarray.*Domains\(a, b\)"):
        load_domains(folders[0], np.zeros((2, *SHAPE), np.uint8), SHAPE)
    with pytest.raises(ValueError, match="photos has no test split"):
        load_domains(folders[0], "scenes", SHAPE, split="test")
    with pytest.raises(ValueError, match="fit must be one of"):
        load_domains(*folders, SHAPE, fit="squeeze")


def test_domains_of_arrays(rng):
    a, b = (rng.integers(0, 256, (n, *SHAPE), dtype=np.uint8) for n in (2, 3))
    domains = Domains(a, b)
    assert domains.source is None and len(domains) == 3 and "a: a, 2 pictures" in str(domains)
    with pytest.raises(ValueError, match=r"one shape .*\(10, 12, 3\) of a, \(10, 6, 3\) of b"):
        Domains(a, b[:, :, ::2])
    with pytest.raises(ValueError, match=r"a of shape \(2, 10, 12, 3\), b of shape \(10, 12, 3"):
        Domains(a, b[0])
