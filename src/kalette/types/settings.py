"""Every option that changes the output, and its default."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict, TypeGuard, get_args

from kalette.types.checks import (
    elements_of,
    is_number,
    is_whole,
    require_choice,
    require_flag,
    require_whole,
    wrong,
)
from kalette.types.color_codes import as_code
from kalette.types.errors import SettingsError
from kalette.types.grids import Grid
from kalette.types.indexed import MAX_K
from kalette.types.palette_rules import CLEAR_CODE, require_fixed_palette_alone, require_hardware_palette

Effort = Literal["fast", "balanced", "best"]
Init = Literal["auto", "wu", "k-means++", "random"]
Space = Literal["auto", "srgb", "oklab"]
Dither = Literal["auto", "none", "diffusion", "blue-noise", "ordered"]
Format = Literal["png", "webp", "gif", "raw"]

Colors = Iterable[str | Iterable[int]]
"""Colours as codes or as three or four integers, or a uint8 array."""

DEFAULT_MAX_ITER = 100
DEFAULT_TOL = 0.05
MAX_QUALITY = 100


class Options(TypedDict, total=False):
    """The fields of `Settings`, except k, as keyword arguments."""

    init: Init
    max_iter: int | None
    tol: float | None
    seed: int
    space: Space
    dither: Dither
    dither_strength: float | None
    rate: float | None
    quality: float | tuple[float, float] | None
    min_psnr: float | None
    min_ssim: float | None
    max_bytes: int | None
    effort: Effort
    keep_metadata: bool
    format: Format
    keep_hidden: bool
    palette: Colors | str | os.PathLike[str] | None
    keep_colors: Colors
    grid: Grid | None
    clear_first: bool
    pad_palette: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Every option that changes the output; invalid values raise on construction.

    Parameters
    ----------
    k : int, "auto" or None
        Number of colours, 1 to 256; "auto" chooses it from the image. An upper limit with a target. None:
        256. With None or "auto" the file is in true colour, and exact, where that takes fewer bytes than a
        palette.
    init : {"auto", "wu", "k-means++", "random"}
        Starting centroids. Any but "auto" means plain Lloyd from that start, as in the textbooks.
    max_iter : int or None
        Maximum number of passes of K-Means, at least 1; a number means plain Lloyd. None: by effort.
    tol : float or None
        Stop when no centroid moves further than this, in units of 0 to 255; a number means plain Lloyd.
    seed : int
        Random seed, at least 0.
    space : {"auto", "srgb", "oklab"}
        Working space, in which colours are compared. "auto" is Oklab, but sRGB for plain Lloyd, for a PSNR
        floor, which is measured in sRGB, and for opaque drawings that look better in it.
    dither : {"auto", "none", "diffusion", "blue-noise", "ordered"}
        How to mix colours that the palette lacks: error diffusion, or a threshold mask. "auto" diffuses
        gently, but not at all at effort "fast", for plain Lloyd, or with a quality floor: dithering
        improves appearance but lowers PSNR and SSIM.
    dither_strength : float or None
        Dithering strength, 0 (none) to 1 (full); None: automatic.
    rate : float or None
        Quality/size trade-off (the Lagrange multiplier), 0 (quality alone) to 1 (smallest file); None: by
        effort or target.
    quality : float, tuple of two floats or None
        The smallest file whose SSIMULACRA 2 score is at least this, up to 100: 90 is not to be told apart,
        70 good, 50 fair. Of two, the second is the aim, and the first is enough. Stored as a tuple.
    min_psnr : float or None
        Quality floor: the smallest file whose PSNR in decibels is at least this, above 0.
    min_ssim : float or None
        The same for SSIM, 0 to 1; with `min_psnr` both must be met.
    max_bytes : int or None
        Size budget in bytes, at least 1: the best-looking file up to this size. With a floor: the smallest
        file that meets it, if that fits.
    effort : {"fast", "balanced", "best"}
        Time to spend on a better palette and a smaller file.
    keep_metadata : bool
        Keep EXIF, XMP and comments as far as they remain valid and the format holds them.
    format : {"png", "webp", "gif", "raw"}
        Format of the written file; raw: palette and packed indices, for devices.
    keep_hidden : bool
        Keep the colours under fully clear pixels; each counts in k. By default they become black or, in true
        colour, what costs the fewest bytes. Not possible with GIF, which has one clear colour.
    palette : tuple of str or None
        Fixed palette of 1 to 256 colours, kept in order, each as #rrggbb or #rrggbbaa; k is their number.
        Sequences of codes or of three or four integers are accepted, and a uint8 array.
    keep_colors : tuple of str
        Colours that the palette must hold exactly; they count in k. Given like `palette`.
    grid : {"rgb565", "rgb555", "rgb444", "web"} or None
        Palette entries only from this grid: those of so many bits of red, green and blue, or the 216 colours
        with steps of 51. Alpha is free. Colours of `palette` and `keep_colors` must be on it.
    clear_first : bool
        The first palette entry is fully clear, even if no pixel is, and counts in k; for PNG and raw.
    pad_palette : int or None
        Fill the palette with black up to so many entries, at most 256; an upper limit of k; for
        PNG and raw.

    Raises
    ------
    SettingsError
        For an invalid value or combination.

    Examples
    --------
    >>> Settings(k=16).k
    16
    >>> Settings(k=300)
    Traceback (most recent call last):
    kalette.SettingsError: k is 300; a palette holds 1 to 256 colours, so give a whole number of them
    """

    k: int | Literal["auto"] | None = None
    init: Init = "auto"
    max_iter: int | None = None
    tol: float | None = None
    seed: int = 0
    space: Space = "auto"
    dither: Dither = "auto"
    dither_strength: float | None = None
    rate: float | None = None
    quality: float | tuple[float, float] | None = None
    min_psnr: float | None = None
    min_ssim: float | None = None
    max_bytes: int | None = None
    effort: Effort = "balanced"
    keep_metadata: bool = False
    format: Format = "png"
    keep_hidden: bool = False
    palette: tuple[str, ...] | None = None
    keep_colors: tuple[str, ...] = ()
    grid: Grid | None = None
    clear_first: bool = False
    pad_palette: int | None = None

    def __post_init__(self) -> None:
        """Check all values and normalize numbers and colours."""
        self._require_numbers()
        self._require_choices()
        self._require_targets()
        self._require_dithering()
        self._convert_numbers()
        self._take_colors()
        require_hardware_palette(self)

    def _require_numbers(self) -> None:
        free = self.k is None or _is_auto(self.k)
        if not free and not (is_whole(self.k) and 1 <= self.k <= MAX_K):
            otherwise = ', or "auto"' if isinstance(self.k, str) else ""
            rule = "a palette holds 1 to 256 colours, so give a whole number of them"
            raise wrong("k", self.k, rule + otherwise)
        if self.max_iter is not None and (not is_whole(self.max_iter) or self.max_iter < 1):
            raise wrong("max_iter", self.max_iter, "give a whole number of passes, at least 1")
        if self.tol is not None and not _is_distance(self.tol):
            raise wrong("tol", self.tol, "give a distance in units of 0 to 255, at least 0")
        for name in ("dither_strength", "rate"):
            if getattr(self, name) is not None and not _is_share(getattr(self, name)):
                raise wrong(name, getattr(self, name), "give a number from 0 to 1")
        if self.pad_palette is not None:
            require_whole("pad_palette", self.pad_palette, most=MAX_K)
        require_whole("seed", self.seed, least=0)

    def _require_choices(self) -> None:
        require_choice("init", self.init, get_args(Init))
        require_choice("space", self.space, get_args(Space))
        require_choice("dither", self.dither, get_args(Dither))
        require_choice("effort", self.effort, get_args(Effort))
        require_format(self.format)
        require_flag("keep_metadata", self.keep_metadata)
        require_flag("keep_hidden", self.keep_hidden)
        self.require_hidden_fit(self.format)

    def _require_dithering(self) -> None:
        if self.dither == "none" and self.dither_strength:
            raise SettingsError(
                f"dither is none, but dither_strength is {self.dither_strength}; leave one of them out"
            )
        if self.threshold_dithered and self.rate:
            raise SettingsError(
                f"rate is {self.rate}, but dither {self.dither} fixes the entry of each pixel; "
                "leave one of them out"
            )

    def _require_targets(self) -> None:
        if self.quality is not None:
            self._take_quality()
        if self.min_psnr is not None and not (_is_distance(self.min_psnr) and self.min_psnr > 0):
            raise wrong("min_psnr", self.min_psnr, "give decibels above 0, such as 35")
        if self.min_ssim is not None and not _is_share(self.min_ssim):
            raise wrong("min_ssim", self.min_ssim, "give a number from 0 to 1, such as 0.95")
        if self.max_bytes is not None and (not is_whole(self.max_bytes) or self.max_bytes < 1):
            raise wrong("max_bytes", self.max_bytes, "give a whole number of bytes, at least 1")

    def _take_quality(self) -> None:
        """Store the quality as the least and the aim."""
        both = self.quality if isinstance(self.quality, Sequence) else (self.quality, self.quality)
        numbers = [float(score) for score in both if is_number(score) and score <= MAX_QUALITY]
        if len(both) != 2 or len(numbers) != 2 or isinstance(both, str) or numbers[0] > numbers[1]:
            rule = f"give a score up to {MAX_QUALITY}, such as 70, or the least and the aim, such as (70, 80)"
            raise wrong("quality", self.quality, rule)
        if self.has_floor:
            raise SettingsError("quality is given beside min_psnr or min_ssim; give one of them")
        object.__setattr__(self, "quality", (numbers[0], numbers[1]))

    def _convert_numbers(self) -> None:
        """Convert NumPy numbers to Python numbers."""
        for name in ("k", "max_iter", "max_bytes", "seed", "pad_palette"):
            if getattr(self, name) not in (None, "auto"):
                object.__setattr__(self, name, int(getattr(self, name)))
        for name in ("tol", "dither_strength", "rate", "min_psnr", "min_ssim"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, float(getattr(self, name)))

    def _take_colors(self) -> None:
        """Normalize colours and check combinations of options."""
        first = (CLEAR_CODE,) if self.clear_first and self.palette is None else ()
        kept = dict.fromkeys(first + _codes("keep_colors", self.keep_colors))
        object.__setattr__(self, "keep_colors", tuple(kept))
        if self.k != "auto" and len(self.keep_colors) > self.most_k:
            raise SettingsError(
                f"k is {self.most_k}, but {len(self.keep_colors)} colours are to be kept; "
                "give k of at least that"
            )
        if self.palette is not None:
            object.__setattr__(self, "palette", _codes("palette", self.palette))
            require_fixed_palette_alone(self)
            object.__setattr__(self, "k", len(self.palette))
        partial = [code for code in self.palette or self.keep_colors if len(code) > 7 and code[7:] != "00"]
        if partial and self.format == "gif":
            raise SettingsError(
                f"{partial[0]} is partly clear, and GIF has no partial transparency; "
                "leave it out, or write PNG or WebP"
            )

    def require_palette_order(self, file_format: Format) -> None:
        """Raise for `clear_first` or `pad_palette` with a format that has no place for them."""
        if self.orders_palette and file_format not in ("png", "raw"):
            name = "clear_first" if self.clear_first else "pad_palette"
            raise SettingsError(
                f"{name} is set, but {file_format} files do not keep the order of a palette; write PNG or raw"
            )

    def require_hidden_fit(self, file_format: Format) -> None:
        """Raise for `keep_hidden` with GIF."""
        if self.keep_hidden and file_format == "gif":
            raise SettingsError(
                "keep_hidden is set, but GIF has one clear colour; write PNG or WebP, or leave it out"
            )

    @property
    def most_k(self) -> int:
        """The largest number of colours: k; if it is None or "auto", the padded number or 256."""
        return self.k if isinstance(self.k, int) else self.pad_palette or MAX_K

    @property
    def least_k(self) -> int:
        """The number of colours that the palette may hold: k if it is given, else those to be kept."""
        if self.palette is None and isinstance(self.k, int):
            return self.k
        return max(1, len(self.palette or self.keep_colors))

    @property
    def orders_palette(self) -> bool:
        """Whether the order and number of the entries matter in the file."""
        return self.clear_first or self.pad_palette is not None

    @property
    def allows_true_color(self) -> bool:
        """Whether the file may be exact in true colour: nothing asks for a palette or a pattern."""
        free = self.k is None or self.k == "auto"
        needs_palette = self.plain_lloyd or self.palette is not None or bool(self.keep_colors)
        needs_palette = needs_palette or self.grid is not None or self.orders_palette
        return (
            free and not needs_palette and self.format in ("png", "webp") and self.dither in ("auto", "none")
        )

    @property
    def working_space(self) -> Literal["srgb", "oklab"]:
        """The space in which colours are compared, unless a drawing looks better in sRGB."""
        if self.space == "auto":
            return "srgb" if self.plain_lloyd or self.min_psnr is not None else "oklab"
        return self.space

    @property
    def plain_lloyd(self) -> bool:
        """Whether K-Means is plain Lloyd, due to an explicit init, max_iter or tol."""
        return self.init != "auto" or self.max_iter is not None or self.tol is not None

    @property
    def threshold_dithered(self) -> bool:
        """Whether dithering uses a threshold mask, which excludes rate-distortion optimisation."""
        return self.dither in ("blue-noise", "ordered")

    @property
    def least_and_aim(self) -> tuple[float, float]:
        """The quality that is enough, and the one to aim at; only with a quality."""
        assert isinstance(self.quality, tuple)
        return self.quality

    @property
    def has_floor(self) -> bool:
        """Whether there is a floor of PSNR or SSIM."""
        return self.min_psnr is not None or self.min_ssim is not None

    @property
    def has_target(self) -> bool:
        """Whether there is a quality, a floor or a size budget; then k is an upper limit."""
        return self.quality is not None or self.has_floor or self.max_bytes is not None


def _is_auto(value: object) -> bool:
    return isinstance(value, str) and value == "auto"


def _is_distance(value: object) -> TypeGuard[float]:
    return is_number(value) and value >= 0


def _is_share(value: object) -> bool:
    return _is_distance(value) and value <= 1


def require_format(file_format: object) -> None:
    """Raise for a format that Kalette does not write.

    Examples
    --------
    >>> require_format("jpg")
    Traceback (most recent call last):
    kalette.SettingsError: format is 'jpg'; choose one of png, webp, gif, raw
    """
    require_choice("format", file_format, get_args(Format))


def _codes(name: str, colors: Any) -> tuple[str, ...]:
    """Return the codes of colours."""
    elements = elements_of(name, colors, "give a sequence of colours, as kalette.read_palette does")
    codes = tuple(as_code(color) for color in elements)
    if name == "palette" and not 1 <= len(codes) <= MAX_K:
        raise SettingsError(f"the palette has {len(codes)} colours; give it 1 to {MAX_K}")
    return codes
