"""Rate curves of score over bytes: their upper hull, and the mean ratio of bytes at equal score.

Higher scores are better. A curve is a list of (bytes, score).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
"""Size in bytes, and score."""

Knot = tuple[float, float]
"""Score, and natural logarithm of the bytes: a corner of a hull."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Bytes of one curve divided by those of another: the geometric mean over scores from low to high."""

    ratio: float
    low: float
    high: float


def hull(points: Iterable[Point]) -> list[Knot]:
    """Return the upper hull over the logarithm of the bytes, from the lowest score to the highest.

    It begins at the fewest bytes and ends at the highest score, and its slope decreases.
    """
    kept: list[Knot] = []
    for size_bytes, score in sorted(points, key=lambda point: (point[0], -point[1])):
        knot = (score, math.log(size_bytes))
        if kept and score <= kept[-1][0]:
            continue
        while len(kept) > 1 and _slope(kept[-2], kept[-1]) <= _slope(kept[-2], knot):
            kept.pop()
        kept.append(knot)
    return kept


def _slope(left: Knot, right: Knot) -> float:
    """Return the score gained per unit of log bytes; infinite where it costs no bytes."""
    gained, cost = right[0] - left[0], right[1] - left[1]
    return gained / cost if cost > 0 else math.inf


def log_bytes_at(knots: Sequence[Knot], score: float) -> float:
    """Return the logarithm of the bytes of a hull at a score that it covers."""
    for left, right in pairwise(knots):
        if left[0] <= score <= right[0]:
            share = (score - left[0]) / (right[0] - left[0])
            return left[1] + share * (right[1] - left[1])
    if len(knots) == 1 and knots[0][0] == score:
        return knots[0][1]
    raise ValueError(f"the hull does not cover the score {score}")


def mean_difference(
    points: Iterable[Point], reference: Iterable[Point], within: tuple[float, float] = (-math.inf, math.inf)
) -> Difference | None:
    """Return the mean ratio of bytes to those of the reference, over scores that both hulls cover.

    The logarithm of the ratio is averaged, exactly for hulls that are linear between knots. The result is
    None if the hulls share no range of scores inside `within`.
    """
    own, other = hull(points), hull(reference)
    if not own or not other:
        return None
    low = max(own[0][0], other[0][0], within[0])
    high = min(own[-1][0], other[-1][0], within[1])
    if low >= high:
        return None
    scores = sorted({low, high, *(score for score, _ in (*own, *other) if low < score < high)})
    logs = [log_bytes_at(own, score) - log_bytes_at(other, score) for score in scores]
    area = sum(
        (right - left) * (at_left + at_right) / 2
        for (left, right), (at_left, at_right) in zip(pairwise(scores), pairwise(logs), strict=True)
    )
    return Difference(math.exp(area / (high - low)), low, high)
