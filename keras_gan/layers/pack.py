"""PacGAN's packs: several samples that a discriminator judges together."""
import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan")
class Pack(keras.layers.Layer):
    """Lay m samples that follow one another into the channels of one.

    Zinan Lin, Ashish Khetan, Giulia Fanti, Sewoong Oh, 2018. arXiv:1712.04086, section
    2.

    Input: (m batch, ..., channels). Output: (batch, ..., m channels).

    Args:
        packing: m.
    """

    def __init__(self, packing, **kwargs):
        super().__init__(**kwargs)
        self.packing = packing

    def call(self, inputs):
        packs = ops.reshape(inputs, (-1, self.packing, *inputs.shape[1:]))
        packs = ops.moveaxis(packs, 1, -2)                           # (batch, ..., m, channels)
        return ops.reshape(packs, (-1, *self.compute_output_shape(inputs.shape)[1:]))

    def compute_output_shape(self, input_shape):
        return (None, *input_shape[1:-1], self.packing * input_shape[-1])

    def get_config(self):
        return {**super().get_config(), "packing": self.packing}
