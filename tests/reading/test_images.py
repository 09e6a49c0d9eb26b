"""Reading images into pixels."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from hostile.parts import saved
from kalette.reading.images import read
from kalette.types import ReadError


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_lossless_formats_are_decoded_to_the_pixels_that_were_written(file_format, gradient):
    flat = gradient // 64 * 64
    options = {"lossless": True} if file_format == "WEBP" else {}
    image = Image.fromarray(flat)
    if file_format == "GIF":
        image = image.quantize(256, method=Image.Quantize.FASTOCTREE)
        flat = np.array(image.convert("RGB"))
    np.testing.assert_array_equal(read(saved(image, file_format, **options)).pixels, flat)


def test_jpeg_is_decoded_as_by_pillow(gradient):
    data = saved(Image.fromarray(gradient), "JPEG", quality=95)
    np.testing.assert_array_equal(read(data).pixels, np.array(Image.open(io.BytesIO(data))))


def test_formats_are_recognised_by_content_and_not_by_file_name(tmp_path, gradient):
    path = tmp_path / "photo.jpg"
    path.write_bytes(saved(Image.fromarray(gradient), "PNG"))
    np.testing.assert_array_equal(read(path).pixels, gradient)
    assert read(str(path)).input_bytes == path.stat().st_size


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("1", 1, [255, 255, 255]),
        ("L", 77, [77, 77, 77]),
        ("LA", (77, 128), [77, 77, 77, 128]),
        ("P", 5, [5, 5, 5]),
        ("RGB", (1, 2, 3), [1, 2, 3]),
        ("RGBA", (1, 2, 3, 4), [1, 2, 3, 4]),
        ("RGBA", (1, 2, 3, 255), [1, 2, 3]),
        ("I;16", 257 * 77, [77, 77, 77]),
        ("I;16", 257 * 77 + 129, [78, 78, 78]),
    ],
)
def test_every_mode_becomes_rgb_or_rgba(mode, value, expected):
    image = Image.new(mode, (3, 2), value)
    if mode == "P":
        image.putpalette([i // 3 for i in range(768)])
    source = read(saved(image, "PNG"))
    assert source.pixels.shape == (2, 3, len(expected))
    assert source.pixels[1, 2].tolist() == expected


def test_premultiplied_grey_becomes_plain_grey_with_alpha():
    source = read(Image.new("La", (3, 2), (64, 128)))
    assert source.pixels[1, 2].tolist() == [127, 127, 127, 128]


def test_cmyk_becomes_rgb():
    source = read(saved(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", quality=100))
    assert source.pixels.shape == (16, 16, 3)
    np.testing.assert_allclose(source.pixels[8, 8], [255, 0, 0], atol=3)


def test_palette_transparency_becomes_alpha():
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 9, 9, 9])
    image.putpixel((1, 0), 1)
    assert read(saved(image, "PNG", transparency=0)).pixels.tolist() == [[[0, 0, 0, 0], [9, 9, 9, 255]]]


def png_with_key(depth: int, color_type: int, row: bytes, key: bytes) -> bytes:
    """A PNG of one row with a transparent colour key, written by hand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 1, depth, color_type, 0, 0, 0)
    data = zlib.compress(b"\0" + row)
    chunks = [(b"IHDR", header), (b"tRNS", key), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*parts) for parts in chunks)


@pytest.mark.parametrize(
    ("depth", "color_type", "row", "key"),
    [
        (1, 0, bytes([0b01000000]), b"\0\1"),
        (2, 0, bytes([0b01110000]), b"\0\3"),
        (4, 0, bytes([0x1F]), b"\0\x0f"),
        (8, 0, bytes([7, 200]), b"\0\xc8"),
        (16, 0, bytes([7, 0, 200, 3]), b"\xc8\3"),
        (8, 2, bytes([7, 7, 7, 200, 3, 9]), b"\0\xc8\0\3\0\x09"),
        (16, 2, bytes([7, 0] * 3 + [200, 1, 3, 1, 9, 1]), b"\xc8\1\3\1\x09\1"),
    ],
)
def test_the_clear_color_of_a_png_is_clear_at_every_depth(depth, color_type, row, key):
    pixels = read(png_with_key(depth, color_type, row, key)).pixels
    assert pixels[0, :, 3].tolist() == [255, 0]


def test_a_picture_without_pixels_is_refused():
    with pytest.raises(ReadError, match="at least one pixel"):
        read(Image.new("RGB", (0, 5)))


def test_first_frame_rewinds_an_open_image():
    data = saved(
        Image.new("RGB", (4, 4), "red"),
        "GIF",
        save_all=True,
        append_images=[Image.new("RGB", (4, 4), "blue")],
    )
    with Image.open(io.BytesIO(data)) as image:
        image.seek(1)
        assert read(image, first_frame=True).pixels[0, 0].tolist() == [255, 0, 0]


def test_animated_files_are_refused_without_first_frame():
    frames = [Image.new("RGB", (4, 4), color) for color in ("red", "blue", "lime")]
    for file_format in ("GIF", "PNG", "WEBP", "TIFF"):
        data = saved(frames[0], file_format, save_all=True, append_images=frames[1:])
        with pytest.raises(ReadError, match="has 3 frames"):
            read(data)
        np.testing.assert_allclose(read(data, first_frame=True).pixels[0, 0], [255, 0, 0], atol=4)


def test_arrays_and_pillow_images_are_accepted_as_sources(icon):
    np.testing.assert_array_equal(read(icon).pixels, icon)
    np.testing.assert_array_equal(read(Image.fromarray(icon)).pixels, icon)
    assert read(icon).input_bytes is None


def test_reading_does_not_change_the_source(icon):
    before = icon.copy()
    image = Image.fromarray(icon)
    read(icon)
    read(image)
    np.testing.assert_array_equal(icon, before)
    np.testing.assert_array_equal(np.array(image), before)


def test_sources_that_are_no_image_are_refused_in_one_sentence(tmp_path):
    text = tmp_path / "text.png"
    text.write_text("hello")
    empty = tmp_path / "empty.png"
    empty.touch()
    for source, said in (
        (text, "is not an image that Kalette knows"),
        (empty, "is empty"),
        (tmp_path, "is a folder"),
        (tmp_path / "none.png", "does not exist"),
        (b"", "is empty"),
        (3, "the source is of type int; give a path, bytes, an open binary file"),
    ):
        with pytest.raises(ReadError, match=said) as caught:
            read(source)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "BMP"])
def test_truncated_files_are_refused_or_give_every_pixel(file_format, gradient):
    """Only bytes after the last pixel may be missing, such as IEND of a PNG."""
    data = saved(Image.fromarray(gradient), file_format)
    pixels = read(data).pixels
    refused = 0
    for kept in range(0, len(data), 1 + len(data) // 200):
        try:
            np.testing.assert_array_equal(read(data[:kept]).pixels, pixels)
        except ReadError:
            refused += 1
    assert refused > 100


def test_32_bit_samples_are_refused():
    with pytest.raises(ReadError, match="32-bit samples"):
        read(Image.new("F", (2, 2)))
