"""Encoded files, decoded by Pillow."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.reading import frame_count
from kalette.reading.metadata import Metadata
from kalette.types import Frame, Indexed, WriteError
from kalette.writing.encoding import encode
from kalette.writing.optimizing import HAS_OXIPNG


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
    found = chunks(
        encode(Indexed(np.array([[1, 2, 3], [4, 5, 6]], np.uint8), np.array([[0, 1, 1]], np.uint8)), "png")
    )
    assert list(found) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert found[b"IHDR"] == struct.pack(">IIBBBBB", 3, 1, 1, 3, 0, 0, 0)
    assert found[b"PLTE"] == bytes([1, 2, 3, 4, 5, 6])
    assert zlib.decompress(found[b"IDAT"]) == bytes([0, 0b01100000])


@pytest.mark.parametrize("file_format", ["png", "webp", "gif"])
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 16, 17, 255, 256])
@pytest.mark.parametrize("width", [1, 7, 8, 9, 33])
def test_pillow_decodes_the_pixels_that_were_encoded(file_format, k, width):
    palette = palette_of(k)
    indices = np.random.default_rng(1).integers(0, k, (11, width)).astype(np.uint8)
    np.testing.assert_array_equal(decoded(encode(Indexed(palette, indices), file_format)), palette[indices])


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_pillow_decodes_the_alpha_that_was_encoded(file_format):
    palette = np.array([[0, 0, 0, 0], [9, 8, 7, 100], [1, 2, 3, 255]], np.uint8)
    indices = np.random.default_rng(1).integers(0, 3, (9, 13)).astype(np.uint8)
    np.testing.assert_array_equal(decoded(encode(Indexed(palette, indices), file_format)), palette[indices])


def test_gif_keeps_its_clear_entry():
    palette = np.array([[0, 0, 0, 0], [0, 0, 0, 255], [200, 2, 3, 255]], np.uint8)
    indices = np.random.default_rng(1).integers(0, 3, (9, 13)).astype(np.uint8)
    shown = decoded(encode(Indexed(palette, indices), "gif"))
    np.testing.assert_array_equal(shown[..., 3], palette[indices][..., 3])
    np.testing.assert_array_equal(shown[shown[..., 3] > 0], palette[indices][shown[..., 3] > 0])


def test_the_trns_chunk_ends_with_the_last_entry_that_is_not_opaque():
    palette = np.array([[0, 0, 0, 0], [9, 8, 7, 100], [1, 2, 3, 255], [4, 5, 6, 255]], np.uint8)
    assert chunks(encode(Indexed(palette, np.zeros((1, 1), np.uint8)), "png"))[b"tRNS"] == bytes([0, 100])


def test_opaque_palettes_have_no_trns_chunk():
    palette = np.array([[1, 2, 3, 255]], np.uint8)
    assert b"tRNS" not in chunks(encode(Indexed(palette, np.zeros((1, 1), np.uint8)), "png"))


@pytest.mark.parametrize(("file_format", "side"), [("webp", 16384), ("gif", 65536)])
def test_formats_refuse_sides_that_they_cannot_hold(file_format, side):
    with pytest.raises(WriteError, match=f"the picture is {side} x 1; .* so write PNG"):
        encode(Indexed(np.zeros((1, 3), np.uint8), np.zeros((1, side), np.uint8)), file_format)


@pytest.mark.parametrize("alpha", [(255, 0, 255, 10), (0, 10), (0, 10, 255), (10, 0), (255, 0, 10, 0)])
def test_alpha_10_at_the_end_is_decoded_right_by_pillow(alpha):
    """Pillow takes a final 10 for a line feed; if no opaque entry follows, 10 becomes 11."""
    palette = np.column_stack([np.arange(3 * len(alpha)).reshape(-1, 3), alpha]).astype(np.uint8)
    indices = np.arange(len(alpha), dtype=np.uint8)[None]
    shown = decoded(encode(Indexed(palette, indices), "png"))[0].astype(int)
    assert np.abs(shown[:, 3] - palette[:, 3]).max() <= 1
    np.testing.assert_array_equal(shown[:, :3], palette[:, :3])


# --- the smallest encoding, found by trial


def flat_picture(k: int, channels: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Blocks of 8 x 8 pixels of k entries."""
    rng = np.random.default_rng(k)
    palette = rng.permutation(256)[:k, None].repeat(channels, 1).astype(np.uint8)
    palette[:, 1] = 7 + np.arange(k) // 2
    return palette, rng.integers(0, k, (9, 12)).astype(np.uint8).repeat(8, 0).repeat(8, 1)


def has_palette(png: bytes) -> bool:
    return png[25] == 3


@pytest.mark.parametrize("effort", ["fast", "balanced", "best"])
@pytest.mark.parametrize("keeps", ["order", "palette", "colors"])
@pytest.mark.parametrize(("k", "channels"), [(1, 3), (2, 4), (16, 3), (17, 4), (256, 3)])
def test_each_effort_shows_the_same_picture(effort, keeps, k, channels):
    palette, indices = flat_picture(k, channels)
    shown = decoded(encode(Indexed(palette, indices), "png", effort, keeps=keeps))
    wanted = palette[indices]
    np.testing.assert_array_equal(shown[..., : wanted.shape[2]], wanted[..., : shown.shape[2]])


def test_keeping_the_order_writes_the_whole_palette_with_unused_entries():
    palette = palette_of(40)
    png = encode(Indexed(palette, np.zeros((30, 30), np.uint8)), "png", keeps="order")
    assert chunks(png)[b"PLTE"] == palette.tobytes()


def test_keeping_the_palette_writes_the_used_entries_in_any_order():
    palette, indices = flat_picture(30)
    png = encode(Indexed(palette, indices), "png", keeps="palette")
    assert has_palette(png)
    entries = np.frombuffer(chunks(png)[b"PLTE"], np.uint8).reshape(-1, 3)
    assert sorted(map(tuple, entries)) == sorted(map(tuple, palette[np.unique(indices)]))


@pytest.mark.skipif(not HAS_OXIPNG, reason="only oxipng tries this")
def test_64_colors_on_64_pixels_are_written_without_a_palette():
    palette = np.stack([np.arange(64) * 4, np.arange(64), np.full(64, 9)], axis=1).astype(np.uint8)
    indices = np.arange(64, dtype=np.uint8).reshape(8, 8)
    png = encode(Indexed(palette, indices), "png", keeps="colors")
    assert not has_palette(png)
    np.testing.assert_array_equal(decoded(png), palette[indices])
    assert has_palette(encode(Indexed(palette, indices), "png", keeps="palette"))


def test_a_grey_picture_is_written_without_a_palette_if_that_is_smaller():
    """A vertical ramp by one step per row: all differences to the row above are equal."""
    palette = np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1)
    indices = np.arange(256, dtype=np.uint8)[:, None].repeat(40, axis=1)
    png = encode(Indexed(palette, indices), "png", keeps="palette")
    assert png[25] == 0
    assert b"PLTE" not in chunks(png)
    assert len(png) < 200 < len(encode(Indexed(palette, indices), "png", "fast"))


def test_more_effort_never_gives_a_larger_file():
    palette, indices = flat_picture(12)
    sizes = [
        len(encode(Indexed(palette, indices), "png", effort, keeps="colors"))
        for effort in ("best", "balanced", "fast")
    ]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("entries", [16, 40, 200])
@pytest.mark.parametrize("tinted", [False, True])
def test_keeping_less_of_the_palette_never_gives_a_larger_file(entries, tinted):
    """Smooth pictures, for which filters work best on entries ordered from dark to light."""
    across, down = np.meshgrid(np.arange(90), np.arange(120))
    for levels in (across + down, across * down % 256, (across * across + down * down) // 60 % 256):
        indices = (levels * entries // 512).astype(np.uint8)
        palette = (np.arange(entries) * 255 // entries)[:, None].repeat(3, axis=1).astype(np.uint8)
        palette[:, 1] //= 1 + tinted
        sizes = [
            len(encode(Indexed(palette, indices), "png", keeps=keeps))
            for keeps in ("colors", "palette", "order")
        ]
        assert sizes == sorted(sizes)


def test_bit_depth_is_found_by_trial():
    """Repeats at odd distances are repeats of bytes only at 8 bits per pixel."""
    rng = np.random.default_rng(2)
    glyphs, places = rng.integers(0, 16, (3, 9, 11)).astype(np.uint8), rng.integers(0, 3, 400)
    odd = np.concatenate([glyphs[place] for place in places], axis=1)
    assert encode(Indexed(palette_of(16), odd), "png")[24] == 8
    noise = rng.integers(0, 16, odd.shape).astype(np.uint8)
    assert encode(Indexed(palette_of(16), noise), "png")[24] == 4


def test_without_oxipng_files_decode_to_the_same_pixels(monkeypatch):
    palette, indices = flat_picture(20)
    with_it = encode(Indexed(palette, indices), "png", keeps="colors")
    monkeypatch.setattr("kalette.writing.png.HAS_OXIPNG", False)
    without = encode(Indexed(palette, indices), "png", keeps="colors")
    np.testing.assert_array_equal(decoded(without), palette[indices])
    assert len(with_it) <= len(without)


@pytest.mark.parametrize("k", [2, 4, 40])
def test_oxipng_is_not_asked_about_texture(k, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("oxipng is asked")

    monkeypatch.setattr("kalette.writing.png._by_oxipng", refuse)
    noise = np.random.default_rng(k).integers(0, k, (300, 300)).astype(np.uint8)
    palette, _ = flat_picture(k)
    for keeps in ("palette", "colors"):
        png = encode(Indexed(palette, noise), "png", keeps=keeps)
        np.testing.assert_array_equal(decoded(png), palette[noise])


def test_oxipng_is_asked_about_a_flat_picture_and_not_about_a_photograph_at_a_high_rate(monkeypatch):
    """Both deflate to less than a bit per pixel, but filters suit the first alone."""
    asked = []
    monkeypatch.setattr("kalette.writing.png._by_oxipng", lambda *_: asked.append(1) or ())
    photo = kalette.compress(np.tile(kalette.sample_pixels(240, 160), (1, 2, 1)), 24, rate=1.0)
    assert 8 * photo.output_bytes < photo.indices.size
    assert asked == []
    steps = (np.add.outer(np.arange(200), np.arange(300)) // 8 % 40).astype(np.uint8)
    encode(Indexed(flat_picture(40)[0], steps), "png", keeps="palette")
    assert asked == [1]


def test_metadata_precedes_the_pixels_with_every_encoder():
    palette, indices = flat_picture(20)
    metadata = Metadata(texts=(("Comment", "made by hand"),))
    for keeps in ("order", "palette", "colors"):
        found = chunks(encode(Indexed(palette, indices), "png", "balanced", metadata, keeps=keeps))
        assert found[b"tEXt"] == b"Comment\0made by hand"
        assert list(found).index(b"tEXt") < list(found).index(b"IDAT")


@pytest.mark.parametrize("file_format", ["png", "webp", "gif"])
def test_one_function_encodes_indexed_pictures_pixels_and_animations(file_format):
    palette = np.array([[1, 2, 3], [200, 100, 0]], np.uint8)
    two = [Indexed(palette, np.full((3, 4), entry, np.uint8)) for entry in (0, 1)]
    assert frame_count(encode(two[0], file_format)) == 1
    animated = encode([Frame(picture, 40) for picture in two], file_format)
    assert frame_count(animated) == 2
    np.testing.assert_array_equal(decoded(animated)[..., :3], two[0].pixels)
    if file_format != "gif":
        np.testing.assert_array_equal(decoded(encode(two[1].pixels, file_format)), two[1].pixels)


def test_gif_refuses_pixels_without_a_palette():
    with pytest.raises(WriteError, match="pixels without a palette, which GIF cannot hold"):
        encode(np.zeros((2, 2, 3), np.uint8), "gif")
