"""Rendering: mapping a picture to a palette."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kalette.color import Space, with_alpha
from kalette.compression.palette import FoundPalette
from kalette.compression.picture import Picture
from kalette.mapping import (
    PerceptualPixels,
    exact_labels,
    map_labels,
    map_pixels,
    nearest_labels,
    policy_for,
    saving_for_size,
)
from kalette.types import ONE_THREAD, Indexed, Indices, Palette, Run, Settings
from kalette.writing import by_luma

_VALUES_AT_A_TIME = 1 << 18  # per strip, since NumPy widens them to eight bytes


@dataclass(frozen=True, eq=False)
class Renderer:
    """Renders one picture any number of times, with shared data computed once.

    Parameters
    ----------
    picture : Picture
        Picture adapted to format and constraints.
    settings : Settings
        Dithering and effort are used.
    run : Run
        Threads.
    """

    picture: Picture
    settings: Settings
    run: Run = ONE_THREAD

    def render(self, found: FoundPalette, *, rate: float, dithering: float = 1.0) -> Indexed:
        """Map the picture to palette entries.

        A picture whose colours are all in the palette, even if that was found for others too, is mapped
        without loss. Entries are sorted by luma and unused ones dropped, except reserved ones. A fixed
        palette stays complete and in its order.

        Parameters
        ----------
        found : FoundPalette
            The palette, in the channels of the picture.
        rate : float
            Quality/size trade-off, 0 to 1.
        dithering : float
            Factor of the dithering strengths, which stay at most 1, besides that of the palette.

        Examples
        --------
        >>> from kalette.compression.constraints import Constraints
        >>> from kalette.compression.palette import find_palette
        >>> picture = Picture(np.array([[[200, 200, 200], [9, 9, 9]]], np.uint8), "the array")
        >>> found = find_palette(picture.histogram, Constraints.of(Settings()), Settings(), 2)
        >>> Renderer(picture, Settings()).render(found, rate=0.0).indices.tolist()
        [[1, 0]]
        """
        return self._padded(self._mapped(found, self._order(found), rate=rate, dithering=dithering))

    def _order(self, found: FoundPalette) -> NDArray[np.intp]:
        if found.is_fixed:
            return np.arange(len(found))
        order = by_luma(found.colors)
        # The clear entry is the first reserved colour.
        return np.concatenate([[0], order[order != 0]]) if self.settings.clear_first else order

    def _padded(self, indexed: Indexed) -> Indexed:
        palette, missing = indexed.palette, (self.settings.pad_palette or 0) - len(indexed.palette)
        if missing <= 0:
            return indexed
        black = with_alpha(np.zeros((missing, 3), np.uint8))[:, : palette.shape[1]]
        return _read_only(np.concatenate([palette, black]), indexed.indices)

    def _mapped(
        self, found: FoundPalette, order: NDArray[np.intp], *, rate: float, dithering: float
    ) -> Indexed:
        palette, stays = found.colors[order], order < found.reserved
        histogram = self.picture.count(run=self.run)
        exact = exact_labels(histogram.colors, palette)
        if exact is not None:
            return _read_only(palette, self._map_labels(exact))
        image = self._perceptual(found)
        saving = saving_for_size(image.pixel_count)
        dithering *= found.dithering
        policy = policy_for(
            self.settings, image, found.mean_loss, rate=rate, dithering=dithering, saving=saving
        )
        if policy is not None:
            indices = map_pixels(image, palette, policy, run=self.run)
            return _read_only(*_without_unused(palette, indices, stays))
        labels = nearest_labels(histogram.colors, palette, found.space, run=self.run)
        palette, labels = _without_unused(palette, labels, stays)
        return _read_only(palette, self._map_labels(labels))

    def _map_labels(self, labels: NDArray[np.uint8]) -> Indices:
        colors = self.picture.count(run=self.run).colors
        return map_labels(self.picture.pixels, colors, labels, run=self.run)

    def _perceptual(self, found: FoundPalette) -> PerceptualPixels:
        return self.in_oklab if found.space == "oklab" else self._in_srgb

    @cached_property
    def _in_srgb(self) -> PerceptualPixels:
        return self._in_space("srgb")

    @cached_property
    def in_oklab(self) -> PerceptualPixels:
        """The picture in Oklab."""
        return self._in_space("oklab")

    def _in_space(self, space: Space) -> PerceptualPixels:
        return PerceptualPixels(self.picture.pixels, space, reused=self.settings.has_target, run=self.run)


def render(
    picture: Picture,
    found: FoundPalette,
    settings: Settings,
    *,
    rate: float,
    run: Run = ONE_THREAD,
) -> Indexed:
    """Map a picture to a palette, like `Renderer.render`.

    Examples
    --------
    >>> from kalette.compression.constraints import Constraints
    >>> from kalette.compression.palette import find_palette
    >>> picture = Picture(np.array([[[200, 200, 200], [9, 9, 9]]], np.uint8), "the array")
    >>> found = find_palette(picture.histogram, Constraints.of(Settings()), Settings(), 2)
    >>> render(picture, found, Settings(), rate=0.0).palette.tolist()
    [[9, 9, 9], [200, 200, 200]]
    """
    return Renderer(picture, settings, run).render(found, rate=rate)


def _without_unused(
    palette: Palette, entries: NDArray[np.uint8], stays: NDArray[np.bool_]
) -> tuple[Palette, NDArray[np.uint8]]:
    """Drop palette entries that are neither used nor reserved, and renumber the rest."""
    used, flat = stays.copy(), entries.ravel()
    for begin in range(0, flat.size, _VALUES_AT_A_TIME):  # most images show all entries early
        used |= np.bincount(flat[begin : begin + _VALUES_AT_A_TIME], minlength=len(palette)) > 0
        if used.all():
            return palette, entries
    new_place = (np.cumsum(used) - 1).astype(np.uint8)
    return palette[used], new_place[entries]


def _read_only(palette: Palette, indices: Indices) -> Indexed:
    """Return an `Indexed` with read-only arrays, which stay consistent with the encoded file."""
    arrays = palette.view(), indices.view()
    for array in arrays:
        array.setflags(write=False)
    return Indexed(*arrays)
