"""Density: kept where the print size would change without it, and with --keep-metadata."""

import io
import zlib

import numpy as np
import pytest
from PIL import Image

from hostile.parts import chunk, header, picture, png, rows, saved
from kalette import compress
from kalette.reading.images import read
from kalette.reading.metadata import Metadata
from kalette.types import Format
from kalette.writing import encode

PRINTED = 11_811  # pixels per metre of 300 dpi


def density_in(data: bytes) -> tuple[int, int] | None:
    dpi = Image.open(io.BytesIO(data)).info.get("dpi")
    return dpi and tuple(round(number) for number in dpi)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF", "BMP"])
def test_a_density_for_print_is_kept(file_format):
    data = saved(picture(), file_format, dpi=(300, 300))
    assert density_in(compress(data, 16).to_bytes()) == (300, 300)


@pytest.mark.parametrize("dpi", [72, 96])
def test_a_density_of_screens_is_kept_with_the_metadata_alone(dpi):
    data = saved(picture(), "PNG", dpi=(dpi, dpi))
    assert density_in(compress(data, 16).to_bytes()) is None
    assert density_in(compress(data, 16, keep_metadata=True).to_bytes()) == (dpi, dpi)


def test_files_of_every_kind_of_png_carry_it(gradient):
    flat = (gradient // 128 * 128).astype(np.uint8)
    for image in (flat, gradient):
        data = saved(Image.fromarray(image), "PNG", dpi=(300, 300))
        for effort in ("fast", "balanced"):
            assert density_in(compress(data, effort=effort).to_bytes()) == (300, 300)


def test_a_turned_picture_has_a_turned_density():
    exif = Image.Exif()
    exif[0x0112] = 6
    source = read(saved(picture(), "JPEG", dpi=(300, 150), exif=exif))
    assert (source.density.x, source.density.y) == (PRINTED // 2 + 1, PRINTED)


def test_pixels_that_are_not_square_stay_so():
    shape = b"\0\0\0\2\0\0\0\1\0"
    data = png(header(24, 16), chunk(b"pHYs", shape), chunk(b"IDAT", zlib.compress(rows(picture()))))
    assert b"pHYs" + shape in compress(data, 16).to_bytes()


@pytest.mark.parametrize("dpi", [(0, 0), (1, 1), (1e12, 1e12), "many"])
def test_an_absurd_density_is_none(dpi):
    image = picture()
    image.info["dpi"] = dpi
    assert read(image).density is None


def test_formats_without_a_density_say_so():
    data = saved(picture(), "PNG", dpi=(300, 300))
    formats: tuple[tuple[Format, str], ...] = (("webp", "WebP"), ("gif", "GIF"))
    for file_format, name in formats:
        notes = compress(data, 16, keep_metadata=True, format=file_format).notes
        assert f"{name} holds no density in dpi, so it is left out" in notes


def test_a_picture_without_a_density_gets_none():
    assert read(saved(picture(), "PNG")).density is None
    plain = encode(np.zeros((2, 2, 3), np.uint8), "png", metadata=Metadata())
    assert b"pHYs" not in plain
