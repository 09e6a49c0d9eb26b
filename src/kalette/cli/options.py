"""Options that several commands share, declared once."""

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click

from kalette.errors import SettingsError
from kalette.settings import MAX_K, Dither, Effort, Format, Init, Settings, Space

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _ColorCount(click.ParamType[int]):
    """A number of colours; words and numbers out of range are refused with the rule."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Turn the text into a number that `Settings` will judge."""
        try:
            return int(value)
        except ValueError as error:
            raise SettingsError(
                f"k is {value!r}; give a whole number of colours from 1 to {MAX_K}"
            ) from error


_SETTINGS = (
    click.option(
        "-k", "--colors", "k", type=_ColorCount(), default=MAX_K, show_default=True, help="Number of colours."
    ),
    click.option(
        "--init",
        type=click.Choice(get_args(Init)),
        default="auto",
        show_default=True,
        help="Starting centroids; any but auto gives K-Means as in the textbooks.",
    ),
    click.option("--max-iter", type=int, metavar="N", help="Passes of K-Means at most."),
    click.option(
        "--tol", type=float, metavar="T", help="Stop when no centroid moves further (units of 0-255)."
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Where the random numbers start."),
    click.option(
        "--space",
        type=click.Choice(get_args(Space)),
        default="auto",
        show_default=True,
        help="Where colours are compared.",
    ),
    click.option(
        "--dither",
        type=click.Choice(get_args(Dither)),
        default="auto",
        show_default=True,
        help="How to mix colours that the palette lacks.",
    ),
    click.option(
        "--effort",
        type=click.Choice(get_args(Effort)),
        default="balanced",
        show_default=True,
        help="Time to spend on a better palette and a smaller file.",
    ),
    click.option(
        "--keep-metadata",
        is_flag=True,
        help="Take EXIF (with GPS), XMP and comments over, which are left behind otherwise.",
    ),
    click.option(
        "--format",
        "file_format",
        type=click.Choice(get_args(Format)),
        help="Of the output; from the name given with -o, else png.",
    ),
)


def settings_options(function: _Function) -> _Function:
    """Declare every option of `Settings` on a command."""
    for option in reversed(_SETTINGS):
        function = option(function)
    return function


def settings_from(values: dict[str, Any], file_format: Format) -> Settings:
    """Return the `Settings` that the options of a command ask for."""
    names = ("k", "init", "max_iter", "tol", "seed", "space", "dither", "effort", "keep_metadata")
    return Settings(format=file_format, **{name: values[name] for name in names})
