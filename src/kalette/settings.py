"""Every option that changes the output, and its default."""

import math
import os
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal, TypedDict, get_args

from kalette.color_codes import as_code
from kalette.errors import SettingsError

Effort = Literal["fast", "balanced", "best"]
Init = Literal["auto", "wu", "k-means++", "random"]
Space = Literal["auto", "srgb", "oklab"]
Dither = Literal["auto", "none", "diffusion", "blue-noise", "ordered"]
Format = Literal["png", "webp", "gif"]

Colors = Iterable[str | Iterable[int]]
"""Colours as codes or as three or four whole numbers each, such as an array of uint8."""

MAX_K = 256
DEFAULT_MAX_ITER = 100
DEFAULT_TOL = 0.05


class Options(TypedDict, total=False):
    """The fields of `Settings` as keyword arguments."""

    k: int | Literal["auto"]
    init: Init
    max_iter: int | None
    tol: float | None
    seed: int
    space: Space
    dither: Dither
    dither_strength: float | None
    rate: float | None
    min_psnr: float | None
    min_ssim: float | None
    max_bytes: int | None
    effort: Effort
    keep_metadata: bool
    format: Format
    keep_hidden: bool
    palette: Colors | str | os.PathLike[str] | None
    keep_colors: Colors


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What to make of an image; a value that cannot be had is refused when the object is made.

    Parameters
    ----------
    k : int or "auto"
        Number of colours, 1 to 256; "auto" leaves it to the picture. With a floor or a budget: at most.
    init : {"auto", "wu", "k-means++", "random"}
        Starting centroids.
    max_iter : int or None
        Passes of K-Means at most, at least 1; None leaves it to Kalette.
    tol : float or None
        Stop when no centroid moves further than this, in units of 0 to 255; None leaves it to Kalette.
    seed : int
        Where the random numbers start, at least 0.
    space : {"auto", "srgb", "oklab"}
        The space in which colours are compared: as numbers, or as they look. "auto" is Oklab, and sRGB where
        K-Means is to go as in the textbooks or there is a floor of PSNR, which is measured in it.
    dither : {"auto", "none", "diffusion", "blue-noise", "ordered"}
        How to mix colours that the palette lacks: by handing errors on to the pixels around, or by a mask.
        "auto" does the first gently, unless the effort is fast, K-Means is to go as in the textbooks, or
        there is a floor: dithering looks better, and measures worse.
    dither_strength : float or None
        Share of an error that goes on to the pixels around, or of what a mask does, 0 to 1; None leaves it
        to Kalette.
    rate : float or None
        How far a pixel may take another entry than the nearest to make the file smaller, 0 (never) to 1;
        None leaves it to the effort, or to a floor or budget.
    min_psnr : float or None
        Floor of the peak signal-to-noise ratio in decibels, above 0: of the files that meet it, the smallest.
    min_ssim : float or None
        Floor of the structural similarity, 0 to 1; with `min_psnr` both are met.
    max_bytes : int or None
        Budget of the file in bytes, at least 1: of the files within it, the one that looks best; beside a
        floor the smallest that meets it, if within the budget.
    effort : {"fast", "balanced", "best"}
        How much time to spend on a better palette and a smaller file.
    keep_metadata : bool
        Whether EXIF, XMP and comments go with the picture, as far as they stay true and the format has room.
    format : {"png", "webp", "gif"}
        Of the written file.
    keep_hidden : bool
        Keep the colours under clear pixels, which nobody sees, as far as k reaches: each counts like one
        that is seen. Otherwise they are black. Not for GIF, which knows one clear colour.
    palette : tuple of str or None
        A fixed palette in its order, 1 to 256 colours, each as #rrggbb or #rrggbbaa; k is their number.
        Any sequence of such texts or of three or four whole numbers will do, and an array of uint8.
    keep_colors : tuple of str
        Colours that the palette must hold exactly as they are, k counting them; given like `palette`.

    Raises
    ------
    SettingsError
        For a value outside these rules.

    Examples
    --------
    >>> Settings(k=16).k
    16
    >>> Settings(k=300)
    Traceback (most recent call last):
    kalette.errors.SettingsError: k is 300; a palette holds 1 to 256 colours, so give a whole number of them
    """

    k: int | Literal["auto"] = MAX_K
    init: Init = "auto"
    max_iter: int | None = None
    tol: float | None = None
    seed: int = 0
    space: Space = "auto"
    dither: Dither = "auto"
    dither_strength: float | None = None
    rate: float | None = None
    min_psnr: float | None = None
    min_ssim: float | None = None
    max_bytes: int | None = None
    effort: Effort = "balanced"
    keep_metadata: bool = False
    format: Format = "png"
    keep_hidden: bool = False
    palette: tuple[str, ...] | None = None
    keep_colors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be, and take numbers of NumPy for what they are."""
        if self.k != "auto" and (not _is_whole(self.k) or not 1 <= self.k <= MAX_K):
            raise SettingsError(
                f"k is {self.k!r}; a palette holds 1 to 256 colours, so give a whole number of them"
            )
        if self.max_iter is not None and (not _is_whole(self.max_iter) or self.max_iter < 1):
            raise SettingsError(f"max_iter is {self.max_iter!r}; give a whole number of passes, at least 1")
        if self.tol is not None and not _is_distance(self.tol):
            raise SettingsError(f"tol is {self.tol!r}; give a distance in units of 0 to 255, at least 0")
        for name in ("dither_strength", "rate"):
            if getattr(self, name) is not None and not _is_share(getattr(self, name)):
                raise SettingsError(f"{name} is {getattr(self, name)!r}; give a share from 0 to 1")
        if self.dither == "none" and self.dither_strength:
            raise SettingsError(
                f"dither is none, but its strength {self.dither_strength}; leave one of them out"
            )
        self._require_goals()
        if self.masked and self.rate:
            raise SettingsError(
                f"rate is {self.rate}, but dither {self.dither} leaves it no choice; leave one of them out"
            )
        if not _is_whole(self.seed) or self.seed < 0:
            raise SettingsError(f"seed is {self.seed!r}; give a whole number, at least 0")
        _require_choice("init", self.init, get_args(Init))
        _require_choice("space", self.space, get_args(Space))
        _require_choice("dither", self.dither, get_args(Dither))
        _require_choice("effort", self.effort, get_args(Effort))
        _require_choice("format", self.format, get_args(Format))
        _require_flag("keep_metadata", self.keep_metadata)
        _require_hidden_colors_can_be_kept(self)

        for name in ("k", "max_iter", "max_bytes", "seed"):
            if getattr(self, name) not in (None, "auto"):
                object.__setattr__(self, name, int(getattr(self, name)))
        for name in ("tol", "dither_strength", "rate", "min_psnr", "min_ssim"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, float(getattr(self, name)))
        self._take_colors()

    def _require_goals(self) -> None:
        """Refuse floors and budgets that are none."""
        if self.min_psnr is not None and not (_is_distance(self.min_psnr) and self.min_psnr > 0):
            raise SettingsError(f"min_psnr is {self.min_psnr!r}; give decibels above 0, such as 35")
        if self.min_ssim is not None and not _is_share(self.min_ssim):
            raise SettingsError(f"min_ssim is {self.min_ssim!r}; give a number from 0 to 1, such as 0.95")
        if self.max_bytes is not None and (not _is_whole(self.max_bytes) or self.max_bytes < 1):
            raise SettingsError(f"max_bytes is {self.max_bytes!r}; give a whole number of bytes, at least 1")

    def _take_colors(self) -> None:
        """Bring given colours into one form, and refuse what cannot go together."""
        object.__setattr__(self, "keep_colors", tuple(dict.fromkeys(_codes("keep_colors", self.keep_colors))))
        if self.k != "auto" and len(self.keep_colors) > self.k:
            raise SettingsError(
                f"k is {self.k}, but {len(self.keep_colors)} colours are to be kept; give k of at least that"
            )
        if self.palette is not None:
            object.__setattr__(self, "palette", _codes("palette", self.palette))
            _require_fixed_palette_alone(self)
            object.__setattr__(self, "k", len(self.palette))
        partial = [code for code in self.palette or self.keep_colors if len(code) > 7 and code[7:] != "00"]
        if partial and self.format == "gif":
            raise SettingsError(
                f"{partial[0]} is partly clear, which GIF cannot show; leave it out or write PNG or WebP"
            )

    @property
    def working_space(self) -> Literal["srgb", "oklab"]:
        """The space in which colours are compared."""
        if self.space == "auto":
            return "srgb" if self.plain_lloyd or self.min_psnr is not None else "oklab"
        return self.space

    @property
    def plain_lloyd(self) -> bool:
        """Whether K-Means goes as in the textbooks, since a start, passes or a tolerance were asked for."""
        return self.init != "auto" or self.max_iter is not None or self.tol is not None

    @property
    def masked(self) -> bool:
        """Whether dithering goes by a mask, which leaves rate no choice."""
        return self.dither in ("blue-noise", "ordered")

    @property
    def has_floor(self) -> bool:
        """Whether a measure of quality is to be met."""
        return self.min_psnr is not None or self.min_ssim is not None

    @property
    def has_goal(self) -> bool:
        """Whether a floor or a budget decides, and k is an upper bound."""
        return self.has_floor or self.max_bytes is not None


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_distance(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0 <= float(value) < math.inf


def _is_share(value: object) -> bool:
    return _is_distance(value) and value <= 1  # type: ignore[operator]


def _require_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise SettingsError(f"{name} is {value!r}; give True or False")


def _require_hidden_colors_can_be_kept(settings: "Settings") -> None:
    _require_flag("keep_hidden", settings.keep_hidden)
    if settings.keep_hidden and settings.format == "gif":
        raise SettingsError(
            "colours under clear pixels are to be kept, and GIF knows one clear colour; write PNG or WebP"
        )


def _require_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingsError(f"{name} is {value!r}; choose one of {', '.join(choices)}")


def _codes(name: str, colors: Any) -> tuple[str, ...]:
    """Return colours in their normal form, or say why they are none."""
    if isinstance(colors, str) or not isinstance(colors, Iterable):
        raise SettingsError(f"{name} is {colors!r}; give a sequence of colours, as kalette.read_palette does")
    codes = tuple(as_code(color) for color in colors)
    if name == "palette" and not 1 <= len(codes) <= MAX_K:
        raise SettingsError(f"the palette has {len(codes)} colours; give it 1 to {MAX_K}")
    return codes


def _require_fixed_palette_alone(settings: Settings) -> None:
    """Refuse what steers the search for a palette beside one that is given."""
    assert settings.palette is not None
    count = len(settings.palette)
    if settings.keep_colors:
        raise SettingsError("a fixed palette is kept whole; put the colours to be kept in it")
    if settings.plain_lloyd:
        raise SettingsError("init, max_iter and tol steer K-Means, which a fixed palette does without")
    if settings.k not in (MAX_K, count):
        raise SettingsError(f"k is {settings.k}, but the fixed palette holds {count}; leave k out")
