"""Blocks spread over a picture, a sample in which neighbours stay together."""

from collections.abc import Callable
from math import isqrt
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

_SIDE = 64  # of a block

_Channel = TypeVar("_Channel", bound=np.generic)


class Lattice(NamedTuple):
    """Places of blocks of equal size.

    Parameters
    ----------
    tops, lefts : range
        First rows and columns.
    height, width : int
        Size of a block in pixels.
    """

    tops: range
    lefts: range
    height: int
    width: int

    @classmethod
    def of(cls, height: int, width: int, most_pixels: int) -> "Lattice":
        """Return the places in a picture: one block of all of it if that has at most so many pixels.

        Otherwise the blocks have about as many; they may overlap in a picture that is hardly larger.

        Examples
        --------
        >>> Lattice.of(20, 30, 1000)
        Lattice(tops=range(0, 1), lefts=range(0, 1), height=20, width=30)
        >>> Lattice.of(512, 768, 1 << 16)
        Lattice(tops=range(0, 449, 141), lefts=range(0, 705, 141), height=64, width=64)
        """
        if height * width <= most_pixels:
            return cls(range(1), range(1), height, width)
        rows, columns = min(_SIDE, height), min(_SIDE, width)
        down, across = height - rows + 1, width - columns + 1
        places = max(1, down * across * rows * columns // most_pixels)  # for each block that is taken
        step = isqrt(places)
        steps = places // min(step, across), places // min(step, down)
        return cls(range(0, down, steps[0]), range(0, across, steps[1]), rows, columns)

    @property
    def is_whole(self) -> bool:
        """Whether there is one block only."""
        return len(self.tops) * len(self.lefts) == 1

    def cut(self, rows: Callable[[int, int], NDArray[_Channel]]) -> NDArray[_Channel]:
        """Return the blocks, (B, height, width, C).

        Parameters
        ----------
        rows : callable
            Function of a first row and an end that returns the rows between, (h, W, C).
        """
        bands = (rows(top, top + self.height) for top in self.tops)
        return np.stack([band[:, left : left + self.width] for band in bands for left in self.lefts])

    def joined(self, blocks: NDArray[_Channel]) -> NDArray[_Channel]:
        """Return blocks as one picture, in which they lie as in their own.

        Parameters
        ----------
        blocks : ndarray
            (B, height, width) or (B, height, width, C), as `cut` returns them.

        Examples
        --------
        >>> blocks = np.arange(8).reshape(4, 1, 2)
        >>> Lattice(range(2), range(2), 1, 2).joined(blocks).tolist()
        [[0, 1, 2, 3], [4, 5, 6, 7]]
        """
        grid = blocks.reshape(len(self.tops), len(self.lefts), *blocks.shape[1:])
        return np.concatenate(np.concatenate(grid, axis=1), axis=1)

    def apart(self, joined: NDArray[_Channel]) -> NDArray[_Channel]:
        """Return the blocks of a joined picture, as `cut` returns them.

        Parameters
        ----------
        joined : ndarray
            (rows of blocks times height, columns of blocks times width), or these and C channels.

        Examples
        --------
        >>> picture = np.arange(8).reshape(2, 4)
        >>> Lattice(range(2), range(2), 1, 2).apart(picture).tolist()
        [[[0, 1]], [[2, 3]], [[4, 5]], [[6, 7]]]
        """
        grid = joined.reshape(len(self.tops), self.height, len(self.lefts), self.width, *joined.shape[2:])
        return np.moveaxis(grid, 2, 1).reshape(-1, self.height, self.width, *joined.shape[2:])
