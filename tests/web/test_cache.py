"""The cache is bounded in bytes and in time."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kalette.web.cache import BoundedCache


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_value_used_longest_ago_goes_first():
    cache: BoundedCache[Any] = BoundedCache(max_bytes=10, seconds=60)
    for key in "abc":
        cache.put(key, key.upper(), 3)
    assert cache.get("a") == "A"
    cache.put("d", "D", 3)
    assert [cache.get(key) for key in "abcd"] == ["A", None, "C", "D"]


def test_a_value_goes_some_time_after_its_last_use():
    clock = Clock()
    cache: BoundedCache[Any] = BoundedCache(max_bytes=10, seconds=5, clock=clock)
    cache.put("a", "A", 1)
    cache.put("b", "B", 1)
    clock.now = 4
    assert cache.get("a") == "A"
    clock.now = 6
    assert (cache.get("a"), cache.get("b")) == ("A", None)
    clock.now = 12
    cache.drop_expired()
    assert (len(cache), cache.total_bytes) == (0, 0)


def test_a_value_that_is_too_large_is_not_kept_and_drops_no_other():
    cache: BoundedCache[Any] = BoundedCache(max_bytes=10, seconds=5)
    cache.put("a", "A", 10)
    cache.put("b", "B", 11)
    assert (cache.get("a"), cache.get("b")) == ("A", None)


def test_a_value_replaces_that_of_the_same_key():
    cache: BoundedCache[Any] = BoundedCache(max_bytes=10, seconds=5)
    cache.put("a", "A", 6)
    cache.put("a", "B", 7)
    assert (cache.get("a"), cache.total_bytes, len(cache)) == ("B", 7, 1)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12), st.floats(0, 3))))
def test_the_bounds_hold_after_any_uses(uses):
    clock = Clock()
    cache: BoundedCache[Any] = BoundedCache(max_bytes=20, seconds=4, clock=clock)
    for key, size_bytes, seconds in uses:
        clock.now += seconds
        cache.put(key, size_bytes, size_bytes)
        kept = [cache.get(each) for each in range(6)]
        sizes = [size for size in kept if size is not None]
        assert sum(sizes) == cache.total_bytes <= 20
        assert len(sizes) == len(cache)
