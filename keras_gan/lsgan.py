"""Least Squares Generative Adversarial Networks.

Xudong Mao, Qing Li, Haoran Xie, Raymond Y. K. Lau, Zhen Wang, Stephen Paul Smolley,
2016. arXiv:1611.04076

The discriminator says a number instead of a probability. Both players want it near a
code: a for generated pictures, b for real ones, and c for what the generator wants them
to be taken for.

    min_D ½ E_x[(D(x) - b)²] + ½ E_z[(D(G(z)) - a)²]
    min_G ½ E_z[(D(G(z)) - c)²]                                             (equation 2)

A sigmoid has no gradient left for a picture that D recognises for sure. A square has a
larger gradient, the farther the picture is off.
"""
import math
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import ops
from keras.metrics import BinaryAccuracy, MeanMetricWrapper

from keras_gan import recipes
from keras_gan.base import ChoiceOfNetworks, options
from keras_gan.gan import GAN


@options
class LSGAN(ChoiceOfNetworks, GAN):
    """The least squares GAN. The discriminator ends without sigmoid."""

    a: float = 0.0
    """Code of generated pictures."""
    b: float = 1.0
    """Code of real pictures, above a."""
    c: float = 1.0
    """What the generator wants the discriminator to say about its pictures. b - c = 1
    and b - a = 2 minimise Pearson's χ² (section 3.2: a=-1, b=1, c=0). The default is
    the other choice of that section."""
    from_logits: ClassVar = True
    generator_loss: ClassVar = "non_saturating"
    label_smoothing: ClassVar = 0.0          # b is the code of real pictures

    recipes = recipes.OF_PICTURES

    def build_discriminator_loss(self):
        """½ (D - b)² where the truth is 1, real, and ½ (D - a)² where it is 0,
        generated."""
        return lambda truth, validity: 0.5 * ops.square(
            validity - ops.where(truth > 0.5, self.b, self.a))

    def build_generator_loss(self):
        """½ (D - c)²."""
        return lambda valid, validity: 0.5 * ops.square(validity - self.c)

    def build_metrics(self):
        """Accuracy, and what the discriminator says, from 0, generated, to 1, real.

        The best discriminator is (b p + a q) / (p + q), so (D - a) / (b - a) is the
        probability of being real, as far as D knows.
        """
        return [BinaryAccuracy(name="accuracy", threshold=(self.a + self.b) / 2),
                MeanMetricWrapper(self.probability, name="validity")]

    def probability(self, truth, validity):
        """What the discriminator says, from 0 to 1; it may lie beyond. Both (batch,
        1)."""
        return (validity - self.a) / (self.b - self.a)

    @property
    def undecided_loss(self):
        """`d_loss` when D can't tell real from generated, and says (a + b) / 2: (b -
        a)² / 8."""
        return (self.b - self.a) ** 2 / 8

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        for name in ("a", "b", "c"):
            self.require_number(name, math.isfinite, "a finite number")
        self.require(self.b > self.a, "b", f"above a, which is {self.a:g}")
        super().check_arguments()


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(LSGAN)
