"""Fixtures: pictures made by formula, and the command with and without a terminal."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from kalette.types import Pixels

collect_ignore = ["fuzz"]  # run by hand: they need a fuzzer

# The same examples in every run, without deadlines.
settings.register_profile(
    "kalette", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("kalette")


@pytest.fixture
def gradient() -> Pixels:
    """64 x 48 pixels of distinct colours."""
    across, down = np.meshgrid(np.arange(64), np.arange(48))
    return np.stack([4 * across, 5 * down, 2 * across + 2 * down], axis=2).astype(np.uint8)


@pytest.fixture
def icon() -> Pixels:
    """A disc of 40 x 40 with a soft edge: clear, partly clear and opaque pixels."""
    across, down = np.meshgrid(np.arange(40) - 19.5, np.arange(40) - 19.5)
    alpha = np.clip((18 - np.sqrt(across**2 + down**2)) * 60, 0, 255)
    color = np.stack([6 * (across + 20), 6 * (down + 20), 200 - 2 * across - 2 * down], axis=2)
    return np.dstack([color, alpha]).astype(np.uint8)


@pytest.fixture
def kalette_command() -> Callable[..., subprocess.CompletedProcess[Any]]:
    """Run the command as a shell does."""

    def run(*arguments: object, **options) -> subprocess.CompletedProcess[Any]:
        return subprocess.run(
            [sys.executable, "-c", "from kalette.cli import main; main()", *map(str, arguments)],
            capture_output=True,
            check=False,
            **{"text": True, **options},
        )

    return run


@pytest.fixture
def kalette_terminal() -> Callable[..., tuple[int, str]]:
    """Run the command on a pseudo terminal and type each answer when its question appears.

    The fixture returns the exit code and the whole output of the terminal.
    """
    if sys.platform == "win32":
        pytest.skip("there are no pseudo terminals")
    return _talk


def _talk(arguments: Sequence[str], answers: Sequence[tuple[str, str]], cwd: Path) -> tuple[int, str]:
    terminal, inner = os.openpty()
    code = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from kalette.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        cwd=cwd,
        start_new_session=True,  # needed for a controlling terminal, which sends Ctrl-C
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONIOENCODING": "utf-8"},
    )
    os.close(inner)
    said = b""
    try:
        for question, answer in [*answers, ("", "")]:
            seen = len(said)
            while not (question and question.encode() in said[seen:]):
                part = _next_part(terminal, said)
                if not part:
                    break
                said += part
            _type(answer, terminal)
        return process.wait(timeout=60), said.decode(errors="replace").replace("\r\n", "\n")
    finally:
        os.close(terminal)
        process.kill()
        process.wait()


def _type(answer: str, terminal: int) -> None:
    if answer in ("\x03", "\x04"):
        time.sleep(0.3)  # Ctrl-C is lost between Python's prompt and its read
    if answer:
        os.write(terminal, os.fsencode(answer))


def _next_part(terminal: int, said: bytes) -> bytes:
    """Wait for more output; return nothing once the other end is closed."""
    ready, _, _ = select.select([terminal], [], [], 60)
    assert ready, f"no more output after {said!r}"
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # the end of a pseudo terminal on Linux
        return b""
