"""`load_domains`: two sets of pictures that don't belong together."""
import dataclasses
import os
from pathlib import Path
from typing import Literal

import numpy as np

from data_loaders.datasets import NAMES, load_data
from data_loaders.image_folder import colours
from data_loaders.names import brief, shown
from data_loaders.resize import check_shape


@dataclasses.dataclass
class Domains:
    """Two sets of pictures of one shape, which are not paired.

    `len` is the number of pictures in the larger set.

    Attributes:
        a: uint8 array (n_a, height, width, channels), RGB or grey; may be
            memory-mapped.
        b: uint8 array (n_b, height, width, channels).
        names: two str, where they come from.
        source: dict, the arguments of `load_domains` that give them, as JSON can hold
            them; `img_shape` is not among them. None if they came from elsewhere.
        remarks: list of str, what somebody should know who trains on them.

    Raises:
        ValueError: if the pictures of `a` and `b` differ in shape.
    """
    a: np.ndarray
    b: np.ndarray
    names: tuple[str, str] = ("a", "b")
    source: dict | None = None
    remarks: list = dataclasses.field(default_factory=list)
    bands: tuple | None = None

    def __post_init__(self):
        shapes = [tuple(np.shape(images)) for images in (self.a, self.b)]
        if [len(shape) for shape in shapes] != [4, 4]:
            raise ValueError("a and b must be arrays (n, height, width, channels). "
                             f"Received: a of shape {shapes[0]}, b of shape {shapes[1]}")
        (_, *of_a), (_, *of_b) = shapes
        if of_a != of_b:
            raise ValueError(
                "The pictures of a and b must have one shape (height, width, channels). Received: "
                f"{tuple(of_a)} of {self.names[0]}, {tuple(of_b)} of {self.names[1]}. "
                f"Ask for one shape: load_domains(..., img_shape={tuple(of_b)})")

    def __len__(self):
        return max(len(self.a), len(self.b))

    def __str__(self):
        height, width, channels = self.a.shape[1:]
        return "\n".join([f"two unpaired sets of pictures, {width}x{height} "
                          f"{colours(channels, self.bands)}",
                          f"  a: {self.names[0]}, {len(self.a)} pictures",
                          f"  b: {self.names[1]}, {len(self.b)} pictures",
                          *(f"  {remark}" for remark in self.remarks)])


def load_domains(a, b, img_shape=None, fit: Literal["crop", "pad", "stretch"] = "crop",
                 background: tuple[int, int, int] = (255, 255, 255),
                 split: Literal["train", "test", "all"] = "train", folder: str | None = None,
                 white: float | Literal["data"] | tuple | None = None, black: float = 0):
    """Load two sets of pictures that don't belong together.

    Args:
        a: a folder of pictures, a zip archive of them, or the name of a data set, see
            `load_data`.
        b: the same for the other set. It may have another number of pictures.
        img_shape: (height, width, channels) of the pictures of both. None: what
            `load_data` takes by itself, if that is one shape for both.
        fit: what to do with pictures of another shape, see `read_image`.
        background: RGB, 0..255, under transparent pictures and around padded ones.
        split: "train", "test" or, of folders, "all"; of both. See `load_data`.
        folder: for data sets that are not embedded, see `load_data`. IDX files don't
            say which set they are: "mnist" beside "fashion_mnist" takes NAME.npz.
        white, black: of folders and archives, see `load_data`. With white="data" each
            of both has its own; a pair gives each its own, too.

    Returns:
        `Domains`.

    Raises:
        FileNotFoundError: if there is nothing there; the message says what was looked
            for.
        ValueError: for arguments that make no sense, and for two shapes where no
            `img_shape` is given.
    """
    for name, given in (("a", a), ("b", b)):
        if not isinstance(given, (str, os.PathLike)):
            raise ValueError(f"{name} must be a folder of pictures or the name of a data set. "
                             f"Received: {name} is a {type(given).__name__}. "
                             "Of two arrays, Domains(a, b) makes the same")
    whites, sets = white if isinstance(white, (tuple, list)) else (white, white), []
    if len(whites) != 2:
        raise ValueError("white must be one value for both, or a pair of them. "
                         f"Received: white={brief(white)}")
    check_shape((1, 1, 3) if img_shape is None else img_shape, fit, background)
    for name, white in zip((a, b), whites):     # each gets what has an effect on it
        how = {"fit": fit, "background": background, "split": split}
        if name in NAMES:
            how["folder"] = folder
        elif os.fspath(name).lower().endswith(".npy"):
            how = {}
        else:
            how |= {"white": white, "black": black}
        sets.append(load_data(name, img_shape, **how))
    of_a, of_b = sets
    names = tuple(shown(given) + (", test" if split == "test" else "") for given in (a, b))
    source = {"a": of_a.source["source"], "b": of_b.source["source"], "fit": fit,
              "background": [int(c) for c in background], "split": split,
              "folder": None if folder is None else str(Path(folder).resolve())}
    whites = [data.source.get("white") for data in sets]
    if whites != [None, None] or black:
        source |= {"white": whites[0] if whites[0] == whites[1] else whites, "black": black}
    remarks = [f"{name}: {remark}" for name, data in zip("ab", sets) for remark in data.remarks]
    bands = of_a.bands if of_a.bands == of_b.bands else None
    return Domains(of_a.images, of_b.images, names, source, remarks, bands)
