"""PacGAN: the power of two samples in generative adversarial networks.

Zinan Lin, Ashish Khetan, Giulia Fanti, Sewoong Oh, 2017. arXiv:1712.04086

A generator that makes only some of the data's modes can still make each of its samples
look real. But two of its samples side by side are more alike than two real ones are,
and a discriminator that sees m samples at once notices it. So m samples become one
input, D(x1, ..., xm), and nothing else changes (section 2).
"""
import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model
from keras.layers import Dense

from keras_gan import recipes
from keras_gan.base import ChoiceOfNetworks, options
from keras_gan.gan import GAN
from keras_gan.layers import Pack


@options
class PacGAN(ChoiceOfNetworks, GAN):
    """The GAN with a packed discriminator. With `packing=1` it is the same game, bit
    for bit.

    Attributes:
        discriminator: `keras.Model`, pictures (m batch, *img_shape) -> validity
            (batch, 1) of packs.
    """

    packing: int = 2
    """m, how many samples the discriminator judges together. A batch must hold whole
    packs."""

    recipes = recipes.OF_PICTURES

    def build_discriminator(self):
        """Pictures (m batch, *img_shape) in [-1, 1] -> validity (batch, 1) of packs:
        probability that all m are real, or its logit."""
        *sides, channels = self.img_shape
        # (28, 28, m): the samples are channels of one input
        model = self.architecture.discriminator_layers(self, (*sides, self.packing * channels))
        model.add(Dense(1, activation=None if self.from_logits else "sigmoid"))        # (batch, 1)

        imgs = Input(self.img_shape)
        return Model(imgs, model(Pack(self.packing)(imgs)), name="discriminator")

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        self.require_whole("packing", 1)
        super().check_arguments()


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(PacGAN)
