"""Errors of a picture blurred in linear light, as the light of neighbours mixes in the eye.

Beside white, differences weigh more there than in a picture blurred in Oklab, and beside black less. So this
tells better than `BlurredError` which of several renderings keeps the greys at the rims of text. With alpha,
errors over black and over white count.
"""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kalette.color import composited, gamma, oklab
from kalette.compression.blurred_error import SquaredErrors, sums_of_neighbors
from kalette.types import ColorBytes, Palette

_WHITE = (1 << 16) - 1  # light of a white pixel
_UNUSED_BITS = 6  # of sums over 49 pixels, so that the table of cube roots has 50,000 entries
_UNIT = np.float32(1 << 15)  # of Oklab's lightness of 1, so that squares fit in 32 bits
_BACKGROUNDS = (0, 255)  # of pixels with alpha

_Roots = Sequence[NDArray[np.float32]]


class BlurredLight:
    """Errors of renderings of blocks of pixels.

    Parameters
    ----------
    blocks : ndarray
        (B, h, w, 3 or 4) uint8 sRGB; each block is blurred for itself.

    Examples
    --------
    >>> from kalette.compression.blurred_error import visible_error
    >>> checks = np.array([[0] * 3, [255] * 3], np.uint8)[np.indices((1, 14, 14)).sum(axis=0) % 2]
    >>> light, labels = BlurredLight(checks), np.zeros(checks[..., 0].size, np.uint8)
    >>> half_the_light, half_the_byte = (np.full((1, 3), grey, np.uint8) for grey in (188, 128))
    >>> least = visible_error(light.of_labels(half_the_light, labels))
    >>> least < visible_error(light.of_labels(half_the_byte, labels)) / 9
    True
    """

    def __init__(self, blocks: ColorBytes) -> None:
        """Blur the pixels."""
        self._shape = blocks.shape[:3]
        pixels = blocks.reshape(-1, blocks.shape[3])
        backgrounds = _BACKGROUNDS if blocks.shape[3] == 4 else _BACKGROUNDS[:1]
        self._roots = {each: self._blurred_roots(composited(pixels, each)) for each in backgrounds}

    def of_labels(self, palette: Palette, labels: NDArray[np.uint8]) -> SquaredErrors:
        """Return the squared error in Oklab of each pixel after blurring, the mean over the backgrounds.

        Parameters
        ----------
        palette : ndarray
            (k, 3 or 4) uint8, k at most 256.
        labels : ndarray
            (N,) uint8: the entries that the pixels take.
        """
        errors = [
            _squared(self._blurred_roots(composited(palette, background), labels), roots)
            for background, roots in self._roots.items()
        ]
        return np.rint(sum(errors) / len(errors)).astype(np.uint32)

    def _blurred_roots(self, colors: ColorBytes, labels: NDArray[np.uint8] | None = None) -> _Roots:
        """Return the cube roots of the blurred light of pixels, or of those that take entries by labels."""
        lights = (light if labels is None else light.take(labels) for light in _light(colors))
        return [self._blurred_root(light) for light in lights]

    def _blurred_root(self, light: NDArray[np.int32]) -> NDArray[np.float32]:
        down = sums_of_neighbors(light.reshape(self._shape), 1, border="edge")
        return _roots().take(sums_of_neighbors(down, 2, border="edge").ravel() >> _UNUSED_BITS)


def _squared(rendered: _Roots, original: _Roots) -> NDArray[np.float32]:
    """Return squared distances in Oklab."""
    differences = (ours - theirs for ours, theirs in zip(rendered, original, strict=True))
    lightness, a, b = (np.square(axis) for axis in oklab.from_cone_roots(*differences))
    return lightness + a + b


def _light(colors: ColorBytes) -> Iterator[NDArray[np.int32]]:
    """Yield the light that each kind of cones gets."""
    for cones in np.rint(_WHITE * oklab.cones_from_srgb(colors)).astype(np.int32).T:
        yield np.ascontiguousarray(cones)


@cache
def _roots() -> NDArray[np.float32]:
    """Return the cube roots of all sums of light."""
    most = (49 * _WHITE) >> _UNUSED_BITS
    return gamma(1 / 3)(np.arange(most + 1) / most).astype(np.float32) * _UNIT
