"""The ranges of samples.

Pictures are uint8 0..255 or float in [-1, 1] in files and arrays, [-1, 1] in networks
and [0, 1] in results. Every picture is RGB (or grey), (N, H, W, C). Vectors, (N,
dimensions), are everywhere in the data's own units.
"""
import keras
import numpy as np
from keras import ops


def to_network(images):
    """Pictures as networks take them: in [-1, 1], the range of tanh.

    uint8 0..255 or float in [-1, 1], any shape -> float (`keras.config.floatx()`).
    """
    is_uint8 = keras.backend.standardize_dtype(images.dtype) == "uint8"
    images = ops.cast(images, keras.config.floatx())
    return images / 127.5 - 1.0 if is_uint8 else images


def to_pictures(images):
    """Float in [-1, 1], any shape -> float32 numpy array in [0, 1]."""
    return np.clip(0.5 * to_numpy(images) + 0.5, 0.0, 1.0).astype("float32")


def to_numpy(made):
    """What a network has made, as an array: in float32 where it computes in half
    precision."""
    made = ops.convert_to_numpy(made)
    return made.astype(np.promote_types(made.dtype, np.float32))


def to_uint8(pictures):
    """uint8 0..255, unchanged, or float in [0, 1] -> uint8 0..255."""
    pictures = np.asarray(pictures)
    if pictures.dtype == np.uint8:
        return pictures
    return np.round(np.clip(pictures, 0.0, 1.0) * 255.0).astype(np.uint8)
