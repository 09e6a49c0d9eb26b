"""The same tasks on Dask: chunks of images in a sliding window, consumed as they complete."""

import logging
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from kalette.types import MemoryLimitError, MissingLibraryError, WorkerError, thread_count

if TYPE_CHECKING:
    from distributed import Client

_Task = TypeVar("_Task")
_Value = TypeVar("_Value")

_FIRST_CHUNK = 4  # images; later chunks by the time that these take
_MOST_IN_CHUNK = 50
_CHUNK_S = 3.0  # long beside the 2 ms that Dask needs for a task, short beside a straggler
_CHUNKS_AHEAD = 3  # for each worker
_LAST_CHUNKS = 2  # of each worker: what is left is shared by so many, so that none works alone for long
# By default each process checks its event loop 50 times a second, a worker samples its stack 100 times a
# second, and glibc gives each large array back to the system: together 15 % of the time of a photograph.
_LOCAL_CONFIG = {
    "distributed.admin.tick.interval": "1s",
    "distributed.worker.profile.enabled": False,
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": None,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dask:
    """Workers of a Dask cluster; needs the extra ``cluster``.

    Parameters
    ----------
    scheduler : str or None
        Address of a scheduler, such as ``tcp://10.0.0.1:8786``; None: a cluster on this machine alone.
    workers : int or None
        Number of processes of a cluster on this machine; None: as many as threads.
    threads : int or None
        Threads of these processes together (None: the number of cores), or of each task where a scheduler is
        given (None: 1).
    memory_bytes : int or None
        Memory of a worker of a cluster on this machine, beyond which it is ended; None: its share.
    """

    scheduler: str | None = None
    workers: int | None = None
    threads: int | None = None
    memory_bytes: int | None = None

    @property
    def threads_each(self) -> int:
        """Threads for each task."""
        if self.scheduler is not None:
            return self.threads or 1
        return max(1, thread_count(self.threads) // self._processes)

    @property
    def _processes(self) -> int:
        return self.workers or thread_count(self.threads)

    def map(
        self, function: Callable[[_Task], _Value], tasks: Iterable[_Task]
    ) -> Generator[tuple[_Task, _Value | BaseException], None, None]:
        """Yield each task with its value or its error, as their chunks end."""
        with self._client() as client:
            yield from _Window(client, function, iter(tasks)).ended()

    @contextmanager
    def _client(self) -> Iterator["Client"]:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ImportError as error:
            raise MissingLibraryError("Dask is not installed; install kalette[cluster]") from error
        if self.scheduler is not None:
            try:
                client = Client(self.scheduler, set_as_default=False)
            except (OSError, ValueError) as error:
                raise WorkerError(f"no scheduler answers at {self.scheduler}; start it first") from error
            with client:
                yield client
            return
        with dask.config.set(_LOCAL_CONFIG):
            local = LocalCluster(
                n_workers=self._processes,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                memory_limit=self.memory_bytes or "auto",
                silence_logs=logging.CRITICAL,
            )
        with local, Client(local, set_as_default=False) as client:
            yield client


class _Window:
    """Chunks in flight: a few for each worker."""

    def __init__(self, client: "Client", function: Callable[[Any], Any], tasks: Iterator[Any]) -> None:
        from distributed import as_completed

        self._client, self._function, self._tasks = client, function, tasks
        self._next = deque[Any]()  # enough tasks to see their end in time
        self._completed = as_completed([], loop=client.loop)
        self._chunks: dict[Any, list[Any]] = {}
        self._again: deque[list[Any]] = deque()  # halves of chunks whose worker died
        self._suspects: deque[Any] = (
            deque()
        )  # single tasks whose worker died, perhaps because of another task
        self._is_alone = False
        self._size = _FIRST_CHUNK

    def ended(self) -> Generator[tuple[Any, Any], None, None]:
        self._fill()
        while self._chunks:
            future = next(self._completed)
            chunk = self._chunks.pop(future.key)
            yield from self._values(future, chunk)
            future.release()
            self._fill()

    def _fill(self) -> None:
        workers = max(1, len(self._client.nthreads()))
        while len(self._chunks) < _CHUNKS_AHEAD * workers:
            chunk = self._again.popleft() if self._again else self._chunk(_LAST_CHUNKS * workers)
            if not chunk:
                break
            self._submit(chunk)
        if self._suspects and not self._chunks:
            self._is_alone = True  # nothing else is left, so a worker that dies now dies of this task
            self._submit([self._suspects.popleft()])

    def _submit(self, chunk: list[Any]) -> None:
        future = self._client.submit(_execute_chunk, self._function, chunk, pure=False)
        self._chunks[future.key] = chunk
        self._completed.add(future)

    def _chunk(self, last: int) -> list[Any]:
        """Return the next tasks; of the last ones a share, so that all workers end at about the same time."""
        self._next.extend(islice(self._tasks, max(0, last * self._size - len(self._next))))
        size = min(self._size, -(-len(self._next) // last))
        return [self._next.popleft() for _ in range(size)]

    def _values(self, future: Any, chunk: list[Any]) -> Iterator[tuple[Any, Any]]:
        from distributed import CancelledError, KilledWorker

        try:
            values, seconds = future.result()
        except KilledWorker:
            if self._is_alone:
                yield chunk[0], WorkerError("the worker process died during this image, again and again")
            elif len(chunk) == 1:
                self._suspects += chunk
            else:
                middle = len(chunk) // 2
                self._again += [chunk[:middle], chunk[middle:]]
            return
        except (CancelledError, OSError) as error:
            raise WorkerError("the scheduler was lost; start it again, and run again to go on") from error
        self._size = max(1, min(_MOST_IN_CHUNK, round(_CHUNK_S * len(chunk) / max(seconds, 1e-3))))
        yield from zip(chunk, values, strict=True)


def _execute_chunk(function: Callable[[Any], Any], chunk: list[Any]) -> tuple[list[Any], float]:
    """Return the values or errors of a chunk, and the seconds that it took."""
    started = time.perf_counter()
    return [_executed(function, task) for task in chunk], time.perf_counter() - started


def _executed(function: Callable[[Any], Any], task: Any) -> Any:
    try:
        return function(task)
    except MemoryError:
        return MemoryLimitError("the image needs more memory than its worker has; make it smaller")
    except Exception as error:  # of one image; it becomes its record
        return error
