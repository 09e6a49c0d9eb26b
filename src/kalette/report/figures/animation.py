"""K-Means at work as an animation: GIF, animated PNG or WebP."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from kalette.compression import Constraints, Picture, Result, find_palette, render
from kalette.report.figures.results import require_results
from kalette.report.figures.space import ShownSpace
from kalette.report.figures.steps import shown_passes, step_frames
from kalette.types import Indexed, Pixels, Run, Settings, SettingsError
from kalette.writing import ANIMATION_FORMATS, AnimationFormat, encode_animation, require_room, write_whole

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
    require_results([result])
    file_format = _format_of(Path(path))
    frames = []
    for number, frame in enumerate(step_frames(result, space), 1):
        if on_frame:
            on_frame(number)
        frames.append(frame)
    durations = [FIRST_MS, *[FRAME_MS] * (len(frames) - 2), LAST_MS][-len(frames) :]
    shown = frames if file_format == "WEBP" else _in_one_palette(frames, result.run)
    data = encode_animation(shown, durations, file_format)
    write_whole(Path(path), data, overwrite=overwrite)


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
    kalette.SettingsError: steps.mp4 is no animation that can be written; end it in .gif, .png or .webp
    """
    _format_of(Path(path))
    require_room(Path(path), overwrite=overwrite)


def _format_of(path: Path) -> AnimationFormat:
    if path.suffix.lower() not in ANIMATION_FORMATS:
        raise SettingsError(f"{path} is no animation that can be written; end it in .gif, .png or .webp")
    return ANIMATION_FORMATS[path.suffix.lower()]


def _in_one_palette(frames: Sequence[Pixels], run: Run) -> list[Indexed]:
    """Return the frames in one palette that serves them all, so that what does not move does not flicker."""
    pictures = [Picture(frame, "the frame", threads=run.threads) for frame in frames]
    together = pictures[0].histogram.merge(*(picture.histogram for picture in pictures[1:]))
    settings = Settings(k=_FRAMES_K, effort="fast")
    found = find_palette(together, Constraints.of(settings), settings, _FRAMES_K, run=run)
    whole = replace(found, reserved=len(found))  # no frame drops entries that others use
    return [render(picture, whole, settings, rate=0.0, run=run) for picture in pictures]
