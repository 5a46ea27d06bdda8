"""Checks of what somebody passes: samples, labels, numbers."""
import keras
import numpy as np
from keras import ops


def is_whole(number, lowest):
    """Whether something is a whole number of at least `lowest`; a bool is not."""
    whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    return whole and number >= lowest


def check_images(images, img_shape):
    """Raise `ValueError` unless `images` are pictures of `img_shape`.

    That is an array (N, *img_shape), N > 0, uint8 0..255 or float in [-1, 1].
    """
    expected = f"(N, {', '.join(map(str, img_shape))}), uint8 0..255 or float in [-1, 1]"
    if not hasattr(images, "shape") or not hasattr(images, "dtype"):
        raise ValueError(f"images must be one array {expected}. "
                         f"Received: a {type(images).__name__}. "
                         "numpy.stack(...) makes one array of many pictures.")
    try:
        dtype = keras.backend.standardize_dtype(images.dtype)
    except ValueError:                                    # of objects, or of text
        raise ValueError(
            f"images must be one array {expected}. Received: an array of dtype {images.dtype}. "
            "Pictures of several shapes can't be one array; "
            "data_loaders.load_data(folder, img_shape=...) makes them of one shape.") from None
    shape = tuple(images.shape)
    if shape == tuple(img_shape):
        raise ValueError(f"images must have shape {expected}. "
                         f"Received: shape {shape}, one picture, or a list of such. "
                         "numpy.stack(...) makes one array of many pictures.")
    if shape[1:] != tuple(img_shape) or shape[0] == 0:
        raise ValueError(f"images must have shape {expected}. Received: shape {shape}. "
                         "Build the model with img_shape=(height, width, channels) of the data, "
                         "or resize the data (data_loaders.load_data(folder, img_shape=...) does).")
    if dtype == "uint8":
        return
    if not dtype.startswith("float") and dtype != "bfloat16":
        advice = ("images.astype('uint8') * 255 if True is white." if dtype == "bool" else
                  "images.astype('uint8') if they are 0..255.")
        raise ValueError(f"images must be {expected}. Received: dtype {dtype}. {advice}")
    low, high = float(ops.min(images)), float(ops.max(images))
    if not np.isfinite([low, high]).all():
        raise ValueError(f"images must be {expected}. Received: values that are no finite numbers "
                         "(NaN or infinity).")
    if not -1.0 <= low <= high <= 1.0:
        raise ValueError("float images must lie in [-1, 1]. "
                         f"Received: values from {low:g} to {high:g}. "
                         "For 0..255 use images.astype('uint8'); for 0..1 use images * 2 - 1.")


def remark_on_range(images):
    """What is probably wrong with pictures that `check_images` accepts.

    Returns:
        list of at most one str.
    """
    some = ops.convert_to_numpy(images[::max(1, len(images) // 256)])
    if some.dtype == np.uint8 and some.max() <= 1:
        return ["The pictures are uint8 with no value above 1, where 255 is white: nearly black. "
                "If 1 is to be white, train on images * 255."]
    if some.dtype != np.uint8 and some.min() >= 0:
        return ["The pictures are float with no value below 0, where -1 is black and 1 is white. "
                "If 0 is to be black, train on images * 2 - 1."]
    return []


def check_points(points, dimensions):
    """Raise `ValueError` unless `points` are (N, dimensions), N > 0, finite numbers."""
    array = ops.convert_to_numpy(points) if hasattr(points, "shape") else np.asarray(points)
    expected = (f"Data must be an array (N, {dimensions}) of finite numbers. "
                f"Received: a {type(points).__name__} of shape {array.shape}, {array.dtype}")
    fits = array.ndim == 2 and array.shape[1] == dimensions and len(array)
    if not fits or array.dtype.kind not in "fiu":
        raise ValueError(expected)
    if not np.isfinite(array).all():
        wrong = np.sum(~np.isfinite(array).all(axis=1))
        raise ValueError(f"{expected}, with NaN or infinity in {wrong} of its rows")


def check_samples(samples, shape):
    """Raise `ValueError` unless `samples` are of `shape`.

    They are pictures, `shape` (height, width, channels), or vectors, `shape`
    (dimensions,).
    """
    if len(shape) == 3:
        check_images(samples, shape)
    else:
        check_points(samples, *shape)


def check_labels(labels, n, num_classes):
    """The labels of n pictures as an int32 array (n, 1).

    Raises:
        ValueError: unless they are n whole numbers from 0 to num_classes - 1.
    """
    expected = (f"labels must be whole numbers from 0 to {num_classes - 1}, "
                f"one for each of the {n} pictures")
    if labels is None:
        raise ValueError(f"{expected}. Received: none. train(images, labels=...) takes them, "
                         "and load_data makes classes of sub-folders.")
    labels = np.asarray(labels)
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"{expected}. Received: dtype {labels.dtype}")
    if labels.shape not in ((n,), (n, 1)):
        raise ValueError(f"{expected}. Received: an array of shape {labels.shape}")
    if labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(f"{expected}. Received: from {labels.min()} to {labels.max()}. "
                         f"num_classes={num_classes} is an argument of the model.")
    return labels.reshape(n, 1).astype("int32")
