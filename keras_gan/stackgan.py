"""StackGAN: Text to Photo-realistic Image Synthesis with Stacked GANs.

Han Zhang, Tao Xu, Hongsheng Li, Shaoting Zhang, Xiaogang Wang, Xiaolei Huang, Dimitris
Metaxas, 2016. arXiv:1612.03242. Here of classes y where the paper has sentences.

Stage I makes a picture of a quarter of the sides out of noise. Then it rests, and Stage
II makes a picture in full size of that one. Each is told the class by a vector c that
is drawn anew for each picture, from a normal distribution which the class decides
(conditioning augmentation, section 3.2):

    c = μ(y) + σ(y) ε,   ε ~ N(0, 1)
    L_G = E[-log D(G(z, c), y)] + λ KL(N(μ(y), σ²(y)) || N(0, 1))       (equations 4, 6)

D learns from three kinds of pairs (section 3.4): real pictures with their class are
real, real ones with another class are not, and neither are generated ones:

    L_D = -E[log D(x, y)] - ½ E[log(1 - D(x, y'))] - ½ E[log(1 - D(G(z, c), y))]

Other than there: an embedding of the class is learned, in place of that of a sentence;
λ weighs the mean of KL over c's dimensions; both stages take the same ε, a part of the
one noise vector; networks are smaller (two residual blocks in place of four).
"""
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, ops
from keras.initializers import RandomNormal
from keras.layers import Embedding, Flatten, Identity

from keras_gan import recipes
from keras_gan.base import Classes, Stacked, options
from keras_gan.base.stacked import quarter
from keras_gan.gan import GAN
from keras_gan.layers import Frozen
from keras_gan.layers.conditioning import ConditioningAugmentation
from keras_gan.networks.stacked import large_picture, matching, small_picture
from keras_gan.samples.diversity import diversity


@options
class StackGAN(Stacked, Classes, GAN):
    """Two stages, for pictures of at least 8x8. With `grow_at=(n,)` the second follows.

    Attributes:
        generator_1, generator_2: see `build_generator`.
        discriminator_1, discriminator_2: [pictures of the stage, labels] -> validity.
        matching_1, matching_2: train them. combined_1, combined_2 train the generators.
    """

    img_shape: tuple[int, ...] = (128, 160, 3)
    base_channels: int = 32
    """Channels of the largest feature maps; twice as many with every halving."""
    kl_weight: float = 1.0
    """λ."""
    networks: ClassVar = "keras_gan"
    r1_gamma: ClassVar = 0.0           # the penalty is on one discriminator, of one kind of pair
    r1_interval: ClassVar = 1
    joint_step: ClassVar = False
    k: ClassVar = 1

    trains = {f"{model}_{i}": [f"{network}_{i}"] for i in (1, 2) for model, network in (
        ("matching", "discriminator"), ("combined", "generator"))}
    shows = ["generator_1", "generator_2"]
    draws = {"z": 3, "other": 22}
    recipes = {"laptop": recipes.STACKGAN_LAPTOP}
    own_networks, sample_axes, convolutional, judges_patches = "keras_gan", (3,), True, False
    updates_of_discriminator = 1
    undecided_loss = None              # a class that is wrong gives itself away

    def build(self):
        self.small = tuple(quarter(Input(self.img_shape)).shape[1:])   # (32, 40, 3) for 128x160
        for i, shape in ((1, self.small), (2, self.img_shape)):
            # Build the discriminator, and compile the model that trains it
            setattr(self, f"discriminator_{i}", self.build_discriminator(i, shape))
            setattr(self, f"matching_{i}", self.compiled(
                self.build_matching(i), [self.build_discriminator_loss() for _ in range(3)],
                self.build_optimizer("discriminator"), [self.build_metrics() for _ in range(3)],
                loss_weights=[1, 0.5, 0.5]))

            # Build the generator, and compile the combined model, which trains it
            setattr(self, f"generator_{i}", self.build_generator(i, shape))
            setattr(self, f"combined_{i}", self.compiled(
                self.build_combined(i), [self.build_generator_loss(), lambda _, kl: ops.mean(kl)],
                self.build_optimizer("generator"), loss_weights=[1, self.kl_weight]))
        self.discriminator = self.discriminator_1

    def build_generator(self, i, shape):
        """[noise, labels] -> small pictures. Stage II: [small pictures, noise, labels]
        -> pictures. Half of the noise is ε."""
        noise, label = Input((self.latent_dim,)), Input((1,), dtype="int32")
        z, epsilon = noise[:, self.latent_dim // 2:], noise[:, :self.latent_dim // 2]
        embedded = Flatten()(Embedding(self.num_classes, 128, RandomNormal(stddev=1.0))(label))
        c, _ = ConditioningAugmentation(name="conditioning")([embedded, epsilon])
        if i == 1:
            img = small_picture(ops.concatenate([z, c], axis=1), shape, 2 * self.base_channels)
            return Model([noise, label], img, name="generator_1")
        small = Input(self.small)
        img = large_picture(small, c, shape, self.base_channels)
        return Model([small, noise, label], img, name="generator_2")

    def build_discriminator(self, i, shape):
        """[pictures, labels (batch, 1)] -> validity (batch, 1): probability of being a
        real one of that class, or its logit."""
        halvings, channels = (3, 2 * self.base_channels) if i == 1 else (5, self.base_channels)
        return matching(shape, self.num_classes, channels, halvings, self.latent_dim,
                        None if self.from_logits else "sigmoid", f"discriminator_{i}")

    def build_matching(self, i):
        """[real pictures, generated ones, their labels, other labels] -> validity of
        the three kinds of pairs."""
        judge = getattr(self, f"discriminator_{i}")
        seen, matched = judge.get_layer("seen"), judge.get_layer("matched")
        (real, label), (made, other) = ([Input(x.shape[1:], dtype=x.dtype) for x in judge.inputs]
                                        for _ in range(2))
        features = seen(real)
        pairs = {"real": [features, label], "other": [features, other],
                 "made": [seen(made), label]}
        said = [Identity(name=name)(matched(pair)) for name, pair in pairs.items()]
        return Model([real, made, label, other], said, name=f"matching_{i}")

    def build_combined(self, i):
        """What the generator takes -> validity of what it makes, and KL (batch, 1)."""
        generator = getattr(self, f"generator_{i}")
        _, kl = generator.get_layer("conditioning").output
        *small, noise, label = (Input(x.shape[1:], dtype=x.dtype) for x in generator.inputs)
        img, kl = Model(generator.inputs, [generator.output, kl])([*small, noise, label])
        validity = Frozen(getattr(self, f"discriminator_{i}"))([img, label])
        said = [Identity(name="validity")(validity), Identity(name="kl")(kl)]
        return Model([*small, noise, label], said, name=f"combined_{i}")

    def draw_other(self, n, rng):
        """How far another class is: int (n, 1), at least 1."""
        return rng.integers(1, self.num_classes, size=(n, 1), dtype="int32")

    logs = ("d_loss", "d_accuracy", "g_loss", "KL", "D(x)", "D(x, other)", "D(G(z))", "diversity")

    def train_on_batch(self, images, labels, random=None):
        """One turn of the stage that is played.

        Args:
            images, labels: as for `CGAN.train_on_batch`.
            random: {"z": float (batch, latent_dim), "other": int (batch, 1)}, see
                `draw_other`. None draws it.

        Returns:
            dict of floats: d_loss is half of L_D, g_loss L_G. D(x, other) is what D
            says about real pictures with another class.
        """
        imgs = self.prepare(images)                                    # (batch, *img_shape)
        labels = ops.convert_to_tensor(self.prepare_labels(labels, imgs.shape[0]))     # (batch, 1)
        random = self.random_numbers(imgs.shape[0], random)
        z, shift = ops.convert_to_tensor(random["z"]), ops.convert_to_tensor(random["other"])
        other = (labels + shift) % self.num_classes
        valid, fake = ops.ones((imgs.shape[0], 1)), ops.zeros((imgs.shape[0], 1))

        # Stage I learns small pictures, Stage II to make large ones of those
        i = self.stage + 1
        told, imgs = ([z, labels], quarter(imgs)) if i == 1 else (
            [self.generator_1([z, labels], training=False), z, labels], imgs)
        generator, matching, combined = (
            getattr(self, f"{name}_{i}") for name in ("generator", "matching", "combined"))

        # Train the discriminator (real images of their class are real, others aren't)
        gen_imgs = generator(told, training=self.fakes_in_training_mode)
        d = matching.train_on_batch([imgs, gen_imgs, labels, other], [valid, fake, fake],
                                    return_dict=True)

        # Train the generator (wants its images to be taken for real, of their class)
        g = combined.train_on_batch(told, [valid, fake], return_dict=True)
        self.update_ema()

        right = 0.5 * d["real_accuracy"] + 0.25 * (d["other_accuracy"] + d["made_accuracy"])
        return {"d_loss": 0.5 * d["loss"], "d_accuracy": right,
                "g_loss": g["loss"], "KL": g["kl_loss"], "D(x)": d["real_validity"],
                "D(x, other)": d["other_validity"], "D(G(z))": d["made_validity"],
                "diversity": diversity(gen_imgs, imgs, labels, self.num_classes)}

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        self.require(min(self.img_shape[:2]) >= 8, "img_shape", "at least 8x8")
        self.require_whole("base_channels", 1)
        self.require_whole("latent_dim", 2)
        self.require_number("kl_weight", lambda weight: weight >= 0, "a number of at least 0")


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(StackGAN)
