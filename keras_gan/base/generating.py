"""What comes out of a generator: samples of noise, walks between them, their sheets."""
import math
import numbers

import keras
import numpy as np

from keras_gan.base.batchwise import batchwise
from keras_gan.samples import drawing
from keras_gan.samples.advice import advice_on_line
from keras_gan.samples.checks import is_whole
from keras_gan.samples.ranges import to_network, to_numpy, to_pictures

VALUES_AT_ONCE = 500_000      # of generated pictures, for a bounded memory
LEAST_TRUNCATION = 0.01       # below it samples are all alike, and noise is drawn for long
TINY = 1e-30


class Generating:
    """The part of a `NoiseGame` in which noise goes in and samples come out.

    Attributes:
        window: (low, high) of the axes on which vectors are drawn; None leaves it open.
    """

    window = None

    def enlarged(self, pictures):
        """Pictures in the size of `img_shape`: see `Growing`."""
        return pictures

    def draw_noise(self, n, rng, truncation=None):
        """Noise z ~ N(0, 1) from a `numpy.random.Generator`: float array (n,
        latent_dim).

        With `truncation`, numbers farther from 0 are drawn again, until none is.
        """
        if not is_whole(n, 1):
            raise ValueError(f"n must be a whole number of at least 1. Received: n={n!r}")
        noise = rng.standard_normal((n, self.latent_dim))
        if truncation is not None:
            if not (isinstance(truncation, numbers.Real) and truncation >= LEAST_TRUNCATION):
                raise ValueError(f"truncation must be a number of at least {LEAST_TRUNCATION}, or "
                                 f"None. Received: truncation={truncation!r}")
            while np.any(np.abs(noise) > truncation):
                far = np.abs(noise) > truncation
                noise[far] = rng.standard_normal(np.sum(far))
        return noise.astype(keras.config.floatx())

    def draw_z(self, n, rng):
        """The noise of a turn with n samples."""
        return self.draw_noise(n, rng)

    def generate(self, n, seed=None, truncation=None):
        """Generate samples.

        Args:
            n: int, how many.
            seed: int >= 0; the same seed gives the same samples. None: others at each
                call.
            truncation: float, at least .01: noise that is farther from 0 is drawn
                again. The less, the better samples are, and the more alike (Andrew
                Brock et al., 2018, arXiv:1809.11096, section 3.1). None: it may be
                anywhere.

        Returns:
            float array (n, *img_shape): pictures as float32 in [0, 1], vectors and
            signals in the data's own units.
        """
        return self.generate_from(self.draw_noise(n, generator_of(seed), truncation))

    def generate_from(self, *inputs):
        """What the generator (its average, if there is one) makes of its inputs.

        Args:
            inputs: an array (n, ...) for each input of the generator.

        Returns:
            As `generate`. It is made batch by batch, so that it takes little more
            memory than the result.

        Raises:
            ValueError: if they don't fit.
        """
        self.check_inputs(inputs)

        def make(*batch):
            batch = batch if len(batch) > 1 else batch[0]
            made = self.generator_ema(batch, training=False)
            if self.makes_pictures:
                return self.enlarged(to_pictures(made))
            made = to_numpy(made)
            return self.units.invert(made) if self.standardize else made

        size = max(50, VALUES_AT_ONCE // math.prod(self.img_shape))
        return batchwise(make, inputs, size, "generating")

    def check_inputs(self, inputs):
        """Raise `ValueError` unless there is an array (n, ...) for each input of the
        generator.

        (A subclass of `keras.Model` doesn't say what its inputs are.)
        """
        wanted = [tuple(x.shape[1:]) for x in getattr(self.generator_ema, "inputs", None) or ()]
        shapes = [tuple(np.shape(array)) for array in inputs]
        fit = [made[1:] == one or (*made, 1)[1:] == one for made, one in zip(shapes, wanted)]
        if not wanted or (len(shapes) == len(wanted) and all(fit)
                          and len({shape[:1] for shape in shapes}) == 1 and shapes[0][0]):
            return
        names = ["z", "labels" if "labels" in self.takes else "others"][:len(wanted)]
        expected = ", ".join(f"{name} (n, {', '.join(map(str, shape))})"
                             for name, shape in zip(names, wanted))
        advice = " ".join(advice_on_line(name, made, one) for name, made, one, fits
                          in zip(names, shapes, wanted, fit) if not fits)
        raise ValueError(f"generate_from must get {expected}, of one n. Received: "
                         f"{', '.join(map(str, shapes)) or 'nothing'}. {advice}".rstrip())

    def interpolate(self, z0, z1, n, *others):
        """Walk from one sample to another, on the sphere on which noise lies.

        Tom White, 2016, arXiv:1609.04468, section 2.1: noise of many dimensions is
        hardly ever near 0, where a straight line between two of its points leads.

        Args:
            z0, z1: (latent_dim,), where the walk begins and ends; `draw_noise` makes
                such.
            n: int, at least 2, samples on the way, with both ends.
            others: what the generator takes besides noise, an array (n, ...) each.

        Returns:
            As `generate`, n samples.

        Raises:
            ValueError: for noise of another shape, or for n < 2.
        """
        return self.generate_from(self.walk(z0, z1, n), *others)

    def walk(self, z0, z1, n):
        """The noise of `interpolate`: float array (n, latent_dim)."""
        z0, z1 = (np.asarray(z, "float64") for z in (z0, z1))
        if not z0.shape == z1.shape == (self.latent_dim,) or not is_whole(n, 2):
            raise ValueError(f"z0 and z1 must be of shape ({self.latent_dim},), and n at least 2. "
                             f"Received: {z0.shape}, {z1.shape}, n={n!r}. z0, z1 = "
                             "gan.draw_noise(2, numpy.random.default_rng(0))")
        return spherical(z0, z1, n).astype(keras.config.floatx())

    # --- sheets -----------------------------------------------------------------------

    def meet(self, data):
        """Note names of classes, and axes on which vectors are drawn."""
        super().meet(data)
        self.window = data.window

    def write_samples(self, path):
        """Write a sheet of 25 pictures or signals, or a picture of 1,000 vectors.

        They are always made from the same noise."""
        if self.makes_pictures:
            drawing.write_png(path, drawing.grid(self.generate(25, seed=self.seed),
                                                  bands=self.bands))
        else:
            n = 25 if len(self.img_shape) == 2 else 1000
            self.draw(path, {f"turn {self.turns}": self.generate(n, seed=self.seed)})

    def draw(self, path, samples):
        """Write a picture of vectors or signals, a dict of arrays by their titles."""
        draw = drawing.write_signals if len(self.img_shape) == 2 else drawing.write_vectors
        draw(path, samples, self.window)

    def write_beside_real(self, path, real):
        """Write real beside generated samples. `real` is a batch of the data, a tuple
        of arrays."""
        real, generated = real[0], self.generate(len(real[0]), seed=self.seed)
        if self.makes_pictures:
            drawing.write_real_vs_generated(path, to_pictures(to_network(real)), generated,
                                            bands=self.bands)
        else:
            self.draw(path, {"real": real, "generated": generated})


def generator_of(seed):
    """The `numpy.random.Generator` of a `generate(n, seed)`; None gives another at each
    call.

    Raises:
        ValueError: unless `seed` is None or a whole number of at least 0.
    """
    if seed is not None and not is_whole(seed, 0):
        raise ValueError(f"seed must be a whole number of at least 0, or None. "
                         f"Received: seed={seed!r}")
    return np.random.default_rng(seed)


def spherical(z0, z1, n):
    """n points from z0 to z1, (dimensions,) each, at equal angles: (n, dimensions)."""
    t = np.linspace(0, 1, n)[:, None]
    cosine = z0 @ z1 / max(np.linalg.norm(z0) * np.linalg.norm(z1), TINY)
    angle = np.arccos(np.clip(cosine, -1, 1))
    if np.sin(angle) < 1e-4:                   # on one line there is no plane to turn in
        return (1 - t) * z0 + t * z1
    return (np.sin((1 - t) * angle) * z0 + np.sin(t * angle) * z1) / np.sin(angle)
