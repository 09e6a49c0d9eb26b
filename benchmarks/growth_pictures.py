"""Pictures of growing size and of a growing number of colours, made from one photograph."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kalette.types import Pixels

NOISE = 3  # largest change of a byte in enlarged pictures, which are smoother than photographs of that size
_STRIP_ROWS = 256
_SAME = 0.02  # relative difference of size up to which a picture is used as it is


def scaled(pixels: Pixels, megapixels: float) -> Pixels:
    """Return the picture with at most that many megapixels, with even noise where it is enlarged."""
    height, width, _ = pixels.shape
    factor = sqrt(megapixels * 1e6 / (height * width))
    if abs(factor * factor - 1) <= _SAME:
        return pixels
    made = _resized(pixels, int(height * factor), int(width * factor))
    return with_noise(made) if factor > 1 else made


def squared(pixels: Pixels, side: int) -> Pixels:
    """Return the middle of the picture as a square of that side."""
    height, width, _ = pixels.shape
    least = min(height, width)
    top, left = (height - least) // 2, (width - least) // 2
    return _resized(pixels[top : top + least, left : left + least], side, side)


def _resized(pixels: Pixels, height: int, width: int) -> Pixels:
    image = Image.fromarray(pixels).resize((max(width, 1), max(height, 1)), Image.Resampling.LANCZOS)
    return np.asarray(image)


def with_noise(pixels: Pixels) -> Pixels:
    """Return the picture with up to `NOISE` added to or taken from each byte, all equally likely."""
    generator = np.random.default_rng(0)
    noisy = np.empty_like(pixels)
    for top in range(0, len(pixels), _STRIP_ROWS):
        strip = pixels[top : top + _STRIP_ROWS]
        change = generator.integers(-NOISE, NOISE + 1, strip.shape, np.int16)
        noisy[top : top + _STRIP_ROWS] = np.clip(strip + change, 0, 255)
    return noisy


def count_colors(pixels: Pixels) -> int:
    """Return the number of distinct colours."""
    seen = np.zeros(1 << 24, np.bool_)
    for top in range(0, len(pixels), _STRIP_ROWS):
        seen[_packed(pixels[top : top + _STRIP_ROWS])] = True
    return int(np.count_nonzero(seen))


def with_colors(pixels: Pixels, bits: int) -> Pixels:
    """Return the picture in exactly 2 ** bits distinct colours, all equally frequent.

    The cells of a k-d tree over the pixels get their mean colours. Of equal means, all but one move to free
    colours nearby. The number of pixels is a multiple of 2 ** bits.
    """
    points = pixels.reshape(-1, 3)
    cells = _cells(points, bits)
    means = np.rint(points[cells].mean(axis=1)).astype(np.int64)
    made = np.empty_like(points)
    made[cells] = made_distinct(means)[:, None]
    return made.reshape(pixels.shape)


def _cells(points: Pixels, bits: int) -> NDArray[np.int64]:
    """Return the places of the pixels in each cell; all cells are halved across their longest side."""
    cells = np.arange(len(points)).reshape(1, -1)
    for _ in range(bits):
        inside = points[cells]
        side = np.ptp(inside, axis=1).argmax(axis=1)
        values = np.take_along_axis(inside, side[:, None, None], axis=2)[..., 0]
        cells = np.take_along_axis(cells, values.argsort(axis=1, kind="stable"), axis=1)
        cells = cells.reshape(2 * len(cells), -1)
    return cells


def made_distinct(colors: NDArray[np.int64]) -> Pixels:
    """Return colours of which no two are equal, as near to the given ones as random tries find them."""
    generator = np.random.default_rng(0)
    made, reach = colors.copy(), 0
    while True:
        _, kept = np.unique(_packed(made), return_index=True)
        if len(kept) == len(made):
            return made.astype(np.uint8)
        again = np.ones(len(made), np.bool_)
        again[kept] = False
        reach += 1
        change = generator.integers(-reach, reach + 1, (int(again.sum()), 3))
        made[again] = np.clip(colors[again] + change, 0, 255)


def _packed(colors: NDArray[np.integer]) -> NDArray[np.int64]:
    packed: NDArray[np.int64] = colors.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    return packed
