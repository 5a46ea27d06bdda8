#!/usr/bin/env bash
# pillow==13.0.0, Python 3.11
#
# Guess: Image.convert("RGBA") makes the pixels of a PNG's transparent grey value (chunk tRNS)
# transparent, whatever the number of bits.
#
# Behaviour: it does for 1 and 8 bits. A picture of 2 or 4 bits is stretched to 0..255 on loading,
# but the value in info["transparency"] stays as the file has it. Unless it is 0, no pixel equals
# it, and every pixel is opaque. Nobody is told. Small icons, glyphs and sketches are such files,
# because optimisers of PNG choose the fewest bits. A GAN user who puts pictures on a white ground
# by their alpha channel so keeps the old ground in some of them.
#
# Output seen (the pixel that has the transparent value):
#   1 bit(s): transparency 255, pixel (255, 255, 255, 0)
#   2 bit(s): transparency 1, pixel (85, 85, 85, 255)
#   4 bit(s): transparency 5, pixel (85, 85, 85, 255)
#   8 bit(s): transparency 85, pixel (85, 85, 85, 0)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow==13.0.0
"$folder/venv/bin/python" - > "$folder/seen" <<'PYTHON'
import io
import struct
import zlib

from PIL import Image


def chunk(kind, content):
    """One part of a PNG file."""
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def png(bits, value):
    """A grey PNG, 8 pixels wide and 1 high: the first has the transparent value, the others 0."""
    row = (value << (8 * bits - bits)).to_bytes(bits, "big")
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 1, bits, 0, 0, 0, 0))
            + chunk(b"tRNS", struct.pack(">H", value))
            + chunk(b"IDAT", zlib.compress(b"\0" + row))
            + chunk(b"IEND", b""))


for bits, value in ((1, 1), (2, 1), (4, 5), (8, 85)):
    picture = Image.open(io.BytesIO(png(bits, value)))
    pixel = picture.convert("RGBA").getpixel((0, 0))
    print(f"{bits} bit(s): transparency {picture.info['transparency']}, pixel {pixel}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
1 bit(s): transparency 255, pixel (255, 255, 255, 0)
2 bit(s): transparency 1, pixel (85, 85, 85, 255)
4 bit(s): transparency 5, pixel (85, 85, 85, 255)
8 bit(s): transparency 85, pixel (85, 85, 85, 0)
SEEN
