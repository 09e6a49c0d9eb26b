"""A picture read and counted, once for however many palettes."""

import time
from dataclasses import dataclass

import numpy as np

from kalette import color, given, histogram, images
from kalette.arrays import ColorBytes, Palette, Pixels
from kalette.histogram import Cloud
from kalette.limits import DEFAULT_LIMITS, Limits
from kalette.settings import Settings

_CLEAR_BELOW = 128  # where alpha can only be all or nothing


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What every number of colours starts from.

    Parameters
    ----------
    source : SourceImage
        As read.
    pixels : ndarray
        (H, W, 3 or 4) uint8, as format and given colours can show them.
    colors : ndarray
        (N, 3 or 4) uint8: the distinct ones, along the Z-order curve.
    cloud : Cloud
        The same as weighted points.
    reserved : ndarray
        (m, 3 or 4) uint8: the colours that are given, of the same channels.
    notes : tuple of str
        What the user should know.
    seconds : float
        That reading and counting took.
    """

    source: images.SourceImage
    pixels: Pixels
    colors: ColorBytes
    cloud: Cloud
    reserved: Palette
    notes: tuple[str, ...]
    seconds: float


def prepare(
    source: images.Source,
    wanted: Settings,
    *,
    first_frame: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    threads: int = 1,
) -> Prepared:
    """Read an image and count its colours.

    Parameters
    ----------
    source : path, bytes, PIL.Image.Image or ndarray
        The image.
    wanted : Settings
        Of which format, space, given colours and metadata matter here; k does not.
    first_frame : bool
        Take the first frame of an animated file, which is refused otherwise.
    limits : Limits
        What a file may be at most.
    threads : int
        At least 1.

    Raises
    ------
    ReadError
        When it is no image that Kalette can read.

    Examples
    --------
    >>> prepare(np.zeros((2, 3, 3), np.uint8), Settings()).cloud.weights.tolist()
    [6.0]
    """
    started = time.perf_counter()
    image = images.read(source, first_frame=first_frame, limits=limits, keep_metadata=wanted.keep_metadata)
    pixels, reserved = given.matched(image.pixels, given.given_colors(wanted))
    pixels, notes = _representable(pixels, reserved, wanted)
    counted = histogram.count(pixels, threads=threads)
    cloud = histogram.cloud_of(counted, wanted.working_space, threads=threads)
    seconds = time.perf_counter() - started
    notes = image.notes + notes + (image.metadata.left_out(wanted.format) if image.metadata else ())
    return Prepared(image, pixels, counted.colors, cloud, reserved, notes, seconds)


def _representable(pixels: Pixels, reserved: Palette, wanted: Settings) -> tuple[Pixels, tuple[str, ...]]:
    """Return the pixels as they can be shown: clear ones black, part-clear ones only where possible."""
    if pixels.shape[2] == 3:
        return pixels, ()
    alpha = pixels[..., 3:]
    fixed = wanted.palette is not None and not (color.alpha_kinds(reserved) == color.PARTIAL).any()
    if wanted.format != "gif" and not fixed:
        return _without_hidden(pixels, wanted), ()
    solid = pixels.copy()
    solid[..., 3:] = np.where(alpha < _CLEAR_BELOW, np.uint8(0), np.uint8(255))
    partial = bool(((alpha > 0) & (alpha < 255)).any())
    knower = "the fixed palette" if fixed else "GIF"
    note = f"{knower} knows clear and opaque only: alpha below {_CLEAR_BELOW} became clear, the rest opaque"
    return _without_hidden(solid, wanted), (note,) if partial else ()


def _without_hidden(pixels: Pixels, wanted: Settings) -> Pixels:
    """Return the pixels, black under clear ones unless what is there is to be kept."""
    return pixels if wanted.keep_hidden else np.where(pixels[..., 3:] == 0, np.uint8(0), pixels)
