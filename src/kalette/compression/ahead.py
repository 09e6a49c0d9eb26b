"""Making the next frame while one is worked on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kalette.types import Run

Item = TypeVar("Item")


def ahead(items: Iterator[Item], run: Run) -> Iterator[Item]:
    """Yield items; with several threads, the next one is made meanwhile.

    Parameters
    ----------
    items : iterator
        Not None; another thread asks for them, one at a time.
    run : Run
        Threads.

    Examples
    --------
    >>> list(ahead(iter("abc"), Run(threads=2)))
    ['a', 'b', 'c']
    """
    if run.threads == 1:
        yield from items
        return
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, items, None)
        while (item := following.result()) is not None:
            following = pool.submit(next, items, None)
            yield item
