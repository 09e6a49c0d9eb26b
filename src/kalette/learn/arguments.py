"""Argument checks of K-Means to read."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.types import (
    SettingsError,
    brief,
    is_number,
    is_whole,
    numbers_of,
    points_of,
    require_whole,
    wrong,
)

Floats = NDArray[np.float64]
Indices = NDArray[np.integer[Any]]

_MOST = 10**9  # points or centroids, far above what memory holds of them


def points_and_centroids(X: Any, centroids: Any) -> tuple[Floats, Floats]:
    """Return points and centroids as float64 arrays (N, d) and (K, d), or raise."""
    points, centers = points_of("X", X), points_of("centroids", centroids)
    if points.shape[1] != centers.shape[1]:
        raise SettingsError(
            f"X has shape {points.shape} and the centroids {centers.shape}; they must be (N, d) and (K, d)"
        )
    if not (points.size and centers.size):
        raise SettingsError(
            f"X has shape {points.shape} and the centroids {centers.shape}; "
            "there must be at least one of each"
        )
    return points, centers


def finite_points_and_centroids(X: Any, centroids: Any) -> tuple[Floats, Floats]:
    """Return points and centroids as finite float64 arrays (N, d) and (K, d), or raise."""
    points, centers = points_and_centroids(X, centroids)
    if not (np.isfinite(points).all() and np.isfinite(centers).all()):
        raise SettingsError("X or the centroids hold NaN or infinity; take those points away first")
    return points, centers


def points_and_own_centroids(X: Any, centroids: Any) -> tuple[Floats, Floats]:
    """Return points (N, d) and one centroid (d,), or one for each point (N, d), as float64, or raise."""
    points, centers = points_of("X", X), numbers_of("centroids", centroids)
    if centers.shape not in (points.shape, points.shape[1:]):
        raise SettingsError(
            f"X has shape {points.shape} and the centroids {centers.shape}; they must be (N, d) and "
            "(d,) or (N, d)"
        )
    return points, centers


def points_and_indices(X: Any, idx: Any, K: Any) -> tuple[Floats, Indices]:
    """Return points (N, d) and the index of each one's centroid, 0 to K - 1, or raise."""
    require_whole("K", K, most=_MOST)
    points = points_of("X", X)
    numbers = numbers_of("idx", idx)
    indices = np.zeros(numbers.shape, np.intp) if numbers.size == 0 else np.asarray(idx)
    possible = indices.dtype.kind in "iu" and ((numbers >= 0) & (numbers < K)).all()
    if indices.shape != points.shape[:1] or not possible:
        raise wrong("idx", idx, f"give {len(points)} whole numbers from 0 to {K - 1}, one for each point")
    return points, indices


def counts_of_points(X: Floats, counts: Any) -> Floats:
    """Return how often each point is there, (N,) float64 of at least 1 in sum, or raise."""
    numbers = np.ones(len(X)) if counts is None else numbers_of("counts", counts)
    if numbers.shape != X.shape[:1] or not (numbers >= 0).all():
        raise wrong("counts", counts, f"give {len(X)} numbers of at least 0, one for each point")
    if not (numbers.sum() >= 1 and np.isfinite(X).all() and np.isfinite(numbers).all()):
        raise SettingsError("X holds no point, or NaN or infinity; give finite points, one at least")
    return numbers


def points_to_choose_from(X: Any, K: Any, seed: Any) -> Floats:
    """Return points (N, d), or raise where K of them cannot be chosen."""
    points = points_of("X", X)
    if not is_whole(K) or not 1 <= K <= len(points):
        raise SettingsError(
            f"K is {brief(K)} and there are {len(points)} points; choose K from 1 to the number of points"
        )
    require_whole("seed", seed, least=0)
    return points


def require_stopping(max_iters: Any, tol: Any) -> None:
    """Raise unless both are numbers that can stop a loop."""
    require_whole("max_iters", max_iters, least=0)
    if not is_number(tol) or tol < 0:
        raise wrong("tol", tol, "give a distance, at least 0")


def require_sample(n: Any, seed: Any) -> None:
    """Raise unless there can be a sample of so many points."""
    require_whole("n", n, most=_MOST)
    require_whole("seed", seed, least=0)
