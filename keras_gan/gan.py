"""Generative Adversarial Networks.

Ian Goodfellow, Jean Pouget-Abadie, Mehdi Mirza, Bing Xu, David Warde-Farley, Sherjil Ozair, Aaron Courville,
Yoshua Bengio, 2014. arXiv:1406.2661

Two networks play a game. The generator G makes pictures of noise z; the discriminator D says of each picture how
likely it is a real one. D is trained to tell them apart, G to be taken for real:

    min_G max_D V(D, G) = E_x[log D(x)] + E_z[log(1 - D(G(z)))]                      (equation 1)

G is trained on the non-saturating form, max_G E_z[log D(G(z))] (section 3). The networks are those of Keras-GAN,
those of the paper (section 5), or small ones for points in a plane.
"""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import math
import numbers
from typing import Literal

from keras import Input, Model, Sequential, ops
from keras.layers import BatchNormalization, Dense, Dropout, Flatten, LeakyReLU, Rescaling, Reshape
from keras.losses import BinaryCrossentropy
from keras.metrics import BinaryAccuracy, MeanMetricWrapper
from keras.saving import register_keras_serializable

from keras_gan.training import memory
from keras_gan.layers.fused import Adam
from keras_gan.base.game import Game
from keras_gan.layers.penalties import R1
from keras_gan.layers.frozen import Frozen
from keras_gan.layers.maxout import Maxout
from keras_gan.players.player import as_player
from keras_gan.samples.diversity import diversity
from keras_gan.base.seeding import seeded_layers
from keras_gan.training.run import TrainingRun


@register_keras_serializable("keras_gan")
def probability(truth, validity):
    """What a discriminator says that ends in a sigmoid. Both (batch, 1)."""
    return validity


@register_keras_serializable("keras_gan")
def probability_of_logits(truth, validity):
    """What a discriminator says that ends in logits, as a probability. Both (batch, 1)."""
    return ops.sigmoid(validity)


class GAN(Game):
    """The vanilla GAN: both networks are fully connected.

    Pictures go in as uint8 0..255 or float in [-1, 1], (N, *img_shape), RGB or grey; `generate` gives float32 in [0, 1].
    Vectors, (N, dimensions), go in and come out in the data's own units; they should lie around 0 and reach a few units.

    Recipes (whatever you pass yourself wins; `GAN.recipes` says what differs, and why):

    - `"classic"`: the defaults below, the networks and numbers of Keras-GAN.
    - `"digits"`: the same networks; better digits in fewer steps (numbers in the README).
    - `"mnist"`: the same networks; the best digits, in batches of 64.
    - `"goodfellow_2014"`: the networks of the paper.

    Args:
        img_shape: (height, width, channels) of the pictures; channels 1 (grey) or 3 (RGB). (dimensions,) of vectors.
        latent_dim: length of the noise vector z.
        learning_rate: of both Adam optimizers.
        generator_learning_rate: of the generator's, if it is another one (Martin Heusel et al., 2017, arXiv:1706.08500). None: the same.
        half_life: turns in which the learning rates fall by half, again and again, so that players who go round their equilibrium
            come to rest there. None: they stay as they are.
        networks: "keras_gan": leaky rectifiers, BatchNormalization in the generator. "goodfellow_2014", those of the paper:
            a generator of rectifiers that ends in a sigmoid, a discriminator of maxout units with Dropout. "srivastava_2017": small ones after
            those in which VEEGAN (arXiv:1705.07761) counts modes in a plane; PacGAN's are wider and deeper.
        dropout: share of the maxout discriminator's activations that Dropout drops; the other networks of this class have none.
        from_logits: True lets the discriminator end without sigmoid; the loss applies it. The same mathematics, but a
            sigmoid that has rounded to 0 or 1 has no gradient left.
        generator_loss: what the generator minimises. "non_saturating": -log D(G(z)). "saturating": log(1 - D(G(z))), as in
            equation 1, which hardly has a gradient as long as the discriminator sees through the generator.
        r1_gamma: weight γ of R1, a penalty on the discriminator's gradient at real samples (see `keras_gan.layers.penalties.R1`). 0: none. Takes
            from_logits=True, and a discriminator without BatchNormalization.
        fakes_in_training_mode: True makes the discriminator's fakes with the batch's own statistics, as the generator's
            step does; False with moving averages, as Keras-GAN's `predict` did.
        generator_weight_decay: share of every weight of the generator (not of biases) that its optimizer takes off in a step, times the learning
            rate (Ilya Loshchilov, Frank Hutter, 2017, "Decoupled weight decay regularization", arXiv:1711.05101). 0: none.
        k: steps of the discriminator in a turn, each on a fresh batch, before one step of the generator (algorithm 1).
        ema_momentum: momentum of the moving average of the generator's weights, which is what `generate` then shows. 0:
            no average.
        seed: whole number; initial weights, noise, Dropout and the order of the pictures follow from it.
        recipe: "classic", "digits", "mnist" or "goodfellow_2014".
        run_eagerly: True plays every move call by call, for a look at it in a debugger; False compiles the turn.
        jit_compile: True compiles with XLA, False without; "auto" with XLA where it was measured to pay.

    Attributes:
        generator: `keras.Model`, noise (batch, latent_dim) -> pictures (batch, *img_shape) in [-1, 1].
        discriminator: `keras.Model`, pictures -> validity (batch, 1): 1 is real, 0 is generated.
        combined: `keras.Model`, noise -> validity; it trains the generator, the discriminator in it is frozen.
        generator_ema: the generator that `generate` shows: the moving average, or `generator` itself without one.

    Raises:
        ValueError: for arguments that make no sense.
    """

    recipes = {
        "digits": {
            "from_logits": True,
            # BatchNormalization's moving averages lag behind a generator that changes at every step; and these fakes are those
            # of the generator's own step, so that the compiled turn makes them once for both.
            "fakes_in_training_mode": True,
            # The players circle around their equilibrium; the average of where the generator was is nearer to it.
            "ema_momentum": 0.999,
        },
        "mnist": {
            "from_logits": True,
            "fakes_in_training_mode": True,
            # After 5,000 steps the Fréchet distance is 7; it is 35 at a fifth of this learning rate, and 9 without the penalty on D's slope at
            # real digits (R1), one seed each. Then the rates fall, so that both players come to rest.
            "learning_rate": 1e-3,
            "r1_gamma": 0.3,
            "half_life": 10_000,
            "ema_momentum": 0.9995,
        },
        "goodfellow_2014": {
            "networks": "goodfellow_2014",
            "learning_rate": 5e-4,
            # The maxout discriminator isn't too strong for this generator; with Dropout samples are noisier, and come later.
            "dropout": 0.0,
            "from_logits": True,
            # Where pixels are always black the generator hears little: its sigmoid is flat there, and Adam's steps are as large as elsewhere.
            # So the noise z shines through as speckle. Weights that fade, while biases stay, leave such a pixel to its bias.
            "generator_weight_decay": 0.3,
            "ema_momentum": 0.999,
        },
    }

    def __init__(self, img_shape: tuple[int, ...] = (28, 28, 1), latent_dim: int = 100, learning_rate: float = 2e-4,
                 generator_learning_rate: float | None = None, half_life: int | None = None,
                 networks: Literal["keras_gan", "goodfellow_2014", "srivastava_2017"] = "keras_gan",
                 dropout: float = 0.5, from_logits: bool = False, generator_loss: Literal["non_saturating", "saturating"] = "non_saturating",
                 r1_gamma: float = 0.0, fakes_in_training_mode: bool = False, generator_weight_decay: float = 0.0, k: int = 1,
                 ema_momentum: float = 0.0, seed: int = 0, recipe: str = "classic", run_eagerly: bool = False,
                 jit_compile: bool | Literal["auto"] = "auto"):
        self.img_shape, self.latent_dim = img_shape, latent_dim
        self.learning_rate, self.generator_learning_rate, self.half_life = learning_rate, generator_learning_rate, half_life
        self.networks, self.dropout, self.from_logits = networks, dropout, from_logits
        self.generator_loss, self.r1_gamma = generator_loss, r1_gamma
        self.fakes_in_training_mode, self.generator_weight_decay = fakes_in_training_mode, generator_weight_decay
        self.k, self.ema_momentum = k, ema_momentum
        self.seed, self.recipe = seed, recipe
        self.run_eagerly, self.jit_compile = run_eagerly, jit_compile
        self.check_arguments()
        how = {"run_eagerly": run_eagerly, "jit_compile": jit_compile}

        with seeded_layers(self.seed), memory.for_networks():
            # Build and compile the discriminator
            self.discriminator = as_player(self.build_discriminator())
            self.discriminator.compile(loss=self.build_discriminator_loss(), optimizer=self.build_optimizer("discriminator"),
                                       metrics=self.build_metrics(), **how)

            # Build and compile the same discriminator as it is trained on real images: there may be a penalty besides the loss
            self.discriminator_on_real = self.discriminator
            if self.r1_gamma:
                self.discriminator_on_real = as_player(self.build_discriminator_on_real())
                self.discriminator_on_real.compile(loss=self.build_discriminator_loss(), optimizer=self.discriminator.optimizer,
                                                   metrics=self.build_metrics(), **how)

            # Build the generator
            self.generator = as_player(self.build_generator())

            # Build and compile the combined model, which trains the generator
            self.combined = as_player(self.build_combined())
            self.combined.compile(loss=self.build_generator_loss(), optimizer=self.build_optimizer("generator"), **how)
            # Both hold the same trainable weights, so one optimizer serves both
            self.generator.compile(loss="mse", optimizer=self.combined.optimizer, **how)

            # Build the moving average of the generator
            self.generator_ema = self.build_generator_ema()

    def build_generator(self):
        """Noise z (batch, latent_dim) -> pictures (batch, *img_shape) in [-1, 1]."""
        noise = Input((self.latent_dim,))
        img = self.generator_layers(self.latent_dim)(noise)
        return Model(noise, img, name="generator")

    def generator_layers(self, input_width):
        """The generator from its first layer on: vectors (batch, input_width) -> pictures (batch, *img_shape) in [-1, 1]."""
        if self.networks == "srivastava_2017":
            return Sequential([
                Input((input_width,)),
                Dense(128, activation="relu"),                         # (batch, 128)
                BatchNormalization(momentum=0.8),
                Dense(128, activation="relu"),                         # (batch, 128)
                BatchNormalization(momentum=0.8),
                Dense(math.prod(self.img_shape), activation="tanh" if self.makes_pictures else None),      # (batch, 2), in the data's own units
                Reshape(self.img_shape),
            ])
        if self.networks == "goodfellow_2014":
            return Sequential([
                Input((input_width,)),
                Dense(1200, activation="relu"),                        # (batch, 1200)
                Dense(1200, activation="relu"),                        # (batch, 1200)
                *([Dense(math.prod(self.img_shape), activation="sigmoid"),         # (batch, 784) in [0, 1]
                   Rescaling(2.0, offset=-1.0)]                        # to [-1, 1]
                  if self.makes_pictures else [Dense(math.prod(self.img_shape))]),
                Reshape(self.img_shape),                               # (batch, 28, 28, 1)
            ])
        return Sequential([
            Input((input_width,)),
            Dense(256),                                                # (batch, 256)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(512),                                                # (batch, 512)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(1024),                                               # (batch, 1024)
            LeakyReLU(negative_slope=0.2),
            BatchNormalization(momentum=0.8),
            Dense(math.prod(self.img_shape), activation="tanh" if self.makes_pictures else None),      # (batch, 784) for 28x28
            Reshape(self.img_shape),                                   # (batch, 28, 28, 1)
        ])

    def build_discriminator(self):
        """Pictures (batch, *img_shape) in [-1, 1] -> validity (batch, 1): probability of being real, or its logit."""
        model = self.discriminator_layers(self.img_shape)
        model.add(Dense(1, activation=None if self.from_logits else "sigmoid"))        # (batch, 1)

        img = Input(self.img_shape)
        return Model(img, model(img), name="discriminator")

    def discriminator_layers(self, input_shape):
        """The discriminator up to its last layer: pictures (batch, *input_shape) in [-1, 1] -> features (batch, width)."""
        if self.networks == "srivastava_2017":
            layers = [
                Maxout(128, pieces=5),                                 # (batch, 128)
            ]
        elif self.networks == "goodfellow_2014":
            layers = [
                Maxout(240, pieces=5),                                 # (batch, 240)
                Dropout(self.dropout),
                Maxout(240, pieces=5),                                 # (batch, 240)
                Dropout(self.dropout),
            ]
        else:
            layers = [
                Dense(512),                                            # (batch, 512)
                LeakyReLU(negative_slope=0.2),
                Dense(256),                                            # (batch, 256)
                LeakyReLU(negative_slope=0.2),
            ]
        return Sequential([
            Input(input_shape),
            Flatten(),                                                 # (batch, 784) for 28x28
            *layers,
        ])

    def build_discriminator_on_real(self):
        """Pictures (batch, *img_shape) -> validity (batch, 1), as the discriminator says; training it also costs the penalty R1."""
        img = Input(self.img_shape)
        return Model(img, R1(self.discriminator, self.r1_gamma)(img), name="discriminator_on_real")

    def build_combined(self):
        """Noise z (batch, latent_dim) -> validity (batch, 1) of the pictures that the generator makes of it.

        Keras-GAN set `discriminator.trainable = False` here; on Keras 3 that trains no discriminator at all.
        """
        z = Input((self.latent_dim,))
        img = self.generator(z)
        validity = Frozen(self.discriminator)(img)
        return Model(z, validity, name="combined")

    def build_optimizer(self, player):
        """The optimizer of a player, "discriminator" or "generator"; each has one of its own."""
        if player == "discriminator":
            return Adam(self.learning_rate_of(player), 0.5)
        optimizer = Adam(self.learning_rate_of(player), 0.5, weight_decay=self.generator_weight_decay or None)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        return optimizer

    def build_discriminator_loss(self):
        """What the discriminator minimises: -log D(x) where the truth is 1, real, and -log(1 - D(G(z))) where it is 0, generated.

        A function of (truth, validity), both (batch, 1). Real and generated batches are a step each; the turn reports the mean of both as d_loss.
        """
        return BinaryCrossentropy(from_logits=self.from_logits)

    def build_generator_loss(self):
        """What the combined model minimises, given ones: -log D(G(z)), or log(1 - D(G(z))) if it is to be saturating."""
        bce = BinaryCrossentropy(from_logits=self.from_logits)
        if self.generator_loss == "non_saturating":
            return bce
        return lambda valid, validity: -bce(1 - valid, validity)

    def build_metrics(self):
        """What the discriminator reports of a batch besides its loss: `accuracy`, and `validity`, what it says as a probability of being real.

        `train_on_batch` takes them by these names, and the referee warns of a validity that stays beyond .99 or below .01.
        """
        return [BinaryAccuracy(name="accuracy", threshold=0.0 if self.from_logits else 0.5),
                MeanMetricWrapper(probability_of_logits if self.from_logits else probability, name="validity")]

    def check_arguments(self):
        """Raise `ValueError` for arguments that make no sense."""
        super().check_arguments()
        decay = self.generator_weight_decay
        self.require(isinstance(decay, numbers.Real) and 0 <= decay < math.inf, "generator_weight_decay", "a number of at least 0")
        self.generator_weight_decay = float(decay)
        self.require(isinstance(self.r1_gamma, numbers.Real) and 0 <= self.r1_gamma < math.inf, "r1_gamma", "a number of at least 0")
        self.r1_gamma = float(self.r1_gamma)
        self.require(self.from_logits or not self.r1_gamma, "from_logits", "True where there is a penalty on the logit's gradient (r1_gamma)")

    @property
    def undecided_loss(self):
        """The discriminator's loss when it can't tell real from generated: log 2, in nats."""
        return math.log(2)

    @property
    def penalises_slope(self):
        """Whether the discriminator pays for its own gradient at each sample."""
        return self.r1_gamma > 0

    def train_on_batch(self, images, noise=None):
        """One turn of the game, by algorithm 1: k steps of the discriminator, a step of the generator.

        The generator's step takes the z of the discriminator's last one again, where the algorithm draws another: what both say of these pictures
        can be compared, and the compiled turn makes them once, if both are in the same mode.

        Args:
            images: real pictures (k batch, *img_shape), uint8 0..255 or float in [-1, 1].
            noise: float (k batch, latent_dim); None draws it from N(0, 1). Don't draw random numbers with NumPy in here:
                `train` compiles this method, and they would be the same in every turn.

        Returns:
            dict of floats: d_loss (mean of real and generated, nats; with R1 also half of the penalty), d_accuracy, g_loss (nats), D(x) and D(G(z)) (what the
            discriminator says of real and of generated pictures, 0..1), diversity (see `keras_gan.samples.diversity.diversity`).
            They are those of the last step of each player.
        """
        imgs = self.prepare(images)                                    # (k batch, *img_shape) in [-1, 1]
        noise = self.sample_noise(imgs.shape[0]) if noise is None else self.check_noise(noise, imgs.shape[0])
        batch_size = imgs.shape[0] // self.k

        # Adversarial ground truths
        valid = ops.ones((batch_size // self.packing, 1))              # one for each image, or for each pack of them (PacGAN)
        fake = ops.zeros((batch_size // self.packing, 1))

        # ---------------------
        #  Train Discriminator
        # ---------------------

        for real_imgs, z in zip(ops.split(imgs, self.k), ops.split(noise, self.k)):
            # Generate a batch of new images
            gen_imgs = self.generator(z, training=self.fakes_in_training_mode)

            # Train the discriminator (real classified as ones and generated as zeros)
            d_real = self.discriminator_on_real.train_on_batch(real_imgs, valid, return_dict=True)
            d_fake = self.discriminator.train_on_batch(gen_imgs, fake, return_dict=True)

        # ---------------------
        #  Train Generator
        # ---------------------

        # Train the generator (wants the discriminator to take its images for real)
        g = self.combined.train_on_batch(z, valid, return_dict=True)
        self.update_ema()

        return {"d_loss": 0.5 * (d_real["loss"] + d_fake["loss"]),
                "d_accuracy": 0.5 * (d_real["accuracy"] + d_fake["accuracy"]),
                "g_loss": g["loss"],
                "D(x)": d_real["validity"], "D(G(z))": d_fake["validity"],
                "diversity": diversity(gen_imgs, real_imgs)}

    def train(self, images, steps: int = 10_000, batch_size: int = 32, run_dir: str | None = None,
              sample_interval: int = 500, checkpoint_interval: int = 500, keep_last: int = 3, keep_every: int | None = None,
              resume: bool = False, flip: bool = False, if_not_finite: Literal["stop", "go_back"] = "stop",
              if_write_fails: Literal["stop", "go_on"] = "stop", labels=None):
        """Play many turns, compiled as one graph (or call by call with `run_eagerly=True`).

        Args:
            images: array (N, *img_shape), uint8 0..255 or float in [-1, 1]; or what `data_loaders.load_data` returns;
                or a `tf.data.Dataset` or `keras.utils.PyDataset` of batches. Of vectors also a distribution, such as `keras_gan.evaluation.ring()`, with
                `sample(n, rng)`, of which every batch is fresh.
            steps: turns of this call; with `resume`, of the whole run.
            batch_size: pictures a step of the discriminator; a turn takes k batches. A Dataset brings its own batches, of k·n
                pictures, for any n.
            run_dir: folder for pictures, losses, checkpoints and model. None writes nothing.
            sample_interval: steps between two sample sheets.
            checkpoint_interval: steps between two checkpoints.
            keep_last: how many checkpoints are kept: the last ones.
            keep_every: steps between two checkpoints that are kept for ever, a multiple of checkpoint_interval. None keeps none for ever.
            resume: go on with the run in `run_dir`, from its newest whole checkpoint.
            flip: mirror every other picture, at random.
            if_not_finite: a loss or weight that is no longer finite makes training "stop", or "go_back" to the last checkpoint and play on
                from there with other noise, and other batches of an array; at most three times in a row.
            if_write_fails: a checkpoint or picture that can't be written (the disk is full, say) makes training "stop", or "go_on" without.
            labels: ints (N,), of a conditional model: the classes of an array of images. What `load_data` returns has its own.

        Returns:
            history, a dict of lists: step, and all that `train_on_batch` returns.

        Raises:
            ValueError: for data or arguments that don't fit, also those of a resume that differ from the run's.
            FileExistsError: if `run_dir` holds a run already and `resume` is False, or if another process trains in it.
            MemoryError: if a turn doesn't fit into memory; the message names the largest batch size that does.
            FloatingPointError: if a loss is no longer finite. What was saved before is whole.
            OSError: if something can't be written. What was written before is whole.
        """
        run = TrainingRun(self, images, labels, steps, batch_size, run_dir, sample_interval, checkpoint_interval, keep_last, keep_every,
                          resume, flip, if_not_finite, if_write_fails)
        turn = self.train_on_batch if self.run_eagerly else self.compiled_turn()
        with run:
            for batch in run.turns():                                  # (images,), or (images, labels)
                noise = self.sample_noise(len(batch[0]))
                run.log(turn(*batch, noise))

                # If at an interval => save all that training needs to go on, or generated image samples
                if run.step % checkpoint_interval == 0:
                    run.save_checkpoint()
                if run.step % sample_interval == 0:
                    run.save_samples()
        return run.history


if __name__ == "__main__":
    from keras_gan.command.line import train_command
    train_command(GAN)
