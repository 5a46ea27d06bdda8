"""Least Squares Generative Adversarial Networks.

Xudong Mao, Qing Li, Haoran Xie, Raymond Y. K. Lau, Zhen Wang, Stephen Paul Smolley, 2016. arXiv:1611.04076

The discriminator says a number instead of a probability, and both players want it near a code: a for generated pictures, b for
real ones, and c for what the generator wants them to be taken for.

    min_D ½ E_x[(D(x) - b)²] + ½ E_z[(D(G(z)) - a)²]
    min_G ½ E_z[(D(G(z)) - c)²]                                                      (equation 2)

A sigmoid has no gradient left for a picture that D sees through. A square has the more, the farther the picture is off.
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import math
import numbers

from keras import ops
from keras.metrics import BinaryAccuracy, MeanMetricWrapper

from keras_gan.dcgan import DCGAN


class LSGAN(DCGAN):
    """The least squares GAN. Networks, pictures and attributes are those of `DCGAN`; the discriminator ends without sigmoid.

    Args:
        a: code of generated pictures.
        b: code of real pictures, above a.
        c: what the generator wants the discriminator to say of its pictures. b - c = 1 and b - a = 2 minimise Pearson's χ² (section 3.2:
            a=-1, b=1, c=0); the default is the other choice of that section.
        recipe: "classic", "radford_2015", "laptop" or "half_hour".
        others: as for `DCGAN` and `GAN`.

    Raises:
        ValueError: for arguments that make no sense.
    """

    defaults = {"networks": "fully_connected", "learning_rate": 2e-4}
    settled = {"from_logits": True, "generator_loss": "non_saturating"}

    def __init__(self, img_shape: tuple[int, ...] = (28, 28, 1), a: float = 0.0, b: float = 1.0, c: float = 1.0, **arguments):
        self.a, self.b, self.c = a, b, c
        super().__init__(img_shape=img_shape, **arguments)

    def build_discriminator_loss(self):
        """½ (D - b)² where the truth is 1, real, and ½ (D - a)² where it is 0, generated."""
        return lambda truth, validity: 0.5 * ops.square(validity - ops.where(truth > 0.5, self.b, self.a))

    def build_generator_loss(self):
        """½ (D - c)²."""
        return lambda valid, validity: 0.5 * ops.square(validity - self.c)

    def build_metrics(self):
        """What the discriminator reports of a batch besides its loss: accuracy, and what it says, from 0, generated, to 1, real.

        The best discriminator is (b p + a q) / (p + q), so (D - a) / (b - a) is the probability of being real, as far as D knows.
        """
        return [BinaryAccuracy(name="accuracy", threshold=(self.a + self.b) / 2), MeanMetricWrapper(self.probability, name="validity")]

    def probability(self, truth, validity):
        """What the discriminator says, from 0, generated, to 1, real; it may lie beyond. Both (batch, 1)."""
        return (validity - self.a) / (self.b - self.a)

    @property
    def undecided_loss(self):
        """The discriminator's loss when it can't tell real from generated, and says (a + b) / 2: (b - a)² / 8."""
        return (self.b - self.a) ** 2 / 8

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        for name in ("a", "b", "c"):
            value = getattr(self, name)
            self.require(isinstance(value, numbers.Real) and math.isfinite(value), name, "a finite number")
            setattr(self, name, float(value))
        self.require(self.b > self.a, "b", f"above a, which is {self.a:g}")
        super().check_arguments()


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(LSGAN)
