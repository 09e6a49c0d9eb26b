"""Embedded ICC profiles: conversion to sRGB with LittleCMS, of samples of 8 and 16 bits."""

import io
import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kalette.color import Samples, in_strips
from kalette.reading.arrays import in_bytes
from kalette.reading.decoding_errors import one_line
from kalette.reading.icc import matrix_encoding
from kalette.reading.raster import Model

_CUBE_STEPS = 16  # levels per channel of the colours on which a transform is tested for identity
_16_BIT_GREY = "I;16"  # Pillow's name


def srgb_from_profile(
    colors: Samples, model: Model, profile: bytes
) -> tuple[NDArray[np.uint8] | None, tuple[str, ...]]:
    """Return colours in sRGB; None, with a note, if the profile is unusable.

    Parameters
    ----------
    colors : ndarray
        (H, W, 1, 3 or 4) uint8 or uint16, by the model.
    model : {"L", "RGB", "CMYK"}
        Colour model of the samples.
    profile : bytes
        The ICC profile.

    Returns
    -------
    colors : ndarray or None
        (H, W, 1 or 3) uint8.
    notes : tuple of str
    """
    from PIL import ImageCms

    try:
        if model == "L":
            return _from_grey(colors, profile), ()
        encoding = matrix_encoding(profile)
        transform = _transform(profile, model, exact=encoding is None)
    except (ImageCms.PyCMSError, OSError) as error:
        return None, (f"its colour profile cannot be used ({one_line(error)}), so it is taken as sRGB",)
    if model == "RGB" and _is_identity(transform):
        return in_bytes(colors), ()
    if colors.dtype.itemsize == 1:
        return _transformed(in_bytes(colors), model, transform), ()
    return encoding.srgb_from_samples(colors) if encoding else _between_bytes(colors, model, transform), ()


def _transform(profile: bytes, mode: str, *, exact: bool) -> Any:
    """Build a transform; `exact` without LittleCMS's optimisation, which is off by up to 17 steps.

    Optimised curves and matrices are exact to half a step, and five times as fast.
    """
    from PIL import ImageCms

    source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    flags = ImageCms.Flags.NOOPTIMIZE if exact else ImageCms.Flags.NONE
    return ImageCms.buildTransform(source, target, mode, "RGB", flags=flags)


def _transformed(colors: NDArray[np.uint8], model: Model, transform: Any) -> NDArray[np.uint8]:
    from PIL import ImageCms

    height, width, channels = colors.shape
    raw = np.ascontiguousarray(colors).reshape(height, width * channels)
    return np.asarray(ImageCms.applyTransform(Image.frombuffer(model, (width, height), raw), transform))


def _from_grey(colors: Samples, profile: bytes) -> NDArray[np.uint8]:
    """Look each sample up in a table of all levels: few enough to transform them exactly."""
    from PIL import ImageCms

    levels = np.arange(1 << 16, dtype=np.uint16).reshape(256, 256)
    transform = _transform(profile, _16_BIT_GREY, exact=True)
    table = np.asarray(ImageCms.applyTransform(Image.fromarray(levels), transform)).reshape(-1, 3)
    if colors.dtype == np.uint8:
        table = table[::257]
    return table[colors[..., 0]]


def _between_bytes(colors: Samples, model: Model, transform: Any) -> NDArray[np.uint8]:
    """Transform 16-bit samples: the neighbours of 8 bits around each, and linear interpolation between them.

    Pillow transforms no more than 8 bits of several channels. Colour tables are smooth within a step of 8
    bits, so the result is within a step of that of the whole sample.
    """
    return in_strips(colors, lambda strip: _interpolated(strip, model, transform))


def _interpolated(colors: Samples, model: Model, transform: Any) -> NDArray[np.uint8]:
    low, rest = np.divmod(colors, np.uint16(257))
    share = rest / 257
    total = np.zeros((*colors.shape[:2], 3))
    for corner in itertools.product((0, 1), repeat=colors.shape[2]):
        neighbors = np.minimum(low + np.array(corner, np.uint16), 255).astype(np.uint8)
        weights = np.ones(colors.shape[:2])
        for channel, is_high in enumerate(corner):
            weights = weights * (share[..., channel] if is_high else 1 - share[..., channel])
        total += weights[..., None] * _transformed(neighbors, model, transform)
    return np.rint(total).astype(np.uint8)


def _is_identity(transform: Any) -> bool:
    """Return whether a transform changes no channel by more than 1, as an sRGB profile does."""
    steps = np.linspace(0, 255, _CUBE_STEPS).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(64, 64, 3)
    return bool(np.abs(_transformed(cube, "RGB", transform).astype(np.int16) - cube).max() <= 1)
