"""Instruments: is it any good? Pure functions on arrays, and a report of all of them.

`keras-gan evaluate` prints the report as a table. Each figure is shown beside its
floor, the same figure of real data.
"""
from keras_gan.evaluation.classes import agreement, class_histogram, class_kl
from keras_gan.evaluation.densities import jensen_shannon
from keras_gan.evaluation.distances import frechet_distance, kernel_distance
from keras_gan.evaluation.mixtures import Mixture, grid, mode_coverage, ring
from keras_gan.evaluation.neighbours import (
    birthday_test,
    copied_share,
    nearest_neighbour_error,
    precision,
    recall,
)
from keras_gan.evaluation.parzen import log_likelihood, parzen_log_likelihood
from keras_gan.evaluation.spectrum import power_spectrum, weave

__all__ = [
    "Mixture",
    "agreement",
    "birthday_test",
    "class_histogram",
    "class_kl",
    "copied_share",
    "frechet_distance",
    "grid",
    "jensen_shannon",
    "kernel_distance",
    "log_likelihood",
    "mode_coverage",
    "nearest_neighbour_error",
    "parzen_log_likelihood",
    "power_spectrum",
    "precision",
    "recall",
    "ring",
    "weave",
]
