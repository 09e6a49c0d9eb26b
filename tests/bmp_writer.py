"""BMP files of every kind, written by formula: headers, depths, masks, palettes, runs, colour spaces."""

import struct
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Header:
    """The fields of a header; `size` tells its version: 12, 40, 52, 56, 64, 108 or 124."""

    bits: int
    size: int = 40
    compression: int = 0
    masks: tuple[int, ...] = ()
    colors: int = 0
    is_top_down: bool = False
    space: int = 0x73524742  # "sRGB"
    endpoints: tuple[float, ...] = (0.0,) * 9
    gammas: tuple[float, ...] = (0.0,) * 3


def bmp(
    size: tuple[int, int], header: Header, body: bytes, palette: bytes = b"", profile: bytes = b""
) -> bytes:
    """Assemble a file; the body is the rows as stored."""
    width, height = size
    if header.size == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, header.bits)
    else:
        down = -height if header.is_top_down else height
        info = struct.pack("<IiiHHI", header.size, width, down, 1, header.bits, header.compression)
        info += struct.pack("<IiiII", len(body), 0, 0, header.colors, 0)
    info += struct.pack(f"<{len(header.masks)}I", *header.masks) if header.size in (40, 52, 56) else b""
    if header.size >= 108:
        masks = (*header.masks, 0, 0, 0, 0)[:4]
        gammas = [round(number * 2**16) for number in header.gammas]
        points = [round(number * 2**30) for number in header.endpoints]
        info += struct.pack("<4II9i3I", *masks, header.space, *points, *gammas)
    offset = 14 + max(header.size, len(info)) + len(palette)
    if header.size == 124:
        info += struct.pack("<IIII", 4, offset - 14 + len(body) if profile else 0, len(profile), 0)
    info = info.ljust(header.size, b"\0")
    return (
        struct.pack("<2sIHHI", b"BM", offset + len(body) + len(profile), 0, 0, offset)
        + info
        + palette
        + body
        + profile
    )


def rows(values: np.ndarray, bits: int, *, is_top_down: bool = False) -> bytes:
    """Pack whole numbers (H, W) of so many bits, low byte first, rows to four bytes."""
    if bits >= 8:
        packed = values.astype("<u4").view(np.uint8).reshape(*values.shape, 4)[..., : bits // 8]
        packed = packed.reshape(len(values), -1)
    else:
        shifts = np.arange(bits - 1, -1, -1)
        packed = np.packbits(
            (values[..., None] >> shifts & 1).astype(np.uint8).reshape(len(values), -1), axis=1
        )
    padded = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 4)))
    return (padded if is_top_down else padded[::-1]).tobytes()


def run_lengths(indices: np.ndarray, bits: int) -> bytes:
    """Encode rows in runs: a run for pixels alike, an absolute run for others, a delta at the start."""
    data = b""
    for row in indices[::-1]:
        position = 0
        while position < len(row):
            run = 1
            while position + run < len(row) and row[position + run] == row[position] and run < 255:
                run += 1
            if run > 2:
                value = int(row[position])
                data += bytes([run, value if bits == 8 else value * 17])
            else:
                run = min(len(row) - position, 9)
                data += _absolute(row[position : position + run], bits)
            position += run
        data += b"\0\0"
    return data[:-2] + b"\0\1"


def _absolute(values: np.ndarray, bits: int) -> bytes:
    numbers = [int(value) for value in values]
    if len(numbers) < 3:
        return b"".join(bytes([1, value if bits == 8 else value << 4]) for value in numbers)
    body = bytes(numbers)
    if bits == 4:
        padded = [*numbers, *[0] * (len(numbers) % 2)]
        body = bytes(high << 4 | low for high, low in zip(padded[::2], padded[1::2], strict=True))
    return bytes([0, len(numbers)]) + body + bytes(len(body) % 2)
