"""The units of the data, and those in which networks learn."""
import tracemalloc

import keras
import numpy as np

from keras_gan.layers import Units


def test_units_standardise_each_column_and_give_it_back(rng):
    units = Units(2)
    samples = (rng.normal(size=(500, 7, 2)) * [200, 0.01] + [5e4, -3]).astype("float32")
    assert not units.fitted
    np.testing.assert_array_equal(units(samples), samples)             # until it has seen data
    units.fit(samples)
    assert units.fitted
    seen = keras.ops.convert_to_numpy(units(samples))
    np.testing.assert_allclose(seen.mean((0, 1)), 0, atol=1e-3)
    np.testing.assert_allclose(seen.std((0, 1)), 1, atol=1e-3)
    np.testing.assert_allclose(units.invert(seen), samples, rtol=1e-5)


def test_a_column_far_from_zero_keeps_what_it_says():
    units = Units(1)
    seconds = 1.7e9 + np.arange(10.0)[:, None]                         # in float32 all the same
    units.fit(seconds)
    seen = keras.ops.convert_to_numpy(units(seconds))
    np.testing.assert_allclose(np.diff(seen[:, 0]), 1 / np.std(np.arange(10)), rtol=1e-5)


def test_a_column_that_never_changes_becomes_zero(rng):
    units = Units(2)
    units.fit(np.stack([rng.normal(size=50), np.full(50, 7.0)], axis=1))
    np.testing.assert_array_equal(np.asarray(units(np.array([[0.0, 7.0]], "float32")))[:, 1], 0)
    for value in (0.1, 0.3, 1.7, 50_000.1):
        units = Units(1)
        units.fit(np.full((999, 1), value))
        assert float(units.deviation[0]) == 1, value


def test_units_look_at_large_data_block_by_block():
    samples = np.ones((10_000_000, 1), "float32")
    samples[::2] = 3
    tracemalloc.start()
    units = Units(1)
    units.fit(samples)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6                         # in one piece it would be 160 MB
    assert float(units.mean[0]) == 2 and float(units.deviation[0]) == 1
