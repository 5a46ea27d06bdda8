#!/usr/bin/env bash
# numpy==2.4.0, Python 3.11 to 3.13
#
# Guess: numpy.random.default_rng([seed, worker]) gives each worker numbers of its own, worker 0
# included, that are not those of default_rng(seed).
#
# Behaviour: the list is padded with zeros, so a list and the same list with zeros at its end are
# one seed. Worker 0 draws the very numbers of the parent process, and domain 0 those of the code
# that knew no domains. Only from the fifth 32-bit word on a trailing zero counts, which a seed of
# 2**32 or more reaches sooner (it takes two words). Zeros at the front count always.
# A GAN whose noise and whose augmentation are seeded so has both from one stream.
#
# Output seen:
#   [42] and [42, 0]: same
#   42 and [42, 0, 0]: same
#   [42, 7] and [42, 7, 0, 0]: same
#   [42, 7, 1, 2] and [42, 7, 1, 2, 0]: other
#   [2**96 + 1, 7] and [2**96 + 1, 7, 0]: other
#   [0, 42] and [42]: other
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet numpy==2.4.0
"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import numpy as np

PAIRS = ["[42] and [42, 0]", "42 and [42, 0, 0]", "[42, 7] and [42, 7, 0, 0]",
         "[42, 7, 1, 2] and [42, 7, 1, 2, 0]", "[2**96 + 1, 7] and [2**96 + 1, 7, 0]",
         "[0, 42] and [42]"]
SEEDS = [([42], [42, 0]), (42, [42, 0, 0]), ([42, 7], [42, 7, 0, 0]),
         ([42, 7, 1, 2], [42, 7, 1, 2, 0]), ([2**96 + 1, 7], [2**96 + 1, 7, 0]), ([0, 42], [42])]
for text, (one, other) in zip(PAIRS, SEEDS):
    drawn = [np.random.default_rng(seed).random(4) for seed in (one, other)]
    print(f"{text}: {'same' if np.array_equal(*drawn) else 'other'}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
[42] and [42, 0]: same
42 and [42, 0, 0]: same
[42, 7] and [42, 7, 0, 0]: same
[42, 7, 1, 2] and [42, 7, 1, 2, 0]: other
[2**96 + 1, 7] and [2**96 + 1, 7, 0]: other
[0, 42] and [42]: other
SEEN
