#!/usr/bin/env bash
# tensorflow==2.21.0 on a CPU with oneDNN (seen on one with AVX512_BF16 and AMX), Python 3.11
#
# Guess: the gradient of a convolution's kernel is 0 at the taps that see nothing but padding, in
# every dtype. For a map of 1x1, a kernel of 3x3, stride 2 and "same", that is all but the middle
# tap.
#
# Behaviour: so it is in float32 and float16. In bfloat16 these taps are never written: they hold
# what was in the memory before, often huge numbers, infinities or NaN, and the optimizer applies
# them. There is no warning. keras.layers.Conv2D under mixed_bfloat16 gets them so. The middle tap
# is right. With TF_ENABLE_ONEDNN_OPTS=0 all is right. A DCGAN of small pictures, whose
# discriminator halves its maps down to 1x1, can become NaN so under that policy on a CPU, while
# float32 trains well.
#
# Output seen (20 gradients each, after other tensors have used and freed the memory):
#   float32: right
#   float16: right
#   bfloat16: wrong
#   bfloat16, TF_ENABLE_ONEDNN_OPTS=0: right
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tensorflow==2.21.0
cat > "$folder/script.py" <<'PYTHON'
import sys

import numpy as np
import tensorflow as tf


def wrong(dtype):
    """Whether one of 20 gradients has a tap that should be 0 and is not."""
    maps = tf.ones((8, 1, 1, 64), dtype)
    bad = 0
    for _ in range(20):
        used = [tf.fill((3, 3, 64, 64), tf.cast(1000, dtype)) for _ in range(4)]
        del used
        gradient = tf.raw_ops.Conv2DBackpropFilter(
            input=maps, filter_sizes=(3, 3, 64, 64), out_backprop=maps, strides=(1, 2, 2, 1),
            padding="SAME")
        gradient = np.array(tf.cast(gradient, tf.float32))
        assert (gradient[1, 1] == 8).all()
        gradient[1, 1] = 0
        bad += np.any(gradient != 0)
    return bad > 0


for name in sys.argv[2:]:
    print(f"{name}{sys.argv[1]}: {'wrong' if wrong(name) else 'right'}")
PYTHON
export CUDA_VISIBLE_DEVICES=-1 TF_CPP_MIN_LOG_LEVEL=3
TF_ENABLE_ONEDNN_OPTS=1 "$folder/venv/bin/python" "$folder/script.py" "" float32 float16 bfloat16 \
    > "$folder/seen"
TF_ENABLE_ONEDNN_OPTS=0 "$folder/venv/bin/python" "$folder/script.py" ", TF_ENABLE_ONEDNN_OPTS=0" \
    bfloat16 >> "$folder/seen"
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
float32: right
float16: right
bfloat16: wrong
bfloat16, TF_ENABLE_ONEDNN_OPTS=0: right
SEEN
