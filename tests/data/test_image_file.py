"""`read_image`: RGB in the right colours, whatever the file is.

OpenCV and Pillow write the files.
"""
import contextlib
import os

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from benchmarks.hostile_files import blank_png
from data_loaders import NotAPicture, bands, read_image
from data_loaders.image_file import decode
from data_loaders.resize import resize

RED, GREEN, BLUE = (250, 10, 10), (10, 250, 10), (10, 10, 250)


@pytest.fixture
def picture():
    """Red above, green below at the left, blue below at the right."""
    array = np.zeros((40, 60, 3), np.uint8)
    array[:20], array[20:, :30], array[20:, 30:] = RED, GREEN, BLUE
    return Image.fromarray(array)


def corners(path, img_shape=(40, 60, 3), **more):
    array = read_image(path, img_shape, **more)
    assert array.dtype == np.uint8 and array.shape == img_shape
    return array[2, 2], array[2, -3], array[-3, 2], array[-3, -3]


def save_16_bits(picture, path):
    cv2.imwrite(str(path), np.asarray(picture)[..., ::-1].astype(np.uint16) * 257)


@pytest.mark.parametrize("name, save, tolerance", [
    ("rgb.png", lambda p, f: p.save(f), 0),
    ("rgb.jpg", lambda p, f: p.save(f, quality=95), 3),
    ("progressive.jpg", lambda p, f: p.save(f, quality=95, progressive=True), 3),
    ("cmyk.jpg", lambda p, f: p.convert("CMYK").save(f, quality=95), 3),
    ("lossless.webp", lambda p, f: p.save(f, lossless=True), 0),
    ("rgb.bmp", lambda p, f: p.save(f), 0),
    ("rgb.tif", lambda p, f: p.save(f), 0),
    ("rgb.gif", lambda p, f: p.save(f), 0),
    ("film.gif", lambda p, f: p.save(f, save_all=True, append_images=[p.rotate(180)]), 0),
    ("palette.png", lambda p, f: p.quantize(8).save(f), 1),
    ("sixteen.png", save_16_bits, 0),
    ("sixteen.tif", save_16_bits, 0),
    ("name with spaces.png", lambda p, f: p.save(f), 0),
    ("图片.png", lambda p, f: p.save(f), 0),
    ("🐱.jpg", lambda p, f: p.save(f, quality=95), 3),
    ("really_a_png.jpg", lambda p, f: p.save(f, format="png"), 0),
])
def test_every_kind_of_file_comes_back_as_rgb(picture, tmp_path, name, save, tolerance):
    save(picture, tmp_path / name)
    for seen, colour in zip(corners(tmp_path / name), (RED, RED, GREEN, BLUE), strict=True):
        np.testing.assert_allclose(seen.astype(int), colour, atol=tolerance)


@pytest.mark.parametrize("name", ["rotated.jpg", "rotated.png", "rotated.webp", "rotated.tif"])
@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_rotation_is_applied_with_and_without_alpha(picture, tmp_path, name, alpha,
                                                             orientation):
    if alpha:
        if name.endswith("jpg"):
            name = "rotated2.webp"                  # JPEG has no alpha: a lossy WebP once more
        picture.putalpha(255)
        picture.putpixel((0, 0), (0, 0, 0, 254))    # else the reader may drop a channel of only 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    if name.endswith("tif"):
        picture.save(tmp_path / name, tiffinfo={0x0112: orientation})
    else:
        picture.save(tmp_path / name, exif=exif, quality=95)
    upright = {1: (0, 1, 2, 3), 2: (1, 0, 3, 2), 3: (3, 2, 1, 0), 4: (2, 3, 0, 1),
               5: (0, 2, 1, 3), 6: (2, 0, 3, 1), 7: (3, 1, 2, 0), 8: (1, 3, 0, 2)}[orientation]
    colours = [(RED, RED, GREEN, BLUE)[i] for i in upright]
    shape = (60, 40, 3) if orientation >= 5 else (40, 60, 3)
    for seen, colour in zip(corners(tmp_path / name, shape), colours, strict=True):
        np.testing.assert_allclose(seen.astype(int), colour, atol=12)


@pytest.mark.parametrize("name", ["alpha.png", "alpha.webp", "alpha.tif",
                                  "sixteen.png", "sixteen.tif"])
@pytest.mark.parametrize("background", [(255, 255, 255), (0, 100, 200)])
def test_transparency_is_laid_on_the_background(picture, tmp_path, name, background):
    alpha = np.full((40, 60), 255, np.uint8)
    alpha[:, 30:], alpha[20:] = 128, 0              # above: opaque, half; below: nothing to see
    alpha[:20, 30:] = 128
    picture.putalpha(Image.fromarray(alpha))
    if name.startswith("sixteen"):
        rgba = np.asarray(picture).astype(np.uint16) * 257
        if name.endswith("png"):
            cv2.imwrite(str(tmp_path / name), rgba[..., [2, 1, 0, 3]])
        else:                                       # OpenCV doesn't write that the band is alpha
            tifffile.imwrite(tmp_path / name, rgba, photometric="rgb", extrasamples=["unassalpha"])
    else:
        picture.save(tmp_path / name, **({"lossless": True} if name.endswith("webp") else {}))
    half = np.array(RED) * 128 / 255 + np.array(background) * 127 / 255
    expected = RED, half, background, background
    for seen, colour in zip(corners(tmp_path / name, background=background), expected, strict=True):
        np.testing.assert_allclose(seen.astype(int), colour, atol=2)


def test_grey_files_become_rgb_and_colour_becomes_grey(picture, tmp_path):
    picture.convert("L").save(tmp_path / "grey.png")
    picture.convert("1").save(tmp_path / "black_and_white.png")
    picture.save(tmp_path / "colour.png")
    r, g, b = (read_image(tmp_path / "grey.png", (40, 60, 3))[2, 2])
    assert r == g == b == pytest.approx(82, abs=1)  # .299 of 250 and the rest of 10
    assert set(np.unique(read_image(tmp_path / "black_and_white.png", (40, 60, 3)))) <= {0, 255}
    assert read_image(tmp_path / "colour.png", (40, 60, 1))[2, 2] == pytest.approx(82, abs=1)


def test_fit_crop_cuts_the_centre_pad_shows_all_stretch_distorts():
    striped = np.zeros((40, 80, 3), np.uint8)       # stripes: a quarter, a half and a quarter wide
    striped[:, :20], striped[:, 20:60], striped[:, 60:] = RED, GREEN, BLUE
    crop = resize(striped, (20, 20, 3), "crop", (255, 255, 255))
    assert (crop == GREEN).all()
    pad = resize(striped, (20, 20, 3), "pad", (1, 2, 3))
    assert (pad[:5] == (1, 2, 3)).all() and (pad[15:] == (1, 2, 3)).all()
    assert (pad[5:15, 0] == RED).all() and (pad[5:15, -1] == BLUE).all()
    stretch = resize(striped, (20, 20, 3), "stretch", (255, 255, 255))
    for column, colour in ((0, RED), (10, GREEN), (-1, BLUE)):
        assert (stretch[:, column] == colour).all()


def test_shrinking_averages():
    board = np.indices((256, 256)).sum(0) % 2 * 255         # black and white pixels in turn
    board = np.repeat(board.astype(np.uint8)[..., None], 3, 2)
    small = resize(board, (32, 32, 3), "stretch", (0, 0, 0))
    assert 120 < small.min() <= small.max() < 135           # grey


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.integers(1, 60)] * 4), st.sampled_from(["crop", "pad", "stretch"]),
       st.sampled_from([1, 3]))
def test_any_size_fits_into_any_other(sizes, fit, channels):
    h, w, height, width = sizes
    result = resize(np.full((h, w, 3), 7, np.uint8), (height, width, channels), fit, (7, 7, 7))
    assert result.shape == (height, width, channels) and (result == 7).all()


def truncated(path):
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])


@pytest.mark.parametrize("name, make, reason", [
    ("empty.png", lambda p: p.touch(), "empty file"),
    ("note.txt", lambda p: p.write_text("no picture"), "not an image"),
    ("note.png", lambda p: p.write_text("no picture"), "broken picture"),
    (b"latin-1-\xff.txt".decode("utf-8", "surrogateescape"), lambda p: p.write_text("no picture"),
     "not an image"),
    ("a_folder.png", lambda p: p.mkdir(), "not a regular file"),
    ("pipe.png", lambda p: os.mkfifo(p), "not a regular file"),
    *[(f"truncated.{suffix}", truncated, "broken picture")
      for suffix in ("jpg", "png", "webp", "bmp", "gif", "tif")],
    ("float.tif", lambda p: cv2.imwrite(str(p), np.full((5, 5, 3), 9, np.float32)),
     "float32 from 9 to 9, not 0..1: say which value becomes 255, white=..."),
])
def test_what_is_no_picture_is_named_with_the_reason(tmp_path, name, make, reason):
    make(tmp_path / name)
    with pytest.raises(NotAPicture) as error:
        read_image(tmp_path / name)
    assert error.value.reason == reason and name in str(error.value)


@pytest.mark.parametrize("arguments, message", [
    ({"fit": "squeeze"}, "fit must be one of 'crop', 'pad', 'stretch'. Received: fit='squeeze'"),
    ({"img_shape": (10, 10, 0)}, "img_shape must be"),
    ({"img_shape": (10, 10)}, "img_shape must be"),
    ({"img_shape": 64}, r"Received: img_shape=64. Use img_shape=\(64, 64, 3\)"),
    ({"img_shape": (9.5, 10, 3)}, "img_shape must be"),
    ({"img_shape": "9x9"}, "img_shape must be .* Received: img_shape='9x9'"),
    ({"img_shape": None}, "img_shape must be"),
    ({"background": 255}, "background must be three numbers .* Received: background=255"),
    ({"background": "white"}, "background must be three numbers"),
    ({"background": (0, 0, float("nan"))}, "background must be three numbers"),
    ({"fit": ["crop"]}, "fit must be one of"),
    ({"white": 5, "black": 5}, "white must be a number above black, or None, and black a number. "
                              "Received: white=5, black=5"),
    ({"background": (0, 0, 256)}, "background must be three numbers 0..255"),
])
def test_arguments_are_checked(picture, tmp_path, arguments, message):
    picture.save(tmp_path / "a.png")
    with pytest.raises(ValueError, match=message):
        read_image(tmp_path / "a.png", **arguments)
    with pytest.raises(FileNotFoundError):
        read_image(tmp_path / "b.png")


NOISE = np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8)
ENCODED = [cv2.imencode(suffix, NOISE)[1].tobytes()
           for suffix in (".png", ".jpg", ".webp", ".bmp", ".tif")]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(ENCODED),
       st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8),
       st.floats(0, 1))
def test_whatever_bytes_a_file_has_it_is_a_picture_or_no_picture(tmp_path_factory, encoded,
                                                                 changes, kept):
    data = bytearray(encoded)
    for place, value in changes:
        data[place % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "damaged.png"
    path.write_bytes(data[:max(1, int(len(data) * kept))] if kept < 0.5 else data)
    with contextlib.suppress(NotAPicture):
        assert read_image(path, (8, 8, 3)).shape == (8, 8, 3)


@pytest.mark.parametrize("side, expected", [
    (10_000, "too large: 10000x10000 pixels, more than 89 million"), (200, None)])
def test_a_small_file_of_a_huge_picture_is_not_unpacked(tmp_path, side, expected):
    path = tmp_path / "black.png"
    path.write_bytes(blank_png(side, side))
    assert path.stat().st_size < 100_000
    if expected:
        with pytest.raises(NotAPicture, match=expected):
            read_image(path)
    else:
        assert read_image(path, (5, 5, 3)).max() == 0


def test_a_jpeg_is_decoded_no_larger_than_it_is_needed(tmp_path):
    y, x = np.mgrid[:240, :320]
    picture = np.stack([y, x * 3 // 4, 240 - y], axis=-1).astype(np.uint8)
    picture[:, 280:] = 0                                        # slopes, and a black bar at right
    cv2.imwrite(str(tmp_path / "a.jpg"), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    exif = Image.Exif()
    exif[0x0112] = 6                                            # to be turned by a quarter
    Image.open(tmp_path / "a.jpg").save(tmp_path / "turned.jpg", exif=exif, quality=95)
    for name, upright, size in (("a.jpg", picture, (240, 320)),
                                ("turned.jpg", np.rot90(picture, -1), (320, 240))):
        for least, part in ((241, 1), (121, 1), (120, 2), (60, 4), (30, 8), (1, 8)):
            decoded, of_file, *_ = decode(tmp_path / name, (255, 255, 255), least)
            assert decoded.shape == (size[0] // part, size[1] // part, 3) and of_file == size
            small = resize(np.ascontiguousarray(upright), decoded.shape, "stretch", (0, 0, 0))
            assert np.abs(decoded.astype(int) - small).mean() < 2
    bar = read_image(tmp_path / "a.jpg", (24, 32, 3))[:, 30:]
    assert bar.max() < 10                                       # it is where it was


def test_a_very_large_jpeg_is_decoded_in_half_its_size(tmp_path, monkeypatch):
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[:, 150:] = 255
    cv2.imwrite(str(tmp_path / "a.jpg"), picture)
    whole = decode(tmp_path / "a.jpg", (255, 255, 255)).pixels
    monkeypatch.setattr(bands, "MAX_PIXELS", 59_999)
    monkeypatch.setattr(bands, "LARGE", 10_000)
    half = decode(tmp_path / "a.jpg", (255, 255, 255)).pixels
    assert whole.shape == (200, 300, 3) and half.shape == (100, 150, 3)
    of_whole, of_half = (resize(p, (10, 10, 3), "stretch", (0, 0, 0)) for p in (whole, half))
    np.testing.assert_allclose(of_whole.astype(int), of_half, atol=2)
    monkeypatch.setattr(bands, "MAX_PIXELS", 14_999)
    with pytest.raises(NotAPicture, match="too large: 300x200 pixels"):
        decode(tmp_path / "a.jpg", (255, 255, 255))
