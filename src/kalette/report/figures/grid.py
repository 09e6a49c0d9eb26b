"""The comparison grid: original and compressed versions side by side, with palettes and figures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kalette.compression import Result
from kalette.report.figures.look import FAINT, HEADING, MARGIN, MUTED, WIDTH, look, place, sheet, write
from kalette.report.figures.passes import heading
from kalette.report.figures.pictures import over_checkerboard, scale_to_fit, scaled, strip
from kalette.report.figures.results import require_results
from kalette.types import ColorBytes, Pixels, colors_text, psnr_text, ratio_text, size_text

_TARGET_HEIGHT = 1700  # used to choose the number of columns; more panels make it taller
_MIN_PANEL_WIDTH = 460  # enough for the text
_MIN_PICTURE_HEIGHT = 300
_GAP, _ROW_GAP = 44, 56
_HEADING, _STRIP_GAP, _STRIP, _LINE, _LINES = 44, 14, 40, 34, 3

Words = tuple[str, str]
"""Left- and right-aligned text of a line."""


@dataclass(frozen=True, slots=True)
class _Panel:
    """A picture with the text above and below it, and the colours of its palette strip."""

    pixels: Pixels
    colors: ColorBytes
    counts: NDArray[np.int64]
    heading: Words
    lines: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Number of columns and panel sizes in dots."""

    columns: int
    scale: float
    picture_height: int
    panel_width: int
    panel_height: int


def comparison_grid(results: Sequence[Result]) -> Figure:
    """Draw original and versions side by side, with k, size, compression ratios, quality and palette.

    Ratios are to the raw picture and to the input file, if there is one. The strip below a picture shows its
    colours from dark to light, each as wide as its share.

    Parameters
    ----------
    results : sequence of Result
        One or more results for the same picture.

    Returns
    -------
    Figure
        Save it with `kalette.figures.save`.

    Examples
    --------
    >>> import kalette
    >>> pixels = kalette.sample_pixels(48, 32)
    >>> figure = comparison_grid([kalette.compress(pixels, k=k) for k in (2, 16)])
    >>> [text.get_text() for text in figure.texts if "=" in text.get_text()]
    ['k = 2', 'k = 16']
    """
    require_results(results)
    panels = [_original(results[0]), *map(_version, results)]
    layout = _layout(len(panels), *results[0].indices.shape)
    columns, rows = layout.columns, math.ceil(len(panels) / layout.columns)
    with look():
        figure = sheet(
            2 * MARGIN + columns * layout.panel_width + (columns - 1) * _GAP,
            2 * MARGIN + rows * layout.panel_height + (rows - 1) * _ROW_GAP,
        )
        for number, panel in enumerate(panels):
            row, column = divmod(number, columns)
            left = MARGIN + column * (layout.panel_width + _GAP)
            _draw(figure, panel, layout, left, MARGIN + row * (layout.panel_height + _ROW_GAP))
    return figure


def _original(result: Result) -> _Panel:
    original = result.picture.original
    histogram = original.histogram
    raw = f"{size_text(result.raw_bytes)} raw"
    sizes = (raw, "") if result.input_bytes is None else (f"{size_text(result.input_bytes)} file", raw)
    size = f"{result.width} × {result.height}"
    return _Panel(
        original.pixels,
        histogram.colors,
        histogram.counts,
        ("Original", size),
        (sizes, (colors_text(len(histogram)), "")),
    )


def _version(result: Result) -> _Panel:
    size_bytes, input_bytes, psnr = result.output_bytes, result.input_bytes, psnr_text(result.psnr_db)
    to_raw = f"{ratio_text(size_bytes, result.raw_bytes)} to raw"
    to_file = "" if input_bytes is None else f"{ratio_text(size_bytes, input_bytes)} to file"
    return _Panel(
        result.palette[result.indices],
        result.palette,
        result.entry_counts,
        (heading(result), ""),
        (
            (size_text(size_bytes), to_raw),
            (colors_text(result.colors_used), to_file),
            (psnr if result.psnr_db is None else f"PSNR {psnr}", f"SSIMULACRA 2 {result.ssimulacra2:.1f}"),
        ),
    )


def _layout(count: int, height: int, width: int) -> _Layout:
    """Return the layout with the largest pictures; ties go to the one with fewest empty cells."""
    text_height = _HEADING + _STRIP_GAP + _STRIP + _LINES * _LINE

    def with_columns(columns: int) -> _Layout:
        rows = math.ceil(count / columns)
        across = (WIDTH - 2 * MARGIN - (columns - 1) * _GAP) / columns
        down = (_TARGET_HEIGHT - 2 * MARGIN - (rows - 1) * _ROW_GAP) / rows - text_height
        scale = scale_to_fit(width, height, across, max(down, _MIN_PICTURE_HEIGHT))
        shown = max(1, round(height * scale))
        panel_width = max(round(width * scale), _MIN_PANEL_WIDTH)
        return _Layout(columns, scale, shown, panel_width, shown + text_height)

    max_columns = (WIDTH - 2 * MARGIN + _GAP) // (_MIN_PANEL_WIDTH + _GAP)
    layouts = [with_columns(columns) for columns in range(1, min(count, max_columns) + 1)]
    return max(layouts, key=lambda layout: _layout_rank(layout, count))


def _layout_rank(layout: _Layout, count: int) -> tuple[float, int, int]:
    """Rank a layout by picture size, then empty cells; a single column must double the size to win."""
    adjusted_scale = layout.scale / (2 if layout.columns == 1 else 1)
    return round(adjusted_scale, 3), -(-count % layout.columns), layout.columns


def _draw(figure: Figure, panel: _Panel, layout: _Layout, left: int, top: int) -> None:
    right = left + layout.panel_width
    baseline = top + _HEADING - 16
    write(figure, left, baseline, panel.heading[0], fontsize=HEADING, fontweight="bold")
    write(figure, right, baseline, panel.heading[1], "right")
    top += _HEADING
    _show(figure, over_checkerboard(scaled(panel.pixels, layout.scale)), left, top)
    top += layout.picture_height + _STRIP_GAP
    _show(figure, strip(panel.colors, panel.counts, layout.panel_width, _STRIP), left, top)
    for number, (start, end) in enumerate(panel.lines, 1):
        baseline = top + _STRIP + number * _LINE
        write(figure, left, baseline, start, color=MUTED)
        write(figure, right, baseline, end, "right", color=MUTED)


def _show(figure: Figure, pixels: Pixels, left: int, top: int) -> None:
    """Show a picture at one dot per pixel, with a hairline border."""
    axes = place(figure, left, top, pixels.shape[1], pixels.shape[0], xticks=[], yticks=[])
    axes.imshow(pixels, interpolation="nearest", aspect="auto")
    for spine in axes.spines.values():
        spine.set(visible=True, color=FAINT, linewidth=0.5)
