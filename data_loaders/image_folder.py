"""A folder of pictures, or a zip archive of them, as one array."""
import collections
import concurrent.futures
import copy
import errno
import functools
import hashlib
import itertools
import json
import math
import numbers
import os
import shutil
import warnings
from pathlib import Path

import cv2
import numpy as np
from rich.markup import escape
from rich.progress import track

from data_loaders.archive import open_archive
from data_loaders.bands import NotAPicture
from data_loaders.cache import cache_folder, into_cache
from data_loaders.image_file import bits_of, check_beginning, check_shape, decode, resize
from data_loaders.labels_file import LabelsFile
from data_loaders.names import (
    called_picture,
    find_splits,
    in_order,
    is_number,
    shown,
    some,
    suffix_of,
)

AGAIN = "a link to a folder that is read already, or that this one lies in"
FORMAT = 3                    # of a cache entry; another number makes old entries stale
AT_MOST_8_BITS = (".jpg", ".jpeg", ".gif", ".bmp", ".webp")


class LeftOut(UserWarning):
    """Files were not used. `str()` of the data names them too."""


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

    Where the folder holds train/ and test/ or val/ and nothing else, the classes are
    the sub-folders of these. The same holds where each class has such folders.

    Args:
        folder: is searched with its sub-folders, in the order of the names. Links are
            followed, hidden files are passed over. Or a zip archive, which is read in
            place; a single folder in it that holds all is its root.
        img_shape, fit, background: see `read_image`.
        on_error: "skip" leaves out broken and empty files, and names them in a warning.
            "raise" raises at the first one.
        split: of a folder with train/ and test/ below it "train" or "test", which is
            val/ where there is no test/. "all" reads every folder as it is.
        labels, attribute, white, black: see `load_data`.

    Attributes:
        images: uint8 array (n, height, width, channels), memory-mapped, read-only.
        labels: int array (n,), which first-level sub-folder a picture lies in. None if
            there are no sub-folders.
        class_names: list of str, the names of the sub-folders in their natural order,
            or the labels in the file. Pictures beside sub-folders are of class ".".
            None without labels.
        files: list of str, path of each picture below `folder`.
        skipped: dict, path below `folder` -> why that file was not used.
        remarks: list of str, what somebody should know who trains on these pictures.
        has_test: bool, whether `split="test"` gives other pictures.
        source: dict, the arguments of `load_data` that give these pictures.
        sizes: dict, (height, width) of the files -> how many pictures have it, the most
            frequent first.

    Raises:
        FileNotFoundError: if there is no such folder, or no picture in it.
        NotAPicture: (a ValueError) with `on_error="raise"`, for a broken or empty
            file.
        ValueError: for arguments that make no sense, for a file of labels that can't
            be understood, and for a damaged archive.
    """

    def __init__(self, folder, img_shape=(128, 160, 3), fit="crop", background=(255, 255, 255),
                 on_error="skip", split="train", labels=None, attribute=None, white=None, black=0):
        self.img_shape = check_shape(img_shape, fit, background)
        if on_error not in ("skip", "raise"):
            raise ValueError(f"on_error must be 'skip' or 'raise'. Received: on_error={on_error!r}")
        if split not in ("train", "test", "all"):
            raise ValueError("split must be 'train', 'test', or 'all' (every folder as it is). "
                             f"Received: split={split!r}")
        self.folder = Path(folder)
        self._archive = open_archive(self.folder)
        if self._archive is None and not self.folder.is_dir():
            raise FileNotFoundError(f"No folder {self.folder.resolve()}. Give a folder of pictures "
                                    "(JPEG, PNG, WebP, BMP, TIFF, GIF), sub-folders allowed.")
        self.fit, self.background, self.on_error = fit, tuple(int(c) for c in background), on_error
        self.split, self.white, self.black = split, *check_white(white, black)
        self.remarks, self.left_out, self.has_test, self._order = [], {}, False, None
        self.source = {"source": str(self.folder.resolve()), "fit": fit,
                       "background": list(self.background), "split": split}
        self.source |= {} if white is None else {"white": self.white, "black": self.black}
        names, passed_over = self._walk()
        if not names and passed_over:
            why = "; ".join(f"{shown(name)}: {reason}" for name, reason in passed_over.items())
            raise FileNotFoundError(f"No file below {self.folder.resolve()} can be read: {why}")
        names, class_of = self._of_split(names)
        if labels is not None or attribute is not None:
            names, class_of = self._of_labels(names, labels, attribute)
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
        if self._archive is not None:
            self._archive.close()
        self._name_classes(class_of, names, lambda: ImageFolder(
            folder, img_shape, fit, background, "skip", "train", labels, attribute, white, black))
        self.skipped |= {**passed_over, **self.left_out}
        self._warn_of_skipped()

    # --- which files ------------------------------------------------------------------

    def _walk(self):
        """The files below the folder, and why some folders were passed over.

        The files are a sorted list of paths below the folder, without hidden ones.
        Links to folders are followed, but no folder is read twice, and no folder in
        which this one lies.
        """
        if self._archive is not None:
            self._empty = self._archive.empty
            return self._archive.names, dict(self._archive.refused)
        names, passed_over, top = [], {}, Path(os.path.realpath(self.folder))
        seen, self._empty = {top}, []

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
            self._empty += [] if folders or files else [below(here)]
        return sorted(names), passed_over

    def _of_split(self, names):
        """The files of the split that is asked for, and a function: file -> its class.

        Notes in `left_out` what lies beside the splits.
        """
        splits, remarks = (None, []) if self.split == "all" else find_splits(names)
        self.remarks += remarks
        held_out = next((kind for kind in ("test", "val") if splits and kind in splits.files), None)
        kind = self.split if self.split == "train" else held_out
        if self.split == "test" and held_out is None:
            raise ValueError(f"{self.folder} has no test split: no folders train/ and test/ (or "
                             "val/) below it, and nothing but these. Received: split='test'")
        if splits is None:
            return names, _first_folder
        self.has_test = held_out is not None
        of = {k: f"{shown(f)}/ in each folder" if splits.level else f"{shown(f)}/"
              for k, f in splits.folders.items()}
        counts = {k: f"{of[k]} ({len(files)} files)" for k, files in splits.files.items()}
        others = [counts[k] for k in counts if k not in ("train", held_out)]
        self.remarks.append("; ".join([
            f"{counts[kind]} is read",
            *([f"split='test' gives {counts[held_out]}"] if held_out not in (None, kind) else []),
            *(f"{other} is left out" for other in others),
            "split='all' (--split all) reads all folders as they are"]))
        self.left_out |= dict.fromkeys(splits.beside, f"beside {of['train']}")
        self._empty = [path for path in self._empty
                       if path.split("/")[splits.level:][:1] == [splits.folders[kind]]]
        return splits.files[kind], lambda path: _first_folder(splits.without(path))

    def _of_labels(self, names, labels, attribute):
        """The files that have a label in a file, and a function: file -> its label.

        Notes in `left_out` the pictures that have none.
        """
        if not isinstance(labels, (str, os.PathLike)):
            raise ValueError("labels must be a file with a table of pictures and their labels, and "
                             "attribute one of its columns. Labels of arrays go to train(images, "
                             f"labels). Received: labels={labels!r}, attribute={attribute!r}")
        called, inside = Path(labels).name, Path(labels).as_posix()
        if Path(labels).is_file():
            data, inside = Path(labels).read_bytes(), str(Path(labels).resolve())
        elif self._archive is not None and self._archive.has(inside):
            data = self._archive.read(inside)
        elif self._archive is None and (self.folder / labels).is_file():
            data = (self.folder / labels).read_bytes()
        else:
            raise FileNotFoundError(f"No file of labels {labels}, neither in {Path.cwd()} nor in "
                                    f"{self.folder}.")
        self.source |= {"labels": inside, "attribute": attribute}
        above = self.folder if self._archive is None else self.folder.with_suffix("")
        table = LabelsFile(data, called, names, above, attribute)
        self.remarks += table.remarks
        self._order = table.order
        self.left_out |= {name: f"no label in {called}" for name in names
                          if name not in table.labels and called_picture(name)}
        self.left_out |= dict.fromkeys(table.several, f"several labels in {called}")
        return [name for name in names if name in table.labels], table.labels.get

    def _name_classes(self, class_of, names, train):
        """Class names and labels of the files that were read.

        Args:
            class_of: function, file -> class.
            names: list of str, the files that were to be read.
            train: function without arguments -> the `ImageFolder` to train on. A test
                split has its class numbers.
        """
        classes = [class_of(name) for name in self.files]
        known, self.class_names, self.labels = set(classes), None, None
        if self._order is None:
            folders = {class_of(name) for name in [*names, *(f"{path}/" for path in self._empty)]}
            if without := in_order(folders - known - {"."}):
                self.remarks.append(f"no picture in {some(f'{name}/' for name in without)}")
            if known == {"."}:
                return
        self.class_names = [name for name in self._order or in_order(known) if name in known]
        if self.split == "test":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", LeftOut)
                first = train().class_names or []
            new = [name for name in self.class_names if name not in first]
            self.class_names = first + new
            if first and new:
                self.remarks.append(f"classes that have no picture to train on: {some(new)}")
        number = {name: i for i, name in enumerate(self.class_names)}
        self.labels = np.array([number[name] for name in classes], np.int64)

    def numbered_as(self, class_names):
        """The same pictures, with the class numbers of a model or of other data.

        Args:
            class_names: list of str, the name of class 0, 1, ...

        Returns:
            An `ImageFolder`.

        Raises:
            ValueError: if a class of these pictures isn't among them.
        """
        unknown = [name for name in self.class_names or () if name not in class_names]
        if unknown or self.class_names is None:
            raise ValueError(f"The classes of {self.folder} must be among {some(class_names, 20)}. "
                             f"Received: {some(unknown, 20) or 'pictures without classes'}")
        other, number = copy.copy(self), {name: i for i, name in enumerate(class_names)}
        other.labels = np.array([number[name] for name in self.class_names])[self.labels]
        other.class_names = list(class_names)
        return other

    # --- decode them, once ------------------------------------------------------------

    def _cache_entry(self, names):
        """The cache folder of exactly these files and arguments."""
        def digest(*parts):
            text = json.dumps(parts).encode("utf-8", "surrogatepass")
            return hashlib.sha256(text).hexdigest()[:24]

        files = []
        for name in names:
            try:
                if self._archive is not None:
                    files.append((name, *self._archive.stamp))
                    continue
                stat = (self.folder / name).stat()
                files.append((name, stat.st_size, stat.st_mtime_ns))
            except OSError:                                 # a dangling link: decoding will say so
                files.append((name, None, None))
        arguments = digest(str(self.folder.resolve()), self.img_shape, self.fit, self.background,
                           self.split, self.white, self.black)
        return cache_folder() / "folders" / arguments / digest(FORMAT, cv2.__version__, files)

    def _decode(self, names, entry):
        """Decode all pictures, in threads and in order, into a new cache entry."""
        used, skipped, sizes, deep = [], {}, collections.Counter(), []
        remarks = collections.defaultdict(list)
        shutil.rmtree(entry, ignore_errors=True)            # what is there is not whole
        with (into_cache(entry) as beside,
              concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool):
            # Broken files are named by this class, not by OpenCV
            level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
            try:
                white = self.white
                if white == "data":
                    values = _in_order(pool, self._brightest, names)
                    white = max((value for value in values if value is not None), default=None)
                read = functools.partial(self._read, white=white)
                with (beside / "images.raw").open("wb") as file:
                    results = track(zip(names, _in_order(pool, read, names)),
                                    f"reading {escape(shown(self.folder.name))}/",
                                    total=len(names), transient=True, disable=len(names) < 200)
                    for name, (decoded, error) in results:
                        if error is None:
                            used.append(name)
                            sizes[decoded.size] += 1
                            file.write(decoded.pixels.data)
                            if decoded.remark:
                                remarks[decoded.remark].append(name)
                            if decoded.brightest is not None:
                                deep.append(decoded.brightest)
                        elif self.on_error == "raise" and not _is_harmless(name, error.reason):
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
            report = {"files": used, "skipped": skipped, "remarks": remarks,
                      "deep": len(deep), "brightest": max(deep, default=None),
                      "sizes": [[*size, n] for size, n in sizes.most_common()]}
            (beside / "report.json").write_text(json.dumps(report, default=lambda n: n.item()),
                                                encoding="utf-8")
        for stale in entry.parent.iterdir():                # of this folder as it was before
            if stale.name != entry.name and not stale.name.startswith("."):
                shutil.rmtree(stale, ignore_errors=True)

    def _read(self, name, white=None):
        """One file -> (`Decoded` in the shape that is asked for, None), or (None,
        error)."""
        path = self.folder / name
        try:
            data = None if self._archive is None else self._archive.read(name, check_beginning)
            decoded = decode(path, self.background, max(self.img_shape[:2]), self.img_shape[2],
                             self.black, white, data)
            picture = resize(decoded.pixels, self.img_shape, self.fit, self.background,
                             decoded.alpha)
            return decoded._replace(pixels=picture), None
        except NotAPicture as error:
            return None, error
        except OSError as error:
            return None, NotAPicture(path, f"can't be read: {error.strerror}")
        except MemoryError:
            return None, NotAPicture(path, "too large for the memory")

    def _brightest(self, name):
        """The largest value in a file with more than 8 bits; None for others."""
        if suffix_of(name) in AT_MOST_8_BITS:
            return None
        decoded, _ = self._read(name, white=self.black + 1)
        return decoded and decoded.brightest

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
        self.remarks += [f"{len(names)} of {len(self.files)} files: {remark} ({some(names, 3)})"
                         for remark, names in report["remarks"].items()]
        self.remarks += remarks_on_white(self.white, report["deep"], report["brightest"])
        return True

    # --- what is said about them ------------------------------------------------------

    def _warn_of_skipped(self):
        bad = {name: reason for name, reason in self.skipped.items()
               if not _is_harmless(name, reason)}
        broken = [name for name in bad if name not in self.left_out]
        if broken and self.on_error == "raise":             # decoded before, with on_error="skip"
            raise NotAPicture(self.folder / broken[0], bad[broken[0]])
        if bad:
            by_reason = collections.defaultdict(list)
            for name, reason in bad.items():
                by_reason[reason].append(name)
            every = ", ".join(f"{some(names)} ({reason})" for reason, names in by_reason.items())
            warnings.warn(f"{len(bad)} files below {self.folder} were skipped: {every}", LeftOut,
                          stacklevel=3)

    def __len__(self):
        return len(self.images)

    def __str__(self):
        """What was found, in a few lines."""
        sizes = ", ".join(f"{w}x{h} ({n})" for (h, w), n in list(self.sizes.items())[:5])
        height, width, channels = self.img_shape
        lines = [f"{shown(self.folder)}: {len(self)} pictures, as {width}x{height} "
                 f"{colours(channels)}, fit={self.fit!r}",
                 f"  sizes in the files, width x height: {sizes}"
                 f"{', ...' if len(self.sizes) > 5 else ''}"]
        if self.class_names is not None:
            counts = np.bincount(self.labels, minlength=len(self.class_names))
            lines.append("  classes: " + ", ".join(f"{shown(c)} ({n})"
                                                   for c, n in zip(self.class_names, counts)))
            if any(is_number(name) and name != str(i) for i, name in enumerate(self.class_names)):
                lines.append("  class numbers: " + some(
                    (f"{i} is {name!r}" for i, name in enumerate(self.class_names)), 20))
        lines += [f"  {remark}" for remark in self.remarks]
        by_reason = collections.defaultdict(list)
        for name, reason in self.skipped.items():
            by_reason[reason].append(name)
        lines += [f"  skipped, {reason}: {some(names)}" for reason, names in by_reason.items()]
        return "\n".join(lines)


def check_white(white, black):
    """White ("data", a float or None) and black, a float; `ValueError` for others."""
    given = [value for value in (white, black) if value not in (None, "data")]
    fit = all(isinstance(n, numbers.Real) and not isinstance(n, bool) for n in given)
    if not fit or black in (None, "data") or (len(given) > 1 and white <= black):
        raise ValueError("white must be a number above black, 'data' (the largest value in the "
                         "files) or None, and black a number. "
                         f"Received: white={white!r}, black={black!r}")
    return white if white in (None, "data") else float(white), float(black)


def remarks_on_white(white, deep, brightest):
    """What to say about files that don't tell which value is white: a list of str.

    Args:
        white: as for `load_data`.
        deep: int, how many such files there are.
        brightest: the largest value in them.
    """
    if white is not None and not deep:
        return [f"white={white!r} changes nothing: all files have 8 bits, or say what is white"]
    if white == "data":
        return [f"white is {brightest:g}, the largest value in {deep} files of more than 8 bits"]
    if white is None and (bits := bits_of(brightest)):
        return [f"nearly black: no value in {deep} files of 16 bits is above {brightest}. If these "
                f"data have {bits} bits, load them with white={2 ** bits - 1} "
                f"(--white {2 ** bits - 1}), or take the largest value: white='data'"]
    return []


def colours(channels):
    """What to call pictures with so many channels."""
    return {1: "grey", 3: "RGB", 4: "RGBA"}.get(channels, f"{channels} channels")


def _first_folder(path):
    return path.split("/")[0] if "/" in path else "."


def _is_harmless(name, reason):
    """Whether nobody misses a file: a text among pictures, say."""
    return reason == AGAIN or (reason == "not an image" and not called_picture(name))
