"""Labels from a table."""
import json

import cv2
import numpy as np
import pytest

from data_loaders import load_data
from data_loaders.labels_file import LabelsFile

SHAPE = (4, 5, 3)
FILES = ["1.png", "2.png", "sub/3.jpg"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "photos" / "sub").mkdir(parents=True)
    for i, name in enumerate(FILES):
        cv2.imwrite(str(tmp_path / "photos" / name), np.full((*SHAPE[:2], 3), i, np.uint8))
    return tmp_path / "photos"


def read(text, attribute=None, files=FILES, folder="/data/photos"):
    data = text if isinstance(text, bytes) else text.encode()
    return LabelsFile(data, "labels.csv", files, folder, attribute)


@pytest.mark.parametrize("text", [
    "1.png,cat\n2.png,dog\nsub/3.jpg,cat\n",
    "file,label\n1.png,cat\n2.png,dog\n3.jpg,cat",                 # a header; the end of the path
    "label;file\ncat;1.png\ndog;2.png\ncat;3.jpg\n",               # the other way round
    "1\tcat\n2\tdog\n3\tcat\n",                                    # without suffix
    "1.png cat\n2.png dog\nsub/3.jpg   cat\n",
    '"1.png", "cat"\n"2.png", "dog"\n"SUB\\3.JPG", "cat"\n',       # Windows
    "photos/1.png,cat\nphotos/2.png,dog\nphotos/sub/3.jpg,cat\n",
    "/old/disk/1.png,cat\n/old/disk/2.png,dog\n/old/disk/sub/3.jpg,cat\n",
    "1.jpg|cat\n2.jpg|dog\n3.png|cat\n",                           # converted since
    ",file,label\n0,1.png,cat\n1,2.png,dog\n2,3.jpg,cat\n",        # as pandas writes it
    "\ufefffile,label\r\n1.png,cat\r\n2.png,dog\r\n\r\n3.jpg,cat\r\n",
    "file\tlabel\n1.png\tcat\n2.png\tdog\n3.jpg\tcat\n".encode("utf-16"),
])
def test_tables_of_all_kinds(text):
    table = read(text)
    assert table.labels == dict(zip(FILES, ("cat", "dog", "cat")))
    assert table.order == ["cat", "dog"] and table.remarks == []


CELEBA = "3\nSmiling Young \n1.png -1  1\n2.png  1  1\n3.jpg -1 -1\n"


@pytest.mark.parametrize("text", [
    CELEBA,
    "image_id,Smiling,Young\n1.png,-1,1\n2.png,1,1\n3.jpg,-1,-1\n",
    "image_id,Smiling,Young\n1.png,0,1\n2.png,1.0,1\n3.jpg,0,0\n",
])
def test_an_attribute(text):
    table = read(text, "Smiling")
    assert table.labels == dict(zip(FILES, ("not Smiling", "Smiling", "not Smiling")))
    assert table.order == ["not Smiling", "Smiling"]
    assert read(text, "Young").labels["2.png"] == "Young"


def test_numbers_are_in_their_order_and_other_columns_are_classes_as_they_are():
    assert read("1.png,10\n2.png,2\n3.jpg,-1\n").order == ["-1", "2", "10"]
    assert read("file,a,kind\n1.png,x,10\n2.png,x,2\n3.jpg,x,9\n", "kind").order == ["2", "9", "10"]


def test_what_does_not_match_is_counted_and_named():
    table = read("1.png,cat\n7.png,dog\n2.png,\n3.jpg,cat\n3.jpg,dog\n")
    assert table.labels == {"1.png": "cat"} and table.several == ["sub/3.jpg"]
    assert table.remarks == ["1 of 5 files that labels.csv names are not there: 7.png"]
    table = read("a.png,cat\nx/b.png,dog\n", files=["x/a.png", "y/a.png", "x/b.png", "y/b.png"])
    assert table.labels == {"x/b.png": "dog"}
    assert table.remarks == ["1 of 2 names in labels.csv fit several pictures, and were left out: "
                             "a.png"]
    # A picture of another folder, or with another suffix, is another picture
    assert read("test/1.png,cat\n2.png,dog\n").labels == {"2.png": "dog"}
    assert read("1.jpg,cat\n1.png,dog\n").labels == {"1.png": "dog"}
    table = read("A.png,cat\na.png,dog\n", files=["A.png", "a.png"])         # case tells them apart
    assert table.labels == {"A.png": "cat", "a.png": "dog"}
    assert "each" not in str(table.remarks)


@pytest.mark.parametrize("text", [
    "label,file\n1,2.png\n2,1.png\n1,3.jpg\n",                       # labels that are stems
    "2.png,1\n1.png,2\n3.jpg,1\n",
    "label;file\n1;2\n2;1\n1;3\n",
    "label,file\n1,2.png\n2,1.png\n1,3.jpg\n1,7.png\n1,8.png\n",     # more labels are found
])
def test_labels_that_are_called_as_pictures_are(text):
    assert read(text).labels == {"2.png": "1", "1.png": "2", "sub/3.jpg": "1"}


def test_a_column_that_is_called_as_a_picture_is():
    for text in ("image,label\nimage.png,cat\n1.png,dog\n", "image,label\nimage,cat\n1,dog\n"):
        table = read(text, files=["image.png", "1.png"])
        assert table.labels == {"image.png": "cat", "1.png": "dog"} and table.several == []
    assert read("image,cat\n1,dog\n", files=["image.png", "1.png"]).labels["image.png"] == "cat"


def test_quotation_marks():
    rows = '1.png,"cat, big"\n2.png,"a ""dog"""\n' + "3.jpg,x\n"
    assert read(rows).labels == {"1.png": "cat, big", "2.png": 'a "dog"', "sub/3.jpg": "x"}
    assert read("1.png,6\" long\n2.png,7\" long\n").order == ['6" long', '7" long']
    many = "".join(f"{i}.png,cat\n" for i in range(20_000))
    for text in ('1.png,cat\n2.png,"dog\n3.jpg,cat\n', '1.png,cat\n2.png,"dog\n' + many,
                 '1.png,cat\n2.png,"dog" and cat\n'):
        with pytest.raises(ValueError, match=r"labels.csv has a quotation mark .*'2.png,\"dog"):
            read(text)
    with pytest.raises(ValueError, match="a picture and its label in each line"):
        read('"' + many)


def test_pictures_of_another_split_are_there(folder):
    test = folder / "test"
    table = "1.png,b\n2.png,a\nsub/3.jpg,b\n4.png,a\n"
    found = LabelsFile(table.encode(), "labels.csv", FILES[:2], "/data", None, FILES[2:])
    assert found.remarks == [
        "1 of 4 files that labels.csv names are not there: 4.png"]
    for name in ("train", "test"):
        (folder / name).mkdir()
    (folder / "1.png").rename(folder / "train" / "1.png")
    (folder / "2.png").rename(test / "2.png")
    (folder / "sub" / "3.jpg").rename(test / "3.jpg")
    (folder / "labels.csv").write_text("1.png,b\n2.png,a\n3.jpg,b\n")
    data = load_data(folder, SHAPE, labels="labels.csv")
    assert data.files == ["train/1.png"] and not any("not there" in r for r in data.remarks)
    (folder / "labels.csv").write_text("2.png,a\n3.jpg,b\n")
    with pytest.raises(ValueError, match="names no picture .*, except in other splits. It names 2"):
        load_data(folder, SHAPE, labels="labels.csv")


@pytest.mark.parametrize("text, attribute, message", [
    (CELEBA, None, r"several columns: Smiling, Young. attribute=NAME \(--attribute NAME\)"),
    (CELEBA, "smilling", "no column 'smilling'. Did you mean 'Smiling'"),
    ("1.png,cat,red\n2.png,dog,red\n3.jpg,dog,red\n", None, "columns: 3 without a name"),
    ("1.png,cat\n2.png,dog\n", "Smiling", "no first row with names of columns"),
    ("a.png,cat\nb.png,dog\n", None, r"names no picture .* It names a.png, b.png; there are 1.png"),
    ("cat\ndog\n", None, "a picture and its label in each line, .* Its first line is 'cat'"),
    ("", None, "It is empty"),
    ("1.png,cat\n2.png,dog\n3.jpg,cat,sleeping\n", None, "Row 3 of labels.csv has 3 columns"),
    (b"PK\3\4\0\0", None, "is no text"),
    ("file,label\n", None, "no row below its header"),
])
def test_tables_that_cannot_be_understood(text, attribute, message):
    with pytest.raises(ValueError, match=message):
        read(text, attribute)


def test_a_folder_with_a_table(folder, monkeypatch):
    (folder / "labels.csv").write_text("file,label\n1.png,big cat\n3.jpg,10\n4.png,x\n")
    for where, labels in ((folder.parent, "labels.csv"), (folder, "labels.csv"),
                          (folder, folder / "labels.csv")):
        monkeypatch.chdir(where)
        with pytest.warns(UserWarning, match=r"2.png \(no label in labels.csv\)"):
            data = load_data(folder, SHAPE, labels=labels)
        assert data.files == ["1.png", "sub/3.jpg"] and data.skipped == {
            "2.png": "no label in labels.csv"}
        assert data.class_names == ["10", "big cat"] and data.labels.tolist() == [1, 0]
        assert data.remarks == ["1 of 3 files that labels.csv names are not there: 4.png"]
        monkeypatch.chdir("/")
        with pytest.warns(UserWarning, match="no label"):
            again = load_data(**json.loads(json.dumps(data.source)), img_shape=SHAPE)
        assert again.labels.tolist() == [1, 0] and again.source == data.source


def test_a_table_and_splits(folder):
    (folder / "train").mkdir()
    (folder / "1.png").rename(folder / "train" / "1.png")
    (folder / "2.png").rename(folder / "train" / "2.png")
    (folder / "sub").rename(folder / "test")
    (folder / "labels.csv").write_text("train/1.png,b\ntrain/2.png,a\ntest/3.jpg,b\n")
    data = load_data(folder, SHAPE, labels="labels.csv")
    assert data.files == ["train/1.png", "train/2.png"] and data.labels.tolist() == [1, 0]
    test = load_data(folder, SHAPE, split="test", labels="labels.csv")
    assert test.class_names == ["a", "b"] and test.labels.tolist() == [1]


def test_arguments_that_make_no_sense(folder):
    with pytest.raises(FileNotFoundError, match="No file of labels nothing.csv, neither in"):
        load_data(folder, SHAPE, labels="nothing.csv")
    for how in ({"labels": [0, 1, 1]}, {"attribute": "Smiling"}):
        with pytest.raises(ValueError, match="labels must be a file with a table"):
            load_data(folder, SHAPE, **how)
    for labels in ("labels.csv", np.arange(9), list(range(9000))):
        with pytest.raises(ValueError, match="labels has no effect here: it is for folders and ar"
                           ) as error:
            load_data("digits", labels=labels)
        assert len(str(error.value)) < 200
    with pytest.raises(ValueError, match=r"labels=an array of shape \(9,\), attribute=None"):
        load_data(folder, SHAPE, labels=np.arange(9))
