"""A supervised pool: processes with limits for each task, in which a death takes one task with it.

The processes are those of anyio, each with pipes of its own, so that they share no lock that a dying one
could keep. A thread with an event loop gives them tasks, and ends those that take too long.
"""

import logging
import os
import pickle
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import nullcontext, suppress
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

import anyio
import anyio.from_thread
import anyio.to_process

from kalette.batch.worker import GRACE_S, execute, prepare
from kalette.types import (
    CancelledError,
    KaletteError,
    MemoryLimitError,
    SettingsError,
    TimeLimitError,
    WorkerError,
    is_number,
    require_function,
    require_whole,
    size_text,
    wrong,
)

_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")

_STARTS = 3  # failed ones in a row, beyond one for each process, after which the pool gives up
_START_S = 120.0  # in which a process must be ready; its imports take 0.3 s
# anyio calls in the process that was used last. One of its limiters would let other tasks in between the call
# that finds a process ready and the call that gives it the task, so the pool counts places itself.
_NO_LIMITER = cast(anyio.CapacityLimiter, nullcontext())
# asyncio warns when a process has ended before it is killed; without a log, that would go to standard error.
logging.getLogger("asyncio").addHandler(logging.NullHandler())


class SupervisedPool:
    """Worker processes for tasks that may hang, crash, or need too much memory.

    A task that does so is ended with its process; all others go on, in a new process if need be. Processes
    start when tasks need them. Functions, arguments and returned values are pickled; standard output and
    standard error of workers lead nowhere. A script must create the pool under
    ``if __name__ == "__main__":``, as with `multiprocessing`.

    Parameters
    ----------
    workers : int
        Number of processes, at least 1.
    memory_bytes : int or None
        Memory that a task may take beyond what a worker holds at its start; enforced on Linux.
    timeout_s : float or None
        Seconds that a task may take.
    initializer : callable or None
        Function that each process calls before its first task.

    Examples
    --------
    >>> with SupervisedPool(1, timeout_s=60) as pool:
    ...     pool.submit(divmod, 7, 2).result()
    (3, 1)
    """

    def __init__(
        self,
        workers: int,
        *,
        memory_bytes: int | None = None,
        timeout_s: float | None = None,
        initializer: Callable[[], object] | None = None,
    ) -> None:
        """Make the pool; its processes start with the first tasks."""
        require_whole("workers", workers)
        if memory_bytes is not None:
            require_whole("memory_bytes", memory_bytes)
        if timeout_s is not None and not (is_number(timeout_s) and timeout_s > 0):
            raise wrong("timeout_s", timeout_s, "give seconds above 0, or None for no limit")
        require_function("initializer", initializer)
        _require_main_module()
        self._memory_bytes, self._timeout_s = memory_bytes, timeout_s
        self._setup = _pickled("initializer", initializer, (initializer, memory_bytes))
        self._places, self._stopped, self._closed = anyio.Semaphore(workers), anyio.Event(), False
        self._starts_left = self._starts = workers + _STARTS
        self._why_none_starts = ""
        self._running = anyio.from_thread.start_blocking_portal()
        self._portal = self._running.__enter__()
        self._portal.call(_leave_interrupts_to_the_main_thread)

    def submit(
        self,
        function: Callable[_Arguments, _Returned],
        *arguments: _Arguments.args,
        **named: _Arguments.kwargs,
    ) -> Future[_Returned]:
        """Queue a call; the tasks begin in the order of their submission.

        Parameters
        ----------
        function : callable
            A function of a module.
        *arguments, **named
            Its arguments.

        Returns
        -------
        Future
            It holds the value, or the exception of the function, or one of these: `TimeLimitError`,
            `MemoryLimitError`, and `WorkerError` for a process that died. A task that has not begun can be
            cancelled. Callbacks run in the thread of the pool, so they must not wait for it, nor submit.

        Raises
        ------
        SettingsError
            When the call cannot be pickled, or the pool is closed.
        """
        if self._closed:
            raise SettingsError("the pool is closed; make a new one")
        call = _pickled("the task", function, (function, arguments, named))
        future: Future[_Returned] = Future()
        self._portal.start_task_soon(self._serve, call, future)
        return future

    @property
    def is_broken(self) -> bool:
        """Whether no process starts any more, so that every task fails."""
        return self._starts_left <= 0

    def close(self) -> None:
        """Finish all tasks, then end the processes."""
        if not self._closed:
            self._closed = True
            self._running.__exit__(None, None, None)

    def stop(self) -> None:
        """End the processes at once; tasks that are not done raise `CancelledError`."""
        if not self._closed:
            self._portal.call(self._stopped.set)
            self.close()

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish all tasks; after an exception, end at once."""
        if kind is None:
            self.close()
        else:
            self.stop()

    async def _serve(self, call: bytes, future: Future[Any]) -> None:
        async with self._places:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(await self._value(call))
                except Exception as error:  # it belongs to the task
                    future.set_exception(error)

    async def _value(self, call: bytes) -> Any:
        answer = None
        while answer is None:
            process_id = await self._ready()
            answer = await self._answer(process_id, call)
        succeeded, value = pickle.loads(answer)
        if succeeded:
            return value
        if isinstance(value, MemoryError):
            _terminate(process_id)  # what it holds would count against the next task
            raise self._memory_error() from value
        raise value

    async def _ready(self) -> int:
        """Return the ID of a process that is ready for a task."""
        while not self._stopped.is_set():
            if self.is_broken:
                reason = self._why_none_starts or "it ends at once, or does not respond"
                raise WorkerError(f"no worker process starts ({reason}); mend that first")
            try:
                with anyio.fail_after(_START_S):
                    process_id = await _called(prepare, self._setup)
            except (Exception, SystemExit, KeyboardInterrupt) as error:  # the task has not begun
                self._starts_left -= 1
                self._why_none_starts = _reason(error) or self._why_none_starts
            else:
                self._starts_left, self._why_none_starts = self._starts, ""
                return process_id
        raise _cancelled()

    async def _answer(self, process_id: int, call: bytes) -> bytes | None:
        """Return the answer of a process, or None if another one was called."""
        begun_s, failure = anyio.current_time(), None
        async with anyio.create_task_group() as group:
            group.start_soon(self._limit, process_id, group.cancel_scope)
            try:
                return await _called(execute, process_id, call)
            except Exception as error:  # raised below, since a group would wrap it
                failure = error
                if not isinstance(error, anyio.BrokenWorkerProcess):  # it may hold half of the call
                    _terminate(process_id)
            finally:
                group.cancel_scope.cancel()
        raise self._cause_of_death(failure, anyio.current_time() - begun_s) from failure

    async def _limit(self, process_id: int, call: anyio.CancelScope) -> None:
        """End a process when its task has taken too long, or the pool is stopped."""
        with anyio.move_on_after(self._timeout_s):
            await self._stopped.wait()
        _terminate(process_id)
        await anyio.sleep(GRACE_S)
        call.cancel()  # by which anyio kills it

    def _cause_of_death(self, failure: Exception | None, elapsed_s: float) -> KaletteError:
        if self._stopped.is_set():
            return _cancelled()
        if self._timeout_s is not None and elapsed_s >= self._timeout_s:
            return TimeLimitError(
                f"the task took more than {self._timeout_s:g} seconds and was ended; "
                "raise the time limit, or make the input smaller"
            )
        if isinstance(failure, MemoryError):  # the arguments alone
            return self._memory_error()
        return WorkerError(
            "the process died during the task (it crashed, or the system ended it, often for want of memory) "
            "and took nothing else with it; try it again alone"
        )

    def _memory_error(self) -> MemoryLimitError:
        room = "memory than there is"
        if self._memory_bytes is not None:
            room = f"than {size_text(self._memory_bytes)} of memory"
        return MemoryLimitError(f"the task needs more {room}; allow it more, or make the input smaller")


async def _called(function: Callable[..., _Returned], *arguments: int | bytes) -> _Returned:
    """Call a function in a process; one that dies raises an error."""
    return await anyio.to_process.run_sync(function, *arguments, cancellable=True, limiter=_NO_LIMITER)


def _pickled(name: str, function: object, whole: object) -> bytes:
    try:
        return pickle.dumps(whole)
    except Exception as error:  # pickle raises errors of any type
        raise wrong(name, function, f"give what pickle can copy ({error})") from error


def _require_main_module() -> None:
    """Raise in a process that is importing the script of its parent, where each would start another."""
    if "__mp_main__" in sys.modules and "__main__" not in sys.modules:
        raise SettingsError(
            "a worker process imports the script; create the pool there under if __name__ == '__main__':"
        )


def _leave_interrupts_to_the_main_thread() -> None:
    """Let worker processes, which inherit the mask, start without being interrupted by Ctrl-C."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _terminate(process_id: int) -> None:
    with suppress(OSError):  # it has ended already
        os.kill(process_id, signal.SIGTERM)


def _reason(error: BaseException) -> str:
    """Return what the script or the initializer raised when a process started; empty if it is not known."""
    told = isinstance(error, SystemExit) or (isinstance(error, anyio.BrokenWorkerProcess) and error.args)
    return str(error.__cause__ or error) if told else ""


def _cancelled() -> CancelledError:
    return CancelledError("the pool was stopped before the task was done")
