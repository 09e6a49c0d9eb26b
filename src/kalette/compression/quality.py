"""The search for a quality: the smallest file with a SSIMULACRA 2 score.

The search follows the path of operating points. Along it the score falls almost linearly with the Lagrange
multiplier and with the logarithm of k. So a few trials come close: the first where photographs typically have
the score, the next ones by the secant method. From the point that is found, a few more raise the rate, whose
palette is there already, and at its end lower the number of colours towards the next of the path.

If the picture scores above what is typical of the point, fewer colours at a lower rate often take fewer bytes
than the path. Then the search leaves the path, by half octaves of k, as long as the file gets smaller.
"""

import math
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from kalette.compression.operating_points import (
    OperatingPoint,
    expected_drop,
    fewer_colors,
    is_flat,
    local_drop,
    up_to_next_k,
)
from kalette.compression.targets import Trial, budget_missed, fits_budget
from kalette.types import MAX_K, ONE_THREAD, Run, Settings, TargetError, colors_text

_TYPICAL_SCORE = 85.5  # of Kodak in 256 colours at rate 0
_TOLERANCE = 0.3  # points above the quality: about 1 % of the bytes
_COARSE_TOLERANCE = 1.5  # while k may change: scores jump between neighbouring k
_COARSE_TRIALS, _FINE_TRIALS = 5, 4
_FEWER_COLORS, _FURTHER_TRIALS = 2, 2  # steps of half an octave; trials of each, after its first
_BYTES_PER_POINT = 0.03  # share of the file that a point of the score typically costs

_Trial = TypeVar("_Trial", bound=Trial)


class Trials(Generic[_Trial]):
    """Trials along a path, each made once and scored without encoding it.

    Parameters
    ----------
    path : sequence of OperatingPoint
        At least one point, from the best quality to the smallest size.
    trial_at : callable
        Function that renders at an operating point.
    score_of : callable
        Function that returns the SSIMULACRA 2 score of a trial.
    run : Run
        Callbacks.
    """

    def __init__(
        self,
        path: Sequence[OperatingPoint],
        trial_at: Callable[[OperatingPoint], _Trial],
        score_of: Callable[[_Trial], float],
        run: Run = ONE_THREAD,
    ) -> None:
        """Start without trials."""
        self.drops = [expected_drop(point, path[0].k) for point in path]
        self.scores: dict[int, float] = {}
        self._path, self._trial_at, self._score_of, self._run = path, trial_at, score_of, run
        self._made: dict[int, _Trial] = {}

    def __len__(self) -> int:
        """Return the number of places on the path."""
        return len(self._path)

    @property
    def is_flat_at_first(self) -> bool:
        """Whether the second place scores about as much as the first."""
        return len(self) > 1 and is_flat(self._path[0].rate)

    def at(self, place: int) -> _Trial:
        """Return the trial at a place of the path."""
        if place not in self._made:
            trial = self._made[place] = self._trial_at(self._path[place])
            self.scores[place] = self._score_of(trial)
            self._run.step("target", len(self._made))
        return self._made[place]

    def up_to_next_k(self, place: int, settings: Settings) -> "Trials[_Trial]":
        """Return trials from a place on to the next number of colours, in finer steps than the path's."""
        points = up_to_next_k(self._path, place, settings)
        others = Trials(points, self._trial_at, self._score_of, self._run)
        others._made[0], others.scores[0] = self.at(place), self.score(place)
        return others

    def with_fewer_colors(
        self, point: OperatingPoint, score: float, settings: Settings
    ) -> "Trials[_Trial] | None":
        """Return trials with half an octave fewer colours than a point; None where they cannot win.

        They cannot if no rate is expected to keep the score. In sixteen Kodak pictures they also seldom won
        where the score is below what is typical of the point.
        """
        points = fewer_colors(point, self._path[-1].k, settings)
        if not points or local_drop(points[0]) > local_drop(point):
            return None
        if score + expected_drop(point, MAX_K) < _TYPICAL_SCORE:
            return None
        others = Trials(points, self._trial_at, self._score_of, self._run)
        best = score + local_drop(point)
        others.drops = [_TYPICAL_SCORE - best + local_drop(other) for other in points]
        return others

    def point(self, place: int) -> OperatingPoint:
        """Return the operating point at a place of the path."""
        return self._path[place]

    def score(self, place: int) -> float:
        """Return the score at a place of the path."""
        self.at(place)
        return self.scores[place]


def reach_quality(trials: Trials[_Trial], settings: Settings) -> _Trial:
    """Return the smallest trial with the quality of the settings.

    Between two qualities, the upper one is the aim, and the lower one is enough.

    Parameters
    ----------
    trials : Trials
        The path to search.
    settings : Settings
        With a quality.

    Raises
    ------
    TargetError
        When no point has the quality within the budget; the message names the best that can be had.

    Examples
    --------
    >>> from kalette.compression.operating_points import operating_points
    >>> settings = Settings(quality=75)
    >>> path = operating_points(256, 1, settings)
    >>> trials = Trials(path, lambda point: point, lambda point: 90 - 20 * point.rate - 256 / point.k)
    >>> round(reach_quality(trials, settings).rate, 2), len(trials.scores)
    (0.69, 3)
    """
    least, aim = settings.least_and_aim
    place = _coarse_place(aim, trials, settings)
    if place is None:
        if trials.score(0) < least:
            raise _quality_missed(trials.at(0), trials.score(0), settings)
        aim = max(least, trials.score(0) - _TOLERANCE)
        place = _coarse_place(aim, trials, settings) or 0
    found = _off_the_path(aim, *_refined(aim, place, trials, settings), trials, settings)
    if settings.max_bytes is None or fits_budget(found, settings):
        return found
    within = _best_within_budget(place, trials, settings)
    if trials.score(within) >= least:
        return trials.at(within)
    raise TargetError(
        f"the quality of {least:g} takes {found.output_bytes} bytes and the budget is {settings.max_bytes}, "
        f"within which the best scores {_floored(trials.score(within))}; "
        "raise the budget or lower the quality"
    )


def _coarse_place(aim: float, trials: Trials[_Trial], settings: Settings) -> int | None:
    tolerance = _COARSE_TOLERANCE if settings.rate is None else _TOLERANCE
    return _furthest_at(aim, trials, tolerance, _COARSE_TRIALS)


def _refined(
    aim: float, place: int, trials: Trials[_Trial], settings: Settings
) -> tuple[Trials[_Trial], int]:
    """Return the furthest place before the next number of colours that is found to score the aim."""
    steps = trials.up_to_next_k(place, settings)
    if steps.scores[0] > aim + _TOLERANCE:
        return steps, _furthest_at(aim, steps, _TOLERANCE, _FINE_TRIALS) or 0
    return steps, 1 if steps.is_flat_at_first and steps.score(1) >= aim else 0


def _off_the_path(
    aim: float, steps: Trials[_Trial], place: int, trials: Trials[_Trial], settings: Settings
) -> _Trial:
    """Return a trial, or a smaller one with the aim at fewer colours and a lower rate."""
    for _ in range(_FEWER_COLORS):
        fewer = trials.with_fewer_colors(steps.point(place), steps.score(place), settings)
        smaller = None if fewer is None else _smaller_at(aim, fewer, steps.at(place))
        if fewer is None or smaller is None:
            break
        steps, place = fewer, smaller
    return steps.at(place)


def _smaller_at(aim: float, trials: Trials[_Trial], found: _Trial) -> int | None:
    """Return a place that scores the aim in fewer bytes than a trial; None if there is hardly one."""
    _furthest_at(aim, trials, _TOLERANCE, 1)
    first, score = next(iter(trials.scores.items()))
    size_share = 1 - _BYTES_PER_POINT * (score - aim - _TOLERANCE / 2)
    if trials.at(first).output_bytes * size_share > found.output_bytes:
        return None
    place = _furthest_at(aim, trials, _TOLERANCE, _FURTHER_TRIALS)
    return place if place is not None and trials.at(place).output_bytes < found.output_bytes else None


def _furthest_at(aim: float, trials: Trials[_Trial], tolerance: float, most_trials: int) -> int | None:
    """Return the furthest place that was found to score at least the aim; None if there is none."""
    most = len(trials.scores) + most_trials
    furthest = _furthest_made(aim, trials)
    while len(trials.scores) < most and (furthest is None or trials.scores[furthest] > aim + tolerance):
        place = _next_place(aim + tolerance / 2, aim, trials)
        if place is None:
            break
        trials.at(place)
        furthest = _furthest_made(aim, trials)
    return furthest


def _furthest_made(aim: float, trials: Trials[_Trial]) -> int | None:
    return max((place for place, score in trials.scores.items() if score >= aim), default=None)


def _next_place(score: float, aim: float, trials: Trials[_Trial]) -> int | None:
    """Return the place where the score, a little above the aim, is expected; None if none is left."""
    met = max((place for place, score in trials.scores.items() if score >= aim), default=-1)
    below = (place for place, score in trials.scores.items() if score < aim and place > met)
    missed = min(below, default=len(trials))
    if missed - met <= 1:
        return None
    if met >= 0 and missed < len(trials):
        known = [met, missed]
    else:
        known = sorted(sorted(trials.scores, key=lambda place: abs(trials.scores[place] - aim))[:2])
    drop = _drop_at(score, known, trials)
    nearest = min(range(len(trials)), key=lambda place: abs(trials.drops[place] - drop))
    return min(max(nearest, met + 1), missed - 1)


def _drop_at(score: float, known: list[int], trials: Trials[_Trial]) -> float:
    """Return the expected drop at which a score is reached, from two trials, one or none."""
    if not known:
        return _TYPICAL_SCORE - score
    first, last = known[0], known[-1]
    fall = trials.scores[first] - trials.scores[last]
    slope = (trials.drops[last] - trials.drops[first]) / fall if fall > 0 else 1.0
    return trials.drops[first] + (trials.scores[first] - score) * slope


def _best_within_budget(first: int, trials: Trials[_Trial], settings: Settings) -> int:
    """Return the first place whose file fits the budget, by bisection."""
    too_large, fits = first, len(trials) - 1
    if not fits_budget(trials.at(fits), settings):
        raise budget_missed(trials.at(fits), settings)
    while fits - too_large > 1:
        middle = (too_large + fits) // 2
        if fits_budget(trials.at(middle), settings):
            fits = middle
        else:
            too_large = middle
    return fits


def _quality_missed(best: Trial, score: float, settings: Settings) -> TargetError:
    more = "" if best.k == MAX_K or settings.palette is not None else " or raise k"
    return TargetError(
        f"the quality is {settings.least_and_aim[0]:g}, but the best of {colors_text(best.colors_used)} "
        f"scores {_floored(score)}; lower the quality{more}"
    )


def _floored(score: float) -> str:
    """Return the score, rounded down so that it can be reached."""
    return f"{math.floor(score * 10) / 10:.1f}"
