"""Search for a floor of quality or a budget of bytes: as far down a ladder of settings as need be.

First the rate goes up, at the most colours that are allowed: for the same error that takes fewer bytes than
fewer colours do. Where the rate can go no higher, the number of colours goes down, and the strength of
dithering with it, whose bytes would soon take up a small budget. Bytes and quality fall with each step, but
for trifles, so halving finds the place in some ten versions of five hundred.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from kalette.errors import GoalError
from kalette.mapping.weighed import rate_of
from kalette.settings import MAX_K, Settings

_RATE_STEPS = 256  # one changes the bytes by a hundredth or less


class Step(NamedTuple):
    """A number of colours, a rate (see `Settings`), and what is left of the strength of dithering, 0 to 1."""

    k: int
    rate: float
    dithering: float = 1.0


class Version(Protocol):
    """What is measured of a picture that was made at a step."""

    @property
    def k(self) -> int:
        """Number of colours."""
        ...

    @property
    def output_bytes(self) -> int:
        """Size of the file."""
        ...

    @property
    def psnr_db(self) -> float | None:
        """Peak signal-to-noise ratio; None when exact."""
        ...

    @property
    def ssim(self) -> float:
        """Structural similarity."""
        ...


_Version = TypeVar("_Version", bound=Version)


def ladder(most_k: int, least_k: int, wanted: Settings) -> list[Step]:
    """Return the steps from the best look to the fewest bytes; none where there is no k between the bounds.

    Rate and dithering stay as they were asked for; the rate is 0 where K-Means is to go as in the textbooks
    or dithering by a mask.

    Parameters
    ----------
    most_k, least_k : int
        Bounds of k.
    wanted : Settings
        Of which rate, dithering, effort, floors and what makes K-Means plain matter.

    Examples
    --------
    >>> [(step.k, step.rate) for step in ladder(3, 1, Settings(rate=0.5))]
    [(3, 0.5), (2, 0.5), (1, 0.5)]
    >>> steps = ladder(16, 2, Settings())
    >>> steps[0], steps[-1]
    (Step(k=16, rate=0.0, dithering=1.0), Step(k=2, rate=1.0, dithering=0.125))
    """
    if most_k < least_k:
        return []
    free = wanted.rate is None and not wanted.plain_lloyd and not wanted.masked
    rates = [step / _RATE_STEPS for step in range(_RATE_STEPS + 1)] if free else [rate_of(wanted)]
    fades = wanted.dither == "auto" and wanted.dither_strength is None
    return [
        *(Step(most_k, rate) for rate in rates),
        *(Step(k, rates[-1], k / most_k if fades else 1.0) for k in range(most_k - 1, least_k - 1, -1)),
    ]


def reach(steps: Sequence[Step], measure: Callable[[Step], _Version], wanted: Settings) -> _Version:
    """Return the smallest version that meets the floors, or without any floor the first within the budget.

    What is exact at the first step is taken as it is, if it is within the budget.

    Parameters
    ----------
    steps : sequence of Step
        From the best look to the fewest bytes, at least one.
    measure : callable
        Makes the version at a step.
    wanted : Settings
        With a floor or a budget.

    Raises
    ------
    GoalError
        When there is none, with the nearest that can be had.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> def measure(step):
    ...     return SimpleNamespace(k=step.k, output_bytes=10 * step.k, psnr_db=20.0 + step.k, ssim=0.9)
    >>> reach(ladder(64, 1, Settings(rate=0)), measure, Settings(min_psnr=30)).k
    10
    >>> reach(ladder(64, 1, Settings(rate=0)), measure, Settings(max_bytes=255)).k
    25
    """
    first = measure(steps[0])
    if not _meets_floors(first, wanted):
        raise _floor_missed(first, wanted)
    if first.psnr_db is None and _within_budget(first, wanted):
        return first
    if not wanted.has_floor:
        return _first_within_budget(first, steps, measure, wanted)
    smallest = _smallest_on_floor(first, steps, measure, wanted)
    if not _within_budget(smallest, wanted):
        raise GoalError(
            f"to meet the floor takes {smallest.output_bytes} bytes and the budget is {wanted.max_bytes}; "
            "raise the budget or lower the floor"
        )
    return smallest


def _smallest_on_floor(
    first: _Version, steps: Sequence[Step], measure: Callable[[Step], _Version], wanted: Settings
) -> _Version:
    smallest, met, missed = first, 0, len(steps)
    while missed - met > 1:
        middle = (met + missed) // 2
        version = measure(steps[middle])
        if not _meets_floors(version, wanted):
            missed = middle
            continue
        met = middle
        smallest = min(smallest, version, key=lambda each: each.output_bytes)
    return smallest


def _first_within_budget(
    first: _Version, steps: Sequence[Step], measure: Callable[[Step], _Version], wanted: Settings
) -> _Version:
    version = found = first
    too_large, fits = (-1, 0) if _within_budget(first, wanted) else (0, len(steps))
    while fits - too_large > 1:
        middle = (too_large + fits) // 2
        version = measure(steps[middle])
        if _within_budget(version, wanted):
            found, fits = version, middle
        else:
            too_large = middle
    if fits == len(steps):  # then the last that was measured is the last step
        colors = "1 colour" if version.k == 1 else f"{version.k} colours"
        raise GoalError(
            f"the budget is {wanted.max_bytes} bytes and the smallest file, of {colors}, takes "
            f"{version.output_bytes}; raise the budget"
        )
    return found


def _meets_floors(version: Version, wanted: Settings) -> bool:
    if wanted.min_psnr is not None:
        psnr_db = version.psnr_db
        if psnr_db is not None and psnr_db < wanted.min_psnr:
            return False
    return wanted.min_ssim is None or version.ssim >= wanted.min_ssim


def _within_budget(version: Version, wanted: Settings) -> bool:
    return wanted.max_bytes is None or version.output_bytes <= wanted.max_bytes


def _floor_missed(version: Version, wanted: Settings) -> GoalError:
    """Return what to say, with values rounded down: so they can be asked for."""
    floors, reached = [], []
    if wanted.min_psnr is not None and version.psnr_db is not None:
        floors.append(f"{wanted.min_psnr:.10g} dB")
        reached.append(f"{math.floor(version.psnr_db * 100) / 100:.2f} dB")
    if wanted.min_ssim is not None:
        floors.append(f"an SSIM of {wanted.min_ssim:.10g}")
        reached.append(f"an SSIM of {math.floor(version.ssim * 10000) / 10000:.4f}")
    more = "" if version.k == MAX_K or wanted.palette is not None else " or raise k"
    return GoalError(
        f"the floor is {' and '.join(floors)}, but the best of {version.k} colours has "
        f"{' and '.join(reached)}; lower the floor{more}"
    )
