"""BigGAN: Large Scale GAN Training for High Fidelity Natural Image Synthesis.

Andrew Brock, Jeff Donahue, Karen Simonyan, 2018. arXiv:1809.11096

Pictures of the class that one asks for. What was found to count, at a size for a
laptop: one embedding of the class from which gains and biases of every block follow; a
piece of the noise for each block (skip-z); a discriminator that compares its features
with the class; batches larger than memory; and kernels at right angles, so that noise
near 0 makes better, if more similar, pictures (truncation). The losses are hinges:

    L_D = E[max(0, 1 - D(x, y))] + E[max(0, 1 + D(G(z, y), y))]
    L_G = -E[D(G(z, y), y)]
    R_β(W) = β‖WᵀW ⊙ (1 - I)‖²                                              (equation 3)
"""
import math
from typing import ClassVar, Literal

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, ops
from keras.layers import CategoryEncoding, Dense, Embedding, Identity, LeakyReLU, Reshape
from keras.metrics import BinaryAccuracy, MeanMetricWrapper

from keras_gan import recipes
from keras_gan.base import options
from keras_gan.base.judging import probability_of_logits
from keras_gan.cgan import CGAN
from keras_gan.layers import R1, DiffAugment
from keras_gan.layers.hinge import hinge, raise_score
from keras_gan.layers.orthogonal import begin_orthogonal, keep_orthogonal
from keras_gan.networks.residual import down_block, last_layers, up_block
from keras_gan.samples.diversity import diversity


@options
class BigGAN(CGAN):
    """BigGAN's ideas at small scale, for pictures of at least 8x8."""

    img_shape: tuple[int, ...] = (128, 160, 3)
    learning_rate: float = 2e-4
    generator_learning_rate: float | None = 5e-5
    betas: tuple[float, float] = (0.0, 0.999)
    k: int = 2
    latent_dim: int = 120
    ema_momentum: float = 0.999
    discriminator_norm: Literal["spectral", "none"] = "spectral"
    class_dim: int = 32
    """Length of the embedding of a class, which all blocks of the generator share."""
    orthogonality: float = 1e-4
    """Weight β of orthogonal regularisation of the generator's kernels. 0: none."""
    loss: Literal["hinge", "non_saturating"] = "hinge"
    """"non_saturating": that of `GAN`, with logits, which suits R1."""
    networks: ClassVar = "biggan"
    from_logits: ClassVar = True
    generator_loss: ClassVar = "non_saturating"
    fakes_in_training_mode: ClassVar = True
    label_smoothing: ClassVar = 0.0
    dropout: ClassVar = 0.0
    conditioning: ClassVar = "projection"
    grow_at: ClassVar = ()
    fade: ClassVar = 0

    trains = {"judging": ["discriminator"], "combined": ["generator"]}
    recipes = {"laptop": recipes.BIGGAN_LAPTOP}
    own_networks, sample_axes, convolutional = "biggan", (3,), True
    updates_of_discriminator, judges_patches = 1, False

    def build(self):
        self.generator, self.discriminator = self.build_generator(), self.build_discriminator()
        losses, metrics = [self.build_discriminator_loss()] * 2, self.build_metrics()
        optimizer = self.build_optimizer("discriminator")
        self.judging = self.compiled(self.build_judging(optimizer), losses, optimizer, metrics)
        self.combined = self.compiled(self.build_combined(), self.build_generator_loss(),
                                      self.build_optimizer("generator"))

    @property
    def enlargements(self):
        """From the generator's first feature maps, at least 4x4, to the picture."""
        return min(4, int(math.log2(min(self.img_shape[:2]) / 4)))

    @property
    def pieces(self):
        """Of the noise: for the first layer, and for each block."""
        return 1 + self.enlargements - (not self.full_size_features)

    def build_generator(self):
        """Noise (batch, latent_dim), labels (batch, 1) -> pictures in [-1, 1]."""
        (height, width, _), c, n = self.img_shape, self.base_channels, self.enlargements
        h, w = -(-height // 2 ** n), -(-width // 2 ** n)               # rounded up
        noise, label = Input((self.latent_dim,)), Input((1,), dtype="int32")
        embedding = Embedding(self.num_classes, self.class_dim, "orthogonal")
        label_embedding = Reshape((self.class_dim,))(embedding(label))
        first, *pieces = ops.split(noise, self.pieces, axis=1)         # skip-z
        x = Reshape((h, w, c * 2 ** n))(Dense(h * w * c * 2 ** n)(first))          # (8, 10, 192)
        for i, z in enumerate(pieces):                                 # (16, 20, 96) (32, 40, 48)
            condition = ops.concatenate([label_embedding, z], axis=1)
            x = up_block(x.shape[1:], c * 2 ** (n - 1 - i), condition.shape[-1])([x, condition])
        for layer in last_layers(self, h * 2 ** n, w * 2 ** n):        # (128, 160, 3)
            x = layer(x)
        generator = Model([noise, label], x, name="generator")
        return keep_orthogonal(begin_orthogonal(generator), self.orthogonality)

    def build_discriminator(self):
        """Pictures in [-1, 1], labels -> validity (batch, 1): h·w + h·e(y), h being
        the features, e the embedding of the class (projection)."""
        img, label = Input(self.img_shape), Input((1,), dtype="int32")
        x = DiffAugment()(img) if self.augment else img
        for i in range(math.ceil(math.log2(min(self.img_shape[:2]) / 4))):   # to 4 rows or columns
            filters = self.base_channels * 2 ** min(i, 4)
            x = down_block(x.shape[1:], filters, self.convolution, of_pictures=i == 0,
                           halves_first=True)(x)
        features = ops.sum(LeakyReLU(negative_slope=0.2)(x), axis=(1, 2))          # (batch, 192)
        # Keras's spectral normalisation of an `Embedding` gives whole numbers
        one_hot = CategoryEncoding(self.num_classes, output_mode="one_hot")(label)
        of_class = self.convolution(features.shape[-1], use_bias=False, layer=Dense)(one_hot)
        validity = self.convolution(1, use_bias=False, layer=Dense)(features)
        validity += ops.sum(of_class * features, axis=1, keepdims=True)
        return begin_orthogonal(Model([img, label], validity, name="discriminator"))

    def build_judging(self, optimizer):
        """[Real, generated pictures, labels] -> validity of both. It trains D."""
        img, gen_img = Input(self.img_shape), Input(self.img_shape)
        label = Input((1,), dtype="int32")
        judge = self.discriminator
        if self.r1_gamma:
            judge = R1(judge, self.r1_gamma, self.r1_interval, lambda: optimizer.iterations)
        heads = [Identity(name="real")(judge([img, label])),
                 Identity(name="generated")(self.discriminator([gen_img, label]))]
        return Model([img, gen_img, label], heads, name="judging")

    def build_discriminator_loss(self):
        """max(0, 1 - D(x)) where the truth is 1, real, else max(0, 1 + D(G(z)))."""
        return hinge if self.loss == "hinge" else super().build_discriminator_loss()

    def build_generator_loss(self):
        """-D(G(z)), given ones."""
        return raise_score if self.loss == "hinge" else super().build_generator_loss()

    def build_metrics(self):
        """Those of `GAN` for both heads: of real and of generated pictures."""
        return [[BinaryAccuracy(name="accuracy", threshold=0.0),
                 MeanMetricWrapper(probability_of_logits, name="validity")] for _ in range(2)]

    undecided_loss = property(lambda self: 1.0 if self.loss == "hinge" else math.log(2))

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require_whole("class_dim", 1)
        self.require_number("orthogonality", lambda beta: beta >= 0, "a number of at least 0")
        self.require(self.pieces > 1, "full_size_features",
                     "True for pictures with a side of less than 16")
        self.require(self.latent_dim % self.pieces == 0, "latent_dim",
                     f"a multiple of {self.pieces}: a piece for the first layer and each block")

    def train_on_batch(self, images, labels, random=None):
        """One turn of the game: k steps of the discriminator, one of the generator.

        Takes and returns what `CGAN.train_on_batch` does. g_loss includes orthogonal
        regularisation. With hinges D(x) and D(G(z)) are no probabilities, but scores
        through a sigmoid.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape)
        labels = self.prepare_labels(labels, imgs.shape[0])            # (k batch, 1)
        z = self.random_numbers(imgs.shape[0], random)["z"]            # (k batch, latent_dim)
        ones = ops.ones((imgs.shape[0] // self.k, 1))
        for real_imgs, y, noise in zip(*(ops.split(a, self.k) for a in (imgs, labels, z))):
            # Generate a batch of new images of the same classes
            gen_imgs = self.generator([noise, y], training=True)

            # Train the discriminator, on both at once
            d = self.judging.train_on_batch([real_imgs, gen_imgs, y], [ones, 0 * ones],
                                            return_dict=True)

        # Train the generator (wants high scores for its images of the classes y)
        g = self.combined.train_on_batch([noise, y], ones, return_dict=True)
        self.update_ema()

        return {"d_loss": 0.5 * d["loss"],
                "d_accuracy": 0.5 * (d["real_accuracy"] + d["generated_accuracy"]),
                "g_loss": g["loss"],
                "D(x)": d["real_validity"], "D(G(z))": d["generated_validity"],
                "diversity": diversity(gen_imgs, real_imgs, y, self.num_classes)}


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(BigGAN)
