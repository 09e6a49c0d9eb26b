"""zlib streams in parts: zlib reads them, and threads do not change them."""

import zlib

import deflate
import numpy as np
import pytest

from kalette import kernels
from kalette.types import Run
from kalette.writing.deflating import continued, zlib_stream

SIZES = {"fast": 1 << 21, "balanced": 1 << 18}


def noisy_rows(height: int, width: int) -> np.ndarray:
    rng = np.random.default_rng(height)
    return np.minimum(rng.integers(0, 90, (height, width), np.uint8), 40)


@pytest.mark.parametrize(("effort", "size"), SIZES.items())
def test_rows_are_compressed_whole_up_to_a_size(effort, size):
    rows = noisy_rows(1 << 8, size >> 8)
    assert zlib_stream(rows, 6, effort) == deflate.zlib_compress(rows, 6)
    larger = noisy_rows((1 << 8) + 1, size >> 8)
    assert zlib_stream(larger, 6, effort) != deflate.zlib_compress(larger, 6)


def test_the_best_effort_compresses_all_rows_whole():
    rows = noisy_rows(600, 1000)
    assert zlib_stream(rows, 6, "best") == deflate.zlib_compress(rows, 6)


@pytest.mark.parametrize("level", [1, 6, 10, 12])
@pytest.mark.parametrize("shape", [(513, 769), (1, 400_000), (3, 200_000), (400_000, 1), (1500, 1999)])
def test_zlib_reads_the_parts_as_one_stream(shape, level):
    rows = noisy_rows(*shape)
    stream = zlib_stream(rows, level, "balanced", run=Run(threads=2))
    reader = zlib.decompressobj()
    assert reader.decompress(stream) == rows.tobytes()
    assert reader.eof
    assert not reader.unused_data
    assert len(stream) < 1.01 * len(deflate.zlib_compress(rows, level))


def test_threads_do_not_change_the_stream():
    rows = noisy_rows(1500, 1999)
    streams = {zlib_stream(rows, 10, "balanced", run=Run(threads=threads)) for threads in (1, 2, 5)}
    assert len(streams) == 1


def test_a_part_ends_at_a_byte_for_each_bit_at_which_its_last_block_ends():
    ends = set()
    for repeated in range(3, 60):
        data = b"abc" * repeated + bytes(repeated % 7)
        first = bytes(deflate.deflate_compress(data, 9))
        ends.add(kernels.last_block(np.frombuffer(first, np.uint8))[1] % 8)
        joined = continued(first) + deflate.deflate_compress(b"more", 1)
        assert zlib.decompress(joined, -15) == data + b"more"
    assert ends == set(range(8))
