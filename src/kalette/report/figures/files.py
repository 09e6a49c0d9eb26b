"""Figures as files, with reproducible bytes."""

import os
from pathlib import Path

from matplotlib.figure import Figure

from kalette.report.figures.look import ENDINGS, rendered
from kalette.types import SettingsError, require_kind
from kalette.writing import output_path, require_room, write_whole


def png_bytes(figure: Figure) -> bytes:
    """Return a figure as a PNG file.

    Examples
    --------
    >>> png_bytes(Figure(figsize=(1, 1)))[1:4]
    b'PNG'
    """
    _require_figure(figure)
    return rendered(figure, "png")


def svg_text(figure: Figure) -> str:
    """Return a figure as an SVG element for embedding in HTML.

    Examples
    --------
    >>> svg_text(Figure(figsize=(1, 1)))[:5]
    '<svg '
    """
    _require_figure(figure)
    text = rendered(figure, "svg").decode("utf-8")
    return text[text.index("<svg ") :]


def save(figure: Figure, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a figure to a file atomically, in the format of the file's extension.

    Parameters
    ----------
    figure : Figure
        A figure of this package.
    path : path
        Ending in .png, .svg or .pdf.
    overwrite : bool
        Replace an existing file.

    Raises
    ------
    SettingsError
        For any other extension.
    WriteError
        When the file exists or cannot be written.
    """
    _require_figure(figure)
    place = output_path(path, overwrite)
    write_whole(place, rendered(figure, _format_of(place)), overwrite=overwrite)


def require_writable(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Check before the work whether `save` could write: extension, existing file, missing folder.

    Raises
    ------
    SettingsError
        For any other extension.
    WriteError
        When the file could not be written.

    Examples
    --------
    >>> require_writable("grid.jpg")
    Traceback (most recent call last):
    kalette.SettingsError: the extension of grid.jpg is not a figure format; end it in .png, .svg or .pdf
    """
    place = output_path(path, overwrite)
    _format_of(place)
    require_room(place, overwrite=overwrite)


def _require_figure(figure: object) -> None:
    require_kind("the figure", figure, Figure, "give a figure of kalette.figures")


def _format_of(path: Path) -> str:
    file_format = path.suffix.lower().removeprefix(".")
    if file_format not in ENDINGS:
        raise SettingsError(f"the extension of {path} is not a figure format; end it in .png, .svg or .pdf")
    return file_format
