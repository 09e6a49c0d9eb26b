"""The kernels in NumPy: the specification of the compiled ones, and what runs where those are missing.

The same arguments give the same bits and the same error texts as `native/`. `threads` changes nothing here.
"""

import numpy as np
from numpy.typing import NDArray

from kalette.arrays import Points

INSTRUCTION_SET = "numpy"
CHUNK = 4096
"""Points whose sums are taken together, in the order of the points; chunks merge in order."""

FULL = 255 * 16
"""A full channel in sixteenths of a byte step."""


def count_colors(pixels: NDArray[np.uint8], threads: int = 1) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the distinct rows of `pixels` in lexicographic order, and how often each occurs.

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
    keys, counts = np.unique(_keys(pixels), return_counts=True)
    shifts = np.arange(8 * (pixels.shape[1] - 1), -1, -8, dtype=np.uint32)
    return ((keys[:, None] >> shifts) & 255).astype(np.uint8), counts.astype(np.int64)


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
    sought, keys = _keys(pixels), _keys(colors)
    places = np.searchsorted(keys, sought)
    if (m == 0 and len(sought)) or not np.array_equal(keys[np.minimum(places, m - 1)], sought):
        raise ValueError(
            "a pixel has a color that is not among colors; they must hold every color of the pixels"
        )
    return labels[places]


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
    _require_centroids(points, weights, centroids)
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


def _keys(pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    keys = np.zeros(len(pixels), np.uint32)
    for channel in range(pixels.shape[1]):
        keys = (keys << np.uint32(8)) | pixels[:, channel]
    return keys


def _nearest(points: Points, centroids: Points) -> tuple[NDArray[np.int32], Points]:
    distances = np.zeros((len(points), len(centroids)), points.dtype)
    for c in range(points.shape[1]):
        differences = points[:, c, None] - centroids[None, :, c]
        distances += differences * differences
    labels = distances.argmin(axis=1)
    return labels.astype(np.int32), distances[np.arange(len(points)), labels]


def _require_threads(threads: int) -> None:
    if threads < 1:
        raise ValueError(f"threads is {threads}; it must be at least 1")


def _require_channels(channels: int) -> None:
    if channels not in (3, 4):
        raise ValueError(f"pixels have {channels} channels; they must have 3 or 4")


def _require_centroids(points: Points, weights: NDArray[np.float64], centroids: Points) -> None:
    (n, d), (k, centroid_d) = points.shape, centroids.shape
    if d < 1:
        raise ValueError("points have 0 coordinates; they must have at least 1")
    if not 1 <= k <= 0x7FFFFFFF:
        raise ValueError(f"there are {k} centroids; there must be 1 to 2147483647")
    if centroid_d != d:
        raise ValueError(f"centroids have {centroid_d} coordinates and points {d}; they must agree")
    if len(weights) != n:
        raise ValueError(f"weights has {len(weights)} entries for {n} points; there must be one for each")
    if not np.isfinite(centroids).all():
        raise ValueError("centroids hold NaN or infinity; they must be finite")


def _require_palette(points: NDArray[np.int16], palette: NDArray[np.int16]) -> None:
    d, (k, palette_d) = points.shape[2], palette.shape
    if d not in (3, 4):
        raise ValueError(f"points have {d} coordinates; they must have 3 or 4")
    if palette_d != d:
        raise ValueError(f"palette has {palette_d} coordinates and points {d}; they must agree")
    if not 1 <= k <= 256:
        raise ValueError(f"palette has {k} entries; it must have 1 to 256")
