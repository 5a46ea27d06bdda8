#!/usr/bin/env bash
# pillow==13.0.0, numpy==2.4.0, Python 3.11
#
# Guess: a JPEG 2000 file of four bands that doesn't say that one of them is opacity (box cdef,
# ISO/IEC 15444-1, I.5.3.6) opens in a mode without alpha, RGBX or CMYK, or not at all.
#
# Behaviour: Pillow decides by the number of bands. Four are RGBA and two are LA, whatever the box
# says, and also without it. Satellite and aerial pictures in JPEG 2000 have four bands: red, green,
# blue and near infrared. Laid on a white ground "by their alpha", as training scripts do, their
# water and shadows become white, because these are dark in the infrared. Type 2 of the box, colours
# that are multiplied by opacity already, is not told apart either: they come out darker than meant.
#
# Output seen:
#   cdef says opacity: RGBA (200, 120, 40, 128)
#   cdef says opacity, and that colours are multiplied by it: RGBA (200, 120, 40, 128)
#   no cdef: RGBA (200, 120, 40, 128)
#   no cdef, two bands: LA (200, 128)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow==13.0.0 numpy==2.4.0
"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import io

import numpy as np
from PIL import Image


def jp2(*bands):
    """A JPEG 2000 file, 16x16, without loss. Pillow writes what the last of 2 or 4 bands is."""
    file = io.BytesIO()
    pixels = np.full((16, 16, len(bands)), bands, np.uint8)
    Image.fromarray(pixels).save(file, "JPEG2000", irreversible=False)
    return file.getvalue()


def show(text, data):
    picture = Image.open(io.BytesIO(data))
    print(f"{text}: {picture.mode} {picture.getpixel((3, 3))}")


four, two = jp2(200, 120, 40, 128), jp2(200, 128)
assert four.count(b"cdef") == two.count(b"cdef") == 1
show("cdef says opacity", four)
opacity, multiplied = b"\0\3\0\1\0\0", b"\0\3\0\2\0\0"      # band 3, its type, of the whole picture
assert four.count(opacity) == 1
show("cdef says opacity, and that colours are multiplied by it", four.replace(opacity, multiplied))
# Readers pass over boxes that they don't know
show("no cdef", four.replace(b"cdef", b"free"))
show("no cdef, two bands", two.replace(b"cdef", b"free"))
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
cdef says opacity: RGBA (200, 120, 40, 128)
cdef says opacity, and that colours are multiplied by it: RGBA (200, 120, 40, 128)
no cdef: RGBA (200, 120, 40, 128)
no cdef, two bands: LA (200, 128)
SEEN
