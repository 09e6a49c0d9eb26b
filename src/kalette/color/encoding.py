"""How samples encode colours, and their transform to sRGB of 8 bits."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kalette.color.primaries import Matrix
from kalette.color.transfer import Curve, Floats
from kalette.kernels import linear_from_srgb

Samples = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W, channels), of 8 or 16 bits."""

_STRIP_PIXELS = 1 << 18  # converted at a time, to bound memory
_LINEAR_LEVELS = 65_535  # linear light in steps of a twentieth of the darkest step of sRGB


@dataclass(frozen=True)
class Encoding:
    """Transfer functions and primaries of samples.

    Parameters
    ----------
    curves : tuple of callable
        The transfer function of each channel: one for grey, three for RGB.
    matrix : tuple of tuple of float or None
        From linear light of the primaries to linear sRGB; None for those of sRGB, and for grey.
    narrow : bool
        Samples are of narrow range, as in video: 16 to 235 of 255.

    Examples
    --------
    >>> from kalette.color.transfer import gamma
    >>> linear = Encoding((gamma(1),))
    >>> linear.srgb_from_samples(np.array([[[0], [55], [255]]], np.uint8)).ravel().tolist()
    [0, 128, 255]
    """

    curves: tuple[Curve, ...]
    matrix: Matrix | None = None
    narrow: bool = False

    def srgb_from_samples(self, samples: Samples) -> NDArray[np.uint8]:
        """Return samples as sRGB, rounded to the nearest byte; what sRGB cannot show is clipped.

        Parameters
        ----------
        samples : ndarray
            (H, W, 1 or 3) uint8 or uint16, as many channels as curves.

        Returns
        -------
        ndarray
            (H, W, 1 or 3) uint8.
        """
        levels = self._levels(samples.dtype)
        tables = [_linear_levels(curve, levels) for curve in self.curves]
        matrix = self.matrix
        if matrix is None:
            shades = [_srgb_from_linear(table) for table in tables]
            return np.stack([shade[samples[..., c]] for c, shade in enumerate(shades)], axis=2)
        return in_strips(samples, lambda strip: _with_primaries(strip, tables, matrix))

    def _levels(self, dtype: np.dtype[np.uint8] | np.dtype[np.uint16]) -> Floats:
        """Return the encoded value of each sample."""
        most = int(np.iinfo(dtype).max)
        levels = np.arange(most + 1, dtype=np.float64)
        if not self.narrow:
            return levels / most
        step = (most + 1) // 256
        return np.clip((levels - 16 * step) / (219 * step), 0.0, 1.0)


def in_strips(samples: Samples, convert: Callable[[Samples], NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Convert samples (H, W, channels) to RGB (H, W, 3), a strip of rows at a time, to bound memory."""
    converted = np.empty((*samples.shape[:2], 3), np.uint8)
    rows = max(1, _STRIP_PIXELS // samples.shape[1])
    for top in range(0, len(samples), rows):
        strip = slice(top, top + rows)
        converted[strip] = convert(samples[strip])
    return converted


def _linear_levels(curve: Curve, levels: Floats) -> Floats:
    """Return the curve at these levels, clipped: a damaged profile's may be anything."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.clip(np.nan_to_num(curve(levels)), 0.0, 1.0)


def _with_primaries(samples: Samples, tables: list[Floats], matrix: Matrix) -> NDArray[np.uint8]:
    red, green, blue = (table[samples[..., c]] for c, table in enumerate(tables))
    linear = np.stack([(r * red + g * green) + b * blue for r, g, b in matrix], axis=2)
    np.clip(linear, 0.0, 1.0, out=linear)
    return _bytes_of_linear_levels()[(linear * _LINEAR_LEVELS + 0.5).astype(np.uint16)]


def _srgb_from_linear(linear: Floats) -> NDArray[np.uint8]:
    """Return the nearest byte of sRGB."""
    halfway = linear_from_srgb((np.arange(255) + 0.5) / 255)
    return np.searchsorted(halfway, linear, side="right").astype(np.uint8)


def _bytes_of_linear_levels() -> NDArray[np.uint8]:
    return _srgb_from_linear(np.arange(_LINEAR_LEVELS + 1) / _LINEAR_LEVELS)
