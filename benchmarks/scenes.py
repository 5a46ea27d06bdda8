"""Are a run's samples as diverse as real scenes, and near to held-out scenes?

    keras-gan train dcgan --run-dir runs/scenes
    python benchmarks/scenes.py runs/scenes

The distance of two pictures is the root mean square difference of their 16x20
thumbnails, pixels in 0..1. Diversity: mean distance between 64 pictures. Nearness: mean
distance of the 400 held-out scenes to the nearest of the 64. Two cheap answers are
shown beside the samples: the mean picture, or one copied picture. They have no
diversity, and are far from most scenes.

A second table: in how many samples is there a house, or a boat? A small classifier
judges. It was taught with cut-outs of real scenes, 32x32 pixels: with a house in the
middle, with a boat, with neither, and with a house or boat so blurred that it is a
spot. Slid over a picture, it has seen a thing where it is surer of one anywhere than
in 98 % of those real scenes of the training split that have none. Every village should
have a house, and every sea a boat. Which samples are one, the LeNet of `keras-gan
evaluate` says.
"""
import json
from pathlib import Path

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import cv2
import keras
import numpy as np
import tyro
from rich.console import Console
from rich.table import Table

from data_loaders import load_data, scenes
from data_loaders.cache import cache_folder, into_cache
from keras_gan.command.look import load_model
from keras_gan.evaluation.judge import LeNet

THINGS, WHERE_ALWAYS = ("house", "boat"), ("village", "sea")
WINDOW, STRIDE, ALLOWED = 32, 8, 0.02
JUDGE_VERSION = 1             # with another number it is taught anew


def thumbnails(pictures):
    """(n, H, W, 3) in 0..1 -> (n, 16 * 20 * 3)."""
    return np.stack([cv2.resize(p, (20, 16), interpolation=cv2.INTER_AREA).reshape(-1)
                     for p in pictures])


def distances(a, b):
    """Root mean square difference between each thumbnail of `a` and each of `b`."""
    return np.sqrt(((a[:, None] - b[None]) ** 2).mean(-1))


def numbers_of(data):
    """The number of each scene, by its file's name."""
    return [int(Path(file).stem) for file in data.files]


def cut_outs(images, things, rng):
    """Squares to learn from: float32 (n, 32, 32, 3), and 1 where (house, boat) is."""
    squares, labels = [], []

    def cut(image, x, y, label, blurred=False):
        moved = np.round(np.array([y, x]) - WINDOW / 2).astype(int)
        top, left = np.clip(moved, 0, np.array(image.shape[:2]) - WINDOW)
        square = image[top:top + WINDOW, left:left + WINDOW].astype(np.float32)
        if blurred:
            square = cv2.GaussianBlur(square, (0, 0), rng.uniform(3, 5))
        squares.append(square[:, ::rng.choice((1, -1))])
        labels.append(label)

    for image, there in zip(images, things):
        centres = [((left + right) / 2, (top + bottom) / 2)
                   for _, (left, top, right, bottom) in there]
        for (thing, _), centre in zip(there, centres):
            for _ in range(2):
                label = [name == thing for name in THINGS]
                cut(image, *(centre + rng.uniform(-6, 6, 2)), label)
            cut(image, *centre, [False, False], blurred=True)
        for x, y in rng.uniform((16, 16), (144, 112), (4, 2)):
            if all(max(abs(x - a), abs(y - b)) > 24 for a, b in centres):
                cut(image, x, y, [False, False])
    return np.stack(squares) / 255, np.array(labels, "float32")


class JudgeOfThings:
    """A classifier of squares of 32x32 pixels, slid over pictures. It is cached."""

    def __init__(self):
        keras.utils.set_random_seed(0)
        layers = keras.layers
        # Unpadded: the last layer sees 4x4 of the features, 32x32 pixels; the next
        # window is 8 pixels further on
        self.network = keras.Sequential([
            keras.Input((None, None, 3)),
            layers.Conv2D(24, 4, 2, "valid", activation="relu"),       # 15
            layers.Conv2D(48, 3, 2, "valid", activation="relu"),       # 7
            layers.Conv2D(64, 3, 2, "valid", activation="relu"),       # 3
            layers.Conv2D(64, 3, 1, "valid", activation="relu"),       # 1
            layers.Dropout(0.3),
            layers.Conv2D(2, 1),
        ])
        folder = cache_folder() / f"judge-of-things-{JUDGE_VERSION}"
        if not folder.exists():
            with into_cache(folder) as beside:
                self.teach()
                self.network.save_weights(beside / "judge.weights.h5")
                (beside / "least.json").write_text(json.dumps(self.least.tolist()))
        self.network.load_weights(folder / "judge.weights.h5")
        self.least = np.array(json.loads((folder / "least.json").read_text()))

    def teach(self):
        data = load_data("scenes")
        things = [scenes.things_in(number) for number in numbers_of(data)]
        x, y = cut_outs(data.images, things, np.random.default_rng(0))
        self.network.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
        self.network.fit(x, y[:, None, None], batch_size=64, epochs=8, verbose=0)
        sure, there = self.sureness(data.images), has(things)
        self.least = np.array([np.quantile(sure[~there[:, i], i], 1 - ALLOWED)
                               for i in range(len(THINGS))])

    def sureness(self, pictures):
        """The largest logit of house and of boat in each picture, float (n, 2).

        Args:
            pictures: (n, 128, 160, 3), uint8 or float in [0, 1].
        """
        if pictures.dtype == np.uint8:
            pictures = pictures / np.float32(255)
        around = ((0, 0), (STRIDE, STRIDE), (STRIDE, STRIDE), (0, 0))
        return np.concatenate([
            keras.ops.max(self.network(np.pad(some, around, "edge"), training=False), (1, 2))
            for some in np.array_split(pictures, -(-len(pictures) // 50))])

    def sees(self, pictures):
        """Whether there is a house, and a boat, in each picture: bool (n, 2)."""
        return self.sureness(pictures) > self.least


def has(things):
    """Whether there is a house, and a boat, among each scene's things: bool (n, 2)."""
    return np.array([[thing in [name for name, _ in there] for thing in THINGS]
                     for there in things])


def in_class(there, labels, class_names):
    """The share of villages with a house, and of seas with a boat: two floats.

    Args:
        there: bool (n, 2), whether there is a house, and a boat, in each picture.
        labels: (n,), of which class each is.
        class_names: list of str.
    """
    numbers = [class_names.index(name) for name in WHERE_ALWAYS]
    return [there[labels == number, i].mean() if (labels == number).any() else np.nan
            for i, number in enumerate(numbers)]


def figures_of(pictures):
    """What the judge sees in pictures and in held-out scenes, as figures of `keras-gan
    evaluate`: a list of dicts.

    Args:
        pictures: (n, 128, 160, 3), float in [0, 1]; n of some hundreds.
    """
    held_out = load_data("scenes", split="test")
    judge, lenet = JudgeOfThings(), LeNet(load_data("scenes"))
    shares = [[*in_class(there, labels, held_out.class_names), *there.mean(0)]
              for there, labels in ((judge.sees(pictures), lenet.look_at(pictures)[1]),
                                    (judge.sees(held_out.images), held_out.labels))]
    names = ("villages with a house", "seas with a boat", "with a house", "with a boat")
    return [{"name": name, **{whose: None if np.isnan(share) else float(share) for whose, share in
                              zip(("generated", "real"), both)}}
            for name, *both in zip(names, *shares)]


def houses_and_boats(pictures):
    """Table: the share of pictures with a house or a boat, and how good the judge is.

    Args:
        pictures: (n, 128, 160, 3), float in [0, 1]; n of some hundreds.
    """
    judge, held_out = JudgeOfThings(), load_data("scenes", split="test")
    lenet = LeNet(load_data("scenes"))
    truth = has([scenes.things_in(number) for number in numbers_of(held_out)])
    seen, of_samples = judge.sees(held_out.images), judge.sees(pictures)
    classes, names = lenet.look_at(pictures)[1], held_out.class_names
    table = Table("share of", "with a house", "with a boat")

    def row(name, shares):
        table.add_row(name, *(f"{share:.2f}" for share in shares))

    table.add_row("", "in villages", "at sea")
    row("real scenes, the truth", in_class(truth, held_out.labels, names))
    row("real scenes, the judge", in_class(seen, held_out.labels, names))
    row(f"{len(pictures)} samples, the judge", in_class(of_samples, classes, names))
    table.add_row("", "anywhere", "anywhere")
    row("real scenes, the truth", truth.mean(0))
    row("real scenes, the judge", seen.mean(0))
    row(f"{len(pictures)} samples, the judge", of_samples.mean(0))
    row("real scenes in which the judge is right", (seen == truth).mean(0))
    row("real scenes without one, in which it sees one",
        [seen[~truth[:, i], i].mean() for i in range(len(THINGS))])
    blurred = np.stack([cv2.GaussianBlur(image, (0, 0), 4) for image in held_out.images])
    row("real scenes, blurred (σ = 4 pixels)", judge.sees(blurred).mean(0))
    return table


def main(run: tyro.conf.Positional[Path], seed: int = 1):
    """Compare samples of a model that was trained on scenes with real ones.

    64 samples in the first table, 400 in the second.

    Args:
        run: run directory.
        seed: of the samples.
    """
    train, held_out = (load_data("scenes", split=split).images / np.float32(255)
                       for split in ("train", "test"))
    _, gan = load_model(run)
    order = np.random.default_rng(0).permutation(len(train))
    held_out = thumbnails(held_out)
    rows = {"64 real scenes": train[order[:64]],
            "64 samples": gan.generate(64, seed=seed),
            "the mean picture": train.mean(0, keepdims=True),
            "one copied scene (mean of 64)": None}
    table = Table("pictures", "diversity", "nearness to held-out scenes (less is nearer)")
    for name, pictures in rows.items():
        if pictures is None:
            diversity, nearness = 0.0, distances(held_out, thumbnails(train[order[:64]])).mean()
        else:
            small = thumbnails(pictures)
            pairs = distances(small, small)[np.triu_indices(len(small), 1)]
            diversity = pairs.mean() if len(pairs) else 0.0
            nearness = distances(held_out, small).min(axis=1).mean()
        table.add_row(name, f"{diversity:.3f}", f"{nearness:.3f}")
    Console().print(table)
    Console().print(houses_and_boats(gan.generate(400, seed=seed)))


if __name__ == "__main__":
    tyro.cli(main)
