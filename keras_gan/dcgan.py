"""Deep Convolutional Generative Adversarial Network.

Alec Radford, Luke Metz, Soumith Chintala, 2015. arXiv:1511.06434

The game of `gan.py` with convolutional networks, for colour pictures of 128x160 and of any other shape. The networks
are those of Keras-GAN with one doubling more.
"""
from keras_gan import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

from typing import Literal

from keras import Input, Model, Sequential
from keras.layers import Activation, Conv2D, Cropping2D, Dense, Flatten, LeakyReLU, Reshape, SpectralNormalization, ZeroPadding2D

from keras_gan.fused import BatchNormalization, Dropout, PictureConv2D
from keras_gan.game import is_whole
from keras_gan.gan import GAN
from keras_gan.layers import UpSamplingConv2D
from keras_gan.recipes import with_recipes


class DCGAN(GAN):
    """The DCGAN: convolutional networks. Pictures and attributes are those of `GAN`.

    Recipes (whatever you pass yourself wins):

    - `"classic"`: the defaults below. Keras-GAN's networks and numbers. Needs hours on a laptop.
    - `"laptop"`: recognisable pictures after minutes on two cores. `DCGAN.recipes` says what differs, and why.

    Args:
        img_shape: (height, width, channels) of the pictures: at least 8x8, channels 1 (grey) or 3 (RGB).
        latent_dim: length of the noise vector z.
        learning_rate: of both Adam optimizers.
        base_channels: channels of both networks at the picture's end; they double with every halving, up to 16 times.
        full_size_features: True lets the generator work out `base_channels` feature maps in the picture's size and mix
            them into the picture there; False makes the picture in the last doubling, in less than half the time.
        discriminator_norm: "batch" (BatchNormalization), "spectral" (SpectralNormalization, arXiv:1802.05957) or "none".
        dropout: share of the discriminator's activations that Dropout drops.
        from_logits: True lets the discriminator end without sigmoid; the loss applies it. The same mathematics, but a
            sigmoid that has rounded to 0 or 1 has no gradient left.
        fakes_in_training_mode: True makes the discriminator's fakes with the batch's own statistics, as the generator's
            step does; False with moving averages, as Keras-GAN's `predict` did.
        k: steps of the discriminator in a turn, each on a fresh batch, before one step of the generator.
        ema_momentum: momentum of the moving average of the generator's weights, which is what `generate` then shows. 0:
            no average.
        seed: whole number; initial weights, noise, Dropout and the order of the pictures follow from it.
        recipe: "classic" or "laptop".
        run_eagerly: True plays every move call by call, for a look at it in a debugger; False compiles the turn.
        jit_compile: True compiles with XLA, False without; "auto" with XLA where it was measured to pay.

    Raises:
        ValueError: for arguments that make no sense.
    """

    recipes = {
        "laptop": {
            # A turn in a sixth of the time: a third of the channels, and no feature maps in full size.
            "base_channels": 12,
            "full_size_features": False,
            # Twice the learning rate is Radford's own. At 4e-4 pictures were in two times of day at once.
            "learning_rate": 2e-4,
            # The real and the fake batch come one after the other: with BatchNormalization D tells them apart by their
            # statistics. Spectral norms have no batch in them, and keep D from winning early; Dropout only slows it then.
            "discriminator_norm": "spectral",
            "dropout": 0.0,
            "from_logits": True,
            # The moving averages of a generator that changes at every step lag behind; and these fakes are those of the
            # generator's own step.
            "fakes_in_training_mode": True,
        },
    }

    smallest_side = 8                  # of a picture that can be halved five times

    @with_recipes
    def __init__(self, img_shape: tuple[int, int, int] = (128, 160, 3), latent_dim: int = 100, learning_rate: float = 1e-4,
                 base_channels: int = 32, full_size_features: bool = True,
                 discriminator_norm: Literal["batch", "spectral", "none"] = "batch", dropout: float = 0.25,
                 from_logits: bool = False, fakes_in_training_mode: bool = False, k: int = 1, ema_momentum: float = 0.0, seed: int = 0, recipe: str = "classic",
                 run_eagerly: bool = False, jit_compile: bool | Literal["auto"] = "auto"):
        self.base_channels, self.full_size_features = base_channels, full_size_features
        self.discriminator_norm = discriminator_norm
        super().__init__(img_shape=img_shape, latent_dim=latent_dim, learning_rate=learning_rate, dropout=dropout, from_logits=from_logits,
                         fakes_in_training_mode=fakes_in_training_mode, k=k, ema_momentum=ema_momentum, seed=seed, recipe=recipe,
                         run_eagerly=run_eagerly, jit_compile=jit_compile)

    def generator_layers(self, input_width):
        """The generator from its first layer on: vectors (batch, input_width) -> pictures (batch, *img_shape) in [-1, 1]."""
        height, width, channels = self.img_shape
        h, w, c = -(-height // 16), -(-width // 16), self.base_channels     # rounded up: four doublings cover the picture

        model = Sequential([Input((input_width,))])
        model.add(Dense(h * w * 16 * c, activation="relu"))
        model.add(Reshape((h, w, 16 * c)))                                  # (8, 10, 512) for 128x160
        for filters in (8 * c, 4 * c, 2 * c, c) if self.full_size_features else (8 * c, 4 * c, 2 * c):
            model.add(UpSamplingConv2D(filters))                            # (16, 20, 256) ... (128, 160, 32)
            model.add(BatchNormalization(momentum=0.8))
            model.add(Activation("relu"))
        model.add(PictureConv2D(channels) if self.full_size_features else UpSamplingConv2D(channels))
        model.add(Activation("tanh"))                                       # (128, 160, 3)
        if (16 * h, 16 * w) != (height, width):
            model.add(Cropping2D(((0, 16 * h - height), (0, 16 * w - width))))
        return model

    def build_discriminator(self):
        """Pictures (batch, *img_shape) in [-1, 1] -> validity (batch, 1): probability of being real, or its logit."""
        model = self.discriminator_layers()
        model.add(Dense(1, activation=None if self.from_logits else "sigmoid"))

        img = Input(self.img_shape)
        return Model(img, model(img), name="discriminator")

    def discriminator_layers(self):
        """The discriminator up to its last layer: pictures (batch, *img_shape) in [-1, 1] -> features (batch, width)."""
        c = self.base_channels

        model = Sequential([Input(self.img_shape)])
        for i, filters in enumerate((c, 2 * c, 4 * c, 8 * c, 16 * c)):
            convolution = Conv2D(filters, 3, strides=2, padding="same")     # (64, 80, 32) ... (5, 6, 512) for 128x160
            model.add(SpectralNormalization(convolution) if self.discriminator_norm == "spectral" else convolution)
            if i == 1:
                model.add(ZeroPadding2D(((0, 1), (0, 1))))                  # (33, 41, 64)
            if i > 0 and self.discriminator_norm == "batch":
                model.add(BatchNormalization(momentum=0.8))
            model.add(LeakyReLU(negative_slope=0.2))
            model.add(Dropout(self.dropout))
        model.add(Flatten())                                                # (15360,) for 128x160
        return model

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense, or for pictures that these networks can't make."""
        super().check_arguments()
        height, width, channels = self.img_shape
        side = self.smallest_side
        if min(height, width) < side:
            raise ValueError(f"img_shape must be at least {side}x{side}: the discriminator halves a picture five times. Received: img_shape="
                             f"{self.img_shape}. The nearest that can be made: {(max(side, height), max(side, width), channels)}")
        self.require(is_whole(self.base_channels, 1), "base_channels", "a whole number of at least 1")
        self.require(self.discriminator_norm in ("batch", "spectral", "none"), "discriminator_norm",
                     "'batch', 'spectral' or 'none'")
        self.require(isinstance(self.full_size_features, bool), "full_size_features", "True or False")
        self.base_channels = int(self.base_channels)


if __name__ == "__main__":
    from keras_gan.command_line import train_command
    train_command(DCGAN)
