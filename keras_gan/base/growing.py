"""Games whose networks begin with small pictures and grow."""
import keras
import numpy as np
from keras.optimizers.schedules import LearningRateSchedule

from keras_gan.base.options import options
from keras_gan.base.stages import Stages
from keras_gan.layers.growing import GrowingNetwork, halvings
from keras_gan.layers.pyramid import halved


class InTheLastStage(LearningRateSchedule):
    """A learning rate that is that of `schedule` in the last stage of a game.

    Before, it is that of its first step. The stage is looked at when a turn is traced.
    """

    def __init__(self, game, schedule):
        self.game, self.schedule = game, schedule

    def __call__(self, step):
        return self.schedule(step if self.game.doublings == 0 else 0)


@options
class Growing(Stages):
    """A part of a `NoiseGame` of pictures. Its stages are the sizes of the pictures.

    Tero Karras et al., 2017, arXiv:1710.10196, section 2: the shape of things is
    learned sooner from small pictures, of which a turn takes a small part of the time.

    It works with networks that consist of `GrowingNetwork`s. In a turn both players
    have pictures of the size that the stage has; what people get is enlarged to
    `img_shape`.
    """

    grow_at: tuple[int, ...] = ()
    """Turns, counted from the model's first one, after which the sides of the pictures
    double: rising numbers, for networks that can grow ("coarse_to_fine"). With two
    numbers training begins with a quarter of the sides. A number that stands there
    twice leaves a size out. The optimizers begin anew at each size, and with
    `half_life` the learning rates fall in the last one."""
    fade: int = 0
    """Turns in which a new size is blended in: the layers that are new count from 0 to
    1. 0: they count at once."""

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require_whole("fade", 0)
        if self.grow_at:
            self.require(hasattr(self.architecture, "grows_from"), "grow_at",
                         "() with networks that can't grow; networks='coarse_to_fine' can")
            *sides, _ = self.img_shape
            most = len(halvings(*sides, self.architecture.grows_from)) - 1
            self.require(len(self.grow_at) <= most, "grow_at",
                         f"at most {most} numbers for pictures of {sides[0]}x{sides[1]}")

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

    def falling(self, learning_rate, updates=1):
        """As `Game.falling`: with `half_life` a rate that falls in the last stage."""
        rate = super().falling(learning_rate, updates)
        return rate if self.half_life is None or not self.grow_at else InTheLastStage(self, rate)

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
