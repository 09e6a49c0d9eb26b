"""Embedded ICC profiles: conversion to sRGB with LittleCMS."""

import io
from typing import Any

import numpy as np
from PIL import Image

from kalette.reading.decoding import one_line

_CUBE_STEPS = 16  # levels per channel of the colours on which a transform is tested for identity


def transform_to_srgb(profile: bytes | None, mode: str) -> tuple[Any, tuple[str, ...]]:
    """Return the transform from an embedded profile to sRGB, and a note if the profile is unusable.

    Parameters
    ----------
    profile : bytes or None
        The ICC profile.
    mode : {"L", "RGB", "CMYK"}
        Pillow's mode of the image without its alpha.

    Returns
    -------
    transform : PIL.ImageCms.ImageCmsTransform or None
        None if colours do not change.
    notes : tuple of str
    """
    if not profile:
        return None, ()
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        transform = ImageCms.buildTransform(source, target, mode, "RGB")
    except (ImageCms.PyCMSError, OSError) as error:
        return None, (f"its colour profile cannot be used ({one_line(error)}), so it is taken as sRGB",)
    return None if mode == "RGB" and _is_identity(transform) else transform, ()


def transformed(image: Image.Image, transform: Any) -> Image.Image:
    """Apply a transform to the colours of an image, keeping its alpha."""
    from PIL import ImageCms

    mode = opaque_mode(image)
    converted = ImageCms.applyTransform(image if image.mode == mode else image.convert(mode), transform)
    assert converted is not None  # only the in-place form returns None
    if image.has_transparency_data:
        converted.putalpha(image.convert("RGBA").getchannel("A"))
    return converted


def opaque_mode(image: Image.Image) -> str:
    """Return the mode of an image without its alpha: L, RGB or CMYK.

    Examples
    --------
    >>> [opaque_mode(Image.new(mode, (1, 1))) for mode in ("LA", "P", "CMYK")]
    ['L', 'RGB', 'CMYK']
    """
    if image.mode in ("L", "RGB", "CMYK"):
        return image.mode
    return "L" if image.mode in ("1", "LA", "La") else "RGB"


def _is_identity(transform: Any) -> bool:
    """Return whether a transform changes no channel by more than 1, as an sRGB profile does."""
    from PIL import ImageCms

    steps = np.linspace(0, 255, _CUBE_STEPS).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(64, 64, 3)
    converted = np.asarray(ImageCms.applyTransform(Image.fromarray(cube), transform))
    return bool(np.abs(converted.astype(np.int16) - cube).max() <= 1)
