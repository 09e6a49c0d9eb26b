"""Validation of the results given to a figure."""

from collections.abc import Sequence

from kalette.compression import Result
from kalette.types import SettingsError


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
    kalette.SettingsError: the results are []; give results of kalette.compress, one at least
    """
    listed = isinstance(results, Sequence) and not isinstance(results, str | bytes)
    if not listed or not results or not all(isinstance(result, Result) for result in results):
        raise SettingsError(f"the results are {results!r}; give results of kalette.compress, one at least")
