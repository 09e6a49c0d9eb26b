"""Run the command as a shell does, or in this process."""

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
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


def run_here(*arguments: object, cwd: str | os.PathLike[str] = ".") -> subprocess.CompletedProcess[str]:
    """Run the command in this process, with its messages and its exit code, in a folder."""
    from kalette import cli

    out, err = io.BytesIO(), io.BytesIO()
    texts = [io.TextIOWrapper(each, encoding="utf-8", newline="") for each in (out, err)]
    given = sys.argv
    sys.argv = ["kalette", *map(str, arguments)]
    try:
        with chdir(cwd), redirect_stdout(texts[0]), redirect_stderr(texts[1]):
            code = cli._exit_code()
    finally:
        sys.argv = given
    for text in texts:
        text.flush()
    said = [each.getvalue().decode(errors="replace") for each in (out, err)]
    return subprocess.CompletedProcess(list(map(str, arguments)), code, *said)


def the_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the single line of standard error that a failure prints."""
    (line,) = done.stderr.splitlines()
    assert line.startswith("kalette: ")
    assert "Traceback" not in line
    return line
