"""Differentiable augmentation of what a discriminator sees.

Shengyu Zhao, Zhijian Liu, Ji Lin, Jun-Yan Zhu, Song Han, 2020, "Differentiable augmentation for data-efficient GAN training". arXiv:2006.10738

A discriminator that sees a few thousand pictures again and again learns them by heart. Here it sees each of them moved and with a hole, generated ones
likewise, and the generator's gradient goes through the very same changes (figure 4), so that it has no reason to make moved pictures with holes.
"""
import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan")
class DiffAugment(keras.layers.Layer):
    """Move each picture by up to an eighth of its sides, and cut a hole of half its sides, both at random; what is left empty is grey, 0.

    In inference nothing is changed. Each call draws other random numbers, one set a picture.

    Input and output: (batch, height, width, channels), float in [-1, 1].
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        if not training:
            return inputs
        height, width, channels = inputs.shape[1:]
        batch = ops.shape(inputs)[0]
        rows = ops.arange(height, dtype="int32")[None, :, None]                                        # (1, height, 1)
        columns = ops.arange(width, dtype="int32")[None, None, :]                                      # (1, 1, width)

        # Move: where each pixel comes from, and whether that is inside of the picture
        y = rows + self.random_whole(batch, -(height // 8), height // 8)                               # (batch, height, 1)
        x = columns + self.random_whole(batch, -(width // 8), width // 8)                              # (batch, 1, width)
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)                                      # (batch, height, width)
        first_pixels = height * width * ops.arange(batch, dtype="int32")[:, None, None]                # (batch, 1, 1)
        sources = first_pixels + width * ops.clip(y, 0, height - 1) + ops.clip(x, 0, width - 1)        # (batch, height, width)
        moved = ops.take(ops.reshape(inputs, (-1, channels)), sources, axis=0)                         # (batch, height, width, channels)

        # Cut out: the middle of the hole is anywhere
        y = rows - self.random_whole(batch, 0, height - 1) + height // 4
        x = columns - self.random_whole(batch, 0, width - 1) + width // 4
        hole = (y >= 0) & (y < height // 2) & (x >= 0) & (x < width // 2)                              # (batch, height, width)
        return moved * ops.cast(inside & ~hole, inputs.dtype)[..., None]

    def random_whole(self, batch, low, high):
        """Whole numbers from low to high, one a picture: (batch, 1, 1)."""
        drawn = keras.random.uniform((batch, 1, 1), seed=self.seed_generator)
        return low + ops.cast(ops.floor(drawn * (high - low + 1)), "int32")

    def compute_output_shape(self, input_shape):
        return input_shape
