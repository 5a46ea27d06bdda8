"""Which files are pictures: by their names, and by their first bytes."""
import re
from stat import S_ISREG

from data_loaders.bands import NotAPicture
from data_loaders.rare_files import CODESTREAM

JPEG, PNG, GIF, BMP, NPY = b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"\x93NUMPY"
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
JPEG_2000 = (b"\0\0\0\x0cjP  ", CODESTREAM)
PNM = (".pbm", ".pgm", ".ppm", ".pnm")
PNM_HEADER = rb"P([14]\s+\d+\s+\d+\s|[2356]\s+\d+\s+\d+\s+[\d#]|[1-6]\s+#)"     # not "P1 is"
EIGHT_BITS = (JPEG, GIF, BMP, b"RIFF")                  # at most
BEGINNINGS = (JPEG, PNG, GIF, BMP, NPY, *JPEG_2000)     # others: see `check_beginning`
SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".bmp", ".dib", ".tif",
            ".tiff", ".gif", ".avif", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx", *PNM)
# Pictures that aren't read here. Their names or their first bytes say so.
NOT_READ = {"HEIC": (".heic", ".heif", ".hif"), "JPEG XL": (".jxl",), "JPEG XR": (".jxr", ".wdp"),
            "Photoshop": (".psd", ".psb"), "GIMP": (".xcf",), "SVG": (".svg", ".svgz"),
            "OpenEXR": (".exr",), "Radiance": (".hdr",), "PFM": (".pfm",), "PAM": (".pam",),
            "DICOM": (".dcm",), "FITS": (".fits", ".fit"), "Targa": (".tga",), "PCX": (".pcx",),
            "icon": (".ico", ".icns"), "SGI": (".sgi",), "Sun raster": (".ras", ".sun"),
            "QOI": (".qoi",), "DDS": (".dds",), "EPS": (".eps",),
            "camera's raw": (".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef",
                             ".srw")}
BEGIN_NOT_READ = {b"8BPS": "Photoshop", b"\x76\x2f\x31\x01": "OpenEXR", b"#?RADIANCE": "Radiance",
                  b"\xff\x0a": "JPEG XL", b"\0\0\0\x0cJXL ": "JPEG XL", b"P7\n": "PAM"}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
MAX_BYTES = 2 ** 30           # of a file


def read_bytes(path):
    """The bytes of a file that begins like a picture.

    Of other files, films for example, only the beginning is read.
    """
    stat = path.stat()
    if not S_ISREG(stat.st_mode):       # to read from a pipe may take for ever
        raise NotAPicture(path, "not a regular file")
    with path.open("rb", buffering=0) as file:      # cv2.imread can't read every name on Windows
        check_beginning(path, file.read(64))
        if stat.st_size > MAX_BYTES:
            raise NotAPicture(path, f"too large: more than {MAX_BYTES // 2 ** 20} MiB")
        file.seek(0)
        return file.read(stat.st_size)


def check_beginning(path, start):
    """Raise `NotAPicture` if a file doesn't begin like one that is read here."""
    if start.startswith(BEGINNINGS) or start[:4] + start[8:12] == b"RIFFWEBP":
        return
    if not start:
        raise NotAPicture(path, "empty file")
    brands = start[8:int.from_bytes(start[:4])] if start[4:8] == b"ftyp" else b""
    suffix = path.suffix.lower()
    pnm = rb"P[1-6]\s" if suffix in PNM else PNM_HEADER
    if b"avif" in brands or b"avis" in brands or re.match(pnm, start):
        return
    kind = next((kind for kind, names in NOT_READ.items() if suffix in names), None)
    if start.startswith(TIFF) and kind is None:                 # cameras write TIFF of their own
        return
    kind = next((kind for magic, kind in BEGIN_NOT_READ.items() if start.startswith(magic)),
                "HEIC" if brands.startswith(HEIC_BRANDS) else kind)
    if kind:
        raise NotAPicture(path, f"{kind} file, not read here: save it as PNG, TIFF or JPEG")
    raise NotAPicture(path, "broken picture" if suffix in SUFFIXES else "not an image")
