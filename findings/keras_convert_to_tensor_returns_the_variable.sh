#!/usr/bin/env bash
# keras==3.15.1 on tensorflow==2.21.0, Python 3.11
#
# Guess: keras.ops.convert_to_tensor(x) returns a tensor of the backend, whatever x is: after it one
# may use what a tensor has, and a later assign() to x does not change it.
#
# Behaviour: of a NumPy array it returns a tensor. Of a keras.Variable it returns the variable
# itself on TensorFlow: it is no tf.Tensor, has no len(), and it follows each assign(). On JAX it
# returns an array, which has len() and stays as it was. A GAN user who keeps the weights of the
# generator with convert_to_tensor before a step, to average them or to go back, keeps nothing on
# TensorFlow: the copy moves with the weights.
#
# Output seen:
#   array: tf.Tensor True, len 3
#   variable: tf.Tensor False, the variable itself True, len TypeError
#   the copy after assign(zeros): [0.0, 0.0, 0.0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 tensorflow==2.21.0
KERAS_BACKEND=tensorflow CUDA_VISIBLE_DEVICES=-1 TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" \
    - > "$folder/seen" <<'PYTHON'
import keras
import numpy as np
import tensorflow as tf


def length(x):
    """The len() of this, or the name of the error."""
    try:
        return len(x)
    except TypeError as error:
        return type(error).__name__


tensor = keras.ops.convert_to_tensor(np.ones(3))
print(f"array: tf.Tensor {isinstance(tensor, tf.Tensor)}, len {length(tensor)}")
variable = keras.Variable(np.ones(3))
copy = keras.ops.convert_to_tensor(variable)
print(f"variable: tf.Tensor {isinstance(copy, tf.Tensor)}, the variable itself "
      f"{copy is variable}, len {length(copy)}")
variable.assign(np.zeros(3))
print("the copy after assign(zeros):", keras.ops.convert_to_numpy(copy).tolist())
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
array: tf.Tensor True, len 3
variable: tf.Tensor False, the variable itself True, len TypeError
the copy after assign(zeros): [0.0, 0.0, 0.0]
SEEN
