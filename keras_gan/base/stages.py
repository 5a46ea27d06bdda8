"""Games that are played in stages: one after the other, with other networks at work."""
import keras

from keras_gan.backend.one_graph import being_compiled
from keras_gan.base.options import options
from keras_gan.samples.checks import is_whole


@options
class Stages:
    """A part of a game whose `train_on_batch` differs from stage to stage.

    The turn is compiled anew where a stage begins. Which stage it is follows from the
    number of turns that were played, so a run that was stopped goes on in the middle of
    a stage.
    """

    grow_at: tuple[int, ...] = ()
    """Turns, counted from the model's first one, after which the next stage begins:
    rising numbers. A number that stands there twice leaves a stage out."""

    def __post_init__(self):
        super().__post_init__()
        self.enter_stage()

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        several = isinstance(self.grow_at, (tuple, list))
        numbers = self.in_turns(self.grow_at) if several else ()
        rising = all(is_whole(n, 1) for n in numbers) and sorted(numbers) == list(numbers)
        self.require(several and rising, "grow_at", "whole numbers of turns, at least 1 and rising")
        self.grow_at = tuple(int(n) for n in numbers)

    def in_turns(self, numbers):
        """The entries of `grow_at`, a tuple or list, in turns."""
        return numbers

    @property
    def stage(self):
        """The number of the stage: int, from 0 on.

        Between two turns it is that of the turn that was played.
        """
        return sum(turn < self._reached for turn in self.grow_at)

    @property
    def turns(self):
        """How many turns this model has been trained, int: see `Turns`."""
        return self._turns

    @turns.setter
    def turns(self, number):
        self._turns = self._reached = number
        self.enter_stage()

    _turns = _reached = 0

    def prepare(self, images):
        """As `Turns.prepare`: samples as the networks of this stage see them."""
        if not (being_compiled() or self.in_a_run):      # call by call a turn begins here
            self._reached = self.turns + 1
            self.enter_stage()
        return super().prepare(images)

    def random_numbers(self, n, given=None):
        """As `Turns.random_numbers`. With those of its first turn a stage begins."""
        drawn = super().random_numbers(n, given)
        if given is None and self.turns - 1 in self.grow_at:
            self.begin_stage()
        return drawn

    def enter_stage(self):
        """Let the networks be what they are in this stage.

        It is called at each turn, and when a model is loaded. It is to depend on
        `stage` and `turns` alone.
        """

    def begin_stage(self):
        """What is done once, before the first turn of a stage but the first one.

        The optimizers begin anew. What they have noted is of another game. And where
        Adam sees the first gradients of a weight in a late step, it takes their small
        averages for true, and makes a step ten times too long.
        """
        for optimizer in self.optimizers.values():
            inner = getattr(optimizer, "inner_optimizer", optimizer)      # of a LossScaleOptimizer
            for variable in inner.variables:
                if variable is not inner._learning_rate:
                    variable.assign(keras.ops.zeros_like(variable))

    @property
    def news(self):
        """What a run says where a stage begins, a str."""
        return f"stage {self.stage + 1} of {len(self.grow_at) + 1} begins (compiling)."
