"""The one door for data: whatever `train` is given comes out as one kind of thing."""
import dataclasses
import os
import zlib

import keras
import numpy as np

from data_loaders import Domains, ImageFolder, Pictures
from data_loaders.batches import Batches, Distribution, Stream, Unpaired
from keras_gan.samples.checks import remark_on_range


@dataclasses.dataclass
class TrainingData:
    """Batches for a game, for ever.

    Attributes:
        batches: what draws them; `from_batch(i)` iterates for ever from batch i. Each
            is a tuple of the arrays that the game `takes`.
        description: dict, what a resume compares.
        batch_size: int, samples a step of the discriminator; None where every batch may
            have another size.
        remarks: list of str, what somebody should know about these data.
        source: dict, the arguments of the function that loads these data again; None if
            nobody knows them.
        by_turns: bool, batch i belongs to the model's turn i. So a second `train` goes
            on where the first stopped. Otherwise it belongs to step i of the run.
        class_names: list of str; empty if there are none.
        window: (low, high) of the axes on which vectors are drawn; None for pictures.
    """

    batches: Batches | Distribution | Stream | Unpaired
    description: dict
    batch_size: int | None
    remarks: list = dataclasses.field(default_factory=list)
    source: dict | None = None
    by_turns: bool = True
    class_names: list = dataclasses.field(default_factory=list)
    window: tuple | None = None

    def all_or_some(self):
        """All samples of an array, or the first 10,000 of what has no end."""
        known = isinstance(self.batches, Batches)
        return self.batches.images if known else self.first(10_000)[0]

    def first(self, n):
        """The first n samples, as a batch: a tuple of arrays."""
        batches = []
        for batch in self.batches.from_batch(0):
            batches.append(batch)
            if sum(len(samples) for samples, *_ in batches) >= n:
                return tuple(np.concatenate(arrays)[:n] for arrays in zip(*batches))


def open_data(game, images, labels, batch_size, flip):
    """Look at what somebody gives `train`.

    Args:
        game: the model; its `takes` says what a batch must be.
        images, labels, batch_size, flip: as for `Game.train`.

    Returns:
        `TrainingData`.

    Raises:
        ValueError: if it isn't something that this model can be trained on.
    """
    if flip and not game.makes_pictures:
        raise ValueError("flip=True mirrors pictures. Received: flip=True with a model of vectors")
    if labels is not None and "labels" not in game.takes:
        raise ValueError(f"{type(game).__name__} knows no classes. Received: labels; a conditional "
                         "model, such as CGAN, takes them.")
    if isinstance(images, Domains):
        return of_domains(game, images, batch_size, flip)
    if isinstance(images, (ImageFolder, Pictures)):
        labels = images.labels if labels is None and "labels" in game.takes else labels
        return of_arrays(game, images.images, labels, batch_size, flip, images.class_names or [],
                         images.source)
    if isinstance(images, Distribution) or (hasattr(images, "sample") and not game.makes_pictures):
        return of_distribution(game, images, batch_size)
    if hasattr(images, "shape") and hasattr(images, "dtype"):
        return of_arrays(game, images, labels, batch_size, flip, [], None)
    return of_stream(game, images, labels, flip)


def of_arrays(game, array, labels, batch_size, flip, class_names, source):
    """Batches of an array of samples, and of labels if the game takes them."""
    if "images" not in game.takes:
        raise ValueError(f"{type(game).__name__} translates between two domains. Received: one set "
                         "of pictures. load_domains(a, b) loads two.")
    array = array if isinstance(array, np.ndarray) else keras.ops.convert_to_numpy(array)
    game.takes["images"].checked(array)
    if "labels" in game.takes:
        labels = game.takes["labels"].checked(labels, len(array))
    size = whole_turn(game, batch_size, len(array))
    description = {"images": len(array), "dtype": str(array.dtype),
                   "mean_of_some": mean(some_of(array)),
                   "labels": None if labels is None else zlib.crc32(labels.tobytes())}
    return TrainingData(Batches(array, labels, size, game.seed, flip), description, batch_size,
                        remark_on_range(array) if game.makes_pictures else [], source,
                        class_names=list(class_names), window=window_of(array, game))


def of_domains(game, domains, batch_size, flip):
    """Batches of two sets of pictures in which nothing belongs together."""
    if list(game.takes) != ["a", "b"]:
        raise ValueError(f"{type(game).__name__} learns from one set of pictures. Received: two "
                         "domains. load_data(folder) loads one.")
    arrays = [array if isinstance(array, np.ndarray) else keras.ops.convert_to_numpy(array)
              for array in (domains.a, domains.b)]
    for name, array in zip(game.takes, arrays):
        game.takes[name].checked(array)
        size = whole_turn(game, batch_size, len(array))
    description = {name: {"images": len(array), "mean_of_some": mean(some_of(array))}
                   for name, array in zip(game.takes, arrays)}
    return TrainingData(Unpaired(arrays, size, game.seed, flip), description, batch_size,
                        [remark for array in arrays for remark in remark_on_range(array)],
                        domains.source)


def of_distribution(game, images, batch_size):
    """Fresh samples in every batch."""
    if "images" not in game.takes:
        raise ValueError(f"{type(game).__name__} translates between two domains. Received: a "
                         f"{type(images).__name__}. load_domains(a, b) loads two.")
    batches = images
    if not isinstance(images, Distribution):
        check_packs(game, batch_size)
        batches = Distribution(images.sample, batch_size * game.k, game.seed)
    some, = next(batches.from_batch(0))
    game.takes["images"].checked(some)
    digits = float(f"{np.mean(some, dtype='float64'):.6g}")
    return TrainingData(batches, {"kind": type(images).__name__, "mean_of_some": digits},
                        batch_size, window=window_of(some, game))


def of_stream(game, dataset, labels, flip):
    """Batches of somebody else's pipeline, which are looked at one by one."""
    kind = type(dataset).__name__
    if flip:
        raise ValueError("flip=True is for arrays and folders; a Dataset does its own "
                         f"augmentation. Received: flip=True with a {kind}")
    if labels is not None:
        raise ValueError("labels are for an array of images; a Dataset yields its own: (images, "
                         f"labels). Received: labels with a {kind}")
    once_only, path = hasattr(dataset, "__next__"), isinstance(dataset, (str, os.PathLike))
    iterable = hasattr(dataset, "__iter__") or hasattr(dataset, "__getitem__")
    if isinstance(dataset, tuple) or path or once_only or not iterable:
        advice = ""
        if "images" not in game.takes:
            advice = (". load_domains(a, b) loads two folders of pictures, and Domains(a, b) is "
                      "two arrays")
        elif path:
            advice = ". load_data(...) loads a folder of pictures"
        elif once_only:
            advice = (", which can be gone through only once; tf.data.Dataset.from_generator makes "
                      "a Dataset of it")
        raise ValueError("images must be an array, what load_data returns, a tf.data.Dataset or a "
                         f"keras.utils.PyDataset of batches. Received: a {kind}{advice}")
    return TrainingData(CheckedStream(game, dataset), {"kind": kind}, None, by_turns=False)


class CheckedStream(Stream):
    """A `Stream` of checked batches, each of the arrays that a game takes."""

    def __init__(self, game, dataset):
        super().__init__(dataset)
        self.game = game

    def from_batch(self, start):
        """Iterate for ever from batch `start`.

        Raises `ValueError` for a batch that doesn't fit.
        """
        needed = [name for name in self.game.takes if name != "labels"]     # these ask for more
        for batch in super().from_batch(start):
            if len(batch) < len(needed) or np.ndim(batch[0]) == 0:
                raise ValueError(f"A batch must be an array of samples, or a tuple "
                                 f"({', '.join(self.game.takes)}). Received: {len(batch)} of "
                                 f"{[type(part).__name__ for part in batch]}, the first of shape "
                                 f"{np.shape(batch[0])}")
            arrays = [*batch, *[None] * len(self.game.takes)]           # None: it isn't there
            checked = tuple(kind.checked(array, len(batch[0]))
                            for kind, array in zip(self.game.takes.values(), arrays))
            self.game.check_k_batches(checked[0])
            yield checked


def whole_turn(game, batch_size, n):
    """The samples in a turn, k batches of whole packs.

    Raises `ValueError` if n are too few.
    """
    check_packs(game, batch_size)
    k, packing = game.k, game.packing
    if batch_size * k > n and k * packing > 1:
        most = n // k // packing * packing
        advice = f"Use batch_size={most} or less, or more samples."
        if not most:
            advice = f"At least {k * packing} samples are needed: k={k} times packs of {packing}."
        raise ValueError(f"A turn takes k={k} batches of {batch_size}, more than the {n} samples. "
                         f"{advice}")
    return batch_size * k


def check_packs(game, batch_size):
    """Raise `ValueError` unless a batch holds whole packs."""
    if batch_size % (m := game.packing):
        raise ValueError(f"batch_size must be whole packs of packing={m} samples. Received: "
                         f"batch_size={batch_size}. Use {batch_size // m * m + m}.")


def some_of(array):
    """About 16 samples, evenly spread over an array."""
    return array[::max(1, len(array) // 16)]


def mean(array):
    """The mean of an array, a float."""
    return float(np.mean(np.asarray(array), dtype="float64"))


def window_of(samples, game):
    """(low, high) of all axes on which vectors (N, dimensions) are drawn, around 0."""
    if game.makes_pictures:
        return None
    reach = 1.3 * float(np.abs(samples).max())
    return -reach, reach
