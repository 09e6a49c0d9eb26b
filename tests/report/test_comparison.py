"""`kalette.compare`: a row for each k, one histogram, and a recommended k."""

import io

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.clustering import count
from kalette.compression import picture
from kalette.report.comparison import ALONE
from kalette.types import PaletteError, SettingsError, WriteError


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return kalette.sample_pixels(96, 64)


@pytest.fixture(scope="module")
def comparison(pixels) -> kalette.Comparison:
    return kalette.compare(pixels, [8, 2, 32])


def flat(*colors: tuple[int, ...], side: int = 6) -> np.ndarray:
    """Stripes of colours."""
    return np.repeat(np.array([colors], np.uint8), side, axis=0)


def test_each_row_equals_the_result_of_compress(comparison, pixels):
    assert [row.k for row in comparison.rows] == [8, 2, 32]
    for row in comparison.rows:
        alone = kalette.compress(pixels, row.k, ALONE)
        assert row.result.to_bytes() == alone.to_bytes()
        assert (row.mse, row.psnr_db, row.ssim) == (alone.mse, alone.psnr_db, alone.ssim)
        assert (row.output_bytes, row.estimated_bytes) == (alone.output_bytes, alone.estimated_bytes)
        assert row.seconds > 0


def test_the_recommended_k_is_that_of_compress(comparison, pixels):
    assert kalette.compress(pixels, k="auto").k == comparison.recommended_k
    assert [point.k for point in comparison.curve] == list(range(2, 257))


def test_the_reason_compares_with_half_and_twice_the_recommended_k(comparison):
    k = comparison.recommended_k
    for number in (round(k / 2), k, 2 * k):
        assert f"with {number}" in comparison.reason
    assert "the knee of the curve" in comparison.reason


def test_the_picture_is_read_and_counted_once(pixels, monkeypatch):
    counted = []
    monkeypatch.setattr(
        picture, "count", lambda *arguments, **options: counted.append(1) or count(*arguments, **options)
    )
    kalette.compare(pixels, [2, 4, 8])
    assert counted == [1]


def test_rows_are_the_same_for_any_number_of_threads(comparison, pixels):
    other = kalette.compare(pixels, [8, 2, 32], threads=1)
    assert [row.result.to_bytes() for row in other.rows] == [row.result.to_bytes() for row in comparison.rows]
    assert (other.curve, other.reason) == (comparison.curve, comparison.reason)


def test_on_row_is_called_once_for_each_row(pixels):
    reported = []
    kalette.compare(pixels, [2, 4, 8], on_row=lambda row: reported.append(row.k))
    assert sorted(reported) == [2, 4, 8]


def test_explicit_settings_replace_the_defaults_of_compare(pixels):
    (row,) = kalette.compare(pixels, [8], kalette.Settings()).rows
    assert row.result.to_bytes() == kalette.compress(pixels, k=8).to_bytes()
    assert kalette.compare(pixels, [8], effort="best").rows[0].result.settings.space == "srgb"


def test_settings_apply_to_every_row(pixels):
    made = kalette.compare(pixels, [4, 8], init="wu", max_iter=1, format="gif")
    assert all(row.result.iterations == 1 for row in made.rows)
    assert all(row.result.to_bytes()[:3] == b"GIF" for row in made.rows)
    assert [row.result.settings.k for row in made.rows] == [4, 8]


@pytest.mark.parametrize(
    ("ks", "options", "said"),
    [
        ([], {}, "ks is empty; give one number"),
        ([2, 0], {}, "k is 0; a palette holds 1 to 256"),
        ([300], {}, "k is 300; a palette holds 1 to 256"),
        ([4, 8, 4], {}, "ks holds 4 twice; give each number once"),
        (["many"], {}, "k is 'many'; a palette holds 1 to 256"),
        (["auto"], {}, "ks holds 'auto'; give numbers"),
        ([4], {"k": 8}, "k is given beside ks"),
        ([4], {"threads": 0}, "threads is 0"),
    ],
)
def test_bad_numbers_of_colors_are_refused_with_one_sentence(ks, options, said, pixels):
    with pytest.raises(SettingsError, match=said):
        kalette.compare(pixels, ks, **options)


def test_a_failure_in_one_row_is_the_failure_of_all():
    too_wide = np.zeros((1, 70_000, 3), np.uint8)
    with pytest.raises(WriteError, match="GIF holds at most 65535"):
        kalette.compare(too_wide, [2, 4, 8], format="gif")


def test_a_k_below_the_kinds_of_alpha_is_left_out_with_a_note(icon):
    made = kalette.compare(icon, [2, 4, 8])
    assert [row.k for row in made.rows] == [4, 8]
    assert made.notes == ("k = 2 is left out; the kinds of alpha need 3 entries",)
    with pytest.raises(PaletteError, match="k is 2, but the picture has clear, partly clear and opaque"):
        kalette.compare(icon, [1, 2])


@pytest.mark.parametrize(
    ("picture", "recommended", "reason"),
    [
        (np.full((1, 1, 3), 9, np.uint8), 1, "since the picture has one colour"),
        (flat((9, 9, 9)), 1, "since the picture has one colour"),
        (np.zeros((5, 7, 4), np.uint8), 1, "since the picture has one colour"),
        (flat((9, 9, 9), (0, 0, 200)), 2, "since the picture has 2 colours and is exact with them"),
        (
            flat(*((4 * i, i, 99) for i in range(20))),
            20,
            "since the picture has 20 colours and is exact with them",
        ),
    ],
)
def test_for_few_colors_the_recommended_k_is_their_number_and_lossless(picture, recommended, reason):
    made = kalette.compare(picture, [1, 2, 20, 32])
    assert (made.recommended_k, made.reason) == (recommended, reason)
    for row in made.rows:
        assert (row.psnr_db is None) == (row.k >= recommended)
        assert row.result.colors_used == min(row.k, recommended)


def test_a_comparison_is_shown_as_a_picture_in_a_notebook(comparison):
    with Image.open(io.BytesIO(comparison._repr_png_())) as image:
        assert image.format == "PNG"
        assert image.width > 1000
    assert repr(comparison) == f"<Comparison of k = 8, 2, 32; {comparison.recommended_k} recommended>"
