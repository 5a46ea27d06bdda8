"""What every GAN of this house can do besides its game: check its arguments, draw noise, generate, save and load."""
import inspect
import math
import numbers

import keras
import numpy as np
from keras import ops
from rich.progress import track

from keras_gan import checkpoint
from keras_gan.freeze import check_freeze
from keras_gan.one_graph import being_compiled, one_graph, xla_pays
from keras_gan.pictures import grid, write_png, write_real_vs_generated
from keras_gan.pixels import check_images, to_network, to_pictures


VALUES_AT_ONCE = 500_000      # of generated pictures, for a bounded memory
NOISE = 3         # keeps these random numbers apart from those that other rooms draw with the same seed


def is_whole(number, lowest):
    """Whether something is a whole number of at least `lowest` (True and False are none)."""
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool) and number >= lowest


def generator_of(seed):
    """The `numpy.random.Generator` of a `generate(n, seed)`. Raises `ValueError` unless `seed` is None or a whole number of at least 0."""
    if seed is not None and not is_whole(seed, 0):
        raise ValueError(f"seed must be a whole number of at least 0, or None. Received: seed={seed!r}")
    return np.random.default_rng(seed)


class Game:
    """Base of all GANs. A subclass builds `generator`, `discriminator` and `combined` and plays `train_on_batch`.

    Its constructor stores every argument under the argument's own name; that is all that `save` and `load` need.

    Attributes:
        turns: int, how many turns this model has been trained. With `seed` it decides the next turn's noise.
        num_classes: int, how many classes a conditional model knows; None for all others.
        class_names: list of str, one a class, of the data it was trained on; may be empty.
    """

    recipes = {}
    turns = 0
    num_classes = None            # a whole number in conditional models
    class_names = ()

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
        self.img_shape = tuple(int(n) for n in shape)
        self.check_common_arguments()

    def check_common_arguments(self):
        """The part of `check_arguments` that is about the game, not about pictures."""
        self.require(is_whole(self.latent_dim, 1), "latent_dim", "a whole number of at least 1")
        self.require(is_whole(self.seed, 0), "seed", "a whole number of at least 0")
        self.latent_dim, self.seed = int(self.latent_dim), int(self.seed)       # JSON can't hold NumPy's integers
        self.require(isinstance(self.learning_rate, numbers.Real) and 0 < self.learning_rate < 1, "learning_rate",
                     "a number between 0 and 1")
        self.learning_rate = float(self.learning_rate)
        self.require(is_whole(self.k, 1), "k", "a whole number of at least 1")
        self.require(isinstance(self.ema_momentum, numbers.Real) and 0 <= self.ema_momentum < 1, "ema_momentum",
                     "a number from 0 (no average) up to, not including, 1")
        self.require(isinstance(self.dropout, numbers.Real) and 0 <= self.dropout < 1, "dropout",
                     "a number from 0 up to, not including, 1")
        self.k, self.ema_momentum, self.dropout = int(self.k), float(self.ema_momentum), float(self.dropout)
        for name in ("from_logits", "fakes_in_training_mode", "run_eagerly"):
            self.require(isinstance(getattr(self, name), bool), name, "True or False")
        self.require(self.jit_compile in (True, False, "auto"), "jit_compile", "True, False or 'auto'")

    def get_config(self):
        """The constructor arguments of this model, a dict that JSON can hold."""
        names = [n for n in inspect.signature(type(self).__init__).parameters if n != "self"]
        return {n: list(v) if isinstance(v := getattr(self, n), tuple) else v for n in names}

    # --- the moving average of the generator -----------------------------------------------------------------------

    def build_generator_ema(self):
        """A copy of the generator that `update_ema` lets follow it; the generator itself if `ema_momentum` is 0.

        Yasin Yazıcı et al., 2018, "The unusual effectiveness of averaging in GAN training", arXiv:1806.04498: players go round
        their equilibrium in circles, so the mean of where a player was is nearer to it than where it is.
        """
        if not self.ema_momentum:
            return self.generator
        average = self.build_generator()
        average.set_weights(self.generator.get_weights())
        return average

    def update_ema(self):
        """Let the average follow the generator by one step, statistics of BatchNormalization included."""
        if self.generator_ema is self.generator:
            return
        # In its first turns an average is of few values: otherwise the untrained weights would stay in it for long
        turns = ops.cast(self.combined.optimizer.iterations, keras.config.floatx())
        momentum = ops.minimum(self.ema_momentum, turns / (turns + 9.0))
        for average, weight in zip(self.generator_ema.weights, self.generator.weights):
            average.assign(momentum * average + (1 - momentum) * weight)

    @property
    def networks_to_save(self):
        """The networks that a saved model consists of, by name; `combined` has nothing of its own."""
        networks = {"generator": self.generator, "discriminator": self.discriminator}
        return networks if self.generator_ema is self.generator else {**networks, "generator_ema": self.generator_ema}

    @property
    def variables_to_save(self):
        """Every variable of those networks and of their optimizers, by the network's name."""
        return {name: [*network.variables, *(network.optimizer.variables if getattr(network, "optimizer", None) else ())]
                for name, network in self.networks_to_save.items()}

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
        return self.draw_noise(batch_size, rng)

    def prepare(self, images):
        """Pictures as the networks see them: (k batch, *img_shape), uint8 0..255 or float in [-1, 1] -> float in [-1, 1].

        Raises:
            ValueError: if the pictures have another shape, dtype or range, or if they aren't k batches.
        """
        if not being_compiled():
            check_images(images, self.img_shape)
        self.check_k_batches(images)
        return to_network(images)

    def check_k_batches(self, samples):
        """Raise `ValueError` unless k steps of the discriminator get a batch of one size each."""
        if samples.shape[0] % self.k:
            raise ValueError(f"A turn with k={self.k} steps of the discriminator takes k batches of one size: {self.k}, {2 * self.k}, "
                             f"{3 * self.k}, ... samples. Received: {samples.shape[0]}")

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
        return self.generate_from(self.draw_noise(n, generator_of(seed)))

    def draw_noise(self, n, rng):
        """Noise z ~ N(0, 1): float array (n, latent_dim), drawn from a `numpy.random.Generator`."""
        if not is_whole(n, 1):
            raise ValueError(f"n must be a whole number of at least 1. Received: n={n!r}")
        return rng.standard_normal((n, self.latent_dim)).astype(keras.config.floatx())

    def generate_from(self, *inputs):
        """What the generator (its moving average, if there is one) makes of its inputs, an array (n, ...) each: as `generate` returns it.

        Batch by batch, so that it takes little more memory than the result.
        """
        n, size = len(inputs[0]), max(50, VALUES_AT_ONCE // math.prod(self.img_shape))
        results = None
        for i in track(range(0, n, size), "generating", transient=True, disable=n <= 10 * size):
            batch = [array[i:i + size] for array in inputs]
            made = self.as_results(self.generator_ema(batch if len(batch) > 1 else batch[0], training=False))
            results = np.empty((n, *made.shape[1:]), made.dtype) if results is None else results
            results[i:i + size] = made
        return results

    def as_results(self, made):
        """What the generator made, in [-1, 1], as `generate` returns it: a float32 NumPy array of pictures in [0, 1]."""
        return to_pictures(made)

    def write_samples(self, path):
        """Write a sheet of 25 samples as a PNG file, always of the same noise."""
        write_png(path, grid(self.generate(25, seed=self.seed)))

    def write_beside_real(self, path, real):
        """Write real beside generated samples. `real` is a batch of the data: `(images,)`."""
        write_real_vs_generated(path, to_pictures(to_network(real[0])), self.generate(len(real[0]), seed=self.seed))

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
        """Save the model: `config.json`, `generator.weights.h5`, `discriminator.weights.h5` and their `SHA256SUMS` in the folder `path`.

        Optimizer state and the state of Dropout are in there too, so that training can go on after `load`. The folder
        appears at once, or not at all; a model that was saved there before is replaced.

        Raises:
            FileExistsError: if `path` is something else than a saved model.
            FloatingPointError: if a weight, or a number of an optimizer, is not finite.
            OSError: if it can't be written. What was at `path` before is there still.
        """
        checkpoint.save(self, path)

    @classmethod
    def load(cls, path):
        """Load what `save` wrote. `combined` is built anew around the loaded networks, never loaded itself.

        Raises:
            FileNotFoundError: if there is no saved model at `path`.
            ValueError: if the model there is of another class, or if a file of it is not as it was saved.
        """
        return checkpoint.load(cls, path)
