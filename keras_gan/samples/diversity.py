"""How different samples are from one another: a number that shows a collapse."""
import keras
from keras import ops

from keras_gan.backend.one_graph import being_compiled


def diversity(generated, real, labels=None, num_classes=None):
    """How different two generated samples are, compared with two real ones.

    The root mean square distance of two samples of the generated batch, divided by that
    of the real batch: around 1 if samples are as different as real ones, 0 if they are
    all the same. With labels only samples of one class are compared, so that a
    generator that makes one picture a class is found out.

    Args:
        generated, real: batches of one shape (batch, ...), in one range.
        labels: ints (batch, 1) or None, the classes of both batches.
        num_classes: int, with labels.

    Returns:
        float >= 0 (a scalar tensor where a turn is being compiled).
    """
    def spread(samples):
        samples = ops.reshape(samples, (samples.shape[0], -1))
        if labels is None:
            return ops.mean(ops.var(samples, axis=0))
        classes = ops.reshape(labels, (-1,))
        members = ops.one_hot(classes, num_classes, dtype=samples.dtype)      # (batch, classes)
        sums = ops.matmul(ops.transpose(members), samples)
        means = sums / ops.maximum(ops.sum(members, axis=0), 1)[:, None]      # (classes, width)
        return ops.mean(ops.square(samples - ops.matmul(members, means)))

    tiny = 1e-12              # real samples that are all alike must not divide by zero
    dtype = keras.config.floatx()
    spreads = [spread(ops.cast(samples, dtype)) + tiny for samples in (generated, real)]
    return number(ops.sqrt(spreads[0] / spreads[1]))


def number(scalar):
    """A scalar tensor as a float; as it is where a turn is being compiled."""
    return scalar if being_compiled() else float(scalar)
