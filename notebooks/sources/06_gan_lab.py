# %% [markdown]
# # 6. GAN Lab
#
# In one dimension ([notebook 1](01_the_game_in_one_dimension.ipynb)) we could draw every function.
# Pictures have thousands of dimensions, and nobody can see anything there. Two dimensions are
# between the two. The data are points in a plane. D is a map of colours over that plane. The noise
# is another plane, and G bends it until it lies on the data. The idea of this lab comes from GAN
# Lab by Kahng et al. ([1809.01587](https://arxiv.org/abs/1809.01587)).
#
# **You will learn**
#
# - how to read the picture of a game: D's colours, G's grid, and the arrows between them;
# - what one step of D does, and what one step of G does;
# - why a generator collapses, how to see it, and how to count it;
# - what the learning rates and the saturating loss do to a game.
#
# **You need** notebook 1. **Time**: the cells run in about two minutes on two cores; with the
# experiments, plan an hour. Answer each *Before you run it* first.
#
# In JupyterLab the lab has buttons. Without it (for example on a page that only shows notebooks)
# everything is here too, as pictures and films.

# %%
import tempfile

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image

from course import exercise, sized
from keras_gan import PlaneGAN
from keras_gan.evaluation import mode_coverage
from lab import DATA, Experiment, Lab, draw, drawn, film, png_of

# %% [markdown]
# ## Points instead of pictures
#
# We use three sets of data. The ring and the grid are *mixtures* of normal distributions: 8 and 25
# of them, called **modes**. The two moons are two curved shapes.

# %%
figure, panels = plt.subplots(1, 3, figsize=(8, 2.8), sharex=True, sharey=True)
for axes, (name, data) in zip(panels, DATA.items()):
    points = Experiment(data).real         # (2000, 2)
    axes.scatter(*points.T, s=1, color="black")
    axes.set(title=name, aspect="equal")

# %% [markdown]
# Both players are small networks. G maps two numbers of noise z to two coordinates x. D maps two
# coordinates to a logit.

# %%
gan = PlaneGAN(seed=0)
for network in (gan.generator, gan.discriminator):
    print(f"{network.name}: {network.input_shape} -> {network.output_shape}, "
          f"{network.count_params():,} parameters")
print("data", points.shape, " generated", gan.generate(5, seed=0).shape, " D",
      gan.discriminate(points).shape)

# %% [markdown]
# ## How to read the picture
#
# This is a game before its first step. `Experiment` holds a `PlaneGAN`, its data, and what has been
# measured so far. `draw` makes a picture of it.

# %%
game = Experiment(DATA["ring"], seed=0)
Image(png_of(draw(game)))

# %% [markdown]
# - **Black** dots are real points, **green** dots are generated.
# - The **colours** are D(x): blue where D says *real*, red where it says *generated*, white where
#   it can't decide. D knows nothing yet, so everything is pale.
# - The **green lines** are a grid in the plane of the noise z, after G has mapped it. Between two
#   lines there is always the same share of the noise. So G makes many points where the lines are
#   close together, and few points where they are far apart. Now the whole grid is a small crumpled
#   patch under the green dots. You will see it after G's first steps.
# - The **arrows** show where G's loss sends the generated points: $-\partial L_G / \partial x$, the
#   direction in which D would believe them more. (There are none yet: D is flat, so nothing pulls.
#   Long arrows are drawn shorter than they are.)
# - The curve **below** shows how far the samples are from the data. It is the JSD, the divergence
#   of notebook 1, between two histograms. The dotted line is the JSD between two sets of real
#   points. Above the curve is the count: a mode is *found* if at least one of 2,000 generated
#   points lies within 3 σ of its centre.
#
# ## Step D
#
# **Before you run it.** D takes 100 steps, and G stands still. Which part of the plane becomes red?
# Where will the arrows point?

# %%
game.step_discriminator(sized(100, 3))
Image(png_of(draw(game)))

# %% [markdown]
# D has learned to tell this generator's points from the data. It is red where the green dots are,
# and blue where the ring is. It is blue everywhere else too, where nobody has asked it anything. G
# hasn't moved, so neither the grid nor the JSD has changed. But now there are arrows: they climb
# the slope from red to blue. **All that G ever learns comes through these arrows.** No arrow says
# "there is a mode over there that nobody has visited". Each point only feels the slope at its own
# place.
#
# ## Step G
#
# **Before you run it.** Now G takes 10 steps, and D stands still. What happens to the green dots,
# and to the JSD?

# %%
game.step_generator(sized(10, 1))
Image(png_of(draw(game)))

# %% [markdown]
# The dots have gone up the slope, and the colours are out of date: they judge points that are no
# longer there. The JSD falls. The title says that all modes are found already, but this is no
# success: among 2,000 scattered points, a few always lie near each centre. Read the share beside
# it: few of the points are near a mode.
#
# **Before you run it.** D still sleeps, and G takes 300 more steps. Will the dots spread over the
# ring? After all, D's blue is on the whole ring.

# %%
game.step_generator(sized(300, 2))
Image(png_of(draw(game)))

# %% [markdown]
# They don't. They run past the ring and far out of the picture, and they stretch the grid behind
# them. We asked D about two places only, the red one and the ring. What it says about everything
# outside is a guess that nobody has checked. G is rewarded for what D *says*, not for what is true.
# Only D's next steps will turn the outside red. (Look at the count and the share below the picture:
# the modes still count as found, but hardly any point is near one.) A good game needs a D that
# answers quickly.
#
# ### Exercise 1: the arrows
# How long are the arrows? G's loss is L = −log D(x), and D = sigmoid($\ell$). Write −∂L/∂x as a
# factor times ∂$\ell$/∂x, the slope of D's logit. Then do the same for the *saturating* loss L =
# log(1 − D). (The third exercise of notebook 1 has both factors.)

# %% tags=["exercise"]
def pull_non_saturating(d, slope):
    return ...                             # −∂L/∂x of L = −log D


def pull_saturating(d, slope):
    return ...                             # −∂L/∂x of L = log(1 − D)


with exercise("1"):
    for loss, answer in (("non_saturating", pull_non_saturating), ("saturating", pull_saturating)):
        gan = PlaneGAN(generator_loss=loss, seed=3)
        x, aside = np.array([[0.7, -0.4]]), 0.001 * np.eye(2)
        slope = ((gan.logits(x + aside) - gan.logits(x - aside)) / 0.002)[None]  # (1, 2): ∂ℓ/∂x
        said = np.asarray(answer(gan.discriminate(x)[:, None], slope), "float64")
        assert said.shape == (1, 2), (
            f"{answer.__name__} should give an arrow for each point, shape (1, 2), and gives "
            f"{said.shape}")
        assert np.dot(said[0], gan.pull(x)[0]) > 0, (
            f"{answer.__name__}: the arrow points the wrong way. The minus sign?")
        assert np.allclose(said, gan.pull(x), rtol=1e-2), (
            f"{answer.__name__} should be {gan.pull(x)[0].round(3)}, and is {said[0].round(3)}")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def pull_non_saturating(d, slope):
#     return (1 - d) * slope
#
#
# def pull_saturating(d, slope):
#     return d * slope
# ```
#
# </details>

# %% [markdown]
# ## Both
#
# This is the real game: a step of D and a step of G, in turn.
#
# **Before you run it.** Which modes will be found first? Will G go to all eight at once, or to one
# after the other?

# %%
folder = tempfile.mkdtemp()
game = Experiment(DATA["ring"], seed=0)
film(game, f"{folder}/ring.gif", frames=sized(20, 2), turns=sized(75, 2))
Image(f"{folder}/ring.gif")

# %% [markdown]
# It goes to all eight at once. The cloud grows until it covers the whole ring. The middle turns
# red, so the cloud becomes a hoop. The hoop is pulled outwards, and its corners settle on the
# modes. At the end D is pale wherever there are points: it can hardly see a difference any more.
# The arrows are short there, because a flat D pulls no point.
#
# Look at the grid. Most of its lines run in bundles from mode to mode, along an octagon, and few
# cross the empty middle. G is continuous: it can't tear the plane of the noise into eight pieces.
# So some points must always lie on the bridges between two modes. But G can stretch the grid there,
# so that only few points fall on a bridge.
#
# ### Exercise 2: count the modes
# A number is better than a look. A mode counts as found if at least one of the points lies within 3
# σ of its centre. Write this as code.

# %% tags=["exercise"]
def modes_found(points, centres, sigma):
    """How many of the centres (modes, 2) have one of the points (n, 2) within 3 sigma."""
    return ...                             # your turn


with exercise("2"):
    centres = DATA["ring"].modes           # (8, 2)
    assert modes_found(centres[:1], centres, 0.05) is not ..., "the gap (...) is still open"
    assert modes_found(centres[:1], centres, 0.05) == 1, (
        "a point right on one of the centres: one mode is found")
    assert modes_found(np.repeat(centres[:1], 5, axis=0), centres, 0.05) == 1, (
        "five points on one centre: that is still one mode")
    assert modes_found(centres[:3] + [0.2, 0.0], centres, 0.05) == 0, (
        "points 4 σ away from every centre find nothing")
    for points in (game.gan.generate(100, seed=2), game.real,
                   Experiment(DATA["ring"], seed=1).real[:6]):
        right = mode_coverage(points, DATA["ring"])["modes"]
        assert modes_found(points, centres, 0.05) == right, (
            f"of {len(points)} points it should be {right}, and is "
            f"{modes_found(points, centres, 0.05)}")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def modes_found(points, centres, sigma):
#     distances = np.linalg.norm(points[:, None] - centres, axis=-1)      # (n, modes)
#     return int((distances.min(axis=0) <= 3 * sigma).sum())
# ```
#
# One point is enough, so a cloud that is spread over the whole plane finds all eight. That is why
# the share of points near a mode stands beside the count.
#
# </details>

# %% [markdown]
# ## The Lab
#
# Now it is your turn. *step D*, *step G* and *both* take as many steps as *at once* says. ▶ plays
# on, and ■ starts again. k and the learning rates act on the running game. Other data or another
# loss start a new game. *draw your own* opens a board: each cell that you click becomes a mode.

# %%
Lab("ring")

# %% [markdown]
# Try these, and guess before each:
#
# 1. *step D* 200 times, then *step G* one at a time. After how many steps do the first points leave
#    the red?
# 2. Play the ring until it is found. Then use only *step G*. Why does so little happen now,
#    although so much happened above?
# 3. Play the ring until it is found, then raise *rate of G* to 1e-2. How long does the ring last?
# 4. The grid has 25 modes. How many are found after 1,000 steps of each player, and how many of the
#    points are near one? Does k = 5 help?
# 5. Two moons have no modes to count. Is JSD enough to tell a good game from a bad game?
#
# <details><summary>What to look for</summary>
#
# 1. Soon: every step goes up a steep slope, until the dots have passed the ring.
# 2. D is flat near ½ where the points are. The slope is almost zero, so the arrows are short. G
#    only drifts, and slowly the ring gets worse.
# 3. Here it was gone within 20 turns. Later a part of it came back, because D still learns.
# 4. Here k = 1 found about half of the modes, with few points near one. k = 5 found all modes, with
#    a quarter of the points near one, and took about three times as long.
# 5. JSD clearly tells a collapse from a good game. It doesn't say whether points are missing in one
#    place or spread too wide in another. For that you must look.
#
# </details>
#
# ## Collapse
#
# D's answer to a crowded place is what drives G's points apart. So we let D answer slowly. Until
# now D's learning rate was 2e-3, and G's was 1e-3. Now D gets 3e-4, and G gets 3e-3. So now G's
# learning rate is ten times D's; before, it was half of D's.
#
# **Before you run it.** What will the green points do if the colours come too late?

# %%
game = Experiment(DATA["ring"], seed=0, learning_rate=3e-4, generator_learning_rate=3e-3)
film(game, f"{folder}/collapse.gif", frames=sized(20, 2), turns=sized(50, 2))
Image(f"{folder}/collapse.gif")

# %% [markdown]
# All points move to one place that D still believes in. When D has learned that this place is fake,
# they move to the next. The grid is crumpled into a thread or a knot. This is **mode collapse**:
# every noise gives nearly the same sample. Nothing in G's loss asks for variety; only D's next step
# does. The counts are:

# %%
print("modes found, frame by frame:", *[seen["modes"] for seen in game.modes])

# %% [markdown]
# Which learning rates keep a game stable?
#
# **Before you run it.** Guess the count and the share in each line.

# %%
for rate_of_d, rate_of_g in ((2e-3, 1e-3), (1e-3, 1e-3), (3e-4, 3e-3), (1e-4, 1e-3), (1e-4, 1e-4)):
    trial = Experiment(DATA["ring"], seed=0, learning_rate=rate_of_d,
                       generator_learning_rate=rate_of_g)
    trial.play(sized(1200, 3))
    print(f"rate of D {rate_of_d:.0e}, of G {rate_of_g:.0e}: {trial}")

# %% [markdown]
# If D's rate is at least G's, the game is stable. A slow D against a fast G collapses. If both are
# slow, nothing collapses, but everything takes longer.
#
# ### Exercise 3: save the game
# D's learning rate is fixed at 1e-4, and the game collapses, as you saw. You can change two things:
# k, the steps of D for each step of G, and the learning rate of G. Choose them so that after 1,000
# turns all eight modes are found, with more than half of the points near one. (A turn takes k steps
# of D. One try takes about 5 to 20 seconds.)

# %% tags=["exercise"]
k = ...                                    # a whole number from 1 to 10
rate_of_g = ...                            # between 1e-5 and 1e-2

with exercise("3"):
    trial = Experiment(DATA["ring"], seed=0, learning_rate=1e-4, k=k,
                       generator_learning_rate=rate_of_g)
    assert k <= 10, "that takes too long: choose a k of at most 10"
    trial.play(1000)
    assert trial.modes[-1]["modes"] == 8, (
        f"only {trial}. D is too slow for this G: which knob lets it answer sooner?")
    assert trial.modes[-1]["high_quality"] > 0.5, (
        f"{trial}: the modes are found, but G hasn't arrived at them. Is it too slow now?")

# %% [markdown]
# <details><summary>Solution</summary>
#
# Let D take more steps before each step of G. Then it answers in time although it learns slowly:
#
# ```python
# k = 5
# rate_of_g = 3e-4
# ```
#
# `k = 10` with a rate of 1e-3 works too, and takes twice as long. With k = 1, a G that is slow
# enough doesn't collapse either, but it doesn't arrive in 1,000 turns.
#
# </details>

# %% [markdown]
# ## The saturating loss
#
# The loss of the theory, log(1 − D(G(z))), has almost no gradient where D is sure. We play two
# games. In each, D first takes 200 steps alone. Then we compare the arrows, and play 200 turns.
#
# **Before you run it.** How much shorter are the arrows of the saturating loss? And how much slower
# will its G be?

# %%
for loss in ("non_saturating", "saturating"):
    game = Experiment(DATA["ring"], seed=0, generator_loss=loss)
    game.step_discriminator(sized(200, 2))
    arrows = np.linalg.norm(game.gan.pull(game.gan.generate(300, seed=1)), axis=1)     # (300,)
    game.play(sized(200, 2))
    print(f"{loss:15s} mean length of the arrows {arrows.mean():.3f}; after the turns {game}")

# %% [markdown]
# The arrows are more than a hundred times shorter, but this G is far from a hundred times slower.
# Two things help it. One is Adam: it divides a gradient by the usual size of recent gradients, so
# it takes large steps for small gradients too. The other is that D and G now learn in turn, and D
# doesn't stay sure for long. With plain gradient descent, as in [notebook
# 1](01_the_game_in_one_dimension.ipynb), short arrows are short steps. A rule about a loss is a
# rule about a loss *and* its optimizer.
#
# ## Your own data
#
# A `PlaneGAN` takes any array of points (N, 2). Here is a drawing instead, with a mode for each #.
# Change it.
#
# **Before you run it.** Which part of the letter is hardest for a G that can't tear the plane?

# %%
letter = drawn("""
.###.
#....
#..##
#...#
.###.
""")
game = Experiment(letter, seed=0)
for _ in range(20):
    game.play(sized(100, 1))
Image(png_of(draw(game)))

# %% [markdown]
# G makes one long loop of the letter: it even closes the gap, with a bridge that has few points on
# it. The free ends are hardest: G reaches them by bridges. In the Lab, use `Lab(letter)`, or
# `Lab(array)` with your own points.
#
# ## What to take away
#
# - D colours the plane, and G follows the slope of the colours. G knows nothing except that slope.
# - G goes wherever D says *real*, true or not. Only a D that answers quickly keeps it on the data
#   and keeps its points apart.
# - You see a collapse in the picture, in the count of modes and in a divergence. You don't see it
#   in a loss.
# - k and the two learning rates decide who answers in time.
#
# **Further reading.** Kahng et al. 2018, *GAN Lab*, [1809.01587](https://arxiv.org/abs/1809.01587)
# · Metz et al. 2016, [1611.02163](https://arxiv.org/abs/1611.02163) (the ring, and a G that looks
# ahead to D's answer) · Lin et al. 2017, *PacGAN*, [1712.04086](https://arxiv.org/abs/1712.04086)
# (ring and grid as benchmarks; a D that sees several samples at once) · Srivastava et al. 2017,
# *VEEGAN*, [1705.07761](https://arxiv.org/abs/1705.07761) (how modes are counted).
#
# Before: [5. Break it](05_break_it.ipynb). Next: [7. Is it any good?](07_is_it_any_good.ipynb)
