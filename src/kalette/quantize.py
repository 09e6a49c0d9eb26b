"""A palette for a counted picture: the start, K-Means from there, and entries of bytes."""

from collections.abc import Callable

import numpy as np

from kalette import color, escape, given, histogram
from kalette.arrays import Centroids, ColorBytes, Palette
from kalette.histogram import Cloud
from kalette.kmeans import Clustering, Pass, lloyd, serve
from kalette.prepared import Prepared
from kalette.rare import with_rare
from kalette.rounding import round_palette
from kalette.settings import DEFAULT_MAX_ITER, DEFAULT_TOL, Settings

OnPass = Callable[[int, Pass], None]
"""What is called after each pass, with its number and what it did."""

_COLORS_FOR_ALL_PASSES = 150_000
_WU_MOST_EXACT = 1 << 14  # colours up to which Wu cuts between single ones; above, between cubes
_WU_SIDE = 4
_RARE_SIDE = 8  # of cubes among which rare colours are looked for: far smaller than what tells colours apart
_ROUNDING_MOST_EXACT = 1 << 18  # colours up to which entries are rounded on single ones
_ROUNDING_SIDE = 4


def palette_for(
    prepared: Prepared,
    wanted: Settings,
    k: int,
    *,
    threads: int = 1,
    keep_path: bool = False,
    on_pass: OnPass | None = None,
) -> tuple[Palette, Clustering | None]:
    """Return the palette, reserved entries first, and the clustering; none when all colours fit in.

    Parameters
    ----------
    prepared : Prepared
        The picture, counted.
    wanted : Settings
        Of which all but k matter that make the palette.
    k : int
        Entries at most.
    threads : int
        At least 1; the result is the same for any number.
    keep_path : bool
        Keep the centroids of each pass.
    on_pass : callable or None
        Called after each pass with its number and what it did.

    Returns
    -------
    palette : ndarray
        (up to k, 3 or 4) uint8.
    clustering : Clustering or None

    Examples
    --------
    >>> from kalette.prepared import prepare
    >>> two = prepare(np.array([[[0, 0, 0], [9, 9, 9], [9, 9, 9]]], np.uint8), Settings())
    >>> palette_for(two, Settings(), 2)[0].tolist()
    [[0, 0, 0], [9, 9, 9]]
    """
    colors, cloud, reserved = prepared.colors, prepared.cloud, prepared.reserved
    if wanted.palette is not None:
        given.require_entries(cloud.kinds, reserved)
        points = color.points_from_srgb(reserved, cloud.space).astype(np.float64)
        return reserved, serve(cloud.points, cloud.weights, points, threads=threads)
    everything = given.union(reserved, colors)
    if len(everything) <= k:
        return everything, None
    given.require_room(cloud.kinds, reserved, k)
    heavy = given.anchored(colors, cloud, reserved)  # a search holds on to what weighs so much
    found = lloyd(
        cloud.points,
        cloud.weights,
        _start(*heavy, reserved, wanted, k, float(cloud.weights.sum()), threads),
        max_iter=_max_iter(wanted, len(cloud)),
        tol=DEFAULT_TOL if wanted.tol is None else wanted.tol,
        pinned=len(reserved),
        threads=threads,
        keep_path=keep_path,
        on_pass=on_pass,
    )
    palette = _rounded(*heavy, found.centroids, wanted, threads)
    palette[: len(reserved)] = reserved
    return palette, found


def _rounded(
    colors: ColorBytes, cloud: Cloud, centroids: Centroids, wanted: Settings, threads: int
) -> Palette:
    if wanted.plain_lloyd:
        return color.srgb_from_points(centroids, cloud.space)
    if len(cloud) > _ROUNDING_MOST_EXACT:
        cloud = histogram.coarse_cloud_of(colors, cloud, _ROUNDING_SIDE)
    return round_palette(cloud, centroids, wanted.effort, threads=threads)


def _max_iter(wanted: Settings, color_count: int) -> int:
    """Return the passes at most: few are needed after a search, and the fewer the more colours there are."""
    if wanted.plain_lloyd:
        return wanted.max_iter or DEFAULT_MAX_ITER
    most = escape.PLANS[wanted.effort].max_iter
    return max(most // 4, min(most, most * _COLORS_FOR_ALL_PASSES // color_count))


def _start(
    colors: ColorBytes,
    cloud: Cloud,
    reserved: Palette,
    wanted: Settings,
    k: int,
    pixel_count: float,
    threads: int,
) -> Centroids:
    """Return the start of Lloyd's loop: reserved colours, then what the search for the others found."""
    kept = color.points_from_srgb(reserved, cloud.space)
    if len(kept) == k:
        return kept.astype(np.float64)
    return given.with_kept_first(kept, _found(colors, cloud, wanted, k, pixel_count, threads))


def _found(
    colors: ColorBytes, cloud: Cloud, wanted: Settings, k: int, pixel_count: float, threads: int
) -> Centroids:
    """Return the start that was asked for, or the best that the effort finds."""
    if wanted.plain_lloyd:
        return _asked_for(colors, cloud, wanted, k)
    found = escape.search(colors, cloud, k, wanted.effort, pixel_count=pixel_count, threads=threads)
    if cloud.space != "oklab":  # where numbers count, not what is seen
        return found
    cubes = histogram.coarse_cloud_of(colors, cloud, _RARE_SIDE)
    return with_rare(cubes, found, pixel_count=pixel_count, threads=threads)


def _asked_for(colors: ColorBytes, cloud: Cloud, wanted: Settings, k: int) -> Centroids:
    from random import Random

    from kalette import seeding

    rng = Random(wanted.seed)
    if wanted.init == "random":
        return seeding.random(cloud, k, rng)
    if wanted.init == "k-means++":
        return seeding.k_means_plus_plus(cloud, k, rng)
    cubes = histogram.coarse_cloud_of(colors, cloud, _WU_SIDE) if len(cloud) > _WU_MOST_EXACT else cloud
    return seeding.wu(cubes, k)
