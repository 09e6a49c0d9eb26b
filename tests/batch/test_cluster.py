"""Dask: the bytes of the local engine for any number of workers, and workers that are killed."""

import logging
import os
import signal
import sys
import threading
from collections import Counter

import pytest

import worker_tasks
from batch_pictures import outputs, write_pictures
from extent import FULL
from kalette.batch import BatchOptions, Dask, Local, plan, run
from kalette.types import Settings, SettingsError, WorkerError
from shell import run as shell_run
from shell import the_sentence

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")  # of Dask's own, when its processes end

COUNT = 2_000 if FULL else 24
FAST = Settings(k=8, effort="fast")


@pytest.fixture
def photos(tmp_path):
    write_pictures(tmp_path / "in", COUNT)
    return tmp_path / "in"


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_bytes_are_those_of_the_local_engine(photos, tmp_path, workers):
    options = BatchOptions(shared_palette="pixels" if workers == 2 else None)
    made = []
    for name, engine in (("local", Local(workers=1)), ("dask", Dask(workers=workers, threads=workers))):
        planned = plan([photos], tmp_path / name, FAST, options)
        assert Counter(record.status for record in run(planned, engine)) == {"done": COUNT}
        made.append(outputs(tmp_path / name))
    assert made[0] == made[1]


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_a_worker_that_is_killed_costs_no_image(photos, tmp_path):
    planned = plan([photos], tmp_path / "dask", FAST)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as cluster:
        victim = next(iter(cluster.workers.values())).pid
        killer = threading.Timer(0.5, os.kill, (victim, signal.SIGKILL))
        killer.start()
        records = list(run(planned, Dask(scheduler=cluster.scheduler_address)))
        killer.join()
    assert Counter(record.status for record in records) == {"done": COUNT}
    local = plan([photos], tmp_path / "local", FAST)
    assert Counter(record.status for record in run(local, Local(workers=1))) == {"done": COUNT}
    assert outputs(tmp_path / "dask") == outputs(tmp_path / "local")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_task_that_kills_its_workers_is_charged_alone():
    with dask.config.set({"distributed.scheduler.allowed-failures": 1}):
        ended = dict(Dask(workers=2, threads=2).map(worker_tasks.die_at_five, range(12)))
    error = ended.pop(5)
    assert isinstance(error, WorkerError)
    assert ended == {number: number for number in range(12) if number != 5}


def test_errors_come_back_with_their_tasks():
    ended = dict(Dask(workers=1, threads=1).map(worker_tasks.divide, [0, 1]))
    assert ended[1] == 1
    assert isinstance(ended[0], ZeroDivisionError)


def test_the_command_runs_on_dask_and_refuses_what_does_not_fit(photos, tmp_path):
    target, fast = tmp_path / "out", ("-k", "8", "--effort", "fast")
    done = shell_run("batch", photos, target, *fast, "--engine", "dask", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert len(outputs(target)) == COUNT
    refused = shell_run("batch", photos, target, *fast, "--scheduler", "tcp://127.0.0.1:1")
    assert "--scheduler is given without --engine dask" in the_sentence(refused)


def test_the_wrong_engine_settings_are_sentences():
    with pytest.raises(SettingsError, match="threads is 0"):
        list(Dask(threads=0).map(worker_tasks.divide, [1]))
