"""Constraints: fixed palettes, and kept colours in a computed palette."""

import io
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

import kalette
from alpha_checks import require_clear_and_opaque_to_stay
from clouds import cloud_of
from kalette.clustering.histogram import count
from kalette.clustering.lloyd import Stopping, run_lloyd
from kalette.color import alpha_kinds, points_from_srgb
from kalette.types import code_of

FORMATS = pytest.mark.parametrize("file_format", ["png", "webp", "gif"])
DITHERS = pytest.mark.parametrize("dither", ["none", "diffusion"])
PLAIN: dict[str, Any] = {"space": "srgb", "dither": "none", "rate": 0.0}
FOUR = np.array([[[0, 0, 0], [10, 0, 0]], [[200, 0, 0], [250, 0, 0]]], np.uint8)


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGBA" if image.has_transparency_data else "RGB"))


# --- fixed palettes


def test_a_fixed_palette_is_kept_whole_in_its_order_and_each_pixel_takes_the_nearest():
    result = kalette.compress(FOUR, **PLAIN, palette=["#ff0000", "#00ff00", "#000000"])
    assert result.palette.tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 0]]
    assert result.indices.tolist() == [[2, 2], [0, 0]]
    assert (result.stopped_by, result.iterations, result.history) == ("fixed", 0, ())
    assert result.losses == (0 + 100 + 55**2 + 25,)
    assert (result.settings.k, result.colors_used, result.bit_depth) == (3, 2, 2)
    with Image.open(io.BytesIO(result.to_bytes())) as image:
        assert image.getpalette("RGB")[:9] == [255, 0, 0, 0, 255, 0, 0, 0, 0]


@FORMATS
@DITHERS
def test_the_file_shows_only_colors_of_the_fixed_palette(file_format, dither, gradient):
    palette = [[0, 0, 0], [255, 255, 255], [128, 128, 0], [0, 128, 128]]
    result = kalette.compress(gradient, palette=palette, dither=dither, format=file_format)
    shown = decoded(result.to_bytes())
    assert {tuple(color) for color in shown.reshape(-1, 3).tolist()} <= {tuple(color) for color in palette}
    np.testing.assert_array_equal(shown, result.palette[result.indices])
    assert result.mse == pytest.approx(((gradient.astype(float) - shown) ** 2).mean())


@DITHERS
def test_a_picture_whose_colors_are_all_in_the_fixed_palette_is_exact(dither, icon):
    flat = icon // 64 * 64
    flat[..., 3] = np.where(icon[..., 3] == 255, 255, flat[..., 3])
    flat[flat[..., 3] == 0] = 0
    colors = np.unique(flat.reshape(-1, 4), axis=0)[::-1]
    result = kalette.compress(flat, palette=np.vstack([[[1, 1, 1, 1]], colors]), dither=dither)
    np.testing.assert_array_equal(result.palette[result.indices], flat)
    assert (result.mse, result.stopped_by) == (0, "fixed")


def test_clear_pixels_need_a_clear_entry(icon):
    with pytest.raises(kalette.PaletteError, match="no clear entry; add #00000000 to it or flatten"):
        kalette.compress(icon, palette=["#000000", "#ffffff"])
    with pytest.raises(kalette.PaletteError, match=r"has opaque pixels, but .* add an opaque colour to it"):
        kalette.compress(icon, palette=["#00000000", "#00000080"])


@DITHERS
@FORMATS
def test_without_partly_clear_entries_alpha_becomes_0_or_255_with_a_note(dither, file_format, icon):
    palette = ["#000000", "#ffffff", "#00000000"]
    result = kalette.compress(icon, palette=palette, dither=dither, format=file_format)
    shown = result.palette[result.indices]
    np.testing.assert_array_equal(shown[..., 3] == 0, icon[..., 3] < 128)
    assert set(np.unique(shown[..., 3])) == {0, 255}
    assert "alpha below 128 became clear" in result.notes[0]


def test_with_partly_clear_entries_clear_and_opaque_pixels_stay(icon):
    result = kalette.compress(icon, palette=["#000000", "#00000000", "#ff000080"])
    require_clear_and_opaque_to_stay(result.palette[result.indices], icon)
    assert result.notes == ()


def test_an_opaque_picture_uses_opaque_entries_only():
    result = kalette.compress(FOUR, **PLAIN, palette=["#00000000", "#64000080", "#640000", "#ffffff"])
    assert result.indices.tolist() == [[2, 2], [2, 2]]
    np.testing.assert_array_equal(
        decoded(result.to_bytes())[..., :3], result.palette[result.indices][..., :3]
    )


def test_the_first_of_equal_entries_is_taken():
    result = kalette.compress(FOUR, **PLAIN, palette=["#ffffff", "#000000", "#000000"])
    assert result.indices.tolist() == [[1, 1], [1, 1]]
    assert len(result.palette) == 3


def test_a_palette_can_be_read_from_its_file(tmp_path):
    path = tmp_path / "two.gpl"
    path.write_text("GIMP Palette\n0 0 0\n255 0 0\n")
    by_path = kalette.compress(FOUR, **PLAIN, palette=path)
    assert by_path.settings.palette == ("#000000", "#ff0000")
    assert (
        kalette.compress(FOUR, **PLAIN, palette=kalette.read_palette(path)).to_bytes() == by_path.to_bytes()
    )
    with pytest.raises(kalette.ReadError, match="cannot be read as a palette"):
        kalette.compress(FOUR, **PLAIN, palette="none.gpl")


# --- kept colours


def test_a_kept_color_stays_and_the_other_centroids_move():
    """100 gets the pixels 0 and 10: the other centroid gains more at 225 than at 5."""
    result = kalette.compress(FOUR, **PLAIN, k=2, keep_colors=[(100, 0, 0)])
    assert result.palette.tolist() == [[100, 0, 0], [225, 0, 0]]
    assert result.indices.tolist() == [[0, 0], [1, 1]]
    assert result.losses[-1] == 100**2 + 90**2 + 2 * 25**2


def test_kept_colors_that_no_pixel_shows_stay_in_the_palette_and_in_the_file():
    result = kalette.compress(FOUR, **PLAIN, k=3, keep_colors=["#00ff00"])
    assert [0, 255, 0] in result.palette.tolist()
    assert (len(result.palette), result.colors_used) == (3, 2)
    assert dict(zip(result.swatches, result.swatches.shares, strict=True))["#00ff00"] == 0
    with Image.open(io.BytesIO(result.to_bytes())) as image:
        assert bytes([0, 255, 0]) in bytes(image.getpalette("RGB")[:9])


@pytest.mark.parametrize(
    "options", [{}, {"init": "wu"}, {"init": "random"}, {"init": "k-means++"}, {"effort": "best"}]
)
def test_the_loss_is_as_low_as_the_best_of_many_tries_with_pinned_centroids(options, gradient):
    """The engine's own search reaches it; plain Lloyd ends within a tenth."""
    kept, k = np.array([[255, 0, 0], [12, 14, 9], [0, 255, 255]], np.uint8), 12
    result = kalette.compress(gradient, k=k, keep_colors=kept, **options)
    cloud, rng, best = cloud_of(count(gradient)), np.random.default_rng(0), np.inf
    for _ in range(20):
        free = cloud.points[rng.choice(len(cloud), k - 3, replace=False)]
        start = np.concatenate([points_from_srgb(kept), free]).astype(float)
        found = run_lloyd(cloud, start, Stopping(100, 0), pinned=3)
        best = min(best, found.losses[-1])
    plain = "init" in options
    assert result.losses[-1] <= best * (1.1 if plain else 1.005)
    assert all(after <= before for before, after in zip(result.losses, result.losses[1:], strict=False))
    assert {tuple(color) for color in kept.tolist()} <= {tuple(color) for color in result.palette.tolist()}


def test_a_picture_is_exact_if_its_colors_and_the_kept_ones_fit_into_k():
    result = kalette.compress(FOUR, **PLAIN, k=5, keep_colors=["#00ff00"])
    np.testing.assert_array_equal(result.palette[result.indices], FOUR)
    assert (result.mse, result.stopped_by, result.notes, len(result.palette)) == (0, "lossless", (), 5)


def test_a_note_says_why_a_picture_of_few_colors_is_not_exact():
    result = kalette.compress(FOUR, **PLAIN, k=4, keep_colors=["#00ff00"])
    assert result.mse > 0
    assert result.notes == (
        "the image and the colours to keep need 5 entries and k is 4, so it is not exact",
    )


def test_a_kept_color_of_the_picture_keeps_its_pixels_exact(gradient):
    color = gradient[20, 30]
    result = kalette.compress(gradient, k=4, keep_colors=[color])
    np.testing.assert_array_equal(result.palette[result.indices][20, 30], color)


def test_as_many_kept_colors_as_k_leave_nothing_to_search(gradient):
    result = kalette.compress(gradient, k=2, keep_colors=["#000", "#fff"])
    assert result.palette.tolist() == [[0, 0, 0], [255, 255, 255]]
    fixed = kalette.compress(gradient, palette=["#000", "#fff"])
    np.testing.assert_array_equal(result.indices, fixed.indices)


def test_k_must_have_room_for_kept_colors_and_other_kinds_of_alpha(icon):
    said = r"k is 3, but the picture has clear and partly clear pixels besides 2 colours to keep;"
    with pytest.raises(kalette.PaletteError, match=f"{said} it needs k of at least 4"):
        kalette.compress(icon, k=3, keep_colors=["#000", "#fff"])
    result = kalette.compress(icon, k=4, keep_colors=["#000", "#fff"])
    assert sorted(alpha_kinds(result.palette).tolist()) == [0, 1, 2, 2]


COLORS = st.lists(st.tuples(*[st.sampled_from([0, 1, 2, 128, 254, 255])] * 4), max_size=4)
PICTURES = arrays(
    np.uint8,
    st.tuples(st.integers(1, 8), st.integers(1, 8), st.sampled_from([3, 4])),
    elements=st.integers(0, 255),
)


@given(PICTURES, COLORS, st.integers(4, 8), st.sampled_from(["none", "diffusion"]))
@hypothesis_settings(max_examples=100)
def test_kept_colors_are_always_in_the_palette_and_clear_and_opaque_pixels_stay(pixels, kept, k, dither):
    result = kalette.compress(pixels, k=k + len(kept), keep_colors=kept, dither=dither)
    entries = {code_of(color) for color in result.palette}
    assert set(result.settings.keep_colors) <= entries
    assert len(result.palette) <= k + len(kept)
    require_clear_and_opaque_to_stay(result.palette[result.indices], pixels)
    assert result.mse >= 0


def test_the_same_bytes_with_kept_colors_for_any_number_of_threads_and_both_kernels(icon, tmp_path):
    path = tmp_path / "icon.png"
    Image.fromarray(icon).save(path)
    code = (
        "import sys, hashlib, kalette; "
        f"r = kalette.compress({str(path)!r}, k=9, keep_colors=['#f00', '#0f08'], threads=int(sys.argv[1])); "
        "print(hashlib.sha256(r.to_bytes()).hexdigest(), r.losses)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, threads],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "KALETTE_KERNELS": kernels},
        ).stdout
        for threads, kernels in (("1", "native"), ("3", "native"), ("1", "reference"))
    }
    assert len(outputs) == 1
