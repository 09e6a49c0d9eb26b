"""Run the command as a shell does, or in this process."""

import subprocess
import sys
from typing import Any

COMMAND = (sys.executable, "-m", "kalette")


def run(*arguments: object, cwd=None, **options) -> subprocess.CompletedProcess[Any]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=options.pop("text", True),
        check=False,
        **options,
    )


def call(*arguments: object) -> None:
    """Run the command in this process, which saves the start of another; errors are raised."""
    from kalette.cli import group

    group.main([*map(str, arguments)], prog_name="kalette", standalone_mode=False)


def the_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the single line of standard error that a failure prints."""
    (line,) = done.stderr.splitlines()
    assert line.startswith("kalette: ")
    assert "Traceback" not in line
    return line
