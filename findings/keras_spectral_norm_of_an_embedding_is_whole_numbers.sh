#!/usr/bin/env bash
# keras==3.15.1 on jax==0.10.2 (the same on tensorflow==2.21.0), Python 3.11
#
# Guess: SpectralNormalization(Embedding(...)) gives rows of a matrix that is divided by its largest
# singular value. It names Embedding as a layer that it takes, and a discriminator that compares its
# features with a class (Miyato 2018) has just this layer.
#
# Behaviour: the wrapper casts what comes out to the dtype of what went in. Classes are whole numbers,
# so the embedding is cut to whole numbers: nearly all of it is 0, the dtype is int32, and no gradient
# reaches the matrix. There is no error here. The class is simply not heard. (The cure: one-hot and
# SpectralNormalization(Dense(n, use_bias=False)).)
#
# Output seen:
#   Embedding: float32, 0% are 0
#   SpectralNormalization(Embedding): int32, 96% are 0
#   SpectralNormalization(Dense) of one-hot: float32, 0% are 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import keras
import numpy as np
from keras.layers import Dense, Embedding, SpectralNormalization

classes = np.arange(10, dtype="int32")
normal = keras.initializers.RandomNormal(stddev=0.5, seed=0)
embedding = Embedding(10, 64, embeddings_initializer=normal)
rows = {"Embedding": embedding(classes),
        "SpectralNormalization(Embedding)": SpectralNormalization(embedding)(classes),
        "SpectralNormalization(Dense) of one-hot": SpectralNormalization(
            Dense(64, use_bias=False, kernel_initializer=normal))(np.eye(10, dtype="float32"))}
for name, made in rows.items():
    made = np.asarray(made)
    print(f"{name}: {made.dtype}, {np.mean(made == 0):.0%} are 0")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'EXPECTED'
Embedding: float32, 0% are 0
SpectralNormalization(Embedding): int32, 96% are 0
SpectralNormalization(Dense) of one-hot: float32, 0% are 0
EXPECTED
