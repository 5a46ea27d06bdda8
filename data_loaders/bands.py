"""What a picture file holds, before it becomes a picture of so many channels."""
import contextlib
import functools
import threading
from typing import NamedTuple

import numpy as np

# Of a picture. Above it Pillow warns about a decompression bomb. A JPEG may have four
# times as many pixels, and is then decoded in half its size.
MAX_PIXELS = 89_478_485
LARGE = 20_000_000            # pixels. Larger pictures are decoded one at a time: bounded memory
ONE_AT_A_TIME = threading.Lock()
GREY_FROM = 16_383            # 14 bits. A 16-bit file with no larger value is nearly black
ANIMATION = "an animation, its first frame is used"


class NotAPicture(ValueError):
    """A file that can't be used. `reason` says why: "empty file", "broken picture"."""

    def __init__(self, path, reason):
        super().__init__(f"{path}: {reason}")
        self.reason = reason


class Bands(NamedTuple):
    """The values of a file, and what the file says about them."""
    values: np.ndarray
    """Array (height, width, bands), upright, in the file's own numbers."""
    colours: int | None
    """1: the first band is grey. 3: the first three are red, green, blue. None: the
    file doesn't say what its bands are."""
    alpha: int | None = None
    """Which band is alpha."""
    multiplied: bool = False
    """The colours are multiplied by alpha already (associated alpha)."""
    white: int | None = None
    """The value that is white, if the file says so (12 bits: 4095)."""
    remark: str | None = None
    """What was left out of the file."""


def room(path, width, height, bands=1, most=1, part=1):
    """Where a picture is decoded: at once if it is small, else one at a time.

    Args:
        path: of the file, for the error.
        width, height: in pixels.
        bands: more than 4 count as so many times as many pixels.
        most: how many times `MAX_PIXELS` are allowed.
        part: the picture is decoded in a `part`-th of its size.

    Returns:
        A context manager.

    Raises:
        NotAPicture: if the picture is too large, or has no pixels.
    """
    if width < 1 or height < 1:
        raise NotAPicture(path, "broken picture")
    pixels = width * height * max(1, -(-bands // 4))
    if pixels > MAX_PIXELS * most:
        raise NotAPicture(path, f"too large: {width}x{height} pixels"
                                f"{f' of {bands} bands' if bands > 4 else ''}, "
                                f"more than {MAX_PIXELS * most // 1_000_000} million")
    return ONE_AT_A_TIME if pixels > LARGE * part ** 2 else contextlib.nullcontext()


def to_picture(path, bands, channels, background, black=0, white=None):
    """`Bands` -> uint8 picture (height, width, channels or 3), and what was found.

    Returns:
        tuple: the picture; whether its fourth channel is alpha; a remark or None; the
        largest value, if the file doesn't say which value is white, else None.

    Raises:
        NotAPicture: if the file has too few bands, or values that don't say what is
            white where `white` doesn't either.
    """
    values, count = bands.values, bands.values.shape[2]
    remark, colours = bands.remark, bands.colours
    if channels in (1, 3) or (channels == 4 and (count < 4 or bands.alpha is not None)):
        if colours is None and count >= 3:
            remark = join(remark, "bands without names, the first 3 are shown as RGB")
        kept = colours or (3 if count >= 3 else 1)
    elif channels == 2 and colours == 3:
        raise NotAPicture(path, "colours, where 2 bands are asked for")
    elif count < channels:
        raise NotAPicture(path, f"{count} band{'s' * (count > 1)}, where {channels} are asked for")
    else:
        kept = channels
    as_picture = channels in (1, 3, 4)
    with_alpha = as_picture and bands.alpha is not None and bands.alpha >= kept
    left_out = count - kept - with_alpha
    if left_out:
        remark = join(remark, f"{left_out} more band{'s' * (left_out > 1)} left out")

    colour, brightest = to_8_bits(path, values[..., :kept], bands.white, black, white)
    alpha = None
    if with_alpha:
        alpha = values[..., bands.alpha]
        alpha = to_8_bits(path, alpha, bands.white, *natural(alpha.dtype))[0]
    if as_picture and kept == 1:
        colour = np.repeat(colour, 3, axis=2)
    if channels == 4 and kept < 4:
        if alpha is None:
            alpha = np.full(colour.shape[:2], 255, np.uint8)
        elif bands.multiplied:
            colour = divided(colour, alpha)
        return np.dstack([colour, alpha]), True, remark, brightest
    if alpha is not None:
        colour = lay(colour, alpha, background, bands.multiplied)
    return np.ascontiguousarray(colour), False, remark, brightest


def join(*remarks):
    """One remark of several, or None."""
    return "; ".join(remark for remark in remarks if remark) or None


def natural(dtype):
    """(0, the value of a dtype that is white by itself)."""
    return 0, np.iinfo(dtype).max if dtype.kind in "iu" else 1


def to_8_bits(path, values, declared, black, white):
    """Any values -> uint8, and the largest if nothing declares what is white."""
    if values.dtype == np.uint8 and declared in (None, 255):
        return values, None
    brightest = None
    if declared is not None and declared != 65535:
        black, white = 0, declared
    else:
        lowest, brightest = extremes(values)
        if white is None:
            if values.dtype.kind == "f" and (lowest < 0 or brightest > 1):
                raise NotAPicture(path, f"{values.dtype} from {lowest:.4g} to {brightest:.4g}, not "
                                        "0..1: say which value becomes 255, white=...")
            if values.dtype.kind != "f" and values.dtype != np.uint16:
                raise NotAPicture(path, f"{values.dtype} from {lowest} to {brightest}: "
                                        "say which value becomes 255, white=...")
            white = 1 if values.dtype.kind == "f" else 65535
        if not black < white:
            raise NotAPicture(path, f"black={black:g}, where {white} is white: say which value "
                                    "becomes 255, white=...")
    eight = np.empty(values.shape, np.uint8)
    for rows in strips(values):
        if values.dtype == np.uint16:
            eight[rows] = _table(black, white)[values[rows]]
        else:
            strip = (np.nan_to_num(values[rows], nan=black).astype(np.float64) - black) * 255
            eight[rows] = np.rint(np.clip(strip / (white - black), 0, 255))
    return eight, brightest


def strips(values):
    """Slices of some rows each, which bound the memory that a computation takes."""
    step = max(1, 2 ** 20 // (values[0].size or 1))
    return [slice(y, y + step) for y in range(0, len(values), step)]


@functools.lru_cache(8)
def _table(black, white):
    """What becomes of each of the 65536 values of 16 bits."""
    values = (np.arange(65536, dtype=np.float64) - black) * 255 / (white - black)
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def extremes(values):
    """The smallest and the largest number, without NaN and infinity."""
    if values.dtype.kind != "f":
        return values.min().item(), values.max().item()
    ends = []
    for rows in strips(values):
        finite = values[rows][np.isfinite(values[rows])]
        if finite.size:
            ends += [finite.min().item(), finite.max().item()]
    return (min(ends), max(ends)) if ends else (0, 0)


def lay(colour, alpha, background, multiplied=False):
    """Lay a transparent uint8 picture on a background."""
    under = np.asarray(background, np.float32)
    result = np.empty_like(colour)
    for rows in strips(colour):
        strip, a = colour[rows], alpha[rows, :, None].astype(np.float32) / 255.0
        over = strip if multiplied else strip * a
        result[rows] = np.round(np.clip(over + (1.0 - a) * under, 0, 255))
    return result


def divided(colour, alpha):
    """Colours that are multiplied by alpha -> straight colours."""
    result = np.empty_like(colour)
    for rows in strips(colour):
        a = alpha[rows, :, None].astype(np.float32)
        result[rows] = np.rint(np.clip(colour[rows] * (255 / np.maximum(a, 1)), 0, 255))
    return result
