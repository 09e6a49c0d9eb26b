"""Hostile animations: wrong counts, frames without pixels or outside, loops of disposal, extreme delays."""

import io
import struct
import zlib
from collections.abc import Iterator
from itertools import product

import numpy as np
from PIL import Image

from hostile.parts import chunk, gif, gif_frame, header, png

_EXTREMES = (0, 1, 2, 65_535)


def cases(*, full: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of each; all have two frames or more, or claim so."""
    yield from _gifs()
    yield from _apngs()
    yield from _webps()
    yield from _damaged(full=full)


def _control(disposal: int = 0, delay: int = 5, *, clear: int | None = None) -> bytes:
    flags = disposal << 2 | (clear is not None)
    return b"!\xf9\x04" + struct.pack("<BHBB", flags, delay, clear or 0, 0)


def _gifs() -> Iterator[tuple[str, bytes]]:
    one = gif_frame(1, 1)
    for disposals in product(range(8), repeat=2):
        yield (
            "gif-disposals-{}-{}.gif".format(*disposals),
            gif(2, 2, *(_control(d) + one for d in disposals * 3)),
        )
    for delay in _EXTREMES:
        yield f"gif-delay-{delay}.gif", gif(2, 2, *[_control(2, delay) + one] * 3)
    for width, height in ((0, 0), (0, 1), (1, 0)):
        yield f"gif-frame-{width}x{height}.gif", gif(2, 2, one, _control(3) + gif_frame(width, height), one)
    yield "gif-first-frame-empty.gif", gif(2, 2, gif_frame(0, 0), one)
    yield "gif-all-frames-empty.gif", gif(2, 2, *[gif_frame(0, 0)] * 3)
    yield "gif-canvas-0x0.gif", gif(0, 0, one, one)
    yield "gif-outside.gif", gif(1, 1, one, *[_control(2) + gif_frame(1, 1, left=9)] * 3)
    yield "gif-far-outside.gif", gif(1, 1, one, gif_frame(1, 1, left=65_535))
    yield "gif-large-outside.gif", gif(1, 1, *[gif_frame(9_000, 9_000)] * 900)
    yield "gif-10000-frames.gif", gif(1, 1, *[one] * 10_000)
    yield "gif-300-frames.gif", gif(1, 1, *[one] * 300)
    yield "gif-clear-beyond-palette.gif", gif(2, 2, *[_control(2, clear=255) + one] * 3)
    yield "gif-without-pixels.gif", gif(2, 2, one, gif_frame(2, 2, b"\x02\0"))
    yield "gif-code-size-12.gif", gif(2, 2, one, gif_frame(2, 2, b"\x0c\x02\x44\x01\0"))
    for repeats in (b"\x03\x01\xff\xff", b"\x03\x01", b"", b"\x03\x02\0\0"):
        looping = b"!\xff\x0bNETSCAPE2.0" + bytes([len(repeats)]) + repeats + (b"\0" if repeats else b"")
        yield f"gif-looping-{repeats.hex()}.gif", gif(2, 2, looping, one, one)


def _fctl(
    sequence: int, *numbers: int, delay: tuple[int, int] = (1, 10), ends: tuple[int, int] = (0, 0)
) -> bytes:
    return chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, *numbers, *delay, *ends))


def _apng(*frames: bytes, claimed: int = 2, plays: int = 0) -> bytes:
    """A canvas of 2 x 2 whose first frame covers it."""
    first = _fctl(0, 2, 2, 0, 0) + chunk(b"IDAT", zlib.compress(b"\0\1\2\3\4\5\6" * 2))
    return png(header(2, 2), chunk(b"acTL", struct.pack(">II", claimed, plays)), first, *frames)


def _fdat(sequence: int, pixels: bytes = b"\0\7\7\7") -> bytes:
    return chunk(b"fdAT", struct.pack(">I", sequence) + zlib.compress(pixels))


def _apngs() -> Iterator[tuple[str, bytes]]:
    second = _fctl(1, 1, 1, 0, 0) + _fdat(2)
    for claimed in (0, 1, 3, 2**31 - 1, 2**32 - 1):
        yield f"apng-claims-{claimed}.png", _apng(second, claimed=claimed)
    for numbers in (
        (0, 0, 0, 0),
        (0, 1, 0, 0),
        (1, 1, 2, 0),
        (3, 1, 0, 0),
        (1, 1, 2**31 - 1, 0),
        (2**31, 1, 0, 0),
    ):
        place = "-".join(map(str, numbers))
        yield f"apng-place-{place}.png", _apng(_fctl(1, *numbers) + _fdat(2))
    for delay in ((0, 0), (1, 0), (65_535, 1), (65_535, 0), (0, 65_535)):
        changed = _fctl(1, 1, 1, 0, 0, delay=delay) + _fdat(2)
        yield "apng-delay-{}-{}.png".format(*delay), _apng(changed)
    for ends in product((0, 1, 2, 3, 255), (0, 1, 2)):
        yield "apng-ends-{}-{}.png".format(*ends), _apng(_fctl(1, 1, 1, 0, 0, ends=ends) + _fdat(2), second)
    yield "apng-without-data.png", _apng(_fctl(1, 1, 1, 0, 0))
    yield "apng-short-data.png", _apng(_fctl(1, 2, 2, 0, 0) + _fdat(2))
    yield "apng-empty-data.png", _apng(_fctl(1, 1, 1, 0, 0) + chunk(b"fdAT"))
    yield "apng-broken-data.png", _apng(_fctl(1, 1, 1, 0, 0) + chunk(b"fdAT", b"\0\0\0\2nonsense"))
    yield "apng-out-of-order.png", _apng(_fctl(9, 1, 1, 0, 0) + _fdat(2), second)
    yield "apng-short-control.png", _apng(chunk(b"fcTL", b"\0" * 25) + _fdat(2))
    yield "apng-plays.png", _apng(second, plays=2**32 - 1)


def _webps() -> Iterator[tuple[str, bytes]]:
    good = _webp()
    yield "webp-good.webp", good
    at = good.index(b"ANMF")
    for place, field in ((8, "left"), (11, "top"), (14, "width"), (17, "height"), (20, "delay")):
        for value in (1, 7, 2**24 - 1):
            changed = good[: at + place] + value.to_bytes(3, "little") + good[at + place + 3 :]
            yield f"webp-{field}-{value}.webp", changed
    for flags in range(4):
        yield f"webp-flags-{flags}.webp", good[: at + 23] + bytes([flags]) + good[at + 24 :]
    yield "webp-canvas.webp", good[:24] + b"\xff" * 6 + good[30:]


def _webp() -> bytes:
    frames = [Image.fromarray(np.full((4, 4, 3), grey, np.uint8)) for grey in (0, 90, 200)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    return out.getvalue()


def _damaged(*, full: bool) -> Iterator[tuple[str, bytes]]:
    """Every cut, and a flipped bit in every byte, of a small animation of each format."""
    seeds = {
        "gif": gif(2, 2, *[_control(2, 9) + gif_frame(1, 1)] * 2),
        "png": _apng(_fctl(1, 1, 1, 1, 1) + _fdat(2)),
        "webp": _webp(),
    }
    for ending, data in seeds.items():
        for place in range(0, len(data), 1 if full else 11):
            yield f"cut-{place}.{ending}", data[:place]
            flipped = bytes([data[place] ^ 1 << place % 8])
            yield f"flipped-{place}.{ending}", data[:place] + flipped + data[place + 1 :]
