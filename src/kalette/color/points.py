"""Conversion between sRGB bytes and points of the working space.

All arithmetic uses integers or exact binary fractions, so that the bits are the same on every machine.
"""

from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kalette.color import oklab
from kalette.color.alpha import CLEAR, OPAQUE, PARTIAL
from kalette.types import Centroids, Palette, Points

KIND_GAP = 1024
"""Distance between the kinds of alpha on the alpha axis. Its square exceeds any squared distance within a
kind (4 x 255^2), so the nearest centroid of a colour is always of its own kind."""

Space = Literal["srgb", "oklab"]
"""Working space, in which colours are compared."""

SearchSpace = Literal["srgb", "oklab", "oklab-chroma"]
"""Space of a palette search: a working space, or Oklab with chroma stretched by half."""

CHROMA_STRETCH = 1.5
"""Stretch of chroma in "oklab-chroma": an exact binary fraction, so that points times it are exact."""

LIGHTNESS: dict[Space, int] = {"srgb": 1, "oklab": 0}
"""Index of the coordinate closest to lightness: green, or L."""

_SIXTEENTHS = 16


def working_space(space: SearchSpace) -> Space:
    """Return the working space in which pixels are mapped after a search.

    Examples
    --------
    >>> working_space("oklab-chroma"), working_space("srgb")
    ('oklab', 'srgb')
    """
    return "srgb" if space == "srgb" else "oklab"


def alpha_kinds_of_points(points: Points) -> NDArray[np.int8]:
    """Return the kind of alpha of each point of the working space: `CLEAR`, `PARTIAL` or `OPAQUE`.

    Parameters
    ----------
    points : ndarray
        (N, 3 or 4), in the space of `points_from_srgb`; with three coordinates all are opaque.

    Examples
    --------
    >>> alpha_kinds_of_points(np.array([[0.0, 0, 0, -1024], [9, 9, 9, 128], [9, 9, 9, 1279]])).tolist()
    [0, 1, 2]
    """
    if points.shape[1] != 4:
        return np.full(len(points), OPAQUE, np.int8)
    alpha = points[:, 3]
    return np.select([alpha < -KIND_GAP / 2, alpha > KIND_GAP / 2], [CLEAR, OPAQUE], PARTIAL).astype(np.int8)


def among_partial(points: NDArray[Any]) -> NDArray[Any]:
    """Return points of Oklab moved to where partly clear ones lie, next to those of nearly the same alpha.

    Parameters
    ----------
    points : ndarray
        (N, 4), in the space of `points_from_srgb`, or int16 in that of `sixteenths_from_srgb`.

    Examples
    --------
    >>> among_partial(np.array([[9.0, 9, 9, -1024], [9, 9, 9, 64], [9, 9, 9, 1151.5]])).tolist()
    [[131.9375, 0.0, 0.0, 0.0], [9.0, 9.0, 9.0, 64.0], [9.0, 9.0, 9.0, 127.5]]
    """
    unit = 1 if points.dtype == np.int16 else _SIXTEENTHS
    gap = KIND_GAP * _SIXTEENTHS // unit
    moved = points.copy()
    moved[points[:, 3] < -gap / 2] = (_clear_lightness() / unit, 0, 0, 0)  # without what it hides
    moved[points[:, 3] > gap / 2, 3] -= gap
    return moved


def sixteenths_from_srgb(
    colors: NDArray[np.uint8], space: Space = "srgb", *, threads: int = 1
) -> NDArray[np.int16]:
    """Convert colours to points in sixteenths of a byte step, with offset kinds of alpha.

    In sRGB colours are premultiplied by alpha, in Oklab they are as they look over grey. Fully clear ones are
    compared by their hidden colour.

    Parameters
    ----------
    colors : ndarray
        (..., 3 or 4) uint8.
    space : {"srgb", "oklab"}
        The working space.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (..., 3 or 4) int16: in sRGB 0 to 4080, in Oklab half of alpha as the fourth; this is moved by -16384
        for clear colours and by 16384 for opaque ones.

    References
    ----------
    T. Porter and T. Duff, "Compositing digital images", SIGGRAPH 1984. doi:10.1145/800031.808606

    Examples
    --------
    >>> sixteenths_from_srgb(np.array([[255, 0, 1]], np.uint8)).tolist()
    [[4080, 0, 16]]
    >>> sixteenths_from_srgb(np.array([[255, 0, 1, 51]], np.uint8)).tolist()
    [[816, 0, 3, 816]]
    """
    if colors.shape[-1] == 3:
        return _solid_sixteenths(colors, space, threads)
    alpha = colors[..., 3:].astype(np.int16)
    points = np.empty(colors.shape, np.int16)
    points[..., :3] = _over_grey(colors, threads) if space == "oklab" else _premultiplied(colors)
    kind_offset = (alpha == 255).astype(np.int16) - (alpha == 0)
    points[..., 3:] = _ALPHA_STEP[space] * alpha + np.int16(_SIXTEENTHS * KIND_GAP) * kind_offset
    return points


# If colours differ by c over a grey g and by a in alpha, the mean of their squared differences over black and
# over white is c^2 + g (1 - g) a^2, where g is the weight of white: exact in sRGB, and about so in Oklab.
_ALPHA_STEP = {"srgb": _SIXTEENTHS, "oklab": _SIXTEENTHS // 2}


def _solid_sixteenths(colors: NDArray[np.uint8], space: Space, threads: int) -> NDArray[np.int16]:
    if space == "oklab":
        return oklab.sixteenths_from_srgb(colors, threads=threads)
    return colors.astype(np.int16) * np.int16(_SIXTEENTHS)


def _premultiplied(colors: NDArray[np.uint8]) -> NDArray[np.int16]:
    alpha = colors[..., 3:].astype(np.int32)
    factor = np.where(alpha == 0, 255, alpha)  # hidden colours are black, or kept by request
    sixteenths = (colors[..., :3] * (factor * (2 * _SIXTEENTHS)) + 255) // 510
    return np.asarray(sixteenths, np.int16)


def _over_grey(colors: NDArray[np.uint8], threads: int) -> NDArray[np.int16]:
    points = oklab.sixteenths_from_srgb(colors, threads=threads)
    points[..., 0] += np.where(colors[..., 3] == 0, _clear_lightness(), np.int16(0))
    return points


@cache
def _clear_lightness() -> np.int16:
    """Return the lightness of what is clear over grey; that of hidden colours is added to it."""
    grey = np.full((1, 3), oklab.BACKGROUND, np.uint8)
    return np.int16(oklab.sixteenths_from_srgb(grey)[0, 0])


def points_from_srgb(
    colors: NDArray[np.uint8], space: SearchSpace = "srgb", *, threads: int = 1
) -> NDArray[np.float32]:
    """Convert colours to the points of `sixteenths_from_srgb`, in 0-255 units.

    Coordinates are multiples of 1/32, so that sums weighted by counts are exact in float64.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    space : {"srgb", "oklab", "oklab-chroma"}
        The space.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (N, 3 or 4) float32.

    Examples
    --------
    >>> points_from_srgb(np.array([[255, 0, 1, 51]], np.uint8)).tolist()
    [[51.0, 0.0, 0.1875, 51.0]]
    """
    return points_from_sixteenths(sixteenths_from_srgb(colors, working_space(space), threads=threads), space)


def points_from_sixteenths(sixteenths: NDArray[np.int16], space: SearchSpace) -> NDArray[np.float32]:
    """Convert points of `sixteenths_from_srgb`, in the working space of a space, to those of that space.

    Parameters
    ----------
    sixteenths : ndarray
        (N, 3 or 4) int16.
    space : {"srgb", "oklab", "oklab-chroma"}
        The space.

    Examples
    --------
    >>> points_from_sixteenths(np.array([[32, 16, 8]], np.int16), "oklab-chroma").tolist()
    [[2.0, 1.5, 0.75]]
    """
    points = np.multiply(sixteenths, np.float32(1 / _SIXTEENTHS), dtype=np.float32)
    if space == "oklab-chroma":
        for axis in (1, 2):  # one by one takes a fifth of the time
            points[:, axis] *= np.float32(CHROMA_STRETCH)
    return points


def srgb_from_points(centroids: Centroids, space: SearchSpace = "srgb") -> Palette:
    """Convert centroids to the nearest bytes, keeping the kind of alpha.

    Parameters
    ----------
    centroids : ndarray
        (k, 3 or 4) float64, in the space of `points_from_srgb`.
    space : {"srgb", "oklab", "oklab-chroma"}
        The space.

    Returns
    -------
    ndarray
        (k, 3 or 4) uint8.

    Examples
    --------
    >>> srgb_from_points(np.array([[51.0, 0.0, 0.1875, 51.0], [9.6, 2.5, 0.0, 1279.0]])).tolist()
    [[255, 0, 1, 51], [10, 2, 0, 255]]
    """
    if space == "oklab-chroma":
        centroids = centroids.copy()
        centroids[:, 1:3] /= CHROMA_STRETCH
        return srgb_from_points(centroids, "oklab")
    if centroids.shape[1] == 3:
        return _solid_bytes(centroids, space)
    kinds = alpha_kinds_of_points(centroids)
    partial = np.clip(np.rint(centroids[:, 3] * (_SIXTEENTHS / _ALPHA_STEP[space])), 1, 254)
    alpha = np.select([kinds == CLEAR, kinds == OPAQUE], [0.0, 255.0], partial)[:, None]
    straight = _without_grey if space == "oklab" else _unpremultiplied
    return np.hstack([straight(centroids[:, :3], alpha), _bytes(alpha)])


def _solid_bytes(points: Centroids, space: Space) -> Palette:
    return oklab.srgb_from_points(points) if space == "oklab" else _bytes(points)


def _unpremultiplied(points: Centroids, alpha: NDArray[np.float64]) -> Palette:
    return _bytes(points * (255 / np.where(alpha == 0, 255, alpha)))


def _without_grey(points: Centroids, alpha: NDArray[np.float64]) -> Palette:
    hidden = points - np.array([_clear_lightness() / _SIXTEENTHS, 0, 0])
    solid = oklab.srgb_from_points(np.where(alpha == 0, hidden, points))
    share = np.where(alpha == 0, 255, alpha) / 255
    shown = oklab.srgb_sixteenths_from_points(points) / _SIXTEENTHS
    partial = _bytes((shown - oklab.BACKGROUND * (1 - share)) / share)
    return np.where((alpha == 0) | (alpha == 255), solid, partial)


def _bytes(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
