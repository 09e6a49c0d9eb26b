"""Swatches: alpha, shares and order."""

# mypy: disable-error-code="arg-type"
# (wrong arguments on purpose)

import numpy as np
import pytest

import kalette
from kalette.palettes import OPAQUE_ONLY, Swatches
from palette_cases import WITH_ALPHA


@pytest.mark.parametrize("file_format", OPAQUE_ONLY)
def test_formats_without_alpha_refuse_it_and_accept_opaque_swatches(file_format):
    with pytest.raises(kalette.PaletteError, match=f"which {file_format} cannot hold; write hex, css"):
        WITH_ALPHA.to_bytes(file_format)
    assert WITH_ALPHA.opaque().to_bytes(file_format)


def test_opaque_drops_clear_colors_and_merges_equal_ones():
    colors = np.array([[9, 9, 9, 255], [9, 9, 9, 50], [1, 1, 1, 0], [2, 2, 2, 1]], np.uint8)
    opaque = Swatches(colors, (0.4, 0.3, 0.2, 0.1)).opaque()
    assert (list(opaque), opaque.shares) == (["#090909", "#020202"], (0.7, 0.1))
    with pytest.raises(kalette.PaletteError, match="clear entries only"):
        Swatches(colors[2:3]).opaque()


def test_swatches_of_a_result_have_the_shares_of_its_pixels():
    pixels = np.repeat(np.array([[0, 0, 0], [200, 0, 0]], np.uint8), [1, 3], axis=0)[None]
    swatches = kalette.compress(pixels, k=2).swatches
    assert (list(swatches), swatches.shares) == (["#000000", "#c80000"], (0.25, 0.75))
    assert swatches._repr_svg_().startswith("<svg ")


def test_sorting_by_share_lightness_and_hue():
    codes = ["#ffffff", "#0000ff", "#808080", "#ff0000", "#00000000", "#00ff00", "#000000", "#ffff00"]
    colors = np.array([[*bytes.fromhex(code[1:].ljust(8, "f"))] for code in codes], np.uint8)
    swatches = Swatches(colors, tuple(share / 36 for share in (1, 2, 3, 4, 5, 6, 7, 8)))
    assert list(swatches.sorted_by("share")) == codes[::-1]
    assert list(swatches.sorted_by("lightness")) == [
        *("#000000", "#0000ff", "#ff0000", "#808080", "#00ff00", "#ffff00", "#ffffff", "#00000000")
    ]
    by_hue = swatches.sorted_by("hue")
    assert list(by_hue) == [
        *("#ff0000", "#ffff00", "#00ff00", "#0000ff", "#000000", "#808080", "#ffffff", "#00000000")
    ]
    assert by_hue.shares[0] == 4 / 36
    with pytest.raises(kalette.SettingsError, match="shares of the colours are not known"):
        Swatches(colors).sorted_by("share")
    with pytest.raises(kalette.SettingsError, match="sort is 'size'; choose one of share"):
        swatches.sorted_by("size")
    with pytest.raises(kalette.SettingsError, match="format is 'pal'; choose one of hex"):
        swatches.to_bytes("pal")
