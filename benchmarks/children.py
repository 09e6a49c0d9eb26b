"""Seconds and peak memory of commands, run one after another by a small process.

A child's peak includes that of its parent at the fork, so the parent must be small: no peak is below its own,
about 8 MiB.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

_BETWEEN = ";"  # an argument that ends a command, as in `find -exec`
_LAUNCHER = f"""
import os, sys, time
commands = [[]]
for argument in sys.argv[1:]:
    commands.append([]) if argument == {_BETWEEN!r} else commands[-1].append(argument)
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
peak = code = 0
started = time.perf_counter()
for command in commands:
    child = os.posix_spawn(command[0], command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    peak, code = max(peak, usage.ru_maxrss), code or os.waitstatus_to_exitcode(status)
print(time.perf_counter() - started, peak, code)
"""
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


class Ran(NamedTuple):
    """Seconds of all commands together, the largest peak, and the first exit code that is not 0."""

    seconds: float
    peak_bytes: int
    exit_code: int


def can_measure_memory() -> bool:
    """Whether the system reports the peak memory of a child."""
    return hasattr(os, "wait4") and hasattr(os, "posix_spawn")


def ran(*commands: Sequence[str]) -> Ran:
    """Run commands, each with the whole path of its program first, without their standard output."""
    arguments = [part for command in commands for part in (_BETWEEN, *command)][1:]
    launched = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *arguments]
    shown = subprocess.run(launched, stdout=subprocess.PIPE, text=True, check=True)
    seconds, peak, code = shown.stdout.split()
    return Ran(float(seconds), int(peak) * _PEAK_UNIT, int(code))
