"""The pool of threads behind the kernels: forks, exits, refusals and interrupts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("kalette.kernels._native")

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")

PREPARE = """
import os, resource, signal, sys, threading, time, warnings
import numpy as np
from kalette.kernels import _native

points = np.random.default_rng(1).random((40_000, 3))
weights, centroids = np.ones(len(points)), points[:64].copy()

def assigned(threads):
    return [np.asarray(part).tobytes() for part in _native.assign(points, weights, centroids, threads)]

alone = assigned(1)
"""


def run_code(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PREPARE + code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_more_threads_may_be_asked_for_from_call_to_call():
    code = "print(all(assigned(threads) == alone for threads in (2, 7, 3, 40, 1, 2)))"
    assert run_code(code) == "True"


@needs_proc
def test_threads_stay_for_the_next_call():
    code = """
def started():
    return len(os.listdir("/proc/self/task"))
assigned(4)
before = started()
for _ in range(50):
    assigned(4)
print(started() - before)
"""
    assert run_code(code) == "0"


BUSY = """
stopped = threading.Event()
def work():
    while not stopped.is_set():
        assigned(3)
others = [threading.Thread(target=work, daemon=True) for _ in range(2)]
for other in others:
    other.start()
"""


@needs_fork
def test_children_of_a_fork_have_threads_of_their_own():
    code = """
import multiprocessing
warnings.simplefilter("ignore")  # Python 3.12 warns of forks beside threads
assigned(3)
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(all(found == alone for found in pool.map(assigned, [1, 2, 3, 5] * 4)))
print(assigned(3) == alone)
"""
    assert run_code(code).split() == ["True", "True"]


@needs_fork
@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""), reason="ASan's locks outlive a fork")
def test_a_fork_amid_calls_of_other_threads():
    code = f"""{BUSY}
warnings.simplefilter("ignore")
codes = []
for _ in range(40):
    child = os.fork()
    if child == 0:
        os._exit(0 if assigned(3) == alone and assigned(5) == alone else 1)
    codes.append(os.waitpid(child, 0)[1])
stopped.set()
for other in others:
    other.join()
print(set(codes), assigned(3) == alone)
"""
    assert run_code(code) == "{0} True"


@pytest.mark.parametrize("ending", ["", BUSY, f"{BUSY}\nos._exit(0)"], ids=["idle", "busy", "at once"])
def test_the_interpreter_exits_with_the_pool_as_it_is(ending):
    for _ in range(5):
        assert run_code(f"assigned(4)\n{ending}") == ""


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on memory stops threads on Linux")
def test_a_system_without_threads_gets_the_same_result():
    code = """
with open("/proc/self/status") as status:
    used = next(int(line.split()[1]) << 10 for line in status if line.startswith("VmSize"))
out = _native.assign(points, weights, centroids, 1)  # memory for a call is there before the limit
resource.setrlimit(resource.RLIMIT_AS, (used + (4 << 20),) * 2)  # less than the stack of a thread
print(assigned(9) == alone, len(os.listdir("/proc/self/task")))
"""
    assert run_code(code, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1") == "True 1"


@needs_proc
def test_threads_of_the_pool_leave_signals_to_python():
    code = """
def blocked(task):
    with open(f"/proc/self/task/{task}/status") as status:
        return next(int(line.split()[1], 16) for line in status if line.startswith("SigBlk"))
before = set(os.listdir("/proc/self/task"))
assigned(3)
time.sleep(0.1)
threads = set(os.listdir("/proc/self/task")) - before
print(len(threads), all(blocked(task) >> (signal.SIGINT - 1) & 1 for task in threads),
      any(blocked(task) >> (signal.SIGSEGV - 1) & 1 for task in threads))
"""
    assert run_code(code) == "2 True False"
