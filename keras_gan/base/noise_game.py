"""Games in which a generator makes samples out of noise, and a discriminator judges
them."""
import math
from typing import Literal

import keras
import numpy as np
from keras import Input, Model, ops
from keras.metrics import BinaryAccuracy, MeanMetricWrapper
from keras.saving import register_keras_serializable

from keras_gan import networks
from keras_gan.backend.one_graph import being_compiled
from keras_gan.base.batchwise import batchwise
from keras_gan.base.game import Game
from keras_gan.base.options import options
from keras_gan.layers.penalties import R1
from keras_gan.layers.units import Units
from keras_gan.samples import drawing
from keras_gan.samples.advice import advice_on_line
from keras_gan.samples.checks import is_whole
from keras_gan.samples.ranges import to_network, to_numpy, to_pictures

VALUES_AT_ONCE = 500_000      # of generated pictures, for a bounded memory
JUDGED_AT_ONCE = 256          # samples
TINY = 1e-30


@register_keras_serializable("keras_gan")
def probability(truth, validity):
    """What a discriminator says that ends in a sigmoid. Both (batch, 1), or patches."""
    return validity


@register_keras_serializable("keras_gan")
def probability_of_logits(truth, validity):
    """What a discriminator says that ends in logits, as a probability. Both (batch,
    1)."""
    return ops.sigmoid(validity)


def generator_of(seed):
    """The `numpy.random.Generator` of a `generate(n, seed)`; None gives another at each
    call.

    Raises:
        ValueError: unless `seed` is None or a whole number of at least 0.
    """
    if seed is not None and not is_whole(seed, 0):
        raise ValueError(f"seed must be a whole number of at least 0, or None. "
                         f"Received: seed={seed!r}")
    return np.random.default_rng(seed)


@options
class NoiseGame(Game):
    """Base of the games of `gan.py`: its options, and what comes out of the generator.

    Samples are pictures, `img_shape` (height, width, channels), signals, (length,
    channels), or vectors, (dimensions,). Pictures come out as float32 in [0, 1], the
    others in the data's own units.

    Attributes:
        own_networks: what `networks` calls the architecture in the paper's own file.
        convolutional: bool, whether that one is convolutional.
        updates_of_discriminator: int, steps of its optimizer for each of the k batches:
            2, on real and on generated samples, or 1, on both at once.
        judges_patches: bool, whether a discriminator may say a number for each patch of
            a picture, (batch, rows, columns, 1).
        window: (low, high) of the axes on which vectors are drawn; None leaves it open.
    """

    latent_dim: int = 100
    """Length of the noise vector z."""
    generator_learning_rate: float | None = None
    """Of the generator's optimizer, if it is another one (Martin Heusel et al., 2017,
    arXiv:1706.08500). None: the same."""
    from_logits: bool = False
    """True lets the discriminator end without sigmoid; the loss applies it. The
    mathematics is the same, but a sigmoid that has rounded to 0 or 1 has no gradient
    left."""
    generator_loss: Literal["non_saturating", "saturating"] = "non_saturating"
    """What the generator minimises. "non_saturating": -log D(G(z)). "saturating": log(1
    - D(G(z))), as in equation 1. That one has hardly a gradient while the discriminator
    still recognises every generated sample."""
    r1_gamma: float = 0.0
    """Weight γ of R1, a penalty on the discriminator's gradient at real samples (see
    keras_gan/layers/penalties.py). 0: none. It takes from_logits=True, and a
    discriminator without BatchNormalization."""
    dropout: float = 0.5
    """Share of activations that Dropout drops in a discriminator that has it."""
    fakes_in_training_mode: bool = False
    """True makes the discriminator's fakes with the statistics of the batch, as the
    generator's own step does. False makes them with moving averages, as Keras-GAN's
    `predict` did."""
    label_smoothing: float = 0.0
    """One-sided (Tim Salimans et al., 2016, arXiv:1606.03498, section 3.4): the
    discriminator's target for real samples is 1 - label_smoothing, .9 say, so that it
    is never quite sure. At its best it then says (1 - label_smoothing) p / (p + q)."""
    generator_weight_decay: float = 0.0
    """Share of each weight of the generator (not of its biases) that its optimizer
    subtracts in a step, times the learning rate (Ilya Loshchilov, Frank Hutter, 2017,
    arXiv:1711.05101). 0: none."""
    standardize: bool = False
    """Of vectors and signals: True lets the networks see them less their mean and
    divided by their standard deviation, column by column. Both are those of the first
    data that the model is trained on. `generate` gives the data's own units back."""

    shows = ["generator"]
    draws = {"z": 3}
    updates_of_discriminator, judges_patches = 2, False
    window = None

    def __post_init__(self):
        super().__post_init__()
        if self.standardize:
            self.units = Units(self.img_shape[-1])

    @property
    def keeps(self):
        """Layers with a state of their own that a run must not lose."""
        return ["units"] if self.standardize else []

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.check_layers()
        self.require_whole("latent_dim", 1)
        if self.generator_learning_rate is None:
            self.generator_learning_rate = self.learning_rate
        self.require_number("generator_learning_rate", lambda rate: 0 < rate < 1,
                            "a number between 0 and 1, or None")
        for name in ("generator_weight_decay", "r1_gamma"):
            self.require_number(name, lambda weight: weight >= 0, "a number of at least 0")
        self.require_number("dropout", lambda share: 0 <= share < 1,
                            "a number from 0 up to, not including, 1")
        self.require_number("label_smoothing", lambda share: 0 <= share < 1,
                            "a number from 0 up to, not including, 1")
        self.require(not (self.standardize and self.makes_pictures), "standardize",
                     "False for pictures, which are uint8 0..255 or in [-1, 1]")
        self.require(self.from_logits or not self.r1_gamma, "from_logits",
                     "True where there is a penalty on the logit's gradient (r1_gamma)")

    @classmethod
    def changed(cls, parameters, changes):
        """As in `Options`. A generator that learned at the discriminator's rate does so
        on."""
        if parameters.get("generator_learning_rate") == parameters.get("learning_rate"):
            changes = {"generator_learning_rate": changes.get("learning_rate"), **changes} \
                if "learning_rate" in changes else changes
        return super().changed(parameters, changes)

    def check_layers(self):
        """Raise `ValueError` where a class has layers, and others are chosen."""
        if self.networks == self.own_networks:
            return
        for part in type(self).__mro__:
            if "own_networks" in vars(part):
                break
            own = sorted({"generator_layers", "discriminator_layers"} & vars(part).keys())
            self.require(not own, "networks",
                         f"{self.own_networks!r} where {part.__name__} has its own "
                         f"{' and '.join(own)}, which other networks would pass over")

    @property
    def penalises_slope(self):
        """Whether the discriminator pays for its own gradient at each sample."""
        return self.r1_gamma > 0

    @property
    def undecided_loss(self):
        """The discriminator's loss when it can't tell real from generated, in nats.

        It says α/2 then, α being the target of real samples: without label smoothing
        that is 1/2, and the loss log 2.
        """
        said = (1 - self.label_smoothing) / 2
        return -(said * math.log(said) + (1 - said) * math.log(1 - said))

    def check_networks(self):
        """Raise `ValueError` for networks that this game can't be played with."""
        super().check_networks()
        said = self.discriminator.output_shape
        said = said[0] if isinstance(said, list) else said
        if said != (None, 1) and (self.penalises_slope or not self.judges_patches):
            raise ValueError(f"build_discriminator of {type(self).__name__} must return a model "
                             f"that says one number a sample, (batch, 1). Received: {said}")

    # --- networks ---------------------------------------------------------------------

    @property
    def architecture(self):
        """Where `generator_layers` and `discriminator_layers` stand.

        In the paper's own file, or in the file of `keras_gan/networks` that `networks`
        names.
        """
        return type(self) if self.networks == self.own_networks else networks.named(self.networks)

    @property
    def axes(self):
        """How many axes a sample may have: 3, pictures; 2, signals; 1, vectors."""
        return self.architecture.sample_axes

    def build_discriminator_on_real(self):
        """The discriminator as it is trained on real samples: with R1, that costs a
        penalty too.

        From the same inputs to the same outputs, and by the same optimizer. Without R1
        it is the discriminator itself.
        """
        if not self.r1_gamma:
            return self.discriminator
        inputs = [Input(x.shape[1:], dtype=x.dtype) for x in self.discriminator.inputs]
        inputs = inputs if len(inputs) > 1 else inputs[0]
        model = Model(inputs, R1(self.discriminator, self.r1_gamma)(inputs),
                      name="discriminator_on_real")
        return self.compiled(model, self.build_discriminator_loss(), self.discriminator.optimizer,
                             self.build_metrics())

    def build_metrics(self):
        """What the discriminator reports about a batch besides its loss.

        `accuracy`, and `validity`: what it says, as a probability of being real.
        `train_on_batch` takes them by these names.
        """
        said = probability_of_logits if self.from_logits else probability
        undecided = (1 - self.label_smoothing) / 2
        threshold = math.log(undecided / (1 - undecided)) if self.from_logits else undecided
        return [BinaryAccuracy(name="accuracy", threshold=threshold),
                MeanMetricWrapper(said, name="validity")]

    def build_copy(self, name):
        """Another network of the architecture of `name`.

        By the method `build_NAME`, if there is one: it may then hold any layers, also
        those that Keras couldn't clone.
        """
        build = getattr(self, f"build_{name}", None)
        return build() if build else super().build_copy(name)

    def learning_rate_of(self, player):
        """Of the "discriminator" or the "generator", as an optimizer takes it."""
        if player == "discriminator":
            return self.falling(self.learning_rate, self.k * self.updates_of_discriminator)
        return self.falling(self.generator_learning_rate)

    # --- samples go in ----------------------------------------------------------------

    def prepare(self, images):
        """As `Game.prepare`. With `standardize` the first samples set the units."""
        if self.standardize and not being_compiled() and not self.units.fitted:
            images = self.takes["images"].checked(images)
            self.check_k_batches(images)
            self.units.fit(images)
        return super().prepare(images)

    def to_network(self, images):
        """Samples as the networks see them, unchecked: see `prepare`."""
        return self.units(images) if self.standardize else super().to_network(images)

    def probability(self, truth, validity):
        """The validity that D says, as a probability of being real. Both (batch, 1)."""
        said = probability_of_logits if self.from_logits else probability
        return said(truth, validity)

    def judge(self, samples, *labels):
        """D's validity (batch, 1) of samples as the networks see them, in inference.

        A discriminator of several heads says it with the first.
        """
        said = self.discriminator([samples, *labels] if labels else samples, training=False)
        return said[0] if isinstance(said, list) else said

    def discriminate(self, images, labels=None):
        """Ask the discriminator about samples, real or generated.

        Args:
            images: as for `train_on_batch`, any number n of them (with packing whole
                packs). What `generate` made of pictures is in [0, 1]: pass
                2 * pictures - 1.
            labels: their classes, (n,), of a model whose discriminator is told them.

        Returns:
            float32 array (n,): how likely each is real, from 0 to 1. A critic gives
            scores, more is more real. With packing one a pack.

        Raises:
            ValueError: if they don't fit.
        """
        arrays = [self.takes["images"].checked(images)]
        if len(images) % self.packing:
            raise ValueError(f"images must be whole packs of {self.packing}. "
                             f"Received: {len(images)}")
        if labels is not None:
            if "labels" not in self.takes:
                raise ValueError(f"{type(self).__name__} knows no classes. Received: labels")
            arrays.append(self.takes["labels"].checked(labels, len(images)))

        def ask(images, *labels):
            validity = self.judge(self.to_network(images), *map(ops.convert_to_tensor, labels))
            said = ops.convert_to_numpy(self.probability(None, validity)).astype("float32")
            return said.reshape(len(said), -1).mean(axis=1)                # of patches their mean

        return batchwise(ask, arrays, JUDGED_AT_ONCE, "judging", self.packing)

    # --- noise goes in, samples come out ----------------------------------------------

    def draw_noise(self, n, rng):
        """Noise z ~ N(0, 1) from a `numpy.random.Generator`: float array (n,
        latent_dim)."""
        if not is_whole(n, 1):
            raise ValueError(f"n must be a whole number of at least 1. Received: n={n!r}")
        return rng.standard_normal((n, self.latent_dim)).astype(keras.config.floatx())

    def draw_z(self, n, rng):
        """The noise of a turn with n samples."""
        return self.draw_noise(n, rng)

    def generate(self, n, seed=None):
        """Generate samples.

        Args:
            n: int, how many.
            seed: int >= 0; the same seed gives the same samples. None: others at each
                call.

        Returns:
            float array (n, *img_shape): pictures as float32 in [0, 1], vectors and
            signals in the data's own units.
        """
        return self.generate_from(self.draw_noise(n, generator_of(seed)))

    def generate_from(self, *inputs):
        """What the generator (its average, if there is one) makes of its inputs.

        Args:
            inputs: an array (n, ...) for each input of the generator.

        Returns:
            As `generate`. It is made batch by batch, so that it takes little more
            memory than the result.

        Raises:
            ValueError: if they don't fit.
        """
        self.check_inputs(inputs)

        def make(*batch):
            batch = batch if len(batch) > 1 else batch[0]
            made = self.generator_ema(batch, training=False)
            if self.makes_pictures:
                return to_pictures(made)
            made = to_numpy(made)
            return self.units.invert(made) if self.standardize else made

        size = max(50, VALUES_AT_ONCE // math.prod(self.img_shape))
        return batchwise(make, inputs, size, "generating")

    def check_inputs(self, inputs):
        """Raise `ValueError` unless there is an array (n, ...) for each input of the
        generator.

        (A subclass of `keras.Model` doesn't say what its inputs are.)
        """
        wanted = [tuple(x.shape[1:]) for x in getattr(self.generator_ema, "inputs", None) or ()]
        shapes = [tuple(np.shape(array)) for array in inputs]
        fit = [made[1:] == one or (*made, 1)[1:] == one for made, one in zip(shapes, wanted)]
        if not wanted or (len(shapes) == len(wanted) and all(fit)
                          and len({shape[:1] for shape in shapes}) == 1 and shapes[0][0]):
            return
        names = ["z", "labels" if "labels" in self.takes else "others"][:len(wanted)]
        expected = ", ".join(f"{name} (n, {', '.join(map(str, shape))})"
                             for name, shape in zip(names, wanted))
        advice = " ".join(advice_on_line(name, made, one) for name, made, one, fits
                          in zip(names, shapes, wanted, fit) if not fits)
        raise ValueError(f"generate_from must get {expected}, of one n. Received: "
                         f"{', '.join(map(str, shapes)) or 'nothing'}. {advice}".rstrip())

    def interpolate(self, z0, z1, n, *others):
        """Walk from one sample to another, on the sphere on which noise lies.

        Tom White, 2016, arXiv:1609.04468, section 2.1: noise of many dimensions is
        hardly ever near 0, where a straight line between two of its points leads.

        Args:
            z0, z1: (latent_dim,), where the walk begins and ends; `draw_noise` makes
                such.
            n: int, at least 2, samples on the way, with both ends.
            others: what the generator takes besides noise, an array (n, ...) each.

        Returns:
            As `generate`, n samples.

        Raises:
            ValueError: for noise of another shape, or for n < 2.
        """
        return self.generate_from(self.walk(z0, z1, n), *others)

    def walk(self, z0, z1, n):
        """The noise of `interpolate`: float array (n, latent_dim)."""
        z0, z1 = (np.asarray(z, "float64") for z in (z0, z1))
        if not z0.shape == z1.shape == (self.latent_dim,) or not is_whole(n, 2):
            raise ValueError(f"z0 and z1 must be of shape ({self.latent_dim},), and n at least 2. "
                             f"Received: {z0.shape}, {z1.shape}, n={n!r}. z0, z1 = "
                             "gan.draw_noise(2, numpy.random.default_rng(0))")
        return spherical(z0, z1, n).astype(keras.config.floatx())

    def meet(self, data):
        """Note names of classes, axes on which vectors are drawn, and units."""
        super().meet(data)
        self.window = data.window
        if self.standardize and not self.units.fitted:
            self.units.fit(data.all_or_some())

    def write_samples(self, path):
        """Write a sheet of 25 pictures or signals, or a picture of 1,000 vectors.

        They are always made from the same noise."""
        if self.makes_pictures:
            drawing.write_png(path, drawing.grid(self.generate(25, seed=self.seed),
                                                  bands=self.bands))
        else:
            n = 25 if len(self.img_shape) == 2 else 1000
            self.draw(path, {f"turn {self.turns}": self.generate(n, seed=self.seed)})

    def draw(self, path, samples):
        """Write a picture of vectors or signals, a dict of arrays by their titles."""
        draw = drawing.write_signals if len(self.img_shape) == 2 else drawing.write_vectors
        draw(path, samples, self.window)

    def write_beside_real(self, path, real):
        """Write real beside generated samples. `real` is a batch of the data, a tuple
        of arrays."""
        real, generated = real[0], self.generate(len(real[0]), seed=self.seed)
        if self.makes_pictures:
            drawing.write_real_vs_generated(path, to_pictures(to_network(real)), generated,
                                            bands=self.bands)
        else:
            self.draw(path, {"real": real, "generated": generated})


def spherical(z0, z1, n):
    """n points from z0 to z1, (dimensions,) each, at equal angles: (n, dimensions)."""
    t = np.linspace(0, 1, n)[:, None]
    cosine = z0 @ z1 / max(np.linalg.norm(z0) * np.linalg.norm(z1), TINY)
    angle = np.arccos(np.clip(cosine, -1, 1))
    if np.sin(angle) < 1e-4:                   # on one line there is no plane to turn in
        return (1 - t) * z0 + t * z1
    return (np.sin((1 - t) * angle) * z0 + np.sin(t * angle) * z1) / np.sin(angle)
