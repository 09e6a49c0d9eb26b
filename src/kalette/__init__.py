"""Image compression by K-Means: the k colours that stand best for all colours of a picture.

>>> import kalette
>>> result = kalette.compress(kalette.sample_pixels(96, 64), k=16)
>>> result.colors_used
16
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kalette.comparison import Comparison, compare
    from kalette.errors import (
        GoalError,
        KaletteError,
        MissingLibraryError,
        NotSmallerError,
        PaletteError,
        ReadError,
        SettingsError,
        WriteError,
    )
    from kalette.estimator import KMeans
    from kalette.palettes import Swatches, read_palette
    from kalette.pipeline import compress
    from kalette.result import Result
    from kalette.sample import sample_pixels
    from kalette.settings import Settings

__version__ = "0.1.0"

_HOMES = {
    "Comparison": "comparison",
    "compare": "comparison",
    "KMeans": "estimator",
    "GoalError": "errors",
    "KaletteError": "errors",
    "MissingLibraryError": "errors",
    "NotSmallerError": "errors",
    "PaletteError": "errors",
    "ReadError": "errors",
    "SettingsError": "errors",
    "WriteError": "errors",
    "Result": "result",
    "compress": "pipeline",
    "Swatches": "palettes",
    "read_palette": "palettes",
    "sample_pixels": "sample",
    "Settings": "settings",
}

__all__ = [
    "Comparison",
    "GoalError",
    "KMeans",
    "KaletteError",
    "MissingLibraryError",
    "NotSmallerError",
    "PaletteError",
    "ReadError",
    "Result",
    "Settings",
    "SettingsError",
    "Swatches",
    "WriteError",
    "compare",
    "compress",
    "read_palette",
    "sample_pixels",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `kalette --version` need not load them all."""
    if name not in _HOMES:
        raise AttributeError(f"module 'kalette' has no attribute {name!r}")
    return getattr(importlib.import_module(f"kalette.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__, "__version__"]
