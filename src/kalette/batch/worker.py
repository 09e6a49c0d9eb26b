"""What a worker process of a supervised pool does; it is called there by anyio."""

import os
import pickle
import signal
import sys
import threading
import time
import traceback
from functools import cache
from pathlib import Path
from types import FrameType
from typing import NoReturn

from kalette.types import KaletteError, WorkerError

GRACE_S = 3.0  # in which a task that is to end may remove its temporary file
_WATCH_S = 0.5  # between looks at the parent


@cache
def prepare(setup: bytes) -> int:
    """Prepare this process when it is called for the first time, and return the ID of the process.

    Parameters
    ----------
    setup : bytes
        Pickled: the initializer or None, and the memory in bytes that a task may take or None.

    Raises
    ------
    SystemExit
        With the error of the initializer; anyio tells the parent, and ends the process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # it was a pipe that nobody reads
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        initializer, memory_bytes = pickle.loads(setup)
        if initializer is not None:
            initializer()
    except Exception as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from error
    if memory_bytes is not None:
        _limit_memory(memory_bytes)
    return os.getpid()


def execute(process_id: int, call: bytes) -> bytes | None:
    """Execute a task.

    Parameters
    ----------
    process_id : int
        ID of the process that is prepared for it.
    call : bytes
        Function, arguments and named arguments, pickled.

    Returns
    -------
    bytes or None
        Whether the call succeeded, and its value or its exception, pickled; None in another process.
    """
    if process_id != os.getpid():
        return None
    try:
        signal.signal(signal.SIGTERM, _unwind)
        answer = _answer(call)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # an idle process ends at once
    except BaseException:  # a signal, or a task that exits: the parent is to see a death
        os._exit(1)
    return answer


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


def _end_with(parent: int) -> None:
    """End this process soon after its parent, even if that was killed; Windows does not tell of it."""
    while os.getppid() == parent:
        time.sleep(_WATCH_S)
    os.kill(os.getpid(), signal.SIGTERM)  # the main thread removes its temporary file
    time.sleep(GRACE_S)
    os._exit(1)


def _limit_memory(memory_bytes: int) -> None:
    """Let allocations fail beyond a limit; only Linux counts them as they are made."""
    if sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[5])
        limit = pages * resource.getpagesize() + memory_bytes
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
