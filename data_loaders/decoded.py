"""The pictures of many files, decoded once into the cache, and mapped from there."""
import collections
import concurrent.futures
import contextlib
import errno
import functools
import hashlib
import itertools
import json
import math
import os
import shutil
from typing import NamedTuple

import cv2
import numpy as np
from rich.markup import escape
from rich.progress import track

from data_loaders.bands import NotAPicture
from data_loaders.cache import cache_folder, forget_unused, into_cache, note_use
from data_loaders.formats import EIGHT_BITS
from data_loaders.image_file import decode
from data_loaders.names import called_picture, shown, some
from data_loaders.resize import resize

FORMAT = 5                    # of a cache entry; another number makes old entries stale
FOURTH = "the fourth channel is a band as it is, in the others it is alpha"


class Reading(NamedTuple):
    """How each file is read: see `load_data`."""
    img_shape: tuple
    fit: str
    background: tuple
    white: float | None
    black: float


class Stored(NamedTuple):
    """The decoded pictures in the cache."""
    images: np.ndarray
    """uint8 array (n, height, width, channels), memory-mapped, read-only."""
    files: list
    """Of each picture its path."""
    skipped: dict
    """A path -> why there is no picture of it."""
    sizes: dict
    """(height, width) in the files -> how many have it, the most frequent first."""
    remarks: list
    """What was left out of files: a list of str."""
    deep: dict
    """ "integers" and "floats" -> how many files don't say what is white, and the
    largest value in them."""
    alpha: bool
    """Whether a fourth channel is alpha; of some files at least."""


def find_white(files, names, channels, use):
    """The largest value in those files that don't say which value is white.

    Args:
        files, names, use: see `load_pictures`.
        channels: int, of the pictures.

    Returns:
        A number; None if there is no such file.
    """
    entry = _entry(files, names, ["white", channels, use])
    try:
        report = json.loads((entry / "report.json").read_text(encoding="utf-8"))
        note_use(entry)
        return report["white"]
    except (OSError, ValueError, KeyError):
        shutil.rmtree(entry, ignore_errors=True)
    with into_cache(entry) as beside, _threads() as pool:
        values = in_order_of(pool, functools.partial(_brightest, files, channels), names)
        white = max((value for value in values if value is not None), default=None)
        (beside / "report.json").write_text(json.dumps({"white": white}), encoding="utf-8")
    _forget_others(entry)
    return white


def load_pictures(files, names, how, use, on_error):
    """The pictures of some files: from the cache, where they are or are put.

    The key of the cache is made of the files (names, sizes, times) and of the
    arguments.

    Args:
        files: `FilesBelow` or `Archive`.
        names: list of str, paths in it.
        how: `Reading`.
        use: what else tells this use of the folder from others, as JSON can hold it.
            Each use has one entry in the cache: its old one is deleted.
        on_error: see `ImageFolder`.

    Returns:
        `Stored`.

    Raises:
        FileNotFoundError: if none of them is a picture.
        NotAPicture: with `on_error="raise"`.
        OSError: if the cache can't be written.
    """
    entry = _entry(files, names, [*how, use])
    if stored := _stored(entry, how):
        return stored
    try:
        _decode_all(files, names, how, entry, on_error)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            needed = len(names) * math.prod(how.img_shape) / 2 ** 30
            raise OSError(
                error.errno, "The decoded pictures don't fit on the disk of the cache "
                f"folder; {len(names)} files of {files.path} may need {needed:.1f} GiB "
                "there. KERAS_GAN_CACHE names another folder", str(cache_folder())) from error
        raise
    if stored := _stored(entry, how):
        return stored
    raise OSError(f"The decoded pictures of {files.path} have vanished from the cache "
                  f"folder {cache_folder()}. Is another process cleaning it up?")


def _decode_all(files, names, how, entry, on_error):
    """Decode all pictures, in threads and in order, into a new cache entry."""
    used, skipped, sizes, bands_as_they_are = [], {}, collections.Counter(), []
    deep = {"integers": [0, 0], "floats": [0, 0]}
    remarks = collections.defaultdict(list)
    shutil.rmtree(entry, ignore_errors=True)            # what is there is not whole
    with into_cache(entry) as beside, _threads() as pool:
        read = functools.partial(_read, files, how)
        with (beside / "images.raw").open("wb") as file:
            results = track(zip(names, in_order_of(pool, read, names)),
                            f"reading {escape(shown(files.path.name))}/",
                            total=len(names), transient=True, disable=len(names) < 200)
            for name, (decoded, error) in results:
                if error is None:
                    used.append(name)
                    sizes[decoded.size] += 1
                    file.write(decoded.pixels.data)
                    if decoded.remark:
                        remarks[decoded.remark].append(name)
                    if decoded.brightest is not None:
                        of_kind = deep["floats" if isinstance(decoded.brightest, float)
                                       else "integers"]
                        of_kind[:] = of_kind[0] + 1, max(of_kind[1], decoded.brightest)
                    if how.img_shape[2] == 4 and not decoded.alpha:
                        bands_as_they_are.append(name)
                elif on_error == "raise" and not is_harmless(name, error.reason):
                    raise error
                else:
                    skipped[name] = error.reason
        if not used:
            why = "; ".join(f"{shown(name)}: {reason}"
                            for name, reason in list(skipped.items())[:5])
            raise FileNotFoundError(
                f"No picture below {files.path.resolve()}. Looked for JPEG, PNG, WebP, BMP, "
                f"TIFF and GIF files in it and its sub-folders; files found: {len(names)}"
                f"{f' ({why})' if why else ''}.")
        if 0 < len(bands_as_they_are) < len(used):
            remarks[FOURTH] = bands_as_they_are
        report = {"files": used, "skipped": skipped, "remarks": remarks, "deep": deep,
                  "alpha": len(bands_as_they_are) < len(used),
                  "sizes": [[*size, n] for size, n in sizes.most_common()]}
        (beside / "report.json").write_text(json.dumps(report, default=lambda n: n.item()),
                                            encoding="utf-8")
    _forget_others(entry)


def _read(files, how, name):
    """One file -> (`Decoded` in the shape asked for, None), or (None, error)."""
    path, (height, width, channels) = files.path / name, how.img_shape
    try:
        decoded = decode(path, how.background, max(height, width), channels, how.black, how.white,
                         data=files.read_picture(name))
        picture = resize(decoded.pixels, how.img_shape, how.fit, how.background, decoded.alpha)
        return decoded._replace(pixels=picture), None
    except NotAPicture as error:
        return None, error
    except OSError as error:
        return None, NotAPicture(path, f"can't be read: {error.strerror}")
    except MemoryError:
        return None, NotAPicture(path, "too large for the memory")


def _brightest(files, channels, name):
    """The largest value in a file with more than 8 bits; None for others."""
    try:
        data = files.read_picture(name)
        if data.startswith(EIGHT_BITS):                 # JPEG and others, whatever their names are
            return None
        return decode(files.path / name, (0, 0, 0), channels=channels, white=1,
                      data=data).brightest
    except (NotAPicture, OSError, MemoryError):         # it will be named when it is to be used
        return None


def _entry(files, names, arguments):
    """The cache folder of exactly these files and arguments."""
    stamps = [(name, *files.stamp(name)) for name in names]
    return (cache_folder() / "folders" / _digest(str(files.path.resolve()), *arguments)
            / _digest(FORMAT, cv2.__version__, stamps))


def _digest(*parts):
    text = json.dumps(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:24]


def _forget_others(entry):
    """Delete the entries of these files as they were before, and what nobody uses."""
    for stale in entry.parent.iterdir():
        if stale.name != entry.name and not stale.name.startswith("."):
            shutil.rmtree(stale, ignore_errors=True)
    forget_unused(entry.parents[1])


def _stored(entry, how):
    """What a cache entry holds. None if there is none, or not a whole one."""
    try:
        report = json.loads((entry / "report.json").read_text(encoding="utf-8"))
        shape = (len(report["files"]), *how.img_shape)
        if (entry / "images.raw").stat().st_size != np.prod(shape, dtype=np.int64):
            return None
    except (OSError, ValueError, KeyError):
        return None
    note_use(entry)
    remarks = [f"{len(names)} of {len(report['files'])} files: {remark} ({some(names, 3)})"
               for remark, names in report["remarks"].items()]
    return Stored(np.memmap(entry / "images.raw", np.uint8, "r", shape=shape), report["files"],
                  report["skipped"], {(h, w): n for h, w, n in report["sizes"]},
                  remarks, report["deep"], report["alpha"])


def is_harmless(name, reason):
    """Whether nobody misses a file: a text among pictures, say."""
    return (reason == "not an image" or reason.startswith("beside ")) and not called_picture(name)


@contextlib.contextmanager
def _threads():
    """Threads to decode in. Broken files are named by this package, not by OpenCV."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        try:
            yield pool
        finally:
            cv2.utils.logging.setLogLevel(level)


def in_order_of(pool, function, arguments, ahead=256):
    """What `pool.map` yields, but with at most `ahead` results made in advance."""
    arguments = iter(arguments)
    futures = collections.deque(pool.submit(function, argument)
                                for argument in itertools.islice(arguments, ahead))
    while futures:
        result = futures.popleft().result()
        futures.extend(pool.submit(function, argument)
                       for argument in itertools.islice(arguments, 1))
        yield result
