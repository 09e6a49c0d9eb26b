"""The palette entry nearest to a point, by comparing all."""

import numpy as np
from numpy.typing import NDArray


class PaletteSearch:
    """Entries (k, d), and their search."""

    def __init__(self, palette: NDArray[np.int16]) -> None:
        """Index the palette entries."""
        self.entries = palette.astype(np.int64)

    def nearest(self, targets: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the nearest entry of each target (..., d); ties go to the lowest."""
        differences = targets[..., None, :] - self.entries
        return np.asarray((differences * differences).sum(axis=-1).argmin(axis=-1))
