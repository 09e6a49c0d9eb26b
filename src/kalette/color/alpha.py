"""The kinds of alpha: fully clear, partly clear, opaque."""

import numpy as np
from numpy.typing import NDArray

from kalette.types import ColorBytes

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
    """Return the kinds of alpha that are present, in ascending order.

    Examples
    --------
    >>> kinds_present(np.array([2, 0, 2], np.int8))
    [0, 2]
    """
    # Not np.unique: it imports numpy.ma, which takes longer than compressing a small picture.
    return [kind for kind in (CLEAR, PARTIAL, OPAQUE) if (kinds == kind).any()]
