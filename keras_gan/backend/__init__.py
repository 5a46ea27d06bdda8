"""The only rooms that import a framework. Whoever enters one finds TensorFlow started, without its chatter."""
from keras_gan.backend import quiet_tensorflow  # noqa: F401
