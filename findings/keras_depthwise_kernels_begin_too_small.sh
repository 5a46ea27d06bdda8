#!/usr/bin/env bash
# keras==3.15.1 on jax==0.10.2 (the same on tensorflow==2.21.0), Python 3.11
#
# Guess: an initializer that scales by fan-in, such as HeNormal, gives weights by the number of inputs
# that an output sums. In a DepthwiseConv2D of 3x3 that is 9, however many channels there are.
#
# Behaviour: the kernel is (3, 3, channels, 1), and fan-in is taken as 9 times the channels. With 256
# channels the weights begin 16 times too small, and so does what the layer makes. In a network with
# normalisation behind each layer nobody sees it. In one without, as GANs with a penalty on D's slope
# have it, the signal is gone after a few layers. (The cure: RandomNormal(stddev=(2 / 9) ** 0.5).)
#
# Output seen (deviation of the weights, and of the outputs of inputs of deviation 1):
#   Conv2D, 256 channels: weights 0.029, outputs 1.4
#   DepthwiseConv2D, 4 channels: weights 0.27, outputs 0.83
#   DepthwiseConv2D, 256 channels: weights 0.03, outputs 0.089
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import keras
import numpy as np

rng = np.random.default_rng(0)
he = keras.initializers.HeNormal
layers = {("Conv2D", 256): keras.layers.Conv2D(256, 3, kernel_initializer=he(seed=0)),
          ("DepthwiseConv2D", 4): keras.layers.DepthwiseConv2D(3, depthwise_initializer=he(seed=3)),
          ("DepthwiseConv2D", 256): keras.layers.DepthwiseConv2D(3, depthwise_initializer=he(seed=0))}
for (name, channels), layer in layers.items():
    made = layer(rng.normal(size=(8, 20, 20, channels)).astype("float32"))
    weights, outputs = (float(np.std(np.asarray(x))) for x in (layer.get_weights()[0], made))
    print(f"{name}, {channels} channels: weights {weights:.2g}, outputs {outputs:.2g}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'EXPECTED'
Conv2D, 256 channels: weights 0.029, outputs 1.4
DepthwiseConv2D, 4 channels: weights 0.27, outputs 0.83
DepthwiseConv2D, 256 channels: weights 0.03, outputs 0.089
EXPECTED
