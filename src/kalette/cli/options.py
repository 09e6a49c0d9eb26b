"""Options shared by several commands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

import click

from kalette.cli.groups import COLORS, COMMON, FILES, K_MEANS, OUTPUT, SIZE_AND_LOOK, as_one, option
from kalette.cli.parameters import ByteCount, ColorCount, FileName, Quality
from kalette.types import (
    DEFAULT_LIMITS,
    DEFAULT_MAX_ITER,
    DEFAULT_TOL,
    Dither,
    Effort,
    Format,
    Grid,
    Init,
    Limits,
    Options,
    Settings,
    Space,
)

_Function = TypeVar("_Function", bound=Callable[..., Any])


_EFFORT = option(
    COMMON,
    "--effort",
    type=click.Choice(get_args(Effort)),
    default="balanced",
    show_default=True,
    help="Time to spend on a better palette and a smaller file.",
)

_OVERWRITE = option(COMMON, "--overwrite", is_flag=True, help="Replace existing files.")

_KMEANS = (
    option(
        K_MEANS,
        "--init",
        type=click.Choice(get_args(Init)),
        default="auto",
        show_default=True,
        help="Starting centroids; any but auto means plain Lloyd, as in the textbooks.",
    ),
    option(
        K_MEANS,
        "--max-iter",
        type=int,
        metavar="N",
        help=f"Maximum passes of plain Lloyd; default: {DEFAULT_MAX_ITER}.",
    ),
    option(
        K_MEANS,
        "--tol",
        type=float,
        metavar="T",
        help=f"Stop plain Lloyd when no centroid moves further (0-255 units); default: {DEFAULT_TOL}.",
    ),
    option(K_MEANS, "--seed", type=int, default=0, show_default=True, help="Random seed."),
)

_SPACE = option(
    K_MEANS,
    "--space",
    type=click.Choice(get_args(Space)),
    default="auto",
    show_default=True,
    help="Working space, in which colours are compared; auto: Oklab, or sRGB for drawings that look better "
    "in it.",
)

_KEEP_COLOR = option(
    COLORS,
    "--keep-color",
    "keep_colors",
    multiple=True,
    metavar="HEX",
    help="A colour that the palette must hold exactly, such as ff8000; repeatable.",
)

_SEARCH = (_EFFORT, _KEEP_COLOR, *_KMEANS, _SPACE)


def _rate(default: str = "") -> Callable[[_Function], _Function]:
    """Declare --rate, with a text for its default where the command has no number."""
    return option(
        SIZE_AND_LOOK,
        "--rate",
        type=float,
        metavar="0..1",
        show_default=True,
        help=f"Quality/size trade-off: 0 quality, 1 smallest{default}.",
    )


_DITHERING = (
    option(
        SIZE_AND_LOOK,
        "--dither",
        type=click.Choice(get_args(Dither)),
        default="auto",
        show_default=True,
        help="How to mix colours that the palette lacks.",
    ),
    option(
        SIZE_AND_LOOK,
        "--dither-strength",
        type=float,
        metavar="0..1",
        help="Dithering strength, 0 (none) to 1 (full); default: automatic.",
    ),
)

_TARGETS = (
    option(
        SIZE_AND_LOOK,
        "--quality",
        type=Quality(),
        metavar="Q|Q-Q",
        help="Smallest file that scores at least Q in SSIMULACRA 2 (90 is not to be told apart, 70 good, 50 "
        "fair); of two, the second is the aim.",
    ),
    option(
        SIZE_AND_LOOK,
        "--min-psnr",
        type=float,
        metavar="DB",
        help="Smallest file with at least this PSNR.",
    ),
    option(
        SIZE_AND_LOOK,
        "--min-ssim",
        type=float,
        metavar="S",
        help="Smallest file with at least this SSIM, 0 to 1.",
    ),
    option(
        SIZE_AND_LOOK,
        "--max-bytes",
        type=ByteCount(),
        metavar="200KB",
        help="Best-looking file up to this size (KB = 1000).",
    ),
)

_PALETTE = option(
    COLORS,
    "--palette",
    type=FileName(),
    metavar="FILE",
    help="Fixed palette, in its order: hex, css, json, tokens, gpl, ase, aco, svg or png.",
)

_KEEP_HIDDEN = option(
    COLORS, "--keep-hidden", is_flag=True, help="Keep the colours under clear pixels; they count in k."
)

_HARDWARE = (
    option(
        COLORS,
        "--grid",
        type=click.Choice(get_args(Grid)),
        help="Entries only from this grid of colours: bits of red, green and blue, or the web's 216.",
    ),
    option(COLORS, "--clear-first", is_flag=True, help="The first entry is fully clear; it counts in k."),
    option(
        COLORS,
        "--pad-palette",
        type=int,
        metavar="N",
        help="Fill the palette with black up to N entries; an upper limit of k.",
    ),
)

_FILE = (
    option(
        FILES,
        "--format",
        "file_format",
        type=click.Choice(get_args(Format)),
        help="Format of the output; default: from the name of -o or --in-place, else png.",
    ),
    option(FILES, "--keep-metadata", is_flag=True, help="Keep EXIF (with GPS), XMP and comments."),
)

_FIRST_FRAME = option(FILES, "--first-frame", is_flag=True, help="Take the first frame of an animated input.")
_ALLOW_TRUNCATED = option(
    FILES, "--allow-truncated", is_flag=True, help="Decode the intact part of a damaged file."
)


def _limits(defaults: Limits) -> tuple[Callable[[_Function], _Function], ...]:
    """Declare the limits on an input."""
    return (
        option(
            FILES,
            "--max-pixels",
            type=int,
            metavar="N",
            default=defaults.max_pixels,
            show_default=True,
            help="Largest width x height of an input.",
        ),
        option(
            FILES,
            "--max-side",
            type=int,
            metavar="N",
            default=defaults.max_side,
            show_default=True,
            help="Largest width or height of an input.",
        ),
        option(
            FILES,
            "--max-input-bytes",
            type=ByteCount(),
            default=f"{defaults.max_input_bytes >> 20}MiB",
            show_default=True,
            help="Largest input file.",
        ),
        option(
            FILES,
            "--max-frames",
            type=int,
            metavar="N",
            default=defaults.max_frames,
            show_default=True,
            help="Maximum number of frames.",
        ),
    )


_THREADS = option(OUTPUT, "--threads", type=int, metavar="N", help="Threads; default: all cores.")
_QUIET = option(OUTPUT, "-q", "--quiet", is_flag=True, help="Print nothing but errors.")


@dataclass(frozen=True, slots=True)
class Reading:
    """How inputs are read."""

    limits: Limits
    first_frame: bool


class SettingsOptions(Options, total=False):
    """The fields of `Settings` as a command takes them."""

    k: int | Literal["auto"]


def input_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for reading inputs to a command, which takes them as `reading`."""
    gathered = as_one("limits", Limits)(as_one("reading", Reading)(function))
    return _declared((_FIRST_FRAME, *_limits(DEFAULT_LIMITS), _ALLOW_TRUNCATED), gathered)


def limits_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the limits on inputs to a command, which takes them as `limits`."""
    return _declared((*_limits(DEFAULT_LIMITS), _ALLOW_TRUNCATED), as_one("limits", Limits)(function))


def limit_options(defaults: Limits) -> Callable[[_Function], _Function]:
    """Add the limits on an input to a command."""
    return lambda function: _declared(_limits(defaults), function)


def overwrite_option(function: _Function) -> _Function:
    """Add --overwrite to a command."""
    return _OVERWRITE(function)


def threads_option(function: _Function) -> _Function:
    """Add --threads to a command."""
    return _THREADS(function)


def quiet_option(function: _Function) -> _Function:
    """Add --quiet to a command."""
    return _QUIET(function)


def colors_option(k: int | None, *, also: str = "") -> Callable[[_Function], _Function]:
    """Add --colors to a command, with k as default and further help."""
    return option(
        COMMON,
        "-k",
        "--colors",
        "k",
        type=ColorCount(),
        metavar="N|auto",
        default=k,
        show_default=k is not None,
        help="Number of colours, 1 to 256; auto: choose from the image." + also,
    )


def settings_options(function: _Function) -> _Function:
    """Add the options of all fields of `Settings` except k to a command."""
    return _declared(
        (
            _EFFORT,
            *_TARGETS,
            _rate("; default: by effort or target"),
            *_DITHERING,
            _PALETTE,
            _KEEP_COLOR,
            _KEEP_HIDDEN,
            *_HARDWARE,
            *_KMEANS,
            _SPACE,
            *_FILE,
        ),
        function,
    )


def version_options(function: _Function) -> _Function:
    """Add the options of all fields of `Settings` except k and targets to a command."""
    return _declared((*_SEARCH, _rate(), *_DITHERING), function)


def search_options(function: _Function) -> _Function:
    """Add the options that affect the palette, except k, to a command."""
    return _declared(_SEARCH, function)


def kmeans_options(function: _Function) -> _Function:
    """Add the options of K-Means to a command."""
    return _declared(_KMEANS, function)


def _declared(options: Sequence[Callable[[_Function], _Function]], function: _Function) -> _Function:
    for declare in reversed(options):
        function = declare(function)
    return function


def settings_from(options: SettingsOptions, file_format: Format) -> Settings:
    """Return the `Settings` for the options of a command; a palette file is read."""
    wanted: dict[str, Any] = {**options, "format": file_format}
    if wanted.get("palette") is not None:
        from kalette.palettes import read_palette

        wanted["palette"] = read_palette(wanted["palette"])
    return Settings(**wanted)
