"""Batches of arrays, or of a distribution.

Batch `i` is a function of the seed and of `i`. So order, threads and resumes can't
change it.
"""
import collections.abc
import concurrent.futures
import functools
import itertools

import numpy as np

# They keep the random numbers of one seed apart
SHUFFLE, FLIP, SAMPLES, CLASSES, IN_CLASS = 1, 2, 4, 6, 7


def rows(array, chosen):
    """array[chosen] as a NumPy array, in memory of its own.

    An array in a file (h5py) gives rows in their order and each once, whichever and
    however often they are chosen.
    """
    if isinstance(array, np.ndarray):
        return np.asarray(array[chosen])
    once, back = np.unique(chosen, return_inverse=True)
    return np.asarray(array[once])[back]


class _Numbered:
    """Batches that follow from their number alone, so that threads can prepare them."""

    def from_batch(self, start, workers=2):
        """Iterate for ever from batch `start`; `workers` threads prepare the next."""
        with concurrent.futures.ThreadPoolExecutor(workers, thread_name_prefix="batches") as pool:
            ahead = collections.deque(pool.submit(self.__getitem__, start + i)
                                      for i in range(2 * workers))
            try:
                while True:
                    batch = ahead.popleft().result()
                    start += 1
                    ahead.append(pool.submit(self.__getitem__, start + 2 * workers - 1))
                    yield batch
            finally:
                for future in ahead:
                    future.cancel()


class Batches(_Numbered):
    """Shuffled batches, drawn without replacement within an epoch, for ever.

    Batch `i` belongs to epoch `i // len(self)`. Its pictures and its flips follow from
    `(seed, i)` alone: no random number is used twice, whichever thread makes the batch
    and in whichever order. The pictures that don't fill a whole batch at the end of an
    epoch are left out of that epoch. Every epoch leaves out others.

    With `balanced`, every class is drawn equally often, however many pictures it has:
    each once, in a shuffled order, before any comes again. A class has epochs of its
    own, so that its pictures too come each once before any comes again.

    Args:
        images: array (N, H, W, C), may be memory-mapped, or lie in a file of h5py.
        labels: int array (N,) or None.
        batch_size: int, at most N.
        seed: int >= 0.
        flip: bool, mirror half of the pictures, chosen at random, left to right.
        domain: int >= 0. Batches of one seed and of different domains have orders and
            flips that are independent of one another.
        balanced: int array (N,), the classes that are drawn equally often; None draws
            every picture equally often.

    Raises:
        ValueError: if there are fewer images than a batch holds, or not one label for
            each image.
    """

    def __init__(self, images, labels=None, batch_size=32, seed=0, flip=False, domain=0,
                 balanced=None):
        if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError("batch_size must be a whole number of at least 1. "
                             f"Received: batch_size={batch_size!r}")
        if len(images) < batch_size:
            raise ValueError(f"A batch of {batch_size} can't be drawn from {len(images)} images. "
                             f"Use batch_size={len(images)} or less, or more images.")
        for classes in (labels, balanced):
            if classes is not None and len(classes) != len(images):
                raise ValueError("There must be one label for each image. "
                                 f"Received: {len(classes)} labels, {len(images)} images")
        self.images, self.labels = images, labels
        self.batch_size, self.seed, self.flip = int(batch_size), seed, flip
        self.domain = domain
        self._order = functools.lru_cache(maxsize=2)(self._shuffled)
        self._members = None
        if balanced is not None:
            classes = np.unique(balanced, return_inverse=True)[1].ravel()
            by_class = np.argsort(classes, kind="stable")
            self._members = np.split(by_class, np.cumsum(np.bincount(classes))[:-1])
            self._order_in_class = functools.lru_cache(maxsize=4 * len(self._members))(
                self._shuffled_in_class)

    def __len__(self):
        """Batches in an epoch."""
        return len(self.images) // self.batch_size

    def _rng(self, purpose, number):
        key = [self.seed, purpose, number]
        return np.random.default_rng([*key, self.domain] if self.domain else key)

    def _shuffled(self, epoch):
        return self._rng(SHUFFLE, epoch).permutation(len(self.images))

    def _shuffled_in_class(self, number, epoch):
        rng = np.random.default_rng([self.seed, IN_CLASS, epoch, number, self.domain])
        return rng.permutation(self._members[number])

    def _balanced(self, i):
        """The pictures of batch `i`: in round r each class shows its r-th picture."""
        chosen = []
        first, last = i * self.batch_size, (i + 1) * self.batch_size
        classes = len(self._members)
        for r in range(first // classes, -(-last // classes)):
            for slot, number in enumerate(self._rng(CLASSES, r).permutation(classes),
                                          start=r * classes):
                if first <= slot < last:
                    epoch, position = divmod(r, len(self._members[number]))
                    chosen.append(self._order_in_class(int(number), epoch)[position])
        return np.array(chosen)

    def __getitem__(self, i):
        """Batch `i` >= 0: `(images,)`, or `(images, labels)` if there are labels."""
        if self._members is None:
            epoch, position = divmod(i, len(self))
            first = position * self.batch_size
            chosen = self._order(epoch)[first:first + self.batch_size]
        else:
            chosen = self._balanced(i)
        images = rows(self.images, chosen)
        if self.flip:
            mirrored = self._rng(FLIP, i).random(self.batch_size) < 0.5
            images[mirrored] = images[mirrored, :, ::-1]         # axis 2 of (N, H, W, C): the width
        return (images,) if self.labels is None else (images, self.labels[chosen])


class Unpaired(_Numbered):
    """Batches of several arrays that don't belong together: photos and paintings, say.

    Each array has epochs of its own: its own length, order and flips, also where two
    arrays are of one length or are the same. The first one is drawn as `Batches` does.

    Args:
        domains: list of arrays (N, H, W, C). N may differ from array to array.
        batch_size: int, pictures of each array in a batch; at most the smallest N.
        seed, flip: see `Batches`.

    Raises:
        ValueError: if `domains` is no list, or if an array has fewer images than a
            batch holds.
    """

    labels = None

    def __init__(self, domains, batch_size=32, seed=0, flip=False):
        if not isinstance(domains, (list, tuple)) or not domains:
            raise ValueError("domains must be a list of arrays (N, H, W, C), one for each domain. "
                             f"Received: a {type(domains).__name__}"
                             + (" without an array" if isinstance(domains, (list, tuple)) else ""))
        self.domains = [Batches(images, None, batch_size, seed, flip, domain)
                        for domain, images in enumerate(domains)]

    def __len__(self):
        """Batches in an epoch of the longest domain."""
        return max(map(len, self.domains))

    def __getitem__(self, i):
        """Batch `i` >= 0: a tuple of images, one array for each domain."""
        return tuple(domain[i][0] for domain in self.domains)


class Distribution:
    """Fresh samples of a distribution, for ever.

    Batch `i` follows from `(seed, i)` alone.

    Args:
        sample: function of (n, numpy.random.Generator) that returns an array (n, ...).
        batch_size: int.
        seed: int >= 0.
    """

    def __init__(self, sample, batch_size, seed):
        self.sample, self.batch_size, self.seed = sample, batch_size, seed

    def from_batch(self, start):
        """Iterate for ever from batch `start`."""
        for i in itertools.count(start):
            rng = np.random.default_rng([self.seed, SAMPLES, i])
            yield (self.sample(self.batch_size, rng),)


class Stream:
    """Batches from somebody else's pipeline.

    That is a `tf.data.Dataset`, a `keras.utils.PyDataset`, or a list of batches. It is
    gone through again and again. A batch is an array of images, or a tuple that starts
    with one. Batches that aren't `least`, 2 `least`, ... images are left out, unless it
    is the very first.

    Args:
        dataset: something that can be iterated more than once, or that has `__len__`
            and `__getitem__`.
        least: int, see above.

    Raises:
        ValueError: (while iterating) if a pass over the dataset yields no batch.
    """

    labels = None

    def __init__(self, dataset, least=1):
        self.dataset, self.least = dataset, least

    def _one_pass(self):
        if hasattr(self.dataset, "__getitem__") and hasattr(self.dataset, "__len__"):
            for i in range(len(self.dataset)):
                yield self.dataset[i]
            getattr(self.dataset, "on_epoch_end", lambda: None)()
        else:
            yield from self.dataset

    def from_batch(self, start):
        """Iterate for ever from batch `start`; those before are drawn and dropped."""
        number = 0
        while True:
            before = number
            for batch in self._one_pass():
                if isinstance(batch, collections.abc.Mapping):
                    raise ValueError("A batch must be an array of images, or a tuple that starts "
                                     "with one. Received: a dict of "
                                     f"{', '.join(map(str, batch))}. Yield a tuple of its parts.")
                parts = batch if isinstance(batch, (tuple, list)) else (batch,)
                if number and self.least > 1 and len(parts[0]) % self.least:
                    continue
                number += 1
                if number > start:
                    yield tuple(np.asarray(part) for part in parts)
            if number == before:
                raise ValueError(
                    f"{self.dataset!r} yields no batch. It must be possible to go through it more "
                    "than once. With a generator it isn't: wrap that in "
                    "tf.data.Dataset.from_generator or a PyDataset.")
