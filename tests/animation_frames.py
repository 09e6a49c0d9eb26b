"""Frames for tests of animations: photograph, sprite, screen, noise, pattern; and what a file shows."""

# mypy: disable-error-code="attr-defined"
# (Pillow's `open` returns the base class of its files)

import io

import numpy as np
from PIL import Image


def solid(pixels: np.ndarray) -> np.ndarray:
    if pixels.shape[2] == 4:
        return pixels
    return np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])


def shown(data: bytes) -> list[np.ndarray]:
    """The frames as Pillow composites them."""
    frames = []
    with Image.open(io.BytesIO(data)) as image:
        for number in range(image.n_frames):
            image.seek(number)
            pixels = np.asarray(image.convert("RGBA"))
            frames.append(np.where(pixels[..., 3:] == 0, np.uint8(0), pixels))
    return frames


def photo_frames(count: int = 4, *, noise: int = 0) -> list[np.ndarray]:
    """A gradient of many colours, on which a square moves."""
    y, x = np.mgrid[:48, :64]
    frames = []
    for n in range(count):
        pixels = np.stack([x * 3, y * 5, 128 + 60 * np.sin(x / 9 + y / 5)], 2)
        pixels[10:20, 5 + 6 * n : 15 + 6 * n] = (250, 20, 30)
        pixels = pixels + np.random.default_rng(n).integers(-noise, noise + 1, pixels.shape)
        frames.append(pixels.clip(0, 255).astype(np.uint8))
    return frames


def sprite_frames(count: int = 5) -> list[np.ndarray]:
    """A ball of few colours on clear ground."""
    y, x = np.mgrid[:24, :40]
    frames = []
    for n in range(count):
        inside = np.hypot(x - 6 - 6 * n, y - 12) < 6
        pixels = np.zeros((24, 40, 4), np.uint8)
        pixels[inside] = (200, 30 * (n % 2), 90, 255)
        frames.append(pixels)
    return frames


def screen_frames(count: int = 6) -> list[np.ndarray]:
    """Rows of grey ramps, over which a dark square with a frame moves."""
    y, x = np.mgrid[:60, :90]
    frames = []
    for n in range(count):
        pixels = np.repeat((250 - (x * y % 7) * 9 * (y % 10 > 4))[..., None], 3, axis=2).astype(np.uint8)
        pixels[:3, :, 0] = x[:3]
        pixels[5 + 7 * n : 15 + 7 * n, 8 * n : 8 * n + 12] = (90, 90, 200)
        pixels[6 + 7 * n : 14 + 7 * n, 8 * n + 1 : 8 * n + 11] = (20, 20 + n, 20)
        frames.append(pixels)
    return frames


def noisy_frames(count: int) -> list[np.ndarray]:
    """New colours in a different half of each frame: more than 256 on screen, fewer in what is drawn."""
    frame, frames = np.zeros((16, 24, 3), np.uint8), []
    for n in range(count):
        frame = frame.copy()
        half = frame[:, 12 * (n % 2) : 12 * (n % 2) + 12]
        half[...] = np.random.default_rng(n).integers(0, 256, half.shape)
        frames.append(frame)
    return frames


def pattern_frames() -> list[np.ndarray]:
    y, x = np.mgrid[:60, :80]
    frames = [((x // 9 + y // 7 + n) % 11 * 20).astype(np.uint8) for n in range(8)]
    return [np.repeat(frame[..., None], 3, axis=2) for frame in frames]
