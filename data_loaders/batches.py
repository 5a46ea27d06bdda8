"""Batches of arrays, or of a distribution. Batch `i` is a function of the seed and of `i`, so order, threads and resumes can't change it."""
import collections
import concurrent.futures
import functools
import itertools

import numpy as np

SHUFFLE, FLIP, SAMPLES = 1, 2, 4          # keep random numbers of one seed apart from one another


class Batches:
    """Shuffled batches, drawn without replacement within an epoch, for ever.

    Batch `i` belongs to epoch `i // len(self)`. Its pictures and its flips follow from `(seed, i)` alone: whichever
    thread makes it, and in whichever order, no random number is used twice. What doesn't fill a whole batch
    at the end of an epoch is left out of that epoch (every epoch leaves out others).

    Args:
        images: array (N, H, W, C), may be memory-mapped.
        labels: int array (N,) or None.
        batch_size: int, at most N.
        seed: int >= 0.
        flip: bool, turn every other picture (at random) left to right.

    Raises:
        ValueError: if there are fewer images than a batch holds, or not one label an image.
    """

    def __init__(self, images, labels=None, batch_size=32, seed=0, flip=False):
        if not isinstance(batch_size, (int, np.integer)) or batch_size < 1:
            raise ValueError(f"batch_size must be a whole number of at least 1. Received: batch_size={batch_size!r}")
        if len(images) < batch_size:
            raise ValueError(f"A batch of {batch_size} can't be drawn from {len(images)} images. "
                             f"Use batch_size={len(images)} or less, or more images.")
        if labels is not None and len(labels) != len(images):
            raise ValueError(f"There must be one label an image. Received: {len(labels)} labels, {len(images)} images")
        self.images, self.labels = images, labels
        self.batch_size, self.seed, self.flip = int(batch_size), seed, flip
        self._order = functools.lru_cache(maxsize=2)(self._shuffled)

    def __len__(self):
        """Batches in an epoch."""
        return len(self.images) // self.batch_size

    def _shuffled(self, epoch):
        return np.random.default_rng([self.seed, SHUFFLE, epoch]).permutation(len(self.images))

    def __getitem__(self, i):
        """Batch `i` >= 0: `(images,)`, or `(images, labels)` if there are labels."""
        epoch, position = divmod(i, len(self))
        chosen = self._order(epoch)[position * self.batch_size:(position + 1) * self.batch_size]
        images = np.asarray(self.images[chosen])
        if self.flip:
            mirrored = np.random.default_rng([self.seed, FLIP, i]).random(self.batch_size) < 0.5
            images[mirrored] = images[mirrored, :, ::-1]         # axis 2 of (N, H, W, C): the width
        return (images,) if self.labels is None else (images, self.labels[chosen])

    def from_batch(self, start, workers=2):
        """Iterate for ever from batch `start`, with `workers` threads that prepare the next batches meanwhile."""
        with concurrent.futures.ThreadPoolExecutor(workers, thread_name_prefix="batches") as pool:
            ahead = collections.deque(pool.submit(self.__getitem__, start + i) for i in range(2 * workers))
            try:
                while True:
                    batch = ahead.popleft().result()
                    start += 1
                    ahead.append(pool.submit(self.__getitem__, start + 2 * workers - 1))
                    yield batch
            finally:
                for future in ahead:
                    future.cancel()


class Distribution:
    """Fresh samples of a distribution, for ever: batch `i` follows from `(seed, i)` alone.

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
            yield (self.sample(self.batch_size, np.random.default_rng([self.seed, SAMPLES, i])),)


class Stream:
    """Batches from somebody else's pipeline: a `tf.data.Dataset`, a `keras.utils.PyDataset`, or a list of batches.

    It is gone through again and again. A batch is an array of images, or a tuple that starts with one.

    Args:
        dataset: something that can be iterated more than once, or has `__len__` and `__getitem__`.

    Raises:
        ValueError: (while iterating) if a pass over the dataset yields no batch.
    """

    labels = None

    def __init__(self, dataset):
        self.dataset = dataset

    def _one_pass(self):
        if hasattr(self.dataset, "__getitem__") and hasattr(self.dataset, "__len__"):
            for i in range(len(self.dataset)):
                yield self.dataset[i]
            getattr(self.dataset, "on_epoch_end", lambda: None)()
        else:
            yield from self.dataset

    def from_batch(self, start):
        """Iterate for ever from batch `start`. The batches before it are drawn and dropped."""
        number = 0
        while True:
            before = number
            for batch in self._one_pass():
                number += 1
                if number > start:
                    yield tuple(np.asarray(part) for part in (batch if isinstance(batch, (tuple, list)) else (batch,)))
            if number == before:
                raise ValueError(f"{self.dataset!r} yields no batch. It must be possible to go through it more than once: "
                                 "a generator can't be; wrap it in tf.data.Dataset.from_generator or a PyDataset.")
