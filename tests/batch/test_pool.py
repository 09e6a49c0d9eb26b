"""The supervised pool: what one task does to itself, and nothing to the others."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from typing import Any

import pytest

import worker_tasks
from kalette.batch import SupervisedPool
from kalette.types import (
    CancelledError,
    MemoryLimitError,
    ReadError,
    SettingsError,
    TimeLimitError,
    WorkerError,
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts allocations as they are made")
posix = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within 30 seconds")


def test_values_and_exceptions_come_back():
    with SupervisedPool(2) as pool:
        sums = [pool.submit(worker_tasks.add, number, second=1) for number in range(20)]
        failed = pool.submit(worker_tasks.fail, "a.png is empty")
        divided = pool.submit(worker_tasks.divide, 0)
    assert [future.result() for future in sums] == list(range(1, 21))
    with pytest.raises(ReadError, match=r"^a\.png is empty$"):
        failed.result()
    with pytest.raises(ZeroDivisionError) as caught:
        divided.result()
    assert "worker_tasks.py" in caught.value.__notes__[0]


def test_what_pickle_cannot_copy_is_a_sentence():
    with SupervisedPool(1) as pool:
        with pytest.raises(SettingsError, match="give what pickle can copy"):
            pool.submit(lambda: None)
        peculiar = pool.submit(worker_tasks.fail_peculiarly)
        returned = pool.submit(worker_tasks.return_function)
    with pytest.raises(WorkerError, match="the task raised PeculiarError: peculiar"):
        peculiar.result()
    with pytest.raises(Exception, match="pickle"):
        returned.result()


@posix
def test_a_worker_that_dies_takes_its_task_alone():
    with SupervisedPool(2) as pool:
        before = [pool.submit(worker_tasks.add, number, 1) for number in range(10)]
        killed = pool.submit(worker_tasks.die)
        left = pool.submit(worker_tasks.leave)
        after = [pool.submit(worker_tasks.add, number, 1) for number in range(10)]
    assert [future.result() for future in (*before, *after)] == 2 * list(range(1, 11))
    with pytest.raises(WorkerError, match=r"died \(signal SIGKILL\)"):
        killed.result()
    with pytest.raises(WorkerError, match=r"died \(exit code 7\)"):
        left.result()


@posix
def test_idle_workers_that_are_killed_are_replaced_at_no_cost():
    with SupervisedPool(2) as pool:
        futures = [pool.submit(worker_tasks.process_id) for _ in range(20)]
        processes = {future.result() for future in futures}
        for process_id in processes:
            os.kill(process_id, signal.SIGKILL)
        again = [pool.submit(worker_tasks.process_id) for _ in range(20)]
        assert not processes & {future.result() for future in again}


def test_a_task_that_takes_too_long_is_ended_and_the_next_one_runs():
    with SupervisedPool(1, timeout_s=0.5) as pool:
        slow, quick = pool.submit(worker_tasks.sleep, 60), pool.submit(worker_tasks.add, 1, 2)
        with pytest.raises(TimeLimitError, match=r"the task took more than 0\.5 seconds"):
            slow.result()
        assert quick.result() == 3


@linux
def test_a_task_that_takes_too_much_memory_fails_and_the_next_one_runs():
    with SupervisedPool(1, memory_bytes=200 << 20) as pool:
        greedy, modest = (pool.submit(worker_tasks.take, size) for size in (400 << 20, 100 << 20))
        with pytest.raises(MemoryLimitError, match=r"needs more than 209\.72 MB of memory"):
            greedy.result()
        assert modest.result() == 100 << 20


def test_the_initializer_runs_once_in_each_process(tmp_path, monkeypatch):
    monkeypatch.setenv("KALETTE_TEST_MARK", str(tmp_path / "marks"))
    with SupervisedPool(2, initializer=worker_tasks.start_marked) as pool:
        for future in [pool.submit(worker_tasks.add, 1, 2) for _ in range(10)]:
            future.result()
    marks = (tmp_path / "marks").read_text().split()
    assert len(marks) == len(set(marks)) == 2


def test_workers_that_do_not_start_are_a_sentence_for_each_task():
    with SupervisedPool(1, initializer=worker_tasks.refuse_to_start) as pool:
        assert not pool.is_broken
        futures = [pool.submit(worker_tasks.add, 1, 2) for _ in range(200)]
    assert pool.is_broken
    for future in futures:
        with pytest.raises(WorkerError, match=r"no worker process starts \(exit code 3\)"):
            future.result()


def test_a_stop_cancels_what_waits_and_lets_a_task_clean_up(tmp_path):
    started = time.monotonic()
    pool = SupervisedPool(1)
    running = pool.submit(worker_tasks.mark_then_unwind, str(tmp_path / "marks"))
    futures: list[Future[Any]] = [running, *(pool.submit(worker_tasks.sleep, 60) for _ in range(3))]
    wait_for(running.running)
    pool.submit(worker_tasks.add, 1, 2).cancel()
    time.sleep(1.0)  # so that the process has begun
    pool.stop()
    for future in futures:
        with pytest.raises(CancelledError, match="the pool was stopped"):
            future.result()
    assert time.monotonic() - started < 50
    assert os.name == "nt" or (tmp_path / "marks").exists()
    with pytest.raises(SettingsError, match="closed; make a new one"):
        pool.submit(worker_tasks.add, 1, 2)


PARENT = """
import sys, worker_tasks
from kalette.batch import SupervisedPool
if __name__ == "__main__":
    with SupervisedPool(1) as pool:
        pool.submit(worker_tasks.mark_and_sleep, sys.argv[1]).result()
"""


@posix
def test_workers_end_with_a_parent_that_is_killed(tmp_path):
    marks, script = tmp_path / "marks", tmp_path / "parent.py"
    script.write_text(PARENT)
    folder = os.path.dirname(worker_tasks.__file__)  # noqa: PTH120
    paths = os.pathsep.join([folder, *sys.path])
    process = subprocess.Popen([sys.executable, script, marks], env={**os.environ, "PYTHONPATH": paths})
    wait_for(marks.exists)
    process.kill()
    process.wait()
    worker = int(marks.read_text())
    wait_for(lambda: not is_alive(worker))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"workers": 0}, "workers is 0; give a whole number, at least 1"),
        ({"workers": 1, "timeout_s": 0}, "timeout_s is 0; give seconds above 0"),
        ({"workers": 1, "memory_bytes": "1"}, "memory_bytes is '1'; give a whole number"),
        ({"workers": 1, "initializer": 3}, "initializer is 3; give a function"),
    ],
)
def test_a_wrong_argument_is_a_sentence(arguments, said):
    with pytest.raises(SettingsError, match=said):
        SupervisedPool(**arguments)
