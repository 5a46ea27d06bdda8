"""The choice among the architectures of the house, for papers that don't depend on
one."""
from typing import Literal

from keras.layers import Conv2D, SpectralNormalization

from keras_gan.base.growing import Growing
from keras_gan.base.options import options


@options
class ChoiceOfNetworks(Growing):
    """A part of a `NoiseGame` that lets people choose the networks, and their size.

    Attributes:
        smallest_side: int, of a picture that a convolutional discriminator can halve
            five times.
    """

    networks: Literal["fully_connected", "keras_gan", "radford_2015", "residual",
                      "coarse_to_fine", "signals", "srivastava_2017"] = "fully_connected"
    """"fully_connected": those of keras_gan/gan.py. "keras_gan": Keras-GAN's
    convolutional ones, see keras_gan/dcgan.py. The others are files of
    keras_gan/networks; "srivastava_2017" is for points in a plane, "signals" for
    signals."""
    base_channels: int = 32
    """Of convolutional networks: channels at the picture's end. They double with every
    halving, up to 16 times."""
    full_size_features: bool = True
    """Of "keras_gan" and "residual". True lets the generator compute `base_channels`
    feature maps in the picture's size, and mix them into the picture there. False makes
    the picture in the last doubling, in less than half the time."""
    discriminator_norm: Literal["batch", "spectral", "none"] = "batch"
    """Of a convolutional discriminator: "batch" (BatchNormalization), "none", or
    "spectral" (arXiv:1802.05957, by Keras's `SpectralNormalization`: of the
    convolutions, not of the last layer. It writes W/σ in place of W at every step,
    where the paper keeps W and differentiates through σ)."""
    dropout: float = 0.25
    """Share of the discriminator's activations that Dropout drops. The fully connected
    networks of keras_gan/gan.py have none."""
    augment: bool = False
    """True changes all that a convolutional discriminator sees at random, so that it
    can't learn a small data set by heart (see keras_gan/layers/augmentation.py)."""

    own_networks = "fully_connected"
    smallest_side = 8
    other_axes = (". (Networks for vectors are 'fully_connected' and 'srivastava_2017', for "
                  "signals 'signals')")

    def convolution(self, *arguments, layer=Conv2D, **more):
        """A convolution of the discriminator; of spectral norm if that is its norm."""
        layer = layer(*arguments, **more)
        return SpectralNormalization(layer) if self.discriminator_norm == "spectral" else layer

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense, or for pictures of a
        size that these networks can't make."""
        super().check_arguments()
        self.require_number("dropout", lambda share: 0 <= share < 1,
                            "a number from 0 up to, not including, 1")
        self.require_whole("base_channels", 1)
        if self.architecture.convolutional:
            self.check_convolutional()
            return
        self.require(not self.augment, "augment", "False for networks that are not convolutional")
        self.require(self.discriminator_norm != "spectral", "discriminator_norm",
                     "'none' for networks that are not convolutional: they have no spectral norms. "
                     "(A recipe's norm is for convolutional ones: pass 'none' with it)")

    def check_convolutional(self):
        """Raise `ValueError` for arguments that convolutional networks can't take."""
        (*sides, channels), side = self.img_shape, self.smallest_side
        if min(sides) < side:
            nearest = (*(max(side, n) for n in sides), channels)
            raise ValueError(f"img_shape must be at least {'x'.join([str(side)] * len(sides))}: "
                             "the discriminator halves a sample five times. "
                             f"Received: img_shape={self.img_shape}. The nearest that can be made: "
                             f"{nearest}")
        self.require(self.makes_pictures or not self.augment, "augment",
                     "False for signals: it moves pictures, and cuts holes into them")
        if self.penalises_slope:
            self.require(self.discriminator_norm != "batch", "discriminator_norm",
                         "'spectral' or 'none' where each picture's own gradient is penalised: "
                         "in a batch that is normalised, what D says about a picture depends on "
                         "the others")
