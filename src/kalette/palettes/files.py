"""Reading palette files, with the format detected by content."""

import os
import struct
from pathlib import Path

import numpy as np

from kalette.palettes import adobe, aseprite, css, numbers, pictures, text
from kalette.palettes.swatches import Swatches
from kalette.reading import is_image
from kalette.types import MAX_K, PaletteError, ReadError, SettingsError, as_path, channels_of

MAX_BYTES = 32_000_000
READABLE = (
    "hex lists, CSS, JSON, design tokens, gpl, JASC, Paint.NET, Aseprite, ase, aco, its own SVG, "
    "and images of few colours"
)


def read_palette(path: str | os.PathLike[str]) -> Swatches:
    """Read a palette file, keeping the order of its colours.

    Parameters
    ----------
    path : path
        A list of colour codes, CSS, JSON (Lospec's too), design tokens, a palette of GIMP, JASC, Paint.NET or
        Aseprite, Adobe Swatch Exchange, Photoshop swatches, an SVG file written by Kalette, or an image of at
        most 256 colours.

    Raises
    ------
    ReadError
        When the file cannot be read.
    PaletteError
        When it is not a palette of 1 to 256 colours.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "two.hex"
    ...     _ = path.write_text("#ff8000 #336699")
    ...     read_palette(path)
    <Swatches #ff8000 #336699>
    """
    place = as_path("the palette file", path, "give a path")
    name = str(place)
    codes = _codes(_bounded_content(place), name)
    if not 1 <= len(codes) <= MAX_K:
        number = len(codes) or "no"
        raise PaletteError(f"{name} has {number} colours; a palette holds 1 to {MAX_K}, so give it as many")
    colors = np.array([channels_of(code) for code in codes], np.uint8)
    return Swatches(colors[:, :3] if (colors[:, 3] == 255).all() else colors)


def _bounded_content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{path} cannot be read as a palette ({reason}); check its name") from error
    if len(data) > MAX_BYTES:
        size = f"{MAX_BYTES // 1_000_000} MB"
        raise PaletteError(f"{path} has more than {size}; a palette is smaller, so check the name")
    return data


def _codes(data: bytes, name: str) -> list[str]:
    try:
        if is_image(data):
            return pictures.codes_of_image(data, name)
        if data.startswith(adobe.ASE_SIGNATURE):
            return adobe.codes_of_ase(data)
        if data.startswith(adobe.ACO_SIGNATURES):
            return adobe.codes_of_aco(data)
        if aseprite.is_aseprite(data):
            return aseprite.codes_of_aseprite(data)
        return _text_codes(_decoded(data))
    except struct.error as error:
        raise PaletteError(f"{name} is cut short; get the palette again") from error
    except UnicodeDecodeError as error:
        raise PaletteError(f"{name} is not a palette that Kalette knows; it reads {READABLE}") from error
    except (ValueError, SettingsError) as error:
        raise PaletteError(f"{name} cannot be read as a palette: {error}") from error


def _decoded(data: bytes) -> str:
    """Decode UTF-8, or UTF-16 with a byte order mark, as PowerShell writes it."""
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if is_utf16 else "utf-8-sig")


def _text_codes(content: str) -> list[str]:
    start = content.lstrip()
    if start.startswith(numbers.GIMP_FIRST_LINE):
        return numbers.codes_of_gimp(start)
    if start.startswith(numbers.JASC_FIRST_LINE):
        return numbers.codes_of_jasc(start)
    if start.startswith(numbers.PAINT_NET_COMMENT):
        return numbers.codes_of_paint_net(start)
    if start.startswith(("{", "[")):
        return text.codes_of_json(start)
    if start.startswith("<"):
        return pictures.codes_of_svg(start)
    return css.codes_of_css(start) if ":" in start else text.codes_of_hex_text(start)
