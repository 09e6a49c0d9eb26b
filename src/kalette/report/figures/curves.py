"""Curves of a comparison: bytes, PSNR, SSIM and SSIMULACRA 2 over k."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from kalette.report.comparison import Comparison, ComparisonRow
from kalette.report.figures.look import ACCENT, FAINT, INK, MARGIN, MUTED, WIDTH, look, place, sheet, write
from kalette.report.low_rank import LowRankRow
from kalette.types import SettingsError, require_all, require_kind

_CURVE, _TITLE, _TICKS, _GAP, _LABELS = 420, 64, 96, 110, 110
_CELL = (WIDTH - 2 * MARGIN - _GAP) // 2
_COLUMNS = 2

Line = tuple[str, list[tuple[int, float]]]
"""A name, and the value for each k."""


def comparison_curves(comparison: Comparison, low_rank: Sequence[LowRankRow] = ()) -> Figure:
    """Draw bytes and quality over the number of colours.

    Parameters
    ----------
    comparison : Comparison
        Of `kalette.compare`, with two rows at least.
    low_rank : sequence of LowRankRow
        Of `low_rank_rows`; drawn beside K-Means.

    Returns
    -------
    Figure
        Save it with `kalette.figures.save`.

    Examples
    --------
    >>> import kalette
    >>> figure = comparison_curves(kalette.compare(kalette.sample_pixels(48, 32), [2, 4, 8]))
    >>> len(figure.axes)
    4
    """
    require_kind("comparison", comparison, Comparison, "give one of kalette.compare")
    require_all("low_rank", low_rank, LowRankRow, "give those of low_rank_rows")
    if len(comparison.rows) < 2:
        raise SettingsError("the comparison has one k; give two at least for a curve")
    cell = _TITLE + _CURVE + _TICKS
    with look():
        figure = sheet(WIDTH, 2 * MARGIN + 2 * cell)
        for number, (title, lines) in enumerate(_panels(comparison, low_rank)):
            row, column = divmod(number, _COLUMNS)
            left, top = MARGIN + _LABELS + column * (_CELL + _GAP), MARGIN + row * cell + _TITLE
            write(figure, left, top - 24, title, fontweight="bold")
            _write_names(figure, left + _CELL - _LABELS, top - 24, lines)
            _draw(place(figure, left, top, _CELL - _LABELS, _CURVE), lines, [r.k for r in comparison.rows])
    return figure


def _panels(comparison: Comparison, low_rank: Sequence[LowRankRow]) -> list[tuple[str, list[Line]]]:
    rows = sorted(comparison.rows, key=lambda row: row.k)
    beside = sorted(low_rank, key=lambda row: row.k)
    sizes = [
        ("written file", [(row.k, row.output_bytes / 1000) for row in rows]),
        ("by bits per pixel", [(row.k, row.estimated_bytes / 1000) for row in rows]),
    ]
    panels: list[tuple[str, list[Line]]] = [("size in KB", sizes)]
    for title, name in (("PSNR in dB", "psnr_db"), ("SSIM", "ssim"), ("SSIMULACRA 2", "ssimulacra2")):
        lines = [("K-Means", _values(rows, name))]
        lines += [("low rank at equal bytes", _values(beside, name))] if beside else []
        panels.append((title, lines))
    return panels


def _values(rows: Sequence[ComparisonRow] | Sequence[LowRankRow], name: str) -> list[tuple[int, float]]:
    """Return a figure of each row, without those that have none, such as the PSNR of an exact picture."""
    pairs = [(row.k, getattr(row, name)) for row in rows]
    return [(k, value) for k, value in pairs if value is not None]


def _write_names(figure: Figure, right: int, baseline: int, lines: Sequence[Line]) -> None:
    """Name the lines above their panel, the first one last and nearest to the middle."""
    if len(lines) > 1:
        write(figure, right, baseline, lines[1][0], "right", color=MUTED)
        box = figure.texts[-1].get_window_extent()
        write(figure, right - box.width - 40, baseline, lines[0][0], "right", color=ACCENT)


def _draw(axes: Axes, lines: Sequence[Line], ks: Sequence[int]) -> None:
    for (_, places), color in zip(lines, (ACCENT, MUTED), strict=False):
        axes.plot(*zip(*places, strict=True), color=color, linewidth=1.4, marker="o", markersize=4)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks(ks, [str(k) for k in ks])
    axes.set_xlabel("k", color=INK)
    axes.yaxis.set_major_formatter("{x:,g}")
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
