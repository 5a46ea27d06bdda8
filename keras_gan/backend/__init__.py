"""The only rooms that import a framework. They start TensorFlow without its chatter."""
from keras_gan.backend import quiet_tensorflow  # noqa: F401
