"""Layers that the papers share, a module each."""
import keras_gan.backend  # noqa: F401  before keras, so that TensorFlow starts without its chatter
