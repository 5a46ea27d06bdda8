#!/usr/bin/env bash
# opencv-python==5.0.0.93, Python 3.11
#
# Guess: cv2.imdecode and cv2.imread give the channels as blue, green, red, whatever the format of
# the file, and with IMREAD_COLOR_RGB as red, green, blue.
#
# Behaviour: that is so for PPM. From a PAM file (P7, the younger format of Netpbm) that names its
# channels with TUPLTYPE RGB they come as red, green, blue, with both flags. So the usual
# cv2.cvtColor(picture, cv2.COLOR_BGR2RGB) swaps red and blue. A GAN trained on a folder with both
# formats sees orange faces and blue ones, and no error.
#
# Output seen (one pixel, red 200, green 120, blue 40):
#   PPM, IMREAD_COLOR: [40, 120, 200]
#   PPM, IMREAD_COLOR_RGB: [200, 120, 40]
#   PAM, IMREAD_COLOR: [200, 120, 40]
#   PAM, IMREAD_COLOR_RGB: [200, 120, 40]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet opencv-python==5.0.0.93 numpy==2.4.6
"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import cv2
import numpy as np

PIXEL = bytes([200, 120, 40])
FILES = {
    "PPM": b"P6\n1 1\n255\n" + PIXEL,
    "PAM": b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n" + PIXEL,
}
for name, data in FILES.items():
    for flag in ("IMREAD_COLOR", "IMREAD_COLOR_RGB"):
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), getattr(cv2, flag))
        print(f"{name}, {flag}: {picture[0, 0].tolist()}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
PPM, IMREAD_COLOR: [40, 120, 200]
PPM, IMREAD_COLOR_RGB: [200, 120, 40]
PAM, IMREAD_COLOR: [200, 120, 40]
PAM, IMREAD_COLOR_RGB: [200, 120, 40]
SEEN
