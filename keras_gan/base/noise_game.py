"""Games in which a generator makes samples out of noise, and a discriminator judges
them."""
import math
import numbers
from typing import Literal

from keras import Input, Model
from keras.metrics import BinaryAccuracy, MeanMetricWrapper

from keras_gan import networks
from keras_gan.backend.one_graph import being_compiled
from keras_gan.base.game import Game
from keras_gan.base.generating import Generating
from keras_gan.base.judging import Judging, probability, probability_of_logits
from keras_gan.base.options import options
from keras_gan.layers.penalties import R1
from keras_gan.layers.units import Units


@options
class NoiseGame(Generating, Judging, Game):
    """Base of the games of `gan.py`: its options, and how its networks are built.

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
    """

    latent_dim: int = 100
    """Length of the noise vector z."""
    generator_learning_rate: float | None = None
    """Of the generator's optimizer, if it is another one (Martin Heusel et al., 2017,
    arXiv:1706.08500). None: the same."""
    betas: tuple[float, float] = (0.5, 0.999)
    """β1 and β2 of Adam (arXiv:1412.6980): how long it remembers gradients, and their
    squares."""
    joint_step: bool = False
    """True: the discriminator moves once for the real and the generated batch, by the
    mean of both gradients (algorithm 1 of the first paper). False: once for each, as in
    Keras-GAN. Near the equilibrium the gradients nearly cancel, and the rest is the
    way. In two moves Adam makes both equally long first."""
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
    r1_interval: int = 1
    """Turns from one R1 to the next. It then counts as many times. (Tero Karras et al.,
    2019, arXiv:1912.04958, section 3.1: 16 cost hardly more than none, and did as
    well.)"""
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
        betas = self.betas
        self.require(isinstance(betas, (tuple, list)) and len(betas) == 2
                     and all(isinstance(b, numbers.Real) and 0 <= b < 1 for b in betas), "betas",
                     "two numbers from 0 up to, not including, 1: (0.5, 0.999)")
        self.betas = tuple(map(float, betas))
        self.require_whole("r1_interval", 1)
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
        optimizer = self.discriminator.optimizer
        penalised = R1(self.discriminator, self.r1_gamma, self.r1_interval,
                       lambda: optimizer.iterations // (
                           1 if self.joint_step else self.updates_of_discriminator))
        model = Model(inputs, penalised(inputs),
                      name="discriminator_on_real")
        return self.compiled(model, self.build_discriminator_loss(), optimizer,
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

    def meet(self, data):
        """As `Game.meet`. With `standardize` the first data set the units."""
        super().meet(data)
        if self.standardize and not self.units.fitted:
            self.units.fit(data.all_or_some())

    def to_network(self, images):
        """Samples as the networks see them, unchecked: see `prepare`."""
        return self.units(images) if self.standardize else super().to_network(images)
