"""The singular value decomposition of a picture, to compare with K-Means at equal size."""

from dataclasses import dataclass

import numpy as np

from kalette.types import Pixels, SettingsError, is_bytes, require_whole


@dataclass(frozen=True, eq=False)
class LowRank:
    """A picture of low rank.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3) uint8.
    rank : int
        Number of singular values kept in each channel.
    size_bytes : int
        Size of the factors on paper, with one byte a number.
    """

    pixels: Pixels
    rank: int
    size_bytes: int


def low_rank(pixels: Pixels, size_bytes: int) -> LowRank:
    """Return the best picture of low rank, in squared error, that takes at most so many bytes on paper.

    Each channel is a matrix (H, W); r singular values with their vectors take r (H + W + 1) numbers. They are
    counted as one byte each, which is generous: K-Means is counted exactly, by bits a pixel and palette.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3) uint8.
    size_bytes : int
        For instance the `estimated_bytes` of a result, to compare at equal size.

    Raises
    ------
    SettingsError
        When not even rank 1 fits.

    References
    ----------
    C. Eckart and G. Young, "The approximation of one matrix by another of lower rank", Psychometrika 1, 1936.
    doi:10.1007/BF02288367

    Examples
    --------
    >>> stripes = np.repeat(np.array([[[9, 9, 9], [200, 90, 40]]], np.uint8), 5, axis=0)
    >>> found = low_rank(stripes, 24)
    >>> found.rank, bool((found.pixels == stripes).all())
    (1, True)
    """
    if not (is_bytes(pixels, 3) and pixels.shape[2] == 3 and pixels.size):
        raise SettingsError(
            "the pixels are not (H, W, 3) uint8; give a picture such as kalette.sample_pixels()"
        )
    require_whole("size_bytes", size_bytes)
    height, width, channels = pixels.shape
    bytes_a_rank = channels * (height + width + 1)
    rank = min(size_bytes // bytes_a_rank, height, width)
    if rank == 0:
        raise SettingsError(f"size_bytes is {size_bytes}; rank 1 of this picture takes {bytes_a_rank}")
    u, s, vt = np.linalg.svd(pixels.transpose(2, 0, 1).astype(np.float64), full_matrices=False)
    planes = (u[:, :, :rank] * s[:, np.newaxis, :rank]) @ vt[:, :rank]
    near = np.clip(np.rint(planes), 0, 255).astype(np.uint8).transpose(1, 2, 0)
    return LowRank(near, int(rank), int(rank * bytes_a_rank))
