"""TIFF files of every kind, written by formula: depths, colours, byte orders, tiles, codecs, predictors."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np

PIXEL_CODECS = {"none": 1, "lzw": 5, "deflate": 8, "packbits": 32_773}
_UNSIGNED, _FLOAT = 1, 3


@dataclass(frozen=True)
class Kind:
    """What a file holds; the fields are named as the tags."""

    bits: int = 8
    photometric: int = 1
    channels: int = 1
    extra: tuple[int, ...] = ()
    format: int = _UNSIGNED
    is_planar: bool = False


@dataclass(frozen=True)
class Storage:
    """How a file holds it."""

    order: str = "<"
    tile: int = 0
    codec: str = "none"
    predictor: int = 1
    fill_order: int = 1
    is_big: bool = False


_PLAIN = Storage()


def tiff(values: np.ndarray, kind: Kind, storage: Storage = _PLAIN, tags: dict | None = None) -> bytes:
    """Write samples (H, W, channels) of the kind; more tags by number, as (type, numbers)."""
    height, width, _ = values.shape
    planes = np.moveaxis(values, 2, 0)[..., None] if kind.is_planar else values[None]
    blocks = [block for plane in planes for block in _blocks(plane, storage.tile)]
    coded = [_coded(_packed(block, kind, storage), storage) for block in blocks]
    entries = {
        256: (4, [width]),
        257: (4, [height]),
        258: (3, [kind.bits] * kind.channels),
        259: (3, [PIXEL_CODECS[storage.codec]]),
        262: (3, [kind.photometric]),
        266: (3, [storage.fill_order]),
        277: (3, [kind.channels]),
        284: (3, [2 if kind.is_planar else 1]),
        339: (3, [kind.format] * kind.channels),
    }
    offsets = list(np.cumsum([16, *(len(block) for block in coded[:-1])]).tolist())
    sizes = [len(block) for block in coded]
    if storage.tile:
        side = [storage.tile]
        entries |= {322: (3, side), 323: (3, side), 324: (4, offsets), 325: (4, sizes)}
    else:
        entries |= {273: (4, offsets), 278: (4, [_STRIP_ROWS]), 279: (4, sizes)}
    if storage.predictor > 1:
        entries[317] = (3, [storage.predictor])
    if kind.extra:
        entries[338] = (3, list(kind.extra))
    return _file(entries | (tags or {}), b"".join(coded), storage)


_STRIP_ROWS = 5


def _blocks(plane: np.ndarray, tile: int) -> list[np.ndarray]:
    height, width, channels = plane.shape
    if not tile:
        return [plane[top : top + _STRIP_ROWS] for top in range(0, height, _STRIP_ROWS)]
    down, across = -(-height // tile) * tile, -(-width // tile) * tile
    padded = np.zeros((down, across, channels), plane.dtype)
    padded[:height, :width] = plane
    return [padded[y : y + tile, x : x + tile] for y in range(0, down, tile) for x in range(0, across, tile)]


def _packed(block: np.ndarray, kind: Kind, storage: Storage) -> bytes:
    rows = len(block)
    if storage.predictor == 3:
        return _float_differences(block)
    if storage.predictor == 2:
        block = block.view(f"u{block.dtype.itemsize}")
        differences = block.copy()
        differences[:, 1:] -= block[:, :-1]
        block = differences
    if kind.bits in (8, 16, 32, 64):
        data = block.astype(np.dtype(f"{storage.order}{block.dtype.str[1:]}")).tobytes()
    elif kind.bits == 24:
        whole = block.astype(f"{storage.order}u4").tobytes()
        skip = 0 if storage.order == ">" else 3
        data = bytes(byte for place, byte in enumerate(whole) if place % 4 != skip)
    else:
        shifts = np.arange(kind.bits - 1, -1, -1)
        bits = (block.reshape(rows, -1, 1).astype(np.int64) >> shifts & 1).astype(np.uint8)
        data = np.packbits(bits.reshape(rows, -1), axis=1).tobytes()
    if storage.fill_order == 2:
        data = np.packbits(np.unpackbits(np.frombuffer(data, np.uint8)), bitorder="little").tobytes()
    return data


def _float_differences(block: np.ndarray) -> bytes:
    rows, width, channels = block.shape
    size = block.dtype.itemsize
    parts = np.frombuffer(block.astype(block.dtype.newbyteorder(">")).tobytes(), np.uint8)
    planes = parts.reshape(rows, width * channels, size).swapaxes(1, 2).reshape(rows, -1, channels)
    differences = planes.copy()
    differences[:, 1:] -= planes[:, :-1]
    return differences.tobytes()


def _coded(data: bytes, storage: Storage) -> bytes:
    if storage.codec == "deflate":
        return zlib.compress(data)
    if storage.codec == "packbits":
        pieces = [data[at : at + 128] for at in range(0, len(data), 128)]
        return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces)
    return _lzw(data) if storage.codec == "lzw" else data


def _lzw(data: bytes) -> bytes:
    """Literals alone, with a clear code before codes would need ten bits."""
    codes = []
    for at in range(0, len(data), 250):
        codes += [256, *data[at : at + 250]]
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _file(entries: dict, body: bytes, storage: Storage) -> bytes:
    """Header, body from byte 16 on, values that do not fit an entry, and the directory."""
    order = storage.order
    offset, count, room = ("Q", "Q", 8) if storage.is_big else ("I", "H", 4)
    data, table = body + bytes(len(body) % 2), b""
    for tag, (kind, numbers) in sorted(entries.items()):
        packed = struct.pack(f"{order}{len(numbers)}{ {1: 'B', 3: 'H', 4: 'I', 7: 'B'}[kind] }", *numbers)
        if len(packed) > room:
            place, data = 16 + len(data), data + packed + bytes(len(packed) % 2)
            packed = struct.pack(order + offset, place)
        table += struct.pack(f"{order}HH{offset}", tag, kind, len(numbers)) + packed.ljust(room, b"\0")
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}H", 43 if storage.is_big else 42)
    start += struct.pack(f"{order}HH", 8, 0) if storage.is_big else b""
    start += struct.pack(order + offset, 16 + len(data))
    return start.ljust(16, b"\0") + data + struct.pack(order + count, len(entries)) + table + bytes(room)
