"""Errors of Pillow's decoders as sentences."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from kalette.types import DamagedError, KaletteError, ReadError

DAMAGE_ADVICE = "it is damaged or cut short, so get it again, or take what can be decoded (--allow-truncated)"
HEADER_ADVICE = "it is damaged or of a kind that Kalette does not know, so get it again or save it as PNG"
_MAX_MESSAGE = 200  # characters


@contextmanager
def decoding_errors(name: str, advice: str = DAMAGE_ADVICE) -> Iterator[None]:
    """Convert any exception of Pillow's decoders to a `KaletteError`: damage raises many kinds."""
    try:
        yield
    except KaletteError:
        raise
    except MemoryError as error:
        raise ReadError(f"{name} needs more memory than there is; make it smaller first") from error
    except Image.DecompressionBombError as error:
        raise ReadError(
            f"{name} is larger than Pillow takes of its format ({one_line(error)}); save it as PNG first"
        ) from error
    except Exception as error:
        if isinstance(error, ValueError) and "closed" in str(error):
            raise ReadError(f"{name} is closed; give it while it is open, or a copy of it") from error
        raise damaged(name, _damage_reason(error), advice) from error


def one_line(error: BaseException) -> str:
    """Return an exception's message as one line, cut off where it is long."""
    return " ".join(str(error).split())[:_MAX_MESSAGE] or type(error).__name__


def _damage_reason(error: Exception) -> str:
    """Return Pillow's message, or a generic one for errors internal to its parsers."""
    origin = error.__cause__ if isinstance(error, SyntaxError) and error.__cause__ else error
    internal = isinstance(origin, struct.error | LookupError | TypeError | AssertionError | AttributeError)
    return "its structure is broken" if internal else one_line(error)


def damaged(name: str, reason: str, advice: str = DAMAGE_ADVICE) -> DamagedError:
    """Return the error for a damaged file."""
    error = DamagedError(f"{name} cannot be read ({reason}); {advice}")
    error.reason = reason
    return error
