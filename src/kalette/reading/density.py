"""Density of pixels on paper, which gives a picture its print size."""

from typing import Any, NamedTuple

from PIL import Image

_INCHES_PER_METER = 1 / 0.0254
_SCREEN_DPI = (72, 96)  # what programs assume of a file without a density
_LEAST_DPI = 2  # Pillow reports 1 for a TIFF without a unit
_MOST_DPI = 1_000_000


class Density(NamedTuple):
    """Pixels per metre across and down; without a unit, the shape of a pixel alone.

    Examples
    --------
    >>> Density(11811, 11811).is_for_print, Density(2835, 2835).is_for_print
    (True, False)
    """

    x: int
    y: int
    is_per_meter: bool = True

    @property
    def is_for_print(self) -> bool:
        """Whether the print size or the shape of pixels would change without it."""
        return self.x != self.y or (self.is_per_meter and round(self.x * 0.0254) not in _SCREEN_DPI)


def density_of(image: Image.Image, *, is_turned: bool = False) -> Density | None:
    """Return the density that a file gives; None without.

    Parameters
    ----------
    image : PIL.Image.Image
        The image as opened.
    is_turned : bool
        Its rows became columns.

    Examples
    --------
    >>> image = Image.new("L", (1, 1))
    >>> image.info["dpi"] = (300, 150)
    >>> density_of(image, is_turned=True)
    Density(x=5906, y=11811, is_per_meter=True)
    """
    found = _in_meters(image.info.get("dpi")) or _shape_of_pixels(image.info.get("aspect"))
    return found._replace(x=found.y, y=found.x) if found and is_turned else found


def _in_meters(dpi: Any) -> Density | None:
    """Return None for what is no density; damaged files give fractions by zero, and text."""
    try:
        across, down = (float(number) for number in dpi)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not _LEAST_DPI <= min(across, down) <= max(across, down) <= _MOST_DPI:
        return None
    return Density(round(across * _INCHES_PER_METER), round(down * _INCHES_PER_METER))


def _shape_of_pixels(aspect: tuple[int, int] | None) -> Density | None:
    return Density(*aspect, is_per_meter=False) if aspect and min(aspect) > 0 else None
