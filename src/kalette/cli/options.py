"""Options that several commands share, declared once."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, get_args

import click

from kalette.errors import SettingsError
from kalette.limits import DEFAULT_LIMITS, Limits
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


class ByteCount(click.ParamType[int]):
    """A number of bytes, alone or in KB, MB, GB (powers of 1000), KiB, MiB or GiB (of 1024)."""

    name = "BYTES"
    _UNITS: ClassVar[dict[str, int]] = {"": 1, "B": 1} | {
        f"{letter}{binary}B": base**power
        for power, letter in enumerate("KMG", start=1)
        for binary, base in (("", 1000), ("i", 1024))
    }

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Turn the text into bytes."""
        if isinstance(value, int):
            return value
        number = value.rstrip("BKMGi ")
        unit = value[len(number) :].strip()
        if not (number.isascii() and number.isdigit()) or unit not in self._UNITS:
            raise SettingsError(
                f"{value!r} is no size; give a whole number, alone or with KB, MB, GB, KiB, MiB or GiB"
            )
        return int(number) * self._UNITS[unit]


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


_LIMITS = (
    click.option(
        "--max-pixels",
        type=int,
        metavar="N",
        default=DEFAULT_LIMITS.max_pixels,
        show_default=True,
        help="Width x height of an input at most.",
    ),
    click.option(
        "--max-side",
        type=int,
        metavar="N",
        default=DEFAULT_LIMITS.max_side,
        show_default=True,
        help="Width, and height, of an input at most.",
    ),
    click.option(
        "--max-input-bytes",
        type=ByteCount(),
        default="256MiB",
        show_default=True,
        help="Size of an input file at most.",
    ),
    click.option(
        "--max-frames",
        type=int,
        metavar="N",
        default=DEFAULT_LIMITS.max_frames,
        show_default=True,
        help="Frames in an input at most.",
    ),
    click.option(
        "--allow-truncated",
        is_flag=True,
        help="Take what can be decoded of a damaged input, which is refused otherwise.",
    ),
)


def limits_options(function: _Function) -> _Function:
    """Declare every option of `Limits` on a command."""
    for option in reversed(_LIMITS):
        function = option(function)
    return function


def limits_from(values: dict[str, Any]) -> Limits:
    """Return the `Limits` that the options of a command ask for."""
    return Limits(**{name: values[name] for name in Limits.__dataclass_fields__})


def settings_options(function: _Function) -> _Function:
    """Declare every option of `Settings` on a command."""
    for option in reversed(_SETTINGS):
        function = option(function)
    return function


def settings_from(values: dict[str, Any], file_format: Format) -> Settings:
    """Return the `Settings` that the options of a command ask for."""
    names = ("k", "init", "max_iter", "tol", "seed", "space", "dither", "effort", "keep_metadata")
    return Settings(format=file_format, **{name: values[name] for name in names})
