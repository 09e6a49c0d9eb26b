"""Convergence curves of K-Means: loss, largest centroid movement and changed assignments per pass."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from kalette.compression import Result
from kalette.report.figures.look import ACCENT, FAINT, HEADING, INK, MARGIN, MUTED, place, write

_TITLE, _GAP, _TICKS = 36, 30, 90
_CURVE_HEIGHTS = (0.46, 0.27, 0.27)
_K_HEADING_WIDTH, _FIXED_HEADING_WIDTH = 150, 320
_START_NAMES = {
    "auto": "the best start found",
    "wu": "a start by Wu",
    "k-means++": "a k-means++ start",
    "random": "a random start",
}


def heading(result: Result) -> str:
    """Return the heading of a result in a figure.

    Examples
    --------
    >>> import kalette
    >>> pixels = kalette.sample_pixels(48, 32)
    >>> heading(kalette.compress(pixels, k=4)), heading(kalette.compress(pixels, palette=["#000", "#fff"]))
    ('k = 4', 'fixed palette')
    """
    return f"k = {result.k}" if not result.found.is_fixed else "fixed palette"


def write_heading(figure: Figure, result: Result, baseline: int) -> int:
    """Write the heading of a result at the left margin; return the position for text beside it."""
    write(figure, MARGIN, baseline, heading(result), fontsize=HEADING, fontweight="bold")
    return MARGIN + (_K_HEADING_WIDTH if not result.found.is_fixed else _FIXED_HEADING_WIDTH)


def outcome_text(result: Result) -> str:
    """Return passes, start and loss of K-Means as a short text.

    Examples
    --------
    >>> import kalette
    >>> pixels = kalette.sample_pixels(48, 32)
    >>> outcome_text(kalette.compress(pixels, k=4, init="random", max_iter=1)).split(",")[0]
    '1 pass from a random start'
    """
    if not result.history:
        return "exact: no more colours than k" if result.stopped_by == "lossless" else "without K-Means"
    passes = "1 pass" if result.iterations == 1 else f"{result.iterations} passes"
    loss = losses_per_pixel(result)[-1]
    start = _START_NAMES.get(result.settings.init, f"the start {result.settings.init}")
    return f"{passes} from {start}, loss per pixel {loss:,.1f}"


def draw_passes(figure: Figure, result: Result, left: int, top: int, width: int, height: int) -> None:
    """Draw three stacked curves over the passes: loss, largest movement, changed assignments."""
    if not result.history:
        write(figure, left + width / 2, top + height / 2, "no passes", "center", color=MUTED)
        return
    numbers = range(1, result.iterations + 1)
    curves: tuple[tuple[str, Sequence[int], Sequence[float]], ...] = (
        ("loss per pixel", range(result.iterations + 1), losses_per_pixel(result)),
        ("largest movement of a centroid", numbers, [done.max_shift for done in result.history]),
        ("colours that changed their centroid", numbers, [done.changed for done in result.history]),
    )
    room = height - _TICKS - 3 * _TITLE - 2 * _GAP
    for (title, passes, values), part in zip(curves, _CURVE_HEIGHTS, strict=True):
        write(figure, left, top + _TITLE - 14, title, color=INK)
        top += _TITLE
        axes = place(figure, left, top, width, part * room)
        prepare_curve(axes, passes, values)
        axes.plot(passes, values, color=ACCENT, linewidth=1.4, marker="o", markersize=2.4)
        top += round(part * room) + _GAP
        last = title == curves[-1][0]
        axes.tick_params(labelbottom=last)
    axes.set_xlabel("pass")


def losses_per_pixel(result: Result) -> list[float]:
    """Return the loss per pixel at the start and after each pass, in squared 0 to 255 units."""
    return [loss / result.indices.size for loss in result.losses]


def prepare_curve(axes: Axes, passes: Sequence[int], values: Sequence[float]) -> None:
    """Set limits, ticks and grid of axes for a curve over passes; both axes start at zero."""
    axes.set_xlim(-0.02 * passes[-1], 1.02 * passes[-1])
    axes.set_ylim(-0.04 * (max(values) or 1), 1.06 * (max(values) or 1))
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter("{x:,g}")
