"""Pixels to palette entries by the thresholds of a tiled mask."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_palette

_KIND_BOUND = 512 * 16
_WHOLE = 1 << 16
_CHUNK = 2048  # pixels, for the sake of memory


def map_masked(
    points: NDArray[np.int16],
    offsets: NDArray[np.int16],
    palette: NDArray[np.int16],
    contrast: int,
) -> NDArray[np.uint8]:
    """Return for each pixel one of two palette entries between which its colour lies, as a mask says.

    The first is the nearest entry. The second is the one with which it mixes best: squared errors of the mix
    count, and a part of the squared errors of the two seen singly. The mask moves the border between them.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16, in sixteenths of a byte step; alpha below -8192 is clear, above 8192 opaque.
    offsets : ndarray
        (h, w) int16: the mask, tiled. How far from the middle the border lies, in 65536ths of the way
        between the two entries, towards the later.
    palette : ndarray
        (k, 3 or 4) int16, in the unit of the points, k at most 256.
    contrast : int
        What the squared errors of the two seen singly count, in 256ths of those of their mix.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> row = np.full((1, 4, 3), 300, np.int16)
    >>> dark_or_light = np.array([[0] * 3, [1200] * 3], np.int16)
    >>> map_masked(row, np.array([[-30000, -10000, 10000, 30000]], np.int16), dark_or_light, 0).tolist()
    [[1, 0, 0, 0]]
    """
    _require(points, offsets, palette, contrast)
    height, width, d = points.shape
    tiled = np.tile(offsets, (-(-height // offsets.shape[0]), -(-width // offsets.shape[1])))
    flat, border = points.reshape(-1, d).astype(np.int64), tiled[:height, :width].reshape(-1)
    indices = np.zeros(height * width, np.uint8)
    for begin in range(0, len(flat), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        indices[part] = _mapped(flat[part], border[part].astype(np.int64), palette.astype(np.int64), contrast)
    return indices.reshape(height, width)


def _mapped(
    points: NDArray[np.int64], offsets: NDArray[np.int64], palette: NDArray[np.int64], contrast: int
) -> NDArray[np.intp]:
    first = ((points[:, None] - palette) ** 2).sum(axis=2).argmin(axis=1)
    between = palette - palette[first][:, None]
    distances = (between * between).sum(axis=2)
    ways = ((points - palette[first])[:, None] * between).sum(axis=2)
    second, distance, way = _second(first, distances, ways, palette, contrast)
    # The later entry is shown past the border, whichever of the two is nearer: so their pattern never flips.
    later = second > first
    past = _WHOLE * way > distance * (_WHOLE // 2 + np.where(later, offsets, -offsets))
    return np.where((second != first) & past, second, first)


def _second(
    first: NDArray[np.intp],
    distances: NDArray[np.int64],
    ways: NDArray[np.int64],
    palette: NDArray[np.int64],
    contrast: int,
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Return the entry that gains most beside the nearest, its distance from it, and how far the way goes."""
    way, distance = ways.astype(np.float64), np.maximum(distances, 1).astype(np.float64)
    gains = way * ((256 + contrast) * way / distance - contrast)
    kinds = _kinds(palette)
    gains[(ways <= 0) | (kinds != kinds[first][:, None])] = 0
    rows = np.arange(len(first))
    second = np.where(gains.max(axis=1) > 0, gains.argmax(axis=1), first)
    return second, distances[rows, second], ways[rows, second]


def _kinds(palette: NDArray[np.int64]) -> NDArray[np.int64]:
    if palette.shape[1] == 3:
        return np.zeros(len(palette), np.int64)
    return (palette[:, 3] > _KIND_BOUND).astype(np.int64) - (palette[:, 3] < -_KIND_BOUND)


def _require(
    points: NDArray[np.int16],
    offsets: NDArray[np.int16],
    palette: NDArray[np.int16],
    contrast: int,
) -> None:
    require_palette(points, palette)
    if offsets.size == 0:
        raise ValueError(f"offsets have shape {offsets.shape}; they must hold one at least")
    if not 0 <= contrast <= 65536:
        raise ValueError(f"contrast is {contrast}; it must be 0 to 65536")
