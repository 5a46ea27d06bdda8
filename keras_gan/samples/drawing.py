"""Pictures that people look at: sample grids, loss curves, the film of a run."""
import contextlib
import io

import cv2
import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from data_loaders.whole import write_whole
from keras_gan.samples.ranges import to_uint8

MOST_FRAMES = 200             # of a film


def grid(pictures, columns=5, gap=2):
    """Lay pictures out in rows.

    Args:
        pictures: (N, H, W, C), uint8 or float in [0, 1], C = 1 or 3.
        columns: int, pictures in a row.
        gap: int, white pixels between them.

    Returns:
        uint8 array (rows (H + gap) - gap, columns (W + gap) - gap, 3), RGB.
    """
    pictures = to_uint8(pictures)
    n, h, w, _ = pictures.shape
    columns = min(columns, n)
    rows = -(-n // columns)
    sheet = np.full((rows * (h + gap) - gap, columns * (w + gap) - gap, 3), 255, np.uint8)
    for i, picture in enumerate(pictures):
        y, x = i // columns * (h + gap), i % columns * (w + gap)
        sheet[y:y + h, x:x + w] = picture       # a grey picture (H, W, 1) fills all three channels
    return sheet


def write_png(path, picture):
    """Write a PNG file of (H, W, C), RGB or grey, uint8 or float in [0, 1]."""
    # OpenCV writes BGR. The colours are the *last* axis: [..., ::-1]. On a batch (N, H,
    # W, C) the often copied [:, :, ::-1] reverses the width instead: the pictures are
    # mirrored, and their colours are still wrong.
    ok, png = cv2.imencode(".png", to_uint8(picture)[..., ::-1])
    if not ok:
        raise ValueError(f"OpenCV can't write a picture of shape {np.shape(picture)} as PNG")
    write_whole(path, png.tobytes())               # cv2.imwrite can't do every file name on Windows


def _write_figure(path, figure, dpi):
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=dpi)
    write_whole(path, png.getvalue())


def write_real_vs_generated(path, real, generated, title="generated"):
    """Write five columns of real and five of generated pictures, side by side.

    Args:
        path: PNG file to write.
        real, generated: (N, H, W, C), uint8 or float in [0, 1].
        title: str, over the generated ones, where they are of another kind.
    """
    sheets = {"real": grid(real), title: grid(generated)}
    height, width, _ = sheets["real"].shape
    figure = Figure(figsize=(11, 5 * height / width + 0.5), layout="constrained")
    for axes, (title, sheet) in zip(figure.subplots(1, 2), sheets.items()):
        axes.imshow(sheet)
        axes.set_title(title)
        axes.axis("off")
    _write_figure(path, figure, dpi=110)


def write_gaussian_game(path, x, p, q, d, d_star, z, g_of_z, turns):
    """Write the game in one dimension, as figure 1 of arXiv:1406.2661 shows it.

    Ian Goodfellow et al., 2014.

    Args:
        path: PNG file to write.
        x: (n,) points.
        p, q: (n,) densities of data and of samples there.
        d, d_star: (n,) what the discriminator says there, and the best that it could
            say.
        z, g_of_z: (m,) noise, and where the generator takes it.
        turns: int, for the title.
    """
    figure = Figure(figsize=(7, 5), layout="constrained")
    densities, arrows = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    densities.fill_between(x, p, color="black", alpha=0.15, label="data p(x)")
    densities.plot(x, q, color="tab:green", label="generated q(x)")
    densities.set(ylim=(0, 1.6 * p.max()), ylabel="density", title=f"turn {turns}")
    says = densities.twinx()
    says.plot(x, d_star, color="tab:blue", linestyle=":", label="D*(x)")
    says.plot(x, d, color="tab:blue", label="D(x)")
    says.set(ylim=(0, 1), ylabel="probability of being real")
    lines = [*densities.get_legend_handles_labels()[0], *says.get_legend_handles_labels()[0]]
    labels = [line.get_label() for line in lines]
    densities.legend(lines, labels, loc="upper left", fontsize="small")
    # z and x differ in their units: z is spread over the middle of the picture
    places = np.interp(z, (z.min(), z.max()), (x[len(x) // 4], x[-len(x) // 4]))
    style = {"arrowstyle": "->", "color": "tab:green", "linewidth": 0.8}
    for start, end in zip(places, g_of_z):
        arrows.annotate("", (end, 1), (start, 0), arrowprops=style, annotation_clip=True)
    arrows.set(xlim=(x[0], x[-1]), ylim=(0, 1), yticks=(0, 1), yticklabels=("z", "x = G(z)"),
               xlabel="x")
    _write_figure(path, figure, dpi=100)


def write_histograms(path, real, generated):
    """Write histograms of two samples of numbers, (n, 1) each, one over the other."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    edges = np.histogram_bin_edges(np.concatenate([real, generated]), 80)
    for name, sample, colour in (("real", real, "black"), ("generated", generated, "tab:green")):
        axes.hist(np.ravel(sample), edges, density=True, alpha=0.4, color=colour, label=name)
    axes.set(xlabel="x", ylabel="density")
    axes.legend()
    _write_figure(path, figure, dpi=100)


def write_vectors(path, clouds, window=None):
    """Write clouds of points side by side. Of many dimensions the first two are drawn.

    Numbers, points of one dimension, are drawn as histograms.

    Args:
        path: PNG file to write.
        clouds: dict of arrays (N, dimensions), by title.
        window: (low, high) of all axes; None leaves it to Matplotlib.
    """
    figure = Figure(figsize=(4 * len(clouds), 4), layout="constrained")
    row = figure.subplots(1, len(clouds), squeeze=False)[0]
    for axes, (title, vectors) in zip(row, clouds.items()):
        if vectors.shape[1] == 1:
            axes.hist(vectors[:, 0], 80, range=window, density=True)
            axes.set(title=title, xlabel="x", ylabel="density")
        else:
            axes.scatter(*vectors.T[:2], s=4)
            limits = {"xlim": window, "ylim": window} if window else {}
            axes.set(title=title, aspect="equal", **limits)
    _write_figure(path, figure, dpi=100)


def write_losses(path, history, undecided=None):
    """Write the loss curves of a run.

    Args:
        path: PNG file to write.
        history: what `train` returns: a dict of lists, with `"step"`.
        undecided: the discriminator's loss when it can't tell real from generated,
            drawn as a line; None draws none.
    """
    figure = Figure(figsize=(8, 5), layout="constrained")
    losses, others = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    for name, values in history.items():
        if name != "step":
            axes = losses if name.endswith("loss") else others
            axes.plot(history["step"], values, label=name, linewidth=0.8)
    if undecided is not None:
        losses.axhline(undecided, color="grey", linestyle=":", linewidth=1,
                       label=f"{undecided:.3g}: D can't tell")
    losses.set_ylabel("loss")
    others.set_xlabel("step")
    for axes in (losses, others):
        if axes.lines:
            axes.legend(loc="upper right")
    _write_figure(path, figure, dpi=110)


def write_film(path, frames, seconds=8.0):
    """Write an endless GIF of PNG files.

    It lasts `seconds`, and then holds the last picture for a while. Of very many files
    `MOST_FRAMES` are taken, evenly. Files that can't be read are left out.
    """
    number = min(len(frames), MOST_FRAMES)
    chosen = np.unique(np.linspace(0, len(frames) - 1, number).round().astype(int))
    pictures = []
    for i in chosen:
        # Half a file of a process that was killed, or somebody else's
        with contextlib.suppress(OSError):
            frame = Image.open(frames[i]).convert("RGB")
            pictures.append(frame.quantize(128, dither=Image.Dither.NONE))
    if not pictures:
        return
    durations = [max(40, int(1000 * seconds / len(pictures)))] * len(pictures)
    durations[-1] = 2000
    gif = io.BytesIO()
    pictures[0].save(gif, format="gif", save_all=True, append_images=pictures[1:],
                     duration=durations, loop=0)
    write_whole(path, gif.getvalue())
