"""Conversion to Pillow images, and resizing."""

import numpy as np
from PIL import Image

from kalette.types import Indexed, Indices, Palette, Pixels, WriteError

PillowImage = Image.Image
"""A Pillow image."""

_OPAQUE = 255


def image_from_indexed(indexed: Indexed) -> Image.Image:
    """Return a Pillow image of mode "P" with palette and transparency.

    Examples
    --------
    >>> two = Indexed(np.array([[9, 9, 9, 0], [1, 2, 3, 255]], np.uint8), np.array([[0, 1]], np.uint8))
    >>> image = image_from_indexed(two)
    >>> image.mode, image.info["transparency"], image.convert("RGBA").getpixel((1, 0))
    ('P', 0, (1, 2, 3, 255))
    """
    palette, indices = indexed
    image = opaque_image(palette, indices)
    if palette.shape[1] == 4 and (palette[:, 3] < _OPAQUE).any():
        clear = clear_entries(palette)
        only_one_clear = len(clear) == 1 and np.count_nonzero(palette[:, 3] < _OPAQUE) == 1
        image.info["transparency"] = clear[0] if only_one_clear else palette[:, 3].tobytes()
    return image


def resized(pixels: Pixels, width: int, height: int) -> Pixels:
    """Resize pixels: nearest neighbour to enlarge, averaging to reduce.

    Examples
    --------
    >>> resized(np.array([[[9, 9, 9], [1, 2, 3]]], np.uint8), 4, 2).shape
    (2, 4, 3)
    """
    method = Image.Resampling.NEAREST if width >= pixels.shape[1] else Image.Resampling.BOX
    return np.asarray(Image.fromarray(pixels).resize((width, height), method))


def opaque_image(palette: Palette, indices: Indices) -> Image.Image:
    """Return a Pillow image of mode "P" without transparency."""
    image = Image.fromarray(indices)
    image.putpalette(palette[:, :3].tobytes(), "RGB")
    return image


def clear_entries(palette: Palette) -> list[int]:
    """Return the places of fully clear entries."""
    return np.flatnonzero(palette[:, 3] == 0).tolist() if palette.shape[1] == 4 else []


def require_sides(shape: tuple[int, ...], most: int, name: str) -> None:
    """Refuse an image with a side longer than a format allows.

    Raises
    ------
    WriteError
        With the size, the limit and the way out.
    """
    height, width = shape
    if max(height, width) > most:
        raise WriteError(
            f"the picture is {width} x {height}; {name} holds at most {most} a side, so write PNG"
        )
