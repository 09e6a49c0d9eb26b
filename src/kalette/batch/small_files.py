"""Small files side by side, each on one thread; a large file comes alone and has all threads."""

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from kalette.batch.one_image import Job, Outcome, compress_file
from kalette.batch.planning import STANDARD
from kalette.types import Run

# A photograph of 4 megapixels as JPEG, or of half a megapixel as PNG: 24 of the latter take 0.67 of the time
# that they take one after the other with two threads each.
_SMALL_BYTES = 1 << 20
_AHEAD = 2  # jobs begun for each thread, beyond the one whose turn it is; bounds how many results wait


def side_by_side(
    jobs: Sequence[Job], *, threads: int
) -> Generator[tuple[Job, Future[Outcome] | None], None, None]:
    """Yield all jobs in their order; those of small files are begun ahead of their turn.

    Parameters
    ----------
    jobs : sequence of Job
        None reads what another writes.
    threads : int
        That the jobs share.

    Yields
    ------
    tuple
        The job, and the future of its outcome, to be waited for; None for a job that the caller is to run,
        with all threads. When the caller closes the generator, the jobs that are running are cancelled, and
        those that wait are dropped.
    """
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
                    if len(begun) > _AHEAD * threads:
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
    return path.stat().st_size <= _SMALL_BYTES
