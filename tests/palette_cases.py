"""Palettes and palette files for several tests."""

import struct

import numpy as np

import kalette
from kalette.palettes import Swatches

ORANGE_AND_BLUE = Swatches(np.array([[255, 128, 0], [51, 102, 153]], np.uint8), (0.75, 0.25))


WITH_ALPHA = Swatches(np.array([[255, 128, 0, 51], [0, 0, 0, 0], [9, 9, 9, 255]], np.uint8), (0.5, 0.3, 0.2))


def read(path) -> list[str]:
    return list(kalette.read_palette(path))


def ase(*blocks: bytes, count: int | None = None) -> bytes:
    return b"ASEF\0\1\0\0" + struct.pack(">I", len(blocks) if count is None else count) + b"".join(blocks)


def ase_block(kind: int, body: bytes) -> bytes:
    return struct.pack(">HI", kind, len(body)) + body


NO_NAME = b"\0\1\0\0"


RED = ase_block(1, NO_NAME + b"RGB " + struct.pack(">3fH", 1, 0, 0, 0))


GREY = ase_block(1, NO_NAME + b"Gray" + struct.pack(">fH", 0.6, 0))


CMYK = ase_block(1, NO_NAME + b"CMYK" + struct.pack(">4fH", 1, 0, 0, 0, 0))
