"""Rounding centroids to bytes or to a grid of colours, refined by a local search over single steps.

Rounding each centroid on its own raises the loss by up to a quarter of a squared step per pixel. A local
search over single steps finds palettes with a lower loss. In Oklab a grey palette stays grey. On a grid,
where steps are large and centroids fall together, it starts from distinct entries.
"""

import math
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette import kernels
from kalette.clustering.cloud import Cloud
from kalette.clustering.distances import nearest_others, squared_distances
from kalette.color import points_from_srgb, srgb_from_points
from kalette.types import (
    ONE_THREAD,
    Centroids,
    Effort,
    Grid,
    Palette,
    Run,
    colors_at,
    nearest_on_grid,
    places_on_grid,
)


class _Search(NamedTuple):
    """Extent of the local search.

    Parameters
    ----------
    rounds : int
        Maximum number of rounds.
    diagonal : bool
        Whether a move may change several channels at once.
    highest : float
        Loss per pixel above which the search is skipped. At a loss of 100 it gains under 0.03 % (Kodak, 2 to
        32 colours) for up to a third of the time.
    """

    rounds: int
    diagonal: bool
    highest: float


_SEARCHES: dict[Effort, _Search | None] = {
    "fast": None,
    "balanced": _Search(5, diagonal=False, highest=100),
    "best": _Search(60, diagonal=True, highest=math.inf),
}


_ON_GRID: dict[Effort, _Search] = {
    "fast": _Search(5, diagonal=False, highest=math.inf),
    "balanced": _Search(20, diagonal=True, highest=math.inf),
    "best": _Search(60, diagonal=True, highest=math.inf),
}


def round_palette(
    cloud: Cloud,
    centroids: Centroids,
    effort: Effort,
    *,
    grid: Grid | None = None,
    run: Run = ONE_THREAD,
) -> Palette:
    """Round centroids to a palette of bytes with a low loss.

    Parameters
    ----------
    cloud : Cloud
        Colours of the image.
    centroids : ndarray
        (k, d) float64.
    effort : {"fast", "balanced", "best"}
        Effort of the search; "fast" rounds each centroid on its own, unless there is a grid.
    grid : {"rgb565", "rgb555", "rgb444", "web"} or None
        The grid that holds all entries; None: all bytes.
    run : Run
        Threads.

    Returns
    -------
    ndarray
        (k, 3 or 4) uint8; the loss never exceeds that of rounding each centroid on its own. On a grid up to
        k: distinct, and only as many as lower the loss.

    Examples
    --------
    >>> from kalette.clustering.histogram import count
    >>> grey = np.repeat(np.arange(4, dtype=np.uint8), 3).reshape(1, 4, 3)
    >>> cloud = count(grey).in_space("srgb").finest
    >>> found = round_palette(cloud, np.array([[0.5] * 3, [2.5] * 3]), "balanced")
    >>> found.shape
    (2, 3)
    """
    palette, search = srgb_from_points(centroids, cloud.space), _SEARCHES[effort]
    if grid is not None:
        palette, search = _start_on_grid(cloud, palette, grid, run), _ON_GRID[effort]
    if search is None or len(palette) < 2:
        return palette
    loss = _loss(cloud, palette, run)
    if loss > search.highest * float(np.cumsum(cloud.weights)[-1]):
        return palette
    stays_grey = grid is None and cloud.space != "srgb" and _is_grey(palette)
    steps = _grey_steps(palette.shape[1]) if stays_grey else _steps(palette.shape[1], search.diagonal)
    for number in range(1, search.rounds + 1):
        run.step("rounding", number)
        better, lower = _improved(cloud, palette, loss, _moved(palette, steps, grid), run)
        if lower >= loss:
            break
        palette, loss = better, lower
    return palette


def _start_on_grid(cloud: Cloud, rounded: Palette, grid: Grid, run: Run) -> Palette:
    """Return the distinct entries nearest to the rounded centroids, and further ones in place of duplicates.

    A further entry is the grid colour nearest to some colours of the image; those that lower the loss of
    these colours most come first.
    """
    palette = _distinct(nearest_on_grid(rounded, grid))
    near = nearest_on_grid(srgb_from_points(cloud.points.astype(np.float64), cloud.space), grid)
    candidates, nearest = np.unique(near, axis=0, return_inverse=True)
    at_best = squared_distances(cloud.points, points_from_srgb(near, cloud.space))
    while len(palette) < len(rounded):
        entries = points_from_srgb(palette, cloud.space)
        labels = kernels.assign(cloud.points, cloud.weights, entries, run.threads)[0]
        saved = (squared_distances(cloud.points, entries[labels]) - at_best) * cloud.weights
        gains = np.bincount(nearest.ravel(), np.maximum(saved, 0.0), len(candidates))
        missing = len(rounded) - len(palette)
        best = np.argsort(-gains, kind="stable")[: (missing + 1) // 2]
        if gains[best[0]] <= 0:
            break
        palette = _distinct(np.concatenate([palette, candidates[best[gains[best] > 0]]]))
    return palette


def _distinct(palette: Palette) -> Palette:
    """Return the distinct entries in the order of their first places."""
    distinct: Palette = palette[np.sort(np.unique(palette, axis=0, return_index=True)[1])]
    return distinct


def _steps(channels: int, diagonal: bool) -> NDArray[np.int16]:
    """Return the moves of an entry: one step in a channel, or in several of red, green and blue."""
    single = np.concatenate([np.eye(channels), -np.eye(channels)]).astype(np.int16)
    if not diagonal:
        return single
    joint = np.array([step for step in product((-1, 0, 1), repeat=3) if np.count_nonzero(step) > 1], np.int16)
    return np.concatenate([single, np.pad(joint, ((0, 0), (0, channels - 3)))])


def _is_grey(palette: Palette) -> bool:
    return bool((palette[:, 1:3] == palette[:, :1]).all())


def _grey_steps(channels: int) -> NDArray[np.int16]:
    """Return the moves that keep grey: of grey itself, of alpha, and of both.

    Single channels would come half a step closer to some greys, but their tint shows: of a grey screenshot at
    128 colours, CIEDE2000 between blurred pictures would be twice as high.
    """
    pairs = [step for step in product((-1, 0, 1), repeat=channels - 2) if any(step)]
    return np.array(pairs, np.int16)[:, [0, 0, 0, 1][:channels]]


def _loss(cloud: Cloud, palette: Palette, run: Run) -> float:
    return kernels.assign(cloud.points, cloud.weights, points_from_srgb(palette, cloud.space), run.threads)[3]


def _moved(palette: Palette, steps: NDArray[np.int16], grid: Grid | None) -> NDArray[np.uint8]:
    """Return what each move makes of each entry, (k, moves, 3 or 4)."""
    if grid is not None:
        return colors_at(places_on_grid(palette, grid)[:, None] + steps, grid)
    moved: NDArray[np.uint8] = np.clip(palette[:, None].astype(np.int16) + steps, 0, 255).astype(np.uint8)
    return moved


def _improved(
    cloud: Cloud, palette: Palette, loss: float, moved: NDArray[np.uint8], run: Run
) -> tuple[Palette, float]:
    """Apply all moves with a gain at once; as long as that raises the loss, keep only the better half."""
    points = points_from_srgb(moved.reshape(-1, palette.shape[1]), cloud.space).reshape(moved.shape)
    entries = points_from_srgb(palette, cloud.space)
    places = cloud.points.astype(np.float32, copy=False)
    costs = kernels.move_costs(places, cloud.weights, entries, points, run.threads)
    chosen = _apart(entries.astype(np.float64), costs.min(axis=1))
    while len(chosen):
        other = palette.copy()
        other[chosen] = moved[chosen, costs[chosen].argmin(axis=1)]
        lower = _loss(cloud, other, run)
        if lower < loss:
            return other, lower
        chosen = chosen[: len(chosen) // 2]
    return palette, loss


def _apart(entries: Centroids, costs: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the entries with a gain, best first, without the nearest neighbour of each."""
    blocked, chosen = np.zeros(len(entries), bool), []
    order = np.argsort(costs, kind="stable")
    for j, nearest in zip(order, nearest_others(entries, order), strict=True):
        if costs[j] < 0 and not blocked[j]:
            chosen.append(j)
            blocked[nearest] = True
    return np.array(chosen, np.intp)
