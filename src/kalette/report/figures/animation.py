"""Animations of K-Means, pass by pass: GIF, animated PNG or WebP."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from kalette.compression import Constraints, Picture, Result, find_palette, render
from kalette.report.figures.results import require_results, require_space, require_view
from kalette.report.figures.space import ShownSpace
from kalette.report.figures.steps import shown_passes, step_frames
from kalette.report.figures.views import View
from kalette.types import Format, Frame, Indexed, Pixels, Run, Settings, SettingsError, require_function
from kalette.writing import (
    ANIMATION_FORMATS,
    encode,
    output_path,
    require_room,
    write_whole,
)

FIRST_MS, FRAME_MS, LAST_MS = 1200, 250, 3000
_SHARED_PALETTE_K = 255  # leaves GIF an entry for unchanged pixels


def save_steps(
    result: Result,
    path: str | os.PathLike[str],
    *,
    space: ShownSpace = "srgb",
    view: View = "cube",
    overwrite: bool = False,
    on_frame: Callable[[int], object] | None = None,
) -> None:
    """Write a looping animation of K-Means: moving centroids, and the picture in each pass's palette.

    Parameters
    ----------
    result : Result
        Result of ``compress(..., keep_history=True)``.
    path : path
        Ending in .gif, .png, .apng or .webp.
    space : {"srgb", "oklab"}
        Colour space of the scatter plot.
    view : {"cube", "plane"}
        All three dimensions, or the plane of the first two principal components.
    overwrite : bool
        Replace an existing file.
    on_frame : callable or None
        Called with the number of each drawn frame, 1 to `frame_count`.

    Raises
    ------
    SettingsError
        For any other extension.
    WriteError
        When the file exists or cannot be written.
    """
    require_results([result])
    require_space(space)
    require_view(view)
    require_function("on_frame", on_frame)
    place = output_path(path, overwrite)
    file_format = _format_of(place)
    frames: list[Pixels] = []
    for number, frame in enumerate(step_frames(result, space, view), 1):
        if on_frame:
            on_frame(number)
        frames.append(frame)
    delays_ms = [FIRST_MS, *[FRAME_MS] * (len(frames) - 2), LAST_MS][-len(frames) :]
    pictures = _with_shared_palette(frames, result.run)
    animated = [Frame(picture, delay_ms) for picture, delay_ms in zip(pictures, delays_ms, strict=True)]
    data = encode(animated, file_format)
    write_whole(place, data, overwrite=overwrite)


def frame_count(result: Result) -> int:
    """Return the number of frames of `save_steps`."""
    require_results([result])
    return len(shown_passes(max(len(result.palettes) - 1, 0)))


def require_steps_writable(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Check before the work whether `save_steps` could write: extension, existing file, missing folder.

    Raises
    ------
    SettingsError
        For any other extension.
    WriteError
        When the file could not be written.

    Examples
    --------
    >>> require_steps_writable("a.mp4")
    Traceback (most recent call last):
    kalette.SettingsError: the extension of a.mp4 is not an animation format; end it in .gif, .png or .webp
    """
    place = output_path(path, overwrite)
    _format_of(place)
    require_room(place, overwrite=overwrite)


def _format_of(path: Path) -> Format:
    if path.suffix.lower() not in ANIMATION_FORMATS:
        raise SettingsError(
            f"the extension of {path} is not an animation format; end it in .gif, .png or .webp"
        )
    return ANIMATION_FORMATS[path.suffix.lower()]


def _with_shared_palette(frames: Sequence[Pixels], run: Run) -> list[Indexed]:
    """Map all frames to one shared palette, so that static parts do not flicker."""
    pictures = [Picture(frame, "the frame") for frame in frames]
    first, *others = [picture.count(run=run) for picture in pictures]
    merged = first.merge(*others)
    settings = Settings(k=_SHARED_PALETTE_K, effort="fast")
    found = find_palette(merged, Constraints.of(settings), settings, _SHARED_PALETTE_K, run=run)
    shared = replace(found, reserved=len(found))  # keeps entries that a frame does not use
    return [render(picture, shared, settings, rate=0.0, run=run) for picture in pictures]
