"""What every GAN of this house can do besides its game: check its arguments, draw noise, generate, save and load."""
import inspect
import math
import numbers
import typing

import keras
import numpy as np
from keras import ops
from keras.optimizers.schedules import ExponentialDecay
from rich.progress import track

from keras_gan.samples import drawing as pictures
from keras_gan.training import checkpoint
from keras_gan.base.arguments import complete_constructor
from keras_gan.players.freeze import check_freeze
from keras_gan.backend.one_graph import being_compiled, one_graph, xla_pays
from keras_gan.samples.checks import check_samples, is_whole
from keras_gan.samples.ranges import to_network, to_pictures


VALUES_AT_ONCE = 500_000      # of generated pictures, for a bounded memory
NOISE = 3         # keeps these random numbers apart from those that other rooms draw with the same seed


def generator_of(seed):
    """The `numpy.random.Generator` of a `generate(n, seed)`. Raises `ValueError` unless `seed` is None or a whole number of at least 0."""
    if seed is not None and not is_whole(seed, 0):
        raise ValueError(f"seed must be a whole number of at least 0, or None. Received: seed={seed!r}")
    return np.random.default_rng(seed)


class Game:
    """Base of all GANs. A subclass builds `generator`, `discriminator` and `combined` and plays `train_on_batch`.

    Its constructor stores every argument under the argument's own name; that is all that `save` and `load` need. One that ends in
    `**arguments` also takes those of the paper that it builds on (`keras_gan.arguments`).

    Samples are pictures, `img_shape` (height, width, channels), or vectors, `img_shape` (dimensions,).

    Attributes:
        turns: int, how many turns this model has been trained. With `seed` it decides the next turn's noise.
        packing: int, how many samples the discriminator judges together: 1, but in PacGAN.
        discriminator_updates: int, of the discriminator's weights in each of its k steps: 2, on real and on generated samples, or 1, on both at once.
        window: (low, high) of the axes on which vectors are drawn; None leaves it to the drawing.
        num_classes: int, how many classes a conditional model knows; None for all others.
        class_names: list of str, one a class, of the data it was trained on; may be empty.
    """

    recipes, defaults, settled = {}, {}, {}           # of constructor arguments, see keras_gan.arguments
    knows_vectors, why_no_vectors = True, ""
    turns = 0
    packing = 1
    discriminator_updates = 2
    window = None
    num_classes = None            # a whole number in conditional models
    class_names = ()

    def __init_subclass__(cls, **more):
        super().__init_subclass__(**more)
        complete_constructor(cls)

    # --- arguments -----------------------------------------------------------------------------------------------

    def require(self, ok, name, expected):
        """Raise `ValueError` naming the constructor argument `name`, what was `expected` and what it is, unless `ok`."""
        if not ok:
            raise ValueError(f"{name} must be {expected}. Received: {name}={getattr(self, name)!r}")

    def check_arguments(self):
        """Raise `ValueError` for constructor arguments that make no sense, before anything slow happens."""
        shape = self.img_shape
        expected = "(height, width, channels) with 1 (grey) or 3 (RGB) channels" + (", or (dimensions,) of vectors" if self.knows_vectors else self.why_no_vectors)
        self.require(isinstance(shape, (tuple, list)) and all(is_whole(n, 1) for n in shape)
                     and (len(shape) == 3 and shape[2] in (1, 3) or self.knows_vectors and len(shape) == 1), "img_shape", expected)
        self.img_shape = tuple(int(n) for n in shape)
        self.check_choices()
        self.require(is_whole(self.latent_dim, 1), "latent_dim", "a whole number of at least 1")
        self.require(is_whole(self.seed, 0), "seed", "a whole number of at least 0")
        self.latent_dim, self.seed = int(self.latent_dim), int(self.seed)       # JSON can't hold NumPy's integers
        self.require(isinstance(self.learning_rate, numbers.Real) and 0 < self.learning_rate < 1, "learning_rate",
                     "a number between 0 and 1")
        self.learning_rate = float(self.learning_rate)
        rate = self.generator_learning_rate
        self.require(rate is None or isinstance(rate, numbers.Real) and 0 < rate < 1, "generator_learning_rate", "a number between 0 and 1, or None")
        self.generator_learning_rate = self.learning_rate if rate is None else float(rate)
        self.require(self.half_life is None or is_whole(self.half_life, 1), "half_life", "a whole number of at least 1, or None")
        self.half_life = None if self.half_life is None else int(self.half_life)
        self.require(is_whole(self.k, 1), "k", "a whole number of at least 1")
        self.require(isinstance(self.ema_momentum, numbers.Real) and 0 <= self.ema_momentum < 1, "ema_momentum",
                     "a number from 0 (no average) up to, not including, 1")
        self.require(isinstance(self.dropout, numbers.Real) and 0 <= self.dropout < 1, "dropout",
                     "a number from 0 up to, not including, 1")
        self.k, self.ema_momentum, self.dropout = int(self.k), float(self.ema_momentum), float(self.dropout)
        self.require(self.jit_compile in (True, False, "auto"), "jit_compile", "True, False or 'auto'")

    def check_choices(self):
        """Raise `ValueError` for an argument that isn't one of those that its type names: `bool`, or `Literal["batch", "none"]`."""
        for name, parameter in inspect.signature(type(self).__init__).parameters.items():
            if parameter.annotation is bool:
                self.require(isinstance(getattr(self, name), bool), name, "True or False")
            elif typing.get_origin(parameter.annotation) is typing.Literal:
                *others, last = map(repr, typing.get_args(parameter.annotation))
                self.require(repr(getattr(self, name)) in (*others, last), name, f"{', '.join(others)} or {last}")

    def get_config(self):
        """The constructor arguments of this model, a dict that JSON can hold."""
        names = [n for n in inspect.signature(type(self).__init__).parameters if n != "self"]
        return {n: list(v) if isinstance(v := getattr(self, n), tuple) else v for n in names}

    def learning_rate_of(self, player):
        """The learning rate of a player's optimizer, "discriminator" or "generator": a float, or with `half_life` a schedule."""
        rate, updates = (self.learning_rate, self.k * self.discriminator_updates) if player == "discriminator" else (self.generator_learning_rate, 1)
        return rate if self.half_life is None else ExponentialDecay(rate, updates * self.half_life, 0.5)

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
        rest = 1 - momentum
        for average, weight in zip(self.generator_ema.weights, self.generator.weights):
            average.assign(momentum * average + rest * weight)

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

    @property
    def noise_columns(self):
        """What the columns of a turn's noise are, a dict of numbers by name."""
        return {"z": self.latent_dim}

    def check_noise(self, noise, n):
        """The noise of a turn with n samples, (n, columns of `noise_columns`), as somebody gives it.

        Raises:
            ValueError: if it has another shape, or isn't an array at all.
        """
        expected = (n, sum(self.noise_columns.values()))
        if tuple(getattr(noise, "shape", ())) != expected:
            columns = ", ".join(f"{number} of {name}" for name, number in self.noise_columns.items())
            given = f"shape {tuple(noise.shape)}" if hasattr(noise, "shape") else f"a {type(noise).__name__}"
            raise ValueError(f"noise must be an array {expected}: a row a sample, with {columns}. Received: {given}")
        return noise

    @property
    def makes_pictures(self):
        """Whether samples are pictures, not vectors."""
        return len(self.img_shape) == 3

    def prepare(self, images):
        """Samples as the networks see them: pictures (k batch, *img_shape), uint8 0..255 or float in [-1, 1] -> float in [-1, 1]; vectors as they are.

        Raises:
            ValueError: if they have another shape, dtype or range, or if they aren't k batches.
        """
        if not being_compiled():
            check_samples(images, self.img_shape)
            images = images if hasattr(images, "shape") else np.asarray(images)
        self.check_k_batches(images)
        return to_network(images) if self.makes_pictures else ops.convert_to_tensor(images, keras.config.floatx())

    def check_k_batches(self, samples):
        """Raise `ValueError` unless k steps of the discriminator get a batch of one size each, and whole packs."""
        least = self.k * self.packing
        if samples.shape[0] % least:
            packs = f" of whole packs of {self.packing}" if self.packing > 1 else ""
            raise ValueError(f"A turn with k={self.k} steps of the discriminator takes k batches of one size{packs}: {least}, {2 * least}, "
                             f"{3 * least}, ... samples. Received: {samples.shape[0]}")

    def compiled_turn(self):
        """`train_on_batch` as one graph, through XLA or not as `jit_compile` says."""
        return one_graph(self.train_on_batch, self.uses_xla)

    @property
    def uses_xla(self):
        """Whether the compiled turn goes through XLA: what `jit_compile` says, and for "auto" where it pays."""
        return xla_pays(self.combined) if self.jit_compile == "auto" else self.jit_compile

    # --- what comes out --------------------------------------------------------------------------------------------

    def generate(self, n, seed=None):
        """Generate samples.

        Args:
            n: int, how many.
            seed: int >= 0; the same seed gives the same samples. None: others at each call.

        Returns:
            Of pictures a float32 array (n, *img_shape) in [0, 1], RGB or grey; of vectors a float array (n, dimensions), in the data's own units.
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
        """What the generator made as `generate` returns it, a NumPy array: pictures from [-1, 1] to float32 in [0, 1], vectors as they are."""
        return to_pictures(made) if self.makes_pictures else ops.convert_to_numpy(made)

    def write_samples(self, path):
        """Write a sheet of 25 pictures, or a picture of 1,000 vectors, as a PNG file, always of the same noise."""
        if self.makes_pictures:
            pictures.write_png(path, pictures.grid(self.generate(25, seed=self.seed)))
        else:
            pictures.write_vectors(path, {f"turn {self.turns}": self.generate(1000, seed=self.seed)}, self.window)

    def write_beside_real(self, path, real):
        """Write real beside generated samples. `real` is a batch of the data: `(images,)`."""
        real, generated = real[0], self.generate(len(real[0]), seed=self.seed)
        if self.makes_pictures:
            pictures.write_real_vs_generated(path, to_pictures(to_network(real)), generated)
        else:
            pictures.write_vectors(path, {"real": real, "generated": generated}, self.window)

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
