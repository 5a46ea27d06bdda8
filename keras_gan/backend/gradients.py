"""Gradients with respect to inputs, for losses that have a derivative inside."""
import keras
from keras import ops

if keras.backend.backend() == "tensorflow":      # the layers are imported on every backend
    import tensorflow as tf


def of_a_step(model, x, y, sample_weight):
    """The gradients of a step of training, without the step.

    Args:
        model: a compiled `keras.Model`.
        x, y, sample_weight: as for `train_on_batch`.

    Returns:
        list, the gradient with respect to each of `model.trainable_weights`, None where
        there is none; and a dict of the metrics since they were reset.
    """
    with tf.GradientTape() as tape:
        said = model(x, training=True)
        loss = model.compute_loss(x, y, said, sample_weight, training=True)
        # A mean over samples, as in Keras's own step
        model._loss_tracker.update_state(loss, sample_weight=keras.tree.flatten(x)[0].shape[0])
        loss = model.optimizer.scale_loss(loss)
    gradients = [g if g is None else tf.convert_to_tensor(g)
                 for g in tape.gradient(loss, model.trainable_weights)]
    return gradients, model.compute_metrics(x, y, said, sample_weight=sample_weight)


def with_slope(model, x, *others, training=False):
    """What a model says about samples, and how steep it is there.

    Args:
        model: `keras.Model`, x (batch, ...), or [x, *others], -> validity (batch, 1).
        x: the samples.
        others: more inputs of the model, such as labels: the slope along them is left
            out.
        training: bool, how the model is called.

    Returns:
        validity (batch, 1), and ‖∇_x validity‖² (batch, 1), the squared length of each
        sample's own gradient, in float32 where the model computes in half precision.
    """
    with tf.GradientTape() as tape:
        tape.watch(x)
        validity = model([x, *others] if others else x, training=training)
    # Of the sum; a sample's validity depends on no other sample, so this is each one's
    # own
    gradient = tape.gradient(validity, x)
    if is_half(gradient):
        # Squares leave the range of float16, and Keras adds no half precision to a loss
        gradient = ops.cast(gradient, "float32")
    squares = ops.reshape(ops.square(gradient), (ops.shape(x)[0], -1))
    return validity, ops.sum(squares, axis=1, keepdims=True)


def is_half(x):
    """Whether an array is of half precision."""
    return keras.backend.standardize_dtype(x.dtype) in ("float16", "bfloat16")
