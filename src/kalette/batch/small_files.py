"""Scheduling of jobs: small files in parallel, one thread each; large files one by one, on all threads."""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from kalette.batch.one_image import Job, Outcome, compress_file
from kalette.batch.planning import STANDARD
from kalette.types import Run, require_all, thread_count

# A photograph of 4 megapixels as JPEG, or of half a megapixel as PNG: 24 of the latter take 0.67 of the time
# of running them one by one on two threads.
_MAX_SMALL_BYTES = 1 << 20
_QUEUE_PER_THREAD = 2  # jobs started ahead per thread; bounds the results in memory


def side_by_side(
    jobs: Sequence[Job], *, threads: int
) -> Generator[tuple[Job, Future[Outcome] | None], None, None]:
    """Yield all jobs in order; jobs of small files are started ahead.

    Parameters
    ----------
    jobs : sequence of Job
        Independent jobs: none reads an output of another.
    threads : int
        Total number of threads.

    Yields
    ------
    tuple
        The job and the future of its outcome, or None if the caller has to run the job, on all threads.
        Closing the generator cancels running jobs and drops pending ones.
    """
    require_all("jobs", jobs, Job, "give a list of kalette.batch.Job(...)")
    return _side_by_side(jobs, thread_count(threads))


def _side_by_side(
    jobs: Sequence[Job], threads: int
) -> Generator[tuple[Job, Future[Outcome] | None], None, None]:
    if threads == 1 or len(jobs) == 1:
        yield from ((job, None) for job in jobs)
        return
    begun: deque[tuple[Job, Future[Outcome]]] = deque()
    closed = Event()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for job in jobs:
                if _is_small(job):
                    run = Run(threads=1, cancelled=closed.is_set)
                    begun.append((job, pool.submit(compress_file, job, run=run)))
                    if len(begun) > _QUEUE_PER_THREAD * threads:
                        yield begun.popleft()
                else:
                    yield from _drained(begun)
                    yield job, None
            yield from _drained(begun)
        except GeneratorExit:
            closed.set()
            pool.shutdown(cancel_futures=True)
            raise


def _drained(begun: deque[tuple[Job, Future[Outcome]]]) -> Iterator[tuple[Job, Future[Outcome]]]:
    while begun:
        yield begun.popleft()


def _is_small(job: Job) -> bool:
    path = Path(job.input)
    if STANDARD in (job.input, job.output) or not path.is_file():
        return False
    return path.stat().st_size <= _MAX_SMALL_BYTES
