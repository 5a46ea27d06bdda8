"""Models that a game trains, and the proof that each trains its own network."""
import keras_gan.backend  # noqa: F401  before keras, so that TensorFlow starts without its chatter
