"""The page on formats: what it says of reading, writing, colours and losses is so."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, features

import kalette
from format_tables import tables
from hostile.parts import chunk
from kalette.reading import read
from kalette.types import ReadError
from png_writer import gamma_chunk, grey_profile, png_file, profile_chunk

GREY = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
PICTURE = Image.fromarray(kalette.sample_pixels(24, 16))
FIRST_FRAME = "the first frame with `--first-frame`"


def saved(image, file_format, **options):
    if file_format == "HEIC":
        pillow_heif = pytest.importorskip("pillow_heif", reason="HEIC needs pillow-heif")
        file = io.BytesIO()
        pillow_heif.from_pillow(image).save(file)
        return file.getvalue()
    if file_format == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


ROWS = tables("Files")[0]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_formats_are_read_and_written_as_the_page_says(row):
    name, _, written, limits = row
    assert read(saved(PICTURE, name)).pixels.shape == (16, 24, 3)
    if written:
        result = kalette.compress(np.asarray(PICTURE), k=8)
        assert read(result.to_bytes(name.lower())).pixels.shape == (16, 24, 3)
    else:
        with pytest.raises(kalette.KaletteError):
            kalette.compress(np.asarray(PICTURE), k=8).to_bytes(name.lower())
    if FIRST_FRAME in limits:
        several = saved(PICTURE, name, save_all=True, append_images=[PICTURE.rotate(180)])
        with pytest.raises(ReadError, match=r"2 frames.*--first-frame"):
            read(several)
        assert read(several, first_frame=True).pixels.shape == (16, 24, 3)


def test_the_page_names_every_format_that_is_read():
    with pytest.raises(ReadError) as caught:
        read(b"no image")
    assert all(row[0] in str(caught.value) for row in ROWS)


def test_gif_has_no_partial_transparency():
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:2, :, 3], pixels[2:, :, 3] = 127, 128
    data = kalette.compress(pixels, k=4, format="gif").to_bytes()
    assert read(data).pixels[..., 3].tolist() == [[0] * 4] * 2 + [[255] * 4] * 2


def test_of_an_mpo_the_first_picture_is_read():
    first, second = Image.new("RGB", (16, 16), (200, 90, 40)), Image.new("RGB", (16, 16), (0, 0, 250))
    pixels = read(saved(first, "MPO", save_all=True, append_images=[second])).pixels
    assert np.abs(pixels.astype(int) - (200, 90, 40)).max() <= 4


def test_colors_count_in_the_order_of_the_page():
    """Each kind wins over all below it, in one PNG: a linear curve against others that would change it."""
    assert [row[1] for row in tables("Colours")[0]] == [
        "cICP",
        "ICC profile",
        "colour codes (nclx): primaries and transfer function",
        "sRGB chunk",
        "gamma and primaries",
        "Adobe RGB by EXIF",
        "nothing: taken as sRGB",
    ]
    chunks = [
        chunk(b"cICP", bytes([1, 8, 0, 1])),  # linear
        profile_chunk(grey_profile(3.0)),
        chunk(b"sRGB", b"\0"),
        gamma_chunk(1.0),
    ]
    pixels = [read(png_file(GREY, (0, 8), *chunks[place:])).pixels[..., 0] for place in range(5)]
    light = GREY[..., 0] / 255
    linear = np.where(light > 0.0031308, 1.055 * light ** (1 / 2.4) - 0.055, 12.92 * light) * 255
    cubed = light**3
    cubed = np.where(cubed > 0.0031308, 1.055 * cubed ** (1 / 2.4) - 0.055, 12.92 * cubed) * 255
    expected = [np.asarray(each) for each in (linear, cubed, GREY[..., 0], linear, GREY[..., 0])]
    for found, right in zip(pixels, expected, strict=True):
        assert np.abs(found - right).max() <= 1


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_profiles_count_in_the_formats_that_the_page_names(name):
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ", 132), profile.index(b"gXYZ", 132)
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    flat = Image.new("RGB", (16, 16), (200, 90, 40))
    pixels = read(saved(flat, name, icc_profile=bytes(profile), quality=100)).pixels
    assert np.abs(pixels[8, 8].astype(int) - (90, 200, 40)).max() <= 6
