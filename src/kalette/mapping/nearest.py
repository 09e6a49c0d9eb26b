"""Nearest mapping: each pixel takes the palette entry nearest to its colour, or equal to it."""

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.color import SearchSpace, points_from_sixteenths, points_from_srgb, working_space
from kalette.mapping.entries import entries_of
from kalette.types import ONE_THREAD, ColorBytes, Indices, Palette, Pixels, Run

_LABELED_AT_ONCE = 1 << 18  # points of more colours would only take memory


def nearest_labels(
    colors: ColorBytes, palette: Palette, space: SearchSpace, *, run: Run = ONE_THREAD
) -> NDArray[np.uint8]:
    """Return the nearest palette entry of each colour; ties go to the lowest index.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    space : {"srgb", "oklab", "oklab-chroma"}
        The space in which distances are measured.
    run : Run
        Threads.

    Returns
    -------
    ndarray
        (N,) uint8.

    Examples
    --------
    >>> greys = np.array([[0] * 3, [200] * 3], np.uint8)
    >>> nearest_labels(greys, np.array([[250] * 3, [10] * 3], np.uint8), "srgb").tolist()
    [1, 0]
    """
    labels = np.empty(len(colors), np.uint8)
    for first in range(0, len(colors), _LABELED_AT_ONCE):
        some = slice(first, first + _LABELED_AT_ONCE)
        points = points_from_srgb(colors[some], space, threads=run.threads)
        labels[some] = nearest_labels_of_points(points, palette, space, run=run)
    return labels


def nearest_labels_of_points(
    points: NDArray[np.float32], palette: Palette, space: SearchSpace, *, run: Run = ONE_THREAD
) -> NDArray[np.uint8]:
    """Return the nearest palette entry of each point of a space; see `nearest_labels`.

    Parameters
    ----------
    points : ndarray
        (N, 3 or 4) float32, as from `points_from_srgb`.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    space : {"srgb", "oklab", "oklab-chroma"}
        The space of the points.
    run : Run
        Threads.
    """
    entries = entries_of(palette, working_space(space))
    centroids = points_from_sixteenths(entries.points, space)
    nearest, _, _, _ = kernels.assign(points, np.ones(len(points)), centroids, run.threads)
    return entries.indices[nearest]


def exact_labels(colors: ColorBytes, palette: Palette) -> NDArray[np.uint8] | None:
    """Return the index of the equal palette entry for each colour; None unless all have one.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.

    Returns
    -------
    ndarray or None
        (N,) uint8.

    Examples
    --------
    >>> exact_labels(np.array([[9, 9, 9]], np.uint8), np.array([[1, 2, 3], [9, 9, 9]], np.uint8)).tolist()
    [1]
    """
    if len(colors) > len(palette):
        return None
    place = {tuple(entry): i for i, entry in reversed(list(enumerate(palette.tolist())))}
    labels = [place.get(tuple(color)) for color in colors.tolist()]
    return None if None in labels else np.array(labels, np.uint8)


def map_labels(
    pixels: Pixels, colors: ColorBytes, labels: NDArray[np.uint8], *, run: Run = ONE_THREAD
) -> Indices:
    """Map labels of distinct colours to pixels.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    colors : ndarray
        (N, 3 or 4) uint8: the distinct colours of the pixels, in the order of a histogram.
    labels : ndarray
        (N,) uint8, one for each distinct colour.
    run : Run
        Threads.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> from kalette.clustering import count
    >>> pixels = np.array([[[9, 9, 9], [1, 2, 3], [9, 9, 9]]], np.uint8)
    >>> map_labels(pixels, count(pixels).colors, np.array([4, 0], np.uint8)).tolist()
    [[0, 4, 0]]
    """
    flat = pixels.reshape(-1, pixels.shape[2])
    return kernels.map_colors(flat, colors, labels, run.threads).reshape(pixels.shape[:2])
