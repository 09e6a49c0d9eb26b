"""File names as they can be shown."""

_SPACES = "\u00a0\u202f\u3000"


def printable(text: str) -> str:
    r"""Return the text with whatever would break a line or steer a terminal written out.

    Examples
    --------
    >>> printable("a\nb\x1b[31m é")
    'a\\nb\\x1b[31m é'
    """
    return "".join(
        letter if letter.isprintable() or letter in _SPACES else letter.encode("unicode_escape").decode()
        for letter in text
    )
