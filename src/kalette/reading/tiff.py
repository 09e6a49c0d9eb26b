"""TIFF beyond what Pillow reads rightly: any depth, float, planes apart, inverted, with extra samples.

Pillow's libtiff undoes the compression: it gets the same file, described as grey bytes. What the bytes mean
is decided here. Source: TIFF 6.0.
"""

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.color import Samples
from kalette.reading.raster import Model, Raster
from kalette.reading.tiff_directory import Directory, Tag, first_directory, with_tags
from kalette.reading.tiff_kinds import (
    CHANNELS,
    FLOAT,
    MODELS,
    PALETTE,
    RGB,
    WHITE_IS_ZERO,
    is_for_pillow,
    photometric,
    predictor,
    refusal,
)
from kalette.reading.tiff_samples import Packing, Values, scaled, unpacked
from kalette.types import ReadError

_PLACES = (Tag.STRIP_OFFSETS, Tag.STRIP_BYTES, Tag.TILE_OFFSETS, Tag.TILE_BYTES)
_SAMPLE_TAGS = {Tag.COLOR_MAP, Tag.EXTRA, Tag.FORMAT, Tag.PREDICTOR, Tag.PLANAR, Tag.INK_SET, Tag.FILL_ORDER}
_SAMPLE_TAGS |= {Tag.ROWS_PER_STRIP, Tag.TILE_WIDTH, Tag.TILE_LENGTH, *_PLACES}
_EXIF_AND_GPS = frozenset((34_665, 34_853))
_SUBDIRECTORIES = {330, 34_665, 34_853, 40_965}  # of other pictures, EXIF, GPS and interoperability
_GREY: dict[int, Sequence[int]] = {Tag.BITS: [8], Tag.CHANNELS: [1], Tag.PHOTOMETRIC: [1]}
_PREMULTIPLIED, _STRAIGHT = 1, 2
_NOT_COMPRESSED, _UNSIGNED = 1, 1

Grey = Callable[[bytes], NDArray[np.uint8]]
"""Decodes a TIFF of grey bytes."""


class Layout(NamedTuple):
    """What the tags of a TIFF say of its samples.

    Parameters
    ----------
    directory : Directory
    size : tuple of int
        Width and height.
    tile : tuple of int or None
        Width and height of a tile; None in strips.
    channels : int
        Samples of a pixel.
    photometric : int
        What the samples mean.
    is_planar : bool
        Each channel is stored on its own.
    extra : int
        Meaning of the first channel beyond the colours: 1 premultiplied alpha, 2 alpha, 0 nothing.
    packing : Packing
    """

    directory: Directory
    size: tuple[int, int]
    tile: tuple[int, int] | None
    channels: int
    photometric: int
    is_planar: bool
    extra: int
    packing: Packing

    @property
    def model(self) -> Model:
        """Colour model of the samples; that of the indices where there is a palette."""
        return MODELS[self.photometric]

    @property
    def used_channels(self) -> int:
        """Channels of colour, and alpha."""
        return CHANNELS[self.model] + (self.extra in (_PREMULTIPLIED, _STRAIGHT))


def layout_of(data: bytes, name: str) -> Layout | None:
    """Return the layout of a TIFF that Pillow does not read rightly; None for all that it does.

    Parameters
    ----------
    data : bytes
        A file that passed the container checks.
    name : str
        Name of the file in messages.

    Raises
    ------
    ReadError
        For a kind that Kalette does not read.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new("I;16", (3, 2)).save(file, "TIFF")
    >>> layout_of(file.getvalue(), "a.tif").packing
    Packing(bits=16, is_float=False, predictor=1, order='<')
    """
    try:
        directory = first_directory(data)
        reason = refusal(directory)
        if reason:
            raise ReadError(f"{name} is a TIFF with {reason}")
        if is_for_pillow(directory):
            return None
        return _layout(directory)
    except struct.error:
        return None  # Pillow says that it is damaged


def _layout(tags: Directory) -> Layout:
    colors, channels = photometric(tags), tags.number(Tag.CHANNELS, 1)
    beyond = channels - CHANNELS[MODELS[colors]]
    unmarked = (_STRAIGHT,) if colors == RGB and beyond == 1 else (0,)  # as Pillow and most viewers
    packing = Packing(
        tags.number(Tag.BITS, 1),
        tags.number(Tag.FORMAT, _UNSIGNED) == FLOAT,
        predictor(tags),
        "<" if tags.data.startswith(b"II") else ">",
    )
    tile = tags.number(Tag.TILE_WIDTH, 0), tags.number(Tag.TILE_LENGTH, 0)
    return Layout(
        tags,
        (tags.number(Tag.WIDTH, 0), tags.number(Tag.LENGTH, 0)),
        tile if Tag.TILE_OFFSETS in tags.entries else None,
        channels,
        colors,
        tags.number(Tag.PLANAR, 1) == 2 and channels > 1,
        tags.numbers(Tag.EXTRA, unmarked)[0] if beyond > 0 else 0,
        packing,
    )


def exif_directories(data: bytes) -> frozenset[int]:
    """Return the tags of the directories of EXIF and GPS that a TIFF has."""
    try:
        return _EXIF_AND_GPS.intersection(first_directory(data).entries)
    except struct.error:
        return frozenset()  # what is damaged is told where the pixels are decoded


def metadata_file(layout: Layout) -> bytes:
    """Return a TIFF of one pixel with the metadata of this one.

    The directories of EXIF and GPS in a BigTIFF, which only a BigTIFF can hold, are left out.
    """
    kept = set(layout.directory.entries) - _SAMPLE_TAGS
    if layout.directory.format.is_big:
        kept -= _SUBDIRECTORIES
    numbers = {
        **_GREY,
        Tag.WIDTH: [1],
        Tag.LENGTH: [1],
        Tag.COMPRESSION: [_NOT_COMPRESSED],
        Tag.STRIP_OFFSETS: [0],
    }
    return with_tags(layout.directory, {**numbers, Tag.STRIP_BYTES: [1]}, kept)


def raster_of(layout: Layout, grey: Grey, name: str) -> Raster:
    """Decode the samples.

    Parameters
    ----------
    layout : Layout
    grey : callable
        Decodes a TIFF of grey bytes.
    name : str
        Name of the file in messages.

    Returns
    -------
    Raster
        Channels beyond alpha are left out; premultiplied alpha is undone.

    Raises
    ------
    ReadError
        For floats outside of 0 to 1.
    """
    if layout.is_planar:
        planes = (grey(_grey_file(layout, 1, plane)) for plane in range(layout.used_channels))
        values = np.concatenate([_values(layout, plane, 1) for plane in planes], axis=2)
    else:
        values = _values(layout, grey(_grey_file(layout, layout.channels)), layout.channels)
        values = values[..., : layout.used_channels]
    if layout.photometric == PALETTE:
        return _from_palette(layout, values, name)
    samples = scaled(values, layout.packing.bits, name)
    if layout.photometric == WHITE_IS_ZERO:
        samples[..., :1] = np.iinfo(samples.dtype).max - samples[..., :1]
    return Raster(_straight(samples) if layout.extra == _PREMULTIPLIED else samples, layout.model)


def _grey_file(layout: Layout, channels: int, plane: int | None = None) -> bytes:
    """Return the file described as grey bytes, as many in a row as the channels have; or one plane of it."""
    tags, width = layout.directory, layout.size[0]
    numbers: dict[int, Sequence[int]] = {
        **_GREY,
        Tag.WIDTH: [layout.packing.row_bytes(width * channels)],
        Tag.LENGTH: [layout.size[1]],
    }
    if layout.tile:
        across = layout.packing.row_bytes(layout.tile[0] * channels)
        numbers |= {Tag.TILE_WIDTH: [across], Tag.WIDTH: [across * -(-width // layout.tile[0])]}
        numbers |= {Tag.TILE_LENGTH: [layout.tile[1]]}
    for tag in _PLACES:
        places = list(tags.numbers(tag))
        count = len(places) // layout.channels
        if places:
            numbers[tag] = places if plane is None else places[plane * count : (plane + 1) * count]
    return with_tags(tags, numbers, (Tag.COMPRESSION, Tag.FILL_ORDER, Tag.ROWS_PER_STRIP))


def _values(layout: Layout, grey: NDArray[np.uint8], channels: int) -> Values:
    """Return the samples of a picture of grey bytes, (H, W, channels)."""
    width, height = layout.size
    if layout.tile is None:
        return unpacked(np.ascontiguousarray(grey), layout.packing, width, channels)
    row_bytes = layout.packing.row_bytes(layout.tile[0] * channels)
    rows = np.ascontiguousarray(grey).reshape(-1, row_bytes)  # the rows of tiles, from left to right
    values = unpacked(rows, layout.packing, layout.tile[0], channels)
    return values.reshape(height, -1, channels)[:, :width]


def _from_palette(layout: Layout, values: Values, name: str) -> Raster:
    """Look the colours up; writers of 8 bits shift them to the high byte, or repeat them there, or do not."""
    bits = layout.packing.bits
    colors = np.array(layout.directory.numbers(Tag.COLOR_MAP), np.uint16)
    if colors.size != 3 << bits:
        raise ReadError(
            f"{name} is a TIFF with a palette of {colors.size // 3} colours; convert it to RGB first"
        )
    if colors.max() < 256:
        colors *= np.uint16(257)
    elif not (colors & 255).any():
        colors = colors // np.uint16(256) * np.uint16(257)
    samples = colors.reshape(3, -1).T[values[..., 0]]
    if layout.used_channels == 1:
        return Raster(samples, "RGB")
    alpha = scaled(values[..., 1:], bits, name).astype(np.uint16)
    return Raster(np.concatenate([samples, alpha * np.uint16(257) if bits <= 8 else alpha], axis=2), "RGB")


def _straight(samples: Samples) -> Samples:
    """Divide colours by their premultiplied alpha, rounded to the nearest."""
    most = int(np.iinfo(samples.dtype).max)
    straight = samples.copy()
    for row in straight:
        alpha = row[:, -1:].astype(np.float64)
        share = np.divide(most, alpha, out=np.zeros_like(alpha), where=alpha > 0)
        row[:, :-1] = np.minimum(np.rint(row[:, :-1] * share), most)
    return straight
