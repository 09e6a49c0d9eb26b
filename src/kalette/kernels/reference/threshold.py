"""Threshold mask dithering between two palette entries a pixel."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_mask, require_palette
from kalette.kernels.reference.palette_search import PaletteSearch
from kalette.kernels.reference.points import ALPHA_BOUND
from kalette.kernels.reference.views import ThresholdedPixels

_OFFSET_UNIT = 1 << 16  # of an offset: the distance between the two entries
_CONTRAST_UNIT = 256
_MOST_CONTRAST = 65536
_STRIP = 2048  # pixels at a time, to bound memory


class ThresholdMapper:
    """A palette, and the weight of contrast."""

    def __init__(self, palette: NDArray[np.int16], contrast: int) -> None:
        """Index the palette entries and find their kinds of alpha."""
        self.search, self.contrast = PaletteSearch(palette), contrast
        self.entries, self.kinds = self.search.entries, _alpha_kinds(palette)

    def entries_for(self, points: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the entry of each point (n, d), given the offset of its threshold (n,)."""
        first = self.search.nearest(points)
        second, squared_distance, projection = self.second_entries(first, points - self.entries[first])
        # Past the threshold the later entry is shown, whichever is nearer: the pattern never flips along a
        # gradient.
        threshold = _OFFSET_UNIT // 2 + np.where(second > first, offsets, -offsets)
        past = _OFFSET_UNIT * projection > squared_distance * threshold
        return np.where((second != first) & past, second, first)

    def second_entries(
        self, first: NDArray[np.intp], errors: NDArray[np.int64]
    ) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
        """Return the neighbour that gains most beside the nearest entry, or that entry where none gains.

        With its squared distance from the nearest, and the error's projection on its direction.
        """
        directions = self.entries - self.entries[first][:, None]
        squared_distances = (directions * directions).sum(axis=2)
        projections = (errors[:, None] * directions).sum(axis=2)
        along, squared = projections.astype(np.float64), np.maximum(squared_distances, 1).astype(np.float64)
        gains = along * ((_CONTRAST_UNIT + self.contrast) * along / squared - self.contrast)
        gains[(projections <= 0) | (self.kinds != self.kinds[first][:, None])] = 0
        rows = np.arange(len(first))
        second = np.where(gains.max(axis=1) > 0, gains.argmax(axis=1), first)
        return second, squared_distances[rows, second], projections[rows, second]


def _alpha_kinds(palette: NDArray[np.int16]) -> NDArray[np.int64]:
    """-1 clear, 0 partial, 1 opaque."""
    if palette.shape[1] == 3:
        return np.zeros(len(palette), np.int64)
    return (palette[:, 3] > ALPHA_BOUND).astype(np.int64) - (palette[:, 3] < -ALPHA_BOUND)


def map_threshold(
    points: NDArray[np.int16],
    offsets: NDArray[np.int16],
    palette: NDArray[np.int16],
    contrast: int,
) -> NDArray[np.uint8]:
    """Return palette entries by threshold mask dithering: each pixel shows one of two entries.

    The first is the nearest. The second is the one that mixes best with it: by the squared error of the mix,
    and a share of the squared errors of the two alone. The mask moves the threshold between them.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16, in sixteenths of a byte step; alpha below -8192 is clear, above 8192 opaque.
    offsets : ndarray
        (h, w) int16: the mask, tiled. How far the threshold lies from the middle between the two entries,
        towards the later, in 65536ths of their distance.
    palette : ndarray
        (k, 3 or 4) int16, in the unit of the points, k at most 256.
    contrast : int
        Weight of the squared errors of the two alone, in 256ths of those of their mix.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> row = np.full((1, 4, 3), 300, np.int16)
    >>> dark_or_light = np.array([[0] * 3, [1200] * 3], np.int16)
    >>> map_threshold(row, np.array([[-30000, -10000, 10000, 30000]], np.int16), dark_or_light, 0).tolist()
    [[1, 0, 0, 0]]
    """
    pixels = ThresholdedPixels(points, offsets)
    _require(pixels, palette, contrast)
    return (
        np.zeros(points.shape[:2], np.uint8) if points.size == 0 else _map_pixels(pixels, palette, contrast)
    )


def _map_pixels(pixels: ThresholdedPixels, palette: NDArray[np.int16], contrast: int) -> NDArray[np.uint8]:
    (height, width, d), (mask_height, mask_width) = pixels.points.shape, pixels.offsets.shape
    tiled = np.tile(pixels.offsets, (-(-height // mask_height), -(-width // mask_width)))[:height, :width]
    points, offsets = (
        values.astype(np.int64) for values in (pixels.points.reshape(-1, d), tiled.reshape(-1))
    )
    mapper, indices = ThresholdMapper(palette, contrast), np.zeros(height * width, np.uint8)
    for begin in range(0, len(points), _STRIP):
        part = slice(begin, begin + _STRIP)
        indices[part] = mapper.entries_for(points[part], offsets[part])
    return indices.reshape(height, width)


def _require(pixels: ThresholdedPixels, palette: NDArray[np.int16], contrast: int) -> None:
    require_palette(palette, pixels.points.shape[2])
    require_mask(pixels.offsets)
    if not 0 <= contrast <= _MOST_CONTRAST:
        raise ValueError(f"contrast is {contrast}; it must be 0 to {_MOST_CONTRAST}")
