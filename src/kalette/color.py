"""Colours as bytes, and as points in the space where they are compared.

Every step here is in integers or in exact binary fractions, so that the same bits come out everywhere.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kalette import kernels, oklab
from kalette.arrays import Centroids, ColorBytes, Palette, Points

CLEAR, PARTIAL, OPAQUE = 0, 1, 2
"""The kinds of alpha: 0, 1 to 254, 255."""

KIND_NAMES = ("clear", "partly clear", "opaque")

KIND_GAP = 1024
"""How far the kinds lie apart on the alpha axis of points: the square is more than any distance within a
kind (4 x 255^2), so that no centroid ever serves two kinds, and clear stays clear and opaque opaque."""

Space = Literal["srgb", "oklab"]
"""Where colours are compared."""

LIGHTNESS: dict[Space, int] = {"srgb": 1, "oklab": 0}
"""The coordinate that tells most of how light a colour is."""

_SIXTEENTHS = 16


def with_alpha(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return colours or pixels with a fourth channel, opaque where there was none.

    Parameters
    ----------
    pixels : ndarray
        (..., 3 or 4) uint8.

    Examples
    --------
    >>> with_alpha(np.array([[1, 2, 3]], np.uint8)).tolist()
    [[1, 2, 3, 255]]
    """
    if pixels.shape[-1] == 4:
        return pixels
    return np.concatenate([pixels, np.full_like(pixels[..., :1], 255)], axis=-1)


def alpha_kinds(colors: ColorBytes) -> NDArray[np.int8]:
    """Return the kind of alpha of each colour: `CLEAR`, `PARTIAL` or `OPAQUE`.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8; with three channels all are opaque.

    Returns
    -------
    ndarray
        (N,) int8.

    Examples
    --------
    >>> alpha_kinds(np.array([[0, 0, 0, 0], [9, 9, 9, 128], [9, 9, 9, 255]], np.uint8)).tolist()
    [0, 1, 2]
    """
    if colors.shape[1] == 3:
        return np.full(len(colors), OPAQUE, np.int8)
    alpha = colors[:, 3]
    return np.select([alpha == 0, alpha == 255], [CLEAR, OPAQUE], PARTIAL).astype(np.int8)


def kinds_present(kinds: NDArray[np.int8]) -> list[int]:
    """Return which kinds of alpha are there, in their order.

    Examples
    --------
    >>> kinds_present(np.array([2, 0, 2], np.int8))
    [0, 2]
    """
    # Not np.unique: it imports numpy.ma, which takes longer than many a small picture.
    return [kind for kind in (CLEAR, PARTIAL, OPAQUE) if (kinds == kind).any()]


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


def sixteenths_from_srgb(
    colors: NDArray[np.uint8], space: Space = "srgb", *, threads: int = 1
) -> NDArray[np.int16]:
    """Return colours as points in sixteenths of a byte step; with alpha premultiplied, kinds set apart.

    Clear colours are an exception: they are compared by what is hidden in them.

    Parameters
    ----------
    colors : ndarray
        (..., 3 or 4) uint8.
    space : {"srgb", "oklab"}
        Where they are compared.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (..., 3 or 4) int16: in sRGB 0 to 4080; the fourth is moved by -16384 for clear colours and by 16384
        for opaque ones. In Oklab half of alpha is taken from lightness and is the fourth: then a squared
        distance is the mean of those over a black and over a white background.

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
    solid = _solid_sixteenths(colors[..., :3], space, threads)
    if colors.shape[-1] == 3:
        return solid
    alpha = colors[..., 3:].astype(np.int32)
    points = np.empty(colors.shape, np.int16)
    seen = np.where(alpha == 0, 255, alpha)  # what is hidden where it is clear is black, or to be kept
    points[..., :3] = (solid * seen * 2 + 255) // 510
    kind_offset = (alpha == 255).astype(np.int32) - (alpha == 0)
    step = _ALPHA_STEP[space]
    points[..., 3:] = step * alpha + _SIXTEENTHS * KIND_GAP * kind_offset
    if space == "oklab":
        points[..., :1] -= (step * alpha).astype(np.int16)
    return points


_ALPHA_STEP = {"srgb": _SIXTEENTHS, "oklab": _SIXTEENTHS // 2}


def _solid_sixteenths(colors: NDArray[np.uint8], space: Space, threads: int) -> NDArray[np.int16]:
    if space == "oklab":
        return oklab.sixteenths_from_srgb(colors, threads=threads)
    return colors.astype(np.int16) * np.int16(_SIXTEENTHS)


def points_from_srgb(
    colors: NDArray[np.uint8], space: Space = "srgb", *, threads: int = 1
) -> NDArray[np.float32]:
    """Return colours as points, one byte step long one unit; with alpha premultiplied, kinds set apart.

    Each coordinate is a whole number of sixteenths: sums of them weighted by counts are exact in float64.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    space : {"srgb", "oklab"}
        Where they are compared.
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
    sixteenths = sixteenths_from_srgb(colors, space, threads=threads)
    return sixteenths.astype(np.float32) / np.float32(_SIXTEENTHS)


def srgb_from_points(centroids: Centroids, space: Space = "srgb") -> Palette:
    """Return the bytes nearest to each centroid, each of the centroid's own kind of alpha.

    Parameters
    ----------
    centroids : ndarray
        (k, 3 or 4) float64, in the space of `points_from_srgb`.
    space : {"srgb", "oklab"}
        Which that is.

    Returns
    -------
    ndarray
        (k, 3 or 4) uint8.

    Examples
    --------
    >>> srgb_from_points(np.array([[51.0, 0.0, 0.1875, 51.0], [9.6, 2.5, 0.0, 1279.0]])).tolist()
    [[255, 0, 1, 51], [10, 2, 0, 255]]
    """
    from_solid = oklab.srgb_from_points if space == "oklab" else _bytes
    if centroids.shape[1] == 3:
        return from_solid(centroids)
    kinds = alpha_kinds_of_points(centroids)
    partial = np.clip(np.rint(centroids[:, 3] * (_SIXTEENTHS / _ALPHA_STEP[space])), 1, 254)
    alpha = np.select([kinds == CLEAR, kinds == OPAQUE], [0.0, 255.0], partial)[:, None]
    straight = centroids[:, :3].copy()
    if space == "oklab":
        straight[:, :1] += alpha / 2
    straight *= 255 / np.where(alpha == 0, 255, alpha)
    return np.hstack([from_solid(straight), _bytes(alpha)])


def squared_distances(points: Points, centers: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the squared distance of each point to one center, or of each to its own.

    Summed coordinate by coordinate, so that the bits are the same everywhere.

    Parameters
    ----------
    points : ndarray
        (N, d).
    centers : ndarray
        (d,) or (N, d).

    Examples
    --------
    >>> squared_distances(np.array([[0.0, 0.0], [3.0, 4.0]]), np.zeros(2)).tolist()
    [0.0, 25.0]
    """
    squares = np.subtract(points, centers, dtype=np.float64)
    squares *= squares
    total: NDArray[np.float64] = squares[:, 0].copy()
    for c in range(1, points.shape[1]):
        total += squares[:, c]
    return total


def nearest_others(points: NDArray[np.float64], places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return which other point is nearest to each of those at the places, ties to the first.

    Parameters
    ----------
    points : ndarray
        (N, d) float64, N at least 2.
    places : ndarray
        (m,), m at least 1.

    Examples
    --------
    >>> nearest_others(np.array([[0.0], [3.0], [1.0], [5.0]]), np.array([0, 1, 3])).tolist()
    [2, 2, 1]
    """
    points = np.ascontiguousarray(points, np.float64)
    distances = kernels.pairwise_squared_distances(points, points[places])
    distances[np.arange(len(places)), places] = np.inf
    nearest: NDArray[np.intp] = distances.argmin(axis=1)
    return nearest


def _bytes(values: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
