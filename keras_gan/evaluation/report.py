"""What all instruments say of a trained model, as a table: every figure beside its floor, the same figure of real data."""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import dataclasses
import json
import math
import time

import numpy as np
from rich.progress import track
from rich.table import Table

from data_loaders import Pictures
from keras_gan.evaluation.classes import agreement, class_histogram, class_kl
from keras_gan.evaluation.densities import jensen_shannon
from keras_gan.evaluation.distances import frechet_distance, kernel_distance
from keras_gan.evaluation.judge import LARGEST_SIDE, LeNet, MobileNet, reduced
from keras_gan.evaluation.neighbours import birthday_test, copied_share, nearest_neighbour_error, precision, recall
from keras_gan.evaluation.parzen import parzen_log_likelihood

VALIDATION = 1000             # training pictures that choose the width of the Parzen window
COPIES_AMONG = 1000           # samples that are compared with the whole training set


@dataclasses.dataclass
class Figure:
    """One line of the table.

    Attributes:
        name: what was measured, and on what.
        generated: of the model's samples.
        real: the same of real data, which is what a perfect generator would score.
        better: "less", "more" or "near real".
        seconds: what both took together.
    """
    name: str
    generated: float
    real: float
    better: str
    seconds: float


@dataclasses.dataclass
class Evaluation:
    """What all instruments say. `print(evaluation)` shows it in lines, `table()` as a table, `as_json()` to machines.

    Attributes:
        model: str, name of the class.
        against: str, what it was compared with.
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
        return "\n".join([self._title(), *(f"  {f.name}: {f.generated:.4g} (real: {f.real:.4g})" for f in self.figures)])

    def _title(self):
        return f"{self.model}: {self.n} samples against {self.against}"

    def table(self):
        """A `rich.table.Table`."""
        table = Table("figure", "generated", "real", "better is", "seconds", title=self._title())
        for f in self.figures:
            table.add_row(f.name, f"{f.generated:.4g}", f"{f.real:.4g}", f.better, f"{f.seconds:.1f}")
        return table

    def as_json(self):
        """str: an object with "model", "against", "n" and "figures". What is infinite or undefined is null."""
        figures = [{name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in dataclasses.asdict(f).items()}
                   for f in self.figures]
        return json.dumps({"model": self.model, "against": self.against, "n": self.n, "figures": figures}, indent=2)


@dataclasses.dataclass
class Seen:
    """Pictures, and what the judge sees in them: pixels (n, d) in [0, 1], features (n, f), seen and asked labels (n,) or None."""
    pixels: np.ndarray
    features: np.ndarray
    seen: np.ndarray | None
    asked: np.ndarray | None


def evaluate(gan, training, held_out, n=10_000, seed=1, features="auto", mobilenet_weights="imagenet"):
    """Measure a trained model with every instrument that fits it.

    Args:
        gan: a trained model of pictures.
        training: what it was trained on, as `load_data` returns it.
        held_out: real pictures to compare with, likewise: such as it hasn't seen, if there are any.
        n: int, how many samples; at most as many as there are real ones.
        seed: int, of the samples and of the choice of real ones.
        features: "lenet", of a LeNet that the labels teach; "mobilenet", of MobileNetV2; "auto": LeNet if there are labels.
        mobilenet_weights: "imagenet" (downloaded), or a file of weights.

    Returns:
        An `Evaluation`.

    Raises:
        ValueError: if the data have another shape or other classes than the model's pictures, or are too few.
        FileNotFoundError: if MobileNetV2 is needed and its weights can't be had.
    """
    for data in (training, held_out):
        if tuple(data.images.shape[1:]) != tuple(gan.img_shape):
            raise ValueError(f"The model makes pictures of {tuple(gan.img_shape)}. Received: data of {tuple(data.images.shape[1:])}")
        if data.images.dtype != np.uint8:
            raise ValueError(f"The data must be uint8, as load_data gives them. Received: {data.images.dtype}")
        if gan.num_classes and (data.labels is None or len(data.class_names) != gan.num_classes
                                or (gan.class_names and list(gan.class_names) != list(data.class_names))):
            raise ValueError(f"The model knows {gan.num_classes} classes: {', '.join(gan.class_names)}. Received: data with "
                             f"{'none' if data.labels is None else ', '.join(data.class_names)}")
    n = min(n, len(held_out.images), len(training.images) - max(1, len(training.images) // 10))
    if n < 10:
        raise ValueError(f"Figures take at least 10 real pictures to hold out, and more to train on. Received: {len(held_out.images)} and "
                         f"{len(training.images)}")
    labelled = training.labels is not None and len(training.class_names) > 1
    classifier = LeNet(training) if labelled else None
    judge = MobileNet(mobilenet_weights) if features == "mobilenet" or not labelled else classifier

    def look(pictures, labels):
        seen, sees = judge.look_at(pictures)
        return Seen(reduced(pictures).reshape(len(pictures), -1), seen, classifier.look_at(pictures)[1] if sees is None and labelled else sees, labels)

    order = np.random.default_rng(seed).permutation(len(training.images))
    real = look(*chosen(held_out, np.random.default_rng(seed).permutation(len(held_out.images))[:n]))
    again = look(*chosen(training, order[:n]))                      # what a perfect generator would make
    how = {"labels": real.asked} if gan.num_classes else {}
    made = look(gan.generate(n, seed=seed, **how), how.get("labels"))
    everything = reduced(training.images).reshape(len(training.images), -1)
    validation = everything[order[n:][:VALIDATION]]

    some = np.random.default_rng(seed).permutation(n)[:COPIES_AMONG]

    def classes(x):
        return class_histogram(x.seen, len(training.class_names))

    features = f"{judge.name} features"
    pixels = "pixels" if max(gan.img_shape[:2]) <= LARGEST_SIDE else f"pixels, reduced to {LARGEST_SIDE}"
    # name: (what is better, the instrument, real samples that it is tried on for the floor)
    instruments = {
        f"Fréchet distance ({features})": ("less", lambda x: frechet_distance(x.features, real.features), again),
        f"kernel distance ({features})": ("less", lambda x: kernel_distance(x.features, real.features), again),
        f"precision ({features})": ("more", lambda x: precision(x.features, real.features), again),
        f"recall ({features})": ("more", lambda x: recall(x.features, real.features), again),
        f"nearly equal pairs ({pixels})": ("near real", lambda x: birthday_test(x.pixels, real.pixels)["pairs"], again),
        f"share copied from the training set ({pixels})": (
            "near real", lambda x: copied_share(x.pixels[some], everything, real.pixels[some]), real),
    }
    if pixels == "pixels":
        instruments["Parzen log-likelihood, nats (pixels)"] = (
            "more", lambda x: parzen_log_likelihood(x.pixels, real.pixels, validation)["nats"], again)
    if labelled:
        instruments["KL of the class histogram, nats"] = ("less", lambda x: class_kl(classes(x), classes(real)), again)
    if gan.num_classes:
        instruments["agreement of the classifier with the labels asked for"] = ("more", lambda x: agreement(x.asked, x.seen), real)
        instruments["GAN-train: 1-NN error (pixels)"] = (
            "less", lambda x: nearest_neighbour_error(x.pixels, x.asked, real.pixels, real.asked), again)
    return Evaluation(type(gan).__name__, name_of(held_out), n, [
        measured(name, better, instrument, made, floor)
        for name, (better, instrument, floor) in track(instruments.items(), "measuring", transient=True)])


def evaluate_gaussian(gan, n=10_000, seed=1):
    """Measure a trained `GaussianGAN`: its samples' moments and density, and how far its discriminator is from ½.

    Args: as for `evaluate`; the real data are n fresh ones of the known distribution.

    Returns:
        An `Evaluation`.
    """
    made, real = gan.generate(n, seed=seed), gan.sample_data(n, np.random.default_rng([seed, 1]))
    ends = np.concatenate([made[:, 0], [gan.mu - 6 * gan.sigma, gan.mu + 6 * gan.sigma]])
    x = np.linspace(ends.min() - gan.sigma, ends.max() + gan.sigma, 8001)
    where_data_are = np.linspace(gan.mu - 2 * gan.sigma, gan.mu + 2 * gan.sigma, 401)
    instruments = {
        "mean": ("near real", lambda samples: float(samples.mean())),
        "standard deviation": ("near real", lambda samples: float(samples.std())),
        "Jensen-Shannon divergence from the data's density, nats": (
            "less", lambda samples: jensen_shannon(gan.density(x), gan.estimated_density(samples, x), x)),
    }
    figures = [measured(name, better, instrument, made, real) for name, (better, instrument) in instruments.items()]
    start = time.monotonic()
    furthest = float(np.abs(gan.discriminate(where_data_are) - 0.5).max())
    figures.append(Figure("largest |D(x) - 1/2| within 2 sigma of mu", furthest, 0.0, "less", time.monotonic() - start))
    return Evaluation(type(gan).__name__, f"N({gan.mu:g}, {gan.sigma:g}²)", n, figures)


def measured(name, better, instrument, made, floor):
    """Use an instrument on generated and on real samples: a `Figure`."""
    start = time.monotonic()
    generated, real = float(instrument(made)), float(instrument(floor))
    return Figure(name, generated, real, better, time.monotonic() - start)


def chosen(data, indices):
    """Pictures and labels (or None) of these indices."""
    indices = np.sort(indices)             # of a memory-mapped file: from front to back
    return np.asarray(data.images[indices]), None if data.labels is None else np.asarray(data.labels)[indices]


def name_of(data):
    """What a data set calls itself, without its size."""
    return str(data).splitlines()[0].rsplit(": ", 1)[0]


def halves(data, seed=0):
    """Two random halves of a data set that has no test split, as two `Pictures`."""
    order = np.random.default_rng(seed).permutation(len(data.images))
    middle = len(order) // 2
    return tuple(Pictures(*chosen(data, part), data.class_names, f"half of {name_of(data)}")
                 for part in (order[:middle], order[middle:]))
