"""TIFFs and BMPs of kinds that Pillow does not read rightly."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kalette.reading import bmp, tiff
from kalette.reading.loading import (
    Decoded,
    EncodedFile,
    loaded,
    open_checked,
    require_all_strips,
    require_one_frame,
    with_pixels,
)
from kalette.reading.opening import open_header


def decode_beyond_pillow(file: EncodedFile, *, partial: bool = False) -> Decoded | None:
    """Decode a TIFF or BMP, or what is left of it; None if Pillow reads it rightly."""
    if file.format == "TIFF":
        layout = tiff.layout_of(file.data, file.name)
        return None if layout is None else _decode_tiff(file, layout, partial=partial)
    header = bmp.header_of(file.data, file.name)
    return None if header is None else _decode_bmp(file, header, partial=partial)


def _decode_tiff(file: EncodedFile, layout: tiff.Layout, *, partial: bool = False) -> Decoded:
    """Decode a TIFF of a kind that Pillow does not read rightly; Pillow decompresses its bytes."""
    require_one_frame(layout, file.structure.frames, file.name, file.first_frame, file.limits)
    if layout.tile:
        file.limits.require_size(file.name, *layout.tile)

    def grey(data: bytes) -> NDArray[np.uint8]:
        image = with_pixels(open_header(data, "TIFF", file.name))
        if not partial:
            require_all_strips(image, file.name, file.limits)
        return np.asarray(loaded(image, partial=partial))

    head = open_header(tiff.metadata_file(layout), file.format, file.name)
    raster = tiff.raster_of(layout, grey, file.name)
    return Decoded(head, raster=raster, directories=tiff.exif_directories(file.data))


def _decode_bmp(file: EncodedFile, header: bmp.Header, *, partial: bool = False) -> Decoded:
    file.limits.require_size(file.name, header.width, header.height)
    info, notes = bmp.information(file.data, header)
    raster = bmp.raster_of(file.data, header, partial=partial)
    image = Image.new("RGB", (1, 1)) if raster else loaded(open_checked(file), partial=partial)
    image.info.update(info)
    return Decoded(image, notes, raster)
