"""All instruments on a trained model: a table of figures.

Every figure stands beside its floor, the same figure of real data.
"""
import dataclasses
import json
import math
import time

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import numpy as np
from rich.progress import track
from rich.table import Table

from data_loaders import Pictures
from keras_gan.evaluation.classes import agreement, class_histogram, class_kl
from keras_gan.evaluation.densities import jensen_shannon
from keras_gan.evaluation.distances import frechet_distance, kernel_distance
from keras_gan.evaluation.judge import LARGEST_SIDE, LeNet, MobileNet, reduced
from keras_gan.evaluation.neighbours import (
    birthday_test,
    copied_share,
    nearest_neighbour_error,
    precision,
    recall,
)
from keras_gan.evaluation.parzen import parzen_log_likelihood
from keras_gan.samples.densities import estimated_density

VALIDATION = 1000             # training pictures that choose the width of the Parzen window
COPIES_AMONG = 1000           # samples that are compared with the whole training set


@dataclasses.dataclass
class Figure:
    """One line of the table.

    Attributes:
        name: what was measured, and on what.
        generated: the figure of the model's samples.
        real: the figure of real data, which a perfect generator would reach.
        better: "less", "more" or "near real".
        seconds: the time for both together.
    """
    name: str
    generated: float
    real: float
    better: str
    seconds: float


@dataclasses.dataclass
class Evaluation:
    """The figures of all instruments: `print(evaluation)`, `table()` or `as_json()`.

    Attributes:
        model: str, name of the class.
        against: str, the real data that it was compared with.
        n: int, how many samples.
        figures: list of `Figure`.
    """
    model: str
    against: str
    n: int
    figures: list

    def __getitem__(self, name):
        """The `Figure` whose name begins with `name`."""
        return next(figure for figure in self.figures if figure.name.startswith(name))

    def __str__(self):
        return "\n".join([self._title(), *(f"  {f.name}: {f.generated:.4g} (real: {f.real:.4g})"
                                           for f in self.figures)])

    def _title(self):
        return f"{self.model}: {self.n} samples against {self.against}"

    def table(self):
        """A `rich.table.Table`."""
        table = Table("figure", "generated", "real", "better is", "seconds", title=self._title())
        for f in self.figures:
            table.add_row(f.name, f"{f.generated:.4g}", f"{f.real:.4g}", f.better,
                          f"{f.seconds:.1f}")
        return table

    def as_json(self):
        """str: an object with "model", "against", "n" and "figures".

        Infinite and undefined numbers are null.
        """
        figures = [{name: None if isinstance(v, float) and not math.isfinite(v) else v
                    for name, v in dataclasses.asdict(f).items()}
                   for f in self.figures]
        return json.dumps({"model": self.model, "against": self.against, "n": self.n,
                           "figures": figures}, indent=2)


@dataclasses.dataclass
class Seen:
    """Pictures, and what the judge sees in them.

    Attributes:
        pixels: (n, d), in [0, 1].
        features: (n, f).
        seen: labels (n,) that the classifier sees, or None.
        asked: labels (n,) that were asked for, or None.
    """
    pixels: np.ndarray
    features: np.ndarray
    seen: np.ndarray | None
    asked: np.ndarray | None


def evaluate(gan, training, held_out, n=10_000, seed=1, features="auto",
             mobilenet_weights="imagenet"):
    """Measure a trained model with every instrument that fits it.

    Args:
        gan: a trained model of pictures.
        training: the data that it was trained on, as `load_data` returns them.
        held_out: real pictures to compare with, likewise; if possible, pictures that
            the model hasn't seen.
        n: int, how many samples; at most as many as there are real ones.
        seed: int, of the samples and of the choice of real ones.
        features: "lenet" (a LeNet that learns from the labels), "mobilenet"
            (MobileNetV2) or "auto" (LeNet if there are labels, else MobileNetV2).
        mobilenet_weights: "imagenet" (downloaded), or a file of weights.

    Returns:
        An `Evaluation`.

    Raises:
        ValueError: if the data have another shape or other classes than the model's
            pictures, or are too few.
        FileNotFoundError: if MobileNetV2 is needed and its weights can't be loaded.
    """
    for data in (training, held_out):
        if tuple(data.images.shape[1:]) != tuple(gan.img_shape):
            raise ValueError(f"The model makes pictures of {tuple(gan.img_shape)}. "
                             f"Received: data of {tuple(data.images.shape[1:])}")
        if data.images.dtype != np.uint8:
            raise ValueError("The data must be uint8, as load_data gives them. "
                             f"Received: {data.images.dtype}")
        if gan.num_classes and (
                data.labels is None or len(data.class_names) != gan.num_classes
                or (gan.class_names and list(gan.class_names) != list(data.class_names))):
            names = "none" if data.labels is None else ", ".join(data.class_names)
            raise ValueError(f"The model knows {gan.num_classes} classes: "
                             f"{', '.join(gan.class_names)}. Received: data with {names}")
    n = min(n, len(held_out.images), len(training.images) - max(1, len(training.images) // 10))
    if n < 10:
        raise ValueError("Figures need at least 10 real pictures to hold out, and more to train "
                         f"on. Received: {len(held_out.images)} and {len(training.images)}")
    labelled = training.labels is not None and len(training.class_names) > 1
    classifier = LeNet(training) if labelled else None
    mobile = features == "mobilenet" or not labelled
    judge = MobileNet(mobilenet_weights) if mobile else classifier

    def look(pictures, labels):
        features, seen = judge.look_at(pictures)
        if seen is None and labelled:
            seen = classifier.look_at(pictures)[1]
        return Seen(reduced(pictures).reshape(len(pictures), -1), features, seen, labels)

    order = np.random.default_rng(seed).permutation(len(training.images))
    order_held_out = np.random.default_rng(seed).permutation(len(held_out.images))
    real = look(*chosen(held_out, order_held_out[:n]))
    again = look(*chosen(training, order[:n]))             # as a perfect generator would make them
    how = {"labels": real.asked} if gan.num_classes else {}
    made = look(gan.generate(n, seed=seed, **how), how.get("labels"))
    everything = reduced(training.images).reshape(len(training.images), -1)
    validation = everything[order[n:][:VALIDATION]]

    some = np.random.default_rng(seed).permutation(n)[:COPIES_AMONG]

    def classes(x):
        return class_histogram(x.seen, len(training.class_names))

    features = f"{judge.name} features"
    small = max(gan.img_shape[:2]) <= LARGEST_SIDE
    pixels = "pixels" if small else f"pixels, reduced to {LARGEST_SIDE}"
    # name: (what is better, the instrument, the real samples that give the floor)
    instruments = {
        f"Fréchet distance ({features})": (
            "less", lambda x: frechet_distance(x.features, real.features), again),
        f"kernel distance ({features})": (
            "less", lambda x: kernel_distance(x.features, real.features), again),
        f"precision ({features})": (
            "more", lambda x: precision(x.features, real.features), again),
        f"recall ({features})": (
            "more", lambda x: recall(x.features, real.features), again),
        f"nearly equal pairs ({pixels})": (
            "near real", lambda x: birthday_test(x.pixels, real.pixels)["pairs"], again),
        f"share copied from the training set ({pixels})": (
            "near real",
            lambda x: copied_share(x.pixels[some], everything, real.pixels[some]), real),
    }
    if pixels == "pixels":
        instruments["Parzen log-likelihood, nats (pixels)"] = (
            "more",
            lambda x: parzen_log_likelihood(x.pixels, real.pixels, validation)["nats"], again)
    if labelled:
        instruments["KL of the class histogram, nats"] = (
            "less", lambda x: class_kl(classes(x), classes(real)), again)
    if gan.num_classes:
        instruments["agreement of the classifier with the labels asked for"] = (
            "more", lambda x: agreement(x.asked, x.seen), real)
        instruments["GAN-train: 1-NN error (pixels)"] = (
            "less",
            lambda x: nearest_neighbour_error(x.pixels, x.asked, real.pixels, real.asked), again)
    return Evaluation(type(gan).__name__, name_of(held_out), n, [
        measured(name, better, instrument, made, floor)
        for name, (better, instrument, floor)
        in track(instruments.items(), "measuring", transient=True)])


def evaluate_gaussian(gan, n=10_000, seed=1):
    """Measure a trained `GaussianGAN`: moments and density of its samples, and D.

    How far D(x) is from ½ near mu tells whether the game is at its equilibrium.

    Args: as for `evaluate`; the real data are n fresh numbers from the known
    distribution.

    Returns:
        An `Evaluation`.
    """
    made = gan.generate(n, seed=seed)
    real = gan.sample_data(n, np.random.default_rng([seed, 1]))
    ends = np.concatenate([made[:, 0], [gan.mu - 6 * gan.sigma, gan.mu + 6 * gan.sigma]])
    x = np.linspace(ends.min() - gan.sigma, ends.max() + gan.sigma, 8001)
    where_data_are = np.linspace(gan.mu - 2 * gan.sigma, gan.mu + 2 * gan.sigma, 401)
    instruments = {
        "mean": ("near real", lambda samples: float(samples.mean())),
        "standard deviation": ("near real", lambda samples: float(samples.std())),
        "Jensen-Shannon divergence from the data's density, nats": (
            "less",
            lambda samples: jensen_shannon(gan.density(x), estimated_density(samples, x), x)),
    }
    figures = [measured(name, better, instrument, made, real)
               for name, (better, instrument) in instruments.items()]
    start = time.monotonic()
    furthest = float(np.abs(gan.discriminate(where_data_are) - 0.5).max())
    figures.append(Figure("largest |D(x) - 1/2| within 2 sigma of mu", furthest, 0.0, "less",
                          time.monotonic() - start))
    return Evaluation(type(gan).__name__, f"N({gan.mu:g}, {gan.sigma:g}²)", n, figures)


def measured(name, better, instrument, made, floor):
    """Use an instrument on generated samples and on real ones: a `Figure`."""
    start = time.monotonic()
    generated, real = float(instrument(made)), float(instrument(floor))
    return Figure(name, generated, real, better, time.monotonic() - start)


def chosen(data, indices):
    """Pictures and labels (or None) of these indices."""
    indices = np.sort(indices)             # a memory-mapped file is read from front to back
    labels = None if data.labels is None else np.asarray(data.labels)[indices]
    return np.asarray(data.images[indices]), labels


def name_of(data):
    """What a data set calls itself, without its size."""
    return str(data).splitlines()[0].rsplit(": ", 1)[0]


def halves(data, seed=0):
    """Two random halves of a data set that has no test split, as two `Pictures`."""
    order = np.random.default_rng(seed).permutation(len(data.images))
    middle = len(order) // 2
    return tuple(Pictures(*chosen(data, part), data.class_names, f"half of {name_of(data)}")
                 for part in (order[:middle], order[middle:]))
