"""What a turn is given: samples as the networks see them, and random numbers."""
import keras
import numpy as np
from keras import ops

from keras_gan.backend.one_graph import being_compiled
from keras_gan.samples.checks import check_samples
from keras_gan.samples.ranges import to_network


class Turns:
    """The part of a game that prepares what `train_on_batch` plays with.

    Attributes:
        turns: int, how many turns this model has been trained. With `seed` it decides
            the random numbers of the next turn.
        in_a_run: bool, whether `train` plays. What its batches are was looked at.
    """

    turns, in_a_run = 0, False

    @property
    def together(self):
        """How many samples belong together: a batch is a multiple of them."""
        return self.packing * self.accumulate

    @property
    def makes_pictures(self):
        """Whether samples are pictures, not vectors."""
        return len(self.img_shape) == 3

    def prepare(self, images):
        """Samples as the networks see them.

        Args:
            images: (k batch, *img_shape): pictures as uint8 0..255 or float in [-1, 1];
                vectors as they are.

        Returns:
            float (k batch, *img_shape), of pictures in [-1, 1].

        Raises:
            ValueError: for another shape, dtype or range, or if they aren't k batches.
        """
        if not (being_compiled() or self.in_a_run):
            images = check_samples(images, self.img_shape)
        self.check_k_batches(images)
        return self.to_network(images)

    def to_network(self, images):
        """Samples as the networks see them, unchecked: see `prepare`."""
        if self.makes_pictures:
            return to_network(ops.convert_to_tensor(images))
        return ops.convert_to_tensor(images, keras.config.floatx())

    def check_k_batches(self, samples):
        """Raise `ValueError` unless there are k batches of one size, of whole packs and
        parts."""
        least = self.k * self.together
        if samples.shape[0] % least:
            packs = f" of whole packs of {self.packing}" if self.packing > 1 else ""
            if self.accumulate > 1:
                packs += f" in {self.accumulate} equal parts (accumulate)"
            raise ValueError(f"A turn with k={self.k} steps of the discriminator takes k batches "
                             f"of one size{packs}: {least}, {2 * least}, {3 * least}, ... samples. "
                             f"Received: {samples.shape[0]}")

    def random_numbers(self, n, given=None):
        """The random numbers of the next turn: a function of `seed` and `turns`.

        Args:
            n: int, samples in the turn.
            given: dict of arrays that somebody wants to use instead, by the names in
                `draws`; None draws them.

        Returns:
            dict of arrays, the first axis of each is n.

        Raises:
            ValueError: if what is given has other names or shapes.
            RuntimeError: if they were to be drawn in a turn that is being compiled.
                Every turn would get the same.
        """
        if given is not None:
            return self._checked_random_numbers(n, given)
        if being_compiled():
            raise RuntimeError("Random numbers were drawn in a turn that is being compiled: every "
                               "turn would get the same. Use the `random` that train_on_batch is "
                               "given.")
        drawn = self._drawn(n, self.turns)
        self.turns += 1
        return drawn

    def _drawn(self, n, turn):
        generators = {name: np.random.default_rng([self.seed, stream, turn])
                      for name, stream in self.draws.items()}
        return {name: getattr(self, f"draw_{name}")(n, rng) for name, rng in generators.items()}

    def _checked_random_numbers(self, n, given):
        expected = {name: array.shape for name, array in self._drawn(n, 0).items()}
        shapes = {name: tuple(getattr(array, "shape", ())) for name, array in given.items()} \
            if isinstance(given, dict) else f"a {type(given).__name__}"
        if shapes != expected:
            raise ValueError(f"The random numbers of a turn with {n} samples must be a dict of "
                             f"arrays {expected}. Received: {shapes}")
        return given
