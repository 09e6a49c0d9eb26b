"""Peak memory of `kalette animate` from a video to each format, for a few and for many frames of 720p."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import av
import children
import commands
import numpy as np
from measure import Entry

import kalette
from kalette.types import Effort, Format

FORMATS: tuple[Format, ...] = ("gif", "png", "webp")
# Fast spares PNG and WebP a search that takes time, not memory; its GIFs take 5 times the bytes.
_EFFORTS: dict[Format, Effort] = {"gif": "balanced", "png": "fast", "webp": "fast"}
_FPS = 25
_SIZE = (1280, 720)
_SMOKE_SIZE = (64, 36)
_FRAMES = (100, 1000)
_SMOKE_FRAMES = (4,)
_GRAIN = 6  # amplitude of noise, so that no part of a frame repeats
_MORE = 1.25  # size of the scene relative to a frame, which moves across it


def memory_rows(formats: Sequence[Format], *, smoke: bool) -> list[Entry]:
    """Animate films drawn by code, and return bytes, seconds and peak memory of each command."""
    size, counts = (_SMOKE_SIZE, _SMOKE_FRAMES) if smoke else (_SIZE, _FRAMES)
    return [_row(size, count, file_format) for file_format in formats for count in counts]


def _row(size: tuple[int, int], count: int, file_format: Format) -> Entry:
    with tempfile.TemporaryDirectory() as name:
        film, out = Path(name) / "film.mp4", Path(name) / f"out.{file_format}"
        write_film(film, size, count)
        done = children.ran(_arguments(film, out, size[0] * size[1] * count, _EFFORTS[file_format]))
        commands.require_zero(done.exit_code)
        row = {
            "format": file_format,
            "effort": _EFFORTS[file_format],
            "width": size[0],
            "height": size[1],
            "frames": count,
            "bytes": out.stat().st_size,
            "seconds": done.seconds,
            "peak_bytes": done.peak_bytes,
        }
    print(*row.values(), flush=True)
    return row


def _arguments(film: Path, out: Path, pixels: int, effort: Effort) -> Sequence[str]:
    options = ("--max-pixels", str(pixels), "--effort", effort, "-q")
    return [commands.kalette_command(), "animate", str(film), "-o", str(out), *options]


def write_film(path: Path, size: tuple[int, int], count: int) -> None:
    """Write a film that moves across the built-in scene with grain."""
    width, height = size
    scene = kalette.sample_pixels(round(width * _MORE), round(height * _MORE)).astype(np.int16)
    scene += np.random.default_rng(0).integers(-_GRAIN, _GRAIN + 1, scene.shape, dtype=np.int16)
    picture = scene.clip(0, 255).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=_FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(count):
            left = round((picture.shape[1] - width) * (0.5 + 0.5 * np.sin(number / 40)))
            top = round((picture.shape[0] - height) * (0.5 + 0.5 * np.cos(number / 55)))
            shown = np.ascontiguousarray(picture[top : top + height, left : left + width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(stream.encode())
