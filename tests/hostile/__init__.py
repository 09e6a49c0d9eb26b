"""Hostile files made by code: damaged, lying, oversized, and odd but valid.

`cases()` yields each with its name. The full set has every truncation and every flipped bit of six small
seeds; the sample has some of those and omits large files, which are slow.
"""

from collections.abc import Iterator

from hostile import bombs, liars, mutations, oddities

Case = tuple[str, bytes]


def cases(*, full: bool) -> Iterator[Case]:
    """Yield the name and bytes of every hostile file; names are unique and valid as file names."""
    for maker in (mutations.cases, liars.cases, bombs.cases, oddities.cases):
        yield from maker(full=full)
