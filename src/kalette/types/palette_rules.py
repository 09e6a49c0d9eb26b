"""Rules for the options of `Settings` that prescribe palette entries."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

import numpy as np

from kalette.types.checks import require_choice, require_flag, wrong
from kalette.types.color_codes import channels_of, code_of
from kalette.types.errors import SettingsError
from kalette.types.grids import Grid, nearest_on_grid
from kalette.types.indexed import MAX_K

if TYPE_CHECKING:
    from kalette.types.settings import Settings

CLEAR_CODE = "#00000000"


def require_fixed_palette_alone(settings: "Settings") -> None:
    """Raise for options of the palette search, which a fixed palette excludes."""
    assert settings.palette is not None
    count = len(settings.palette)
    if settings.keep_colors:
        raise SettingsError("keep_colors is given beside a fixed palette; put those colours into the palette")
    if settings.plain_lloyd:
        raise SettingsError(
            "init, max_iter or tol is given beside a fixed palette, which needs no K-Means; leave them out"
        )
    if settings.k not in (None, MAX_K, count):
        raise SettingsError(f"k is {settings.k}, but the fixed palette holds {count}; leave k out")


def require_hardware_palette(settings: "Settings") -> None:
    """Check the options that consoles, displays and games need."""
    require_flag("clear_first", settings.clear_first)
    if settings.grid is not None:
        require_choice("grid", settings.grid, get_args(Grid))
        _require_on_grid(settings.palette or settings.keep_colors, settings.grid)
    if settings.pad_palette is not None and settings.pad_palette < settings.least_k:
        rule = f"give the number of entries, from {settings.least_k} (the colours) to {MAX_K}"
        raise wrong("pad_palette", settings.pad_palette, rule)
    if settings.clear_first:
        _require_clear_first(settings)
    if settings.orders_palette:
        settings.require_palette_order(settings.format)


def _require_clear_first(settings: "Settings") -> None:
    if settings.keep_hidden:
        raise SettingsError(
            "keep_hidden is set beside clear_first, which makes one clear entry; leave one of them out"
        )
    if settings.palette is not None and settings.palette[0][7:] != "00":
        raise SettingsError(
            f"clear_first is set, but the fixed palette begins with {settings.palette[0]}; "
            f"put {CLEAR_CODE} first"
        )


def _require_on_grid(codes: Sequence[str], grid: Grid) -> None:
    """Raise for a colour that is not on the grid, with the nearest that is."""
    for code in codes:
        nearest = code_of(nearest_on_grid(np.array([channels_of(code)], np.uint8), grid)[0])
        if nearest != code:
            raise SettingsError(f"{code} is not a colour of the grid {grid}; give the nearest, {nearest}")
