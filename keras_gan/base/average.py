"""The moving average of the networks that people are shown."""
import keras
from keras import ops

from keras_gan.players.player import functional


class Averages:
    """Lets an average follow each network that the game `shows`.

    Yasin Yazıcı et al., 2018, "The unusual effectiveness of averaging in GAN training",
    arXiv:1806.04498: players circle around their equilibrium. The mean of where a
    player was is nearer to it than where the player is.
    """

    def build_averages(self):
        """Build `NAME_ema` for each network in `shows`: the network itself without
        average."""
        for name in self.shows:
            network = getattr(self, name)
            average = network
            if self.ema_momentum:
                average = functional(self.build_copy(name), network.input)
                average.set_weights(network.get_weights())
            setattr(self, f"{name}_ema", average)

    def build_copy(self, name):
        """Another network of the architecture of `name`."""
        return keras.models.clone_model(getattr(self, name))

    @property
    def averages(self):
        """The averages by name, `{"generator_ema": ...}`; none if there is no
        momentum."""
        names = [f"{name}_ema" for name in self.shows] if self.ema_momentum else []
        return {name: getattr(self, name) for name in names}

    def update_ema(self):
        """Let the averages follow by one step, statistics of BatchNormalization
        included."""
        if not self.ema_momentum:
            return
        trainer = next(name for name, networks in self.trains.items() if self.shows[0] in networks)
        turns = ops.cast(getattr(self, trainer).optimizer.iterations, keras.config.floatx())
        # The first averages are of few values: the untrained weights would stay in them
        # for long
        momentum = ops.minimum(self.ema_momentum, turns / (turns + 9.0))
        rest = 1 - momentum
        for name in self.shows:
            follows = getattr(self, f"{name}_ema").weights
            for average, weight in zip(follows, getattr(self, name).weights, strict=True):
                average.assign(momentum * average + rest * weight)
