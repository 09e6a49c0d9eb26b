"""Swatches: a palette with pixel shares, to sort, export and show."""

import colorsys
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from kalette.color import with_alpha
from kalette.palettes import adobe, css, numbers, pictures, text, tokens
from kalette.types import (
    Palette,
    PaletteError,
    SettingsError,
    as_path,
    brief,
    code_of,
    is_bytes,
    is_number,
    require_choice,
    require_kind,
    wrong,
)
from kalette.writing import luma, output_path, write_whole

PaletteFormat = Literal["hex", "css", "json", "tokens", "gpl", "ase", "aco", "svg", "png"]
Order = Literal["share", "lightness", "hue"]
FORMATS: tuple[PaletteFormat, ...] = get_args(PaletteFormat)

_MIN_CHROMA = 12  # largest minus smallest channel; a colour below counts as grey, without hue
OPAQUE_ONLY: tuple[PaletteFormat, ...] = ("gpl", "ase", "aco")
_Writer = Callable[[Palette, Sequence[float] | None, str], str | bytes]
_WRITERS: dict[PaletteFormat, _Writer] = {
    "hex": text.hex_text,
    "css": css.css_text,
    "json": text.json_text,
    "tokens": tokens.tokens_text,
    "gpl": numbers.gimp_text,
    "ase": adobe.ase_bytes,
    "aco": adobe.aco_bytes,
    "svg": pictures.svg_text,
    "png": pictures.png_bytes,
}


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Swatches:
    """A palette, with the share of the picture's pixels that each colour has.

    Iteration yields colour codes, so swatches can be passed as `palette` or `keep_colors`.

    Parameters
    ----------
    colors : ndarray
        (k, 3 or 4) uint8.
    shares : tuple of float or None
        Share of all pixels of each colour, 0 to 1; None if unknown.

    Examples
    --------
    >>> swatches = Swatches(np.array([[0, 0, 255], [255, 128, 0]], np.uint8), (0.25, 0.75))
    >>> list(swatches.sorted_by("share"))
    ['#ff8000', '#0000ff']
    >>> swatches.to_bytes("hex")
    b'#0000ff\\n#ff8000\\n'
    """

    colors: Palette
    shares: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Check that the colours are a uint8 array, and the shares as many numbers."""
        if not is_bytes(self.colors, 2):
            raise SettingsError(f"the colours are {brief(self.colors)}; give an array (k, 3 or 4) of uint8")
        if self.shares is not None and not _are_numbers(self.shares, len(self.colors)):
            raise wrong("shares", self.shares, f"give {len(self.colors)} numbers, or None")

    def __len__(self) -> int:
        """Return the number of colours."""
        return len(self.colors)

    def __iter__(self) -> Iterator[str]:
        """Yield colour codes: #rrggbb, or #rrggbbaa if not opaque."""
        return (code_of(color) for color in self.colors)

    def __repr__(self) -> str:
        """Show the colour codes."""
        return f"<Swatches {' '.join(self)}>"

    def sorted_by(self, wanted: Order) -> "Swatches":
        """Return the swatches sorted; clear ones come last, except by share.

        Parameters
        ----------
        wanted : {"share", "lightness", "hue"}
            By share: most pixels first. By lightness: dark to light, by luma. By hue: around the colour
            wheel from red, then greys from dark to light.

        Raises
        ------
        SettingsError
            For any other order, or by share if shares are unknown.
        """
        orders: dict[str, Callable[[], Sequence[Any]]] = {
            "share": self._by_share,
            "lightness": self._by_lightness,
            "hue": self._by_hue,
        }
        require_choice("sort", wanted, tuple(orders))
        keys = orders[wanted]()
        ranking = sorted(range(len(self)), key=keys.__getitem__)
        shares = None if self.shares is None else tuple(self.shares[place] for place in ranking)
        return Swatches(self.colors[ranking], shares)

    def opaque(self) -> "Swatches":
        """Return the swatches without alpha: clear ones are dropped, equal ones merged.

        Raises
        ------
        PaletteError
            When all colours are clear.
        """
        shares: dict[str, float] = {}
        for place, color in enumerate(self.colors.tolist()):
            if len(color) == 3 or color[3] > 0:
                code = code_of(color[:3])
                shares[code] = shares.get(code, 0.0) + (self.shares[place] if self.shares else 0.0)
        if not shares:
            raise PaletteError(
                "the palette has clear entries only; write it as hex, css, json, tokens, svg or png"
            )
        colors = np.array([list(bytes.fromhex(code[1:])) for code in shares], np.uint8)
        return Swatches(colors, tuple(shares.values()) if self.shares else None)

    def to_bytes(self, file_format: PaletteFormat, *, name: str = "Kalette") -> bytes:
        """Return the palette as a file.

        Parameters
        ----------
        file_format : {"hex", "css", "json", "tokens", "gpl", "ase", "aco", "svg", "png"}
            Shares are written as CSS comments, in JSON, as descriptions of tokens, in the names of gpl, ase
            and aco, and under SVG swatches.
        name : str
            Name of a GIMP palette.

        Raises
        ------
        SettingsError
            For any other format.
        PaletteError
            When a colour is not opaque, for gpl, ase and aco.
        """
        require_choice("format", file_format, FORMATS)
        require_kind("name", name, str, "give a text")
        colors = self.colors[:, :3] if self._is_opaque() else self.colors
        if file_format in OPAQUE_ONLY and colors.shape[1] == 4:
            raise PaletteError(
                f"the palette has colours that are not opaque, which {file_format} cannot hold; "
                "write hex, css, json, tokens, svg or png, or leave alpha out with opaque()"
            )
        written = _WRITERS[file_format](colors, self.shares, name)
        return written.encode(errors="replace") if isinstance(written, str) else written

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the palette to a file atomically, in the format of the file's extension.

        Parameters
        ----------
        path : path
            Ending in .hex, .txt, .css, .json, .tokens.json, .tokens, .gpl, .ase, .aco, .svg or .png.
        overwrite : bool
            Replace an existing file.

        Raises
        ------
        SettingsError
            For any other extension.
        PaletteError
            When the format cannot hold the palette.
        WriteError
            When the file exists or cannot be written.
        """
        place = output_path(path, overwrite)
        data = self.to_bytes(palette_format_of(place), name=place.stem)
        write_whole(place, data, overwrite=overwrite)

    def _repr_svg_(self) -> str:
        """Show the swatches in a notebook."""
        return pictures.svg_text(self.colors, self.shares, "")

    def _is_opaque(self) -> bool:
        return self.colors.shape[1] == 3 or bool((self.colors[:, 3] == 255).all())

    def _by_share(self) -> list[float]:
        if self.shares is None:
            raise SettingsError("the shares of the colours are not known; sort by lightness or hue")
        return [-share for share in self.shares]

    def _by_lightness(self) -> list[tuple[bool, int]]:
        return list(zip(self._clear(), luma(self.colors).tolist(), strict=True))

    def _by_hue(self) -> list[tuple[bool, float, int]]:
        hues = [_hue(color) for color in self.colors[:, :3].tolist()]
        return list(zip(self._clear(), hues, luma(self.colors).tolist(), strict=True))

    def _clear(self) -> list[bool]:
        clear: list[bool] = (with_alpha(self.colors)[:, 3] == 0).tolist()
        return clear


def palette_format_of(path: str | os.PathLike[str]) -> PaletteFormat:
    """Return the palette format for a file's extension.

    Raises
    ------
    SettingsError
        When the extension is not that of a palette format.

    Examples
    --------
    >>> palette_format_of("brand.ase"), palette_format_of("brand.txt"), palette_format_of("brand.tokens.json")
    ('ase', 'hex', 'tokens')
    """
    path = as_path("the path", path)
    ending = (".tokens" if path.name.lower().endswith(".tokens.json") else path.suffix.lower())[1:]
    found = next((name for name in FORMATS if name == {"txt": "hex"}.get(ending, ending)), None)
    if found is None:
        endings = ", ".join(f".{name}" for name in FORMATS).replace(".tokens", ".tokens.json")
        raise SettingsError(f"{path} names no palette format; end it in one of {endings}")
    return found


def _are_numbers(values: object, count: int) -> bool:
    return isinstance(values, Sequence) and len(values) == count and all(map(is_number, values))


def _hue(color: Sequence[int]) -> float:
    """Return the HSV hue, 0 (red) to 1; 2 for greys."""
    if max(color) - min(color) < _MIN_CHROMA:
        return 2.0
    return colorsys.rgb_to_hsv(*color)[0]
