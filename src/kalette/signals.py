"""What Ctrl-C, TERM and a closed terminal do to the command: it ends, with 128 and the signal's number."""

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

_SAID = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
if hasattr(signal, "SIGHUP"):
    _SAID[signal.SIGHUP] = "hung up"


class Stopped(SystemExit):
    """Raised in the main thread by the first signal; those that follow are not heard."""

    def __init__(self, number: int) -> None:
        """Remember what to say and the exit code."""
        self.exit_code = 128 + number
        super().__init__(self.exit_code)
        self.said = _SAID[signal.Signals(number)]


def end_at_once() -> None:
    """From here on a signal ends the process on the spot: for while there is nothing to clean up."""
    _answer(_end)


def unwind() -> None:
    """From here on a signal raises `Stopped`, so that what was begun is cleaned up."""
    _answer(_raise)


def _answer(handler: "Callable[[int, FrameType | None], None]") -> None:
    for number in _SAID:
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, handler)


def _end(number: int, _: "FrameType | None") -> None:
    try:
        start = "\n" if os.isatty(2) else ""  # where the terminal has shown ^C
        os.write(2, f"{start}kalette: {_SAID[signal.Signals(number)]}\n".encode())
    finally:
        os._exit(128 + number)


def _raise(number: int, _: "FrameType | None") -> None:
    for other in _SAID:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)
