"""`Memo`: values computed once."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kalette.types import Memo


def test_eight_threads_compute_a_value_once():
    memo: Memo[Any, Any] = Memo()
    computed = []

    def compute() -> int:
        computed.append(1)
        return 16

    with ThreadPoolExecutor(8) as pool:
        assert [*pool.map(lambda _: memo.get(4, compute), range(100))] == [16] * 100
    assert computed == [1]


def test_a_failure_is_not_kept():
    memo: Memo[Any, Any] = Memo()
    with pytest.raises(ZeroDivisionError):
        memo.get(4, lambda: 1 // 0)
    assert memo.get(4, lambda: 16) == 16


def test_values_survive_pickling():
    memo = pickle.loads(pickle.dumps(Memo({4: 16})))
    assert memo.get(4, lambda: 0) == 16
