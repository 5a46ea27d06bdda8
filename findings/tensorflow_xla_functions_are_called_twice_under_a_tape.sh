#!/usr/bin/env bash
# tensorflow==2.21.0 (numpy==2.4.6), Python 3.11
#
# Guess: in a graph, what is computed twice from the same tensors is computed once. TensorFlow's
# optimizer merges equal operations. So it costs nothing to call a layer once to look at its output,
# and once more under a GradientTape to train it. That a function is compiled by XLA
# (jit_compile=True) makes no difference.
#
# Behaviour: it does. Plain operations are merged, and so are those of a tf.function, which is put
# inline. A function for XLA stays a call. The call whose gradient is wanted is rewritten to another
# function, which also returns what the gradient needs, so the two calls aren't equal any more: the
# function runs forward twice. Without the tape the two calls are merged. (The cure: hand on the
# result of the first call, made under the tape.)
#
# Output seen (calls and products of matrices in the graph that runs; one forward and one backward are
# expected in the first three lines):
#   tf.function, looked at and trained: 2 products, 0 calls
#   for XLA, only trained: 0 products, 2 calls
#   for XLA, looked at and trained: 0 products, 3 calls
#   for XLA, looked at twice: 0 products, 1 calls
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tensorflow==2.21.0 numpy==2.4.6
TF_CPP_MIN_LOG_LEVEL=2 "$folder/venv/bin/python" - 2> "$folder/errors" > "$folder/seen" <<'PYTHON' || { cat "$folder/errors"; exit 1; }
import tensorflow as tf
from tensorflow.python.eager import context


def layer(x, w):
    return tf.nn.softplus(tf.matmul(x, w))


def in_the_graph(function, looks, trains):
    """Products and calls in the graph that runs, after all optimisations."""
    @tf.function
    def turn(x, w):
        results = [tf.reduce_sum(function(x, w)) * (i + 1) for i in range(looks)]
        if trains:
            with tf.GradientTape() as tape:
                tape.watch(w)
                loss = tf.reduce_mean(tf.square(function(x, w)))
            results.append(tape.gradient(loss, w))
        return results

    arrays = tf.random.normal((64, 64)), tf.random.normal((64, 64))
    turn(*arrays)
    context.enable_run_metadata()
    turn(*arrays)
    graphs = context.export_run_metadata().partition_graphs
    context.disable_run_metadata()
    kinds = [node.op for graph in graphs for node in graph.node]
    return (f"{sum('MatMul' in kind for kind in kinds)} products, "
            f"{sum('PartitionedCall' in kind for kind in kinds)} calls")


plain, for_xla = tf.function(layer), tf.function(layer, jit_compile=True)
in_the_graph(plain, 1, True)                     # the first graph of a process isn't recorded
print("tf.function, looked at and trained:", in_the_graph(plain, 1, True))
print("for XLA, only trained:", in_the_graph(for_xla, 0, True))
print("for XLA, looked at and trained:", in_the_graph(for_xla, 1, True))
print("for XLA, looked at twice:", in_the_graph(for_xla, 2, False))
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'EXPECTED'
tf.function, looked at and trained: 2 products, 0 calls
for XLA, only trained: 0 products, 2 calls
for XLA, looked at and trained: 0 products, 3 calls
for XLA, looked at twice: 0 products, 1 calls
EXPECTED
