"""A worker process of a supervised pool: both ends of its pipe."""

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from kalette.types import KaletteError, MemoryLimitError, TimeLimitError, WorkerError, size_text

_SPAWNING = get_context("spawn")  # a fork would copy the locks of running threads
_START_S = 120.0  # in which a worker must be ready; its imports take 0.3 s
_GRACE_S = 3.0  # in which a worker that is to end may remove its temporary file


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What a task may take, and what each worker does first.

    Parameters
    ----------
    memory_bytes : int or None
        Memory beyond what the worker holds at its start.
    timeout_s : float or None
        Seconds for a task.
    initializer : callable or None
        Function to call at the start.
    """

    memory_bytes: int | None
    timeout_s: float | None
    initializer: Callable[[], object] | None


class Worker:
    """A worker process, seen from the parent; one thread at a time uses it.

    Parameters
    ----------
    limits : WorkerLimits
        Limits of each task.
    """

    def __init__(self, limits: WorkerLimits) -> None:
        """Start the process, without waiting for it."""
        self._limits, self._is_ready = limits, False
        self._connection, other_end = _SPAWNING.Pipe()
        self._process = _SPAWNING.Process(target=_work, args=(other_end, limits), daemon=True)
        self._process.start()
        other_end.close()

    def begin(self, call: bytes) -> None:
        """Send a pickled call.

        Raises
        ------
        WorkerError
            When the process has ended, or does not start; the task has not begun.
        """
        try:
            if not self._is_ready:
                self._received(_START_S)
                self._is_ready = True
            self._connection.send_bytes(call)
            self._received(_START_S)
        except (EOFError, OSError, TimeoutError) as error:
            raise WorkerError(
                f"no worker process starts ({self._way_of_ending()}); in a script, create the pool under "
                "if __name__ == '__main__':"
            ) from error

    def answer(self) -> tuple[bool, Any]:
        """Return whether the call succeeded, and its value or its exception.

        Raises
        ------
        TimeLimitError, MemoryLimitError, WorkerError
            When it took too long or too much memory, or the process died.
        """
        try:
            succeeded, value = pickle.loads(self._received(self._limits.timeout_s))
        except TimeoutError as error:
            raise TimeLimitError(
                f"the task took more than {self._limits.timeout_s:g} seconds and was ended; "
                "raise the time limit, or make the input smaller"
            ) from error
        except (EOFError, OSError) as error:
            raise WorkerError(
                f"the process died ({self._way_of_ending()}) during the task, and took nothing else with it; "
                "try it again alone"
            ) from error
        if not succeeded and isinstance(value, MemoryError):
            raise MemoryLimitError(_memory_text(self._limits.memory_bytes)) from value
        return succeeded, value

    def terminate(self) -> None:
        """Ask the process to end."""
        self._process.terminate()

    def end(self) -> None:
        """End the process, by force if it does not end in time."""
        self._process.terminate()
        self._process.join(_GRACE_S)
        self._process.kill()
        self._process.join()
        self._process.close()
        self._connection.close()

    def _received(self, timeout_s: float | None) -> bytes:
        ready = wait([self._connection, self._process.sentinel], timeout_s)
        if not ready:
            raise TimeoutError
        if self._connection not in ready:
            raise EOFError
        return self._connection.recv_bytes()

    def _way_of_ending(self) -> str:
        self._process.join(_GRACE_S)
        code = self._process.exitcode
        if code is None:
            return "it does not respond"
        return f"exit code {code}" if code >= 0 else f"signal {_signal_name(-code)}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _memory_text(memory_bytes: int | None) -> str:
    if memory_bytes is None:
        return "the task needs more memory than there is; make the input smaller"
    return (
        f"the task needs more than {size_text(memory_bytes)} of memory; "
        "raise the memory limit, or make the input smaller"
    )


def _work(connection: Connection, limits: WorkerLimits) -> None:
    """Answer calls until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, _unwind)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if limits.initializer is not None:
        limits.initializer()
    if limits.memory_bytes is not None:
        _limit_memory(limits.memory_bytes)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        connection.send_bytes(b"ready")
        while True:
            call = connection.recv_bytes()
            connection.send_bytes(b"begun")  # from here on a death is the task's
            connection.send_bytes(_answer(call))


def _answer(call: bytes) -> bytes:
    try:
        function, arguments, named = pickle.loads(call)
        return pickle.dumps((True, function(*arguments, **named)))
    except Exception as error:
        return _pickled(error)


def _pickled(error: Exception) -> bytes:
    if not isinstance(error, KaletteError):
        error.add_note("".join(traceback.format_exception(error)))
    try:
        data = pickle.dumps((False, error))
        pickle.loads(data)  # some exceptions cannot be made again
    except Exception:
        return pickle.dumps((False, WorkerError(f"the task raised {type(error).__name__}: {error}")))
    return data


def _unwind(number: int, _: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _end_with_parent() -> None:
    """End this process soon after the parent, even if that was killed."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)  # the main thread removes its temporary file
    threading.Event().wait(_GRACE_S)
    os._exit(1)


def _limit_memory(memory_bytes: int) -> None:
    """Let allocations fail beyond a limit; only Linux counts them as they are made."""
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[5])
        limit = pages * resource.getpagesize() + memory_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
