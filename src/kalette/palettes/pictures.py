"""Palettes as images: SVG and PNG swatches, and palettes read from images."""

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from kalette.clustering import count
from kalette.color import with_alpha
from kalette.mapping import map_labels
from kalette.reading import read, read_entries
from kalette.types import MAX_K, Indexed, Indices, Palette, Pixels, as_code, code_of, share_text
from kalette.writing import encode

_PNG_CELL, _PNG_COLUMNS = 64, 16
_CELL, _GAP, _LABEL, _SVG_COLUMNS = 104, 16, 44, 8
_SVG_COLOR = re.compile(r'data-color="(#[0-9a-f]{6}(?:[0-9a-f]{2})?)"')
_CHECKERBOARD = (
    '<pattern id="checkerboard" width="16" height="16" patternUnits="userSpaceOnUse">'
    '<path fill="#fff" d="M0 0h16v16H0z"/><path fill="#ccc" d="M0 0h8v8H0zm8 8h8v8H8z"/></pattern>'
)


def svg_text(colors: Palette, shares: Sequence[float] | None, _name: str) -> str:
    """Return labelled swatches, eight to a row, over a checkerboard if not opaque."""
    columns = min(len(colors), _SVG_COLUMNS)
    rows = -(-len(colors) // columns)
    width, height = columns * (_CELL + _GAP) + _GAP, rows * (_CELL + _LABEL + _GAP) + _GAP
    labels = [""] * len(colors) if shares is None else [share_text(share) for share in shares]
    cells = [
        _svg_cell(code_of(color), label, *divmod(i, columns))
        for i, (color, label) in enumerate(zip(colors, labels, strict=True))
    ]
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="14">'
    background = f'<path fill="#fff" d="M0 0h{width}v{height}H0z"/>'
    return "\n".join((head, f"<defs>{_CHECKERBOARD}</defs>", background, *cells, "</svg>\n"))


def _svg_cell(code: str, label: str, row: int, column: int) -> str:
    x, y = _GAP + column * (_CELL + _GAP), _GAP + row * (_CELL + _LABEL + _GAP)
    box = f'x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" rx="6"'
    under = "" if len(code) == 7 else f'<rect {box} fill="url(#checkerboard)"/>'
    opacity = "" if len(code) == 7 else f' fill-opacity="{round(int(code[7:], 16) / 255, 3):g}"'
    middle = x + _CELL // 2
    return (
        f'{under}<rect {box} data-color="{code}" fill="{code[:7]}"{opacity}'
        f' stroke="#000" stroke-opacity="0.2"/>'
        f'<text x="{middle}" y="{y + _CELL + 18}" text-anchor="middle" fill="#222">{code}</text>'
        f'<text x="{middle}" y="{y + _CELL + 37}" text-anchor="middle" fill="#666">{label}</text>'
    )


def codes_of_svg(text: str) -> list[str]:
    """Read the colours of an SVG file written by `svg_text`."""
    return [as_code(code) for code in _SVG_COLOR.findall(text)]


def png_bytes(colors: Palette, _shares: Sequence[float] | None, _name: str) -> bytes:
    """Return an indexed PNG with this palette, in its order; swatches are squares, sixteen to a row."""
    return encode(Indexed(colors, _layout(len(colors))), "png")


def _layout(count: int) -> Indices:
    """Return the indices of full rows of swatches of nearly equal width."""
    rows = -(-count // _PNG_COLUMNS)
    width = _PNG_CELL * -(-count // rows)
    bounds = [count * row // rows for row in range(rows + 1)]
    lines = [first + np.arange(width) * (last - first) // width for first, last in pairwise(bounds)]
    return np.repeat(np.array(lines, np.uint8), _PNG_CELL, axis=0)


def codes_of_image(data: bytes, name: str) -> list[str]:
    """Return the colours of an image.

    For an indexed image, its palette up to the last entry in use; otherwise the distinct colours in raster
    order of their first occurrence.

    Raises
    ------
    ReadError
        When the image cannot be read.
    ValueError
        When it has more than 256 colours.
    """
    pixels = read(data, first_frame=True, name=name).pixels
    entries = read_entries(data)
    # A colour profile or an orientation makes the pixels differ from the palette entries.
    if entries is not None and np.array_equal(with_alpha(entries.pixels), with_alpha(pixels)):
        return [code_of(color) for color in entries.palette[: int(entries.indices.max()) + 1]]
    return [code_of(color) for color in _colors_by_occurrence(pixels)]


def _colors_by_occurrence(pixels: Pixels) -> Palette:
    colors = count(pixels).colors
    if len(colors) > MAX_K:
        raise ValueError(
            f"it is a picture of {len(colors)} colours; make a palette of it first, with kalette palette"
        )
    places = np.arange(len(colors), dtype=np.uint8)
    _, first = np.unique(map_labels(pixels, colors, places), return_index=True)
    return colors[np.argsort(first)]
