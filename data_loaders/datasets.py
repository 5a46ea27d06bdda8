"""`load_data`: a folder, or a data set by its name."""
import concurrent.futures
import dataclasses
import gzip
import os
import struct
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from rich.progress import track

from data_loaders import scenes
from data_loaders.cache import cache_folder
from data_loaders.image_file import check_shape, resize
from data_loaders.image_folder import ImageFolder
from data_loaders.whole import whole_folder

SCENES = {"train": range(0, 2000), "test": range(2000, 2400)}
SCENES_AT = {"scenes_by_day": "day", "scenes_at_night": "night"}
SCENES_VERSION = 1            # of the drawing; another number draws them anew

MNIST_FILES = {"train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
               "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")}
WITH_TEST_SPLIT = ("scenes", *SCENES_AT, "mnist", "fashion_mnist", "cifar10")
CLASS_NAMES = {
    "digits": [str(d) for d in range(10)],
    "mnist": [str(d) for d in range(10)],
    "fashion_mnist": ["T-shirt", "trouser", "pullover", "dress", "coat",
                      "sandal", "shirt", "sneaker", "bag", "boot"],
    "cifar10": ["airplane", "automobile", "bird", "cat", "deer",
                "dog", "frog", "horse", "ship", "truck"],
}


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
    """
    images: np.ndarray
    labels: np.ndarray | None
    class_names: list | None
    name: str
    source: dict | None = None

    def __len__(self):
        return len(self.images)

    def __str__(self):
        n, h, w, channels = self.images.shape
        size = f"{self.name}: {n} pictures, {w}x{h} {'RGB' if channels == 3 else 'grey'}"
        return f"{size}\n  classes: {', '.join(self.class_names)}" if self.class_names else size


def load_data(source, img_shape=None, fit: Literal["crop", "pad", "stretch"] = "crop",
              background: tuple[int, int, int] = (255, 255, 255), split="train",
              folder: str | None = None):
    """Load pictures.

    Args:
        source: a folder of pictures (see `ImageFolder`), or a name:
            "digits", 1,797 real handwritten digits that come with scikit-learn (1998,
            8x8, enlarged);
            "scenes", 2,000 drawn colour landscapes of 4 classes, and 400 others in the
            test split;
            "scenes_by_day", "scenes_at_night", those of the scenes: two domains;
            "mnist", "fashion_mnist", "cifar10", from `folder`, or by `keras.datasets`,
            which downloads them.
            A folder that has such a name: "./digits".
        img_shape: (height, width, channels) of the result. None: (128, 160, 3) for
            folders and scenes, (28, 28, 1) for digits, and the data's own size for the
            others.
        fit: what to do with pictures of another shape, see `read_image`.
        background: RGB, 0..255, under transparent pictures and around padded ones.
        split: "train" or "test". Folders and digits have only "train".
        folder: for "mnist" and "fashion_mnist" a folder of the four IDX files (gzipped
            or not) or of NAME.npz, for "cifar10" of cifar10.npz; the `.npz` holds
            x_train, y_train, x_test, y_test.

    Returns:
        An object with `images` (uint8 (n, height, width, channels), RGB or grey),
        `labels` (int (n,) or None), `class_names` (list of str or None), and a readable
        `str()`.

    Raises:
        FileNotFoundError: if there is nothing there; the message says what was looked
            for.
        ValueError: for arguments that make no sense.
    """
    named = source in ("scenes", *SCENES_AT, *CLASS_NAMES) if isinstance(source, str) else False
    if split not in ("train", "test") or (split == "test" and source not in WITH_TEST_SPLIT):
        raise ValueError("split must be 'train', or 'test' for scenes, mnist, fashion_mnist and "
                         f"cifar10. Received: split={split!r} for {source!r}")
    if not named:
        return ImageFolder(source, img_shape or (128, 160, 3), fit, background)
    given = {"source": source, "fit": fit, "background": [int(c) for c in background],
             "split": split, "folder": None if folder is None else str(Path(folder).resolve())}
    if source == "scenes":
        data = ImageFolder(_scenes_folder(split), img_shape or (128, 160, 3), fit, background)
        data.source = given
        return data
    if source in SCENES_AT:
        data = ImageFolder(_scenes_folder(split), img_shape or (128, 160, 3), fit, background)
        then = [scenes.time_of(int(Path(file).stem)) == SCENES_AT[source] for file in data.files]
        name = source if split == "train" else f"{source}, {split}"
        return Pictures(data.images[then], data.labels[then], data.class_names, name, given)
    if source == "digits":
        from sklearn.datasets import load_digits  # slow to import, seldom needed
        digits = load_digits()
        small = np.round(digits.images * 255 / 16).astype(np.uint8)[..., None]
        labels = digits.target
        img_shape = img_shape or (28, 28, 1)
    else:
        small, labels = _read_dataset(source, split, folder)
    shape = check_shape(img_shape or small.shape[1:], fit, background)
    return Pictures(_to_shape(small, shape, fit, background), labels.astype(np.int64).reshape(-1),
                    CLASS_NAMES[source], source if split == "train" else f"{source}, {split}",
                    given)


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
        with (whole_folder(path, replace=False) as beside,
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
    return (images[..., None] if images.ndim == 3 else images), labels


def _wanted(name):
    idx = [f"{file}.gz" for files in MNIST_FILES.values() for file in files]
    return f"{name}.npz" + (f", or {', '.join(idx)}" if name != "cifar10" else "")


def _from_folder(name, split, folder):
    npz = folder / f"{name}.npz"
    if npz.is_file():
        with np.load(npz, allow_pickle=False) as arrays:
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
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if data[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    shape = struct.unpack_from(f">{data[3]}I", data, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)
