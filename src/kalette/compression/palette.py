"""Finding a palette: K-Means on a histogram, from initial centroids to rounded entries."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from kalette.clustering import (
    PLANS,
    SALIENT_SIDE,
    Cloud,
    Clustering,
    CubePyramid,
    DampeningScope,
    Histogram,
    StoppedBy,
    Stopping,
    Visibility,
    anchored,
    assign_to_fixed,
    has_distant,
    joined,
    joining_centroids,
    loss_in_working_space,
    round_palette,
    run_lloyd,
    search_centroids,
    with_flat_colors,
    with_pinned_first,
    with_salient,
)
from kalette.color import SearchSpace, Space, points_from_srgb, srgb_from_points, working_space
from kalette.compression.constraints import Constraints
from kalette.types import (
    DEFAULT_MAX_ITER,
    DEFAULT_TOL,
    ONE_THREAD,
    Centroids,
    Effort,
    Palette,
    Pass,
    Run,
    Settings,
    colors_text,
    is_on_grid,
    require_kind,
    require_run,
    require_whole,
)

_COLORS_FOR_ALL_PASSES = 150_000  # up to which Lloyd's loop may run all passes of the effort
# From this k and number of colours on "fast" is left out: on Kodak its loss is 0.2 to 8.5 % above "balanced".
# At k = 128 that of one photograph was 0.1 % below; of drawings, greys and icons up to 3 %, in 7 of 148.
_FAST_IS_WORSE_K, _FAST_IS_WORSE_COLORS = 160, 1 << 13
_WU_MOST_EXACT = 1 << 14  # colours up to which Wu's cuts use exact colours; above, cubes
_WU_SIDE = 4
_ROUNDING_MOST_EXACT = 1 << 18  # colours up to which rounding uses exact colours; above, cubes
_ROUNDING_SIDE = 4


class Emphasis(NamedTuple):
    """What counts more in a palette search, as the picture decides.

    Parameters
    ----------
    stretch_chroma : bool
        Whether chroma may be stretched, for pictures whose entries dithering mixes.
    dampening : {"none", "opaque", "apart", "together"}
        The colours that are dampened.
    visibility : Visibility or None
        How visible an error in each colour of the histogram is; None: all are alike.
    has_flat_colors : bool
        Whether an entry has exactly the colour that more than half its pixels have.
    dithering : float
        Factor of the dithering strengths that the palette is meant for; the search does not use it.
    space : {"srgb", "oklab"}
        The space of the search, unless the settings choose sRGB. In sRGB colours count by their pixels alone,
        and of the fields above only flat colours and dithering count.
    """

    stretch_chroma: bool = True
    dampening: DampeningScope = "opaque"
    visibility: Visibility | None = None
    has_flat_colors: bool = True
    dithering: float = 1.0
    space: Space = "oklab"


_USUAL_EMPHASIS = Emphasis()


@dataclass(frozen=True, eq=False, repr=False)
class FoundPalette:
    """A palette with the history of K-Means.

    Parameters
    ----------
    colors : ndarray
        (up to k, 3 or 4) uint8, reserved colours first.
    reserved : int
        Number of fixed or kept colours, which stay even if unused.
    space : {"srgb", "oklab"}
        The working space of the search, in which pixels are mapped too.
    mean_loss : float
        Loss per pixel in the working space, with unrounded centroids, but on a grid with the entries. In
        Oklab counts are dampened, except for plain Lloyd.
    losses : tuple of float
        Loss at the start and after each pass; it never rises. In Oklab counts are dampened and follow
        visibility, and chroma is stretched, except for plain Lloyd.
    history : tuple of Pass
        One record per pass.
    path : tuple of ndarray
        The palette at the start and after each pass, with `Run.keep_history`.
    stopped_by : {"labels", "shift", "max_iter", "lossless", "fixed"}
        Stopping reason.
    dithering : float
        Factor of the dithering strengths that suits the palette.
    """

    colors: Palette
    reserved: int
    space: Space
    mean_loss: float
    losses: tuple[float, ...]
    history: tuple[Pass, ...]
    path: tuple[Palette, ...]
    stopped_by: StoppedBy
    dithering: float = 1.0

    def __len__(self) -> int:
        """Return the number of colours."""
        return len(self.colors)

    def __repr__(self) -> str:
        """Return the number of colours and the stopping reason."""
        return f"<FoundPalette of {colors_text(len(self))}, {self.stopped_by}>"

    @property
    def is_lossless(self) -> bool:
        """Whether it holds every colour of the image, so that there was nothing to search."""
        return self.stopped_by == "lossless"

    @property
    def is_fixed(self) -> bool:
        """Whether it was given as a whole, in its order."""
        return self.stopped_by == "fixed"


def find_palette(
    histogram: Histogram,
    constraints: Constraints,
    settings: Settings,
    k: int,
    *,
    emphasis: Emphasis = _USUAL_EMPHASIS,
    run: Run = ONE_THREAD,
) -> FoundPalette:
    """Return the k colours that represent a histogram best, within constraints.

    A histogram with at most k colours, reserved ones included, keeps all of them.

    Parameters
    ----------
    histogram : Histogram
        Histogram of an image, or of several merged.
    constraints : Constraints
        Fixed and kept colours; the palette has alpha if these or the histogram have.
    settings : Settings
        Space, effort and the K-Means options are used.
    k : int
        Maximum number of entries; not used for a fixed palette.
    emphasis : Emphasis
        What counts more in the search, except for plain Lloyd and in sRGB.
    run : Run
        Threads, history, callbacks; they do not change the palette.

    Raises
    ------
    PaletteError
        When k or the fixed palette leaves out a kind of alpha.

    Examples
    --------
    >>> from kalette.clustering import count
    >>> two = count(np.array([[[0, 0, 0], [9, 9, 9], [9, 9, 9]]], np.uint8))
    >>> find_palette(two, Constraints.of(Settings()), Settings(), 2).colors.tolist()
    [[0, 0, 0], [9, 9, 9]]
    """
    _require_kinds(histogram, constraints, settings, run)
    require_whole("k", k)
    if constraints.has_alpha:
        histogram = histogram.with_alpha()
    constraints = constraints.with_channels(histogram.colors.shape[1])
    space: Space = "srgb" if "srgb" in (settings.working_space, emphasis.space) else "oklab"
    if constraints.fixed:
        return _fixed(histogram, constraints, space, run)
    lossless = constraints.lossless_palette(histogram, k)
    if lossless is not None and (settings.grid is None or is_on_grid(lossless, settings.grid)):
        return FoundPalette(lossless, len(constraints.colors), space, 0.0, (0.0,), (), (), "lossless")

    def pyramid(size: int) -> CubePyramid:
        if settings.plain_lloyd or space == "srgb":
            return histogram.in_space(space, run=run)
        searched: SearchSpace = "oklab-chroma" if emphasis.stretch_chroma else "oklab"
        return histogram.dampened(size, searched, emphasis.dampening, emphasis.visibility, run=run)

    if lossless is not None:
        return _snapped(_Colors.of(histogram, pyramid(len(lossless)), constraints), settings, lossless, run)
    constraints.require_room(histogram, k)
    colors = _Colors.of(histogram, pyramid(k), constraints)
    found = _searched(colors._replace(has_flat_colors=emphasis.has_flat_colors), settings, k, run)
    return replace(found, dithering=emphasis.dithering)


def _require_kinds(histogram: object, constraints: object, settings: object, run: object) -> None:
    require_kind("histogram", histogram, Histogram, "give that of a picture, picture.histogram")
    require_kind("constraints", constraints, Constraints, "give Constraints.of(settings)")
    require_kind("settings", settings, Settings, "give kalette.Settings(...)")
    require_run(run)


def _fixed(histogram: Histogram, constraints: Constraints, space: Space, run: Run) -> FoundPalette:
    constraints.require_all_kinds(histogram)
    entries = points_from_srgb(constraints.colors, space).astype(np.float64)
    pyramid = histogram.in_space(space, run=run)
    found = assign_to_fixed(pyramid.finest, entries, run=run)
    return _found(constraints.colors, len(constraints.colors), pyramid, found)


def _searched(colors: "_Colors", settings: Settings, k: int, run: Run) -> FoundPalette:
    if settings.plain_lloyd:
        return _in_bytes(colors, _plain(colors, settings, k, run), settings, run)
    if colors.space != "srgb":
        colors = colors.joined(k, run)
    return _in_bytes(colors, _nested(colors, settings, k, run), settings, run)


def _snapped(colors: "_Colors", settings: Settings, every_color: Palette, run: Run) -> FoundPalette:
    """Bring every colour of an image to the grid; k suffices for all of them."""
    start = points_from_srgb(every_color, colors.space).astype(np.float64)
    return _in_bytes(colors, colors.lloyd(start, Stopping(1, DEFAULT_TOL), run), settings, run)


def _in_bytes(colors: "_Colors", found: Clustering, settings: Settings, run: Run) -> FoundPalette:
    palette = _rounded(colors.anchored, found.centroids, settings, run)
    is_perceptual = not settings.plain_lloyd and settings.working_space != "srgb"
    if is_perceptual and colors.has_flat_colors and settings.grid is None:
        palette = with_flat_colors(palette, colors.histogram, found.labels)
    palette[: len(colors.kept)] = colors.kept
    in_bytes = _found(palette, len(colors.kept), colors.pyramid, found)
    if settings.grid is None:
        return in_bytes
    entries = points_from_srgb(palette, colors.space).astype(np.float64)
    return replace(in_bytes, mean_loss=_mean_loss(colors.pyramid.finest, colors.assigned(entries, run)))


def _mean_loss(cloud: Cloud, clustering: Clustering) -> float:
    return loss_in_working_space(cloud, clustering) / cloud.pixel_count


def _found(palette: Palette, reserved: int, pyramid: CubePyramid, clustering: Clustering) -> FoundPalette:
    space = pyramid.finest.space
    return FoundPalette(
        palette,
        reserved,
        working_space(space),
        _mean_loss(pyramid.finest, clustering),
        clustering.losses,
        clustering.history,
        tuple(srgb_from_points(centroids, space) for centroids in clustering.path),
        clustering.stopped_by,
    )


class _Colors(NamedTuple):
    """The colours of an image, weighted, the same with weight on the kept ones, and these.

    With flat colours, an entry has exactly the colour that more than half its pixels have.
    """

    histogram: Histogram
    pyramid: CubePyramid
    anchored: CubePyramid
    kept: Palette
    has_flat_colors: bool = True

    @classmethod
    def of(cls, histogram: Histogram, pyramid: CubePyramid, constraints: Constraints) -> "_Colors":
        kept = constraints.colors
        return cls(histogram, pyramid, anchored(pyramid, kept), kept)

    def joined(self, k: int, run: Run) -> "_Colors":
        """Return colours of which the partly clear ones are of the kind of alpha of the nearest entry."""
        centroids = joining_centroids(self.anchored, k, run=run)
        if centroids is None:
            return self
        pyramid = joined(self.pyramid, centroids, run=run)
        both = self.anchored if len(self.kept) else None
        return self._replace(
            pyramid=pyramid, anchored=pyramid if both is None else joined(both, centroids, run=run)
        )

    @property
    def space(self) -> SearchSpace:
        return self.pyramid.finest.space

    def with_kept_first(self, start: Centroids) -> Centroids:
        return with_pinned_first(points_from_srgb(self.kept, self.space), start)

    def lloyd(self, start: Centroids, stopping: Stopping, run: Run) -> Clustering:
        return run_lloyd(self.pyramid.finest, start, stopping, pinned=len(self.kept), run=run)

    def assigned(self, centroids: Centroids, run: Run) -> Clustering:
        return assign_to_fixed(self.pyramid.finest, centroids, run=run)


def _plain(colors: _Colors, settings: Settings, k: int, run: Run) -> Clustering:
    """Run plain Lloyd from a start of the textbooks."""
    start = colors.with_kept_first(_textbook_start(colors.anchored, settings, k, run))
    tol = DEFAULT_TOL if settings.tol is None else settings.tol
    return colors.lloyd(start, Stopping(settings.max_iter or DEFAULT_MAX_ITER, tol), run)


def _nested(colors: _Colors, settings: Settings, k: int, run: Run) -> Clustering:
    """Run K-Means at each effort up to that of the settings.

    An effort goes on from the result of the one below unless its own search found a better start, so its
    loss is never higher.
    """
    quiet = replace(run, on_pass=None, keep_history=False)
    *below, last = _efforts_up_to(settings.effort, k, len(colors.histogram))
    found = None
    for effort in below:
        found = _at_effort(colors, effort, found, k, quiet)
    return _at_effort(colors, last, found, k, run)


def _efforts_up_to(effort: Effort, k: int, color_count: int) -> list[Effort]:
    efforts = list(PLANS)[: list(PLANS).index(effort) + 1]
    without_fast = k >= _FAST_IS_WORSE_K and color_count >= _FAST_IS_WORSE_COLORS
    return [each for each in efforts if each != "fast" or each == effort or not without_fast]


def _at_effort(colors: _Colors, effort: Effort, below: Clustering | None, k: int, run: Run) -> Clustering:
    start = _start(colors, effort, None if below is None else below.centroids, k, run)
    if below is not None and below.losses[-1] < colors.assigned(start, run).losses[0]:
        start = below.centroids
    max_iter = _max_iter(PLANS[effort].max_iter, len(colors.pyramid.finest))
    return colors.lloyd(start, Stopping(max_iter, DEFAULT_TOL), run)


def _start(colors: _Colors, effort: Effort, below: Centroids | None, k: int, run: Run) -> Centroids:
    """Return initial centroids: the kept colours, then those of the search."""
    pyramid = colors.anchored
    if len(colors.kept) == k:
        return points_from_srgb(colors.kept, colors.space).astype(np.float64)
    found = search_centroids(pyramid, k, effort, found=below, run=run)
    # Elsewhere distances are not perceptual. Cubes by pixels are made only where they may be needed.
    if colors.space != "srgb" and has_distant(pyramid.of_side(SALIENT_SIDE, run=run), found, run=run):
        counted = joined(colors.histogram.in_space(colors.space, run=run), found, run=run)
        found = with_salient(counted.of_side(SALIENT_SIDE, run=run), found, run=run)
    return colors.with_kept_first(found)


def _textbook_start(pyramid: CubePyramid, settings: Settings, k: int, run: Run) -> Centroids:
    from random import Random

    from kalette.clustering import seeding

    rng, cloud = Random(settings.seed), pyramid.finest
    if settings.init == "random":
        return seeding.random(cloud, k, rng)
    if settings.init == "k-means++":
        return seeding.k_means_plus_plus(cloud, k, rng, run=run)
    return seeding.wu(pyramid.of_side(_WU_SIDE, run=run) if len(cloud) > _WU_MOST_EXACT else cloud, k)


def _max_iter(most: int, color_count: int) -> int:
    """Return the maximum number of passes after a search: fewer for more colours."""
    return max(most // 4, min(most, most * _COLORS_FOR_ALL_PASSES // color_count))


def _rounded(pyramid: CubePyramid, centroids: Centroids, settings: Settings, run: Run) -> Palette:
    if settings.plain_lloyd and settings.grid is None:
        return srgb_from_points(centroids, pyramid.finest.space)
    exact = len(pyramid.finest) <= _ROUNDING_MOST_EXACT
    cloud = pyramid.finest if exact else pyramid.of_side(_ROUNDING_SIDE, run=run)
    return round_palette(cloud, centroids, settings.effort, grid=settings.grid, run=run)
