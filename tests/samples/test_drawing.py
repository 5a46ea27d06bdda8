"""Pictures that we write: what they show, and that they are never too large."""
import tracemalloc

import cv2
import numpy as np
import pytest
from PIL import Image

from keras_gan.samples import drawing
from keras_gan.samples.drawing import LONGEST_SIDE, as_rgb, grid, thinned


def size_of(path):
    """(height, width) of a PNG file."""
    return cv2.imread(str(path)).shape[:2]


@pytest.mark.parametrize("shape, sheet", [
    ((25, 28, 28, 1), (148, 148)),            # as ever: five columns, two white pixels between
    ((25, 128, 160, 3), (648, 808)),
    ((7, 28, 28, 3), (58, 148)),
    ((64, 28, 28, 1), (238, 238)),            # `keras-gan sample`: eight columns
    ((25, 8, 8, 1), (128, 128)),              # enlarged three times
    ((25, 1, 1, 1), (128, 128)),              # one pixel alone nobody sees
    ((25, 1500, 1, 1), (1500, 73)),           # all in one row
    ((25, 1, 1500, 3), (73, 1500)),           # all in one column
    ((25, 1, 40_000, 1), (73, LONGEST_SIDE)),
    ((25, 900, 1000, 1), (3683, 4093)),       # reduced to 735x817
    ((3000, 1, 1, 1), (1428, 1428)),
])
def test_a_sheet_is_laid_out_by_the_shape_of_its_pictures(shape, sheet):
    pictures = np.zeros(shape, np.uint8)
    assert grid(pictures).shape == (*sheet, 3)


@pytest.mark.parametrize("columns", [None, 8, 1, 5000])
def test_a_sheet_of_thousands_stays_small(columns):
    sheet = grid(np.full((5000, 32, 40, 1), 128, np.uint8), columns)
    assert max(sheet.shape) <= LONGEST_SIDE and np.isin(sheet, (128, 255)).all()


def test_a_sheet_takes_little_memory_beside_itself():
    pictures = np.broadcast_to(np.float32(0.5), (400, 300, 300, 3))       # takes no memory
    tracemalloc.start()
    sheet = grid(pictures)                                     # all at once would take 1.3 GB
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert max(sheet.shape) <= LONGEST_SIDE and peak < 2 ** 26


def test_bands_may_be_numbers_of_numpy():
    pictures = np.arange(24, dtype=np.uint8).reshape(1, 2, 3, 4)
    shown = as_rgb(pictures, [np.int64(3), 0, np.uint8(1)])
    np.testing.assert_array_equal(shown, pictures[..., [3, 0, 1]])


def test_columns_that_are_asked_for_are_kept():
    classes = np.arange(50).reshape(50, 1, 1, 1) * np.ones((50, 300, 2, 1)) / 255    # 10 columns
    sheet = grid(classes, columns=10)
    assert sheet.shape == (5 * 302 - 2, 10 * 4 - 2, 3)
    assert sheet[303, 4, 0] == 11                              # row 1, column 1


def test_a_reduced_picture_shows_means_and_an_enlarged_one_its_pixels():
    stripes = np.zeros((25, 1200, 1200, 1), np.uint8)
    stripes[:, ::2] = 200
    reduced = grid(stripes)[:800, :800]
    assert reduced.mean() == pytest.approx(100, abs=1) and 0 < reduced.min() < reduced.max() < 200
    few = np.array([10, 200], np.uint8).reshape(1, 1, 2, 1)
    np.testing.assert_array_equal(np.unique(grid(few)), [10, 200])


def test_channels_are_shown_as_people_expect():
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (2, 6, 5, 5), dtype=np.uint8)
    for channels, shown in ((1, [0, 0, 0]), (2, [0, 0, 0]), (3, [0, 1, 2]), (5, [0, 1, 2])):
        np.testing.assert_array_equal(as_rgb(pictures[..., :channels]), pictures[..., shown])
    np.testing.assert_array_equal(as_rgb(pictures, bands=(4, 3, 1)), pictures[..., [4, 3, 1]])
    np.testing.assert_array_equal(as_rgb(pictures, bands=(3,)), pictures[..., [3, 3, 3]])
    np.testing.assert_array_equal(as_rgb(pictures / np.float32(255), (3,)), as_rgb(pictures, (3,)))
    near_infrared = pictures[..., :4]                          # bands that are asked for: no alpha
    np.testing.assert_array_equal(as_rgb(near_infrared, (3, 0, 1)), pictures[..., [3, 0, 1]])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_alpha_lets_a_checkerboard_through(dtype):
    white = 255 if dtype == np.uint8 else 1
    picture = np.zeros((1, 16, 16, 4), dtype)
    picture[..., 0] = white                                    # red; above transparent,
    picture[:, 8:, :, 3] = white                               # below opaque
    shown = as_rgb(picture)[0]
    assert (shown[8:] == (255, 0, 0)).all()
    assert (shown[:2, :2] == 255).all() and (shown[:2, 2:4] == 204).all()      # squares of 2
    picture[..., 3] = white // 2 if dtype == np.uint8 else 0.5
    np.testing.assert_allclose(as_rgb(picture)[0, 0, 0], (255, 127.5, 127.5), atol=1)


@pytest.mark.parametrize("bands", [(0, 1), (), (5, 0, 1), (-1,), 3, "rgb", (0., 1., 2.), (True,)])
def test_bands_that_are_not_there_are_refused(bands):
    with pytest.raises(ValueError, match=r"one channel.*or three.*from 0 to 4. Received: bands="):
        grid(np.zeros((1, 4, 4, 5)), bands=bands)


def test_png_files_keep_alpha_and_refuse_other_bands(tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (4, 3, 4), dtype=np.uint8)
    for channels, mode in ((4, "RGBA"), (3, "RGB"), (1, "L")):
        drawing.write_png(tmp_path / "a.png", picture[..., :channels])
        written = Image.open(tmp_path / "a.png")
        assert written.mode == mode
        np.testing.assert_array_equal(np.asarray(written).reshape(4, 3, -1),
                                      picture[..., :channels])
    for channels in (2, 5):
        with pytest.raises(ValueError, match=f"1, 3 or 4 channels. Received: {channels}"):
            drawing.write_png(tmp_path / "b.png", np.zeros((4, 4, channels)))


@pytest.mark.parametrize("shape", [(25, 1500, 1, 1), (25, 1, 1500, 4), (2, 1, 1, 2),
                                   (4, 1500, 1500, 3)])
def test_real_beside_generated_is_never_large(tmp_path, shape):
    pictures = np.zeros(shape, np.uint8)
    drawing.write_real_vs_generated(tmp_path / "a.png", pictures, pictures)
    assert max(size_of(tmp_path / "a.png")) <= 2500


def test_real_and_generated_are_shown_on_one_scale(tmp_path):
    half = np.full((25, 30, 30, 5), 0.5, np.float32)           # one has no black and no white
    half[..., 4] = np.linspace(0, 1, 25).reshape(25, 1, 1)
    drawing.write_real_vs_generated(tmp_path / "a.png", half, half[:, ::-1], bands=(0,))
    written = cv2.imread(str(tmp_path / "a.png"))
    inside = [written[300, x] for x in (300, 900)]
    np.testing.assert_array_equal(inside, np.full((2, 3), 128))


def test_signals_share_one_window_of_values(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(drawing, "_write_figure", lambda path, figure, dpi: figures.append(figure))
    real = np.tile(np.linspace(-2, 2, 50)[:, None], (30, 1, 12))                # (30, 50, 12)
    drawing.write_signals("a.png", {"real": real, "generated": real[:3] / 2})
    left, right = figures[0].axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["-2", "2"]
    assert [label.get_text() for label in left.get_xticklabels()] == ["0", "49"]
    assert left.get_ylim() == right.get_ylim()
    assert len(left.patches) == 25 and len(right.patches) == 3                 # panels
    assert len(left.collections) == 10                                         # colours
    assert figures[0]._suptitle.get_text() == "channels 0 to 9 of 12"
    curve, half = (axes.collections[0].get_segments()[0] for axes in (left, right))
    np.testing.assert_allclose(curve[[0, -1]], [[0, 0], [1, 1]])
    np.testing.assert_allclose(half[[0, -1]], [[0, 0.25], [1, 0.75]])
    drawing.write_signals("a.png", {"turn 1": real[:, :, :1]}, window=(-1, 1))
    curve = figures[1].axes[0].collections[0].get_segments()[0]
    assert curve[:, 1].min() == 0 and curve[:, 1].max() == 1                   # at the edge


@pytest.mark.parametrize("signals", [
    np.full((3, 20, 1), np.nan), np.ones((1, 1, 1)), np.full((2, 20, 2), 1e30),
    np.random.default_rng(0).normal(size=(2, 200_000, 2))])
def test_any_signals_are_drawn_on_a_small_picture(tmp_path, signals):
    drawing.write_signals(tmp_path / "a.png", {"real": signals, "generated": signals})
    assert max(size_of(tmp_path / "a.png")) < 1500


def test_a_thinned_curve_keeps_its_lowest_and_highest_values():
    x, y = np.arange(1_000_000), np.zeros(1_000_000)
    y[123_456], y[777_777], y[:100_000] = 5, -3, np.nan
    few, thin = thinned(x, y)
    assert len(few) == len(thin) == 4000
    assert abs(few[np.nanargmax(thin)] - 123_456) <= 500 and np.nanmax(thin) == 5
    assert abs(few[np.nanargmin(thin)] - 777_777) <= 500 and np.nanmin(thin) == -3
    assert np.isnan(thin[:400]).all() and not np.isnan(thin[400:]).any()
    assert thinned(x[:4000], y[:4000])[1].base is y            # as it is


def test_a_long_history_is_drawn_with_few_points(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(drawing, "_write_figure", lambda path, figure, dpi: figures.append(figure))
    n = 100_000
    drawing.write_losses("a.png", {"step": list(range(n)), "d_loss": [0.0] * n, "x": [1.0] * n})
    lines = [line for axes in figures[0].axes for line in axes.lines]
    assert len(lines) == 2 and all(len(line.get_xdata()) == 4000 for line in lines)


def test_points_that_are_not_finite_are_counted_and_equal_ones_drawn(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(drawing, "_write_figure", lambda path, figure, dpi: figures.append(figure))
    some = np.float32([[1e6]] * 99 + [[np.nan]])               # in float32 no 80 bins fit there
    for write in (lambda: drawing.write_vectors("a.png", {"real": some[:9], "generated": some}),
                  lambda: drawing.write_vectors("a.png", {"turn 3": np.hstack([some, some])}),
                  lambda: drawing.write_histograms("a.png", some[:9], some)):
        write()
    assert figures[0].axes[1].get_title() == "generated (1 of 100 not finite)"
    assert figures[1].axes[0].get_title() == "turn 3 (1 of 100 not finite)"
    labels = figures[2].axes[0].get_legend_handles_labels()[1]
    assert labels == ["real", "generated (1 of 100 not finite)"]


def test_a_film_is_bounded_and_its_frames_have_one_size(tmp_path, monkeypatch):
    monkeypatch.setattr(drawing, "MOST_PIXELS", 3 * 50 * 40)
    files = [tmp_path / f"{i}.png" for i in range(3)]
    for file, size in zip(files, ((10, 20), (100, 80), (100, 80))):    # an older one is small
        drawing.write_png(file, np.full((*size, 3), 200, np.uint8))
    drawing.write_film(tmp_path / "film.gif", [tmp_path / "no.png", *files])
    with Image.open(tmp_path / "film.gif") as film:
        assert film.n_frames <= 3 and film.width * film.height <= 50 * 40
        assert film.width / film.height == pytest.approx(0.8, rel=0.05)
        film.seek(film.n_frames - 1)
        assert np.asarray(film.convert("RGB")).min() > 190
