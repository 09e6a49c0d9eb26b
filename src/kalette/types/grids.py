"""Colour grids: the colours that a display, a console or an old browser can show."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kalette.types.arrays import ColorBytes

Grid = Literal["rgb565", "rgb555", "rgb444", "web"]

Levels = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
"""The possible values of red, green and blue, each ascending."""


def _of_bits(bits: int) -> NDArray[np.uint8]:
    """Return the bytes that numbers of so many bits stand for: their bits, repeated to fill eight."""
    numbers = np.arange(1 << bits)
    return ((numbers << (8 - bits)) | (numbers >> (2 * bits - 8))).astype(np.uint8)


_FOUR, _FIVE, _SIX = _of_bits(4), _of_bits(5), _of_bits(6)
_WEB = np.arange(0, 256, 51, dtype=np.uint8)

LEVELS: dict[Grid, Levels] = {
    "rgb565": (_FIVE, _SIX, _FIVE),
    "rgb555": (_FIVE, _FIVE, _FIVE),
    "rgb444": (_FOUR, _FOUR, _FOUR),
    "web": (_WEB, _WEB, _WEB),
}
"""rgb565, rgb555, rgb444: bits of red, green and blue; web: the 216 colours with steps of 51."""


def places_on_grid(colors: ColorBytes, grid: Grid) -> NDArray[np.int16]:
    """Return the number of the nearest level in each channel; alpha stays; ties go to the darker level.

    Parameters
    ----------
    colors : ndarray
        (..., 3 or 4) uint8.
    grid : {"rgb565", "rgb555", "rgb444", "web"}
        The grid.

    Returns
    -------
    ndarray
        (..., 3 or 4) int16.

    Examples
    --------
    >>> places_on_grid(np.array([[0, 60, 255]], np.uint8), "web").tolist()
    [[0, 1, 5]]
    """
    places = colors.astype(np.int16)
    for channel, levels in enumerate(LEVELS[grid]):
        distances = np.abs(np.arange(256)[:, None] - levels.astype(np.int16))
        places[..., channel] = distances.argmin(axis=1)[colors[..., channel]]
    return places


def colors_at(places: NDArray[np.int16], grid: Grid) -> ColorBytes:
    """Return the colours at places of a grid; places beyond an end become that end.

    Parameters
    ----------
    places : ndarray
        (..., 3 or 4) int16, of levels; alpha as a byte.
    grid : {"rgb565", "rgb555", "rgb444", "web"}
        The grid.

    Examples
    --------
    >>> colors_at(np.array([[-1, 1, 9]], np.int16), "web").tolist()
    [[0, 51, 255]]
    """
    colors = np.clip(places, 0, 255).astype(np.uint8)
    for channel, levels in enumerate(LEVELS[grid]):
        colors[..., channel] = levels[np.clip(places[..., channel], 0, len(levels) - 1)]
    return colors


def nearest_on_grid(colors: ColorBytes, grid: Grid) -> ColorBytes:
    """Return the nearest colour of the grid for each colour; alpha stays.

    Examples
    --------
    >>> nearest_on_grid(np.array([[250, 250, 3]], np.uint8), "rgb565").tolist()
    [[247, 251, 0]]
    """
    return colors_at(places_on_grid(colors, grid), grid)


def is_on_grid(colors: ColorBytes, grid: Grid) -> bool:
    """Whether all colours are on a grid.

    Examples
    --------
    >>> is_on_grid(np.array([[51, 0, 255]], np.uint8), "web")
    True
    """
    return np.array_equal(colors, nearest_on_grid(colors, grid))
