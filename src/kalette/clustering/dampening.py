"""Dampened counts: colours of large areas count less, since the eye weighs a small thing above its share.

K-Means weighs a colour by its pixels, so a sky takes entries that a balloon needs. With dampened counts the
weight of a cube of colours grows with the square root of its size. On Kodak 3, 5, 13, 15, 19, 23 this saves
18 % of the bytes at equal SSIMULACRA2 at k = 64, and 1 % at k = 256. On 1, 3, 5, 8, 13, 15, 20, 23 and the
sample the 99th percentile of CIEDE2000 between blurred pictures falls by 4 % at k = 256, and by 14 to 17 %
from k = 8 to 64. With few entries it grows with the eighth root, or small things would get none.

Drawings, and grey pictures, fill few cubes of side 64. Where an entry has less than half a cube of them, and
more than half a cube of side 16, these are taken: a grey photograph at 16 colours gains 2 points of
SSIMULACRA2, and loses a fifth of that percentile; two icons and a screenshot lose 11 to 44 % of it.

Partly clear colours are not dampened, unless a picture looks better with it: shadows and smooth edges would
take entries from all else. Some charts and pages of text look better if nothing is. Beside partly clear
colours opaque ones keep the square root, however few the entries, for with the eighth root large areas would
lose to edges. On ten pictures, most with alpha, this gains 2.7 and 3.8 points of SSIMULACRA2 at k = 8 and
16, and takes 9 and 2 % off that percentile.

A search with dampened counts runs in Oklab with chroma stretched by half: dithering mixes lightness from any
darker and lighter entries, but a hue only from entries around it. On Kodak this takes 8 to 15 % off that
percentile from k = 4 to 256, about as much off the mean, and 2.4 % off the bytes at k = 256, at the same
SSIMULACRA2; this falls by 4.5 at k = 4, 0.5 at 8 and 0.4 at 16. A drawn gradient of 256 colours would lose 10
points to bands of lightness, and animations take up to a tenth more bytes, so there nothing is stretched.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.clustering.cloud import cube_begins, of_each_color
from kalette.color import CLEAR, OPAQUE, PARTIAL
from kalette.types import ColorBytes, Counts, Weights

# Sides of cubes, in byte steps. Photographs fill 17 to 52 of the coarse ones.
_SIDE, _FINE_SIDE = 64, 16
_FEW_CUBES = 16
# The eighth root takes 5 % off that percentile at k = 8 and 10 % at 16 (Kodak), but nothing at k = 32.
# Fewer than 8 entries suffice for large areas at most: these lose their hue, and small things win none.
_FEWEST, _FEW = 8, 16  # entries
_FINENESS = 1 << 8  # of square roots, which fit in 32 bits


DampeningScope = Literal["none", "opaque", "apart", "together"]
"""The colours that are dampened: none, opaque ones, partly clear ones too by themselves, or all together."""


class Dampening(NamedTuple):
    """How counts are dampened.

    Parameters
    ----------
    side : int
        Side of the cubes, in byte steps.
    for_few : bool
        Divide by the power 7/8 of the size of a cube, not by its square root: for few entries.
    scope : {"none", "opaque", "apart", "together"}
        The colours that are dampened.
    """

    side: int = _SIDE
    for_few: bool = False
    scope: DampeningScope = "opaque"

    @classmethod
    def of(
        cls, k: int, colors: ColorBytes, kinds: NDArray[np.int8], scope: DampeningScope = "opaque"
    ) -> "Dampening":
        """Return how counts are dampened for a palette.

        Parameters
        ----------
        k : int
            Number of entries.
        colors : ndarray
            (N, 3 or 4) uint8 in Z-order.
        kinds : ndarray
            (N,) int8: the kind of alpha of each colour.
        scope : {"none", "opaque", "apart", "together"}
            The colours that are dampened; "together" in fine cubes, or levels of alpha would share one.

        Examples
        --------
        >>> greys = np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1)
        >>> Dampening.of(16, greys, np.full(256, 2, np.int8))
        Dampening(side=16, for_few=False, scope='opaque')
        >>> Dampening.of(16, greys[:2], np.full(2, 2, np.int8))
        Dampening(side=64, for_few=True, scope='opaque')
        """
        if scope in ("none", "together"):
            return cls(_FINE_SIDE, scope=scope)
        coarse = _opaque_cubes(colors, kinds, _SIDE)
        if coarse < _FEW_CUBES and 2 * coarse < k < 2 * _opaque_cubes(colors, kinds, _FINE_SIDE):
            return cls(_FINE_SIDE, scope=scope)
        return cls(for_few=_FEWEST <= k <= _FEW and not (kinds == PARTIAL).any(), scope=scope)


def _opaque_cubes(colors: ColorBytes, kinds: NDArray[np.int8], side: int) -> int:
    opaque = kinds == OPAQUE  # alone, for partly clear colours lie between those of a cube
    return len(cube_begins(colors[opaque], kinds[opaque], side)) if opaque.any() else 0


_USUAL = Dampening()


def dampened(colors: ColorBytes, counts: Counts, kinds: NDArray[np.int8], how: Dampening = _USUAL) -> Weights:
    """Return the counts, those of opaque colours each divided by the square root of the size of its cube.

    The size of a cube is the sum of the square roots of its counts, so that one flat colour does not outweigh
    the shades around it. The sum of all weights is that of the counts. Partly clear colours may be dampened
    too, clear ones are not. With the scope "none" these are the counts.

    Parameters
    ----------
    colors : ndarray
        (N, 3 or 4) uint8 in Z-order.
    counts : ndarray
        (N,) int64.
    kinds : ndarray
        (N,) int8: the kind of alpha of each colour.
    how : Dampening
        Side of the cubes, the power of their size, and which colours are dampened.

    Returns
    -------
    ndarray
        (N,) float64.

    Examples
    --------
    >>> sky_and_dot = np.array([[100, 150, 200], [250, 0, 0]], np.uint8)
    >>> dampened(sky_and_dot, np.array([9999, 1]), np.array([2, 2])).round().tolist()
    [9990.0, 10.0]
    """
    if how.scope == "none":
        return counts.astype(np.float64)
    if how.scope == "together":
        kinds = np.where(kinds == CLEAR, CLEAR, OPAQUE).astype(np.int8)
    weights: Weights = _factors_of_opaque(colors, counts, kinds, how)
    weights *= counts
    if how.scope == "apart" and (kinds == PARTIAL).any():
        some = np.flatnonzero(kinds == PARTIAL)
        alike = np.full(len(some), OPAQUE, np.int8)
        weights[some] *= _factors_of_opaque(colors[some], counts[some], alike, how)
    return weights


def _factors_of_opaque(
    colors: ColorBytes, counts: Counts, kinds: NDArray[np.int8], how: Dampening
) -> Weights:
    """Return the factor of each colour: 1 for those that are not opaque.

    Partly clear colours part the cube of the opaque ones around them. That helps: with whole cubes colours of
    edges count less, and at k = 64 the percentile rises by 5 %.
    """
    begins = cube_begins(colors, kinds, how.side)
    # Whole numbers have the same sum in any order. Few bytes each, for there can be many colours.
    roots = (np.sqrt(counts, dtype=np.float32) * np.float32(_FINENESS)).astype(np.uint32)
    sizes = np.add.reduceat(roots, begins, dtype=np.int64) / _FINENESS
    totals = np.add.reduceat(counts, begins)
    opaque = kinds[begins] == OPAQUE
    divisors = root = np.sqrt(sizes)
    if how.for_few:
        divisors = root * np.sqrt(root) * np.sqrt(np.sqrt(root))
    factors = np.where(opaque, 1 / divisors, 1.0)
    if opaque.any():
        factors[opaque] *= totals[opaque].sum() / np.cumsum((totals * factors)[opaque])[-1]
    weights: Weights = of_each_color(factors, begins, len(counts))
    return weights
