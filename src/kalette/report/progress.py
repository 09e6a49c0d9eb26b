"""Progress while work lasts: on a terminal only, and gone when it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from kalette.quantize import OnPass
from kalette.wording import printable


@contextmanager
def progress(total: int, stream: TextIO, *, quiet: bool) -> Iterator[Callable[[str], OnPass | None]]:
    """Show a bar over files, and the passes of K-Means on the one in work.

    Parameters
    ----------
    total : int
        Number of files.
    stream : text stream
        Standard error; nothing is shown when it is no terminal.
    quiet : bool
        Show nothing.

    Yields
    ------
    callable
        To be called with the name of each file as its turn comes; returns what to tell of each pass.
    """
    if quiet or not stream.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("", total=total, completed=-1)

        def next_file(name: str) -> OnPass:
            shown = printable(name)
            bar.update(task, description=shown, advance=1)
            return lambda number, done: bar.update(task, description=f"{shown} · pass {number}")

        yield next_file
