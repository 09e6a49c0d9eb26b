"""Line charts as inline SVG, coloured by the style sheet of the page, light or dark."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

Place = tuple[float, float]
"""A point: x and y, in SVG units or in axis values."""

Side = Literal["above", "below", "left"]
"""Position of a dot's label."""

_WIDTH, _HEIGHT = 520, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 16, 44
_TARGET_TICKS = 5  # about as many per axis
_CHARACTER_WIDTH = 9  # in SVG units, at the font size on a phone


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: label, range and scale.

    Parameters
    ----------
    label : str
        Name of the values.
    low, high : float
        Non-empty range.
    logarithmic : bool
        Logarithmic scale, for a positive range.
    """

    label: str
    low: float
    high: float
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Return the position of a value along the axis, from 0 (low) to 1 (high).

        Examples
        --------
        >>> Axis("", 0, 10).share(5), Axis("", 1, 100, logarithmic=True).share(10)
        (0.5, 0.5)
        """
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Return round tick values inside the range.

        Examples
        --------
        >>> Axis("", 0, 36).ticks(), Axis("", 8, 300, logarithmic=True).ticks()
        ([0, 10, 20, 30], [10.0, 20.0, 50.0, 100.0, 200.0])
        """
        if self.logarithmic:
            return _logarithmic_ticks(self.low, self.high)
        step = _round_step((self.high - self.low) / _TARGET_TICKS)
        first, last = math.ceil(self.low / step), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def axis_around(label: str, values: Iterable[float], *, logarithmic: bool = False) -> Axis:
    """Return an axis that covers all values, with a margin at both ends.

    Examples
    --------
    >>> axis_around("dB", [20.0, 30.0])
    Axis(label='dB', low=19.5, high=30.5, logarithmic=False)
    """
    low, high = min(values := list(values)), max(values)
    if logarithmic:
        return Axis(label, low / 1.25, high * 1.25, logarithmic=True)
    room = (high - low) / 20 or 1
    return Axis(label, low - room, high + room)


@dataclass(slots=True)
class Chart:
    """A line chart, built from elements.

    Parameters
    ----------
    title : str
        Accessible name of the chart.
    x, y : Axis
        Horizontal and vertical axis.
    pieces : list of str
        SVG elements so far.
    """

    title: str
    x: Axis
    y: Axis
    pieces: list[str] = field(default_factory=list)

    def line(self, values: Sequence[Place], style: str = "curve") -> None:
        """Draw a polyline through points."""
        points = " ".join(f"{across:.1f},{down:.1f}" for across, down in map(self._place, values))
        self.pieces.append(f'<polyline class="{style}" points="{points}"/>')

    def stairs(self, edges: Sequence[float], values: Sequence[float]) -> None:
        """Draw an area whose height is constant between edges."""
        tops = [
            place
            for left, right, value in zip(edges, edges[1:], values, strict=False)
            for place in ((left, value), (right, value))
        ]
        outline = [(edges[0], self.y.low), *tops, (edges[-1], self.y.low)]
        points = " ".join(f"{across:.1f},{down:.1f}" for across, down in map(self._place, outline))
        self.pieces.append(f'<polygon class="area" points="{points}"/>')

    def dot(self, value: Place, label: str = "", style: str = "dot", side: Side = "above") -> None:
        """Draw a dot with its label above right, below right or above left."""
        across, down = self._place(value)
        self.pieces.append(f'<circle class="{style}" cx="{across:.1f}" cy="{down:.1f}" r="4"/>')
        if label and (side == "left" or across + 7 + _CHARACTER_WIDTH * len(label) > _WIDTH):
            self.pieces.append(_text(style, across - 7, down - 7, label, "end"))
        elif label:
            self.pieces.append(_text(style, across + 7, down + (15 if side == "below" else -7), label))

    def svg(self) -> str:
        """Return the chart as an SVG element."""
        drawn = "\n".join((*self._grid(), *self.pieces))
        return (
            f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
            f'aria-label="{escape(self.title)}">\n{drawn}\n</svg>'
        )

    def _place(self, value: Place) -> Place:
        return (
            _LEFT + self.x.share(value[0]) * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - self.y.share(value[1]) * (_HEIGHT - _TOP - _BOTTOM),
        )

    def _grid(self) -> list[str]:
        lines = []
        bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
        for value in self.x.ticks():
            across = self._place((value, self.y.low))[0]
            lines += [
                _grid_line(across, _TOP, across, bottom),
                _text("tick", across, bottom + 16, f"{value:.6g}", "middle"),
            ]
        for value in self.y.ticks():
            down = self._place((self.x.low, value))[1]
            lines += [
                _grid_line(_LEFT, down, right, down),
                _text("tick", _LEFT - 7, down + 4, f"{value:.6g}", "end"),
            ]
        across, down = (_LEFT + right) / 2, (_TOP + bottom) / 2
        label = _text("axis", 0, 0, self.y.label, "middle")
        upright = f'<g transform="translate(13 {down}) rotate(-90)">{label}</g>'
        return [*lines, _text("axis", across, _HEIGHT - 8, self.x.label, "middle"), upright]


def _grid_line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="rule" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(style: str, across: float, down: float, words: str, anchor: str = "start") -> str:
    place = f'x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}"'
    return f'<text class="{style}" {place}>{escape(words)}</text>'


def _round_step(step: float) -> float:
    """Round up to 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    rounded = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))
    return int(rounded) if rounded >= 1 else rounded


def _logarithmic_ticks(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1, 2, 3, 4, 6, 8) if high / low < 10 else (1, 2, 5) if high / low < 1000 else (1,)
    values = [factor * 10.0**power for power in powers for factor in factors]
    return [value for value in values if low <= value <= high]
