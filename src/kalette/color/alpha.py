"""The kinds of alpha: fully clear, partly clear, opaque."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.types import ColorBytes, Pixels

CLEAR, PARTIAL, OPAQUE = 0, 1, 2
"""Alpha 0, 1 to 254, and 255."""

KIND_NAMES = ("clear", "partly clear", "opaque")


def with_alpha(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return colours or pixels with an alpha channel, opaque if they had none.

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
    whole = np.full((*pixels.shape[:-1], 4), 255, np.uint8)
    copy_channels(pixels, whole)
    return whole


def without_alpha(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a copy of the colours of pixels, whatever their alpha.

    Parameters
    ----------
    pixels : ndarray
        (..., 3 or 4) uint8.

    Examples
    --------
    >>> without_alpha(np.array([[1, 2, 3, 0]], np.uint8)).tolist()
    [[1, 2, 3]]
    """
    colors = np.empty((*pixels.shape[:-1], 3), np.uint8)
    copy_channels(pixels, colors)
    return colors


def copy_channels(source: NDArray[Any], target: NDArray[Any]) -> None:
    """Copy the three channels of colours, one by one.

    NumPy takes five times as long for all at once, since its innermost loop then has three numbers.

    Parameters
    ----------
    source, target : ndarray
        (..., 3 or 4).
    """
    for channel in range(3):
        target[..., channel] = source[..., channel]


def composited(colors: NDArray[np.uint8], background: int | NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return colours over an opaque background, mixed in sRGB as most programs do.

    Parameters
    ----------
    colors : ndarray
        (..., 3 or 4) uint8.
    background : int or ndarray
        A grey, 0 to 255, or the (3,) channels of a colour.

    Examples
    --------
    >>> composited(np.array([[200, 0, 0, 128]], np.uint8), 255).tolist()
    [[227, 127, 127]]
    """
    if colors.shape[-1] == 3:
        return colors
    alpha = colors[..., 3:].astype(np.uint16)
    behind = np.asarray(background, np.uint16) * (255 - alpha)
    mixed: NDArray[np.uint8] = ((colors[..., :3] * alpha + behind + 127) // 255).astype(np.uint8)
    return mixed


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
    """Return the kinds of alpha that are present, in ascending order.

    Examples
    --------
    >>> kinds_present(np.array([2, 0, 2], np.int8))
    [0, 2]
    """
    # Not np.unique: it imports numpy.ma, which takes longer than compressing a small picture.
    return [kind for kind in (CLEAR, PARTIAL, OPAQUE) if (kinds == kind).any()]


def continued_under_clear(pixels: Pixels) -> Pixels:
    """Return pixels whose clear ones continue the colours beside them, which row filters predict well.

    A clear pixel takes the colour of the nearest visible one to the left in its row, else to the right; a row
    without visible pixels is like the nearest above, else below, that has some.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.

    Examples
    --------
    >>> row = np.array([[[0, 0, 0, 0], [5, 6, 7, 255], [0, 0, 0, 0]]], np.uint8)
    >>> continued_under_clear(row)[0].tolist()
    [[5, 6, 7, 0], [5, 6, 7, 255], [5, 6, 7, 0]]
    """
    visible = pixels[..., 3] > 0 if pixels.shape[2] == 4 else np.ones(pixels.shape[:2], bool)
    if visible.all() or not visible.any():
        return pixels
    colors = np.take_along_axis(pixels[..., :3], _nearest(visible)[..., None], axis=1)
    some: NDArray[np.bool_] = np.any(visible, axis=1, keepdims=True)
    rows = _nearest(some.T)[0]
    return np.concatenate([colors[rows], pixels[..., 3:]], axis=2)


def _nearest(visible: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return, in each row, the place of the nearest visible pixel before, else after; any if none is."""
    width = visible.shape[1]
    places = np.arange(width)
    before = np.maximum.accumulate(np.where(visible, places, -1), axis=1)
    after = np.minimum.accumulate(np.where(visible, places, width - 1)[:, ::-1], axis=1)[:, ::-1]
    return np.where(before >= 0, before, after)
