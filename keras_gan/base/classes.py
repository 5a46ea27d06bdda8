"""What models have in common that know the classes of their pictures."""
import difflib
import warnings

import numpy as np

from keras_gan.backend.one_graph import being_compiled
from keras_gan.base.generating import generator_of
from keras_gan.base.options import options
from keras_gan.samples.drawing import grid, write_png, write_real_vs_generated
from keras_gan.samples.kinds import Labels, Samples
from keras_gan.samples.ranges import to_network, to_pictures


@options
class Classes:
    """Labels beside the pictures, and pictures of the classes that one asks for.

    A part of a `NoiseGame` whose generator takes [noise (batch, latent_dim), labels
    (batch, 1)]. Labels are whole numbers from 0 to num_classes - 1, (N,).
    """

    num_classes: int = 10
    """How many classes there are, at least 2."""

    axes, other_axes = (3,), ""

    @property
    def takes(self):
        """What one batch of the data is: pictures, and their classes."""
        return {"images": Samples(self.img_shape), "labels": Labels(self.num_classes)}

    @property
    def made_at_once(self):
        """Samples that a sheet makes at once."""
        return max(25, 5 * min(self.num_classes, 10))

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        self.require_whole("num_classes", 2)
        super().check_arguments()

    def prepare_labels(self, labels, n):
        """The labels of n pictures as the networks take them: int32 (n, 1)."""
        return labels if being_compiled() else self.takes["labels"].checked(labels, n)

    def generate(self, n, seed=None, labels=None, truncation=None):
        """Generate pictures of the classes that you ask for.

        Args:
            n: int, how many.
            seed: int >= 0; the same seed gives the same pictures. None: other pictures
                at each call.
            labels: n of them, whole numbers or class names. None: all classes in turn,
                0, 1, 2, ..., 0, 1, 2, ...
            truncation: see `NoiseGame.generate`.

        Returns:
            float32 array (n, *img_shape) in [0, 1], RGB or grey.

        Raises:
            ValueError: for labels that the model doesn't know, or if there aren't n.
        """
        noise = self.draw_noise(n, generator_of(seed), truncation)
        return self.generate_from(noise, self.asked(labels, n))

    def asked(self, labels, n):
        """The labels of n pictures that `generate` is asked for, as the networks take
        them: int32 (n, 1)."""
        if isinstance(labels, str) or (labels is not None and not hasattr(labels, "__iter__")):
            raise ValueError(f"labels must be {n}, one for each picture: labels=[{labels!r}] * "
                             f"{n}. Received: labels={labels!r}")
        if labels is None:
            labels = np.arange(n) % self.num_classes
        else:
            labels = list(labels)
            self._say_which(labels)
            labels = np.array([self.class_number(label) for label in labels])
        return self.takes["labels"].checked(labels, n)

    def interpolate(self, z0, z1, n, label=0):
        """Walk from one picture of a class to another: see `NoiseGame.interpolate`.

        Args:
            z0, z1, n: as there.
            label: the class, a number or a name.
        """
        noise = self.walk(z0, z1, n)
        if isinstance(label, (list, tuple, np.ndarray)):
            raise ValueError(f"label must be one class, a number or a name. Received: {label!r}")
        labels = self.takes["labels"].checked([self.class_number(label)] * n, n)
        return self.generate_from(noise, labels)

    def discriminate(self, images, labels=None):
        """As `NoiseGame.discriminate`; labels where the discriminator is told them."""
        is_told = len(self.discriminator.inputs) > 1
        labels = self.prepare_labels(labels, len(images)) if is_told else None
        return super().discriminate(images, labels)

    def class_number(self, label):
        """The number of a class: of its name, or of a number (also as a str).

        A str is a name first. Where the names are numbers, "1", "2", ..., it is nothing
        else.

        Raises:
            ValueError: for a name that the model doesn't know.
        """
        if not isinstance(label, str):
            return label
        names = list(self.class_names)
        if label in names:
            return names.index(label)
        if label.isdecimal() and not any(map(str.isdecimal, names)):
            return int(label)
        known = ", ".join(names[:20]) + ("" if len(names) <= 20 else f" and {len(names) - 20} more")
        known = known or "0, 1, 2, ... (they have no names)"
        near = difflib.get_close_matches(label, names, 1)
        raise ValueError(f"This model knows the classes {known}. Received: {label!r}"
                         + (f". Did you mean {near[0]!r}?" if near else ""))

    def _say_which(self, labels):
        """Warn where a number is the name of another class: 1 is the class "2", say."""
        names = list(self.class_names)
        for label in labels:
            if type(label) is int and 0 <= label < len(names) and (
                    str(label) in names and names[label] != str(label)):
                warnings.warn(f"labels are class numbers, and number {label} is the class "
                              f"{names[label]!r}. Ask by name for the class {str(label)!r}: "
                              f"labels=[{str(label)!r}]", stacklevel=4)
                return

    def write_samples(self, path):
        """Write a sheet of samples: a class a column (the first ten), in each row the
        same noise."""
        columns = min(self.num_classes, 10)
        noise = np.repeat(self.draw_noise(5, np.random.default_rng(self.seed)), columns, axis=0)
        labels = np.tile(np.arange(columns, dtype="int32"), 5)[:, None]
        write_png(path, grid(self.generate_from(noise, labels), columns, bands=self.bands))

    def write_beside_real(self, path, real):
        """Write real beside generated samples of the same classes. `real`: (images,
        labels)."""
        images, labels = real
        write_real_vs_generated(path, to_pictures(to_network(images)),
                                self.generate(len(images), self.seed, labels=np.ravel(labels)),
                                bands=self.bands)
