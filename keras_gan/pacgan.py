"""PacGAN: the power of two samples in generative adversarial networks.

Zinan Lin, Ashish Khetan, Giulia Fanti, Sewoong Oh, 2017. arXiv:1712.04086

A generator that makes only some of the data's modes can make each of its samples look real. Two of them side by side are more alike than two real
ones are, and a discriminator that sees m samples at once can tell. So m samples become one input, D(x1, ..., xm), and nothing else
changes (section 2).
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

from keras import Input, Model
from keras.layers import Dense

from keras_gan.dcgan import DCGAN
from keras_gan.samples.checks import is_whole
from keras_gan.layers.pack import Pack


class PacGAN(DCGAN):
    """The GAN with a packed discriminator. Networks, pictures and attributes are those of `DCGAN`; with `packing=1` it is the same game, bit for bit.

    Args:
        packing: m, how many samples the discriminator judges together. A batch must hold whole packs.
        recipe: "classic", "radford_2015", "laptop" or "half_hour".
        others: as for `DCGAN` and `GAN`.

    Attributes:
        discriminator: `keras.Model`, pictures (m batch, *img_shape) -> validity (batch, 1) of packs.

    Raises:
        ValueError: for arguments that make no sense.
    """

    defaults = {"networks": "fully_connected", "learning_rate": 2e-4}

    def __init__(self, img_shape: tuple[int, ...] = (28, 28, 1), packing: int = 2, **arguments):
        self.packing = packing
        super().__init__(img_shape=img_shape, **arguments)

    def build_discriminator(self):
        """Pictures (m batch, *img_shape) in [-1, 1] -> validity (batch, 1) of packs: probability that all m are real, or its logit."""
        packed_shape = (*self.img_shape[:-1], self.packing * self.img_shape[-1])       # (28, 28, m): the samples are channels of one input
        model = self.discriminator_layers(packed_shape)
        model.add(Dense(1, activation=None if self.from_logits else "sigmoid"))        # (batch, 1)

        imgs = Input(self.img_shape)
        return Model(imgs, model(Pack(self.packing)(imgs)), name="discriminator")

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        self.require(is_whole(self.packing, 1), "packing", "a whole number of at least 1")
        self.packing = int(self.packing)
        super().check_arguments()


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(PacGAN)
