"""A function of many samples, batch by batch."""
import numpy as np
from rich.progress import track


def batchwise(function, arrays, size, what):
    """What a function makes out of arrays, with little more memory than the result.

    Args:
        function: of as many arrays (batch, ...), returns a NumPy array (batch, ...).
        arrays: list of arrays (n, ...), n at least 1.
        size: int, samples in a batch.
        what: str, beside the progress bar of more than ten batches.

    Returns:
        NumPy array (n, ...).
    """
    n, results = len(arrays[0]), None
    for i in track(range(0, n, size), what, transient=True, disable=n <= 10 * size):
        made = function(*(array[i:i + size] for array in arrays))
        if results is None:
            results = np.empty((n, *made.shape[1:]), made.dtype)
        results[i:i + size] = made
    return results
