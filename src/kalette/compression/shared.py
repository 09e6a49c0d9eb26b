"""One palette for many images: their histograms merged, and K-Means once on the sum."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Unpack, get_args

import numpy as np

from kalette.clustering import Histogram
from kalette.compression.constraints import Constraints
from kalette.compression.options import CompressOptions, settings_and_run
from kalette.compression.palette import find_palette
from kalette.compression.picture import Picture, open_picture
from kalette.mapping import nearest_labels
from kalette.reading import Source
from kalette.types import (
    MAX_K,
    ONE_THREAD,
    ReadError,
    Run,
    Settings,
    SettingsError,
    require_choice,
    tells_of_memory,
)
from kalette.writing import by_luma

if TYPE_CHECKING:
    from kalette.palettes import Swatches

Weighting = Literal["pixels", "images"]
"""Weights of a shared palette: each pixel counts the same, or each image."""

_MOST_ENTRIES = 1 << 18  # of a merged histogram: 3 MB, or 12 MB in cells
_IMAGE_WEIGHT = 1 << 26  # of an image when images weigh the same; above the pixels of all but the largest
_MOST_WEIGHT = 1 << 46  # of a sum, whose premultiplied channels then fit in 64 bits
_MERGED_AT_ONCE = 16


class HistogramSum:
    """A sum of histograms, the same for any order and grouping, in bounded memory.

    Examples
    --------
    >>> total = HistogramSum()
    >>> for _ in range(3):
    ...     total.add(Picture(np.zeros((1, 2, 3), np.uint8), "black").histogram)
    >>> total.histogram().counts.tolist()
    [6]
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._parts: list[Histogram] = []
        self._weight = 0

    def add(self, histogram: Histogram) -> None:
        """Add the histogram of an image, or of many.

        Raises
        ------
        ReadError
            When the sum would hold more than 2^46 pixels, or 2^20 images that weigh the same.
        """
        self._weight += histogram.pixel_count
        if self._weight > _MOST_WEIGHT:
            raise ReadError("the images are too many for one palette; find it from a part of them")
        self._parts.append(histogram)
        if len(self._parts) >= _MERGED_AT_ONCE:
            self._parts = [self.histogram()]

    def histogram(self) -> Histogram:
        """Return the sum, with cells instead of colours where these are too many.

        Raises
        ------
        ReadError
            When nothing was added.
        """
        if not self._parts:
            raise ReadError("no image could be read, so there is no palette for them; see their errors")
        return self._parts[0].merge(*self._parts[1:]).bounded(_MOST_ENTRIES)


def histogram_for_sum(
    picture: Picture, settings: Settings, weighting: Weighting, *, run: Run = ONE_THREAD
) -> Histogram:
    """Return the bounded histogram of a picture, adapted to the settings and weighted.

    Parameters
    ----------
    picture : Picture
        The picture as read.
    settings : Settings
        Format and colours to keep are used.
    weighting : {"pixels", "images"}
        Whether each pixel has weight 1, or all of them together about 2^26.
    run : Run
        Threads.

    Examples
    --------
    >>> black = Picture(np.zeros((1, 2, 3), np.uint8), "black")
    >>> histogram_for_sum(black, Settings(), "images").counts.tolist()
    [67108864]
    """
    shown, _ = picture.shown(Constraints.of(settings), settings)
    bounded = shown.count(run=run).bounded(_MOST_ENTRIES)
    if weighting == "pixels":
        return bounded
    factor = max(1, _IMAGE_WEIGHT // bounded.pixel_count)
    sums = None if bounded.sums is None else bounded.sums * factor
    return Histogram(bounded.colors, bounded.counts * factor, bounded.shift, sums)


def palette_of_sum(histogram: Histogram, settings: Settings, *, run: Run = ONE_THREAD) -> "Swatches":
    """Return the palette of merged histograms, dark to light, with the share of each colour.

    Raises
    ------
    PaletteError
        When k leaves out a kind of alpha.
    SettingsError
        For a fixed palette or a target, which belong to single images.
    """
    from kalette.clustering import quality_curve, recommended_k
    from kalette.palettes import Swatches

    _require_free(settings)
    constraints = Constraints.of(settings)
    k = settings.most_k
    if settings.k == "auto":
        k = min(max(recommended_k(quality_curve(histogram, run=run)), constraints.least_k(histogram)), MAX_K)
    found = find_palette(histogram, constraints, settings, k, run=run)
    colors = found.colors[by_luma(found.colors)]
    seen = histogram if colors.shape[1] == 3 else histogram.with_alpha()
    labels = nearest_labels(seen.colors, colors, found.space, run=run)
    weights = np.zeros(len(colors), np.int64)
    np.add.at(weights, labels, seen.counts)
    return Swatches(colors, tuple((weights / seen.pixel_count).tolist()))


def _require_free(settings: Settings) -> None:
    if settings.palette is not None:
        raise SettingsError("a fixed palette is given, so there is none to find; leave out one of the two")
    if settings.quality is not None or settings.has_floor:
        raise SettingsError(
            "a quality is asked for, which chooses colours image by image; leave it out for a shared palette"
        )


def with_shared_palette(settings: Settings, codes: Iterable[str]) -> Settings:
    """Return the settings with a found palette in place of the options that found it.

    Examples
    --------
    >>> with_shared_palette(Settings(k=16, init="wu"), ["#000000"]).palette
    ('#000000',)
    """
    free = replace(settings, k=None, keep_colors=(), init="auto", max_iter=None, tol=None)
    return replace(free, palette=tuple(codes), space=settings.working_space)


@tells_of_memory
def shared_palette(
    sources: Iterable[Source | Picture],
    k: int | Literal["auto"] | None = None,
    settings: Settings | None = None,
    *,
    weighting: Weighting = "pixels",
    **options: Unpack[CompressOptions],
) -> "Swatches":
    """Find one palette for many images: a sprite set, a game, the tiles of a map.

    The same images, settings and version give the same palette in any order and for any number of threads.

    Parameters
    ----------
    sources : iterable of path, bytes, binary file, PIL.Image.Image, array or Picture
        The images, each as in `compress`; they are read one after the other.
    k : int, "auto" or None
        Number of colours, 1 to 256; None takes that of the settings.
    settings : Settings or None
        Settings to change; None: the defaults.
    weighting : {"pixels", "images"}
        Whether each pixel counts the same, or each image.
    **options
        As in `compress`.

    Returns
    -------
    Swatches
        The palette, dark to light, to pass as ``palette=`` or to save.

    Raises
    ------
    KaletteError
        When an image cannot be read, or there is none.

    Examples
    --------
    >>> sprites = [np.full((8, 8, 3), value, np.uint8) for value in (0, 0, 9)]
    >>> palette = shared_palette(sprites, 2)
    >>> list(palette), [round(share, 2) for share in palette.shares]
    (['#000000', '#090909'], [0.67, 0.33])
    """
    require_choice("weighting", weighting, get_args(Weighting))
    if isinstance(sources, str | bytes) or not isinstance(sources, Iterable):
        raise SettingsError("sources is one thing; give a list of images, such as paths")
    wanted, run = settings_and_run(k, settings, options)
    total = HistogramSum()
    for source in sources:
        picture = open_picture(source, run=run)
        total.add(histogram_for_sum(picture, wanted, weighting, run=run))
    return palette_of_sum(total.histogram(), wanted, run=run)
