"""The last block of a DEFLATE stream: by hand, then as zlib sees it, then native against reference."""

import zlib

import deflate
import numpy as np
import pytest

from kalette.kernels import reference

_native = pytest.importorskip("kalette.kernels._native")
BOTH = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])
LEVELS = (1, 6, 10, 12)


def stream_of(bits: str) -> np.ndarray:
    """Bytes from bits in the order of the stream, with spaces between fields."""
    ordered = np.array([int(bit) for bit in bits.replace(" ", "")], np.uint8)
    return np.packbits(ordered, bitorder="little")


def of_bytes(stream: bytes | bytearray) -> np.ndarray:
    return np.frombuffer(stream, np.uint8)


def mixed_bytes(size: int) -> bytes:
    """Noise, repetitions and text in turn, for which compression changes its codes."""
    rng = np.random.default_rng(size)
    noise = rng.integers(0, 256, size, np.uint8).tobytes()
    steps = np.repeat(rng.integers(0, 9, size // 5 + 1, np.uint8), 5).tobytes()
    return noise[: size // 3] + steps[: size // 3] + b"from the lowest bit " * (size // 60)


@BOTH
def test_fixed_blocks_are_found_by_hand(kernels):
    """Two blocks in the fixed code: the byte 0, then the last one with 143, 144 and a copy of 3 bytes."""
    first = "0 10  00110000 0000000"
    last = "1 10  10111111 110010000  0000001 00001  0000000"
    assert kernels.last_block(stream_of(first + last)) == (18, 18 + 3 + 8 + 9 + 7 + 5 + 7)


@BOTH
def test_a_stored_block_begins_at_a_byte(kernels):
    empty = [0, 0, 0, 255, 255]
    assert kernels.last_block(np.array([*empty, 1, 1, 0, 254, 255, 7], np.uint8)) == (40, 88)
    assert kernels.last_block(np.array([*empty, 1, 1, 0, 254, 255, 7, 9, 9], np.uint8)) == (40, 88)


@BOTH
@pytest.mark.parametrize("level", LEVELS)
def test_a_stream_whose_last_block_is_marked_as_another_asks_zlib_for_more(kernels, level):
    data = mixed_bytes(90_000)
    stream = deflate.deflate_compress(data, level)
    begin, end = kernels.last_block(of_bytes(stream))
    assert (end + 7) // 8 == len(stream)
    stream[begin // 8] &= ~(1 << begin % 8)
    reader = zlib.decompressobj(-15)
    assert reader.decompress(stream) + reader.flush() == data
    assert not reader.eof


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("size", [0, 1, 2, 300, 70_000])
def test_both_find_the_same_block(level, size):
    stream = of_bytes(bytes(deflate.deflate_compress(mixed_bytes(size), level)))
    assert reference.last_block(stream) == _native.last_block(stream)


@BOTH
@pytest.mark.parametrize(
    "stream",
    [
        stream_of(""),
        stream_of("1 11"),  # no type of block
        stream_of("1 10  00110000"),  # without an end
        stream_of("1 10  11000110"),  # length 286
        stream_of("1 10  0000001 11110"),  # distance 30
        stream_of("1 00 00000 1000000000000000 1000000000000000"),  # a stored size that is not inverted
        stream_of("1 01 00000 00000 0000 100 100 100 000"),  # three words of one bit
        stream_of("1 01 00000 00000 0000 100 000 000 100  0"),  # the length before the first again
        np.array([1, 5, 0, 250, 255, 1], np.uint8),  # 5 bytes stored, of which 1 is there
    ],
    ids=["empty", "type", "no-end", "length", "distance", "stored", "code", "repetition", "short"],
)
def test_what_is_no_stream_is_refused(kernels, stream):
    with pytest.raises(ValueError, match="not one of DEFLATE, or ends early"):
        kernels.last_block(stream)
