"""What every game can do besides its turn: be built, trained, checked and saved."""
import abc
import functools
from typing import Literal

import keras
from keras.optimizers.schedules import ExponentialDecay

from keras_gan.backend.one_graph import one_graph, xla_pays
from keras_gan.base.average import Averages
from keras_gan.base.named import Named
from keras_gan.base.options import Options, options
from keras_gan.base.seeding import seeded_layers, warn_of_half_precision
from keras_gan.base.turns import Turns
from keras_gan.players.ends import remarks
from keras_gan.players.freeze import check_freeze
from keras_gan.players.player import as_player, functional
from keras_gan.players.traced import same, traced_from
from keras_gan.samples.checks import is_whole
from keras_gan.samples.drawing import check_bands
from keras_gan.samples.kinds import Samples
from keras_gan.training import checkpoint, memory
from keras_gan.training.data import open_data
from keras_gan.training.plan import Plan
from keras_gan.training.run import TrainingRun

AXES = {3: "(height, width, channels) of pictures", 2: "(length, channels) of signals",
        1: "(dimensions,) of vectors"}          # of a sample, by their number


@options
class Game(Named, Averages, Turns, Options, abc.ABC):
    """Base of all models. A paper builds its networks and plays `train_on_batch`.

    It says by names what it has, see `Named`.

    Attributes:
        undecided_loss: float, `d_loss` of a discriminator that can't tell; None if
            nobody knows it.
        packing: int, how many samples the discriminator judges together.
        makes_its_data: bool, whether `train` takes no data.
        num_classes: int, of a model that knows classes; None for all others.
        class_names: list of str, one a class, of the data it was trained on; may be
            empty.
        axes: tuple of int, how many axes a sample of this game may have: 3, pictures;
            2, signals; 1, vectors.
        other_axes: str, what else somebody could choose to get other ones.
        made_at_once: int, samples that a sheet makes at once.
        stage: int, see `Stages`.
    """

    img_shape: tuple[int, ...] = (28, 28, 1)
    """(height, width, channels) of pictures: 1 channel is grey, 3 are RGB, 4 RGB and
    alpha; any number is fine. (length, channels) of signals and (dimensions,) of
    vectors, in models that know them."""
    learning_rate: float = 2e-4
    """Of the optimizers."""
    half_life: int | None = None
    """Turns in which the learning rates fall by half, again and again, so that players
    who circle around their equilibrium come to rest there. None: they stay as they
    are."""
    k: int = 1
    """Steps of the discriminator in a turn, each on a fresh batch, before one step of
    the generator (n_critic in the Wasserstein papers)."""
    accumulate: int = 1
    """Equal parts in which a batch is computed, one after the other, before a step is
    taken by the mean of their gradients. So a batch may be larger than the memory for
    its gradients. What looks at a batch, such as BatchNormalization, sees the part."""
    ema_momentum: float = 0.0
    """Momentum of the moving average of the generator's weights, which is what people
    are then shown. 0: no average."""
    seed: int = 0
    """A whole number. Initial weights, noise, Dropout and the order of the pictures
    follow from it."""
    recipe: str = "classic"
    """A named set of arguments. "classic" is the defaults."""
    run_eagerly: bool = False
    """True plays every move call by call, so that a debugger can look at it. False
    compiles the turn. With XLA (`jit_compile`) Keras's own Dropout then draws others
    than call by call, so that it is another run; with jit_compile=False it is the
    same."""
    bands: tuple[int, ...] | None = None
    """Of pictures: the channels, counted from 0, that sheets show: three, as red, green
    and blue, or one, grey. None: one channel grey, three RGB, four RGB and alpha on a
    checkerboard, of others the first three."""
    jit_compile: bool | Literal["auto"] = "auto"
    """True compiles with XLA, False without it, "auto" with XLA where it was measured
    to pay."""

    kept = None                                 # the compiled turn, and what it was traced from
    undecided_loss = None
    packing, makes_its_data = 1, False
    num_classes, class_names = None, ()
    axes, other_axes = (3,), ""
    made_at_once, stage = 25, 0

    def __post_init__(self):
        self.take_recipe()
        self.check_arguments()
        warn_of_half_precision()
        with seeded_layers(self.seed), memory.for_networks():
            self.build()
            self.check_networks()
            self.build_averages()
        for network in {**self.players, **self.averages}.values():
            # With the layers of networks inside it, which are what one came for
            network.summary = functools.partial(type(network).summary, network, expand_nested=True)
        self.settled = True

    @abc.abstractmethod
    def build(self):
        """Build and compile the models that `trains` names."""

    def compiled(self, model, loss, optimizer, metrics=None, **how):
        """The `keras.Model`, compiled so that its `train_on_batch` can be a move in a
        compiled turn.

        Args:
            model: functional or sequential `keras.Model`; also a subclassed one, if it
                takes pictures alone.
            loss, optimizer, metrics, how: as for `keras.Model.compile`.
        """
        model = as_player(functional(model, keras.Input(self.img_shape)))
        model.parts = self.accumulate
        of_one = metrics is not None and not isinstance(loss, (list, tuple, dict))
        if of_one and len(model.outputs) != 1:
            raise ValueError(f"{model.name} must have one output, as there is one loss. For "
                             "several return a list of losses and a list of metrics, an entry an "
                             "output, and give train_on_batch as many targets. Received: "
                             f"{len(model.outputs)} outputs, {model.output_shape}")
        model.compile(optimizer=optimizer, loss=loss, metrics=metrics,
                      run_eagerly=self.run_eagerly, jit_compile=self.jit_compile, **how)
        return model

    def check_networks(self):
        """Make each network functional."""
        for name, network in self.players.items():
            if not getattr(network, "inputs", None):          # subclassed: combined has called it
                given = network._inbound_nodes[0].input_tensors
                setattr(self, name, functional(network, given if len(given) > 1 else given[0]))

    @property
    def takes(self):
        """What one batch of the data is: the kind of each array, by the name of the
        argument."""
        return {"images": Samples(self.img_shape)}

    # --- arguments --------------------------------------------------------------------

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense, before anything slow
        happens."""
        self.check_choices()
        shape = self.img_shape
        whole = isinstance(shape, (tuple, list)) and all(is_whole(n, 1) for n in shape)
        expected = ", or ".join(AXES[n] for n in self.axes) + self.other_axes
        if 3 in self.axes and (is_whole(shape, 1) or (whole and len(shape) == 2)):
            height, width = shape if whole else (shape, shape)
            expected += f". In RGB: img_shape=({height}, {width}, 3); grey: ({height}, {width}, 1)"
        self.require(whole and len(shape) in self.axes, "img_shape", expected)
        self.img_shape = tuple(int(n) for n in shape)
        self.require(self.bands is None or self.makes_pictures, "bands",
                     "None for samples that aren't pictures")
        self.bands = check_bands(self.bands, self.img_shape[-1])
        self.require_whole("seed", 0)
        self.require_whole("k", 1)
        self.require_whole("accumulate", 1)
        if self.half_life is not None:
            self.require(is_whole(self.half_life, 1), "half_life",
                         "a whole number of at least 1, or None")
            self.half_life = int(self.half_life)
        self.require_number("learning_rate", lambda rate: 0 < rate < 1, "a number between 0 and 1")
        self.require_number("ema_momentum", lambda momentum: 0 <= momentum < 1,
                            "a number from 0 (no average) up to, not including, 1")
        self.require(self.jit_compile in (True, False, "auto"), "jit_compile",
                     "True, False or 'auto'")

    @property
    def read_anew(self):
        """Arguments that may be set after the model is built. A rate that falls does so
        by k steps a turn."""
        return ("bands", "seed", *(("k",) if self.half_life is None else ()))

    def falling(self, learning_rate, updates=1):
        """A learning rate as an optimizer takes it: with `half_life` one that falls.

        Args:
            learning_rate: float, at the start.
            updates: int, steps of the optimizer in a turn.
        """
        if self.half_life is None:
            return learning_rate
        return ExponentialDecay(learning_rate, updates * self.half_life, 0.5)

    # --- a turn, and many -------------------------------------------------------------

    @abc.abstractmethod
    def train_on_batch(self, *batch, random=None):
        """One turn of the game.

        Args:
            batch: the arrays that `takes` names, k batches each.
            random: dict of the arrays that `draws` names; None draws them.

        Returns:
            dict of floats, by the names in `logs`.
        """

    def train(self, images, steps: int = 10_000, batch_size: int = 32, run_dir: str | None = None,
              sample_interval: int = 500, checkpoint_interval: int = 500, keep_last: int = 3,
              keep_every: int | None = None, resume: bool = False, flip: bool = False,
              if_not_finite: Literal["stop", "go_back"] = "stop",
              if_write_fails: Literal["stop", "go_on"] = "stop", balanced: bool = False,
              labels=None, minutes: float | None = None):
        """Play many turns, compiled as one graph (or call by call with
        `run_eagerly=True`).

        Args:
            images: array (N, *img_shape), uint8 0..255 or float in [-1, 1], also one
                that is memory-mapped or lies in a file of h5py; or what
                `data_loaders.load_data` (of a model of two domains: `load_domains`)
                returns; or a `tf.data.Dataset` or `keras.utils.PyDataset` of batches.
                Of vectors also a table of numbers (pandas, polars), or a distribution,
                such as `keras_gan.evaluation.ring()`, with `sample(n, rng)`: every
                batch of it is fresh.
            steps: turns of this call; with `resume`, of the whole run.
            batch_size: samples a step of the discriminator; a turn takes k batches. A
                Dataset brings its own batches, of k·n samples, for any n. Others are
                left out, as the last one of an epoch may be; as the first one they are
                an error.
            run_dir: folder for pictures, losses, checkpoints and model. None writes
                nothing.
            sample_interval: steps between two sample sheets.
            checkpoint_interval: steps between two checkpoints.
            keep_last: how many checkpoints are kept: the last ones.
            keep_every: steps between two checkpoints that are kept for ever, a multiple
                of checkpoint_interval. None keeps none for ever.
            resume: go on with the run in `run_dir`, from its newest whole checkpoint.
            flip: mirror every other picture, at random.
            if_not_finite: what happens when a loss or weight is no longer finite.
                "stop" stops. "go_back" goes back to the last checkpoint and plays on
                from there with other random numbers, and other batches of an array; at
                most three times in a row.
            if_write_fails: what happens when a checkpoint or picture can't be written,
                because the disk is full, say. "stop" stops, "go_on" goes on without.
            balanced: draw every class equally often, however many pictures it has:
                those of a small class are seen oftener, and the model learns classes
                that are equally likely. For arrays with `labels` and folders with
                classes, also in a model that knows no classes.
            labels: ints (N,), of a model that knows classes: the classes of an array of
                images. What `load_data` returns has its own.
            minutes: of this call, after which the turn is finished, everything is
                written, and the run ends, as if Ctrl-C had been pressed; or with its
                last step, where that comes first. None: there is no clock.

        Returns:
            history, a dict of lists: step, and all that `train_on_batch` returns.

        Raises:
            ValueError: for data or arguments that don't fit, also for those of a resume
                that differ from the run's.
            FileExistsError: if `run_dir` holds a run already and `resume` is False, or
                if another process trains in it.
            MemoryError: if a turn doesn't fit into memory; the message names the
                largest batch size that does.
            FloatingPointError: if a loss is no longer finite. What was saved before is
                whole.
            OSError: if something can't be written. What was written before is whole.
        """
        plan = Plan(steps, batch_size, run_dir, sample_interval, checkpoint_interval, keep_last,
                    keep_every, resume, flip, if_not_finite, if_write_fails, balanced, minutes)
        data = open_data(self, images, labels, plan)
        turn, stage = None, None
        with TrainingRun(self, data, plan) as run:
            for batch in run.batches():                    # the arrays that `takes` names
                random = self.random_numbers(len(batch[0]))
                if self.stage != stage:                    # of most games there is one
                    if stage is not None:
                        run.say(self.news)
                    turn = self.train_on_batch if self.run_eagerly else self.compiled_turn()
                    stage = self.stage
                run.log(turn(*batch, random))

                # At an interval, save all that training needs to go on, or a sheet of
                # samples
                if run.step % checkpoint_interval == 0:
                    run.save_checkpoint()
                if run.step % sample_interval == 0:
                    run.save_samples()
        return run.history

    def compiled_turn(self):
        """`train_on_batch` as one graph, through XLA or not as `jit_compile` says.

        It is kept for the next call of `train`, as long as all that it was traced from
        is as it was: models, optimizers and what they were compiled with, flags and
        numbers of their layers, the methods of this object.
        """
        now = traced_from(self)
        if self.kept is None or not same(now, self.kept[0]):
            turn = one_graph(self.train_on_batch, self.uses_xla,
                             single_kernels=self.jit_compile is not False)
            self.kept = now, turn
        return self.kept[1]

    @property
    def uses_xla(self):
        """Whether the compiled turn goes through XLA."""
        if self.jit_compile != "auto":
            return self.jit_compile
        return all(xla_pays(model) for model in self.trainers.values())

    def meet(self, data):
        """Note what sheets of samples need to know about the `TrainingData` of a
        run."""
        if "labels" in self.takes:
            self.class_names = data.class_names or self.class_names
        if self.bands is None:
            self.bands = data.bands

    @abc.abstractmethod
    def write_samples(self, path):
        """Write a sheet of samples as a PNG file, always from the same inputs."""

    @abc.abstractmethod
    def write_beside_real(self, path, real):
        """Write real beside generated samples as a PNG file.

        `real` is a batch of the data, a tuple of arrays.
        """

    # --- proof, and files -------------------------------------------------------------

    def check_freeze(self, batch_sizes=(4, 3)):
        """Prove that each model trains the networks that `trains` names, and no other.

        Plays turns on random data, call by call and compiled, in several batch sizes,
        and puts everything back.

        Args:
            batch_sizes: ints, tried one after the other.

        Returns:
            A `FreezeReport` with `.ok` (bool) and a readable `str()`.
        """
        return check_freeze(self, batch_sizes)

    def remarks(self, steps=None):
        """What is wrong with how the networks end, or with a training of so many steps,
        if anything: a list of str.

        `train` says it once, before it begins.
        """
        return remarks(self)

    def save(self, path):
        """Save the model in the folder `path`: `config.json`, a file for each network,
        one for each optimizer, and their `SHA256SUMS`.

        Training can go on after `load`: the state of optimizers and of Dropout is in
        there too. The folder appears at once, or not at all; a model that was saved
        there before is replaced.

        Raises:
            FileExistsError: if `path` is something else than a saved model.
            FloatingPointError: if a weight, or a number of an optimizer, is not finite.
            OSError: if it can't be written. What was at `path` before is there still.
        """
        checkpoint.save(self, path)

    @classmethod
    def load(cls, path, **changes):
        """Load what `save` wrote. Models such as `combined` are built anew around the
        networks.

        Args:
            path: folder of a saved model; of a run, its `model/` or newest checkpoint.
            changes: arguments that are to be others than in the saved model, such as
                `learning_rate=1e-5`, to train it further on other data. Whatever leaves
                the networks their weights may change. With `half_life` the learning
                rate falls by half every so many turns, counted from the model's first
                turn on: `half_life=None` keeps the rate that you give.

        Raises:
            FileNotFoundError: if there is no saved model at `path`.
            ValueError: if the model there is of another class, if a file is not as it
                was saved, if a newer version wrote it, or if the weights don't fit a
                model with these changes.
        """
        return checkpoint.load(cls, path, changes)

