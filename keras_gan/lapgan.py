"""Deep Generative Image Models using a Laplacian Pyramid of Adversarial Networks.

Emily Denton, Soumith Chintala, Arthur Szlam, Rob Fergus, 2015. arXiv:1506.05751

A picture I_0 is halved again and again: I_1, ..., I_K. A halving loses the band I_k -
l_k, where the low-pass l_k = u(I_k+1) is the smaller picture, enlarged by u. So a small
picture and bands are a picture. G_K makes a small picture of noise, and each finer G_k
a band that suits a low-pass. To generate is to go down the pyramid (equation 4):

    I'_K = G_K(z_K)            I'_k = u(I'_k+1) + G_k(z_k, u(I'_k+1))

In training each low-pass is that of a real picture. D_k, which is told l_k, tells I_k
from l_k + G_k(z_k, l_k). So no level waits for another one, or sees its mistakes: one
turn trains all of them. Networks are in the manner of section 4. Other than there:

- Noise is one vector z ~ N(0, 1), and each level has a part of its own. A finer one
  spreads it over a plane, the "fourth colour"; the paper draws that plane, uniform.
- Finer layers work at half of the sides, a quarter of the time. Adam is for SGD.
"""
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, ops
from keras.layers import Dense

from keras_gan import recipes
from keras_gan.base import options
from keras_gan.gan import GAN
from keras_gan.layers import Frozen
from keras_gan.layers.pyramid import enlarged, pyramid, pyramid_shapes
from keras_gan.networks.laplacian import judged_band, judged_small, made_band, made_small
from keras_gan.samples.diversity import diversity


def given(*arrays):
    """What a model takes that has these inputs: a list, or one array alone."""
    return list(arrays) if len(arrays) > 1 else arrays[0]


@options
class LAPGAN(GAN):
    """The pyramid of GANs, for pictures of at least 8x8. Level 0 has the full size.

    Attributes:
        generator_0, ...: [z_k (batch, n), l_k (batch, *shapes[k])] -> l_k and the band
            that it makes. The coarsest: z_K -> pictures in [-1, 1].
        discriminator_0, ...: [I_k, l_k] -> validity (batch, 1). The coarsest: I_K.
        combined_0, ...: as the generators -> validity. Each trains its own.
        generator: all levels as one, z (batch, latent_dim) -> pictures in [-1, 1].
        discriminator: pictures -> validity (batch, 1), the mean of what all levels say.
    """

    base_channels: int = 64
    """Channels of the first convolution in finer levels."""
    dense_units: int = 1200
    """Of the two dense layers in the coarsest generator. Its discriminator's have half
    as many."""
    networks: ClassVar = "keras_gan"
    r1_gamma: ClassVar = 0.0           # the penalty is on one discriminator, of pictures alone
    r1_interval: ClassVar = 1
    k: ClassVar = 1

    own_networks, sample_axes, convolutional, judges_patches = "keras_gan", (3,), True, False
    recipes = {"laptop": recipes.LAPGAN_LAPTOP}

    @property
    def shapes(self):
        """The img_shape of each level, from fine to coarse: 28, 14, 7 pixels, say."""
        return pyramid_shapes(self.img_shape, smallest=7)

    @property
    def trains(self):
        """Each level's models train its own networks alone."""
        return {f"{model}_{k}": [f"{network}_{k}"] for k in range(len(self.shapes))
                for model, network in (("discriminator", "discriminator"),
                                       ("combined", "generator"))}

    @property
    def shows(self):
        """What is averaged: the generator of each level."""
        return [f"generator_{k}" for k in range(len(self.shapes))]

    def build(self):
        # Each level is a game of its own
        for k in range(len(self.shapes)):
            setattr(self, f"discriminator_{k}", self.compiled(
                self.build_discriminator(k), self.build_discriminator_loss(),
                self.build_optimizer("discriminator"), self.build_metrics()))
            setattr(self, f"generator_{k}", self.build_generator(k))
            setattr(self, f"combined_{k}", self.compiled(
                self.build_combined(k), self.build_generator_loss(),
                self.build_optimizer("generator")))

        # What people use: all levels as one
        self.generator = self.build_chain(self.shows)
        img = Input(self.img_shape)
        said = [getattr(self, f"discriminator_{k}")(given(*seen))
                for k, seen in enumerate(pyramid(img, self.shapes))]
        self.discriminator = Model(img, sum(said) / len(said), name="discriminator")

    def build_generator(self, k):
        """[z_k, l_k] -> l_k + G_k(z_k, l_k). The coarsest: z_K -> G_K(z_K)."""
        shape, z = self.shapes[k], self.split(Input((self.latent_dim,)))[k]
        noise, low = Input(z.shape[1:]), Input(shape)
        if k < len(self.shapes) - 1:
            img = low + made_band(noise, low, self.base_channels)
            return Model([noise, low], img, name=f"generator_{k}")
        return Model(noise, made_small(noise, shape, self.dense_units), name=f"generator_{k}")

    def build_discriminator(self, k):
        """[I_k, l_k] -> validity (batch, 1): probability of being real, or its logit.
        The coarsest: I_K."""
        img, low = Input(self.shapes[k]), Input(self.shapes[k])
        if k < len(self.shapes) - 1:
            seen, x = [img, low], judged_band(img, low, self.base_channels, self.dropout)
        else:
            seen, x = img, judged_small(img, self.dense_units // 2, self.dropout)
        validity = Dense(1, activation=None if self.from_logits else "sigmoid")(x)
        return Model(seen, validity, name=f"discriminator_{k}")

    def build_combined(self, k):
        """As the generator of the level -> validity of what it makes."""
        generator = getattr(self, f"generator_{k}")
        noise, *low = (Input(x.shape[1:]) for x in generator.inputs)
        judge = Frozen(getattr(self, f"discriminator_{k}"))
        validity = judge(given(generator(given(noise, *low)), *low))
        return Model(given(noise, *low), validity, name=f"combined_{k}")

    def build_chain(self, names):
        """Noise z (batch, latent_dim) -> pictures (batch, *img_shape) in [-1, 1], by
        the generators of these names: from the coarsest down."""
        noise, low = Input((self.latent_dim,)), []
        for k, z in reversed([*enumerate(self.split(noise))]):
            img = ops.clip(getattr(self, names[k])(given(z, *low)), -1, 1)
            low = [enlarged(img, self.shapes[k - 1])]                  # of the next finer level
        return Model(noise, img, name="generator")

    def build_averages(self):
        """Build the average of each level, and chain them."""
        super().build_averages()
        self.generator_ema = self.build_chain([f"{name}_ema" for name in self.shows])

    def split(self, z):
        """Noise (batch, latent_dim) -> [z_0, ..., z_K]. What is left over is z_K's."""
        n, last = self.latent_dim // len(self.shapes), len(self.shapes) - 1
        return [*(z[:, k * n:(k + 1) * n] for k in range(last)), z[:, last * n:]]

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require(min(self.img_shape[:2]) >= 8, "img_shape", "at least 8x8")
        self.require_whole("base_channels", 1)
        self.require_whole("dense_units", 2)
        self.require(self.latent_dim >= len(self.shapes), "latent_dim",
                     f"at least {len(self.shapes)}, a number for each level of the pyramid")

    def train_on_batch(self, images, random=None):
        """One turn of the game. Each level plays it, on real low-passes.

        Takes and returns what `GAN.train_on_batch` does: here means of all levels.
        diversity is that of the coarsest one, which makes its pictures of noise alone.
        """
        imgs = self.prepare(images)                                    # (batch, *img_shape)
        z = ops.convert_to_tensor(self.random_numbers(imgs.shape[0], random)["z"])
        valid, fake = ops.ones((imgs.shape[0], 1)), ops.zeros((imgs.shape[0], 1))

        logs = []
        for k, ((img, *low), noise) in enumerate(zip(pyramid(imgs, self.shapes), self.split(z))):
            generator, discriminator, combined = (
                getattr(self, f"{name}_{k}") for name in ("generator", "discriminator", "combined"))
            made = generator(given(noise, *low), training=self.fakes_in_training_mode)

            # Train the discriminator (real classified as ones and generated as zeros)
            real = discriminator.train_on_batch(given(img, *low), valid, return_dict=True)
            gen = discriminator.train_on_batch(given(made, *low), fake, return_dict=True)

            # Train the generator (wants the discriminator to take its images for real)
            g = combined.train_on_batch(given(noise, *low), valid, return_dict=True)
            d = [0.5 * (real[name] + gen[name]) for name in ("loss", "accuracy")]
            logs.append([*d, g["loss"], real["validity"], gen["validity"]])
        self.update_ema()

        means = [sum(level) / len(logs) for level in zip(*logs)]
        return dict(zip(self.logs, [*means, diversity(made, img)]))    # of the coarsest, the last


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(LAPGAN)
