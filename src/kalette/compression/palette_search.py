"""Palettes of one picture for any k, with what the picture itself decides about the search."""

from functools import cached_property
from typing import TYPE_CHECKING

from kalette.clustering import Histogram
from kalette.color import PARTIAL
from kalette.compression.constraints import Constraints
from kalette.compression.palette import Emphasis, FoundPalette, find_palette
from kalette.compression.rendering import Renderer
from kalette.compression.trial_policy import TrialPolicy
from kalette.mapping import CubeVisibility, visibility_of

if TYPE_CHECKING:
    from kalette.compression.weight_trials import WeightTrials


class PaletteSearch:
    """The search for palettes of a picture; each is found once.

    In Oklab colours weigh more where their errors show: by the activity around them, and up to 128 colours,
    or 256 with effort best, in photographs for a quality and in some gradients, by the errors of palettes
    that are tried.

    Parameters
    ----------
    renderer : Renderer
        Renderer of the picture; of its settings space, effort and the K-Means options are used.
    constraints : Constraints
        Fixed and kept colours.
    is_smooth : bool
        Whether it is a gradient, whose bands differ in lightness: then chroma is not stretched, and activity
        does not count.

    Examples
    --------
    >>> import numpy as np
    >>> from kalette.compression.picture import Picture
    >>> from kalette.types import Settings
    >>> picture = Picture(np.array([[[200, 200, 200], [9, 9, 9]]], np.uint8), "the array")
    >>> search = PaletteSearch(Renderer(picture, Settings()), Constraints.of(Settings()))
    >>> search.palette(2).colors.tolist()
    [[9, 9, 9], [200, 200, 200]]
    """

    def __init__(self, renderer: Renderer, constraints: Constraints, *, is_smooth: bool = False) -> None:
        """Store the picture; nothing is searched yet."""
        self._renderer, self._constraints, self._is_smooth = renderer, constraints, is_smooth
        self._settings, self._run = renderer.settings, renderer.run
        self._palettes: dict[int, FoundPalette] = {}

    def palette(self, k: int) -> FoundPalette:
        """Return the palette of at most k colours."""
        if k not in self._palettes:
            emphasis = self._emphasis(k)
            self._palettes[k] = find_palette(
                self._histogram, self._constraints, self._settings, k, emphasis=emphasis, run=self._run
            )
        return self._palettes[k]

    def _emphasis(self, k: int) -> Emphasis:
        if not self._is_free(k):
            return Emphasis(not self._is_smooth)
        if self._is_tried(k):
            return self._trials.best(k)
        if self._visibility is None:
            return Emphasis(not self._is_smooth)
        return Emphasis(not self._is_smooth, visibility=self._visibility.of(self._histogram.colors))

    @property
    def _histogram(self) -> Histogram:
        return self._renderer.picture.count(run=self._run)

    @cached_property
    def _policy(self) -> TrialPolicy:
        return TrialPolicy.of(self._histogram, self._settings, is_smooth=self._is_smooth)

    @cached_property
    def _trials(self) -> "WeightTrials":
        from kalette.compression.weight_trials import WeightTrials

        return WeightTrials(
            self._renderer,
            self._constraints,
            self._policy,
            visibility=self._visibility,
        )

    @cached_property
    def _visibility(self) -> CubeVisibility | None:
        # Icons and shadows lose by visibility: all of them is edges or smooth.
        if self._is_smooth or (self._histogram.alpha_kinds == PARTIAL).any():
            return None
        return visibility_of(self._renderer.in_oklab)

    def _is_free(self, k: int) -> bool:
        """Return whether weights may follow the eye: not those of textbooks, nor without a search."""
        given = (
            self._settings.plain_lloyd or self._settings.working_space == "srgb" or self._constraints.fixed
        )
        return not given and len(self._constraints.colors) < k < len(self._histogram)

    def _is_tried(self, k: int) -> bool:
        """Return whether weights are tried: not for a floor, as PSNR and SSIM do not blur."""
        return not self._settings.has_floor and k <= self._policy.most_tried
