"""What each pass of K-Means did: the loss, how far centroids moved, how many colours changed theirs."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kalette.figures.look import ACCENT, FAINT, INK, MUTED, place, write
from kalette.result import Result

_TITLE, _GAP, _TICKS = 36, 30, 90
_HEIGHTS = (0.46, 0.27, 0.27)


def draw_passes(figure: Figure, result: Result, left: int, top: int, width: int, height: int) -> None:
    """Draw three curves over the passes, one below the other: loss, largest movement, changed colours."""
    if not result.history:
        write(figure, left + width / 2, top + height / 2, "no passes", "center", color=MUTED)
        return
    numbers = range(1, result.iterations + 1)
    losses = [loss / result.indices.size for loss in result.losses]
    curves: tuple[tuple[str, Sequence[int], Sequence[float]], ...] = (
        ("loss per pixel", range(result.iterations + 1), losses),
        ("largest movement of a centroid", numbers, [done.max_shift for done in result.history]),
        ("colours that changed their centroid", numbers, [done.changed for done in result.history]),
    )
    room = height - _TICKS - 3 * _TITLE - 2 * _GAP
    for (title, passes, values), part in zip(curves, _HEIGHTS, strict=True):
        write(figure, left, top + _TITLE - 14, title, color=INK)
        top += _TITLE
        axes = place(figure, left, top, width, part * room)
        _curve(axes, passes, values)
        top += round(part * room) + _GAP
        last = title == curves[-1][0]
        axes.tick_params(labelbottom=last)
    axes.set_xlabel("pass")


def _curve(axes: Axes, passes: Sequence[int], values: Sequence[float]) -> None:
    axes.plot(passes, values, color=ACCENT, linewidth=1.4, marker="o", markersize=2.4)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.set_xlim(-0.02 * passes[-1], 1.02 * passes[-1])
