"""Input files: any path is read or refused in one sentence, and none blocks for ever."""

import io
import os
import socket
import threading

import pytest

from hostile.parts import picture, saved
from kalette import LimitError, Limits, ReadError
from kalette.reading.files import file_bytes, stream_bytes
from shell import run, the_sentence

LIMITS = Limits()
posix = pytest.mark.skipif(os.name == "nt", reason="file kinds are those of POSIX")


def test_a_file_is_read_whole(tmp_path):
    data = os.urandom(3_000_000)
    (tmp_path / "a").write_bytes(data)
    assert file_bytes(str(tmp_path / "a"), LIMITS) == data


def test_a_stream_is_read_no_further_than_one_block_beyond_the_limit():
    stream = io.BytesIO(bytes(5 << 20))
    with pytest.raises(LimitError, match="the input has more than 2,000,000 bytes"):
        stream_bytes(stream, "the input", Limits(max_input_bytes=2_000_000))
    assert stream.tell() == 2 << 20


@posix
def test_a_pipe_without_a_writer_is_refused_and_one_with_a_writer_is_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ReadError, match="is a pipe and nobody writes to it"):
        file_bytes(str(pipe), LIMITS)
    data = os.urandom(300_000)  # more than a pipe holds

    def write():
        try:
            pipe.write_bytes(data)
        except BrokenPipeError:  # the reader gave up before the first byte and tries again
            write()

    writer = threading.Thread(target=write)
    writer.start()
    while True:  # until the writer has opened the pipe
        try:
            assert file_bytes(str(pipe), LIMITS) == data
            break
        except ReadError:
            continue
    writer.join()


@posix
def test_paths_that_lead_to_no_file_are_refused_in_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    listener = socket.socket(socket.AF_UNIX)
    monkeypatch.chdir(tmp_path)
    listener.bind("socket")
    for name, said in (
        ("folder", "is a folder"),
        ("dangling", "does not exist"),
        ("loop", "cannot be opened"),
        ("socket", "cannot be opened"),
        ("a\0b", "cannot be opened"),
        ("n" * 5_000, "cannot be opened"),
        ("folder/none/x", "does not exist"),
    ):
        with pytest.raises(ReadError, match=said):
            file_bytes(name, LIMITS)
    listener.close()


@posix
def test_the_command_reads_process_substitutions_of_a_shell(tmp_path):
    """As in `kalette compress <(command) -o out.png`."""
    reader, writer = os.pipe()
    os.write(writer, saved(picture(), "PNG"))
    os.close(writer)
    done = run("compress", f"/dev/fd/{reader}", "-o", tmp_path / "out.png", pass_fds=[reader])
    os.close(reader)
    assert done.returncode == 0
    assert (tmp_path / "out.png").read_bytes()[1:4] == b"PNG"


@posix
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may read everything")
def test_an_unreadable_file_is_refused(tmp_path):
    path = tmp_path / "a.png"
    path.touch(mode=0o000)
    assert "Permission denied" in the_sentence(run("compress", path))
