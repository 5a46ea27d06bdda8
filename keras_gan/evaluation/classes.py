"""Instruments on labels: what was asked for, and what a classifier sees."""
import numpy as np


def agreement(asked, seen):
    """The share of samples in which a classifier sees the class that was asked for.

    Args:
        asked, seen: int arrays (n,).

    Returns:
        float in [0, 1].
    """
    asked, seen = np.asarray(asked), np.asarray(seen)
    if asked.shape != seen.shape or asked.ndim != 1 or not len(asked):
        raise ValueError("There must be as many labels asked for as seen. "
                         f"Received: {asked.shape} and {seen.shape}")
    return float(np.mean(asked == seen))


def class_histogram(labels, num_classes):
    """The share of every class among labels.

    Args:
        labels: int array (n,), from 0 to num_classes - 1.

    Returns:
        float array (num_classes,) that sums to 1.
    """
    labels = np.asarray(labels)
    if (labels.ndim != 1 or labels.dtype.kind not in "iu" or not len(labels)
            or labels.min() < 0 or labels.max() >= num_classes):
        raise ValueError(f"labels must be (n,) whole numbers from 0 to {num_classes - 1}. "
                         f"Received: shape {labels.shape}, {labels.dtype}"
                         + (f", {labels.min()} to {labels.max()}" if labels.size else ""))
    return np.bincount(labels, minlength=num_classes) / len(labels)


def class_kl(generated, real):
    """KL(generated || real) of two class histograms (num_classes,), in nats.

    It is 0 if each class is generated as often as it occurs in real data. A class that
    is never generated costs little. A generated class that real data lack makes it
    infinite.
    """
    generated, real = np.asarray(generated, "float64"), np.asarray(real, "float64")
    if generated.shape != real.shape or not np.allclose([generated.sum(), real.sum()], 1):
        raise ValueError("There must be two histograms of shares, of the same classes, that sum "
                         f"to 1. Received: {generated.shape} and {real.shape}, of sum "
                         f"{generated.sum():g} and {real.sum():g}")
    there = generated > 0
    with np.errstate(divide="ignore"):
        return float(np.sum(generated[there] * np.log(generated[there] / real[there])))
