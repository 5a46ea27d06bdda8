"""One picture file -> one RGB array. OpenCV reads BGR, this module returns RGB."""
import contextlib
import io
import threading
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

import cv2
import imagesize
import numpy as np
from PIL import Image

FITS = ("crop", "pad", "stretch")
JPEG = b"\xff\xd8\xff"
TIFF = (b"II*\0", b"MM\0*")
BEGINNINGS = (JPEG, b"\x89PNG", b"GIF8", b"BM", *TIFF)        # and RIFF....WEBP
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif")
ORIENTATION = 0x0112          # the EXIF tag
MAX_BYTES = 2 ** 30           # of a file
MAX_HEADER = 2 ** 24          # bytes that must hold the size of a picture, except in a TIFF
# Of a picture. Above it Pillow warns about a decompression bomb. A JPEG may have four
# times as many pixels, and is then decoded in half its size.
MAX_PIXELS = 89_478_485
LARGE = 20_000_000            # pixels. Larger pictures are decoded one at a time: bounded memory
ONE_AT_A_TIME = threading.Lock()
PARTS = {8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4,       # JPEG: an eighth of
         2: cv2.IMREAD_REDUCED_COLOR_2, 1: cv2.IMREAD_COLOR}                 # its size, ..., all
MIRROR = {2: lambda p: p[:, ::-1], 3: lambda p: p[::-1, ::-1], 4: lambda p: p[::-1],
          5: lambda p: p.swapaxes(0, 1), 6: lambda p: p.swapaxes(0, 1)[:, ::-1],
          7: lambda p: p[::-1, ::-1].swapaxes(0, 1), 8: lambda p: p.swapaxes(0, 1)[::-1]}


class NotAPicture(ValueError):
    """A file that can't be used. `reason` says why: "empty file", "broken picture"."""

    def __init__(self, path, reason):
        super().__init__(f"{path}: {reason}")
        self.reason = reason


class Decoded(NamedTuple):
    """What `decode` returns."""
    pixels: np.ndarray
    """uint8 array (height, width, channels), upright."""
    size: tuple[int, int]
    """(height, width) of the picture in the file."""
    remark: str | None = None
    """What was left out of the file, "2 more bands left out" for example."""
    brightest: int | float | None = None
    """Largest value of a file with more than 8 bits."""


def read_image(path, img_shape=(128, 160, 3), fit="crop", background=(255, 255, 255)):
    """Read a picture file as RGB, in the size that is asked for.

    JPEG (CMYK too), PNG, WebP, BMP, TIFF and the first frame of a GIF; 8 or 16 bits;
    grey, palette or colour. The EXIF rotation is applied. Transparent pictures are laid
    on a background.

    Args:
        path: of the file. Its name may be in any script.
        img_shape: (height, width, channels) of the result; 1 channel (grey) or 3 (RGB).
        fit: what to do with another shape. "crop" covers the size and cuts off what
            stands out at both sides. "pad" fits the whole picture in and fills the rest
            with the background. "stretch" distorts it.
        background: RGB, 0..255, under transparent pictures and around padded ones.

    Returns:
        uint8 array of shape `img_shape`, RGB or grey.

    Raises:
        FileNotFoundError: if there is no such file.
        NotAPicture: (a ValueError) if the file is empty, broken or no picture.
        ValueError: for arguments that make no sense.
    """
    img_shape = check_shape(img_shape, fit, background)
    picture = decode(path, background, max(img_shape[:2])).pixels
    return resize(picture, img_shape, fit, background)


def check_shape(img_shape, fit, background):
    """Check arguments of `read_image`; `img_shape` as a tuple, or `ValueError`."""
    if len(img_shape) != 3 or min(img_shape) < 1 or img_shape[2] not in (1, 3):
        raise ValueError("img_shape must be (height, width, channels) with 1 or 3 channels. "
                         f"Received: img_shape={img_shape!r}")
    if fit not in FITS:
        raise ValueError(f"fit must be one of {', '.join(map(repr, FITS))}. Received: fit={fit!r}")
    if len(background) != 3 or min(background) < 0 or max(background) > 255:
        raise ValueError("background must be three numbers 0..255 (red, green, blue). "
                         f"Received: background={background!r}")
    return tuple(int(n) for n in img_shape)


def decode(path, background, least=MAX_PIXELS, channels=3, black=0, white=None, data=None):
    """Read a picture file, upright.

    Args:
        path: of the file.
        background: RGB, 0..255, under transparent pictures.
        least: int, how many pixels each side needs. A JPEG whose sides have at least
            twice, four or eight times as many is decoded in a half, a quarter or an
            eighth of its size. That takes less time and memory: a JPEG stores blocks of
            8x8 pixels as waves, and the short waves are left out.
        channels: of the result. 1 and 3 give RGB, without alpha.
        black, white: values of a file with more than 8 bits that become 0 and 255.
        data: bytes of the file, if they are read already. `path` then only names it.

    Returns:
        Decoded.
    """
    if data is None:
        data = _read(Path(path))
    try:                                # a small file may hold a picture that fills the memory
        size = imagesize.get(io.BytesIO(data if data.startswith(TIFF) else data[:MAX_HEADER]))
    except Exception:                   # the library may raise anything at a broken header
        size = (-1, -1)
    if size == (-1, -1):
        raise NotAPicture(path, "broken picture")
    width, height = map(abs, size)      # a BMP that begins with its top row has a negative height
    is_jpeg = data.startswith(JPEG)
    most = MAX_PIXELS * (4 if is_jpeg else 1)
    if width * height > most:
        raise NotAPicture(path, f"too large: {width}x{height} pixels, "
                                f"more than {most // 1_000_000} million")
    part = 1
    if is_jpeg:
        part = next(part for part in PARTS if part == 1 or min(width, height) >= part * least)
    if width * height > MAX_PIXELS:
        part = max(part, 2)
    with ONE_AT_A_TIME if width * height > LARGE * part ** 2 else contextlib.nullcontext():
        picture = _decode(path, data, background, PARTS[part])
    turned = (picture.shape[0] - picture.shape[1]) * (height - width) < 0       # by the EXIF tag
    return Decoded(picture, (width, height) if turned else (height, width))


def _decode(path, data, background, jpeg_mode):
    coded = np.frombuffer(data, np.uint8)
    try:
        if data.startswith(JPEG):       # OpenCV does rotation and CMYK by itself
            return cv2.cvtColor(cv2.imdecode(coded, jpeg_mode), cv2.COLOR_BGR2RGB)
        picture = cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)     # keeps alpha, 16 bits; not rotated
        if picture is None:
            raise cv2.error("not decoded")
    except cv2.error:
        raise NotAPicture(path, "broken picture") from None

    is_tiff = data.startswith(TIFF)
    alpha_is_multiplied = is_tiff and picture.dtype == np.uint8     # by libtiff, only for 8 bits
    if picture.dtype == np.uint16:      # 65535 -> 255, to the nearest
        picture = cv2.convertScaleAbs(picture, alpha=1 / 257).reshape(picture.shape)
    if picture.dtype != np.uint8:
        raise NotAPicture(path, f"pixels are {picture.dtype}, not 8 or 16 bits")
    if not is_tiff:                     # OpenCV turns TIFF files itself
        picture = MIRROR.get(_orientation(data), lambda p: p)(picture)
    if picture.ndim == 2:
        return np.repeat(picture[..., None], 3, axis=2)
    colour = np.ascontiguousarray(picture[..., 2::-1])          # BGR or BGRA -> RGB
    if picture.shape[2] == 4:
        under = np.asarray(background, np.float32)
        for y in range(0, len(colour), 256):                    # in strips, to bound the memory
            strip, alpha = colour[y:y + 256], picture[y:y + 256, :, 3:].astype(np.float32) / 255.0
            over = strip if alpha_is_multiplied else strip * alpha
            strip[:] = np.round(np.clip(over + (1.0 - alpha) * under, 0, 255))
    return colour


def _orientation(data):
    try:
        with Image.open(io.BytesIO(data)) as header:
            return header.getexif().get(ORIENTATION)
    except Exception:                   # Pillow doesn't understand the header: no rotation is known
        return None


def _read(path):
    """The bytes of a file that begins like a picture.

    Of other files, films for example, only the beginning is read.
    """
    stat = path.stat()
    if not S_ISREG(stat.st_mode):       # to read from a pipe may take for ever
        raise NotAPicture(path, "not a regular file")
    with path.open("rb", buffering=0) as file:      # cv2.imread can't read every name on Windows
        start = file.read(16)
        if not start:
            raise NotAPicture(path, "empty file")
        if not start.startswith(BEGINNINGS) and start[:4] + start[8:12] != b"RIFFWEBP":
            raise NotAPicture(path, "broken picture" if path.suffix.lower() in SUFFIXES
                              else "not an image")
        if stat.st_size > MAX_BYTES:
            raise NotAPicture(path, f"too large: more than {MAX_BYTES // 2 ** 20} MiB")
        file.seek(0)
        return file.read(stat.st_size)


def resize(picture, img_shape, fit, background):
    """uint8 RGB (h, w, 3) -> uint8 `img_shape`."""
    height, width, channels = img_shape
    h, w = picture.shape[:2]
    if fit == "crop":                   # cut the centre of the right proportions, then scale it
        scale = max(height / h, width / w)
        ch, cw = min(h, max(1, round(height / scale))), min(w, max(1, round(width / scale)))
        y, x = (h - ch) // 2, (w - cw) // 2
        picture = _scale(picture[y:y + ch, x:x + cw], height, width)
    elif fit == "pad":
        scale = min(height / h, width / w)
        inner = _scale(picture, min(height, max(1, round(h * scale))),
                       min(width, max(1, round(w * scale))))
        picture = np.empty((height, width, 3), np.uint8)
        picture[:] = np.asarray(background, np.uint8)
        y, x = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
        picture[y:y + inner.shape[0], x:x + inner.shape[1]] = inner
    else:
        picture = _scale(picture, height, width)
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[..., None] if channels == 1 else picture


def _scale(picture, height, width):
    if picture.shape[:2] == (height, width):
        return np.ascontiguousarray(picture)
    shrinks = height < picture.shape[0] or width < picture.shape[1]
    # INTER_AREA averages all pixels that fall on a new one: no jagged edges, no moiré
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cv2.resize(picture, (width, height), interpolation=how)
