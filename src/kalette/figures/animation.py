"""Animations as files: GIF, animated PNG and WebP."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from kalette import output
from kalette.arrays import Pixels
from kalette.errors import SettingsError
from kalette.figures.space import ShownSpace
from kalette.figures.steps import shown_passes, step_frames
from kalette.pipeline import compress
from kalette.result import Result

_FORMATS = {".gif": "GIF", ".png": "PNG", ".apng": "PNG", ".webp": "WEBP"}
FIRST_MS, FRAME_MS, LAST_MS = 1200, 250, 3000
_FRAMES_K = 255  # leaves GIF an entry for what stays as it was


def save_steps(
    result: Result,
    path: str | os.PathLike[str],
    *,
    space: ShownSpace = "srgb",
    overwrite: bool = False,
    on_frame: Callable[[int], object] | None = None,
) -> None:
    """Write an animation of K-Means at work: centroids move, the picture becomes sharper; it starts over.

    Parameters
    ----------
    result : Result
        Made with ``keep_history=True``.
    path : path
        Ending in .gif, .png, .apng or .webp.
    space : {"srgb", "oklab"}
        In which colours are shown.
    overwrite : bool
        Replace an existing file.
    on_frame : callable or None
        Called with the number of each frame as it is drawn, of `frame_count`.

    Raises
    ------
    SettingsError
        For another ending.
    WriteError
        When the file exists or cannot be written.
    """
    file_format = _format_of(Path(path))
    frames = []
    for number, frame in enumerate(step_frames(result, space), 1):
        if on_frame:
            on_frame(number)
        frames.append(frame)
    output.write_whole(Path(path), _encoded(frames, file_format), overwrite=overwrite)


def frame_count(result: Result) -> int:
    """Return how many frames `save_steps` draws of a result."""
    return len(shown_passes(max(len(result.palettes) - 1, 0)))


def require_steps_writable(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Refuse early what `save_steps` would refuse late: another ending, an existing file, a missing folder.

    Raises
    ------
    SettingsError
        For another ending.
    WriteError
        When it is clear already that nothing can be written there.

    Examples
    --------
    >>> require_steps_writable("steps.mp4")
    Traceback (most recent call last):
    kalette.errors.SettingsError: steps.mp4 is no animation that can be written; end it in .gif, .png or .webp
    """
    _format_of(Path(path))
    output.require_room(Path(path), overwrite=overwrite)


def _format_of(path: Path) -> str:
    if path.suffix.lower() not in _FORMATS:
        raise SettingsError(f"{path} is no animation that can be written; end it in .gif, .png or .webp")
    return _FORMATS[path.suffix.lower()]


def _encoded(frames: list[Pixels], file_format: str) -> bytes:
    images = (
        [Image.fromarray(frame) for frame in frames] if file_format == "WEBP" else _in_one_palette(frames)
    )
    durations = [FIRST_MS, *[FRAME_MS] * (len(images) - 2), LAST_MS][-len(images) :]
    out = io.BytesIO()
    images[0].save(out, file_format, save_all=True, append_images=images[1:], duration=durations, loop=0)
    return out.getvalue()


def _in_one_palette(frames: list[Pixels]) -> list[Image.Image]:
    """Return frames with the palette that serves them all, so that what does not move does not flicker."""
    found = compress(np.concatenate(frames), k=_FRAMES_K, effort="fast")
    images = [Image.fromarray(part) for part in np.split(found.indices, len(frames))]
    for image in images:
        image.putpalette(found.palette.tobytes())
    return images
