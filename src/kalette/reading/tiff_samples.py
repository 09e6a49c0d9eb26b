"""Bytes of a TIFF to samples: predictors undone, bits unpacked, values scaled to 8 or 16 bits.

Sources: TIFF 6.0, sections 3 to 8 and 14; Adobe Photoshop TIFF Technical Note 3 (floating-point predictor).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.color import Samples
from kalette.types import ReadError

_NO_PREDICTOR, _HORIZONTAL, _FLOATING_POINT = 1, 2, 3
_STRIP_SAMPLES = 1 << 20  # unpacked at a time, to bound memory

Values = NDArray[np.uint8 | np.uint16 | np.uint32 | np.uint64 | np.float16 | np.float32 | np.float64]


class Packing(NamedTuple):
    """How the samples of a row are packed into bytes.

    Parameters
    ----------
    bits : int
        Bits per sample.
    is_float : bool
        IEEE floating point.
    predictor : {1, 2, 3}
        None, horizontal differences, or those of floating point.
    order : {"<", ">"}
        Byte order of samples of 16 bits and more.
    """

    bits: int
    is_float: bool
    predictor: int
    order: str

    def row_bytes(self, samples: int) -> int:
        """Return the size of a row."""
        return (samples * self.bits + 7) // 8


def unpacked(rows: NDArray[np.uint8], packing: Packing, width: int, channels: int) -> Values:
    """Return the samples of rows, (rows, width, channels).

    Parameters
    ----------
    rows : ndarray
        (rows, bytes) uint8, a row of a strip or tile each.
    packing : Packing
    width, channels : int
        Pixels in a row, and samples of a pixel.
    """
    if packing.predictor == _FLOATING_POINT:
        return _undifferenced_floats(rows, packing, width, channels)
    if packing.bits in (8, 16, 32, 64):
        values = rows.view(f"{packing.order}u{packing.bits // 8}").reshape(len(rows), width, channels)
    else:
        values = _from_bits(rows, packing, width * channels).reshape(len(rows), width, channels)
    if packing.predictor == _HORIZONTAL:
        values = np.cumsum(values, axis=1, dtype=values.dtype.newbyteorder("="))
    return values.view(values.dtype.str.replace("u", "f")) if packing.is_float else values


def _undifferenced_floats(
    rows: NDArray[np.uint8], packing: Packing, width: int, channels: int
) -> NDArray[np.float16 | np.float32 | np.float64]:
    """Undo the predictor of floating point: differences of bytes, the most significant of a row first."""
    size_bytes = packing.bits // 8
    sums = np.cumsum(rows.reshape(len(rows), -1, channels), axis=1, dtype=np.uint8)
    planes = sums.reshape(len(rows), size_bytes, width * channels)
    whole = np.ascontiguousarray(planes.swapaxes(1, 2)).view(f">f{size_bytes}")
    return whole.reshape(len(rows), width, channels)


def _from_bits(rows: NDArray[np.uint8], packing: Packing, count: int) -> NDArray[np.uint32]:
    """Unpack samples of any number of bits; 24 have a byte order, others start at the high bit."""
    values = np.empty((len(rows), count), np.uint32)
    step = max(1, _STRIP_SAMPLES // count)
    for top in range(0, len(rows), step):
        strip = rows[top : top + step]
        if packing.bits == 24:
            parts = strip.reshape(len(strip), count, 3)[..., :: -1 if packing.order == "<" else 1]
            parts, width = parts.astype(np.uint32), 8
        else:
            bits = np.unpackbits(strip, axis=1, count=count * packing.bits)
            parts, width = bits.reshape(len(strip), count, packing.bits), 1
        total = np.zeros(parts.shape[:2], np.uint32)
        for place in range(parts.shape[2]):
            total = (total << np.uint32(width)) | parts[..., place]
        values[top : top + step] = total
    return values


def scaled(values: Values, bits: int, name: str) -> Samples:
    """Scale samples to the full range of 8 bits, where that is exact, or of 16, rounded to the nearest.

    Parameters
    ----------
    values : ndarray
        Unsigned, of so many bits, or floats from 0 to 1.
    bits : int
        Bits per sample.
    name : str
        Name of the file in messages.

    Raises
    ------
    ReadError
        For floats outside of 0 to 1.

    Examples
    --------
    >>> scaled(np.array([[0, 4095]], np.uint16), 12, "a.tif").tolist()
    [[0, 65535]]
    """
    if values.dtype.kind == "f":
        _require_unit_range(values, name)
    elif bits in (1, 2, 4, 8):
        return (values * np.uint8(255 // (2**bits - 1))).astype(np.uint8)
    elif bits == 16:
        return values.astype(np.uint16)
    is_short_float = values.dtype.kind == "f" and values.dtype.itemsize <= 4
    work = np.dtype(np.float32 if is_short_float else np.float64)
    factor = work.type(65_535 if values.dtype.kind == "f" else 65_535 / (2**bits - 1))
    samples = np.empty(values.shape, np.uint16)
    step = max(1, _STRIP_SAMPLES // max(1, values[:1].size))
    for top in range(0, len(values), step):
        samples[top : top + step] = np.rint(values[top : top + step].astype(work) * factor)
    return samples


def _require_unit_range(values: Values, name: str) -> None:
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):
        raise ReadError(
            f"{name} holds floating-point samples from {low:g} to {high:g} and those from 0 to 1 are read; "
            "scale them to that range first"
        )
