"""Legibility of a figure: whether all its words can be read."""

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def texts_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def boxes_of(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return the visible texts of a figure with their boxes in dots; without ticks outside the view."""
    figure.draw_without_rendering()
    hidden = {
        tick.label1
        for axes in figure.axes
        for axis in axes._axis_map.values()
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    shown = [text for text in figure.findobj(Text) if text.get_visible() and text not in hidden]
    return [(text.get_text(), text.get_window_extent()) for text in shown if text.get_text().strip()]


def assert_legible(figure: Figure) -> None:
    """Every text lies on the sheet, no two overlap, and none is too small at a width of 1000 pixels."""
    boxes = boxes_of(figure)
    width, height = figure.canvas.get_width_height()
    for words, box in boxes:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert inside, f"{words!r} leaves the sheet"
        assert box.height * min(1, 1000 / width) >= 8, f"{words!r} is too small"
    for (one, first), (other, second) in combinations(boxes, 2):
        assert not first.overlaps(second), f"{one!r} and {other!r} overlap"
