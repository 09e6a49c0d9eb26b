"""For which pictures and palettes weights are tried, and which of them count as drawings."""

from typing import NamedTuple

from kalette.clustering import Histogram
from kalette.color import PARTIAL
from kalette.types import MAX_K, Effort, Settings

MOST_ENTRIES_CHOSEN = 16
"""Entries up to which the best of a course of trials is taken.

With more, photographs take the second round on trust, and drawings are rendered only to choose the scope, the
space and the kind of blur: further trials gain little there.
"""

_FEW_COLORS = 1 << 13  # those of drawings
# Entries up to which weights are tried. At 256 that saves 1 to 2 % of the bytes at equal SSIMULACRA2, but
# takes a fifth of the time of a small picture. In gradients of many colours the 99th percentile of blurred
# CIEDE2000 falls by 8 %, so there weights are tried for any k. For a quality, whose search takes several
# times as long anyway, that makes files of photographs 1 % smaller (eight Kodak pictures, at 50 to 85). But
# faded photographs would score up to 1.4 points lower, gradients gain as often as they lose, and trials of
# drawings take seconds.
_MOST_TRIED: dict[Effort, int] = {"fast": 128, "balanced": 128, "best": MAX_K}


class TrialPolicy(NamedTuple):
    """What decides about the trials of a picture.

    Parameters
    ----------
    is_smooth : bool
        Whether it is a gradient.
    has_few_colors : bool
        Whether its colours are as few as those of a drawing.
    is_gradient_of_many : bool
        Whether it is a gradient of more colours that is worth long trials.
    most_tried : int
        Entries up to which weights are tried.
    """

    is_smooth: bool
    has_few_colors: bool
    is_gradient_of_many: bool
    most_tried: int

    @classmethod
    def of(cls, histogram: Histogram, settings: Settings, *, is_smooth: bool) -> "TrialPolicy":
        """Return the policy for the histogram of a picture, smooth or not.

        Effort fast does not dither gradients, and a target needs palettes of many sizes, along which bytes
        fall evenly; so neither gets long trials.
        """
        has_few_colors = len(histogram) <= _FEW_COLORS
        is_worth_it = is_smooth and settings.effort != "fast" and not settings.has_target
        is_gradient_of_many = is_worth_it and not has_few_colors
        is_photograph = not (is_smooth or has_few_colors or (histogram.alpha_kinds == PARTIAL).any())
        tries_all = is_gradient_of_many or (is_photograph and settings.quality is not None)
        most_tried = MAX_K if tries_all else _MOST_TRIED[settings.effort]
        return cls(is_smooth, has_few_colors, is_gradient_of_many, most_tried)

    def is_drawn(self, k: int) -> bool:
        """Return whether a palette of k colours gets the trials of drawings.

        Examples
        --------
        >>> [TrialPolicy(True, False, True, 256).is_drawn(k) for k in (16, 17)]
        [True, False]
        """
        return self.has_few_colors or (self.is_gradient_of_many and k <= MOST_ENTRIES_CHOSEN)
