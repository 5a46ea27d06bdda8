#!/usr/bin/env bash
# keras==3.15.1 on jax==0.10.2 (the same on tensorflow==2.21.0), Python 3.11
#
# Guess: a functional model with two outputs that come from one shared layer, called on two inputs,
# reports two losses, or refuses two outputs of one name.
#
# Behaviour: both outputs get the layer's name. The total loss is right, but train_on_batch and
# history have one entry for both, that of the last one: the loss of the first is in no log. Metrics
# are mixed likewise. A dict of losses with that one name is applied to both outputs, and nobody is
# told. A CycleGAN's combined model, in which each generator ends two outputs, meets this. An
# Identity layer with a name of its own behind each output gives two entries.
#
# Output seen:
#   names: ['shared', 'shared']
#   list of losses: {'loss': 10.0, 'shared_loss': 6.0}
#   dict of one loss: {'loss': 40.0, 'shared_loss': 36.0}
#   with Identity: {'first_loss': 4.0, 'loss': 10.0, 'second_loss': 6.0}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import keras
import numpy as np

DATA = [np.full((4, 2), 1.0), np.full((4, 2), 3.0)]       # shared says 2 and 6; the truth is 0
TRUTH = [np.zeros((4, 1)), np.zeros((4, 1))]


def losses(loss, names=None):
    """The model's output names, and what one batch reports."""
    shared = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones", name="shared")
    inputs = [keras.Input((2,)), keras.Input((2,))]
    outputs = [shared(x) for x in inputs]
    if names:
        outputs = [keras.layers.Identity(name=n)(y) for n, y in zip(names, outputs)]
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=loss)
    logs = model.train_on_batch(DATA, TRUTH, return_dict=True)
    return model.output_names, {name: float(logs[name]) for name in sorted(logs)}


names, of_list = losses(["mse", "mae"])
print("names:", names)
print("list of losses:", of_list)
print("dict of one loss:", losses({"shared": "mse"})[1])
print("with Identity:", losses(["mse", "mae"], ["first", "second"])[1])
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
names: ['shared', 'shared']
list of losses: {'loss': 10.0, 'shared_loss': 6.0}
dict of one loss: {'loss': 40.0, 'shared_loss': 36.0}
with Identity: {'first_loss': 4.0, 'loss': 10.0, 'second_loss': 6.0}
SEEN
