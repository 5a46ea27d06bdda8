"""Penalties on a discriminator's own gradient: losses with a derivative inside."""
import math

from keras import ops

from keras_gan.backend.gradients import is_half, with_slope
from keras_gan.layers.frozen import AroundModel

TINY = 1e-30                  # under a root, whose slope at 0 is infinite


class Penalty(AroundModel):
    """Base of layers around a model that make it pay for its own slope.

    Args:
        model: the discriminator. It must not have BatchNormalization, which makes what
            it says about a sample depend on the other samples.
        weight: of the penalty.
    """

    def __init__(self, model, weight, **kwargs):
        super().__init__(model, **kwargs)
        self.weight = weight


class R1(Penalty):
    """A discriminator, and a penalty on its slope at real samples: γ/2 E‖∇D(x)‖².

    Lars Mescheder, Andreas Geiger, Sebastian Nowozin, 2018, "Which training methods for
    GANs do actually converge?", arXiv:1801.04406, equation 9. Where the generator has
    arrived, D should have nothing more to say about real samples. Without the penalty
    it goes on, and both players circle around their equilibrium for ever; with it they
    come to rest there.

    Input and output are those of the discriminator: samples (batch, ...), or [samples,
    labels], -> logit (batch, 1).

    Args:
        weight: γ.
        interval: steps from one penalty to the next, which then counts as many times
            (arXiv:1912.04958, section 3.1).
        step: function that returns the number of the step: an int tensor.
        others: as for `Penalty`.
    """

    def __init__(self, model, weight, interval=1, step=None, **kwargs):
        super().__init__(model, weight, **kwargs)
        self.interval, self.step = interval, step

    def call(self, inputs, training=False):
        inputs = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        if self.interval == 1:
            validity, penalty = self.penalised(inputs, training)
            self.add_loss(penalty)
            return validity
        validity = self.model(inputs if len(inputs) > 1 else inputs[0], training=training)
        self.add_loss(ops.cond(
            self.step() % self.interval == 0,
            lambda: self.interval * self.penalised(inputs, training)[1],
            lambda: ops.zeros((), "float32" if is_half(validity) else validity.dtype)))
        return validity

    def penalised(self, inputs, training):
        """What the discriminator says, (batch, 1), and the penalty, a number."""
        validity, slope = with_slope(self.model, *inputs, training=training)
        # The mean over what is judged: samples, or packs of them (PacGAN), whose
        # gradient is that with respect to all their samples
        number = ops.cast(ops.size(validity), slope.dtype)
        # Of pictures with a fourth of the pixels, as networks have them that grow, each
        # pixel moves what four move later: the slope is twice as steep
        pixels = math.prod(inputs[0].shape[1:]) / math.prod(self.model.inputs[0].shape[1:])
        return validity, 0.5 * self.weight * pixels * ops.sum(slope) / number


class R2(R1):
    """The same penalty on the slope at generated samples: γ/2 E‖∇D(G(z))‖².

    From the same paper. R1 alone leaves D as steep as it likes where the generator is,
    as long as that is not where the data are.
    """


class GradientPenalty(Penalty):
    """A penalty on a critic whose slope between real and generated samples is not 1.

    λ E(‖∇f(x̂)‖ - 1)², x̂ = α x + (1 - α) G(z): Ishaan Gulrajani et al., 2017,
    "Improved training of Wasserstein GANs", arXiv:1704.00028, equation 3 and algorithm
    1.

    Input: [real (batch, ...), generated (batch, ...), α (batch, 1) in [0, 1], one a
    sample]. Output: λ (‖∇f(x̂)‖ - 1)² of each sample, (batch, 1).

    Args:
        weight: λ.
        others: as for `Penalty`.
    """

    def call(self, inputs, training=False):
        real, generated, alpha = inputs
        alpha = ops.reshape(alpha, (-1,) + (1,) * (len(real.shape) - 1))
        between = alpha * real + (1 - alpha) * generated
        _, slope = with_slope(self.model, between, training=training)
        return self.weight * ops.square(ops.sqrt(ops.maximum(slope, TINY)) - 1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0][0], 1)
