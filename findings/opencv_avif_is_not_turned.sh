#!/usr/bin/env bash
# opencv-python==5.0.0.93, pillow==13.0.0 (it writes the files), Python 3.11
#
# Guess: cv2.imread and cv2.imdecode with IMREAD_COLOR turn a picture upright, whatever the format.
# The flag IMREAD_IGNORE_ORIENTATION exists for those who don't want that.
#
# Behaviour: JPEG, PNG and WebP are turned as their EXIF says. An AVIF file has its orientation in
# the properties irot and imir, which a reader must apply. OpenCV ignores them: the picture lies on
# its side, and height and width are swapped. No warning is given. Pillow writes the EXIF
# orientation that it is given as these properties. So a photo comes upright as a JPEG, but not
# after one has made it an AVIF to save space. A GAN trained on such photos through OpenCV learns
# people who lie on their side.
#
# Output seen (written with 32 columns, 16 rows and orientation 6: a quarter turn to the right):
#   JPEG: Pillow (16, 32), OpenCV (16, 32)
#   PNG: Pillow (16, 32), OpenCV (16, 32)
#   WEBP: Pillow (16, 32), OpenCV (16, 32)
#   AVIF: Pillow (16, 32), OpenCV (32, 16)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet opencv-python==5.0.0.93 pillow==13.0.0 numpy==2.4.6
"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import io

import cv2
import numpy as np
from PIL import Image, ImageOps

picture, exif = Image.new("RGB", (32, 16), (200, 0, 0)), Image.Exif()
exif[0x0112] = 6
for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
    file = io.BytesIO()
    picture.save(file, kind, exif=exif)
    if kind == "AVIF":
        assert b"irot" in file.getvalue()
    upright = ImageOps.exif_transpose(Image.open(file)).size
    read = cv2.imdecode(np.frombuffer(file.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    print(f"{kind}: Pillow {upright}, OpenCV {read.shape[1::-1]}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
JPEG: Pillow (16, 32), OpenCV (16, 32)
PNG: Pillow (16, 32), OpenCV (16, 32)
WEBP: Pillow (16, 32), OpenCV (16, 32)
AVIF: Pillow (16, 32), OpenCV (32, 16)
SEEN
