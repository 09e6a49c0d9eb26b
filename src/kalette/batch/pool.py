"""A supervised pool: processes with limits for each task, in which a death takes one task with it.

Each worker process has a pipe of its own and a thread that waits for its answer, so that workers share no
lock that a dying one could keep.
"""

import pickle
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from kalette.batch.worker import Worker, WorkerLimits
from kalette.types import (
    CancelledError,
    KaletteError,
    SettingsError,
    WorkerError,
    is_number,
    require_function,
    require_whole,
    wrong,
)

_Arguments = ParamSpec("_Arguments")
_Returned = TypeVar("_Returned")

_STARTS = 3  # failed ones in a row, after which the pool gives up


@dataclass(frozen=True, slots=True)
class _Task:
    """A call, pickled, and the future of its value."""

    call: bytes
    future: Future[Any]


class SupervisedPool:
    """Worker processes for tasks that may hang, crash, or need too much memory.

    A task that does so is ended with its process; all others go on, in a new process if need be. Functions,
    arguments and returned values are pickled. A script must create the pool under
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
        Function that each process calls at its start.

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
        """Start the processes, without waiting for them."""
        require_whole("workers", workers)
        if memory_bytes is not None:
            require_whole("memory_bytes", memory_bytes)
        if timeout_s is not None and not (is_number(timeout_s) and timeout_s > 0):
            raise wrong("timeout_s", timeout_s, "give seconds above 0, or None for no limit")
        require_function("initializer", initializer)
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._closed = False
        limits = WorkerLimits(memory_bytes, timeout_s, initializer)
        self._supervisors = [_Supervisor(self._tasks, limits) for _ in range(workers)]
        for supervisor in self._supervisors:
            supervisor.start()

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
            cancelled.

        Raises
        ------
        SettingsError
            When the call cannot be pickled, or the pool is closed.
        """
        if self._closed:
            raise SettingsError("the pool is closed; make a new one")
        try:
            call = pickle.dumps((function, arguments, named))
        except Exception as error:  # pickle raises errors of any type
            raise wrong("the task", function, f"give what pickle can copy ({error})") from error
        future: Future[_Returned] = Future()
        self._tasks.put(_Task(call, future))
        return future

    @property
    def is_broken(self) -> bool:
        """Whether no process starts any more, so that every task fails."""
        return all(supervisor.is_broken for supervisor in self._supervisors)

    def close(self) -> None:
        """Finish all tasks, then end the processes."""
        self._end()

    def stop(self) -> None:
        """End the processes at once; tasks that are not done raise `CancelledError`."""
        for supervisor in self._supervisors:
            supervisor.stop()
        self._end()

    def _end(self) -> None:
        if not self._closed:
            self._closed = True
            for _ in self._supervisors:
                self._tasks.put(None)
        for supervisor in self._supervisors:
            supervisor.join()

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


class _Supervisor(threading.Thread):
    """The thread that gives tasks to one process at a time, and replaces it when it has ended."""

    def __init__(self, tasks: "SimpleQueue[_Task | None]", limits: WorkerLimits) -> None:
        super().__init__(name="kalette-supervisor", daemon=True)
        self._tasks, self._limits = tasks, limits
        self._stopped, self._lock = False, threading.Lock()
        self._worker: Worker | None = None
        self._broken: WorkerError | None = None

    @property
    def is_broken(self) -> bool:
        """Whether its process failed to start too often."""
        return self._broken is not None

    def run(self) -> None:
        """Serve tasks until the queue says that there are no more."""
        try:
            self._living()
            while (task := self._tasks.get()) is not None:
                if task.future.set_running_or_notify_cancel():
                    self._serve(task)
        finally:
            self._discard()

    def stop(self) -> None:
        """End the process; further tasks are cancelled."""
        with self._lock:
            self._stopped = True
            if self._worker is not None:
                self._worker.terminate()

    def _serve(self, task: _Task) -> None:
        try:
            succeeded, value = self._begun(task.call).answer()
        except KaletteError as error:
            self._discard()
            succeeded, value = False, _cancelled() if self._stopped else error
        if succeeded:
            task.future.set_result(value)
        else:
            task.future.set_exception(value)

    def _begun(self, call: bytes) -> Worker:
        """Return a process that has received the call."""
        for _ in range(_STARTS):
            if self._broken is not None:
                raise self._broken
            worker = self._living()
            try:
                worker.begin(call)
            except WorkerError as error:  # it ended before the task began, which is not the task's fault
                self._discard()
                last = error
            else:
                return worker
        self._broken = last
        raise last

    def _living(self) -> Worker:
        with self._lock:
            if self._stopped:
                raise _cancelled()
            if self._worker is None:
                self._worker = Worker(self._limits)
            return self._worker

    def _discard(self) -> None:
        with self._lock:
            if self._worker is not None:
                self._worker.end()
                self._worker = None


def _cancelled() -> CancelledError:
    return CancelledError("the pool was stopped before the task was done")
