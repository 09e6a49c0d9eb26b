"""Flat colours of drawings: an entry has exactly the colour that most of its pixels have.

The mean of a cluster is a little beside the colour of an area when shades of its edges join it: then all of
the area is a little wrong, or is dithered. At low alpha it may be far beside, since colours differ there by
less than their points are rounded.
"""

import numpy as np

from kalette.clustering.histogram import Histogram
from kalette.color import alpha_kinds
from kalette.types import Labels, Palette

_MOST_DRAWN_COLORS = 1 << 13  # photographs have more
_AREAS = 64  # of a photograph: smaller ones are clipped light or shade, where nothing is gained


def with_flat_colors(palette: Palette, histogram: Histogram, labels: Labels) -> Palette:
    """Return the palette with the colours that more than half the pixels of an entry have.

    The kind of alpha of an entry stays. Among more than 8,192 colours only those count that one pixel in 64
    has; a histogram of cells changes nothing.

    Parameters
    ----------
    palette : ndarray
        (k, 3 or 4) uint8.
    histogram : Histogram
        Colours and their counts.
    labels : ndarray
        (N,) int32: the entry of each colour.

    Examples
    --------
    >>> from kalette.clustering.histogram import count
    >>> paper = count(np.array([[[250, 250, 250]] * 9 + [[245, 245, 245]] * 2], np.uint8))
    >>> with_flat_colors(np.array([[249, 249, 249]], np.uint8), paper, np.zeros(2, np.int32)).tolist()
    [[250, 250, 250]]
    """
    areas = np.flatnonzero(histogram.counts >= _least(histogram))
    if not histogram.is_exact or len(areas) == 0:
        return palette  # as for most photographs, whose arrays are long
    counts, entries = histogram.counts[areas], labels[areas]
    pixels = np.bincount(labels, histogram.counts, len(palette))
    same_kind = alpha_kinds(histogram.colors[areas]) == alpha_kinds(palette)[entries]
    is_flat = same_kind & (2 * counts > pixels[entries])
    exact = palette.copy()
    exact[entries[is_flat]] = histogram.colors[areas[is_flat]]
    return exact


def _least(histogram: Histogram) -> int:
    """Return the least count of an area."""
    return 0 if len(histogram) <= _MOST_DRAWN_COLORS else histogram.pixel_count // _AREAS
