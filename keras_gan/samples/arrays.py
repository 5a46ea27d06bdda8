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


def as_array(thing, name, expected):
    """What somebody passes as one array.

    Args:
        thing: NumPy array (also memory-mapped), a tensor of any framework, a
            `keras.Variable`, a table of numbers (pandas, polars), or an array in a file
            that gives its rows by number (h5py, zarr).
        name: str, what the lines in errors call it.
        expected: str, the beginning of errors: what it must be.

    Returns:
        A NumPy array for NumPy arrays, tables and variables. All else as it is: it has
        a shape, a dtype and slices.

    Raises:
        ValueError: if it is no array of numbers. The message says what to do.
    """
    if is_table(thing):
        return numbers_of(thing, name, expected)
    wrong = next((f"a {type(thing).__name__}. {name}{line} is an array."
                  for (library, kind), line in NO_ARRAYS.items() if is_a(thing, library, kind)),
                 None)
    if not wrong and not is_array(thing):
        wrong = f"a {type(thing).__name__}. numpy.stack(...) makes one array of many."
    if not wrong and isinstance(thing, np.ndarray):
        wrong = no_numbers(thing, name)
    if wrong:
        raise ValueError(f"{expected}. Received: {wrong}")
    if isinstance(thing, keras.Variable):
        return ops.convert_to_numpy(thing)
    return np.asarray(thing) if isinstance(thing, np.ndarray) else thing


def no_numbers(array, name):
    """What is wrong with a NumPy array that holds no numbers, and what to do: str or
    None."""
    dtype = array.dtype
    if np.ma.is_masked(array):
        return (f"a masked array, with {np.ma.count_masked(array)} values masked. "
                f"{name}.filled(0) puts another number in their places.")
    if dtype.names:
        return (f"a structured array with the columns {', '.join(dtype.names)}. "
                f"numpy.lib.recfunctions.structured_to_unstructured({name}) is a plain one.")
    if dtype.kind == "c":
        return (f"dtype {dtype}. numpy.abs({name}), say, or {name}.real and {name}.imag as two "
                "channels.")
    if dtype.kind not in "OUSMmT":
        return None
    wrong = f"an array of dtype {dtype}"
    if dtype.kind == "O" and array.ndim == 1:
        if len({np.shape(part) for part in array}) == 1:
            return f"{wrong}. numpy.stack({name}) makes one array of its parts."
        return (f"{wrong}. Samples of several shapes can't be one array; data_loaders.load_data("
                "folder, img_shape=...) makes pictures of one shape.")
    return f"{wrong}. Where it holds numbers, {name}.astype('float32') are they."


def numbers_of(table, name, expected):
    """The numbers of a table: array (rows, columns).

    Raises:
        ValueError: if a column holds something else. The message names it.
    """
    if not len(table.columns):
        raise ValueError(f"{expected}. Received: a table without columns.")
    others = [column for column in table.columns
              if np.asarray(table[column]).dtype.kind not in "fiub"]
    if others:
        lines = f"{name}.drop(columns={others})", f"pandas.get_dummies({name})"
        if is_a(table, "polars", "DataFrame"):
            lines = f"{name}.drop({others})", f"{name}.to_dummies(...)"
        raise ValueError(f"{expected}. Received: a table with columns that hold no numbers, or "
                         f"gaps: {', '.join(map(str, others))}. {lines[0]} leaves them out; "
                         f"{lines[1]} makes a column of each class.")
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
    is_numpy = isinstance(array, np.ndarray) or not ops.is_tensor(array)
    return np.asarray(array) if is_numpy else ops.convert_to_numpy(array)


def some_of(array, n=256):
    """About n samples of an array, evenly spread, one by one, as NumPy arrays."""
    for i in range(0, len(array), max(1, len(array) // n)):
        yield as_numpy(array[i])


def extremes(array):
    """(lowest, highest) value of an array, floats. NaN if there is one in it."""
    lows, highs = zip(*((block.min(), block.max()) for block in blocks(array)))
    return float(np.min(lows)), float(np.max(highs))
