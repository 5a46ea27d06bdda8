"""Picture files of every kind, and what each must become.

    python benchmarks/kinds_of_files.py     # and what OpenCV and Pillow make of them

The table in data_loaders/README.md has a row for each, and
tests/data/test_kinds_of_files.py reads them all.
"""
import base64
import dataclasses
import io
import struct
import zlib

import cv2
import numpy as np
import tifffile
from PIL import Image
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from data_loaders import NotAPicture
from data_loaders.image_file import decode

LEFT, RIGHT = (200, 120, 40), (10, 20, 250)     # the colours of the two halves
PICTURE = np.zeros((16, 24, 3), np.uint8)
PICTURE[:, :12], PICTURE[:, 12:] = LEFT, RIGHT
GREY = PICTURE[..., 0]
HALF = np.full((16, 24, 1), 128, np.uint8)      # alpha
WHITE = (255, 255, 255)                         # the background


@dataclasses.dataclass
class Kind:
    """One kind of file.

    Attributes:
        name: of its row in the table.
        data: bytes of the file.
        suffix: of its name.
        left, right: the colours that its halves become. None: it is left out.
        reason: why it is left out.
        remark: what `decode` says about it.
        brightest: what `decode` finds, where a file doesn't say what is white.
        tolerance: how far the colours may be off.
        asked: more arguments of `decode`.
    """
    name: str
    data: bytes
    suffix: str
    left: tuple | None = LEFT
    right: tuple | None = RIGHT
    reason: str | None = None
    remark: str | None = None
    brightest: float | None = None
    tolerance: int = 0
    asked: dict = dataclasses.field(default_factory=dict)


def laid(colour, alpha=128):
    """A colour on white."""
    return tuple(round(c * alpha / 255 + 255 - alpha) for c in colour)


def grey(value):
    return (value,) * 3


def pil(array, kind, mode=None, **how):
    picture = array if isinstance(array, Image.Image) else Image.fromarray(array)
    file = io.BytesIO()
    (picture.convert(mode) if mode else picture).save(file, kind, **how)
    return file.getvalue()


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def chunk(kind, content):
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def png(width, height, bits, colours, rows, more=b""):
    """A PNG file of packed rows (bytes)."""
    header = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", pixels)
            + chunk(b"IEND", b""))


def pack(values, bits):
    """Integers -> bytes, `bits` bits each, the highest first; a list of rows."""
    ones = (np.asarray(values)[..., None] >> np.arange(bits)[::-1]) & 1
    return [np.packbits(row).tobytes() for row in ones.reshape(len(values), -1)]


def png_with_key(bits):
    """A grey PNG: the transparent value 1 in the left half, 0 in the right one."""
    values = np.zeros((16, 24), int)
    values[:, :12] = 1
    return png(24, 16, bits, 0, pack(values, bits), chunk(b"tRNS", struct.pack(">H", 1)))


def bmp(header, packing, masks, values, dtype, bits=None, rows=None):
    """A BMP file of (height, width) integers."""
    if rows is None:
        rows = b"".join(row.astype(dtype).tobytes() for row in values[::-1])
    height, width = np.shape(values)[:2]
    head = struct.pack("<IiiHHIIiiII", header, width, height, 1,
                       bits or np.dtype(dtype).itemsize * 8, packing, len(rows), 2835, 2835, 0, 0)
    masks = struct.pack(f"<{len(masks)}I", *masks)
    if header > 40:
        head, masks = (head + masks).ljust(header, b"\0"), b""
    begin = 14 + len(head) + len(masks)
    return b"BM" + struct.pack("<IHHI", begin + len(rows), 0, 0, begin) + head + masks + rows


def bits(red, green, blue, alpha=(0, 0), x=0):
    """Values with each colour in its bits: (shift, how many), and a constant."""
    total = np.full((16, 24), x, np.uint32)
    for (shift, count), channel in zip((red, green, blue), range(3)):
        part = np.rint(PICTURE[..., channel] / 255 * ((1 << count) - 1)).astype(np.uint32)
        total |= part << shift
    return total | (np.rint(128 / 255 * ((1 << alpha[1]) - 1)).astype(np.uint32) << alpha[0])


def mask(shift, count):
    return ((1 << count) - 1) << shift


def pnm(kind, most, values):
    """PGM and PPM: values 0..most."""
    head = f"P{kind}\n# made by hand\n24 16\n{most}\n".encode()
    if kind < 4:
        return head + " ".join(map(str, values.ravel())).encode()
    return head + values.astype(">u2" if most > 255 else np.uint8).tobytes()


def tif(values, photometric="rgb", **how):
    file = io.BytesIO()
    tifffile.imwrite(file, values, photometric=photometric, metadata=None, **how)
    return file.getvalue()


def tif_of_pages(*pages, **how):
    file = io.BytesIO()
    with tifffile.TiffWriter(file, **how) as writer:
        for values, kind in pages:
            writer.write(values, photometric="mask" if kind & 4 else "rgb", subfiletype=kind,
                         metadata=None)
    return file.getvalue()


def packed(values, samples, extras=(), code="tiff_lzw", number=5):
    """A TIFF of one strip, whose bytes are packed by libtiff."""
    raw = values.tobytes()
    grey_file = pil(Image.frombytes("L", (len(raw) // 16, 16), raw), "TIFF", compression=code)
    with tifffile.TiffFile(io.BytesIO(grey_file)) as file:
        page = file.pages[0]
        strip = grey_file[page.dataoffsets[0]:page.dataoffsets[0] + page.databytecounts[0]]
    return tiff(24, 16, samples, 8, number, 2, strip, {338: extras} if extras else {})


def tiff(width, height, samples, bits, how, photometric, strip, more=(), predictor=None):
    """A TIFF by hand. `more`: dict, tag -> numbers of 16 bits."""
    tags = {256: width, 257: height, 258: (bits,) * samples, 259: how, 262: photometric,
            277: samples, 278: height, **dict(more)}
    if predictor:
        tags[317] = predictor
    begin = 8 + 2 + 12 * (len(tags) + 2) + 4
    entries, behind = [], b""
    for tag, numbers in tags.items():
        numbers = numbers if isinstance(numbers, tuple) else (numbers,)
        content = struct.pack(f"<{len(numbers)}H", *numbers)
        if len(content) > 4:
            content, behind = struct.pack("<I", begin + len(behind)), behind + content
        entries.append(struct.pack("<HHI", tag, 3, len(numbers)) + content.ljust(4, b"\0"))
    entries.append(struct.pack("<HHII", 273, 4, 1, begin + len(behind)))
    entries.append(struct.pack("<HHII", 279, 4, 1, len(strip)))
    entries.sort(key=lambda entry: struct.unpack("<H", entry[:2]))
    return (b"II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(entries) + bytes(4) + behind
            + strip)


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def cv(suffix, array, *how):
    return cv2.imencode(suffix, array[..., ::-1] if array.ndim == 3 else array, how)[1].tobytes()


def signed_jpeg_2000():
    data = bytearray(pil(GREY, "JPEG2000"))
    data[data.find(b"\xff\x4f\xff\x51") + 42] |= 0x80
    return bytes(data)


def without_cdef(data):
    """A JPEG 2000 file that doesn't say what its bands are."""
    assert b"cdef" in data
    return data.replace(b"cdef", b"free")


def kinds():
    """All kinds, as a list of `Kind`."""
    sixteen, twelve = PICTURE.astype(np.uint16) * 257, PICTURE.astype(np.uint16) * 16
    alpha16 = np.dstack([sixteen, HALF.astype(np.uint16) * 257])
    rgba = np.dstack([PICTURE, HALF])
    multiplied = np.dstack([np.rint(PICTURE * (128 / 255)).astype(np.uint8), HALF])
    film = Image.fromarray(PICTURE[::-1, ::-1])
    near = np.dstack([PICTURE, HALF])
    first, pages = "an animation, its first frame is used", "3 pages, the first is used"
    on_white = {"left": laid(LEFT), "right": laid(RIGHT)}
    greys = {"left": grey(200), "right": grey(10)}
    key = {"left": WHITE, "right": grey(0)}
    real = (PICTURE / 255).astype(np.float32)
    table = np.zeros((3, 256), np.uint16)
    table[:, 200], table[:, 10] = np.array(LEFT) * 256, np.array(RIGHT) * 256
    four = np.where(np.arange(256) < 128, 1, 2)     # an index for a palette of 4 colours
    inks = np.asarray(Image.fromarray(PICTURE).convert("CMYK"))
    rows = [
        # JPEG
        Kind("JPEG", pil(PICTURE, "JPEG", quality=100, subsampling=0), ".jpg", tolerance=2),
        Kind("JPEG, grey", pil(GREY, "JPEG", quality=100), ".jpg", **greys, tolerance=2),
        Kind("JPEG, CMYK", pil(PICTURE, "JPEG", "CMYK", quality=100), ".jpg", tolerance=2),
        Kind("JPEG, EXIF orientation 2", pil(PICTURE, "JPEG", quality=100, subsampling=0,
                                             exif=exif(2)), ".jpg", RIGHT, LEFT, tolerance=2),
        Kind("JPEG of several pictures (MPO)", pil(PICTURE, "MPO", quality=100, subsampling=0,
                                                   save_all=True, append_images=[film]), ".jpg",
             tolerance=2),
        # PNG
        Kind("PNG, 8 bits", pil(PICTURE, "PNG"), ".png"),
        Kind("PNG, 16 bits", cv(".png", sixteen), ".png", brightest=250 * 257),
        Kind("PNG, data of 12 bits in 16", cv(".png", twelve), ".png", grey(0), grey(0),
             brightest=4000, tolerance=16),
        Kind("PNG, data of 12 bits in 16, `white=4080`", cv(".png", twelve), ".png",
             brightest=4000, asked={"white": 4080}),
        Kind("PNG, grey of 1, 2 or 4 bits", png(24, 16, 2, 0, pack(GREY // 85, 2)), ".png",
             grey(170), grey(0)),
        Kind("PNG, palette", pil(Image.fromarray(PICTURE).quantize(4), "PNG"), ".png", tolerance=1),
        Kind("PNG, palette with tRNS",
             png(24, 16, 8, 3, pack(four[GREY], 8),
                 chunk(b"PLTE", bytes((0, 0, 0, *RIGHT, *LEFT))) + chunk(b"tRNS", b"\0\x80\x80")),
             ".png", **on_white, tolerance=1),
        *[Kind(f"PNG, grey of {n} bit{'s' * (n > 1)} with a transparent value (tRNS)",
               png_with_key(n), ".png", **key, brightest=1 if n == 16 else None)
          for n in (1, 2, 4, 8, 16)],
        Kind("PNG, RGB with a transparent colour (tRNS)",
             png(24, 16, 8, 2, [row.tobytes() for row in PICTURE],
                 chunk(b"tRNS", struct.pack(">3H", *LEFT))), ".png", WHITE, RIGHT),
        Kind("PNG, grey and alpha", pil(np.dstack([GREY, HALF]), "PNG"), ".png",
             laid(grey(200)), laid(grey(10)), tolerance=1),
        Kind("PNG, RGBA", pil(rgba, "PNG"), ".png", **on_white, tolerance=1),
        Kind("PNG, RGBA, 16 bits", cv2.imencode(".png", alpha16[..., [2, 1, 0, 3]])[1].tobytes(),
             ".png", **on_white, tolerance=1, brightest=250 * 257),
        Kind("PNG, RGBA, `channels=4`", pil(rgba, "PNG"), ".png", (*LEFT, 128), (*RIGHT, 128),
             asked={"channels": 4}),
        Kind("PNG, RGB, `channels=4`", pil(PICTURE, "PNG"), ".png", (*LEFT, 255), (*RIGHT, 255),
             asked={"channels": 4}),
        Kind("PNG, RGB, `channels=5`", pil(PICTURE, "PNG"), ".png",
             reason="3 bands, where 5 are asked for", asked={"channels": 5}),
        Kind("PNG, EXIF orientation 2", pil(PICTURE, "PNG", exif=exif(2)), ".png", RIGHT, LEFT),
        Kind("PNG, animated (APNG)", pil(PICTURE, "PNG", save_all=True, append_images=[film]),
             ".png", remark=first),
        # WebP, GIF
        Kind("WebP", pil(PICTURE, "WEBP", lossless=True), ".webp"),
        Kind("WebP, alpha", pil(rgba, "WEBP", lossless=True), ".webp", **on_white, tolerance=1),
        Kind("WebP, EXIF orientation 2", pil(PICTURE, "WEBP", lossless=True, exif=exif(2)), ".webp",
             RIGHT, LEFT),
        Kind("WebP, animated", pil(PICTURE, "WEBP", lossless=True, save_all=True,
                                   append_images=[film]), ".webp", remark=first),
        Kind("GIF", pil(PICTURE, "GIF"), ".gif"),
        Kind("GIF, a transparent colour",
             pil(np.dstack([PICTURE, np.where(GREY == 200, 0, 255).astype(np.uint8)]), "GIF"),
             ".gif", WHITE, RIGHT, tolerance=8),
        Kind("GIF, animated", pil(PICTURE, "GIF", save_all=True, append_images=[film]), ".gif",
             remark=first),
        # BMP
        Kind("BMP, 24 bits", pil(PICTURE, "BMP"), ".bmp"),
        Kind("BMP, palette", pil(Image.fromarray(PICTURE).quantize(4), "BMP"), ".bmp", tolerance=1),
        Kind("BMP of OS/2", b"BM" + struct.pack("<IHHIIHHHH", 26 + 16 * 72, 0, 0, 26, 12, 24, 16, 1,
                                                24) + PICTURE[::-1, :, ::-1].tobytes(), ".bmp"),
        Kind("BMP, 32 bits without masks", bmp(40, 0, (), bits((16, 8), (8, 8), (0, 8)), "<u4"),
             ".bmp"),
        Kind("BMP, 32 bits, masks for R, G, B", bmp(
            40, 3, (mask(16, 8), mask(8, 8), mask(0, 8)), bits((16, 8), (8, 8), (0, 8)), "<u4"),
             ".bmp"),
        Kind("BMP, 32 bits, masks in another order", bmp(
            40, 3, (mask(0, 8), mask(8, 8), mask(16, 8)), bits((0, 8), (8, 8), (16, 8)), "<u4"),
             ".bmp"),
        Kind("BMP, 32 bits, masks of 10 bits", bmp(
            40, 3, (mask(20, 10), mask(10, 10), mask(0, 10)), bits((20, 10), (10, 10), (0, 10)),
            "<u4"), ".bmp"),
        Kind("BMP, 32 bits, a mask for alpha (header V3 and later)", bmp(
            56, 3, (mask(16, 8), mask(8, 8), mask(0, 8), mask(24, 8)),
            bits((16, 8), (8, 8), (0, 8), (24, 8)), "<u4"), ".bmp", **on_white, tolerance=1),
        Kind("BMP, 32 bits, header V5, no mask for alpha", bmp(
            124, 3, (mask(16, 8), mask(8, 8), mask(0, 8), 0),
            bits((16, 8), (8, 8), (0, 8), x=0x80000000), "<u4"), ".bmp"),
        Kind("BMP, 16 bits (5, 5, 5)", bmp(40, 0, (), bits((10, 5), (5, 5), (0, 5)), "<u2"), ".bmp",
             tolerance=4),
        Kind("BMP, 16 bits (5, 5, 5), white", bmp(40, 0, (), np.full((16, 24), 0x7fff), "<u2"),
             ".bmp", WHITE, WHITE),
        Kind("BMP, 16 bits (5, 6, 5)", bmp(
            40, 3, (mask(11, 5), mask(5, 6), mask(0, 5)), bits((11, 5), (5, 6), (0, 5)), "<u2"),
             ".bmp", tolerance=4),
        Kind("BMP, 16 bits, a mask for alpha", bmp(
            56, 3, (mask(8, 4), mask(4, 4), mask(0, 4), mask(12, 4)),
            bits((8, 4), (4, 4), (0, 4), (12, 4)), "<u2"), ".bmp", **on_white, tolerance=13),
        # PNM
        Kind("PBM (P1, P4)", b"P4\n24 16\n" + b"\x00\x0f\xff" * 16, ".pbm", WHITE, grey(0)),
        Kind("PGM, PPM as bytes (P5, P6), maxval 255", pnm(6, 255, PICTURE), ".ppm"),
        Kind("PGM, PPM as bytes, maxval 100", pnm(6, 100, np.rint(PICTURE / 2.55).astype(int)),
             ".ppm", tolerance=2),
        Kind("PGM, PPM as bytes, maxval 1023", pnm(5, 1023, np.rint(GREY / 255 * 1023).astype(int)),
             ".pgm", **greys),
        Kind("PGM, PPM as bytes, maxval 65535", pnm(6, 65535, sixteen), ".ppm",
             brightest=250 * 257),
        Kind("PGM, PPM, several pictures in a file", pnm(5, 255, GREY) * 2, ".pgm", **greys,
             remark="several pictures, the first is used"),
        Kind("PGM, PPM as text (P2, P3), maxval 100",
             pnm(3, 100, np.rint(PICTURE / 2.55).astype(int)), ".ppm", tolerance=2),
        Kind("PGM, PPM as text, maxval 1023", pnm(2, 1023, np.rint(GREY / 255 * 1023).astype(int)),
             ".pgm", **greys),
        # AVIF
        Kind("AVIF, 8 bits", pil(PICTURE, "AVIF", quality=100, subsampling="4:4:4"), ".avif",
             tolerance=2),
        Kind("AVIF, alpha", pil(rgba, "AVIF", quality=100, subsampling="4:4:4"), ".avif",
             **on_white, tolerance=2),
        Kind("AVIF, 10 or 12 bits", cv(".avif", (PICTURE.astype(np.uint32) * 1023 // 255).astype(
            np.uint16), cv2.IMWRITE_AVIF_DEPTH, 10, cv2.IMWRITE_AVIF_QUALITY, 100), ".avif",
             tolerance=2),
        Kind("AVIF, to be turned (irot, imir)", pil(PICTURE, "AVIF", quality=100, exif=exif(2),
                                                    subsampling="4:4:4"), ".avif", RIGHT, LEFT,
             tolerance=2),
        Kind("AVIF, animated", pil(PICTURE, "AVIF", quality=100, subsampling="4:4:4", save_all=True,
                                   append_images=[film]), ".avif", tolerance=3, remark=first),
        # JPEG 2000
        Kind("JPEG 2000, 8 bits", pil(PICTURE, "JPEG2000"), ".jp2"),
        Kind("JPEG 2000, codestream alone", pil(PICTURE, "JPEG2000", no_jp2=True), ".j2k"),
        Kind("JPEG 2000, alpha", pil(rgba, "JPEG2000"), ".jp2", **on_white, tolerance=1),
        Kind("JPEG 2000, grey and alpha", pil(np.dstack([GREY, HALF]), "JPEG2000"), ".jp2",
             laid(grey(200)), laid(grey(10)), tolerance=1),
        Kind("JPEG 2000, 4 bands, the fourth isn't named as alpha",
             without_cdef(pil(rgba, "JPEG2000")), ".jp2", remark="1 more band left out"),
        Kind("JPEG 2000, 4 bands, `channels=4`", without_cdef(pil(rgba, "JPEG2000")), ".jp2",
             (*LEFT, 128), (*RIGHT, 128), asked={"channels": 4}),
        Kind("JPEG 2000, 2 bands, the second isn't named as alpha",
             without_cdef(pil(np.dstack([GREY, HALF]), "JPEG2000")), ".jp2", **greys,
             remark="1 more band left out"),
        Kind("JPEG 2000, colours that are multiplied by alpha",
             pil(multiplied, "JPEG2000").replace(b"\0\3\0\1\0\0", b"\0\3\0\2\0\0"), ".jp2",
             **on_white, tolerance=1),
        Kind("JPEG 2000, YCbCr", pil(PICTURE, "JPEG2000", "YCbCr"), ".jp2", tolerance=3),
        Kind("JPEG 2000, 12 bits", zlib.decompress(base64.b85decode(JPEG_2000_12_BITS)), ".jp2",
             LEFT, LEFT),
        Kind("JPEG 2000, 16 bits", pil(GREY.astype(np.uint16) * 257, "JPEG2000"), ".jp2",
             **greys, brightest=200 * 257),
        Kind("JPEG 2000, less than 8 bits, or signed", signed_jpeg_2000(), ".jp2",
             reason="JPEG 2000 of 1 bands, signed 8 bits, not read here: save it as PNG or TIFF"),
        # TIFF: what the bands are
        Kind("TIFF, RGB, 8 bits", tif(PICTURE), ".tif"),
        Kind("TIFF, RGB, 16 bits", tif(sixteen), ".tif", brightest=250 * 257),
        Kind("TIFF, data of 12 bits in 16, `white=4080`", tif(twelve), ".tif", brightest=4000,
             asked={"white": 4080}),
        *[Kind(f"TIFF, {n} bits a sample", tiff(
            24, 16, 1, n, 1, 1, b"".join(pack(np.rint(GREY / 255 * (2 ** n - 1)).astype(int), n))),
               ".tif", **greys, tolerance=30 if n == 2 else 9 if n == 4 else 0)
          for n in (2, 4, 10, 12, 14)],
        Kind("TIFF, 1 bit", tif(GREY > 99, "minisblack"), ".tif", WHITE, grey(0)),
        Kind("TIFF, white is 0", tif(GREY, "miniswhite"), ".tif", grey(55), grey(245)),
        Kind("TIFF, white is 0, 16 bits", tif(GREY.astype(np.uint16) * 257, "miniswhite"), ".tif",
             grey(55), grey(245), brightest=245 * 257),
        Kind("TIFF, palette", tif(GREY, "palette", colormap=table), ".tif"),
        Kind("TIFF, CMYK, 8 or 16 bits", tif(inks.astype(np.uint16) * 257, "separated"), ".tif",
             brightest=250 * 257, tolerance=1),
        Kind("TIFF, CIELab", tif(PICTURE, "cielab"), ".tif",
             reason="CIELab colours, not read here: save it as RGB"),
        Kind("TIFF, YCbCr that isn't JPEG", pil(PICTURE, "TIFF", "YCbCr"), ".tif",
             reason="YCbCr colours that aren't JPEG, not read here: save it as RGB"),
        # TIFF: alpha and more bands
        Kind("TIFF, RGBA, straight alpha (ExtraSamples 2)", tif(rgba, extrasamples=[2]), ".tif",
             **on_white, tolerance=1),
        Kind("TIFF, RGBA, straight alpha, 16 bits", tif(alpha16, extrasamples=[2]), ".tif",
             **on_white, tolerance=1, brightest=250 * 257),
        Kind("TIFF, RGBA, associated alpha (ExtraSamples 1)", tif(multiplied, extrasamples=[1]),
             ".tif", **on_white, tolerance=1),
        Kind("TIFF, RGBA, associated alpha, 16 bits",
             tif(multiplied.astype(np.uint16) * 257, extrasamples=[1]), ".tif", **on_white,
             tolerance=1, brightest=125 * 257),
        Kind("TIFF, RGBA, associated alpha, `channels=4`", tif(multiplied, extrasamples=[1]),
             ".tif", (*LEFT, 128), (*RIGHT, 128), tolerance=1, asked={"channels": 4}),
        Kind("TIFF, RGB and near infrared (ExtraSamples 0)", tif(near, extrasamples=[0]), ".tif",
             remark="1 more band left out"),
        Kind("TIFF, RGB and near infrared, 16 bits", tif(alpha16, extrasamples=[0]), ".tif",
             remark="1 more band left out", brightest=250 * 257),
        Kind("TIFF, RGB and near infrared, `channels=4`", tif(near, extrasamples=[0]), ".tif",
             (*LEFT, 128), (*RIGHT, 128), asked={"channels": 4}),
        Kind("TIFF, RGB and a fourth band, no ExtraSamples",
             tiff(24, 16, 4, 8, 1, 2, rgba.tobytes()), ".tif", remark="1 more band left out"),
        Kind("TIFF, RGB, near infrared and alpha",
             tif(np.dstack([PICTURE, HALF // 2, HALF]), extrasamples=[0, 2]), ".tif", **on_white,
             tolerance=1, remark="1 more band left out"),
        Kind("TIFF, 5 bands", tif(np.dstack([near, HALF])), ".tif", remark="2 more bands left out"),
        Kind("TIFF, 5 bands, `channels=5`", tif(np.dstack([near, HALF // 2])), ".tif",
             (*LEFT, 128, 64), (*RIGHT, 128, 64), asked={"channels": 5}),
        Kind("TIFF, 2 bands", tif(near[..., [0, 3]], "minisblack", planarconfig="contig",
                                  extrasamples=[0]), ".tif", **greys,
             remark="1 more band left out"),
        Kind("TIFF, 2 bands, `channels=2`", tif(near[..., [0, 3]], "minisblack", extrasamples=[0],
                                                planarconfig="contig"), ".tif", (200, 128),
             (10, 128), asked={"channels": 2}),
        Kind("TIFF, grey and alpha", tif(near[..., [0, 3]], "minisblack", planarconfig="contig",
                                         extrasamples=[2]), ".tif", laid(grey(200)),
             laid(grey(10)), tolerance=1),
        Kind("TIFF, 4 bands without names (photometric \"grey\")",
             tif(near, "minisblack", planarconfig="contig", extrasamples=[0] * 3), ".tif",
             remark="bands without names, the first 3 are shown as RGB; 1 more band left out"),
        # TIFF: numbers
        Kind("TIFF, floats 0..1", tif(real), ".tif", brightest=float(real.max())),
        Kind("TIFF, floats beyond 0..1", tif(real * 1000), ".tif",
             reason="float32 from 39.22 to 980.4, not 0..1: say which value becomes 255, "
                    "white=..."),
        Kind("TIFF, floats beyond 0..1, `white=1000`", tif(real * 1000), ".tif",
             brightest=float((real * 1000).max()), asked={"white": 1000}),
        Kind("TIFF, floats with NaN", tif(np.where(real == real[0, 0], np.nan, real)), ".tif",
             grey(0), RIGHT, brightest=float(real.max())),
        Kind("TIFF, int16", tif(sixteen.astype(np.int32).astype(np.int16)), ".tif",
             reason="int16 from -14136 to 30840: say which value becomes 255, white=..."),
        Kind("TIFF, int16, `black=-100, white=155`", tif(PICTURE.astype(np.int16) - 100), ".tif",
             brightest=150, asked={"black": -100, "white": 155}),
        Kind("TIFF, int8, int32, uint32", tif(PICTURE.astype(np.uint32)), ".tif",
             reason="uint32 from 10 to 250: say which value becomes 255, white=..."),
        Kind("TIFF, uint32, `white=255`", tif(PICTURE.astype(np.uint32)), ".tif", brightest=250,
             asked={"white": 255}),
        Kind("TIFF, complex numbers", tif(real.astype(np.complex64)), ".tif",
             reason="samples of 64 bits, sample format 6, not read here: save it as float32"),
        # TIFF: layout
        Kind("TIFF, planar, 8 or 16 bits", tif(sixteen.transpose(2, 0, 1), planarconfig="separate"),
             ".tif", brightest=250 * 257),
        Kind("TIFF, tiles", tif(PICTURE, tile=(16, 16)), ".tif"),
        Kind("TIFF, tiles, planar, big-endian, 16 bits",
             tif(sixteen.transpose(2, 0, 1), planarconfig="separate", tile=(16, 16), byteorder=">"),
             ".tif", brightest=250 * 257),
        Kind("BigTIFF", tif(PICTURE, bigtiff=True, tile=(16, 16)), ".tif"),
        Kind("TIFF, LZW", packed(PICTURE, 3), ".tif"),
        Kind("TIFF, LZW, 5 bands", packed(np.dstack([near, HALF]), 5, (0, 0)), ".tif",
             remark="2 more bands left out"),
        Kind("TIFF, Deflate with a predictor", tif(sixteen, compression="zlib", predictor=True),
             ".tif", brightest=250 * 257),
        Kind("TIFF, PackBits", packed(PICTURE, 3, code="packbits", number=32773), ".tif"),
        Kind("TIFF, LZMA, Zstandard", packed(PICTURE, 3, code="zstd", number=50000), ".tif"),
        Kind("TIFF, floats with the float predictor", tiff(
            24, 16, 3, 32, 8, 2, zlib.compress(floats_apart(real)), {339: (3, 3, 3)}, 3), ".tif",
             brightest=float(real.max())),
        Kind("TIFF, bits in reverse (FillOrder 2)", tiff(
            24, 16, 1, 4, 1, 1, (b"\x33" * 6 + b"\x88" * 6) * 16, {266: 2}), ".tif", grey(204),
             grey(17)),
        Kind("TIFF, JPEG", pil(PICTURE, "TIFF", compression="jpeg", quality=100), ".tif",
             tolerance=4),
        Kind("TIFF, JPEG of CMYK", tiff(24, 16, 4, 8, 7, 5, b"\xff\xd8\xff\xd9"), ".tif",
             reason="JPEG with 4 bands of 8 bits, photometric interpretation 5, not read here"),
        Kind("TIFF, fax (CCITT)", pil(Image.fromarray(GREY > 99), "TIFF", compression="group4"),
             ".tif", WHITE, grey(0)),
        Kind("TIFF, other compressions", tiff(24, 16, 3, 8, 34712, 2, bytes(99)), ".tif",
             reason="compression JPEG2000, not read here: save it without"),
        Kind("TIFF, orientation 2", tif(PICTURE, extratags=[(274, "H", 1, 2, True)]), ".tif",
             RIGHT, LEFT),
        # TIFF: pages
        Kind("TIFF, several pages", tif_of_pages(
            (PICTURE, 0), (PICTURE[:, ::-1], 2), (PICTURE, 0)), ".tif", remark=pages),
        Kind("TIFF, a stack of ImageJ", imagej(np.stack([GREY, GREY, GREY])), ".tif", **greys,
             remark=pages),
        Kind("TIFF, a thumbnail before the picture", tif_of_pages(
            (PICTURE[::2, ::-2], 1), (PICTURE, 0)), ".tif"),
        Kind("TIFF, overviews and a mask behind it (cloud-optimised GeoTIFF)", tif_of_pages(
            (PICTURE, 0), (PICTURE[::2, ::2], 1), (GREY > 99, 4)), ".tif"),
        Kind("TIFF, a volume (ImageDepth)", tiff(24, 8, 3, 8, 1, 2, PICTURE.tobytes(), {32997: 2}),
             ".tif", reason="a volume of 2 planes: save them as files of their own"),
        Kind("TIFF of a camera's sensor (DNG)", tif(PICTURE, extratags=[(50706, "B", 4,
                                                                         (1, 4, 0, 0), True)]),
             ".tif", reason="a camera's raw file, not read here: save it as PNG or JPEG"),
        # npy
        Kind("`.npy`, uint8 (height, width, channels)", npy(PICTURE), ".npy"),
        Kind("`.npy`, uint8 (height, width)", npy(GREY), ".npy", **greys),
        Kind("`.npy`, uint16", npy(sixteen), ".npy", brightest=250 * 257),
        Kind("`.npy`, floats 0..1", npy(real), ".npy", brightest=float(real.max())),
        Kind("`.npy`, 6 channels, `channels=6`", npy(np.dstack([PICTURE, PICTURE])), ".npy",
             LEFT * 2, RIGHT * 2, asked={"channels": 6}),
        Kind("`.npy`, channels first, or many pictures", npy(PICTURE.transpose(2, 0, 1)), ".npy",
             reason="an array (3, 16, 24) of uint8, where a picture (height, width, 3) is "
                    "expected"),
        Kind("`.npy`, two axes of more than 8 bits", npy(real[..., 0]), ".npy",
             reason="an array (16, 24) of float32, where a picture (height, width, 3) is "
                    "expected; if it is grey, save array[..., None]"),
        Kind("`.npy`, no picture: 1 axis, text, objects", npy(np.arange(9)), ".npy",
             reason="not an image"),
    ]
    heic = b"\0\0\0\x1cftypheic\0\0\0\0mif1heicmiaf" + bytes(99)
    rows += [Kind("HEIC and other pictures that aren't read, by their name or first bytes", heic,
                  ".jpg", reason="HEIC file, not read here: save it as PNG, TIFF or JPEG")]
    for row in rows:
        if row.reason:
            row.left = row.right = None
    return rows


def floats_apart(values):
    """Bytes of the float predictor: those of like weight together, as differences."""
    apart = values.astype(">f4").view(np.uint8).reshape(16, 24 * 3, 4).swapaxes(1, 2)
    apart = apart.reshape(16, -1, 3)
    return np.diff(apart, axis=1, prepend=np.zeros((16, 1, 3), np.uint8)).astype(np.uint8).tobytes()


def imagej(planes):
    file = io.BytesIO()
    tifffile.imwrite(file, planes, imagej=True)
    return file.getvalue()


JPEG_2000_12_BITS = (     # OpenCV and Pillow write 8 or 16 bits only
    "c-muNVBpCLP*C9IYUg5LU=T?wsVvAUFj4@r8KAT-kj?<oVwo8!ML=2rh$R@9x!FN#82FR(bBY+jOrQiK"
    "8&GlbfB*l14EkU(38)4bK;<)YGcrQZ{~!h)pa3Hy0}BfS<Np{27KeoYDGaI%jLt==i6yBi3Q3g;{spOd"
    "UIDJ|3T3H9#hLke3PyUSdM5uTFmQoQ>jP?>eBie`gJ3|&`k#@}ObbAwiHiDv)HOgX9u?L9_2-{#0ZIR_"
    "e|290DwZ4D0Co%~XMM-)1_+~51u6nmFTxN*y!!t)0U?J<M*")


def main():
    console, table = Console(width=170), Table("kind", "here", "OpenCV", "Pillow")

    def here(kind):
        decoded = decode(f"x{kind.suffix}", WHITE, data=kind.data, **kind.asked)
        return decoded.pixels[2, 2]

    def seen(read, kind):
        try:
            return str(read(kind))
        except NotAPicture as error:
            return error.reason
        except Exception as error:
            return f"{type(error).__name__}"

    def by_opencv(kind):
        level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        picture = cv2.imdecode(np.frombuffer(kind.data, np.uint8), cv2.IMREAD_UNCHANGED)
        cv2.utils.logging.setLogLevel(level)
        if picture is None:
            return None
        pixel = np.atleast_1d(picture[2, 2])
        return f"{picture.dtype} {pixel if len(pixel) < 3 else pixel[[2, 1, 0, 3][:len(pixel)]]}"

    def by_pillow(kind):
        with Image.open(io.BytesIO(kind.data)) as picture:
            return f"{picture.mode} {picture.getpixel((2, 2))}"

    for kind in kinds():
        table.add_row(escape(kind.name), *(escape(seen(read, kind))
                                           for read in (here, by_opencv, by_pillow)))
    console.print(table)


if __name__ == "__main__":
    main()
