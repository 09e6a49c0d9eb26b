"""The results that a figure shows, checked."""

from collections.abc import Sequence

from kalette.compression import Result
from kalette.types import SettingsError


def require_results(results: Sequence[Result]) -> None:
    """Refuse all but results, one at least.

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
