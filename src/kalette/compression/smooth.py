"""The form of a smooth picture's file: dithered, plain, or exact in true colour.

Dithering a drawn gradient costs many times the bytes of the gradient itself, unlike that of a photograph. So
each form is tried, and the one that is worth its bytes is chosen.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from kalette.compression.quality import POINTS_PER_OCTAVE, octaves
from kalette.compression.targets import Trial

_NOT_TOLD_APART = 90.0  # score from which nobody sees a difference

_Form = TypeVar("_Form", bound=Trial)


def best_form(forms: Iterable[_Form], score_of: Callable[[_Form], float]) -> _Form:
    """Return the form whose score is worth its bytes: twice as many for 17 points more, as on photographs.

    Parameters
    ----------
    forms : iterable of Trial
        At least one form; the first wins ties.
    score_of : callable
        Function that returns the SSIMULACRA 2 score of a form.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> dithered = SimpleNamespace(output_bytes=60_000, score=41.0)
    >>> exact = SimpleNamespace(output_bytes=3_000, score=100.0)
    >>> best_form([dithered, exact], lambda form: form.score) is exact
    True
    """
    return min(forms, key=lambda form: _cost(form.output_bytes, score_of(form)))


def _cost(output_bytes: int, score: float) -> float:
    return POINTS_PER_OCTAVE * octaves(output_bytes) - min(score, _NOT_TOLD_APART)
