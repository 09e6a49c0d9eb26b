"""The path of operating points along which size and quality fall.

One path serves every search; better combinations may exist. First the rate rises with the maximum number of
colours, which saves more bytes for the same error than fewer colours. Then, by quarters of an octave, the
number of colours falls while the rate goes on rising: at equal SSIMULACRA 2 from 60 to 85, interpolated in
sweeps of nine Kodak pictures, this takes 0.3 % fewer bytes than the maximum number, and 3 to 5 % fewer
where a picture is full of texture. Within a quarter, one palette serves all rates, so size and quality fall
evenly. With a floor of PSNR or SSIM, which count errors, the rate rises to its end first, and then the
number falls.

The dithering strength falls with the fourth root of the number. At equal SSIMULACRA 2 from 30 to 70, this
takes 1 to 12 % fewer bytes than a strength that falls with the number itself, and up to 10 % fewer than full
strength.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from kalette.mapping import rate_of
from kalette.types import MAX_K, Settings

POINTS_PER_DOUBLED_BYTES = 17.0
"""Points that the SSIMULACRA 2 score of photographs rises when their bytes double."""

_RATES = tuple(step / 256 for step in range(257))  # a step changes the size by 1 % or less
_FLAT_RATE = 0.3  # up to which scores fall by less than 0.1, and files of photographs by 3 %
_QUARTERS = (1.0, 0.8409, 0.7071, 0.5946)  # of an octave, down
_POINTS_PER_RATE = 16.0  # that the SSIMULACRA 2 score falls from rate 0 to 1; the multiplier is cubic in it
_POINTS_PER_OCTAVE = 10.0  # that it falls when k halves, the first times
# Points that the score falls near an operating point: times the cube of the rate; over the root of k (5 an
# octave at 256, 10 at 64; both medians of sixteen Kodak pictures); without dithering (better than 15).
_LOCAL_RATE, _LOCAL_K, _LOCAL_DITHERING = 18.0, 207.0, 10.0
# The cube of the rate on the path: at the largest k, its rise while k halves, and its most.
_FIRST_CUBE, _RISE, _LAST_CUBE = 0.42, 0.58, 0.92
# Octaves by which the smallest file has fewer colours than 256: for a typical picture at a score of 70; for
# each point that a picture scores above the typical one; and how many of these each point below 70 is worth.
_LIKELY_AT_70, _LIKELY_ABOVE, _LIKELY_BELOW_70 = 0.4, 0.1, 0.6


class OperatingPoint(NamedTuple):
    """Number of colours, rate (see `Settings`), and factor of the dithering strengths."""

    k: int
    rate: float
    dithering: float = 1.0


def operating_points(most_k: int, least_k: int, settings: Settings) -> list[OperatingPoint]:
    """Return the path from the best quality to the smallest size; empty if no k is within the bounds.

    Explicit rate and dithering stay fixed; the rate is 0 for plain Lloyd and threshold masks.

    Parameters
    ----------
    most_k, least_k : int
        Bounds of k.
    settings : Settings
        Rate, dithering, effort, floors and the K-Means options are used.

    Examples
    --------
    >>> [(point.k, point.rate) for point in operating_points(3, 1, Settings(rate=0.5))]
    [(3, 0.5), (2, 0.5), (1, 0.5)]
    >>> path = operating_points(16, 1, Settings())
    >>> path[0], path[-1]
    (OperatingPoint(k=16, rate=0.0, dithering=1.0), OperatingPoint(k=1, rate=1.0, dithering=0.5))
    """
    if most_k < least_k:
        return []
    free = is_rate_free(settings)
    first = _rising(most_k, least_k, settings) if free else [(most_k, rate_of(settings))]
    last_k, rate = first[-1]
    return [
        OperatingPoint(k, rate, _dithering(k / most_k, settings))
        for k, rate in [*first, *((k, rate) for k in range(last_k - 1, least_k - 1, -1))]
    ]


def _dithering(share: float, settings: Settings) -> float:
    """Return the dithering for a share of the largest number of colours."""
    fades = settings.dither == "auto" and settings.dither_strength is None
    return math.sqrt(math.sqrt(share)) if fades else 1.0


def through(k: int, path: Sequence[OperatingPoint], settings: Settings) -> list[OperatingPoint]:
    """Return a path with the same bounds along which the rate rises at one number of colours.

    Before it come more colours at lower rates, and after it fewer at the highest rate, so that the expected
    score falls all the way. If the rate is not free, it is the given path.

    Parameters
    ----------
    k : int
        The number of colours.
    path : sequence of OperatingPoint
        From the best quality to the smallest size; its numbers of colours are the bounds.
    settings : Settings
        Rate, dithering and the K-Means options are used.

    Examples
    --------
    >>> path = [OperatingPoint(256, 0.0), OperatingPoint(128, 1.0)]
    >>> points = through(181, path, Settings(dither="none"))
    >>> sorted({point.k for point in points if point.rate < 1.0}), [point.k for point in points[-3:]]
    ([181, 215, 256], [130, 129, 128])
    """
    if not is_rate_free(settings):
        return list(path)
    most_k, least_k = path[0].k, path[-1].k
    k = min(max(k, least_k), most_k)
    more = [*(each for each in _by_quarter_octaves(most_k, least_k) if each > k), k]
    before = [
        point
        for points, fewer in pairwise(_at_rates(each) for each in more)
        for point in points
        if local_drop(point) < local_drop(fewer[0])
    ]
    after = [
        OperatingPoint(each, _RATES[-1], _dithering(each / k, settings))
        for each in range(k - 1, least_k - 1, -1)
    ]
    return [path[0], *before, *_at_rates(k), *after]


def fewer_colors(point: OperatingPoint, least_k: int, settings: Settings) -> list[OperatingPoint]:
    """Return points with half an octave fewer colours and full dithering, from a low rate to the highest.

    At equal score, full dithering takes fewer bytes here than the weaker one of the path. If the rate is not
    free or the number is below the least, there are no points.

    Examples
    --------
    >>> points = fewer_colors(OperatingPoint(128, 0.98, 0.84), 1, Settings())
    >>> points[0], points[-1]
    (OperatingPoint(k=91, rate=0.30078125, dithering=1.0), OperatingPoint(k=91, rate=1.0, dithering=1.0))
    >>> fewer_colors(OperatingPoint(2, 0.9), 2, Settings())
    []
    """
    k = round(point.k * _QUARTERS[2])
    return _at_rates(k) if is_rate_free(settings) and least_k <= k < point.k else []


def likely_k(score_above: float, quality: float) -> int:
    """Return the number of colours with which a picture is likely to reach a quality in the fewest bytes.

    Fitted on sweeps of sixteen Kodak pictures.

    Parameters
    ----------
    score_above : float
        How far the picture scores above what is typical at some operating point.
    quality : float
        The SSIMULACRA 2 score to reach.

    Examples
    --------
    >>> likely_k(0.0, 80.0), likely_k(0.0, 60.0), likely_k(10.0, 60.0)
    (256, 128, 64)
    """
    octaves_fewer = _LIKELY_AT_70 + _LIKELY_ABOVE * (score_above + _LIKELY_BELOW_70 * (70 - quality))
    whole, part = divmod(min(max(octaves(MAX_K) - octaves_fewer, 0.0), octaves(MAX_K)), 1)
    return round((1 << int(whole)) * (1 + part))


def _at_rates(k: int) -> list[OperatingPoint]:
    """Return points with full dithering at rates that change the score."""
    return [OperatingPoint(k, rate) for rate in _RATES if not is_flat(rate)]


def is_flat(rate: float) -> bool:
    """Whether the score at a higher rate is about the same, but the file smaller.

    Examples
    --------
    >>> is_flat(0.2), is_flat(0.4)
    (True, False)
    """
    return rate < _FLAT_RATE


def is_rate_free(settings: Settings) -> bool:
    """Return whether a search may choose the rate."""
    return settings.rate is None and not settings.plain_lloyd and not settings.threshold_dithered


def _rising(most_k: int, least_k: int, settings: Settings) -> list[tuple[int, float]]:
    """Return number of colours and rate, from rate 0 to 1."""
    if settings.has_floor:
        return [(most_k, rate) for rate in _RATES]
    rates = [rate for rate in _RATES if rate == 0 or settings.quality is None or not is_flat(rate)]
    ks = _by_quarter_octaves(most_k, least_k)
    falls = [octaves(most_k) - octaves(k) for k in ks]
    bounds = [0.0, *(_drop_on_path((more + less) / 2) for more, less in pairwise(falls)), math.inf]
    return [
        (k, rate)
        for k, (begin, end) in zip(ks, pairwise(bounds), strict=True)
        for rate in rates
        if begin <= expected_drop(OperatingPoint(k, rate), most_k) < end
    ]


def _by_quarter_octaves(most_k: int, least_k: int) -> list[int]:
    """Return numbers of colours from the most to the least."""
    sizes = (round(most_k * quarter / 2**octave) for octave in range(9) for quarter in _QUARTERS)
    between = {k for k in sizes if least_k < k < most_k}
    return sorted({most_k, least_k, *between}, reverse=True)


def _drop_on_path(fall: float) -> float:
    """Return the expected drop on the path where the number of colours has fallen by some octaves."""
    cube = min(_LAST_CUBE, _FIRST_CUBE + _RISE * fall)
    return _POINTS_PER_RATE * cube + _POINTS_PER_OCTAVE * fall


def expected_drop(point: OperatingPoint, most_k: int) -> float:
    """Return the points that the SSIMULACRA 2 score typically lies below that of the best quality.

    Examples
    --------
    >>> expected_drop(OperatingPoint(128, 0.5), 256)
    12.0
    """
    cube = point.rate * point.rate * point.rate
    return _POINTS_PER_RATE * cube + _POINTS_PER_OCTAVE * (octaves(most_k) - octaves(point.k))


def local_drop(point: OperatingPoint) -> float:
    """Return a measure whose difference between two points near each other is that of their scores.

    Examples
    --------
    >>> local_drop(OperatingPoint(81, 0.5)) - local_drop(OperatingPoint(81, 0.0))
    2.25
    """
    cube = point.rate * point.rate * point.rate
    undithered = _LOCAL_DITHERING * (1 - point.dithering)
    return _LOCAL_RATE * cube + _LOCAL_K / math.sqrt(point.k) + undithered


def octaves(number: int) -> float:
    """Return the logarithm to base 2, between powers of two on a line: log2 differs between machines.

    Examples
    --------
    >>> octaves(8), octaves(12)
    (3.0, 3.5)
    """
    whole = number.bit_length() - 1
    return whole + number / (1 << whole) - 1
