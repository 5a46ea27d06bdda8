"""Games that turn pictures into other pictures."""
import numpy as np

from keras_gan.base.batchwise import batchwise
from keras_gan.base.game import Game
from keras_gan.base.options import options
from keras_gan.samples import drawing
from keras_gan.samples.kinds import Samples
from keras_gan.samples.ranges import to_network, to_pictures

AT_ONCE = 16                  # pictures that a generator translates at once
SHOWN = 5                     # pictures of a sheet


@options
class Translation(Game):
    """Base of games between two domains of pictures, a and b.

    Attributes:
        translators: dict, the domain that is wanted, "b" or "a" -> the name of the
            generator that leads there.
        examples: dict, some pictures of each domain, always the same, for the sheets of
            samples.
    """

    translators = {}
    examples, made_at_once = None, AT_ONCE

    @property
    def takes(self):
        """What one batch of the data is: pictures of both domains, not paired."""
        return {"a": Samples(self.img_shape), "b": Samples(self.img_shape)}

    def prepare_domains(self, a, b):
        """Pictures of both domains as the networks see them, see `prepare`.

        Raises:
            ValueError: if they don't fit, or if they aren't as many of a as of b.
        """
        a, b = self.prepare(a), self.prepare(b)
        if a.shape[0] != b.shape[0]:
            raise ValueError("A turn takes as many pictures of a as of b. Received: "
                             f"{a.shape[0]} of a, {b.shape[0]} of b")
        return a, b

    def translate(self, images, to="b"):
        """Translate pictures into the other domain.

        Args:
            images: (n, *img_shape), uint8 0..255 or float in [-1, 1], of the domain
                that is not `to`.
            to: "b" or "a", the domain that is wanted.

        Returns:
            float32 array (n, *img_shape) in [0, 1].

        Raises:
            ValueError: if the pictures don't fit, or for another domain.
        """
        if to not in self.translators:
            known = " or ".join(map(repr, self.translators))
            raise ValueError(f"to must be {known} for {type(self).__name__}. Received: to={to!r}")
        images = self.takes["a"].checked(images)
        generator = getattr(self, f"{self.translators[to]}_ema")
        return batchwise(lambda batch: to_pictures(generator(self.to_network(batch),
                                                             training=False)),
                         [images], AT_ONCE, "translating")

    def meet(self, data):
        """Note the first pictures of both domains, for the sheets of samples."""
        super().meet(data)
        self.examples = dict(zip(self.takes, data.first(SHOWN)))

    def write_samples(self, path):
        """Write a sheet: for each way a row of pictures, and one of translations."""
        if self.examples is None:
            raise RuntimeError("There are no pictures to translate yet: train this model first, "
                               "or call translate(images).")
        rows = []
        for to in self.translators:
            given = self.examples["a" if to == "b" else "b"]
            rows += [to_pictures(to_network(given)), self.translate(given, to)]
        drawing.write_png(path, drawing.grid(np.concatenate(rows), SHOWN, bands=self.bands))

    def write_beside_real(self, path, real):
        """Write pictures of a beside their translations. `real` is (of a, of b)."""
        drawing.write_real_vs_generated(path, to_pictures(to_network(real[0])),
                                        self.translate(real[0]), "translated", self.bands)
