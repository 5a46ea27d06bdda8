"""Penalties on a discriminator's own gradient: losses with a derivative inside. The only room that asks TensorFlow for gradients."""
from keras_gan.backend import quiet_tensorflow  # noqa: F401  first of all, so that TensorFlow starts without its chatter

import tensorflow as tf
from keras import ops

from keras_gan.layers.layers import AroundModel

TINY = 1e-30                  # under a root, whose slope at 0 is infinite


def with_slope(model, x, *others, training=False):
    """What a model says of samples, and how steep it is there.

    Args:
        model: `keras.Model`, x (batch, ...), or [x, *others], -> validity (batch, 1).
        x: the samples.
        others: more inputs of the model, such as labels: it has no slope along them.
        training: bool, how the model is called.

    Returns:
        validity (batch, 1), and ‖∇_x validity‖² (batch, 1), the squared length of each sample's own gradient.
    """
    with tf.GradientTape() as tape:
        tape.watch(x)
        validity = model([x, *others] if others else x, training=training)
    gradient = tape.gradient(validity, x)        # of the sum; a sample's validity depends on no other sample, so this is each one's own
    return validity, ops.sum(ops.reshape(ops.square(gradient), (ops.shape(x)[0], -1)), axis=1, keepdims=True)


class Penalty(AroundModel):
    """Base of layers around a model that let it pay for its own slope.

    Args:
        model: the discriminator. Not one with BatchNormalization, where what it says of a sample depends on the other samples.
        weight: of the penalty.
    """

    def __init__(self, model, weight, **kwargs):
        super().__init__(model, **kwargs)
        self.weight = weight


class R1(Penalty):
    """A discriminator, and a penalty on its slope at real samples: γ/2 E‖∇D(x)‖².

    Lars Mescheder, Andreas Geiger, Sebastian Nowozin, 2018, "Which training methods for GANs do actually converge?", arXiv:1801.04406, equation 9.
    Where the generator has arrived, D should have nothing more to say about real samples: without the penalty it goes on, and both players circle
    around their equilibrium for ever; with it they come to rest there.

    Input and output are those of the discriminator: samples (batch, ...), or [samples, labels], -> logit (batch, 1).

    Args:
        weight: γ.
        others: as for `Penalty`.
    """

    def call(self, inputs, training=False):
        validity, slope = with_slope(self.model, *(inputs if isinstance(inputs, (list, tuple)) else [inputs]), training=training)
        # The mean of what is judged: samples, or packs of them (PacGAN), whose gradient is that of all their samples
        self.add_loss(0.5 * self.weight * ops.sum(slope) / ops.cast(ops.size(validity), slope.dtype))
        return validity


class GradientPenalty(Penalty):
    """A penalty on a critic that isn't of slope 1 between real and generated samples: λ E(‖∇f(x̂)‖ - 1)², x̂ = α x + (1 - α) G(z).

    Ishaan Gulrajani et al., 2017, "Improved training of Wasserstein GANs", arXiv:1704.00028, equation 3 and algorithm 1.

    Input: [real (batch, ...), generated (batch, ...), α (batch, 1) in [0, 1], one a sample]. Output: λ (‖∇f(x̂)‖ - 1)² of each sample (batch, 1).

    Args:
        weight: λ.
        others: as for `Penalty`.
    """

    def call(self, inputs, training=False):
        real, generated, alpha = inputs
        alpha = ops.reshape(alpha, (-1,) + (1,) * (len(real.shape) - 1))
        _, slope = with_slope(self.model, alpha * real + (1 - alpha) * generated, training=training)
        return self.weight * ops.square(ops.sqrt(ops.maximum(slope, TINY)) - 1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], 1)
