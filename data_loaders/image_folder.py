"""A folder of pictures, or a zip archive of them, as one array.

A picture's way from the disk to a batch: files.py finds it, choice.py chooses it and
names its class, decoded.py has it read (image_file.py, resize.py) and keeps it in the
cache, this file hands out the array, batches.py draws from it.
"""
import collections
import copy
import warnings

import numpy as np

from data_loaders.bands import NotAPicture
from data_loaders.choice import choose
from data_loaders.decoded import Reading, find_white, is_harmless, load_pictures
from data_loaders.files import AGAIN, open_files
from data_loaders.names import brief, in_order, is_number, shown, some
from data_loaders.resize import check_shape
from data_loaders.white import check_white, remarks_on_white

NO_ALPHA = ("the fourth channel is a band as it is, not alpha: sheets show the first three; "
            "bands=(...) of a model chooses others")


class LeftOut(UserWarning):
    """Files were not used. `str()` of the data names them too."""


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
            place; a single folder in it that holds all pictures is its root.
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
        source: dict, the arguments of `load_data` that give these pictures. Of
            white="data" the number is there, so that other pictures are read alike.
        bands: the channels that sheets show, (0, 1, 2) where there are four and none of
            them is alpha; else None, see `keras_gan.samples.drawing.as_rgb`.
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
        if not isinstance(on_error, str) or on_error not in ("skip", "raise"):
            raise ValueError(f"on_error must be 'skip' or 'raise'. "
                             f"Received: on_error={brief(on_error)}")
        if not isinstance(split, str) or split not in ("train", "test", "all"):
            raise ValueError("split must be 'train', 'test', or 'all' (every folder as it is). "
                             f"Received: split={brief(split)}")
        self.fit, self.background, self.on_error = fit, tuple(int(c) for c in background), on_error
        self.split, asked, (self.white, self.black) = split, white, check_white(white, black)
        files = open_files(folder)
        self.folder = files.path
        if not files.names and files.refused:
            why = "; ".join(f"{shown(name)}: {reason}" for name, reason in files.refused.items())
            raise FileNotFoundError(f"No file below {self.folder.resolve()} can be read: {why}")
        chosen = choose(files, split, labels, attribute)
        self.has_test, self.left_out = chosen.has_test, chosen.left_out
        use = [split, chosen.labels, attribute]
        if white == "data":                                 # of the training data, for all splits
            training = choose(files, "train", labels, attribute) if split == "test" else chosen
            of_training = [use[0].replace("test", "train"), *use[1:]]
            self.white = find_white(files, training.names, self.img_shape[2], of_training)
            if self.white is not None and self.white <= self.black:
                raise ValueError(f"white='data' is {self.white:g}, the largest value in the files "
                                 f"of {self.folder}, and must be above black. "
                                 f"Received: black={self.black:g}")
        how = Reading(self.img_shape, fit, self.background, self.white, self.black)
        stored = load_pictures(files, chosen.names, how, use, on_error)
        files.close()
        self.images, self.files, skipped, self.sizes, remarks, deep, alpha = stored
        self.bands = None if alpha else (0, 1, 2)
        self.remarks = [*chosen.remarks, *remarks,
                        *remarks_on_white(asked, self.white, deep, split)]
        self.remarks += [] if alpha else [NO_ALPHA]
        self.source = {"source": str(self.folder.resolve()), "fit": fit,
                       "background": list(self.background), "split": split}
        if self.white is not None or self.black:
            self.source |= {"white": self.white, "black": self.black}
        if chosen.labels is not None:
            self.source |= {"labels": chosen.labels, "attribute": attribute}
        self._name_classes(chosen, lambda: ImageFolder(
            folder, img_shape, fit, background, "skip", "train", labels, attribute, self.white,
            self.black))
        self.skipped = {**skipped, **files.refused, **self.left_out}
        self._warn_of_skipped()

    def _name_classes(self, chosen, train):
        """Class names and labels of the files that were read.

        Args:
            chosen: `Choice`, the files that were to be read.
            train: function without arguments -> the `ImageFolder` to train on. A test
                split has its class numbers.
        """
        classes = [chosen.class_of(name) for name in self.files]
        known, self.class_names, self.labels = set(classes), None, None
        if chosen.order is None:
            folders = {chosen.class_of(name)
                       for name in [*chosen.names, *(f"{path}/" for path in chosen.empty)]}
            if without := in_order(folders - known - {"."}):
                self.remarks.append(f"no picture in {some(f'{name}/' for name in without)}")
            if known == {"."}:
                return
            below = {tuple(name.split("/")[1:-1])[:1] for name in self.files}
            if len(known) == 1 and len(below) > 1:
                self.remarks.append(f"one class: all pictures lie in {shown(classes[0])}/. Give "
                                    "that folder, and its sub-folders are the classes")
        self.class_names = [name for name in chosen.order or in_order(known) if name in known]
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

    # --- what is said about them ------------------------------------------------------

    def _warn_of_skipped(self):
        bad = {name: reason for name, reason in self.skipped.items()
               if reason != AGAIN and not is_harmless(name, reason)}
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
                 f"{colours(channels, self.bands)}, fit={self.fit!r}",
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


def colours(channels, bands=None):
    """What to call pictures with so many channels, of which sheets show `bands`."""
    names = {1: "grey", 3: "RGB", 4: "RGBA" if bands is None else ""}
    return names.get(channels) or f"{channels} channels"
