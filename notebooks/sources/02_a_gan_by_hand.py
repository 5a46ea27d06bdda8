# %% [markdown]
# # 2. A GAN by hand
#
# [Notebook 1](01_the_game_in_one_dimension.ipynb) played the game with numbers. Now a sample is a
# picture of 28×28 pixels, a handwritten digit. We build the three models of a GAN from plain Keras
# layers, make one step of each player, and look at which weights have moved.
#
# **You will learn**
#
# - what the generator, the discriminator and the *combined* model are, and which shapes go through
#   them;
# - who trains what, and how to prove it;
# - the turn of the game: three calls of `train_on_batch`;
# - how to read the curves of a GAN, and why the losses don't tell how good the pictures are.
#
# **You need** notebook 1, and enough Keras to know `Dense` and `compile`. **Time**: the cells run
# in about two minutes on two cores; reading and exercises take about an hour.

# %%
import tempfile
import time

# before keras, so that TensorFlow starts without its chatter
from keras_gan import GAN, Frozen, as_player
import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image
from keras import Input, Model, Sequential
from keras.layers import BatchNormalization, Dense, Flatten, LeakyReLU, Reshape
from keras.optimizers import Adam

from course import exercise, sized
from data_loaders import load_data
from keras_gan.samples.drawing import grid

plt.rcParams["figure.dpi"] = 80
keras.utils.set_random_seed(0)             # initial weights
rng = np.random.default_rng(0)             # noise, and which digits are in a batch

# %% [markdown]
# ## The data
#
# The data are 1,797 digits that people wrote by hand. They come with scikit-learn, where they have
# 8×8 pixels; here they are enlarged. Nothing is downloaded. (`load_data("mnist")` would download
# 60,000 better ones. Everything below works with them too.)
#
# Pixels in files go from 0 to 255. Networks work best with numbers around zero. The last layer of
# the generator will be a tanh, which gives numbers in [−1, 1]. So the real pictures must lie in
# [−1, 1] too. Otherwise D could recognise them by their range alone.

# %%
data = load_data("digits")
print(data)
images = data.images.astype("float32") / 127.5 - 1     # (1797, 28, 28, 1) in [-1, 1]
print("shape", images.shape, " from", images.min(), "to", images.max())


def show(pictures, title="", columns=12):
    """Pictures (n, 28, 28, 1) in [-1, 1], side by side."""
    sheet = grid(np.asarray(pictures) / 2 + 0.5, columns=columns)
    figure, axes = plt.subplots(figsize=(8, 8 * sheet.shape[0] / sheet.shape[1] + 0.3))
    axes.imshow(sheet, interpolation="nearest")
    axes.set_title(title, loc="left", fontsize="medium")
    axes.axis("off")


show(images[:24], "real")

# %% [markdown]
# ## The generator
#
# G takes **noise** z, here 100 numbers from N(0, 1), and makes a picture from it. It is an ordinary
# network that goes from narrow to wide. The picture comes out as one row of 784 numbers, and at the
# end these are folded into 28×28. Nobody tells G which z should become which digit.
#
# Two kinds of layers may be new. `LeakyReLU` multiplies negative numbers by .2 here, so their
# gradient doesn't disappear. `BatchNormalization` works in two ways. In training (`training=True`)
# it gives each number the mean 0 and the variance 1 over the batch. Otherwise (`training=False`) it
# uses moving averages of the mean and the variance.

# %%
latent_dim = 100

generator = Sequential([
    Input((latent_dim,)),                  # (batch, 100)
    Dense(256),                            # (batch, 256)
    LeakyReLU(negative_slope=0.2),
    BatchNormalization(momentum=0.8),      # each number: mean 0, variance 1; then scaled, shifted
    Dense(512),                            # (batch, 512)
    LeakyReLU(negative_slope=0.2),
    BatchNormalization(momentum=0.8),
    Dense(1024),                           # (batch, 1024)
    LeakyReLU(negative_slope=0.2),
    BatchNormalization(momentum=0.8),
    Dense(784, activation="tanh"),         # (batch, 784) in [-1, 1]
    Reshape((28, 28, 1)),                  # (batch, 28, 28, 1)
], name="generator")

# %% [markdown]
# **Before you run it.** G has learnt nothing yet. What will its pictures look like? And will two of
# them differ?

# %%
# always the same, so that pictures can be compared
fixed_noise = rng.standard_normal((12, latent_dim)).astype("float32")
made = generator(fixed_noise, training=False)
print("noise", fixed_noise.shape, "-> pictures", made.shape)
show(made, "made by a generator that has learnt nothing")

# %% [markdown]
# The pictures are grey noise around 0, the middle of [−1, 1]. They differ: another z gives other
# noise. This network knows no neighbours: every pixel is a separate number. So it must learn even
# that the pixels of a stroke belong together.
#
# ## The discriminator
#
# D takes a picture and says how likely it is to be real. It is an ordinary classifier with two
# classes. It goes from wide to narrow and ends in a sigmoid.

# %%
discriminator = Sequential([
    Input((28, 28, 1)),                    # (batch, 28, 28, 1)
    Flatten(),                             # (batch, 784)
    Dense(512),                            # (batch, 512)
    LeakyReLU(negative_slope=0.2),
    Dense(256),                            # (batch, 256)
    LeakyReLU(negative_slope=0.2),
    Dense(1, activation="sigmoid"),        # (batch, 1): 1 is real, 0 is generated
], name="discriminator")
# 0.5, not 0.9: a shorter memory, because the opponent changes
optimizer = Adam(2e-4, beta_1=0.5)
discriminator.compile(loss="binary_crossentropy", optimizer=optimizer, metrics=["accuracy"])

says = {"real": discriminator(images[:12], training=False),
        "generated": discriminator(made, training=False)}
for name, probabilities in says.items():
    print(f"D of {name} pictures, {probabilities.shape}: {np.ravel(probabilities).round(2)}")

# %% [markdown]
# D says about ½ to both: its random weights give no better answer.
#
# ### Exercise 1: count
# A `Dense` layer from n to m numbers has a weight for each pair and a bias for each output. How
# many parameters does D have? (Don't use `count_params`: calculate it.)

# %% tags=["exercise"]
parameters_of_d = ...                      # your turn

with exercise("1"):
    assert parameters_of_d is not ..., "the gap (...) is still open"
    assert parameters_of_d != 784 * 512 + 512 * 256 + 256, (
        "the biases are missing: one for each output of a layer")
    assert parameters_of_d == discriminator.count_params(), (
        f"three Dense layers, 784 → 512 → 256 → 1, each with biases. Received: {parameters_of_d}")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# parameters_of_d = (784 * 512 + 512) + (512 * 256 + 256) + (256 * 1 + 1)
# ```
#
# 533,505. Three quarters of them are in the first layer, which looks at the pixels.
#
# </details>

# %% [markdown]
# ## The combined model: how does G learn?
#
# G has no targets. Nobody knows which picture it should have made from a certain z. Its only
# teacher is D: G wants D to say 1 to its picture. So we put D on top of G, and the two become one
# long network from noise to a verdict. The gradient of the verdict flows back through D into the
# picture (*which pixel should be brighter, so that the picture looks more real?*), and from there
# into G.
#
# While G learns, D must stand still. Otherwise the easiest way to a good verdict would be a D that
# says 1 to everything. This is the job of `Frozen(discriminator)`:
#
# 1. It calls D with the weights that D has at this moment, and lets the gradient through to the
#    picture.
# 2. It discards everything that the call would change in D.
# 3. D itself stays as trainable as before. There is only one D: what it learns in its own steps,
#    `combined` sees at once.
#
# (Older code, such as the well-known collection *Keras-GAN*, wrote
# `discriminator.trainable = False` here instead. With Keras 3 such a D never learns anything.)
#
# ([Notebook 5](05_break_it.ipynb) does it the old way, to see what happens. [Notebook
# 8](08_bring_your_keras_gan_script.ipynb) has the details.) `as_player` makes a `keras.Model` that
# doesn't count the weights under `Frozen` as its own.

# %%
z = Input((latent_dim,))                   # (batch, 100)
img = generator(z)                         # (batch, 28, 28, 1)
validity = Frozen(discriminator)(img)      # (batch, 1)
combined = as_player(Model(z, validity, name="combined"))
# an optimizer of its own
combined.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, beta_1=0.5))

# %% [markdown]
# **Before you run it.** Which parameters will the summary call *trainable*, and which
# *non-trainable*? (Remember `BatchNormalization`: its moving averages are weights too, but no
# gradient moves them.)

# %%
combined.summary()
averages = sum(int(np.prod(w.shape)) for w in generator.non_trainable_weights)
print(f"non-trainable: {discriminator.count_params():,} of D + {averages:,} moving averages of G = "
      f"{discriminator.count_params() + averages:,}")

# %% [markdown]
# (Keras also counts the optimizer's numbers in the total: Adam keeps two for each trainable
# weight.)
#
# ## One step of D
#
# To see which weights move, we keep a copy of all weights and compare bit by bit.

# %%
def copy_of(model):
    return [weight.numpy() for weight in model.weights]


def what_moved(before):
    """Compare with copies that were made before: {model: list of arrays}."""
    for model, arrays in before.items():
        moved = [weight for weight, array in zip(model.weights, arrays)
                 if not np.array_equal(weight.numpy(), array)]
        trainable = sum(weight.trainable for weight in moved)
        print(f"{model.name:14s} {len(moved):2d} of {len(arrays)} weights moved: {trainable} "
              f"trainable ones, {len(moved) - trainable} moving averages")


batch_size = 32
valid = np.ones((batch_size, 1), "float32")            # "this is real"
fake = np.zeros((batch_size, 1), "float32")            # "this is generated"
real = images[rng.integers(len(images), size=batch_size)]                          # (32, 28, 28, 1)

# %% [markdown]
# **Before you run it.** D gets 32 real digits with the label 1. Which of the three models will have
# other weights afterwards? (`combined` is not in the dictionary `before` below. Why not?)

# %%
before = {generator: copy_of(generator), discriminator: copy_of(discriminator)}
logs = discriminator.train_on_batch(real, valid, return_dict=True)
print({name: round(float(number), 3) for name, number in logs.items()})
what_moved(before)

# %% [markdown]
# All 6 arrays of D have moved (three kernels, three biases), and nothing in G. `combined` has no
# weights of its own: it *is* these two networks. So `combined` has changed together with D: it now
# gives another answer for the same z.
#
# ## One step of G
#
# Now we do the same with `combined`. Noise goes in, and the label is **1**, although the pictures
# are generated. G lies: it wants D to say "real".
#
# **Before you run it.** Which weights will move now? How many of G's 20 arrays?

# %%
noise = rng.standard_normal((batch_size, latent_dim)).astype("float32")            # (32, 100)
before = {generator: copy_of(generator), discriminator: copy_of(discriminator)}
logs = combined.train_on_batch(noise, valid, return_dict=True)
print({name: round(float(number), 3) for name, number in logs.items()})
what_moved(before)

# %% [markdown]
# All of G has moved: the 14 arrays that a gradient trains, and the 6 moving averages of its three
# `BatchNormalization` layers, because these have seen a batch. Not one bit of D has moved.
#
# Check this in every GAN that you write. Most GANs that "don't work" fail here, and their losses
# look like any other losses. The package's models can check it themselves, both call by call and
# compiled (more about that below).

# %%
print(GAN().check_freeze(batch_sizes=(4,)))

# %% [markdown]
# ## What the losses are
#
# `binary_crossentropy` of a verdict d is −log d where the label is 1, and −log(1 − d) where the
# label is 0. We have a batch of real pictures x and a batch of generated pictures G(z). The losses
# are then (equation 1 of [1406.2661](https://arxiv.org/abs/1406.2661), with the opposite sign,
# because Keras minimises):
#
# $$\text{d\_loss} = \tfrac12 \left( \text{mean}[-\log D(x)] + \text{mean}[-\log(1 - D(G(z)))] \right) \qquad \text{g\_loss} = \text{mean}[-\log D(G(z))]$$
#
# G has the *non-saturating* loss of notebook 1. It needs no formula of its own: it is the binary
# cross-entropy with the label 1.
#
# ### Exercise 2: the losses in NumPy
# Both functions take verdicts: arrays (batch, 1).

# %% tags=["exercise"]
def d_loss_of(d_real, d_fake):
    return ...                             # your turn


def g_loss_of(d_fake):
    return ...


with exercise("2"):
    half = np.full((4, 1), 0.5)
    assert np.isclose(g_loss_of(half), np.log(2)), (
        "G's loss is log 2 where D says ½: mean of −log D(G(z))")
    assert np.isclose(d_loss_of(half, half), np.log(2)), (
        "D's loss is log 2 where D always says ½: the mean of the two means, not their sum")
    d_real, d_fake = np.array([[0.9], [0.8]]), np.array([[0.3], [0.1]])
    assert d_loss_of(d_real, d_fake) < d_loss_of(d_fake, d_real), (
        "D's loss must be small where it is right: 1 for real, 0 for generated")
    bce = keras.losses.BinaryCrossentropy()
    ones, zeros = np.ones((2, 1)), np.zeros((2, 1))
    assert np.isclose(d_loss_of(d_real, d_fake), 0.5 * (bce(ones, d_real) + bce(zeros, d_fake)),
                      atol=1e-5), (
        "Keras gets another d_loss: is it −log(1 − D(G(z))) for the generated ones?")
    assert np.isclose(g_loss_of(d_fake), bce(ones, d_fake), atol=1e-5), (
        "Keras gets another g_loss: it is the mean of −log D(G(z))")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def d_loss_of(d_real, d_fake):
#     return 0.5 * (np.mean(-np.log(d_real)) + np.mean(-np.log(1 - d_fake)))
#
#
# def g_loss_of(d_fake):
#     return np.mean(-np.log(d_fake))
# ```
#
# </details>

# %% [markdown]
# ## The turn
#
# A turn of the game is a step of D (on real pictures and on generated pictures) and then a step of
# G. That makes three calls.
#
# The next exercise is checked with a stand-in. It plays D or `combined`, learns nothing, and
# records what it is given:

# %%
class StandIn:
    """Records what `train_on_batch` is given."""

    def __init__(self):
        self.calls = []

    def train_on_batch(self, x, y, return_dict):
        assert y is not ..., "there is a gap (...) left among the labels"
        self.calls.append((x, float(np.mean(y))))
        return {"loss": 1.0}


# %% [markdown]
# ### Exercise 3: three calls, three labels
# Replace the three gaps by `valid` or `fake`.

# %% tags=["exercise"]
def my_turn(generator, discriminator, combined, real, noise):
    valid, fake = np.ones((len(real), 1)), np.zeros((len(real), 1))
    made = generator(noise, training=True)
    d_real = discriminator.train_on_batch(real, ..., return_dict=True)
    d_fake = discriminator.train_on_batch(made, ..., return_dict=True)
    g = combined.train_on_batch(noise, ..., return_dict=True)
    return {"d_loss": 0.5 * (d_real["loss"] + d_fake["loss"]), "g_loss": g["loss"]}


with exercise("3"):
    d, g, some_real, some_noise = (StandIn(), StandIn(),
                                   np.full((3, 28, 28, 1), 7.0), np.full((3, 100), 5.0))
    my_turn(lambda noise, training: np.full((3, 28, 28, 1), -7.0), d, g, some_real, some_noise)
    of_real, of_made = ([label for x, label in d.calls if x[0, 0, 0, 0] == pixel]
                        for pixel in (7, -7))
    assert of_real == [1.0], "D must get the real pictures once, with ones"
    assert of_made == [0.0], (
        "D must get the generated pictures once, with zeros: with ones it would learn to call "
        "them real")
    assert [label for _, label in g.calls] == [1.0], (
        "G must be trained with ones: it wants D to say real. With zeros it would help D")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def my_turn(generator, discriminator, combined, real, noise):
#     valid, fake = np.ones((len(real), 1)), np.zeros((len(real), 1))
#     made = generator(noise, training=True)
#     d_real = discriminator.train_on_batch(real, valid, return_dict=True)
#     d_fake = discriminator.train_on_batch(made, fake, return_dict=True)
#     g = combined.train_on_batch(noise, valid, return_dict=True)
#     return {"d_loss": 0.5 * (d_real["loss"] + d_fake["loss"]), "g_loss": g["loss"]}
# ```
#
# </details>

# %% [markdown]
# ## The loop
#
# Here is the whole training of a GAN. With `training=True`, `BatchNormalization` in G uses the
# statistics of this batch, as it also does in G's own step.
#
# **Before you run it.** A few hundred turns follow, with 32 pictures each. Will there be digits?
# What will appear first?

# %%
steps = sized(800, 20)
by_hand = {"d_loss": [], "g_loss": []}
frames = []                                # what G makes from the 12 fixed noises, four times
start = time.perf_counter()
for step in range(1, steps + 1):
    real = images[rng.integers(len(images), size=batch_size)]                      # (32, 28, 28, 1)
    noise = rng.standard_normal((batch_size, latent_dim)).astype("float32")        # (32, 100)
    made = generator(noise, training=True)                                         # (32, 28, 28, 1)

    d_real = discriminator.train_on_batch(real, valid, return_dict=True)
    d_fake = discriminator.train_on_batch(made, fake, return_dict=True)
    g = combined.train_on_batch(noise, valid, return_dict=True)

    by_hand["d_loss"].append(0.5 * (d_real["loss"] + d_fake["loss"]))
    by_hand["g_loss"].append(g["loss"])
    if step % (steps // 4) == 0:
        frames.append(np.array(generator(fixed_noise, training=False)))
seconds_by_hand = (time.perf_counter() - start) / steps
show(np.concatenate(frames),
     "a row each after 200, 400, 600 and 800 turns, of always the same noise")

# %% [markdown]
# First there is noise. Then G learns what all digits have in common, because this is what D notices
# most easily: left and right are dark, the middle is light. Then holes and strokes appear, and in
# the last row you can guess the first digits. Look down a column: the same z gradually becomes one
# particular picture.
#
# ## The same game with the package
#
# [`GAN`](../keras_gan/gan.py) has exactly these networks, in the same order: `build_generator`,
# `build_discriminator`, `build_combined`, `train_on_batch`. It adds three things. `train` compiles
# the turn as one graph. `run_dir` keeps pictures, losses and checkpoints. And the recipe `"digits"`
# changes three arguments:
#
# - `from_logits`: D ends without its sigmoid, and the loss applies it. Once a sigmoid has been
#   rounded to 0 or 1, it has no gradient.
# - `fakes_in_training_mode`: what `training=True` did in our loop.
# - `ema_momentum`: samples come from a moving average of G's weights, which changes more smoothly
#   than G itself.

# %%
print(GAN.recipes["digits"])
folder = f"{tempfile.mkdtemp()}/digits"    # the run's directory
gan = GAN(recipe="digits", seed=0)
start = time.perf_counter()
history = gan.train(data, steps=sized(4000, 40), batch_size=32, run_dir=folder,
                    sample_interval=sized(200, 20), checkpoint_interval=sized(4000, 40))
seconds_compiled = (time.perf_counter() - start) / len(history["step"])
print(f"a turn by hand {1000 * seconds_by_hand:.0f} ms, compiled {1000 * seconds_compiled:.0f} ms")

# %%
Image(f"{folder}/film.gif", width=444)

# %% [markdown]
# The film shows 25 samples, always from the same noise, with one frame every 200 turns. Count:
# which digits are there, and which are missing?
#
# Here are generated samples beside real pictures, five columns of each:

# %%
Image(f"{folder}/samples/real_vs_generated.png", width=640)

# %% [markdown]
# You can read many of them; some are between two digits. There are ten classes, but nobody told G
# so. It need not make them equally often.
#
# ## How to read the curves
#
# **Before you run it.** You have seen the film: the pictures have become better and better. How did
# the two losses go? Draw a sketch of both before you look.
#
# (`diversity` says how different two generated samples are, compared with two real ones. Losses are
# in *nats*: natural logarithms of probabilities.)

# %%
def smooth(values, window=sized(50, 5)):
    """The mean of the last `window` values."""
    return np.convolve(values, np.ones(window) / window, "valid")


def draw_curves(history):
    figure, axes = plt.subplots(1, 3, figsize=(12, 3), layout="constrained")
    for names, axis, title in ((("d_loss", "g_loss"), axes[0], "losses (nats)"),
                               (("D(x)", "D(G(z))"), axes[1], "what D says"),
                               (("diversity",), axes[2], "diversity")):
        for name in names:
            line, = axis.plot(history["step"], history[name], linewidth=0.3, alpha=0.5)
            mean = smooth(history[name])
            axis.plot(history["step"][-len(mean):], mean, color=line.get_color(), label=name)
        axis.set(title=title, xlabel="turn")
        axis.legend()
    axes[0].axhline(np.log(2), color="grey", linestyle=":")
    axes[0].set_ylim(0, 5)
    axes[1].axhline(0.5, color="grey", linestyle=":")
    axes[1].set_ylim(0, 1)
    axes[2].set_ylim(0, 1.5)


draw_curves(history)

# %% [markdown]
# This game has three periods:
#
# 1. **D is ahead** (the first hundreds of turns). It is easy to tell noise from digits. D(x) is
#    near 1, D(G(z)) is near 0, d_loss is near 0, and g_loss is high. Look at the film: there is
#    nothing to see yet.
# 2. **G catches up.** It makes the first shapes, and D is wrong more and more often. d_loss *rises*
#    towards log 2 (dotted), and g_loss falls.
# 3. **D gets better again.** It finds finer and finer faults. d_loss falls slowly, and g_loss
#    *rises* for thousands of turns, while the pictures keep getting better.
#
# So no loss "converges". A player's loss is measured against an opponent that learns as well. It
# tells who is *ahead*, like the score of a match, and not how well they play. (In the theory both
# end at log 2. Here D has to know only 1,797 real pictures, and most likely it learns some of them
# by heart.)
#
# To be certain, we compare two moments of this game, and the losses there.
#
# **Before you run it.** Which of the two will have the lower g_loss?

# %%
early, late = sized(1000, 20), sized(4000, 40)
figure, axes = plt.subplots(1, 2, figsize=(7, 3.9))
for axis, step in zip(axes, (early, late)):
    axis.imshow(plt.imread(f"{folder}/samples/step_{step:06d}.png"), interpolation="nearest")
    losses = {name: np.mean(history[name][step - sized(100, 10):step])
              for name in ("d_loss", "g_loss")}
    axis.set_title(f"turn {step}\n"
                   + "  ".join(f"{name} {loss:.2f}" for name, loss in losses.items()),
                   fontsize="medium")
    axis.axis("off")

# %% [markdown]
# The better pictures have the *higher* g_loss. If you had stopped this training at the lowest loss
# of the generator, you would have kept the worse pictures. So what are the curves good for? They
# tell whether *the game is alive*:
#
# | look at | a game that is alive | a bad sign |
# |---|---|---|
# | `D(x)` and `D(G(z))` | on both sides of ½, and moving | 1.00 and 0.00: D wins, and G has almost nothing to learn from; g_loss falls to 0 and `D(x)` doesn't move: D learns nothing |
# | `d_loss`, `g_loss` | neither of them stays at 0 | g_loss goes to 0: D doesn't answer any more; d_loss goes to 0 and stays there: G doesn't |
# | `diversity` | around 1: two generated samples differ about as much as two real ones | towards 0: G makes the same picture from every z (*collapse*) |
# | samples from a fixed noise | change slowly, and get better | stand still, or jump |
#
# A **referee** in the package looks at these numbers in every run, and prints a sentence if it sees
# one of the bad signs. When both players learn, it is silent. (At most it says, in the first
# hundreds of turns, that D wins.) In [notebook 5](05_break_it.ipynb) it will speak.
#
# No curve of the game can tell whether the pictures are *good*. Look at them, or measure them with
# something outside the game ([notebook 7](07_is_it_any_good.ipynb)).
#
# ## What to take away
#
# - There are three models, but two networks: `combined` is G with D on top. D trains on pictures
#   with labels 1 and 0. G trains through `combined`, with label 1.
# - In `combined` D must stand still, but in its own steps it must learn. `Frozen` does both.
#   `check_freeze()` proves it.
# - The losses say who is ahead, not how good the pictures are.
#
# **Further reading.** Goodfellow et al. 2014, [1406.2661](https://arxiv.org/abs/1406.2661),
# algorithm 1 (this loop) · Goodfellow 2016, tutorial,
# [1701.00160](https://arxiv.org/abs/1701.00160), section 3.2 (the losses) · Ioffe, Szegedy 2015,
# [1502.03167](https://arxiv.org/abs/1502.03167) (BatchNormalization) · Salimans et al. 2016,
# [1606.03498](https://arxiv.org/abs/1606.03498) (tricks that keep the game alive) · Yazıcı et al.
# 2018, [1806.04498](https://arxiv.org/abs/1806.04498) (the average of a generator).
#
# Before: [1. The game in one dimension](01_the_game_in_one_dimension.ipynb). Next: [3. Colour
# pictures](03_colour_pictures.ipynb), the same three models with convolutions.
