"""One picture file -> one RGB array. OpenCV reads BGR, this module returns RGB."""
import io
import warnings
from pathlib import Path
from typing import NamedTuple

import cv2
import imagesize
import numpy as np
from PIL import Image

from data_loaders import bands as limits
from data_loaders.bands import ANIMATION, Bands, NotAPicture, room, to_picture
from data_loaders.formats import (
    BMP,
    GIF,
    JPEG,
    JPEG_2000,
    NPY,
    PNG,
    TIFF,
    check_beginning,
    read_bytes,
)
from data_loaders.rare_files import (
    read_avif,
    read_bmp,
    read_jpeg_2000,
    read_npy,
    read_pnm,
    rgb,
)
from data_loaders.resize import check_shape, resize
from data_loaders.tiff_file import read_tiff
from data_loaders.white import bits_of, check_white

ORIENTATION = 0x0112          # the EXIF tag
MAX_HEADER = 2 ** 24          # bytes that must hold the size of a picture, except in a TIFF
PARTS = {8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4,       # JPEG: an eighth of
         2: cv2.IMREAD_REDUCED_COLOR_2, 1: cv2.IMREAD_COLOR}                 # its size, ..., all
MIRROR = {2: lambda p: p[:, ::-1], 3: lambda p: p[::-1, ::-1], 4: lambda p: p[::-1],
          5: lambda p: p.swapaxes(0, 1), 6: lambda p: p.swapaxes(0, 1)[:, ::-1],
          7: lambda p: p[::-1, ::-1].swapaxes(0, 1), 8: lambda p: p.swapaxes(0, 1)[::-1]}


class Decoded(NamedTuple):
    """What `decode` returns."""
    pixels: np.ndarray
    """uint8 array (height, width, channels), upright; RGB also for 1 channel."""
    size: tuple[int, int]
    """(height, width) of the picture in the file, upright."""
    remark: str | None = None
    """What was left out of the file, "2 more bands left out" for example."""
    brightest: int | float | None = None
    """The largest value of a file that doesn't say which value is white: of 16 or more
    bits, or of floats. None for all others."""
    alpha: bool = False
    """The last of 4 channels is alpha."""


def read_image(path, img_shape=(128, 160, 3), fit="crop", background=(255, 255, 255), black=0,
               white=None):
    """Read a picture file, in the size that is asked for.

    JPEG, PNG, WebP, BMP, TIFF, GIF, AVIF, JPEG 2000, PBM, PGM, PPM and `.npy`; what
    becomes of each kind of file is a table in `data_loaders/README.md`. The rotation
    that a file asks for is applied. Transparent pictures are laid on a background,
    except where 4 channels are asked for.

    Args:
        path: of the file. Its name may be in any script.
        img_shape: (height, width, channels) of the result. 1 channel is grey, 3 are
            RGB, 4 are RGB and alpha: colours are not multiplied by alpha, and a picture
            that isn't transparent has alpha 255. Another number takes the first bands
            of the file as they are.
        fit: what to do with another shape. "crop" covers the size and cuts off what
            stands out at both sides. "pad" fits the whole picture in and fills the rest
            with the background. "stretch" distorts it.
        background: RGB, 0..255, under transparent pictures and around padded ones.
        black, white: the values that become 0 and 255, in files that don't say it
            themselves: of 16 bits (None: 65535 is white), of floats (None: 1), of 32
            bits and of signed numbers (`white` is needed). Data of 12 bits in a file of
            16 need white=4095.

    Returns:
        uint8 array of shape `img_shape`.

    Warns:
        UserWarning: if no value of a 16-bit file is above a quarter of 65535, and
            `white` isn't given.

    Raises:
        FileNotFoundError: if there is no such file.
        NotAPicture: (a ValueError) if the file is empty, broken, no picture, or holds
            what isn't read; the reason says what to do.
        ValueError: for arguments that make no sense.
    """
    img_shape = check_shape(img_shape, fit, background)
    white, black = check_white(white, black, data=False)
    decoded = decode(path, background, max(img_shape[:2]), img_shape[2], black, white)
    if white is None and (hint := bits_of(decoded.brightest)):
        warnings.warn(f"{path}: nearly black, no value of its 16 bits is above "
                      f"{decoded.brightest}. If its data have {hint} bits, read it with "
                      f"white={2 ** hint - 1}; if it is night there, with white=65535",
                      stacklevel=2)
    return resize(decoded.pixels, img_shape, fit, background, decoded.alpha)


def decode(path, background, least=limits.MAX_PIXELS, channels=3, black=0, white=None, data=None):
    """Read a picture file, upright, in its own size.

    Args:
        path: of the file.
        background: RGB, 0..255, under transparent pictures.
        least: int, how many pixels each side needs. A JPEG whose sides have at least
            twice, four or eight times as many is decoded in a half, a quarter or an
            eighth of its size. That takes less time and memory: a JPEG stores blocks of
            8x8 pixels as waves, and the short waves are left out.
        channels: of the result, see `read_image`; 1 gives RGB as 3 does, `resize` makes
            it grey.
        black, white: see `read_image`.
        data: bytes of the file, if they are read already. `path` then only names it.

    Returns:
        Decoded.

    Raises:
        NotAPicture: if the file can't be used.
    """
    path = Path(path)
    if data is None:
        data = read_bytes(path)
    else:
        check_beginning(path, data[:64])
    if data.startswith(JPEG):
        return _decode_jpeg(path, data, least, channels)
    try:
        bands, orientation = _read_bands(path, data, channels)
    except (NotAPicture, MemoryError):
        raise
    except Exception:                   # the libraries may raise anything at a broken file
        raise NotAPicture(path, "broken picture") from None
    picture, alpha, remark, brightest = to_picture(path, bands, channels, background, black, white)
    if orientation in MIRROR:
        picture = np.ascontiguousarray(MIRROR[orientation](picture))
    return Decoded(picture, picture.shape[:2], remark, brightest, alpha)


def _decode_jpeg(path, data, least, channels):
    """OpenCV turns it and knows CMYK. Its size is checked first."""
    width, height = _size(path, data)
    part = next(part for part in PARTS if part == 1 or min(width, height) >= part * least)
    if width * height > limits.MAX_PIXELS:
        part = max(part, 2)
    with room(path, width, height, most=4, part=part):
        try:
            picture = cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), PARTS[part]),
                                   cv2.COLOR_BGR2RGB)
        except cv2.error:
            raise NotAPicture(path, "broken picture") from None
    turned = (picture.shape[0] - picture.shape[1]) * (height - width) < 0       # by the EXIF tag
    size = (width, height) if turned else (height, width)
    if channels in (1, 3):
        return Decoded(picture, size)
    picture, alpha, *_ = to_picture(path, Bands(picture, 3), channels, (0, 0, 0))
    return Decoded(picture, size, alpha=alpha)


def _read_bands(path, data, channels):
    """Any file but JPEG -> Bands, and the orientation that it is to be turned from."""
    if data.startswith(TIFF):
        return read_tiff(path, data)
    if data.startswith(JPEG_2000):
        return read_jpeg_2000(path, data), 1
    if data.startswith(NPY):
        return read_npy(path, data, channels), 1
    if data[4:8] == b"ftyp":
        return read_avif(path, data)
    if data.startswith(b"P"):
        return read_pnm(path, data), 1
    bands = read_bmp(path, data) if data.startswith(BMP) else None
    if bands:
        return bands, 1
    chunks = _png_chunks(path, data) if data.startswith(PNG) else {}
    with room(path, *_size(path, data)):                        # PNG, WebP, GIF, BMP
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    values, alpha, remark = rgb(path, picture), None, None
    if values.shape[2] == 4:
        alpha = 3
    if data.startswith(PNG):
        if b"tRNS" in chunks and values.shape[2] == 1:          # OpenCV leaves it out
            values, alpha = _with_key(values, data[24], chunks[b"tRNS"]), 1
        animated = b"acTL" in chunks
    else:
        animated = _moves(data) if data.startswith(GIF) else data[12:16] == b"VP8X" and data[20] & 2
    if animated:
        remark = ANIMATION
    return Bands(values, 1 if values.shape[2] < 3 else 3, alpha, remark=remark), _orientation(data)


def _size(path, data):
    """(width, height) from the header: a small file may hold what fills the memory."""
    try:
        size = imagesize.get(io.BytesIO(data[:MAX_HEADER]))
    except Exception:                   # the library may raise anything at a broken header
        size = (-1, -1)
    if size == (-1, -1):
        raise NotAPicture(path, "broken picture")
    return abs(size[0]), abs(size[1])   # a BMP that begins with its top row has a negative height


def _png_chunks(path, data):
    """The chunks before the pixels: dict of name -> content.

    All are looked at: where one says that it is larger than the file, OpenCV would make
    room for it.
    """
    chunks, position, before = {}, 8, True
    while position + 8 <= len(data):
        length, name = int.from_bytes(data[position:position + 4]), data[position + 4:position + 8]
        if length > len(data):
            raise NotAPicture(path, "broken picture")
        before = before and name != b"IDAT"
        if before:
            chunks[name] = data[position + 8:position + 8 + length]
        position += length + 12
    return chunks


def _with_key(grey, bits, content):
    """Grey values -> grey and alpha: one value (PNG's tRNS) is transparent."""
    key = int.from_bytes(content[:2]) & (2 ** bits - 1)
    if bits < 8:
        key = key * 255 // (2 ** bits - 1)                      # as OpenCV unpacked the pixels
    alpha = np.where(grey == key, 0, np.iinfo(grey.dtype).max).astype(grey.dtype)
    return np.concatenate([grey, alpha], axis=2)


def _moves(data):
    with Image.open(io.BytesIO(data)) as picture:
        return picture.is_animated


def _orientation(data):
    try:
        with Image.open(io.BytesIO(data)) as header:
            return header.getexif().get(ORIENTATION)
    except Exception:                   # Pillow doesn't understand the header: no rotation is known
        return None
