"""The networks that see pictures for the instruments: our own LeNet, or MobileNetV2."""
import hashlib
import itertools
import json

import keras_gan.backend.quiet_tensorflow  # noqa: F401

import cv2
import keras
import numpy as np
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from rich.progress import track

from data_loaders import Pictures
from data_loaders.batches import Batches
from data_loaders.cache import cache_folder, into_cache
from keras_gan.base.seeding import channels_last, full_precision, seeded_layers
from keras_gan.samples.drawing import as_rgb
from keras_gan.samples.ranges import to_uint8

LARGEST_SIDE = 32             # of the pictures that the LeNet sees
LENET_VERSION = 1             # of its training; with another number all judges are trained anew
EPOCHS, BATCH_SIZE = 4, 128
STEPS_AT_LEAST = 600          # on a small data set these are more epochs


class LeNet:
    """A small classifier, taught with labels; its last hidden layer gives the features.

    Convolution 5x5 to 32, max pool, convolution 5x5 to 64, max pool, dense 128 (the
    features), Dropout .4, softmax; after Yann LeCun et al., 1998, "Gradient-based
    learning applied to document recognition". Adam, batches of 128, four epochs.
    Pictures with more than 32 pixels a side are reduced first. It is trained once for
    each data set, and kept in the cache.

    Args:
        data: what `load_data` returns, with labels: the pictures to learn from.

    Raises:
        ValueError: if there are no labels, or fewer than two classes.
    """

    name = "LeNet"

    def __init__(self, data):
        if data.labels is None or len(data.class_names) < 2:
            raise ValueError("A classifier must be taught with labelled pictures of at least "
                             f"two classes (sub-folders become classes). Received: {data}")
        self.class_names = list(data.class_names)
        labels = np.asarray(data.labels, "int64")
        some = np.ascontiguousarray(data.images[::max(1, len(data.images) // 200)])
        what = json.dumps([LENET_VERSION, self.class_names, data.images.shape])
        key = hashlib.sha256(what.encode() + some.tobytes() + labels.tobytes()).hexdigest()[:16]
        weights = cache_folder() / f"judge-{key}" / "lenet.weights.h5"
        with seeded_layers(0), full_precision():
            network = keras.Sequential([
                keras.Input(reduced(data.images[:1]).shape[1:]),
                Conv2D(32, 5, padding="same", activation="relu"),
                MaxPooling2D(),
                Conv2D(64, 5, padding="same", activation="relu"),
                MaxPooling2D(),
                Flatten(),
                Dense(128, activation="relu", name="features"),
                Dropout(0.4),
                Dense(len(self.class_names), activation="softmax"),
            ])
        if not weights.exists():
            self._teach(network, data.images, labels)
            with into_cache(weights.parent) as beside:
                network.save_weights(beside / weights.name)
        network.load_weights(weights)
        self._features_and_classes = keras.Model(
            network.inputs[0], [network.get_layer("features").output, network.outputs[0]])

    @staticmethod
    def _teach(network, images, labels):
        network.compile("adam", "sparse_categorical_crossentropy")
        batches = Batches(reduced(images), labels, min(BATCH_SIZE, len(images)))
        steps = max(STEPS_AT_LEAST, EPOCHS * len(batches))
        for batch in track(itertools.islice(batches.from_batch(0), steps), "teaching the judge",
                           total=steps, transient=True):
            network.train_on_batch(*batch)

    def look_at(self, pictures):
        """Features and classes of pictures.

        Args:
            pictures: (n, H, W, C), uint8 or float in [0, 1], of the shape that it was
                taught with.

        Returns:
            features, float array (n, 128); labels, int array (n,), the classes that it
            sees.
        """
        features, classes = zip(*(self._features_and_classes(reduced(batch), training=False)
                                  for batch in _batches(pictures)))
        return np.concatenate(features), np.concatenate(classes).argmax(axis=1)


class StackedLeNet:
    """A LeNet for one digit that looks at each channel of stacked MNIST.

    Args:
        data: `load_data("stacked_mnist")`, or the same with another split. The LeNet
            learns from their first channel.
    """

    name = "LeNet"

    def __init__(self, data):
        digits = [str(d) for d in range(10)]
        labels = np.asarray(data.labels) // 100
        self._of_one = LeNet(Pictures(data.images[..., :1], labels, digits, "first channels"))

    def look_at(self, pictures):
        """As `LeNet.look_at`: features (n, 3 * 128), and labels 100 a + 10 b + c."""
        features, digits = zip(*(self._of_one.look_at(pictures[..., k:k + 1]) for k in range(3)))
        return np.concatenate(features, axis=1), np.stack(digits, axis=1) @ (100, 10, 1)


class MobileNet:
    """Features of MobileNetV2, trained on ImageNet: for pictures without labels.

    Mark Sandler et al., 2018, arXiv:1801.04381.

    Args:
        weights: "imagenet", which Keras downloads at the first call, or a file with the
            weights of `keras.applications.MobileNetV2(input_shape=(160, 160, 3),
            include_top=False)`.
        bands: the channels of pictures that it sees, see `as_rgb`; None: of 1 or 2 the
            first, else the first three.

    Raises:
        FileNotFoundError: if the weights can't be downloaded, or there is no such file.
    """

    name = "MobileNetV2"

    def __init__(self, weights="imagenet", bands=None):
        self.bands = bands
        try:
            with channels_last(), full_precision():
                self._network = keras.applications.MobileNetV2(
                    (160, 160, 3), include_top=False, pooling="avg",
                    weights="imagenet" if weights == "imagenet" else None)
            if weights != "imagenet":
                self._network.load_weights(weights)
        except Exception as error:         # what a failed download raises differs between systems
            raise FileNotFoundError(
                f"The weights {weights!r} of MobileNetV2 can't be loaded ({error}). "
                "Give a file that has them: --mobilenet-weights FILE.") from error

    def look_at(self, pictures):
        """Features of pictures (n, H, W, C), uint8 or float in [0, 1].

        Returns:
            features, float array (n, 1280); None in place of labels, because it knows
            no classes.
        """
        bands = self.bands or ((0, 1, 2) if pictures.shape[-1] > 2 else (0,))

        def enlarged(batch):
            batch = [cv2.resize(p, (160, 160), interpolation=cv2.INTER_AREA)
                     for p in as_rgb(batch, bands)]
            return np.stack(batch) / np.float32(127.5) - 1

        return np.concatenate([self._network(enlarged(batch), training=False)
                               for batch in _batches(pictures, 50)]), None


def reduced(pictures, largest_side=LARGEST_SIDE):
    """Pictures as float32 in [0, 1], with at most `largest_side` pixels a side.

    Args:
        pictures: (n, H, W, C), uint8 or float in [0, 1].
    """
    h, w, channels = pictures.shape[1:]
    pictures = to_uint8(pictures) if max(h, w) > largest_side else np.asarray(pictures)
    if max(h, w) > largest_side:
        h, w = (max(1, round(side * largest_side / max(h, w))) for side in (h, w))
        pictures = np.stack([
            cv2.resize(p, (w, h), interpolation=cv2.INTER_AREA).reshape(h, w, channels)
            for p in pictures])
    return pictures / np.float32(255) if pictures.dtype == np.uint8 else pictures.astype("float32")


def _batches(pictures, size=500):
    """Batches of pictures, with a progress bar where there are many."""
    return track([pictures[i:i + size] for i in range(0, len(pictures), size)],
                 "looking at pictures", transient=True, disable=len(pictures) < 10 * size)
