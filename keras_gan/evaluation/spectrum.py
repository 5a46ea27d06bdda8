"""Instruments on frequencies: is there a pattern of pixels that real pictures lack?"""
import numpy as np

FREQUENCIES = {"rows": (1, 0), "columns": (0, 1), "checkerboard": (1, 1)}     # in units of π


def power_spectrum(pictures):
    """The mean power of each frequency of pictures.

    Each picture has its mean taken away, and fades to its edges (Hann window), because
    a picture that ends in a step has all frequencies.

    Args:
        pictures: (n, height, width, channels), uint8 or float in [0, 1].

    Returns:
        float array (height, width), with frequency 0 at [0, 0] and π, the alternation
        from pixel to pixel, at half of height or width. Noise of variance v that is
        independent from pixel to pixel has power v everywhere.

    Raises:
        ValueError: if the pictures aren't an array of four axes, or smaller than 4x4.
    """
    pictures = np.asarray(pictures)
    if pictures.ndim != 4 or not len(pictures) or min(pictures.shape[1:3]) < 4:
        raise ValueError("pictures must be (n, height, width, channels), at least 4x4. "
                         f"Received: {pictures.shape}")
    h, w = pictures.shape[1:3]
    rows, columns = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n) for n in (h, w))
    window = np.outer(rows, columns)[..., None]
    window = window / np.sqrt((window ** 2).sum())
    power = np.zeros((h, w))
    for picture in pictures:                     # one after the other: there may be thousands
        picture = picture / 255 if picture.dtype == np.uint8 else picture.astype("float64")
        seen = np.fft.fft2((picture - picture.mean((0, 1))) * window, axes=(0, 1))
        power += (np.abs(seen) ** 2).mean(-1) / len(pictures)
    return power


def weave(generated, real):
    """How much more power pictures have where they alternate from pixel to pixel.

    A generator whose layers double the size, or a discriminator with strides, may treat
    the four pixels of a 2x2 block differently. Samples then look woven: they have power
    around the frequencies (π, 0), (0, π) and (π, π) that real pictures lack.

    Args:
        generated, real: pictures (n, height, width, channels), of the same size, uint8
            or float in [0, 1].

    Returns:
        dict of floats: "rows" (each unlike the next), "columns", "checkerboard". The
        power within π/8 of the frequency, over that of real pictures. 1: no weave.
        Below 1: real pictures are sharper.

    Raises:
        ValueError: if they have different sizes.
    """
    spectra = [power_spectrum(pictures) for pictures in (generated, real)]
    if spectra[0].shape != spectra[1].shape:
        raise ValueError("Generated and real pictures must have the same size. "
                         f"Received: {spectra[0].shape} and {spectra[1].shape}")
    h, w = spectra[0].shape
    y, x = (np.abs(np.fft.fftfreq(n))[:, None] * 2 for n in (h, w))          # 0 to 1, that is π
    figures = {}
    for name, (row, column) in FREQUENCIES.items():
        near = (np.abs(y - row) <= 1 / 8) & (np.abs(x.T - column) <= 1 / 8)
        figures[name] = float(spectra[0][near].mean() / spectra[1][near].mean())
    return figures
