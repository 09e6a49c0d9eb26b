"""Comparison of several numbers of colours, and which one to take."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Unpack

from kalette.clustering import CurvePoint, quality_curve
from kalette.compression import (
    CompressOptions,
    Constraints,
    Picture,
    Result,
    compressed,
    open_picture,
    recommended_k,
    settings_and_run,
)
from kalette.reading import Source
from kalette.types import (
    DEFAULT_LIMITS,
    MAX_K,
    Limits,
    Run,
    Settings,
    SettingsError,
    require_function,
    tells_of_memory,
)

DEFAULT_KS = (2, 4, 8, 16, 32)

ALONE = Settings(space="srgb", dither="none", rate=0.0, effort="fast")
"""K-Means alone, so that versions differ by k alone: no dithering, no rate-distortion optimisation, and the
squared error that the table shows and that k is chosen by."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One number of colours; quality is measured on the file, decoded again.

    Parameters
    ----------
    k : int
        Number of colours asked for.
    result : Result
        The compressed picture.
    seconds : float
        From reading, which all rows share, to the file's bytes; other rows ran at the same time.
    estimated_bytes : int
        Size by bits per pixel and palette alone.
    output_bytes : int
        Size of the file.
    mse : float
        Mean squared error.
    psnr_db : float or None
        Peak signal-to-noise ratio; None when the file is exact.
    ssim : float
        Structural similarity.
    """

    k: int
    result: Result
    seconds: float
    estimated_bytes: int
    output_bytes: int
    mse: float
    psnr_db: float | None
    ssim: float


OnRow = Callable[[ComparisonRow], object]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison:
    """A picture in several numbers of colours.

    Parameters
    ----------
    rows : tuple of ComparisonRow
        In the order that was asked for.
    curve : tuple of CurvePoint
        What each k from 2 to 256 would give, estimated from the histogram.
    recommended_k : int
        The number of colours that the curve recommends.
    color_count : int
        Distinct colours in the picture.
    notes : tuple of str
        What the user should know.
    """

    rows: tuple[ComparisonRow, ...]
    curve: tuple[CurvePoint, ...]
    recommended_k: int
    color_count: int
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        """Say what it is, without its pictures."""
        ks = ", ".join(str(row.k) for row in self.rows)
        return f"<Comparison of k = {ks}; {self.recommended_k} recommended>"

    @property
    def reason(self) -> str:
        """Why so many colours are recommended, in a sentence."""
        if self.color_count == 1:
            return "since the picture has one colour"
        if self.color_count <= MAX_K:
            return f"since the picture has {self.color_count} colours and is exact with them"
        k = self.recommended_k
        points = [self.point_at(number) for number in (round(k / 2), k, 2 * k)]
        half, chosen, double = (f"{math.sqrt(point.mse):.1f} with {point.k}" for point in points)
        return f"the knee of the curve: the RMS error (0 to 255) is {half} colours, {chosen}, {double}"

    def point_at(self, k: int) -> CurvePoint:
        """Return the point of the curve for this k, or else the nearest one."""
        return min(self.curve, key=lambda point: abs(point.k - k))

    def _repr_png_(self) -> bytes:
        """Show the pictures side by side in a notebook."""
        from kalette.report import figures

        return figures.png_bytes(figures.comparison_grid([row.result for row in self.rows]))


@tells_of_memory
def compare(
    source: Source | Picture,
    ks: Iterable[int] = DEFAULT_KS,
    settings: Settings | None = None,
    *,
    first_frame: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    on_row: OnRow | None = None,
    **options: Unpack[CompressOptions],
) -> Comparison:
    """Compress an image to several numbers of colours, and recommend one.

    Each row is what `compress` gives for that k and these settings. The image is read and counted once, and
    the rows are made at the same time. A k too small for the kinds of alpha is left out, with a note.

    Parameters
    ----------
    source : path, bytes, binary file, PIL.Image.Image, array or Picture
        The image; see `compress`.
    ks : iterable of int
        Numbers of colours, 1 to 256, each once.
    settings : Settings or None
        None stands for `ALONE`; their k has no influence.
    first_frame : bool
        Take the first frame of an animated file, which is refused otherwise.
    limits : Limits
        Bounds on a file, and whether what can be decoded of a damaged one is taken.
    on_row : callable or None
        Called with each row as it is done.
    **options
        Fields of `Settings` to change, and those of `Run`.

    Returns
    -------
    Comparison

    Raises
    ------
    KaletteError
        One sentence: the value, the rule, the way out.

    Examples
    --------
    >>> import kalette
    >>> comparison = compare(kalette.sample_pixels(48, 32), [2, 16])
    >>> [row.result.colors_used for row in comparison.rows]
    [2, 16]
    """
    require_function("on_row", on_row)
    numbers = _numbers(ks, options)
    wanted, run = settings_and_run(None, ALONE if settings is None else settings, options)
    _require_no_target(wanted)
    started = time.perf_counter()
    keep_metadata = wanted.keep_metadata
    picture = open_picture(
        source, limits=limits, first_frame=first_frame, keep_metadata=keep_metadata, run=run
    )
    shown, notes = picture.shown(Constraints.of(wanted), wanted)
    constraints = Constraints.of(wanted).with_channels(shown.pixels.shape[2])
    possible, left_out = _possible(numbers, shown, constraints)
    shared_seconds = time.perf_counter() - started
    lanes = min(run.threads, len(possible) + 1)
    own = replace(run, threads=run.threads // lanes)
    with ThreadPoolExecutor(lanes) as pool:
        # What takes longest begins first, so that the lanes end together: the curve, then the larger k.
        curve = pool.submit(quality_curve, shown.histogram, run=own)
        rows = [
            pool.submit(_row, picture, replace(wanted, k=k), own, shared_seconds)
            for k in sorted(possible, reverse=True)
        ]
        try:
            done = dict(_finished(rows, on_row))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return Comparison(
        rows=tuple(done[k] for k in possible),
        curve=curve.result(),
        recommended_k=recommended_k(shown, constraints, curve.result()),
        color_count=len(shown.histogram),
        notes=picture.notes + notes + left_out,
    )


def _require_no_target(settings: Settings) -> None:
    if settings.has_target:
        raise SettingsError(
            "a comparison is given k, which min_psnr, min_ssim and max_bytes would choose; "
            "leave them out, or use compress"
        )


def _numbers(ks: Iterable[int], options: Mapping[str, object]) -> list[int]:
    """Return the numbers of colours, checked."""
    if isinstance(ks, str) or not isinstance(ks, Iterable):
        raise SettingsError(f"ks is {ks!r}; give numbers of colours, such as [2, 4, 8]")
    if "k" in options:
        raise SettingsError("k is given beside ks; put all numbers of colours in ks")
    numbers: list[int] = []
    for k in ks:
        number = Settings(k=k).k
        if number == "auto":
            raise SettingsError(
                "ks holds 'auto'; give numbers of colours, and one is recommended beside them"
            )
        if number in numbers:
            raise SettingsError(f"ks holds {k} twice; give each number once")
        numbers.append(number)
    if not numbers:
        raise SettingsError("ks is empty; give one number of colours at least")
    return numbers


def _possible(
    ks: Sequence[int], picture: Picture, constraints: Constraints
) -> tuple[list[int], tuple[str, ...]]:
    """Return the k with room for alpha and constraints, and a note on the others."""
    constraints.require_room(picture.histogram, max(ks))
    least = constraints.least_k(picture.histogram)
    possible = [k for k in ks if k >= least]
    if len(possible) == len(ks):
        return possible, ()
    needy = "kinds of alpha and colours to keep" if len(constraints.colors) else "its kinds of alpha"
    left_out = ", ".join(str(k) for k in ks if k < least)
    return possible, (f"k = {left_out} is left out: {needy} need at least {least} colours",)


def _row(picture: Picture, settings: Settings, run: Run, shared_seconds: float) -> ComparisonRow:
    started = time.perf_counter()
    result = compressed(picture, settings, run=run)
    output_bytes = result.output_bytes
    return ComparisonRow(
        k=result.k,
        result=result,
        seconds=shared_seconds + time.perf_counter() - started,
        estimated_bytes=result.estimated_bytes,
        output_bytes=output_bytes,
        mse=result.mse,
        psnr_db=result.psnr_db,
        ssim=result.ssim,
    )


def _finished(
    rows: Sequence[Future[ComparisonRow]], on_row: OnRow | None
) -> Iterator[tuple[int, ComparisonRow]]:
    for future in as_completed(rows):
        row = future.result()
        if on_row:
            on_row(row)
        yield row.k, row
