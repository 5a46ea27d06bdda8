# %% [markdown]
# # 7. Is it any good?
#
# A GAN's losses don't say how good its pictures are ([notebook
# 1](01_the_game_in_one_dimension.ipynb)). So people measure the samples, and there are many
# measures. Each sees something, and each is blind to something, so **each can be fooled**. Here you
# fool every one of them on purpose. Look at the pictures while you do it: use numbers *and* eyes.
#
# **You will learn**
#
# - what the Fréchet distance and the kernel distance compare, why the first depends on the number
#   of samples, and what neither of them sees;
# - why the Parzen window of the first papers prefers k-means to real data;
# - the geometry of precision and recall, and how to fool each;
# - what "8 of 8 modes found" is worth;
# - how a generator that has learned its data by heart passes almost every test, and which test
#   finds it;
# - how to read the table of `keras-gan evaluate`.
#
# **You need** to know what a mean and a covariance are, and [notebook
# 4](04_ask_for_what_you_want.ipynb) for the conditional GAN that we judge here. **Time**: the cells
# run in two to three minutes on two cores; reading and exercises take about an hour and a half.

# %%
import itertools

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.special import logsumexp
from sklearn.cluster import KMeans
from sklearn.neighbors import NearestNeighbors

from course import exercise, sized
from data_loaders import load_data
from keras_gan import CGAN
from keras_gan.evaluation import (copied_share, frechet_distance, kernel_distance, mode_coverage,
                                  parzen_log_likelihood, precision, recall, ring)
from keras_gan.evaluation.judge import LeNet
from keras_gan.evaluation.report import evaluate, halves
from keras_gan.samples.drawing import grid

# %% [markdown]
# ## A generator to judge
#
# The first rule is: **hold data out**. One half of the digits trains the GAN. Nobody sees the other
# half: it is what we compare samples with.
#
# The generator is a conditional GAN, trained for half a minute. It is good but not perfect, and a
# measure should say so.

# %%
data = load_data("digits", img_shape=sized((28, 28, 1), (8, 8, 1)))
training, held_out = halves(data)
real = held_out.images / 255               # (899, 28, 28, 1) in [0, 1]: to compare samples with
seen = training.images / 255               # (898, 28, 28, 1): what the GAN sees
print("held out", real.shape, " for training", seen.shape)

gan = CGAN(img_shape=data.images.shape[1:], recipe="digits", seed=0)
gan.train(training, steps=sized(2500, 20))
# as many of each digit as were held out
made = gan.generate(len(real), labels=held_out.labels, seed=1)
print("generated", made.shape)


# %% [markdown]
# Eyes come first. Before any number, look at real and generated pictures side by side. Beside the
# GAN there are four bad generators; nobody needs a number to see how bad they are.

# %%
def look_at(sets, numbers=None, count=16):
    """A row of pictures for each set, under its name and its measured numbers."""
    figure, rows = plt.subplots(len(sets), 1, figsize=(6.7, 0.68 * len(sets)), dpi=72,
                                layout="constrained")
    for axes, (name, pictures) in zip(rows, sets.items()):
        axes.imshow(grid(pictures[:count], columns=count), aspect="equal")
        axes.set_anchor("W")
        axes.set_title(f"{name}:  {numbers[name]}" if numbers and name in numbers else name,
                       loc="left", fontsize=10)
        axes.axis("off")


rng = np.random.default_rng(0)
blurred = gaussian_filter(seen, (0, 2, 2, 0))[:len(real)]
speckled = np.clip(seen + rng.normal(0, 0.25, seen.shape), 0, 1)
only_ones = seen[np.resize(np.flatnonzero(training.labels == 1), len(seen))]
static = rng.random(seen.shape)
sets = {"real ones, others": seen, "the GAN": made, "blurred": blurred, "speckled": speckled,
        "only ones": only_ones, "static": static}
look_at(sets)

# %% [markdown]
# ## A judge
#
# Two pictures of a 3 may differ in nearly every pixel. So most measures don't compare pixels but
# **features**: the output of the last hidden layer of a classifier. For photos people use Inception
# v3, which was trained on ImageNet. (Then the Fréchet distance is called FID, and the kernel
# distance KID.) For our digits the package trains a small LeNet on the training half. Distances
# from two different judges can't be compared.

# %%
judge = LeNet(training)


def features_of(pictures):
    return judge.look_at(pictures)[0]


features, digits = judge.look_at(real)
print("features", features.shape, " digits that it sees", digits.shape)
print(f"it is right on {np.mean(digits == held_out.labels):.1%} of the held-out digits")

# %% [markdown]
# ## Fréchet distance
#
# Take the features of real pictures: a cloud of points. Keep its mean $\mu_r$ and its covariance
# $C_r$, and forget the rest. Do the same with the generated pictures. The Fréchet distance
# (equation 6 of [1706.08500](https://arxiv.org/abs/1706.08500)) is the distance between two normal
# distributions with these means and covariances:
#
# $$d^2 = |\mu_r - \mu_g|^2 + \mathrm{tr}\left(C_r + C_g - 2 (C_r C_g)^{1/2}\right)$$
#
# The best value is 0. The distance has no upper limit and no unit, so a number alone says nothing.
# Put it beside the **floor**: the distance that real data get.
#
# **Before you run it.** Order the six sets above from the best to the worst, by eye. Where will you
# and the number differ?

# %%
seen_as = {name: features_of(pictures) for name, pictures in sets.items()}
distances = {name: frechet_distance(cloud, features) for name, cloud in seen_as.items()}
look_at(sets, {name: f"Fréchet distance {distance:.1f}" for name, distance in distances.items()})

# %% [markdown]
# Eyes and number agree that the static is bad, and that the GAN lies between it and real pictures.
# But "only ones" is no better than static, although each picture is a real digit. The distance
# compares *sets*, and nine kinds of digit are missing. No single picture shows that. And whether
# blur or speckles are worse depends on the judge, not on you.
#
# ### Exercise 1: two normal distributions
# What is the Fréchet distance between N(0, I) and N(a, I) in d dimensions? And between N(0, I) and
# N(0, s² I)? Put means and covariances into the formula and simplify; you need no code of the
# package.

# %% tags=["exercise"]
def frechet_of_shift(a):
    """The distance of N(0, I) and N(a, I), for an array a (d,)."""
    return ...                             # your turn


def frechet_of_stretch(s, d):
    """The distance of N(0, I) and N(0, s² I) in d dimensions."""
    return ...                             # your turn


with exercise("1"):
    a = np.array([1.0, -2.0, 0.5])
    assert abs(frechet_of_shift(0 * a)) < 1e-9, "two equal distributions have distance 0"
    assert abs(frechet_of_shift(a) - 5.25) < 1e-9, (
        f"for a = (1, −2, .5) it is 5.25. You say {frechet_of_shift(a)}. Is it squared?")
    assert abs(frechet_of_stretch(1, 5)) < 1e-9, "s = 1 changes nothing: distance 0"
    of_3 = frechet_of_stretch(3, 5)
    assert abs(of_3 - 20) < 1e-9, (
        f"for s = 3 in 5 dimensions it is 20. You say {of_3}. (I · s² I)^½ = s I, and tr I = d")
    cloud = np.random.default_rng(0).normal(size=(20_000, 3))
    assert abs(frechet_distance(cloud, 2 * cloud) - frechet_of_stretch(2, 3)) < 0.2, (
        "the package gets another distance for 20,000 samples with s = 2")

# %% [markdown]
# <details><summary>Solution</summary>
#
# With C_r = C_g = I the trace is tr(I + I − 2I) = 0, so only the means remain. With equal means the
# distance is the trace, d (1 + s² − 2s).
#
# ```python
# def frechet_of_shift(a):
#     return np.sum(a ** 2)
#
#
# def frechet_of_stretch(s, d):
#     return d * (1 - s) ** 2
# ```
#
# </details>

# %% [markdown]
# ### Fooled: by the number of samples
#
# The covariance of few points is a bad estimate, and its errors make the distance larger. So the
# Fréchet distance is **biased**: with few samples it is too large, even on average.
#
# **Before you run it.** We draw n held-out digits and compare them with n *other* held-out digits.
# Both sets are real, so a perfect measure says 0. What does the Fréchet distance say for n = 25?
# Can a GAN with 400 samples beat the real digits?

# %%
sizes = [25, 50, 100, 200, 400]


def draw_over_sizes(distance, title, draws=sized(30, 2)):
    """Mean and standard deviation of the distance from n points to n real points.

    Real points are compared with other real points.
    """
    figure, axes = plt.subplots(figsize=(6, 2.8))
    orders = [np.random.default_rng(draw).permutation(len(features)) for draw in range(draws)]
    for name, cloud in (("real", features), ("the GAN", seen_as["the GAN"])):
        # (sizes, draws)
        table = np.array([[distance(cloud[order[:n]], features[order[n:2 * n]]) for order in orders]
                          for n in sizes])
        axes.errorbar(sizes, table.mean(axis=1), table.std(axis=1), marker=".", capsize=2,
                      label=name)
    axes.set(xlabel="samples n", xscale="log", ylabel=title)
    axes.set_xticks(sizes, sizes)
    axes.minorticks_off()
    axes.legend()


draw_over_sizes(frechet_distance, "Fréchet distance")

# %% [markdown]
# With only 25 digits, the distance from real digits to real digits is large. And 400 samples of the
# GAN beat 100 real digits. So **compare Fréchet distances only for the same n**, and use a large n
# (papers use 10,000 or 50,000). If somebody compares 50,000 samples with your 5,000, they win by
# arithmetic.
#
# ## Kernel distance
#
# Take a kernel k that says how similar two features are. Form pairs of two real features, pairs of
# two generated ones, and mixed pairs. If generated features are like real ones, the pairs of all
# three kinds are equally similar on average ([1801.01401](https://arxiv.org/abs/1801.01401),
# section 4):
#
# $$d^2 = \mathbb{E}\,k(r, r') + \mathbb{E}\,k(g, g') - 2\,\mathbb{E}\,k(r, g), \qquad k(x, y) = \left(\tfrac{1}{\dim} x \cdot y + 1\right)^3$$
#
# This is the squared **maximum mean discrepancy**. If no point is paired with itself, its mean over
# many draws is right for every n, also for a small one. (So it can be below 0: values a little
# above and a little below 0 have the average 0.)
#
# **Before you run it.** What will the two curves look like this time, and the bars on them?

# %%
draw_over_sizes(kernel_distance, "kernel distance")

# %% [markdown]
# The curves are flat, so the measure is unbiased. A small n only makes the bars wide. That is why
# papers give the kernel distance where data are few.
#
# ### Fooled: by what it forgets
#
# The Fréchet distance knows means and covariances. The kernel is a polynomial of degree 3, so the
# kernel distance knows averages of products of up to three features: one moment more. Neither sees
# a difference between two clouds with the same moments. In the plane it is easy to make such
# clouds.
#
# **Before you run it.** The data are eight small heaps on a ring. "Generated" is one normal
# distribution with the same mean and covariance. What are the distances?

# %%
data_2d = ring(modes=8, radius=1.0, sigma=0.05)
points = data_2d.sample(5000, seed=0)                                  # (5000, 2)
others = data_2d.sample(5000, seed=1)                                  # real ones too: the floor
fog = np.random.default_rng(2).multivariate_normal(points.mean(axis=0), np.cov(points.T), 5000)
shifted = others + [0.3, 0]                                            # the right shape, moved

figure, panels = plt.subplots(1, 3, figsize=(8, 3.2), sharex=True, sharey=True, dpi=90)
for axes, (name, cloud) in zip(panels, {"others of the data": others, "fog": fog,
                                        "data, moved by .3": shifted}.items()):
    axes.plot(*points[:1000].T, ".", color="black", markersize=2)
    axes.plot(*cloud[:1000].T, ".", color="tab:green", markersize=2, alpha=0.5)
    axes.set(title=f"{name}\nFréchet {frechet_distance(cloud, points):.3f}\n"
                   f"kernel {kernel_distance(cloud, points):.3f}",
             aspect="equal", xlim=(-2.5, 2.5), ylim=(-2.5, 2.5))

# %% [markdown]
# The fog looks nothing like the ring, and both distances call it perfect. Both call heaps of the
# right shape worse, because these are in a slightly wrong place. A small distance means "the same
# few averages", no more.
#
# ### Fooled: through the eyes of the judge
#
# Both distances see only what the judge sees. So let us make pictures *for the judge*: we start
# from static and change the pixels by gradient descent, until their features are those of real
# digits.
#
# **Before you run it.** What will these pictures look like?

# %%
import keras
import tensorflow as tf                    # for the gradient

network = judge._features_and_classes  # the LeNet as a Keras model: pictures -> features, classes
few = sized(200, 20)
aims = tf.constant(features_of(seen[:few]))                            # (200, 128): of real ones
pixels = tf.Variable(static[:few].astype("float32"))                   # (200, 28, 28, 1)
adam = keras.optimizers.Adam(0.02)
adam.build([pixels])


@tf.function
def towards_the_aims():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((network(pixels, training=False)[0] - aims) ** 2)
    adam.apply([tape.gradient(loss, pixels)], [pixels])
    pixels.assign(tf.clip_by_value(pixels, 0, 1))                      # they must stay pixels


for _ in range(sized(150, 3)):
    towards_the_aims()

made_for_the_judge = pixels.numpy()
few_sets = {"real ones, others": seen[:few], "the GAN": made[:few],
            "made for the judge": made_for_the_judge}
look_at(few_sets, {name: f"Fréchet {frechet_distance(features_of(pictures), features):.1f}, "
                         f"kernel {kernel_distance(features_of(pictures), features):.3f}"
                   for name, pictures in few_sets.items()})
print("the judge sees:", *judge.look_at(made_for_the_judge)[1][:16])

# %% [markdown]
# They look like static, with the ghost of a digit here and there. Both distances find them nearly
# as good as real digits, and better than the GAN. The judge names a digit for each. A generator
# that is trained *against* the network that judges it finds such ways. So never train with your
# judge, and look at the pictures. (All three sets have 200 pictures, so the floor is higher than
# above.)
#
# ## Parzen window
#
# The papers of 2014 put a small normal distribution around each of the m generated pictures $g_i$.
# Together these give a density. The papers report how likely held-out pictures are under it (in
# nats; more is better):
#
# $$\log p(x) = \log \frac{1}{m} \sum_{i=1}^m \mathcal{N}(x \mid g_i, \sigma^2 I)$$
#
# It looks at pixels, not at features. The width $\sigma$ is chosen on other real pictures. In code
# it is one line, where `squares` are the squared distances to the samples:

# %%
def log_likelihood_of(picture, samples, sigma):
    squares = np.sum((samples - picture) ** 2, axis=(1, 2, 3))         # (m,)
    return (logsumexp(-squares / (2 * sigma ** 2)) - np.log(len(samples))
            - picture.size / 2 * np.log(2 * np.pi * sigma ** 2))


print(f"one held-out digit under the GAN's samples: {log_likelihood_of(real[0], made, 0.2):.1f} "
      "nats")

# %% [markdown]
# ### Fooled: by k-means
#
# A held-out digit is never *equal* to a sample. What counts is how near the nearest samples are. In
# pixels, the mean of many different 3s is near to all of them. So let k-means divide the training
# digits into clusters, and show the mean of each.
#
# **Before you run it.** Each set has 300 pictures. Under which of the four sets are held-out digits
# most likely?

# %%
kmeans = KMeans(sized(300, 20), n_init=1, random_state=0).fit(seen.reshape(len(seen), -1))
centroids = np.random.default_rng(0).permutation(
    kmeans.cluster_centers_.reshape(-1, *seen.shape[1:]))
validation, test = real[:200], real[200:]                              # the first choose sigma



def as_many(pictures):
    """As many as there are centroids, evenly spaced: neighbours have one handwriting."""
    return pictures[np.linspace(0, len(pictures) - 1, len(centroids)).astype(int)]


parzen_sets = {"real ones, others": as_many(seen), "the GAN": as_many(made), "k-means": centroids,
               "blurred": as_many(blurred)}
nats = {name: parzen_log_likelihood(pictures, test, validation)
        for name, pictures in parzen_sets.items()}
look_at(parzen_sets, {name: f"{result['nats']:.0f} ± {result['standard_error']:.0f} nats, "
                            f"sigma {result['sigma']:.2f}"
                      for name, result in nats.items()})

# %% [markdown]
# k-means beats real digits by far. So a Parzen window can't say what is real. It likes what is in
# the middle of many pictures. Blur costs little. A few stray pixels, which the eye forgives, cost
# much. It also depends on the number of samples, even more than the Fréchet distance does.
#
# ## Precision and recall
#
# One number can't say whether pictures are *bad* or whether *kinds are missing*. Two numbers can
# ([1904.06991](https://arxiv.org/abs/1904.06991)). Put a ball around each real point that reaches
# to its third neighbour. Together, the balls are the region of the real pictures.
#
# - **Precision**: the share of generated points in the balls of the real points. Do samples look
#   real?
# - **Recall**: the share of real points in the balls of the generated points. Does the generator
#   make everything that is real?
#
# In the plane you can see it. The data are five heaps. The generated points are two of these heaps,
# and a third heap where there are no data.

# %%
def draw_balls(centres, others, colour, axes, title):
    """Balls around centres to their third neighbours; of the others, those outside are red."""
    # the nearest of all is the point itself
    radii = NearestNeighbors(n_neighbors=4).fit(centres).kneighbors(centres)[0][:, -1]
    inside = (np.linalg.norm(others[:, None] - centres, axis=-1) <= radii).any(axis=1)
    for centre, radius in zip(centres, radii):
        axes.add_patch(plt.Circle(centre, radius, color=colour, alpha=0.12, linewidth=0))
    axes.plot(*centres.T, ".", color=colour, markersize=3)
    axes.plot(*others[inside].T, "x", color="tab:blue", markersize=4)
    axes.plot(*others[~inside].T, "x", color="tab:red", markersize=4)
    axes.set(title=title, aspect="equal", xlim=(-2.2, 2.2), ylim=(-2.2, 2.2))


def draw_precision_and_recall(generated, data):
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.7), dpi=72)
    draw_balls(data, generated, "black", left,
               f"balls of the data, samples x\nprecision {precision(generated, data):.2f}")
    draw_balls(generated, data, "tab:green", right,
               f"balls of the samples, data x\nrecall {recall(generated, data):.2f}")


five = ring(modes=5, radius=1.2, sigma=0.12)
points = five.sample(120, seed=0)
away = np.random.default_rng(1).normal([0, 0], 0.12, (40, 2))
two_heaps = np.concatenate([five.modes[mode] + np.random.default_rng(mode).normal(0, 0.12, (40, 2))
                            for mode in (0, 2)])
draw_precision_and_recall(np.concatenate([two_heaps, away]), points)

# %% [markdown]
# About three fifths of the samples are in the balls of the data: the heap in the middle is not, and
# some points at the edges are not. A little less than two fifths of the data are found: two heaps
# of five.
#
# ### Fooled: one good point, and a fog
#
# **Before you run it.** There are two generators. The first makes the same point 60 times, a good
# one. The second puts 60 points anywhere. What are precision and recall of each?

# %%
draw_precision_and_recall(np.repeat(points[:1] + 0.01, 60, axis=0), points)

# %%
draw_precision_and_recall(np.random.default_rng(3).uniform(-2.2, 2.2, (60, 2)), points)

# %% [markdown]
# One point, repeated: the precision is 1, because the point is good. Its balls have radius 0, so
# the recall is 0. Fog: its points are far from each other, so its balls are huge and cover the
# data. The recall is near 1, although hardly any sample looks real. **Neither number means anything
# without the other.**
#
# Now we use pictures. "One digit" is a picture of the training set, repeated. "Four test cards"
# contain no digit at all.
#
# **Before you run it.** Guess the two numbers of each row. Think about how wide the balls of four
# pictures are.

# %%
good_one = seen[np.argmin([np.min(np.linalg.norm(features - feature, axis=1))
                           for feature in features_of(seen[:100])])]
one_digit = np.repeat(good_one[None], 100, axis=0)
rows, columns = np.indices(seen.shape[1:3])
# black, white, stripes, half and half
cards = [rows < 0, rows >= 0, rows // 4 % 2 == 1, columns < columns.max() / 2]
test_cards = np.stack(cards)[..., None].astype("float32")              # (4, 28, 28, 1)
pr_sets = {"real ones, others": seen, "the GAN": made, "only ones": only_ones,
           "one digit": one_digit, "four test cards": test_cards,
           "made for the judge": made_for_the_judge}


def precision_and_recall(pictures, neighbours=3):
    cloud = features_of(pictures)
    return (f"precision {precision(cloud, features, neighbours):.2f}, "
            f"recall {recall(cloud, features, neighbours):.2f}")


# four cards fill a row, too
again_and_again = {name: np.resize(pictures, (16, *pictures.shape[1:]))
                   for name, pictures in pr_sets.items()}
look_at(again_and_again,
        {name: precision_and_recall(pictures) for name, pictures in pr_sets.items()})

# %% [markdown]
# - The **GAN** has a higher precision than real digits, and little recall: it makes the middle of
#   each class and leaves out the rarer handwritings. The Fréchet distance alone didn't say so.
# - **One digit**: the precision is 1. **Four test cards**: the recall is nearly perfect, because
#   each ball is as wide as the distance between the cards. Even their precision isn't 0: a real
#   digit that is far from all others has a wide ball too.
# - Pictures **made for the judge** pass both tests. To the judge this static looks like digits, so
#   its features *are* features of digits.
#
# One more number can be chosen.
#
# **Before you run it.** "Third neighbour" is a choice. What happens to precision and recall of
# speckled digits if the balls reach to the 30th or the 300th neighbour?

# %%
neighbours = [1, 3, 10, 30, 100, 300]
figure, axes = plt.subplots(figsize=(6, 2.5))
axes.plot(neighbours, [precision(seen_as["speckled"], features, n) for n in neighbours], marker=".",
          label="precision")
axes.plot(neighbours, [recall(seen_as["speckled"], features, n) for n in neighbours], marker=".",
          label="recall")
axes.set(xlabel="balls reach to this neighbour", xscale="log", ylim=(0, 1.05),
         title="speckled digits")
axes.legend();

# %% [markdown]
# With wide balls everything looks real and everything is found. The third neighbour is a
# convention. If you use another one, you must say so.
#
# ## Mode coverage
#
# If the data are a mixture that we know, we need not estimate anything: we count. A sample within
# 3σ of a mode has **high quality**. A mode with at least one such sample is **found**
# ([1705.07761](https://arxiv.org/abs/1705.07761)).
#
# ### Exercise 2: count
# For samples (n, 2) and modes (m, 2), compute the share of samples with high quality, and how many
# modes are found. For real data in the plane, 98.89 % have high quality (1 − exp(−9/2)).

# %% tags=["exercise"]
def count(samples, modes, sigma):
    """The share of samples of high quality, and the number of modes that are found."""
    distances = np.linalg.norm(samples[:, None] - modes, axis=-1)      # (n, m)
    high_quality = ...                     # your turn
    found = ...                            # your turn
    return high_quality, found


with exercise("2"):
    high_quality, found = count(np.array([[0.0, 0.0], [0.0, 0.29], [0.0, 0.31], [5.0, 5.0]]),
                                np.array([[0.0, 0.0], [1.0, 0.0]]), sigma=0.1)
    assert abs(high_quality - 0.5) < 1e-9, (
        f"two of these four samples are nearer than 3σ = .3 to a mode: .5. You say {high_quality}")
    assert found == 1, f"one of the two modes has samples with high quality. You say {found}"
    high_quality, found = count(data_2d.sample(20_000, seed=0), data_2d.modes, data_2d.sigma)
    assert abs(high_quality - 0.9889) < 0.003, (
        f"98.89 % of real data have high quality. You say {high_quality:.2%}")
    assert found == 8, f"real data have all 8 modes. You say {found}"

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def count(samples, modes, sigma):
#     """The share of samples of high quality, and the number of modes that are found."""
#     distances = np.linalg.norm(samples[:, None] - modes, axis=-1)      # (n, m)
#     near = distances <= 3 * sigma
#     high_quality = near.any(axis=1).mean()
#     found = near.any(axis=0).sum()
#     return high_quality, found
# ```
#
# (The package assigns a sample to its nearest mode only. With modes more than 6σ apart this is the
# same.)
#
# </details>

# %% [markdown]
# ### Fooled: by one sample per mode
#
# **Before you run it.** There are 1,000 samples: one in each of seven modes, and all others in the
# eighth. How many modes are found, and what share has high quality?

# %%
a_collapse = (np.concatenate([data_2d.modes, np.repeat(data_2d.modes[:1], 992, axis=0)])
              + np.random.default_rng(0).normal(0, 0.04, (1000, 2)))
mostly_fog = np.concatenate([data_2d.modes, np.random.default_rng(0).uniform(-2, 2, (992, 2))])

figure, panels = plt.subplots(1, 3, figsize=(8, 3.4), sharex=True, sharey=True, dpi=90)
for axes, (name, cloud) in zip(panels, {"data": data_2d.sample(1000), "a collapse": a_collapse,
                                        "mostly fog": mostly_fog}.items()):
    coverage = mode_coverage(cloud, data_2d)
    axes.plot(*cloud.T, ".", color="tab:green", markersize=2)
    axes.set_title(f"{name}\n{coverage['modes']} of 8 modes, {coverage['high_quality']:.0%} "
                   f"high\nquality, KL {coverage['reverse_kl']:.2f} nats", fontsize=10)
    axes.set_aspect("equal")

# %% [markdown]
# All three find 8 of 8. "A collapse" also has a share of high quality as good as that of the data.
# The difference is **how often** each mode is hit. The package measures this as `reverse_kl`: the
# Kullback-Leibler divergence of the histogram of modes from a flat one (here at most log 8 ≈ 2.08
# nats). For the fog, the share of high quality shows the difference. Use all three numbers
# together, and the picture.
#
# ## Learned by heart
#
# Now comes a generator that passes nearly every test. It has learned nothing: it has kept the
# training set and returns its pictures.

# %%
class Memoriser:
    """A "generator" that returns training pictures.

    For the measures, a model is anything with these attributes.
    """
    img_shape, num_classes, class_names = training.images.shape[1:], 10, training.class_names

    def generate(self, n, seed=None, labels=None):
        rng = np.random.default_rng(seed)
        piles = [itertools.cycle(rng.permutation(seen[training.labels == digit]))
                 for digit in range(10)]
        labels = np.arange(n) % 10 if labels is None else labels
        return np.stack([next(piles[label]) for label in labels])


memoriser = Memoriser()
by_heart = memoriser.generate(len(real), labels=held_out.labels, seed=1)

# %% [markdown]
# Here are all measures so far, for four sets. As always, held-out digits are the reference.
#
# **Before you run it.** In which columns will the memoriser be worse than the GAN?

# %%
table = {"learned by heart": by_heart, "the GAN": made, "k-means": centroids, "speckled": speckled}
print(f"{'':18s}{'Fréchet':>10s}{'kernel':>10s}{'Parzen':>10s}{'precision':>11s}{'recall':>10s}")
for name, pictures in table.items():
    cloud = features_of(pictures)
    nats_of = parzen_log_likelihood(pictures, test, validation)["nats"]
    print(f"{name:18s}{frechet_distance(cloud, features):10.1f}"
          f"{kernel_distance(cloud, features):10.3f}{nats_of:10.0f}"
          f"{precision(cloud, features):11.2f}{recall(cloud, features):10.2f}")

# %% [markdown]
# It is worse only in precision. There real digits themselves lose to the GAN, because the GAN makes
# only typical digits. What is learned by heart *is* real data, and all these measures only ask
# whether samples are like real data. (k-means, which has learned hardly more, does well too.)
#
# To find it, ask about the *training set*: how far is a sample from the nearest training picture?
# The held-out pictures tell how far away a picture is that nobody copied. `copied_share` is the
# share of samples that are nearer to a training picture than 99 % of the held-out pictures are. A
# generator that remembers nothing gets about .01.
#
# To ask the same question by eye, we show each sample above its nearest training picture.

# %%
def nearest_training_picture(pictures):
    flat = seen.reshape(len(seen), -1)
    return seen[NearestNeighbors(n_neighbors=1).fit(flat).kneighbors(
        pictures.reshape(len(pictures), -1), return_distance=False)[:, 0]]


moved = np.roll(by_heart, 1, axis=2)  # learned by heart, and moved to the right by one pixel
suspicious = {"held-out digits": real, "the GAN": made, "learned by heart": by_heart,
              "learned by heart, moved": moved}
for name, pictures in suspicious.items():
    look_at({name: pictures, "nearest training pictures": nearest_training_picture(pictures[:16])},
            {name: f"copied {copied_share(pictures, seen, real):.1%}"})

# %% [markdown]
# ### Fooled: by one pixel
#
# After a move by one pixel, the copies aren't found: pixel by pixel they are now as far from the
# originals as held-out digits are. The eyes aren't fooled: each sample stands above the same digit
# in the same handwriting.
#
# **Before you run it.** There are two repairs: compare features instead of pixels, or add moved
# copies to the training set for the comparison. Which of them will find the copies?

# %%
moves = [(0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)]
# (4490, 28, 28, 1)
seen_and_moved = np.concatenate([np.roll(seen, move, axis=(1, 2)) for move in moves])
print(f"{'':24s}{'pixels':>10s}{'features':>10s}{'pixels, moved too':>19s}")
for name, pictures in suspicious.items():
    print(f"{name:24s}{copied_share(pictures, seen, real):10.1%}"
          f"{copied_share(features_of(pictures), seen_as['real ones, others'], features):10.1%}"
          f"{copied_share(pictures, seen_and_moved, real):19.1%}")

# %% [markdown]
# The features of this small judge change when the picture moves, so they find no more copies. But
# you can find what you know to look for: with moved copies in the comparison, all are found.
# Against a memoriser that mirrors, stretches or blends pictures you need the next idea. No number
# proves that nothing was learned by heart.
#
# ### Exercise 3: who has learned by heart?
# Here are four sets without names, in random order. One of them is a memoriser that hides its
# copies with a little noise. Find its letter, by numbers and by eye.

# %%
suspects = [real[::2], made[::2],
            np.clip(by_heart[::2] + rng.normal(0, 0.02, by_heart[::2].shape), 0, 1),
            np.clip(blurred[::2] * 1.2, 0, 1)]
lots = np.random.default_rng(7).permutation(4)
anonymous = {letter: suspects[lot] for letter, lot in zip("ABCD", lots)}
look_at(anonymous)

# %% tags=["exercise"]
memoriser_is = ...                         # your turn: "A", "B", "C" or "D"; let the code find it

with exercise("3"):
    assert memoriser_is in list("ABCD"), "answer with a letter, A to D"
    suspect = suspects[lots["ABCD".index(memoriser_is)]]
    assert suspect is not suspects[0], (
        f"{memoriser_is} are the held-out digits themselves: as good, but none is in the training "
        "set")
    assert suspect is not suspects[1], f"{memoriser_is} is the GAN"
    assert suspect is not suspects[3], (
        f"{memoriser_is} are training pictures, but blurred: far from what they were")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# shares = {letter: copied_share(pictures, seen, real) for letter, pictures in anonymous.items()}
# print(shares)
# memoriser_is = max(shares, key=shares.get)
# ```
#
# </details>

# %% [markdown]
# ## All of it, in a table
#
# `keras-gan evaluate RUN` does all this for a run directory. In Python it is a function. Every
# number stands beside its floor: the same number for real training digits. A perfect generator
# would get the floor. The same table is made for the memoriser.
#
# **Before you run it.** Which lines will expose the memoriser?

# %%
tables = [evaluate(model, training, held_out, n=sized(10_000, 100)) for model in (gan, memoriser)]
print(f"{tables[0].n} samples against {tables[0].against}\n\n"
      f"{'':56s}{'GAN':>10s}{'by heart':>10s}{'real':>10s}   better is")
for of_gan, by_heart_too in zip(*(evaluation.figures for evaluation in tables)):
    print(f"{of_gan.name:56s}{of_gan.generated:10.3f}{by_heart_too.generated:10.3f}"
          f"{of_gan.real:10.3f}   {of_gan.better}")

# %% [markdown]
# Compare each line with the last column.
#
# - The GAN: the classifier agrees with its labels, precision is high, recall is low. So its Fréchet
#   distance, several times the floor, comes from a lack of *variety*. And a nearest neighbour that
#   learns from its samples (GAN-train) makes more errors than one that learns from real digits.
# - The memoriser is at the floor nearly everywhere. Two lines expose it. One is the share of
#   copies. The other is the *nearly equal pairs*: if you ask for more pictures of a digit than it
#   has, it must repeat itself. In the Parzen line, the width of the window is chosen on training
#   pictures. The memoriser has exactly these pictures, so the width is too small for others.
#
# ## What to take away
#
# | measure | it sees | it is blind to, or fooled by |
# |---|---|---|
# | Fréchet distance | mean and covariance of features | everything else; too few samples; pictures made for the judge; copies |
# | kernel distance | averages of up to three features; honest for few samples | everything else; pictures made for the judge; copies |
# | Parzen window | whether something blurred is near | sharpness: k-means beats real data; copies |
# | precision | whether samples look real | kinds that are missing: one good picture is enough |
# | recall | whether all kinds are made | bad pictures: a fog with wide balls is enough |
# | modes found | whether a mode is hit at all | how often: one sample per mode is enough |
# | copied share | copies of training pictures | the same copies, moved by a pixel |
#
# - Hold data out. Compare with the floor of real data. Use the same n and the same judge for
#   everybody.
# - Report several measures, and choose them before you look. When you train for a measure, it stops
#   measuring.
# - Look at samples that nobody selected, and at their nearest training pictures.
#
# **Further reading.** Theis, van den Oord, Bethge 2015,
# [1511.01844](https://arxiv.org/abs/1511.01844) (why a good likelihood and good pictures are
# different things) · Heusel et al. 2017, [1706.08500](https://arxiv.org/abs/1706.08500) (FID) ·
# Bińkowski et al. 2018, [1801.01401](https://arxiv.org/abs/1801.01401) (KID, and the bias of FID) ·
# Kynkäänniemi et al. 2019, [1904.06991](https://arxiv.org/abs/1904.06991) (precision and recall) ·
# Naeem et al. 2020, [2002.09797](https://arxiv.org/abs/2002.09797) (what is wrong with them:
# density and coverage) · Arora, Zhang 2017, [1706.08224](https://arxiv.org/abs/1706.08224) (the
# birthday test, "nearly equal pairs") · Borji 2018, [1802.03446](https://arxiv.org/abs/1802.03446)
# (two dozen measures).
#
# Before: [6. GAN Lab](06_gan_lab.ipynb). Next: [8. Bring your Keras-GAN
# script](08_bring_your_keras_gan_script.ipynb).
