"""Decoding through Pillow: within limits, and completely unless a truncated file is allowed."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kalette.reading import bmp, heif, isobmff, png
from kalette.reading.decoding_errors import damaged, decoding_errors
from kalette.reading.opening import known_format, open_file, open_header
from kalette.reading.png_deep import deep_raster
from kalette.reading.raster import Raster
from kalette.reading.raw import is_raw
from kalette.reading.structure import Structure, examine, png_rows_missing
from kalette.reading.tiff import Layout, exif_directories, layout_of, metadata_file, raster_of
from kalette.types import UNLIMITED, AnimationError, DamagedError, Limits, ReadError

_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
_JPEG_EOI = b"\xff\xd9"
_ONES = b"\xff\0" * 8  # 64 one bits, byte-stuffed: the start of no Huffman code
_COUNTED = ("GIF", "TIFF", "AVIF", "HEIF")  # by their structure
_MAX_RLE_PIXELS = 16_000_000
_TILE_WIDTH, _TILE_LENGTH, _PLANAR = 322, 323, 284


class Decoded(NamedTuple):
    """A decoded file.

    Parameters
    ----------
    image : PIL.Image.Image
        The image; its metadata alone when `raster` is given.
    notes : tuple of str
        What the user should know.
    raster : Raster or None
        The samples, where Kalette decodes them itself.
    cicp : bytes
        Colour codes of the file, which Pillow leaves out; empty without.
    directories : frozenset of int
        Tags of the directories of EXIF and GPS in a TIFF, which the image may lack.
    """

    image: Image.Image
    notes: tuple[str, ...] = ()
    raster: Raster | None = None
    cicp: bytes = b""
    directories: frozenset[int] = frozenset()


class _File(NamedTuple):
    """A file with the options for decoding it."""

    data: bytes
    format: str
    structure: Structure
    name: str
    first_frame: bool
    limits: Limits
    threads: int


def decode_file(
    data: bytes, name: str, *, first_frame: bool = False, limits: Limits = UNLIMITED, threads: int = 1
) -> Decoded:
    """Decode the image in a file.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        Name of the file in messages.
    first_frame : bool
        Take the first frame of an animation, which is an error otherwise.
    limits : Limits
        Checked before memory is allocated.
    threads : int
        At least 1.

    Returns
    -------
    Decoded

    Raises
    ------
    LimitError
        When it exceeds a limit.
    DamagedError
        When it is damaged or truncated and `limits.allow_truncated` is false.
    ReadError
        When Kalette cannot read such a file.
    """
    limits.require_bytes(name, len(data))
    file_format = known_format(data, name)
    structure = examine(data, file_format, limits.max_frames)
    limits.require_frames(name, structure.frames)
    if structure.size:
        limits.require_size(name, *structure.size)
    file = _File(data, file_format, structure, name, first_frame, limits, threads)
    try:
        with decoding_errors(name):
            return _decode_whole(file)
    except DamagedError as error:
        if not limits.allow_truncated:
            raise
        terminated = file._replace(data=data + _JPEG_EOI) if file_format == "JPEG" else file
        return _decode_partially(lambda: _decode_rest(terminated), name, error)


def decode_open(image: Image.Image, name: str, *, first_frame: bool, limits: Limits) -> Decoded:
    """Decode an open Pillow image, with the rules of `decode_file`."""
    with decoding_errors(name):
        # MPO (stereo photographs): the first image only, like any JPEG reader.
        frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
        _require_one_frame(image, frames, name, first_frame, limits)
        if frames > 1:
            image.seek(0)
    try:
        with decoding_errors(name):
            return Decoded(_loaded(image))
    except DamagedError as error:
        if not limits.allow_truncated:
            raise
        return _decode_partially(lambda: Decoded(_loaded(image, partial=True)), name, error)


def frame_count(data: bytes) -> int:
    """Return the number of frames of a file that Kalette wrote; no frame is decoded.

    Examples
    --------
    >>> import kalette
    >>> frame_count(kalette.compress(kalette.sample_pixels(8, 8)).to_bytes())
    1
    """
    if is_raw(data):
        return 1
    file_format = known_format(data, "the file")
    structure = examine(data, file_format, UNLIMITED.max_frames)
    with open_file(data, file_format) as image:
        return _frame_count(image, structure)


def _decode_whole(file: _File) -> Decoded:
    """Decode; raise when rows are missing."""
    if file.structure.fault:
        raise damaged(file.name, file.structure.fault)
    raster = _own_raster(file.data, file.threads) if file.format == "PNG" else None
    if raster is not None:
        head = open_header(png.without_pixels(file.data), file.format, file.name)
        return Decoded(_loaded(head), raster=raster, cicp=png.color_codes(file.data))
    layout = layout_of(file.data, file.name) if file.format == "TIFF" else None
    if layout is not None:
        return _decode_tiff(file, layout)
    header = bmp.header_of(file.data, file.name) if file.format == "BMP" else None
    if header is not None:
        return _decode_bmp(file, header)
    return _decode_by_pillow(file)


def _decode_by_pillow(file: _File) -> Decoded:
    image = _open_checked(file._replace(data=_without_trailing_bytes(file)))
    if file.format in ("AVIF", "HEIF"):
        return _decode_boxed(file, image)
    if file.format == "TIFF":
        _require_all_strips(image, file.name, file.limits)
    tiles = list(getattr(image, "tile", ()))
    loaded = _loaded(image)
    if file.format == "PNG" and _may_lack_rows(image, tiles) and png_rows_missing(file.data):
        raise damaged(file.name, "its last rows are missing")
    if file.format == "TIFF":
        return Decoded(loaded, directories=exif_directories(file.data))
    if file.format != "PNG":
        return Decoded(loaded)
    return Decoded(loaded, raster=deep_raster(file.data), cicp=png.color_codes(file.data))


def _own_raster(data: bytes, threads: int) -> Raster | None:
    """Decode a PNG without Pillow, where that is faster or keeps 16 bits; None for others and animations."""
    pixels = png.true_color_pixels(data, threads=threads)
    if pixels is not None:
        return Raster(pixels, "RGB")
    return None if png.is_animated(data) else deep_raster(data)


def _decode_tiff(file: _File, layout: Layout, *, partial: bool = False) -> Decoded:
    """Decode a TIFF of a kind that Pillow does not read rightly; Pillow decompresses its bytes."""
    _require_one_frame(layout, file.structure.frames, file.name, file.first_frame, file.limits)
    if layout.tile:
        file.limits.require_size(file.name, *layout.tile)

    def grey(data: bytes) -> NDArray[np.uint8]:
        image = _with_pixels(open_header(data, "TIFF", file.name))
        if not partial:
            _require_all_strips(image, file.name, file.limits)
        return np.asarray(_loaded(image, partial=partial))

    head = open_header(metadata_file(layout), file.format, file.name)
    raster = raster_of(layout, grey, file.name)
    return Decoded(head, raster=raster, directories=exif_directories(file.data))


def _decode_bmp(file: _File, header: bmp.Header, *, partial: bool = False) -> Decoded:
    file.limits.require_size(file.name, header.width, header.height)
    info, notes = bmp.information(file.data, header)
    raster = bmp.raster_of(file.data, header, partial=partial)
    image = Image.new("RGB", (1, 1)) if raster else _loaded(_open_checked(file), partial=partial)
    image.info.update(info)
    return Decoded(image, notes, raster)


def _decode_boxed(file: _File, image: Image.Image) -> Decoded:
    """Decode an AVIF or HEIC; a profile counts before colour codes (23008-12, 6.5.5)."""
    cicp = box_colors(image, file.data)
    raster = heif.deep_raster(image, file.data) if file.format == "HEIF" else None
    return Decoded(image if raster else _loaded(image), raster=raster, cicp=cicp)


def box_colors(image: Image.Image, data: bytes) -> bytes:
    """Return the colour codes of an AVIF or HEIC; none beside a profile."""
    return b"" if image.info.get("icc_profile") else isobmff.color_codes(data)


def _open_checked(file: _File) -> Image.Image:
    """Open within the limits."""
    image = open_header(file.data, file.format, file.name)
    frames = _frame_count(image, file.structure)
    _require_one_frame(image, frames, file.name, file.first_frame, file.limits)
    if file.format == "BMP":
        _require_fast_rle(image, file.name)
    return _with_pixels(image) if file.format == "TIFF" else image


def _with_pixels(image: Image.Image) -> Image.Image:
    """Allocate the pixels of a TIFF here, since Pillow would apply its own limit."""
    image.im = Image.new(image.mode, getattr(image, "_tile_size", image.size), None).im
    return image


def _require_fast_rle(image: Any, name: str) -> None:
    """Refuse a large run-length encoded BMP: Pillow decodes runs in Python, which would take minutes."""
    pixels = image.size[0] * image.size[1]
    if image.tile[0][0] == "bmp_rle" and pixels > _MAX_RLE_PIXELS:
        raise ReadError(
            f"{name} is a BMP in run lengths with {pixels:,} pixels and of those at most "
            f"{_MAX_RLE_PIXELS:,} are read; save it as PNG first"
        )


def _frame_count(image: Image.Image, structure: Structure) -> int:
    """Return the number of frames; Pillow would decode all frames of a GIF or TIFF to count them.

    Of a HEIC with several pictures, the primary one is taken, as by any viewer.
    """
    return structure.frames if image.format in _COUNTED else getattr(image, "n_frames", 1)


def _without_trailing_bytes(file: _File) -> bytes:
    """Cut a JPEG after its single scan, so that libjpeg reports a scan that ends early.

    When a marker follows, libjpeg silently fills the missing blocks with grey. The appended one bits are
    for its look-ahead at the true end of the scan.
    """
    scan_end = file.structure.scan_end
    return file.data if scan_end is None else file.data[:scan_end] + _ONES


def _require_one_frame(
    image: Image.Image | Layout, frames: int, name: str, first_frame: bool, limits: Limits
) -> None:
    limits.require_frames(name, frames)
    counted = 1 if first_frame else frames
    limits.require_size(name, *image.size, frames=counted, instead="compress the first frame (--first-frame)")
    if frames > 1 and not first_frame and getattr(image, "format", None) in _ANIMATED:
        raise AnimationError(
            f"{name} has {frames} frames and one image is taken; animate it (kalette animate), or ask for "
            "the first frame (--first-frame)"
        )
    if frames > 1 and not first_frame:
        raise ReadError(
            f"{name} has {frames} frames and Kalette takes one; ask for the first (--first-frame)"
        )


def _require_all_strips(image: Any, name: str, limits: Limits) -> None:
    """Refuse a TIFF with missing strips, which Pillow leaves blank, or with oversized tiles."""
    if image.tile[0][0] == "libtiff":
        limits.require_size(name, image.tag_v2.get(_TILE_WIDTH, 1), image.tag_v2.get(_TILE_LENGTH, 1))
        return
    planes = len(image.getbands()) if image.tag_v2.get(_PLANAR) == 2 else 1
    filled = sum((x1 - x0) * (y1 - y0) for _, (x0, y0, x1, y1), *_ in image.tile)
    if filled < image.size[0] * image.size[1] * planes:
        raise damaged(name, "its last strips are missing")


def _decode_partially(decode_rest: Callable[[], Decoded], name: str, error: DamagedError) -> Decoded:
    """Decode what is left of a damaged file; the rest stays blank."""
    try:
        with decoding_errors(name):
            decoded = decode_rest()
            if not np.asarray(decoded.raster.samples if decoded.raster else decoded.image).any():
                raise damaged(name, "all of it is blank")
    except DamagedError as worse:
        raise DamagedError(
            f"{name} cannot be read, not even in part ({error.reason}); get it again"
        ) from worse
    note = f"it is not whole ({error.reason}); what could be decoded was taken, the rest is blank"
    return decoded._replace(notes=(note,))


def _decode_rest(file: _File) -> Decoded:
    layout = layout_of(file.data, file.name) if file.format == "TIFF" else None
    if layout is not None:
        return _decode_tiff(file, layout, partial=True)
    header = bmp.header_of(file.data, file.name) if file.format == "BMP" else None
    if header is not None:
        return _decode_bmp(file, header, partial=True)
    return Decoded(_loaded(_open_checked(file), partial=True))


def _loaded(image: Image.Image, *, partial: bool = False) -> Image.Image:
    key = _transparency_key(image)
    try:
        image.load()
    except Exception as error:
        if not partial or isinstance(error, MemoryError):
            raise
        _keep_partial(image)
    if image.format == "GIF":
        return _with_clear_margin(image)
    if key is None:
        return image
    image = image.copy()
    image.info["transparency"] = key
    return image


def _with_clear_margin(image: Any) -> Image.Image:
    """Clear what the first frame of a GIF leaves uncovered of its canvas; Pillow gives it entry 0."""
    left, top, right, bottom = image.dispose_extent
    uncovered = np.ones(image.size[::-1], bool)
    uncovered[top:bottom, left:right] = False
    canvas: Image.Image = image
    if not uncovered.any():
        return canvas
    pixels = np.array(image.convert("RGBA"))
    pixels[uncovered] = 0
    canvas = Image.fromarray(pixels)
    canvas.info = image.info
    return canvas


def _keep_partial(image: Any) -> None:
    """Keep the rows decoded so far as the complete image."""
    image.tile = []
    image.load()
    if image.format == "TIFF":
        image.load_end()  # applies the orientation


def _transparency_key(image: Image.Image) -> int | tuple[int, ...] | None:
    """Return the colour key of a PNG (tRNS) scaled to 8 bits where Pillow leaves it in the file's bit depth.

    None where Pillow's value is right.
    """
    tiles = getattr(image, "tile", None)  # Pillow's decoding jobs, with their raw modes
    key, raw_mode = image.info.get("transparency"), tiles[0][3] if tiles else None
    if isinstance(key, int) and raw_mode in ("L;2", "L;4"):
        return key * (85 if raw_mode == "L;2" else 17)
    return None


def _may_lack_rows(image: Image.Image, tiles: list[Any]) -> bool:
    """Return whether the last row is blank, as before decoding, or the image is interlaced."""
    width, height = image.size
    if [tile[1] for tile in tiles] != [(0, 0, width, height)]:
        return False  # an animation frame smaller than the canvas
    if image.info.get("interlace"):
        return True
    # `crop` would apply Pillow's process-wide size limit.
    last = image.resize((width, 1), Image.Resampling.NEAREST, (0, height - 1, width, height))
    return not np.asarray(last).any()
