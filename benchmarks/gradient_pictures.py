"""Gradients of more than 256 colours, drawn by formula: true colour takes fewer bytes than a palette."""

from collections.abc import Callable

import numpy as np
from flat_pictures import Array
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_WIDTH, _HEIGHT = 480, 320


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the places across and down, 0 to 1."""
    across, down = np.meshgrid(np.linspace(0, 1, _WIDTH), np.linspace(0, 1, _HEIGHT))
    return across, down


def _bytes(*channels: NDArray[np.float64]) -> Array:
    return np.round(255 * np.clip(np.dstack(channels), 0, 1)).astype(np.uint8)


def two_axes() -> Array:
    """Red across, green down."""
    across, down = _grid()
    return _bytes(across, down, 0.5 + 0 * across)


def hues() -> Array:
    """All hues across, darker down."""
    across, down = _grid()
    channels = (np.abs((6 * across + shift) % 6 - 3) - 1 for shift in (0, 4, 2))
    return _bytes(*(np.clip(channel, 0, 1) * (1 - 0.7 * down) for channel in channels))


def hues_over_clear() -> Array:
    """All hues across, opaque down."""
    across, down = _grid()
    return _bytes(*(np.abs((6 * across + shift) % 6 - 3) - 1 for shift in (0, 4, 2)), down)


def disc_of_light() -> Array:
    """A warm light on blue."""
    across, down = _grid()
    light = 1 - 1.2 * np.hypot(1.5 * (across - 0.5), down - 0.5)
    return _bytes(light, 0.8 * light, 0.7 - 0.4 * light)


def soft_shadow() -> Array:
    """A coloured card with a shadow, clear around."""
    across, down = _grid()
    distance = np.maximum(np.abs(across - 0.5) - 0.25, np.abs(down - 0.5) - 0.2)
    card = distance < 0
    shadow = np.clip(0.6 - 5 * distance, 0, 1)
    return _bytes(card * across, card * (1 - across), card * down, np.where(card, 1, shadow))


def text_over_gradient() -> Array:
    """White text on two axes."""
    image = Image.fromarray(two_axes())
    draw = ImageDraw.Draw(image)
    for line in range(10):
        place, font = (24, 14 + 30 * line), ImageFont.load_default(18)
        draw.text(place, "Gradients under text", font=font, fill=(255, 255, 255))
    return np.asarray(image)


DRAWN: dict[str, Callable[[], Array]] = {
    function.__name__: function
    for function in (two_axes, hues, hues_over_clear, disc_of_light, soft_shadow, text_over_gradient)
}
