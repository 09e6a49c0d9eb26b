"""Trellis search over literals and near matches: sets up the costs, and writes each row's cheapest path."""

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.bit_costs import (
    ENTRY_EXTENSION,
    WINDOW,
    distance_bits,
    length_bits,
    literal_bits,
)
from kalette.kernels.reference.diffusion import Diffusion, WeightedPixels
from kalette.kernels.reference.near_match_row import LEFT, LITERAL, UP, Costs, NearMatchSearch, Step


class NearMatchTrellis:
    """Maps each row by the cheapest path through its trellis."""

    def __init__(self, pixels: WeightedPixels, palette: NDArray[np.int16], multiplier: int) -> None:
        """Start before the first row."""
        self.diffusion = Diffusion(pixels, palette)
        self.set_costs(multiplier, len(palette))

    def run(self) -> NDArray[np.uint8]:
        """Return the entries of all pixels."""
        for y in range(self.diffusion.height):
            self.diffusion.begin_row(y)
            self.map_row()
            self.diffusion.end_row(lambda x, _: int(self.diffusion.row[x]))
        return self.diffusion.indices

    def set_costs(self, multiplier: int, k: int) -> None:
        """Set the costs of literals and matches, for a palette of k entries."""
        stride = self.diffusion.width + 1  # each row begins with a byte for its filter
        backs = (UP * stride + LEFT).tolist()
        bits = [distance_bits(back) + length_bits(1) if 1 <= back <= WINDOW else np.inf for back in backs]
        self.costs = Costs(
            start=np.array([multiplier * each for each in bits], np.float32),
            extension=np.float32(multiplier * ENTRY_EXTENSION),
            literal=np.float32(multiplier * literal_bits(k)),
        )

    def map_row(self) -> None:
        """Search the row, then write its cheapest path."""
        self.trace_back(NearMatchSearch(self.diffusion, self.costs).run())

    def trace_back(self, steps: list[Step]) -> None:
        """Follow the cheapest path back from the end of the row, then write its entries left to right."""
        path, end = [], self.diffusion.width
        while end > 0:
            path.append(end)
            end = steps[end - 1].start
        y, indices = self.diffusion.y, self.diffusion.indices
        for end in reversed(path):
            step = steps[end - 1]
            for x in range(step.start, end):
                if step.match == LITERAL:
                    indices[y, x] = step.entry
                else:
                    indices[y, x] = indices[y - UP[step.match], x - LEFT[step.match]]
