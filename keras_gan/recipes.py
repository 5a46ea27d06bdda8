"""Recipes: named sets of arguments that were found to work better together, each with
its reasons.

What the caller passes always wins. `"classic"` is a constructor's defaults.
"""

# --- small grey pictures, fully connected networks ------------------------------------

DIGITS = {
    "from_logits": True,
    # The moving averages of BatchNormalization lag behind a generator that changes at
    # every step. And these fakes are those of the generator's own step: the compiled
    # turn makes them once for both.
    "fakes_in_training_mode": True,
    # The players circle around their equilibrium. The average of where the generator
    # was is nearer to it.
    "ema_momentum": 0.999,
}

MNIST = {
    "from_logits": True,
    "fakes_in_training_mode": True,
    # After 5,000 steps the Fréchet distance is 7. It is 35 at a fifth of this learning
    # rate, and 9 without the penalty on D's slope at real digits (R1), one seed each.
    # Then the rates fall, so that both players come to rest.
    "learning_rate": 1e-3,
    "r1_gamma": 0.3,
    "half_life": 10_000,
    "ema_momentum": 0.9995,
}

GOODFELLOW_2014 = {
    "networks": "goodfellow_2014",
    "learning_rate": 5e-4,
    # The maxout discriminator isn't too strong for this generator. With Dropout samples
    # are noisier, and come later.
    "dropout": 0.0,
    "from_logits": True,
    # Where pixels are always black, the generator gets hardly any gradient: its sigmoid
    # is flat there. But Adam's steps are as large as elsewhere, so the noise z shines
    # through as speckle. Where weights decay and biases stay, such a pixel is left to
    # its bias.
    "generator_weight_decay": 0.3,
    "ema_momentum": 0.999,
}

CGAN_DIGITS = {
    # A class that is multiplied into noise and pixels by an embedding, which begins
    # near zero, has an effect only late.
    "conditioning": "projection",
    # The discriminator isn't too strong here. Dropout only makes its gradient noisier.
    "dropout": 0.0,
    **DIGITS,
}

# --- colour pictures, convolutional networks ------------------------------------------

RADFORD_2015 = {
    # A class that builds on another paper may have other defaults of these two
    "img_shape": (128, 160, 3),
    "networks": "radford_2015",
    # Section 4: .001 was too high, and a momentum of .5 steadier than .9. (Only D's
    # last layer begins as Keras lets it, not from N(0, .02).)
    "learning_rate": 2e-4,
    # The paper's discriminator has none.
    "dropout": 0.0,
    # Two things that the paper doesn't say; see LAPTOP.
    "from_logits": True,
    "fakes_in_training_mode": True,
}

SMALL_PICTURE_NETWORKS = {
    "img_shape": (128, 160, 3),
    "networks": "keras_gan",
    # A turn takes a sixth of the time: a third of the channels, and no feature maps in
    # full size.
    "base_channels": 12,
    "full_size_features": False,
}

LAPTOP = {
    **SMALL_PICTURE_NETWORKS,
    # Twice the learning rate is Radford's own. At 4e-4 pictures were in two times of
    # day at once.
    "learning_rate": 2e-4,
    # The real and the fake batch come one after the other: with BatchNormalization, D
    # tells them apart by their statistics. Spectral norms don't depend on the batch,
    # and keep D from winning early. Dropout only slows it down then.
    "discriminator_norm": "spectral",
    "dropout": 0.0,
    "from_logits": True,
    # The moving averages of a generator that changes at every step lag behind. And
    # these fakes are those of the generator's own step.
    "fakes_in_training_mode": True,
}

HALF_HOUR = {
    **SMALL_PICTURE_NETWORKS,
    "from_logits": True,
    "fakes_in_training_mode": True,
    "dropout": 0.0,
    # A discriminator that sees some thousand pictures twenty times over knows them by
    # heart, and says nothing about shapes any more. Moved and with holes they are
    # hardly ever the same.
    "augment": True,
    # A discriminator that is steep where the data are would drive the generator round
    # and round. It pays for its slope there (R1) ...
    "discriminator_norm": "none",
    "r1_gamma": 1.0,
    # ... so that ten times the laptop recipe's learning rate is not too much. The rate
    # falls, so that both players come to rest.
    "learning_rate": 2e-3,
    "half_life": 3000,
    "ema_momentum": 0.999,
}

COARSE_TO_FINE = {
    "img_shape": (128, 160, 3),
    "networks": "coarse_to_fine",
    "base_channels": 8,
    "latent_dim": 64,
    "discriminator_norm": "none",
    "dropout": 0.0,
    "from_logits": True,
    "fakes_in_training_mode": True,
    # What a picture is as a whole is learned from 16x20 and 32x40, where a turn takes a
    # small part of the time. 64x80 is left out
    "grow_at": (0.1416, 0.9558, 0.9558),
    # Two moves of D a turn, on real and on generated pictures, nearly undo each other.
    # Without a memory of gradients Adam would make both of full length
    "joint_step": True,
    "betas": (0.0, 0.99),
    # A steep D would drive the generator round and round. Every fourth turn is enough
    "r1_gamma": 5.0,
    "r1_interval": 4,
    # Players of such rates jump. The rates fall at each size, and people are shown the
    # average
    "learning_rate": 2e-3,
    "rest_at": 5650,
    "ema_momentum": 0.998,
}

# --- signals: curves of one or more channels ------------------------------------------

SIGNALS = {
    "img_shape": (128, 1),
    "networks": "signals",
    "base_channels": 12,
    # Signals come in units of their own: volts, degrees, counts
    "standardize": True,
    "dropout": 0.0,
    "from_logits": True,
    "fakes_in_training_mode": True,
    # A toy: tones of three frequencies, 1,200 steps. With R1 alone, or with spectral
    # norms alone, one or two frequencies were never made; with a little of both all
    # three were
    "discriminator_norm": "spectral",
    "r1_gamma": 0.1,
    "learning_rate": 1e-3,
    "half_life": 3000,
    "ema_momentum": 0.999,
}

# Not measured yet: the numbers that helped other papers
LAPGAN_LAPTOP = {
    "img_shape": (128, 160, 3),
    "base_channels": 8,
    "from_logits": True,
    "fakes_in_training_mode": True,
    "dropout": 0.0,
    "ema_momentum": 0.99,
}

CGAN_LAPTOP = {**LAPTOP, "conditioning": "projection"}
CGAN_COARSE_TO_FINE = {**COARSE_TO_FINE, "conditioning": "projection"}

# Chosen in trials of minutes, one seed each; no figure of it is in the benchmarks yet
BIGGAN_LAPTOP = {
    "img_shape": (128, 160, 3),
    # Small networks play more turns
    "base_channels": 8,
    "full_size_features": False,
    # The reasons of HALF_HOUR. Every fourth turn is enough for R1
    "loss": "non_saturating",
    "discriminator_norm": "none",
    "r1_gamma": 1.0,
    "r1_interval": 4,
    "augment": True,
    "learning_rate": 2e-3,
    "generator_learning_rate": 2e-3,
    "half_life": 3000,
    # Not tried otherwise: the time is short
    "k": 1,
}

# A critic whose weights are clipped, or that pays for its slope, has its own numbers
CRITIC_RADFORD_2015 = {"networks": "radford_2015", "img_shape": (128, 160, 3)}
CRITIC_LAPTOP = SMALL_PICTURE_NETWORKS

R3GAN_LAPTOP = {
    # The paper plays some 100,000 turns. In a trial of a minute ten times its learning
    # rate learned sooner; the rate falls, so that both players come to rest
    "learning_rate": 2e-3,
    "half_life": 500,
    "r1_interval": 4,
    "ema_momentum": 0.99,
}

OF_PICTURES = {"radford_2015": RADFORD_2015, "laptop": LAPTOP, "half_hour": HALF_HOUR}
