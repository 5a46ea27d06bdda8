"""Cycle-Consistent Adversarial Networks.

Jun-Yan Zhu, Taesung Park, Phillip Isola, Alexei A. Efros, 2017. arXiv:1703.10593

There are two unpaired domains of pictures, A and B: horses and zebras. G: A -> B and
F: B -> A learn to make what D_B and D_A take for pictures of B and A. Many translations
do that. One that keeps what was there can be undone: F(G(a)) is a again.

    L(G, F, D_A, D_B) = L_GAN(G, D_B) + L_GAN(F, D_A) + λ L_cyc(G, F)    (equation 3)
    L_cyc = E_a[|F(G(a)) - a|] + E_b[|G(F(b)) - b|]                      (equation 2)

L_GAN is of least squares (section 4), as in `lsgan.py`. G is `g_AB` here, F is `g_BA`.
Networks and numbers are Keras-GAN's. The paper (section 4 and appendix) has others:

- D sees pictures from a pool of the last 50. Keras-GAN has none. Here: the paper's.
- Each channel is normalised alone, in Keras-GAN all together. Here: the paper's.
- G is 9 residual blocks between 2 halvings and 2 doublings. Here: Keras-GAN's U-Net.
- D judges patches of 70x70. Here: Keras-GAN's, of 94x94 (one halving more). In all its
  networks the activation comes before the normalisation.
- Identity losses have .5 λ, and only for paintings. Here: Keras-GAN's .1 λ.
- D's loss is halved, so that it learns more slowly. Here: Keras-GAN's two whole steps.
- The learning rate falls to 0 in the second half. Here it stays; see `half_life`.
- Weights begin as N(0, .02²). Here: as Keras's do.
"""
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, ops
from keras.layers import Conv2D, GroupNormalization, Identity, LeakyReLU
from keras.metrics import BinaryAccuracy

from keras_gan.base import Translation, options
from keras_gan.layers import Adam, Frozen, ImagePool
from keras_gan.networks.unet import unet
from keras_gan.samples.diversity import diversity


@options
class CycleGAN(Translation):
    """The CycleGAN. `combined` trains both generators, on six losses."""

    img_shape: tuple[int, ...] = (128, 128, 3)
    base_channels: int = 32
    """Of the generators' first halving; discriminators have twice as many. They double
    with every halving."""
    cycle_weight: float = 10.0
    """λ, the weight of the cycle losses."""
    identity_weight: float = 0.1
    """Weight of the identity losses, times λ: g_AB is to leave a picture of B alone."""
    pool_size: int = 50
    """Pictures of each generator that its discriminator may be shown again. 0: none."""
    k: ClassVar = 1

    trains = {"d_A": ["d_A"], "d_B": ["d_B"], "combined": ["g_AB", "g_BA"]}
    shows = ["g_AB", "g_BA"]
    translators = {"b": "g_AB", "a": "g_BA"}
    keeps = ["pool_A", "pool_B"]
    draws = {"swap": 11, "slot": 12}
    undecided_loss = 0.25         # of a discriminator that says ½ about everything

    def build(self):
        # Build and compile the discriminators
        self.d_A, self.d_B = (
            self.compiled(self.build_discriminator(name), "mse",
                          Adam(self.falling(self.learning_rate, updates=2), 0.5),
                          [BinaryAccuracy(name="accuracy", threshold=0.5)])
            for name in ("d_A", "d_B"))
        self.pool_A, self.pool_B = (ImagePool(self.pool_size, self.img_shape, name=name)
                                    for name in ("pool_A", "pool_B"))

        # Build the generators, and compile the combined model, which trains them
        self.g_AB, self.g_BA = self.build_generator("g_AB"), self.build_generator("g_BA")
        cycle, identity = self.cycle_weight, self.identity_weight * self.cycle_weight
        self.combined = self.compiled(
            self.build_combined(), ["mse", "mse", "mae", "mae", "mae", "mae"],
            Adam(self.falling(self.learning_rate), 0.5),
            loss_weights=[1, 1, cycle, cycle, identity, identity])

    def build_generator(self, name):
        """Pictures (batch, *img_shape) -> their translations, both in [-1, 1]."""
        img = Input(self.img_shape)
        translated = unet(img, self.img_shape[-1], self.base_channels, self.halvings)
        return Model(img, translated, name=name)

    def build_discriminator(self, name):
        """Pictures (batch, *img_shape) -> validity of each patch (batch, h, w, 1)."""
        img = x = Input(self.img_shape)
        for i in range(self.halvings):
            # (64, 64, 64) ... (8, 8, 512) for 128x128
            x = Conv2D(2 * self.base_channels * 2 ** i, 4, strides=2, padding="same")(x)
            x = LeakyReLU(negative_slope=0.2)(x)
            if i > 0:
                x = GroupNormalization(groups=-1)(x)                   # a group for each channel
        return Model(img, Conv2D(1, 4, padding="same")(x), name=name)  # (8, 8, 1)

    @property
    def halvings(self):
        """4; fewer where a single pixel would be left. Normalised, that is 0."""
        return min(4, (min(self.img_shape[:2]) - 1).bit_length() - 1)

    def build_combined(self):
        """Pictures of A and of B -> what the six losses judge."""
        img_A, img_B = Input(self.img_shape), Input(self.img_shape)
        fake_B, fake_A = self.g_AB(img_A), self.g_BA(img_B)
        outputs = {
            "valid_A": Frozen(self.d_A)(fake_A), "valid_B": Frozen(self.d_B)(fake_B),
            "reconstr_A": self.g_BA(fake_B), "reconstr_B": self.g_AB(fake_A),
            "id_A": self.g_BA(img_A), "id_B": self.g_AB(img_B)}
        # Keras names losses after layers, and g_AB is the last layer of two outputs
        named = [Identity(name=name)(output) for name, output in outputs.items()]
        return Model([img_A, img_B], named, name="combined")

    def draw_swap(self, n, rng):
        """Whether a picture takes a slot of its pool: bool (n, 2), for A and B."""
        return rng.random((n, 2)) < 0.5

    def draw_slot(self, n, rng):
        """The slot that it takes: int (n, 2)."""
        return rng.integers(max(1, self.pool_size), size=(n, 2), dtype="int32")

    logs = ("d_loss", "d_accuracy", "g_loss", "adversarial", "cycle", "identity", "diversity")

    def train_on_batch(self, a, b, random=None):
        """One turn of the game: two steps of each discriminator, one of the generators.

        Args:
            a, b: pictures of the domains (batch, *img_shape), uint8 0..255 or float
                in [-1, 1].
            random: {"swap": bool (batch, 2), "slot": int (batch, 2)}, see `ImagePool`;
                the first column is of A. None draws it.

        Returns:
            dict of floats: d_loss and d_accuracy (means of both discriminators, on real
            and on translated pictures), g_loss (the weighted sum of six losses),
            adversarial, cycle, identity, diversity (means of both directions).
        """
        imgs_A, imgs_B = self.prepare_domains(a, b)                    # (batch, *img_shape)
        random = self.random_numbers(imgs_A.shape[0], random)

        # Adversarial ground truths: one for each patch
        patches = (imgs_A.shape[0], *self.d_A.output.shape[1:])        # (batch, 8, 8, 1)
        valid, fake = ops.ones(patches), ops.zeros(patches)

        # ----------------------
        #  Train Discriminators
        # ----------------------

        # Translate images to opposite domain; swap some of them for earlier ones
        fake_B = self.g_AB(imgs_A, training=False)
        fake_A = self.g_BA(imgs_B, training=False)
        shown_A = self.pool_A(fake_A, random["swap"][:, 0], random["slot"][:, 0])
        shown_B = self.pool_B(fake_B, random["swap"][:, 1], random["slot"][:, 1])

        # Train the discriminators (original images = real / translated = fake)
        d = [self.d_A.train_on_batch(imgs_A, valid, return_dict=True),
             self.d_A.train_on_batch(shown_A, fake, return_dict=True),
             self.d_B.train_on_batch(imgs_B, valid, return_dict=True),
             self.d_B.train_on_batch(shown_B, fake, return_dict=True)]

        # ------------------
        #  Train Generators
        # ------------------

        # Train the generators (want to be taken for real, and to undo each other)
        g = self.combined.train_on_batch(
            [imgs_A, imgs_B], [valid, valid, imgs_A, imgs_B, imgs_A, imgs_B], return_dict=True)
        self.update_ema()

        return {"d_loss": sum(step["loss"] for step in d) / 4,
                "d_accuracy": sum(step["accuracy"] for step in d) / 4,
                "g_loss": g["loss"],
                "adversarial": 0.5 * (g["valid_A_loss"] + g["valid_B_loss"]),
                "cycle": 0.5 * (g["reconstr_A_loss"] + g["reconstr_B_loss"]),
                "identity": 0.5 * (g["id_A_loss"] + g["id_B_loss"]),
                "diversity": 0.5 * (diversity(fake_A, imgs_A) + diversity(fake_B, imgs_B))}

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require(min(self.img_shape[:2]) >= 8, "img_shape", "at least 8x8")
        self.require_whole("base_channels", 1)
        self.require_whole("pool_size", 0)
        for name in ("cycle_weight", "identity_weight"):
            self.require_number(name, lambda weight: weight >= 0, "a number of at least 0")


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(CycleGAN)
