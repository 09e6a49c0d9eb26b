"""Files that are made bit by bit."""

import errno
from concurrent.futures import ThreadPoolExecutor

import pytest

from kalette.types import WriteError
from kalette.writing import Spool, blocks_of, spool, write_whole

IN_FILES_AND_IN_MEMORY = pytest.mark.parametrize("most_in_memory", [4, 1 << 20])


@IN_FILES_AND_IN_MEMORY
def test_bytes_are_put_over_others_and_cut_off(most_in_memory):
    made = Spool(most_in_memory)
    made.append(b"one two three")
    assert made.put(4, b"TWO") == 7
    assert (made.read(4, 7), made.size) == (b"TWO", 13)
    made.cut(made.put(7, b"."))
    assert (made.to_bytes(), made.size) == (b"one TWO.", 8)


def test_a_spool_keeps_what_it_had_in_memory():
    made = Spool(10)
    for number in range(1000):
        made.append(bytes([number % 251]))
    assert made.to_bytes() == bytes(number % 251 for number in range(1000))


@IN_FILES_AND_IN_MEMORY
def test_threads_read_at_once(most_in_memory):
    made, content = Spool(most_in_memory), bytes(range(256)) * 40
    made.append(content)
    with ThreadPoolExecutor(8) as pool:
        parts = pool.map(lambda begin: made.read(begin, begin + 16), range(0, len(content), 16))
        assert b"".join(parts) == content


@IN_FILES_AND_IN_MEMORY
def test_a_spool_is_written_in_blocks(most_in_memory, tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "_BLOCK", 3)
    made = Spool(most_in_memory)
    made.append(b"12345678")
    assert list(blocks_of(made)) == [b"123", b"456", b"78"]
    assert list(blocks_of(b"12345678")) == [b"12345678"]
    write_whole(tmp_path / "file", made)
    assert (tmp_path / "file").read_bytes() == b"12345678"


def test_a_full_disk_is_a_sentence(monkeypatch):
    class Full:
        def write(self, content):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", Full)
    with pytest.raises(WriteError, match=r"No space left on device\); make room, or set TMPDIR"):
        Spool(4).append(b"12345")
