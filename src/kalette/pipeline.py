"""The main job: an image in, palette and indices out, the stages in order."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from numbers import Integral
from random import Random
from typing import ParamSpec, Unpack

import numpy as np
from numpy.typing import NDArray

from kalette import color, escape, histogram, images, order, seeding
from kalette.arrays import Centroids, ColorBytes, Indices, Palette, Pixels
from kalette.errors import PaletteError, ReadError, SettingsError
from kalette.histogram import Cloud
from kalette.kmeans import Clustering, Pass, lloyd
from kalette.limits import DEFAULT_LIMITS, Limits
from kalette.mapping.dithered import map_diffused
from kalette.mapping.nearest import map_labels, nearest_labels
from kalette.result import Result
from kalette.rounding import round_palette
from kalette.settings import DEFAULT_MAX_ITER, DEFAULT_TOL, Format, Options, Settings

_Arguments = ParamSpec("_Arguments")
OnPass = Callable[[int, Pass], None]
MAX_THREADS = 256
_COLORS_FOR_ALL_PASSES = 150_000
_GIF_CLEAR_BELOW = 128
_WU_MOST_EXACT = 1 << 14  # colours up to which Wu cuts between single ones; above, between cubes
_WU_SIDE = 4
_ROUNDING_MOST_EXACT = 1 << 18  # colours up to which entries are rounded on single ones
_ROUNDING_SIDE = 4


def _memory_told(function: Callable[_Arguments, Result]) -> Callable[_Arguments, Result]:
    """Say in one sentence that memory is not enough, wherever that shows."""

    @wraps(function)
    def told(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except MemoryError as error:
            raise ReadError("the picture needs more memory than there is; make it smaller first") from error

    return told


@_memory_told
def compress(
    source: images.Source,
    settings: Settings | None = None,
    *,
    first_frame: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    threads: int | None = None,
    keep_history: bool = False,
    on_pass: OnPass | None = None,
    **options: Unpack[Options],
) -> Result:
    """Find the k colours that stand best for all colours of an image, and give each pixel one of them.

    The same input, settings and version give the same result for any number of threads. An image with at
    most k colours comes out exact.

    Parameters
    ----------
    source : path, bytes, PIL.Image.Image or ndarray
        The image; an array is (H, W, 3 or 4) uint8.
    settings : Settings or None
        None stands for the defaults.
    first_frame : bool
        Take the first frame of an animated file, which is refused otherwise.
    limits : Limits
        What a file may be at most, and whether what can be decoded of a damaged one is taken.
    threads : int or None
        None takes as many as there are cores.
    keep_history : bool
        Keep the palette of each pass.
    on_pass : callable or None
        Called after each pass with its number and what it did.
    **options
        Fields of `Settings` to change, such as ``k=16`` or ``dither="diffusion"``.

    Returns
    -------
    Result

    Raises
    ------
    KaletteError
        One sentence: what is wrong, the rule, the way out.

    Examples
    --------
    >>> gradient = np.linspace(0, 255, 3 * 32 * 32).astype(np.uint8).reshape(32, 32, 3)
    >>> result = compress(gradient, k=4)
    >>> result.colors_used, result.bit_depth, result.stopped_by
    (4, 2, 'labels')
    """
    started = time.perf_counter()
    wanted = replace(settings or Settings(), **options)
    workers = thread_count(threads)
    image = images.read(source, first_frame=first_frame, limits=limits, keep_metadata=wanted.keep_metadata)
    pixels, notes = _representable(image.pixels, wanted.format)
    colors, cloud = _counted(pixels, workers)
    palette, clustering = _palette(colors, cloud, wanted, workers, keep_history, on_pass)
    palette, indices = _mapped(pixels, colors, cloud, palette, wanted, workers)
    return Result(
        source=image,
        palette=_read_only(palette),
        indices=_read_only(indices),
        settings=wanted,
        losses=clustering.losses if clustering else (0.0,),
        history=clustering.history if clustering else (),
        palettes=tuple(color.srgb_from_points(c) for c in clustering.path) if clustering else (),
        stopped_by=clustering.stopped_by if clustering else "lossless",
        notes=image.notes + notes + (image.metadata.left_out(wanted.format) if image.metadata else ()),
        seconds=time.perf_counter() - started,
        threads=workers,
    )


def thread_count(threads: int | None) -> int:
    """Return how many threads to use: as many as asked for, or as there are cores.

    Raises
    ------
    SettingsError
        When fewer than one is asked for.

    Examples
    --------
    >>> thread_count(3)
    3
    """
    if threads is not None and (not isinstance(threads, Integral) or not 1 <= threads <= MAX_THREADS):
        raise SettingsError(
            f"threads is {threads!r}; give 1 to {MAX_THREADS}, or leave it out to use all cores"
        )
    return int(threads or min(os.cpu_count() or 1, MAX_THREADS))


def _representable(pixels: Pixels, file_format: Format) -> tuple[Pixels, tuple[str, ...]]:
    """Return the pixels as the format can show them: no colour where clear, in GIF no part-clear ones."""
    if pixels.shape[2] == 3:
        return pixels, ()
    alpha = pixels[..., 3:]
    if file_format != "gif":
        return np.where(alpha == 0, np.uint8(0), pixels), ()
    clear = alpha < _GIF_CLEAR_BELOW
    solid = np.where(clear, np.uint8(0), np.concatenate([pixels[..., :3], np.full_like(alpha, 255)], axis=2))
    partial = bool(((alpha > 0) & (alpha < 255)).any())
    note = f"GIF knows clear and opaque only: alpha below {_GIF_CLEAR_BELOW} became clear, the rest opaque"
    return solid, (note,) if partial else ()


def _counted(pixels: Pixels, threads: int) -> tuple[ColorBytes, Cloud]:
    """Return the distinct colours, and the same as weighted points."""
    counted = histogram.count(pixels, threads=threads)
    return counted.colors, histogram.cloud_of(counted)


def _palette(
    colors: ColorBytes,
    cloud: Cloud,
    wanted: Settings,
    threads: int,
    keep_path: bool,
    on_pass: OnPass | None,
) -> tuple[Palette, Clustering | None]:
    """Return the palette, and the clustering that found it; none when the colours themselves fit in."""
    if len(colors) <= wanted.k:
        return colors, None
    _require_room(cloud.kinds, wanted.k)
    found = lloyd(
        cloud.points,
        cloud.weights,
        _start(colors, cloud, wanted, threads),
        max_iter=_max_iter(wanted, len(cloud)),
        tol=DEFAULT_TOL if wanted.tol is None else wanted.tol,
        threads=threads,
        keep_path=keep_path,
        on_pass=on_pass,
    )
    if wanted.plain_lloyd:
        return color.srgb_from_points(found.centroids), found
    cubes = (
        histogram.coarse_cloud_of(colors, cloud, _ROUNDING_SIDE)
        if len(cloud) > _ROUNDING_MOST_EXACT
        else cloud
    )
    return round_palette(cubes, found.centroids, wanted.effort, threads=threads), found


def _max_iter(wanted: Settings, color_count: int) -> int:
    """Return the passes at most: few are needed after a search, and the fewer the more colours there are."""
    if wanted.plain_lloyd:
        return wanted.max_iter or DEFAULT_MAX_ITER
    most = escape.PLANS[wanted.effort].max_iter
    return max(most // 4, min(most, most * _COLORS_FOR_ALL_PASSES // color_count))


def _require_room(kinds: NDArray[np.int8], k: int) -> None:
    present = color.kinds_present(kinds)
    if len(present) > k:
        names = " and ".join(color.KIND_NAMES[kind] for kind in present)
        raise PaletteError(
            f"k is {k}, but the picture has {names} pixels; it needs k of at least {len(present)}"
        )


def _start(colors: ColorBytes, cloud: Cloud, wanted: Settings, threads: int) -> Centroids:
    """Return the start of Lloyd's loop: that asked for, or the best that the effort finds."""
    if not wanted.plain_lloyd:
        return escape.search(colors, cloud, wanted.k, wanted.effort, threads=threads)
    rng = Random(wanted.seed)
    if wanted.init == "random":
        return seeding.random(cloud, wanted.k, rng)
    if wanted.init == "k-means++":
        return seeding.k_means_plus_plus(cloud, wanted.k, rng)
    cubes = histogram.coarse_cloud_of(colors, cloud, _WU_SIDE) if len(cloud) > _WU_MOST_EXACT else cloud
    return seeding.wu(cubes, wanted.k)


def _mapped(
    pixels: Pixels, colors: ColorBytes, cloud: Cloud, palette: Palette, wanted: Settings, threads: int
) -> tuple[Palette, Indices]:
    """Return the palette in order, without entries that no pixel shows, and the pixels' entries."""
    places = order.by_luma(palette)
    palette = palette[places]
    if len(colors) <= wanted.k:  # the palette holds the colours themselves: each keeps its own
        return palette, map_labels(pixels, colors, np.argsort(places).astype(np.uint8), threads=threads)
    if wanted.dither == "diffusion":
        return _without_idle(palette, map_diffused(pixels, palette))
    palette, labels = _without_idle(palette, nearest_labels(cloud, palette, threads=threads))
    return palette, map_labels(pixels, colors, labels, threads=threads)


def _read_only(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep a result's arrays from drifting away from the bytes that were made of them."""
    array = array.view()
    array.setflags(write=False)
    return array


def _without_idle(palette: Palette, entries: NDArray[np.uint8]) -> tuple[Palette, NDArray[np.uint8]]:
    """Drop palette entries that are not among those given, and number the rest anew."""
    used = np.bincount(entries.ravel(), minlength=len(palette)) > 0
    if used.all():
        return palette, entries
    new_place = (np.cumsum(used) - 1).astype(np.uint8)
    return palette[used], new_place[entries]
