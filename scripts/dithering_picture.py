"""Make the picture of docs/dithering.md: part of the built-in sample with each kind of dithering.

python scripts/dithering_picture.py docs/images/dithering.png
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import kalette
from kalette.learn import sample_pixels
from kalette.types import Dither, Pixels

DITHERS: tuple[Dither, ...] = ("none", "diffusion", "blue-noise", "ordered")
KS = (4, 16)
PART = (slice(50, 290), slice(70, 310))  # rows and columns, at full resolution
CAPTION, GAP = 24, 8  # pixels


def part(k: int, dither: Dither) -> Pixels:
    """Return the compressed part of the sample."""
    result = kalette.compress(sample_pixels(), k=k, dither=dither, rate=0.0)
    return np.asarray(result.to_image().convert("RGB"))[PART]


def drawn() -> Image.Image:
    """Return all parts with captions: a row for each k, a column for each kind of dithering."""
    height, width = (axis.stop - axis.start for axis in PART)
    sheet = Image.new("RGB", (len(DITHERS) * (width + GAP) - GAP, len(KS) * (height + CAPTION)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for row, k in enumerate(KS):
        for column, dither in enumerate(DITHERS):
            x, y = column * (width + GAP), row * (height + CAPTION)
            pen.text((x, y + 2), f"{dither}, k = {k}", "black", font)
            sheet.paste(Image.fromarray(part(k, dither)), (x, y + CAPTION))
    return sheet


if __name__ == "__main__":
    drawn().save(Path(sys.argv[1]), optimize=True)
