"""The form of a smooth picture's file: dithered, plain, or exact in true colour.

Dithering a drawn gradient costs many times the bytes of the gradient itself, unlike that of a photograph. So
each form is tried, and the one that is worth its bytes is chosen.
"""

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from kalette.compression.look import NOT_TOLD_APART, REQUEST_BYTES, points_for_bytes
from kalette.compression.operating_points import POINTS_PER_DOUBLED_BYTES
from kalette.compression.targets import Trial

_TINY_BITS = 0.5  # per pixel: a tenth of a dithered gradient
# Unless it looks as good, plain mapping must save three quarters of the bytes, or a third at no lower score.
# With half of them, a shadow at k = 16 and a glow at 64 were flat rings, for two to three times fewer bytes.
_SAVING, _SAVING_AT_SAME_SCORE = 4, 1.5
_POOR = 30.0  # score below which bands replace the gradient, and only dithering keeps its colours

_Form = TypeVar("_Form", bound=Trial)


def is_tiny(exact: Trial, pixel_count: int) -> bool:
    """Return whether the exact form is so small that no other needs to be tried.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> is_tiny(SimpleNamespace(output_bytes=3_000), 450_000)
    True
    """
    return 8 * exact.output_bytes <= _TINY_BITS * pixel_count


class Measures(NamedTuple, Generic[_Form]):
    """Functions of a form: its SSIMULACRA 2 score, its look as `look_of` counts it, its approximate bytes."""

    score_of: Callable[[_Form], float]
    look_of: Callable[[_Form], float]
    size_of: Callable[[_Form], int]

    def cost_of(self, form: _Form) -> float:
        """Return the points that the bytes cost, less those of the look."""
        return _cost(self.size_of(form), self.look_of(form))


def best_mapping(
    dithered: _Form, stronger: Iterable[_Form], plain: _Form, measures: Measures[_Form]
) -> _Form:
    """Return the form worth most for its bytes of those dithered, or the plain one if it may replace it.

    Stronger dithering is tried where a difference can be seen. Unless its score is poor, the plain form may
    replace the dithered one if it looks as good, if it scores as well and saves a third of the bytes, or if
    it saves three quarters.

    Parameters
    ----------
    dithered : Trial
        The dithered form, as of other pictures.
    stronger : iterable of Trial
        Forms with stronger dithering.
    plain : Trial
        The form without dithering.
    measures : Measures
        Functions of a form.

    Examples
    --------
    >>> measures = Measures({"grainy": 80, "banded": 50}.get, len, lambda form: 99)
    >>> best_mapping("grainy", [], "banded", measures)
    'grainy'
    """
    score_of, look_of, size_of = measures
    if score_of(dithered) < NOT_TOLD_APART:
        dithered = min([dithered, *stronger], key=measures.cost_of)
    if score_of(plain) < _POOR:
        return dithered
    saving = size_of(dithered) / size_of(plain)
    scores_as_well = saving >= _SAVING_AT_SAME_SCORE and score_of(plain) >= score_of(dithered)
    if saving < _SAVING and not scores_as_well and look_of(plain) < look_of(dithered):
        return dithered
    return min(dithered, plain, key=measures.cost_of)


def best_form(mapped: _Form, exact: _Form, score_of: Callable[[_Form], float]) -> _Form:
    """Return the form whose score is worth its bytes: twice as many for 17 points more, as on photographs.

    Parameters
    ----------
    mapped, exact : Trial
        The forms with a palette and in true colour.
    score_of : callable
        Function that returns the SSIMULACRA 2 score of a form.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> dithered = SimpleNamespace(output_bytes=60_000, score=41.0)
    >>> exact = SimpleNamespace(output_bytes=3_000, score=100.0)
    >>> best_form(dithered, exact, lambda form: form.score) is exact
    True
    """
    return min(mapped, exact, key=lambda form: _cost(form.output_bytes, min(score_of(form), NOT_TOLD_APART)))


def most_exact_bytes(output_bytes: int, score: float) -> float:
    """Return the size up to which an exact form is better than one of a size and a score.

    Examples
    --------
    >>> most_exact_bytes(100_000, 73.0)
    202048.0
    """
    points = NOT_TOLD_APART - min(score, NOT_TOLD_APART)
    worth: float = (output_bytes + REQUEST_BYTES) * 2 ** (points / POINTS_PER_DOUBLED_BYTES)
    return worth - REQUEST_BYTES


def _cost(size_bytes: int, look: float) -> float:
    return points_for_bytes(size_bytes) - look
