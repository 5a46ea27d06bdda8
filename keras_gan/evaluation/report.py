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
from rich.table import Column, Table
from rich.text import Text

from data_loaders import Pictures
from keras_gan.evaluation.classes import agreement, class_histogram, class_kl
from keras_gan.evaluation.densities import jensen_shannon
from keras_gan.evaluation.distances import frechet_distance, kernel_distance
from keras_gan.evaluation.judge import LARGEST_SIDE, LeNet, MobileNet, StackedLeNet, reduced
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
FEW = 1000                    # samples, and less: figures scatter widely


@dataclasses.dataclass
class Figure:
    """One line of the table.

    Attributes:
        name: what was measured, and on what.
        generated: the figure of the model's samples; NaN where it can't be measured.
        real: the figure of real data, its floor: a perfect generator would reach it.
        better: "less", "more" or "near real".
        seconds: the time for both together.
        what: what it is, in words.
    """
    name: str
    generated: float
    real: float
    better: str
    seconds: float
    what: str = ""


@dataclasses.dataclass
class Evaluation:
    """The figures of all instruments: `print(evaluation)`, `table()` or `as_json()`.

    Attributes:
        model: str, name of the class.
        against: str, the real data that it was compared with.
        n: int, how many samples.
        figures: list of `Figure`.
        remarks: list of str, what to know before the figures are read.
    """
    model: str
    against: str
    n: int
    figures: list
    remarks: list = dataclasses.field(default_factory=list)

    def __getitem__(self, name):
        """The `Figure` whose name begins with `name`."""
        return next(figure for figure in self.figures if figure.name.startswith(name))

    def __str__(self):
        return "\n".join([*self._title(), *(f"  {f.name}: {f.generated:.4g} (real: {f.real:.4g})"
                                            for f in self.figures)])

    def _title(self):
        """The lines above the figures."""
        return [f"{self.model}: {self.n} samples against {self.against}", *self.remarks]

    def table(self):
        """A `rich.table.Table`, made for terminals of 80 columns and more."""
        table = Table("figure", Column("generated", justify="right", no_wrap=True),
                      Column("real", justify="right", no_wrap=True), Column("better is", width=9),
                      title="\n".join(self._title()), show_lines=True,
                      caption="real: the same figure of real data, which a perfect generator "
                              "would reach")
        for f in self.figures:
            table.add_row(Text.assemble(f.name, (f"\n{f.what}" * bool(f.what), "italic")),
                          *("-" if math.isnan(x) else f"{x:.4g}" for x in (f.generated, f.real)),
                          f.better)
        return table

    def as_json(self):
        """str: an object with "model", "against", "n", "remarks" and "figures".

        Infinite and undefined numbers are null.
        """
        figures = [{name: None if isinstance(v, float) and not math.isfinite(v) else v
                    for name, v in dataclasses.asdict(f).items()}
                   for f in self.figures]
        return json.dumps({"model": self.model, "against": self.against, "n": self.n,
                           "remarks": self.remarks, "figures": figures}, indent=2)


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
    if len(gan.img_shape) != 3:
        raise ValueError(f"{type(gan).__name__} makes samples of {tuple(gan.img_shape)}, and "
                         "evaluate measures pictures. For vectors and signals keras_gan.evaluation "
                         "has functions: precision, recall, kernel_distance, birthday_test.")
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
    remarks = few(n)
    bands = getattr(gan, "bands", None)
    if gan.img_shape[-1] == 4 and bands is None:
        training, held_out = on_white(training), on_white(held_out)
        remarks.append("Pictures with alpha were laid on white.")
    labelled = training.labels is not None and len(training.class_names) > 1
    stacked = (getattr(training, "source", None) or {}).get("source") == "stacked_mnist"
    teach = StackedLeNet if stacked else LeNet
    classifier = teach(training) if labelled else None
    mobile = features == "mobilenet" or not labelled
    judge = MobileNet(mobilenet_weights, bands) if mobile else classifier
    if mobile and training.images.shape[-1] not in (1, 3):
        shown = "channel 0" if training.images.shape[-1] == 2 else "channels 0, 1 and 2"
        shown = f"channels {', '.join(map(str, bands))}" if bands else shown
        remarks.append(f"MobileNetV2 takes three channels: it saw {shown} of "
                       f"{training.images.shape[-1]}.")

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
    generated = gan.generate(n, seed=seed, **how)
    if training.images.shape[-1] != gan.img_shape[-1]:
        generated = laid_on_white(generated)
    made = look(generated, how.get("labels"))
    everything = reduced(training.images).reshape(len(training.images), -1)
    validation = everything[order[n:][:VALIDATION]]

    some = np.random.default_rng(seed).permutation(n)[:COPIES_AMONG]

    def classes(x):
        return class_histogram(x.seen, len(training.class_names))

    features = f"{judge.name} features"
    small = max(gan.img_shape[:2]) <= LARGEST_SIDE
    pixels = "pixels" if small else f"pixels, reduced to {LARGEST_SIDE}"
    # name: (what is better, what it is, the instrument, real samples as the floor)
    instruments = {
        f"Fréchet distance ({features})": (
            "less", "How far centre and spread of the samples are from those of real data. "
            "0: equal. It grows as the number of samples falls.",
            lambda x: frechet_distance(x.features, real.features), again),
        f"kernel distance ({features})": (
            "less", "How far the samples are from real data. Of real data it is near 0, by chance "
            "above or below. Its unit is the features': compare it with the column real.",
            lambda x: kernel_distance(x.features, real.features), again),
        f"precision ({features})": (
            "more", "Share of samples that look real: each is near some real picture.",
            lambda x: precision(x.features, real.features), again),
        f"recall ({features})": (
            "more", "Share of real pictures that the samples cover. 0: one sample, repeated.",
            lambda x: recall(x.features, real.features), again),
        f"nearly equal pairs ({pixels})": (
            "near real", f"Of all {n * (n - 1) // 2:,} pairs of samples: those nearer to each "
            "other than any two real pictures. Many: it makes few different pictures.",
            lambda x: birthday_test(x.pixels, real.pixels)["pairs"], again),
        f"share copied from the training set ({pixels})": (
            "near real", "Share of samples as near to a training picture as 1 % of unseen real "
            "ones are. .01: nothing is copied. 1: all is.",
            lambda x: copied_share(x.pixels[some], everything, real.pixels[some]), real),
    }
    if pixels == "pixels":
        instruments["Parzen log-likelihood, nats (pixels)"] = (
            "more", "How likely real pictures are if each sample is blurred by noise: the figure "
            "of papers of 2014. Blurred samples score well.",
            lambda x: parzen_log_likelihood(x.pixels, real.pixels, validation)["nats"], again)
    if stacked:
        instruments["modes of 1000"] = (
            "more", "How many of the 1,000 stacks of three digits there are, by the LeNet.",
            lambda x: len(np.unique(x.seen)), again)
        instruments["KL from equally frequent modes, nats"] = (
            "less", "Whether all 1,000 are equally frequent. Of n perfect samples it is about "
            "999 / 2n.",
            lambda x: class_kl(classes(x), np.full(1000, 1 / 1000)), again)
    elif labelled:
        instruments["KL of the class histogram, nats"] = (
            "less", "Whether the classes are as frequent as in real data. 0: they are.",
            lambda x: class_kl(classes(x), classes(real)), again)
    if gan.num_classes:
        instruments["agreement of the classifier with the labels asked for"] = (
            "more", "Share of samples in which it sees the class that was asked for.",
            lambda x: agreement(x.asked, x.seen), real)
        instruments["GAN-train: 1-NN error (pixels)"] = (
            "less", "Share of real pictures that get a wrong class, that of the nearest sample.",
            lambda x: nearest_neighbour_error(x.pixels, x.asked, real.pixels, real.asked), again)
    figures = [measured(name, *instrument, made=made, remarks=remarks)
               for name, instrument in track(instruments.items(), "measuring", transient=True)]
    return Evaluation(type(gan).__name__, name_of(held_out), n, figures, remarks)


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
        "mean": ("near real", "", lambda samples: float(samples.mean())),
        "standard deviation": ("near real", "", lambda samples: float(samples.std())),
        "Jensen-Shannon divergence from the data's density, nats": (
            "less", "0: the densities are equal. log 2 = 0.693: they don't overlap.",
            lambda samples: jensen_shannon(gan.density(x), estimated_density(samples, x), x)),
    }
    remarks = few(n)
    figures = [measured(name, *instrument, real, made=made, remarks=remarks)
               for name, instrument in instruments.items()]
    start = time.monotonic()
    furthest = float(np.abs(gan.discriminate(where_data_are) - 0.5).max())
    figures.append(Figure("largest |D(x) - 1/2| within 2 sigma of mu", furthest, 0.0, "less",
                          time.monotonic() - start,
                          "0: the discriminator can't tell, the game is at its equilibrium."))
    return Evaluation(type(gan).__name__, f"N({gan.mu:g}, {gan.sigma:g}²)", n, figures, remarks)


def few(n):
    """What to know about figures of n samples: a list of at most one str."""
    if n >= FEW:
        return []
    return [f"Only {n} samples: a figure changes much from one choice of samples to the next. "
            f"Trust only large distances from the column real; from {FEW} on, smaller ones too."]


def measured(name, better, what, instrument, floor, made, remarks):
    """Use an instrument on generated samples and on real ones: a `Figure`.

    What can't be measured is NaN, and noted in `remarks`.
    """
    start = time.monotonic()
    figures = []
    for samples in (made, floor):
        try:
            figures.append(float(instrument(samples)))
        except ValueError as error:
            figures.append(math.nan)
            if (remark := f"{name} can't be measured: {error}") not in remarks:
                remarks.append(remark)
    return Figure(name, *figures, better, time.monotonic() - start, what)


def laid_on_white(pictures):
    """RGBA pictures (n, H, W, 4), uint8 or float in [0, 1], on white: RGB, likewise."""
    white = 255 if pictures.dtype == np.uint8 else 1
    rgb = np.empty((*pictures.shape[:-1], 3), pictures.dtype)
    for made, picture in zip(rgb, pictures):
        alpha = picture[..., 3:] / np.float32(white)
        seen = picture[..., :3] * alpha + white * (1 - alpha)
        made[...] = np.round(seen) if white == 255 else seen
    return rgb


def on_white(data):
    """A data set of RGBA pictures, laid on white, as `Pictures`."""
    return Pictures(laid_on_white(data.images), data.labels, data.class_names, name_of(data))


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
