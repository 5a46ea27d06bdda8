#!/usr/bin/env bash
# keras==3.15.1 on tensorflow==2.21.0, Python 3.11
#
# Guess: a layer with dtype="float64" computes in float64. People switch to it to compare two ways of
# computing the same, to 1e-12.
#
# Behaviour: UpSampling2D(interpolation="bilinear") returns float64 that was computed in float32: on
# TensorFlow, tf.image.resize gives float32 for every dtype, and Keras casts it back. The numbers look
# exact and are wrong in the ninth digit. interpolation="nearest" is exact. So the plain layers are no
# ground truth for a faster form of them; two matrix products are.
#
# Output seen (largest difference from weights of 1/4 and 3/4 in NumPy):
#   nearest: float64, exact to 1e-12
#   bilinear: float64, not exact to 1e-12, exact to 1e-6
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 tensorflow==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import keras
import numpy as np

x = np.random.default_rng(0).normal(size=(1, 8, 10, 3))


def doubled(x, axis, shares):
    """x twice as long along an axis: each new row is a mix of its two nearest old ones."""
    x = np.moveaxis(x, axis, 0)
    before, after = np.concatenate([x[:1], x[:-1]]), np.concatenate([x[1:], x[-1:]])
    near, far = shares
    rows = np.stack([near * x + far * before, near * x + far * after], axis=1)
    return np.moveaxis(rows.reshape(-1, *x.shape[1:]), 0, axis)


for interpolation, shares in (("nearest", (1, 0)), ("bilinear", (0.75, 0.25))):
    made = np.asarray(keras.layers.UpSampling2D(2, interpolation=interpolation, dtype="float64")(x))
    error = np.abs(made - doubled(doubled(x, 1, shares), 2, shares)).max()
    exact = "exact to 1e-12" if error < 1e-12 else "not exact to 1e-12, exact to 1e-6"
    assert error < 1e-6
    print(f"{interpolation}: {made.dtype}, {exact}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'EXPECTED'
nearest: float64, exact to 1e-12
bilinear: float64, not exact to 1e-12, exact to 1e-6
EXPECTED
