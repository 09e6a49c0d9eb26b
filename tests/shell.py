"""Run the command as a shell does."""

import subprocess
import sys

COMMAND = (sys.executable, "-m", "kalette")


def run(*arguments: object, cwd=None, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=options.pop("text", True),
        check=False,
        **options,
    )


def the_sentence(done: subprocess.CompletedProcess) -> str:
    """Return the single line of standard error that a failure prints."""
    (line,) = done.stderr.splitlines()
    assert line.startswith("kalette: ")
    assert "Traceback" not in line
    return line
