"""What games have in common: options, how they are built, trained, checked and
saved."""
import keras_gan.backend  # noqa: F401  before keras, so that TensorFlow starts without its chatter
from keras_gan.base.batchwise import batchwise
from keras_gan.base.choice_of_networks import ChoiceOfNetworks
from keras_gan.base.classes import Classes
from keras_gan.base.game import Game
from keras_gan.base.noise_game import NoiseGame
from keras_gan.base.options import options
from keras_gan.base.stages import Stages
from keras_gan.base.translation import Translation

__all__ = ["ChoiceOfNetworks", "Classes", "Game", "NoiseGame", "Stages",
           "Translation", "batchwise", "options"]
