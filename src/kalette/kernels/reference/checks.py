"""What more than one kernel asks of its arguments; the texts are those of `native/bindings.cpp`."""

import numpy as np
from numpy.typing import NDArray

from kalette.types import Points


def require_threads(threads: int) -> None:
    """Refuse less than one thread."""
    if threads < 1:
        raise ValueError(f"threads is {threads}; it must be at least 1")


def require_channels(channels: int) -> None:
    """Refuse pixels with neither three nor four channels."""
    if channels not in (3, 4):
        raise ValueError(f"pixels have {channels} channels; they must have 3 or 4")


def require_pixels(n: int, most: int) -> None:
    """Refuse more pixels than that."""
    if n > most:
        raise ValueError(f"there are {n} pixels; pass {most} at most")


def require_coordinates(d: int) -> None:
    """Refuse points without coordinates, and with more than are counted in 32 bits."""
    if not 1 <= d <= 0x7FFFFFFF:
        raise ValueError(f"points have {d} coordinates; they must have 1 to 2147483647")


def require_finite(name: str, values: NDArray[np.floating]) -> None:
    """Refuse NaN and infinity."""
    if not np.isfinite(values).all():
        raise ValueError(f"{name} hold NaN or infinity; they must be finite")


def require_finite_points(points: Points, weights: NDArray[np.float64]) -> None:
    """Refuse points and weights that are not finite."""
    require_finite("points", points)
    require_finite("weights", weights)


def require_weights(points: Points, weights: NDArray[np.float64]) -> None:
    """Refuse points without coordinates, and weights that are not one for each point."""
    require_coordinates(points.shape[1])
    if len(weights) != len(points):
        raise ValueError(
            f"weights has {len(weights)} entries for {len(points)} points; there must be one for each"
        )


def require_centroids(points: Points, centroids: Points) -> None:
    """Refuse centroids that are none, of other coordinates than the points, or not finite."""
    d, (k, centroid_d) = points.shape[1], centroids.shape
    if not 1 <= k <= 0x7FFFFFFF:
        raise ValueError(f"there are {k} centroids; there must be 1 to 2147483647")
    if centroid_d != d:
        raise ValueError(f"centroids have {centroid_d} coordinates and points {d}; they must agree")
    require_finite("centroids", centroids)


def require_palette(points: NDArray[np.int16], palette: NDArray[np.int16]) -> None:
    """Refuse points (H, W, d) of neither three nor four coordinates, and palettes that do not fit them."""
    d = points.shape[2]
    if d not in (3, 4):
        raise ValueError(f"points have {d} coordinates; they must have 3 or 4")
    if palette.shape[1] != d:
        raise ValueError(f"palette has {palette.shape[1]} coordinates and points {d}; they must agree")
    if not 1 <= len(palette) <= 256:
        raise ValueError(f"palette has {len(palette)} entries; it must have 1 to 256")
