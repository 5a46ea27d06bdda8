"""Zip archives in place of folders."""
import struct
import zipfile

import cv2
import numpy as np
import pytest

from data_loaders import archive, load_data, load_domains

SHAPE = (4, 5, 3)
PNG = cv2.imencode(".png", np.full((*SHAPE[:2], 3), 7, np.uint8))[1].tobytes()
BLUE = cv2.imencode(".png", np.full((*SHAPE[:2], 3), (255, 0, 0), np.uint8))[1].tobytes()


def zipped(path, contents, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return path


def test_an_archive_is_read_as_the_folder_that_it_holds(tmp_path):
    path = zipped(tmp_path / "photos.zip", {
        "photos/cats/a.png": PNG, "photos/dogs/deeper/b.png": BLUE, "photos/10/c.png": PNG,
        "photos/9/d.png": PNG, "photos/notes.txt": "hello", "photos/birds/": "",
        "__MACOSX/photos/._a.png": "x", "photos/.DS_Store": "x", "photos/cats/cut.png": PNG[:60]})
    with pytest.warns(UserWarning, match=r"1 files .* skipped: cats/cut.png \(broken picture\)"):
        data = load_data(path, SHAPE)
    assert data.files == ["10/c.png", "9/d.png", "cats/a.png", "dogs/deeper/b.png"]
    assert data.class_names == ["9", "10", "cats", "dogs"] and data.labels.tolist() == [1, 0, 2, 3]
    assert tuple(data.images[3, 0, 0]) == (0, 0, 255)
    assert data.skipped == {"cats/cut.png": "broken picture", "notes.txt": "not an image"}
    assert data.remarks == ["no picture in birds/"] and "photos.zip: 4 pictures" in str(data)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["photos.zip"]     # nothing beside it
    with pytest.warns(UserWarning):
        assert load_data(**data.source, img_shape=SHAPE).images.filename == data.images.filename


def test_without_sub_folders_below_the_only_folder_there_are_no_labels(tmp_path):
    for names in (["photos/a.png", "photos/b.png"], ["a.png", "b.png"]):
        data = load_data(zipped(tmp_path / "a.zip", dict.fromkeys(names, PNG)), SHAPE)
        assert data.files == ["a.png", "b.png"] and data.labels is None


def test_a_text_beside_the_only_folder_is_no_obstacle(tmp_path):
    path = zipped(tmp_path / "a.zip", {
        "README": "hello", "LICENSE.txt": "free", "labels.csv": "a.png,x\nb.png,y\n",
        "photos/cats/a.png": PNG, "photos/dogs/b.png": BLUE})
    data = load_data(path, SHAPE)
    assert data.files == ["cats/a.png", "dogs/b.png"] and data.class_names == ["cats", "dogs"]
    assert data.remarks == [] and data.skipped == dict.fromkeys(
        ["README", "LICENSE.txt", "labels.csv"], "beside photos/, the only folder of pictures")
    assert load_data(path, SHAPE, labels="labels.csv").class_names == ["x", "y"]
    path = zipped(tmp_path / "b.zip", {"cover.png": PNG, "photos/b.png": BLUE})      # a picture
    assert load_data(path, SHAPE).class_names == [".", "photos"]
    path = zipped(tmp_path / "c.zip", {"photos/cats/1": PNG, "photos/dogs/2": BLUE})
    assert load_data(path, SHAPE).class_names == ["cats", "dogs"]


def test_names_in_utf_8_that_is_not_declared_as_on_macos(tmp_path):
    path = zipped(tmp_path / "a.zip", {"猫/é.png": PNG, "b/é.png": PNG})
    data = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        for begin in (data.find(magic), data.rfind(magic)):
            data[begin + offset:begin + offset + 2] = bytes(2)              # the flags
    path.write_bytes(data)
    assert zipfile.ZipFile(path).namelist()[0] != "猫/é.png"
    assert load_data(path, SHAPE).class_names == ["b", "猫"]
    name = "é.png".encode("cp437")                                          # of an old program
    assert name.decode("cp437") == archive._name_of(zipfile.ZipInfo(name.decode("cp437")))


def test_damage_of_every_packing_is_named(tmp_path):
    for how in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED):
        path = zipped(tmp_path / "a.zip", {"a.png": PNG * 20, "b.png": PNG}, how)
        data = bytearray(path.read_bytes())
        begin = data.index(b"a.png") + 5
        data[begin + 9:begin + 30] = b"\xff" * 21
        path.write_bytes(data)
        with pytest.warns(UserWarning, match=r"a.png \(broken in the archive"):
            assert load_data(path, SHAPE).files == ["b.png"]
    path = zipped(tmp_path / "a.zip", {"é.png": PNG, "b.png": PNG})
    data = path.read_bytes()
    path.write_bytes(data.replace("é".encode(), b"\xff\xff"))                # no UTF-8, as declared
    with pytest.raises(ValueError, match="no zip archive, or a damaged one .*'utf-8'"):
        load_data(path, SHAPE)
    path.write_bytes(data.replace("é".encode(), b"\xff\xff", 1))             # there alone
    with pytest.warns(UserWarning, match=r"é.png \(broken in the archive"):
        assert load_data(path, SHAPE).files == ["b.png"]


def test_a_changed_archive_is_read_anew_and_splits_and_tables_work_in_it(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.png": PNG})
    load_data(path, SHAPE)
    zipped(path, {"train\\cats\\a.png": PNG, "train\\dogs\\b.png": BLUE, "test\\dogs\\c.png": PNG,
                  "labels.csv": "a.png,x\nb.png,y\nc.png,x\n"}, zipfile.ZIP_DEFLATED)
    assert load_data(path, SHAPE).files == ["train/cats/a.png", "train/dogs/b.png"]
    test = load_data(path, SHAPE, split="test")
    assert test.class_names == ["cats", "dogs"] and test.labels.tolist() == [1]
    data = load_data(path, SHAPE, labels="labels.csv")
    assert data.class_names == ["x", "y"] and data.labels.tolist() == [0, 1]
    domains = load_domains(path, path, SHAPE, split="test")
    assert domains.a.shape == (1, *SHAPE)


def test_entries_that_are_not_what_they_should_be_are_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LARGE", 10_000)
    monkeypatch.setattr(archive, "MAX_BYTES", 50_000)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in ("good.png", "../up.png", "a/../../up.png", "/root.png", "C:\\drive.png",
                     "locked.png", "damaged.png", "longer.png"):
            file.writestr(name, PNG)
        file.writestr("empty.png", b"")
        file.writestr("film.mp4", b"\0\0\0\x20ftypisom" + bytes(40_000))
        file.writestr("large.png", bytes(50_001))
        file.writestr("blank.png", bytes(20_000), zipfile.ZIP_DEFLATED)
        file.writestr("mask.png", bytes(9_000), zipfile.ZIP_DEFLATED)      # small: no danger
        link = zipfile.ZipInfo("link.png")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "../../secret.png")
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("good.png", BLUE)
    data = bytearray(path.read_bytes())

    def change(name, offset, *values):
        """Bytes of the entry in the archive's directory, at its end."""
        begin = data.rindex(name.encode()) - 46
        data[begin + offset:begin + offset + len(values)] = bytes(values)

    change("locked.png", 8, 1)
    change("longer.png", 24, *struct.pack("<I", len(PNG) + 50))
    data[data.index(PNG, data.index(b"damaged.png")) + 30] ^= 255
    path.write_bytes(data)

    with pytest.warns(UserWarning) as said:
        loaded = load_data(path, SHAPE)
    assert loaded.files == ["good.png"]
    reasons = {name: reason.partition(" (")[0] for name, reason in loaded.skipped.items()}
    outside = "its path leads out of the archive"
    assert reasons == {
        "../up.png": outside, "a/../../up.png": outside, "/root.png": outside,
        "C:/drive.png": outside, "locked.png": "encrypted", "link.png": "a link",
        "large.png": "too large: more than 0 MiB", "damaged.png": "broken in the archive",
        "longer.png": "broken in the archive", "empty.png": "empty file",
        "film.mp4": "not an image", "mask.png": "broken picture",
        "blank.png": reasons["blank.png"],
        "good.png": "twice in the archive: the first one is used"}
    assert "unpacks to" in reasons["blank.png"] and "times its size" in reasons["blank.png"]
    assert "film.mp4" not in str(said[0].message) and "link.png (a link)" in str(said[0].message)


def test_entries_that_share_their_bytes_and_archives_that_declare_too_much(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.png": PNG, "b.png": PNG})
    data = bytearray(path.read_bytes())
    begin = data.rindex(b"b.png") - 46
    data[begin + 42:begin + 46] = bytes(4)                                 # where a.png begins
    path.write_bytes(data)
    with pytest.raises(FileNotFoundError, match="shares its bytes with another entry"):
        load_data(path, SHAPE)
    data[begin + 24:begin + 28] = struct.pack("<I", 2 ** 30)
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"a.zip declares to unpack to 1,073,741,9\d\d bytes, "):
        load_data(path, SHAPE)


@pytest.mark.parametrize("name, content, message", [
    ("a.zip", b"no archive", "a.zip is no zip archive, or a damaged one"),
    ("a.tar.gz", b"any", "can't be read in place. Unpack it"),
    ("a.npz", b"any", r"numpy.load\('.*a.npz'\) has its arrays by name"),
    ("a.png", PNG, "Give a folder of pictures.*Received: the file"),
])
def test_other_files(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        load_data(tmp_path / name, SHAPE)
