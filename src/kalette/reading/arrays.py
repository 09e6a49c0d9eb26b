"""NumPy arrays to 8-bit pixels, with scikit-image's conventions for dtypes and ranges."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.types import Pixels, ReadError

_STRIP_VALUES = 1 << 20  # converted at a time, to bound memory
_Conversion = Callable[[NDArray[Any]], NDArray[np.uint8]]
_ACCEPTED = "uint8 (0 to 255), uint16, bool, or float from 0 to 1"


def pixels_from_array(array: NDArray[Any]) -> Pixels:
    """Convert an array to RGB or RGBA pixels.

    Parameters
    ----------
    array : ndarray
        (H, W) or (H, W, 1) grey, (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGBA. Dtype uint8,
        uint16 (rounded to 8 bits), bool (false is black) or float from 0 to 1.

    Returns
    -------
    ndarray
        (H, W, 3 or 4) uint8, C-contiguous; always a copy, independent of later changes to the array.

    Raises
    ------
    ReadError
        For any other dtype, shape or range.

    Examples
    --------
    >>> pixels_from_array(np.array([[0.0, 0.5, 1.0]])).tolist()
    [[[0, 0, 0], [128, 128, 128], [255, 255, 255]]]
    >>> pixels_from_array(np.array([[[65535, 0]]], np.uint16)).tolist()
    [[[255, 255, 255, 0]]]
    """
    if isinstance(array, np.ma.MaskedArray):
        raise ReadError("the array is masked; fill it first, as array.filled(0) does")
    _require_shape(array.shape)
    samples = _bytes_of(array)
    if samples.ndim == 2:
        samples = samples[..., None]
    if samples.shape[2] <= 2:
        samples = np.concatenate([np.repeat(samples[..., :1], 3, axis=2), samples[..., 1:]], axis=2)
    pixels = np.ascontiguousarray(samples)
    return pixels.copy() if np.may_share_memory(pixels, array) else pixels


def in_bytes(samples: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return samples rounded to 8 bits.

    Examples
    --------
    >>> in_bytes(np.array([[0, 128, 129, 65535]], np.uint16)).tolist()
    [[0, 0, 1, 255]]
    """
    if samples.dtype.itemsize == 1 or not samples.size:
        return samples.astype(np.uint8, copy=False)
    return _in_strips(samples, _bytes_from_16_bits)


def _bytes_from_16_bits(values: NDArray[np.uint16]) -> NDArray[np.uint8]:
    return ((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)


def _require_shape(shape: tuple[int, ...]) -> None:
    if len(shape) not in (2, 3) or (len(shape) == 3 and not 1 <= shape[2] <= 4):
        raise ReadError(
            f"the array has shape {shape}; give (height, width) for grey, or (height, width, 1 to 4) for "
            "grey, grey and alpha, RGB or RGBA"
        )
    if 0 in shape:
        raise ReadError(f"the array has shape {shape}; an image needs at least one pixel")


def _bytes_of(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:
        return in_bytes(array)
    if array.dtype.kind == "f":
        _require_unit_range(array)
        return _in_strips(array, _bytes_from_floats)
    raise ReadError(
        f"the array is of {array.dtype}; give {_ACCEPTED}, with astype where it holds such values"
    )


def _require_unit_range(array: NDArray[np.floating]) -> None:
    low, high = float(array.min()), float(array.max())
    if np.isnan(low):
        raise ReadError("the array holds NaN; replace it with numbers from 0 to 1")
    if low < 0 or high > 1:
        raise ReadError(
            f"the array holds floats from {low:g} to {high:g}; floats range from 0 to 1, "
            "so scale them, or convert to uint8"
        )


def _bytes_from_floats(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    scaled = values.astype(np.promote_types(values.dtype, np.float32)) * 255
    rounded: NDArray[np.uint8] = np.rint(scaled).astype(np.uint8)
    return rounded


def _in_strips(
    array: NDArray[Any], convert: Callable[[NDArray[Any]], NDArray[np.uint8]]
) -> NDArray[np.uint8]:
    converted = np.empty(array.shape, np.uint8)
    rows = max(1, _STRIP_VALUES // (array.size // len(array)))
    for top in range(0, len(array), rows):
        converted[top : top + rows] = convert(array[top : top + rows])
    return converted
