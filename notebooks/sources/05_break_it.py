# %% [markdown]
# # 5. Break it
#
# A broken GAN doesn't crash. It trains for hours, prints losses, and makes noise. So you must know
# what a broken game *looks like*. Here we break it on purpose, eight times, with a few lines each.
# Each time you predict, run, see the symptom, and repair.
#
# **You will learn**
#
# - the bugs of nearly every GAN written by hand: in the freezing, the optimizers, the
#   normalisation, the colours, the random numbers, the numbers of the recipe;
# - the symptom of each bug: in the curves, in the pictures, or in neither;
# - what a referee of the game can tell you, and what `check_freeze` can;
# - how to find the fault in a game that somebody else has broken.
#
# **You need** notebooks 2 and 3 (its DCGAN, for bug 3). **Time**: the cells run in about three
# minutes on two cores; reading and exercises take about an hour.

# %%
import tempfile
from concurrent.futures import ThreadPoolExecutor

# before keras, so that TensorFlow starts without its chatter
from keras_gan import DCGAN, GAN, Frozen
import cv2
import matplotlib.pyplot as plt
import numpy as np
from keras import Input, Model

from course import exercise, sized
from data_loaders import Batches, load_data, read_image
from keras_gan.samples.drawing import grid

plt.rcParams["figure.dpi"] = 64
digits = load_data("digits").images        # uint8 (1797, 28, 28, 1)

# %% [markdown]
# ## A game that is healthy
#
# First we look at a healthy game with our instrument. `play` trains a GAN on digits for a short
# time. It draws the losses, what D says about real and about generated pictures, how different two
# generated samples are (`diversity`; 1 means as different as real ones), and samples. (The curves
# describe G itself. With the recipe `"digits"` the samples come from the moving average of G, as in
# notebook 2.) Each bug below is a subclass of `GAN` that overrides one of its building methods. The
# **referee** of the package watches every run and prints its remarks during the training.

# %%
def smooth(values, window=sized(20, 3)):
    """The mean of the last `window` values."""
    return np.convolve(values, np.ones(window) / window, "valid")


def draw_game(history, pictures, title):
    """The curves of a game, and samples: (n, H, W, C) in [0, 1]."""
    figure, axes = plt.subplots(1, 4, figsize=(13, 2.7), layout="constrained",
                                width_ratios=(1, 1, 1, 1.4))
    for axis, names, limit in zip(axes, (("d_loss", "g_loss"), ("D(x)", "D(G(z))"), ("diversity",)),
                                  (3, 1, 1.8)):
        for name in names:
            mean = smooth(history[name])
            axis.plot(history["step"][-len(mean):], mean, label=name)
        axis.set(xlabel="turn", ylim=(0, 1.04 * limit))
        axis.legend()
    axes[0].axhline(np.log(2), color="grey", linestyle=":")
    axes[1].axhline(0.5, color="grey", linestyle=":")
    axes[3].imshow(grid(pictures, columns=8), interpolation="nearest")
    axes[3].axis("off")
    figure.suptitle(title, x=0, ha="left", fontsize="medium")


def play(gan, title, pictures=digits, steps=sized(500, 10)):
    """Train a new GAN on pictures, and show what can be seen of the game. Returns its history."""
    history = gan.train(pictures, steps=steps, batch_size=32)
    for name in ("d_loss", "g_loss"):
        turn = int(np.argmax(history[name]))
        if history[name][turn] > 10:
            print(f"largest {name}: {history[name][turn]:,.0f} nats, in turn "
                  f"{history['step'][turn]}")
    draw_game(history, gan.generate(32, seed=1), title)
    return history


healthy = GAN(recipe="digits", seed=0)
healthy_history = play(healthy, "healthy", steps=sized(1000, 10))

# %% [markdown]
# This is what "nothing is wrong" looks like. D is far ahead for a few hundred turns. Then G catches
# up, and from there on neither loss is 0. D(x) is above ½ and D(G(z)) is below, and both move.
# Diversity settles somewhat below 1. The first digits appear. The referee says nothing.
#
# ## 1. A discriminator that is frozen for good
#
# This is the most frequent bug today, and an honest one. These are the lines of Keras-GAN, of many
# books, and of the tutorials that were copied from them. They were right for Keras 2. The
# discriminator was compiled before; now it is frozen for `combined`. But Keras 3 reads the flag
# when `train_on_batch` is called for the first time, and that is later.

# %%
class FrozenTheOldWay(GAN):
    def build_combined(self):
        self.discriminator.trainable = False
        z = Input((self.latent_dim,))
        return Model(z, self.discriminator(self.generator(z)), name="combined")


# %% [markdown]
# **Before you run it.** D will stay as it was at the start, and G trains against it. What will
# g_loss do? What will the pictures look like?

# %%
frozen_history = play(FrozenTheOldWay(recipe="digits", seed=0), "frozen the old way")

# %% [markdown]
# g_loss falls and falls, to almost nothing. In any other kind of training that would be a success;
# here it is the worst sign of all. D is a random network, and G has found out which noise D likes:
# D(G(z)) is close to 1. What D says about real digits stays where it was. Nobody has ever told G
# what a digit is, so its samples will always be noise. (`diversity` doesn't help: noise is very
# diverse.) The referee has looked at D's weights, and says that D doesn't learn. Keras also warns,
# only once, that the model has no trainable weights.
#
# You can ask before any training whether D learns:

# %%
print(FrozenTheOldWay(recipe="digits", run_eagerly=True).check_freeze(batch_sizes=(4,)))

# %% [markdown]
# **Repair**: leave D trainable, and put `Frozen(discriminator)` into `combined`. (Another way is to
# switch the flag on before each step of D and off before each step of G. This moves the right
# weights if you do it before the very first step: then Keras compiles the step, it *traces* it, and
# doesn't read the flag again. But this way brings bug 3.)
#
# ## 2. One optimizer for two models
#
# Keras-GAN made one `optimizer = Adam(0.0002, 0.5)` and gave it to both `compile` calls. That was
# short, and on Keras 2 it worked: an optimizer made its numbers when it needed them.

# %%
class OneOptimizer(GAN):
    def build_optimizer(self, player):
        return (self.discriminator.optimizer if player == "generator"
                else super().build_optimizer(player))


# %% [markdown]
# **Before you run it.** An optimizer keeps two numbers for every weight that it trains (Adam's m
# and v). This one was built with D's weights. What will happen when G uses it?

# %%
print(OneOptimizer(run_eagerly=True).check_freeze(batch_sizes=(4,)))

# %% [markdown]
# This is the friendliest bug of all: it raises an error at once, although the text is strange
# (*unknown variable*).
#
# **Repair**: an `Adam(...)` for each player. `build_optimizer` is called once for each.
#
# ### Exercise 1: dead or not?
# At the start D says about ½ to everything, and its loss is about .69. A perfect game ends there,
# too. At that moment only the weights tell the two apart. Write the test: let D make one step on 8
# digits (`"these are real"`), and return whether any of its weights has moved. (`w.numpy()` gives a
# weight `w` as an array.)

# %% tags=["exercise"]
def learns(gan):
    before = [w.numpy() for w in gan.discriminator.trainable_weights]
    gan.discriminator.train_on_batch(gan.prepare(digits[:8]), np.ones((8, 1)))
    return ...                             # your turn: True if anything has moved


with exercise("1"):
    answer = learns(GAN(seed=1))
    assert answer is not ..., "the gap (...) is still open"
    assert answer, "this discriminator has moved, but you say that it hasn't"
    assert not learns(FrozenTheOldWay(seed=1)), (
        "this discriminator has not moved, but you say that it has (a frozen model has no "
        "trainable_weights at all: what does your test return for an empty list?)")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def learns(gan):
#     before = [w.numpy() for w in gan.discriminator.trainable_weights]
#     gan.discriminator.train_on_batch(gan.prepare(digits[:8]), np.ones((8, 1)))
#     after = gan.discriminator.trainable_weights
#     return any(not np.array_equal(old, w.numpy()) for old, w in zip(before, after))
# ```
#
# `any` of an empty list is False, as it should be here. `all(equal)` of an empty list would be
# True.
#
# </details>

# %% [markdown]
# ## 3. BatchNormalization in inference inside `combined`
#
# The usual repair of bug 1 is to switch the flag on for D's step and off for G's step. It leads to
# this bug. The right weights move, but `trainable = False` does one thing more.
#
# `BatchNormalization` is two layers in one. In training it uses the mean and variance of *this
# batch*. In inference it uses its *moving averages*. If D has BatchNorm and is frozen by the flag
# `trainable`, it runs in inference mode inside `combined`. The three lines of `InInference` do just
# that, and nothing else. So G plays against another network than the one that is trained. (DCGAN
# has such a D; users of Keras-GAN reported "only noise".)

# %%
class InInference(Frozen):
    def call(self, inputs, training=False):
        return super().call(inputs, training=False)


class JudgedInInference(DCGAN):
    def build_combined(self):
        z = Input((self.latent_dim,))
        return Model(z, InInference(self.discriminator)(self.generator(z)), name="combined")


# A small DCGAN that trains fast
small = {"img_shape": (28, 28, 1), "base_channels": 8, "full_size_features": False,
         "learning_rate": 1e-3, "dropout": 0.0, "from_logits": True, "fakes_in_training_mode": True}

# %% [markdown]
# A trick shows it. g_loss is −log D(G(z)), computed in `combined`. `D(G(z))` is what D said about
# the same pictures in its own step, a moment before. In a healthy game the two must agree.
#
# **Before you run it.** What will the two do in this game? What will `check_freeze` say about it?

# %%
print(JudgedInInference(**small, run_eagerly=True).check_freeze(batch_sizes=(4,)))
histories = {model.__name__: play(model(**small, seed=0), model.__name__, steps=sized(400, 10))
             for model in (DCGAN, JudgedInInference)}

# %%
figure, axes = plt.subplots(1, 2, figsize=(9, 2.6), sharey=True, layout="constrained")
for axis, (name, history) in zip(axes, histories.items()):
    axis.plot(smooth(history["g_loss"]), label="g_loss: what combined says")
    axis.plot(smooth(-np.log(np.maximum(history["D(G(z))"], 1e-7))),
              label="−log D(G(z)): what D said")
    axis.set(title=name, xlabel="turn", ylabel="nats")
    axis.legend()

# %% [markdown]
# In the healthy game the two curves agree. (g_loss is a little higher: a mean of logarithms is not
# the logarithm of a mean, and D has learnt in between.) In the broken game they separate.
# `combined` says that D is almost always fooled (g_loss near 0), while D itself recognises nearly
# all samples. Each player believes that it is winning, against an opponent that doesn't exist. G
# gets no useful gradient any more. It makes something that D would like *in inference*, the same
# thing from every z, and the referee suspects collapse.
#
# But `check_freeze` said OK: each player trains only its own network. That is all that it checks. D
# *is* learning, and G *is* learning, but from another D.
#
# **Repair**: use `Frozen(discriminator)`, which runs in training mode when `combined` does. Set no
# flag.
#
# ## 4. A learning rate that is too high
#
# This bug is a single argument. The recipe's learning rate is 0.0002.
#
# **Before you run it.** What will 0.05 do to the losses?

# %%
too_fast_history = play(GAN(recipe="digits", learning_rate=0.05, seed=0), "learning_rate=0.05",
                        steps=sized(500, 10))

# %% [markdown]
# The losses soon leave the figure: they reach thousands of nats and more, where a coin toss costs
# .69. Weights have become so large that D is *certain*. Sometimes it is certain and wrong, and that
# costs a lot. The generator's tanh is at its limits: the samples are black and white without grey,
# and nearly all the same. The referee says that D wins; that is the consequence, not the cause.
# Look at the *first* turns: here both losses pass 100 nats in the first two. When losses explode at
# once, the cause is the step size.
#
# **Repair**: divide the learning rate by ten until the losses stay below ten; then look at
# pictures. With Adam, GANs work well at 1e-4 to 4e-4 with β₁ = .5.
#
# ## 5. Collapse
#
# Collapse is a disease that only GANs have: G makes the same picture from every z. It is not a bug
# in one line but a lost balance. If D is too slow to react, G needs only one picture that D likes.
# We get there with a D that learns ten times more slowly, and with the networks of the paper of
# 2014, whose generator has no BatchNormalization. (With BatchNormalization, a batch of equal
# pictures is almost impossible. It is a medicine against collapse.)

# %%
class SlowDiscriminator(GAN):
    def build_optimizer(self, player):
        optimizer = super().build_optimizer(player)
        optimizer.learning_rate = self.learning_rate * (0.1 if player == "discriminator" else 1)
        return optimizer


# %% [markdown]
# **Before you run it.** Which of the curves will show it? Can you see it in the losses alone?

# %%
collapsed_history = play(SlowDiscriminator(recipe="goodfellow_2014", ema_momentum=0.0, seed=0),
                         "a discriminator that is too slow")

# %% [markdown]
# All samples are the same picture. The losses look perfect: both are close to log 2, as at the end
# of a perfect game! After the first 300 turns, `D(x)` and `D(G(z))` look perfect too. Of the
# curves, only `diversity` shows it: it should be near 1 but is near 0. The referee looks every 100
# turns, but not in the first 300, because every generator begins with little variety. So it looks
# at turn 400 for the first time, and says "collapse is suspected".
#
# **Repair**: bring D back into the game, with a higher learning rate, more steps (`k`), or more
# layers. Here is the same game, where only D's learning rate has changed:

# %%
cured_history = play(GAN(recipe="goodfellow_2014", ema_momentum=0.0, seed=0),
                     "the same with D's own learning rate")

# %% [markdown]
# The curves look *worse* now: D is ahead, and g_loss is high. But the samples begin to differ, and
# diversity rises. A game needs an opponent.
#
# ## 6. Blue is red: BGR
#
# OpenCV reads pictures as BGR: blue first. Everything else (Matplotlib, Pillow, browsers, this
# package) expects RGB. An array doesn't say which of the two it is. A small colour GAN will show
# it, on drawn landscapes of 16×20 pixels:

# %%
scenes = load_data("scenes", img_shape=(16, 20, 3)).images  # uint8 (2000, 16, 20, 3), RGB
path = f"{tempfile.mkdtemp()}/scene.png"
cv2.imwrite(path, scenes[1200, ..., ::-1])                               # OpenCV writes BGR, too
print("as keras_gan reads it, RGB:", read_image(path, (16, 20, 3))[0, 0],
      "  as cv2.imread does, BGR:", cv2.imread(path)[0, 0])

# %% [markdown]
# The bug is to believe that `cv2.imread` gives RGB. For a whole data set, this has the same effect
# as:

# %%
read_by_opencv = scenes[..., ::-1]

# %% [markdown]
# **Before you run it.** What will the curves show? What does `check_freeze` say? And the pictures?

# %%
bgr = GAN(img_shape=(16, 20, 3), recipe="digits", seed=0)
bgr_history = play(bgr, "trained on what OpenCV reads", pictures=read_by_opencv,
                   steps=sized(900, 10))

# %% [markdown]
# This is a healthy game: D and G don't care what we call the first channel. Only your eyes see the
# symptom: orange skies over turquoise sand, and brown nights. (If you keep *everything* in BGR, and
# write with OpenCV, you never see it, until somebody else reads your arrays.)
#
# **Repair**: `[..., ::-1]` reverses the last axis. You need not train G again; it is enough to
# reverse the colours of what it makes:

# %%
def show(sheets):
    """Pictures (n, H, W, C) with their titles, beside one another."""
    figure, axes = plt.subplots(1, len(sheets), figsize=(12, 2.6), layout="constrained")
    for axis, (title, pictures) in zip(axes, sheets.items()):
        axis.imshow(grid(pictures, columns=6), interpolation="nearest")
        axis.set_title(title, fontsize="medium")
        axis.axis("off")


made = bgr.generate(18, seed=1)            # (18, 16, 20, 3)
show({"real": scenes[::111][:18], "generated, BGR": made,
      "generated, made[..., ::-1]": made[..., ::-1]})

# %% [markdown]
# ## 7. A batch in the mirror
#
# "I know that", says a colleague, "on my pictures I always write `[:, :, ::-1]`." On *one* picture
# (H, W, C) that is the right repair: the third axis is the colour.
#
# **Before you run it.** A batch has the shape (N, H, W, C). What is its third axis? What will this
# do to landscapes, and what to digits?

# %%
show({"made[:, :, ::-1]": made[:, :, ::-1], "digits[:, :, ::-1]": digits[:18, :, ::-1],
      "digits": digits[:18]})

# %% [markdown]
# The third axis of a batch is the *width*. The landscapes are mirrored, and still have the wrong
# colours. A mirrored landscape is a landscape, so nobody notices the mirror, and many people have
# ignored the colours. Digits show it: look at 2, 3, 5 and 7. No curve will ever show it: a mirrored
# data set is just as easy to learn.
#
# ### Exercise 2: a repair that is always right
# Write `swap_colours`, which turns RGB into BGR and back, for one picture (H, W, 3) and for a batch
# (N, H, W, 3).

# %% tags=["exercise"]
def swap_colours(pictures):
    return ...                             # your turn


with exercise("2"):
    picture, batch = scenes[0], scenes[:4]
    assert swap_colours(batch) is not ..., "the gap (...) is still open"
    assert np.shape(swap_colours(batch)) == batch.shape, "the shape must stay as it is"
    assert not np.array_equal(swap_colours(batch), batch[:, :, ::-1]), (
        "that mirrors a batch: its axes are N, H, W, C")
    for pictures in (picture, batch):
        assert np.array_equal(np.asarray(swap_colours(pictures))[..., 0], pictures[..., 2]), (
            f"of an array {pictures.shape}: the first channel should have become the third")
        assert np.array_equal(swap_colours(swap_colours(pictures)), pictures), (
            f"of an array {pictures.shape}: after two swaps it should be as before")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def swap_colours(pictures):
#     return pictures[..., ::-1]
# ```
#
# `...` stands for all axes that are not named. The last axis is the colours, in a picture and in a
# batch.
#
# </details>

# %% [markdown]
# ## 8. Workers with one seed
#
# Several workers often draw and augment pictures at the same time. Each worker needs random
# numbers. Everything should be repeatable, so each worker gets a seed: here, the same one.

# %%
def pictures_of(worker):
    rng = np.random.default_rng(0)         # "seeded, so that it can be repeated"
    return digits[rng.integers(len(digits), size=6)]                     # (6, 28, 28, 1)


# %% [markdown]
# **Before you run it.** Four workers make six pictures each for a batch of 24. How many different
# ones are in it?

# %%
def batch_of(pictures_of):
    with ThreadPoolExecutor(4) as pool:
        return np.concatenate(list(pool.map(pictures_of, range(4))))     # (24, 28, 28, 1)


def different(pictures):
    return len(np.unique(pictures.reshape(len(pictures), -1), axis=0))


batch = batch_of(pictures_of)
show({f"four workers, one seed: {different(batch)} different pictures": batch,
      "as it should be": digits[:24]})

# %% [markdown]
# There are only six: each row has the same pictures. (And if each batch starts again from the seed,
# the next batch has the same six.) Losses, accuracy and the referee see nothing. The game uses only
# a quarter of the data. D knows them by heart sooner, and G copies them sooner. The same happens
# with processes that are forked after NumPy was seeded: each inherits a copy of the same state.
#
# ### Exercise 3: one seed, and yet different
# Repair it. The batch must be the same each time it is made, whichever worker is the fastest. And
# all workers must draw different numbers. (`np.random.default_rng` takes a list of numbers as a
# seed.)

# %% tags=["exercise"]
def repaired(worker):
    rng = np.random.default_rng(...)       # your turn
    return digits[rng.integers(len(digits), size=6)]


with exercise("3"):
    assert np.array_equal(batch_of(repaired), batch_of(repaired)), (
        "two batches with one seed must be the same (is the gap still open? `...` is no seed)")
    assert different(batch_of(repaired)) > 20, (
        f"only {different(batch_of(repaired))} different pictures of 24: the workers draw the same "
        "numbers")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def repaired(worker):
#     rng = np.random.default_rng([0, worker])
#     return digits[rng.integers(len(digits), size=6)]
# ```
#
# The package goes one step further. In its [`Batches`](../data_loaders/batches.py) the random
# numbers follow from the seed and the *number of the batch*. So it doesn't matter which worker
# makes a batch, or how many workers there are.
#
# </details>

# %%
batches = Batches(digits, batch_size=24, seed=0)
# batch after batch, as threads would make them, in any order
epoch = np.concatenate([batches[i][0] for i in range(len(batches))])
print(f"an epoch: {len(epoch)} pictures, {different(epoch)} of them different")

# %% [markdown]
# ## From the symptom to the repair
#
# Read the table from the top, and begin with the first turns: later symptoms are often consequences
# of earlier ones.
#
# | symptom | look at | cause | repair |
# |---|---|---|---|
# | g_loss falls to 0, d_loss rises, D(G(z)) goes to 1, D(x) stays; the referee: "has stopped learning" | `check_freeze()`, D's weights | D frozen when its step was traced | `Frozen(discriminator)`, no flag |
# | an error "unknown variable" | the two `compile` calls | one optimizer for two models | one each |
# | g_loss and −log D(G(z)) don't agree; samples all alike, the referee: "collapse" | who is in training mode | BatchNorm of D in inference inside `combined` | `Frozen(discriminator)`, no flag |
# | losses of thousands from the first turns, NaN; the referee: "wins", "not finite", later often "has stopped learning" and "collapse" | learning rates | too high | divide them by ten |
# | samples all alike, diversity near 0; losses may look perfect; the referee: "collapse" | samples of different z, diversity | the balance of the players | a stronger or faster D, BatchNormalization in G, another seed |
# | wrong colours; curves are fine | pictures beside real ones | BGR taken for RGB | `[..., ::-1]`, once, where files are read |
# | letters and digits are mirrored; curves are fine | pictures | `[:, :, ::-1]` on a batch | `[..., ::-1]` |
# | equal pictures in a batch; curves are fine | a sheet of one batch | workers with one seed | the seed and the worker's (or the batch's) number |
#
# ## The doctor
#
# Here are three patients. Each has one of the diseases of the list below, or none; a random draw
# decides. Run the cell, and look at the curves, the samples and the words of the referee.

# %%
def sick_of(disease, seed):
    """A game with a disease, and the pictures for it."""
    makers = {"healthy": lambda: GAN(recipe="digits", seed=seed),
              "mirrored batch": lambda: GAN(recipe="digits", seed=seed),
              "frozen discriminator": lambda: FrozenTheOldWay(recipe="digits", seed=seed),
              "learning rate too high": lambda: GAN(recipe="digits", learning_rate=0.05, seed=seed),
              "collapse": lambda: SlowDiscriminator(recipe="goodfellow_2014", ema_momentum=0.0,
                                                    seed=seed)}
    return makers[disease](), digits[:, :, ::-1] if disease == "mirrored batch" else digits


diseases = ["healthy", "mirrored batch", "frozen discriminator", "learning rate too high",
            "collapse"]
evidence = {
    "healthy": "look at the digits themselves, and not only at the curves",
    "mirrored batch": ("the curves are those of a healthy game. "
                       "Now look for 3s and 7s: which way are they open?"),
    "frozen discriminator": ("what did the referee say about D's weights? "
                             "And which way does g_loss go?"),
    "learning rate too high": "how large are the losses, and from which turn on?",
    "collapse": "do two samples differ? What does diversity say?",
}

patients = dict(zip("ABC", np.random.default_rng(37).permutation(diseases)))      # no looking
for number, (name, disease) in enumerate(patients.items(), 1):
    gan, pictures = sick_of(disease, seed=number)
    play(gan, f"patient {name}", pictures,
         steps=sized(2000 if disease in diseases[:2] else 700, 10))
    figure, axes = plt.subplots(figsize=(10, 1.4))
    axes.imshow(grid(gan.generate(12, seed=2), columns=12))
    axes.set_title(f"patient {name}, seen from nearer", loc="left", fontsize="medium")
    axes.axis("off")

# %% [markdown]
# ### Exercise 4: your diagnosis
# Write the name of a disease for each patient, as in the list `diseases`.

# %% tags=["exercise"]
diagnosis = {"A": ..., "B": ..., "C": ...}

with exercise("4"):
    for name, disease in patients.items():
        assert diagnosis[name] is not ..., f"patient {name} is still waiting"
        assert diagnosis[name] in diseases, (
            f"{diagnosis[name]!r} is not in the list of diseases: {', '.join(diseases)}")
        assert diagnosis[name] == disease, (
            f"patient {name} hasn't got {diagnosis[name]!r}: {evidence[disease]}")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# diagnosis = {"A": "collapse", "B": "mirrored batch", "C": "learning rate too high"}
# ```
#
# A has perfect losses and a single picture. The curves of B are healthy, but you can't read its
# digits until you hold them before a mirror. About C the referee says several things, one after the
# other, as in a textbook: D wins, so no gradient is left, so in the end not even D moves, and G
# stays at one picture. All of that follows from the first turns, in which the losses explode: it is
# the learning rate.
#
# </details>

# %% [markdown]
# ## What to take away
#
# - A broken game looks as busy as a good one. Losses alone never tell: those of a collapsed game
#   may be perfect, those of a good game ugly.
# - There are four instruments: `check_freeze()` before the training, the curves and the referee
#   during it, `diversity`, and your eyes. None of them sees everything. Only your eyes see bugs in
#   the data.
# - Before any training, look at a sheet of one batch, exactly as the network gets it. This finds
#   three of the eight bugs.
#
# **Further reading.** Goodfellow 2016, tutorial, [1701.00160](https://arxiv.org/abs/1701.00160),
# section 5.1 (collapse) · Salimans et al. 2016, [1606.03498](https://arxiv.org/abs/1606.03498)
# (medicines against it) · Ioffe, Szegedy 2015, [1502.03167](https://arxiv.org/abs/1502.03167) (the
# two modes of BatchNormalization) · Heusel et al. 2017,
# [1706.08500](https://arxiv.org/abs/1706.08500) (two learning rates, on purpose) · Metz et al.
# 2016, [1611.02163](https://arxiv.org/abs/1611.02163) (collapse on a ring of Gaussians; the next
# notebook has this ring).
#
# Previous: [4. Ask for what you want](04_ask_for_what_you_want.ipynb). Next: [6. GAN
# Lab](06_gan_lab.ipynb), where you see every point of a collapse.
