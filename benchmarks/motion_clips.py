"""Clips: films of the data folder, and such as are drawn by code."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from kalette.types import Pixels

FILMS = ("bigbuckbunny", "bikes", "carphone_pristine")
FPS = 12.5
_MOST_WIDTH, _MOST_FRAMES = 480, 100
_FRAMES = 24


def film(data: Path, name: str) -> list[Pixels]:
    """Return every second of the first 100 frames, at most 480 wide, as makers of GIFs take them."""
    import av

    frames = list[Pixels]()
    with av.open(str(data / "clips" / f"{name}.mp4")) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number >= _MOST_FRAMES:
                break
            if number % 2 == 0:
                image = Image.fromarray(frame.to_ndarray(format="rgb24"))
                if image.width > _MOST_WIDTH:
                    size = _MOST_WIDTH, round(image.height * _MOST_WIDTH / image.width)
                    image = image.resize(size, Image.Resampling.LANCZOS)
                frames.append(np.asarray(image.convert("RGB")))
    return frames


def screen() -> list[Pixels]:
    """Return a screen recording: text is typed, and a cursor moves."""
    frames = []
    for number in range(_FRAMES):
        image = Image.new("RGB", (320, 200), (250, 250, 248))
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, 320, 18), fill=(52, 61, 88))
        for row in range(9):
            draw.text((14, 28 + 14 * row), f"{row + 1}   value = scale * step + {row * 7}", fill=(70, 70, 78))
        draw.text((14, 28 + 14 * 9), "10  " + "return value + offset"[:number], fill=(20, 90, 60))
        x, y = 40 + 9 * number, 150 - 4 * number
        draw.polygon([(x, y), (x, y + 14), (x + 10, y + 10)], fill=(0, 0, 0), outline=(255, 255, 255))
        frames.append(np.asarray(image))
    return frames


def gradient() -> list[Pixels]:
    """Return a gradient that moves."""
    y, x = np.mgrid[:180, :240] / 240
    return [
        _bytes(np.stack([_wave(x + t / 40), _wave(y - t / 60), _wave(x + y + t / 30)], 2))
        for t in range(_FRAMES)
    ]


def fade() -> list[Pixels]:
    """Return a picture that fades out to black."""
    y, x = np.mgrid[:180, :240] / 240
    picture = np.stack([_wave(3 * x), _wave(2 * y + x), _wave(x * y * 4)], 2)
    return [_bytes(picture * (1 - t / _FRAMES)) for t in range(_FRAMES)]


def sprite() -> list[Pixels]:
    """Return a ball that jumps on a clear ground, with half-clear edges."""
    y, x = np.mgrid[:120, :160].astype(np.float64)
    frames = []
    for t in range(_FRAMES):
        distance = np.hypot(x - 20 - 5 * t, y - 90 + 60 * abs(np.sin(t / 4)))
        shade = np.clip(1 - distance / 30, 0, 1)[..., None] * [230, 120, 60] + [25, 20, 30]
        alpha = np.clip(18.5 - distance, 0, 1) * 255
        frames.append(np.dstack([shade.clip(0, 255), alpha]).astype(np.uint8))
    return frames


DRAWN: dict[str, Callable[[], list[Pixels]]] = {
    "screen": screen,
    "gradient": gradient,
    "fade": fade,
    "sprite": sprite,
}


def _wave(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 + 0.5 * np.sin(2 * np.pi * values)


def _bytes(values: NDArray[np.float64]) -> Pixels:
    return np.rint(values * 255).clip(0, 255).astype(np.uint8)
