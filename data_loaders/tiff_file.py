"""TIFF. `tifffile` reads the tags; what they mean is followed here to the letter.

Neither OpenCV nor Pillow returns the pixels of every valid TIFF unchanged, and
tifffile unpacks few of them without imagecodecs. So strips and tiles are unpacked here,
by Python and by the libtiff in Pillow. JPEG and fax are left to Pillow as a whole.
"""
import io
import logging
import re
import struct
import zlib

import numpy as np
from PIL import Image

from data_loaders.bands import MAX_PIXELS, Bands, NotAPicture, room, strips

COLOURS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4}      # PhotometricInterpretation -> bands that it needs
OTHER_COLOURS = {4: "a mask", 6: "YCbCr colours that aren't JPEG", 8: "CIELab colours",
                 9: "ICCLab colours", 10: "ITULab colours", 32803: "a camera's raw data",
                 34892: "a camera's raw data", 32844: "LogL light", 32845: "LogLuv light"}
BYTES = {5: "LZW", 32773: "PackBits", 34925: "LZMA", 50000: "Zstandard"}    # by libtiff
DEFLATE = (8, 32946, 50013)
PICTURES = (2, 3, 4, 7)       # fax and JPEG: by Pillow, whole
KINDS = {1: "u", 2: "i", 3: "f", 4: "u"}      # SampleFormat -> dtype; 4 is "undefined"
RAW = {50706: "DNG", 33421: "a camera's raw data"}
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def read_tiff(path, data):
    """The first picture of a TIFF or BigTIFF file.

    Args:
        path: of the file, for errors.
        data: bytes, the file.

    Returns:
        Bands, and the orientation (1..8) that they still have to be turned from.

    Raises:
        NotAPicture: if the file is broken, or of a kind that isn't read; the reason
            names it.
    """
    import tifffile  # slow to import, and few folders have TIFF files
    logger = logging.getLogger("tifffile")
    if logger.level == logging.NOTSET:          # broken files are named by this package
        logger.setLevel(logging.CRITICAL)
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            index, page, remark = _first_picture(path, file)
            bands = _read_page(path, data, page, index)
            turned = page.compression in PICTURES               # by Pillow
            return bands._replace(remark=remark), 1 if turned else page.tags.valueof(274, 1)
    except (NotAPicture, MemoryError):
        raise
    except Exception:                           # tifffile may raise anything at a broken file
        raise NotAPicture(path, "broken picture") from None


def _first_picture(path, file):
    """The first page that is a picture: its number, itself, a remark on others."""
    def is_part(page):                          # a thumbnail, an overview, a mask
        return page.subfiletype & 5 or page.tags.valueof(255, 1) == 2

    if set(RAW) & set(file.pages[0].tags.keys()):
        raise NotAPicture(path, "a camera's raw file, not read here: save it as PNG or JPEG")
    pages = [page for page in file.pages if not is_part(page)]
    if not pages:
        if len(file.pages) > 1 or 330 in file.pages[0].tags:
            raise NotAPicture(path, "a TIFF of thumbnails only: save the picture as PNG or JPEG")
        pages = [file.pages[0]]
    count = len(pages)
    stack = re.search(r"^images=(\d+)", str(pages[0].description or ""), re.M)
    if file.is_imagej and stack:                # more than 4 GB of ImageJ have one page
        count = max(count, int(stack[1]))
    if file.is_stk:
        raise NotAPicture(path, "a MetaMorph stack: save its planes as files of their own")
    page = pages[0]
    return page.index, page, f"{count} pages, the first is used" if count > 1 else None


def _read_page(path, data, page, index):
    width, height, count = page.imagewidth, page.imagelength, page.samplesperpixel
    with room(path, width, height, count):
        if page.imagedepth > 1:
            raise NotAPicture(path, f"a volume of {page.imagedepth} planes: save them as files of "
                                    "their own")
        if page.compression in PICTURES:
            return _by_pillow(path, data, page, index)
        photometric = int(page.photometric)
        if photometric not in COLOURS:
            what = OTHER_COLOURS.get(photometric, f"photometric interpretation {photometric}")
            raise NotAPicture(path, f"{what}, not read here: save it as RGB")
        if photometric == 5 and page.tags.valueof(332, 1) != 1:
            raise NotAPicture(path, "inks that aren't CMYK, not read here: save it as RGB")
        if count < COLOURS[photometric]:
            raise NotAPicture(path, "broken picture")
        dtype = _dtype(path, page)
        values = _unpack(path, data, page, dtype)
    return _named(path, page, values, photometric)


def _dtype(path, page):
    bits, form = page.bitspersample, page.sampleformat
    if np.ndim(bits) or np.ndim(form):
        raise NotAPicture(path, "bands of different depths, not read here")
    kind = KINDS.get(int(form))
    if kind == "u" and (1 <= bits <= 16 or bits == 32):
        return np.dtype(np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint32)
    if (kind, bits) in (("i", 8), ("i", 16), ("i", 32), ("f", 16), ("f", 32), ("f", 64)):
        return np.dtype(f"{kind}{bits // 8}")
    raise NotAPicture(path, f"samples of {bits} bits, sample format {int(form)}, not read here: "
                            "save it as float32")


def _named(path, page, values, photometric):
    """Say what the bands are, as the tags do."""
    bits = page.bitspersample
    white = 2 ** bits - 1 if values.dtype.kind == "u" and bits < 16 else None
    base, colours = COLOURS[photometric], 3 if photometric in (2, 3, 5) else 1
    if photometric == 0:
        if values.dtype.kind != "u":
            raise NotAPicture(path, f"{values.dtype} whose smallest value is white, not read here")
        values[..., 0] = 2 ** bits - 1 - values[..., 0]
    elif photometric == 3:
        table = np.asarray(page.colormap)
        if table.shape != (3, 2 ** bits):
            raise NotAPicture(path, "broken picture")
        table = (table >> 8 if table.max() > 255 else table).astype(np.uint8)   # some write 8 bits
        extra = _table_of_extras(values[..., 1:], bits)
        values, white, base = np.concatenate([table.T[values[..., 0]], extra], axis=2), None, 3
    elif photometric == 5:
        if values.dtype.kind != "u" or bits not in (8, 16):
            raise NotAPicture(path, "CMYK that has neither 8 nor 16 bits, not read here")
        most = 2 ** bits - 1
        rgb = np.empty((*values.shape[:2], 3), values.dtype)
        for rows in strips(values):
            paper = most - values[rows, :, :4].astype(np.float32)
            rgb[rows] = np.rint(paper[..., :3] * paper[..., 3:] / most)
        values, base = np.concatenate([rgb, values[..., 4:]], axis=2), 3
    more = values.shape[2] - base
    extras = [int(extra) for extra in page.extrasamples[-more:]] if more else []
    alpha = next((base + i for i, extra in enumerate(extras)
                  if extra in (1, 2) and len(extras) == more), None)
    if photometric in (0, 1) and more > 1 and alpha is None:
        colours = None
    return Bands(values, colours, alpha, alpha is not None and extras[alpha - base] == 1, white)


def _table_of_extras(extra, bits):
    """Bands beside a palette, as 8 bits like its colours."""
    return np.rint(extra * (255 / (2 ** bits - 1))).astype(np.uint8)


def _unpack(path, data, page, dtype):
    """The values of all strips or tiles: (height, width, samples)."""
    height, width, count = page.imagelength, page.imagewidth, page.samplesperpixel
    planes, samples = (count, 1) if page.planarconfig == 2 and count > 1 else (1, count)
    rows, columns = page.rowsperstrip, width
    if page.is_tiled:
        rows, columns = page.tilelength, page.tilewidth
    if rows < 1 or columns < 1:
        raise NotAPicture(path, "broken picture")
    down, across = -(-height // rows), -(-width // columns)
    if min(len(page.dataoffsets), len(page.databytecounts)) < planes * down * across:
        raise NotAPicture(path, "broken picture")
    row = -(-columns * samples * page.bitspersample // 8)
    blocks = []
    for i in range(planes * down * across):
        y = i // across % down * rows
        if page.databytecounts[i]:              # else sparse: nothing is stored where all is 0
            blocks.append((i, y, rows if page.is_tiled else min(rows, height - y)))
    values = np.zeros((height, width, count), dtype)
    for (i, y, high), raw in zip(blocks, _unpacked(path, data, page, row, blocks), strict=True):
        plane, x = i // (down * across), i % across * columns
        block = _values(path, raw, page, dtype, row, high, columns, samples)
        block = block[:height - y, :width - x]
        values[y:y + rows, x:x + columns, plane:plane + samples] = block
    return values


def _unpacked(path, data, page, row, blocks):
    """The bytes of each strip or tile, never more than its `row` * rows."""
    how, group = int(page.compression), []
    largest = max((row * high for _, _, high in blocks), default=0)
    if how != 1 and how not in DEFLATE and how not in BYTES:
        raise NotAPicture(path, f"compression {getattr(page.compression, 'name', how)}, not read "
                                "here: save it without")
    if largest > (MAX_PIXELS if how in BYTES else 16 * MAX_PIXELS):
        raise NotAPicture(path, f"too large: a strip or tile of {largest >> 20} MiB")
    for n, (i, _, high) in enumerate(blocks):
        packed = data[page.dataoffsets[i]:page.dataoffsets[i] + page.databytecounts[i]]
        if page.fillorder == 2:
            packed = packed.translate(MIRRORED)
        if how not in BYTES:
            raw = packed if how == 1 else zlib.decompressobj().decompress(packed, row * high)
            if len(raw) < row * high:
                raise NotAPicture(path, "broken picture")
            yield raw[:row * high]
            continue
        group.append((packed, high))
        # Many are unpacked at once, to save time; only the last may be lower
        if (n + 1 == len(blocks) or row * high < largest
                or (len(group) + 1) * largest > MAX_PIXELS):
            whole, begin = _by_libtiff(group, how, row), 0
            for end in np.cumsum([row * rows for _, rows in group]).tolist():
                yield whole[begin:end]
                begin = end
            group = []


def _by_libtiff(strips, how, row):
    """Unpack bytes: as a grey TIFF file whose pixels are these bytes.

    Args:
        strips: list of (bytes, rows). All have the same rows, but the last may have
            less.
        how: the number of the compression.
        row: bytes in a row.

    Returns:
        bytes, all strips.
    """
    n, rows = len(strips), sum(high for _, high in strips)
    sizes = np.array([len(packed) for packed, _ in strips], "<u4")
    begin = 8 + 2 + 9 * 12 + 4                  # header, number of tags, tags, no next page
    offsets = (begin + 8 * n + np.cumsum(sizes) - sizes).astype("<u4")
    tags = [(256, 4, 1, row), (257, 4, 1, rows), (258, 3, 1, 8), (259, 3, 1, how),
            (262, 3, 1, 1), (273, 4, n, offsets[0] if n == 1 else begin), (277, 3, 1, 1),
            (278, 4, 1, strips[0][1]), (279, 4, n, sizes[0] if n == 1 else begin + 4 * n)]
    file = b"".join([b"II*\0", struct.pack("<IH", 8, len(tags)),
                     *(struct.pack("<HHII", *tag) for tag in tags), bytes(4), offsets.tobytes(),
                     sizes.tobytes(), *(packed for packed, _ in strips)])
    with Image.open(io.BytesIO(file)) as picture:
        return picture.tobytes()


def _values(path, raw, page, dtype, row, rows, columns, samples):
    """Bytes of a strip or tile -> values (rows, columns, samples)."""
    bits, predictor = page.bitspersample, int(page.predictor)
    order = page.parent.byteorder
    if predictor == 3 and dtype.kind == "f":    # bytes of like weight stand together
        flat = np.frombuffer(raw, np.uint8).reshape(rows, columns * samples * dtype.itemsize)
        flat = flat.reshape(rows, -1, samples).cumsum(axis=1, dtype=np.uint8)
        flat = flat.reshape(rows, dtype.itemsize, columns * samples).swapaxes(1, 2)
        values = np.ascontiguousarray(flat).view(dtype.newbyteorder(">"))
        return values.reshape(rows, columns, samples)
    if bits in (8, 16, 32, 64):
        values = np.frombuffer(raw, dtype.newbyteorder(order)).reshape(rows, columns, samples)
    else:                                       # 1, 2, 4, 10, 12, 14: bit by bit, the highest first
        if predictor != 1:
            raise NotAPicture(path, f"{bits} bits with a predictor, not read here")
        weights = (1 << np.arange(bits)[::-1]).astype(dtype)
        values = np.empty((rows, columns, samples), dtype)
        step = max(1, 2 ** 22 // row)
        for y in range(0, rows, step):
            part = np.frombuffer(raw, np.uint8, row * min(step, rows - y), y * row).reshape(-1, row)
            ones = np.unpackbits(part, axis=1)[:, :columns * samples * bits]
            values[y:y + step] = (ones.reshape(-1, bits) @ weights).reshape(-1, columns, samples)
    if predictor == 2:
        kind = np.dtype(f"u{dtype.itemsize}")
        whole = values.astype(dtype.newbyteorder("=")).view(kind)
        return whole.cumsum(axis=1, dtype=kind).view(dtype)
    if predictor != 1:
        raise NotAPicture(path, f"predictor {predictor}, not read here: save it without")
    return values


def _by_pillow(path, data, page, index):
    """Pictures in JPEG or fax code."""
    photometric, bits = int(page.photometric), page.bitspersample
    shape = page.samplesperpixel
    fax = page.compression != 7
    fine = (bits, shape) == (1, 1) and photometric in (0, 1) if fax else (
        bits == 8 and (photometric, shape) in ((1, 1), (2, 3), (6, 3)))
    if not fine:
        raise NotAPicture(path, f"{'fax' if fax else 'JPEG'} with {shape} bands of {bits} bits, "
                                f"photometric interpretation {photometric}, not read here")
    with Image.open(io.BytesIO(data)) as picture:
        picture.seek(index)
        raw = np.asarray(picture.convert("RGB" if shape == 3 else "L"))
    raw = raw.reshape(*raw.shape[:2], -1)
    return Bands(raw, shape)
