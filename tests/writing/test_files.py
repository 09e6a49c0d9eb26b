"""Writing files: an output appears whole or not at all."""

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import kalette
from hostile.parts import saved
from kalette.signals import Stopped
from kalette.types import WriteError
from kalette.writing.files import remove_unfinished, write_whole
from shell import run, the_sentence

nobody = pytest.mark.skipif(not hasattr(os, "setresuid"), reason="the system has no setresuid")
posix = pytest.mark.skipif(os.name == "nt", reason="file kinds, links and rights are those of POSIX")


def test_a_new_file_holds_the_data_and_no_temporary_file_is_left(tmp_path):
    write_whole(tmp_path / "a.png", b"data")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.png": b"data"}


def test_an_existing_file_is_left_alone_unless_overwriting_is_allowed(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    with pytest.raises(WriteError, match="exists; allow overwriting"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    write_whole(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_missing_folder_and_a_folder_of_the_same_name_are_refused(tmp_path):
    with pytest.raises(WriteError, match="does not exist; create it"):
        write_whole(tmp_path / "none" / "a.png", b"data")
    with pytest.raises(WriteError, match="is a folder"):
        write_whole(tmp_path, b"data", overwrite=True)
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="does not exist; create it"):
        write_whole(tmp_path / "file" / "a.png", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@posix
def test_a_new_file_gets_the_default_permissions(tmp_path):
    write_whole(tmp_path / "a.png", b"data")
    (tmp_path / "b.png").touch()
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.png", "b.png")}
    assert len(modes) == 1


def test_long_names_can_be_written(tmp_path):
    name = "n" * 250 + ".png"
    write_whole(tmp_path / name, b"data")
    assert (tmp_path / name).read_bytes() == b"data"


def test_names_are_limited_in_bytes_and_not_in_characters(tmp_path):
    name = "\N{CJK UNIFIED IDEOGRAPH-4E00}" * 83 + ".png"
    assert len(name.encode()) == 253
    write_whole(tmp_path / name, b"data")
    assert (tmp_path / name).read_bytes() == b"data"


def test_invalid_names_are_refused(tmp_path):
    for name in ("n" * 300 + ".png", "a\0b.png"):
        with pytest.raises(WriteError, match="cannot be written"):
            write_whole(tmp_path / name, b"data")
    assert list(tmp_path.iterdir()) == []


def no_link(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@posix
@pytest.mark.parametrize("links", [True, False])
def test_of_twenty_writers_one_writes_the_whole_file_and_nineteen_are_refused(links, tmp_path, monkeypatch):
    """With and without hard links in the file system."""
    if not links:
        monkeypatch.setattr(os, "link", no_link)
    path, gate = tmp_path / "a.png", threading.Barrier(20)
    said: list[str | None] = []

    def write(number: int) -> None:
        gate.wait()
        try:
            write_whole(path, bytes([number]) * 100_000)
            said.append(None)
        except WriteError as error:
            said.append(str(error))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert said.count(None) == 1
    assert said.count(f"{path} exists; allow overwriting (--overwrite), or choose another name") == 19
    data = path.read_bytes()
    assert data == data[:1] * 100_000
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_the_reserved_name_is_released_if_the_file_cannot_be_moved_there(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", no_link)
    monkeypatch.setattr(os, "rename", no_link)
    monkeypatch.setattr(os, "replace", no_link)
    with pytest.raises(WriteError, match="cannot be written"):
        write_whole(tmp_path / "a.png", b"data")
    assert list(tmp_path.iterdir()) == []


FAILURE = OSError(errno.EIO, "Input/output error")


@posix
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("place", ["open", "fsync", "link", "unlink", "replace"])
@pytest.mark.parametrize("stop", [FAILURE, Stopped(signal.SIGTERM)])
@pytest.mark.parametrize("afterwards", [False, True])
def test_a_failure_or_a_signal_at_any_step_leaves_no_partial_file(
    place, stop, afterwards, tmp_path, monkeypatch
):
    """A signal raises `Stopped` anywhere in Python code, but only once."""
    real, calls = getattr(os, place), []

    def failing(*args: object, **options: object) -> object:
        calls.append(args)
        if len(calls) > 1:
            return real(*args, **options)
        if afterwards:
            real(*args, **options)
        raise stop

    monkeypatch.setattr(os, place, failing)
    path = tmp_path / "a.png"
    if place == "replace":
        path.write_bytes(b"old")
    with suppress(WriteError, Stopped):
        write_whole(path, b"data", overwrite=place == "replace")
    assert calls
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert left in ({}, {"a.png": b"data"}, {"a.png": b"old"})
    assert left or place != "replace"


def test_an_unfinished_file_lies_in_the_folder_that_is_named_and_is_removed_from_there(tmp_path):
    aside = tmp_path / "aside"
    aside.mkdir()
    write_whole(tmp_path / "a.png", b"data", unfinished=aside)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["a.png"]
    (aside / ".kalette-0123.part").write_bytes(b"half")
    (aside / "ledger.jsonl").touch()
    remove_unfinished(aside)
    assert [path.name for path in aside.iterdir()] == ["ledger.jsonl"]


@posix
def test_overwriting_keeps_the_permissions_of_the_old_file(tmp_path):
    path = tmp_path / "a.png"
    for mode in (0o600, 0o644, 0o640):
        path.write_bytes(b"old")
        path.chmod(mode)
        write_whole(path, b"new", overwrite=True)
        assert stat.S_IMODE(path.stat().st_mode) == mode
        path.unlink()


@contextmanager
def as_nobody() -> Iterator[None]:
    """Drop the rights of root, who can write everywhere."""
    own = os.getresuid()
    if own[0] == 0:
        os.setresuid(65_534, 65_534, 0)
    try:
        yield
    finally:
        os.setresuid(*own)


@nobody
def test_a_write_protected_file_is_not_replaced_in_a_writable_folder():
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "a.png"
        path.write_bytes(b"old")
        path.chmod(0o444)
        Path(name).chmod(0o777)
        with as_nobody(), pytest.raises(WriteError, match=r"\(it is write-protected\)"):
            write_whole(path, b"new", overwrite=True)
        assert path.read_bytes() == b"old"


@posix
def test_a_device_or_a_pipe_is_not_replaced_by_a_file(tmp_path):
    pipe = tmp_path / "a.png"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/null")):
        with pytest.raises(WriteError, match="is not a regular file"):
            write_whole(path, b"data", overwrite=True)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert Path("/dev/null").is_char_device()
    assert list(tmp_path.iterdir()) == [pipe]


@posix
def test_a_symbolic_link_stays_and_what_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "mine.png").write_bytes(b"mine")
    (tmp_path / "a.png").symlink_to("mine.png")
    (tmp_path / "dangling.png").symlink_to("nothing")
    for name, leads_to in (("a.png", "mine.png"), ("dangling.png", "nothing")):
        with pytest.raises(WriteError, match="exists"):
            write_whole(tmp_path / name, b"new")
        write_whole(tmp_path / name, b"new", overwrite=True)
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / leads_to).read_bytes() == b"new"


@posix
def test_a_symbolic_link_to_what_is_no_regular_file_is_refused(tmp_path):
    (tmp_path / "null.png").symlink_to("/dev/null")
    (tmp_path / "folder.png").symlink_to(tmp_path)
    for name, said in (("null.png", "is not a regular file"), ("folder.png", "is a folder")):
        with pytest.raises(WriteError, match=said):
            write_whole(tmp_path / name, b"new", overwrite=True)


@nobody
@pytest.mark.parametrize("overwrite", [False, True])
def test_an_unwritable_folder_gives_one_sentence(overwrite):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "old.png").write_bytes(b"old")
        (folder / "old.png").chmod(0o666)
        folder.chmod(0o555)
        with as_nobody(), pytest.raises(WriteError, match=r"cannot be written \(Permission denied\); choose"):
            write_whole(folder / ("old.png" if overwrite else "new.png"), b"new", overwrite=overwrite)
        folder.chmod(0o755)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"old.png": b"old"}


@nobody
def test_a_permission_lost_while_writing_is_reported_with_the_leftover_file(monkeypatch):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        real = os.fsync
        monkeypatch.setattr(os, "fsync", lambda file: (real(file), lock(folder)))
        with as_nobody(), pytest.raises(WriteError, match="is left over and cannot be removed"):
            write_whole(folder / "a.png", b"data")
        assert not (folder / "a.png").exists()


def lock(folder: Path) -> None:
    """Make a folder read-only, as another user would."""
    own = os.getresuid()
    os.setresuid(-1, own[2], -1)
    folder.chmod(0o555)
    os.setresuid(-1, own[1], -1)


@posix
def test_a_file_beyond_the_size_limit_of_the_system_leaves_nothing(tmp_path):
    """A file size limit of the system behaves like a full disk."""
    (tmp_path / "old.png").write_bytes(b"old")
    photo = saved(Image.fromarray(kalette.sample_pixels(96, 64)), "PNG")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500));"
    for name, arguments in (("new.png", []), ("old.png", ["--overwrite"])):
        done = subprocess.run(
            [sys.executable, "-c", f"{limit} from kalette.__main__ import main; main()", "compress", "-",
             "-o", str(tmp_path / name), *arguments],
            input=photo, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr.count(b"\n") == 1
        assert b"cannot be written (File too large); make room, or choose another place" in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.png": b"old"}


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 1 MiB in memory (tmpfs)."""
    folder = tmp_path / "disk"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if mounted.returncode:
        pytest.skip(f"mounting is not allowed ({mounted.stderr.strip()})")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_gives_one_sentence_and_keeps_existing_files(tiny_disk, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (1_200, 1_200, 3), np.uint8)
    source = tmp_path / "noise.png"
    source.write_bytes(saved(Image.fromarray(noise), "PNG", compress_level=1))
    (tiny_disk / "old.png").write_bytes(b"old")
    for name, arguments in (("new.png", []), ("old.png", ["--overwrite"])):
        done = run("compress", source, "--effort", "fast", "-o", tiny_disk / name, *arguments)
        assert done.returncode == 1
        assert "(No space left on device); make room, or choose another place" in the_sentence(done)
    assert {path.name: path.read_bytes() for path in tiny_disk.iterdir()} == {"old.png": b"old"}
