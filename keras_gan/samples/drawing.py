"""Pictures that people look at: sample grids, real beside generated, loss curves and a film of a run."""
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
        sheet[y:y + h, x:x + w] = picture          # a grey picture (H, W, 1) fills all three channels
    return sheet


def write_png(path, picture):
    """Write one RGB (or grey) picture, (H, W, C), uint8 or float in [0, 1], as a PNG file."""
    # OpenCV writes BGR. The colours are the *last* axis: [..., ::-1]. On a batch (N, H, W, C) the often copied
    # [:, :, ::-1] turns the width around instead: mirrored pictures in the wrong colours.
    ok, png = cv2.imencode(".png", to_uint8(picture)[..., ::-1])
    if not ok:
        raise ValueError(f"OpenCV can't write a picture of shape {np.shape(picture)} as PNG")
    write_whole(path, png.tobytes())               # cv2.imwrite can't do every file name on Windows


def _write_figure(path, figure, dpi):
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=dpi)
    write_whole(path, png.getvalue())


def write_real_vs_generated(path, real, generated):
    """Five columns of real and five of generated pictures, side by side. Both (N, H, W, C), uint8 or float in [0, 1]."""
    sheets = {"real": grid(real), "generated": grid(generated)}
    height, width, _ = sheets["real"].shape
    figure = Figure(figsize=(11, 5 * height / width + 0.5), layout="constrained")
    for axes, (title, sheet) in zip(figure.subplots(1, 2), sheets.items()):
        axes.imshow(sheet)
        axes.set_title(title)
        axes.axis("off")
    _write_figure(path, figure, dpi=110)


def write_gaussian_game(path, x, p, q, d, d_star, z, g_of_z, turns):
    """The game in one dimension, after figure 1 of Goodfellow et al., 2014 (arXiv:1406.2661).

    Args:
        path: PNG file to write.
        x: (n,) points; p, q, d, d_star: (n,) densities of data and samples there, what the discriminator says, and the best it could say.
        z: (m,) noise, and g_of_z (m,) where the generator takes it.
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
    densities.legend(lines, [line.get_label() for line in lines], loc="upper left", fontsize="small")
    # z and x have units of their own: z is spread over the middle of the picture
    places = np.interp(z, (z.min(), z.max()), (x[len(x) // 4], x[-len(x) // 4]))
    for start, end in zip(places, g_of_z):
        arrows.annotate("", (end, 1), (start, 0), arrowprops={"arrowstyle": "->", "color": "tab:green", "linewidth": 0.8}, annotation_clip=True)
    arrows.set(xlim=(x[0], x[-1]), ylim=(0, 1), yticks=(0, 1), yticklabels=("z", "x = G(z)"), xlabel="x")
    _write_figure(path, figure, dpi=100)


def write_histograms(path, real, generated):
    """Histograms of two samples of numbers, (n, 1) each, one over the other."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    edges = np.histogram_bin_edges(np.concatenate([real, generated]), 80)
    for name, sample, colour in (("real", real, "black"), ("generated", generated, "tab:green")):
        axes.hist(np.ravel(sample), edges, density=True, alpha=0.4, color=colour, label=name)
    axes.set(xlabel="x", ylabel="density")
    axes.legend()
    _write_figure(path, figure, dpi=100)


def write_vectors(path, clouds, window=None):
    """Points side by side; of more than two dimensions the first two. Numbers as histograms.

    Args:
        path: PNG file to write.
        clouds: dict of arrays (N, dimensions), by title.
        window: (low, high) of all axes; None leaves it to Matplotlib.
    """
    figure = Figure(figsize=(4 * len(clouds), 4), layout="constrained")
    for axes, (title, vectors) in zip(figure.subplots(1, len(clouds), squeeze=False)[0], clouds.items()):
        if vectors.shape[1] == 1:
            axes.hist(vectors[:, 0], 80, range=window, density=True)
            axes.set(title=title, xlabel="x", ylabel="density")
        else:
            axes.scatter(*vectors.T[:2], s=4)
            axes.set(title=title, aspect="equal", **({"xlim": window, "ylim": window} if window else {}))
    _write_figure(path, figure, dpi=100)


def write_losses(path, history, undecided=None):
    """Loss curves of a run.

    Args:
        path: PNG file to write.
        history: what `train` returns: a dict of lists, with `"step"`.
        undecided: the discriminator's loss when it can't tell, for a line; None draws none.
    """
    figure = Figure(figsize=(8, 5), layout="constrained")
    losses, others = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    for name, values in history.items():
        if name != "step":
            (losses if name.endswith("loss") else others).plot(history["step"], values, label=name, linewidth=0.8)
    if undecided is not None:
        losses.axhline(undecided, color="grey", linestyle=":", linewidth=1, label=f"{undecided:.3g}: D can't tell")
    losses.set_ylabel("loss")
    others.set_xlabel("step")
    for axes in (losses, others):
        if axes.lines:
            axes.legend(loc="upper right")
    _write_figure(path, figure, dpi=110)


def write_film(path, frames, seconds=8.0):
    """An endless GIF of PNG files, `seconds` long, the last picture held for a while.

    Of very many files `MOST_FRAMES` are taken, evenly; those that can't be read are left out.
    """
    chosen = np.unique(np.linspace(0, len(frames) - 1, min(len(frames), MOST_FRAMES)).round().astype(int))
    pictures = []
    for i in chosen:
        with contextlib.suppress(OSError):                # half a file of a process that was killed, or somebody else's
            pictures.append(Image.open(frames[i]).convert("RGB").quantize(128, dither=Image.Dither.NONE))
    if not pictures:
        return
    durations = [max(40, int(1000 * seconds / len(pictures)))] * len(pictures)
    durations[-1] = 2000
    gif = io.BytesIO()
    pictures[0].save(gif, format="gif", save_all=True, append_images=pictures[1:], duration=durations, loop=0)
    write_whole(path, gif.getvalue())
