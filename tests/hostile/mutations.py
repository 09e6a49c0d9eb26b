"""Valid files, truncated everywhere, with every bit flipped, and with parts zeroed or repeated."""

from collections.abc import Iterator

from hostile.parts import picture, rare_seeds, saved, seeds

CUT_STEP, BIT_STEP = 23, 149  # for the sample: primes, to reach all bits of a byte


def cases(*, full: bool) -> Iterator[tuple[str, bytes]]:
    for ending, data in (seeds() | rare_seeds()).items():
        yield f"whole.{ending}", data
        yield from cut(ending, data, 1 if full else CUT_STEP)
        yield from flipped(ending, data, 1 if full else BIT_STEP)
        yield from patched(ending, data)
    yield from jpegs_cut_and_closed(full=full)


def cut(ending: str, data: bytes, step: int = 1) -> Iterator[tuple[str, bytes]]:
    for length in range(0, len(data), step):
        yield f"cut-{length}.{ending}", data[:length]


def flipped(ending: str, data: bytes, step: int) -> Iterator[tuple[str, bytes]]:
    for bit in range(0, 8 * len(data), step):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield f"flip-{bit}.{ending}", bytes(changed)


def patched(ending: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    half = len(data) // 2
    yield f"zeros-behind.{ending}", data[:half] + bytes(len(data) - half)
    yield f"zeros-between.{ending}", data[:half] + bytes(8) + data[half + 8 :]
    yield f"ones-between.{ending}", data[:half] + b"\xff" * 8 + data[half + 8 :]
    yield f"twice.{ending}", data + data
    yield f"half-twice.{ending}", data[:half] + data
    yield f"garbage-behind.{ending}", data + b"garbage" * 99


def jpegs_cut_and_closed(*, full: bool) -> Iterator[tuple[str, bytes]]:
    """JPEGs without their last pixels but with an end marker: libjpeg fills in grey."""
    for name, progressive in (("sequential", False), ("progressive", True)):
        data = saved(picture(96, 64), "JPEG", quality=80, progressive=progressive)
        start = data.index(b"\xff\xda") + 14
        for length in range(start, len(data) - 2, 1 if full else 97):
            yield f"{name}-cut-{length}-closed.jpg", data[:length] + b"\xff\xd9"
