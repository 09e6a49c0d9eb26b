"""Formatting of sizes, ratios, shares, names and values, the same in tables, figures, reports and errors."""

from collections.abc import Sequence
from reprlib import Repr

_MOST_CHARACTERS = 80  # of a value in an error

_PRINTABLE_SPACES = "\u00a0\u202f\u3000"


def size_text(size_bytes: int) -> str:
    """Format a size in B, KB or MB; KB is 1000 bytes.

    Examples
    --------
    >>> [size_text(n) for n in (999, 12_345, 3_456_789)]
    ['999 B', '12.3 KB', '3.46 MB']
    """
    if size_bytes < 1000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.1f} KB"
    return f"{size_bytes / 1_000_000:.2f} MB"


def ratio_text(size_bytes: int, of_bytes: int) -> str:
    """Format a compression ratio: the reference size divided by this size.

    Examples
    --------
    >>> ratio_text(500, 12_345), ratio_text(72, 69)
    ('24.7 : 1', '0.96 : 1')
    """
    ratio = of_bytes / size_bytes
    return f"{ratio:.1f} : 1" if ratio >= 1 else f"{ratio:.2f} : 1"


def psnr_text(psnr_db: float | None) -> str:
    """Format a PSNR in decibels; None means lossless.

    Examples
    --------
    >>> psnr_text(34.567), psnr_text(None)
    ('34.57 dB', 'exact')
    """
    return "exact" if psnr_db is None else f"{psnr_db:.2f} dB"


def share_text(share: float) -> str:
    """Format a share of all pixels as a percentage.

    Examples
    --------
    >>> [share_text(share) for share in (1.0, 0.1234, 0.0004, 0.0)]
    ['100.0 %', '12.3 %', '<0.1 %', '0.0 %']
    """
    return "<0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def colors_text(count: int) -> str:
    """Format a number of colours.

    Examples
    --------
    >>> colors_text(1), colors_text(12345)
    ('1 colour', '12,345 colours')
    """
    return "1 colour" if count == 1 else f"{count:,} colours"


def listed(words: Sequence[str]) -> str:
    """Join words as in a sentence.

    Examples
    --------
    >>> listed(["red", "green", "blue"]), listed(["red", "green"]), listed(["red"])
    ('red, green and blue', 'red and green', 'red')
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def printable(text: str) -> str:
    r"""Escape control characters, so that a name cannot break a line or control the terminal.

    Examples
    --------
    >>> printable("a\nb\x1b[31m é")
    'a\\nb\\x1b[31m é'
    """
    return "".join(
        character
        if character.isprintable() or character in _PRINTABLE_SPACES
        else character.encode("unicode_escape").decode()
        for character in text
    )


class _Bounded(Repr):
    """A `repr` that is short, and that no value makes fail."""

    def repr_int(self, x: int, level: int) -> str:
        """Show an integer, or its size where Python refuses to write so many digits."""
        try:
            return super().repr_int(x, level)
        except ValueError:
            return f"an integer of {x.bit_length()} bits"


_BOUNDED = _Bounded()
_BOUNDED.maxstring = _BOUNDED.maxother = 60


def brief(value: object) -> str:
    """Format a value for an error: its `repr`, on one line and cut where it is long.

    Examples
    --------
    >>> brief("fast"), brief([2, 4])
    ("'fast'", '[2, 4]')
    >>> brief(list(range(1000))), len(brief("x" * 1000)) <= 80
    ('[0, 1, 2, 3, 4, 5, ...]', True)
    """
    text = " ".join(_BOUNDED.repr(value).split())
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 3]}..."
