"""The report on an animation: a self-contained HTML page, to open from disk or to mail."""

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate

from kalette.compression import AnimationResult, SampledFrame
from kalette.report.charts import Axis, Chart, axis_around
from kalette.report.markup import (
    Markup,
    captioned,
    data_uri,
    filled,
    joined,
    page_parts,
    palette_details,
    shown_size,
    uri_of_pixels,
)
from kalette.types import __version__, ratio_text, require_kind, size_text

_MOST_PIXELS = 8 << 20  # of all frames in the page, which holds each twice; at least two frames are shown
_HEADROOM = 1.1  # of an axis, above its highest value


def animation_page(result: AnimationResult, name: str) -> str:
    """Return a page with the animation, frames before and after, and bytes and flicker over time.

    The file is embedded, and the Content Security Policy forbids network access.

    Parameters
    ----------
    result : AnimationResult
        Result of `kalette.animate`.
    name : str
        Name of the animation; it is escaped.

    Examples
    --------
    >>> import numpy as np
    >>> import kalette
    >>> frames = [np.full((8, 8, 3), grey, np.uint8) for grey in (0, 90, 180)]
    >>> "<title>a.gif, 3 frames</title>" in animation_page(kalette.animate(frames, format="gif"), "a.gif")
    True
    """
    require_kind("result", result, AnimationResult, "give one of kalette.animate")
    size = shown_size(result.canvas.width, result.canvas.height)
    return filled(
        "animation.html",
        **page_parts(f"{name}, {len(result.records)} frames", "animation.js"),
        name=name,
        summary=_summary(result),
        notes=joined(filled("note.html", note=note) for note in result.notes),
        picture=data_uri(result.format, result.to_bytes()),
        width=size["width"],
        height=size["height"],
        size_style=size["style"],
        facts=joined(filled("fact.html", label=label, value=value) for label, value in _facts(result)),
        charts=filled("charts.html", heading="Over time", figures=joined(_charts(result))),
        legend="SSIMULACRA 2: 90 is not to be told apart, 70 good, 50 fair.",
        frames=joined(_frames(result)),
        palette_heading="Palette, not in the file" if result.is_true_color else "Palette of the first frame",
        palette=palette_details(result.swatches),
        version=__version__,
    )


def _summary(result: AnimationResult) -> str:
    width, height, _ = result.canvas
    seconds = result.duration_ms / 1000
    sizes = [f"{size_text(result.raw_bytes)} raw"]
    if result.input_bytes is not None:
        sizes.append(f"{size_text(result.input_bytes)} file")
    return f"{width} x {height}, {result.frames.frame_count} frames, {seconds:g} s, {', '.join(sizes)}"


def _facts(result: AnimationResult) -> Iterator[tuple[str, str]]:
    """Yield what is known of the file, with its label."""
    size_bytes, count = result.output_bytes, len(result.records)
    yield "File", f"{result.format.upper()}, {size_text(size_bytes)}"
    yield "To the raw frames", ratio_text(size_bytes, result.raw_bytes)
    if result.input_bytes is not None:
        yield "To the input file", ratio_text(size_bytes, result.input_bytes)
    yield "Frames stored", str(count)
    yield "Bytes a frame", size_text(round(sum(each.size_bytes for each in result.records) / count))
    yield "SSIMULACRA 2", f"{result.ssimulacra2:.1f} (mean), {min(result.scores):.1f} (worst frame)"
    yield "Flicker (0 to 255)", f"{result.flicker:.2f}"
    if result.is_exact:
        yield "Rate", "exact, in true colour" if result.is_true_color else "exact"
    else:
        yield "Rate", f"{result.rate:.3g}"


def _charts(result: AnimationResult) -> Iterator[Markup]:
    edges = _edges(each.delay_ms for each in result.records)
    sizes = [each.size_bytes / 1000 for each in result.records]
    chart = _over_time("Kilobytes of each frame", "KB a frame", edges, sizes)
    yield captioned(chart, "Pixel data of each frame in the file.")
    edges = _edges(each.delay_ms for each in result.frames)
    chart = _over_time("Flicker of each frame", "flicker (0 to 255)", edges, [0.0, *result.flickers])
    yield captioned(
        chart, "Where the source stands still: the mean change of luma that it does not have itself."
    )
    if len(result.scores) > 1:
        yield captioned(_score_chart(result, edges[-1]), "Measured on the frames below.")


def _edges(delays_ms: Iterator[int]) -> list[float]:
    """Return when frames begin, and the end, in seconds."""
    return [time_ms / 1000 for time_ms in accumulate(delays_ms, initial=0)]


def _over_time(title: str, label: str, edges: Sequence[float], values: Sequence[float]) -> Chart:
    highest = max(values) * _HEADROOM or 1.0
    chart = Chart(title, Axis("seconds", 0, edges[-1]), Axis(label, 0, highest))
    chart.stairs(edges, values)
    return chart


def _score_chart(result: AnimationResult, seconds: float) -> Chart:
    scores = [
        (each.time_ms / 1000, score) for each, score in zip(result.sampled(), result.scores, strict=True)
    ]
    axis = axis_around("SSIMULACRA 2", result.scores)
    chart = Chart("Score of frames", Axis("seconds", 0, seconds), axis)
    chart.line(scores)
    for each in scores:
        chart.dot(each)
    return chart


def _frames(result: AnimationResult) -> Iterator[Markup]:
    """Yield the frames that are scored, or some of them where they are large."""
    width, height, _ = result.canvas
    most = max(_MOST_PIXELS // (width * height), 2)
    every = math.ceil(len(result.scores) / most)
    for number, (frame, score) in enumerate(zip(result.sampled(), result.scores, strict=True)):
        if number % every == 0:
            yield _frame(frame, score)


def _frame(frame: SampledFrame, score: float) -> Markup:
    time = f"{frame.time_ms / 1000:g} s"
    height, width = frame.source.shape[:2]
    return filled(
        "frame.html",
        time=time,
        name=f"{time}, SSIMULACRA 2 {score:.1f}",
        source=uri_of_pixels(frame.source),
        result=uri_of_pixels(frame.result),
        **shown_size(width, height),
    )
