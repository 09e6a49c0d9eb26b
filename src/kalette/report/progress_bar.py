"""Progress while work lasts: on a terminal only, and gone when it is done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from kalette.types import OnStep, printable

_STEP_NAMES = {"search": "search", "lloyd": "pass", "target": "trial"}


@contextmanager
def progress(total: int, stream: TextIO, *, quiet: bool) -> Iterator[Callable[[str], OnStep | None]]:
    """Show a bar over files, and the steps of the work on the current one.

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
        To be called with the name of each file as its turn comes; returns what to call after each step.
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

        def next_file(name: str) -> OnStep:
            shown = printable(name)
            bar.update(task, description=shown, advance=1)
            return lambda stage, number: bar.update(
                task, description=f"{shown} · {_STEP_NAMES[stage]} {number}"
            )

        yield next_file
