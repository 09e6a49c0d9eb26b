"""Image compression by K-Means: the k colours that represent an image best.

>>> import kalette
>>> result = kalette.compress(kalette.sample_pixels(96, 64), 16)
>>> result.colors_used
16
"""

TYPE_CHECKING = False  # importing `typing` would delay the signal handlers
if TYPE_CHECKING:
    from typing import Any


def __getattr__(name: str) -> "Any":
    """Load a public name on first use, so that the command starts quickly."""
    import lazy_loader

    get, names, _ = lazy_loader.attach_stub(__name__, __file__)
    if name == "__all__":  # without `open`, so that `from kalette import *` leaves the built-in one in place
        return [listed for listed in names() if listed != "open"]
    return get(name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__getattr__("__all__"), "open"])
