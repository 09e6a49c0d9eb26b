"""Samples of any depth, model and encoding to pixels: sRGB of 8 bits, rounded once, at the end."""

import numpy as np
from numpy.typing import NDArray

from kalette.color import Samples, in_strips
from kalette.reading.arrays import in_bytes
from kalette.reading.color_tags import SRGB, ColorTags, encoding_of_codes, encoding_without_profile
from kalette.reading.profiles import srgb_from_profile
from kalette.reading.raster import Raster
from kalette.types import Pixels


def pixels_from_raster(raster: Raster, tags: ColorTags, name: str) -> tuple[Pixels, tuple[str, ...]]:
    """Return the pixels of a raster, and notes for the user.

    Parameters
    ----------
    raster : Raster
    tags : ColorTags
        What the file says of its colours.
    name : str
        Name of the file in messages.

    Returns
    -------
    pixels : ndarray
        (H, W, 3 or 4) uint8 sRGB.
    notes : tuple of str

    Raises
    ------
    ReadError
        For high dynamic range.
    """
    colors, notes = _srgb(raster, tags, name)
    if colors.shape[2] < 3:
        colors = np.repeat(colors, 3, axis=2)
    return np.concatenate([colors, raster.alpha], axis=2) if raster.alpha.size else colors, notes


def _srgb(raster: Raster, tags: ColorTags, name: str) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Take the first source of colour that is usable: cICP, the profile, then the rest."""
    if raster.model == "CMYK":
        return _srgb_from_cmyk(raster.colors, tags.profile)
    is_grey = raster.model == "L"
    encoding, notes = encoding_of_codes(tags, name, is_grey=is_grey)
    if encoding is None and tags.profile:
        converted, profile_notes = srgb_from_profile(raster.colors, raster.model, tags.profile)
        notes += profile_notes
        if converted is not None:
            return converted, notes
    if encoding is None:
        encoding, other_notes = encoding_without_profile(tags, is_grey=is_grey)
        notes += other_notes
    return in_bytes(raster.colors) if encoding is SRGB else encoding.srgb_from_samples(raster.colors), notes


def _srgb_from_cmyk(colors: Samples, profile: bytes) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    converted, notes = srgb_from_profile(colors, "CMYK", profile) if profile else (None, ())
    return in_strips(colors, _without_inks) if converted is None else converted, notes


def _without_inks(colors: Samples) -> NDArray[np.uint8]:
    """Return the light that ideal inks leave, as Pillow does without a profile."""
    most = np.iinfo(colors.dtype).max
    left = most - colors.astype(np.float32)
    light: NDArray[np.float32] = left[..., :3] * left[..., 3:] * np.float32(255 / most**2)
    return np.rint(light).astype(np.uint8)
