"""What a call carries along: threads, callbacks, and the way to stop it."""

import os
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import Literal, NamedTuple

from kalette.types.checks import is_whole, require_flag, require_function
from kalette.types.errors import CancelledError, SettingsError

MAX_THREADS = 256

Stage = Literal["search", "lloyd", "target"]
"""What reports progress: the search for a start, Lloyd's loop, the trials for a target."""


class Pass(NamedTuple):
    """What one pass of Lloyd's loop did.

    Parameters
    ----------
    loss : float
        Weighted sum of squared distances after it.
    max_shift : float
        Largest movement of a centroid.
    changed : int
        Distinct colours that went to another centroid.
    """

    loss: float
    max_shift: float
    changed: int


OnPass = Callable[[int, Pass], object]
"""Called after each pass of Lloyd's loop with its number, from 1, and what it did."""

OnStep = Callable[[Stage, int], object]
"""Called after each step of a stage with the stage and the number of the step, from 1."""


def thread_count(threads: int | None) -> int:
    """Return how many threads to use: as many as asked for, or as there are cores.

    Raises
    ------
    SettingsError
        For anything but 1 to 256, or None.

    Examples
    --------
    >>> thread_count(3)
    3
    """
    if threads is not None and not (is_whole(threads) and 1 <= threads <= MAX_THREADS):
        raise SettingsError(
            f"threads is {threads!r}; give 1 to {MAX_THREADS}, or leave it out to use all cores"
        )
    return int(threads or min(os.cpu_count() or 1, MAX_THREADS))


@dataclass(frozen=True, slots=True)
class Run:
    """What a call carries along; nothing of it changes the result.

    Parameters
    ----------
    threads : int
        Threads to use, 1 to 256; by default as many as there are cores.
    keep_history : bool
        Keep the palette of each pass.
    on_pass : callable or None
        Called after each pass of Lloyd's loop with its number and what it did.
    on_step : callable or None
        Called after each step of the search for a palette, of Lloyd's loop and of the search for a target,
        with the stage (``"search"``, ``"lloyd"`` or ``"target"``) and the number of the step.
    cancelled : callable or None
        Asked before each step; when it returns true, the call ends with `CancelledError`.

    Raises
    ------
    SettingsError
        For a value of another kind.

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
        """Check the values, and count the cores."""
        object.__setattr__(self, "threads", thread_count(self.threads))
        require_flag("keep_history", self.keep_history)
        for name in ("on_pass", "on_step", "cancelled"):
            require_function(name, getattr(self, name))

    def step(self, stage: Stage, number: int) -> None:
        """Report that a step is done.

        Raises
        ------
        CancelledError
            When the caller wants no more of them.
        """
        if self.on_step:
            self.on_step(stage, number)
        self.require_wanted()

    def require_wanted(self) -> None:
        """End the call when the caller has cancelled it.

        Raises
        ------
        CancelledError
            When it is cancelled.
        """
        if self.cancelled and self.cancelled():
            raise CancelledError("the work was cancelled; nothing was written")


ONE_THREAD = Run(threads=1)
