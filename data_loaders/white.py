"""Which values become black and white, in files that don't say it themselves."""
import math
import numbers

from data_loaders.bands import GREY_FROM
from data_loaders.names import brief


def check_white(white, black, data=True):
    """White ("data", a float or None) and black, a float; `ValueError` for others.

    Args:
        white, black: see `load_data`.
        data: bool, whether white may be "data".
    """
    from_data = data and isinstance(white, str) and white == "data"
    given = [black] if white is None or from_data else [white, black]
    fit = all(isinstance(n, numbers.Real) and not isinstance(n, bool) and math.isfinite(n)
              for n in given)
    if not fit or (len(given) > 1 and white <= black):
        or_data = "'data' (the largest value in the files) " if data else ""
        raise ValueError(f"white must be a number above black, {or_data}or None, and black a "
                         f"number. Received: white={brief(white)}, black={brief(black)}")
    return white if white is None or from_data else float(white), float(black)


def remarks_on_white(asked, white, deep, split):
    """What to say about files that don't tell which value is white: a list of str.

    Args:
        asked: what `load_data` was asked for: a number, "data" or None.
        white: the number that is white, or None.
        deep: dict, "integers" and "floats" -> how many such files there are, and the
            largest value in them.
        split: the split that was asked for.
    """
    (integers, most), (floats, most_of_floats) = deep["integers"], deep["floats"]
    count, largest = integers + floats, max(most, most_of_floats)
    if asked is not None and not count:
        return [f"white={asked!r} changes nothing: all files have 8 bits, or say what is white"]
    if white is None:
        bits = bits_of(most)
        return [f"nearly black: no value in {integers} files of 16 bits is above {most}. If these "
                f"data have {bits} bits, load them with white={2 ** bits - 1} "
                f"(--white {2 ** bits - 1}), or take the largest value: white='data'"
                ] if bits else []
    remarks = []
    if asked == "data":
        where = "the files to train on" if split == "test" else f"{count} files"
        remarks = [f"white is {white:g}, the largest value in {where} of more than 8 bits"]
    if largest > white:
        remarks.append(f"values above white={white:g} become 255, the largest is {largest:g}")
    if floats and most_of_floats <= 1 and white >= 255:
        remarks.append(f"nearly black: no value in {floats} files of floats is above "
                       f"{most_of_floats:g}, and white is {white:g}. Where 1 is white in them, "
                       "load them from a folder of their own")
    return remarks


def bits_of(brightest):
    """How many bits the data may have whose largest value in 16 bits is `brightest`.

    None if they fill 16 bits, or are floats, or if nothing is known.
    """
    if not isinstance(brightest, int) or not 0 < brightest <= GREY_FROM:
        return None
    return next(bits for bits in (8, 10, 12, 14) if brightest < 2 ** bits)
