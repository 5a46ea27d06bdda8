"""Generative Adversarial Networks.

Ian Goodfellow, Jean Pouget-Abadie, Mehdi Mirza, Bing Xu, David Warde-Farley, Sherjil Ozair, Aaron Courville,
Yoshua Bengio, 2014. arXiv:1406.2661

Two networks play a game. The generator G makes pictures of noise z; the discriminator D says of each picture how
likely it is a real one. D is trained to tell them apart, G to be taken for real:

    min_G max_D V(D, G) = E_x[log D(x)] + E_z[log(1 - D(G(z)))]                      (equation 1)

G is trained on the non-saturating form, max_G E_z[log D(G(z))] (section 3). The networks are those of Keras-GAN.
"""
from keras_gan import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import math
from typing import Literal

from keras import Input, Model, Sequential, ops
from keras.layers import BatchNormalization, Dense, Flatten, LeakyReLU, Reshape
from keras.losses import BinaryCrossentropy
from keras.metrics import BinaryAccuracy
from keras.optimizers import Adam

from keras_gan.game import Game
from keras_gan.layers import Frozen
from keras_gan.one_graph import as_player
from keras_gan.recipes import with_recipes
from keras_gan.training_run import TrainingRun


class GAN(Game):
    """The vanilla GAN: both networks are fully connected.

    Pictures go in as uint8 0..255 or float in [-1, 1], (N, *img_shape), RGB or grey; `generate` gives float32 in [0, 1].

    Args:
        img_shape: (height, width, channels) of the pictures; channels 1 (grey) or 3 (RGB).
        latent_dim: length of the noise vector z.
        learning_rate: of both Adam optimizers.
        seed: whole number; initial weights, noise, Dropout and the order of the pictures follow from it.
        recipe: "classic", the networks and numbers of Keras-GAN.
        run_eagerly: True plays every move call by call, for a look at it in a debugger; False compiles the turn.
        jit_compile: True compiles with XLA, False without; "auto" with XLA where it was measured to pay.

    Attributes:
        generator: `keras.Model`, noise (batch, latent_dim) -> pictures (batch, *img_shape) in [-1, 1].
        discriminator: `keras.Model`, pictures -> validity (batch, 1): 1 is real, 0 is generated.
        combined: `keras.Model`, noise -> validity; it trains the generator, the discriminator in it is frozen.

    Raises:
        ValueError: for arguments that make no sense.
    """

    from_logits = False                # the discriminator ends in a sigmoid
    fakes_in_training_mode = False     # as in Keras-GAN, where `generator.predict` makes the discriminator's fakes

    @with_recipes
    def __init__(self, img_shape: tuple[int, int, int] = (28, 28, 1), latent_dim: int = 100, learning_rate: float = 2e-4,
                 seed: int = 0, recipe: str = "classic", run_eagerly: bool = False,
                 jit_compile: bool | Literal["auto"] = "auto"):
        self.img_shape, self.latent_dim = img_shape, latent_dim
        self.learning_rate = learning_rate
        self.seed, self.recipe = seed, recipe
        self.run_eagerly, self.jit_compile = run_eagerly, jit_compile
        self.check_arguments()
        how = {"run_eagerly": run_eagerly, "jit_compile": jit_compile}
        bce = BinaryCrossentropy(from_logits=self.from_logits)

        with self.seeded():
            # Build and compile the discriminator
            self.discriminator = as_player(self.build_discriminator())
            accuracy = BinaryAccuracy(name="accuracy", threshold=0.0 if self.from_logits else 0.5)
            self.discriminator.compile(loss=bce, optimizer=Adam(self.learning_rate, 0.5), metrics=[accuracy], **how)

            # Build the generator
            self.generator = as_player(self.build_generator())

            # Build and compile the combined model, which trains the generator
            self.combined = as_player(self.build_combined())
            self.combined.compile(loss=bce, optimizer=Adam(self.learning_rate, 0.5), **how)
            # Both hold the same trainable weights, so one optimizer serves both
            self.generator.compile(loss="mse", optimizer=self.combined.optimizer, **how)

    def build_generator(self):
        """Noise z (batch, latent_dim) -> pictures (batch, *img_shape) in [-1, 1]."""
        model = Sequential([
            Input((self.latent_dim,)),
            Dense(256),                                                # (batch, 256)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(1024),                                               # (batch, 1024)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(math.prod(self.img_shape), activation="tanh"),       # (batch, 784) for 28x28
            Reshape(self.img_shape),                                   # (batch, 28, 28, 1)
        ])
        noise = Input((self.latent_dim,))
        return Model(noise, model(noise), name="generator")

    def build_discriminator(self):
        """Pictures (batch, *img_shape) in [-1, 1] -> validity (batch, 1), the probability that they are real."""
        model = Sequential([
            Input(self.img_shape),
            Flatten(),                                                 # (batch, 784) for 28x28
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            Dense(256),                                                # (batch, 256)
            LeakyReLU(negative_slope=0.2),
            Dense(1, activation="sigmoid"),                            # (batch, 1)
        ])
        img = Input(self.img_shape)
        return Model(img, model(img), name="discriminator")

    def build_combined(self):
        """Noise z (batch, latent_dim) -> validity (batch, 1) of the pictures that the generator makes of it.

        Keras-GAN set `discriminator.trainable = False` here; on Keras 3 that trains no discriminator at all.
        """
        z = Input((self.latent_dim,))
        img = self.generator(z)
        validity = Frozen(self.discriminator)(img)
        return Model(z, validity, name="combined")

    def train_on_batch(self, images, noise=None):
        """One turn of the game: a step of the discriminator, a step of the generator.

        Args:
            images: real pictures (batch, *img_shape), uint8 0..255 or float in [-1, 1].
            noise: float (batch, latent_dim); None draws it from N(0, 1). Don't draw random numbers with NumPy in here:
                `train` compiles this method, and they would be the same in every turn.

        Returns:
            dict of floats: d_loss (mean of real and generated, nats), d_accuracy, g_loss (nats).
        """
        imgs = self.prepare(images)                                    # (batch, *img_shape) in [-1, 1]
        batch_size = imgs.shape[0]
        noise = self.sample_noise(batch_size) if noise is None else noise

        # Adversarial ground truths
        valid = ops.ones((batch_size, 1))
        fake = ops.zeros((batch_size, 1))

        # ---------------------
        #  Train Discriminator
        # ---------------------

        # Generate a batch of new images
        gen_imgs = self.generator(noise, training=self.fakes_in_training_mode)

        # Train the discriminator (real classified as ones and generated as zeros)
        d_real = self.discriminator.train_on_batch(imgs, valid, return_dict=True)
        d_fake = self.discriminator.train_on_batch(gen_imgs, fake, return_dict=True)

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants the discriminator to take its images for real)
        g = self.combined.train_on_batch(noise, valid, return_dict=True)

        return {"d_loss": 0.5 * (d_real["loss"] + d_fake["loss"]),
                "d_accuracy": 0.5 * (d_real["accuracy"] + d_fake["accuracy"]),
                "g_loss": g["loss"]}

    def train(self, images, steps: int = 10_000, batch_size: int = 32, run_dir: str | None = None,
              sample_interval: int = 500, checkpoint_interval: int = 500, resume: bool = False, flip: bool = False):
        """Play many turns, compiled as one graph (or call by call with `run_eagerly=True`).

        Args:
            images: array (N, *img_shape), uint8 0..255 or float in [-1, 1]; or what `data_loaders.load_data` returns;
                or a `tf.data.Dataset` or `keras.utils.PyDataset` of batches.
            steps: turns of this call; with `resume`, of the whole run.
            batch_size: pictures a step. A Dataset brings its own batches, of any size.
            run_dir: folder for pictures, losses, checkpoints and model. None writes nothing.
            sample_interval: steps between two sample sheets.
            checkpoint_interval: steps between two checkpoints.
            resume: go on with the run in `run_dir`, from its newest checkpoint.
            flip: mirror every other picture, at random.

        Returns:
            history, a dict of lists: step, d_loss, d_accuracy, g_loss.

        Raises:
            ValueError: for data or arguments that don't fit, also those of a resume that differ from the run's.
            FileExistsError: if `run_dir` holds a run already and `resume` is False.
        """
        run = TrainingRun(self, images, steps, batch_size, run_dir, sample_interval, checkpoint_interval, resume, flip)
        turn = self.train_on_batch if self.run_eagerly else self.compiled_turn()
        with run:
            for imgs in run.turns():
                noise = self.sample_noise(len(imgs))
                logs = turn(imgs, noise)
                run.log(logs)

                # If at an interval => save generated image samples, or all that training needs to go on
                if run.step % sample_interval == 0:
                    run.save_samples()
                if run.step % checkpoint_interval == 0:
                    run.save_checkpoint()
        return run.history


if __name__ == "__main__":
    from keras_gan.command_line import train_command
    train_command(GAN)
