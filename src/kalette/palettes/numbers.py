"""Palettes as lines of numbers: GIMP's, JASC's (Paint Shop Pro) and Paint.NET's.

A writer takes colours, their shares and a palette name; a reader returns colour codes, or raises a
`ValueError` with the reason.
"""

import re
from collections.abc import Sequence

from kalette.palettes.text import entry_names, excerpt
from kalette.types import Palette, as_code, code_of

GIMP_FIRST_LINE = "GIMP Palette"
JASC_FIRST_LINE = "JASC-PAL"
PAINT_NET_COMMENT = ";"
_WITH_ALPHA = re.compile(r"Channels:\s*RGBA\s*")  # as Aseprite writes it
_ARGB = re.compile(r"[0-9a-f]{8}|[0-9a-f]{6}", re.IGNORECASE)


def gimp_text(colors: Palette, shares: Sequence[float] | None, name: str) -> str:
    """Return a GIMP palette: red, green and blue on each line, then a name with code and share.

    References
    ----------
    GIMP Palette Format Version 2, https://developer.gimp.org/core/standards/gpl
    """
    names = entry_names(colors, shares)
    lines = [f"{r:3} {g:3} {b:3}\t{entry}" for (r, g, b), entry in zip(colors[:, :3], names, strict=True)]
    head = (GIMP_FIRST_LINE, f"Name: {' '.join(name.split())}", f"Columns: {min(len(colors), 16)}", "#")
    return "\n".join((*head, *lines, ""))


def codes_of_gimp(text: str) -> list[str]:
    """Read the colours of a GIMP palette; with alpha if it says so, as Aseprite's do.

    Examples
    --------
    >>> codes_of_gimp("GIMP Palette\\nName: A\\n# two\\n255 128 0 orange\\n  0   0   0\\n")
    ['#ff8000', '#000000']
    """
    codes, channels = [], 3
    for number, line in enumerate(text.splitlines()[1:], 2):
        if _WITH_ALPHA.fullmatch(line):
            channels = 4
        elif line.strip() and not line.startswith(("#", "Name:", "Columns:")):
            codes.append(code_of(_bytes(number, line, channels)))
    return codes


def codes_of_jasc(text: str) -> list[str]:
    """Read the colours of a JASC palette: a version, their number, then red, green and blue of each.

    Examples
    --------
    >>> codes_of_jasc("JASC-PAL\\n0100\\n2\\n255 128 0\\n0 0 0\\n")
    ['#ff8000', '#000000']
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    codes = [code_of(_bytes(number, line, 4 if len(line.split()) == 4 else 3)) for number, line in lines[3:]]
    stated = lines[2][1].strip() if len(lines) > 2 else "nothing"
    if stated != str(len(codes)):
        raise ValueError(f"its third line says {excerpt(stated)} and {len(codes)} colours follow")
    return codes


def codes_of_paint_net(text: str) -> list[str]:
    """Read the colours of a Paint.NET palette: alpha, red, green and blue, or without alpha.

    Examples
    --------
    >>> codes_of_paint_net("; paint.net Palette File\\nFFFF8000\\n80000000\\n")
    ['#ff8000', '#00000080']
    """
    codes = []
    for number, line in enumerate(text.splitlines(), 1):
        word = line.split(PAINT_NET_COMMENT)[0].strip()
        if word and not _ARGB.fullmatch(word):
            raise ValueError(f"line {number} says {excerpt(word)}; expected eight digits such as FFFF8000")
        codes += [as_code(word[2:] + word[:2] if len(word) == 8 else word)] if word else []
    return codes


def _bytes(number: int, line: str, channels: int) -> list[int]:
    """Return the first numbers of a line, each 0 to 255."""
    words = line.split()[:channels]
    values = [int(word) if word.isascii() and word.isdigit() else 256 for word in words]
    if len(values) < channels or max(values) > 255:
        count = {3: "three", 4: "four"}[channels]
        raise ValueError(f"line {number} says {excerpt(line)}; expected {count} numbers from 0 to 255")
    return values
