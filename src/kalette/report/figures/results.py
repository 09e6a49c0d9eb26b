"""Validation of what is given to a figure."""

from collections.abc import Sequence
from typing import get_args

from kalette.compression import Result
from kalette.report.figures.space import ShownSpace
from kalette.report.figures.views import View
from kalette.types import require_all, require_choice


def require_results(results: Sequence[Result]) -> None:
    """Raise unless there is a non-empty sequence of results.

    Raises
    ------
    SettingsError
        For anything else.

    Examples
    --------
    >>> require_results([])
    Traceback (most recent call last):
    kalette.SettingsError: results is []; give results of kalette.compress, one at least
    """
    require_all("results", results, Result, "give results of kalette.compress, one at least", least=1)


def require_space(space: ShownSpace) -> None:
    """Raise for a colour space that is not shown.

    Examples
    --------
    >>> require_space("x")
    Traceback (most recent call last):
    kalette.SettingsError: space is 'x'; choose one of srgb, oklab
    """
    require_choice("space", space, get_args(ShownSpace))


def require_view(view: View) -> None:
    """Raise for a view that is not drawn.

    Examples
    --------
    >>> require_view("x")
    Traceback (most recent call last):
    kalette.SettingsError: view is 'x'; choose one of cube, plane
    """
    require_choice("view", view, get_args(View))
