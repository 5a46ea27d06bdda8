# %% [markdown]
# # 4. Ask for what you want: conditional GAN
#
# A GAN makes *some* digit. A conditional GAN makes a 7 if you ask for a 7. For this, both players
# must be told the class: Mirza, Osindero 2014, [1411.1784](https://arxiv.org/abs/1411.1784).
#
# **You will learn**
#
# - how a label gets into a generator and into a discriminator (two ways each), and what question D
#   then answers;
# - one turn of the game by hand;
# - how to measure whether G makes the class that you ask for: with a classifier, and with a second
#   measure that must go with it;
# - what z decides when the label already says what to draw;
# - what G learns from wrong labels.
#
# **You need** notebook [2](02_a_gan_by_hand.ipynb). **Time**: the cells run in about three minutes
# on two cores; reading and exercises take about an hour.

# %%
import dataclasses

import matplotlib.pyplot as plt
import numpy as np

from course import exercise, sized
from data_loaders import load_data
from keras_gan import CGAN
from keras_gan.evaluation import agreement, nearest_neighbour_error
from keras_gan.evaluation.judge import LeNet
from keras_gan.samples.drawing import grid


def show(pictures, columns=10, title=None, size=6):
    """Pictures (n, H, W, C) side by side."""
    sheet = grid(pictures, columns)
    figure, axes = plt.subplots(figsize=(size, size * sheet.shape[0] / sheet.shape[1]))
    axes.imshow(sheet)
    axes.set_title(title, fontsize="medium")
    axes.axis("off")

# %% [markdown]
# ## Pictures with labels
#
# We use the 1,797 handwritten digits that come with scikit-learn. We keep 297 of them for later:
# neither G nor D nor any judge learns from those.

# %%
digits = load_data("digits")  # images uint8 (1797, 28, 28, 1), labels (1797,)
order = np.random.default_rng(0).permutation(len(digits))
train, held_out = (dataclasses.replace(digits, images=digits.images[part],
                                       labels=digits.labels[part])
                   for part in (order[:1500], order[1500:]))
print("train", train.images.shape, train.labels.shape, " held out", held_out.images.shape)
print("labels of the first ten:", train.labels[:10])
show(train.images[np.concatenate([np.flatnonzero(train.labels == label)[:3]
                                  for label in range(10)]).reshape(10, 3).T.ravel()], size=4)

# %% [markdown]
# ## The game, with a condition
#
# This is the value of notebook 1, with a condition y in it (equation 2 of the paper):
#
# $$V(D, G) = \mathbb{E}_{x}[\log D(x|y)] + \mathbb{E}_{z}[\log(1 - D(G(z|y)|y))]$$
#
# The question to D is no longer "is this a real picture?" but "is this a real picture **of class
# y**?". Real pictures come with their own labels. G gets the same labels.
#
# ## The label in the generator
#
# A network takes numbers, but a 7 is not more than a 3. So a class becomes a vector. The `digits`
# recipe puts a *one-hot* vector beside the noise: ten numbers, all 0 except one.

# %%
gan = CGAN(img_shape=(28, 28, 1), num_classes=10, recipe="digits", seed=0)
gan.generator.summary()

# %% [markdown]
# ### Exercise 1: noise and label
# Make the generator's input by hand: put z beside the one-hot vector of each label.

# %% tags=["exercise"]
z = gan.draw_noise(5, np.random.default_rng(0))          # (5, 100)
labels = np.array([7, 0, 3, 3, 9])                       # (5,)
model_input = ...                                        # your turn: (5, 110)

with exercise("1"):
    assert np.shape(model_input) == (5, 110), (
        "100 numbers of noise and 10 of the class, for 5 pictures, are (5, 110), not "
        f"{np.shape(model_input)}")
    one_hot = model_input[:, 100:]
    assert np.array_equal(model_input[:, :100], z), (
        "the first hundred numbers should be z, unchanged")
    assert np.allclose(one_hot.sum(axis=1), 1), (
        "a one-hot vector has a single 1; the ten numbers of yours add up to "
        f"{one_hot.sum(axis=1)}")
    assert np.array_equal(one_hot.argmax(axis=1), labels), (
        f"the ones stand at {one_hot.argmax(axis=1)}, the labels are {labels}")
    made = gan.generator.layers[-1](model_input, training=False)
    true = gan.generator([z, labels[:, None]], training=False)
    assert np.allclose(made, true, atol=1e-5), (
        "the generator makes other pictures from z and labels than its layers from your input")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# z = gan.draw_noise(5, np.random.default_rng(0))          # (5, 100)
# labels = np.array([7, 0, 3, 3, 9])                       # (5,)
# model_input = np.concatenate([z, np.eye(10, dtype="float32")[labels]], axis=1)
# ```
#
# `np.eye(10)[7]` is row 7 of the identity matrix: the one-hot vector of 7.
#
# </details>

# %% [markdown]
# Keras-GAN does it in another way. Each class has a vector of 100 numbers, an *embedding*, which is
# learned. z is *multiplied* by it.

# %%
from keras.layers import Embedding

classic = CGAN(img_shape=(28, 28, 1), num_classes=10, seed=0)
classic.generator.summary()
table = next(layer for layer in classic.generator.layers
             if isinstance(layer, Embedding)).get_weights()[0]
print("embedding:", table.shape, " numbers from", table.min().round(3), "to", table.max().round(3))

# %% [markdown]
# An embedding begins with numbers near zero. So at first z nearly vanishes, whatever the class is,
# and the label has an effect only late. That is one of two reasons why the recipe differs.
#
# ## The label in the discriminator
#
# Keras-GAN multiplies the *picture* by an embedding of 784 numbers, and gives the product to D. The
# recipe uses a *projection* (Miyato, Koyama 2018, [1802.05637](https://arxiv.org/abs/1802.05637)).
# D's layers compute features φ(x) from the picture alone, and the logit is
#
# $$\mathrm{logit}\, D(x|y) = \underbrace{b + w \cdot \phi(x)}_{\text{is it real?}} + \underbrace{v_y \cdot \phi(x)}_{\text{does it go with } y\text{?}}$$

# %%
gan.discriminator.summary()

# %% [markdown]
# ### Exercise 2: a verdict by hand
# Compute the logits of ten real digits from the features and the weights.

# %% tags=["exercise"]
# (10, 28, 28, 1) in [-1, 1], (10,)
pictures, y = train.images[:10] / np.float32(127.5) - 1, train.labels[:10]
layers = {type(layer).__name__: layer for layer in gan.discriminator.layers}
phi = np.array(layers["Sequential"](pictures, training=False))  # (10, 512), features
w, b = layers["Dense"].get_weights()                            # (512, 1), (1,)
v = layers["Embedding"].get_weights()[0]                        # (10, 512), a vector for each class
logits = ...                                                    # your turn: (10, 1)

with exercise("2"):
    assert np.shape(logits) == (10, 1), (
        f"one logit for each picture is (10, 1), not {np.shape(logits)}")
    assert not np.allclose(logits, phi @ w + b, atol=1e-4), (
        "that says how real the picture is; the label has no effect yet")
    true = np.array(gan.discriminator([pictures, y[:, None]], training=False))
    difference = (f"the discriminator says {true[0, 0]:.4f} about the first, "
                  f"your formula {logits[0, 0]:.4f}")
    assert np.allclose(logits, true, atol=1e-3), (
        f"{difference}. Does each picture have the vector of its own class, v[y]?")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# # (10, 28, 28, 1) in [-1, 1], (10,)
# pictures, y = train.images[:10] / np.float32(127.5) - 1, train.labels[:10]
# layers = {type(layer).__name__: layer for layer in gan.discriminator.layers}
# phi = np.array(layers["Sequential"](pictures, training=False))  # (10, 512), features
# w, b = layers["Dense"].get_weights()                            # (512, 1), (1,)
# v = layers["Embedding"].get_weights()[0]                        # (10, 512), a vector for each class
# logits = phi @ w + b + np.sum(v[y] * phi, axis=1, keepdims=True)
# ```
#
# </details>

# %% [markdown]
# Why not multiply pixels? An embedding of 784 factors begins near zero, so D sees a picture that is
# almost uniform grey. It has to learn 7,840 factors before it sees more. The projection sees the
# picture at once, and learns ten directions in the space of its features.
#
# ## One turn, by hand
#
# The turn is as in notebook 2, but both players are told y. Real pictures have their own labels.
# Generated pictures have the labels that we asked for.

# %%
batch = 32
y = train.labels[:batch, None]                           # (32, 1)
real = train.images[:batch] / np.float32(127.5) - 1      # (32, 28, 28, 1) in [-1, 1]
z = gan.draw_noise(batch, np.random.default_rng(0))      # (32, 100)
fakes = gan.generator([z, y], training=True)             # (32, 28, 28, 1): of the same classes

d_real = gan.discriminator.train_on_batch([real, y], np.ones((batch, 1)), return_dict=True)
d_fake = gan.discriminator.train_on_batch([fakes, y], np.zeros((batch, 1)), return_dict=True)
g = gan.combined.train_on_batch([z, y], np.ones((batch, 1)), return_dict=True)
print(f"D's loss: {d_real['loss']:.3f} of real pictures, {d_fake['loss']:.3f} of generated ones; "
      f"G's loss {g['loss']:.3f}")

# %% [markdown]
# That is what `gan.train_on_batch(images, labels)` does.
#
# D never sees a real 3 with the label 7. **Before you go on**: how can D learn then that labels
# matter at all? ... It learns it from the *generated* pictures. A G that ignores y gives D pictures
# of any digit with the label 7, while the real pictures with label 7 are sevens. So a 3 with the
# label 7 is a sign of a fake.
#
# ## Train
#
# First we train for 1,000 turns, and then we look.

# %%
gan = CGAN(img_shape=(28, 28, 1), num_classes=10, recipe="digits", seed=0)
gan.train(train, steps=sized(1000, 10))
show(gan.generate(30, seed=1), title="asked for 0, 1, ..., 9; every picture has a z of its own")

# %% [markdown]
# We see blurs, and no sign that the labels have an effect. G learns about labels from D alone, and
# D must first learn what a digit looks like. So labels come late.
#
# **Before you run it.** 3,500 more turns follow. Then we draw rows of ten pictures, with *one z in
# each row*: only the label changes along a row. What will the pictures of a row have in common?

# %%
gan.train(train, steps=sized(3500, 10))
z = gan.draw_noise(6, np.random.default_rng(1))          # (6, 100)
# (60, 28, 28, 1)
rows = gan.generate_from(np.repeat(z, 10, axis=0), np.tile(np.arange(10), 6)[:, None])
show(rows, title="one z a row, the labels 0 to 9")

# %% [markdown]
# Now G follows the label. And something else is the same along each row: the slant, the width, how
# thick the stroke is, how rough its edge is. Each row is in one handwriting. Nobody told G to
# separate the two. But z is drawn independently of y, so z can hold only what remains open when the
# class is known: the *style*.
#
# ### Exercise 3: in one handwriting
# Write a number digit by digit, with a single z. `generate_from(noise, labels)` takes noise
# (n, 100) and labels (n, 1).

# %% tags=["exercise"]
def write(number, z):
    """The digits of a string, all with the noise z (100,): (len(number), 28, 28, 1)."""
    return ...                             # your turn


with exercise("3"):
    handwriting = gan.draw_noise(1, np.random.default_rng(4))[0]
    written = write("1406", handwriting)
    assert np.shape(written) == (4, 28, 28, 1), (
        f"four digits are (4, 28, 28, 1), not {np.shape(written)}")
    twice = write("77", handwriting)
    assert np.allclose(twice[0], twice[1], atol=1e-5), (
        "the two sevens of 77 differ: do all digits have the same z?")
    four = write("4", handwriting)[0]
    assert np.allclose(written[1], four, atol=1e-5), (
        "the second digit of 1406 isn't the 4 of this handwriting: compare labels and string")
    assert not np.allclose(written, write("1406", -handwriting), atol=1e-3), (
        "another z should be another handwriting")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def write(number, z):
#     labels = np.array([[int(digit)] for digit in number])                # (n, 1)
#     return gan.generate_from(np.tile(z, (len(number), 1)), labels)
# ```
#
# Look at it: `show(write("14062661", handwriting))`.
#
# </details>

# %% [markdown]
# ## Does it do as it is told?
#
# We need a judge that isn't a player: a small classifier (a LeNet), trained on the real training
# digits. The **agreement** is the share of samples in which the judge sees the class that we asked
# for. Judges make errors too, so we first ask this one about real digits that it hasn't seen.
#
# **Before you run it.** Which digits will the judge confuse?

# %%
few = dataclasses.replace(train, images=train.images[:40], labels=train.labels[:40])
judge = LeNet(sized(train, few))  # trained once, and kept in the cache folder
_, seen_in_real = judge.look_at(held_out.images)
asked = np.arange(sized(2000, 100)) % 10
samples = gan.generate(len(asked), seed=2, labels=asked)
_, seen = judge.look_at(samples)
print(f"real digits, held out: {agreement(held_out.labels, seen_in_real):.1%}")
print(f"samples:               {agreement(asked, seen):.1%}")

confusion = np.zeros((10, 10), int)
np.add.at(confusion, (asked, seen), 1)
figure, axes = plt.subplots(figsize=(3.2, 3.2))
axes.imshow(np.sqrt(confusion), cmap="Greys")
axes.set(xlabel="the judge sees", ylabel="asked for", xticks=range(10), yticks=range(10));

# %%
wrong = np.flatnonzero(asked != seen)[:10]
print("asked for:", *asked[wrong], " the judge sees:", *seen[wrong])
if len(wrong):
    show(samples[wrong], size=6)

# %% [markdown]
# Are these bad digits, or is the judge wrong? Look for yourself; here most of them are bad. By the
# way, an agreement as high as that of real digits isn't a success by itself: perhaps G draws only
# easy, typical digits.
#
# ## What D has learned
#
# The question to D was "is it real *and* of class y?". So for a real 3, D should give a higher
# answer with the label 3 than with the label 7. Let us ask D about every held-out digit with every
# label.
#
# **Before you run it.** What will the table look like, if labels matter to D? And if they don't?

# %%
x = held_out.images / np.float32(127.5) - 1
# (297, 10)
logits = np.concatenate([gan.discriminator([x, np.full((len(x), 1), label)], training=False)
                         for label in range(10)], axis=1)
# (10, 10)
by_class = np.stack([logits[held_out.labels == digit].mean(axis=0) for digit in range(10)])
figure, axes = plt.subplots(figsize=(3.8, 3.2))
drawn = axes.imshow(by_class, cmap="RdBu", vmin=-abs(by_class).max(), vmax=abs(by_class).max())
axes.set(xlabel="label y that D is told", ylabel="digit in the picture", xticks=range(10),
         yticks=range(10))
figure.colorbar(drawn, label="mean logit")
print("the label with the largest logit is the right one for "
      f"{np.mean(logits.argmax(axis=1) == held_out.labels):.1%} of the held-out digits")

# %% [markdown]
# In most rows the largest number is on the diagonal: labels matter to D, although nobody asked it
# to classify. That is how G learns about them.
#
# But D is far from a good classifier. The reason is the game. Once G makes no more threes when we
# ask for a seven, D never again sees a three with the label 7. So it may forget what it knew.
#
# ## Wrong labels
#
# People make labels, and people make mistakes. We do two experiments: first 30 % of the labels are
# replaced by random ones, then all of them. (The learning rate is higher and the average is shorter
# than in the recipe, because 2,000 turns are few.)
#
# **Before you run it.** Guess both agreements. And what will a row with one z look like if the
# labels mean nothing?

# %%
def with_wrong_labels(share):
    rng = np.random.default_rng(5)
    labels = train.labels.copy()
    chosen = rng.random(len(labels)) < share
    labels[chosen] = rng.integers(0, 10, chosen.sum())
    return dataclasses.replace(train, labels=labels)


for share, steps in sized({0.3: 2000, 1.0: 1000}, {1.0: 10}).items():
    misled = CGAN(img_shape=(28, 28, 1), num_classes=10, recipe="digits", learning_rate=5e-4,
                  ema_momentum=0.99, seed=0)
    misled.train(with_wrong_labels(share), steps=steps)
    _, seen = judge.look_at(misled.generate(len(asked), seed=2, labels=asked))
    print(f"{share:.0%} random labels: agreement {agreement(asked, seen):.1%}")
    # (30, 28, 28, 1)
    rows = misled.generate_from(np.repeat(z[:3], 10, axis=0), np.tile(np.arange(10), 3)[:, None])
    show(rows, title=f"{share:.0%} random labels; one z a row, asked for 0 to 9")

# %% [markdown]
# One in ten of the random labels is right by chance. So with 30 % random labels, 73 % of all labels
# are right. G learns *that*: the conditional density p(x|y) of the data that it was given, wrong
# pictures included. Its agreement rises to 73 %, not to 100 %. (It rises slowly: here it is not
# there yet, because noisy labels have a later effect.) This isn't a fault of the GAN, and longer
# training doesn't repair it. If 90 % of the labels of your photos are right, expect 90 %.
#
# When all labels are random, y tells nothing about x. So D never rejects a picture because of its
# label, and G never follows the label, however long it trains: a row shows nearly the same picture
# ten times.
#
# ## What agreement doesn't see
#
# **Before you run it.** A lazy generator has a single picture for each class, and shows that one
# every time. What is its agreement?

# %%
# (10, 28, 28, 1)
one_of_each = np.stack([train.images[train.labels == label][0] for label in range(10)])
lazy = one_of_each[asked] / np.float32(255)
_, seen = judge.look_at(lazy)
print(f"agreement of the lazy generator: {agreement(asked, seen):.1%}")

# %% [markdown]
# The agreement is about as high as possible, but nobody wants those samples. So there is another
# question: can a classifier *learn* from the samples? This is **GAN-train** (Shmelkov et al. 2018,
# [1807.09499](https://arxiv.org/abs/1807.09499)): train a classifier on samples alone, and test it
# on real pictures. For this the pictures must be good, of the right classes, *and different from
# one another*. The simplest classifier is the nearest neighbour.

# %%
teachers = {"real training digits": (train.images / np.float32(255), train.labels),
            "samples": (samples, asked), "the lazy generator": (lazy, asked)}
for name, (pictures, labels) in teachers.items():
    error = nearest_neighbour_error(pictures, labels, held_out.images / np.float32(255),
                                    held_out.labels)
    print(f"taught with {name:22s} errs on {error:.1%} of the held-out digits")

# %% [markdown]
# Agreement says that G makes the right class. GAN-train says that its pictures are good and varied
# enough to learn from. Measure both. (`keras-gan evaluate RUN` does. [Notebook
# 7](07_is_it_any_good.ipynb) has more measures, and fools each of them.)
#
# ## In colour, and your own classes
#
# Sub-folders are classes, and you can ask for them by name:
#
# ```bash
# keras-gan train cgan --data photos/ --recipe laptop --steps 5000 --run-dir runs/photos    # photos/cats, photos/dogs
# keras-gan sample runs/photos --labels cats --n 25 --out cats.png
# keras-gan train cgan --data scenes --recipe laptop --steps 1500 --batch-size 16           # the landscapes of notebook 3, by class
# ```
#
# ```python
# data = load_data("photos/", img_shape=(128, 160, 3))
# gan = CGAN(img_shape=(128, 160, 3), num_classes=len(data.class_names), recipe="laptop")
# gan.train(data, steps=5000, batch_size=16)
# gan.generate(10, labels=["cats"] * 10, seed=1)
# ```
#
# ## What to take away
#
# - Both players are told y. D judges "real, and of this class". G learns about labels from D alone.
# - Concatenate and project. This is better than multiplying by an embedding that begins near zero.
# - y says what, z says how: one z is one handwriting.
# - G learns p(x|y) of *your labels*, errors included.
# - Agreement says whether G makes the right class, but one picture per class fools it. It doesn't
#   fool GAN-train.
#
# **Further reading.** Mirza, Osindero 2014, [1411.1784](https://arxiv.org/abs/1411.1784) · Odena,
# Olah, Shlens 2016, [1610.09585](https://arxiv.org/abs/1610.09585) (AC-GAN: D has a second output
# that classifies) · Miyato, Koyama 2018, [1802.05637](https://arxiv.org/abs/1802.05637)
# (projection) · Thekumparampil et al. 2018, [1811.03205](https://arxiv.org/abs/1811.03205) (wrong
# labels, and what to do about them) · Shmelkov et al. 2018,
# [1807.09499](https://arxiv.org/abs/1807.09499) (GAN-train and GAN-test).
#
# Previous: [3. Colour pictures](03_colour_pictures.ipynb). Next: [5. Break it](05_break_it.ipynb).
