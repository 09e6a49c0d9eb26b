"""Photographs under alpha, faces, noise and glows: what flat graphics and gradients leave out."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from flat_pictures import Array, window
from numpy.typing import NDArray
from PIL import Image

_WIDTH, _HEIGHT = 384, 288
Plane = NDArray[np.float64]


def _places() -> tuple[Plane, Plane]:
    """Return the places across and down, -1 to 1."""
    across, down = np.meshgrid(np.linspace(-1, 1, _WIDTH), np.linspace(-1, 1, _HEIGHT))
    return across, down


def _bytes(*channels: Plane | float) -> Array:
    planes = [np.broadcast_to(channel, (_HEIGHT, _WIDTH)) for channel in channels]
    rounded: Array = np.round(255 * np.clip(np.dstack(planes), 0, 1)).astype(np.uint8)
    return rounded


def _photo(data: Path, number: int, left: int, top: int) -> Array:
    """Return a part of a Kodak picture."""
    with Image.open(data / f"kodak/kodim{number:02}.png") as image:
        return np.asarray(image.convert("RGB").crop((left, top, left + _WIDTH, top + _HEIGHT)))


def _under(photo: Array, alpha: Plane) -> Array:
    return np.dstack([photo, _bytes(alpha)])


def fade_across(data: Path) -> Array:
    """Hats that fade in from the left."""
    return _under(_photo(data, 3, 200, 100), (_places()[0] + 1) / 2)


def fade_down(data: Path) -> Array:
    """Parrots that fade out below the middle."""
    return _under(_photo(data, 23, 100, 100), 1 - _places()[1])


def soft_portrait(data: Path) -> Array:
    """A face in an oval with a soft rim."""
    return _under(_photo(data, 15, 150, 30), 3 * (1 - np.hypot(*_places())))


def glass(data: Path) -> Array:
    """An aeroplane whose middle is half clear."""
    return _under(_photo(data, 20, 150, 120), np.where(np.abs(_places()[0]) < 0.4, 0.5, 1.0))


def painted_face(data: Path) -> Array:
    """A face with paint on it."""
    return _photo(data, 15, 150, 30)


def portrait(data: Path) -> Array:
    """A face below a red hat."""
    return _photo(data, 4, 80, 150)


def noise(_data: Path) -> Array:
    """Random bytes."""
    return np.random.default_rng(1).integers(0, 256, (_HEIGHT, _WIDTH, 3), np.uint8)


def noise_over_gradient(_data: Path) -> Array:
    """A gradient with the grain of a dark photograph."""
    across, down = _places()
    grain = np.random.default_rng(2).normal(0, 0.06, (3, _HEIGHT, _WIDTH))
    return _bytes(0.5 + 0.4 * across + grain[0], 0.4 - 0.3 * down + grain[1], 0.5 - 0.3 * across + grain[2])


def glow(_data: Path) -> Array:
    """A warm glow, clear around."""
    return _bytes(1.0, 0.8, 0.3, 1 - np.hypot(*_places()))


def window_with_shadow(_data: Path) -> Array:
    """A window of a program with a soft shadow, clear around."""
    drawn = window().convert("RGBA")
    width, height = drawn.width + 64, drawn.height + 64
    down, across = np.indices((height, width))
    outside = np.hypot(
        np.maximum(np.abs(across - width / 2) - drawn.width / 2, 0),
        np.maximum(np.abs(down - height / 2 - 6) - drawn.height / 2, 0),
    )
    canvas = np.zeros((height, width, 4), np.uint8)
    canvas[..., 3] = np.round(110 * np.clip(1 - outside / 26, 0, 1) ** 2)
    canvas[32:-32, 32:-32] = np.asarray(drawn)
    return canvas


MADE: dict[str, Callable[[Path], Array]] = {
    function.__name__: function
    for function in (
        fade_across,
        fade_down,
        soft_portrait,
        glass,
        painted_face,
        portrait,
        noise,
        noise_over_gradient,
        glow,
        window_with_shadow,
    )
}
"""All of them by their names, made from the data folder."""
