"""Checks of what somebody passes: samples, and numbers."""
import keras
import numpy as np

from keras_gan.samples.advice import advice_on_range, advice_on_shape
from keras_gan.samples.arrays import as_array, blocks, extremes, is_a, is_table


def is_whole(number, lowest):
    """Whether something is a whole number of at least `lowest`; a bool is not."""
    whole = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    return whole and number >= lowest


def check_samples(samples, shape, may_be_bright=False):
    """The samples as an array, if they are of `shape`.

    Args:
        samples: pictures, vectors or signals.
        shape: (height, width, channels) of pictures, (length, channels) of signals,
            (dimensions,) of vectors.
        may_be_bright: see `check_images`.

    Raises:
        ValueError: if they are not.
    """
    if len(shape) == 3:
        return check_images(samples, shape, may_be_bright)
    return check_numbers(samples, shape)


def check_images(images, img_shape, may_be_bright=False):
    """The pictures as an array, if they are of `img_shape`.

    That is an array (N, *img_shape), N > 0, uint8 0..255 or float in [-1, 1].

    Args:
        images: what somebody passes.
        img_shape: (height, width, channels).
        may_be_bright: bool, whether floats may all be 0 or more (also if they are not
            all the same). Such are nearly always in [0, 1], as `generate` returns them;
            in [-1, 1] they would be pictures without a dark place.

    Raises:
        ValueError: if they are not. The message has the line that mends it.
    """
    expected = f"(N, {', '.join(map(str, img_shape))}), uint8 0..255 or float in [-1, 1]"
    if is_table(images):
        raise ValueError(f"images must be {expected}. Received: a table. A model of vectors takes "
                         f"it: img_shape=({images.shape[1]},).")
    images = as_array(images, "images", f"images must be one array {expected}")
    if images.dtype == np.longdouble:
        raise ValueError(f"images must be {expected}. Received: dtype {images.dtype}, which "
                         "networks don't know. images.astype('float64')")
    shape, dtype = tuple(images.shape), keras.backend.standardize_dtype(images.dtype)
    if shape[1:] != tuple(img_shape) or shape[0] == 0:
        one = ", one picture, or a list of such" if shape == tuple(img_shape) else ""
        raise ValueError(f"images must have shape {expected}. Received: shape {shape}{one}. "
                         f"{advice_on_shape('images', shape, img_shape, dtype)}")
    if dtype == "uint8":
        return images
    is_float = dtype.startswith("float") or dtype == "bfloat16"
    low, high = extremes(images)
    if not np.isfinite([low, high]).all():
        raise ValueError(f"images must be {expected}. Received: values that are no finite numbers "
                         f"(NaN or infinity) in {count_not_finite(images)} of the {shape[0]} "
                         f"pictures. {as_an_array('images', images)}"
                         "images[numpy.isfinite(images).all((1, 2, 3))] leaves these out.")
    if not is_float:
        raise ValueError(f"images must be {expected}. Received: dtype {dtype}, from {low:.8g} to "
                         f"{high:.8g}. {advice_on_range(low, high)}")
    if not -1.0 <= low <= high <= 1.0:
        raise ValueError("float images must lie in [-1, 1]. "
                         f"Received: values from {low:.8g} to {high:.8g}. "
                         f"{advice_on_range(low, high)}")
    if 0 <= low < high and not may_be_bright:
        raise ValueError("float images must lie in [-1, 1], where -1 is black. Received: values "
                         f"from {low:.8g} to {high:.8g}, none below 0, as pictures in [0, 1] have "
                         "them (generate gives such): images * 2 - 1. Pictures in [-1, 1] that "
                         "are so bright: ((images + 1) * 127.5).round().astype('uint8').")
    return images


def check_points(points, dimensions):
    """The points as an array, if they are (N, dimensions), N > 0, finite numbers.

    Raises `ValueError` if they are not.
    """
    return check_numbers(points, (dimensions,))


def check_numbers(samples, shape):
    """Vectors or signals as an array, if they are (N, *shape), N > 0, finite numbers.

    They may have any range that `keras.config.floatx()` can hold.

    Raises:
        ValueError: if they are not.
    """
    names = [str(name) for name in samples.columns] if is_table(samples) else []
    expected = f"Data must be an array (N, {', '.join(map(str, shape))}) of finite numbers"
    is_list = isinstance(samples, (list, tuple))
    array = as_array(np.asarray(samples) if is_list else samples, "data", expected)
    expected += (f". Received: a {type(samples).__name__} of shape {tuple(array.shape)}, "
                 f"{array.dtype}")
    if tuple(array.shape[1:]) != tuple(shape) or not array.shape[0]:
        columns = f" The columns are {', '.join(names)}." if names else ""
        advice = advice_on_shape("data", tuple(array.shape), shape)
        raise ValueError(f"{expected}.{columns} {advice}")
    if array.dtype == bool:
        raise ValueError(f"{expected}. data.astype('float32')")
    low, high = extremes(array)
    if not np.isfinite([low, high]).all():
        axes = 1 if len(shape) == 1 else (1, 2)
        raise ValueError(f"{expected}, with NaN or infinity in {count_not_finite(array)} of its "
                         f"{len(array)} samples. {as_an_array('data', samples)}"
                         f"data[numpy.isfinite(data).all({axes})] leaves these out.")
    with np.errstate(over="ignore"):
        as_floatx = np.array([low, high]).astype(keras.config.floatx())
    if not np.isfinite(as_floatx.astype("float64")).all():
        axes = 0 if len(shape) == 1 else (0, 1)
        raise ValueError(f"{expected}, from {low:g} to {high:g}: more than "
                         f"{keras.config.floatx()} can hold. {as_an_array('data', samples)}"
                         f"(data - data.mean({axes})) / data.std({axes}) is in a range to train "
                         "on.")
    return array


def as_an_array(name, samples):
    """What comes before a line for NumPy arrays where it isn't one."""
    knows_it = isinstance(samples, np.ndarray) or is_a(samples, "pandas", "DataFrame")
    return "" if knows_it else f"{name} = numpy.array({name}), then "


def count_not_finite(array):
    """In how many samples there is NaN or infinity, an int."""
    return sum(int((~np.isfinite(block.reshape(len(block), -1).astype("float64"))).any(1).sum())
               for block in blocks(array))
