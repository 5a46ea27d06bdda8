#!/usr/bin/env bash
# keras==3.15.1 on jax==0.10.2 (the same on tensorflow==2.21.0), Python 3.11
#
# Guess: BinaryAccuracy(threshold=0.5) calls a prediction right if it is on the same side of the
# threshold as its label.
#
# Behaviour: only the prediction is rounded to 0 or 1. It is then compared with the label as it is,
# so a label that is neither 0 nor 1 never counts as right. There is no warning. "accuracy" in
# compile() does the same. DCGAN scripts smooth the label of real pictures to .9: the accuracy of
# their discriminator on real pictures is 0 at all times, however good it is, and the mean with the
# fakes cannot rise above .5. That is just the number that people take for a balanced GAN. The
# argument label_smoothing of the loss does not touch the metric.
#
# Output seen (a perfect discriminator: .99 for real pictures, .01 for fakes):
#   labels 1.0 and 0.0: real 1.0, fake 1.0, both 1.0
#   labels 0.9 and 0.0: real 0.0, fake 1.0, both 0.5
#   labels 0.9 and 0.1: real 0.0, fake 0.0, both 0.0
#   compile, labels 0.9 and 0.0: 0.5
#   compile, label_smoothing=0.2: 1.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import keras
import numpy as np


def accuracy(labels, predictions):
    """BinaryAccuracy of these."""
    metric = keras.metrics.BinaryAccuracy(threshold=0.5)
    metric.update_state(np.reshape(labels, (-1, 1)), np.reshape(predictions, (-1, 1)))
    return float(metric.result())


def compiled(real, fake, smoothing):
    """The "accuracy" that a model reports whose outputs are .99 and .01."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    loss = keras.losses.BinaryCrossentropy(label_smoothing=smoothing)
    model.compile(loss=loss, metrics=["accuracy"])
    logs = model.test_on_batch(np.array([[0.99], [0.01]]), np.array([[real], [fake]]),
                               return_dict=True)
    return float(logs["accuracy"])


for real, fake in ((1.0, 0.0), (0.9, 0.0), (0.9, 0.1)):
    print(f"labels {real} and {fake}: real {accuracy([real], [0.99])}, "
          f"fake {accuracy([fake], [0.01])}, both {accuracy([real, fake], [0.99, 0.01])}")
print("compile, labels 0.9 and 0.0:", compiled(0.9, 0.0, 0.0))
print("compile, label_smoothing=0.2:", compiled(1.0, 0.0, 0.2))
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
labels 1.0 and 0.0: real 1.0, fake 1.0, both 1.0
labels 0.9 and 0.0: real 0.0, fake 1.0, both 0.5
labels 0.9 and 0.1: real 0.0, fake 0.0, both 0.0
compile, labels 0.9 and 0.0: 0.5
compile, label_smoothing=0.2: 1.0
SEEN
