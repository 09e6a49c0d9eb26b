"""Interrupted runs: an output is the old file or the whole new one."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from extent import FULL
from hostile.parts import picture, saved
from shell import COMMAND, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
MOMENTS = 200 if FULL else 12


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(saved(picture(96, 64), "PNG"))
    return path


def leftovers(folder) -> list[str]:
    return [path.name for path in folder.iterdir() if path.suffix == ".part"]


def test_a_run_killed_at_any_moment_leaves_the_old_file_or_the_whole_new_one(photo, tmp_path):
    """At most one temporary file is left, with the suffix .part."""
    target, old = tmp_path / "out.png", b"old" * 1_000
    arguments = [*COMMAND, "compress", photo, "-k", "16", "-o", target, "--overwrite", "-q"]
    target.write_bytes(old)
    started = time.monotonic()
    subprocess.run(arguments, check=True)
    lasting, new = time.monotonic() - started, target.read_bytes()
    rng, seen = random.Random(0), set()
    for _ in range(MOMENTS):
        target.write_bytes(old)
        process = subprocess.Popen(arguments)
        time.sleep(rng.uniform(0, 1.2 * lasting))
        process.kill()
        process.wait()
        assert target.read_bytes() in (old, new)
        seen.add(target.read_bytes() == new)
        assert len(leftovers(tmp_path)) <= 1
        for name in leftovers(tmp_path):
            (tmp_path / name).unlink()
    assert seen == {True, False} or not FULL


WRITER = """
import sys
from pathlib import Path
from kalette.writing.files import write_whole
contents = [bytes([n]) * 1_000_000 for n in range(10)]
print("ready", flush=True)
while True:
    for content in contents:
        write_whole(Path(sys.argv[1]), content, overwrite=True)
"""


def test_a_writer_killed_while_it_overwrites_leaves_a_whole_file(tmp_path):
    """The process only overwrites, so each kill hits a step of that."""
    target = tmp_path / "out.png"
    rng = random.Random(1)
    for _ in range(MOMENTS):
        command = [sys.executable, "-c", WRITER, target]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.005, 0.03))
            process.kill()
        if target.exists():
            data = target.read_bytes()
            assert data == data[:1] * 1_000_000
        assert len(leftovers(tmp_path)) <= 1
        for name in leftovers(tmp_path):
            (tmp_path / name).unlink()


OF_THE_INTERPRETER = ("Fatal Python error: init", "Could not import runpy")


@pytest.mark.parametrize(("number", "said"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_a_signal_at_any_moment_leaves_no_partial_file(number, said, photo, tmp_path):
    """This holds from Kalette's first line on; before it, the interpreter handles the signal."""
    target = tmp_path / "out.png"
    arguments = [*COMMAND, "compress", photo, "-k", "16", "-o", target, "-q"]
    started = time.monotonic()
    subprocess.run(arguments, check=True)
    lasting, whole = time.monotonic() - started, target.read_bytes()
    rng, codes = random.Random(2), []
    for _ in range(MOMENTS):
        target.unlink(missing_ok=True)
        process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
        time.sleep(rng.uniform(0, 1.1 * lasting))
        process.send_signal(number)
        _, error = process.communicate()
        codes.append(process.returncode)
        assert leftovers(tmp_path) == []
        assert not target.exists() or target.read_bytes() == whole
        if process.returncode not in (0, -number) and not any(text in error for text in OF_THE_INTERPRETER):
            assert (process.returncode, error) == (128 + number, f"kalette: {said}\n")
    assert 128 + number in codes


def test_a_signal_during_the_imports_gives_no_traceback():
    """Each import from `__main__` on gets the signal once, as it begins."""
    code = """
import builtins, os, signal, sys
import kalette.signals
left, real = int(sys.argv.pop(1)), builtins.__import__
def importing(*args, **options):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGINT)
    return real(*args, **options)
from kalette.__main__ import main
kalette.signals.end_at_once()
builtins.__import__ = importing
main()
"""
    for step in range(1, 1_500, 60 if FULL else 300):
        done = subprocess.run(
            [sys.executable, "-c", code, str(step), "compress", "none.png"],
            capture_output=True,
            text=True,
            check=False,
        )
        ended = (done.returncode, done.stderr)
        assert ended in ((130, "kalette: interrupted\n"), (1, done.stderr)), step
        if done.returncode == 1:
            assert done.stderr.startswith("kalette: none.png does not exist")


def test_a_second_signal_does_not_disturb_the_cleanup(photo, tmp_path):
    code = """
import os, signal
import kalette.writing.files as output
from kalette.__main__ import main
real = os.fsync
def fsync(file):
    real(file)
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
output.os.fsync = fsync
main()
"""
    target = tmp_path / "out.png"
    done = subprocess.run(
        [sys.executable, "-c", code, "compress", str(photo), "-o", str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (143, "kalette: terminated\n")
    assert [path.name for path in tmp_path.iterdir()] == ["photo.png"]


def test_of_twenty_commands_with_the_same_output_one_writes_the_whole_file(photo, tmp_path):
    count = 20 if FULL else 6
    target = tmp_path / "out.png"
    arguments = [*COMMAND, "compress", photo, "-o", target, "-q"]
    running = [subprocess.Popen([*arguments, "-k", str(k)], stderr=subprocess.PIPE, text=True)
               for k in range(2, 2 + count)]  # fmt: skip
    said = [process.communicate()[1] for process in running]
    codes = [process.returncode for process in running]
    assert sorted(codes) == [0] + [1] * (count - 1)
    sentence = f"kalette: {target} exists; allow overwriting (--overwrite), or choose another name\n"
    assert sorted(said) == ["", *[sentence] * (count - 1)]
    winner = 2 + codes.index(0)
    assert run("compress", photo, "-k", winner, "-o", tmp_path / "again.png").returncode == 0
    assert target.read_bytes() == (tmp_path / "again.png").read_bytes()
    assert leftovers(tmp_path) == []


def test_a_signal_that_was_ignored_before_stays_ignored_as_nohup_needs():
    code = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); import kalette.signals as s\n"
        "s.end_at_once(); s.unwind(); print(signal.getsignal(signal.SIGHUP) == signal.SIG_IGN)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
    assert int(signal.SIGHUP) == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_command_waits_for_input_ends_it_and_leaves_no_file(number, code, tmp_path):
    """Standard input stays open without data."""
    process = subprocess.Popen(
        [*COMMAND, "compress", "-", "-o", tmp_path / "x.png"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(3)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == code
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []
