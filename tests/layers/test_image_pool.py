"""The pool of earlier pictures."""
import keras
import numpy as np
import pytest

from keras_gan.backend.one_graph import one_graph
from keras_gan.layers import ImagePool

SHAPE = (2, 3, 1)


def numbered(*numbers):
    """A picture for each number, with that number in every pixel."""
    return np.broadcast_to(np.array(numbers, "float32")[:, None, None, None],
                           (len(numbers), *SHAPE)).copy()


def numbers(pictures):
    return keras.ops.convert_to_numpy(pictures)[:, 0, 0, 0].tolist()


def one_by_one(pool, size, images, swap, slot):
    """The same in a loop. `pool` is a list, which is changed."""
    given = []
    for image, swaps, i in zip(images, swap, slot):
        if len(pool) < size:
            pool.append(image)
            given.append(image)
        elif swaps:
            given.append(pool[i])
            pool[i] = image
        else:
            given.append(image)
    return given


def test_it_fills_first_and_then_swaps_what_it_is_told():
    layer, yes, no = ImagePool(3, SHAPE), [True, True], [False, False]

    def pool(images, swap, slot):
        return layer(images, np.array(swap), np.array(slot))

    assert numbers(pool(numbered(1, 2), yes, [0, 0])) == [1, 2] and int(layer.count) == 2
    # The third fills the last slot, and the fourth takes it at once
    assert numbers(pool(numbered(3, 4), yes, [0, 2])) == [3, 3] and int(layer.count) == 3
    assert numbers(layer.pictures) == [1, 2, 4]
    assert numbers(pool(numbered(5, 6), no, [0, 1])) == [5, 6]
    assert numbers(layer.pictures) == [1, 2, 4]
    assert numbers(pool(numbered(7, 8), [False, True], [0, 1])) == [7, 2]
    assert numbers(pool(numbered(9, 10), yes, [0, 0])) == [1, 9]             # both want one slot
    assert numbers(layer.pictures) == [10, 8, 4]


@pytest.mark.parametrize("jit_compile", [None, False, True])
def test_batches_are_pictures_one_by_one_eager_and_compiled(jit_compile, rng):
    size, pool = 4, ImagePool(4, SHAPE)

    def turn(images, swap, slot):
        given = pool(images, swap, slot)
        return {str(i): given[i, 0, 0, 0] for i in range(given.shape[0])}

    play = turn if jit_compile is None else one_graph(turn, jit_compile)
    kept, drawn, given = [], [], []
    for i in range(200):
        n = (1, 3, 7)[i % 3]
        images = numbered(*range(10 * i, 10 * i + n))
        swap, slot = rng.random(n) < 0.5, rng.integers(size, size=n)
        logs = [float(value) for value in play(images, swap, slot).values()]
        assert logs == numbers(np.stack(one_by_one(kept, size, images, swap, slot)))
        assert numbers(pool.pictures)[:len(kept)] == numbers(np.stack(kept))
        drawn += images[:, 0, 0, 0].tolist()
        given += logs
    assert 0.4 < np.mean(np.array(given) != np.array(drawn)) < 0.6


def test_a_pool_of_nothing_gives_back_what_it_is_given():
    given = ImagePool(0, SHAPE)(numbered(1, 2), np.ones(2, bool), np.zeros(2, int))
    assert numbers(given) == [1, 2]


def test_a_half_filled_pool_is_saved_and_loaded_exactly(rng):
    pool, again = ImagePool(4, SHAPE), ImagePool.from_config(ImagePool(4, SHAPE).get_config())
    pool(rng.normal(size=(3, *SHAPE)).astype("float32"), np.ones(3, bool),
         np.zeros(3, int))
    store = {}
    pool.save_own_variables(store)
    again.load_own_variables({name: np.array(value) for name, value in store.items()})
    assert len(pool.variables) == 2 and not pool.trainable_weights
    for one, other in zip(pool.variables, again.variables, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
