"""Kernels whose filters are at right angles: how they begin, and what keeps them so.

Andrew Brock, Theodore Lim, J. M. Ritchie, Nick Weston, 2016, arXiv:1609.07093; Andrew
Saxe, James McClelland, Surya Ganguli, 2013, arXiv:1312.6120.
"""
import keras
from keras import ops
from keras.initializers import Orthogonal


def kernels(network):
    """The kernels of a network, embeddings left out: its trainable weights that are
    matrices, or stacks of them (rows, columns, channels, filters)."""
    return [weight for weight in network.trainable_weights
            if len(weight.shape) > 1 and "kernel" in weight.path.rpartition("/")[2]]


def begin_orthogonal(network):
    """Let the kernels of a network begin as random orthogonal matrices (channels x
    filters). Returns the network."""
    for kernel in kernels(network):
        kernel.assign(Orthogonal()(kernel.shape, kernel.dtype))
    return network


def keep_orthogonal(network, beta):
    """Let each kernel of a network cost `OffDiagonal(beta)`, in all models that train
    it. Returns the network."""
    for kernel in kernels(network):
        kernel.regularizer = OffDiagonal(beta) if beta else None
    return network


@keras.saving.register_keras_serializable("keras_gan")
class OffDiagonal(keras.regularizers.Regularizer):
    """β‖WᵀW ⊙ (1 - I)‖², W (channels, filters): filters shall be at right angles.

    Andrew Brock, Jeff Donahue, Karen Simonyan, 2018, arXiv:1809.11096, equation 3. How
    long they are is free, unlike in ‖WᵀW - I‖², which was found too strict. Keras's
    `OrthogonalRegularizer` adds up absolute cosines instead.

    Args:
        beta: β.
    """

    def __init__(self, beta=1e-4):
        self.beta = beta

    def __call__(self, kernel):
        w = ops.reshape(kernel, (-1, kernel.shape[-1]))                # (channels, filters)
        channels, filters = w.shape
        # All squares less those of the diagonal. Those of WWᵀ add up to just as much
        # as those of WᵀW, which is large where there are thousands of filters
        products = ops.matmul(ops.transpose(w), w) if filters <= channels else \
            ops.matmul(w, ops.transpose(w))
        diagonal = ops.sum(ops.square(w), axis=0)
        return self.beta * (ops.sum(ops.square(products)) - ops.sum(ops.square(diagonal)))

    def get_config(self):
        return {"beta": self.beta}
