"""The one door for data: whatever `train` is given comes out as one kind of thing."""
import dataclasses
import zlib

import numpy as np

from data_loaders import Domains, ImageFolder, Pictures
from data_loaders.batches import Batches, Distribution, Stream, Unpaired
from keras_gan.samples.arrays import (
    as_numpy,
    extremes,
    is_a,
    is_array,
    is_distribution,
    is_table,
    some_of,
)
from keras_gan.samples.drawing import limits
from keras_gan.samples.labels import check_labels, remarks_on_balance, remarks_on_labels
from keras_gan.samples.remarks import remark_on_range, remarks_on
from keras_gan.training.streams import CheckedStream, check_element, check_is_stream


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
        bands: the channels that sheets show, where the files say it; else None.
    """

    batches: Batches | Distribution | Stream | Unpaired
    description: dict
    batch_size: int | None
    remarks: list = dataclasses.field(default_factory=list)
    source: dict | None = None
    by_turns: bool = True
    class_names: list = dataclasses.field(default_factory=list)
    window: tuple | None = None
    bands: tuple | None = None

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


def open_data(game, images, labels, plan):
    """Look at what somebody gives `train`.

    Args:
        game: the model; its `takes` says what a batch must be.
        images, labels: as for `Game.train`.
        plan: `Plan`; its `batch_size`, `flip`, `balanced` and `goes_on` count here.

    Returns:
        `TrainingData`.

    Raises:
        ValueError: if it isn't something that this model can be trained on.
    """
    if plan.flip and not game.makes_pictures:
        raise ValueError("flip=True mirrors pictures. Received: flip=True with a model of vectors")
    if labels is not None and "labels" not in game.takes and not plan.balanced:
        raise ValueError(f"{type(game).__name__} knows no classes. Received: labels; a conditional "
                         "model, such as CGAN, takes them.")
    if plan.balanced and (isinstance(images, Domains) or "images" not in game.takes):
        raise ValueError("balanced=True draws the classes of one set of pictures equally often. "
                         "Received: balanced=True with a model of two domains")
    if isinstance(images, (Domains, ImageFolder, Pictures)):
        opened = of_domains(game, images, plan) if isinstance(images, Domains) else \
            of_loaded(game, images, labels, plan)
        opened.remarks[:0] = images.remarks              # what their loader has found
        opened.bands = images.bands
        return opened
    if is_array(images):
        return of_arrays(game, images, labels, plan, [], None)
    is_data = isinstance(images, Distribution)
    if is_data or (is_distribution(images) and not game.makes_pictures):
        return of_distribution(game, images, plan)
    return of_stream(game, images, labels, plan)


def of_loaded(game, loaded, labels, plan):
    """Batches of what `load_data` returns, with its own labels."""
    wanted = "labels" in game.takes or plan.balanced
    labels = loaded.labels if labels is None and wanted else labels
    return of_arrays(game, loaded.images, labels, plan, loaded.class_names or [], loaded.source)


def of_arrays(game, given, labels, plan, class_names, source):
    """Batches of an array of samples, and of labels if the game takes them."""
    if "images" not in game.takes:
        raise ValueError(f"{type(game).__name__} translates between two domains. Received: one set "
                         "of pictures. load_domains(a, b) loads two.")
    # A run that was begun on pictures in [0, 1], with a remark, goes on with them
    array = in_memory(game.takes["images"].checked(given, may_be_bright=plan.goes_on))
    columns = [str(column) for column in given.columns] if is_table(given) else []
    remarks = remarks_of(game, array, columns)
    classes, num_classes = None, game.num_classes
    if "labels" in game.takes:
        try:
            labels = classes = game.takes["labels"].checked(labels, len(array), whole=True)
        except ValueError:
            if labels is None or len(class_names) <= num_classes:
                raise
            raise ValueError(f"The data have {len(class_names)} classes, {names(class_names)}. "
                             f"Received: num_classes={num_classes}. Build the model with "
                             f"num_classes={len(class_names)}.") from None
        remarks += remarks_on_labels(labels, num_classes, class_names)
    elif plan.balanced and labels is not None:
        known, classes = np.unique(as_numpy(labels), return_inverse=True)
        classes, labels = check_labels(classes, len(array), len(known)), None
    if plan.balanced:
        if classes is None:
            raise ValueError("balanced=True draws every class equally often. Received: data "
                             "without classes. train(images, labels=...) takes them, and load_data "
                             "makes classes of sub-folders.")
        remarks += remarks_on_balance(classes, class_names)
    size = whole_turn(game, plan.batch_size, len(array))
    description = {"images": len(array), "dtype": str(array.dtype), "mean_of_some": mean(array),
                   "labels": None if labels is None else zlib.crc32(labels)}
    if plan.balanced and labels is None:
        description["classes"] = zlib.crc32(classes)
    batches = Batches(array, labels, size, game.seed, plan.flip,
                      balanced=classes[:, 0] if plan.balanced else None)
    return TrainingData(batches, description, plan.batch_size, remarks, source,
                        class_names=list(class_names), window=window_of(array, game))


def of_domains(game, domains, plan):
    """Batches of two sets of pictures in which nothing belongs together."""
    if list(game.takes) != ["a", "b"]:
        raise ValueError(f"{type(game).__name__} learns from one set of pictures. Received: two "
                         "domains. load_data(folder) loads one.")
    arrays = []
    for kind, given in zip(game.takes.values(), (domains.a, domains.b)):
        arrays.append(in_memory(kind.checked(given, may_be_bright=plan.goes_on)))
        size = whole_turn(game, plan.batch_size, len(arrays[-1]))
    description = {name: {"images": len(array), "mean_of_some": mean(array)}
                   for name, array in zip(game.takes, arrays)}
    return TrainingData(Unpaired(arrays, size, game.seed, plan.flip), description, plan.batch_size,
                        [remark for array in arrays for remark in remark_on_range(array)],
                        domains.source)


def of_distribution(game, images, plan):
    """Fresh samples in every batch."""
    if "images" not in game.takes:
        raise ValueError(f"{type(game).__name__} translates between two domains. Received: a "
                         f"{type(images).__name__}. load_domains(a, b) loads two.")
    if plan.balanced:
        raise ValueError("balanced=True is for arrays and folders with classes. Received: "
                         f"balanced=True with a {type(images).__name__}")
    size, seed = plan.batch_size * game.k, game.seed
    if isinstance(images, Distribution):
        size, seed = images.batch_size, images.seed
    else:
        check_packs(game, plan.batch_size)

    def sample(n, rng):
        samples = as_numpy(game.takes["images"].checked(images.sample(n, rng)))
        if len(samples) != n:
            raise ValueError("A distribution's sample(n, rng) must return n samples. Received: "
                             f"{len(samples)} for n={n}, by a {type(images).__name__}")
        return samples

    batches = Distribution(sample, size, seed)
    try:
        some, = next(batches.from_batch(0))
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError("A distribution has sample(n, rng), which returns n samples drawn by a "
                         f"numpy.random.Generator. Received: a {type(images).__name__} whose "
                         f"sample says {error!r}") from error
    digits = float(f"{np.mean(some, dtype='float64'):.6g}")
    return TrainingData(batches, {"kind": type(images).__name__, "mean_of_some": digits},
                        plan.batch_size, remarks_of(game, some),
                        window=window_of(some, game))


def of_stream(game, dataset, labels, plan):
    """Batches of somebody else's pipeline, which are looked at one by one."""
    kind = type(dataset).__name__
    for name in ("flip", "balanced"):
        if getattr(plan, name):
            does = "augmentation" if name == "flip" else \
                "balance (tf.data.Dataset.sample_from_datasets)"
            raise ValueError(f"{name}=True is for arrays and folders; a Dataset does its own "
                             f"{does}. Received: {name}=True with a {kind}")
    if labels is not None:
        raise ValueError("labels are for an array of images; a Dataset yields its own: (images, "
                         f"labels). Received: labels with a {kind}")
    check_is_stream(game, dataset)
    if is_a(dataset, "tensorflow", "data.Dataset"):
        check_element(game, dataset.element_spec)
    remarks, least = [], game.k * game.together
    if least > 1:
        remarks = [f"A batch that isn't {least}, {2 * least}, {3 * least}, ... samples (k={game.k} "
                   "batches of whole packs), such as the last one of an epoch may be, is left out: "
                   "a tf.data.Dataset does so itself with .batch(n, drop_remainder=True)."]
    return TrainingData(CheckedStream(game, dataset, plan.goes_on), {"kind": kind}, None, remarks,
                        by_turns=False)


def in_memory(array):
    """A checked array as a NumPy array. One in a file (h5py, zarr) stays there."""
    in_file = is_a(array, "h5py", "Dataset") or is_a(array, "zarr", "Array")
    return array if in_file else as_numpy(array)


def remarks_of(game, samples, columns=()):
    """What is probably wrong with samples that this model accepts: list of str.

    `columns` are the names of those of vectors.
    """
    knows_how = "standardize" in game.option_names()
    remedy = "Choose a mu near 0 and a sigma near 1." if game.makes_its_data else None
    return remarks_on(samples, game.img_shape, columns, game.standardize if knows_how else None,
                      remedy)


def names(class_names):
    """Some class names as text."""
    return ", ".join(class_names[:10]) + (", ..." if len(class_names) > 10 else "")


def whole_turn(game, batch_size, n):
    """The samples in a turn, k batches of whole packs.

    Raises `ValueError` if n are too few.
    """
    check_packs(game, batch_size)
    k, packing = game.k, game.together
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
    if batch_size % (m := game.together):
        how = f"whole packs of packing={m} samples" if game.accumulate == 1 else \
            f"{game.accumulate} equal parts (accumulate), a multiple of {m}"
        raise ValueError(f"batch_size must be {how}. Received: batch_size={batch_size}. "
                         f"Use {batch_size // m * m + m}.")


def mean(array):
    """The mean of about 16 samples, evenly spread over an array: a float."""
    return float(np.mean(np.asarray(array[::max(1, len(array) // 16)]), dtype="float64"))


def window_of(samples, game):
    """Where samples that aren't pictures are drawn.

    (low, high) of all axes for vectors, around 0; for signals a list of them, one for
    each channel.
    """
    if game.makes_pictures:
        return None
    if len(game.img_shape) == 2:
        values = np.stack(list(some_of(samples))).reshape(-1, game.img_shape[-1]).astype("float64")
        windows = map(limits, values.T)
        return [[low - 0.1 * (high - low), high + 0.1 * (high - low)] for low, high in windows]
    low, high = extremes(samples)
    reach = 1.3 * max(-low, high) or 1.0
    return -reach, reach
