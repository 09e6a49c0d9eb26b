"""The hot loops: compiled, or in NumPy with the same bits.

`KALETTE_KERNELS=auto|native|reference` in the environment chooses; `auto` takes the compiled ones.
"""

import importlib
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kalette.types import MissingLibraryError, SettingsError

if TYPE_CHECKING:
    from kalette.kernels.cones import CONES_FROM_LINEAR, LAB_FROM_CONES
    from kalette.kernels.reference import (
        activity,
        assign,
        code_lzw,
        count_colors,
        cube_means,
        last_block,
        map_colors,
        map_lzw,
        map_rate_distortion,
        map_threshold,
        move_costs,
        oklab,
        pairwise_squared_distances,
        removal_costs,
        similarity,
        split_clusters,
        squared_error,
        ssimulacra2,
        steady,
        unfilter,
    )
    from kalette.kernels.srgb import linear_from_srgb
    from kalette.kernels.z_order import colors_from_z_keys, z_keys

__all__ = [
    "BACKEND",
    "CONES_FROM_LINEAR",
    "INSTRUCTION_SET",
    "LAB_FROM_CONES",
    "activity",
    "assign",
    "code_lzw",
    "colors_from_z_keys",
    "count_colors",
    "cube_means",
    "last_block",
    "linear_from_srgb",
    "map_colors",
    "map_lzw",
    "map_rate_distortion",
    "map_threshold",
    "move_costs",
    "oklab",
    "pairwise_squared_distances",
    "removal_costs",
    "similarity",
    "split_clusters",
    "squared_error",
    "ssimulacra2",
    "steady",
    "unfilter",
    "z_keys",
]

_NATIVE, _REFERENCE = "kalette.kernels._native", "kalette.kernels.reference"
_EXTENSIONS = (".so", ".pyd")


def _choose(asked: str) -> tuple[str, Any]:
    if asked not in ("auto", "native", "reference"):
        raise SettingsError(f"KALETTE_KERNELS is {asked!r}; set it to auto, native or reference")
    if asked == "reference":
        return "reference", importlib.import_module(_REFERENCE)
    try:
        return "native", importlib.import_module(_NATIVE)
    except ImportError as error:
        _require_absent(error, asked)
    warnings.warn(
        "the compiled kernels are missing, and those in NumPy are many times slower; reinstall Kalette, "
        "or set KALETTE_KERNELS=reference to use them without this warning",
        RuntimeWarning,
        stacklevel=2,
    )
    return "reference", importlib.import_module(_REFERENCE)


def _require_absent(error: ImportError, asked: str) -> None:
    """Refuse an extension that is broken, and one that is missing though it was asked for."""
    if asked == "native":
        raise SettingsError(
            f"KALETTE_KERNELS is 'native', but the extension cannot be loaded ({error}); "
            "reinstall Kalette, or set it to reference"
        ) from error
    if (cause := _broken(error)) is not None:
        raise MissingLibraryError(
            f"the compiled kernels cannot be loaded ({cause}); reinstall Kalette, or set "
            "KALETTE_KERNELS=reference to run the many times slower ones in NumPy"
        ) from error


def _broken(error: ImportError) -> str | None:
    """Return why the extension that is there cannot be loaded; None where there is none."""
    if not isinstance(error, ModuleNotFoundError) or error.name != _NATIVE:
        return str(error)
    files = (file for folder in __path__ for file in sorted(Path(folder).glob("_native.*")))
    foreign = [file.name for file in files if file.suffix in _EXTENSIONS]
    return f"{foreign[0]} is not for this Python" if foreign else None


BACKEND, _kernels = _choose(os.environ.get("KALETTE_KERNELS") or "auto")
INSTRUCTION_SET: str = _kernels.INSTRUCTION_SET
if not TYPE_CHECKING:
    activity = _kernels.activity
    assign = _kernels.assign
    code_lzw = _kernels.code_lzw
    count_colors = _kernels.count_colors
    cube_means = _kernels.cube_means
    last_block = _kernels.last_block
    map_colors = _kernels.map_colors
    map_lzw = _kernels.map_lzw
    map_rate_distortion = _kernels.map_rate_distortion
    map_threshold = _kernels.map_threshold
    move_costs = _kernels.move_costs
    oklab = _kernels.oklab
    pairwise_squared_distances = _kernels.pairwise_squared_distances
    removal_costs = _kernels.removal_costs
    similarity = _kernels.similarity
    split_clusters = _kernels.split_clusters
    squared_error = _kernels.squared_error
    ssimulacra2 = _kernels.ssimulacra2
    steady = _kernels.steady
    unfilter = _kernels.unfilter


_LOADED_LATER = {
    "CONES_FROM_LINEAR": "kalette.kernels.cones",
    "LAB_FROM_CONES": "kalette.kernels.cones",
    "colors_from_z_keys": "kalette.kernels.z_order",
    "linear_from_srgb": "kalette.kernels.srgb",
    "z_keys": "kalette.kernels.z_order",
}


def __getattr__(name: str) -> Any:
    """Load what is no hot loop when it is first used: most of it loads NumPy."""
    if name not in _LOADED_LATER:
        raise AttributeError(f"module 'kalette.kernels' has no attribute {name!r}")
    return getattr(importlib.import_module(_LOADED_LATER[name]), name)
