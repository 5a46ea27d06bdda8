"""Adversarial Feature Learning: the bidirectional GAN.

Jeff Donahue, Philipp Krähenbühl, Trevor Darrell, 2016. arXiv:1605.09782
Dumoulin et al., 2016, "Adversarially learned inference", arXiv:1606.00704: the same

The generator G makes pictures out of noise z, and the encoder E finds the z of a
picture. They never meet. The discriminator D looks at a picture and a z, and says
which of the two was made of the other:

    min_G,E max_D E_x[log D(x, E(x))] + E_z[log(1 - D(G(z), z))]     (equations 2 and 3)

No loss asks for E(G(z)) = z. But D learns which z belongs to which picture, and a pair
that doesn't fit gives itself away. At the optimum D is 1/2 everywhere (theorem 1), and
E is the inverse of G (theorem 2). G and E are trained together, on D's losses with the
labels exchanged, which have more gradient (section 3.4).

Networks and numbers are those of Keras-GAN. The paper's own for digits have layers of
1024, and a z of 50 numbers, uniform in [-1, 1]. Paper and script draw a fresh batch for
the step of G and E; here they get D's last one again, as in `gan.py`. D's batches are
whole ones, as in the paper; the script halves them.
"""
import math
from typing import ClassVar

import keras_gan.backend.quiet_tensorflow  # noqa: F401

from keras import Input, Model, Sequential, ops
from keras.layers import BatchNormalization, Dense, Dropout, Flatten, LeakyReLU, Reshape

from keras_gan.base import batchwise, options
from keras_gan.gan import GAN
from keras_gan.layers import Frozen
from keras_gan.samples import drawing
from keras_gan.samples.diversity import diversity
from keras_gan.samples.ranges import to_network, to_numpy, to_pictures

AT_ONCE = 500                 # pictures that are encoded at once, for a bounded memory


@options
class BiGAN(GAN):
    """The bidirectional GAN. All networks are fully connected, those of Keras-GAN."""

    networks: ClassVar = "keras_gan"
    r1_interval: ClassVar = 1
    r1_gamma: ClassVar = 0.0      # R1 holds D flat at pairs that nobody moves; here E moves them

    trains = {"discriminator": ["discriminator"], "combined": ["generator", "encoder"]}
    shows = ["generator", "encoder"]
    recipes, judges_patches = {}, False

    def build(self):
        # Build the encoder; the combined model trains it
        self.encoder = self.build_encoder()
        super().build()

    def build_encoder(self):
        """Pictures (batch, *img_shape) in [-1, 1] -> z (batch, latent_dim)."""
        return Sequential([
            Input(self.img_shape),
            Flatten(),                                                 # (batch, 784) for 28x28
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(self.latent_dim),                                    # (batch, 100)
        ], name="encoder")

    def build_generator(self):
        """Noise z (batch, latent_dim) -> pictures (batch, *img_shape) in [-1, 1]."""
        return Sequential([
            Input((self.latent_dim,)),
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(math.prod(self.img_shape),                           # (batch, 784) for 28x28
                  activation="tanh" if self.makes_pictures else None),
            Reshape(self.img_shape),                                   # (batch, 28, 28, 1)
        ], name="generator")

    def build_discriminator(self):
        """[z, pictures] -> validity (batch, 1): probability that z was encoded from the
        picture, or its logit."""
        z, img = Input((self.latent_dim,)), Input(self.img_shape)
        pair = ops.concatenate([z, Flatten()(img)], axis=1)            # (batch, 884) for 28x28
        validity = Sequential([
            Dense(1024),                                               # (batch, 1024)
            LeakyReLU(negative_slope=0.2),
            Dropout(self.dropout),
            Dense(1024),                                               # (batch, 1024)
            LeakyReLU(negative_slope=0.2),
            Dropout(self.dropout),
            Dense(1024),                                               # (batch, 1024)
            LeakyReLU(negative_slope=0.2),
            Dropout(self.dropout),
            Dense(1, activation=None if self.from_logits else "sigmoid"),        # (batch, 1)
        ])(pair)
        return Model([z, img], validity, name="discriminator")

    def build_combined(self):
        """[noise z, pictures x] -> [validity of (z, G(z)), validity of (E(x), x)]."""
        z, img = Input((self.latent_dim,)), Input(self.img_shape)
        judge = Frozen(self.discriminator)
        generated, encoded = judge([z, self.generator(z)]), judge([self.encoder(img), img])
        return Model([z, img], [generated, encoded], name="combined")

    def train_on_batch(self, images, random=None):
        """One turn: k steps of the discriminator, one of generator and encoder.

        Args:
            images, random: as for `GAN.train_on_batch`.

        Returns:
            dict of floats, as `GAN.train_on_batch`. D(x) is D(x, E(x)), D(G(z)) is
            D(G(z), z), and g_loss the mean of the losses of generator and encoder.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape)
        z = self.random_numbers(imgs.shape[0], random)["z"]            # (k batch, latent_dim)

        # Adversarial ground truths
        batch_size = imgs.shape[0] // self.k
        valid, fake = ops.ones((batch_size, 1)), ops.zeros((batch_size, 1))

        # ---------------------
        #  Train Discriminator
        # ---------------------

        for real_imgs, noise in zip(ops.split(imgs, self.k), ops.split(z, self.k)):
            # Generate a batch of new images, and encode the real ones
            gen_imgs = self.generator(noise, training=self.fakes_in_training_mode)
            codes = self.encoder(real_imgs, training=self.fakes_in_training_mode)

            # Train the discriminator (img -> z is valid, z -> img is fake)
            d_real = self.discriminator.train_on_batch([codes, real_imgs], valid, return_dict=True)
            d_fake = self.discriminator.train_on_batch([noise, gen_imgs], fake, return_dict=True)

        # ---------------------
        #  Train Generator and Encoder
        # ---------------------

        # Train both (they want the discriminator to mistake each pair for the other)
        g = self.combined.train_on_batch([noise, real_imgs], [valid, fake], return_dict=True)
        self.update_ema()

        return {"d_loss": 0.5 * (d_real["loss"] + d_fake["loss"]),
                "d_accuracy": 0.5 * (d_real["accuracy"] + d_fake["accuracy"]),
                "g_loss": 0.5 * g["loss"],
                "D(x)": d_real["validity"], "D(G(z))": d_fake["validity"],
                "diversity": diversity(gen_imgs, real_imgs)}

    def judge(self, samples):
        """D's validity (batch, 1) of pairs (E(x), x), in inference."""
        return self.discriminator([self.encoder(samples, training=False), samples], training=False)

    def encode(self, images):
        """The z of pictures: float array (n, latent_dim).

        Args:
            images: (n, *img_shape), uint8 0..255 or float in [-1, 1]; any n.

        Raises:
            ValueError: if they don't fit.
        """
        def encode(batch):
            codes = self.encoder_ema(self.to_network(batch), training=False)
            return to_numpy(codes)

        return batchwise(encode, [self.takes["images"].checked(images)], AT_ONCE, "encoding")

    def reconstruct(self, images):
        """G(E(x)): as `generate`, a picture for each of `images` (see `encode`)."""
        return self.generate_from(self.encode(images))

    def write_beside_real(self, path, real):
        """Write real pictures beside their reconstructions. Vectors: as `GAN` does."""
        if not self.makes_pictures:
            return super().write_beside_real(path, real)
        drawing.write_real_vs_generated(path, to_pictures(to_network(real[0])),
                                        self.reconstruct(real[0]), "reconstructed", self.bands)


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(BiGAN)
