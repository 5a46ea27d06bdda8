"""Upsampling and convolution in one layer, for every backend of Keras."""
import keras
from keras import ops

from keras_gan.backend.kernels import one_pass


@keras.saving.register_keras_serializable("keras_gan")
class UpSamplingConv2D(keras.layers.Layer):
    """`UpSampling2D(2)` and `Conv2D(filters, 3, padding="same")` in one.

    It takes a quarter of the multiplications.     Nearest-neighbour upsampling writes
    each pixel four times, and the convolution multiplies each copy by the nine taps of
    its kernel. Here a pixel is multiplied once. A transposed convolution of stride 2
    (Vincent Dumoulin, Francesco Visin, 2016, arXiv:1603.07285, section 4.5) lays nine
    products around it, as if its three neighbours in the 2x2 block were zero. The
    copies are the pixel moved by (0, 0), (0, 1), (1, 0) and (1, 1), and the convolution
    is linear: the result, moved by these and added up, is the convolution of the
    upsampled picture.

    It is the same function of the same weights, to rounding. `kernel` (3, 3, channels,
    filters) and `bias` (filters,) are those of the `Conv2D`, and can be exchanged with
    it.

    Input: (batch, height, width, channels). Output: (batch, 2 height, 2 width,
    filters).

    Args:
        filters: number of output channels.
        kernel_initializer: as for `Conv2D`.
    """

    def __init__(self, filters, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(3, 3, input_shape[-1], self.filters),
                                      initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs):
        # A convolution slides its kernel, a transposed one lays it down. They are the
        # same if the kernel is turned by 180 degrees; one axis is quicker to turn than
        # two.
        taps = ops.reshape(self.kernel, (9, -1, self.filters))           # (9, channels, filters)
        taps = ops.transpose(ops.flip(taps, 0), (0, 2, 1))               # (9, filters, channels)
        taps = ops.reshape(taps, (3, 3, self.filters, -1))
        laid = ops.conv_transpose(inputs, taps, strides=2, padding="valid",
                                  data_format="channels_last")
        # (batch, 2 height + 1, 2 width + 1, filters) -> (batch, 2 height, 2 width,
        # filters)
        return sum_of_windows(laid, self.bias)

    def compute_output_shape(self, input_shape):
        batch, h, w, _ = input_shape
        return (batch, 2 * h, 2 * w, self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer)}


@one_pass
def sum_of_windows(x, bias):
    """Add up each 2x2 window of x, and a bias.

    Args:
        x: (batch, height + 1, width + 1, filters).
        bias: (filters,).

    Returns:
        (batch, height, width, filters).
    """
    return x[:, :-1, :-1] + x[:, :-1, 1:] + x[:, 1:, :-1] + x[:, 1:, 1:] + bias
