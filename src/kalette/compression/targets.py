"""Targets: the search for a quality floor or a size budget.

Size and quality fall almost monotonically along the path of operating points, so bisection needs about ten
trials.
"""

import math
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from kalette.compression.operating_points import OperatingPoint
from kalette.types import MAX_K, ONE_THREAD, Run, Settings, TargetError, colors_text


class Trial(Protocol):
    """Metrics of a file at an operating point."""

    @property
    def k(self) -> int:
        """Number of colours."""
        ...

    @property
    def colors_used(self) -> int:
        """Number of colours of the picture in the file."""
        ...

    @property
    def output_bytes(self) -> int:
        """Size of the file."""
        ...

    @property
    def psnr_db(self) -> float | None:
        """Peak signal-to-noise ratio; None if lossless."""
        ...

    @property
    def ssim(self) -> float:
        """Structural similarity."""
        ...


_Trial = TypeVar("_Trial", bound=Trial)


def reach(
    path: Sequence[OperatingPoint],
    trial_at: Callable[[OperatingPoint], _Trial],
    settings: Settings,
    *,
    run: Run = ONE_THREAD,
) -> _Trial:
    """Return the smallest trial that meets the floors; without a floor, the first within the budget.

    If the first point is lossless and fits the budget, it is the result.

    Parameters
    ----------
    path : sequence of OperatingPoint
        At least one point, from the best quality to the smallest size.
    trial_at : callable
        Function that renders and encodes at an operating point.
    settings : Settings
        With a floor or a budget.
    run : Run
        Callbacks.

    Raises
    ------
    TargetError
        When no point meets the target; the message names the nearest possible value.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from kalette.compression.operating_points import operating_points
    >>> def trial_at(point):
    ...     return SimpleNamespace(k=point.k, output_bytes=10 * point.k, psnr_db=20.0 + point.k, ssim=0.9)
    >>> reach(operating_points(64, 1, Settings(rate=0)), trial_at, Settings(min_psnr=30)).k
    10
    >>> reach(operating_points(64, 1, Settings(rate=0)), trial_at, Settings(max_bytes=255)).k
    25
    """
    search = _Search(path, trial_at, settings, run)
    first = search.trial(0)
    if not _meets_floors(first, settings):
        raise _floor_missed(first, settings)
    if first.psnr_db is None and fits_budget(first, settings):
        return first
    if not settings.has_floor:
        return search.first_within_budget(first)
    smallest = search.smallest_on_floor(first)
    if not fits_budget(smallest, settings):
        raise TargetError(
            f"the floor takes {smallest.output_bytes} bytes and the budget is {settings.max_bytes}; "
            "raise the budget or lower the floor"
        )
    return smallest


class _Search(Generic[_Trial]):
    """Bisection along a path, which reports each trial."""

    def __init__(
        self,
        path: Sequence[OperatingPoint],
        trial_at: Callable[[OperatingPoint], _Trial],
        settings: Settings,
        run: Run,
    ) -> None:
        self._path, self._trial_at, self._settings, self._run = path, trial_at, settings, run
        self._trials = 0

    def trial(self, place: int) -> _Trial:
        trial = self._trial_at(self._path[place])
        self._trials += 1
        self._run.step("target", self._trials)
        return trial

    def smallest_on_floor(self, first: _Trial) -> _Trial:
        smallest, met, missed = first, 0, len(self._path)
        while missed - met > 1:
            middle = (met + missed) // 2
            trial = self.trial(middle)
            if not _meets_floors(trial, self._settings):
                missed = middle
                continue
            met = middle
            smallest = min(smallest, trial, key=lambda each: each.output_bytes)
        return smallest

    def first_within_budget(self, first: _Trial) -> _Trial:
        trial = found = first
        too_large, fits = (-1, 0) if fits_budget(first, self._settings) else (0, len(self._path))
        while fits - too_large > 1:
            middle = (too_large + fits) // 2
            trial = self.trial(middle)
            if fits_budget(trial, self._settings):
                found, fits = trial, middle
            else:
                too_large = middle
        if fits == len(self._path):  # then the last trial was the last point
            raise budget_missed(trial, self._settings)
        return found


def _meets_floors(trial: Trial, settings: Settings) -> bool:
    if settings.min_psnr is not None:
        psnr_db = trial.psnr_db
        if psnr_db is not None and psnr_db < settings.min_psnr:
            return False
    return settings.min_ssim is None or trial.ssim >= settings.min_ssim


def fits_budget(trial: Trial, settings: Settings) -> bool:
    """Return whether the file is within the budget of the settings."""
    return settings.max_bytes is None or trial.output_bytes <= settings.max_bytes


def budget_missed(smallest: Trial, settings: Settings) -> TargetError:
    """Return the error of a budget that not even the smallest trial fits."""
    colors = colors_text(smallest.colors_used)
    return TargetError(
        f"the budget is {settings.max_bytes} bytes and the smallest file, of {colors}, takes "
        f"{smallest.output_bytes}; raise the budget"
    )


def _floor_missed(best: Trial, settings: Settings) -> TargetError:
    """Return the error, with values rounded so that they are reachable as targets."""
    floors, reached = [], []
    if settings.min_psnr is not None and best.psnr_db is not None:
        floors.append(f"{settings.min_psnr:.10g} dB")
        reached.append(f"{math.floor(best.psnr_db * 100) / 100:.2f} dB")
    if settings.min_ssim is not None:
        floors.append(f"an SSIM of {settings.min_ssim:.10g}")
        reached.append(f"an SSIM of {math.floor(best.ssim * 10000) / 10000:.4f}")
    more = "" if best.k == MAX_K or settings.palette is not None else " or raise k"
    return TargetError(
        f"the floor is {' and '.join(floors)}, but the best of {colors_text(best.colors_used)} has "
        f"{' and '.join(reached)}; lower the floor{more}"
    )
