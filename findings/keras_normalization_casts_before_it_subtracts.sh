#!/usr/bin/env bash
# keras==3.15.1 on jax==0.10.2 (the same on tensorflow==2.21.0), Python 3.11
#
# Guess: keras.layers.Normalization gives the data that it was adapted to the mean 0 and the
# variance 1, as it says, whatever their offset.
#
# Behaviour: adapt() computes mean and variance in float64 from float64 data, and they are right.
# The layer itself casts its input to float32 before it subtracts the mean. So numbers that float32
# can't tell apart become one: adapt() reports a variance that call() throws away. Today's time
# stamps in seconds are about 1.8e9, where float32 goes in steps of 128: all times of two minutes
# fall together. There is no warning. Subtraction in NumPy before the layer keeps them apart. A GAN
# of table rows, with time stamps or customer numbers in a column, meets this.
#
# Output seen (three times, half a minute apart, and the same without their offset):
#   data: mean 1764298730.0, variance 600.0
#   layer's variance: 600.0
#   layer's output: [0.0, 0.0, 0.0]
#   without the offset: [-1.2247, 0.0, 1.2247]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import keras
import numpy as np

TIMES = np.array([[1764298700.0], [1764298730.0], [1764298760.0]])


def normalized(data):
    """The layer, adapted to the data, and what it makes of them."""
    layer = keras.layers.Normalization()
    layer.adapt(data)
    outputs = keras.ops.convert_to_numpy(layer(data)).ravel()
    return layer, [round(float(value), 4) for value in outputs]


layer, outputs = normalized(TIMES)
print(f"data: mean {TIMES.mean()}, variance {TIMES.var()}")
print("layer's variance:", float(np.squeeze(layer.variance)))
print("layer's output:", outputs)
print("without the offset:", normalized(TIMES - TIMES.mean())[1])
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
data: mean 1764298730.0, variance 600.0
layer's variance: 600.0
layer's output: [0.0, 0.0, 0.0]
without the offset: [-1.2247, 0.0, 1.2247]
SEEN
