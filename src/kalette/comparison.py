"""Several numbers of colours side by side: what each gives, and which one to take."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Unpack

from kalette import given, images
from kalette.choose import CurvePoint
from kalette.errors import SettingsError
from kalette.pipeline import compressed, curve_of, recommended_k, settings_with, thread_count
from kalette.prepared import Prepared, prepare
from kalette.result import Result
from kalette.settings import MAX_K, Options, Settings

DEFAULT_KS = (2, 4, 8, 16, 32)


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """What one number of colours gives; quality is measured on the file, decoded again.

    Parameters
    ----------
    k : int
        Number of colours asked for.
    result : Result
        The compressed picture.
    seconds : float
        From reading to the file's bytes, the reading shared by all rows, beside which others ran.
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
        What each k from 2 to 256 would give, as far as the histogram tells.
    recommended_k : int
        How many colours to take, by the curve.
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
        from kalette import figures

        return figures.png_bytes(figures.comparison_grid([row.result for row in self.rows]))


def compare(
    source: images.Source,
    ks: Iterable[int] = DEFAULT_KS,
    settings: Settings | None = None,
    *,
    first_frame: bool = False,
    threads: int | None = None,
    on_row: OnRow | None = None,
    **options: Unpack[Options],
) -> Comparison:
    """Compress an image to several numbers of colours, and recommend one.

    Each row is what `compress` gives for that k. The image is read and counted once, and the rows are made at
    the same time. Too small a k for the kinds of alpha in the picture is left out, with a note.

    Parameters
    ----------
    source : path, bytes, PIL.Image.Image or ndarray
        The image; an array is (H, W, 3 or 4) uint8.
    ks : iterable of int
        Numbers of colours, 1 to 256, each once.
    settings : Settings or None
        None stands for the defaults; their k does not matter.
    first_frame : bool
        Take the first frame of an animated file, which is refused otherwise.
    threads : int or None
        None takes as many as there are cores.
    on_row : callable or None
        Called with each row as it is done.
    **options
        Fields of `Settings` to change, except k.

    Returns
    -------
    Comparison

    Raises
    ------
    KaletteError
        One sentence: what is wrong, the rule, the way out.

    Examples
    --------
    >>> import kalette
    >>> comparison = compare(kalette.sample_pixels(48, 32), [2, 16])
    >>> [row.result.colors_used for row in comparison.rows]
    [2, 16]
    """
    wanted, workers = settings_with(settings, options), thread_count(threads)
    _require_no_goal(wanted)
    numbers = _numbers(ks, options)
    prepared = prepare(source, wanted, first_frame=first_frame, threads=workers)
    possible, notes = _possible(numbers, prepared)
    lanes = min(workers, len(possible) + 1)
    with ThreadPoolExecutor(lanes) as pool:
        # What takes longest begins first, so that the lanes end together: the curve, then the larger k.
        curve = pool.submit(curve_of, prepared, threads=workers // lanes)
        runs = [
            pool.submit(_row, prepared, replace(wanted, k=k), workers // lanes)
            for k in sorted(possible, reverse=True)
        ]
        try:
            rows = dict(_finished(runs, on_row))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return Comparison(
        rows=tuple(rows[k] for k in possible),
        curve=curve.result(),
        recommended_k=recommended_k(prepared, curve.result()),
        color_count=len(prepared.colors),
        notes=prepared.notes + notes,
    )


def _require_no_goal(wanted: Settings) -> None:
    if wanted.has_goal:
        raise SettingsError(
            "floors and budgets choose k, and a comparison is given it; "
            "leave min_psnr, min_ssim and max_bytes out, or use compress"
        )


def _numbers(ks: Iterable[int], options: Options) -> list[int]:
    """Return the numbers of colours, or say what is wrong with them."""
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


def _possible(ks: Sequence[int], prepared: Prepared) -> tuple[list[int], tuple[str, ...]]:
    """Return the numbers of colours that have room for what the picture needs, and a note on the others."""
    kinds, reserved = prepared.cloud.kinds, prepared.reserved
    given.require_room(kinds, reserved, max(ks))
    least = given.least_k(kinds, reserved)
    possible = [k for k in ks if k >= least]
    if len(possible) == len(ks):
        return possible, ()
    needy = "kinds of alpha and colours to be kept" if len(reserved) else "its kinds of alpha"
    left_out = ", ".join(str(k) for k in ks if k < least)
    return possible, (f"k = {left_out} is left out: {needy} need at least {least} colours",)


def _row(prepared: Prepared, wanted: Settings, threads: int) -> ComparisonRow:
    started = time.perf_counter()
    result = compressed(prepared, wanted, threads=threads)
    output_bytes = result.output_bytes
    seconds = prepared.seconds + time.perf_counter() - started
    return ComparisonRow(
        k=result.k,
        result=result,
        seconds=seconds,
        estimated_bytes=result.estimated_bytes,
        output_bytes=output_bytes,
        mse=result.mse,
        psnr_db=result.psnr_db,
        ssim=result.ssim,
    )


def _finished(
    runs: Sequence[Future[ComparisonRow]], on_row: OnRow | None
) -> Iterator[tuple[int, ComparisonRow]]:
    for run in as_completed(runs):
        row = run.result()
        if on_row:
            on_row(row)
        yield row.k, row
