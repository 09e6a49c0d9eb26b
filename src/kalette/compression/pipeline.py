"""The compression pipeline: open a picture, find a palette, render."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Literal, Unpack

from kalette.compression.constraints import Constraints
from kalette.compression.metrics import ssimulacra2
from kalette.compression.operating_points import OperatingPoint, operating_points
from kalette.compression.options import CompressOptions, settings_and_run
from kalette.compression.palette import FoundPalette
from kalette.compression.palette_search import PaletteSearch
from kalette.compression.picture import Picture, open_picture
from kalette.compression.rendering import Renderer
from kalette.compression.result import Result
from kalette.mapping import STRONGER_DITHERING, dithers_gently, rate_of
from kalette.reading import Source
from kalette.types import (
    DEFAULT_LIMITS,
    MAX_K,
    ONE_THREAD,
    Limits,
    Run,
    Settings,
    TargetError,
    tells_of_memory,
)
from kalette.writing import PillowImage, encode, is_smooth

if TYPE_CHECKING:
    from kalette.clustering import CurvePoint, Histogram


@tells_of_memory
def compress(
    source: Source | Picture,
    k: int | Literal["auto"] | None = None,
    settings: Settings | None = None,
    *,
    first_frame: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    **options: Unpack[CompressOptions],
) -> Result:
    """Find the k colours that represent an image best, and map each pixel to one of them.

    The same input, settings and version give the same result for any number of threads. An image with at most
    k colours is compressed losslessly, unless that exceeds a size budget. Without k, so is an image that
    takes fewer bytes in true colour than with a palette.

    Parameters
    ----------
    source : path, bytes, binary file, PIL.Image.Image, array or Picture
        The image. An array is (H, W), or (H, W, 1 to 4): grey, grey and alpha, RGB or RGBA; of uint8, uint16,
        bool, or float from 0 to 1.
    k : int, "auto" or None
        Number of colours, 1 to 256; "auto" chooses it from the image; None takes that of the settings. An
        upper limit with a target.
    settings : Settings or None
        Settings to change; None: the defaults.
    first_frame : bool
        Take the first frame of an animation, which is an error otherwise.
    limits : Limits
        Limits on a file, and whether truncated files are allowed.
    **options
        Fields of `Settings` to change, such as ``dither="diffusion"`` or ``max_bytes=50_000``; `palette` may
        also be the path of a palette file. And those of `Run`: ``threads``, ``keep_history``, ``on_pass``,
        ``on_step``, ``cancelled``.

    Returns
    -------
    Result

    Raises
    ------
    KaletteError
        With a sentence on the value, the rule and the way out.

    Examples
    --------
    >>> import numpy as np
    >>> gradient = np.linspace(0, 1, 3 * 32 * 32).reshape(32, 32, 3)
    >>> result = compress(gradient, 4)
    >>> result.colors_used, result.stopped_by
    (4, 'labels')
    """
    wanted, run = settings_and_run(k, settings, options)
    keep_metadata = wanted.keep_metadata
    picture = open_picture(
        source, limits=limits, first_frame=first_frame, keep_metadata=keep_metadata, run=run
    )
    return Compression(picture, wanted, run).result()


def quantize(
    image: PillowImage,
    k: int | Literal["auto"] = MAX_K,
    settings: Settings | None = None,
    **options: Unpack[CompressOptions],
) -> PillowImage:
    """Quantize a Pillow image to k colours: a better `PIL.Image.Image.quantize`.

    Parameters
    ----------
    image : PIL.Image.Image
        Image of any mode; other sources of `compress` are accepted.
    k : int or "auto"
        Number of colours.
    settings, **options
        As in `compress`.

    Returns
    -------
    PIL.Image.Image
        Mode "P" with palette and transparency.

    Examples
    --------
    >>> import kalette
    >>> from PIL import Image
    >>> kalette.quantize(Image.fromarray(kalette.sample_pixels(48, 32)), 8)  # doctest: +ELLIPSIS
    <PIL.Image.Image image mode=P size=48x32 at ...>
    """
    return compress(image, k, settings, **options).to_image()


class Compression:
    """Compression of an open picture; everything independent of k and rate is computed once.

    Parameters
    ----------
    picture : Picture
        Picture as read.
    settings : Settings
        Compression settings.
    run : Run
        Threads, history, callbacks.

    Examples
    --------
    >>> import numpy as np
    >>> black = Picture(np.zeros((2, 3, 3), np.uint8), "the array")
    >>> Compression(black, Settings(k="auto")).result().k
    1
    """

    def __init__(self, picture: Picture, settings: Settings, run: Run = ONE_THREAD) -> None:
        """Adapt the picture to the settings."""
        run.require_wanted()
        self.started = time.perf_counter()
        self.settings, self.run = settings, run
        constraints = Constraints.of(settings)
        self.picture, notes = picture.shown(constraints, settings)
        self.constraints = constraints.with_channels(self.picture.pixels.shape[2])
        self.notes = (*picture.notes, *notes, *_notes_on_metadata(picture, settings))
        self._renderer = Renderer(self.picture, settings, run)

    @property
    def histogram(self) -> "Histogram":
        """The histogram of the picture, adapted to the settings."""
        return self.picture.count(run=self.run)

    def result(self) -> Result:
        """Return the result for the k and the targets of the settings."""
        k = self.settings.most_k
        if self.settings.k == "auto":
            k = self.recommended_k(self.picture.curve(run=self.run))
        if self.settings.has_target:
            return self._told_if_blank(self._at_target(k))
        return self._in_best_form(self.settings, k)

    def result_of(self, k: int) -> Result:
        """Return the result for another k than that of the settings."""
        return self._in_best_form(replace(self.settings, k=k), k)

    def smallest(self) -> Result | None:
        """Return the result with the fewest colours at the highest rate; None for a fixed palette.

        Examples
        --------
        >>> import numpy as np
        >>> black = Picture(np.zeros((2, 3, 3), np.uint8), "the array")
        >>> Compression(black, Settings()).smallest().k
        1
        """
        if self.constraints.fixed:
            return None
        path = operating_points(self.settings.most_k, self.constraints.least_k(self.histogram), self.settings)
        return self._at(self.settings, path[-1]) if path else None

    def recommended_k(self, curve: "Sequence[CurvePoint]") -> int:
        """Return the recommended k of the curve, at least the least k of the constraints.

        Examples
        --------
        >>> import numpy as np
        >>> two = Picture(np.eye(3, dtype=np.uint8)[None, :2], "the array")
        >>> Compression(two, Settings(keep_colors=("#ffffff",))).recommended_k(two.curve())
        3
        """
        from kalette.clustering import recommended_k as knee_of

        further = len(self.constraints.with_colors_of(self.histogram)) - len(self.histogram)
        most = self.settings.pad_palette or MAX_K
        return min(max(knee_of(curve) + further, self.constraints.least_k(self.histogram)), most)

    def _in_best_form(self, settings: Settings, k: int) -> Result:
        """Return the result at the rate of the settings; for smooth pictures in the form worth its bytes."""
        result = self._at(settings, OperatingPoint(k, rate_of(settings)))
        if result.found.is_lossless or not self._is_smooth:
            return result
        from kalette.compression.smooth import best_form, is_tiny

        exact = result.in_true_color() if settings.allows_true_color else None
        if exact is not None and is_tiny(exact, result.indices.size):
            return exact
        score_of = cache(self._score_of)
        mapped = self._best_mapped(result, score_of) if dithers_gently(settings) else result
        return mapped if exact is None else best_form(mapped, exact, score_of)

    def _best_mapped(self, dithered: Result, score_of: Callable[[Result], float]) -> Result:
        """Return a result, or the same with stronger or no dithering if that is worth more for its bytes."""
        from kalette.compression.look import Looks
        from kalette.compression.smooth import Measures, best_mapping

        def dithered_by(factor: float) -> Result:
            return self._at(dithered.settings, dithered.point._replace(dithering=factor))

        looks = Looks(self.picture.pixels)
        look_of = cache(lambda result: looks.of(result.indexed, score_of(result)))
        measures = Measures(score_of, look_of, cache(_quick_bytes))
        factors = STRONGER_DITHERING if dithered.found.dithering == 1 else ()  # else trials have chosen it
        return best_mapping(dithered, map(dithered_by, factors), dithered_by(0.0), measures)

    @cached_property
    def _is_smooth(self) -> bool:
        return is_smooth(self.picture.pixels)

    def _at_target(self, k: int) -> Result:
        """Return the result of the search, or the exact picture in true colour if it is better."""
        from kalette.compression.targets import fits_budget

        gradual = self._is_smooth and not self._palette(k).is_lossless
        if not (gradual and self.settings.allows_true_color):
            return self._searched(k)
        exact = self._at(self.settings, OperatingPoint(k, 0.0)).in_true_color()
        fits = fits_budget(exact, self.settings)
        if fits and self.settings.quality is None and not self.settings.has_floor:
            return exact
        try:
            found = self._searched(k)
        except TargetError:
            if fits:
                return exact
            raise
        return exact if exact.output_bytes < found.output_bytes else found

    def _told_if_blank(self, result: Result) -> Result:
        if self.settings.max_bytes is None or result.colors_used > 1 or len(self.histogram) == 1:
            return result
        note = f"{self.settings.max_bytes} bytes leave one colour, so the picture is blank; raise the budget"
        return replace(result, notes=(*result.notes, note))

    def _searched(self, k: int) -> Result:
        from kalette.compression.quality import Trials, reach_quality
        from kalette.compression.targets import fits_budget, reach

        path, trial_at = self._path(k), partial(self._at, self.settings)
        if self.settings.quality is None:
            return reach(path, trial_at, self.settings, run=self.run)
        if self._palette(k).is_lossless:
            lossless = trial_at(path[0])
            if fits_budget(lossless, self.settings):
                return lossless
        return reach_quality(path, Trials(trial_at, self._score_of, self.run), self.settings)

    def _score_of(self, result: Result) -> float:
        """Return the score of a result that is not encoded yet; encoding loses nothing."""
        return ssimulacra2(self.picture.original.pixels, result.to_array(), run=self.run)

    def _at(self, settings: Settings, point: OperatingPoint) -> Result:
        found = self._palette(point.k)
        indexed = self._renderer.render(found, rate=point.rate, dithering=point.dithering)
        result = Result(
            picture=self.picture,
            settings=settings,
            point=point,
            found=found,
            indexed=indexed,
            notes=self.notes + self._why_not_exact(point.k),
            seconds=self.picture.seconds + time.perf_counter() - self.started,
            run=Run(self.run.threads),
        )
        if settings.has_target and settings.quality is None:
            result.to_bytes(run=self.run)
        return result

    def _palette(self, k: int) -> FoundPalette:
        return self._search.palette(k)

    @cached_property
    def _search(self) -> PaletteSearch:
        return PaletteSearch(self._renderer, self.constraints, is_smooth=self._is_smooth)

    def _path(self, k: int) -> list[OperatingPoint]:
        """Return the search path to a target, starting with the lossless point if k suffices for it."""
        found = self._palette(k)
        if found.is_fixed:
            return operating_points(k, k, self.settings)
        least = self.constraints.least_k(self.histogram)
        if found.is_lossless:
            return [OperatingPoint(k, 0.0), *operating_points(len(found) - 1, least, self.settings)]
        return operating_points(k, least, self.settings)

    def _why_not_exact(self, k: int) -> tuple[str, ...]:
        """Return a note if the image would be lossless without the kept colours."""
        if not self.settings.keep_colors or len(self.histogram) > k:
            return ()
        needed = len(self.constraints.with_colors_of(self.histogram))
        if needed <= k:
            return ()
        return (f"the image and the colours to keep need {needed} entries and k is {k}, so it is not exact",)


def _quick_bytes(result: Result) -> int:
    """Return the size of a quick PNG, as trials of large drawings for the smallest one take a second.

    Raw files have the same size however pixels are mapped.
    """
    if result.settings.format == "raw":
        return result.output_bytes
    return len(encode(result.indexed, "png", "fast"))


def _notes_on_metadata(picture: Picture, settings: Settings) -> tuple[str, ...]:
    if picture.metadata is None or not settings.keep_metadata:
        return ()
    return picture.metadata.left_out(settings.format)
