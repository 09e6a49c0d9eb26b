"""Colours that are given: a fixed palette, or entries to be kept inside a computed one."""

import numpy as np
from numpy.typing import NDArray

from kalette import color
from kalette.arrays import Centroids, ColorBytes, Palette, Pixels, Points
from kalette.color_codes import channels_of
from kalette.errors import PaletteError
from kalette.histogram import Cloud, Histogram, cloud_of, merge
from kalette.kernels.z_order import z_keys
from kalette.settings import Settings

_ANCHOR = 1024  # times the pixels of the picture: a kept colour moves a searched centroid by next to nothing


def given_colors(settings: Settings) -> Palette:
    """Return the fixed palette, or the colours to be kept; with alpha only where some are not opaque.

    Parameters
    ----------
    settings : Settings
        With either, or with neither.

    Returns
    -------
    ndarray
        (m, 3 or 4) uint8, m zero when no colour is given.

    Examples
    --------
    >>> given_colors(Settings(keep_colors=("#ff8000",))).tolist()
    [[255, 128, 0]]
    """
    codes = settings.palette or settings.keep_colors
    colors = np.array([channels_of(code) for code in codes], np.uint8).reshape(-1, 4)
    return colors[:, :3] if (colors[:, 3] == 255).all() else colors


def matched(pixels: Pixels, given: Palette) -> tuple[Pixels, Palette]:
    """Return both with alpha if either has it.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    given : ndarray
        (m, 3 or 4) uint8, m maybe zero.

    Examples
    --------
    >>> pixels, given = matched(np.zeros((1, 1, 3), np.uint8), np.array([[9, 9, 9, 0]], np.uint8))
    >>> pixels.tolist(), given.tolist()
    ([[[0, 0, 0, 255]]], [[9, 9, 9, 0]])
    """
    if pixels.shape[2] == given.shape[1]:
        return pixels, given
    return color.with_alpha(pixels), color.with_alpha(given)


def least_k(kinds: NDArray[np.int8], kept: Palette) -> int:
    """Return how many entries it takes to hold the kept colours and one of each other kind of alpha.

    Parameters
    ----------
    kinds : ndarray
        (N,) int8: the kinds of alpha of the picture's colours.
    kept : ndarray
        (m, 3 or 4) uint8, m maybe zero.

    Examples
    --------
    >>> least_k(np.array([0, 2], np.int8), np.array([[9, 9, 9, 255]], np.uint8))
    2
    """
    return len(kept) + len(_lacking(kinds, kept))


def require_room(kinds: NDArray[np.int8], kept: Palette, k: int) -> None:
    """Refuse a k without room for the kept colours and one entry for each other kind of alpha.

    Parameters
    ----------
    kinds : ndarray
        (N,) int8: the kinds of alpha of the picture's colours.
    kept : ndarray
        (m, 3 or 4) uint8, m maybe zero.
    k : int
        Size of the palette.

    Raises
    ------
    PaletteError
        Naming the least k.
    """
    lacking = _lacking(kinds, kept)
    least = len(kept) + len(lacking)
    if least > k:
        names = " and ".join(lacking)
        beside = f" besides what is to be kept ({len(kept)})" if len(kept) else ""
        raise PaletteError(
            f"k is {k}, but the picture has {names} pixels{beside}; it needs k of at least {least}"
        )


def require_entries(kinds: NDArray[np.int8], fixed: Palette) -> None:
    """Refuse a fixed palette without an entry for some kind of alpha.

    Parameters
    ----------
    kinds : ndarray
        (N,) int8: the kinds of alpha of the picture's colours.
    fixed : ndarray
        (k, 3 or 4) uint8.

    Raises
    ------
    PaletteError
        With what is missing, and the way out.
    """
    for name in _lacking(kinds, fixed):
        way_out = (
            "add #00000000 to it or flatten the picture" if name == "clear" else f"add an {name} colour to it"
        )
        raise PaletteError(f"the picture has {name} pixels and the fixed palette no such entry; {way_out}")


def _lacking(kinds: NDArray[np.int8], given: Palette) -> list[str]:
    there = color.kinds_present(color.alpha_kinds(given))
    return [color.KIND_NAMES[kind] for kind in color.kinds_present(kinds) if kind not in there]


def own_entries(colors: ColorBytes, palette: Palette) -> NDArray[np.uint8] | None:
    """Return the entry of each colour that is exactly it; None unless every colour has one.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.

    Examples
    --------
    >>> own_entries(np.array([[9, 9, 9]], np.uint8), np.array([[1, 2, 3], [9, 9, 9]], np.uint8)).tolist()
    [1]
    """
    if len(colors) > len(palette):
        return None
    place = {tuple(entry): i for i, entry in reversed(list(enumerate(palette.tolist())))}
    entries = [place.get(tuple(single)) for single in colors.tolist()]
    return None if None in entries else np.array(entries, np.uint8)


def union(given: Palette, colors: ColorBytes) -> Palette:
    """Return the given colours, then the others.

    Parameters
    ----------
    given : ndarray
        (m, 3 or 4) uint8, m maybe zero.
    colors : ndarray
        (N, 3 or 4) uint8, distinct.

    Examples
    --------
    >>> union(np.array([[9, 9, 9]], np.uint8), np.array([[1, 2, 3], [9, 9, 9]], np.uint8)).tolist()
    [[9, 9, 9], [1, 2, 3]]
    """
    if len(given) == 0:
        return colors
    return np.concatenate([given, colors[~np.isin(z_keys(colors), z_keys(given))]])


def anchored(colors: ColorBytes, cloud: Cloud, kept: Palette) -> tuple[ColorBytes, Cloud]:
    """Return colours and points with the kept ones as heavy as many pictures, so that searches hold on.

    A mean that serves such a colour is that colour, but for a thousandth of what else it serves; to move it
    or to take it away costs more than anything that could be won.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8, along the Z-order curve.
    cloud : Cloud
        Of these colours.
    kept : ndarray
        (m, 3 or 4) uint8, distinct, of the same channels; m maybe zero.

    Returns
    -------
    colors : ndarray
        (N to N + m, 3 or 4) uint8, along the Z-order curve.
    cloud : Cloud
        Of these colours.

    Examples
    --------
    >>> grey = np.array([[9, 9, 9]], np.uint8)
    >>> cloud = cloud_of(Histogram(grey, np.array([5])))
    >>> anchored(grey, cloud, np.array([[1, 2, 3]], np.uint8))[1].weights.tolist()
    [5120.0, 5.0]
    """
    if len(kept) == 0:
        return colors, cloud
    counts = cloud.weights.astype(np.int64)
    heavy = np.full(len(kept), _ANCHOR * counts.sum())
    both = merge([Histogram(colors, counts), Histogram(kept, heavy)])
    return both.colors, cloud_of(both, cloud.space)


def with_kept_first(kept: Points, start: Centroids) -> Centroids:
    """Return a start in which each kept colour takes the place of the centroid nearest to it, all kept first.

    The last centroid of a kind of alpha stays, unless a kept colour is of that kind.

    Parameters
    ----------
    kept : ndarray
        (m, d), in the space of the points; m maybe zero.
    start : ndarray
        (k, d) float64, k at least m plus the kinds of alpha among the start that the kept ones lack.

    Examples
    --------
    >>> with_kept_first(np.array([[7.0]]), np.array([[1.0], [5.0], [20.0]])).ravel().tolist()
    [7.0, 1.0, 20.0]
    """
    served, kinds = map(color.alpha_kinds_of_points, (kept, start))
    free = np.ones(len(start), bool)
    for point in kept:
        distances = color.squared_distances(start, point)
        for kind in set(kinds) - set(served):
            if np.count_nonzero(free & (kinds == kind)) == 1:
                distances[kinds == kind] = np.inf
        distances[~free] = np.inf
        free[distances.argmin()] = False
    return np.concatenate([kept.astype(np.float64), start[free]])
