"""The hot loops: compiled where the extension is there, in NumPy otherwise, with the same bits.

`KALETTE_KERNELS=auto|native|reference` in the environment picks.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

from kalette.errors import SettingsError

if TYPE_CHECKING:
    from kalette.kernels.reference import (
        activity,
        assign,
        count_colors,
        map_colors,
        map_rate_distortion,
        map_threshold,
        move_costs,
        oklab,
        pairwise_squared_distances,
        removal_costs,
        similarity,
        split_clusters,
        squared_error,
        unfilter,
    )

__all__ = [
    "BACKEND",
    "INSTRUCTION_SET",
    "activity",
    "assign",
    "count_colors",
    "map_colors",
    "map_rate_distortion",
    "map_threshold",
    "move_costs",
    "oklab",
    "pairwise_squared_distances",
    "removal_costs",
    "similarity",
    "split_clusters",
    "squared_error",
    "unfilter",
]


def _choose(asked: str) -> tuple[str, Any]:
    if asked not in ("auto", "native", "reference"):
        raise SettingsError(f"KALETTE_KERNELS is {asked!r}; set it to auto, native or reference")
    if asked == "reference":
        return "reference", importlib.import_module("kalette.kernels.reference")
    try:
        return "native", importlib.import_module("kalette.kernels._native")
    except ImportError as error:
        if asked == "auto":
            return "reference", importlib.import_module("kalette.kernels.reference")
        raise SettingsError(
            f"KALETTE_KERNELS is 'native', but the extension cannot be loaded ({error}); "
            "reinstall Kalette, or set it to reference"
        ) from error


BACKEND, _kernels = _choose(os.environ.get("KALETTE_KERNELS") or "auto")
INSTRUCTION_SET: str = _kernels.INSTRUCTION_SET
if not TYPE_CHECKING:
    activity = _kernels.activity
    assign = _kernels.assign
    count_colors = _kernels.count_colors
    map_colors = _kernels.map_colors
    map_rate_distortion = _kernels.map_rate_distortion
    map_threshold = _kernels.map_threshold
    move_costs = _kernels.move_costs
    oklab = _kernels.oklab
    pairwise_squared_distances = _kernels.pairwise_squared_distances
    removal_costs = _kernels.removal_costs
    similarity = _kernels.similarity
    split_clusters = _kernels.split_clusters
    squared_error = _kernels.squared_error
    unfilter = _kernels.unfilter
