"""HEIC through pillow-heif, an extra: 8 bits as Pillow has them, more bits as samples of 16."""

import importlib.util
import io

import numpy as np
from PIL import Image

from kalette.reading.raster import Raster
from kalette.types import ReadError


def require_heif(name: str) -> None:
    """Raise one sentence that names the extra where it is missing."""
    if importlib.util.find_spec("pillow_heif") is None:
        raise ReadError(f"{name} is HEIC, which an extra reads; install it: pip install 'kalette[heif]'")


def open_heif(data: bytes) -> Image.Image:
    """Open a HEIC without decoding it."""
    import pillow_heif

    image: Image.Image = pillow_heif.HeifImageFile(io.BytesIO(data))
    return image


def deep_raster(image: Image.Image, data: bytes) -> Raster | None:
    """Decode the primary image of a HEIC of more than 8 bits; None for 8.

    Parameters
    ----------
    image : PIL.Image.Image
        The file, as `open_heif` opened it.
    data : bytes
        The whole file.

    Returns
    -------
    Raster or None
        uint16 samples, scaled from their depth to the full range and rounded to the nearest.
    """
    bits = image.info.get("bit_depth", 8)
    if bits <= 8:
        return None
    import pillow_heif

    file = pillow_heif.open_heif(data, convert_hdr_to_8bit=False)
    stored = np.asarray(file[file.primary_index]) >> np.uint16(16 - bits)  # it leaves the low bits empty
    samples = np.rint(stored.reshape(*stored.shape[:2], -1) * (65_535 / (2**bits - 1))).astype(np.uint16)
    return Raster(samples, "L" if samples.shape[2] < 3 else "RGB")
