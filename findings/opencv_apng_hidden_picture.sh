#!/usr/bin/env bash
# opencv-python==5.0.0.93 against 4.11.0.86, pillow==13.0.0 (it writes the file), Python 3.11
#
# Guess: cv2.imdecode and cv2.imread of an animated PNG give its default picture: the one in IDAT,
# which every reader of plain PNG shows. A newer OpenCV reads the same picture as an older one.
#
# Behaviour: an animated PNG may hide its default picture from the animation. OpenCV 4.11 and Pillow
# give the default picture. OpenCV 5 gives the first frame of the animation, and no warning. The
# default picture is only to be had through cv2.imdecodeanimation, as still_image. A GAN user with a
# folder of stickers or emoji so gets other training pictures after an update of OpenCV, or after a
# step from Pillow to OpenCV: the first frame is often an empty one.
#
# Output seen (the default picture is red, the frames are green and blue):
#   Pillow: red
#   OpenCV 4.11.0: red
#   OpenCV 5.0.0: green
#   OpenCV 5.0.0, still_image: red
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 4.11.0.86 5.0.0.93; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/pip" install --quiet opencv-python==$version pillow==13.0.0 numpy==2.4.6
done
cat > "$folder/script.py" <<'PYTHON'
import io

import cv2
import numpy as np
from PIL import Image

COLOURS = {(255, 0, 0): "red", (0, 255, 0): "green", (0, 0, 255): "blue"}
red, green, blue = (Image.new("RGB", (8, 6), colour) for colour in COLOURS)
file = io.BytesIO()
red.save(file, "PNG", save_all=True, default_image=True, append_images=[green, blue])
data = np.frombuffer(file.getvalue(), np.uint8)
if cv2.__version__.startswith("4"):
    print(f"Pillow: {COLOURS[Image.open(file).getpixel((0, 0))]}")
read = cv2.imdecode(data, cv2.IMREAD_COLOR)
print(f"OpenCV {cv2.__version__}: {COLOURS[tuple(read[0, 0, ::-1].tolist())]}")
if cv2.__version__.startswith("5"):
    still = cv2.imdecodeanimation(data)[1].still_image
    print(f"OpenCV {cv2.__version__}, still_image: {COLOURS[tuple(still[0, 0, ::-1].tolist())]}")
PYTHON
for version in 4.11.0.86 5.0.0.93; do
    "$folder/$version/bin/python" "$folder/script.py"
done > "$folder/seen"
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
Pillow: red
OpenCV 4.11.0: red
OpenCV 5.0.0: green
OpenCV 5.0.0, still_image: red
SEEN
