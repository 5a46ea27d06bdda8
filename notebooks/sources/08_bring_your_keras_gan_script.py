# %% [markdown]
# # 8. Bring your Keras-GAN script to Keras 3
#
# Many people have a script in the style of
# [Keras-GAN](https://github.com/eriklindernoren/Keras-GAN): one class, `build_generator`,
# `build_discriminator`, a `combined` model, `train_on_batch`. It was written for Keras 2. On Keras
# 3 it stops with an error. You repair the error, then the next one. At last it runs, prints losses,
# and learns nothing. The errors are the harmless part. This notebook has both: a table of the new
# names, and the traps that say nothing.
#
# **You will learn**
#
# - which names have changed, and what today's Keras says about the old ones;
# - eleven traps in such a script, each shown by a measurement, before and after;
# - what `keras_gan.audit` finds in *your* three models, and how to read its report;
# - what the whole script looks like after the repair, and what is left of it with
#   `from keras_gan import GAN`.
#
# **You need** [notebook 2](02_a_gan_by_hand.ipynb), and enough Keras to have such a script.
# **Time**: the cells run in about three minutes on two cores; reading and exercises take about an
# hour.

# %%
import logging
import re
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

# before keras, so that TensorFlow starts without its chatter
from keras_gan import GAN, Frozen, as_player, audit
import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown
from keras import Input, Model, Sequential
from keras.layers import (BatchNormalization, Conv2D, Dense, Dropout, Flatten, LeakyReLU,
                          Reshape)
from keras.optimizers import Adam
from sklearn.datasets import load_sample_image

from course import exercise, sized
from data_loaders import load_data
from keras_gan.samples.drawing import grid

plt.rcParams["figure.dpi"] = 80
# it warns about many models in one notebook, but here we want them
logging.getLogger("tensorflow").setLevel(logging.ERROR)
keras.utils.set_random_seed(0)             # initial weights
print("Keras", keras.__version__)

# %% [markdown]
# ## Part one: the names
#
# The cell below runs old lines and new lines, and makes the table from what happens. A new line
# that doesn't run stops the notebook. So the right column is true for the Keras version above.
#
# **Before you run it.** Which of these will still work, with a warning: `Adam(lr=...)`,
# `LeakyReLU(alpha=...)`, `Dense(..., input_dim=...)`, `Adam(..., decay=...)`?

# %%
RENAMES = [                                # (the old line, the new line)
    ("from keras.layers.advanced_activations import LeakyReLU",
     "from keras.layers import LeakyReLU"),
    ("from keras.layers.convolutional import Conv2D, UpSampling2D",
     "from keras.layers import Conv2D, UpSampling2D"),
    ("from keras.layers.normalization import BatchNormalization",
     "from keras.layers import BatchNormalization"),
    ("from keras.layers import merge", "from keras.layers import add, concatenate, multiply"),
    ("from keras.engine.topology import Layer", "from keras.layers import Layer"),
    ("from keras.utils import np_utils", "from keras.utils import to_categorical"),
    ("keras.optimizers.Adam(lr=0.0002)", "keras.optimizers.Adam(learning_rate=0.0002)"),
    ("keras.optimizers.Adam(0.0002, decay=1e-6)",
     "keras.optimizers.Adam(keras.optimizers.schedules.InverseTimeDecay(0.0002, 1, 1e-6))"),
    ("keras.layers.LeakyReLU(alpha=0.2)", "keras.layers.LeakyReLU(negative_slope=0.2)"),
    ("Sequential([Dense(256, input_dim=100)])", "Sequential([Input((100,)), Dense(256)])"),
    ("keras.layers.Conv2D(32, 3, border_mode='same')",
     "keras.layers.Conv2D(32, 3, padding='same')"),
    ("keras.layers.Dense(2, init='normal')",
     "keras.layers.Dense(2, kernel_initializer='random_normal')"),
    ("Model(input=x, output=x)", "Model(inputs=x, outputs=x)"),
    ("model.optimizer.lr", "model.optimizer.learning_rate"),
    ("keras.backend.mean(array)", "keras.ops.mean(array)"),
    ("keras.backend.random_uniform((32, 1))", "keras.random.uniform((32, 1))"),
    ("keras.backend.function([model.input], [model.output])",
     "keras.Model(model.inputs, model.outputs)"),
    ("keras.backend.learning_phase()", "model(array, training=True)"),
    ("keras.backend.gradients", "import tensorflow as tf; tf.GradientTape()"),
    ("model.fit_generator", "model.fit"),
    ("from keras.preprocessing.image import ImageDataGenerator",
     "from keras.layers import RandomFlip, RandomRotation"),
    ("model.save(f'{folder}/model')", "model.save(f'{folder}/model.keras')"),
    ("model.save(f'{folder}/model.h5')", "model.save(f'{folder}/model.keras')"),
    ("model.save_weights(f'{folder}/model.h5')",
     "model.save_weights(f'{folder}/model.weights.h5')"),
    ("from keras_contrib.layers import InstanceNormalization",
     "keras.layers.GroupNormalization(groups=-1)"),
    ("from scipy.misc import imread, imresize", "from data_loaders import load_data, read_image"),
    ("array.astype(np.float)", "array.astype(float)"),
]
folder, x, array = tempfile.mkdtemp(), Input((2,)), np.ones((3, 2), "float32")
model = Sequential([Input((2,)), Dense(1)])
model.compile("adam", "mse")
logging.getLogger("absl").setLevel(logging.ERROR)      # it says that .h5 is a legacy format


def what_happens(line):
    """Run a line. Returns "works", or what Keras says."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            exec(line, dict(globals()))
        except Exception as error:
            return f"**{type(error).__name__}**: {first_words(error)}"
    warned = [str(warning.message) for warning in said if warning.category is UserWarning]
    return f"works, and warns: {first_words(warned[0])}" if warned else "works"


def first_words(message):
    # without the paths of this machine
    words = re.sub(r" \(/.*?\)| Received: .*", "", str(message).splitlines()[0])
    words = words if len(words) < 110 else f"{words[:100]} ..."
    return words.replace("<", "‹").replace("|", "\\|").replace("`", "")


rows = [(old, what_happens(old), new) for old, new in RENAMES]
for _, _, new in rows:
    assert what_happens(new) == "works", f"{new}: {what_happens(new)}"
Markdown("\n".join(["| the old line | what it says today | the new line |", "|---|---|---|",
                    *(f"| `{old}` | {said} | `{new}` |" for old, said, new in rows)]))

# %% [markdown]
# `Adam(lr=...)` is an error. `alpha` and `input_dim` only warn. `decay` is the worst of them: Keras
# warns that it is *ignored*, and your learning rate no longer falls. Read warnings as if they were
# errors.
#
# Saving as `.h5` works. The log then says that the format is a legacy; here we have hidden this
# message.
#
# ### Exercise 1: new names
# Write this model for Keras 3, so that there is no error and no warning:
#
# ```text
# model = Sequential()
# model.add(Dense(64, input_dim=100, init="normal"))
# model.add(LeakyReLU(alpha=0.2))
# model.add(Dense(784, activation="tanh"))
# model.compile(loss="mse", optimizer=Adam(lr=0.0002, beta_1=0.5))
# ```

# %% tags=["exercise"]
def renamed():
    return ...                             # your turn: the compiled model


with exercise("1"):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        answer = renamed()
    assert isinstance(answer, keras.Model), "return the model"
    assert not said, f"it works, and warns: {said[0].message}"
    assert answer.input_shape == (None, 100) and answer.output_shape == (None, 784), (
        f"it takes {answer.input_shape} and makes {answer.output_shape}")
    assert abs(answer.layers[1].negative_slope - 0.2) < 1e-6, "the slope should be .2"
    assert answer.compiled and abs(float(answer.optimizer.learning_rate) - 2e-4) < 1e-9, (
        "the learning rate should be .0002")
    assert "RandomNormal" in type(answer.layers[0].kernel_initializer).__name__, (
        "the first layer had normally distributed weights at the start")

# %% [markdown]
# <details><summary>Solution</summary>
#
# ```python
# def renamed():
#     model = Sequential([
#         Input((100,)),
#         Dense(64, kernel_initializer="random_normal"),
#         LeakyReLU(negative_slope=0.2),
#         Dense(784, activation="tanh"),
#     ])
#     model.compile(loss="mse", optimizer=Adam(learning_rate=0.0002, beta_1=0.5))
#     return model
# ```
#
# </details>

# %% [markdown]
# ## Part two: the script, with new names
#
# Here is a script in the old style, for the digits of [notebook 2](02_a_gan_by_hand.ipynb). Its
# names are those of Keras 3. Each line that will cause trouble has the number of its trap.

# %%
latent_dim, img_shape = 100, (28, 28, 1)


def generator_network(end="tanh"):
    """Noise (batch, 100) -> pictures (batch, 28, 28, 1)."""
    return Sequential([
        Input((latent_dim,)),
        Dense(128), LeakyReLU(negative_slope=0.2), BatchNormalization(momentum=0.8),  # (batch, 128)
        Dense(256), LeakyReLU(negative_slope=0.2), BatchNormalization(momentum=0.8),  # (batch, 256)
        Dense(784, activation=end), Reshape(img_shape),                # (batch, 28, 28, 1)
    ], name="generator")


def discriminator_network(end="sigmoid", normalise=False):
    """Pictures (batch, 28, 28, 1) -> validity (batch, 1)."""
    return Sequential([
        Input(img_shape), Flatten(),                                   # (batch, 784)
        Dense(256), *([BatchNormalization(momentum=0.8)] if normalise else []),
        LeakyReLU(negative_slope=0.2), Dropout(0.3),                   # (batch, 256)
        Dense(128), LeakyReLU(negative_slope=0.2), Dropout(0.3),       # (batch, 128)
        Dense(1, activation=end),                                      # (batch, 1)
    ], name="discriminator")


class OldGAN:
    def __init__(self):
        self.generator, self.discriminator = generator_network(), discriminator_network()
        self.compile_models()

    def compile_models(self):
        optimizer = Adam(0.0002, 0.5)
        self.discriminator.compile(loss="binary_crossentropy", optimizer=optimizer,
                                   metrics=["accuracy"])
        self.discriminator.trainable = False                                               # (1) (3)
        z = Input((latent_dim,))
        self.combined = Model(z, self.discriminator(self.generator(z)))                    # (1) (3)
        self.combined.compile(loss="binary_crossentropy", optimizer=optimizer)             # (2)

    def turn(self, real_imgs):
        """One turn of the game. Returns the logs of D's two steps, and G's loss."""
        n = len(real_imgs)
        valid, fake = np.ones((n, 1)), np.zeros((n, 1))
        noise = np.random.normal(0, 1, (n, latent_dim))
        gen_imgs = self.generator.predict(noise, verbose=0)                                # (4)
        d_loss_real = self.discriminator.train_on_batch(real_imgs, valid)                  # (5)
        d_loss_fake = self.discriminator.train_on_batch(gen_imgs, fake)
        g_loss = self.combined.train_on_batch(noise, valid)
        return d_loss_real, d_loss_fake, g_loss


images = load_data("digits").images.astype("float32") / 127.5 - 1  # (1797, 28, 28, 1) in [-1, 1]
batch = images[:32]
print("real", images.shape, " generated", OldGAN().generator(np.zeros((32, latent_dim))).shape)

# %% [markdown]
# ## Trap 1: the discriminator that is frozen for good
#
# The script runs. In Keras 2 the flag `trainable` counted at the moment of `compile`. D was
# compiled before the flag was set, so it kept learning. `combined` was compiled after it, so it
# didn't train D. Keras 3 reads the flag when `train_on_batch` is *traced*: at its first call, and
# again for each new shape of the batch.
#
# **Before you run it.** A few turns follow. Which of the numbers below will tell you that something
# is wrong?

# %%
def play(gan, turns):
    """Turns of the game. Prints a script's numbers, then how far D's weights have moved."""
    rng = np.random.default_rng(0)
    before = [weight.numpy() for weight in gan.discriminator.weights]
    for turn in range(1, turns + 1):
        real, fake, g_loss = gan.turn(images[rng.integers(len(images), size=32)])
        if turn % (turns // 4) == 0:
            print(f"turn {turn:3d}: D loss {(real[0] + fake[0]) / 2:.3f}, accuracy "
                  f"{(real[1] + fake[1]) / 2:.0%}; G loss {np.ravel(g_loss)[0]:.3f}")
    moved = max(np.abs(after.numpy() - weight).max()
                for after, weight in zip(gan.discriminator.weights, before))
    print(f"the weight of D that moved most has moved by {moved:.4f}")


keras.utils.set_random_seed(0)
old = OldGAN()
with warnings.catch_warnings():
    # Keras says "The model does not have any trainable weights", once, above the first loss
    warnings.simplefilter("ignore")
    play(old, sized(80, 8))

# %% [markdown]
# The losses are printed as always. They even change, because G moves. Only the last line shows it:
# D has not moved at all. G has learned to please a judge that knows nothing.
#
# Nobody measures that in a script, so there is a function that does. It takes your three models,
# plays them on random numbers, restores everything, and says what to change:

# %%
def audit_of(gan):
    return audit(gan.generator, gan.discriminator, gan.combined)


print(audit_of(old))

# %% [markdown]
# Read the report in this order: first the shapes, then what each call moved, then a line with an
# exclamation mark for each finding. There are two findings. The second is what we have just
# measured. (The first will become visible soon.)
#
# The repair is to leave the flag alone. [`Frozen`](../keras_gan/layers) is a layer that calls D and
# lets nothing change it. `as_player` makes `combined` count D's weights as non-trainable. (It works
# without `as_player` too, but then Keras warns that these weights got no gradients.)
#
# ```diff
# - self.discriminator.trainable = False
# - self.combined = Model(z, self.discriminator(self.generator(z)))
# + self.combined = as_player(Model(z, Frozen(self.discriminator)(self.generator(z))))
# ```
#
# ## Trap 2: one optimizer for two models
#
# **Before you run it.** Now both players learn, with one optimizer, as before. What will happen in
# the first turn?

# %%
class HalfMended(OldGAN):
    def compile_models(self):
        optimizer = Adam(0.0002, 0.5)
        self.discriminator.compile(loss="binary_crossentropy", optimizer=optimizer,
                                   metrics=["accuracy"])
        z = Input((latent_dim,))
        self.combined = as_player(Model(z, Frozen(self.discriminator)(self.generator(z))))
        self.combined.compile(loss="binary_crossentropy", optimizer=optimizer)             # (2)


half = HalfMended()
try:
    half.turn(batch)
except Exception as error:
    print(type(error).__name__, ":", str(error).splitlines()[0][:200])
for finding in audit_of(half).findings:
    print("!", finding)

# %% [markdown]
# In Keras 3 an optimizer is built for the weights of one model. It keeps moments for each of them,
# and knows no others. The old script never had this problem: its D had nothing to train, so the
# optimizer was G's alone.
#
# ```diff
# - optimizer = Adam(0.0002, 0.5)
# - self.discriminator.compile(..., optimizer=optimizer, ...)
# - self.combined.compile(..., optimizer=optimizer)
# + self.discriminator.compile(..., optimizer=Adam(0.0002, 0.5), ...)
# + self.combined.compile(..., optimizer=Adam(0.0002, 0.5))
# ```

# %%
class Mended(OldGAN):
    def compile_models(self):
        self.discriminator.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5),
                                   metrics=["accuracy"])
        z = Input((latent_dim,))
        self.combined = as_player(Model(z, Frozen(self.discriminator)(self.generator(z))))
        self.combined.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))


keras.utils.set_random_seed(0)
gan = Mended()
play(gan, sized(80, 8))
print(audit_of(gan))

# %% [markdown]
# ## Trap 3: BatchNormalization that is frozen too
#
# On the web you find another repair: switch the flag on before each step of D, and off before each
# step of G. Then the right weights move. But the flag means more than that: a `BatchNormalization`
# with `trainable=False` runs in *inference mode*. It normalises with its moving averages, and not
# with the statistics of the batch.
#
# **Before you run it.** The same D sees the same eight pictures twice, both times in training mode.
# How far apart will its answers be?

# %%
class Switching(OldGAN):
    def __init__(self):
        self.generator, self.discriminator = (generator_network(),
                                              discriminator_network(normalise=True))
        self.discriminator.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5),
                                   metrics=["accuracy"])
        z = Input((latent_dim,))
        self.combined = Model(z, self.discriminator(self.generator(z)))
        self.combined.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))

    def turn(self, real_imgs):
        n = len(real_imgs)
        noise = np.random.normal(0, 1, (n, latent_dim))
        gen_imgs = self.generator.predict_on_batch(noise)
        self.discriminator.trainable = True
        real, fake = (self.discriminator.train_on_batch(real_imgs, np.ones((n, 1))),
                      self.discriminator.train_on_batch(gen_imgs, np.zeros((n, 1))))
        self.discriminator.trainable = False
        return real, fake, self.combined.train_on_batch(noise, np.ones((n, 1)))


keras.utils.set_random_seed(0)
gan = Switching()
play(gan, sized(80, 8))
made = gan.generator(np.random.default_rng(1).normal(size=(8, latent_dim)), training=True)
answers = []
for flag in (True, False):
    gan.discriminator.trainable = flag
    # up to BatchNormalization: Dropout comes after it
    features = Model(gan.discriminator.inputs, gan.discriminator.layers[2].output)
    answers.append(np.asarray(features(made, training=True)))
    print(f"trainable={flag!s:5}: BatchNormalization's first outputs", answers[-1][0, :4].round(2))
print(f"they are {np.abs(answers[0] - answers[1]).max():.2f} apart, where they are furthest")

# %% [markdown]
# The right weights moved. But G still doesn't play against the D that is trained: it plays against
# a relative of it. Readers of Keras-GAN know the result: "only noise". The audit compares the two
# versions of D, so it finds this too. (It takes the flag as it is now: off. So about D's step it
# says the same as in trap 1. That would become true with another batch shape, or if one line of the
# loop were forgotten.)

# %%
for finding in audit_of(gan).findings:
    print("!", finding)

# %% [markdown]
# `Frozen` calls D in training mode, with batch statistics. It discards what the call would write
# into the moving averages. Here is the same D with `Frozen`:

# %%
class MendedWithNormalisation(Mended):
    def __init__(self):
        self.generator, self.discriminator = (generator_network(),
                                              discriminator_network(normalise=True))
        self.compile_models()


print("OK:", audit_of(MendedWithNormalisation()).ok)

# %% [markdown]
# ## Trap 4: `predict` in a loop
#
# `predict` is made for large arrays: it builds a data pipeline at each call. In a loop of thousands
# of small batches, this costs more than the network.
#
# **Before you run it.** Guess the ratio.

# %%
generator, noise = (generator_network(),
                    np.random.default_rng(0).normal(size=(32, latent_dim)).astype("float32"))
ways = {"generator.predict(noise, verbose=0)": lambda: generator.predict(noise, verbose=0),
        "generator.predict_on_batch(noise)": lambda: generator.predict_on_batch(noise),
        "generator(noise, training=False)": lambda: generator(noise, training=False)}
for name, way in ways.items():
    way()                                  # the first call traces
    start = time.perf_counter()
    for _ in range(sized(50, 3)):
        way()
    print(f"{name:40s} {(time.perf_counter() - start) / sized(50, 3) * 1000:6.1f} ms a call")
print("equal:", np.allclose(ways["generator.predict(noise, verbose=0)"](),
                            generator(noise, training=False), atol=1e-5))

# %% [markdown]
# `predict_on_batch` is one compiled call. `generator(noise, training=False)` runs layer by layer;
# use it where you also need gradients. Write `training=` each time, so that everybody can see the
# mode.
#
# ```diff
# - gen_imgs = self.generator.predict(noise)
# + gen_imgs = self.generator.predict_on_batch(noise)
# ```
#
# ## Trap 5: the order of what `train_on_batch` returns
#
# With one output the order is as before: `[loss, accuracy]`. An AC-GAN has two outputs (validity
# and class). There a script reads `d_loss[3]` as the accuracy of the validity, because Keras 2
# returned the metrics in the order of the outputs.
#
# **Before you run it.** All labels say "real", and all classes are wrong on purpose. Which number
# is which?

# %%
img = Input(img_shape)
features = Flatten()(img)
two_outputs = Model(img, [Dense(1, activation="sigmoid", name="validity",
                                bias_initializer=keras.initializers.Constant(50))(features),
                          Dense(10, activation="softmax", name="class")(features)])
two_outputs.compile(loss=["binary_crossentropy", "sparse_categorical_crossentropy"],
                    optimizer=Adam(0.0002, 0.5), metrics=["accuracy", "accuracy"])
# the class that the model finds least likely
wrong = np.argmin(two_outputs(batch)[1], axis=1)[:, None]
values = two_outputs.test_on_batch(batch, [np.ones((32, 1)), wrong])
names = two_outputs.test_on_batch(batch, [np.ones((32, 1)), wrong], return_dict=True)
print("list:         ", [round(float(value), 2) for value in values])
print("dict:         ", {name: round(float(value), 2) for name, value in names.items()})
print("metrics_names:", two_outputs.metrics_names)

# %% [markdown]
# The metrics come in the alphabetical order of the outputs' names: `class` before `validity`. So
# `d_loss[3]` is the accuracy of the *class*, 0 here, and a script prints it as D's accuracy. Even
# `metrics_names` doesn't help. The repair is:
#
# ```diff
# - d_loss = self.discriminator.train_on_batch(imgs, [valid, labels])
# - print(d_loss[0], d_loss[3])
# + d_loss = self.discriminator.train_on_batch(imgs, [valid, labels], return_dict=True)
# + print(d_loss["loss"], d_loss["validity_accuracy"])
# ```
#
# ## Trap 6: `combined` from a file of its own
#
# In memory, `combined` and D share weights. In files they don't. If you save all three models and
# load them again, you have two different D: one that is trained, and one that G plays against and
# that never changes.

# %%
gan, folder = OldGAN(), tempfile.mkdtemp()
for name in ("generator", "discriminator", "combined"):
    getattr(gan, name).save(f"{folder}/{name}.keras")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")        # a remark on the state of the optimizer
    loaded = [keras.models.load_model(f"{folder}/{name}.keras")
              for name in ("generator", "discriminator", "combined")]
for finding in audit(*loaded).findings:
    print("!", finding)

# %% [markdown]
# Load G and D, and build a new `combined` around them. It has nothing of its own to save.

# %%
class Loaded(Mended):
    def __init__(self, folder):
        self.generator, self.discriminator = [keras.models.load_model(f"{folder}/{name}.keras")
                                              for name in ("generator", "discriminator")]
        # the file remembers that the old script had frozen the layers. discriminator.trainable
        # is True after loading, and setting it to True again would change nothing
        for layer in self.discriminator.layers:
            layer.trainable = True
        self.compile_models()


print("OK:", audit_of(Loaded(folder)).ok)

# %% [markdown]
# ## Trap 7: colours and mirrors
#
# OpenCV reads pictures as BGR. So scripts reverse the last axis, or they think that they do.
#
# **Before you run it.** For a single picture (H, W, C), `[:, :, ::-1]` was right. A batch has the
# shape (N, H, W, C). Which axis does the same line reverse there?

# %%
photo = load_sample_image("flower.jpg")[40:390:2, 100:600:2]
rgb = photo[None]                          # (1, 175, 250, 3): a batch of one
figure, axes = plt.subplots(1, 3, figsize=(9, 2.4))
for ax, title, pictures in zip(axes, ("the batch, RGB", "batch[:, :, ::-1]", "batch[..., ::-1]"),
                               (rgb, rgb[:, :, ::-1], rgb[..., ::-1])):
    ax.imshow(pictures[0])
    ax.set(title=title, xticks=[], yticks=[])
figure.tight_layout()

# %% [markdown]
# In a batch, `[:, :, ::-1]` mirrors the width and leaves the colours as they are. So a batch that
# OpenCV has read stays BGR, and is mirrored too. Nobody notices: a generator learns mirrored blue
# flowers as easily as any others. `[..., ::-1]` reverses the colours, in a picture and in a batch.
# Here RGB became BGR; in the other direction it is the repair. No audit of models can see this.
# Look at your data once, as the networks get them. (`load_data` gives RGB, whatever the file.)
#
# ## Trap 8: the loss that was a mean
#
# In Keras 2, `train_on_batch` returned the loss of this batch. In Keras 3 it returned, until 3.14,
# the *mean of all batches* since `reset_metrics()`, which no script calls. Since 3.15 it returns the
# loss of this batch again. So one script draws other curves, and trains the same networks.
#
# **Before you run it.** D sees a real batch, then a fake one, and so on. What do the two curves,
# real and fake, look like when each point is the mean of everything before?

# %%
keras.utils.set_random_seed(0)
gan, rng = Mended(), np.random.default_rng(0)
logs = [gan.turn(images[rng.integers(len(images), size=32)])[:2] for _ in range(sized(600, 8))]
today = np.array(logs)[..., 0]             # (turns, 2): D's loss of a real and of a fake batch
before = np.cumsum(today) / np.arange(1, today.size + 1)       # the same calls, as 3.14 said them
figure, axes = plt.subplots(1, 2, figsize=(9, 2.6), sharey=True)
for ax, title, losses in ((axes[0], "until Keras 3.14: mean of all batches", before),
                          (axes[1], "since Keras 3.15: this batch", today)):
    ax.plot(losses.reshape(today.shape), linewidth=0.8, label=["real", "fake"])
    ax.set(title=title, xlabel="turn")
axes[0].set(ylabel="D loss")
axes[0].legend()
figure.tight_layout()
print(f"the last turn: real {today[-1, 0]:.3f}, fake {today[-1, 1]:.3f}; "
      f"until 3.14 {before[-2]:.3f} and {before[-1]:.3f}")

# %% [markdown]
# The left curves are smooth, and lie on each other: each is the mean of real *and* fake batches.
# They hide how the players take turns, and a collapse shows hundreds of turns late. Where a script
# must run on both, call `reset_metrics()` before each `train_on_batch`. And compare no loss with
# one that somebody printed with another version.
#
# ## Trap 9: half precision
#
# `mixed_bfloat16` or `mixed_float16` is one line. Two things then break that worked before.
#
# **Before you run it.** A thousand predictions are all .1, in bfloat16. What is their mean, as
# NumPy adds it up?

# %%
keras.config.set_dtype_policy("mixed_bfloat16")
penalised = Sequential([Input((784,)), Dense(64, activity_regularizer="l2"), Dense(1)])
keras.config.set_dtype_policy("float32")
penalised.compile("adam", "mse")
try:
    penalised.train_on_batch(np.ones((32, 784), "float32"), np.ones((32, 1)))
except TypeError as error:
    print("TypeError:", str(error).strip().splitlines()[-1].strip()[:150])
predictions = np.asarray(keras.ops.full((1000,), 0.1, dtype="bfloat16"))
print("predictions.mean()               ", predictions.mean())
print("predictions.mean(dtype='float32')", predictions.mean(dtype="float32"))

# %% [markdown]
# Keras adds what `add_loss` and `activity_regularizer` give to a loss in float32, and doesn't cast
# it. R1 and gradient penalties are such losses. And bfloat16 has eight binary digits: as soon as
# the sum is large, .1 more no longer changes it. NumPy says nothing.
#
# ```diff
# - self.add_loss(penalty)
# + self.add_loss(keras.ops.cast(penalty, "float32"))
# - score = discriminator.predict_on_batch(images).mean()
# + score = discriminator.predict_on_batch(images).mean(dtype="float32")
# ```
#
# ## Trap 10: two GPUs
#
# `fit` deals a batch out to the replicas of a `MirroredStrategy`. `train_on_batch` does not. A
# process of its own shows it, with the processor taken for two devices.
#
# **Before you run it.** The batch has 32 rows. How many does each of the two replicas see, in
# `train_on_batch` and in `fit`?

# %%
TWO_DEVICES = """
import tensorflow as tf
processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
import keras

class Look(keras.layers.Layer):
    def call(self, x):
        tf.print("  a replica sees", tf.shape(x)[0], "rows", output_stream="file://{file}")
        return x

with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    model = keras.Sequential([keras.Input((3,)), Look(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
x, y = tf.ones((32, 3)), tf.ones((32, 1))
tf.print("train_on_batch", output_stream="file://{file}")
model.train_on_batch(x, y)
tf.print("fit", output_stream="file://{file}")
model.fit(x, y, batch_size=32, verbose=0)
"""
file = Path(tempfile.mkdtemp()) / "seen.txt"
subprocess.run([sys.executable, "-c", TWO_DEVICES.replace("{file}", file.as_posix())],
               capture_output=True, check=True)
print(file.read_text())

# %% [markdown]
# With `train_on_batch` each replica works on the *whole* batch: two GPUs do the same work twice, and
# a turn is no faster. Nothing tells you so, but the time. For one model on one GPU leave the
# strategy away; where you need several, write the step with `strategy.run` on batches that
# `strategy.experimental_distribute_dataset` has dealt out.
#
# ## Trap 11: `channels_first` in keras.json
#
# Some machines have `"image_data_format": "channels_first"` in `~/.keras/keras.json`, often since a
# Theano of long ago. Then each `Conv2D` takes the *first* axis for channels.
#
# **Before you run it.** A 3×3 convolution with 4 filters looks at grey pictures of 28×28. It should
# have 3 · 3 · 1 · 4 + 4 = 40 parameters. How many has it now?

# %%
keras.config.set_image_data_format("channels_first")     # as keras.json would do it
misled = Sequential([Input(img_shape), Conv2D(4, 3, padding="same"), Flatten(),
                     Dense(1, activation="sigmoid")])
keras.config.set_image_data_format("channels_last")
print("parameters of the convolution:", misled.layers[0].count_params())
misled.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))
generator, z = generator_network(), Input((latent_dim,))
combined = as_player(Model(z, Frozen(misled)(generator(z))))
combined.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))
for finding in audit(generator, misled, combined).findings:
    print("!", finding)

# %% [markdown]
# The 28 rows are 28 channels, and the filters slide over 28×1. It trains, badly, and no error says
# so. The models of this package are channels last whatever keras.json says; in a script of yours
# write `keras.config.set_image_data_format("channels_last")` at its top.
#
# ## The whole script, repaired
#
# The networks are the old ones. Only the lines of traps 1, 2, 4 and 5 differ.

# %%
class MyGAN:
    def __init__(self):
        self.generator, self.discriminator = generator_network(), discriminator_network()
        self.discriminator.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5),
                                   metrics=["accuracy"])
        z = Input((latent_dim,))
        self.combined = as_player(Model(z, Frozen(self.discriminator)(self.generator(z))))
        self.combined.compile(loss="binary_crossentropy", optimizer=Adam(0.0002, 0.5))

    def train(self, images, steps, batch_size=32, seed=0):
        rng = np.random.default_rng(seed)
        valid, fake = np.ones((batch_size, 1)), np.zeros((batch_size, 1))
        for step in range(steps):
            real_imgs = images[rng.integers(len(images), size=batch_size)]
            noise = rng.normal(size=(batch_size, latent_dim)).astype("float32")
            gen_imgs = self.generator.predict_on_batch(noise)
            d_real = self.discriminator.train_on_batch(real_imgs, valid, return_dict=True)
            d_fake = self.discriminator.train_on_batch(gen_imgs, fake, return_dict=True)
            g = self.combined.train_on_batch(noise, valid, return_dict=True)
            if (step + 1) % (steps // 4) == 0:
                print(f"step {step + 1}: D loss {(d_real['loss'] + d_fake['loss']) / 2:.3f}, "
                      f"accuracy {(d_real['accuracy'] + d_fake['accuracy']) / 2:.0%}; "
                      f"G loss {g['loss']:.3f}")


keras.utils.set_random_seed(0)
mine = MyGAN()
print(audit_of(mine))
start = time.perf_counter()
mine.train(images, steps=sized(2000, 8))
print(f"{(time.perf_counter() - start) / sized(2000, 8) * 1000:.0f} ms a turn")

# %% [markdown]
# For comparison, the old script with its dead D plays some hundred turns more.

# %%
def show(pictures, title):
    """Pictures (n, 28, 28, 1) in [0, 1], side by side."""
    sheet = grid(np.asarray(pictures), columns=15)
    figure, axes = plt.subplots(figsize=(8, 8 * sheet.shape[0] / sheet.shape[1] + 0.3))
    axes.imshow(sheet, interpolation="nearest")
    axes.set_title(title, loc="left", fontsize="medium")
    axes.axis("off")


for _ in range(sized(300, 4)):
    old.turn(batch)
z = np.random.default_rng(2).normal(size=(30, latent_dim)).astype("float32")
show(old.generator(z, training=False) / 2 + 0.5, "the old script: D is dead")
show(mine.generator(z, training=False) / 2 + 0.5, "the script, mended")
show(images[:30] / 2 + 0.5, "real")

# %% [markdown]
# The first rows please a judge that knows nothing: they are noise. The second rows are blurred, but
# after a short training they are already on the way to digits.
#
# ## The same, with the package
#
# [`GAN`](../keras_gan/gan.py) is that script, written once: the same methods under the same names.
# Its turn is compiled as one graph. You can resume a run, and a referee watches it.

# %%
gan = GAN(img_shape=img_shape, recipe="digits", seed=0)
start = time.perf_counter()
gan.train(load_data("digits"), steps=sized(2000, 8), batch_size=32)
print(f"{(time.perf_counter() - start) / sized(2000, 8) * 1000:.0f} ms a turn, the compilation "
      "included; and its networks are larger")
print("OK:", audit_of(gan).ok)
show(gan.generate(30, seed=2), "from keras_gan import GAN")

# %% [markdown]
# ## Three small broken models
#
# Each of these functions makes three models. **Read first**, and write down what you think is
# wrong. Then ask: `print(audit(*broken_1()))`. Then repair them until the audit finds nothing.

# %%
def broken_1():
    generator, discriminator = generator_network(end="sigmoid"), discriminator_network(end=None)
    discriminator.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5))
    z = Input((latent_dim,))
    combined = as_player(Model(z, Frozen(discriminator)(generator(z))))
    combined.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True),
                     optimizer=Adam(2e-4, 0.5))
    return generator, discriminator, combined


def broken_2():
    generator, discriminator = generator_network(), discriminator_network()
    optimizer = Adam(2e-4, 0.5)
    discriminator.compile(loss="binary_crossentropy", optimizer=optimizer)
    z = Input((latent_dim,))
    combined = Model(z, discriminator(generator(z)))
    combined.compile(loss="binary_crossentropy", optimizer=optimizer)
    return generator, discriminator, combined


def broken_3():
    generator = generator_network()
    discriminator = Sequential([Input(img_shape), Dense(64), LeakyReLU(negative_slope=0.2),
                                Dense(1, activation="sigmoid")])
    discriminator.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5))
    z = Input((latent_dim,))
    combined = as_player(Model(z, Frozen(discriminator)(generator_network()(z))))
    combined.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5))
    return generator, discriminator, combined


def check(models):
    assert isinstance(models, tuple) and len(models) == 3, (
        "return generator, discriminator, combined")
    report = audit(*models)
    assert report.ok, (
        f"the audit still has {len(report.findings)} finding(s). The first: {report.findings[0]}")


# %% [markdown]
# ### Exercise 2: losses and ranges

# %% tags=["exercise"]
def mended_1():
    return ...                             # your turn: generator, discriminator, combined


with exercise("2"):
    check(mended_1())

# %% [markdown]
# <details><summary>Solution</summary>
#
# The generator ended in a sigmoid, so it could make nothing below 0, but the digits begin at −1. D
# ended in logits. Its own loss took them for probabilities; the loss of `combined` took them for
# logits. Use logits for both, or a sigmoid for both:
#
# ```python
# def mended_1():
#     generator, discriminator = generator_network(end="tanh"), discriminator_network(end=None)
#     discriminator.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True),
#                           optimizer=Adam(2e-4, 0.5))
#     z = Input((latent_dim,))
#     combined = as_player(Model(z, Frozen(discriminator)(generator(z))))
#     combined.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True),
#                      optimizer=Adam(2e-4, 0.5))
#     return generator, discriminator, combined
# ```
#
# </details>

# %% [markdown]
# ### Exercise 3: who trains what

# %% tags=["exercise"]
def mended_2():
    return ...                             # your turn: generator, discriminator, combined


with exercise("3"):
    check(mended_2())

# %% [markdown]
# <details><summary>Solution</summary>
#
# Both models had the same optimizer. And nothing was frozen, so each step of G also trained D to
# call generated pictures real.
#
# ```python
# def mended_2():
#     generator, discriminator = generator_network(), discriminator_network()
#     discriminator.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5))
#     z = Input((latent_dim,))
#     combined = as_player(Model(z, Frozen(discriminator)(generator(z))))
#     combined.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5))
#     return generator, discriminator, combined
# ```
#
# </details>

# %% [markdown]
# ### Exercise 4: one line too few, and one too many

# %% tags=["exercise"]
def mended_3():
    return ...                             # your turn: generator, discriminator, combined


with exercise("4"):
    check(mended_3())

# %% [markdown]
# <details><summary>Solution</summary>
#
# `Flatten` was missing. `Dense` works on the last axis alone, so D gave a verdict on each pixel,
# and Keras stretched the labels over them without a word. And `combined` held a generator of its
# own. That one would have been trained, while `generator` stayed as it was.
#
# ```python
# def mended_3():
#     generator = generator_network()
#     discriminator = Sequential([Input(img_shape), Flatten(), Dense(64),
#                                 LeakyReLU(negative_slope=0.2), Dense(1, activation="sigmoid")])
#     discriminator.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5))
#     z = Input((latent_dim,))
#     combined = as_player(Model(z, Frozen(discriminator)(generator(z))))
#     combined.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, 0.5))
#     return generator, discriminator, combined
# ```
#
# </details>

# %% [markdown]
# ## What to take away
#
# - Old names raise errors, and errors are harmless. Things that only warn, or say nothing, cost
#   weeks.
# - Use `Frozen(discriminator)` and no flag, two optimizers, `predict_on_batch`, and
#   `return_dict=True`. Build `combined`; never load it.
# - A loss doesn't prove that anything learns. Weights that moved prove it:
#   `print(audit(generator, discriminator, combined))` is one line in your script.
#
# **Further reading.** Goodfellow et al. 2014, [1406.2661](https://arxiv.org/abs/1406.2661) (the
# game) · Ioffe, Szegedy 2015, [1502.03167](https://arxiv.org/abs/1502.03167) (BatchNormalization:
# what training mode and inference mode are) · Odena, Olah, Shlens 2016,
# [1610.09585](https://arxiv.org/abs/1610.09585) (AC-GAN, the D with two outputs).
#
# Before: [7. Is it any good?](07_is_it_any_good.ipynb) The traps again, with their symptoms in
# curves and pictures: [5. Break it](05_break_it.ipynb). Back to the beginning: [1. The game in one
# dimension](01_the_game_in_one_dimension.ipynb).
