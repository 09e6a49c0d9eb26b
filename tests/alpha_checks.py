"""Checks of alpha for several tests."""

import numpy as np
from numpy.typing import NDArray

from kalette.color import PARTIAL, alpha_kinds
from kalette.types import Pixels


def require_clear_and_opaque_to_stay(shown: NDArray[np.uint8], original: Pixels) -> None:
    """Clear pixels stay clear and opaque ones opaque; partly clear ones may take any entry."""
    before, after = (alpha_kinds(each.reshape(-1, each.shape[-1])) for each in (original, shown))
    np.testing.assert_array_equal(after[before != PARTIAL], before[before != PARTIAL])
