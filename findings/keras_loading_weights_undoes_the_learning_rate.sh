#!/usr/bin/env bash
# keras==3.15.1 on jax==0.10.2 (the same on tensorflow==2.21.0), Python 3.11
#
# Guess: model.load_weights restores the weights. The learning rate is a setting of compile(), so
# the one that the script has now holds.
#
# Behaviour: a compiled model's file of weights has its optimizer, too, and a constant learning rate
# is one of the optimizer's variables. So load_weights sets the rate back to that of the file, and
# no warning is given. With a schedule there is no such variable: the new schedule holds. But then
# the optimizer has one variable less, and its whole state is skipped, momenta and number of steps
# included. Of that a warning tells. A GAN user who goes on from saved weights with a smaller rate,
# as one does when the discriminator wins, trains on with the old rate.
#
# Output seen (saved with the rate .001 after one step):
#   new rate 0.0001, before load_weights: 0.0001, 0 step(s)
#   new rate 0.0001, after load_weights: 0.001, 1 step(s)
#   schedule from 0.0001, after load_weights: 0.0001, 0 step(s)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" -W ignore::UserWarning \
    - "$folder/saved.weights.h5" > "$folder/seen" <<'PYTHON'
import sys

import keras
import numpy as np

PATH = sys.argv[1]


def compiled(rate):
    """A model of one weight, with Adam at this rate."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    model.optimizer.build(model.trainable_variables)
    return model


def state(model):
    """The optimizer's rate and number of steps."""
    rate = round(float(model.optimizer.learning_rate), 7)
    return f"{rate}, {int(model.optimizer.iterations)} step(s)"


saved = compiled(1e-3)
saved.train_on_batch(np.ones((2, 1)), np.ones((2, 1)))
saved.save_weights(PATH)

constant = compiled(1e-4)
print("new rate 0.0001, before load_weights:", state(constant))
constant.load_weights(PATH)
print("new rate 0.0001, after load_weights:", state(constant))
schedule = compiled(keras.optimizers.schedules.ExponentialDecay(1e-4, 1000, 0.9))
schedule.load_weights(PATH)
print("schedule from 0.0001, after load_weights:", state(schedule))
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
new rate 0.0001, before load_weights: 0.0001, 0 step(s)
new rate 0.0001, after load_weights: 0.001, 1 step(s)
schedule from 0.0001, after load_weights: 0.0001, 0 step(s)
SEEN
