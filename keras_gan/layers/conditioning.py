"""Conditioning augmentation: a condition drawn from a normal distribution."""
import keras
from keras import ops


@keras.saving.register_keras_serializable("keras_gan")
class ConditioningAugmentation(keras.layers.Layer):
    """c = μ + σ ε, where μ and σ follow from an embedding, and how far that is from
    N(0, 1).

    Han Zhang et al., 2016, arXiv:1612.03242, section 3.2. A generator that is told c
    hears of more conditions than there are in the data, and small changes of c must
    not change much. σ begins at 1.

    Input: [embedding (batch, n), ε (batch, width)]. Output: [c (batch, width), KL
    (batch, 1)], the latter in nats, the mean over the dimensions of c:

        KL(N(μ, σ²) || N(0, 1)) = ½ (μ² + σ² - 1) - log σ
    """

    def build(self, input_shapes):
        (*_, n), (*_, width) = input_shapes
        self.to_mean = self.add_weight(name="to_mean", shape=(n, width))
        self.mean_bias = self.add_weight(name="mean_bias", shape=(width,), initializer="zeros")
        self.to_log_sigma = self.add_weight(name="to_log_sigma", shape=(n, width),
                                            initializer="zeros")
        self.log_sigma_bias = self.add_weight(name="log_sigma_bias", shape=(width,),
                                              initializer="zeros")

    def call(self, inputs):
        embedding, epsilon = inputs
        mean = ops.matmul(embedding, self.to_mean) + self.mean_bias
        log_sigma = ops.matmul(embedding, self.to_log_sigma) + self.log_sigma_bias
        kl = 0.5 * (ops.square(mean) + ops.exp(2 * log_sigma) - 1) - log_sigma
        return [mean + ops.exp(log_sigma) * epsilon, ops.mean(kl, axis=-1, keepdims=True)]

    def compute_output_shape(self, input_shapes):
        batch, width = input_shapes[1]
        return [(batch, width), (batch, 1)]
