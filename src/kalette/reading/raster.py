"""Decoded samples before they become pixels: any depth, colour model and encoding."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kalette.color import Samples
from kalette.reading.arrays import in_bytes

Model = Literal["L", "RGB", "CMYK"]
"""Colour model, as Pillow names it."""

_CHANNELS = {"L": 1, "RGB": 3, "CMYK": 4}


@dataclass(frozen=True, eq=False)
class Raster:
    """Samples as a file stores them.

    Parameters
    ----------
    samples : ndarray
        (H, W, channels) uint8 or uint16; alpha is the last channel where the model has one less.
    model : {"L", "RGB", "CMYK"}
        Colour model of the other channels.

    Examples
    --------
    >>> grey_and_alpha = Raster(np.array([[[65535, 65280]]], np.uint16), "L")
    >>> grey_and_alpha.colors.shape, grey_and_alpha.alpha.tolist()
    ((1, 1, 1), [[[254]]])
    """

    samples: Samples
    model: Model

    @property
    def colors(self) -> Samples:
        """Samples without alpha, (H, W, 1, 3 or 4)."""
        return self.samples[..., : _CHANNELS[self.model]]

    @property
    def alpha(self) -> NDArray[np.uint8]:
        """Alpha in bytes, (H, W, 1); without any, (H, W, 0)."""
        return in_bytes(self.samples[..., _CHANNELS[self.model] :])
