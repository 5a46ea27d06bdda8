"""Differentiable augmentation of what a discriminator sees.

Shengyu Zhao, Zhijian Liu, Ji Lin, Jun-Yan Zhu, Song Han, 2020, "Differentiable
augmentation for data-efficient GAN training". arXiv:2006.10738

A discriminator that sees a few thousand pictures again and again learns them by heart.
Here it sees each of them moved and with a hole, and generated ones likewise. The
generator's gradient goes through the very same changes (figure 4), so that it has no
reason to make moved pictures with holes.
"""
import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan")
class DiffAugment(keras.layers.Layer):
    """Move each picture by up to an eighth of its sides; cut a hole of half of them.

    Both are random: each call draws other numbers, one set a picture. What is left
    empty is grey, 0. In inference nothing is changed.

    Input and output: (batch, height, width, channels), float in [-1, 1].
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        if not training:
            return inputs
        height, width, _ = inputs.shape[1:]
        batch = ops.shape(inputs)[0]
        up = self.random_whole(batch, -(height // 8), height // 8)
        left = self.random_whole(batch, -(width // 8), width // 8)

        rows, columns = rows_and_columns(height, width)
        # Where a pixel lies from the upper left corner of the hole on
        y = rows - self.random_whole(batch, 0, height - 1) + height // 4       # (batch, height, 1)
        x = columns - self.random_whole(batch, 0, width - 1) + width // 4      # (batch, 1, width)
        hole = (y >= 0) & (y < height // 2) & (x >= 0) & (x < width // 2)   # (batch, height, width)
        return moved(inputs, up, left) * ops.cast(~hole, inputs.dtype)[..., None]

    def random_whole(self, batch, low, high):
        """Whole numbers from low to high, one a picture: (batch, 1, 1)."""
        drawn = keras.random.uniform((batch, 1, 1), dtype=self.variable_dtype,
                                     seed=self.seed_generator)
        return low + ops.cast(ops.floor(drawn * (high - low + 1)), "int32")

    def compute_output_shape(self, input_shape):
        return input_shape


def moved(images, up, left):
    """Pictures, each moved by whole numbers of its own. What comes in is 0.

    Args:
        images: (batch, height, width, channels).
        up, left: int32 (batch, 1, 1).
    """
    _, height, width, channels = images.shape

    @ops.custom_gradient
    def move(images):
        rows, columns = rows_and_columns(height, width)
        y, x = rows + up, columns + left                               # where each pixel comes from
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)      # (batch, height, width)
        batch = ops.arange(ops.shape(images)[0], dtype="int32")
        first_pixels = height * width * batch[:, None, None]           # (batch, 1, 1)
        y, x = ops.clip(y, 0, height - 1), ops.clip(x, 0, width - 1)
        sources = first_pixels + width * y + x                         # (batch, height, width)
        pixels = ops.take(ops.reshape(images, (-1, channels)), sources, axis=0)

        def gradient(*arguments, upstream=None):
            # Back where it came from. The gradient of `take` itself is a sum over all
            # pixels, and many times slower
            return moved(arguments[0] if upstream is None else upstream, -up, -left)
        return pixels * ops.cast(inside, images.dtype)[..., None], gradient

    return move(images)


def rows_and_columns(height, width):
    """Numbers of rows and of columns: int32 (1, height, 1) and (1, 1, width)."""
    rows, columns = ops.arange(height, dtype="int32"), ops.arange(width, dtype="int32")
    return rows[None, :, None], columns[None, None, :]
