"""Decoding through Pillow: within limits, and completely unless a truncated file is allowed."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from kalette.reading import heif, isobmff, png
from kalette.reading.decoding_errors import damaged, decoding_errors
from kalette.reading.loading import (
    Decoded,
    EncodedFile,
    loaded,
    number_of_frames,
    open_checked,
    require_all_strips,
    require_one_frame,
)
from kalette.reading.opening import known_format, open_file, open_header
from kalette.reading.png_deep import deep_raster
from kalette.reading.raster import Raster
from kalette.reading.raw import is_raw
from kalette.reading.structure import examine, png_rows_missing
from kalette.types import UNLIMITED, DamagedError, Limits

_JPEG_EOI = b"\xff\xd9"
_ONES = b"\xff\0" * 8  # 64 one bits, byte-stuffed: the start of no Huffman code


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
    file = EncodedFile(data, file_format, structure, name, first_frame, limits, threads)
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
        require_one_frame(image, frames, name, first_frame, limits)
        if frames > 1:
            image.seek(0)
    try:
        with decoding_errors(name):
            return Decoded(loaded(image))
    except DamagedError as error:
        if not limits.allow_truncated:
            raise
        return _decode_partially(lambda: Decoded(loaded(image, partial=True)), name, error)


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
        return number_of_frames(image, structure)


def _decode_whole(file: EncodedFile) -> Decoded:
    """Decode; raise when rows are missing."""
    if file.structure.fault:
        raise damaged(file.name, file.structure.fault)
    raster = _own_raster(file.data, file.threads) if file.format == "PNG" else None
    if raster is not None:
        head = open_header(png.without_pixels(file.data), file.format, file.name)
        return Decoded(loaded(head), raster=raster, cicp=png.color_codes(file.data))
    return _decode_beyond_pillow(file) or _decode_by_pillow(file)


def _decode_beyond_pillow(file: EncodedFile, *, partial: bool = False) -> Decoded | None:
    if file.format not in ("TIFF", "BMP"):
        return None
    from kalette.reading.beyond_pillow import decode_beyond_pillow

    return decode_beyond_pillow(file, partial=partial)


def _decode_by_pillow(file: EncodedFile) -> Decoded:
    image = open_checked(file._replace(data=_without_trailing_bytes(file)))
    if file.format in ("AVIF", "HEIF"):
        return _decode_boxed(file, image)
    if file.format == "TIFF":
        require_all_strips(image, file.name, file.limits)
    tiles = list(getattr(image, "tile", ()))
    whole = loaded(image)
    if file.format == "PNG" and _may_lack_rows(image, tiles) and png_rows_missing(file.data):
        raise damaged(file.name, "its last rows are missing")
    if file.format == "TIFF":
        from kalette.reading.tiff import exif_directories

        return Decoded(whole, directories=exif_directories(file.data))
    if file.format != "PNG":
        return Decoded(whole)
    return Decoded(whole, raster=deep_raster(file.data), cicp=png.color_codes(file.data))


def _own_raster(data: bytes, threads: int) -> Raster | None:
    """Decode a PNG without Pillow, where that is faster or keeps 16 bits; None for others and animations."""
    pixels = png.true_color_pixels(data, threads=threads)
    if pixels is not None:
        return Raster(pixels, "RGB")
    return None if png.is_animated(data) else deep_raster(data)


def _decode_boxed(file: EncodedFile, image: Image.Image) -> Decoded:
    """Decode an AVIF or HEIC; a profile counts before colour codes (23008-12, 6.5.5)."""
    cicp = box_colors(image, file.data)
    raster = heif.deep_raster(image, file.data) if file.format == "HEIF" else None
    return Decoded(image if raster else loaded(image), raster=raster, cicp=cicp)


def box_colors(image: Image.Image, data: bytes) -> bytes:
    """Return the colour codes of an AVIF or HEIC; none beside a profile."""
    return b"" if image.info.get("icc_profile") else isobmff.color_codes(data)


def _without_trailing_bytes(file: EncodedFile) -> bytes:
    """Cut a JPEG after its single scan, so that libjpeg reports a scan that ends early.

    When a marker follows, libjpeg silently fills the missing blocks with grey. The appended one bits are
    for its look-ahead at the true end of the scan.
    """
    scan_end = file.structure.scan_end
    return file.data if scan_end is None else file.data[:scan_end] + _ONES


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


def _decode_rest(file: EncodedFile) -> Decoded:
    beyond_pillow = _decode_beyond_pillow(file, partial=True)
    return beyond_pillow or Decoded(loaded(open_checked(file), partial=True))


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
