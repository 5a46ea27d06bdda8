"""What the checks refuse: each line of advice is tried on what was refused."""
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from keras_gan.samples import advice
from keras_gan.samples.checks import check_images, check_numbers, check_samples
from keras_gan.samples.labels import check_labels, remarks_on_balance, remarks_on_labels
from keras_gan.samples.remarks import remark_on_range, remarks_on_units

RGB, GREY = (6, 8, 3), (6, 8, 1)


def pictures(*shape, dtype="uint8"):
    numbers = np.random.default_rng(0).integers(0, 256, shape)
    return numbers.astype(dtype) if dtype == "uint8" else (numbers / 127.5 - 1).astype(dtype)


def said(check, *arguments, **more):
    with pytest.raises(ValueError, match=r"must .*Received") as error:
        check(*arguments, **more)
    return str(error.value)


# --- pictures -------------------------------------------------------------------------


@pytest.mark.parametrize("shape, wanted, line", [
    ((5, 6, 8), GREY, "images[..., None]"),
    ((5, 6, 8), RGB, "images[..., None].repeat(3, axis=-1)"),
    ((5, 3, 6, 8), RGB, "images.transpose(0, 2, 3, 1)"),
    ((5, 1, 6, 8), GREY, "images.transpose(0, 2, 3, 1)"),
    ((5, 8, 6, 3), RGB, "images.transpose(0, 2, 1, 3)"),
    ((5, 6, 8, 4), RGB, "images[..., :3]"),
    ((5, 6, 8, 2), GREY, "images[..., :1]"),
    ((5, 4, 6, 8), RGB, "images.transpose(0, 2, 3, 1)[..., :3]"),
    ((5, 6, 8, 1), RGB, "images.repeat(3, axis=-1)"),
    ((5, 1, 6, 8), RGB, "images.transpose(0, 2, 3, 1).repeat(3, axis=-1)"),
    ((5, 6, 8, 3), GREY, "images.mean(axis=-1, keepdims=True).astype('uint8')"),
    ((5, 144), RGB, "images.reshape(-1, 6, 8, 3)"),
    ((6, 8, 3), RGB, "images[None]"),
    ((6, 8), GREY, "images[None, ..., None]"),
])
def test_another_shape_is_refused_with_the_line_that_mends_it(shape, wanted, line):
    images = pictures(*shape)
    text = said(check_images, images, wanted)
    assert f"shape {shape}" in text and f"{line} " in text
    check_images(eval(line, {"images": images}), wanted)


@pytest.mark.parametrize("shape, wanted, advised", [
    ((5, 7, 9, 3), RGB, "img_shape=(7, 9, 3)"),
    ((5, 3, 32, 40), GREY, "img_shape=(32, 40, 3), and take images.transpose(0, 2, 3, 1)"),
    ((0, 6, 8, 3), RGB, "It is empty"),
    ((2, 5, 6, 8, 3), RGB, "img_shape=(height, width, channels)"),
])
def test_where_no_line_mends_a_shape_none_is_given(shape, wanted, advised):
    assert advised in said(check_images, pictures(*shape), wanted)


@pytest.mark.parametrize("make, line", [
    (lambda x: x.astype("int64"), "images.astype('uint8')"),
    (lambda x: x.astype("float32"), "images.astype('uint8')"),
    (lambda x: x * 257.0, "images / 65535 * 2 - 1"),
    (lambda x: x.astype("uint16") * 16, "images / 4095 * 2 - 1"),
    (lambda x: x.astype(">u2") * 257, "images / 65535 * 2 - 1"),
    (lambda x: x > 127, "images.astype('uint8') * 255"),
    (lambda x: (x > 127).astype(int), "images.astype('uint8') * 255"),
    (lambda x: x / 255, "images * 2 - 1"),
    (lambda x: x / 254.9999, "images.clip(0, 1) * 2 - 1"),
    (lambda x: (x / 127.5 - 1) * 1.0001, "images.clip(-1, 1)"),
    (lambda x: x * 1.01 - 1, "images.clip(0, 255).astype('uint8')"),
    (lambda x: (x / 127.5 - 1) * 3, "(images - -3) / 3 - 1"),
    (lambda x: x // 16, "images / 15 * 2 - 1"),
])
def test_another_range_is_refused_with_the_line_that_mends_it(make, line):
    images = make(pictures(5, *RGB))
    if images.dtype == np.uint8:
        images = images.astype("float32")
    assert line in said(check_images, images, RGB)
    mended = eval(line, {"images": images})
    assert mended.dtype == np.uint8 or mended.min() <= -0.99
    check_images(mended, RGB)
    assert np.ptp(mended) == (255 if mended.dtype == np.uint8 else pytest.approx(2, abs=0.01))


def test_what_generate_returns_is_not_taken_for_the_other_range():
    made = pictures(5, *RGB, dtype="float32") / 2 + 0.5
    text = said(check_images, made, RGB)
    assert "none below 0" in text and "images * 2 - 1" in text
    check_images(made, RGB, may_be_bright=True)
    bright = np.linspace(0.5, 0.51, 288, dtype="float32").reshape(2, *RGB)     # it is meant so
    line = "((images + 1) * 127.5).round().astype('uint8')"
    assert line in said(check_images, bright, RGB)
    assert set(np.unique(eval(line, {"images": bright}))) == {191, 192, 193}


def test_numbers_that_are_none_are_counted_and_left_out():
    images = pictures(9, *RGB, dtype="float32")
    images[3, 0, 0, 0], images[7, 2, 1, 1] = np.nan, np.inf
    text = said(check_images, images, RGB)
    assert "in 2 of the 9 pictures" in text
    line = "images[numpy.isfinite(images).all((1, 2, 3))]"
    assert line in text and len(eval(line, {"images": images, "numpy": np})) == 7


def test_pictures_of_one_colour_say_nothing_about_their_range():
    for colour in (0.0, 1.0):                                  # a dummy; an empty page
        images = np.full((2, *RGB), colour)
        np.testing.assert_array_equal(check_images(images, RGB), images)


@pytest.mark.parametrize("make", [
    lambda x: x[:, ::-1], np.asfortranarray, lambda x: x.astype(">f4"), jnp.asarray,
    keras.Variable, keras.ops.convert_to_tensor, lambda x: x.astype("float16"),
    lambda x: np.ma.array(x), lambda x: np.asarray(jnp.asarray(x, "bfloat16")),
])
def test_arrays_of_all_kinds_are_taken(make):
    images = make(pictures(5, *RGB, dtype="float32"))
    array = check_images(images, RGB)
    expected = np.asarray(keras.ops.convert_to_numpy(images), "float32")
    np.testing.assert_array_equal(np.asarray(array, "float32"), expected)


@pytest.mark.parametrize("make, line", [
    (lambda x: np.ma.array(x, mask=x > 200), "images.filled(0)"),
    (lambda x: x * 1j, "numpy.abs(images)"),
    (lambda x: x.astype(object), "images.astype('float32')"),
    (lambda x: np.array([None, *x], object)[1:], "numpy.stack(images)"),
    (lambda x: np.array([None, x[0], x[1, 1:]], object)[1:], "shapes can't be one array"),
    (lambda x: x.astype(np.longdouble), "images.astype('float64')"),
    (list, "numpy.stack(...)"),
    (lambda x: x.astype("U8"), "Where it holds numbers"),
])
def test_what_is_no_array_of_numbers_is_refused_with_a_remedy(make, line):
    assert line in said(check_images, make(pictures(5, *RGB)), RGB)


# --- vectors and signals --------------------------------------------------------------


@pytest.mark.parametrize("shape, wanted, line", [
    ((5,), (1,), "data[..., None]"),
    ((2, 5), (2,), "data.T"),
    ((3,), (3,), "data[None]"),
    ((5, 2, 3), (6,), "data.reshape(-1, 6)"),
    ((5, 3, 9), (9, 3), "data.transpose(0, 2, 1)"),
    ((5, 9), (9, 1), "data[..., None]"),
    ((5, 27), (9, 3), "data.reshape(-1, 9, 3)"),
    ((9, 3), (9, 3), "data[None]"),
])
def test_another_shape_of_numbers_is_refused_with_the_line_that_mends_it(shape, wanted, line):
    data = np.random.default_rng(0).normal(size=shape)
    assert f"{line} " in said(check_numbers, data, wanted)
    check_numbers(eval(line, {"data": data}), wanted)


def test_signals_may_have_any_finite_range(rng):
    signals = 1000 * rng.normal(size=(5, 9, 2))
    assert check_samples(signals, (9, 2)) is signals
    signals[2, 3, 1] = np.nan
    line, named = "data[numpy.isfinite(data).all((1, 2))]", {"data": signals, "numpy": np}
    text = said(check_samples, signals, (9, 2))
    assert f"in 1 of its 5 samples. {line} leaves" in text and len(eval(line, named)) == 4
    assert "data[numpy.isfinite(data).all(1)]" in said(check_samples, signals[:, :, 1], (9,))
    for make in (list, keras.ops.convert_to_tensor):
        assert f"data = numpy.array(data), then {line}" in said(check_samples, make(signals),
                                                                (9, 2))


def test_numbers_must_fit_into_floatx(rng):
    data = 1e39 * np.ones((3, 2))
    assert "more than float32 can hold" in said(check_numbers, data, (2,))
    before = keras.config.floatx()
    try:
        keras.config.set_floatx("float16")
        assert "more than float16 can hold" in said(check_numbers, 1e5 * np.ones((3, 2)), (2,))
        keras.config.set_floatx("float64")
        check_numbers(data, (2,))
        line = "(data - data.mean((0, 1))) / data.std((0, 1))"
        large = 1e300 * rng.normal(size=(5, 9, 2))
        keras.config.set_floatx("float32")
        assert line in said(check_numbers, large, (9, 2))
        check_numbers(eval(line, {"data": large}), (9, 2))
    finally:
        keras.config.set_floatx(before)


def test_columns_in_raw_units_are_named_with_the_line_that_standardises(rng):
    data = rng.normal(size=(500, 4)) * [1, 20_000, 1, 0.001] + [0, 50_000, 40, 0]
    remark, = remarks_on_units(data, ["a", "income", "age", "tiny"], standardizes=False)
    assert "columns income (mean " in remark and ", age (mean " in remark and "tiny (" in remark
    assert " a (" not in remark and "standardize=True" in remark
    line = "(x - x.mean(0)) / x.std(0)"
    assert line in remark and not remarks_on_units(eval(line, {"x": data}))
    assert not remarks_on_units(data, standardizes=True)
    assert "columns 1 (" in remarks_on_units(data)[0]
    assert "standardize=True" not in remarks_on_units(data)[0]
    data[:, 0] = 7
    assert "column a (7)" in remarks_on_units(data, ["a", "b", "c", "d"])[1]
    # Seconds since 1970, of half a minute: not always the same
    times = 1.7e9 + rng.uniform(0, 30, (500, 1)) * [1, 0.01]
    remark, = remarks_on_units(times)
    assert "In raw units: columns 0 (mean 1.7e+09, deviation 8." in remark and ", 1 (" in remark
    signals = data[:, :2].reshape(50, 10, 2)
    assert "channel 1 (" in remarks_on_units(signals)[0]
    assert "(x - x.mean((0, 1))) / x.std((0, 1))" in remarks_on_units(signals)[0]


def test_pictures_that_are_all_alike_are_remarked_on():
    alike = np.repeat(pictures(1, *RGB), 20, axis=0)
    assert "alike" in remark_on_range(alike)[0]
    alike[11, 2, 2, 1] += 1
    assert remark_on_range(alike) == []


# --- labels ---------------------------------------------------------------------------

OF_12 = np.arange(12) % 3


@pytest.mark.parametrize("labels, line", [
    (OF_12 + 1, "labels - labels.min()"),
    (OF_12 - 1, "labels - labels.min()"),
    (np.eye(3)[OF_12], "labels.argmax(1)"),
    (np.eye(3, dtype=int)[OF_12], "labels.argmax(1)"),
    (np.eye(3)[OF_12] * .7 + .1, "labels.argmax(1)"),
    (OF_12.astype(float), "labels.astype(int)"),
    (OF_12 > 0, "labels.astype(int)"),
    (np.array(["cat", "dog", "ape"])[OF_12], "numpy.unique(labels, return_inverse=True)[1]"),
    (np.array(["cat", "dog", "ape"], object)[OF_12],
     "numpy.unique(labels, return_inverse=True)[1]"),
    (np.array([3, 70, 500])[OF_12], "numpy.unique(labels, return_inverse=True)[1]"),
    (np.array([-1, 0, 70])[OF_12], "numpy.unique(labels, return_inverse=True)[1]"),
    (OF_12[None], "labels.ravel()"),
    (np.stack([OF_12, OF_12], axis=1), "labels[:, 0]"),
    (2, "numpy.full(12, 2)"),
])
def test_labels_that_do_not_fit_are_refused_with_the_line_that_mends_them(labels, line):
    assert line in said(check_labels, labels, 12, 3, whole=True)
    mended = check_labels(eval(line, {"labels": labels, "numpy": np}), 12, 3, whole=True)
    assert mended.shape == (12, 1) and mended.dtype == np.int32
    if np.size(labels) == 12:                                  # the same pictures are of one class
        pairs = set(zip(mended[:, 0], np.ravel(labels), strict=True))
        assert len(pairs) == len(np.unique(labels))


def test_labels_of_a_list_become_an_array_first():
    text = said(check_labels, [1, 2, 3], 3, 3, whole=True)
    assert "labels = numpy.array(labels), then labels - labels.min()" in text
    assert "numpy.unique(labels, return_inverse=True)" in said(check_labels, ["a", "b"], 2, 2)


def test_the_lowest_label_of_a_batch_says_nothing_about_the_others():
    text = said(check_labels, np.array([2, 3]), 2, 3)
    assert "labels - 1" in text and "labels.min()" not in text
    assert "labels - " not in said(check_labels, np.array([4, 5]), 2, 3)


def test_labels_that_are_not_there_are_counted():
    labels = np.array([0, np.nan, 1])
    text = said(check_labels, labels, 3, 2)
    assert "1 of them NaN" in text and "numpy.isfinite(labels)" in text
    assert "with fractions, such as 0.5" in said(check_labels, np.array([0, 0.5]), 2, 2)
    assert "getmaskarray" in said(check_labels, np.ma.array([0, 1], mask=[0, 1]), 2, 2)
    assert "num_classes=12" in said(check_labels, np.arange(12), 12, 3, whole=True)


def test_classes_without_pictures_are_named():
    def remark(labels, num_classes, names=()):
        return remarks_on_labels(np.array(labels)[:, None], num_classes, names)

    assert remark([0, 1, 2], 3) == []
    assert "Class 0 has no picture" in remark([1, 2], 3)[0]
    assert "labels - labels.min(), and num_classes=2" in remark([1, 2], 3)[0]
    assert "Classes 3, 4 have no picture" in remark([0, 1, 2], 5)[0]
    assert "The data have 3 classes: num_classes=3" in remark([0, 1, 2], 5)[0]
    assert "Class 1 (dog) has no picture" in remark([0, 2], 3, ["cat", "dog", "ape"])[0]


def test_balance_says_how_much_oftener_a_small_class_is_seen():
    classes = np.repeat([0, 1, 3], [40, 30, 4])[:, None]
    remark, = remarks_on_balance(classes, ["cat", "dog", "emu", "ape"])
    assert "smallest class, 3 (ape), with 4 pictures, is seen 10 times as often" in remark
    assert "0 (cat), with 40 pictures" in remark
    assert remarks_on_balance(classes[:70], ()) == []


# --- for tensors ----------------------------------------------------------------------


@pytest.mark.parametrize("line", advice.LINES_OF_TENSORS)
def test_lines_of_tensors_do_what_those_of_arrays_do(line):
    images = pictures(2, 3, 4, 1, dtype="float32")
    known = {"images": images, "keras": keras}
    of_array = eval(line, known)
    of_tensor = eval(advice.LINES_OF_TENSORS[line], {**known, "images": keras.ops.array(images)})
    np.testing.assert_array_equal(of_array, np.asarray(of_tensor))
