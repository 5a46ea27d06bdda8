"""Pictures that people look at: sample grids, loss curves, the film of a run.

Whatever the samples are, a picture has at most `LONGEST_SIDE` pixels a side.
"""
import contextlib
import io

import cv2
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from data_loaders.whole import write_whole
from keras_gan.samples.checks import is_whole
from keras_gan.samples.ranges import to_uint8

# Viewers and browsers show a picture of this size, and in RGB it takes 48 MiB
LONGEST_SIDE = 4096           # of every picture
SMALLEST_SIDE = 24            # of samples on a sheet: smaller ones are enlarged
LONGEST_SHAPE = 4             # times as long as wide: such samples aren't laid in five columns
MOST_FRAMES = 200             # of a film
MOST_PIXELS = 2 ** 26         # of all frames of a film, a byte each
MOST_POINTS = 4000            # of a curve: a picture has fewer columns of pixels
MOST_SIGNALS = 25             # on a sheet, and of one kind
MOST_CHANNELS = 10            # of a signal: there are ten colours
# Bytes, measured: of a figure; of Matplotlib for each byte of two sheets in it, and at
# most, with the film, where these are as large as they may be
OF_A_FIGURE, OF_A_SHEET, AT_MOST = 40 * 2 ** 20, 17, 300 * 2 ** 20


def check_bands(bands, channels):
    """The channels to show as a tuple of one or three ints, or None.

    Raises:
        ValueError: unless they are a list or tuple of such, or None.
    """
    if bands is None:
        return None
    if not isinstance(bands, (list, tuple)) or len(bands) not in (1, 3) or not all(
            is_whole(band, 0) and band < channels for band in bands):
        raise ValueError("bands must be one channel, (0,) say, shown grey, or three, shown as red, "
                         f"green and blue, from 0 to {channels - 1}. Received: bands={bands!r}")
    return tuple(int(band) for band in bands)


def as_rgb(pictures, bands=None):
    """Pictures of any number of channels as people can look at them.

    Args:
        pictures: (N, H, W, C), uint8 or float in [0, 1]. One or two channels: the first
            is shown grey. Three: RGB. Four: RGB and alpha (the colours not multiplied
            by it), shown on a checkerboard. More: the first three.
        bands: other channels to show: three, as red, green and blue, or one, grey.
            Then no channel is alpha.

    Returns:
        uint8 array (N, H, W, 3).

    Raises:
        ValueError: for a band that isn't there.
    """
    pictures = np.asarray(pictures)
    channels = pictures.shape[-1]
    bands = check_bands(bands, channels)
    if bands is None and channels == 4:
        return _on_checkerboard(pictures)
    if bands is None:
        bands = (0, 1, 2) if channels > 2 else (0,)
    shown = pictures if bands == tuple(range(channels)) else pictures[..., list(bands)]
    return np.ascontiguousarray(np.broadcast_to(to_uint8(shown), (*pictures.shape[:-1], 3)))


def _on_checkerboard(pictures):
    """RGBA pictures (N, H, W, 4) on a checkerboard, eight squares along: RGB, uint8."""
    h, w = pictures.shape[1:3]
    y, x = np.indices((h, w)) // max(1, max(h, w) // 8)
    board = np.where((y + x) % 2, 0.8, 1.0)[..., None]            # white, and a light grey
    if pictures.dtype == np.uint8:
        pictures = pictures / np.float32(255)
    alpha = np.clip(pictures[..., 3:], 0, 1)
    return to_uint8(pictures[..., :3] * alpha + board * (1 - alpha))


def grid(pictures, columns=None, gap=2, bands=None):
    """Lay pictures out in rows.

    Small pictures are enlarged by a whole factor. Where the sheet would have more than
    `LONGEST_SIDE` pixels a side, the pictures are reduced, each pixel a mean of those
    that it replaces.

    Args:
        pictures: (N, H, W, C), uint8 or float in [0, 1].
        columns: int, pictures in a row. None chooses: five; more for more than 25
            pictures; for long or wide ones, what brings the sheet nearest to a square.
        gap: int, white pixels between them.
        bands: the channels to show, see `as_rgb`.

    Returns:
        uint8 array (rows (h + gap) - gap, columns (w + gap) - gap, 3), RGB; h and w are
        H and W, unless the pictures were enlarged or reduced.
    """
    n, h, w, _ = np.shape(pictures)
    rows, columns, h, w, gap = _layout(n, h, w, columns, gap)
    sheet = np.full((rows * (h + gap) - gap, columns * (w + gap) - gap, 3), 255, np.uint8)
    for i in range(n):                    # one by one: thousands take no memory beside the sheet
        picture = as_rgb(pictures[i:i + 1], bands)[0]
        if picture.shape[:2] != (h, w):
            smaller = picture.shape[0] > h or picture.shape[1] > w
            picture = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA if smaller
                                 else cv2.INTER_NEAREST)
        y, x = i // columns * (h + gap), i % columns * (w + gap)
        sheet[y:y + h, x:x + w] = picture
    return sheet


def _layout(n, h, w, columns=None, gap=2):
    """Rows, columns, height and width of a picture, and gap of a sheet, see `grid`."""
    if columns is None or n > columns * LONGEST_SIDE:
        columns = _columns(n, h, w, gap)
    columns = min(n, columns)
    rows = -(-n // columns)
    h, w = _size_on_sheet(h, w, rows, columns, gap)
    return rows, columns, h, w, min(gap, LONGEST_SIDE // max(rows, columns) - 1)   # of thousands


def memory_of(shape):
    """Bytes that it takes to draw 25 samples of a shape beside as many real ones."""
    if len(shape) != 3:
        return OF_A_FIGURE
    rows, columns, h, w, gap = _layout(25, *shape[:2])
    return min(AT_MOST, OF_A_FIGURE + OF_A_SHEET * 3 * rows * (h + gap) * columns * (w + gap))


def _columns(n, h, w, gap):
    """How many pictures of this size stand in a row of a sheet."""
    if max(h, w) <= LONGEST_SHAPE * min(h, w):
        return 5 if n <= 25 else int(np.ceil(np.sqrt(n)))
    columns = np.arange(1, n + 1)
    across, down = columns * (w + gap), -(-n // columns) * (h + gap)
    return int(columns[np.argmin(np.maximum(across / down, down / across))])


def _size_on_sheet(h, w, rows, columns, gap):
    """The height and width that pictures have on a sheet."""
    room = min(((LONGEST_SIDE + gap) / number - gap) / side
               for number, side in ((rows, h), (columns, w)))
    if room >= 1:
        factor = min(int(room), -(-SMALLEST_SIDE // max(h, w)))
        return h * factor, w * factor
    return max(1, int(h * room)), max(1, int(w * room))


def write_png(path, picture):
    """Write a PNG file, of the size of the picture.

    Args:
        path: file to write.
        picture: (H, W, C), uint8 or float in [0, 1]; grey, RGB, or RGB and alpha.

    Raises:
        ValueError: for another number of channels. `as_rgb` makes three of them.
    """
    channels = np.shape(picture)[-1]
    if channels not in (1, 3, 4):
        raise ValueError("A PNG file holds grey, RGB or RGBA pictures: 1, 3 or 4 channels. "
                         f"Received: {channels}. as_rgb(pictures, bands=...) chooses three.")
    # OpenCV writes BGR. The colours are the *last* axis: [..., ::-1]. On a batch (N, H,
    # W, C) the often copied [:, :, ::-1] reverses the width instead: the pictures are
    # mirrored, and their colours are still wrong.
    order = [2, 1, 0, 3] if channels == 4 else slice(None, None, -1)
    ok, png = cv2.imencode(".png", to_uint8(picture)[..., order])
    if not ok:
        raise ValueError(f"OpenCV can't write a picture of shape {np.shape(picture)} as PNG")
    write_whole(path, png.tobytes())               # cv2.imwrite can't do every file name on Windows


def _write_figure(path, figure, dpi):
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=min(dpi, LONGEST_SIDE / max(figure.get_size_inches())))
    write_whole(path, png.getvalue())


def write_real_vs_generated(path, real, generated, title="generated", bands=None):
    """Write real and generated pictures side by side, in five columns each.

    Both are laid out, enlarged or reduced, and their channels shown, in the same way;
    see `grid`. Each value has the same colour in both.

    Args:
        path: PNG file to write.
        real, generated: (N, H, W, C), uint8 or float in [0, 1].
        title: str, over the generated ones, where they are of another kind.
        bands: the channels to show, see `as_rgb`.
    """
    sheets = {"real": grid(real, bands=bands), title: grid(generated, bands=bands)}
    for name, sheet in sheets.items():                # Matplotlib makes several copies
        if max(sheet.shape) > LONGEST_SIDE // 2:
            sheets[name] = cv2.resize(sheet, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    height, width, _ = sheets["real"].shape
    figure = Figure(figsize=(11, np.clip(5 * height / width, 0.5, 20) + 0.5), layout="constrained")
    for axes, (title, sheet) in zip(figure.subplots(1, 2), sheets.items()):
        axes.imshow(sheet)
        axes.set_title(title)
        axes.axis("off")
    _write_figure(path, figure, dpi=110)


def write_signals(path, signals, window=None):
    """Write signals as curves, kinds of them (real, generated) side by side.

    The first `MOST_SIGNALS` of each kind are drawn, each in a small panel of its own,
    and their first `MOST_CHANNELS` channels, each in a colour. The height of a panel is
    a window of values, one for each channel, since volts and degrees may be together.

    Args:
        path: PNG file to write.
        signals: dict of float arrays (N, length, channels), by title.
        window: (low, high) of all channels, or (channels, 2) of each; None: from the
            lowest to the highest value. A curve that leaves it is drawn at its edge.
    """
    signals = {title: np.asarray(s, "float64")[:MOST_SIGNALS] for title, s in signals.items()}
    _, length, channels = next(iter(signals.values())).shape
    if window is None:
        values = np.concatenate([s.reshape(-1, channels) for s in signals.values()]).T
        window = [limits(of_channel[np.isfinite(of_channel)]) for of_channel in values]
    low, high = np.broadcast_to(window, (channels, 2)).T               # (channels,) each
    alike = len(set(low)) == len(set(high)) == 1
    rows = -(-max(map(len, signals.values())) // 5)
    figure = Figure(figsize=(max(6, 5.5 * len(signals)), 1 + 0.9 * rows), layout="constrained")
    row = figure.subplots(1, len(signals), squeeze=False)[0]
    for axes, (title, some) in zip(row, signals.items()):
        some = (np.clip(some, low, high) - low) / (high - low)
        corners = [(1.08 * (i % 5), -1.15 * (i // 5)) for i in range(len(some))]
        for x, y in corners:
            axes.add_patch(Rectangle((x, y), 1, 1, color="0.93"))
        for channel in range(min(channels, MOST_CHANNELS)):
            curves = [np.stack(thinned(np.linspace(x, x + 1, length), y + signal[:, channel],
                                       most=1000), 1)
                      for signal, (x, y) in zip(some, corners)]
            axes.add_collection(LineCollection(curves, colors=f"C{channel}", linewidths=0.8,
                                               label=f"channel {channel}" + (
                                                   "" if alike else f": {low[channel]:.3g} to "
                                                   f"{high[channel]:.3g}")))
        axes.set(title=title, xlim=(0, 1.08 * min(5, len(some)) - 0.08),
                 ylim=(-1.15 * (rows - 1), 1), xticks=(0, 1), xticklabels=(0, length - 1),
                 yticks=(0, 1) if alike else (),
                 yticklabels=(f"{low[0]:.3g}", f"{high[0]:.3g}") if alike else ())
        axes.spines[:].set_visible(False)
    if channels > 1:
        if channels > MOST_CHANNELS:
            figure.suptitle(f"channels 0 to {MOST_CHANNELS - 1} of {channels}", fontsize="medium")
        figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower center",
                      ncols=MOST_CHANNELS // 2 * len(row), fontsize="small")
    _write_figure(path, figure, dpi=100)


def thinned(x, y, most=MOST_POINTS):
    """A curve that looks the same with at most `most` points.

    Args:
        x, y: (n,) arrays.

    Returns:
        x and y themselves if n is at most `most`; else, of each of `most` / 2 pieces of
        equal size, the lowest and the highest y, at the first x of the piece.
    """
    x, y = np.asarray(x), np.asarray(y)
    if len(x) <= most:
        return x, y
    starts = np.arange(most // 2) * len(x) // (most // 2)
    lowest, highest = (extreme.reduceat(y, starts) for extreme in (np.fmin, np.fmax))
    return np.repeat(x[starts], 2), np.stack([lowest, highest], axis=1).ravel()


def limits(values):
    """The lowest and the highest of finite values; around them if all are equal."""
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    around = max(0.5, 1e-3 * abs(low)) if low == high else 0.0
    return low - around, high + around


def _finite(title, vectors):
    """The rows of finite numbers, and a title that tells how many others there are."""
    vectors = np.asarray(vectors, "float64")         # with float32, narrow bins would be equal
    finite = np.isfinite(vectors).all(axis=1)
    if finite.all():
        return title, vectors
    return f"{title} ({np.sum(~finite):,} of {len(finite):,} not finite)", vectors[finite]


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
    samples = [_finite("real", real), _finite("generated", generated)]
    edges = np.histogram_bin_edges(np.concatenate([sample for _, sample in samples]), 80)
    for (name, sample), colour in zip(samples, ("black", "tab:green")):
        axes.hist(np.ravel(sample), edges, density=True, alpha=0.4, color=colour, label=name)
    axes.set(xlabel="x", ylabel="density")
    axes.legend()
    _write_figure(path, figure, dpi=100)


def write_vectors(path, clouds, window=None):
    """Write clouds of points side by side. Of many dimensions the first two are drawn.

    Numbers, points of one dimension, are drawn as histograms. Points that aren't finite
    are left out, and counted in the title.

    Args:
        path: PNG file to write.
        clouds: dict of arrays (N, dimensions), by title.
        window: (low, high) of all axes; None leaves it to Matplotlib.
    """
    figure = Figure(figsize=(4 * len(clouds), 4), layout="constrained")
    row = figure.subplots(1, len(clouds), squeeze=False)[0]
    for axes, (title, vectors) in zip(row, clouds.items()):
        title, vectors = _finite(title, vectors)
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
            axes.plot(*thinned(history["step"], values), label=name, linewidth=0.8)
    if undecided is not None:
        losses.axhline(undecided, color="grey", linestyle=":", linewidth=1,
                       label=f"{undecided:.3g}: D can't tell")
    losses.set_ylabel("loss")
    others.set_xlabel("step")
    for axes in (losses, others):
        if axes.lines:
            axes.legend(loc="upper right")
    _write_figure(path, figure, dpi=110)


def write_film(path, frames, seconds=8.0, hold=2.0):
    """Write an endless GIF of PNG files, or of `PIL.Image`s.

    It lasts `seconds`, and holds the last picture for `hold` seconds. Of very many
    files `MOST_FRAMES` are taken, evenly. All get the size of the last one, or a
    smaller one if they would have more than `MOST_PIXELS` together. Files that can't be
    read are left out.
    """
    number = min(len(frames), MOST_FRAMES)
    chosen = np.unique(np.linspace(0, len(frames) - 1, number).round().astype(int))
    pictures = []
    for i in chosen[::-1]:
        # Half a file of a process that was killed, or somebody else's
        with contextlib.suppress(OSError, Image.DecompressionBombError):
            frame = frames[i] if isinstance(frames[i], Image.Image) else Image.open(frames[i])
            if not pictures:
                scale = min(1, np.sqrt(MOST_PIXELS / number / (frame.width * frame.height)))
                size = tuple(max(1, int(scale * side)) for side in frame.size)
            frame = frame.convert("RGB")
            if frame.size != size:
                frame = frame.resize(size, Image.Resampling.BOX)
            pictures.insert(0, frame.quantize(128, dither=Image.Dither.NONE))
    if not pictures:
        return
    durations = [max(40, int(1000 * seconds / len(pictures)))] * len(pictures)
    durations[-1] = int(1000 * hold) or durations[-1]
    gif = io.BytesIO()
    pictures[0].save(gif, format="gif", save_all=True, append_images=pictures[1:],
                     duration=durations, loop=0)
    write_whole(path, gif.getvalue())
