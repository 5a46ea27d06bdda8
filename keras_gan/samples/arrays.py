"""What counts as an array: decided by type, not by what a thing happens to have.

A library that nobody has imported can't have made a thing, so its types are looked up
among the imported modules, and nothing is imported for it.
"""
import math
import sys

import keras
import numpy as np
from keras import ops

AT_ONCE = 2 ** 23             # bytes of an array that are looked at at once

# What has a shape and a dtype and is still no array -> the line that makes one of it
NO_ARRAYS = {
    ("scipy.sparse", "sparray"): ".toarray()", ("scipy.sparse", "spmatrix"): ".toarray()",
    ("tensorflow", "RaggedTensor"): ".to_tensor()",
    ("tensorflow", "SparseTensor"): " = tensorflow.sparse.to_dense(...)",
}


def is_a(thing, library, name):
    """Whether a thing is of a type of a library, by names: "pandas", "DataFrame"."""
    kind = sys.modules.get(library)
    for part in name.split("."):
        kind = getattr(kind, part, None)
    return isinstance(kind, type) and isinstance(thing, kind)


def is_table(thing):
    """Whether it is a table with named columns, of pandas or polars."""
    return is_a(thing, "pandas", "DataFrame") or is_a(thing, "polars", "DataFrame")


def is_array(thing):
    """Whether it is an array, or is meant as one: a tensor, a table, rows in a file.

    `as_array` then takes it, or says what to do.
    """
    return is_table(thing) or (hasattr(thing, "shape") and hasattr(thing, "dtype"))


def is_distribution(thing):
    """Whether it has `sample(n, rng)`. (A table has `sample` too, and is none.)"""
    return not is_array(thing) and callable(getattr(thing, "sample", None))


def as_array(thing, name="images"):
    """What somebody passes as one array.

    Args:
        thing: NumPy array (also memory-mapped), a tensor of any framework, a
            `keras.Variable`, a table of numbers (pandas, polars), or an array in a file
            that gives its rows by number (h5py, zarr).
        name: str, what errors call it.

    Returns:
        A NumPy array for NumPy arrays and tables. All else as it is: it has a shape, a
        dtype and slices.

    Raises:
        ValueError: if it is no array of numbers. The message says what to do.
    """
    for (library, kind), line in NO_ARRAYS.items():
        if is_a(thing, library, kind):
            raise ValueError(f"{name} must be an array. Received: a {type(thing).__name__}. "
                             f"{name}{line} is one.")
    if is_table(thing):
        return numbers_of(thing, name)
    if not is_array(thing):
        raise ValueError(f"{name} must be one array. Received: a {type(thing).__name__}. "
                         "numpy.stack(...) makes one array of many.")
    if isinstance(thing, keras.Variable):
        return thing.value
    if not isinstance(thing, np.ndarray):
        return thing
    if np.ma.is_masked(thing):
        raise ValueError(f"{name} must be an array of numbers. Received: a masked array with "
                         f"{np.ma.count_masked(thing)} values masked. {name}.filled(0) puts "
                         "another number in their places.")
    array, dtype = np.asarray(thing), thing.dtype
    if dtype.names:
        raise ValueError(f"{name} must be one array of numbers. Received: a structured array with "
                         f"the columns {', '.join(dtype.names)}. "
                         f"numpy.lib.recfunctions.structured_to_unstructured({name}) is one.")
    if dtype.kind in "OUSMmTc":
        advice = f"Only numbers can be learned; {name}.astype('float32') makes some of it, if any."
        if dtype.kind == "O" and array.ndim == 1:
            advice = ("Samples of several shapes can't be one array; data_loaders.load_data("
                      "folder, img_shape=...) makes pictures of one shape.")
            if len({np.shape(part) for part in array}) == 1:
                advice = f"numpy.stack({name}) makes one array of it."
        elif dtype.kind == "c":
            advice = f"numpy.abs({name}), or {name}.real and {name}.imag as two channels."
        raise ValueError(f"{name} must be one array of real numbers. Received: an array of dtype "
                         f"{dtype}. {advice}")
    return array


def numbers_of(table, name):
    """The numbers of a table: array (rows, columns).

    Raises:
        ValueError: if a column holds something else. The message names it.
    """
    columns = {str(column): np.asarray(table[column]) for column in table.columns}
    others = [column for column, values in columns.items() if values.dtype.kind not in "fiub"]
    if others or not columns:
        raise ValueError(f"{name} must be a table of numbers. Received: columns without numbers, "
                         f"or with gaps: {', '.join(others)}. {name}.drop(columns={others}) leaves "
                         "them out; pandas.get_dummies makes a column of each class.")
    array = np.asarray(table)
    return array if array.dtype.kind in "fiu" else array.astype("float64")


def blocks(array):
    """Slices of an array along its first axis, one after the other, as NumPy arrays.

    Each takes about 8 MiB, so that an array of any size can be looked at, also one in
    a file or on another device.
    """
    step = max(1, AT_ONCE // (8 * max(1, math.prod(array.shape[1:]))))    # 8: bytes of a float64
    for start in range(0, len(array), step):
        yield as_numpy(array[start:start + step])


def as_numpy(array):
    """An array or tensor as a NumPy array, without a copy where that is possible."""
    return np.asarray(array) if not ops.is_tensor(array) else ops.convert_to_numpy(array)


def some_of(array, n=256):
    """About n samples of an array, evenly spread, one by one, as NumPy arrays."""
    for i in range(0, len(array), max(1, len(array) // n)):
        yield as_numpy(array[i])


def extremes(array):
    """(lowest, highest) value of an array, floats. NaN if there is one in it."""
    lows, highs = zip(*((block.min(), block.max()) for block in blocks(array)))
    return float(np.min(lows)), float(np.max(highs))
