"""The GAN Lab of notebook 6: a game in the plane, with buttons (`Lab`) or as a `film`.

An `Experiment` plays and measures. `draw` makes a picture of it. `Lab` puts buttons and
sliders around both.
"""
import base64
import io
import tempfile
from pathlib import Path

import numpy as np
from ipywidgets import (
    Button,
    Dropdown,
    FloatLogSlider,
    GridBox,
    HBox,
    Image,
    IntSlider,
    Layout,
    Play,
    ToggleButton,
    VBox,
)
from matplotlib.figure import Figure
from scipy.spatial.distance import jensenshannon
from scipy.stats import norm
from sklearn.datasets import make_moons

from keras_gan import PlaneGAN
from keras_gan.evaluation import grid, mode_coverage, ring
from keras_gan.evaluation.mixtures import Mixture
from keras_gan.plane_gan import sampler_of
from keras_gan.samples.drawing import write_film

WINDOW = 1.6                  # half the side of the picture
BATCH = 256                   # points in a step
MEASURED = 2000               # points in a measurement
REAL, MADE = "black", "tab:green"


def two_moons():
    """2,000 points on two half circles, with mean 0: array (2000, 2)."""
    points, _ = make_moons(2000, noise=0.04, random_state=0)
    return points - points.mean(axis=0)


def drawn(text):
    """A `Mixture` with a mode for each # of a drawing, lines of equal length."""
    return mixture_of(np.array([[letter == "#" for letter in row] for row in text.split()]))


def mixture_of(cells):
    """A `Mixture` with a mode at each True of a matrix (rows, columns) over the plane.

    If no cell is True, the only mode is in the middle.
    """
    rows, columns = cells.shape
    x, y = np.meshgrid(np.linspace(-1.2, 1.2, columns), np.linspace(1.2, -1.2, rows))
    return Mixture(np.stack([x[cells], y[cells]], axis=-1) if cells.any() else np.zeros((1, 2)),
                   sigma=0.05)


DATA = {"ring": ring(8, radius=1.0, sigma=0.05), "grid": grid(5, spacing=0.5, sigma=0.03),
        "two moons": two_moons()}
OWN = "draw your own"


def divergence(a, b, cells=20):
    """The Jensen-Shannon divergence between the histograms of clouds (n, 2) and (m, 2).

    A float in [0, log 2], in nats.
    """
    edges = np.linspace(-WINDOW, WINDOW, cells + 1)
    counts = [np.histogram2d(*np.clip(points, -WINDOW, WINDOW).T, edges)[0].ravel()
              for points in (a, b)]
    return float(jensenshannon(*counts) ** 2)


class Experiment:
    """A game, its data, and what has been measured so far.

    Args:
        data: what `PlaneGAN.train` takes: an array (N, 2), or a `Mixture`, whose modes
            are counted.
        seed: a whole number.
        arguments: arguments of `PlaneGAN`.
    """

    def __init__(self, data, seed=0, **arguments):
        # without XLA, because it takes seconds to begin
        self.gan = PlaneGAN(seed=seed, jit_compile=False, **arguments)
        self.mixture = data if isinstance(data, Mixture) else None
        self.sample, self.rng = sampler_of(data), np.random.default_rng([seed, 1])
        self.real, again = self.sample(MEASURED, self.rng), self.sample(MEASURED, self.rng)
        self.floor = divergence(self.real, again)            # the score of a perfect generator
        self.steps = {"D": 0, "G": 0}
        self.moves, self.divergences, self.modes = [], [], []
        self.use_k(self.gan.k)
        self.measure()

    def use_k(self, k):
        """From now on, D takes k steps in a turn."""
        self.gan.k = k
        self.turn = self.gan.compiled_turn()

    def use_learning_rates(self, discriminator, generator):
        self.gan.discriminator.optimizer.learning_rate = discriminator
        self.gan.combined.optimizer.learning_rate = generator

    def step_discriminator(self, steps=1):
        """D learns, and G stands still."""
        for _ in range(steps):
            z = self.gan.random_numbers(BATCH)["z"]
            self.gan.discriminator.train_on_batch(self.sample(BATCH, self.rng), np.ones((BATCH, 1)))
            self.gan.discriminator.train_on_batch(self.gan.generator(z), np.zeros((BATCH, 1)))
        self.steps["D"] += steps
        self.measure()

    def step_generator(self, steps=1):
        """G learns, and D stands still."""
        for _ in range(steps):
            z = self.gan.random_numbers(BATCH)["z"]
            self.gan.combined.train_on_batch(z, np.ones((BATCH, 1)))
        self.steps["G"] += steps
        self.measure()

    def play(self, turns=1):
        """Both learn: each turn has k steps of D and one step of G."""
        for _ in range(turns):
            real = self.sample(self.gan.k * BATCH, self.rng)
            self.turn(real, self.gan.random_numbers(len(real)))
        self.steps = {"D": self.steps["D"] + turns * self.gan.k, "G": self.steps["G"] + turns}
        self.measure()

    def measure(self):
        made = self.gan.generate(MEASURED, seed=1)
        self.moves.append(sum(self.steps.values()))
        self.divergences.append(divergence(self.real, made))
        if self.mixture:
            self.modes.append(mode_coverage(made, self.mixture))

    def __str__(self):
        counted = ""
        if self.mixture:
            counted = (f"{self.modes[-1]['modes']} of {len(self.mixture.modes)} modes, "
                       f"{self.modes[-1]['high_quality']:.0%} of the points near one; ")
        return f"{counted}JSD {self.divergences[-1]:.2f}"


# --- the picture ----------------------------------------------------------------------

def draw(experiment):
    """The plane, and below it what has been measured so far: a Matplotlib figure."""
    figure = Figure(figsize=(6.4, 7.15))
    places = ((0.1, 0.28, 0.76, 0.68), (0.89, 0.4, 0.02, 0.44), (0.1, 0.07, 0.76, 0.13))
    plane, legend, over_time = (figure.add_axes(place) for place in places)
    colours = draw_plane(plane, experiment.gan, experiment.real)
    figure.colorbar(colours, cax=legend, ticks=[0, 0.5, 1], label="D: probability of being real")
    plane.set_title("steps of D: {D}, of G: {G}".format(**experiment.steps), fontsize="medium")
    over_time.axhline(experiment.floor, color="grey", linestyle=":")
    over_time.plot(experiment.moves, experiment.divergences, color=MADE,
                   marker="." if len(experiment.moves) < 30 else None)
    over_time.set(xlim=(0, max(10, experiment.moves[-1])), ylim=(0, 0.75),
                  xlabel="steps of D + steps of G", ylabel="JSD")
    over_time.set_title(str(experiment), fontsize="medium")
    return figure


def draw_plane(axes, gan, real):
    """D as colours, G as a warped grid, real points, and generated points with arrows.

    The arrows show where G's loss sends the generated points. Returns the colours.
    """
    ticks = np.linspace(-WINDOW, WINDOW, 81)
    surface = gan.discriminate(np.stack(np.meshgrid(ticks, ticks), axis=-1))             # (81, 81)
    colours = axes.contourf(ticks, ticks, surface, np.linspace(0, 1, 12), cmap="RdBu", alpha=0.6)
    if gan.latent_dim == 2:
        z = grid_of_noise()  # (lines, points, 2)
        axes.plot(*gan.generate_from(z.reshape(-1, 2)).reshape(z.shape).T, color=MADE,
                  linewidth=0.4)
    made = gan.generate(300, seed=1)
    axes.scatter(*real[:300].T, s=6, color=REAL, alpha=0.5, linewidth=0, label="real")
    axes.scatter(*made.T, s=8, color=MADE, linewidth=0, label="generated")
    pull = gan.pull(made[:60])
    # never longer than 0.25
    arrows = 0.25 * pull / (1 + np.linalg.norm(pull, axis=1, keepdims=True))
    axes.quiver(*made[:60].T, *arrows.T, angles="xy", scale_units="xy", scale=1, width=0.004,
                color="darkgreen")
    axes.set(xlim=(-WINDOW, WINDOW), ylim=(-WINDOW, WINDOW))
    axes.legend(loc="upper left", fontsize="small", ncols=2)
    return colours


def grid_of_noise(lines=11, points=60):
    """A grid in the plane of z: array (2 lines, points, 2).

    All its cells hold the same share of the noise.
    """
    across, along = (norm.ppf(np.linspace(0.03, 0.97, n)).astype("float32")
                     for n in (lines, points))
    upright = np.stack(np.meshgrid(across, along, indexing="ij"), axis=-1)  # (lines, points, 2)
    return np.concatenate([upright, upright[..., ::-1]])


def png_of(figure, dpi=72):
    """A figure as the bytes of a PNG file."""
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=dpi)
    return png.getvalue()


def film(experiment, path, frames=20, turns=50):
    """Play `turns` turns for each of `frames` frames, and write a GIF of it."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{i:03d}.png" for i in range(frames + 1)]
        files[0].write_bytes(png_of(draw(experiment), dpi=58))
        for file in files[1:]:
            experiment.play(turns)
            file.write_bytes(png_of(draw(experiment), dpi=58))
        write_film(path, files)


# --- the buttons ----------------------------------------------------------------------

class Lab:
    """An `Experiment` with buttons and sliders. `Lab()` is the last line of a cell.

    Args:
        data: a name in `DATA`, or other data for an `Experiment`.
        seed: a whole number.
    """

    def __init__(self, data="ring", seed=0):
        self.seed = seed
        self.sources = DATA if isinstance(data, str) else {**DATA, "given": data}
        self.data = Dropdown(options=[*self.sources, OWN], description="data",
                             value=data if isinstance(data, str) else "given")
        self.board = Board(drawn=self.begin)
        self.loss = Dropdown(options=["non_saturating", "saturating"], description="loss of G")
        self.k = IntSlider(1, 1, 10, description="k", continuous_update=False)
        self.rates = [FloatLogSlider(rate, min=-5, max=-1.5, step=0.1,
                                     description=f"rate of {player}", readout_format=".1e")
                      for player, rate in (("D", 2e-3), ("G", 1e-3))]
        self.at_once = Dropdown(options=[1, 10, 50, 200], value=10, description="at once")
        self.clock = Play(interval=300, max=10 ** 6, show_repeat=False)
        self.picture = Image(format="png")
        moves = [self.button("step D", "step_discriminator"),
                 self.button("step G", "step_generator"), self.button("both", "play")]
        for choice in (self.data, self.loss):
            choice.observe(self.begin, "value")
        for slider in (self.k, *self.rates):
            slider.observe(self.adjust, "value")
        self.clock.observe(self.tick, "value")
        controls = VBox([self.data, self.loss, self.k, *self.rates, self.at_once, HBox(moves),
                         self.clock, self.board.widget])
        self.widget = HBox([controls, self.picture])
        self.begin()

    def button(self, text, move):
        button = Button(description=text, layout={"width": "6em"})
        button.on_click(lambda _: self.move(move))
        return button

    def begin(self, _=None):
        """Begin a new game with the same seed and the chosen data and settings."""
        own = self.data.value == OWN
        self.board.widget.layout.display = "grid" if own else "none"
        data = self.board.mixture if own else self.sources[self.data.value]
        rates = {"learning_rate": self.rates[0].value,
                 "generator_learning_rate": self.rates[1].value}
        self.experiment = Experiment(data, self.seed, k=self.k.value,
                                     generator_loss=self.loss.value, **rates)
        self.show()

    def adjust(self, change):
        """Let the sliders act on the running game."""
        if change.owner is self.k:
            self.experiment.use_k(self.k.value)          # compiles a new turn
        self.experiment.use_learning_rates(*(rate.value for rate in self.rates))

    def move(self, name):
        getattr(self.experiment, name)(self.at_once.value)
        self.show()

    def tick(self, clock):
        """The clock of the play button has moved. At 0, somebody has stopped it."""
        self.move("play") if clock.new else self.begin()

    def show(self):
        self.picture.value = png_of(draw(self.experiment))

    def _repr_mimebundle_(self, **kwargs):
        """The widgets, and the picture for a place without a kernel."""
        return {**self.widget._repr_mimebundle_(**kwargs),
                "image/png": base64.b64encode(self.picture.value).decode(),
                "text/plain": "The GAN Lab. Run this cell in JupyterLab for its buttons."}


class Board:
    """Cells to click on. Each cell that is on is the centre of a mode.

    Args:
        drawn: a function that is called after each click.
    """

    def __init__(self, drawn, cells=9):
        self.cells = cells
        # all buttons share one layout and one style, so that less is sent
        layout = Layout(width="24px", height="24px", margin="1px", padding="0")
        style = ToggleButton().style
        # at first the diagonal is on
        self.buttons = [ToggleButton(value=i % (cells + 1) == 0, layout=layout, style=style)
                        for i in range(cells ** 2)]
        for button in self.buttons:
            button.observe(drawn, "value")
        self.widget = GridBox(self.buttons,
                              layout={"grid_template_columns": f"repeat({cells}, 26px)"})

    @property
    def mixture(self):
        return mixture_of(np.reshape([button.value for button in self.buttons],
                                     (self.cells, self.cells)))
