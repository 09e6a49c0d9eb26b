"""Files that we write, read by others."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from kalette.encode import encode
from kalette.errors import WriteError


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def chunks(png: bytes) -> dict[bytes, bytes]:
    found, place = {}, 8
    while place < len(png):
        (size,) = struct.unpack(">I", png[place : place + 4])
        kind, data = png[place + 4 : place + 8], png[place + 8 : place + 8 + size]
        assert zlib.crc32(kind + data) == struct.unpack(">I", png[place + 8 + size : place + 12 + size])[0]
        found[kind], place = data, place + 12 + size
    return found


def palette_of(k: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(k).permutation(256)[: k * 1, None].repeat(channels, 1).astype(np.uint8)


def test_png_of_three_pixels_by_hand():
    found = chunks(encode(np.array([[1, 2, 3], [4, 5, 6]], np.uint8), np.array([[0, 1, 1]], np.uint8), "png"))
    assert list(found) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert found[b"IHDR"] == struct.pack(">IIBBBBB", 3, 1, 1, 3, 0, 0, 0)
    assert found[b"PLTE"] == bytes([1, 2, 3, 4, 5, 6])
    assert zlib.decompress(found[b"IDAT"]) == bytes([0, 0b01100000])


@pytest.mark.parametrize("file_format", ["png", "webp", "gif"])
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 16, 17, 255, 256])
@pytest.mark.parametrize("width", [1, 7, 8, 9, 33])
def test_pillow_decodes_what_we_meant(file_format, k, width):
    palette = palette_of(k)
    indices = np.random.default_rng(1).integers(0, k, (11, width)).astype(np.uint8)
    np.testing.assert_array_equal(decoded(encode(palette, indices, file_format)), palette[indices])


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_pillow_decodes_alpha_as_we_meant(file_format):
    palette = np.array([[0, 0, 0, 0], [9, 8, 7, 100], [1, 2, 3, 255]], np.uint8)
    indices = np.random.default_rng(1).integers(0, 3, (9, 13)).astype(np.uint8)
    np.testing.assert_array_equal(decoded(encode(palette, indices, file_format)), palette[indices])


def test_gif_keeps_its_clear_entry():
    palette = np.array([[0, 0, 0, 0], [0, 0, 0, 255], [200, 2, 3, 255]], np.uint8)
    indices = np.random.default_rng(1).integers(0, 3, (9, 13)).astype(np.uint8)
    shown = decoded(encode(palette, indices, "gif"))
    np.testing.assert_array_equal(shown[..., 3], palette[indices][..., 3])
    np.testing.assert_array_equal(shown[shown[..., 3] > 0], palette[indices][shown[..., 3] > 0])


def test_png_transparency_ends_with_the_last_entry_that_is_not_opaque():
    palette = np.array([[0, 0, 0, 0], [9, 8, 7, 100], [1, 2, 3, 255], [4, 5, 6, 255]], np.uint8)
    assert chunks(encode(palette, np.zeros((1, 1), np.uint8), "png"))[b"tRNS"] == bytes([0, 100])


def test_opaque_palettes_have_no_transparency_chunk():
    palette = np.array([[1, 2, 3, 255]], np.uint8)
    assert b"tRNS" not in chunks(encode(palette, np.zeros((1, 1), np.uint8), "png"))


@pytest.mark.parametrize(("file_format", "side"), [("webp", 16384), ("gif", 65536)])
def test_formats_refuse_sides_that_they_cannot_hold(file_format, side):
    with pytest.raises(WriteError, match=f"the picture is {side} x 1; .* so write PNG"):
        encode(np.zeros((1, 3), np.uint8), np.zeros((1, side), np.uint8), file_format)


@pytest.mark.parametrize("alpha", [(255, 0, 255, 10), (0, 10), (0, 10, 255), (10, 0), (255, 0, 10, 0)])
def test_alpha_ten_at_the_end_is_read_by_pillow_as_well(alpha):
    """It takes the byte for the end of a line; where no opaque entry follows, 10 becomes 11."""
    palette = np.column_stack([np.arange(3 * len(alpha)).reshape(-1, 3), alpha]).astype(np.uint8)
    indices = np.arange(len(alpha), dtype=np.uint8)[None]
    shown = decoded(encode(palette, indices, "png"))[0].astype(int)
    assert np.abs(shown[:, 3] - palette[:, 3]).max() <= 1
    np.testing.assert_array_equal(shown[:, :3], palette[:, :3])
