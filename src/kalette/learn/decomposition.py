"""The singular value decomposition of a picture, and the principal components of points."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.learn.arguments import Floats, counts_of_points
from kalette.types import Pixels, SettingsError, is_bytes, points_of, require_whole


@dataclass(frozen=True, eq=False)
class LowRank:
    """A picture of low rank.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    rank : int
        Number of singular values kept in each channel.
    size_bytes : int
        Size of the factors on paper, with one byte a number.
    """

    pixels: Pixels
    rank: int
    size_bytes: int


@dataclass(frozen=True, eq=False)
class Decomposition:
    """The singular value decomposition of each channel of a picture.

    Parameters
    ----------
    left : ndarray
        (3 or 4, H, r) float64.
    values : ndarray
        (3 or 4, r) float64, never rising.
    right : ndarray
        (3 or 4, r, W) float64.
    """

    left: Floats
    values: Floats
    right: Floats

    @property
    def bytes_a_rank(self) -> int:
        """Bytes on paper of one singular value with its two vectors in each channel, one a number."""
        channels, height, _ = self.left.shape
        return int(channels * (height + self.right.shape[2] + 1))

    def low_rank(self, size_bytes: int) -> LowRank:
        """Return the picture of highest rank that takes at most so many bytes; see `low_rank`."""
        require_whole("size_bytes", size_bytes)
        rank = min(size_bytes // self.bytes_a_rank, self.values.shape[1])
        if rank == 0:
            raise SettingsError(
                f"size_bytes is {size_bytes}; rank 1 of this picture takes {self.bytes_a_rank}"
            )
        planes = (self.left[:, :, :rank] * self.values[:, np.newaxis, :rank]) @ self.right[:, :rank]
        near = np.clip(np.rint(planes), 0, 255).astype(np.uint8).transpose(1, 2, 0)
        return LowRank(np.ascontiguousarray(near), int(rank), int(rank * self.bytes_a_rank))


def decompose(pixels: Pixels) -> Decomposition:
    """Return the singular value decomposition of a picture, for several sizes.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8; alpha is a channel like the others.

    Examples
    --------
    >>> stripes = np.repeat(np.array([[[9, 9, 9], [200, 90, 40]]], np.uint8), 5, axis=0)
    >>> found = decompose(stripes)
    >>> found.bytes_a_rank, [round(float(value)) for value in found.values[0]]
    (24, [448, 0])
    """
    if not (is_bytes(pixels, 3) and pixels.shape[2] in (3, 4) and pixels.size):
        raise SettingsError(
            "the pixels are not (H, W, 3 or 4) uint8; give a picture such as kalette.sample_pixels()"
        )
    return Decomposition(*np.linalg.svd(pixels.transpose(2, 0, 1).astype(np.float64), full_matrices=False))


def low_rank(pixels: Pixels, size_bytes: int) -> LowRank:
    """Return the best picture of low rank, in squared error, that takes at most so many bytes on paper.

    Each channel is a matrix (H, W); r singular values with their vectors take r (H + W + 1) numbers. They are
    counted as one byte each, which is generous: K-Means is counted exactly, by bits a pixel and palette.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8; alpha is a channel like the others.
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
    return decompose(pixels).low_rank(size_bytes)


@dataclass(frozen=True, eq=False)
class PrincipalComponents:
    """Directions in which points spread, the widest first.

    Parameters
    ----------
    mean : ndarray
        (d,) float64.
    components : ndarray
        (d, d) float64: orthogonal unit vectors, one a row; the largest number of each is positive.
    variances : ndarray
        (d,) float64: the variance along each, never rising.
    """

    mean: Floats
    components: Floats
    variances: Floats

    def project(self, X: NDArray[Any]) -> Floats:
        """Return the coordinates of points (N, d) along the components, (N, d) float64."""
        return (points_of("X", X) - self.mean) @ self.components.T


def principal_components(X: NDArray[Any], counts: NDArray[Any] | None = None) -> PrincipalComponents:
    """Return the principal components of points: the axes of a plane that shows most of them.

    Parameters
    ----------
    X : ndarray
        (N, d), with N at least 1.
    counts : ndarray or None
        (N,) how often each point is there; None: once.

    Raises
    ------
    SettingsError
        Without points, or with counts that do not fit.

    References
    ----------
    K. Pearson, "On lines and planes of closest fit to systems of points in space", Philosophical Magazine 2,
    1901. doi:10.1080/14786440109462720

    Examples
    --------
    >>> found = principal_components(np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]))
    >>> found.components[0].round(3).tolist(), found.project([[3.0, 4.0], [6.0, 8.0]])[:, 0].round(3).tolist()
    ([0.6, 0.8], [0.0, 5.0])
    """
    X = points_of("X", X)
    weights = counts_of_points(X, counts)
    mean = weights @ X / weights.sum()
    spread = (X - mean) * np.sqrt(weights / weights.sum())[:, np.newaxis]
    variances, vectors = np.linalg.eigh(spread.T @ spread)
    components = vectors.T[::-1]
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return PrincipalComponents(mean, components * signs[:, np.newaxis], np.maximum(variances[::-1], 0))
