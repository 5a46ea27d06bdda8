"""A folder of pictures as one array."""
import collections
import concurrent.futures
import errno
import hashlib
import itertools
import json
import math
import os
import shutil
import warnings
from pathlib import Path

import cv2
import numpy as np
from rich.markup import escape
from rich.progress import track

from data_loaders.cache import cache_folder
from data_loaders.image_file import NotAPicture, check_shape, decode, resize
from data_loaders.whole import whole_folder

AGAIN = "a link to a folder that is read already, or that this one lies in"
HARMLESS = ("not an image", AGAIN)
FORMAT = 2                    # of a cache entry; another number makes old entries stale


def shown(name):
    """A file name as text that can be printed, whatever its bytes are."""
    return os.fsencode(name).decode("utf-8", "replace")


def _in_order(pool, function, arguments, ahead=256):
    """What `pool.map` yields, but with at most `ahead` results made in advance."""
    arguments = iter(arguments)
    futures = collections.deque(pool.submit(function, argument)
                                for argument in itertools.islice(arguments, ahead))
    while futures:
        result = futures.popleft().result()
        futures.extend(pool.submit(function, argument)
                       for argument in itertools.islice(arguments, 1))
        yield result


class ImageFolder:
    """All pictures below a folder, in one shape, as uint8 RGB.

    The pictures are decoded once, in threads, into a cache that is mapped into memory.
    So a folder may be larger than the memory, and the second start is quick. The key of
    the cache is made of the files (names, sizes, times) and of the arguments.

    Args:
        folder: is searched with its sub-folders, in the order of the names. Links are
            followed, hidden files are passed over.
        img_shape, fit, background: see `read_image`.
        on_error: "skip" leaves out broken and empty files, and names them in a warning.
            "raise" raises at the first one.

    Attributes:
        images: uint8 array (n, height, width, channels), RGB or grey, memory-mapped,
            read-only.
        labels: int array (n,), which first-level sub-folder a picture lies in. None if
            there are no sub-folders.
        class_names: list of str, the names of the sub-folders. Pictures beside
            sub-folders are of class ".". None without labels.
        files: list of str, path of each picture below `folder`.
        skipped: dict, path below `folder` -> why that file was not used.
        source: dict, the arguments of `load_data` that give these pictures.
        sizes: dict, (height, width) of the files -> how many pictures have it, the most
            frequent first.

    Raises:
        FileNotFoundError: if there is no such folder, or no picture in it.
        NotAPicture: (a ValueError) with `on_error="raise"`, for a broken or empty
            file.
        ValueError: for arguments that make no sense.
    """

    def __init__(self, folder, img_shape=(128, 160, 3), fit="crop", background=(255, 255, 255),
                 on_error="skip"):
        self.img_shape = check_shape(img_shape, fit, background)
        if on_error not in ("skip", "raise"):
            raise ValueError(f"on_error must be 'skip' or 'raise'. Received: on_error={on_error!r}")
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise FileNotFoundError(f"No folder {self.folder.resolve()}. Give a folder of pictures "
                                    "(JPEG, PNG, WebP, BMP, TIFF, GIF), sub-folders allowed.")
        self.fit, self.background, self.on_error = fit, tuple(int(c) for c in background), on_error
        self.source = {"source": str(self.folder.resolve()), "fit": fit,
                       "background": list(self.background), "split": "train"}
        names, passed_over = self._walk()
        if not names and passed_over:
            why = "; ".join(f"{shown(name)}: {reason}" for name, reason in passed_over.items())
            raise FileNotFoundError(f"No file below {self.folder.resolve()} can be read: {why}")
        entry = self._cache_entry(names)
        if not self._load(entry):
            try:
                self._decode(names, entry)
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    needed = len(names) * math.prod(self.img_shape) / 2 ** 30
                    raise OSError(
                        error.errno, "The decoded pictures don't fit on the disk of the cache "
                        f"folder; {len(names)} files of {self.folder} may need {needed:.1f} GiB "
                        "there. KERAS_GAN_CACHE names another folder",
                        str(cache_folder())) from error
                raise
            if not self._load(entry):
                raise OSError(f"The decoded pictures of {self.folder} have vanished from the cache "
                              f"folder {cache_folder()}. Is another process cleaning it up?")
        self.skipped |= passed_over
        self._warn_of_skipped()

    def _walk(self):
        """The files below the folder, and why some folders were passed over.

        The files are a sorted list of paths below the folder, without hidden ones.
        Links to folders are followed, but no folder is read twice, and no folder in
        which this one lies.
        """
        names, passed_over, top = [], {}, Path(os.path.realpath(self.folder))
        seen = {top}

        def below(path):
            return Path(path).relative_to(self.folder).as_posix()

        def unreadable(error):
            passed_over[below(error.filename)] = f"can't be read: {error.strerror}"

        for here, folders, files in os.walk(self.folder, followlinks=True, onerror=unreadable):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in list(folders):
                path = Path(here) / name
                real = Path(os.path.realpath(path))
                overlaps = real.is_relative_to(top) or top.is_relative_to(real)
                if real in seen or (path.is_symlink() and overlaps):
                    folders.remove(name)
                    passed_over[below(path)] = AGAIN
                else:
                    seen.add(real)
            names += [below(Path(here) / f) for f in files if not f.startswith(".")]
        return sorted(names), passed_over

    def _cache_entry(self, names):
        """The cache folder of exactly these files and arguments."""
        def digest(*parts):
            text = json.dumps(parts).encode("utf-8", "surrogatepass")
            return hashlib.sha256(text).hexdigest()[:24]

        files = []
        for name in names:
            try:
                stat = (self.folder / name).stat()
                files.append((name, stat.st_size, stat.st_mtime_ns))
            except OSError:                                 # a dangling link: decoding will say so
                files.append((name, None, None))
        arguments = digest(str(self.folder.resolve()), self.img_shape, self.fit, self.background)
        return cache_folder() / "folders" / arguments / digest(FORMAT, cv2.__version__, files)

    def _decode(self, names, entry):
        """Decode all pictures, in threads and in order, into a new cache entry."""
        used, skipped, sizes = [], {}, collections.Counter()
        shutil.rmtree(entry, ignore_errors=True)            # what is there is not whole
        with (whole_folder(entry, replace=False) as beside,
              concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool):
            # Broken files are named by this class, not by OpenCV
            level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
            try:
                with (beside / "images.raw").open("wb") as file:
                    results = track(zip(names, _in_order(pool, self._read, names)),
                                    f"reading {escape(shown(self.folder.name))}/",
                                    total=len(names), transient=True, disable=len(names) < 200)
                    for name, (picture, size, error) in results:
                        if error is None:
                            used.append(name)
                            sizes[size] += 1
                            file.write(picture.data)
                        elif self.on_error == "raise" and error.reason not in HARMLESS:
                            raise error
                        else:
                            skipped[name] = error.reason
            finally:
                cv2.utils.logging.setLogLevel(level)
            if not used:
                why = "; ".join(f"{shown(name)}: {reason}"
                                for name, reason in list(skipped.items())[:5])
                raise FileNotFoundError(
                    f"No picture below {self.folder.resolve()}. Looked for JPEG, PNG, WebP, BMP, "
                    f"TIFF and GIF files in it and its sub-folders; files found: {len(names)}"
                    f"{f' ({why})' if why else ''}.")
            report = {"files": used, "skipped": skipped,
                      "sizes": [[*size, n] for size, n in sizes.most_common()]}
            (beside / "report.json").write_text(json.dumps(report), encoding="utf-8")
        for stale in entry.parent.iterdir():                # of this folder as it was before
            if stale.name != entry.name and not stale.name.startswith("."):
                shutil.rmtree(stale, ignore_errors=True)

    def _read(self, name):
        """One file -> (picture, its (height, width), None), or (None, None, error)."""
        path = self.folder / name
        try:
            decoded = decode(path, self.background, max(self.img_shape[:2]), self.img_shape[2])
            picture = resize(decoded.pixels, self.img_shape, self.fit, self.background)
            return picture, decoded.size, None
        except NotAPicture as error:
            return None, None, error
        except OSError as error:
            return None, None, NotAPicture(path, f"can't be read: {error.strerror}")
        except MemoryError:
            return None, None, NotAPicture(path, "too large for the memory")

    def _load(self, entry):
        """Map a cache entry into memory. False if there is none, or not a whole one."""
        try:
            report = json.loads((entry / "report.json").read_text(encoding="utf-8"))
            shape = (len(report["files"]), *self.img_shape)
            if (entry / "images.raw").stat().st_size != np.prod(shape, dtype=np.int64):
                return False
        except (OSError, ValueError, KeyError):
            return False
        self.images = np.memmap(entry / "images.raw", np.uint8, "r", shape=shape)
        self.files, self.skipped = report["files"], report["skipped"]
        self.sizes = {(h, w): n for h, w, n in report["sizes"]}
        folders = [name.split("/")[0] if "/" in name else "." for name in self.files]
        self.class_names = sorted(set(folders)) if set(folders) != {"."} else None
        self.labels = None
        if self.class_names is not None:
            self.labels = np.searchsorted(self.class_names, folders).astype(np.int64)
        return True

    def _warn_of_skipped(self):
        bad = {name: reason for name, reason in self.skipped.items() if reason not in HARMLESS}
        if bad and self.on_error == "raise":                # decoded before, with on_error="skip"
            name, reason = next(iter(bad.items()))
            raise NotAPicture(self.folder / name, reason)
        if bad:
            some = ", ".join(f"{shown(name)} ({reason})" for name, reason in list(bad.items())[:20])
            more = f" and {len(bad) - 20} more, see .skipped" if len(bad) > 20 else ""
            warnings.warn(f"{len(bad)} files below {self.folder} were skipped: {some}{more}",
                          stacklevel=3)

    def __len__(self):
        return len(self.images)

    def __str__(self):
        """What was found, in a few lines."""
        sizes = ", ".join(f"{w}x{h} ({n})" for (h, w), n in list(self.sizes.items())[:5])
        height, width, channels = self.img_shape
        lines = [f"{shown(self.folder)}: {len(self)} pictures, as {width}x{height} "
                 f"{'RGB' if channels == 3 else 'grey'}, fit={self.fit!r}",
                 f"  sizes in the files, width x height: {sizes}"
                 f"{', ...' if len(self.sizes) > 5 else ''}"]
        if self.class_names is not None:
            counts = np.bincount(self.labels, minlength=len(self.class_names))
            lines.append("  classes: " + ", ".join(f"{shown(c)} ({n})"
                                                   for c, n in zip(self.class_names, counts)))
        for reason, n in collections.Counter(self.skipped.values()).items():
            names = [shown(name) for name, why in self.skipped.items() if why == reason]
            lines.append(f"  skipped, {reason}: {', '.join(names[:5])}{', ...' if n > 5 else ''}")
        return "\n".join(lines)
