"""A function of many samples, batch by batch."""
import numpy as np
from rich.progress import track


def batchwise(function, arrays, size, what, pack=1):
    """What a function makes out of arrays, with little more memory than the result.

    Args:
        function: of as many arrays (batch, ...), returns a NumPy array (batch, ...), or
            one entry for every `pack` samples.
        arrays: list of arrays (n, ...), n at least 1.
        size: int, samples in a batch.
        what: str, beside the progress bar of more than ten batches.
        pack: int, samples that the function makes one entry of; n holds whole packs.

    Returns:
        NumPy array (n / pack, ...).
    """
    n, results, size = len(arrays[0]), None, size // pack * pack
    for i in track(range(0, n, size), what, transient=True, disable=n <= 10 * size):
        made = function(*(array[i:i + size] for array in arrays))
        if results is None:
            results = np.empty((n // pack, *made.shape[1:]), made.dtype)
        results[i // pack:(i + size) // pack] = made
    return results
