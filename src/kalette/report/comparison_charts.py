"""The charts of a comparison: error against colours, quality against bits, loss against passes."""

import math
from collections.abc import Iterator

import numpy as np

from kalette.clustering import entropy_bits
from kalette.compression import psnr_db
from kalette.report.charts import Axis, Chart, axis_around
from kalette.report.comparison import Comparison, ComparisonRow

Captioned = tuple[Chart, str]
"""A chart and its caption."""


def curve_charts(comparison: Comparison) -> Iterator[Captioned]:
    """Yield the error curve that decides the recommended k, and the rate-distortion curve.

    Nothing for a picture with a single colour.

    Parameters
    ----------
    comparison : Comparison
        Result of `kalette.compare`.

    Examples
    --------
    >>> import kalette
    >>> [chart.x.label for chart, _ in curve_charts(kalette.compare(kalette.sample_pixels(48, 32), [2]))]
    ['colours (k)', 'bits per pixel']
    """
    if len(comparison.curve) > 1:
        yield _error_chart(comparison)
        yield _size_chart(comparison)


def loss_chart(comparison: Comparison) -> Iterator[Captioned]:
    """Yield the convergence chart: error after each pass, one line per k; nothing if lossless.

    Parameters
    ----------
    comparison : Comparison
        Result of `kalette.compare`.
    """
    rows = [row for row in comparison.rows if row.result.losses[-1] > 0]
    if not rows:
        return
    errors = {row.k: [math.sqrt(_mean(loss, row)) for loss in row.result.losses] for row in rows}
    passes = max(len(line) for line in errors.values())
    chart = Chart(
        "RMS error after each pass of K-Means",
        Axis("passes of K-Means", 0, max(passes - 1, 1) * 1.12),
        axis_around("RMS error (0 to 255)", [e for line in errors.values() for e in line], logarithmic=True),
    )
    for k, line in errors.items():
        chart.line(list(enumerate(line)))
        chart.dot((len(line) - 1, line[-1]), f"k = {k}")
    yield chart, "Convergence of K-Means: the error, with unrounded colours, never rises."


def _error_chart(comparison: Comparison) -> Captioned:
    curve = [(point.k, math.sqrt(point.mse)) for point in comparison.curve]
    measured = [(row.k, math.sqrt(row.mse)) for row in comparison.rows if row.k <= curve[-1][0]]
    chart = Chart(
        "RMS error against the number of colours",
        Axis("colours (k)", 0, curve[-1][0] * 1.02),
        Axis("RMS error (0 to 255)", 0, max(error for _, error in curve + measured) * 1.05),
    )
    chart.line([curve[0], curve[-1]], "chord")
    chart.line(curve)
    for dot in measured:
        chart.dot(dot)
    chosen = comparison.point_at(comparison.recommended_k)
    chart.dot((chosen.k, math.sqrt(chosen.mse)), f"k = {chosen.k}", "chosen")
    knee = "the knee: where the curve is furthest below its chord (dashed)"
    return chart, (
        "Estimated from one histogram (line) and measured on the files (dots; dithering raises them). "
        f"The recommended k is {knee if comparison.curve[-1].mse else 'lossless'}."
    )


def _size_chart(comparison: Comparison) -> Captioned:
    curve = [(point.bits_per_pixel, psnr_db(point.mse)) for point in comparison.curve]
    shown = [(bits, quality) for bits, quality in curve if quality is not None]
    measured = [
        (row, _bits(row), row.psnr_db)
        for row in comparison.rows
        if row.psnr_db is not None and row.k <= comparison.curve[-1].k
    ]
    chart = Chart(
        "PSNR against bits per pixel",
        Axis("bits per pixel", 0, max(bits for bits, _ in curve) * 1.05),
        axis_around("PSNR (dB)", [q for _, q in shown] + [q for _, _, q in measured]),
    )
    chart.line(shown)
    for row, bits, quality in measured:
        chart.dot((bits, quality), str(row.k), side="below")
    chosen = comparison.point_at(comparison.recommended_k)
    if chosen.mse > 0:
        place = (chosen.bits_per_pixel, psnr_db(chosen.mse) or 0)
        chart.dot(place, f"k = {chosen.k}", "chosen", side="left")
    return chart, "Bits per pixel: zero-order entropy of the indices. Files are smaller, in proportion."


def _bits(row: ComparisonRow) -> float:
    return entropy_bits(row.result.entry_counts.astype(np.float64))


def _mean(loss: float, row: ComparisonRow) -> float:
    return loss / (3 * row.result.indices.size)
