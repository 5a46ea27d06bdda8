"""A folder of useless and harmful files, and what becomes of each.

Then a folder of very many pictures.

    python benchmarks/hostile_files.py --many 100000
"""
import dataclasses
import os
import resource
import shutil
import struct
import tempfile
import time
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
import tyro
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from data_loaders import ImageFolder
from data_loaders.choice import BESIDE_PICTURES
from data_loaders.files import AGAIN
from data_loaders.names import shown

try:
    from benchmarks.kinds_of_files import kinds
except ModuleNotFoundError:             # run as a script
    from kinds_of_files import kinds

USED = "used"


@dataclasses.dataclass
class Arguments:
    """Make both folders in a temporary place and load them."""
    many: int = 10_000


def blank_png(width, height):
    """A black PNG file with one bit a pixel: a very large picture in very few bytes."""
    def chunk(kind, content):
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    pixels, row = zlib.compressobj(9), bytes(1 + -(-width // 8))
    packed = b"".join(pixels.compress(row) for _ in range(height)) + pixels.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed)
            + chunk(b"IEND", b""))


def make(folder):
    """Fill a folder with trouble.

    Returns:
        dict, path below the folder -> what must become of it: `USED`, or why it is
        skipped.
    """
    folder = Path(folder)
    picture = np.random.default_rng(0).integers(0, 256, (60, 80, 3), dtype=np.uint8)
    png, jpg = (cv2.imencode(suffix, picture)[1].tobytes() for suffix in (".png", ".jpg"))
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    files = {
        "good.png": (png, USED),
        "good.jpg": (jpg, USED),
        "really_a_png.jpg": (png, USED),
        "no_suffix": (jpg, USED),
        "名前 [red] имя 🐱.png": (png, USED),
        "bytes that are no UTF-8 \udcff\udcfe.png": (png, USED),
        "x.png/inner.png": (png, USED),
        "large.png": (blank_png(9000, 9000), USED),
        "bomb.png": (blank_png(30_000, 30_000),
                     "too large: 30000x30000 pixels, more than 89 million"),
        "truncated.png": (png[:2000], "broken picture"),
        "truncated.jpg": (jpg[:1000], "broken picture"),
        "beginning.png": (png[:10], "broken picture"),
        "svg.png": (svg, "broken picture"),
        "empty.jpg": (b"", "empty file"),
        "drawing.svg": (svg, "SVG file, not read here: save it as PNG, TIFF or JPEG"),
        "notes.txt": (b"hello", "not an image"),
        "film.mp4": (b"\0\0\0\x20ftypisom" + bytes(10 ** 6), "not an image"),
        "film.avi": (b"RIFF\0\0\0\0AVI LIST" + bytes(10 ** 6), "not an image"),
    }
    for kind in kinds():                # those that need no argument
        if not kind.asked:
            name = f"kinds/{kind.name.replace('/', ' ')}{kind.suffix}"
            beside = BESIDE_PICTURES if kind.suffix == ".npy" else None
            files[name] = kind.data, beside or kind.reason or USED
    for name, (content, _) in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    becomes = {name: fate for name, (_, fate) in files.items()}

    (folder / "no_permission.png").write_bytes(png)
    (folder / "no_permission.png").chmod(0)
    readable = os.access(folder / "no_permission.png", os.R_OK)         # root may read it
    becomes["no_permission.png"] = USED if readable else "can't be read: Permission denied"
    for name, target, fate in (
            ("dangling.png", "gone.png", "can't be read: No such file or directory"),
            ("itself.png", "itself.png", "can't be read: Too many levels of symbolic links"),
            ("loop", ".", AGAIN), ("everything", "/", AGAIN), ("second_name", "x.png", AGAIN)):
        (folder / name).symlink_to(target)
        becomes[name] = fate
    os.mkfifo(folder / "pipe.png")
    becomes["pipe.png"] = "not a regular file"
    return becomes


def main(arguments):
    with tempfile.TemporaryDirectory() as place:
        os.environ["KERAS_GAN_CACHE"] = f"{place}/cache"
        console = Console(width=120)
        for title, folder in (("files", Path(place, "hostile")), ("many", Path(place, "many"))):
            folder.mkdir()
            if title == "files":
                becomes = make(folder)
            else:
                black = cv2.imencode(".jpg", np.zeros((60, 80, 3), np.uint8))[1].tobytes()
                (folder / "0.jpg").write_bytes(black)
                for i in range(1, arguments.many):
                    shutil.copyfile(folder / "0.jpg", folder / f"{i}.jpg")
            for start in ("first", "second"):
                begin = time.monotonic()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    data = ImageFolder(folder, (32, 40, 3))
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                console.print(f"{title}, {start} start: {len(data)} pictures, "
                              f"{time.monotonic() - begin:.1f} s, "
                              f"peak memory of the process {peak:.0f} MiB")
            if title == "files":
                table = Table("file", "what becomes of it", "as it should")
                for name, fate in sorted(becomes.items()):
                    became = USED if name in data.files else data.skipped.get(name, "forgotten")
                    table.add_row(escape(shown(name)), became,
                                  "yes" if became == fate else f"no: {fate}")
                console.print(table)


if __name__ == "__main__":
    main(tyro.cli(Arguments))
