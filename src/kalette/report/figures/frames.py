"""An animation over time: frames of source and result, bytes a frame, flicker."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kalette.compression import AnimationResult
from kalette.report.figures.look import ACCENT, FAINT, INK, MARGIN, MUTED, WIDTH, look, place, sheet, write
from kalette.report.figures.pictures import over_checkerboard, scale_to_fit, scaled
from kalette.types import Pixels, require_kind, size_text

_SHOWN = 5  # frames, spread evenly
_GAP, _LINE, _LABELS = 16, 44, 130
_CURVE, _TITLE, _TICKS = 260, 70, 90
_MOST_DOWN = 420  # of a frame

Shown = tuple[int, Pixels, Pixels]
"""The time of a frame in milliseconds, its source and the result."""


def frames_figure(result: AnimationResult) -> Figure:
    """Draw frames of an animation above those of its source, bytes a frame, and flicker.

    Parameters
    ----------
    result : AnimationResult
        Of `kalette.animate`.

    Returns
    -------
    Figure
        Save it with `kalette.figures.save`.

    Examples
    --------
    >>> import kalette
    >>> frames = [np.full((8, 8, 3), grey, np.uint8) for grey in (0, 90, 180)]
    >>> len(frames_figure(kalette.animate(frames, format="gif")).axes)
    8
    """
    require_kind("result", result, AnimationResult, "give one of kalette.animate")
    shown = _shown_of(result)
    across = (WIDTH - 2 * MARGIN - _LABELS - (_SHOWN - 1) * _GAP) // _SHOWN
    scale = scale_to_fit(*result.canvas[:2], across, _MOST_DOWN)
    down = max(round(result.canvas.height * scale), 1)
    curves_top = MARGIN + 2 * _LINE + 2 * (down + _GAP) + _TITLE
    with look():
        figure = sheet(WIDTH, curves_top + 2 * (_CURVE + _TICKS) + _TITLE)
        write(figure, MARGIN, MARGIN + 30, _heading(result), fontweight="bold")
        for number, each in enumerate(shown):
            _draw_frame(figure, MARGIN + _LABELS + number * (across + _GAP), each, scale)
        for row, words in enumerate(("source", "result")):
            write(figure, MARGIN, MARGIN + 2 * _LINE + row * (down + _GAP) + 30, words, color=MUTED)
        _draw_curves(figure, curves_top, result)
    return figure


def _heading(result: AnimationResult) -> str:
    return (
        f"{len(result.records)} frames, {result.duration_ms / 1000:g} s, {size_text(result.output_bytes)}, "
        f"SSIMULACRA 2 {result.ssimulacra2:.1f} ({min(result.scores):.1f} at worst), "
        f"flicker {result.flicker:.2f}"
    )


def _shown_of(result: AnimationResult) -> list[Shown]:
    count = result.frames.frame_count
    wanted = {round(number) for number in np.linspace(0, count - 1, min(_SHOWN, count))}
    shown, time_ms = list[Shown](), 0
    for number, (frame, (source, made)) in enumerate(zip(result.frames, result.pairs(), strict=True)):
        if number in wanted:
            shown.append((time_ms, source, made))
        time_ms += frame.delay_ms
    return shown


def _draw_frame(figure: Figure, left: int, shown: Shown, scale: float) -> None:
    time_ms, *pictures = shown
    write(figure, left, MARGIN + 2 * _LINE - 14, f"{time_ms / 1000:g} s", color=MUTED)
    top = MARGIN + 2 * _LINE
    for picture in pictures:
        pixels = over_checkerboard(scaled(picture, scale))
        axes = place(figure, left, top, pixels.shape[1], pixels.shape[0])
        axes.imshow(pixels, interpolation="none", aspect="auto")
        axes.set_axis_off()
        top += pixels.shape[0] + _GAP


def _draw_curves(figure: Figure, top: int, result: AnimationResult) -> None:
    left, width = MARGIN + _LABELS, WIDTH - 2 * MARGIN - _LABELS
    stored = [record.delay_ms for record in result.records]
    sizes = [record.size_bytes / 1000 for record in result.records]
    write(figure, left, top - 24, "KB a frame", fontweight="bold")
    _stairs(place(figure, left, top, width, _CURVE), stored, sizes)
    top += _CURVE + _TICKS + _TITLE // 2
    write(figure, left, top - 24, "flicker where the source stands still, 0-255", fontweight="bold")
    axes = place(figure, left, top, width, _CURVE)
    _stairs(axes, [frame.delay_ms for frame in result.frames], [0.0, *result.flickers])
    axes.set_xlabel("seconds", color=INK)


def _stairs(axes: Axes, delays_ms: Sequence[int], values: Sequence[float]) -> None:
    edges = [time_ms / 1000 for time_ms in accumulate(delays_ms, initial=0)]
    axes.stairs(values, edges, color=ACCENT, fill=True, alpha=0.85, linewidth=0)
    axes.set_xlim(0, edges[-1])
    axes.set_ylim(0, max([*values, 1e-3]) * 1.1)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
