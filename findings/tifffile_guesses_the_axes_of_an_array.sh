#!/usr/bin/env bash
# tifffile==2026.3.3, Python 3.11
#
# Guess: tifffile.imwrite(path, picture) of an array of the shape (height, width, bands) writes one
# picture, whatever the number of bands.
#
# Behaviour: without `photometric` three bands are RGB, and a fourth band is marked as alpha, of any
# dtype, float32 included. Two bands, or five or more, make a stack: each row of the picture becomes
# a page of its own, `width` pixels high and `bands` pixels wide. tifffile itself reads the array
# back unchanged, which hides it. Readers of one picture, as OpenCV's imread, see only the first
# page. photometric="minisblack" alone doesn't change this; with planarconfig="contig" there is one
# page. GAN users meet this with satellite pictures of 4 bands (near infrared is taken as opacity)
# or more, and with samples that they write from a generator of 2 or 5 channels.
#
# Output seen:
#   (20, 30, 2): 20 page(s), the first (30, 2), extra samples []
#   (20, 30, 3): 1 page(s), the first (20, 30, 3), extra samples []
#   (20, 30, 4): 1 page(s), the first (20, 30, 4), extra samples ['UNASSALPHA']
#   (20, 30, 5): 20 page(s), the first (30, 5), extra samples []
#   (20, 30, 5), read back: (20, 30, 5)
#   (20, 30, 5), minisblack: 20 page(s), the first (30, 5), extra samples []
#   (20, 30, 5), minisblack, contig: 1 page(s), the first (20, 30, 5), extra samples [0, 0, 0, 0]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tifffile==2026.3.3 numpy==2.4.6
"$folder/venv/bin/python" - "$folder/picture.tif" > "$folder/seen" <<'PYTHON'
import sys

import numpy as np
import tifffile

PATH = sys.argv[1]


def pages(shape, **options):
    """What a TIFF of zeros of this shape has in it."""
    tifffile.imwrite(PATH, np.zeros(shape, np.float32), **options)
    with tifffile.TiffFile(PATH) as file:
        first = file.pages[0]
        extra = [sample.name if sample else 0 for sample in first.extrasamples]
        return f"{len(file.pages)} page(s), the first {first.shape}, extra samples {extra}"


for bands in (2, 3, 4, 5):
    print(f"(20, 30, {bands}): {pages((20, 30, bands))}")
print(f"(20, 30, 5), read back: {tifffile.imread(PATH).shape}")
one = {"photometric": "minisblack"}
print(f"(20, 30, 5), minisblack: {pages((20, 30, 5), **one)}")
print(f"(20, 30, 5), minisblack, contig: {pages((20, 30, 5), **one, planarconfig='contig')}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
(20, 30, 2): 20 page(s), the first (30, 2), extra samples []
(20, 30, 3): 1 page(s), the first (20, 30, 3), extra samples []
(20, 30, 4): 1 page(s), the first (20, 30, 4), extra samples ['UNASSALPHA']
(20, 30, 5): 20 page(s), the first (30, 5), extra samples []
(20, 30, 5), read back: (20, 30, 5)
(20, 30, 5), minisblack: 20 page(s), the first (30, 5), extra samples []
(20, 30, 5), minisblack, contig: 1 page(s), the first (20, 30, 5), extra samples [0, 0, 0, 0]
SEEN
