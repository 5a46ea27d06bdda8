"""Differentiable augmentation: what it does to a picture, and to a discriminator."""
import keras
import numpy as np
import tensorflow as tf

from keras_gan import DCGAN
from keras_gan.layers.augmentation import DiffAugment

HEIGHT, WIDTH = 16, 24


def test_augmented_pictures_are_moved_and_have_a_hole_and_gradients_take_the_same_way():
    # Every pixel has a number of its own, none is grey
    inside = np.arange(1.0, HEIGHT * WIDTH + 1).reshape(HEIGHT, WIDTH, 1)
    picture = np.concatenate([inside, -inside], axis=-1)
    images = np.repeat(picture[None], 200, axis=0).astype("float32")
    augment = DiffAugment()
    np.testing.assert_array_equal(augment(images), images)                      # in inference
    with tf.GradientTape() as tape:
        x = tf.constant(images)
        tape.watch(x)
        y = augment(x, training=True)
    first, second = y.numpy(), np.array(augment(images, training=True))
    for image, gradient in zip(first[..., 0], tape.gradient(y, x).numpy()[..., 0]):
        # What is seen, and nothing else
        assert set(inside[..., 0][gradient == 1]) == set(image[image != 0])
        assert set(gradient.flat) == {0, 1}
    assert np.mean(first != second) > 0.2                     # other random numbers in each call
    np.testing.assert_array_equal(first[..., 0], -first[..., 1])                # all channels alike

    moves, holes = set(), set()
    for image in first[..., 0].astype(int):
        move = move_of(image)
        moves.add(move)
        holes.add(hole_of(image, *move))
    assert {dy for dy, _ in moves} == set(range(-2, 3))                         # an eighth ...
    assert {dx for _, dx in moves} == set(range(-3, 4))                         # ... each way
    assert all(count == h * w for h, w, count in holes)
    assert max(holes)[:2] == (HEIGHT // 2, WIDTH // 2)


def move_of(image):
    """How far a picture was moved: (dy, dx), one for all of its pixels."""
    rows, columns = np.nonzero(image)
    there = image[rows, columns] - 1
    (dy,), (dx,) = set(there // WIDTH - rows), set(there % WIDTH - columns)
    return dy, dx


def hole_of(image, dy, dx):
    """Where a picture is empty, not because of the move: (height, width, pixels)."""
    moved = np.zeros((HEIGHT + 4, WIDTH + 6), bool)
    moved[2 - dy:2 - dy + HEIGHT, 3 - dx:3 - dx + WIDTH] = True
    rows, columns = np.nonzero(moved[2:-2, 3:-3] & (image == 0))
    return np.ptp(rows) + 1, np.ptp(columns) + 1, len(rows)


def test_a_discriminator_that_sees_augmented_pictures_learns_less_by_heart(rng):
    """Noise can only be learned by heart.

    The discriminator tells pictures that it has seen from new ones, unless they come
    moved and with holes.
    """
    seen, new = (rng.uniform(-1, 1, (32, 16, 20, 3)).astype("float32") for _ in range(2))
    gaps = []
    for augment in (False, True):
        gan = DCGAN(img_shape=(16, 20, 3), base_channels=4, recipe="laptop",
                    discriminator_norm="none", learning_rate=2e-3, augment=augment,
                    jit_compile=False)
        gan.train(seen, steps=100, batch_size=16)
        real, others = (np.mean(gan.discriminator(x, training=False)) for x in (seen, new))
        gaps.append(real - others)
    assert gaps[0] > 5 * abs(gaps[1])                         # 13, 32, 35 times with three seeds


def test_floatx_later_on_changes_nothing_that_is_drawn():
    images = np.ones((4, 16, 16, 1), "float32")
    drawn = []
    for floatx in ("float32", "float64"):
        keras.utils.set_random_seed(3)
        augment = DiffAugment()
        keras.config.set_floatx(floatx)
        try:
            drawn.append(augment(images, training=True))
        finally:
            keras.config.set_floatx("float32")
    np.testing.assert_array_equal(*drawn)
