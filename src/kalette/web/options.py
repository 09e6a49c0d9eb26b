"""Options in the query of a request: the fields of `Settings`, and how the image is read."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from kalette.palettes import FORMATS, Order
from kalette.report import ALONE, DEFAULT_KS
from kalette.types import (
    MAX_K,
    Limits,
    Settings,
    SettingsError,
    brief,
    byte_count_of,
    color_count_of,
    color_counts_of,
    quality_of,
    require_choice,
)
from kalette.web.problems import ProblemError

MAX_OPTIONS = 64
_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Option:
    """An option of the query.

    Parameters
    ----------
    read : callable
        Returns the value of a text, or raises `SettingsError`.
    schema : dict
        JSON schema of the value.
    text : str
        What it means.
    """

    read: Callable[[str], Any]
    schema: Mapping[str, Any]
    text: str


def _flag(name: str, text: str) -> Option:
    values = {"true": True, "false": False}

    def read(value: str) -> bool:
        require_choice(name, value, tuple(values))
        return values[value]

    return Option(read, {"type": "boolean"}, text)


def _choice(name: str, choices: tuple[str, ...], text: str) -> Option:
    def read(value: str) -> str:
        require_choice(name, value, choices)
        return value

    return Option(read, {"type": "string", "enum": list(choices)}, text)


def _number(name: str, kind: type[int] | type[float], text: str) -> Option:
    def read(value: str) -> int | float:
        try:
            return kind(value)
        except ValueError as error:
            rule = "a whole number" if kind is int else "a number"
            raise SettingsError(f"{name} is {brief(value)}; give {rule}") from error

    return Option(read, {"type": "integer" if kind is int else "number"}, text)


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(","))


_COLOR = "#?[0-9a-fA-F]{6}(00|ff)?"
_COLORS = {"type": "string", "pattern": f"^{_COLOR}(,{_COLOR})*$"}
_SPECIAL: dict[str, tuple[Callable[[str], Any], Mapping[str, Any]]] = {
    "k": (
        color_count_of,
        {"oneOf": [{"type": "integer", "minimum": 1, "maximum": 256}, {"const": "auto"}]},
    ),
    "quality": (quality_of, {"type": "string", "pattern": "^[0-9]{1,2}(-[0-9]{1,2})?$"}),
    "max_bytes": (
        byte_count_of,
        {"type": "string", "pattern": r"^[1-9][0-9]{0,8}(B|(\.[0-9]{1,6})?[kKmM][iI]?[bB]?)?$"},
    ),
    "palette": (_list, _COLORS),
    "keep_colors": (_list, _COLORS),
}
_BOUNDS = {
    "max_iter": {"minimum": 1},
    "seed": {"minimum": 0},
    "tol": {"minimum": 0},
    "rate": {"minimum": 0, "maximum": 1},
    "dither_strength": {"minimum": 0, "maximum": 1},
    "min_ssim": {"minimum": 0, "maximum": 1},
    "min_psnr": {"exclusiveMinimum": 0},
    "pad_palette": {"minimum": 1, "maximum": MAX_K},
}


def _settings_options() -> dict[str, Option]:
    """Return an option for each field of `Settings`, from the type of the field."""
    texts = _documented(Settings)
    return {name: _option_of(name, hint, texts[name]) for name, hint in get_type_hints(Settings).items()}


def _option_of(name: str, hint: Any, text: str) -> Option:
    if name in _SPECIAL:
        return Option(*_SPECIAL[name], text)
    kinds = set(get_args(hint)) or {hint}
    choices = next((get_args(kind) for kind in (hint, *kinds) if get_origin(kind) is Literal), None)
    if choices is not None:
        return _choice(name, choices, text)
    if bool in kinds:
        return _flag(name, text)
    option = _number(name, float if float in kinds else int, text)
    return replace(option, schema={**option.schema, **_BOUNDS[name]})


def _documented(kind: type) -> Mapping[str, str]:
    """Return the text of each parameter in a docstring; without docstrings (python -OO), empty texts."""
    section = (inspect.getdoc(kind) or "").partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    found = re.findall(r"^(\w+) : .*\n((?:    .*\n?)+)", section, re.MULTILINE)
    texts = {name: " ".join(text.split()) for name, text in found}
    return {name: texts.get(name, "") for name in get_type_hints(kind)}


SETTINGS: Mapping[str, Option] = _settings_options()
"""The options that are fields of `Settings`."""

SEARCH = ("effort", "init", "max_iter", "tol", "seed", "space", "keep_colors")
"""Settings that affect the palette, besides k."""

COMPARISON = (*SEARCH, "dither", "dither_strength", "rate")
"""Settings of a comparison."""


def _picture_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise SettingsError(
            f"picture is {brief(value)}; give an ID from POST /v1/pictures, 64 hexadecimal digits"
        )
    return value


READING: Mapping[str, Option] = {
    "picture": Option(
        _picture_id,
        {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "The ID of a picture that was sent before; the request then has no body.",
    ),
    "name": Option(str, {"type": "string", "minLength": 1}, "Name of the image, such as photo.jpg."),
    "first_frame": _flag("first_frame", "Take the first frame of an animation."),
    "allow_truncated": _flag("allow_truncated", "Decode the intact part of a damaged file."),
}
"""The options of every route that takes an image."""

_KS = Option(
    color_counts_of,
    {"type": "string", "pattern": "^[0-9]{1,3}(,[0-9]{1,3})*$"},
    f"Numbers of colours, 1 to 256; default: {','.join(map(str, DEFAULT_KS))}.",
)
_SORT = _choice("sort", get_args(Order), "Most pixels first, dark to light, or around the colour wheel.")
_PALETTE_FORMAT = _choice("format", FORMATS, "Format of the palette file; default: json.")

PICTURES_OPTIONS = READING
COMPRESS_OPTIONS = {**READING, **SETTINGS}
COMPARE_OPTIONS = {**READING, "ks": _KS, **{name: SETTINGS[name] for name in COMPARISON}}
PALETTE_OPTIONS = {
    **READING,
    "k": SETTINGS["k"],
    "sort": _SORT,
    "format": _PALETTE_FORMAT,
    "palette": SETTINGS["palette"],
    **{name: SETTINGS[name] for name in SEARCH},
}


class Options:
    """The options of a request.

    Parameters
    ----------
    query : str
        The query of the address.
    known : mapping
        The options of the route.

    Raises
    ------
    SettingsError
        For an unknown option, one given twice, or an invalid value.
    ProblemError
        For more options than any request needs.

    Examples
    --------
    >>> Options("k=16&dither=none", COMPRESS_OPTIONS).settings(Settings()).k
    16
    """

    def __init__(self, query: str, known: Mapping[str, Option]) -> None:
        """Read all options."""
        self._values: dict[str, Any] = {}
        for name, text in _pairs(query):
            if name not in known:
                raise SettingsError(f"there is no option {brief(name)}; {_hint(name, known)}")
            if name in self._values:
                raise SettingsError(f"{name} is given twice; give it once")
            if not text:
                raise SettingsError(f"{name} is empty; give a value, or leave it out")
            self._values[name] = known[name].read(text)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or the default."""
        return self._values.get(name, default)

    def settings(self, base: Settings) -> Settings:
        """Return settings, with the given options applied."""
        return replace(base, **{name: value for name, value in self._values.items() if name in SETTINGS})

    def palette_settings(self) -> Settings:
        """Return the settings of a palette; its `format` is that of the palette file."""
        named = ("k", "palette", *SEARCH)
        given = {name: self._values[name] for name in named if name in self._values}
        return Settings(**({} if "palette" in given else {"k": 8}) | given)

    def comparison_settings(self) -> Settings:
        """Return the settings of a comparison."""
        return self.settings(ALONE)

    def limits(self, base: Limits) -> Limits:
        """Return the limits for reading the image."""
        return replace(base, allow_truncated=self.get("allow_truncated", False))


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_OPTIONS)
    except ValueError as error:
        count = query.count("&") + 1
        detail = f"the query has {count} options; give at most {MAX_OPTIONS}"
        raise ProblemError("bad-request", detail) from error


def _hint(name: str, known: Mapping[str, Option]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name[:MAX_OPTIONS], known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"choose from {', '.join(known)}"
