"""Every option that changes the output, and its default."""

import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Literal, TypedDict, get_args

from kalette.errors import SettingsError

Effort = Literal["fast", "balanced", "best"]
Init = Literal["auto", "wu", "k-means++", "random"]
Space = Literal["auto", "srgb"]
Dither = Literal["auto", "none", "diffusion"]
Format = Literal["png", "webp", "gif"]

MAX_K = 256
DEFAULT_MAX_ITER = 100
DEFAULT_TOL = 0.05


class Options(TypedDict, total=False):
    """The fields of `Settings` as keyword arguments."""

    k: int
    init: Init
    max_iter: int | None
    tol: float | None
    seed: int
    space: Space
    dither: Dither
    effort: Effort
    keep_metadata: bool
    format: Format


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What to make of an image; a value that cannot be had is refused when the object is made.

    Parameters
    ----------
    k : int
        Number of colours, 1 to 256.
    init : {"auto", "wu", "k-means++", "random"}
        Starting centroids.
    max_iter : int or None
        Passes of K-Means at most, at least 1; None leaves it to Kalette.
    tol : float or None
        Stop when no centroid moves further than this, in units of 0 to 255; None leaves it to Kalette.
    seed : int
        Where the random numbers start, at least 0.
    space : {"auto", "srgb"}
        The space in which colours are compared.
    dither : {"auto", "none", "diffusion"}
        How to mix colours that the palette lacks.
    effort : {"fast", "balanced", "best"}
        How much time to spend on a better palette and a smaller file.
    keep_metadata : bool
        Whether EXIF, XMP and comments go with the picture, as far as they stay true and the format has room.
    format : {"png", "webp", "gif"}
        Of the written file.

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

    k: int = MAX_K
    init: Init = "auto"
    max_iter: int | None = None
    tol: float | None = None
    seed: int = 0
    space: Space = "auto"
    dither: Dither = "auto"
    effort: Effort = "balanced"
    keep_metadata: bool = False
    format: Format = "png"

    def __post_init__(self) -> None:
        """Refuse what cannot be, and take numbers of NumPy for what they are."""
        if not _is_whole(self.k) or not 1 <= self.k <= MAX_K:
            raise SettingsError(
                f"k is {self.k!r}; a palette holds 1 to 256 colours, so give a whole number of them"
            )
        if self.max_iter is not None and (not _is_whole(self.max_iter) or self.max_iter < 1):
            raise SettingsError(f"max_iter is {self.max_iter!r}; give a whole number of passes, at least 1")
        if self.tol is not None and not _is_distance(self.tol):
            raise SettingsError(f"tol is {self.tol!r}; give a distance in units of 0 to 255, at least 0")
        if not _is_whole(self.seed) or self.seed < 0:
            raise SettingsError(f"seed is {self.seed!r}; give a whole number, at least 0")
        _require_choice("init", self.init, get_args(Init))
        _require_choice("space", self.space, get_args(Space))
        _require_choice("dither", self.dither, get_args(Dither))
        _require_choice("effort", self.effort, get_args(Effort))
        _require_choice("format", self.format, get_args(Format))

        if not isinstance(self.keep_metadata, bool):
            raise SettingsError(f"keep_metadata is {self.keep_metadata!r}; give True or False")

        for name in ("k", "max_iter", "seed"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, int(getattr(self, name)))
        if self.tol is not None:
            object.__setattr__(self, "tol", float(self.tol))

    @property
    def plain_lloyd(self) -> bool:
        """Whether K-Means goes as in the textbooks, since a start, passes or a tolerance were asked for."""
        return self.init != "auto" or self.max_iter is not None or self.tol is not None


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_distance(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and 0 <= float(value) < math.inf


def _require_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingsError(f"{name} is {value!r}; choose one of {', '.join(choices)}")
