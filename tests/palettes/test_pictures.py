"""Palettes as pictures: SVG, PNG and images of few colours."""

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import kalette
from hostile.parts import saved
from kalette.palettes import Swatches
from palette_cases import ORANGE_AND_BLUE, WITH_ALPHA, read


def test_svg_is_well_formed_with_a_swatch_and_a_label_for_each_color():
    root = ElementTree.fromstring(WITH_ALPHA.to_bytes("svg"))
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["#ff800033", "50.0 %", "#00000000", "30.0 %", "#090909", "20.0 %"]
    fills = [
        rect.get("fill") for rect in root.iter("{http://www.w3.org/2000/svg}rect") if rect.get("data-color")
    ]
    assert fills == ["#ff8000", "#000000", "#090909"]


@pytest.mark.parametrize(
    ("count", "size"), [(1, (64, 64)), (16, (1024, 64)), (17, (576, 128)), (256, (1024, 1024))]
)
def test_png_shows_each_color_in_a_field_of_its_own(count, size):
    colors = np.arange(3 * count).reshape(-1, 3).astype(np.uint8)
    with Image.open(io.BytesIO(Swatches(colors).to_bytes("png"))) as image:
        assert (image.mode, image.size) == ("P", size)
        np.testing.assert_array_equal(np.reshape(image.getpalette("RGB"), (-1, 3))[:count], colors)
        assert min(np.bincount(np.asarray(image).ravel())) >= 64 * 64 * 7 // 8


def test_an_image_of_few_colors_is_a_palette_in_reading_order(written):
    pixels = np.array([[[9, 0, 0], [1, 0, 0]], [[9, 0, 0], [5, 5, 5]]], np.uint8)
    assert read(written(saved(Image.fromarray(pixels)))) == ["#090000", "#010000", "#050505"]
    clear = np.dstack([pixels, [[255, 255], [255, 0]]]).astype(np.uint8)
    assert read(written(saved(Image.fromarray(clear)))) == ["#090000", "#010000", "#05050500"]


def test_an_indexed_image_gives_its_palette_up_to_the_last_entry_in_use(written):
    """The unused second entry keeps its place; padding at the end of the table is dropped."""
    image = Image.fromarray(np.array([[2, 0]], np.uint8))
    image.putpalette([1, 1, 1, 7, 7, 7, 3, 3, 3, 0, 0, 0, 0, 0, 0])
    assert read(written(saved(image))) == ["#010101", "#070707", "#030303"]
    assert read(written(saved(image, "GIF", optimize=False))) == ["#010101", "#070707", "#030303"]


def test_the_file_of_a_result_can_be_read_as_a_palette(tmp_path, gradient):
    """The order may differ: it affects the file size."""
    result = kalette.compress(gradient, k=7)
    result.save(tmp_path / "seven.png")
    assert sorted(read(tmp_path / "seven.png")) == sorted(result.swatches)


def test_a_photograph_is_refused_as_a_palette_with_advice(written, gradient):
    with pytest.raises(kalette.PaletteError, match="picture of 3072 colours; make a palette of it first"):
        kalette.read_palette(written(saved(Image.fromarray(gradient))))


def test_a_truncated_picture_is_refused_as_a_palette(written):
    whole = ORANGE_AND_BLUE.to_bytes("png")
    with pytest.raises(kalette.ReadError, match=r"palette cannot be read"):
        kalette.read_palette(written(whole[: len(whole) // 2]))
