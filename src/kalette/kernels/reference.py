"""The kernels in NumPy: the specification of the compiled ones, and what runs where those are missing.

The same arguments give the same bits and the same error texts as `native/`. `threads` changes nothing here.
"""

import numpy as np
from numpy.typing import NDArray

from kalette.arrays import Points
from kalette.kernels.filtering import choose_filters as choose_filters
from kalette.kernels.filtering import filter_rows as filter_rows
from kalette.kernels.ordering import improve_order as improve_order
from kalette.kernels.z_order import colors_from_z_keys, z_keys

INSTRUCTION_SET = "numpy"
CHUNK = 4096
"""Points whose sums are taken together, in the order of the points; chunks merge in order."""

SPLIT_PASSES = 2
"""Passes of 2-means that `split_clusters` makes."""

FULL = 255 * 16
"""A full channel in sixteenths of a byte step."""


def count_colors(pixels: NDArray[np.uint8], threads: int = 1) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the distinct rows of `pixels` along the Z-order curve, and how often each occurs.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8.
    threads : int
        At least 1.

    Returns
    -------
    colors : ndarray
        (N, 3 or 4) uint8.
    counts : ndarray
        (N,) int64.

    Examples
    --------
    >>> colors, counts = count_colors(np.array([[2, 2, 2], [1, 1, 1], [2, 2, 2]], np.uint8))
    >>> colors.tolist(), counts.tolist()
    ([[1, 1, 1], [2, 2, 2]], [1, 2])
    """
    _require_threads(threads)
    _require_channels(pixels.shape[1])
    keys, counts = np.unique(z_keys(pixels), return_counts=True)
    return colors_from_z_keys(keys, pixels.shape[1]), counts.astype(np.int64)


def map_colors(
    pixels: NDArray[np.uint8], colors: NDArray[np.uint8], labels: NDArray[np.uint8], threads: int = 1
) -> NDArray[np.uint8]:
    """Return for each pixel the label of its colour.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8.
    colors : ndarray
        (N, 3 or 4) uint8, as `count_colors` returns them.
    labels : ndarray
        (N,) uint8.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (n,) uint8.

    Examples
    --------
    >>> colors = np.array([[1, 1, 1], [2, 2, 2]], np.uint8)
    >>> map_colors(colors[[1, 0, 1]], colors, np.array([7, 9], np.uint8)).tolist()
    [9, 7, 9]
    """
    _require_threads(threads)
    channels, m = pixels.shape[1], len(colors)
    _require_channels(channels)
    if colors.shape[1] != channels:
        raise ValueError(f"colors have {colors.shape[1]} channels and pixels {channels}; they must agree")
    if len(labels) != m:
        raise ValueError(f"labels has {len(labels)} entries for {m} colors; there must be one for each")
    sought, keys = z_keys(pixels), z_keys(colors)
    places = np.searchsorted(keys, sought)
    if (m == 0 and len(sought)) or not np.array_equal(keys[np.minimum(places, m - 1)], sought):
        raise ValueError(
            "a pixel has a color that is not among colors; they must hold every color of the pixels"
        )
    return labels[places]


def squared_error(
    pixels: NDArray[np.uint8], palette: NDArray[np.uint8], indices: NDArray[np.uint8], threads: int = 1
) -> int:
    """Return the sum of squared differences between pixels and their palette entries, over R, G and B.

    With four channels over a black and over a white background, both together, in units of 1/255.

    Parameters
    ----------
    pixels : ndarray
        (n, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels.
    indices : ndarray
        (n,) uint8, below k.
    threads : int
        At least 1.

    Examples
    --------
    >>> pixels = np.array([[0, 0, 6], [10, 20, 30]], np.uint8)
    >>> squared_error(pixels, np.array([[0, 0, 0], [10, 23, 30]], np.uint8), np.array([0, 1], np.uint8))
    45
    """
    _require_threads(threads)
    _require_indices(pixels, palette, indices)
    total = 0
    for first in range(0, len(pixels), CHUNK):
        a = pixels[first : first + CHUNK].astype(np.int64)
        b = palette[indices[first : first + CHUNK]].astype(np.int64)
        total += int(_squared_differences(a, b).sum())
    return total


def assign(
    points: Points, weights: NDArray[np.float64], centroids: Points, threads: int = 1
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64], float]:
    """Return what one pass of Lloyd's algorithm needs: nearest centroids and what each of them serves.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64.
    centroids : ndarray
        (k, d), of the dtype of the points, finite.
    threads : int
        At least 1.

    Returns
    -------
    labels : ndarray
        (N,) int32: the nearest centroid by squared Euclidean distance, ties to the lowest.
    sums : ndarray
        (k, d) float64: weighted sum of the points of each centroid.
    mass : ndarray
        (k,) float64: their weight.
    loss : float
        Weighted sum of the squared distances.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [5.0]])
    >>> labels, sums, mass, loss = assign(points, np.ones(3), np.array([[0.0], [4.0]]))
    >>> labels.tolist(), sums.ravel().tolist(), mass.tolist(), loss
    ([0, 0, 1], [1.0, 5.0], [2.0, 1.0], 2.0)
    """
    _require_threads(threads)
    (n, d), k = points.shape, len(centroids)
    _require_weights(points, weights)
    _require_centroids(points, centroids)
    labels, sums, mass, loss = np.empty(n, np.int32), np.zeros((k, d)), np.zeros(k), 0.0
    for first in range(0, n, CHUNK):
        chunk, weight = points[first : first + CHUNK], weights[first : first + CHUNK]
        label, distance = _nearest(chunk, centroids)
        labels[first : first + CHUNK] = label
        # bincount adds in the order of the points, as the compiled loop does; a plain sum would not.
        loss += float(np.bincount(np.zeros(len(chunk), np.intp), weight * distance)[0])
        mass += np.bincount(label, weight, k)
        sums += np.stack([np.bincount(label, weight * chunk[:, c], k) for c in range(d)], axis=1)
    return labels, sums, mass, loss


def removal_costs(
    points: Points, weights: NDArray[np.float64], centroids: Points, threads: int = 1
) -> NDArray[np.float64]:
    """Return how much the loss would rise if each centroid were taken away alone.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64.
    centroids : ndarray
        (k, d), of the dtype of the points, finite, k at least 2.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (k,) float64.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [5.0]])
    >>> removal_costs(points, np.ones(3), np.array([[0.0], [4.0]])).tolist()
    [24.0, 24.0]
    """
    _require_threads(threads)
    _require_weights(points, weights)
    _require_centroids(points, centroids)
    if len(centroids) < 2:
        raise ValueError("there is 1 centroid; at least one other must be left")
    costs = np.zeros(len(centroids))
    for first in range(0, len(points), CHUNK):
        distances = _distances(points[first : first + CHUNK], centroids)
        two = np.partition(distances, 1, axis=1)[:, :2].astype(np.float64)
        rise = weights[first : first + CHUNK] * (two[:, 1] - two[:, 0])
        costs += np.bincount(distances.argmin(axis=1), rise, len(centroids))
    return costs


def move_costs(
    points: NDArray[np.float32],
    weights: NDArray[np.float64],
    centroids: NDArray[np.float32],
    alternatives: NDArray[np.float32],
    threads: int = 1,
) -> NDArray[np.float64]:
    """Return how much the loss would rise at most if each centroid alone were at each of its alternatives.

    It falls at least by as much where that is below zero. At most, because a point is taken to go to one of
    the two centroids that are nearest to it now.

    Parameters
    ----------
    points : ndarray
        (N, d) float32.
    weights : ndarray
        (N,) float64.
    centroids : ndarray
        (k, d) float32, finite, k at least 2.
    alternatives : ndarray
        (k, moves, d) float32.
    threads : int
        At least 1.

    Returns
    -------
    ndarray
        (k, moves) float64.

    Examples
    --------
    >>> points = np.array([[0.0], [2.0], [9.0]], np.float32)
    >>> centroids = np.array([[0.0], [9.0]], np.float32)
    >>> move_costs(points, np.ones(3), centroids, np.array([[[1.0]], [[8.0]]], np.float32)).tolist()
    [[-2.0], [1.0]]
    """
    _require_threads(threads)
    _require_weights(points, weights)
    _require_centroids(points, centroids)
    _require_alternatives(centroids, alternatives)
    k, moves, _ = alternatives.shape
    costs = np.zeros((k, moves))
    for first in range(0, len(points), CHUNK):
        chunk, weight = points[first : first + CHUNK], weights[first : first + CHUNK]
        distances = _distances(chunk, centroids)
        two = np.argsort(distances, axis=1, kind="stable")[:, :2]
        best, second = np.take_along_axis(distances, two, axis=1).T
        # Each point is counted for its nearest, then for its second, before the next point: as the loop does.
        label, weight = two.ravel(), np.repeat(weight, 2)
        other = np.stack([second, best], axis=1).ravel()
        for move in range(moves):
            there = _own_distances(np.repeat(chunk, 2, axis=0), alternatives[label, move])
            rise = np.minimum(there, other).astype(np.float64) - np.repeat(best, 2)
            costs[:, move] += np.bincount(label, weight * rise, k)
    return costs


def split_clusters(
    points: Points, weights: NDArray[np.float64], labels: NDArray[np.int32], k: int, threads: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return how much the loss would fall if each cluster were two, and where the two would be.

    The two start a standard deviation to both sides of the mean, along the axis where the cluster is widest,
    and make two passes of 2-means.

    Parameters
    ----------
    points : ndarray
        (N, d) float32 or float64.
    weights : ndarray
        (N,) float64.
    labels : ndarray
        (N,) int32, at least 0 and below k.
    k : int
        Number of clusters.
    threads : int
        At least 1.

    Returns
    -------
    gains : ndarray
        (k,) float64.
    left, right : ndarray
        (k, d) float64.

    Examples
    --------
    >>> points, labels = np.array([[0.0], [2.0], [7.0]]), np.array([0, 0, 1], np.int32)
    >>> gains, left, right = split_clusters(points, np.ones(3), labels, 2)
    >>> gains.tolist(), left.ravel().tolist(), right.ravel().tolist()
    ([2.0, 0.0], [0.0, 7.0], [2.0, 7.0])
    """
    _require_threads(threads)
    _require_weights(points, weights)
    _require_labels(points, labels, k)
    mass, sums, squares = _sum_parts(points, weights, labels, k)
    left, right = _placed_children(mass, sums, squares)
    for _ in range(SPLIT_PASSES):
        nearer = _squared_distances(points, right[labels]) < _squared_distances(points, left[labels])
        half_mass, half_sums, _ = _sum_parts(points, weights, 2 * labels + nearer, 2 * k)
        for side, place in enumerate((left, right)):
            held = half_mass[side::2] > 0
            place[held] = half_sums[side::2][held] / half_mass[side::2][held, None]
    halves = _moments(half_mass, half_sums)
    return halves[0::2] + halves[1::2] - _moments(mass, sums), left, right


def diffuse(points: NDArray[np.int16], palette: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Return palette indices with the error of each pixel spread over its neighbours, in serpentine order.

    A coordinate outside 0 to 4080 marks a kind of alpha: it takes no error and gives none, and a pixel
    whose alpha is below 0 gives no error at all.

    Parameters
    ----------
    points : ndarray
        (H, W, 3 or 4) int16, in sixteenths of a byte step.
    palette : ndarray
        (k, 3 or 4) int16, in the same unit.

    Returns
    -------
    ndarray
        (H, W) uint8.

    References
    ----------
    R. W. Floyd and L. Steinberg, "An adaptive algorithm for spatial greyscale", Proc. SID 17(2), 1976.

    Examples
    --------
    >>> grey = np.full((1, 4, 3), 8 * 255, np.int16)
    >>> diffuse(grey, np.array([[0, 0, 0], [4080, 4080, 4080]], np.int16)).tolist()
    [[0, 1, 0, 1]]
    """
    height, width, d = points.shape
    _require_palette(points, palette)
    entries = palette.astype(np.int64)
    indices = np.empty((height, width), np.uint8)
    here = np.zeros((width + 2, d), np.int64)
    for y in range(height):
        below = np.zeros_like(here)
        step = 1 if y % 2 == 0 else -1
        for x in range(width)[::step]:
            point, cell = points[y, x].astype(np.int64), x + 1
            free = (point >= 0) & (point <= FULL)
            target = np.where(free, np.clip(point + ((here[cell] + 8) >> 4), 0, FULL), point)
            entry = int(((target - entries) ** 2).sum(axis=1).argmin())
            indices[y, x] = entry
            if d == 4 and point[3] < 0:
                continue
            residual = np.where(free, target - entries[entry], 0)
            here[cell + step] += 7 * residual
            below[cell - step] += 3 * residual
            below[cell] += 5 * residual
            below[cell + step] += residual
        here = below
    return indices


def _squared_differences(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    if a.shape[1] == 3:
        return np.asarray((a - b) ** 2)
    over_black = a[:, :3] * a[:, 3:] - b[:, :3] * b[:, 3:]
    return np.asarray(over_black**2 + (over_black + 255 * (b[:, 3:] - a[:, 3:])) ** 2)


def _distances(points: Points, centroids: Points) -> Points:
    distances = np.zeros((len(points), len(centroids)), points.dtype)
    for c in range(points.shape[1]):
        differences = points[:, c, None] - centroids[None, :, c]
        distances += differences * differences
    return distances


def _squared_distances(points: Points, centers: NDArray[np.float64]) -> NDArray[np.float64]:
    total = np.zeros(len(points))
    for c in range(points.shape[1]):
        differences = points[:, c] - centers[:, c]
        total += differences * differences
    return total


def _own_distances(points: NDArray[np.float32], centers: NDArray[np.float32]) -> NDArray[np.float32]:
    total = np.zeros(len(points), np.float32)
    for c in range(points.shape[1]):
        differences = points[:, c] - centers[:, c]
        total += differences * differences
    return total


def _sum_parts(
    points: Points, weights: NDArray[np.float64], parts: NDArray[np.int32], n: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    mass, sums, squares = np.zeros(n), np.zeros((n, points.shape[1])), np.zeros((n, points.shape[1]))
    for first in range(0, len(points), CHUNK):
        chunk = slice(first, first + CHUNK)
        part, weight, place = parts[chunk], weights[chunk], points[chunk].astype(np.float64)
        mass += np.bincount(part, weight, n)
        for c in range(points.shape[1]):
            sums[:, c] += np.bincount(part, weight * place[:, c], n)
            squares[:, c] += np.bincount(part, weight * (place[:, c] * place[:, c]), n)
    return mass, sums, squares


def _placed_children(
    mass: NDArray[np.float64], sums: NDArray[np.float64], squares: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    share = np.where(mass > 0, mass, 1.0)[:, None]
    means = sums / share
    variances = squares / share - means * means
    widest = (np.arange(len(mass)), variances.argmax(axis=1))
    left, right = means.copy(), means.copy()
    deviations = np.sqrt(np.maximum(variances[widest], 0.0))
    left[widest] -= deviations
    right[widest] += deviations
    return left, right


def _moments(mass: NDArray[np.float64], sums: NDArray[np.float64]) -> NDArray[np.float64]:
    norms = np.zeros(len(mass))
    for c in range(sums.shape[1]):
        norms += sums[:, c] * sums[:, c]
    return np.where(mass > 0, norms / np.where(mass > 0, mass, 1.0), 0.0)


def _nearest(points: Points, centroids: Points) -> tuple[NDArray[np.int32], Points]:
    distances = _distances(points, centroids)
    labels = distances.argmin(axis=1)
    return labels.astype(np.int32), distances[np.arange(len(points)), labels]


def _require_threads(threads: int) -> None:
    if threads < 1:
        raise ValueError(f"threads is {threads}; it must be at least 1")


def _require_channels(channels: int) -> None:
    if channels not in (3, 4):
        raise ValueError(f"pixels have {channels} channels; they must have 3 or 4")


def _require_indices(
    pixels: NDArray[np.uint8], palette: NDArray[np.uint8], indices: NDArray[np.uint8]
) -> None:
    (n, channels), k = pixels.shape, len(palette)
    _require_channels(channels)
    if palette.shape[1] != channels:
        raise ValueError(f"palette has {palette.shape[1]} channels and pixels {channels}; they must agree")
    if len(indices) != n:
        raise ValueError(f"indices has {len(indices)} entries for {n} pixels; there must be one for each")
    if n and indices.max() >= k:
        raise ValueError(f"an index is {indices.max()}; palette has {k} entries")


def _require_weights(points: Points, weights: NDArray[np.float64]) -> None:
    n, d = points.shape
    if d < 1:
        raise ValueError("points have 0 coordinates; they must have at least 1")
    if len(weights) != n:
        raise ValueError(f"weights has {len(weights)} entries for {n} points; there must be one for each")


def _require_labels(points: Points, labels: NDArray[np.int32], k: int) -> None:
    if k < 1:
        raise ValueError(f"k is {k}; it must be at least 1")
    if len(labels) != len(points):
        raise ValueError(
            f"labels has {len(labels)} entries for {len(points)} points; there must be one for each"
        )
    wrong = labels[(labels < 0) | (labels >= k)]
    if len(wrong):
        raise ValueError(f"a label is {wrong[0]}; it must be at least 0 and below k, which is {k}")


def _require_centroids(points: Points, centroids: Points) -> None:
    d, (k, centroid_d) = points.shape[1], centroids.shape
    if not 1 <= k <= 0x7FFFFFFF:
        raise ValueError(f"there are {k} centroids; there must be 1 to 2147483647")
    if centroid_d != d:
        raise ValueError(f"centroids have {centroid_d} coordinates and points {d}; they must agree")
    if not np.isfinite(centroids).all():
        raise ValueError("centroids hold NaN or infinity; they must be finite")


def _require_alternatives(centroids: Points, alternatives: NDArray[np.float32]) -> None:
    (k, d), (n, moves, alternative_d) = centroids.shape, alternatives.shape
    if k < 2:
        raise ValueError("there is 1 centroid; at least one other must be there")
    if (n, alternative_d) != (k, d):
        raise ValueError(
            f"alternatives have shape ({n}, {moves}, {alternative_d}); it must be ({k}, moves, {d})"
        )


def _require_palette(points: NDArray[np.int16], palette: NDArray[np.int16]) -> None:
    d, (k, palette_d) = points.shape[2], palette.shape
    if d not in (3, 4):
        raise ValueError(f"points have {d} coordinates; they must have 3 or 4")
    if palette_d != d:
        raise ValueError(f"palette has {palette_d} coordinates and points {d}; they must agree")
    if not 1 <= k <= 256:
        raise ValueError(f"palette has {k} entries; it must have 1 to 256")
