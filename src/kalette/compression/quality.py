"""The search for a quality: the smallest file with a SSIMULACRA 2 score.

The search follows the path of operating points of `targets`. Along it the score falls almost linearly, first
with the Lagrange multiplier, then with the logarithm of k. So a few trials find the point: the first where
photographs typically have the score, the next ones by the secant method.
"""

import math
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from kalette.compression.targets import OperatingPoint, Trial, budget_missed, fits_budget
from kalette.types import MAX_K, ONE_THREAD, Run, Settings, TargetError

_TYPICAL_SCORE = 85.5  # of Kodak in 256 colours at rate 0
_POINTS_PER_OCTAVE = 7.2  # that the score falls when k halves
_POINTS_PER_RATE = 16.0  # that it falls from rate 0 to 1; the multiplier is cubic in the rate
_TOLERANCE = 0.3  # points above the quality: about 1 % of the bytes
_MAX_TRIALS = 8

_Trial = TypeVar("_Trial", bound=Trial)


def reach_quality(
    path: Sequence[OperatingPoint],
    trial_at: Callable[[OperatingPoint], _Trial],
    settings: Settings,
    *,
    run: Run = ONE_THREAD,
) -> _Trial:
    """Return the smallest trial with the quality of the settings.

    Between two qualities, the upper one is the aim, and the lower one is enough.

    Parameters
    ----------
    path : sequence of OperatingPoint
        At least one point, from the best quality to the smallest size.
    trial_at : callable
        Function that renders and encodes at an operating point.
    settings : Settings
        With a quality.
    run : Run
        Callbacks.

    Raises
    ------
    TargetError
        When no point has the quality within the budget; the message names the best that can be had.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from kalette.compression.targets import operating_points
    >>> def trial_at(point):
    ...     score = 90 - 20 * point.rate - 256 / point.k
    ...     return SimpleNamespace(k=point.k, ssimulacra2=score, output_bytes=round(1000 * score))
    >>> settings = Settings(quality=75)
    >>> round(reach_quality(operating_points(256, 1, settings), trial_at, settings).ssimulacra2)
    75
    """
    search = _SecantSearch(path, trial_at, run)
    least, aim = settings.least_and_aim
    found = search.smallest_at(aim)
    if found is None:
        best = search.trial(0)
        if best.ssimulacra2 < least:
            raise _quality_missed(best, least, settings)
        found = search.smallest_at(max(least, best.ssimulacra2 - _TOLERANCE)) or best
    if fits_budget(found, settings):
        return found
    within = search.best_within_budget(settings)
    if within.ssimulacra2 >= least:
        return within
    raise TargetError(
        f"the quality of {least:g} takes {found.output_bytes} bytes and the budget is {settings.max_bytes}, "
        f"within which the best scores {_floored(within)}; raise the budget or lower the quality"
    )


class _SecantSearch(Generic[_Trial]):
    """Trials along a path, each made once."""

    def __init__(
        self, path: Sequence[OperatingPoint], trial_at: Callable[[OperatingPoint], _Trial], run: Run
    ) -> None:
        self._path, self._trial_at, self._run = path, trial_at, run
        self._drops = [_expected_drop(point, path[0].k) for point in path]
        self._trials: dict[int, _Trial] = {}

    def trial(self, place: int) -> _Trial:
        if place not in self._trials:
            self._trials[place] = self._trial_at(self._path[place])
            self._run.step("target", len(self._trials))
        return self._trials[place]

    def smallest_at(self, aim: float) -> _Trial | None:
        """Return the smallest trial that scores at least the aim; None if the first point does not."""
        place = self._next_place(aim)
        while place is not None and len(self._trials) < _MAX_TRIALS:
            score = self.trial(place).ssimulacra2
            if aim <= score <= aim + _TOLERANCE:
                break
            place = self._next_place(aim)
        met = [trial for trial in self._trials.values() if trial.ssimulacra2 >= aim]
        return min(met, key=lambda trial: trial.output_bytes, default=None)

    def best_within_budget(self, settings: Settings) -> _Trial:
        """Return the trial with the highest score within the budget, by bisection."""
        too_large, fits = -1, len(self._path) - 1
        if not fits_budget(self.trial(fits), settings):
            raise budget_missed(self.trial(fits), settings)
        while fits - too_large > 1:
            middle = (too_large + fits) // 2
            if fits_budget(self.trial(middle), settings):
                fits = middle
            else:
                too_large = middle
        return self.trial(fits)

    def _next_place(self, aim: float) -> int | None:
        """Return the place where the score should be a little above the aim; None if none is left."""
        met = max((place for place, trial in self._trials.items() if trial.ssimulacra2 >= aim), default=-1)
        missed = min(
            (place for place, trial in self._trials.items() if trial.ssimulacra2 < aim and place > met),
            default=len(self._path),
        )
        if missed - met <= 1:
            return None
        around = [place for place in (met, missed) if place in self._trials]
        drop = self._drop_at(aim + _TOLERANCE / 2, around)
        nearest = min(range(len(self._path)), key=lambda place: abs(self._drops[place] - drop))
        return min(max(nearest, met + 1), missed - 1)

    def _drop_at(self, score: float, around: list[int]) -> float:
        """Return the expected drop at which a score is reached, from two trials, one or none."""
        if not around:
            return _TYPICAL_SCORE - score
        (first, *_), last = around, around[-1]
        fall = self._trials[first].ssimulacra2 - self._trials[last].ssimulacra2
        slope = (self._drops[last] - self._drops[first]) / fall if fall > 0 else 1.0
        return self._drops[first] + (self._trials[first].ssimulacra2 - score) * slope


def _expected_drop(point: OperatingPoint, most_k: int) -> float:
    """Return the points that the score typically lies below that of the best quality."""
    return _POINTS_PER_RATE * point.rate**3 + _POINTS_PER_OCTAVE * math.log2(most_k / point.k)


def _quality_missed(best: Trial, least: float, settings: Settings) -> TargetError:
    more = "" if best.k == MAX_K or settings.palette is not None else " or raise k"
    return TargetError(
        f"the quality is {least:g}, but the best of {best.k} colours scores {_floored(best)}; "
        f"lower the quality{more}"
    )


def _floored(trial: Trial) -> str:
    """Return the score, rounded down so that it can be reached."""
    return f"{math.floor(trial.ssimulacra2 * 10) / 10:.1f}"
