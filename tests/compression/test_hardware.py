"""Palettes for displays, consoles and games: on a grid, with a clear entry first, padded."""

import io

import numpy as np
import pytest
from PIL import Image

import kalette
from alpha_checks import require_clear_and_opaque_to_stay
from kalette.types import is_on_grid

PIXELS = kalette.sample_pixels(96, 64)


def png_of(result):
    return Image.open(io.BytesIO(result.to_bytes("png")))


@pytest.mark.parametrize("grid", ["rgb565", "rgb555", "rgb444", "web"])
@pytest.mark.parametrize("options", [{}, {"init": "wu"}, {"effort": "fast"}, {"dither": "blue-noise"}])
def test_all_entries_are_on_the_grid(grid, options):
    result = kalette.compress(PIXELS, 16, grid=grid, **options)
    assert is_on_grid(result.palette, grid)
    assert 8 < len(result.palette) <= 16


def test_few_colors_off_the_grid_move_to_it():
    two = np.array([[[1, 2, 3], [200, 100, 50]]], np.uint8)
    result = kalette.compress(two, 16, grid="rgb444", space="srgb")
    assert result.to_array().tolist() == [[[0, 0, 0], [204, 102, 51]]]
    assert result.mse == pytest.approx((1 + 4 + 9 + 16 + 4 + 1) / 6)


def test_colors_on_the_grid_stay_exact():
    two = np.array([[[0, 17, 34], [255, 238, 0]]], np.uint8)
    assert kalette.compress(two, 16, grid="rgb444").stopped_by == "lossless"


def test_a_target_keeps_to_the_grid():
    result = kalette.compress(PIXELS, grid="rgb444", min_psnr=20)
    assert result.psnr_db >= 20
    assert is_on_grid(result.palette, "rgb444")


def test_kept_colors_of_the_grid_are_held_exactly():
    result = kalette.compress(PIXELS, 8, grid="rgb444", keep_colors=["#ff00ff"])
    assert [255, 0, 255] in result.palette.tolist()
    assert is_on_grid(result.palette, "rgb444")


def test_every_kind_of_alpha_keeps_an_entry_on_a_grid(icon):
    result = kalette.compress(icon, 8, grid="rgb444")
    assert {0, 255} < set(result.palette[:, 3].tolist())
    require_clear_and_opaque_to_stay(result.to_array(), icon)


@pytest.mark.parametrize("image", [PIXELS, PIXELS[:4, :4]])
def test_the_clear_entry_comes_first_even_if_no_pixel_is_clear(image):
    result = kalette.compress(image, 16, clear_first=True)
    assert len(result.palette) <= 16
    assert result.palette[0].tolist() == [0, 0, 0, 0]
    assert result.indices.min() > 0
    assert png_of(result).info["transparency"] == 0


def test_clear_pixels_have_index_0(icon):
    result = kalette.compress(icon, 16, clear_first=True)
    assert not np.asarray(png_of(result))[icon[..., 3] == 0].any()
    require_clear_and_opaque_to_stay(result.to_array(), icon)


@pytest.mark.parametrize("k", [None, 5, "auto"])
def test_a_padded_palette_has_so_many_entries_in_the_file(k):
    result = kalette.compress(PIXELS, k, pad_palette=32)
    image = png_of(result)
    assert len(image.palette.palette) == 3 * 32
    assert result.colors_used <= (k if isinstance(k, int) else 32)
    np.testing.assert_array_equal(np.asarray(image.convert("RGB")), result.to_array())


def test_a_fixed_palette_can_be_padded():
    result = kalette.compress(PIXELS, palette=["#000000", "#ffffff"], pad_palette=4)
    assert result.palette.tolist() == [[0] * 3, [255] * 3, [0] * 3, [0] * 3]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"grid": "rgb9"}, "grid is 'rgb9'; choose one of rgb565"),
        (
            {"grid": "web", "palette": ["#010203"]},
            "#010203 is not a colour of the grid web; give the nearest, #000000",
        ),
        ({"grid": "rgb444", "keep_colors": ["#ff8000"]}, "give the nearest, #ff8800"),
        ({"k": 16, "pad_palette": 8}, r"pad_palette is 8; give the number of entries, from 16"),
        ({"pad_palette": 257}, "pad_palette is 257"),
        ({"pad_palette": "x"}, "pad_palette is 'x'"),
        ({"clear_first": True, "format": "gif"}, "gif files do not keep the order of a palette; write PNG"),
        ({"pad_palette": 16, "format": "webp"}, "webp files do not keep the order"),
        ({"clear_first": True, "palette": ["#ff0000"]}, "put #00000000 first"),
        ({"clear_first": True, "keep_hidden": True}, "leave one of them out"),
        ({"clear_first": 1}, "clear_first is 1; give True or False"),
    ],
)
def test_what_contradicts_itself_is_refused_with_a_sentence(options, said):
    with pytest.raises(kalette.SettingsError, match=said):
        kalette.Settings(**options)


def test_a_result_with_a_clear_entry_first_is_no_gif():
    result = kalette.compress(PIXELS, 4, clear_first=True)
    with pytest.raises(kalette.SettingsError, match="write PNG"):
        result.to_bytes("gif")
