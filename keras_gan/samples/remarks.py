"""Remarks on data that the checks accept: what is probably wrong with them."""
import keras
import numpy as np

from keras_gan.samples.arrays import as_numpy, blocks, some_of

TOO_FEW = 16                  # samples, to say anything about their units


def remarks_on(samples, shape, names=(), standardizes=None, remedy=None):
    """What is probably wrong with samples that `check_samples` accepts.

    Args:
        samples: array (N, *shape).
        shape: as for `check_samples`.
        names: list of str, of the columns of vectors; may be empty.
        standardizes: bool, whether the model standardises its data itself. None: it
            doesn't know how to.
        remedy: str, what to do about vectors in raw units; None: train on others.

    Returns:
        list of str.
    """
    return remark_on_range(samples) if len(shape) == 3 else \
        remarks_on_units(samples, names, standardizes, remedy)


def remark_on_range(images):
    """What is probably wrong with pictures that `check_images` accepts.

    Returns:
        list of str.
    """
    remarks, first = [], as_numpy(images[0])
    if len(images) > 1 and all(np.array_equal(image, first) for image in some_of(images)):
        remarks.append("All pictures are alike (some 256 of them, evenly spread, were compared).")
    low = min(float(image.min()) for image in some_of(images))
    high = max(float(image.max()) for image in some_of(images))
    is_uint8 = keras.backend.standardize_dtype(images.dtype) == "uint8"
    if is_uint8 and high <= 1:
        remarks.append("The pictures are uint8 with no value above 1, where 255 is white: nearly "
                       "black. If 1 is to be white, train on images * 255.")
    if not is_uint8 and low >= 0:
        remarks.append("The pictures are float with no value below 0, where -1 is black and 1 is "
                       "white. If 0 is to be black, train on images * 2 - 1.")
    return remarks


def remarks_on_units(samples, names=(), standardizes=None, remedy=None):
    """Which columns (or channels) of numbers are in units that networks don't learn.

    That is a mean beyond ±10, or a standard deviation outside [1/20, 20].

    Args:
        samples: array (N, columns) or (N, length, channels).
        names, standardizes, remedy: as for `remarks_on`.

    Returns:
        list of str.
    """
    if len(samples) < TOO_FEW:
        return []
    mean, deviation = moments(samples)
    remarks = []
    constant = always_the_same(samples)
    raw = ~constant & ((np.abs(mean) > 10) | (deviation > 20) | (deviation < 1 / 20))
    kind = "column" if samples.ndim == 2 else "channel"

    def named(chosen, text):
        texts = [text(i) for i in np.flatnonzero(chosen)]
        more = f" and {len(texts) - 5} more" if len(texts) > 5 else ""
        return f"{kind}{'s' * (len(texts) > 1)} {', '.join(texts[:5])}{more}"

    def name(i):
        return names[i] if len(names) else str(i)

    if raw.any() and not standardizes:
        axes = "0" if samples.ndim == 2 else "(0, 1)"
        some = named(raw, lambda i: f"{name(i)} (mean {mean[i]:.3g}, deviation {deviation[i]:.3g})")
        itself = "" if standardizes is None else \
            "; or let the model do it and undo it in what it generates: standardize=True"
        remedy = remedy or f"Train on (x - x.mean({axes})) / x.std({axes}){itself}."
        remarks.append(f"In raw units: {some}. Networks learn numbers around 0 with a standard "
                       f"deviation near 1. {remedy}")
    if constant.any():
        some = named(constant, lambda i: f"{name(i)} ({mean[i]:.3g})")
        remarks.append(f"Always the same: {some}. There is nothing to learn; leave it out.")
    return remarks


def always_the_same(samples):
    """Of each column, or channel, whether all its values are equal: bool array."""
    first = as_numpy(samples[:1]).reshape(-1, samples.shape[-1])[0]
    return np.all([(block == first).reshape(-1, len(first)).all(axis=0)
                   for block in blocks(samples)], axis=0)


def moments(samples):
    """Mean and standard deviation of each column, or channel: float64 arrays.

    Args:
        samples: array (N, ..., columns).
    """
    count, total, squares = 0, 0.0, 0.0
    with np.errstate(over="ignore"):
        for block in blocks(samples):
            rows = block.reshape(-1, block.shape[-1]).astype("float64")
            count, total = count + len(rows), total + rows.sum(axis=0)
        mean = total / count
        for block in blocks(samples):
            rows = block.reshape(-1, block.shape[-1]).astype("float64") - mean
            squares = squares + (rows ** 2).sum(axis=0)
        return mean, np.sqrt(squares / count)
