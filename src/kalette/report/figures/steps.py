"""Frames of the K-Means animation: centroids and the quantized picture, pass by pass."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kalette.clustering import Histogram, count
from kalette.compression import Result
from kalette.mapping import map_labels, nearest_labels
from kalette.report.figures.look import ACCENT, DPI, MARGIN, MUTED, look, place, sheet, write
from kalette.report.figures.passes import losses_per_pixel, outcome_text, prepare_curve, write_heading
from kalette.report.figures.pictures import over_checkerboard, scale_to_fit, scaled, strip
from kalette.report.figures.scatter import Scatter
from kalette.report.figures.space import ShownSpace
from kalette.report.figures.views import View, sampled, scatter_in
from kalette.types import Palette, Pixels, Run

MOST_FRAMES = 40
_SHRINK = 2  # from dots of a sheet to dots of a frame
_FRAME_HEIGHT, _PICTURE_TOP = 1080, 96
_PICTURE_SIZE, _MIN_PICTURE_WIDTH = (940, 850), 720  # the least that holds the text above it
_STRIP, _STRIP_GAP = 40, 14
_MIN_STRIP_WIDTH = 120  # in dots of a frame
_BASELINE = MARGIN + 24
_CUBE, _CUBE_GAP, _CUBE_TOP = 740, 76, 40
_CURVE_SIZE, _CURVE_GAP, _CURVE_TOP = (776, 120), 196, 870


@dataclass(frozen=True, slots=True)
class _Picture:
    """The picture, reduced if larger than displayed, its histogram, and its scale in dots per pixel."""

    pixels: Pixels
    histogram: Histogram
    zoom: float

    def mapped(self, palette: Palette, run: Run) -> tuple[Pixels, NDArray[np.int64]]:
        """Return the picture mapped to a palette, as displayed, and the pixel counts of the entries."""
        colors = self.histogram.colors
        indices = map_labels(self.pixels, colors, nearest_labels(colors, palette, "srgb", run=run), run=run)
        shown = over_checkerboard(scaled(palette[indices], self.zoom))
        return shown, np.bincount(indices.ravel(), minlength=len(palette))


@dataclass(frozen=True, slots=True)
class _Stage:
    """The static background of all frames, and the axes for the moving parts."""

    canvas: Any  # FigureCanvasAgg, which is untyped
    scatter: Scatter
    curve: Axes
    picture: _Picture
    text_left: int  # of the text beside the heading
    background: Any


def shown_passes(iterations: int) -> list[int]:
    """Choose the passes to show, 0 being the start: denser early on, where centroids move most.

    Examples
    --------
    >>> shown_passes(3)
    [0, 1, 2, 3]
    >>> len(shown_passes(100)), shown_passes(100)[:6], shown_passes(100)[-3:]
    (36, [0, 1, 2, 3, 4, 5], [90, 95, 100])
    """
    if iterations < MOST_FRAMES:
        return list(range(iterations + 1))
    places = np.linspace(0, 1, MOST_FRAMES) ** 2
    return sorted({round(place * iterations) for place in places.tolist()})


def step_frames(result: Result, space: ShownSpace = "srgb", view: View = "cube") -> Iterator[Pixels]:
    """Draw a frame for each shown pass: the mapped picture, centroids with their paths, the loss.

    Parameters
    ----------
    result : Result
        Result of ``compress(..., keep_history=True)``; without passes there is one frame.
    space : {"srgb", "oklab"}
        Colour space of the scatter plot.
    view : {"cube", "plane"}
        All three dimensions, or the plane of the first two principal components.

    Yields
    ------
    ndarray
        (540, up to 1000, 3) uint8, all of the same size.

    Examples
    --------
    >>> import kalette
    >>> pixels = kalette.sample_pixels(48, 32)
    >>> result = kalette.compress(pixels, k=4, init="random", max_iter=2, keep_history=True)
    >>> [frame.shape for frame in step_frames(result)]
    [(540, 962, 3), (540, 962, 3), (540, 962, 3)]
    """
    palettes = result.palettes or (result.palette,)
    with look():
        stage = _prepared_stage(result, space, view)
    for number in shown_passes(len(palettes) - 1):
        with look():
            yield _frame(stage, result, palettes[: number + 1])


def _prepared_stage(result: Result, space: ShownSpace, view: View) -> _Stage:
    picture = _picture(result)
    shown_across = round(picture.pixels.shape[1] * picture.zoom) * _SHRINK
    side = MARGIN + max(shown_across, _MIN_PICTURE_WIDTH)  # right end of the picture's half of the sheet
    figure = sheet(side + _CURVE_GAP + _CURVE_SIZE[0] + MARGIN, _FRAME_HEIGHT)
    figure.dpi = DPI / _SHRINK
    canvas: Any = FigureCanvasAgg(figure)
    histogram = result.picture.original.histogram
    box = (side + _CUBE_GAP, _CUBE_TOP, _CUBE)
    scatter = scatter_in(figure, box, histogram, space, view)
    colors = sampled(histogram).colors
    scatter.points(colors, colors)
    curve = _loss_curve(figure, side + _CURVE_GAP, result)
    text = write_heading(figure, result, _BASELINE)
    canvas.draw()
    return _Stage(canvas, scatter, curve, picture, text, canvas.copy_from_bbox(figure.bbox))


def _loss_curve(figure: Figure, left: int, result: Result) -> Axes:
    axes = place(figure, left, _CURVE_TOP, *_CURVE_SIZE)
    axes.set_visible(bool(result.history))
    if result.history:
        write(figure, left, _CURVE_TOP - 16, "loss per pixel")
        prepare_curve(axes, range(len(result.losses)), losses_per_pixel(result))
    return axes


def _picture(result: Result) -> _Picture:
    pixels = result.picture.original.pixels
    height, width = pixels.shape[:2]
    scale = scale_to_fit(width, height, _PICTURE_SIZE[0] // _SHRINK, _PICTURE_SIZE[1] // _SHRINK)
    small = scaled(pixels, min(scale, 1))
    if small.shape[2] == 4:
        small = np.where(small[..., 3:] == 0, np.uint8(0), small)
    same = small.shape == result.picture.pixels.shape and np.array_equal(small, result.picture.pixels)
    histogram = result.picture.histogram if same else count(small, run=result.run)
    return _Picture(small, histogram, max(scale, 1))


def _frame(stage: _Stage, result: Result, path: tuple[Palette, ...]) -> Pixels:
    """Draw the moving artists over the background, and paste the picture and its palette strip."""
    canvas, (shown, counts) = stage.canvas, stage.picture.mapped(path[-1], result.run)
    canvas.restore_region(stage.background)
    for artist in _moving_artists(stage, result, path, counts / counts.sum()):
        if hasattr(artist, "do_3d_projection"):
            artist.do_3d_projection()
        artist.draw(canvas.get_renderer())
        artist.remove()
    drawn = np.asarray(canvas.buffer_rgba())[..., :3].copy()
    _paste(drawn, shown, _PICTURE_TOP)
    bar = strip(path[-1], counts, max(shown.shape[1], _MIN_STRIP_WIDTH), _STRIP // _SHRINK)
    _paste(drawn, bar, _PICTURE_TOP + _STRIP_GAP + _SHRINK * shown.shape[0])
    return drawn


def _moving_artists(
    stage: _Stage, result: Result, path: tuple[Palette, ...], shares: NDArray[np.float64]
) -> list[Any]:
    """Return the artists of this frame, in drawing order."""
    number = len(path) - 1
    losses = losses_per_pixel(result)[: number + 1]
    text = f"pass {number} of {result.iterations}, loss per pixel {losses[-1]:,.1f}"
    text = text if result.history else outcome_text(result)
    artists = [
        *stage.scatter.trails(path),
        stage.scatter.balls(path[-1], shares),
        write(stage.canvas.figure, stage.text_left, _BASELINE, text, color=MUTED),
    ]
    if result.history:
        artists += stage.curve.plot(range(number + 1), losses, color=ACCENT, linewidth=1.4)
        artists += stage.curve.plot([number], losses[-1:], "o", color=ACCENT, markersize=4)
    return artists


def _paste(drawn: Pixels, part: Pixels, top: int) -> None:
    left, top = MARGIN // _SHRINK, top // _SHRINK
    drawn[top : top + part.shape[0], left : left + part.shape[1]] = part
