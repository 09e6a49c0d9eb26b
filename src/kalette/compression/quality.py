"""The search for a quality: the smallest file with a SSIMULACRA 2 score.

The first trial is made where photographs typically have the score. How far the picture scores above or below
tells the number of colours with which it is likely to reach the quality in the fewest bytes. The next trials
follow a path on which the rate rises at that number. There the score falls almost linearly with the Lagrange
multiplier, so the secant method needs few of them. At last, unless the search went below that number, half an
octave fewer colours at a lower rate are tried, and taken if the file is smaller.
"""

import math
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from kalette.compression.operating_points import (
    OperatingPoint,
    expected_drop,
    fewer_colors,
    is_flat,
    is_rate_free,
    likely_k,
    local_drop,
    through,
)
from kalette.compression.targets import Trial, budget_missed, fits_budget
from kalette.types import MAX_K, ONE_THREAD, Run, Settings, TargetError, colors_text

_TYPICAL_SCORE = 85.5  # with which likely_k was fitted; Kodak in 256 colours at rate 0 has 87.5 in the median
_TOLERANCE = 0.3  # points above the quality: about 1 % of the bytes
_TRIALS = 7  # along the path of likely points; Kodak pictures take 3 in the median
_FURTHER_TRIALS = 2  # with fewer colours, after the first
_BYTES_PER_POINT = 0.03  # share of the file that a point of the score typically costs

_Trial = TypeVar("_Trial", bound=Trial)


class Trials(Generic[_Trial]):
    """Trials at operating points, each made once and scored without encoding it.

    Parameters
    ----------
    trial_at : callable
        Function that renders at an operating point.
    score_of : callable
        Function that returns the SSIMULACRA 2 score of a trial.
    run : Run
        Callbacks.
    """

    def __init__(
        self,
        trial_at: Callable[[OperatingPoint], _Trial],
        score_of: Callable[[_Trial], float],
        run: Run = ONE_THREAD,
    ) -> None:
        """Start without trials."""
        self.scores: dict[OperatingPoint, float] = {}
        self._trial_at, self._score_of, self._run = trial_at, score_of, run
        self._made: dict[OperatingPoint, _Trial] = {}

    def at(self, point: OperatingPoint) -> _Trial:
        """Return the trial at a point."""
        if point not in self._made:
            trial = self._made[point] = self._trial_at(point)
            self.scores[point] = self._score_of(trial)
            self._run.step("target", len(self._made))
        return self._made[point]

    def score(self, point: OperatingPoint) -> float:
        """Return the score at a point."""
        self.at(point)
        return self.scores[point]


class _Path(NamedTuple):
    """Points, how far the score is expected to fall up to each, and up to where it has the aim.

    Where one trial told the likely number of colours, it is the last.
    """

    points: Sequence[OperatingPoint]
    drops: Sequence[float]
    drop_at_aim: float
    likely_k: int = 1

    def scores_in(self, trials: Trials[_Trial]) -> dict[int, float]:
        """Return the score at each place of the path that was tried."""
        return {i: trials.scores[point] for i, point in enumerate(self.points) if point in trials.scores}


def reach_quality(path: Sequence[OperatingPoint], trials: Trials[_Trial], settings: Settings) -> _Trial:
    """Return the smallest trial with the quality of the settings.

    Between two qualities, the upper one is the aim, and the lower one is enough.

    Parameters
    ----------
    path : sequence of OperatingPoint
        At least one point, from the best quality to the smallest size.
    trials : Trials
        Makes the trials.
    settings : Settings
        With a quality.

    Raises
    ------
    TargetError
        When no point has the quality within the budget; the message names the best that can be had.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from kalette.compression.operating_points import operating_points
    >>> settings = Settings(quality=75)
    >>> def file_at(point):
    ...     score = 90 - 20 * point.rate**3 - 256 / point.k
    ...     return SimpleNamespace(score=score, output_bytes=10_000 + point.k)
    >>> trials = Trials(file_at, lambda file: file.score)
    >>> round(reach_quality(operating_points(256, 1, settings), trials, settings).score, 1)
    75.1
    """
    least, aim = settings.least_and_aim
    likely = _likely_path(aim, path, trials, settings)
    place = _furthest_at(aim, likely, trials, _TRIALS)
    if place is None:
        best = trials.score(path[0])
        if best < least:
            raise _quality_missed(trials.at(path[0]), best, settings)
        aim = max(least, best - _TOLERANCE)
        place = _furthest_at(aim, likely, trials, _TRIALS) or 0
    found = likely.points[place]
    if found.k >= likely.likely_k:  # below it, still fewer took fewer bytes in 1 of 22 searches (Kodak)
        found = _with_fewer_colors(aim, found, path[-1].k, trials, settings)
    if fits_budget(trials.at(found), settings):
        return trials.at(found)
    within = _best_within_budget(likely.points[place:], trials, settings)
    if trials.score(within) >= least:
        return trials.at(within)
    raise TargetError(
        f"the quality of {least:g} takes {trials.at(found).output_bytes} bytes and the budget is "
        f"{settings.max_bytes}, within which the best scores {_floored(trials.score(within))}; "
        "raise the budget or lower the quality"
    )


def _likely_path(
    aim: float, path: Sequence[OperatingPoint], trials: Trials[_Trial], settings: Settings
) -> _Path:
    """Return the path through the number of colours that one trial makes likely, if the rate is free."""
    drops = [expected_drop(point, MAX_K) for point in path]
    typical = _Path(path, drops, _TYPICAL_SCORE - aim - _TOLERANCE / 2)
    if not is_rate_free(settings):
        return typical
    first = path[_nearest(typical.drop_at_aim, drops)]._replace(dithering=1.0)
    above = trials.score(first) - (_TYPICAL_SCORE - expected_drop(first, MAX_K))
    k = min(likely_k(above, aim), path[0].k)
    points = through(k, path, settings)
    return _Path(points, [local_drop(point) for point in points], _drop_at(aim, first, trials), k)


def _drop_at(aim: float, near: OperatingPoint, trials: Trials[_Trial]) -> float:
    """Return the local drop at which the score is expected a little above an aim, from that of a point."""
    return local_drop(near) + trials.score(near) - aim - _TOLERANCE / 2


def _with_fewer_colors(
    aim: float, found: OperatingPoint, least_k: int, trials: Trials[_Trial], settings: Settings
) -> OperatingPoint:
    """Return a point, or one with fewer colours and a lower rate that has the aim in fewer bytes."""
    points = fewer_colors(found, least_k, settings)
    if not points or local_drop(points[0]) > local_drop(found):
        return found  # no rate is expected to keep the score
    fewer = _Path(points, [local_drop(point) for point in points], _drop_at(aim, found, trials))
    return _smaller_at(aim, fewer, found, trials) or found


def _smaller_at(
    aim: float, path: _Path, found: OperatingPoint, trials: Trials[_Trial]
) -> OperatingPoint | None:
    """Return a point that scores the aim in fewer bytes than a trial; None if there is hardly one."""
    most_bytes = trials.at(found).output_bytes
    _furthest_at(aim, path, trials, 1)
    (place, score), *_ = path.scores_in(trials).items()
    size_share = 1 - _BYTES_PER_POINT * (score - aim - _TOLERANCE / 2)
    if trials.at(path.points[place]).output_bytes * size_share > most_bytes:
        return None
    furthest = _furthest_at(aim, path, trials, _FURTHER_TRIALS)
    point = None if furthest is None else path.points[furthest]
    return point if point is not None and trials.at(point).output_bytes < most_bytes else None


def _furthest_at(aim: float, path: _Path, trials: Trials[_Trial], most_trials: int) -> int | None:
    """Return the furthest place that was found to score at least the aim; None if there is none."""
    for _ in range(most_trials):
        scores = path.scores_in(trials)
        furthest = _furthest_made(aim, scores)
        if (
            furthest is not None
            and scores[furthest] <= aim + _TOLERANCE
            and not _is_flat_first(furthest, path)
        ):
            break
        place = _next_place(aim, scores, path)
        if place is None:
            break
        trials.at(path.points[place])
    return _furthest_made(aim, path.scores_in(trials))


def _is_flat_first(place: int, path: _Path) -> bool:
    """Return whether the next place is smaller but expected to score as much."""
    return (
        place == 0
        and len(path.points) > 1
        and is_flat(path.points[0].rate)
        and not is_flat(path.points[1].rate)
    )


def _furthest_made(aim: float, scores: dict[int, float]) -> int | None:
    return max((place for place, score in scores.items() if score >= aim), default=None)


def _next_place(aim: float, scores: dict[int, float], path: _Path) -> int | None:
    """Return the place where the score, a little above the aim, is expected; None if none is left."""
    met = max((place for place, score in scores.items() if score >= aim), default=-1)
    below = (place for place, score in scores.items() if score < aim and place > met)
    missed = min(below, default=len(path.points))
    if missed - met <= 1:
        return None
    if met >= 0 and missed < len(path.points):
        known = [met, missed]
    else:
        known = sorted(sorted(scores, key=lambda place: abs(scores[place] - aim))[:2])
    drop = path.drop_at_aim if not known else _secant(aim + _TOLERANCE / 2, known, scores, path)
    return min(max(_nearest(drop, path.drops), met + 1), missed - 1)


def _secant(score: float, known: list[int], scores: dict[int, float], path: _Path) -> float:
    """Return the drop at which a score is expected, from two places or one."""
    first, last = known[0], known[-1]
    fall = scores[first] - scores[last]
    slope = (path.drops[last] - path.drops[first]) / fall if fall > 0 else 1.0
    return path.drops[first] + (scores[first] - score) * slope


def _nearest(drop: float, drops: Sequence[float]) -> int:
    return min(range(len(drops)), key=lambda place: abs(drops[place] - drop))


def _best_within_budget(
    points: Sequence[OperatingPoint], trials: Trials[_Trial], settings: Settings
) -> OperatingPoint:
    """Return the first point whose file fits the budget, by bisection; that of the first does not."""
    too_large, fits = 0, len(points) - 1
    if not fits_budget(trials.at(points[fits]), settings):
        raise budget_missed(trials.at(points[fits]), settings)
    while fits - too_large > 1:
        middle = (too_large + fits) // 2
        if fits_budget(trials.at(points[middle]), settings):
            fits = middle
        else:
            too_large = middle
    return points[fits]


def _quality_missed(best: Trial, score: float, settings: Settings) -> TargetError:
    more = "" if best.k == MAX_K or settings.palette is not None else " or raise k"
    return TargetError(
        f"the quality is {settings.least_and_aim[0]:g}, but the best of {colors_text(best.colors_used)} "
        f"scores {_floored(score)}; lower the quality{more}"
    )


def _floored(score: float) -> str:
    """Return the score, rounded down so that it can be reached."""
    return f"{math.floor(score * 10) / 10:.1f}"
