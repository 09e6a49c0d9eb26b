"""BMP: kinds that Pillow does not read rightly, and the colour space of a V4 or V5 header.

Pillow reads run lengths and whole bytes of RGB; palettes and masks are read here, since it takes some grey
palettes for another depth, knows few masks, and rounds 5 and 6 bits down. Source: Microsoft, BITMAPV5HEADER
and [MS-WMF] 2.2.2.
"""

import struct
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.reading.raster import Raster
from kalette.types import ReadError

_HEADER_SIZES = (12, 40, 52, 56, 64, 108, 124)
_OS2, _OS2_V2, _V4, _V5 = 12, 64, 108, 124
_RGB, _RLE8, _RLE4, _BITFIELDS, _JPEG, _PNG, _ALPHA_BITFIELDS = range(7)
_CALIBRATED, _LINKED, _EMBEDDED = 0, 0x4C494E4B, 0x4D424544  # "LINK" and "MBED"
_555, _NO_MASK = (0x7C00, 0x3E0, 0x1F), 0
_FILE_HEADER = 14  # bytes


class Header(NamedTuple):
    """The header of a BMP.

    Parameters
    ----------
    size : int
        Of the header, which tells its version.
    width, height : int
    bits : int
        Of a pixel.
    compression : int
    colors : int
        Entries of the palette.
    is_top_down : bool
        The first row is the top one.
    pixels_at : int
        Offset of the rows.
    """

    size: int
    width: int
    height: int
    bits: int
    compression: int
    colors: int
    is_top_down: bool
    pixels_at: int

    @property
    def row_bytes(self) -> int:
        """Size of a row, padded to four bytes."""
        return (self.width * self.bits + 31) // 32 * 4


def header_of(data: bytes, name: str) -> Header | None:
    """Return the header of a BMP; None when it is damaged, of which Pillow says more.

    Raises
    ------
    ReadError
        For a kind that Kalette does not read.
    """
    try:
        (pixels_at, size) = struct.unpack_from("<II", data, 10)
        if size == _OS2:
            width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
            header = Header(size, width, height, bits, _RGB, 0, False, pixels_at)
        elif size in _HEADER_SIZES:
            width, height, _, bits, compression, colors = struct.unpack_from("<iiHHI12xI", data, 18)
            header = Header(size, width, abs(height), bits, compression, colors, height < 0, pixels_at)
        else:
            return None
    except struct.error:
        return None
    reason = _refusal(header)
    if reason:
        raise ReadError(f"{name} is a BMP {reason}; save it as PNG first")
    has_pixels = min(header.width, header.height) > 0 and pixels_at >= _FILE_HEADER + size + (bits <= 8)
    return header if has_pixels else None


def _refusal(header: Header) -> str | None:
    bits, compression = header.bits, header.compression
    if header.size == _OS2_V2 and compression > _RLE4:
        kinds = {3: "in fax code (Huffman 1D)", 4: "in run lengths of 24 bits"}
        return f"{kinds.get(compression, f'of compression {compression}')}, which is not read"
    if compression in (_JPEG, _PNG):
        return f"that wraps a {'JPEG' if compression == _JPEG else 'PNG'}, which is not read"
    if compression > _ALPHA_BITFIELDS:
        return f"of compression {compression}, which is not read"
    if bits not in (1, 2, 4, 8, 16, 24, 32):
        return f"of {bits} bits a pixel, which is not read"
    return None


def raster_of(data: bytes, header: Header, *, partial: bool = False) -> Raster | None:
    """Decode palettes and masks; None for what Pillow reads rightly.

    Parameters
    ----------
    data : bytes
        The whole file.
    header : Header
        Of a size that passed the limits.
    partial : bool
        Missing rows are blank, instead of an error.

    Raises
    ------
    EOFError
        When rows are missing.
    """
    if header.compression in (_RLE8, _RLE4) or (header.bits >= 24 and header.compression == _RGB):
        return None
    masks = _masks(data, header)
    if header.bits > 8 and (masks is None or not any(masks)):
        return None
    size_bytes = header.row_bytes * header.height
    stored = data[header.pixels_at : header.pixels_at + size_bytes]
    if len(stored) < size_bytes and not partial:
        raise EOFError("its last rows are missing")
    rows = np.frombuffer(stored.ljust(size_bytes, b"\0"), np.uint8).reshape(header.height, header.row_bytes)
    rows = rows if header.is_top_down else rows[::-1]
    return _from_masks(rows, header, masks) if masks else _from_palette(rows, data, header)


def _masks(data: bytes, header: Header) -> tuple[int, ...] | None:
    """Return the masks of red, green and blue, and of alpha where there is one."""
    if header.bits <= 8:
        return None
    if header.compression == _RGB:
        return _555
    has_alpha = header.compression == _ALPHA_BITFIELDS or header.size >= 56
    masks = struct.unpack_from("<4I", data, _FILE_HEADER + 40)
    return masks if has_alpha and masks[3] else masks[:3]


def _from_masks(rows: NDArray[np.uint8], header: Header, masks: tuple[int, ...]) -> Raster:
    size_bytes = header.bits // 8
    parts = rows[:, : header.width * size_bytes].reshape(header.height, header.width, size_bytes)
    samples = np.empty((header.height, header.width, len(masks)), np.uint16)
    for top in range(header.height):
        pixels = np.zeros(header.width, np.uint32)
        for place in range(size_bytes):
            pixels |= parts[top, :, place].astype(np.uint32) << np.uint32(8 * place)
        for channel, mask in enumerate(masks):
            samples[top, :, channel] = _scaled(pixels, mask)
    return Raster(samples, "RGB")


def _scaled(pixels: NDArray[np.uint32], mask: int) -> NDArray[np.uint16]:
    """Return the bits of a mask, scaled to 16 bits and rounded to the nearest; nothing for an empty one."""
    low = mask & -mask  # the lowest bit
    most = mask // low if low else 1
    values = (pixels & np.uint32(mask)) // np.uint32(max(low, 1))
    scaled: NDArray[np.uint16] = np.rint(values * (65_535 / most)).astype(np.uint16)
    return scaled


def _from_palette(rows: NDArray[np.uint8], data: bytes, header: Header) -> Raster:
    """Look colours up; indices beyond the palette are black."""
    count = header.width * header.bits
    bits = np.unpackbits(rows, axis=1, count=count).reshape(header.height, header.width, header.bits)
    indices = np.packbits(bits, axis=2)[..., 0] >> (8 - header.bits)
    entry_bytes = 3 if header.size == _OS2 else 4
    start = _FILE_HEADER + header.size
    most = min(header.colors or 1 << header.bits, max(0, header.pixels_at - start) // entry_bytes)
    stored = np.frombuffer(data, np.uint8, most * entry_bytes, start).reshape(most, entry_bytes)
    palette = np.zeros((256, 3), np.uint8)
    palette[: min(most, 256)] = stored[:256, 2::-1]
    return Raster(palette[indices], "RGB")


def information(data: bytes, header: Header) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return density and colour space by Pillow's names of them, and notes.

    Parameters
    ----------
    data : bytes
        The whole file.
    header : Header

    Returns
    -------
    info : dict
        `dpi`; `icc_profile`, or `gamma` and `chromaticity`; nothing for sRGB.
    notes : tuple of str
    """
    info: dict[str, Any] = {}
    if header.size > _OS2:
        across, down = struct.unpack_from("<ii", data, _FILE_HEADER + 24)
        info = {"dpi": (across * 0.0254, down * 0.0254)} if min(across, down) > 0 else {}
    if header.size < _V4:
        return info, ()
    space, notes = _color_space(data, header)
    return info | space, notes


def _color_space(data: bytes, header: Header) -> tuple[dict[str, Any], tuple[str, ...]]:
    (space,) = struct.unpack_from("<I", data, _FILE_HEADER + 56)
    if header.size == _V5 and space == _EMBEDDED:
        start, size_bytes = struct.unpack_from("<II", data, _FILE_HEADER + 112)
        profile = data[_FILE_HEADER + start : _FILE_HEADER + start + size_bytes]
        return {"icc_profile": profile} if profile else {}, ()
    if header.size == _V5 and space == _LINKED:
        return {}, ("its colour profile is another file, which is not opened, so it is taken as sRGB",)
    return _calibration(data) if space == _CALIBRATED else ({}, ())


def _calibration(data: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return gamma and primaries of a calibrated space; all zeros are no calibration."""
    points = [number / 2**30 for number in struct.unpack_from("<9i", data, _FILE_HEADER + 60)]
    gammas = [number / 2**16 for number in struct.unpack_from("<3I", data, _FILE_HEADER + 96)]
    primaries = [points[at : at + 3] for at in (0, 3, 6)]
    if not any(gammas) and not any(points):
        return {}, ()
    white = [sum(parts) for parts in zip(*primaries, strict=True)]
    if min(gammas) <= 0 or any(sum(point) <= 0 for point in (white, *primaries)):
        return {}, ("the calibration of its colours is incomplete, so it is taken as sRGB",)
    if max(gammas) - min(gammas) > 0.02:
        return {}, ("its channels differ in gamma, which is not applied, so it is taken as sRGB",)
    places = [part / sum(point) for point in (white, *primaries) for part in point[:2]]
    return {"gamma": 3 / sum(gammas), "chromaticity": tuple(places)}, ()
