"""Keras layers whose initial weights and Dropout follow from a seed.

Nobody else's random numbers are touched.
"""
import contextlib
import random

import keras


@contextlib.contextmanager
def seeded_layers(seed):
    """Initial weights and Dropout of layers that are made in here follow from `seed`.

    Their dtype follows from `keras.config.floatx()`.
    """
    state, policy = random.getstate(), keras.config.dtype_policy()
    random.seed(seed)         # Keras draws the seeds of its layers from Python's random numbers
    if policy.compute_dtype == policy.variable_dtype:
        keras.config.set_dtype_policy(keras.config.floatx())     # else it keeps its first floatx
    try:
        yield
    finally:
        random.setstate(state)
        keras.config.set_dtype_policy(policy)
