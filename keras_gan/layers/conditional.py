"""BatchNormalization whose gain and bias depend on a condition: on the class, say."""
import keras
from keras import ops

from keras_gan.layers.fused import BatchNormalization


@keras.saving.register_keras_serializable("keras_gan")
class ConditionalBatchNormalization(keras.layers.Layer):
    """(x - mean) / deviation · (1 + c W) + c V: a gain and a bias for each sample.

    Vincent Dumoulin, Jonathon Shlens, Manjunath Kudlur, 2016, arXiv:1610.07629; Harm de
    Vries et al., 2017, arXiv:1707.00683. Mean and deviation are those of the batch, and
    in inference moving averages. W and V are linear maps of the condition c, which
    several layers may share.

    Input: [feature maps (batch, height, width, channels), c (batch, width of c)].
    Output: (batch, height, width, channels).

    Args:
        momentum, epsilon: as for `keras.layers.BatchNormalization`.
    """

    def __init__(self, momentum=0.99, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.normalization = BatchNormalization(momentum=momentum, epsilon=epsilon, center=False,
                                                scale=False, dtype=self.dtype_policy)

    def build(self, input_shape):
        features, condition = input_shape
        self.normalization.build(features)
        self.gain_kernel, self.bias_kernel = (
            self.add_weight(name=name, shape=(condition[-1], features[-1]))
            for name in ("gain_kernel", "bias_kernel"))

    def call(self, inputs, training=None):
        x, condition = inputs
        gain = 1 + ops.matmul(condition, self.gain_kernel)             # (batch, channels)
        bias = ops.matmul(condition, self.bias_kernel)
        x = self.normalization(x, training=training)
        return x * gain[:, None, None] + bias[:, None, None]

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return {**super().get_config(), "momentum": self.normalization.momentum,
                "epsilon": self.normalization.epsilon}
