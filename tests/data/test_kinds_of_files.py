"""Files of every kind, and what each becomes.

The table in data_loaders/README.md has the same rows.
"""
import io
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

import data_loaders
from benchmarks.kinds_of_files import PICTURE, WHITE, kinds, pil, tif, tif_of_pages
from data_loaders import NotAPicture, read_image
from data_loaders.formats import BEGIN_NOT_READ, NOT_READ
from data_loaders.image_file import decode
from data_loaders.resize import resize

KINDS = kinds()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_file_of_each_kind_becomes_what_it_should(kind):
    def read():
        return decode(f"name{kind.suffix}", WHITE, data=kind.data, **kind.asked)

    if kind.reason:
        with pytest.raises(NotAPicture) as error:
            read()
        assert error.value.reason == kind.reason
        return
    decoded = read()
    assert decoded.pixels.dtype == np.uint8 and decoded.pixels.shape == (16, 24, len(kind.left))
    for half, colour in ((np.s_[:, :8], kind.left), (np.s_[:, 16:], kind.right)):
        expected = np.broadcast_to(colour, decoded.pixels[half].shape)
        np.testing.assert_allclose(decoded.pixels[half].astype(int), expected, atol=kind.tolerance)
    assert decoded.size == (16, 24) and decoded.remark == kind.remark
    assert decoded.brightest == kind.brightest


def test_the_table_has_these_rows():
    text = (Path(data_loaders.__file__).parent / "README.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in line.split("|")[1:4])
            for line in text.splitlines() if line.startswith("| ") and "| what becomes" not in line]
    assert [name for name, _, _ in rows] == [kind.name for kind in KINDS]
    for kind, (_, becomes, _) in zip(KINDS, rows, strict=True):
        assert becomes.startswith("left out") == (kind.reason is not None), kind.name
        assert kind.reason is None or kind.reason in becomes
        assert kind.remark is None or "remark" in becomes


@pytest.mark.parametrize("name", [suffix for names in NOT_READ.values() for suffix in names])
def test_a_picture_that_is_not_read_is_called_by_its_name(tmp_path, name):
    for content in (b"what only another program knows", tif(PICTURE)):
        (tmp_path / f"a{name}").write_bytes(content)        # camera's raw files are TIFF
        with pytest.raises(NotAPicture, match="file, not read here: save it as PNG"):
            read_image(tmp_path / f"a{name}")
    (tmp_path / f"b{name}").write_bytes(pil(PICTURE, "PNG"))
    np.testing.assert_array_equal(read_image(tmp_path / f"b{name}", (16, 24, 3)), PICTURE)


@pytest.mark.parametrize("start, kind", BEGIN_NOT_READ.items())
def test_so_is_one_that_has_another_name(start, kind):
    with pytest.raises(NotAPicture, match=f"{kind} file, not read here"):
        decode("a.jpg", WHITE, data=start + bytes(99))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("how", [{}, {"compression": "jpeg", "quality": 100}])
def test_a_tiff_is_turned_once(orientation, how):
    upright = {1: np.s_[:, :], 2: np.s_[:, ::-1], 3: np.s_[::-1, ::-1], 4: np.s_[::-1]}
    striped = np.repeat(np.arange(0, 240, 10, dtype=np.uint8)[:, None], 16, axis=1)
    striped = striped + np.arange(16, dtype=np.uint8)
    expected = (striped if orientation < 5 else striped.T)[
        upright[{5: 1, 6: 2, 7: 3, 8: 4}.get(orientation, orientation)]]
    data = pil(striped, "TIFF", tiffinfo={274: orientation}, **how)
    decoded = decode("a.tif", WHITE, data=data)
    assert decoded.size == expected.shape
    np.testing.assert_allclose(decoded.pixels[..., 0].astype(int), expected, atol=4)


def test_nearly_black_pictures_are_warned_about(tmp_path):
    for bits, hint in ((10, "10 bits, read it with white=1023"), (14, "white=16383"), (15, None)):
        tifffile.imwrite(tmp_path / "a.tif", np.full((9, 9), 2 ** bits - 1, np.uint16))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert read_image(tmp_path / "a.tif", (9, 9, 3)).max() == round((2 ** bits - 1) / 257)
            messages = [str(warning.message) for warning in caught]
        assert len(messages) == (hint is not None) and all(hint in text for text in messages)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            white = read_image(tmp_path / "a.tif", (9, 9, 3), white=2 ** bits - 1)
        assert white.min() == 255


def test_what_is_hidden_under_alpha_does_not_shine_through():
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[...] = 250, 10, 10, 0                           # transparent red
    picture[:, 21:] = 10, 250, 10, 255                      # opaque green
    for shape in ((16, 16, 4), (200, 200, 4)):
        for fit in ("crop", "stretch", "pad"):
            small = resize(picture, shape, fit, WHITE)
            seen = small[..., 3] > 8
            np.testing.assert_allclose(small[seen][:, :3].astype(int),
                                       [(10, 250, 10)] * seen.sum(), atol=2)
    bands = resize(picture, (16, 16, 4), "stretch", WHITE, alpha=False)     # near infrared
    assert (bands[:, 5, 0] > 50).all()
    wide = resize(picture[:32], (16, 16, 4), "pad", WHITE)
    assert (wide[:3, :, :3] == 255).all() and (wide[:3, :, 3] == 0).all()


def test_many_bands_are_resized_each():
    picture = np.arange(6 * 8 * 7, dtype=np.uint8).reshape(6, 8, 7)
    small = resize(picture, (3, 4, 7), "stretch", WHITE)
    expected = picture.reshape(3, 2, 4, 2, 7).mean(axis=(1, 3))
    np.testing.assert_allclose(small, expected, atol=1)
    assert (resize(picture, (12, 8, 7), "pad", WHITE)[:3] == 0).all()


def test_strips_and_tiles_of_every_packing_are_put_where_they_belong():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 2 ** 16, (37, 53, 5), dtype=np.uint16)
    for how in ({}, {"tile": (16, 32)},
                {"compression": "zlib", "predictor": True, "byteorder": ">"},
                {"compression": "zlib", "tile": (32, 16), "bigtiff": True}):
        for planar in (False, True):
            strips = {} if "tile" in how else {"rowsperstrip": 8}
            data = tif(values.transpose(2, 0, 1) if planar else values,
                       planarconfig="separate" if planar else "contig", **how, **strips)
            decoded = decode("a.tif", WHITE, channels=5, data=data).pixels
            np.testing.assert_array_equal(decoded, np.rint(values / 257))
    grey = values[..., 0].astype(np.uint8)
    for kind in ("tiff_lzw", "packbits"):                   # in strips of a few rows
        large = np.tile(grey, (9, 40))
        decoded = decode("a.tif", WHITE, data=pil(large, "TIFF", compression=kind)).pixels
        np.testing.assert_array_equal(decoded[..., 0], large)


def test_a_broken_tiff_of_each_packing_is_named():
    values = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for data in (tif(values), tif(values, compression="zlib"), tif(values, tile=(16, 16)),
                 *(pil(values, "TIFF", compression=how) for how in ("tiff_lzw", "packbits"))):
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            end = file.pages[0].dataoffsets[-1] + file.pages[0].databytecounts[-1]
        for damaged in (data[:end // 2], data[:20], data[:end - 9]):
            with pytest.raises(NotAPicture, match="broken picture"):
                decode("a.tif", WHITE, data=damaged)


def test_a_small_tiff_of_a_huge_picture_is_not_unpacked():
    data = bytearray(tif(np.zeros((16, 16), np.uint8), "minisblack", compression="zlib"))
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        places = [file.pages[0].tags[name].valueoffset
                  for name in ("ImageWidth", "ImageLength", "RowsPerStrip")]
    for place in places:
        data[place:place + 4] = (30_000).to_bytes(4, "little")
    with pytest.raises(NotAPicture, match="too large: 30000x30000 pixels"):
        decode("a.tif", WHITE, data=bytes(data))


def test_no_room_is_made_for_what_a_png_says_without_having_it(monkeypatch):
    data = pil(PICTURE, "PNG")
    place = data.index(b"IDAT") - 4
    monkeypatch.setattr(cv2, "imdecode", None)              # isn't even asked
    with pytest.raises(NotAPicture, match="broken picture"):
        decode("a.png", WHITE, data=data[:place] + b"\x7f" + data[place + 1:])


def test_only_the_first_page_is_unpacked_and_all_are_counted():
    data = tif_of_pages(*[(PICTURE, 0)] * 300)
    assert decode("a.tif", WHITE, data=data).remark == "300 pages, the first is used"
