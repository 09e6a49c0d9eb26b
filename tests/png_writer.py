"""PNG of every colour type, bit depth and interlacing, written from samples; profiles of a few numbers."""

import struct
import zlib

import numpy as np

from hostile.parts import chunk, header, png

KINDS = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16)]
KINDS += [(3, 1), (3, 2), (3, 4), (3, 8), (4, 8), (4, 16), (6, 8), (6, 16)]
"""Colour type and bit depth."""

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png_file(samples: np.ndarray, kind: tuple[int, int], *before: bytes, interlaced: bool = False) -> bytes:
    """Samples (H, W, channels) as the file stores them, indices for a palette; chunks before the pixels."""
    color_type, depth = kind
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    parts = [samples[y::dy, x::dx] for x, y, dx, dy in passes]
    rows = b"".join(b"\0" + packed(row, depth) for part in parts if part.size for row in part)
    head = header(samples.shape[1], samples.shape[0], depth, color_type, int(interlaced))
    return png(head, *before, chunk(b"IDAT", zlib.compress(rows)))


def packed(row: np.ndarray, depth: int) -> bytes:
    """A row of samples in big-endian order, several in a byte below 8 bits."""
    if depth >= 8:
        return row.astype(">u2" if depth == 16 else np.uint8).tobytes()
    bits = np.unpackbits(row.reshape(-1, 1).astype(np.uint8), axis=1)[:, 8 - depth :]
    return np.packbits(bits).tobytes()


def gamma_chunk(gamma: float) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", round(gamma * 100_000)))


def primaries_chunk(*numbers: float) -> bytes:
    """White, red, green and blue, x and y of each."""
    return chunk(b"cHRM", struct.pack(">8I", *(round(number * 100_000) for number in numbers)))


def profile_chunk(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"made\0\0" + zlib.compress(profile))


def rgb_profile(exponent: float, columns: np.ndarray) -> bytes:
    """An ICC profile of version 2: one curve, and XYZ of red, green and blue at D50 as columns."""
    colorants = {
        name: xyz_tag(column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns.T, strict=True)
    }
    return profile(b"RGB ", {**colorants, **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve_tag(exponent))})


def grey_profile(exponent: float) -> bytes:
    return profile(b"GRAY", {b"kTRC": curve_tag(exponent)})


def table_profile(space: bytes, lab_from_inks: np.ndarray) -> bytes:
    """An ICC profile of a table with two points an axis (lut16Type), from whose corners all is interpolated.

    `lab_from_inks` is affine: (3, channels + 1), the last column for no ink.
    """
    channels = lab_from_inks.shape[1] - 1
    corners = np.indices((2,) * channels).reshape(channels, -1)
    lab = lab_from_inks[:, :-1] @ corners + lab_from_inks[:, -1:]
    scale, offset = np.array([[652.8], [256], [256]]), np.array([[0], [128], [128]])
    table = np.round(scale * (lab + offset)).astype(">u2").T
    head = b"mft2" + bytes(4) + bytes([channels, 3, 2, 0])
    identity = struct.pack(">9i", *(65_536 * np.eye(3, dtype=int)).ravel())
    straight = struct.pack(">2H", 0, 65_535)
    tag = head + identity + struct.pack(">2H", 2, 2) + straight * channels + table.tobytes() + straight * 3
    return profile(space, {b"A2B0": tag}, connection_space=b"Lab ", version=2)


def curve_tag(exponent: float) -> bytes:
    return b"para" + bytes(8) + struct.pack(">i", round(exponent * 65_536))


def xyz_tag(xyz: np.ndarray) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(number * 65_536) for number in xyz))


def profile(
    space: bytes, tags: dict[bytes, bytes], *, connection_space: bytes = b"XYZ ", version: int = 4
) -> bytes:
    tags = {b"wtpt": xyz_tag(np.array([0.9642, 1.0, 0.8249])), **tags}
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(tag))
        body += tag + bytes(-len(tag) % 4)
    size = start + len(body)
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I4sB3x4s4s4s", size, bytes(4), version, kind, space, connection_space)
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63_190, 65_536, 54_061)
    return head.ljust(128, b"\0") + table + body
