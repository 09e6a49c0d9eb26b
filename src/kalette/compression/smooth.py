"""The form of a smooth picture's file: dithered, plain, or exact in true colour.

Dithering a drawn gradient costs many times the bytes of the gradient itself, unlike that of a photograph. So
each form is tried, and the one that is worth its bytes is chosen.
"""

from collections.abc import Callable
from typing import TypeVar

from kalette.compression.operating_points import POINTS_PER_DOUBLED_BYTES, octaves
from kalette.compression.targets import Trial

_NOT_TOLD_APART = 90.0  # score from which nobody sees a difference
_TINY_BITS = 0.5  # per pixel: a tenth of a dithered gradient
# Unless it looks better, plain mapping must save three quarters of the bytes. With half of them, a shadow at
# k = 16 and a glow at 64 were flat rings, for two to three times fewer bytes.
_SAVING = 4
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


def best_form(
    dithered: _Form, plain: _Form | None, exact: _Form | None, score_of: Callable[[_Form], float]
) -> _Form:
    """Return the form whose score is worth its bytes: twice as many for 17 points more, as on photographs.

    Parameters
    ----------
    dithered : Trial
        The form for pictures that are not smooth.
    plain, exact : Trial or None
        The forms without dithering and in true colour, if they are possible.
    score_of : callable
        Function that returns the SSIMULACRA 2 score of a form.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> dithered = SimpleNamespace(output_bytes=60_000, score=41.0)
    >>> exact = SimpleNamespace(output_bytes=3_000, score=100.0)
    >>> best_form(dithered, None, exact, lambda form: form.score) is exact
    True
    """
    forms = [dithered]
    if plain is not None and _may_replace(plain, dithered, score_of):
        forms.append(plain)
    if exact is not None:
        forms.append(exact)
    return min(forms, key=lambda form: _cost(form.output_bytes, score_of(form))) if forms[1:] else dithered


def most_exact_bytes(output_bytes: int, score: float) -> float:
    """Return the size up to which an exact form is better than one of a size and a score.

    Examples
    --------
    >>> most_exact_bytes(1000, 73.0)
    2000.0
    """
    worth: float = output_bytes * 2 ** (
        (_NOT_TOLD_APART - min(score, _NOT_TOLD_APART)) / POINTS_PER_DOUBLED_BYTES
    )
    return worth


def _may_replace(plain: _Form, dithered: _Form, score_of: Callable[[_Form], float]) -> bool:
    score = score_of(plain)
    saves_much = plain.output_bytes * _SAVING <= dithered.output_bytes
    return score >= _POOR and (saves_much or score >= score_of(dithered))


def _cost(output_bytes: int, score: float) -> float:
    return POINTS_PER_DOUBLED_BYTES * octaves(output_bytes) - min(score, _NOT_TOLD_APART)
