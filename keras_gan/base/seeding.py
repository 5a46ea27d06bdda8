"""Keras layers that follow from a seed, whatever Keras's global settings are.

Nobody else's random numbers and settings are touched.
"""
import contextlib
import random
import warnings

import keras


@contextlib.contextmanager
def channels_last():
    """Layers that are made in here take pictures as (height, width, channels).

    Whatever `keras.config.image_data_format()` says, or keras.json in somebody's home:
    in this house pictures are so. A layer remembers it.
    """
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_image_data_format(before)


@contextlib.contextmanager
def full_precision():
    """Layers that are made in here compute in `keras.config.floatx()`, whatever policy
    is set: an instrument must not measure in half precision."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(keras.config.floatx())
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


@contextlib.contextmanager
def seeded_layers(seed):
    """Initial weights and Dropout of layers that are made in here follow from `seed`.

    Their dtype follows from `keras.config.floatx()`, and pictures are `channels_last`.
    """
    state, policy = random.getstate(), keras.config.dtype_policy()
    random.seed(seed)         # Keras draws the seeds of its layers from Python's random numbers
    if policy.compute_dtype == policy.variable_dtype:
        keras.config.set_dtype_policy(keras.config.floatx())     # else it keeps its first floatx
    try:
        with channels_last():
            yield
    finally:
        random.setstate(state)
        keras.config.set_dtype_policy(policy)


def warn_of_half_precision():
    """Warn where weights themselves would be kept in half precision."""
    floatx = keras.config.floatx()
    if floatx in ("float16", "bfloat16"):
        warnings.warn(f"keras.config.floatx() is {floatx!r}: weights themselves are kept in half "
                      "precision, where small steps of an optimizer are lost and Adam's squared "
                      "gradients become 0, so losses become NaN. Keep set_floatx('float32'), and "
                      f"compute in half precision: set_dtype_policy('mixed_{floatx}').",
                      stacklevel=5)
