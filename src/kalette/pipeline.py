"""The main job: an image in, palette and indices out, the stages in order."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from numbers import Integral
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from kalette import color, given, goals, images, order
from kalette.arrays import Indices, Palette
from kalette.errors import SettingsError, memory_told
from kalette.goals import Step
from kalette.kmeans import Clustering
from kalette.limits import DEFAULT_LIMITS, Limits
from kalette.mapping.choice import Mapping, map_pixels, mapping_for
from kalette.mapping.nearest import map_labels, nearest_labels
from kalette.mapping.weighed import rate_of
from kalette.prepared import Prepared, prepare
from kalette.quantize import OnPass, palette_for
from kalette.result import Result
from kalette.settings import MAX_K, Options, Settings

if TYPE_CHECKING:
    from kalette.choose import CurvePoint

MAX_THREADS = 256
_ENTRIES_AT_A_TIME = 1 << 18


@memory_told
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
    most k colours comes out exact, unless that is more than a budget. With a floor or a budget k is the most
    colours that are tried.

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
        Fields of `Settings` to change, such as ``k=16`` or ``dither="diffusion"``; `palette` may also be
        the path of a palette file.

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
    >>> result.colors_used, result.stopped_by
    (4, 'labels')
    """
    wanted = settings_with(settings, options)
    workers = thread_count(threads)
    prepared = prepare(source, wanted, first_frame=first_frame, limits=limits, threads=workers)
    return compressed(prepared, wanted, threads=workers, keep_history=keep_history, on_pass=on_pass)


def compressed(
    prepared: Prepared,
    wanted: Settings,
    *,
    threads: int = 1,
    keep_history: bool = False,
    on_pass: OnPass | None = None,
) -> Result:
    """Do what is left of `compress` for a picture that is read and counted.

    Parameters
    ----------
    prepared : Prepared
        Of the same format and given colours.
    wanted : Settings
        What to make of it.
    threads, keep_history, on_pass
        As in `compress`.

    Examples
    --------
    >>> wanted = Settings(k="auto")
    >>> compressed(prepare(np.zeros((2, 3, 3), np.uint8), wanted), wanted).k
    1
    """
    started = time.perf_counter()

    @lru_cache(maxsize=1)
    def palette_of(k: int) -> tuple[Palette, Clustering | None]:
        return palette_for(prepared, wanted, k, threads=threads, keep_path=keep_history, on_pass=on_pass)

    def version_at(step: Step) -> Result:
        return _version(prepared, *palette_of(step.k), step, wanted, threads, started)

    k = wanted.k if wanted.k != "auto" else recommended_k(prepared, curve_of(prepared, threads=threads))
    if wanted.has_goal:
        return goals.reach(_ladder(prepared, wanted, k), version_at, wanted)
    return version_at(Step(k, rate_of(wanted)))


def _ladder(prepared: Prepared, wanted: Settings, k: int) -> list[Step]:
    """Return what to try for a floor or a budget: what is exact first, where k is enough for that."""
    if wanted.palette is not None:
        return goals.ladder(k, k, wanted)
    count = len(given.union(prepared.reserved, prepared.colors))
    least = given.least_k(prepared.cloud.kinds, prepared.reserved)
    if count <= k:
        return [Step(k, 0.0), *goals.ladder(count - 1, least, wanted)]
    given.require_room(prepared.cloud.kinds, prepared.reserved, k)
    return goals.ladder(k, least, wanted)


def _version(
    prepared: Prepared,
    palette: Palette,
    clustering: Clustering | None,
    step: Step,
    wanted: Settings,
    threads: int,
    started: float,
) -> Result:
    """Return what a palette gives at a rate."""
    mean_loss = clustering.losses[-1] / prepared.cloud.weights.sum() if clustering else 0.0
    mapped_so = replace(wanted, rate=step.rate)
    mapping = mapping_for(mapped_so, mean_loss, prepared.pixels, step.dithering)
    palette, indices = _mapped(prepared, palette, mapping, wanted, threads)
    return Result(
        source=prepared.source,
        k=step.k,
        rate=step.rate,
        palette=_read_only(palette),
        indices=_read_only(indices),
        settings=wanted,
        losses=clustering.losses if clustering else (0.0,),
        history=clustering.history if clustering else (),
        palettes=_path(clustering, prepared.cloud.space),
        stopped_by=clustering.stopped_by if clustering else "lossless",
        notes=prepared.notes + _why_not_exact(prepared, clustering, wanted, step.k),
        seconds=prepared.seconds + time.perf_counter() - started,
        threads=threads,
    )


def curve_of(prepared: Prepared, *, threads: int = 1) -> "tuple[CurvePoint, ...]":
    """Return what each k would give, as far as the histogram tells.

    Examples
    --------
    >>> [point.k for point in curve_of(prepare(np.eye(3, dtype=np.uint8)[None], Settings()))]
    [2, 3]
    """
    from kalette import choose

    cloud = replace(prepared.cloud, points=color.points_from_srgb(prepared.colors), space="srgb")
    return choose.quality_curve(prepared.colors, cloud, threads=threads)


def recommended_k(prepared: Prepared, curve: "Sequence[CurvePoint]") -> int:
    """Return the k that the curve recommends, with room for the colours that are given.

    Examples
    --------
    >>> two = prepare(np.eye(3, dtype=np.uint8)[None, :2], Settings(keep_colors=("#ffffff",)))
    >>> recommended_k(two, curve_of(two))
    3
    """
    from kalette import choose

    beside = len(given.union(prepared.reserved, prepared.colors)) - len(prepared.colors)
    least = given.least_k(prepared.cloud.kinds, prepared.reserved)
    return min(max(choose.recommended_k(curve) + beside, least), MAX_K)


def _path(clustering: Clustering | None, space: color.Space) -> tuple[Palette, ...]:
    return tuple(color.srgb_from_points(step, space) for step in clustering.path) if clustering else ()


def settings_with(settings: Settings | None, options: Options) -> Settings:
    """Return the settings, or the defaults, with some fields changed; a palette file is read.

    Examples
    --------
    >>> settings_with(None, {"k": 16}).k
    16
    """
    palette = options.get("palette")
    changed: dict[str, Any] = {**options}
    if isinstance(palette, str | os.PathLike):
        from kalette.palettes import read_palette

        changed["palette"] = read_palette(palette)
    return replace(settings or Settings(), **changed)


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


def _mapped(
    prepared: Prepared, palette: Palette, mapping: Mapping | None, wanted: Settings, threads: int
) -> tuple[Palette, Indices]:
    """Return the palette in order, without entries that no pixel shows, and the pixels' entries.

    The first entries, so many as are reserved, stay even if no pixel shows them; a fixed palette stays whole.
    """
    pixels, colors = prepared.pixels, prepared.colors
    places = order.by_luma(palette) if wanted.palette is None else np.arange(len(palette))
    palette, stays = palette[places], places < len(prepared.reserved)
    own = given.own_entries(colors, palette)
    if own is not None:  # the palette holds the colours themselves: each keeps its own
        return palette, map_labels(pixels, colors, own, threads=threads)
    if mapping is not None:
        return _without_idle(palette, map_pixels(pixels, palette, mapping, threads=threads), stays)
    palette, labels = _without_idle(palette, nearest_labels(prepared.cloud, palette, threads=threads), stays)
    return palette, map_labels(pixels, colors, labels, threads=threads)


def _why_not_exact(
    prepared: Prepared, clustering: Clustering | None, wanted: Settings, k: int
) -> tuple[str, ...]:
    """Return a note where the picture would have come out exact, were it not for the colours to be kept."""
    count = len(prepared.colors)
    if clustering is None or not wanted.keep_colors or count > k:
        return ()
    needed = len(given.union(prepared.reserved, prepared.colors))
    return (f"its {count} colours and those to be kept are {needed}, more than k: it is not exact",)


def _read_only(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep a result's arrays from drifting away from the bytes that were made of them."""
    array = array.view()
    array.setflags(write=False)
    return array


def _without_idle(
    palette: Palette, entries: NDArray[np.uint8], stays: NDArray[np.bool_]
) -> tuple[Palette, NDArray[np.uint8]]:
    """Drop palette entries that are neither used nor to stay, and number the rest anew."""
    used, flat = stays.copy(), entries.ravel()
    for begin in range(0, flat.size, _ENTRIES_AT_A_TIME):  # most pictures show all entries soon
        used |= np.bincount(flat[begin : begin + _ENTRIES_AT_A_TIME], minlength=len(palette)) > 0
        if used.all():
            return palette, entries
    new_place = (np.cumsum(used) - 1).astype(np.uint8)
    return palette[used], new_place[entries]
