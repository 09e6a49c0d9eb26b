"""The order of palette entries."""

import numpy as np

from kalette.writing.palette_order import by_luma


def test_entries_are_ordered_from_partly_clear_to_opaque_and_from_dark_to_light():
    palette = np.array(
        [[255, 255, 255, 255], [0, 0, 0, 255], [0, 0, 255, 255], [9, 9, 9, 9], [0, 0, 0, 0]], np.uint8
    )
    assert by_luma(palette).tolist() == [3, 4, 1, 2, 0]
    assert by_luma(palette[:3, :3]).tolist() == [1, 2, 0]
