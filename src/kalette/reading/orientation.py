"""EXIF orientation."""

from typing import Any

from PIL import Image

from kalette.reading.decoding_errors import one_line

_TAG = 0x0112
_UPRIGHT = 1
_TRANSPOSITIONS = {  # EXIF 2.32, 4.6.4
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TURNS = frozenset(_TRANSPOSITIONS[orientation] for orientation in (5, 6, 7, 8))
"""Transpositions that make rows columns."""


def transposition_of(image: Image.Image) -> tuple[Image.Transpose | None, tuple[str, ...]]:
    """Return the transposition that makes an image upright (None: none), and a note if its EXIF is damaged.

    Parameters
    ----------
    image : PIL.Image.Image
        An image with the metadata of its file.

    Examples
    --------
    >>> transposition_of(Image.new("L", (1, 1)))
    (None, ())
    """
    try:
        orientation: Any = image.getexif().get(_TAG, _UPRIGHT)
        return _TRANSPOSITIONS.get(int(orientation)), ()
    # Pillow raises many kinds of exception for damaged EXIF, which the pixels do not need.
    except Exception as error:
        return None, (f"its EXIF is damaged ({one_line(error)}), so it is not turned",)
