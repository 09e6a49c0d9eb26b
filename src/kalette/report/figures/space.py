"""Coordinates of colours in the spaces that figures show."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kalette.color import oklab
from kalette.types import ColorBytes

ShownSpace = Literal["srgb", "oklab"]
"""The colour space of a scatter plot."""

Floats = NDArray[np.float64]

AXIS_NAMES = {"srgb": ("red", "green", "blue"), "oklab": ("a", "b", "L")}
"""What the three coordinates of a colour stand for."""


def oklab_from_srgb(colors: ColorBytes) -> Floats:
    """Convert colours to Oklab, with L from 0 to 1.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8; alpha is ignored.

    Returns
    -------
    ndarray
        (N, 3) float64: L, a, b.

    Examples
    --------
    >>> oklab_from_srgb(np.array([[0, 0, 0], [255, 0, 0]], np.uint8)).round(3).tolist()
    [[0.0, 0.0, 0.0], [0.628, 0.225, 0.126]]
    """
    scaled = oklab.sixteenths_from_srgb(colors[:, :3])
    return np.asarray(scaled / (oklab.WHITE_LIGHTNESS * np.array([1, oklab.CHROMA, oklab.CHROMA])))


def coordinates(colors: ColorBytes, space: ShownSpace) -> Floats:
    """Return the coordinates of colours, in the order of `AXIS_NAMES`.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8; alpha is ignored.
    space : {"srgb", "oklab"}
        Colour space.

    Returns
    -------
    ndarray
        (N, 3) float64.

    Examples
    --------
    >>> coordinates(np.array([[255, 0, 9]], np.uint8), "srgb").tolist()
    [[255.0, 0.0, 9.0]]
    """
    if space == "srgb":
        return colors[:, :3].astype(np.float64)
    return oklab_from_srgb(colors)[:, [1, 2, 0]]
