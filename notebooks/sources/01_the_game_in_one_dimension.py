# %% [markdown]
# # 1. The game in one dimension
#
# A generative adversarial network is a game of two. A **generator** G makes samples from noise. A
# **discriminator** D looks at a sample and says whether it is real. The inventors compare them with
# a counterfeiter and the police.
#
# In one dimension we can draw every function of the theory. So, before we make any picture, we play
# the game where nothing can hide.
#
# **You will learn**
#
# - what the two players minimise, and the most that the police can know;
# - why D says ½ at the end, and why its loss is then log 2 (and the game's value −log 4);
# - what k, the number of discriminator steps in a turn, does;
# - why nobody uses the generator's loss of the theory.
#
# **You need** a little Python and the idea of a probability density. **Time**: the cells run in
# about three minutes on two cores; reading and exercises take about an hour. Run one cell at a
# time, and first answer each *Before you run it*: people remember a wrong guess best.

# %%
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image
from scipy.stats import norm

from course import exercise, sized
from keras_gan import GaussianGAN
from keras_gan.evaluation.densities import jensen_shannon

# %% [markdown]
# ## Two densities
#
# Real data come from p = N(3, 1), a normal distribution with mean 3 and standard deviation 1. The
# players don't know that: they see only samples. The counterfeiter's first attempt may have the
# density q = N(0, 1).

# %%
x = np.linspace(-5, 8, 1301)               # (1301,) points to draw at
p = norm.pdf(x, 3, 1)                      # density of the real data
q = norm.pdf(x, 0, 1)                      # density of what is generated


def draw_densities(axes, p, q):
    axes.fill_between(x, p, color="black", alpha=0.15, label="real, p(x)")
    axes.plot(x, q, color="tab:green", label="generated, q(x)")
    axes.set(xlabel="x", ylabel="density")


figure, axes = plt.subplots(figsize=(6, 2.5))
draw_densities(axes, p, q)
axes.legend();

# %% [markdown]
# ## What D wants
#
# D(x) is a probability: 1 for "real for sure", 0 for "generated for sure". Both players look at one
# number, the **value** of the game (equation 1 of [1406.2661](https://arxiv.org/abs/1406.2661)):
#
# $$V(D, G) = \mathbb{E}_{x \sim p}[\log D(x)] + \mathbb{E}_{x \sim q}[\log(1 - D(x))]$$
#
# D makes V large, G makes it small. Keras minimises, so D minimises −V. This is the sum of two
# *binary cross-entropies*: one for real samples, with label 1, and one for generated samples, with
# label 0.
#
# **Before you run it.** A lazy D says ½ to every sample. What is V then? And what if D says .99 to
# real samples and .01 to generated ones?

# %%
def value(d, p, q):
    """V(D, G) of the discriminator's values d and the densities p and q: arrays over x."""
    return np.trapezoid(p * np.log(d) + q * np.log(1 - d), x)


print("lazy D:       ", value(np.full_like(x, 0.5), p, q))
print("-log 4:       ", -np.log(4))
print("D that is sure:", value(np.where(x > 1.5, 0.99, 0.01), p, q))

# %% [markdown]
# The D that is sure does better than the lazy one. But it is sometimes wrong where the two
# densities overlap, and each such mistake costs log .01.
#
# ## The best D
#
# Which D is best? Look at a single x. There the best d = D(x) makes p log d + q log(1 − d) as large
# as possible.
#
# ### Exercise 1: D*
# Set the derivative with respect to d to zero, solve for d, and write down the best discriminator.
# (Proposition 1 of the paper.)

# %% tags=["exercise"]
def optimal_discriminator(p, q):
    return ...                             # your turn


with exercise("1"):
    d_star = optimal_discriminator(p, q)
    assert np.shape(d_star) == np.shape(x), "give a value for every x"
    assert np.all((d_star > 0) & (d_star < 1)), "D* is a probability"
    assert abs(d_star[np.argmin(abs(x - 1.5))] - 0.5) < 1e-6, (
        "at x = 1.5 both densities are the same, and D* can't tell: ½")
    assert np.allclose(np.log(d_star / (1 - d_star)), 3 * x - 4.5), (
        "for these two densities the logit of D* is 3x − 4.5")

# %% [markdown]
# <details><summary>Solution</summary>
#
# The derivative p/d − q/(1 − d) is zero where p (1 − d) = q d:
#
# ```python
# def optimal_discriminator(p, q):
#     return p / (p + q)
# ```
#
# </details>

# %% [markdown]
# This is the picture of the best D. It is not a jump from 0 to 1: where densities overlap, nobody
# can be sure.

# %%
figure, axes = plt.subplots(figsize=(6, 2.5))
draw_densities(axes, p, q)
says = axes.twinx()
says.plot(x, p / (p + q), color="tab:blue", linestyle=":", label="D*(x)")
says.set(ylim=(0, 1), ylabel="probability of being real")
axes.legend(loc="upper left")
says.legend(loc="upper right");

# %% [markdown]
# ## What G wants, against the best D
#
# Put D* into the value. What is left is a distance between the two densities (theorem 1):
#
# $$V(D^*, G) = -\log 4 + 2 \cdot \mathrm{JSD}(p, q)$$
#
# JSD is the *Jensen-Shannon divergence*: 0 if p = q, log 2 if the two don't overlap at all. A
# generator that makes V small makes its density equal to that of the data. That is the whole
# promise of a GAN: G never sees a real sample, the verdicts of D are enough.
#
# ### Exercise 2: a distance from a game
# Compute the divergence of our two densities from the value of the game alone.

# %% tags=["exercise"]
value_of_the_best = value(p / (p + q), p, q)
divergence = ...                           # your turn: a formula of value_of_the_best

with exercise("2"):
    assert abs(divergence - 0.52678) < 1e-3, (
        f"it should be .52678 (what keras_gan.evaluation says: {jensen_shannon(p, q, x):.5f}), and "
        f"is {divergence:.5f}")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# value_of_the_best = value(p / (p + q), p, q)
# divergence = (value_of_the_best + np.log(4)) / 2
# ```
#
# </details>

# %% [markdown]
# ## Now with networks
#
# For pictures, nobody knows p and q. So D is a network that learns from samples, and so is G.
# [`GaussianGAN`](../keras_gan/gaussian_gan.py) plays exactly this game. Both networks are tiny. D
# ends in a *logit*: this is a number of any size, and the probability is its sigmoid.

# %%
gan = GaussianGAN(mu=3.0, sigma=1.0, seed=0)
for network in (gan.generator, gan.discriminator):
    print(f"{network.name}: {network.input_shape} -> {network.output_shape}, "
          f"{network.count_params():,} parameters")

# %% [markdown]
# We play one turn of the game by hand. `k` batches of real data go in. D takes k steps, and G takes
# one. The turn returns the losses and what D said.

# %%
batch = 512
real = gan.sample_data(gan.k * batch, np.random.default_rng(0))  # (1536, 1): three fresh batches
logs = gan.train_on_batch(real)
print("real", real.shape, " generated", gan.generate(batch).shape)
for name, number in logs.items():
    print(f"{name:10s} {number:.3f}")

# %% [markdown]
# **Before you run it.** 3,000 such turns follow. Where will the green density go? What will the
# blue curve, D, look like at the end? The dotted line is D* of the generator *as it is at that
# moment*.

# %%
import tempfile

folder = f"{tempfile.mkdtemp()}/game"      # the run's directory: pictures, losses, checkpoints
gan = GaussianGAN(mu=3.0, sigma=1.0, seed=0)
history = gan.train(steps=sized(3000, 200), run_dir=folder, sample_interval=sized(150, 50))
Image(f"{folder}/film.gif")

# %% [markdown]
# The green density has moved onto the data, and D has become flat: it says ½ wherever there are
# data, because it can't see a difference any more. (Where there are neither data nor samples, D may
# say anything: nobody asks it there.)

# %%
made = gan.generate(10_000, seed=1)        # (10000, 1)
print(f"generated: mean {made.mean():.3f}, standard deviation {made.std():.3f}")
print(f"D at 2, 3 and 4: {gan.discriminate(np.array([2.0, 3.0, 4.0])).round(3)}")
print(f"JSD of data and samples: {jensen_shannon(gan.density(x), gan.generated_density(x), x):.5f}")

# %% [markdown]
# ## How to read the losses
#
# **Before you run it.** In supervised learning a good loss curve falls. Which way should *these*
# go?

# %%
figure, axes = plt.subplots(figsize=(7, 2.8))
for name in ("d_loss", "g_loss"):
    axes.plot(history["step"], history[name], linewidth=0.6, label=name)
axes.axhline(np.log(2), color="grey", linestyle=":", label="log 2")
axes.set(xlabel="turn", ylabel="loss (nats)", xlim=(0, 600), ylim=(0.2, 1.4))
axes.legend();

# %% [markdown]
# They go *somewhere*, not down: each player's loss is measured against an opponent that changes.
# D's loss is low as long as D wins. At the end both losses are log 2 ≈ .693, the price of a coin
# toss; the figure shows the first 600 turns. (−V is the sum of D's two losses, so at the end it is
# 2 log 2 = log 4.)
#
# Be careful: a D that has not learnt anything *yet* says ½ too, and its loss is .693 too. A loss
# alone never tells you. Look at the samples. [Notebook 5](05_break_it.ipynb) shows what broken
# games look like.
#
# ## What k does
#
# The theory wants the *best* D before each step of G. In practice D takes k steps towards it
# (algorithm 1 of the paper).
#
# **Before you run it.** How far will D be from D* for k = 1, and for k = 10?

# %%
def distance_from_best(gan):
    """Mean of |D − D*| where the data or the samples are."""
    q = gan.generated_density(x)
    there = gan.density(x) + q > 0.02
    return np.mean(np.abs(gan.discriminate(x) - gan.optimal_discriminator(x, q))[there])


figure, axes = plt.subplots(figsize=(7, 2.8))
for k in (1, 3, 10):
    gan = GaussianGAN(mu=3.0, sigma=1.0, k=k, seed=0)
    turns, distances = [], []
    for _ in range(sized(12, 2)):
        for _ in range(sized(25, 2)):
            gan.train_on_batch(gan.sample_data(k * 128, np.random.default_rng([k, gan.turns])))
        turns.append(gan.turns)
        distances.append(distance_from_best(gan))
    axes.plot(turns, distances, marker=".", label=f"k = {k}")
axes.set(xlabel="turn", ylabel="mean |D − D*|")
axes.legend();

# %% [markdown]
# More steps keep D nearer to the best, but each turn costs more. For pictures k = 1 is usual: two
# networks of similar size, and one step each.
#
# ## Why nobody uses the loss of the theory
#
# In the value, G minimises log(1 − D(G(z))). Early in a game G is bad and D is sure: D(G(z)) ≈ 0.
# How much does G learn then? Let $\ell$ be D's logit of a sample, so D = sigmoid($\ell$). Look at
# the derivative of G's loss with respect to $\ell$: this is the gradient that flows back into G.
#
# ### Exercise 3: two gradients
# `saturating` is the theory's loss, log(1 − D). `non_saturating` is −log D, which has its minimum
# at the same place. For each loss, write down the absolute value of its derivative with respect to
# $\ell$, as a function of D. (A hint: the derivative of the sigmoid is D (1 − D).)

# %% tags=["exercise"]
def saturating_gradient(d):
    return ...                             # |derivative of log(1 − D) with respect to the logit|


def non_saturating_gradient(d):
    return ...                             # |derivative of −log D with respect to the logit|


with exercise("3"):
    logit, small = np.linspace(-6, 6, 25), 1e-5
    sigmoid = lambda logit: 1 / (1 + np.exp(-logit))
    for answer, loss in ((saturating_gradient, lambda logit: np.log(1 - sigmoid(logit))),
                         (non_saturating_gradient, lambda logit: -np.log(sigmoid(logit)))):
        true = np.abs(loss(logit + small) - loss(logit - small)) / (2 * small)
        assert np.allclose(answer(sigmoid(logit)), true, atol=1e-5), (
            f"{answer.__name__} isn't the measured derivative: at D = ½ it should be "
            f"{true[12]:.2f}")

# %% [markdown]
# <details><summary>Solution</summary>
#
# −1/(1 − D) · D (1 − D) = −D, and −1/D · D (1 − D) = −(1 − D):
#
# ```python
# def saturating_gradient(d):
#     return d
#
#
# def non_saturating_gradient(d):
#     return 1 - d
# ```
#
# So where D is sure that a sample is generated (D ≈ 0), the first loss has no gradient, and the
# second has its largest gradient.
#
# </details>

# %% [markdown]
# Now we see it in a game. The data are far away, at 6. D is trained before the first turn
# (`pretraining`), so it recognises the generator's samples with certainty. Then both losses play
# the same number of turns.
#
# **Before you run it.** Where will the two generators be after 100 turns?

# %%
figure, axes = plt.subplots(figsize=(7, 2.8))
for loss in ("saturating", "non_saturating"):
    gan = GaussianGAN(mu=6.0, sigma=1.0, generator_loss=loss, pretraining=sized(1000, 20), seed=0)
    print(f"{loss:15s} before the first turn D(G(z)) is "
          f"{gan.discriminate(gan.generate(500, seed=0)).mean():.1e}")
    means = []
    for _ in range(sized(100, 3)):
        means.append(gan.generate(500, seed=0).mean())
        gan.train_on_batch(gan.sample_data(gan.k * 128, np.random.default_rng([1, gan.turns])))
    axes.plot(means, label=loss)
axes.axhline(6, color="grey", linestyle=":", label="mean of the data")
axes.set(xlabel="turn", ylabel="mean of what is generated")
axes.legend();

# %% [markdown]
# The generator with the theory's loss hardly moves: the gradient is D(G(z)), almost zero. The other
# generator arrives within a few turns.
#
# ## What to take away
#
# - D learns the density ratio p/(p + q). Against the best D, the value is a distance between p and
#   q, and G makes this distance small.
# - At the end D says ½ and both losses are log 2. Losses don't fall; they meet.
# - −log D replaces log(1 − D): it has the same goal, and it has a gradient when G needs one.
#
# **Further reading.** Goodfellow et al. 2014, [1406.2661](https://arxiv.org/abs/1406.2661), section
# 4 (the theory, figure 1 is our film) · Goodfellow 2016, tutorial,
# [1701.00160](https://arxiv.org/abs/1701.00160), section 3.2 (the losses) · Arjovsky, Bottou 2017,
# [1701.04862](https://arxiv.org/abs/1701.04862) (what a D that is too good does).
#
# Next: [2. A GAN by hand](02_a_gan_by_hand.ipynb), the same game with pictures of digits.
