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
from kalette.types import Settings

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


class OperatingPoint(NamedTuple):
    """Number of colours, rate (see `Settings`), and factor of the dithering strengths, 0 to 1."""

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
    free = _is_rate_free(settings)
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


def up_to_next_k(path: Sequence[OperatingPoint], place: int, settings: Settings) -> list[OperatingPoint]:
    """Return a point of a path, those with its k at higher rates, and the k up to the next at the last rate.

    If the rate is not free, there is only the point.

    Examples
    --------
    >>> path = [OperatingPoint(256, 0.5), OperatingPoint(216, 0.9), OperatingPoint(181, 0.9)]
    >>> points = up_to_next_k(path, 1, Settings(dither="none"))
    >>> points[26], points[-1], len(points)
    (OperatingPoint(k=216, rate=1.0, dithering=1.0), OperatingPoint(k=182, rate=1.0, dithering=1.0), 61)
    """
    point = path[place]
    if not _is_rate_free(settings):
        return [point]
    higher = [point._replace(rate=rate) for rate in _RATES if rate > point.rate and not is_flat(rate)]
    next_k = next((other.k for other in path[place:] if other.k < point.k), point.k)
    fewer = [
        OperatingPoint(k, _RATES[-1], _dithering(k / path[0].k, settings))
        for k in range(point.k - 1, next_k, -1)
    ]
    return [point, *higher, *fewer]


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
    if not _is_rate_free(settings) or not least_k <= k < point.k:
        return []
    return [OperatingPoint(k, rate) for rate in _RATES if not is_flat(rate)]


def is_flat(rate: float) -> bool:
    """Whether the score at a higher rate is about the same, but the file smaller.

    Examples
    --------
    >>> is_flat(0.2), is_flat(0.4)
    (True, False)
    """
    return rate < _FLAT_RATE


def _is_rate_free(settings: Settings) -> bool:
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
