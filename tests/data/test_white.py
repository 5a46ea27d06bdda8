"""Which value is white: in both splits and both domains, after a resume, everywhere."""
import json
import os
import time
import types

import cv2
import numpy as np
import pytest
import tifffile

from data_loaders import NotAPicture, load_data, load_domains, read_image
from data_loaders.cache import cache_folder
from keras_gan.command.data import how_pictures_are_read
from keras_gan.command.look import real_data

SHAPE = (4, 5, 3)


def write(folder, **values):
    """Pictures of 16 bits, each of one value."""
    for name, value in values.items():
        path = folder / f"{name.replace('__', '/')}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.full(SHAPE, value, np.uint16))
    return folder


def brightness(data):
    return data.images[:, 0, 0, 0].tolist()


@pytest.fixture
def splits(tmp_path):
    """The same value, 1000, in both splits; the larger ones differ."""
    return write(tmp_path / "photos", train__a=1000, train__b=4000, test__a=1000, test__b=2000,
                 test__c=5000)


def test_white_of_the_training_data_is_that_of_all_splits(splits):
    train, test = (load_data(splits, SHAPE, split=s, white="data") for s in ("train", "test"))
    assert brightness(train) == [64, 255] and brightness(test) == [64, 128, 255]
    assert train.source["white"] == test.source["white"] == 4000
    assert "white is 4000, the largest value in 2 files of more than 8 bits" in train.remarks
    assert test.remarks[1:] == [
        "white is 4000, the largest value in the files to train on of more than 8 bits",
        "values above white=4000 become 255, the largest is 5000"]
    # What a run notes gives the number again, whatever has come to the folder
    source = json.loads(json.dumps(train.source))
    write(splits, train__c=60_000)
    assert brightness(load_data(**source, img_shape=SHAPE)) == [64, 255, 255]


def test_an_evaluation_reads_test_pictures_with_the_white_of_training(splits, tmp_path):
    others = write(tmp_path / "others", a=1000)
    game = types.SimpleNamespace(img_shape=SHAPE, num_classes=0, class_names=[])
    noted = {"source": str(splits), "fit": "crop", "split": "train", "white": "data", "black": 0.0}
    run = tmp_path / "run"
    run.mkdir()
    for white in ("data", 4000.0):                          # as 0.3 noted it once, and as now
        (run / "config.json").write_text(json.dumps({"source": {**noted, "white": white},
                                                     "training": {}}))
        assert brightness(real_data(run, game, None, None, None)[1]) == [64, 128, 255]
        assert brightness(real_data(run, game, None, None, others)[1]) == [64]
    # Named anew: read alike, where that is possible
    assert brightness(real_data(run, game, str(others), None, others)[0]) == [64]
    np.save(tmp_path / "a.npy", np.zeros((2, *SHAPE), np.uint8))
    assert len(real_data(run, game, str(tmp_path / "a.npy"), None, others)[0]) == 2
    assert how_pictures_are_read(noted, "digits") == {"fit": "crop"}


def test_each_domain_has_its_white_and_the_source_both(tmp_path):
    a, b = write(tmp_path / "a", x=1000, y=2000), write(tmp_path / "b", x=1000, y=4000)
    domains = load_domains(a, b, SHAPE, white="data")
    assert domains.a[:, 0, 0, 0].tolist() == [128, 255]
    assert domains.b[:, 0, 0, 0].tolist() == [64, 255]
    source = json.loads(json.dumps(domains.source))
    assert source["white"] == [2000, 4000]
    write(a, z=60_000)
    again = load_domains(**source, img_shape=SHAPE)
    assert again.a[:, 0, 0, 0].tolist() == [128, 255, 255] and again.source == source
    with pytest.raises(ValueError, match=r"a pair of them. Received: white=\[1, 2, 3\]"):
        load_domains(a, b, SHAPE, white=[1, 2, 3])


def test_black_is_noted_without_white_too(tmp_path):
    data = load_data(write(tmp_path / "a", x=10_000, y=65535), SHAPE, black=10_000)
    assert brightness(data) == [0, 255] == brightness(load_data(**data.source, img_shape=SHAPE))
    domains = load_domains(tmp_path / "a", "digits", SHAPE, black=10_000)
    assert load_domains(**domains.source, img_shape=SHAPE).a[0, 0, 0, 0] == 0


@pytest.mark.parametrize("white, black", [(float("nan"), 0), (float("inf"), 0), (9, float("nan")),
                                          (None, float("nan")), ("data", float("inf")), ([9], 0),
                                          (np.arange(3), 0)])
def test_numbers_that_are_none(tmp_path, white, black):
    with pytest.raises(ValueError, match="white must be a number above black, .* Received: white="):
        load_data(write(tmp_path, a=9), SHAPE, white=white, black=black)
    with pytest.raises(ValueError, match="white must be a number above black, or None"):
        read_image(tmp_path / "a.png", SHAPE, white=white, black=black)


def test_black_that_is_not_below_white_is_noticed(tmp_path):
    write(tmp_path, a=9, b=50)
    for black in (50, 51):
        message = f"white='data' is 50, .* must be above black. Received: black={black}"
        with pytest.raises(ValueError, match=message):
            load_data(tmp_path, SHAPE, white="data", black=black)
    with pytest.raises(NotAPicture, match="black=70000, where 65535 is white: say which value"):
        read_image(tmp_path / "a.png", SHAPE, black=70_000)
    tifffile.imwrite(tmp_path / "c.tif", np.full(SHAPE, .5, np.float32), photometric="rgb")
    with pytest.raises(NotAPicture, match="black=2, where 1 is white"):
        read_image(tmp_path / "c.tif", SHAPE, black=2)      # was inverted


def test_the_largest_value_is_found_whatever_a_file_is_called(tmp_path):
    write(tmp_path, a=4000)
    (tmp_path / "a.png").rename(tmp_path / "a.jpg")
    cv2.imwrite(str(tmp_path / "b.jpg"), np.full(SHAPE, 99, np.uint8))
    assert brightness(load_data(tmp_path, SHAPE, white="data")) == [255, 99]


def test_floats_beside_integers(tmp_path):
    write(tmp_path, a=4000)
    tifffile.imwrite(tmp_path / "b.tif", np.full(SHAPE, .75, np.float32), photometric="rgb")
    plain, = load_data(tmp_path, SHAPE).remarks             # floats are no 16 bits
    assert "no value in 1 files of 16 bits is above 4000" in plain
    for white, first in ((4095, []), ("data", ["white is 4000, the largest value in 2 files of "
                                               "more than 8 bits"])):
        data = load_data(tmp_path, SHAPE, white=white)
        assert data.remarks == [*first, "nearly black: no value in 1 files of floats is above 0.75,"
                                f" and white is {data.white:g}. Where 1 is white in them, load "
                                "them from a folder of their own"]


def test_a_fourth_channel_that_is_alpha_in_some_files_only(tmp_path):
    four = np.full((*SHAPE[:2], 4), 99, np.uint8)
    for name, extra in (("a", 2), ("b", 0), ("c", 2)):
        tifffile.imwrite(tmp_path / f"{name}.tif", four, photometric="rgb", extrasamples=[extra])
    for _ in range(2):
        assert load_data(tmp_path, (*SHAPE[:2], 4)).remarks == [
            "1 of 3 files: the fourth channel is a band as it is, in the others it is alpha "
            "(b.tif)"]
    (tmp_path / "b.tif").unlink()
    data = load_data(tmp_path, (*SHAPE[:2], 4))
    assert data.remarks == [] and data.bands is None and "RGBA" in str(data)


def test_a_fourth_channel_that_is_alpha_nowhere_is_not_shown_as_alpha(tmp_path):
    for name in "ab":
        tifffile.imwrite(tmp_path / f"{name}.tif", np.full((*SHAPE[:2], 4), 99, np.uint8),
                         photometric="rgb", extrasamples=[0])
    for _ in range(2):
        data = load_data(tmp_path, (*SHAPE[:2], 4))
        assert data.bands == (0, 1, 2) and "RGBA" not in str(data)
        assert "the fourth channel is a band as it is, not alpha" in data.remarks[0]
    both = load_domains(str(tmp_path), str(tmp_path), (*SHAPE[:2], 4))
    assert both.bands == (0, 1, 2) and "RGBA" not in str(both)


def test_each_use_of_a_folder_keeps_its_entry_and_what_nobody_uses_goes(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))
    folder = write(tmp_path / "photos", a=9, b=50)
    (folder / "one.csv").write_text("file,x,y\na.png,1,\nb.png,0,1\n")
    uses = [{}, {"labels": "one.csv", "attribute": "x"}, {"labels": "one.csv", "attribute": "y"},
            {"white": "data"}]

    def load(how):
        return load_data(folder, SHAPE, **how)

    with pytest.warns(UserWarning, match="no label"):
        entries = [load(how).images.filename for how in uses]
    assert all(os.path.exists(entry) for entry in entries) and len(set(entries)) == 4
    old = time.time() - 91 * 86_400
    for report in cache_folder().glob("folders/*/*/report.json"):
        os.utime(report, (old, old))
    load({})                                                # is used now
    write(tmp_path / "new", a=9)
    load_data(tmp_path / "new", SHAPE)
    assert [os.path.exists(entry) for entry in entries] == [True, False, False, False]
    assert len(list(cache_folder().glob("folders/*"))) == 2
