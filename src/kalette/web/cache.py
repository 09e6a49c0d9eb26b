"""A cache that is bounded in bytes and in time."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

_Value = TypeVar("_Value")


class _Entry(NamedTuple, Generic[_Value]):
    value: _Value
    size_bytes: int
    expires_at: float


class BoundedCache(Generic[_Value]):
    """Values by key; the one used longest ago goes first, and each goes some time after its last use.

    Parameters
    ----------
    max_bytes : int
        Bytes of all values; a larger value is not kept.
    seconds : float
        How long a value is kept after its last use.
    clock : callable
        Seconds from any start.

    Examples
    --------
    >>> cache = BoundedCache(max_bytes=10, seconds=60)
    >>> cache.put("a", "first", 6), cache.put("b", "second", 6)
    (None, None)
    >>> cache.get("a"), cache.get("b"), cache.total_bytes
    (None, 'second', 6)
    """

    def __init__(
        self, max_bytes: int, seconds: float, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Start empty."""
        self._max_bytes, self._seconds, self._clock = max_bytes, seconds, clock
        self._entries: OrderedDict[object, _Entry[_Value]] = OrderedDict()
        self._lock = Lock()
        self.total_bytes = 0

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._entries)

    def get(self, key: object) -> _Value | None:
        """Return a value, and keep it for longer; None if it is not there."""
        with self._lock:
            self._drop_expired()
            entry = self._take(key)
            if entry is not None:
                self._add(key, entry.value, entry.size_bytes)
            return entry.value if entry else None

    def put(self, key: object, value: _Value, size_bytes: int) -> None:
        """Keep a value, in place of the values used longest ago."""
        with self._lock:
            self._drop_expired()
            self._take(key)
            if size_bytes > self._max_bytes:
                return
            while self.total_bytes + size_bytes > self._max_bytes:
                self._take(next(iter(self._entries)))
            self._add(key, value, size_bytes)

    def drop_expired(self) -> None:
        """Drop the values that were not used for too long."""
        with self._lock:
            self._drop_expired()

    def _drop_expired(self) -> None:
        now = self._clock()
        for key, entry in list(self._entries.items()):
            if entry.expires_at > now:
                break  # they are in the order of their last use
            self._take(key)

    def _add(self, key: object, value: _Value, size_bytes: int) -> None:
        self._entries[key] = _Entry(value, size_bytes, self._clock() + self._seconds)
        self.total_bytes += size_bytes

    def _take(self, key: object) -> _Entry[_Value] | None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.total_bytes -= entry.size_bytes
        return entry
