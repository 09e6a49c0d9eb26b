"""Options that several commands share, declared once."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, ClassVar, TypeVar, get_args

import click

from kalette.errors import SettingsError
from kalette.limits import DEFAULT_LIMITS, Limits
from kalette.settings import MAX_K, Dither, Effort, Format, Init, Settings, Space

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _ColorCount(click.ParamType[int | str]):
    """A number of colours, or auto; other words are refused with the rule."""

    name = "N|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Turn the text into what `Settings` will judge."""
        return "auto" if value == "auto" else _whole(value)


class ColorCounts(click.ParamType[tuple[int, ...]]):
    """A list of numbers of colours such as 2,4,8: each from 1 to 256, none twice, in the order given."""

    name = "N,N,..."

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Turn the text into numbers that `Settings` accepts."""
        counts: list[int] = []
        for part in str(value).split(","):
            count = _whole(part.strip())
            Settings(k=count)
            if count in counts:
                raise SettingsError(f"k is {value!r}, which holds {count} twice; give each number once")
            counts.append(count)
        return tuple(counts)


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


def _whole(text: Any) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise SettingsError(f"k is {text!r}; give a whole number of colours from 1 to {MAX_K}") from error


_KMEANS = (
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
)

_SEARCH = (
    *_KMEANS,
    click.option(
        "--space",
        type=click.Choice(get_args(Space)),
        default="auto",
        show_default=True,
        help="Where colours are compared.",
    ),
    click.option(
        "--effort",
        type=click.Choice(get_args(Effort)),
        default="balanced",
        show_default=True,
        help="Time to spend on a better palette and a smaller file.",
    ),
    click.option(
        "--keep-color",
        "keep_colors",
        multiple=True,
        metavar="HEX",
        help="A colour that the palette must hold as it is, such as ff8000; once for each.",
    ),
)

_MAPPING = (
    click.option(
        "--dither",
        type=click.Choice(get_args(Dither)),
        default="auto",
        show_default=True,
        help="How to mix colours that the palette lacks.",
    ),
    click.option(
        "--dither-strength",
        type=float,
        metavar="0..1",
        help="How much of an error goes on to the pixels around, or how much a mask does.",
    ),
    click.option(
        "--rate",
        type=float,
        metavar="0..1",
        help="How far a pixel may take another entry to make the file smaller; by effort otherwise.",
    ),
)

_GOALS = (
    click.option(
        "--min-psnr",
        type=float,
        metavar="DB",
        help="The smallest file with at least this PSNR.",
    ),
    click.option("--min-ssim", type=float, metavar="S", help="The same for SSIM, 0 to 1."),
    click.option(
        "--max-bytes",
        type=ByteCount(),
        metavar="200KB",
        help="The best look within so many bytes (KB = 1000).",
    ),
)

_FILE = (
    *_MAPPING,
    *_GOALS,
    click.option(
        "--palette",
        metavar="FILE",
        help="Use the colours of a palette file (hex, css, json, gpl, ase, aco, svg, png) in their order.",
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
    click.option("--keep-hidden", is_flag=True, help="Keep the colours under clear pixels; they count in k."),
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
    return _declared(_LIMITS, function)


def limits_from(values: dict[str, Any]) -> Limits:
    """Return the `Limits` that the options of a command ask for."""
    return Limits(**{name: values[name] for name in Limits.__dataclass_fields__})


def settings_options(function: _Function) -> _Function:
    """Declare every option of `Settings` on a command."""
    return search_options(MAX_K)(_declared(_FILE, function))


def version_options(function: _Function) -> _Function:
    """Declare the options that decide a version, beside its k, on a command that makes several."""
    return _declared((*_SEARCH, *_MAPPING), function)


def search_options(k: int) -> Callable[[_Function], _Function]:
    """Declare on a command the options that decide the palette, k as the default number of colours."""
    colors = click.option(
        "-k",
        "--colors",
        "k",
        type=_ColorCount(),
        default=k,
        show_default=True,
        help="Number of colours, at most with a floor or budget; auto takes the knee of error against k.",
    )
    return lambda function: _declared((colors, *_SEARCH), function)


def kmeans_options(function: _Function) -> _Function:
    """Declare on a command the options that steer K-Means."""
    return _declared(_KMEANS, function)


def _declared(options: Sequence[Callable[[_Function], _Function]], function: _Function) -> _Function:
    for option in reversed(options):
        function = option(function)
    return function


def settings_from(values: dict[str, Any], file_format: Format) -> Settings:
    """Return the `Settings` that the options of a command ask for; a palette is read from its file."""
    names = [field.name for field in fields(Settings) if field.name in values]
    wanted = {name: values[name] for name in names}
    if wanted.get("palette") is not None:
        from kalette.palettes import read_palette

        wanted["palette"] = read_palette(wanted["palette"])
    return Settings(**{**wanted, "format": file_format})
