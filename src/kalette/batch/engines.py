"""Engines: they execute a function for each task, unordered, and lose at most the task that fails."""

import os
import sys
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kalette.types import thread_count

_Task = TypeVar("_Task")
_Value = TypeVar("_Value")
_AHEAD = 2  # tasks for each worker, begun or waiting


class Engine(Protocol):
    """What executes the tasks of a batch."""

    @property
    def threads_each(self) -> int:
        """Threads for each task."""

    def map(
        self, function: Callable[[_Task], _Value], tasks: Iterable[_Task]
    ) -> Generator[tuple[_Task, _Value | BaseException], None, None]:
        """Yield each task with its value or its error, as they end; tasks are taken a few ahead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Serial:
    """One task after the other in this process: what every other engine has to give, and no limits.

    It alone can use ``memory://``, a bucket in the memory of this process.

    Parameters
    ----------
    threads : int or None
        Number of threads for each task; None: the number of cores.
    """

    threads: int | None = None

    @property
    def threads_each(self) -> int:
        """Threads for each task."""
        return thread_count(self.threads)

    def map(
        self, function: Callable[[_Task], _Value], tasks: Iterable[_Task]
    ) -> Generator[tuple[_Task, _Value | BaseException], None, None]:
        """Yield each task with its value or its error."""
        for task in tasks:
            try:
                value = function(task)
            except Exception as error:  # of one task; it becomes its record
                yield task, error
            else:
                yield task, value


@dataclass(frozen=True, kw_only=True, slots=True)
class Local:
    """Supervised processes on this machine.

    Parameters
    ----------
    workers : int or None
        Number of processes; None: as many as threads.
    threads : int or None
        Number of threads of all processes together; None: the number of cores.
    timeout_s : float or None
        Seconds for an image; None: no limit.
    memory_bytes : int or None
        Memory for an image; None: what the machine has for each process. Enforced on Linux.
    """

    workers: int | None = None
    threads: int | None = None
    timeout_s: float | None = None
    memory_bytes: int | None = None

    @property
    def processes(self) -> int:
        """Number of processes."""
        return self.workers or thread_count(self.threads)

    @property
    def threads_each(self) -> int:
        """Threads for each task."""
        return max(1, thread_count(self.threads) // self.processes)

    def map(
        self, function: Callable[[_Task], _Value], tasks: Iterable[_Task]
    ) -> Generator[tuple[_Task, _Value | BaseException], None, None]:
        """Yield each task with its value or its error, as they end."""
        from kalette.batch.pool import SupervisedPool  # loads anyio in 0.1 to 0.3 s

        processes = self.processes
        memory_bytes = self.memory_bytes or _share_of_memory(processes)
        with SupervisedPool(processes, memory_bytes=memory_bytes, timeout_s=self.timeout_s) as pool:
            begun: dict[Future[_Value], _Task] = {}
            for task in tasks:
                begun[pool.submit(function, task)] = task
                if len(begun) >= _AHEAD * processes:
                    yield from _ended(begun)
            while begun:
                yield from _ended(begun)


def _ended(
    begun: dict[Future[_Value], _Task],
) -> Generator[tuple[_Task, _Value | BaseException], None, None]:
    for future in wait(begun, return_when=FIRST_COMPLETED).done:
        error = future.exception()
        yield begun.pop(future), future.result() if error is None else error


def _share_of_memory(processes: int) -> int | None:
    """Return the memory of the machine for each process; None where no limit is enforced."""
    if sys.platform != "linux":
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // processes
