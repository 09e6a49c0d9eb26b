"""Checks of the kernels' arguments; the texts are those of `native/checks.hpp`."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import MOST_ENTRIES, MOST_LITERAL_BITS
from kalette.kernels.reference.views import FramePixels, WeightedPixels
from kalette.types import Points

# Limits of what is numbered or counted in 32 bits.
MOST_COORDINATES = MOST_CENTROIDS = MOST_MAPPED_PIXELS = np.iinfo(np.int32).max
MOST_COUNTED_PIXELS = np.iinfo(np.uint32).max
_MOST_ROW_COST = 1 << 61
_MOST_COORDINATE = 16383


def require_threads(threads: int) -> None:
    """Refuse less than one thread."""
    if threads < 1:
        raise ValueError(f"threads is {threads}; it must be at least 1")


def require_channels(channels: int) -> None:
    """Refuse pixels with neither three nor four channels."""
    if channels not in (3, 4):
        raise ValueError(f"pixels have {channels} channels; they must have 3 or 4")


def require_pixel_bytes(pixel_bytes: int) -> None:
    """Refuse pixels of neither 8 nor 16 bits in one to four channels; 1 byte has no use."""
    if pixel_bytes not in (2, 3, 4, 6, 8):
        raise ValueError(f"pixels have {pixel_bytes} bytes; they must have 2, 3, 4, 6 or 8")


def require_pictures(
    original: NDArray[np.uint8], result: NDArray[np.uint8], background: int, threads: int
) -> None:
    """Refuse pictures of different shapes or without pixels, and backgrounds that are no byte."""
    require_threads(threads)
    require_channels(original.shape[2])
    if result.shape != original.shape:
        raise ValueError(f"result has shape {result.shape} and original {original.shape}; they must agree")
    if original.size == 0:
        raise ValueError("the pictures have no pixels; there must be one at least")
    if not 0 <= background <= 255:
        raise ValueError(f"background is {background}; it must be 0 to 255")


def require_pixels(n: int, most: int) -> None:
    """Refuse more pixels than that."""
    if n > most:
        raise ValueError(f"there are {n} pixels; pass {most} at most")


def require_ascending(keys: NDArray[np.uint32]) -> None:
    """Refuse the Z-order keys of colours that are not in ascending order, each once."""
    if not (keys[:-1] < keys[1:]).all():
        raise ValueError(
            "colors are not along the Z-order curve, each once; pass them as count_colors returns them"
        )


def require_coordinates(d: int) -> None:
    """Refuse points of no coordinates, and of more than 32 bits count."""
    if not 1 <= d <= MOST_COORDINATES:
        raise ValueError(f"points have {d} coordinates; they must have 1 to {MOST_COORDINATES}")


def require_finite(values: NDArray[np.floating], name: str) -> None:
    """Refuse NaN and infinity."""
    if not np.isfinite(values).all():
        raise ValueError(f"{name} hold NaN or infinity; they must be finite")


def require_finite_points(points: Points, weights: NDArray[np.float64]) -> None:
    """Refuse points and weights that are not finite."""
    require_finite(points, "points")
    require_finite(weights, "weights")


def require_begins(begins: NDArray[np.int64], n: int) -> None:
    """Refuse other than the first points of cubes of n points."""
    if len(begins) == 0 or begins[0] != 0 or begins[-1] >= n or (begins[1:] <= begins[:-1]).any():
        raise ValueError(f"begins do not rise from 0 to below {n}; give the first point of each cube")


def require_positive(weights: NDArray[np.float64]) -> None:
    """Refuse weights that are not positive and finite."""
    require_finite(weights, "weights")
    if not (weights > 0).all():
        raise ValueError("weights hold a number that is not above 0; each point must count")


def require_weights(points: Points, weights: NDArray[np.float64]) -> None:
    """Refuse points that `require_coordinates` refuses, and other than one weight for each."""
    require_coordinates(points.shape[1])
    if len(weights) != len(points):
        raise ValueError(
            f"weights has {len(weights)} entries for {len(points)} points; there must be one for each"
        )


def require_centroids(centroids: Points, d: int) -> None:
    """Refuse no centroids, and those of other coordinates than the points, or not finite."""
    k, centroid_d = centroids.shape
    if not 1 <= k <= MOST_CENTROIDS:
        raise ValueError(f"there are {k} centroids; there must be 1 to {MOST_CENTROIDS}")
    if centroid_d != d:
        raise ValueError(f"centroids have {centroid_d} coordinates and points {d}; they must agree")
    require_finite(centroids, "centroids")


def require_labels(labels: NDArray[np.int32], n: int, k: int) -> None:
    """Refuse other than one label for each of n points, and labels that name none of k clusters."""
    if len(labels) != n:
        raise ValueError(f"labels has {len(labels)} entries for {n} points; there must be one for each")
    wrong = labels[(labels < 0) | (labels >= k)]
    if len(wrong):
        raise ValueError(f"a label is {wrong[0]}; it must be at least 0 and below k, which is {k}")


def require_points(d: int) -> None:
    """Refuse points of neither three nor four coordinates."""
    if d not in (3, 4):
        raise ValueError(f"points have {d} coordinates; they must have 3 or 4")


def require_palette(palette: NDArray[np.int16], d: int) -> None:
    """Refuse points that `require_points` refuses, and palettes that do not fit them."""
    require_points(d)
    if palette.shape[1] != d:
        raise ValueError(f"palette has {palette.shape[1]} coordinates and points {d}; they must agree")
    if not 1 <= len(palette) <= MOST_ENTRIES:
        raise ValueError(f"palette has {len(palette)} entries; it must have 1 to {MOST_ENTRIES}")


def require_map(values: NDArray[np.integer], name: str, shape: tuple[int, int]) -> None:
    """Refuse values that are not one for each pixel."""
    if values.shape != shape:
        raise ValueError(f"{name} have shape {values.shape}; it must be that of the pixels, {shape}")


def require_near(points: NDArray[np.int16], name: str) -> None:
    """Refuse colours whose squared distances may not fit in 32 bits."""
    if points.size and np.abs(points[..., :3].astype(np.int32)).max() > _MOST_COORDINATE:
        raise ValueError(
            f"{name} hold a coordinate beyond {_MOST_COORDINATE}; they must be colors in sixteenths of a "
            "byte step"
        )


def require_drawable(pixels: FramePixels, k: int) -> None:
    """Refuse pixels that become clear, which takes disposal, and clear ones without an entry to keep them."""
    clear = pixels.points[..., 3] < 0
    if (clear & (pixels.shown[..., 3] > 0)).any():
        raise ValueError("a pixel is clear where a color is shown; dispose of the frame before")
    if clear.any() and k == MOST_ENTRIES:
        raise ValueError(
            f"a pixel is clear and palette has {MOST_ENTRIES} entries; leave one for what is kept"
        )


def require_entries_or_kept(indices: NDArray[np.uint8], k: int, kept: int) -> None:
    """Refuse indices that are neither entries nor kept."""
    if not 0 <= kept <= k:
        raise ValueError(f"kept is {kept}; it must be 0 to k, which is {k}")
    highest, most = int(indices.max(initial=0)), max(k - 1, kept)
    if highest > most:
        raise ValueError(f"an index is {highest}; it must be at most {most}")


def require_mask(offsets: NDArray[np.int16]) -> None:
    """Refuse a mask without offsets."""
    if offsets.size == 0:
        raise ValueError(f"offsets have shape {offsets.shape}; they must hold one at least")


def require_bounded_cost(pixels: WeightedPixels, palette: NDArray[np.int16], multiplier: int) -> None:
    """Refuse rows whose cost may not fit in 64 bits."""
    most, width = _most_cost(pixels, palette, multiplier), pixels.points.shape[1]
    if most > _MOST_ROW_COST // width:
        raise ValueError(
            f"a pixel can cost up to {most}; a row of {width} pixels would exceed {_MOST_ROW_COST}; "
            "give lower weights or a lower multiplier"
        )


def _most_cost(pixels: WeightedPixels, palette: NDArray[np.int16], multiplier: int) -> int:
    """Return an upper bound of a pixel's cost: its target lies within the palette, except for alpha."""
    lowest, highest = palette.min(axis=0).tolist(), palette.max(axis=0).tolist()
    if len(lowest) == 4:
        alpha = pixels.points[..., 3]
        lowest[3] = min(lowest[3], int(alpha.min()))
        highest[3] = max(highest[3], int(alpha.max()))
    squares: int = sum((high - low) ** 2 for low, high in zip(lowest, highest, strict=True))
    return squares * int(pixels.weights.max()) + MOST_LITERAL_BITS * multiplier
