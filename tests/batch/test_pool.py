"""The supervised pool: what one task does to itself, and nothing to the others."""

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from typing import Any

import pytest

import worker_tasks
from kalette.batch import SupervisedPool
from kalette.batch.worker import execute
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
        left = [pool.submit(worker_tasks.leave), pool.submit(worker_tasks.exit_politely)]
        after = [pool.submit(worker_tasks.add, number, 1) for number in range(10)]
    assert [future.result() for future in (*before, *after)] == 2 * list(range(1, 11))
    for future in (killed, *left):
        with pytest.raises(WorkerError, match=r"the process died during the task \(it crashed, or"):
            future.result()


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


@posix
def test_a_task_that_does_not_heed_its_end_is_killed(tmp_path):
    with SupervisedPool(1, timeout_s=0.5) as pool:
        deaf = pool.submit(worker_tasks.ignore_terminations, str(tmp_path / "marks"))
        with pytest.raises(TimeLimitError, match=r"the task took more than 0\.5 seconds"):
            deaf.result()
    process_id = int((tmp_path / "marks").read_text())
    wait_for(lambda: not is_alive(process_id))


@linux
def test_a_task_that_takes_too_much_memory_fails_and_the_next_one_runs():
    with SupervisedPool(1, memory_bytes=200 << 20) as pool:
        before = pool.submit(worker_tasks.process_id)
        greedy, modest = (pool.submit(worker_tasks.take, size) for size in (400 << 20, 100 << 20))
        after = pool.submit(worker_tasks.process_id)
        with pytest.raises(MemoryLimitError, match=r"needs more than 209\.72 MB of memory"):
            greedy.result()
        assert modest.result() == 100 << 20
        assert before.result() != after.result()


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
        with pytest.raises(WorkerError, match=r"no worker process starts \(it ends at once"):
            future.result()


def test_the_error_of_an_initializer_is_told():
    with SupervisedPool(1, initializer=worker_tasks.fail_to_start) as pool:
        future = pool.submit(worker_tasks.add, 1, 2)
    with pytest.raises(WorkerError, match=r"\(FileNotFoundError: the palette is not there\)"):
        future.result()
    with pytest.raises(SettingsError, match=r"initializer is .*; give what pickle can copy"):
        SupervisedPool(1, initializer=lambda: None)


def test_what_codecs_write_to_standard_error_blocks_nothing():
    with SupervisedPool(1) as pool:
        assert pool.submit(worker_tasks.write_to_descriptor_2, 1 << 20).result() == 1 << 20


def test_a_task_is_refused_in_a_process_that_is_not_prepared_for_it():
    assert execute(os.getpid() + 1, pickle.dumps((divmod, (7, 2), {}))) is None


def test_a_stop_cancels_what_waits_and_lets_a_task_clean_up(tmp_path):
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    pool = SupervisedPool(1)
    running = pool.submit(worker_tasks.mark_and_unwind, str(begun), str(ended))
    futures: list[Future[Any]] = [running, *(pool.submit(worker_tasks.sleep, 60) for _ in range(3))]
    wait_for(begun.exists)
    assert running.running()
    assert pool.submit(worker_tasks.add, 1, 2).cancel()
    started = time.monotonic()
    pool.stop()
    for future in futures:
        with pytest.raises(CancelledError, match="the pool was stopped"):
            future.result()
    assert time.monotonic() - started < 50
    assert os.name == "nt" or ended.exists()
    with pytest.raises(SettingsError, match="closed; make a new one"):
        pool.submit(worker_tasks.add, 1, 2)


PARENT = """
import sys, worker_tasks
from kalette.batch import SupervisedPool
if __name__ == "__main__":
    with SupervisedPool(1) as pool:
        pool.submit(worker_tasks.mark_and_unwind, *sys.argv[1:]).result()
"""
UNGUARDED = """
import worker_tasks
from kalette.batch import SupervisedPool
with SupervisedPool(1) as pool:
    print(pool.submit(worker_tasks.add, 1, 2).exception())
"""


def script_at(path, source, *arguments):
    path.write_text(source)
    paths = os.pathsep.join([os.path.dirname(worker_tasks.__file__), *sys.path])  # noqa: PTH120
    command = [sys.executable, path, *arguments]
    return subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True
    )


@posix
def test_workers_unwind_and_end_with_a_parent_that_is_killed(tmp_path):
    begun, ended = tmp_path / "begun", tmp_path / "ended"
    with script_at(tmp_path / "parent.py", PARENT, begun, ended) as process:
        wait_for(begun.exists)
        process.kill()
    worker = int(begun.read_text())
    wait_for(lambda: not is_alive(worker))
    assert ended.exists()


def test_a_script_that_each_worker_would_start_again_is_a_sentence(tmp_path):
    with script_at(tmp_path / "unguarded.py", UNGUARDED) as process:
        said, _ = process.communicate()
    assert (
        "no worker process starts (a worker process imports the script; create the pool there under" in said
    )


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
