"""Games whose networks begin with small pictures and grow."""
import keras
import numpy as np
from keras import ops
from keras.optimizers.schedules import LearningRateSchedule

from keras_gan.base.options import options
from keras_gan.base.stages import Stages
from keras_gan.layers.growing import GrowingNetwork, halvings
from keras_gan.layers.pyramid import halved
from keras_gan.samples.checks import is_whole


class ComesToRest(LearningRateSchedule):
    """A learning rate that falls in each stage: constant for two fifths of it, then in
    a straight line to a twentieth.

    Jun-Yan Zhu et al., 2017, arXiv:1703.10593, section 4, let it fall so, to 0 and
    once. The optimizers count their steps from the beginning of a stage. Which stage it
    is, is looked at when a turn is traced.

    Args:
        game: a `Growing` game with `rest_at`.
        learning_rate: float, at the start.
        updates: int, steps of the optimizer in a turn.
    """

    def __init__(self, game, learning_rate, updates):
        self.game, self.learning_rate, self.updates = game, learning_rate, updates

    def __call__(self, step):
        game = self.game
        begin, end = (0, *game.grow_at, game.rest_at)[game.stage:game.stage + 2]
        left = 1 - ops.cast(step, "float32") / (self.updates * (end - begin))
        return self.learning_rate * ops.clip(left / 0.6, 0.05, 1)


@options
class Growing(Stages):
    """A part of a `NoiseGame` of pictures. Its stages are the sizes of the pictures.

    Tero Karras et al., 2017, arXiv:1710.10196, section 2: the shape of things is
    learned sooner from small pictures, of which a turn takes a small part of the time.

    It works with networks that consist of `GrowingNetwork`s. In a turn both players
    have pictures of the size that the stage has; what people get is enlarged to
    `img_shape`.
    """

    grow_at: tuple[int | float, ...] = ()
    """Turns, counted from the model's first one, after which the sides of the pictures
    double: rising numbers, for networks that can grow ("coarse_to_fine"). With two
    numbers training begins with a quarter of the sides. A number that stands there
    twice leaves a size out. Numbers below 1 are shares of rest_at: small pictures take
    only the first ones, and networks that can't grow none. The optimizers begin anew at
    each size, and learning rates that fall do so at each size."""
    rest_at: int | None = None
    """Turns, counted from the model's first one, after which the learning rates have
    fallen to a twentieth. At each size they stay for two fifths of its turns, then fall
    in a straight line. Take the number of steps that you train. None: they don't."""
    fade: int = 0
    """Turns in which a new size is blended in: the layers that are new count from 0 to
    1. 0: they count at once."""

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require_whole("fade", 0)
        if self.rest_at is not None:
            least = max(self.grow_at, default=0) + 1
            self.require(is_whole(self.rest_at, least), "rest_at",
                         f"None, or a whole number of turns, at least {least}")
            self.rest_at = int(self.rest_at)
            self.require(self.half_life is None, "half_life",
                         "None with rest_at (a recipe's rest_at goes with rest_at=None)")
        if self.grow_at:
            self.require(hasattr(self.architecture, "grows_from"), "grow_at",
                         "() with networks that can't grow; networks='coarse_to_fine' can")
            height, width = self.img_shape[:2]
            self.require(len(self.grow_at) <= self.most_doublings, "grow_at",
                         f"at most {self.most_doublings} numbers for pictures of {height}x{width}")

    def in_turns(self, numbers):
        """`grow_at` in turns: shares of `rest_at` become numbers of turns."""
        if not numbers or not all(isinstance(n, float) and 0 < n < 1 for n in numbers):
            return numbers
        self.require(is_whole(self.rest_at, 2), "rest_at", "a whole number of turns, at least 2, "
                     "where grow_at holds shares of it (numbers below 1)")
        most = self.most_doublings if hasattr(self.architecture, "grows_from") else 0
        return tuple(max(1, min(round(n * self.rest_at), self.rest_at - 1)) for n in numbers[:most])

    @property
    def most_doublings(self):
        """How often the smallest pictures double until they are whole: int."""
        return len(halvings(*self.img_shape[:2], self.architecture.grows_from)) - 1

    @property
    def read_anew(self):
        """As in `Game`: a rate that comes to rest does so by k steps a turn."""
        return tuple(name for name in super().read_anew if name != "k" or self.rest_at is None)

    @property
    def growing(self):
        """The `GrowingNetwork`s of all players and averages, a list."""
        networks = [*self.players.values(), *self.averages.values()]
        return [layer for network in networks for layer in network._flatten_layers()
                if isinstance(layer, GrowingNetwork)]

    @property
    def doublings(self):
        """How often the pictures of this stage are still to double: int."""
        return len(self.grow_at) - self.stage

    def check_networks(self):
        """Let all models take pictures that are smaller than `img_shape`."""
        super().check_networks()
        if self.grow_at:
            for model in (*self.players.values(), *self.trainers.values()):
                for layer in model._flatten_layers():
                    if isinstance(layer, keras.Model):
                        layer.input_spec = None

    def enter_stage(self):
        """Let the networks work at the size of this stage, and blend it in."""
        if not self.grow_at:
            return
        alpha = 1.0
        if self.fade and self.stage:
            alpha = min(1.0, (self._reached - self.grow_at[self.stage - 1]) / self.fade)
        for network in self.growing:
            if network.grow(len(network.sizes) - 1 - self.doublings, alpha):
                for model in self.trainers.values():
                    model.train_function = None            # Keras is to trace it anew

    def remarks(self, steps=None):
        """As in `Game`; also that a training ends before the pictures are whole."""
        found, whole = super().remarks(steps), max(self.grow_at, default=0)
        if steps is not None and self.turns + steps <= whole:
            how = f"a model with rest_at={steps}" if self.rest_at else "other numbers in grow_at"
            found.append(f"Pictures of {' x '.join(map(str, self.img_shape[:2]))} are learned from "
                         f"step {whole + 1:,} on, and training ends at step "
                         f"{self.turns + steps:,}: samples will be coarse. Give more steps, or "
                         f"{how}.")
        return found

    def falling(self, learning_rate, updates=1):
        """As `Game.falling`; with `rest_at` a rate that comes to rest at each size."""
        if self.rest_at is None:
            return super().falling(learning_rate, updates)
        return ComesToRest(self, learning_rate, updates)

    def to_network(self, images):
        """As in `Turns`: pictures (batch, *img_shape) in the size of this stage."""
        return halved(super().to_network(images), self.doublings if self.grow_at else 0)

    def enlarged(self, pictures):
        """Pictures of this stage, an array, in the size of `img_shape`: each pixel
        repeated."""
        for axis, side in enumerate(self.img_shape[:2], 1):
            pictures = np.repeat(pictures, 2 ** self.doublings, axis)
            pictures = pictures.take(range(side), axis)
        return pictures

    @property
    def news(self):
        """What a run says where a stage begins, a str."""
        height, width = self.growing[0].sizes[self.growing[0].level]
        return f"the pictures grow to {height}x{width} (compiling)."
