"""PNG without Pillow: the same pixels, and everything unusual is left to Pillow."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from hostile.oddities import interlaced
from hostile.parts import END, chunk, header, picture, png, saved
from kalette.reading.images import read, read_entries
from kalette.reading.png import plain_entries, true_color_pixels, without_pixels
from kalette.types import Indexed, ReadError
from kalette.writing.encoding import encode
from kernel_cases import noise_rows

COLOR_TYPES = {3: 2, 4: 6}


def file_of(rows: np.ndarray, channels: int, *before: bytes, idat: bytes | None = None) -> bytes:
    width = (rows.shape[1] - 1) // channels
    packed = zlib.compress(rows.tobytes()) if idat is None else idat
    head = header(width, len(rows), color_type=COLOR_TYPES[channels])
    return png(head, *before, chunk(b"IDAT", packed[:9]), chunk(b"IDAT", packed[9:]))


@pytest.mark.parametrize("channels", [3, 4])
def test_true_color_png_is_decoded_as_by_pillow(channels):
    data = file_of(noise_rows(20, 15, channels), channels)
    np.testing.assert_array_equal(true_color_pixels(data), np.asarray(Image.open(io.BytesIO(data))))


@pytest.mark.parametrize("bits", [zlib.compress(bytes(19)), zlib.compress(bytes(21)), b"nothing", b""])
def test_invalid_pixel_data_is_left_to_pillow(bits):
    """Two rows of 3 pixels have 20 bytes."""
    assert true_color_pixels(file_of(np.zeros((2, 10), np.uint8), 3)) is not None
    assert true_color_pixels(file_of(np.zeros((2, 10), np.uint8), 3, idat=bits)) is None
    assert true_color_pixels(file_of(np.full((2, 10), 5, np.uint8), 3)) is None


@pytest.mark.parametrize(("height", "width"), [(0, 4), (3, 0), (0, 0)])
def test_pictures_without_pixels_are_left_to_pillow(height, width):
    assert true_color_pixels(file_of(np.zeros((height, 1 + 3 * width), np.uint8), 3)) is None


def test_chunks_out_of_order_are_left_to_pillow():
    start, bits = header(3, 2), zlib.compress(bytes(20))
    pixels, text = (chunk(b"IDAT", bits[:9]), chunk(b"IDAT", bits[9:])), chunk(b"tEXt", b"a\0b")
    assert true_color_pixels(png(start, text, *pixels, text)) is not None
    assert true_color_pixels(png(start, pixels[0], text, pixels[1])) is None
    assert true_color_pixels(png(start, start, *pixels)) is None
    assert true_color_pixels(png(start)) is None


def test_unknown_filter_methods_and_stray_frame_chunks_are_left_to_pillow():
    def header_with(filter_method: int) -> bytes:
        return chunk(b"IHDR", struct.pack(">IIBBBBB", 3, 2, 8, 2, 0, filter_method, 0))

    pixels = chunk(b"IDAT", zlib.compress(bytes(20)))
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 3, 2, 0, 0, 1, 10, 0, 0))
    assert true_color_pixels(png(header_with(0), pixels)) is not None
    assert true_color_pixels(png(header_with(1), pixels)) is None
    assert true_color_pixels(png(header_with(0), frame, pixels)) is None


def test_other_kinds_of_png_are_left_to_pillow():
    key = chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))
    animated = io.BytesIO()
    Image.new("RGB", (2, 2)).save(
        animated, "PNG", save_all=True, append_images=[Image.new("RGB", (2, 2), "red")]
    )
    grey, indexed = (saved(picture().convert(mode), "PNG") for mode in ("L", "P"))
    for data in (grey, indexed, interlaced(picture()), animated.getvalue()):
        assert true_color_pixels(data) is None
    assert true_color_pixels(file_of(np.zeros((2, 10), np.uint8), 3, key)) is None


@pytest.mark.parametrize("alpha", [False, True])
def test_indexed_png_is_decoded_as_by_pillow(alpha):
    levels = np.arange(240, dtype=np.uint8)
    columns = [levels, levels // 2, levels[::-1], *([np.minimum(2 * levels, 255)] if alpha else [])]
    palette, indices = np.column_stack(columns), np.random.default_rng(0).integers(0, 240, (9, 31), np.uint8)
    data = encode(Indexed(palette, indices), "png", "fast")
    decoded_palette, decoded_indices = plain_entries(data)
    np.testing.assert_array_equal(decoded_palette, palette)
    np.testing.assert_array_equal(decoded_indices, indices)
    shown = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA" if alpha else "RGB"))
    np.testing.assert_array_equal(decoded_palette[decoded_indices], shown)


def test_indices_of_few_bits_or_in_filtered_rows_are_left_to_pillow():
    four_bits = encode(Indexed(np.zeros((9, 3), np.uint8), np.zeros((2, 2), np.uint8)), "png", "fast")
    filtered = png(
        header(2, 1, color_type=3),
        chunk(b"PLTE", bytes(6)),
        chunk(b"IDAT", zlib.compress(b"\1\0\1")),
    )
    for data in (four_bits, filtered):
        assert plain_entries(data) is None
        assert read_entries(data) is not None


def test_without_pixels_keeps_all_metadata():
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "somebody")
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(picture(), "PNG", pnginfo=said, exif=exif, dpi=(72, 72), icc_profile=b"profile")
    head, whole = (Image.open(io.BytesIO(each)) for each in (without_pixels(data), data))
    assert head.size == (1, 1)
    assert head.getexif() == whole.getexif()
    whole.load()
    assert head.info == whole.info


def test_exif_after_the_pixels_turns_the_picture():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(picture(24, 16), "PNG")
    turned = data[:-12] + chunk(b"eXIf", exif.tobytes()[6:]) + data[-12:]
    expected = np.rot90(np.asarray(picture(24, 16)), -1)
    np.testing.assert_array_equal(read(turned).pixels, expected)


def turning() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return chunk(b"eXIf", exif.tobytes()[6:])


def test_chunks_after_iend_are_ignored():
    for behind in (turning(), chunk(b"gAMA", b"short"), chunk(b"tRNS", bytes(6)), chunk(b"IDAT", bytes(9))):
        data = saved(picture(24, 16), "PNG") + behind + END
        np.testing.assert_array_equal(true_color_pixels(data), np.asarray(picture(24, 16)))
        np.testing.assert_array_equal(read(data).pixels, np.asarray(picture(24, 16)))


@pytest.mark.parametrize(
    "said",
    [
        chunk(b"gAMA", b""),
        chunk(b"iCCP", b""),
        chunk(b"iCCP", b"name\0\1"),
        chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(2 << 20))),
        chunk(b"n-m-", b"no letters in its name"),
        chunk(b"fcTL", bytes(4)),
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 24, 16, 0, 0, 1, 10, 0, 0)),
        chunk(b"tEXt", b"Author\0somebody"),
    ],
    ids=["gAMA", "iCCP", "iCCP-method", "zTXt", "no-name", "fcTL-short", "fcTL", "tEXt"],
)
@pytest.mark.parametrize("place", [33, -12], ids=["before", "behind"])
def test_ancillary_chunks_have_the_same_effect_as_with_pillow_alone(said, place, monkeypatch):
    """The same pixels, notes and metadata, or the same error, also for broken chunks after the pixels."""
    data = saved(picture(24, 16), "PNG")
    data = data[:place] + said + (turning() if place < 0 else b"") + data[place:]

    def outcome() -> object:
        try:
            found = read(data, keep_metadata=True)
        except ReadError as error:
            return str(error)
        return found.pixels.tolist(), found.notes, found.metadata

    by_both = outcome()
    monkeypatch.setattr("kalette.reading.png.true_color_pixels", lambda data, threads: None)
    assert by_both == outcome()
