"""Constraints on a palette: a fixed one, or colours that it must keep."""

from dataclasses import dataclass, replace

import numpy as np

from kalette.clustering import Histogram
from kalette.color import KIND_NAMES, PARTIAL, alpha_kinds, kinds_present, with_alpha
from kalette.kernels import z_keys
from kalette.types import Palette, PaletteError, Settings, channels_of, listed


@dataclass(frozen=True, eq=False)
class Constraints:
    """Colours that a palette must hold.

    Parameters
    ----------
    colors : ndarray
        (m, 3 or 4) uint8, with m = 0 if there are none; with alpha only if some are not opaque.
    fixed : bool
        Whether they are the whole palette, in its order.
    """

    colors: Palette
    fixed: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Constraints":
        """Return the constraints of the settings.

        Examples
        --------
        >>> Constraints.of(Settings(keep_colors=("#ff8000",))).colors.tolist()
        [[255, 128, 0]]
        """
        codes = settings.palette or settings.keep_colors
        colors = np.array([channels_of(code) for code in codes], np.uint8).reshape(-1, 4)
        opaque = bool((colors[:, 3] == 255).all())
        return cls(colors[:, :3] if opaque else colors, settings.palette is not None)

    def with_channels(self, channels: int) -> "Constraints":
        """Return the constraints with at least so many channels; alpha is added, never dropped."""
        if channels == self.colors.shape[1] or channels == 3:
            return self
        return replace(self, colors=with_alpha(self.colors))

    @property
    def has_alpha(self) -> bool:
        """Whether some colour is not opaque."""
        return bool(self.colors.shape[1] == 4)

    @property
    def forbids_partial_alpha(self) -> bool:
        """Whether a fixed palette has no partly clear entry."""
        return self.fixed and PARTIAL not in kinds_present(alpha_kinds(self.colors))

    def with_colors_of(self, histogram: Histogram) -> Palette:
        """Return the colours, followed by the other colours of the image.

        Examples
        --------
        >>> from kalette.clustering import count
        >>> two = count(np.array([[[1, 2, 3], [9, 9, 9]]], np.uint8))
        >>> Constraints(np.array([[9, 9, 9]], np.uint8)).with_colors_of(two).tolist()
        [[9, 9, 9], [1, 2, 3]]
        """
        if len(self.colors) == 0:
            return histogram.colors
        others = ~np.isin(z_keys(histogram.colors), z_keys(self.colors))
        return np.concatenate([self.colors, histogram.colors[others]])

    def lossless_palette(self, histogram: Histogram, k: int) -> Palette | None:
        """Return the colours followed by those of the image; None if they are more than k.

        Examples
        --------
        >>> from kalette.clustering import count
        >>> two = count(np.array([[[1, 2, 3], [9, 9, 9]]], np.uint8))
        >>> Constraints(np.array([[0, 0, 0]], np.uint8)).lossless_palette(two, 2) is None
        True
        """
        if len(histogram) > k or not histogram.is_exact:
            return None
        palette = self.with_colors_of(histogram)
        return palette if len(palette) <= k else None

    def least_k(self, histogram: Histogram) -> int:
        """Return the least k: the colours, and one entry for each other kind of alpha.

        Examples
        --------
        >>> from kalette.clustering import count
        >>> clear_and_opaque = count(np.array([[[0, 0, 0, 0], [5, 5, 5, 255]]], np.uint8))
        >>> Constraints(np.array([[9, 9, 9, 255]], np.uint8)).least_k(clear_and_opaque)
        2
        """
        return len(self.colors) + len(self._missing_kinds(histogram))

    def require_room(self, histogram: Histogram, k: int) -> None:
        """Raise for k below `least_k`.

        Raises
        ------
        PaletteError
            With the least k.
        """
        missing = self._missing_kinds(histogram)
        least = len(self.colors) + len(missing)
        if least > k:
            kinds = listed(missing)
            kept = f" besides {len(self.colors)} colours to keep" if len(self.colors) else ""
            raise PaletteError(
                f"k is {k}, but the picture has {kinds} pixels{kept}; it needs k of at least {least}"
            )

    def require_all_kinds(self, histogram: Histogram) -> None:
        """Raise for a fixed palette that lacks a kind of alpha of the image.

        Raises
        ------
        PaletteError
            With the missing kind of alpha, and the way out.
        """
        for name in self._missing_kinds(histogram):
            way_out = "add #00000000 to it or flatten the picture"
            if name != "clear":
                way_out = f"add an {name} colour to it"
            raise PaletteError(
                f"the picture has {name} pixels, but the fixed palette has no {name} entry; {way_out}"
            )

    def _missing_kinds(self, histogram: Histogram) -> list[str]:
        present = kinds_present(alpha_kinds(self.colors))
        return [KIND_NAMES[kind] for kind in kinds_present(histogram.alpha_kinds) if kind not in present]
