"""Kinds of files that OpenCV reads wrongly, or not at all: how they are read."""
import io
import re
import struct

import cv2
import numpy as np
from PIL import Image

from data_loaders.bands import ANIMATION, Bands, NotAPicture, room

SEVERAL = "several pictures, the first is used"
CODESTREAM = b"\xff\x4f\xff\x51"      # of JPEG 2000: its first two markers


def read_bmp(path, data):
    """BMP with masks: they say which bits are red, green, blue and alpha.

    Returns None for other BMP files, which OpenCV reads rightly.
    """
    header, = struct.unpack_from("<I", data, 14)
    if header == 12:                            # of OS/2: its sides have 16 bits
        width, height = struct.unpack_from("<HH", data, 18)
        with room(path, width, height):
            picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return Bands(rgb(path, picture), 3)
    width, height, _, bits, packing = struct.unpack_from("<iiHHI", data, 18)
    if bits not in (16, 32) or packing not in (0, 3, 6) or (bits, packing) == (32, 0):
        return None
    masks = (0x7c00, 0x3e0, 0x1f, 0)
    if packing:
        masks = struct.unpack_from("<4I", data, 54)
        if header < 56 and packing == 3:        # the fourth mask is alpha in later headers only
            masks = (*masks[:3], 0)
    with room(path, width, abs(height)):
        begin, = struct.unpack_from("<I", data, 10)
        row = -(-width * bits // 32) * 4
        rows = np.frombuffer(data, np.uint8, row * abs(height), begin).reshape(abs(height), row)
        pixels = rows[:, :width * bits // 8].copy().view(f"<u{bits // 8}")
        values = np.stack([_masked(pixels, mask) for mask in masks[:3 + bool(masks[3])]], axis=-1)
    return Bands(values if height < 0 else values[::-1], 3, 3 if masks[3] else None)


def _masked(pixels, mask):
    """The bits of a mask, as 0..255."""
    if not mask:
        return np.zeros(pixels.shape, np.uint8)
    shift = (mask & -mask).bit_length() - 1
    return np.rint(((pixels & mask) >> shift) * (255 / (mask >> shift))).astype(np.uint8)


def read_pnm(path, data):
    """PBM, PGM and PPM, as text or as bytes, of any largest value (maxval)."""
    space = rb"(?:\s|#[^\n\r]*[\n\r])+"
    numbers = 2 if data[1:2] in b"14" else 3
    header = re.match(rb"P[1-6]" + (space + rb"(\d+)") * numbers, data)
    if not header:
        raise NotAPicture(path, "broken picture")
    width, height, *largest = map(int, header.groups())
    largest, bands, begin = (largest or [1])[0], 3 if data[1:2] in b"36" else 1, header.end()
    if not 0 < largest < 65536:
        raise NotAPicture(path, "broken picture")
    with room(path, width, height):
        if data[1:2] in b"123":
            text = re.sub(rb"#[^\n\r]*", b"", data[begin:])
            if data[1:2] == b"1":               # its digits may stand without spaces
                values = np.frombuffer(text, np.uint8)
                values = values[(values == ord("0")) | (values == ord("1"))] - ord("0")
            else:
                values = np.fromstring(text, np.int32, sep=" ")
            values = values[:width * height * bands]
        elif data[1:2] == b"4":
            row = -(-width // 8)
            values = np.frombuffer(data, np.uint8, row * height, begin + 1).reshape(height, row)
            values = np.unpackbits(values, axis=1)[:, :width]
        else:
            kind = ">u2" if largest > 255 else np.uint8
            values = np.frombuffer(data, kind, width * height * bands, begin + 1)
        values = values.reshape(height, width, bands)
        if values.max() > largest or values.min() < 0:
            raise NotAPicture(path, "broken picture")
        if data[1:2] in b"14":
            values = 1 - values                 # 1 is black
        end = begin + 1 + width * height * bands * (1 + (largest > 255))
        if data[1:2] == b"4":
            end = begin + 1 + -(-width // 8) * height
        more = data[1:2] in b"456" and re.match(rb"\s*P[456]\s", data[end:end + 64])
        return Bands(values.astype(np.uint16 if largest > 255 else np.uint8), bands, white=largest,
                     remark=SEVERAL if more else None)


def read_jpeg_2000(path, data):
    """JPEG 2000: by Pillow, of more than 8 bits by OpenCV, which keeps them."""
    begin = data.find(CODESTREAM)
    x1, y1, x0, y0 = struct.unpack_from(">4I", data, begin + 8)
    count, = struct.unpack_from(">H", data, begin + 40)
    depths = {data[begin + 42 + 3 * i] for i in range(count)}
    bits = max(depths) + 1
    colours = re.search(rb"colr\x01..(.{4})", data[:begin], re.S)
    plain = b"pclr" not in data[:begin] and (not colours
                                             or int.from_bytes(colours[1]) in (16, 17))
    if len(depths) > 1 or not (bits == 8 or (8 < bits <= 16 and plain and count != 2)):
        raise NotAPicture(path, f"JPEG 2000 of {count} bands, {'signed ' * (bits > 128)}"
                                f"{bits % 128} bits, not read here: save it as PNG or TIFF")
    with room(path, x1 - x0, y1 - y0, count):
        if bits > 8:
            decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
            values = rgb(path, decoded)
        else:
            with Image.open(io.BytesIO(data)) as picture:
                values = by_pillow(picture)
    if values.shape[:2] != (y1 - y0, x1 - x0):
        raise NotAPicture(path, "broken picture")
    bands = values.shape[2]
    kind, alpha = _alpha_of_jpeg_2000(data[:begin], bands)
    return Bands(values, 1 if bands < 3 else 3, alpha, kind == 2, white=2 ** bits - 1)


def _alpha_of_jpeg_2000(boxes, bands):
    """How the last of 2 or 4 bands is alpha: 1, or 2 for colours that are multiplied by
    it; and its number. (None, None) if the file doesn't say that it is (box `cdef`)."""
    place = boxes.find(b"cdef")
    if place < 0 or bands not in (2, 4):
        return None, None
    count, = struct.unpack_from(">H", boxes, place + 4)
    for i in range(count):
        band, kind, _ = struct.unpack_from(">3H", boxes, place + 6 + 6 * i)
        if kind in (1, 2) and band == bands - 1:
            return kind, band
    return None, None


def read_avif(path, data):
    """AVIF of 8, 10 or 12 bits, by Pillow. Returns Bands, and the orientation."""
    with Image.open(io.BytesIO(data)) as picture:
        count, orientation = getattr(picture, "n_frames", 1), picture.getexif().get(0x0112, 1)
        with room(path, *picture.size):
            values = by_pillow(picture)
    bands = values.shape[2]
    return Bands(values, 1 if bands < 3 else 3, {2: 1, 4: 3}.get(bands),
                 remark=ANIMATION if count > 1 else None), orientation


def by_pillow(picture):
    """uint8 (height, width, bands): L, LA, RGB or RGBA."""
    if picture.mode not in ("L", "LA", "RGB", "RGBA"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    values = np.asarray(picture)
    return values.reshape(*values.shape[:2], -1)


def read_npy(path, data, channels):
    """An array of `numpy.save`: (height, width, channels), or grey of two axes in 8
    bits: of more bits they may be any table."""
    file = io.BytesIO(data)
    major, _ = np.lib.format.read_magic(file)
    read_header = {1: np.lib.format.read_array_header_1_0,
                   2: np.lib.format.read_array_header_2_0}[major]
    shape, _, dtype = read_header(file)
    if len(shape) < 2 or dtype.kind not in "uifb":
        raise NotAPicture(path, "not an image")
    fits = len(shape) == 3 and shape[2] in {1: (1, 3), 3: (1, 3), 4: (1, 3, 4)}.get(
        channels, (channels,))
    if not fits and not (len(shape) == 2 and dtype in (np.uint8, bool)):
        grey = "; if it is grey, save array[..., None]" if len(shape) == 2 else ""
        raise NotAPicture(path, f"an array {shape} of {dtype}, where a picture (height, width, "
                                f"{channels}) is expected{grey}")
    with room(path, shape[1], shape[0], shape[2] if len(shape) == 3 else 1):
        file.seek(0)
        values = np.lib.format.read_array(file, allow_pickle=False)
    values = values.astype(values.dtype.newbyteorder("=")).reshape(*shape[:2], -1)
    if dtype.kind == "b":
        values = values.astype(np.uint8) * 255
    colours, alpha = {1: (1, None), 3: (3, None), 4: (3, 3)}.get(values.shape[2], (None, None))
    return Bands(values, colours, alpha)


def rgb(path, picture):
    """What OpenCV decoded -> (height, width, bands): red, green, blue, alpha."""
    if picture is None:
        raise NotAPicture(path, "broken picture")
    if picture.ndim == 2:
        return picture[..., None]
    kind = cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return cv2.cvtColor(picture, kind, picture)         # in its place
