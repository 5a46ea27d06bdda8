"""Keras layers whose initial weights and Dropout follow from a seed, without touching anybody else's random numbers."""
import contextlib
import random

import keras


@contextlib.contextmanager
def seeded_layers(seed):
    """Initial weights and Dropout of layers made in here follow from `seed`, their dtype from `keras.config.floatx()`."""
    state, policy = random.getstate(), keras.config.dtype_policy()
    random.seed(seed)                 # Keras draws the seeds of its layers from Python's random numbers ...
    if policy.compute_dtype == policy.variable_dtype:
        keras.config.set_dtype_policy(keras.config.floatx())      # ... and remembers the first floatx it saw
    try:
        yield
    finally:
        random.setstate(state)
        keras.config.set_dtype_policy(policy)
