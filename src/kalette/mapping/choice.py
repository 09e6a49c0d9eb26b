"""Which way pixels come to their palette entries."""

from kalette.arrays import Indices, Palette, Pixels
from kalette.mapping.masked import Masking, map_masked
from kalette.mapping.weighed import Weighing, map_weighed, weighing_for
from kalette.settings import Settings

Mapping = Weighing | Masking


def mapping_for(wanted: Settings, mean_loss: float, pixels: Pixels, dithering: float = 1.0) -> Mapping | None:
    """Return how settings ask for pixels to be mapped; None where each colour takes its nearest entry.

    Parameters
    ----------
    wanted : Settings
        Of which space, dithering, rate and effort matter.
    mean_loss : float
        Of the palette, over all pixels.
    pixels : ndarray
        (H, W, 3 or 4) uint8: the picture.
    dithering : float
        What is left of the strength of diffusion, 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> grey = np.full((4, 4, 3), 99, np.uint8)
    >>> mapping_for(Settings(dither="ordered"), 12.0, grey)
    Masking(space='oklab', mask='ordered', strength=1.0)
    >>> mapping_for(Settings(dither="none", rate=0.0), 12.0, grey) is None
    True
    """
    if wanted.dither in ("blue-noise", "ordered"):
        strength = 1.0 if wanted.dither_strength is None else wanted.dither_strength
        return Masking(wanted.working_space, wanted.dither, strength)
    weighing = weighing_for(wanted, mean_loss, pixels, dithering)
    return weighing if weighing.strength or weighing.bit_price else None


def map_pixels(pixels: Pixels, palette: Palette, mapping: Mapping, *, threads: int = 1) -> Indices:
    """Return each pixel's palette entry.

    Parameters
    ----------
    pixels : ndarray
        (H, W, 3 or 4) uint8.
    palette : ndarray
        (k, 3 or 4) uint8, of the same channels, k at most 256.
    mapping : Weighing or Masking
        How.
    threads : int
        At least 1; the result is the same for any number.

    Returns
    -------
    ndarray
        (H, W) uint8.

    Examples
    --------
    >>> import numpy as np
    >>> black_white = np.array([[0] * 3, [255] * 3], np.uint8)
    >>> map_pixels(np.full((1, 2, 3), 100, np.uint8), black_white, Masking("srgb", "ordered")).tolist()
    [[1, 0]]
    """
    if isinstance(mapping, Masking):
        return map_masked(pixels, palette, mapping, threads=threads)
    return map_weighed(pixels, palette, mapping, threads=threads)
