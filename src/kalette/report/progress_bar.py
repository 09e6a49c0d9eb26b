"""A progress bar, on terminals only, removed at the end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from kalette.types import OnStep, Stage, printable

_STEP_NAMES: dict[Stage, str] = {
    "growth": "colours",
    "search": "search",
    "salient": "salient colour",
    "lloyd": "pass",
    "rounding": "rounding",
    "encoding": "encoding",
    "target": "trial",
    "colors": "colours of frame",
    "frames": "frame",
}
_FRAME_STAGES = ("colors", "frames")


@contextmanager
def progress(total: int, stream: TextIO, *, quiet: bool) -> Iterator[Callable[[str], OnStep | None]]:
    """Show a progress bar over files, with the current step of the current file.

    Parameters
    ----------
    total : int
        Number of files.
    stream : text stream
        Standard error; nothing is shown unless it is a terminal.
    quiet : bool
        Show nothing.

    Yields
    ------
    callable
        Call it with the name of each file on start; it returns the `on_step` callback for the file.
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
            shown, words = printable(name), _StepWords(time.monotonic)
            bar.update(task, description=shown, advance=1)
            return lambda stage, number: bar.update(task, description=f"{shown} · {words.of(stage, number)}")

        yield next_file


class _StepWords:
    """Words for a step; for frames, with how many a second there were since the first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began_s = 0.0

    def of(self, stage: Stage, number: int) -> str:
        """Return the words for a step, when it is done."""
        words = f"{_STEP_NAMES[stage]} {number}"
        if stage not in _FRAME_STAGES:
            return words
        if number == 1:
            self._began_s = self._clock()
            return words
        seconds = max(self._clock() - self._began_s, 1e-3)
        return f"{words} · {(number - 1) / seconds:.1f} frames a second"
