#!/usr/bin/env bash
# opencv-python==5.0.0.93 (libtiff inside), Python 3.11
#
# Guess: cv2.imread and cv2.imdecode return None for a TIFF whose compression OpenCV cannot unpack.
#
# Behaviour: that is so for WebP and Zstandard. For JPEG 2000, JPEG XL and PNG inside a TIFF they
# return an array of the right shape and type in which every value is 0. No exception is raised. The
# only trace is a line on stderr, from which the program learns nothing. The files are valid:
# tifffile reads them. Microscopes and satellites write JPEG 2000 in TIFF. A GAN user whose loop
# skips pictures that are None so trains on black pictures, and the generator learns to paint them.
#
# Output seen (mean of the picture, written as 200 everywhere):
#   zlib: tifffile 200.0, OpenCV 200.0
#   webp: tifffile 200.0, OpenCV None
#   zstd: tifffile 200.0, OpenCV None
#   jpeg2000: tifffile 200.0, OpenCV 0.0
#   jpegxl: tifffile 200.0, OpenCV 0.0
#   png: tifffile 200.0, OpenCV 0.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet opencv-python==5.0.0.93 tifffile==2026.3.3 \
    imagecodecs==2026.3.6 numpy==2.4.6
OPENCV_LOG_LEVEL=SILENT "$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import io

import cv2
import numpy as np
import tifffile

PICTURE = np.full((16, 16, 3), 200, np.uint8)
for compression in ("zlib", "webp", "zstd", "jpeg2000", "jpegxl", "png"):
    file = io.BytesIO()
    tifffile.imwrite(file, PICTURE, photometric="rgb", compression=compression)
    read = cv2.imdecode(np.frombuffer(file.getvalue(), np.uint8), cv2.IMREAD_COLOR)
    assert read is None or read.shape == PICTURE.shape and read.dtype == np.uint8
    truth = tifffile.imread(io.BytesIO(file.getvalue()))
    print(f"{compression}: tifffile {truth.mean()}, OpenCV {None if read is None else read.mean()}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
zlib: tifffile 200.0, OpenCV 200.0
webp: tifffile 200.0, OpenCV None
zstd: tifffile 200.0, OpenCV None
jpeg2000: tifffile 200.0, OpenCV 0.0
jpegxl: tifffile 200.0, OpenCV 0.0
png: tifffile 200.0, OpenCV 0.0
SEEN
