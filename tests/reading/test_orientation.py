"""EXIF orientation."""

import numpy as np
import pytest
from PIL import Image

from hostile.parts import saved
from kalette.reading.images import read


def turned_by_hand(orientation: int) -> list[list[int]]:
    """The rows 1 2 3 / 4 5 6 as displayed with each orientation (EXIF 2.32, 4.6.4)."""
    return {
        1: [[1, 2, 3], [4, 5, 6]],
        2: [[3, 2, 1], [6, 5, 4]],
        3: [[6, 5, 4], [3, 2, 1]],
        4: [[4, 5, 6], [1, 2, 3]],
        5: [[1, 4], [2, 5], [3, 6]],
        6: [[4, 1], [5, 2], [6, 3]],
        7: [[6, 3], [5, 2], [4, 1]],
        8: [[3, 6], [2, 5], [1, 4]],
    }[orientation]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
def test_exif_orientation_is_applied(orientation, file_format):
    image = Image.fromarray(np.array([[1, 2, 3], [4, 5, 6]], np.uint8).repeat(3).reshape(2, 3, 3))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if file_format == "WEBP" else {}
    pixels = read(saved(image, file_format, exif=exif, **options)).pixels
    assert pixels[..., 0].tolist() == turned_by_hand(orientation)
