"""Run options of a call: threads, callbacks, cancellation."""

import os
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import Literal, NamedTuple

from kalette.types.checks import is_whole, require_flag, require_function, require_kind, wrong
from kalette.types.errors import CancelledError

MAX_THREADS = 256

Stage = Literal["growth", "search", "salient", "lloyd", "rounding", "encoding", "target", "colors", "frames"]
"""Stage that reports progress: growing centroids, searching for better ones, finding salient colours, Lloyd's
loop, rounding to bytes, trials of the encoder, trials for a target,
colours of frames, frames."""


class Pass(NamedTuple):
    """Record of one pass of Lloyd's loop.

    Parameters
    ----------
    loss : float
        Weighted sum of squared distances after the pass.
    max_shift : float
        Largest movement of a centroid.
    changed : int
        Number of distinct colours that changed their centroid.
    """

    loss: float
    max_shift: float
    changed: int


OnPass = Callable[[int, Pass], object]
"""Called after each pass of Lloyd's loop with its number, from 1, and its record."""

OnStep = Callable[[Stage, int], object]
"""Called after each step of a stage with the stage and the number of the step, from 1."""


def thread_count(threads: int | None) -> int:
    """Return the number of threads: the given number, or the number of cores.

    Raises
    ------
    SettingsError
        For anything other than 1 to 256, or None.

    Examples
    --------
    >>> thread_count(3)
    3
    """
    if threads is not None and not (is_whole(threads) and 1 <= threads <= MAX_THREADS):
        raise wrong("threads", threads, f"give 1 to {MAX_THREADS}, or leave it out to use all cores")
    return int(threads or min(os.cpu_count() or 1, MAX_THREADS))


@dataclass(frozen=True, slots=True)
class Run:
    """Run options of a call, none of which changes the result.

    Parameters
    ----------
    threads : int
        Number of threads, 1 to 256; by default the number of cores.
    keep_history : bool
        Keep the palette of each pass.
    on_pass : callable or None
        Called after each pass of Lloyd's loop with its number and record.
    on_step : callable or None
        Called after each step with its `Stage`, such as ``"lloyd"``, and the number of the step.
    cancelled : callable or None
        Called before each step; if it returns true, the call ends with `CancelledError`.

    Raises
    ------
    SettingsError
        For an invalid value.

    Examples
    --------
    >>> Run(threads=2).threads
    2
    >>> Run(cancelled=lambda: True).step("search", 1)
    Traceback (most recent call last):
    kalette.CancelledError: the work was cancelled; nothing was written
    """

    threads: int = field(default_factory=lambda: thread_count(None))
    _: KW_ONLY
    keep_history: bool = False
    on_pass: OnPass | None = None
    on_step: OnStep | None = None
    cancelled: Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        """Check the values; the default number of threads is the number of cores."""
        object.__setattr__(self, "threads", thread_count(self.threads))
        require_flag("keep_history", self.keep_history)
        for name in ("on_pass", "on_step", "cancelled"):
            require_function(name, getattr(self, name))

    def step(self, stage: Stage, number: int) -> None:
        """Report a completed step.

        Raises
        ------
        CancelledError
            When the caller has cancelled the work.
        """
        if self.on_step:
            self.on_step(stage, number)
        self.require_wanted()

    def require_wanted(self) -> None:
        """Raise if the caller has cancelled the work.

        Raises
        ------
        CancelledError
            When the caller has cancelled the work.
        """
        if self.cancelled and self.cancelled():
            raise CancelledError("the work was cancelled; nothing was written")


ONE_THREAD = Run(threads=1)


def require_run(run: object) -> None:
    """Raise unless the value is a `Run`.

    Examples
    --------
    >>> require_run(4)
    Traceback (most recent call last):
    kalette.SettingsError: run is 4; give kalette.Run(...), or leave it out
    """
    require_kind("run", run, Run, "give kalette.Run(...), or leave it out")
