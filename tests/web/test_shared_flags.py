"""Flags that processes share."""

import pickle

import pytest

import worker_tasks
from kalette.batch import SupervisedPool
from kalette.types import WriteError
from kalette.web.shared_flags import SharedFlags


def test_a_flag_that_is_set_is_seen_by_every_copy_and_process():
    flags = SharedFlags(3)
    copy = pickle.loads(pickle.dumps(flags))
    flags[1] = True
    assert [copy[number] for number in range(3)] == [False, True, False]
    with SupervisedPool(1) as pool:
        assert pool.submit(worker_tasks.item, flags, 1).result() is True
        flags[1] = False
        assert pool.submit(worker_tasks.item, flags, 1).result() is False
    flags.close()


def test_closing_removes_the_file():
    flags = SharedFlags(1)
    path = flags.__getstate__()
    assert path.exists()
    flags.close()
    assert not path.parent.exists()


def test_without_a_place_for_the_file_there_is_a_sentence(monkeypatch):
    def refuse(**_: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr("kalette.web.shared_flags.TemporaryDirectory", refuse)
    with pytest.raises(WriteError, match=r"written \(No usable temporary directory found\); set TMPDIR"):
        SharedFlags(1)
