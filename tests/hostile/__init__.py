"""Files that strangers might send, all made by code: damaged, lying, oversized, and odd but good.

`cases()` yields each with its name. The full set has every cut and every flipped bit of six small seeds; the
sample takes some of those and leaves out what is slow because it is large.
"""

from collections.abc import Iterator

from hostile import bombs, liars, mutations, oddities

Case = tuple[str, bytes]


def cases(*, full: bool) -> Iterator[Case]:
    """Yield name and bytes of every hostile file; names are unique and can be file names."""
    for maker in (mutations.cases, liars.cases, bombs.cases, oddities.cases):
        yield from maker(full=full)
