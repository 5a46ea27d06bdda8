"""Spectra of a checkerboard, of stripes and of noise, by hand."""
import numpy as np
import pytest

from keras_gan.evaluation import power_spectrum, weave


def alternating(h, w, rows, columns, size=0.25):
    """(h, w, 1): .5 ± size, which changes from row to row and from column to column."""
    y, x = np.indices((h, w))
    return 0.5 + size * np.cos(np.pi * (rows * y + columns * x))[..., None]


@pytest.mark.parametrize("rows, columns", [(0, 1), (1, 0), (1, 1)])
def test_spectrum_of_an_alternation(rows, columns):
    h, w = 16, 24
    power = power_spectrum(alternating(h, w, rows, columns)[None])
    assert np.unravel_index(power.argmax(), power.shape) == (rows * h // 2, columns * w // 2)
    # The window's mean is 1/2, its mean square 3/8, along each axis
    assert power.max() == pytest.approx(0.25 ** 2 * h * w * (2 / 3) ** 2)
    # And of each axis half of the amplitude is at the next frequency
    assert power[rows * h // 2 - 1, columns * w // 2] == pytest.approx(power.max() / 4)


def test_spectrum_of_noise_is_its_variance(rng):
    power = power_spectrum(0.5 + 0.1 * rng.normal(size=(400, 8, 12, 3)))
    np.testing.assert_allclose(power[2:7, 2:11], 0.01, rtol=0.15)
    bright = power_spectrum(np.full((2, 8, 8, 1), 200, np.uint8))
    np.testing.assert_allclose(bright, 0, atol=1e-20)
    pictures = rng.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    np.testing.assert_allclose(power_spectrum(pictures), power_spectrum(pictures / 255))


def test_weave_names_what_alternates(rng):
    real = 0.5 + 0.1 * rng.normal(size=(50, 16, 24, 1))
    assert weave(real, real) == {"rows": 1, "columns": 1, "checkerboard": 1}
    for name, how in {"rows": (1, 0), "columns": (0, 1), "checkerboard": (1, 1)}.items():
        woven = weave(real + alternating(16, 24, *how, size=0.05) - 0.5, real)
        assert woven.pop(name) > 2 and all(0.8 < figure < 1.25 for figure in woven.values())


@pytest.mark.parametrize("shape", [(3, 8, 8), (0, 8, 8, 1), (2, 3, 8, 1)])
def test_spectrum_refuses_what_are_no_pictures(shape):
    with pytest.raises(ValueError, match=r"at least 4x4. Received: \("):
        power_spectrum(np.zeros(shape))
    with pytest.raises(ValueError, match=r"same size. Received: \(8, 8\) and \(8, 9\)"):
        weave(np.zeros((1, 8, 8, 1)), np.zeros((1, 8, 9, 1)))
