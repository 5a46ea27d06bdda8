#!/usr/bin/env bash
# keras==3.15.1 on jax==0.10.2 (the same on tensorflow==2.21.0), Python 3.11
#
# Guess: with gradient_accumulation_steps=4 an optimizer behaves as one that is given batches four
# times as large. `optimizer.iterations` counts updates, so a learning rate schedule over 100 steps
# lasts for 100 updates.
#
# Behaviour: `iterations` does count updates, but the schedule is asked with the number of small
# batches. It has come to its end after 25 updates of 100, and all others are made with the last
# rate. Nothing is said. Who splits a batch to save memory, and changes nothing else, trains with
# another schedule. (The cure: multiply the schedule's steps by gradient_accumulation_steps.)
#
# Output seen (a rate that falls in a straight line from 1 to 0 within 100 steps; updates that were
# made, rate after them):
#   large batches: 0 of 100 updates, rate 1.00; 25, rate 0.75; 50, rate 0.50; 100, rate 0.00
#   accumulated: 0 of 100 updates, rate 1.00; 25, rate 0.00; 50, rate 0.00; 100, rate 0.00
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet keras==3.15.1 jax==0.10.2
KERAS_BACKEND=jax JAX_PLATFORMS=cpu "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import keras


def rates(accumulated):
    """The learning rate after some numbers of updates."""
    schedule = keras.optimizers.schedules.PolynomialDecay(1.0, 100, end_learning_rate=0.0)
    optimizer = keras.optimizers.SGD(schedule, gradient_accumulation_steps=accumulated)
    weight = keras.Variable(keras.ops.ones((1,)))
    optimizer.build([weight])
    said, updates = [], 0
    for target in (0, 25, 50, 100):
        while updates < target:
            for _ in range(accumulated or 1):
                optimizer.apply([keras.ops.ones((1,))], [weight])
            updates += 1
        assert int(optimizer.iterations) == updates
        said.append(f"{updates}{' of 100 updates' if not updates else ''}, "
                    f"rate {float(optimizer.learning_rate):.2f}")
    return "; ".join(said)


print("large batches:", rates(None))
print("accumulated:", rates(4))
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'EXPECTED'
large batches: 0 of 100 updates, rate 1.00; 25, rate 0.75; 50, rate 0.50; 100, rate 0.00
accumulated: 0 of 100 updates, rate 1.00; 25, rate 0.00; 50, rate 0.00; 100, rate 0.00
EXPECTED
