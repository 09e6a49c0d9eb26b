"""Drawing tools for the sample image: canvas, colours, antialiasing, noise.

Only + - x /, square roots and comparisons, with an integer hash for randomness, so that the bytes are the
same on every machine.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Color = str | Floats


@dataclass(frozen=True)
class Canvas:
    """A rectangle of the picture: its colours (H, W, 3), painted in place, and its pixel coordinates."""

    rgb: Floats
    x: Floats
    y: Floats
    pixel: float

    def window(self, left: float, top: float, right: float, bottom: float) -> "Canvas":
        """Return a view of a part of the canvas; painting it paints the whole."""
        columns = slice(*np.searchsorted(self.x[0], (left, right)))
        rows = slice(*np.searchsorted(self.y[:, 0], (top, bottom)))
        return Canvas(self.rgb[rows, columns], self.x[:, columns], self.y[rows], self.pixel)

    def paint(self, color: Color, coverage: Floats) -> None:
        """Blend a colour over the canvas, with coverage as its opacity."""
        self.rgb[:] = mix(self.rgb, color, coverage)

    def shine(self, color: Color, amount: Floats) -> None:
        """Add light of a colour (screen blending), never beyond white."""
        self.rgb[:] += (1.0 - self.rgb) * rgb(color) * amount[..., None]

    def inside(self, distance: Floats) -> Floats:
        """Return antialiased coverage from the signed distance to an edge, positive inside."""
        return unit(distance / self.pixel + 0.5)

    def distance(self, x: float, y: float) -> Floats:
        """Return each pixel's distance to a point."""
        return np.sqrt((self.x - x) * (self.x - x) + (self.y - y) * (self.y - y))

    def draw(self, text: str, x: float, y: float, size: float, tall: float = 1.0, share: float = 1.0) -> None:
        """Paint polygons around a point; `tall` scales their height, a negative value mirrors them."""
        for code, *points in (shape.split() for shape in text.split("#")[1:]):
            pairs = [[float(number) * size / 100.0 for number in point.split(",")] for point in points]
            corners = [(x + u, y + v * tall) for u, v in pairs]
            self._polygon("#" + code, corners if tall > 0.0 else corners[::-1], share)

    def _polygon(self, color: str, corners: list[tuple[float, float]], share: float) -> None:
        (left, right), (top, bottom) = ((min(c), max(c)) for c in zip(*corners, strict=True))
        if len(corners) == 2:
            corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        part = self.window(left - 0.01, top - 0.01, right + 0.01, bottom + 0.01)
        depth = np.full(part.rgb.shape[:2], np.inf)
        for (x0, y0), (x1, y1) in pairwise([*corners, corners[0]]):
            length = np.sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0))
            depth = np.minimum(depth, ((part.y - y0) * (x1 - x0) - (part.x - x0) * (y1 - y0)) / length)
        part.paint(color, share * part.inside(depth))


def rgb(color: Color) -> Floats:
    """Return a colour as red, green and blue from 0 to 1."""
    if isinstance(color, str):
        return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64) / 255.0
    return color


def mix(first: Color, second: Color, share: Floats) -> Floats:
    """Interpolate linearly from the first colour to the second."""
    start = rgb(first)
    return start + (rgb(second) - start) * share[..., None]


def unit(value: Floats) -> Floats:
    """Clamp values to 0 to 1."""
    return np.clip(value, 0.0, 1.0)


def step(low: float, high: float, value: Floats) -> Floats:
    """Return the smoothstep function: 0 up to low, 1 from high on."""
    t = unit((value - low) / (high - low))
    return t * t * (3.0 - 2.0 * t)


def stops(text: str) -> list[tuple[float, str]]:
    """Parse a gradient: positions and their colours."""
    words = text.split()
    return [(float(place), code) for place, code in zip(words[::2], words[1::2], strict=True)]


def gradient(value: Floats, text: str) -> Floats:
    """Return the colours of a gradient at these positions; its text alternates position and colour."""
    places = stops(text)
    result = np.broadcast_to(rgb(places[0][1]), (*value.shape, 3))
    for (low, _), (high, code) in pairwise(places):
        result = mix(result, code, unit((value - low) / (high - low)))
    return result


def hash_lattice() -> Floats:
    """Return 65536 pseudo-random numbers from 0 to 1: MurmurHash3's finalizer of 1 to 65536."""
    bits = np.arange(1, 65537, dtype=np.uint32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        bits = (bits ^ (bits >> np.uint32(shift))) * np.uint32(factor)
    return (bits ^ (bits >> np.uint32(16))) / np.float64(4294967296.0)


LATTICE = hash_lattice()


def pick(column: Floats, row: Floats) -> Floats:
    """Return a pseudo-random number from 0 to 1 for each cell of a lattice with period 256."""
    return LATTICE.take(((row.astype(np.int64) & 255) << 8) | (column.astype(np.int64) & 255))


def noise(x: Floats, y: Floats) -> Floats:
    """Return value noise from 0 to 1 on a unit lattice."""
    left, top = np.floor(x), np.floor(y)
    fx, fy = step(0.0, 1.0, x - left), step(0.0, 1.0, y - top)
    upper = pick(left, top) * (1.0 - fx) + pick(left + 1.0, top) * fx
    lower = pick(left, top + 1.0) * (1.0 - fx) + pick(left + 1.0, top + 1.0) * fx
    return upper + (lower - upper) * fy


def fractal(x: Floats, y: Floats, octaves: int) -> Floats:
    """Return fractal noise from 0 to 1; each octave is rotated, to hide the lattice."""
    total, weight = np.zeros(1), 0.5
    for _ in range(octaves):
        total = total + weight * noise(x, y)
        x, y, weight = 1.6 * x + 1.2 * y + 17.3, 1.6 * y - 1.2 * x + 5.9, weight * 0.5
    return total
