"""Comparison of several numbers of colours, with a recommendation."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Unpack

from kalette.clustering import CurvePoint, Histogram, quality_curve
from kalette.compression import (
    Compression,
    CompressOptions,
    Constraints,
    Picture,
    Result,
    open_picture,
    settings_and_run,
)
from kalette.reading import Source
from kalette.types import (
    DEFAULT_LIMITS,
    MAX_K,
    Limits,
    Settings,
    SettingsError,
    colors_text,
    elements_of,
    is_number,
    listed,
    require_all,
    require_fields,
    require_function,
    tells_of_memory,
    wrong,
)

DEFAULT_KS = (2, 4, 8, 16, 32)

ALONE = Settings(space="srgb", dither="none", rate=0.0, effort="fast")
"""Plain K-Means, so that versions differ in k only: no dithering, no rate-distortion optimisation, and the
squared error in sRGB that the table shows and the recommendation uses."""


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """Result for one number of colours; quality is measured on the decoded output file.

    Parameters
    ----------
    k : int
        Requested number of colours.
    result : Result
        The compressed picture.
    seconds : float
        Time from reading (shared by all rows) to the encoded file, while other rows run in parallel.
    estimated_bytes : int
        Size from bits per pixel and palette.
    output_bytes : int
        Size of the output file.
    mse : float
        Mean squared error.
    psnr_db : float or None
        Peak signal-to-noise ratio; None if lossless.
    ssim : float
        Structural similarity.
    ssimulacra2 : float
        SSIMULACRA 2: 90 not to be told apart, 70 good, 50 fair.
    """

    k: int
    result: Result
    seconds: float
    estimated_bytes: int
    output_bytes: int
    mse: float
    psnr_db: float | None
    ssim: float
    ssimulacra2: float


OnRow = Callable[[ComparisonRow], object]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Comparison:
    """A picture compressed to several numbers of colours.

    Parameters
    ----------
    rows : tuple of ComparisonRow
        One row per k, in the given order.
    curve : tuple of CurvePoint
        Estimated error and size for each k from 2 to 256, from the histogram.
    recommended_k : int
        Recommended number of colours.
    color_count : int
        Distinct colours in the picture.
    notes : tuple of str
        Notes for the user.
    """

    rows: tuple[ComparisonRow, ...]
    curve: tuple[CurvePoint, ...]
    recommended_k: int
    color_count: int
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the types of what was compared."""
        require_all("rows", self.rows, ComparisonRow, "give those of kalette.compare")
        require_all("curve", self.curve, CurvePoint, "give that of kalette.compare", least=1)
        require_fields(self, {"recommended_k": int, "color_count": int, "notes": tuple})

    def __repr__(self) -> str:
        """Show the numbers of colours and the recommendation."""
        ks = ", ".join(str(row.k) for row in self.rows)
        return f"<Comparison of k = {ks}; {self.recommended_k} recommended>"

    @property
    def reason(self) -> str:
        """Reason for the recommended k, as part of a sentence."""
        if self.color_count == 1:
            return "since the picture has one colour"
        if self.color_count <= MAX_K:
            return f"since the picture has {self.color_count} colours and is exact with them"
        k = self.recommended_k
        points = [self.point_at(number) for number in (round(k / 2), k, 2 * k)]
        half, chosen, double = (f"{math.sqrt(point.mse):.1f} with" for point in points)
        return (
            f"the knee of the curve: the RMS error (0 to 255) is {half} {colors_text(points[0].k)}, "
            f"{chosen} {points[1].k}, {double} {points[2].k}"
        )

    def point_at(self, k: int) -> CurvePoint:
        """Return the point of the curve with the nearest k."""
        if not is_number(k):
            raise wrong("k", k, "give a number of colours, such as 16")
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

    Each row equals the result of `compress` with that k and these settings. The image is read and counted
    once, and rows run in parallel. A k too small for the kinds of alpha is skipped, with a note.

    Parameters
    ----------
    source : path, bytes, binary file, PIL.Image.Image, array or Picture
        The image; see `compress`.
    ks : iterable of int
        Distinct numbers of colours, 1 to 256.
    settings : Settings or None
        `ALONE` if None; their k is ignored.
    first_frame : bool
        Take the first frame of an animation, which is an error otherwise.
    limits : Limits
        Limits on a file, and whether truncated files are allowed.
    on_row : callable or None
        Called with each row on completion.
    **options
        Fields of `Settings` to change, and those of `Run`.

    Returns
    -------
    Comparison

    Raises
    ------
    KaletteError
        With a sentence on the value, the rule and the way out.

    Examples
    --------
    >>> import kalette
    >>> comparison = compare(kalette.sample_pixels(48, 32), [2, 16])
    >>> [row.result.colors_used for row in comparison.rows]
    [2, 16]
    """
    require_function("on_row", on_row)
    numbers = _checked_ks(ks, options)
    wanted, run = settings_and_run(None, ALONE if settings is None else settings, options)
    _require_no_target(wanted)
    started = time.perf_counter()
    keep_metadata = wanted.keep_metadata
    picture = open_picture(
        source, limits=limits, first_frame=first_frame, keep_metadata=keep_metadata, run=run
    )
    workers = min(run.threads, len(numbers) + 1)
    row_run = replace(run, threads=run.threads // workers)
    work = Compression(picture, wanted, row_run)
    work.picture.count(run=run)  # now, on all threads
    possible, left_out = _feasible_ks(numbers, work.histogram, work.constraints)
    shared_seconds = time.perf_counter() - started
    with ThreadPoolExecutor(workers) as pool:
        # Longest jobs first, to balance the workers: the curve, then large k.
        curve = pool.submit(quality_curve, work.histogram, run=row_run)
        rows = [pool.submit(_measured_row, work, k, shared_seconds) for k in sorted(possible, reverse=True)]
        try:
            done = dict(_completed_rows(rows, on_row))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return Comparison(
        rows=tuple(done[k] for k in possible),
        curve=curve.result(),
        recommended_k=work.recommended_k(curve.result()),
        color_count=len(work.histogram),
        notes=work.notes + left_out,
    )


def _require_no_target(settings: Settings) -> None:
    if settings.has_target:
        raise SettingsError(
            "a comparison is given k, which min_psnr, min_ssim and max_bytes would choose; "
            "leave them out, or use compress"
        )


def _checked_ks(ks: Iterable[int], options: Mapping[str, object]) -> list[int]:
    """Return the numbers of colours as a list, validated."""
    asked = elements_of("ks", ks, "give numbers of colours, such as [2, 4, 8]")
    if "k" in options:
        raise SettingsError("k is given beside ks; put all numbers of colours in ks")
    numbers: list[int] = []
    for k in asked:
        number = Settings(k=k).k
        if not isinstance(number, int):
            raise SettingsError(
                f"ks holds {k!r}; give numbers of colours, and one is recommended beside them"
            )
        if number in numbers:
            raise SettingsError(f"ks holds {k} twice; give each number once")
        numbers.append(number)
    if not numbers:
        raise SettingsError("ks is empty; give one number of colours at least")
    return numbers


def _feasible_ks(
    ks: Sequence[int], histogram: Histogram, constraints: Constraints
) -> tuple[list[int], tuple[str, ...]]:
    """Return each k with room for the kinds of alpha and the constraints, and a note on the others."""
    constraints.require_room(histogram, max(ks))
    least = constraints.least_k(histogram)
    possible = [k for k in ks if k >= least]
    if len(possible) == len(ks):
        return possible, ()
    kinds = "the kinds of alpha and the colours to keep" if len(constraints.colors) else "the kinds of alpha"
    left_out = [str(k) for k in ks if k < least]
    verb = "is" if len(left_out) == 1 else "are"
    return possible, (f"k = {listed(left_out)} {verb} left out; {kinds} need {least} entries",)


def _measured_row(work: Compression, k: int, shared_seconds: float) -> ComparisonRow:
    started = time.perf_counter()
    result = work.result_of(k)
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
        ssimulacra2=result.ssimulacra2,
    )


def _completed_rows(
    rows: Sequence[Future[ComparisonRow]], on_row: OnRow | None
) -> Iterator[tuple[int, ComparisonRow]]:
    for future in as_completed(rows):
        row = future.result()
        if on_row:
            on_row(row)
        yield row.k, row
