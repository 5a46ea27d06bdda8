"""`load_data`: a folder, or a data set by its name."""
import concurrent.futures
import dataclasses
import difflib
import gzip
import inspect
import math
import os
import struct
import zlib
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from rich.progress import track

from data_loaders import scenes
from data_loaders.cache import cache_folder, into_cache
from data_loaders.image_folder import ImageFolder, colours
from data_loaders.names import brief, in_order, some
from data_loaders.resize import check_shape, resize

SCENES = {"train": range(0, 2000), "test": range(2000, 2400)}
SCENES_AT = {"scenes_by_day": "day", "scenes_at_night": "night"}
SCENES_VERSION = 1            # of the drawing; another number draws them anew

MNIST_FILES = {"train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
               "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")}
STACKED_SEED = 161_102_163   # arXiv:1611.02163
WITH_TEST_SPLIT = ("scenes", *SCENES_AT, "mnist", "stacked_mnist", "fashion_mnist", "cifar10")
CLASS_NAMES = {
    "digits": [str(d) for d in range(10)],
    "mnist": [str(d) for d in range(10)],
    "stacked_mnist": [f"{number:03}" for number in range(1000)],
    "fashion_mnist": ["T-shirt", "trouser", "pullover", "dress", "coat",
                      "sandal", "shirt", "sneaker", "bag", "boot"],
    "cifar10": ["airplane", "automobile", "bird", "cat", "deer",
                "dog", "frog", "horse", "ship", "truck"],
}
NAMES = ("digits", "scenes", *SCENES_AT, "mnist", "stacked_mnist", "fashion_mnist", "cifar10")
SHAPE = (128, 160, 3)         # of pictures whose size is nobody's


@dataclasses.dataclass
class Pictures:
    """A data set in memory.

    Attributes:
        images: uint8 array (n, height, width, channels), RGB or grey.
        labels: int array (n,), or None.
        class_names: list of str, one for each label, or None.
        name: str, where they come from.
        source: dict, the arguments of `load_data` that give it. None if it came from
            elsewhere.
        has_test: bool, whether `load_data(..., split="test")` gives other pictures.
        remarks: list of str, what somebody should know who trains on it.
        bands: see `ImageFolder`.
    """
    images: np.ndarray
    labels: np.ndarray | None
    class_names: list | None
    name: str
    source: dict | None = None
    has_test: bool = False
    remarks: list = dataclasses.field(default_factory=list)
    bands: tuple | None = None

    def __len__(self):
        return len(self.images)

    def __str__(self):
        n, *shape = self.images.shape
        if len(shape) != 3:
            return f"{self.name}: {n} samples of shape {tuple(shape)}, {self.images.dtype}"
        h, w, channels = shape
        lines = [f"{self.name}: {n} pictures, {w}x{h} {colours(channels, self.bands)}"]
        if self.class_names:
            names = self.class_names
            names = names if len(names) < 100 else [*names[:3], "...", names[-1]]
            lines += [f"  classes: {', '.join(names)}"]
        return "\n".join([*lines, *(f"  {remark}" for remark in self.remarks)])


def load_data(source, img_shape=None, fit: Literal["crop", "pad", "stretch"] = "crop",
              background: tuple[int, int, int] = (255, 255, 255),
              split: Literal["train", "test", "all"] = "train", folder: str | None = None,
              labels: str | None = None, attribute: str | None = None,
              white: float | Literal["data"] | None = None, black: float = 0):
    """Load pictures.

    Args:
        source: a folder of pictures or a zip archive of them (see `ImageFolder`), a
            .npy file of one array (N, ...) that needs no change, or a name:
            "digits", 1,797 real handwritten digits that come with scikit-learn (1998,
            8x8, enlarged);
            "scenes", 2,000 drawn colour landscapes of 4 classes, and 400 others in the
            test split;
            "scenes_by_day", "scenes_at_night", those of the scenes: two domains;
            "mnist", "fashion_mnist", "cifar10", from `folder`, or by `keras.datasets`,
            which downloads them;
            "stacked_mnist", as many pictures as MNIST has, with a random digit of it in
            each of three channels (Luke Metz et al., 2016, arXiv:1611.02163): 1,000
            classes, "000" to "999".
            A folder that has such a name: "./digits".
        img_shape: (height, width, channels) of the result. None: (128, 160, 3) for
            folders and scenes, (28, 28, 1) for digits, and the data's own size for the
            others: (28, 28, 3) for stacked_mnist.
        fit: what to do with pictures of another shape, see `read_image`.
        background: RGB, 0..255, under transparent pictures and around padded ones.
        split: "train" or "test". Digits have only "train", and so has a folder, unless
            it holds train/ and test/ (or val/). "all" reads these folders, too, as they
            are.
        folder: for "mnist", "stacked_mnist" (MNIST's files) and "fashion_mnist" a
            folder of the four IDX files (gzipped or not) or of NAME.npz, for "cifar10"
            of cifar10.npz; the `.npz` holds x_train, y_train, x_test, y_test.
        labels: a file with a table of pictures and their labels, for a folder of
            pictures: CSV, columns of text, or CelebA's list of attributes. Pictures
            that it doesn't name are left out.
        attribute: the column of the table that holds the labels, if there are several;
            "Smiling" for example. Of values -1 and 1, or 0 and 1, it makes the classes
            "not Smiling" and "Smiling".
        white: the value that becomes white in files of more than 8 bits: 4095 for
            pictures of 12 bits. "data" takes the largest value in the files to train
            on, for the test split too. None: the largest that 16 bits can hold, and 1
            in floats.
        black: the value that becomes black in files of more than 8 bits.

    Returns:
        An object with `images` (uint8 (n, height, width, channels)), `labels` (int (n,)
        or None), `class_names` (list of str or None), `remarks` (list of str, what one
        should know about them), `has_test` (bool), and a readable `str()`.

    Raises:
        FileNotFoundError: if there is nothing there; the message says what was looked
            for.
        ValueError: for arguments that make no sense.
    """
    if not isinstance(source, (str, os.PathLike)):
        raise ValueError("source must be a folder of pictures, a zip archive of them, or the name "
                         f"of a data set. Received: a {type(source).__name__}. Arrays need no "
                         "loader: train(images) takes them")
    if not os.fspath(source):
        raise ValueError("source must be a folder of pictures, a zip archive of them, or the name "
                         f"of a data set ({', '.join(NAMES)}). Received: source={source!r}")
    how = {"labels": labels, "attribute": attribute, "white": white, "black": black}
    given = {"fit": fit, "background": background, "split": split, "folder": folder, **how}
    if source not in NAMES:
        if not os.path.exists(source):
            raise FileNotFoundError(not_there(source))
        if Path(source).suffix.lower() == ".npy" and Path(source).is_file():
            _refuse(given, given, source, "an array in a file is taken as it is")
            return _array_file(Path(source), img_shape)
        _refuse(["folder"], given, source, "it is for mnist, stacked_mnist, fashion_mnist "
                                          "and cifar10")
        return ImageFolder(source, SHAPE if img_shape is None else img_shape, fit, background,
                           split=split, **how)
    _refuse(how, given, source, "it is for folders and archives of pictures")
    splits = ("train", "test") if source in WITH_TEST_SPLIT else ("train",)
    if not isinstance(split, str) or split not in splits:
        raise ValueError("split must be 'train', or 'test' for scenes, mnist, stacked_mnist, "
                         "fashion_mnist, cifar10 and folders that hold train/ and test/. "
                         f"Received: split={brief(split)} for {source!r}")
    check_shape(SHAPE if img_shape is None else img_shape, fit, background)
    given = {"source": source, "fit": fit, "background": [int(c) for c in background],
             "split": split, "folder": None if folder is None else str(Path(folder).resolve())}
    if source == "scenes":
        data = ImageFolder(_scenes_folder(split), SHAPE if img_shape is None else img_shape, fit,
                           background)
        data.source, data.has_test = given, True
        return data
    if source in SCENES_AT:
        data = ImageFolder(_scenes_folder(split), SHAPE if img_shape is None else img_shape, fit,
                           background)
        then = [scenes.time_of(int(Path(file).stem)) == SCENES_AT[source] for file in data.files]
        name = source if split == "train" else f"{source}, {split}"
        return Pictures(data.images[then], data.labels[then], data.class_names, name, given, True)
    if source == "digits":
        from sklearn.datasets import load_digits  # slow to import, seldom needed
        digits = load_digits()
        small = np.round(digits.images * 255 / 16).astype(np.uint8)[..., None]
        labels = digits.target
        img_shape = (28, 28, 1) if img_shape is None else img_shape
    elif source == "stacked_mnist":
        small, labels = _stacked(*_read_dataset("mnist", split, folder))
    else:
        small, labels = _read_dataset(source, split, folder)
    shape = check_shape(small.shape[1:] if img_shape is None else img_shape, fit, background)
    return Pictures(_to_shape(small, shape, fit, background), labels.astype(np.int64).reshape(-1),
                    CLASS_NAMES[source], source if split == "train" else f"{source}, {split}",
                    given, source in WITH_TEST_SPLIT)


def _refuse(names, given, source, why):
    """Raise `ValueError` for arguments that would have no effect.

    Args:
        names: of the arguments that have none.
        given: dict, all arguments by their names.
        source: what they were given for.
        why: str, why they have none.
    """
    defaults = inspect.signature(load_data).parameters
    for name in names:
        value, default = given[name], defaults[name].default
        if isinstance(default, tuple) and isinstance(value, list):
            value = tuple(value)                            # as JSON has it
        if isinstance(value, np.ndarray) or value != default:
            raise ValueError(f"{name} has no effect here: {why}. "
                             f"Received: {name}={brief(value)} for {os.fspath(source)!r}")


def _array_file(path, img_shape):
    """The array in a .npy file, memory-mapped: pictures, signals or vectors."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError) as error:
        why = "it is empty" if not path.stat().st_size else error
        raise ValueError(f"{path} can't be read as one array of numbers: {why}") from None
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{path} isn't one array, but an archive of arrays, as numpy.savez writes "
                         f"it: {some(array.files)}. numpy.load({str(path)!r}) has them by name: "
                         "train takes one.")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{path} must hold an array of numbers. Received: an array of "
                         f"{array.dtype}")
    asked = None
    if img_shape is not None:
        asked = tuple(img_shape) if np.iterable(img_shape) else (img_shape,)
    if array.ndim < 2 or 0 in array.shape or asked not in (None, array.shape[1:]):
        shape = "(N, ...)" if asked is None else f"(N, {', '.join(map(str, asked))})"
        raise ValueError(f"{path} must hold an array {shape}, N at least 1. Received: an array of "
                         f"shape {array.shape}{_advice(array.shape, asked)}")
    return Pictures(array, None, None, str(path), {"source": str(path.resolve())})


def _advice(shape, asked):
    """How an array of a shape becomes one of (N, *asked)."""
    of_one = shape[1:]
    if 0 in shape or not of_one:
        return ""
    if asked == shape:
        return ". That is one sample: numpy.save(file, array[None])"
    if asked and asked == (*of_one, 1):
        return ". Give it the axis of channels: numpy.save(file, array[..., None])"
    if asked and len(asked) == 3 and asked == (*of_one[1:], *of_one[:1]):
        return ". Its channels come first: numpy.save(file, array.transpose(0, 2, 3, 1))"
    if asked and len(asked) == 3 and len(of_one) < 3:
        return (". Pictures (N, height, width, channels) are wanted: for grey ones, numpy.save("
                "file, array[..., None])" if len(of_one) == 2 else "")
    return f". Use img_shape={of_one} (--img-shape {' '.join(map(str, of_one))})"


def not_there(source):
    """What to say about a folder, an archive or a data set that there isn't: a str."""
    path = Path(os.path.abspath(source))
    beside, there = [], True
    try:
        with os.scandir(path.parent) as entries:
            beside = in_order(p.name for p in entries if not p.name.startswith(".")
                              and (p.is_dir() or p.name.lower().endswith((".zip", ".npy"))))
    except PermissionError as error:
        return f"{path} can't be looked for: {path.parent} can't be read ({error.strerror})."
    except OSError:
        there = False
    plain = path.name == os.fspath(source)                   # it may be meant as a name
    near = difflib.get_close_matches(path.name, [*beside, *(NAMES if plain else ())], 1)
    said = f"No folder {path}"
    if plain:
        said += f", and no data set {path.name!r}"
    if near:
        found = near[0] if plain else path.parent / near[0]
        said += f". Did you mean {str(found)!r}?"
    elif not there:
        said += f". There is no {path.parent} either."
    elif beside:
        said += f". Folders there: {some(beside)}."
    else:
        said += "."
    return (f"{said} Give a folder of pictures (JPEG, PNG, WebP, BMP, TIFF, GIF), a zip archive of "
            f"them, or a name: {', '.join(NAMES)}.")


def _to_shape(small, shape, fit, background):
    if small.shape[1:] == shape:
        return small
    rgb = np.repeat(small, 3, axis=-1) if small.shape[-1] == 1 else small
    return np.stack([resize(picture, shape, fit, background) for picture in rgb])


def _scenes_folder(split):
    """The folder of the drawn scenes. The first call draws them.

    Each class has a sub-folder. Half of the files are PNG and half JPEG.
    """
    path = cache_folder() / f"scenes-{SCENES_VERSION}" / split

    def draw(index):
        name = f"{scenes.CLASSES[index % 4]}/{index:05d}.{'png' if index // 4 % 2 else 'jpg'}"
        bgr = scenes.draw_scene(index)[..., ::-1]
        _, data = cv2.imencode(Path(name).suffix, bgr)
        return name, data.tobytes()

    if not path.exists():
        with (into_cache(path) as beside,
              concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool):
            for name in scenes.CLASSES:
                (beside / name).mkdir()
            drawn = pool.map(draw, SCENES[split])
            for name, data in track(drawn, "drawing scenes", total=len(SCENES[split]),
                                    transient=True):
                (beside / name).write_bytes(data)
    return path


def _read_dataset(name, split, folder):
    """MNIST, Fashion-MNIST or CIFAR-10: uint8 (n, height, width, channels), labels."""
    if folder is None:
        import keras  # slow to import, needed only for the download
        try:
            train, test = getattr(keras.datasets, name).load_data()
        except Exception as error:
            raise FileNotFoundError(
                f"{name} could not be downloaded ({error}). Without a network: load_data({name!r}, "
                f"folder=...) with a folder that holds {_wanted(name)}.") from error
        images, labels = train if split == "train" else test
        if images.ndim == 4 and images.shape[1] == 3:        # cifar10, as keras.json may ask for it
            images = images.transpose(0, 2, 3, 1)
    else:
        images, labels = _from_folder(name, split, Path(folder))
        if images.dtype != np.uint8 or images.ndim not in (3, 4) or len(labels) != len(images):
            raise ValueError(f"The {split} pictures of {name} in {folder} must be uint8, (N, height"
                             ", width) or with channels, with a label each. Received: "
                             f"{images.dtype} {images.shape}, {len(labels)} labels")
    return (images[..., None] if images.ndim == 3 else images), labels


def _stacked(images, labels):
    """Three random digits as the channels of each picture, always the same ones.

    Args:
        images: (n, height, width, 1).
        labels: (n,), 0 to 9.

    Returns:
        (n, height, width, 3), and labels (n,): 100 a + 10 b + c.
    """
    chosen = np.random.default_rng(STACKED_SEED).integers(0, len(images), (len(images), 3))
    stacked = np.stack([images[which, ..., 0] for which in chosen.T], axis=-1)
    return stacked, labels.astype(np.int64).reshape(-1)[chosen] @ (100, 10, 1)


def _wanted(name):
    idx = [f"{file}.gz" for files in MNIST_FILES.values() for file in files]
    return f"{name}.npz" + (f", or {', '.join(idx)}" if name != "cifar10" else "")


def _from_folder(name, split, folder):
    npz = folder / f"{name}.npz"
    if npz.is_file():
        with np.load(npz, allow_pickle=False) as arrays:
            if not {f"x_{split}", f"y_{split}"} <= set(arrays.files):
                raise ValueError(f"{npz} must hold x_{split} and y_{split}. Received: "
                                 f"{some(arrays.files)}")
            return arrays[f"x_{split}"], arrays[f"y_{split}"]
    found = [next((p for p in (folder / file, folder / f"{file}.gz") if p.is_file()), None)
             for file in MNIST_FILES[split]]
    if name == "cifar10" or None in found:
        raise FileNotFoundError(f"No {name} in {folder.resolve()}. Looked for {_wanted(name)}.")
    return _read_idx(found[0]), _read_idx(found[1])


def _read_idx(path):
    """The array in an IDX file of unsigned bytes, gzipped or not.

    The file: two zeros, type 8, number of axes, their lengths, the bytes.
    """
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} is damaged: {error}") from None
    if data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    shape = struct.unpack_from(f">{data[3]}I", data, 4)
    if len(data) - 4 - 4 * data[3] != math.prod(shape):
        raise ValueError(f"{path} is damaged: it should hold {shape} bytes, and has "
                         f"{len(data) - 4 - 4 * data[3]}")
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)
