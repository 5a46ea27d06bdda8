# %% [markdown]
# # 3. Colour pictures: DCGAN at 128×160
#
# Fully connected networks are enough for digits. A colour picture of 128×160 is 61,440 numbers.
# What matters in it are edges, areas and things, wherever they are. So both players become
# *convolutional*: this is the DCGAN (Radford, Metz, Chintala 2015,
# [1511.06434](https://arxiv.org/abs/1511.06434)).
#
# **You will learn**
#
# - how a folder of pictures becomes an array, and how colours get lost on the way (BGR, RGB, and a
#   famous wrong line);
# - the rules of the DCGAN, one by one, and which of them are still used today;
# - how to train one until you can recognise landscapes, how to stop a run, and how to continue it;
# - how to walk from one picture to another, why not on a straight line, and what "desert − day +
#   night" is;
# - how to do all that with your own photos.
#
# **You need** notebook [2](02_a_gan_by_hand.ipynb), or to know what `combined` is for. **Time**:
# the cells run in about three minutes on two cores, and most of that is one training; reading and
# exercises take about an hour.

# %%
import os
import tempfile
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image

from course import exercise, sized
from data_loaders import load_data, read_image
from keras_gan import DCGAN
from keras_gan.samples.drawing import grid, write_film


def show(pictures, columns=8, width=1000):
    """Pictures (n, H, W, 3), RGB, side by side as one JPEG, at most `width` pixels wide.

    JPEG, because notebooks with many PNGs become large.
    """
    sheet = grid(pictures, columns)
    if sheet.shape[1] > width:
        sheet = cv2.resize(sheet, (width, round(sheet.shape[0] * width / sheet.shape[1])),
                           interpolation=cv2.INTER_AREA)
    return Image(data=cv2.imencode(".jpg", sheet[..., ::-1],
                                   [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes())

# %% [markdown]
# ## A folder of pictures
#
# You have photos, but this notebook has to bring its own. So we write drawn landscapes as JPEG
# files into a temporary folder, with one sub-folder for each class. A camera or a download would
# leave such a folder. Afterwards we forget where the files came from.

# %%
# deleted when the notebook is closed
workshop = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
photos = Path(workshop.name, "photos")

# 2,000 drawn landscapes, uint8 (2000, 128, 160, 3); drawn at the first call
scenes = load_data("scenes")
for i in range(sized(2000, 80)):
    i = i * (2000 // sized(2000, 80))
    name = photos / scenes.class_names[scenes.labels[i]] / f"IMG_{i:04d}.jpg"
    name.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(name), cv2.cvtColor(scenes.images[i], cv2.COLOR_RGB2BGR),
                [cv2.IMWRITE_JPEG_QUALITY, 95])
print(*sorted(str(path.relative_to(photos)) for path in photos.glob("*/*"))[:3], "...", sep="\n")

# %% [markdown]
# `load_data` makes one array from a folder. It cuts pictures of all sizes and kinds to one shape.
# It names broken files and leaves them out. It keeps the decoded pictures in a cache folder, never
# beside the photos (here that is a temporary folder too).

# %%
os.environ["KERAS_GAN_CACHE"] = f"{workshop.name}/cache"

data = load_data(photos, img_shape=(128, 160, 3))
print(data)
print("images", data.images.shape, data.images.dtype, " labels", data.labels.shape)
show(data.images[::len(data) // 16][:16])

# %% [markdown]
# ## BGR and RGB
#
# The third axis of a picture is colour: `picture[y, x]` is three numbers. Almost everybody uses the
# order red, green, blue. OpenCV uses blue, green, red; this was common when OpenCV was young.
#
# **Before you run it.** `cv2.imread` reads a desert, and we show the result as if red came first.
# What colours will the sky and the sand have?

# %%
file = sorted(photos.glob("desert/*.jpg"))[sized(3, 0)]
bgr = cv2.imread(str(file))                              # (128, 160, 3), blue first
# (128, 160, 3), red first: the loaders reverse it, once, for the whole project
rgb = read_image(file)
print("the pixel in the corner:", bgr[0, 0], "as OpenCV reads it,", rgb[0, 0], "as RGB")
show([bgr, rgb], columns=2)

# %% [markdown]
# Left: BGR shown as RGB. Blue and red have changed places, and green has stayed. So sand becomes
# blue, and a blue sky gets the colour of sand. No program complains.
#
# A GAN doesn't complain either. It learns and makes pictures with red and blue exchanged just as
# well, and its losses look no different. **No number tells you; only your eyes do.** So look at
# what goes *in* before you train.
#
# ## The famous wrong line
#
# On *one* picture, (H, W, C), the line `picture[:, :, ::-1]` reverses the third axis, and that is
# right. Many scripts do the same to a *batch*, (N, H, W, C).
#
# **Before you run it.** Which axis of a batch is the third one? What will the row of
# `batch[:, :, ::-1]` look like?

# %%
files = sorted(photos.glob("*/*.jpg"))[::len(list(photos.glob("*/*.jpg"))) // 8][:8]
bgr_batch = np.stack([cv2.imread(str(file)) for file in files])  # (8, 128, 160, 3), blue first
print("batch            ", bgr_batch.shape)
print("batch[0, 0, :2]  ", bgr_batch[0, 0, :2].tolist(), "  the first two pixels of the first row")
print("batch[:, :, ::-1]", bgr_batch[:, :, ::-1][0, 0, :2].tolist(),
      "  the *last* two pixels: width is turned round")
print("batch[..., ::-1] ", bgr_batch[..., ::-1][0, 0, :2].tolist(), "  the same pixels, red first")
show(np.concatenate([bgr_batch, bgr_batch[:, :, ::-1], bgr_batch[..., ::-1]]))

# %% [markdown]
# First row: as it was read. Second row: `[:, :, ::-1]`, mirrored, and still in the wrong colours.
# Third row: `[..., ::-1]` is right. It means "the last axis, however many axes there are before
# it".
#
# In landscapes nobody notices the mirror: a mirrored landscape is a landscape too. In letters or
# clocks you would notice it.
#
# ### Exercise 1: repair a batch
# Somebody loaded this batch with `cv2.imread`, and then "repaired" it with the famous wrong line.
# Make correct RGB pictures from it, not mirrored.

# %% tags=["exercise"]
mended = bgr_batch[:, :, ::-1]             # what you are given: (8, 128, 160, 3)
repaired = ...                             # your turn

with exercise("1"):
    right = np.stack([read_image(file) for file in files])
    assert np.shape(repaired) == right.shape, (
        f"a batch of the same shape, {right.shape}, is wanted; this has {np.shape(repaired)}")
    assert not np.array_equal(repaired, mended), "nothing has changed yet"
    assert not np.array_equal(repaired, bgr_batch), "not mirrored, but blue is still first"
    assert not np.array_equal(repaired, right[:, :, ::-1]), (
        "the colours are right, but left and right are still exchanged")
    assert not np.array_equal(repaired[::-1], right), (
        "each picture is right, but they are in the wrong order: the first axis counts pictures")
    assert np.array_equal(repaired, right), (
        "this isn't what read_image reads: try single pixels, repaired[0, 0, 0] and right[0, 0, 0]")

# %% [markdown]
# <details><summary>Solution</summary>
#
# Width is axis 2, colour is axis 3. Both must be reversed:
#
# ```python
# mended = bgr_batch[:, :, ::-1]             # what you are given: (8, 128, 160, 3)
# repaired = mended[:, :, ::-1, ::-1]
# ```
#
# </details>

# %% [markdown]
# ## The networks
#
# `DCGAN()` builds Keras-GAN's networks, for 128×160. Here they are, layer by layer. (An
# `UpSamplingConv2D` is an `UpSampling2D` and a `Conv2D`, computed with a quarter of the
# multiplications.)

# %%
gan = DCGAN(img_shape=(128, 160, 3), seed=0)


def describe(network):
    print(f"{network.name}: {network.count_params():,} parameters")
    for layer in network.layers[-1].layers:
        what = getattr(layer, "activation", None)        # of a Dense or an Activation
        what = (f"{type(layer).__name__} {what.__name__}" if what and what.__name__ != "linear"
                else type(layer).__name__)
        print(f"  {what:22s} {layer.output.shape[1:]!s:16s} {layer.count_params():>9,d}")


describe(gan.generator)

# %%
describe(gan.discriminator)

# %% [markdown]
# The paper says that earlier convolutional GANs had failed. Its authors tried many, and kept five
# rules (section 3). Look for each rule in the two tables.
#
# **1. No pooling: the network learns how to change the size.** D has convolutions of stride 2
# (128×160 → 64×80 → ...). G goes the other way. The paper uses *transposed* convolutions of stride
# 2; Keras-GAN copies each pixel to 2×2 and then convolves. We come back to this difference below.
#
# **2. BatchNormalization in both players.** But not everywhere, says the paper: not at the output
# of G and not at the input of D, because there it made samples oscillate. So the first convolution
# of D has none, and the last convolution of G has none.
#
# **3. No hidden fully connected layers.** One `Dense` in G turns z into 8×10 places with 512
# channels: there the stack of convolutions begins. One `Dense` in D turns the last features into
# the verdict. There is no other one.
#
# **4. G: ReLU everywhere, tanh at the end.** tanh gives [−1, 1], so the real pictures are scaled to
# [−1, 1] too. There is no other preprocessing. (`train` does this with your uint8 pictures.)
#
# **5. D: LeakyReLU everywhere.** With slope 0.2, a unit with a negative value still passes a
# gradient on, down to G. G learns from nothing else.
#
# | | the paper | `DCGAN()`, as Keras-GAN | `DCGAN(recipe="laptop")` |
# |---|---|---|---|
# | picture | 64×64 | 128×160, or what you ask for | the same |
# | G grows by | transposed convolution | upsampling, convolution 3×3 | the same |
# | G's last layer | grows and makes the picture | one more convolution, at full size | grows and makes the picture |
# | norm in D | batch | batch | *spectral* ([1802.05957](https://arxiv.org/abs/1802.05957)) |
# | Dropout in D | none | 0.25 | none |
# | channels, from the picture on | 128, 256, 512, 1024 | 32, 64, 128, 256, 512 | 12, 24, 48, 96, 192 |
# | noise z | 100, uniform in [−1, 1] | 100, normal | 100, normal |
# | first weights | N(0, 0.02²) | Glorot | Glorot |
# | Adam | 2·10⁻⁴, β₁ = ½ | 10⁻⁴, β₁ = ½ | 2·10⁻⁴, β₁ = ½ |
#
# So half of rule 1 is no longer used: upsampling has replaced the transposed convolutions. The
# recipe `laptop` also drops half of rule 2: its D has no BatchNormalization. Rules for GANs are
# what helped somebody once. Measure them on your own data. The recipe changes this:

# %%
DCGAN.recipes["laptop"]

# %% [markdown]
# ## Two ways to grow
#
# **Before you run it.** We double the size of a picture that is 1 everywhere. One way is a
# transposed convolution, the other is upsampling and then a convolution. Both have kernels of ones.
# Will the results be the same everywhere, away from the border?

# %%
from keras.layers import Conv2D, Conv2DTranspose, UpSampling2D

ones = np.ones((1, 4, 4, 1), "float32")
# (1, 8, 8, 1)
transposed = Conv2DTranspose(1, 3, strides=2, padding="same", kernel_initializer="ones",
                             use_bias=False)(ones)
# (1, 8, 8, 1)
upsampled = Conv2D(1, 3, padding="same", kernel_initializer="ones",
                   use_bias=False)(UpSampling2D(2)(ones))
print("transposed convolution, 3×3, stride 2:", np.array(transposed)[0, ..., 0].astype(int),
      sep="\n")
print("upsampling, convolution 3×3:", np.array(upsampled)[0, ..., 0].astype(int), sep="\n")

# %% [markdown]
# A kernel of 3, placed at every second pixel, overlaps itself in some places and not in others.
# This gives a *checkerboard*, which the network has to unlearn. Upsampling treats all pixels alike
# (Odena, Dumoulin, Olah 2016, [distill.pub](https://distill.pub/2016/deconv-checkerboard/)).
# Keras-GAN grows pictures this way, and so does much of today's code.
#
# ### Exercise 2: a chain of shapes
# In D, a convolution of stride 2 with `padding="same"` turns n pixels into n/2, **rounded up**.
# After the second of the five convolutions there is a `ZeroPadding2D(((0, 1), (0, 1)))`, which adds
# one row at the bottom and one column at the right. How high (or wide) is the picture after each of
# the five stages (padding included)?

# %% tags=["exercise"]
def sides(side):
    """Height (or width) after each of the five stages: a list of five ints."""
    return ...                             # your turn


with exercise("2"):
    assert isinstance(sides(128), list) and len(sides(128)) == 5, (
        f"a list of five numbers is wanted; this is {sides(128)}")
    assert sides(128)[0] == 64, f"a stride of 2 halves 128; your first stage gives {sides(128)[0]}"
    assert sides(128)[1] == 33, (
        f"the second stage halves 64 and then gets one row more; yours gives {sides(128)[1]}")
    assert sides(128)[2] == 17, (
        f"33 rows with stride 2 are 17, as halves are rounded up; yours gives {sides(128)[2]}")
    assert sides(128) == [64, 33, 17, 9, 5], (
        f"128 rows give {sides(128)}: compare with the table of D above")
    assert sides(160) == [80, 41, 21, 11, 6], (
        f"160 columns give {sides(160)}: compare with the table of D above")
    for side in (8, 28, 100, 257):
        shape = DCGAN(img_shape=(side, side, 1),
                      base_channels=1).discriminator.layers[-1].layers[-3].output.shape
        assert sides(side)[-1] == shape[1], (
            f"for {side} rows the network ends with {shape[1]}, and your chain with {sides(side)}")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def sides(side):
#     result = []
#     for stage in range(5):
#         side = -(-side // 2)               # rounded up
#         if stage == 1:
#             side += 1
#         result.append(side)
#     return result
# ```
#
# So from a picture of 128×160, D flattens 5 · 6 · 512 = 15,360 numbers.
#
# </details>

# %% [markdown]
# ## Train
#
# The classic networks need hours on a laptop. The recipe `laptop` has a third of the channels, and
# a turn takes about a sixth of the time. A run directory keeps everything: pictures, losses,
# checkpoints.
#
# **Before you run it.** What will G learn first: where the horizon is, what colour a sky has, or
# what a house looks like? Every 100 turns a sheet of samples is written, always from the same
# noise.

# %%
run_dir = f"{workshop.name}/runs/landscapes"

gan = DCGAN(img_shape=(128, 160, 3), recipe="laptop", seed=0)
history = gan.train(data, steps=sized(500, 4), batch_size=16, run_dir=run_dir,
                    sample_interval=sized(100, 2), checkpoint_interval=sized(250, 2))

# %%
def first_row(sheet, n=5):
    """The first n pictures of a sheet of samples, (n, 128, 160, 3)."""
    sheet = cv2.imread(str(sheet))[..., ::-1]  # one picture, (H, W, C): its last axis is colour
    return np.stack([sheet[:128, 162 * i:162 * i + 160] for i in range(n)])


sheets = sorted(Path(run_dir, "samples").glob("step_*.png"))
print("from top to bottom:", *[sheet.stem for sheet in sheets])
show(np.concatenate([first_row(sheet) for sheet in sheets]), columns=5, width=600)

# %% [markdown]
# From top to bottom: first patches of colour; then a light half above a darker half; then, in the
# last rows, a horizon between the two. G first learns what is large and common to all pictures.
#
# ## Stop and continue
#
# This run has ended, but you can continue it: its directory has a *checkpoint*. You can make a
# checkpoint at any moment: press ■ (interrupt) while a training cell runs. The turn is finished,
# everything is written, and the cell ends.

# %%
for path in sorted(Path(run_dir).glob("[!.]*")) + sorted(Path(run_dir, "checkpoints").glob("*/*")):
    print(path.relative_to(run_dir), f"{path.stat().st_size:,d} bytes" if path.is_file() else "")

# %% [markdown]
# A checkpoint has the weights of both players. It also has what people often forget: the state of
# both Adam optimizers (their moving averages of the gradients), the history, and the position of
# the random numbers. Without Adam's state, each restart disturbs the training. (That is why the
# files are so large. They hold three numbers for every weight: the weight itself and Adam's two
# averages.)
#
# **Before you run it.** We play a small run of 12 turns. A second run stops after 6 turns and is
# thrown away; a *new* object resumes it from its checkpoint. How far apart will the weights of the
# two runs be?

# %%
def small_gan():
    return DCGAN(img_shape=(32, 40, 3), recipe="laptop", base_channels=4, seed=1)


# (64, 32, 40, 3)
small = np.stack([cv2.resize(picture, (40, 32), interpolation=cv2.INTER_AREA)
                  for picture in data.images[:64]])

whole = small_gan()
whole.train(small, steps=12, batch_size=8)

stopped = small_gan()
stopped.train(small, steps=6, batch_size=8, run_dir=f"{workshop.name}/runs/stopped")
del stopped                                              # the power is off

resumed = small_gan()                                    # the morning after
resumed.train(small, steps=12, batch_size=8, run_dir=f"{workshop.name}/runs/stopped", resume=True)
for name in ("generator", "discriminator"):
    pairs = list(zip(getattr(whole, name).get_weights(), getattr(resumed, name).get_weights()))
    print(f"{name}: largest difference of {len(pairs)} weights: "
          f"{max(np.abs(a - b).max() for a, b in pairs)}")

# %% [markdown]
# The difference is zero. It is not "about the same": a resumed run ends in exactly the same
# numbers, bit for bit. (Noise and batches are functions of the seed and of the number of the turn.
# That makes it possible.)
#
# Now we continue the landscapes with a new object, to twice as many turns. With `resume=True`,
# `steps` counts the whole run.

# %%
gan = DCGAN(img_shape=(128, 160, 3), recipe="laptop", seed=0)
history = gan.train(data, steps=sized(1000, 8), batch_size=16, run_dir=run_dir,
                    sample_interval=sized(100, 2), checkpoint_interval=sized(250, 2), resume=True)

# %% [markdown]
# ## The pictures of the run
#
# The run directory has a `film.gif` of all sheets, with 25 pictures each. That film has several
# megabytes. Here is a smaller one, with ten pictures.

# %%
frames = []
for sheet in sorted(Path(run_dir, "samples").glob("step_*.png")):
    picture = cv2.imread(str(sheet))[:258]               # two rows of five
    frames.append(f"{workshop.name}/{sheet.name}")
    cv2.imwrite(frames[-1],
                cv2.resize(picture, None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA))
write_film(f"{workshop.name}/small_film.gif", frames)
Image(f"{workshop.name}/small_film.gif")

# %%
print("real (left), generated (right)")
show(cv2.imread(f"{run_dir}/samples/real_vs_generated.png")[None, ..., ::-1], columns=1, width=1000)

# %% [markdown]
# Compare the two halves honestly. Anybody sees landscapes: skies with clouds; water, sand and grass
# below; night and dusk. But edges are soft, and there is a texture that no landscape has. What is
# small and exact is missing: houses, palms, boats. 1,000 turns are few. The command
# `python -m keras_gan.dcgan` takes other networks, which begin with small pictures and grow, and a few
# minutes; [the benchmarks](../benchmarks/README.md#scenes) show the result.

# %%
figure, axes = plt.subplots(figsize=(7, 2.6))
for name in ("d_loss", "g_loss"):
    axes.plot(history["step"], history[name], linewidth=0.6, label=name)
axes.axhline(np.log(2), color="grey", linestyle=":", label="log 2")
axes.set(xlabel="turn", ylabel="loss (nats)", ylim=(0, 1.5))
axes.legend();

# %% [markdown]
# As always, the losses say little about the pictures: they hardly moved while noise became
# landscapes.
#
# ## Where z lives
#
# A picture belongs to a point z in 100 dimensions, each N(0, 1). Walks between such points show
# whether G has learned landscapes or a list of pictures.
#
# **Before you run it.** The density of N(0, I) is highest at z = 0. How far from 0 are its samples,
# in 100 dimensions?

# %%
rng = np.random.default_rng(0)
z = gan.draw_noise(10_000, rng)                          # (10000, 100)
lengths = np.linalg.norm(z, axis=1)                      # (10000,)
print(f"shortest {lengths.min():.1f}, mean {lengths.mean():.2f}, longest {lengths.max():.1f}; the "
      "square root of 100 is 10")

middles = (z[:5000] + z[5000:]) / 2  # half way between two samples, in a straight line
figure, axes = plt.subplots(figsize=(7, 2.6))
axes.hist(lengths, 60, density=True, alpha=0.6, label="|z|")
axes.hist(np.linalg.norm(middles, axis=1), 60, density=True, alpha=0.6, label="|(z₁ + z₂) / 2|")
axes.set(xlabel="length", xlim=(0, 14))
axes.legend();

# %% [markdown]
# All samples lie in a thin shell of radius √100 = 10: |z|² is a sum of 100 independent numbers with
# mean 1, and such a sum hardly varies. (Near 0 the density is highest, but there is almost no
# *room* there.)
#
# The middle of a straight line between two samples has length 10/√2 ≈ 7.07: the variance of (z₁ +
# z₂)/2 is ½ in each dimension. G was never trained there. What does G make from a z that is too
# short or too long?

# %%
z = gan.draw_noise(4, np.random.default_rng(3))
scales = (0, 0.35, 0.707, 1, 1.41, 2, 3)
print("length of z, as a multiple of what is usual:", *scales)
show(np.concatenate([gan.generate_from(z[[i]] * np.array(scales, "float32")[:, None])
                     for i in range(4)]), columns=len(scales))

# %% [markdown]
# z = 0 gives one flat picture, with nothing in it. From there on, length is mostly *contrast*: a
# short z makes a pale picture, and a long z makes a glaring one. So on a straight walk the pictures
# fade until the middle, and then come back.
#
# ## A walk on the sphere
#
# Let z₁ and z₂ be samples, and t go from 0 to π/2:
#
# $$z(t) = \cos(t)\, z_1 + \sin(t)\, z_2$$
#
# Because cos² + sin² = 1, each z(t) is itself a sample of N(0, I). So every step of the walk is a
# place that G knows. (The walk is almost a part of a circle, because two independent vectors in 100
# dimensions are nearly at right angles.)

# %%
ends = gan.draw_noise(6, np.random.default_rng(sized(5, 0)))             # three pairs
t = np.linspace(0, 1, 8)[:, None].astype("float32")                      # (8, 1)
straight = [(1 - t) * a + t * b for a, b in zip(ends[::2], ends[1::2])]  # 3 of (8, 100)
round_walk = [np.cos(t * np.pi / 2) * a + np.sin(t * np.pi / 2) * b
              for a, b in zip(ends[::2], ends[1::2])]
print("length of z, straight:", np.linalg.norm(straight[0], axis=1).round(1), " on the sphere:",
      np.linalg.norm(round_walk[0], axis=1).round(1))
show(gan.generate_from(
    np.concatenate([walk for pair in zip(straight, round_walk) for walk in pair])))

# %% [markdown]
# Rows 1, 3 and 5 are straight walks. Rows 2, 4 and 6 go over the sphere, from the same beginning to
# the same end. Look closely at the middle columns: the straight walk is a little paler there, and
# that is all you can see. Numbers over many pairs show it more clearly:

# %%
a, b = (gan.draw_noise(sized(200, 8), np.random.default_rng(7)),
        gan.draw_noise(sized(200, 8), np.random.default_rng(8)))


def spread(pictures):
    """How different pictures are: root mean square distance of a pixel from its mean."""
    return np.sqrt(pictures.var(axis=0).mean())


for name, noise in (("the ends", a), ("middles of straight lines", (a + b) / 2),
                    ("middles on the sphere", (a + b) / np.sqrt(2))):
    print(f"{name:26s} spread {spread(gan.generate_from(noise)):.3f}")

# %% [markdown]
# The middles of straight lines differ less from one another than samples do. The middles on the
# sphere differ as much as samples.
#
# You can see a second thing: *along* a walk everything changes smoothly. A cloud fades and a hill
# grows. A G that had learned single pictures by heart would jump from one to the next.
#
# ### Exercise 3: slerp
# For vectors that aren't at right angles there is *spherical linear interpolation* (White 2016,
# [1609.04468](https://arxiv.org/abs/1609.04468)). With θ as the angle between a and b:
#
# $$\mathrm{slerp}(a, b, t) = \frac{\sin((1 - t)\,\theta)}{\sin\theta}\, a + \frac{\sin(t\,\theta)}{\sin\theta}\, b$$

# %% tags=["exercise"]
def slerp(a, b, t):
    """From vector a (t = 0) to vector b (t = 1), both (n,), at an even angular speed."""
    return ...                             # your turn


with exercise("3"):
    x, y = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    sixty = np.array([0.5, np.sqrt(3) / 2])
    half = slerp(x, y, 0.5)
    assert np.shape(half) == (2,), (
        f"a vector as long as a and b is wanted; this has shape {np.shape(half)}")
    assert np.allclose(slerp(x, y, 0), x) and np.allclose(slerp(x, y, 1), y), (
        "t = 0 must give a, and t = 1 must give b")
    assert np.allclose(half, np.sqrt([0.5, 0.5])), (
        f"half way from (1, 0) to (0, 1) on the circle is (.707, .707), not {half.round(3)}")
    half = slerp(x, sixty, 0.5)
    assert np.allclose(half, [np.sqrt(3) / 2, 0.5]), (
        f"half way to 60° is 30°, (.866, .5), not {half.round(3)}: is θ the angle between a and b?")
    half = slerp(10 * x, 10 * sixty, 0.5)
    assert np.allclose(half, [5 * np.sqrt(3), 5]), (
        "vectors of length 10 have angles too: divide their product by both lengths")
    assert abs(np.linalg.norm(slerp(ends[0], ends[1], 0.5)) - 10) < 2, (
        "the middle of two samples should be about 10 long")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def slerp(a, b, t):
#     angle = np.arccos(np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b)))
#     return np.sin((1 - t) * angle) / np.sin(angle) * a + np.sin(t * angle) / np.sin(angle) * b
# ```
#
# (It divides by zero if the two vectors point in the same direction. Then use a straight line.)
#
# </details>

# %% [markdown]
# ## Arithmetic with pictures
#
# This is the paper's most famous figure: (the mean z of men with glasses) − (of men) + (of women)
# gives women with glasses. Let us try it with landscapes: **sand by day − sea by day + sea by
# night**.
#
# The paper's authors chose their pictures by eye. We let two numbers choose: how light the upper
# rows are, and how much redder than blue the lower rows are.
#
# **Before you run it.** What do you expect? Can the result be something that is rare in the data?

# %%
from scipy.stats import rankdata

noise = gan.draw_noise(sized(600, 60), np.random.default_rng(11))        # (600, 100)
made = gan.generate_from(noise)                                          # (600, 128, 160, 3)


def light_and_sand(pictures):
    """How light the sky is, and how much redder than blue the ground is: (n,) and (n,)."""
    return (pictures[:, :40].mean(axis=(1, 2, 3)),
            (pictures[:, 90:, :, 0] - pictures[:, 90:, :, 2]).mean(axis=(1, 2)))


def usual_length(z):
    return z * np.float32(10 / np.linalg.norm(z, axis=-1, keepdims=True))


light, sand = (rankdata(values) / len(noise) for values in light_and_sand(made))  # ranks, in (0, 1]
chosen = {"sand by day": np.argsort(np.minimum(sand, light))[-20:],      # both ranks high
          "sea by day": np.argsort(np.minimum(1 - sand, light))[-20:],
          "sea by night": np.argsort(np.minimum(1 - sand, 1 - light))[-20:]}
mean_z = {name: noise[which].mean(axis=0) for name, which in chosen.items()}  # (100,) each

result = usual_length(mean_z["sand by day"] - mean_z["sea by day"] + mean_z["sea by night"])
# (6, 100), with other noise mixed in
near_it = usual_length(result + 0.5 * gan.draw_noise(6, np.random.default_rng(0)))
rows = [np.concatenate([gan.generate_from(usual_length(mean_z[name][None])), made[which[-6:]]])
        for name, which in chosen.items()]
rows.append(gan.generate_from(np.concatenate([result[None], near_it])))
for name, row in zip([*chosen, "result"], rows):
    print(f"{name:13s} light {light_and_sand(row)[0].mean():.2f}, sand "
          f"{light_and_sand(row)[1].mean():+.2f}")
show(np.concatenate(rows), columns=7)

# %% [markdown]
# Rows: sand by day, sea by day, sea by night. The first picture of each row comes from the mean z.
# The others are six of the pictures that went into this mean. The last row is the result: first
# alone, then six times with other noise mixed in. Here it has the ground of the first row and a
# much darker sky: this is sand at dusk rather than at night. No such picture went into the three
# means.
#
# A *direction* is a difference of two means, too. We take the 100 lightest samples and the 100
# darkest, and walk along the difference, starting from other samples:

# %%
order = np.argsort(light)
# (100,)
towards_day = usual_length(noise[order[-len(noise) // 6:]].mean(axis=0)
                           - noise[order[:len(noise) // 6]].mean(axis=0))
start = gan.draw_noise(3, np.random.default_rng(5))
steps = np.linspace(-0.45, 0.45, 7, dtype="float32")[:, None]
show(np.concatenate([gan.generate_from(usual_length(z + steps * towards_day)) for z in start]),
     columns=7)

# %% [markdown]
# The middle column is where we started. To the left it becomes night, to the right day. Nobody told
# G about the time of day. G found that this is what differs most, and it keeps it in z. But the
# direction isn't pure: more than the light changes along it.
#
# ## Your own folder
#
# In a shell, with any folder of pictures (sub-folders are fine):
#
# ```bash
# python -m keras_gan.dcgan --data photos/ --steps 5000 --run-dir runs/photos --flip
# keras-gan resume runs/photos --steps 10000              # more turns, whenever you like
# keras-gan sample runs/photos --n 64 --seed 1 --out grid.png
# python -m keras_gan.dcgan --help                        # everything else
# ```
#
# In a notebook:
#
# ```python
# data = load_data("photos/", img_shape=(128, 160, 3))    # fit="crop" cuts, "pad" adds a border, "stretch" distorts
# print(data)                                             # how many, which sizes, what was skipped and why
# show(data.images[:16])                                  # with your own eyes
# gan = DCGAN(img_shape=(128, 160, 3), recipe="laptop")
# gan.train(data, steps=5000, batch_size=16, run_dir="runs/photos", flip=True)
# ```
#
# - **How many?** You need at least a few hundred; thousands are better. If there are few, D knows
#   each of them by heart, and G copies or collapses.
# - **How alike?** The more alike they are, the sooner you will see something. One kind of thing,
#   from one side, is far easier than "all my photos".
# - **`flip`** mirrors each picture half of the time. Don't use it for letters, or for anything that
#   has a left and a right.
# - **Smaller is faster.** Start with `img_shape=(64, 80, 3)`: a turn takes about a third of the
#   time. When it works, make it larger.
#
# ## What to take away
#
# - OpenCV reads BGR. The last axis is colour, so write `[..., ::-1]`; `[:, :, ::-1]` mirrors a
#   batch. No loss tells you: look at what goes in.
# - The rules of the DCGAN: strides instead of pooling; BatchNormalization, but not at the ends;
#   nothing fully connected in the middle; ReLU and tanh in G; LeakyReLU in D. Some of these rules
#   have been replaced since, by what was measured to be better.
# - A checkpoint without the optimizers is half a checkpoint. A run directory has everything, and a
#   run continues bit for bit.
# - N(0, I) in 100 dimensions is a shell. Walk on it, not through it.
#
# **Further reading.** Radford et al. 2015, [1511.06434](https://arxiv.org/abs/1511.06434), sections
# 3 and 6 · Miyato et al. 2018, spectral normalization,
# [1802.05957](https://arxiv.org/abs/1802.05957) · White 2016,
# [1609.04468](https://arxiv.org/abs/1609.04468) (slerp) · Lučić et al. 2018,
# [1711.10337](https://arxiv.org/abs/1711.10337) (how little clever losses gain when all of them get
# the same care).
#
# Previous: [2. A GAN by hand](02_a_gan_by_hand.ipynb). Next: [4. Ask for what you
# want](04_ask_for_what_you_want.ipynb), where you say which landscape, or which digit.
