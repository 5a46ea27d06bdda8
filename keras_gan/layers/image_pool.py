"""Earlier generated pictures, shown to a discriminator again."""
import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan")
class ImagePool(keras.layers.Layer):
    """Keeps generated pictures, and often gives one of them back in place of a new one.

    Ashish Shrivastava et al., 2016, "Learning from simulated and unsupervised images
    through adversarial training", arXiv:1612.07828, section 2.3: a discriminator that
    sees only the newest pictures forgets what the generator did before, and the
    generator does it again.

    As in CycleGAN (arXiv:1703.10593, section 4): the first `size` pictures are kept,
    and given back as they are. After that each picture either passes unchanged, or
    takes a slot of the pool, and the picture that was there is given back. A batch is
    treated picture by picture, in its order.

    Input: pictures (batch, *img_shape), and for each what happens to it once the pool
    is full. The layer draws nothing, so that a compiled turn is the turn call by call:

    - swap: bool (batch,), whether it takes a slot;
    - slot: int (batch,), which one, from 0 to size - 1.

    Output: pictures (batch, *img_shape).

    Args:
        size: number of pictures that are kept. 0: all pass unchanged.
        img_shape: (height, width, channels).
    """

    def __init__(self, size, img_shape, **kwargs):
        super().__init__(**kwargs)
        self.size, self.img_shape = size, tuple(img_shape)
        self.pictures = self.add_weight(name="pictures", shape=(size, *self.img_shape),
                                        initializer="zeros", trainable=False)
        self.count = self.add_weight(name="count", shape=(), dtype="int32", initializer="zeros",
                                     trainable=False)                  # slots that are taken
        self.built = True

    def call(self, images, swap, slot):
        if self.size == 0:
            return images
        slots = ops.arange(self.size, dtype="int32")                   # (size,)
        number = ops.arange(images.shape[0], dtype="int32")            # (batch,)
        new = self.size + number         # where the batch lies behind the pool, in `pictures` below
        slot, filled = ops.cast(slot, "int32"), self.count + number

        # The slot that each picture takes; -1: none
        swap = ops.logical_and(filled >= self.size, ops.cast(swap, "bool"))
        takes = ops.where(filled < self.size, filled, ops.where(swap, slot, -1))

        # What lies in its slot: the last picture of this batch before it that took the
        # same slot, else what the pool has there
        before = ops.logical_and(takes == takes[:, None], number < number[:, None])
        there = ops.max(ops.where(before, new, slot[:, None]), axis=1)           # (batch,)
        # What lies in each slot afterwards: the last that took it, else what was there
        after = ops.max(ops.where(takes == slots[:, None], new, slots[:, None]), axis=1)

        pictures = ops.concatenate([self.pictures, images])            # (size + batch, *img_shape)
        self.pictures.assign(ops.take(pictures, after, axis=0))
        self.count.assign(ops.minimum(self.count + images.shape[0], self.size))
        return ops.take(pictures, ops.where(swap, there, new), axis=0)

    def compute_output_shape(self, images_shape, swap_shape, slot_shape):
        return images_shape

    def get_config(self):
        return {**super().get_config(), "size": self.size, "img_shape": self.img_shape}
