"""Instruments on labels: what was asked for, and what a classifier sees."""
import numpy as np


def agreement(asked, seen):
    """The share of samples in which a classifier sees the class that was asked for. Both (n,) ints. Float in [0, 1]."""
    asked, seen = np.asarray(asked), np.asarray(seen)
    if asked.shape != seen.shape or asked.ndim != 1 or not len(asked):
        raise ValueError(f"There must be as many labels asked for as seen. Received: {asked.shape} and {seen.shape}")
    return float(np.mean(asked == seen))


def class_histogram(labels, num_classes):
    """The share of every class among labels (n,) of 0 .. num_classes - 1: float array (num_classes,) that sums to 1."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or not len(labels) or labels.min() < 0 or labels.max() >= num_classes:
        raise ValueError(f"labels must be (n,) whole numbers from 0 to {num_classes - 1}. Received: shape {labels.shape}"
                         + (f", {labels.min()} to {labels.max()}" if labels.size else ""))
    return np.bincount(labels, minlength=num_classes) / len(labels)


def class_kl(generated, real):
    """KL(generated || real) of two class histograms (num_classes,), in nats: 0 if classes come as often as in reality.

    A class that is never generated costs little, one that doesn't exist in reality makes it infinite.
    """
    generated, real = np.asarray(generated, "float64"), np.asarray(real, "float64")
    there = generated > 0
    with np.errstate(divide="ignore"):
        return float(np.sum(generated[there] * np.log(generated[there] / real[there])))
