"""Upsampling and convolution in one layer, for every backend of Keras."""
import keras
import numpy as np
from keras import ops

from keras_gan.backend.kernels import compiles_passes, one_pass

# A pixel of the small picture, in each of the pixels of the large one around it, along
# one axis
SHARES = {"nearest": (1, 1), "bilinear": (0.25, 0.75, 0.75, 0.25)}


@keras.saving.register_keras_serializable("keras_gan")
class UpSamplingConv2D(keras.layers.Layer):
    """`UpSampling2D(2)` and `Conv2D(filters, 3, padding="same")` in one.

    It takes a quarter of the multiplications. Nearest-neighbour upsampling writes
    each pixel four times, and the convolution multiplies each copy by the nine taps of
    its kernel. Here a pixel is multiplied once. A transposed convolution of stride 2
    (Vincent Dumoulin, Francesco Visin, 2016, arXiv:1603.07285, section 4.5) lays nine
    products around it, as if its three neighbours in the 2x2 block were zero. The
    copies are the pixel moved by (0, 0), (0, 1), (1, 0) and (1, 1), and the convolution
    is linear: the result, moved by these and added up, is the convolution of the
    upsampled picture. Where nothing compiles these sums into one pass, the kernel is
    moved and added up instead: it then has 4x4 taps.

    Bilinear upsampling goes the same way. A pixel has a share in 4x4 pixels, and the
    large kernel has 6x6 taps. At the border the edge is repeated, by the upsampling and
    by the convolution: the layer is `UpSampling2D(2, interpolation="bilinear")`, one
    row or column more on each side that repeats the edge, and `Conv2D(filters, 3)`.
    "nearest" has zeros there, as `padding="same"` has.

    It is the same function of the same weights, to rounding. `kernel` (3, 3, channels,
    filters) and `bias` (filters,) are those of the `Conv2D`, and can be exchanged with
    it.

    Input: (batch, height, width, channels). Output: (batch, 2 height, 2 width,
    filters).

    Args:
        filters: number of output channels.
        kernel_initializer: as for `Conv2D`.
        interpolation: "nearest" or "bilinear", as for `UpSampling2D`.

    Raises:
        ValueError: for another interpolation.
    """

    def __init__(self, filters, kernel_initializer="glorot_uniform", interpolation="nearest",
                 **kwargs):
        super().__init__(**kwargs)
        if interpolation not in SHARES:
            raise ValueError(f"interpolation must be one of {', '.join(map(repr, SHARES))}. "
                             f"Received: {interpolation!r}")
        self.filters = filters
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.interpolation = interpolation

    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(3, 3, input_shape[-1], self.filters),
                                      initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, inputs):
        bilinear = self.interpolation == "bilinear"
        if bilinear:
            inputs = ops.pad(inputs, ((0, 0), (1, 1), (1, 1), (0, 0)), "symmetric")
        if not compiles_passes():
            outputs = ops.conv_transpose(inputs, self.large_taps(), strides=2, padding="same",
                                         data_format="channels_last")
            return (outputs[:, 2:-2, 2:-2] if bilinear else outputs) + self.bias
        laid = ops.conv_transpose(inputs, self.taps(), strides=2, padding="valid",
                                  data_format="channels_last")
        # (batch, 2 height + 1, 2 width + 1, filters) -> (batch, 2 height, 2 width,
        # filters); bilinear: + 5 for the repeated edges
        if bilinear:
            return columns_of_shares(rows_of_shares(laid), self.bias)
        return sum_of_windows(laid, self.bias)

    def taps(self):
        """The kernel to lay down, (3, 3, filters, channels)."""
        # A convolution slides its kernel, a transposed one lays it down. They are the
        # same if the kernel is turned by 180 degrees; one axis is quicker to turn than
        # two.
        taps = ops.reshape(self.kernel, (9, -1, self.filters))           # (9, channels, filters)
        taps = ops.transpose(ops.flip(taps, 0), (0, 2, 1))               # (9, filters, channels)
        return ops.reshape(taps, (3, 3, self.filters, -1))

    def large_taps(self):
        """All taps of a pixel added up, (4, 4, filters, channels) or (6, 6, ...)."""
        shares = SHARES[self.interpolation]
        size = 2 + len(shares)
        # Row i of the turned kernel falls on the large one's rows i, i + 1, ...
        axis = np.zeros((size, 3))
        for i in range(3):
            axis[i:i + len(shares), i] = shares
        both = ops.cast(np.kron(axis, axis), self.compute_dtype)         # (16 or 36, 9)
        taps = ops.matmul(both, ops.reshape(self.taps(), (9, -1)))
        return ops.reshape(taps, (size, size, self.filters, -1))

    def compute_output_shape(self, input_shape):
        batch, h, w, _ = input_shape
        return (batch, 2 * h, 2 * w, self.filters)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters,
                "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
                "interpolation": self.interpolation}


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


# Rows and columns are two passes: 8 products a number instead of 16
@one_pass
def rows_of_shares(x):
    """Bilinear shares of four rows each, without the outermost rows.

    (batch, height + 5, width, filters) -> (batch, height, width, filters)
    """
    return 0.25 * (x[:, 1:-4] + x[:, 4:-1]) + 0.75 * (x[:, 2:-3] + x[:, 3:-2])


@one_pass
def columns_of_shares(x, bias):
    """Bilinear shares of four columns each, and a bias.

    (batch, height, width + 5, filters) -> (batch, height, width, filters)
    """
    return 0.25 * (x[:, :, 1:-4] + x[:, :, 4:-1]) + 0.75 * (x[:, :, 2:-3] + x[:, :, 3:-2]) + bias
