"""Handlers for SIGINT, SIGTERM and SIGHUP: the command ends with exit code 128 plus the signal number."""

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_MESSAGES = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
if hasattr(signal, "SIGHUP"):
    _MESSAGES[signal.SIGHUP] = "hung up"


class Stopped(SystemExit):
    """Raised in the main thread by the first signal; later signals are ignored."""

    def __init__(self, number: int) -> None:
        """Store the message and the exit code."""
        self.exit_code = 128 + number
        super().__init__(self.exit_code)
        self.said = _MESSAGES[signal.Signals(number)]


def end_at_once() -> None:
    """Let signals end the process at once, as long as there is nothing to clean up."""
    _install(_exit_at_once)


def unwind() -> None:
    """Let signals raise `Stopped`, so that unfinished work is cleaned up."""
    _install(_raise_stopped)


def _install(handler: "Callable[[int, FrameType | None], None]") -> None:
    for number in _MESSAGES:
        if signal.getsignal(number) != signal.SIG_IGN:  # ignored under nohup: keep that
            signal.signal(number, handler)


def _exit_at_once(number: int, _: "FrameType | None") -> None:
    try:
        start = "\n" if os.isatty(2) else ""  # after the ^C that a terminal echoes
        os.write(2, f"{start}kalette: {_MESSAGES[signal.Signals(number)]}\n".encode())
    finally:
        os._exit(128 + number)


def _raise_stopped(number: int, _: "FrameType | None") -> None:
    for other in _MESSAGES:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)
