"""Which values become black and white, in files that don't say it themselves."""
import numbers

from data_loaders.bands import GREY_FROM


def check_white(white, black):
    """White ("data", a float or None) and black, a float; `ValueError` for others."""
    given = [value for value in (white, black) if value not in (None, "data")]
    fit = all(isinstance(n, numbers.Real) and not isinstance(n, bool) for n in given)
    if not fit or black in (None, "data") or (len(given) > 1 and white <= black):
        raise ValueError("white must be a number above black, 'data' (the largest value in the "
                         "files) or None, and black a number. "
                         f"Received: white={white!r}, black={black!r}")
    return white if white in (None, "data") else float(white), float(black)


def remarks_on_white(white, deep, brightest):
    """What to say about files that don't tell which value is white: a list of str.

    Args:
        white: as for `load_data`.
        deep: int, how many such files there are.
        brightest: the largest value in them.
    """
    if white is not None and not deep:
        return [f"white={white!r} changes nothing: all files have 8 bits, or say what is white"]
    if white == "data":
        return [f"white is {brightest:g}, the largest value in {deep} files of more than 8 bits"]
    if white is None and (bits := bits_of(brightest)):
        return [f"nearly black: no value in {deep} files of 16 bits is above {brightest}. If these "
                f"data have {bits} bits, load them with white={2 ** bits - 1} "
                f"(--white {2 ** bits - 1}), or take the largest value: white='data'"]
    return []


def bits_of(brightest):
    """How many bits the data may have whose largest value in 16 bits is `brightest`.

    None if they fill 16 bits, or are floats, or if nothing is known.
    """
    if not isinstance(brightest, int) or not 0 < brightest <= GREY_FROM:
        return None
    return next(bits for bits in (8, 10, 12, 14) if brightest < 2 ** bits)
