"""Labels: the classes of pictures, as whole numbers from 0."""
import numpy as np

from keras_gan.samples.arrays import as_numpy


def check_labels(labels, n, num_classes, whole=False):
    """The labels of n pictures as an int32 array (n, 1).

    Args:
        labels: what somebody passes.
        n: int, pictures.
        num_classes: int, of the model.
        whole: bool, whether these are all labels of the data, not those of a batch.

    Raises:
        ValueError: unless they are n whole numbers from 0 to num_classes - 1. The
            message has the line that mends it.
    """
    expected = (f"labels must be whole numbers from 0 to {num_classes - 1}, "
                f"one for each of the {n} pictures")
    if labels is None:
        raise ValueError(f"{expected}. Received: none. Pass labels=...; load_data makes "
                         "classes of sub-folders.")
    array = as_numpy(labels)
    # A list has none of the methods that the advice uses
    first = "" if isinstance(labels, np.ndarray) else "labels = numpy.array(labels), then "
    wrong = (wrong_kind(array, first) or wrong_shape(array, n, first)
             or wrong_numbers(array, first) or wrong_range(array, num_classes, whole, first))
    if np.ma.is_masked(labels):
        wrong = ("a masked array. there = ~numpy.ma.getmaskarray(labels); images[there] and "
                 "labels[there] are those with a label.")
    if wrong:
        raise ValueError(f"{expected}. Received: {wrong}")
    return array.reshape(n, 1).astype("int32")


def wrong_kind(labels, first):
    """What is wrong with labels that are no numbers, and what to do: str or None."""
    if labels.dtype.kind not in "OUST":
        return None
    if not labels.ndim:
        return f"a {type(labels.item()).__name__}."
    known = sorted({str(label) for label in labels.ravel()[:100_000]})
    return (f"dtype {labels.dtype}, such as {', '.join(known[:5])}{', ...' * (len(known) > 5)}. "
            "numpy.unique(labels, return_inverse=True)[1] are numbers, in the order of the "
            "alphabet.")


def wrong_shape(labels, n, first):
    """What is wrong with the shape of labels of n pictures, and what to do."""
    shape = labels.shape
    if shape in ((n,), (n, 1)):
        return None
    wrong = f"an array of shape {shape}"
    if not shape:
        return f"one number. numpy.full({n}, {labels.item()!r}) is one for each picture."
    if labels.size == n:
        return f"{wrong}. {first}labels.ravel() has shape ({n},)."
    if len(shape) != 2 or shape[0] != n:
        return f"{wrong}."
    if shape[1] > 1 and (labels >= 0).all() and np.allclose(labels.sum(axis=1), 1):
        kind = "one-hot" if ((labels == 0) | (labels == 1)).all() else "a row of shares each"
        return f"{wrong}, {kind}. {first}labels.argmax(1) are the numbers of its classes."
    return f"{wrong}. {first}labels[:, 0] is its first column, and one column it must be."


def wrong_numbers(labels, first):
    """What is wrong with labels that are no whole numbers, and what to do."""
    if labels.dtype.kind in "iu":
        return None
    wrong = f"dtype {labels.dtype}"
    finite = np.isfinite(labels.astype("float64"))
    if not finite.all():
        return (f"{wrong}, {int((~finite).sum())} of them NaN or infinite. {first}there = "
                "numpy.isfinite(labels); images[there] and labels[there] are those with a label.")
    if (labels == labels.astype(int)).all():
        return f"{wrong}. {first}labels.astype(int)"
    return f"{wrong}, with fractions, such as {labels[labels != labels.astype(int)][0]:g}."


def wrong_range(labels, num_classes, whole, first):
    """What is wrong with labels beyond the model's classes, and what to do."""
    low, high = int(labels.min()), int(labels.max())
    if low >= 0 and high < num_classes:
        return None
    wrong = f"from {low} to {high}. num_classes={num_classes} is an argument of the model. "
    if not whole:                      # the lowest label of a batch says nothing about the others
        one = low >= 1 and high == num_classes
        return f"{wrong}If they count from 1: {first}labels - 1." if one else wrong
    there = len(np.unique(labels))
    if high - low < num_classes:
        return f"{wrong}{first}labels - labels.min() counts from 0."
    if there <= num_classes or low < 0:
        return (f"{wrong}numpy.unique(labels, return_inverse=True)[1] numbers the {there} classes "
                "that there are from 0.")
    return f"{wrong}There are {there} classes: build it with num_classes={high + 1}."


def remarks_on_labels(labels, num_classes, class_names=()):
    """Which classes of a model have no picture.

    Args:
        labels: int array (n, 1), as `check_labels` returns them.
        num_classes: int, of the model.
        class_names: list of str; may be empty.

    Returns:
        list of at most one str.
    """
    counts = np.bincount(labels[:, 0], minlength=num_classes)
    empty = np.flatnonzero(counts == 0)
    if not len(empty):
        return []
    some = ", ".join(name_of(number, class_names) for number in empty[:5])
    some += f" and {len(empty) - 5} more" if len(empty) > 5 else ""
    several = len(empty) > 1
    advice = "What is generated for it means nothing."
    if empty[-1] == num_classes - 1 and empty[0] == num_classes - len(empty):
        advice += f" The data have {num_classes - len(empty)} classes: " \
                  f"num_classes={num_classes - len(empty)}."
    elif empty[0] == 0 and empty[-1] == len(empty) - 1:
        advice += " If the labels count from 1: labels - labels.min(), and num_classes=" \
                  f"{num_classes - len(empty)}."
    return [f"Class{'es' * several} {some} {'have' if several else 'has'} no picture. {advice}"]


def remarks_on_balance(classes, class_names):
    """Say how much oftener than others the pictures of a small class are seen.

    Args:
        classes: int array (n, 1).
        class_names: list of str; may be empty.

    Returns:
        list of at most one str.
    """
    numbers, counts = np.unique(classes, return_counts=True)
    few, many = counts.argmin(), counts.argmax()
    small, large = (f"{name_of(numbers[i], class_names)}, with {counts[i]} pictures"
                    for i in (few, many))
    times = counts[many] / counts[few]
    return [] if times < 2 else [
        f"balanced=True: a picture of the smallest class, {small}, is seen {times:.3g} times as "
        f"often as one of the largest, {large}."]


def name_of(number, class_names):
    """A class as text: `"3"`, or `"3 (cat)"`."""
    return f"{number} ({class_names[number]})" if number < len(class_names) else str(number)
