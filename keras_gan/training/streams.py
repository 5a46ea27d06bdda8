"""Batches of somebody else's pipeline: refused early, or looked at one by one."""
import collections.abc
import os

import numpy as np

from data_loaders.batches import Stream
from keras_gan.samples.advice import advice_on_shape, of_tensors
from keras_gan.samples.arrays import is_a, is_array
from keras_gan.samples.kinds import Samples


def check_is_stream(game, dataset):
    """Raise `ValueError` unless batches can be taken from it again and again."""
    shape = next(iter(game.takes.values())).shape
    advice, name = None, type(dataset).__name__
    if isinstance(dataset, (str, os.PathLike)):
        advice = " load_data(...) loads a folder of pictures."
        if os.fspath(dataset).endswith((".npy", ".npz")):
            advice = " numpy.load(...) loads its arrays."
    elif isinstance(dataset, collections.abc.Mapping):
        arrays = ", ".join(map(str, dataset)) or "nothing"
        first = next(iter(dataset), "images")
        advice = f" It holds {arrays}: images=data[{first!r}], say."
    elif is_a(dataset, "PIL.Image", "Image"):
        advice = " One picture is no data; load_data(...) loads a folder of them."
    elif hasattr(dataset, "__next__"):
        advice = (" It can be gone through only once; tf.data.Dataset.from_generator makes a "
                  "Dataset of it.")
    elif is_a(dataset, "torch", "utils.data.Dataset"):
        advice = " torch.utils.data.DataLoader(data, batch_size=32) makes batches of it."
    elif isinstance(dataset, tuple):
        advice = " train(images, labels=labels) takes images and labels." \
            if "labels" in game.takes else " Pass one array."
    elif isinstance(dataset, list):
        if not dataset:
            raise ValueError("images must be an array, or a list of batches. Received: a list "
                             "that yields no batch, as it is empty")
        advice = of_what(dataset, shape)
        name = f"list of {len(dataset)} {type(dataset[0]).__name__}"
    elif not (hasattr(dataset, "__iter__") or hasattr(dataset, "__getitem__")):
        advice = ""
    if advice is None:
        return
    if "images" not in game.takes:
        advice = (" load_domains(a, b) loads two folders of pictures, and Domains(a, b) is two "
                  "arrays.")
    raise ValueError("images must be an array, what load_data returns, a tf.data.Dataset or a "
                     f"keras.utils.PyDataset of batches. Received: a {name}.{advice}")


def of_what(things, shape):
    """What to do with a list that is none of batches: str, or None if it may be one."""
    first = things[0]
    if isinstance(first, (str, os.PathLike)):
        return (" load_data(folder) loads pictures; numpy.stack([read_image(file, img_shape) for "
                "file in files]) loads a list of files.")
    if is_a(first, "PIL.Image", "Image"):
        return " numpy.stack([numpy.array(image) for image in images]) makes one array of them."
    if isinstance(first, collections.abc.Mapping):
        return " A batch is an array, or a tuple of arrays."
    if not is_array(first) and not isinstance(first, (list, tuple)):
        return " A batch is an array of many samples."
    # (n, height, width) may be a batch of grey pictures, and is then told so as a batch
    sides = len(shape) - (shape[-1] == 1 and len(shape) > 1)
    if is_array(first) and (tuple(first.shape) == shape or len(first.shape) <= sides):
        shapes = {tuple(np.shape(thing)) for thing in things}
        if len(shapes) > 1:
            return (f" They have {len(shapes)} shapes; load_data(folder, img_shape=...) makes "
                    "pictures of one shape.")
        return " numpy.stack(images) makes one array of them."
    if isinstance(first, (list, tuple)) and not any(map(is_array, first)):
        return " numpy.array(rows) makes one array of them."
    return None


def check_element(game, spec):
    """Raise `ValueError` if a `tf.data.Dataset` says that its batches won't fit.

    Args:
        game: the model.
        spec: its `element_spec`.
    """
    takes = ", ".join(game.takes)
    if isinstance(spec, collections.abc.Mapping):
        parts = ", ".join(f"d[{name!r}]" for name in list(spec)[:len(game.takes)])
        parts = f"({parts})" if len(game.takes) > 1 else parts
        raise ValueError(f"A batch must be ({takes}). Received: a Dataset of dicts with the keys "
                         f"{', '.join(map(str, spec))}. dataset.map(lambda d: {parts}), say.")
    parts = spec if isinstance(spec, (tuple, list)) else (spec,)
    for kind, part in zip(game.takes.values(), parts):
        if is_a(part, "tensorflow", "RaggedTensorSpec") or \
                is_a(part, "tensorflow", "SparseTensorSpec"):
            line = "x.to_tensor()" if is_a(part, "tensorflow", "RaggedTensorSpec") else \
                "tf.sparse.to_dense(x)"
            raise ValueError(f"A batch must be ({takes}). Received: a Dataset of {part}. "
                             f"dataset.map(lambda x: {line}) makes arrays of them.")
        if not is_a(part, "tensorflow", "TensorSpec"):
            raise ValueError(f"A batch must be ({takes}), an array each. Received: a Dataset of "
                             f"{spec}. dataset.map(...) takes it apart.")
        if part.shape.rank is None or not isinstance(kind, Samples):
            continue
        shape = tuple(part.shape)
        if len(shape) == len(kind.shape) and may_be(shape, kind.shape):
            raise ValueError(f"A batch must have shape (n, {', '.join(map(str, kind.shape))}). "
                             f"Received: a Dataset of single samples, {shape}. "
                             "dataset.batch(32) makes batches of it.")
        if len(shape) != len(kind.shape) + 1 or not may_be(shape[1:], kind.shape):
            known = tuple(1 if side is None else side for side in shape)
            advice = advice_on_shape("images", known, kind.shape, part.dtype.name)
            raise ValueError(f"A batch must have shape (n, {', '.join(map(str, kind.shape))}). "
                             f"Received: a Dataset of batches of shape {shape}. "
                             f"{of_tensors(advice)}")
        least = game.k * game.together
        if shape[0] is not None and shape[0] % least:
            raise ValueError(f"A turn with k={game.k} takes k batches of whole packs of "
                             f"{game.together}: {least}, {2 * least}, {3 * least}, ... samples. "
                             f"Received: a Dataset of batches of {shape[0]}. dataset.unbatch()"
                             f".batch({max(1, shape[0] // least) * least}, drop_remainder=True)")


def may_be(shape, wanted):
    """Whether a shape, in which None is not known, may be another one."""
    return len(shape) == len(wanted) and all(a is None or a == b for a, b in zip(shape, wanted))


class CheckedStream(Stream):
    """A `Stream` of checked batches, each of the arrays that a game takes."""

    def __init__(self, game, dataset, may_be_bright=False):
        super().__init__(dataset, game.k * game.together)
        self.game, self.may_be_bright = game, may_be_bright

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
            checked = tuple(self._checked(kind, array, len(batch[0]))
                            for kind, array in zip(self.game.takes.values(), arrays))
            self.game.check_k_batches(checked[0])
            yield checked

    def _checked(self, kind, array, n):
        """An array of a batch, if it fits.

        A batch without a value below 0 after others that had some is no sign of [0, 1].
        """
        if not isinstance(kind, Samples):
            return kind.checked(array, n)
        try:
            array = kind.checked(array, n, may_be_bright=self.may_be_bright)
        except ValueError as error:
            if is_a(self.dataset, "tensorflow", "data.Dataset"):
                raise ValueError(of_tensors(str(error))) from None
            raise
        self.may_be_bright = self.may_be_bright or (array.dtype != np.uint8 and array.min() < 0)
        return array
