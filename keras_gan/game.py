"""What every GAN of this house can do besides its game: check its arguments, draw noise, generate, save and load."""
import contextlib
import inspect
import numbers
import random

import keras
import numpy as np
from rich.progress import track

from keras_gan import checkpoint
from keras_gan.freeze import check_freeze
from keras_gan.one_graph import being_compiled, one_graph, xla_pays
from keras_gan.pixels import check_images, to_network, to_pictures


NOISE = 3         # keeps these random numbers apart from those that other rooms draw with the same seed


def is_whole(number, lowest):
    """Whether something is a whole number of at least `lowest` (True and False are none)."""
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool) and number >= lowest


class Game:
    """Base of all GANs. A subclass builds `generator`, `discriminator` and `combined` and plays `train_on_batch`.

    Its constructor stores every argument under the argument's own name; that is all that `save` and `load` need.

    Attributes:
        turns: int, how many turns this model has been trained. With `seed` it decides the next turn's noise.
    """

    recipes = {}
    turns = 0

    # --- arguments -----------------------------------------------------------------------------------------------

    def require(self, ok, name, expected):
        """Raise `ValueError` naming the constructor argument `name`, what was `expected` and what it is, unless `ok`."""
        if not ok:
            raise ValueError(f"{name} must be {expected}. Received: {name}={getattr(self, name)!r}")

    def check_arguments(self):
        """Raise `ValueError` for constructor arguments that make no sense, before anything slow happens."""
        shape = self.img_shape
        self.require(isinstance(shape, (tuple, list)) and len(shape) == 3 and all(is_whole(n, 1) for n in shape)
                     and shape[2] in (1, 3), "img_shape", "(height, width, channels) with 1 (grey) or 3 (RGB) channels")
        self.require(is_whole(self.latent_dim, 1), "latent_dim", "a whole number of at least 1")
        self.require(is_whole(self.seed, 0), "seed", "a whole number of at least 0")
        self.img_shape = tuple(int(n) for n in shape)
        self.latent_dim, self.seed = int(self.latent_dim), int(self.seed)       # JSON can't hold NumPy's integers
        self.require(isinstance(self.learning_rate, numbers.Real) and 0 < self.learning_rate < 1, "learning_rate",
                     "a number between 0 and 1")
        self.learning_rate = float(self.learning_rate)
        self.require(self.jit_compile in (True, False, "auto"), "jit_compile", "True, False or 'auto'")

    def get_config(self):
        """The constructor arguments of this model, a dict that JSON can hold."""
        names = [n for n in inspect.signature(type(self).__init__).parameters if n != "self"]
        return {n: list(v) if isinstance(v := getattr(self, n), tuple) else v for n in names}

    @contextlib.contextmanager
    def seeded(self):
        """Initial weights and Dropout made in here follow from `seed`, their dtype from `keras.config.floatx()`."""
        state, policy = random.getstate(), keras.config.dtype_policy()
        random.seed(self.seed)            # Keras draws the seeds of its layers from Python's random numbers ...
        if policy.compute_dtype == policy.variable_dtype:
            keras.config.set_dtype_policy(keras.config.floatx())      # ... and remembers the first floatx it saw
        try:
            yield
        finally:
            random.setstate(state)
            keras.config.set_dtype_policy(policy)

    # --- what goes in ----------------------------------------------------------------------------------------------

    def sample_noise(self, batch_size):
        """The noise z ~ N(0, 1) of the next turn: float (batch_size, latent_dim). A function of `seed` and `turns`.

        Raises:
            RuntimeError: in a turn that is being compiled, where every turn would get the same noise.
        """
        if being_compiled():
            raise RuntimeError("sample_noise was called in a turn that is being compiled: every turn would get the same noise. "
                               "Use the noise that train_on_batch(images, noise) is given.")
        rng = np.random.default_rng([self.seed, NOISE, self.turns])
        self.turns += 1
        return rng.standard_normal((batch_size, self.latent_dim)).astype(keras.config.floatx())

    def prepare(self, images):
        """Pictures as the networks see them: (N, *img_shape), uint8 0..255 or float in [-1, 1] -> float in [-1, 1].

        Raises:
            ValueError: if the pictures have another shape, dtype or range.
        """
        if not being_compiled():
            check_images(images, self.img_shape)
        return to_network(images)

    def compiled_turn(self):
        """`train_on_batch` as one graph, through XLA or not as `jit_compile` says."""
        return one_graph(self.train_on_batch, self.uses_xla)

    @property
    def uses_xla(self):
        """Whether the compiled turn goes through XLA: what `jit_compile` says, and for "auto" where it pays."""
        return xla_pays(self.combined) if self.jit_compile == "auto" else self.jit_compile

    # --- what comes out --------------------------------------------------------------------------------------------

    def generate(self, n, seed=None):
        """Generate pictures.

        Args:
            n: int, how many.
            seed: int >= 0; the same seed gives the same pictures. None: other pictures at each call.

        Returns:
            float32 array (n, *img_shape) in [0, 1], RGB or grey.
        """
        if not is_whole(n, 1):
            raise ValueError(f"n must be a whole number of at least 1. Received: n={n!r}")
        noise = np.random.default_rng(seed).standard_normal((n, self.latent_dim)).astype(keras.config.floatx())
        batches = [self.generator(noise[i:i + 50], training=False)
                   for i in track(range(0, n, 50), "generating", transient=True, disable=n <= 500)]
        return np.concatenate([to_pictures(batch) for batch in batches])

    def check_freeze(self, batch_sizes=(4, 3)):
        """Prove that each player trains its own network and nothing of the other's.

        Plays on random pictures, call by call and compiled, in several batch sizes, and puts everything back.

        Args:
            batch_sizes: ints, tried one after the other.

        Returns:
            A `FreezeReport` with `.ok` (bool) and a readable `str()`.
        """
        return check_freeze(self, batch_sizes)

    def save(self, path):
        """Save the model: `config.json`, `generator.weights.h5` and `discriminator.weights.h5` in the folder `path`.

        Optimizer state and the state of Dropout are in there too, so that training can go on after `load`. The folder
        appears at once, or not at all; a model that was saved there before is replaced.

        Raises:
            FileExistsError: if `path` is something else than a saved model.
        """
        checkpoint.save(self, path)

    @classmethod
    def load(cls, path):
        """Load what `save` wrote. `combined` is built anew around the loaded networks, never loaded itself.

        Raises:
            FileNotFoundError: if there is no saved model at `path`.
            ValueError: if the model there is of another class, or its files don't fit together.
        """
        return checkpoint.load(cls, path)
