"""Image compression by K-Means: the k colours that represent an image best.

>>> import kalette
>>> result = kalette.compress(kalette.sample_pixels(96, 64), 16)
>>> result.colors_used
16
"""

TYPE_CHECKING = False  # as typing has it, which takes longer to import than the command needs to hear signals
if TYPE_CHECKING:
    from typing import Any


def __getattr__(name: str) -> "Any":
    """Load a public name when it is first used, so that `kalette --version` need not load them all."""
    import lazy_loader

    get, names, _ = lazy_loader.attach_stub(__name__, __file__)
    if name == "__all__":  # without `open`, so that `from kalette import *` leaves the built-in one in place
        return [listed for listed in names() if listed != "open"]
    return get(name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted([*__getattr__("__all__"), "open"])
