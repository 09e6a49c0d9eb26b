"""What Kalette writes, as Pillow, FFmpeg and Chromium show it."""

import base64
import io
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

import kalette
from browser import chromium
from kalette.reading import open_frames

FORMATS = pytest.mark.parametrize("file_format", ["gif", "png", "webp"])


def with_clear(pixels: np.ndarray) -> np.ndarray:
    """Pixels with alpha; colours of clear ones have no meaning."""
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    return np.where(pixels[..., 3:] == 0, np.uint8(0), pixels)


def read_by_kalette(data: bytes) -> list[np.ndarray]:
    return [with_clear(frame.pixels) for frame in open_frames(data)]


def moving_square() -> list[np.ndarray]:
    """Many colours; a square moves over them."""
    y, x = np.mgrid[:40, :56]
    frames = [
        np.stack([x * 4, y * 6, 128 + 60 * np.sin(x / 9 + y / 5)], 2).astype(np.uint8) for _ in range(4)
    ]
    for n, frame in enumerate(frames):
        frame[8:18, 4 + 7 * n : 14 + 7 * n] = (250, 20, 30)
    return frames


def sprites() -> list[np.ndarray]:
    """Two balls on clear ground, one of which stays, so frames are disposed of.

    FFmpeg blends animated PNGs of less than 8 bits a pixel wrongly, so there are more than 16 colours.
    """
    y, x = np.mgrid[:24, :40]
    frames = []
    for n in range(6):
        pixels = np.zeros((24, 40, 4), np.uint8)
        pixels[np.hypot(x - 6 - 5 * n, y - 14) < 6] = (200, 30 * (n % 2), 90, 255)
        pixels[np.hypot(x - 20, y - 4) < 4] = (10, 200, 90, 255)
        pixels[..., 2] = np.where(pixels[..., 3] > 0, 6 * x, 0)
        frames.append(pixels)
    return frames


def shaded_sprites() -> list[np.ndarray]:
    """The balls twice as large, with a gradient of more colours than a palette holds."""
    y, x = np.mgrid[:48, :80]
    shade = np.dstack([3 * x + y, 5 * y + x, 2 * x + 2 * y]).astype(np.uint8)
    frames = [np.repeat(np.repeat(frame, 2, axis=0), 2, axis=1) for frame in sprites()]
    for n, frame in enumerate(frames):
        frame[..., :3] = np.where(frame[..., 3:] > 0, shade + np.uint8(n), 0)
    return frames


class Case(NamedTuple):
    """Frames, and the most colours that are asked for."""

    make: Callable[[], list[np.ndarray]]
    k: int | None
    is_true_color: bool


CASES = {
    "dithered": Case(moving_square, 256, is_true_color=False),
    "few colours": Case(sprites, None, is_true_color=False),
    "true colour": Case(moving_square, None, is_true_color=True),
    "true colour and clear": Case(shaded_sprites, None, is_true_color=True),
}


@cache
def written(name: str, file_format: str) -> bytes:
    case = CASES[name]
    result = kalette.animate(case.make(), k=case.k, format=file_format, delays_ms=40)  # type: ignore[arg-type]
    assert result.is_true_color == (case.is_true_color and file_format != "gif")
    return result.to_bytes()


SOURCES = pytest.mark.parametrize("name", CASES)


@SOURCES
@FORMATS
def test_pillow_shows_what_kalette_wrote(name, file_format):
    with Image.open(io.BytesIO(written(name, file_format))) as image:
        for number, expected in enumerate(read_by_kalette(written(name, file_format))):
            image.seek(number)
            np.testing.assert_array_equal(with_clear(np.asarray(image.convert("RGBA"))), expected)
        assert number + 1 == image.n_frames  # type: ignore[attr-defined]


@SOURCES
@pytest.mark.parametrize("file_format", ["gif", "png"])  # PyAV's FFmpeg reads no animated WebP
def test_ffmpeg_shows_what_kalette_wrote(name, file_format):
    av = pytest.importorskip("av")
    data = written(name, file_format)
    with av.open(io.BytesIO(data)) as container:
        found = [frame.to_ndarray(format="rgba") for frame in container.decode(video=0)]
    for pixels, expected in zip(found, read_by_kalette(data), strict=True):
        np.testing.assert_array_equal(with_clear(pixels), expected)


DECODE = """async ([data, type]) => {
    const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
    const decoder = new ImageDecoder({ type, data: bytes, preferAnimation: true });
    await decoder.tracks.ready;
    await decoder.completed;
    const frames = [];
    for (let n = 0; n < decoder.tracks.selectedTrack.frameCount; n++) {
        const { image } = await decoder.decode({ frameIndex: n });
        const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        frames.push([image.duration / 1000, Array.from(data)]);
    }
    return frames;
}"""


def test_chromium_shows_what_kalette_wrote():
    pytest.importorskip("playwright")
    with chromium() as browser:
        page = browser.new_page()
        page.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
        page.goto("http://localhost/")  # ImageDecoder needs a secure context
        for name in CASES:
            for file_format in ("gif", "png", "webp"):
                data = written(name, file_format)
                found = page.evaluate(DECODE, [base64.b64encode(data).decode(), f"image/{file_format}"])
                for (delay_ms, values), expected in zip(found, read_by_kalette(data), strict=True):
                    pixels = np.array(values, np.uint8).reshape(expected.shape)
                    np.testing.assert_array_equal(with_clear(pixels), expected)
                    assert delay_ms == 40
