"""Values that are computed once, on demand, by any number of threads."""

from collections.abc import Callable, Mapping
from threading import RLock
from typing import Generic, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Memo(Generic[_Key, _Value]):
    """Values by key, each computed on first access; threads that ask meanwhile wait for it.

    Examples
    --------
    >>> squares = Memo()
    >>> squares.get(4, lambda: 4 * 4), squares.get(4, lambda: "not computed again")
    (16, 16)
    """

    def __init__(self, values: Mapping[_Key, _Value] | None = None) -> None:
        """Start with the given values."""
        self._values = dict(values or {})
        self._lock = RLock()

    def get(self, key: _Key, compute: Callable[[], _Value]) -> _Value:
        """Return the value of a key; compute it if it is not there yet."""
        with self._lock:
            if key not in self._values:
                self._values[key] = compute()
            return self._values[key]

    def __reduce__(self) -> "tuple[type[Memo[_Key, _Value]], tuple[dict[_Key, _Value]]]":
        """Pickle the values; a lock cannot be pickled."""
        return type(self), (self._values,)
