"""`kalette.compress`: the whole pipeline."""

import io
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from sklearn.cluster import KMeans

import kalette
from alpha_checks import require_clear_and_opaque_to_stay
from clouds import weighted
from kalette import kernels
from kalette.clustering.lloyd import Stopping, run_lloyd
from kalette.color import LIGHTNESS

FORMATS = pytest.mark.parametrize("file_format", ["png", "webp", "gif"])
PICTURES = arrays(
    np.uint8,
    st.tuples(st.integers(1, 8), st.integers(1, 8), st.sampled_from([3, 4])),
    elements=st.integers(0, 255),
)

PLAIN: dict[str, Any] = {"space": "srgb", "dither": "none", "rate": 0.0}


def decoded(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        return np.array(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def test_four_pixels_in_two_colors_by_hand():
    pixels = np.array([[[0, 0, 0], [10, 0, 0]], [[200, 0, 0], [250, 0, 0]]], np.uint8)
    result = kalette.compress(pixels, k=2, **PLAIN)
    assert result.palette.tolist() == [[5, 0, 0], [225, 0, 0]]
    assert result.indices.tolist() == [[0, 0], [1, 1]]
    assert result.mse == (25 + 25 + 625 + 625) / 12
    assert result.losses[-1] == 1300
    assert result.bit_depth == 1


@FORMATS
@pytest.mark.parametrize("dither", ["none", "diffusion"])
def test_an_image_with_at_most_k_colors_is_exact(file_format, dither, gradient):
    flat = gradient // 64 * 64
    colors = len(np.unique(flat.reshape(-1, 3), axis=0))
    result = kalette.compress(flat, k=colors, format=file_format, dither=dither)
    np.testing.assert_array_equal(decoded(result.to_bytes()), flat)
    assert (result.mse, result.psnr_db, result.stopped_by, result.losses) == (0, None, "lossless", (0.0,))


@given(PICTURES, st.integers(0, 3))
@settings(max_examples=100)
def test_k_at_or_above_the_number_of_colors_is_lossless(pixels, spare):
    """Colours under clear pixels are dropped."""
    if pixels.shape[2] == 4:
        pixels[pixels[..., 3] == 0] = 0
    colors = len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0))
    result = kalette.compress(pixels, k=min(256, colors + spare))
    np.testing.assert_array_equal(
        result.palette[result.indices][..., : pixels.shape[2]], pixels[..., : result.palette.shape[1]]
    )
    assert result.mse == 0


@given(PICTURES, st.integers(3, 6), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_pixels_does_not_matter(pixels, k, random):
    flat = pixels.reshape(-1, 1, pixels.shape[2])
    order = list(range(len(flat)))
    random.shuffle(order)
    one, other = (kalette.compress(p, k=k, **PLAIN) for p in (flat, flat[order]))
    np.testing.assert_array_equal(one.palette, other.palette)
    np.testing.assert_array_equal(one.indices[order], other.indices)


@pytest.mark.parametrize("init", ["wu", "k-means++", "random"])
def test_the_loss_is_that_of_a_local_optimum_that_scikit_learn_confirms(init, gradient):
    result = kalette.compress(gradient, k=12, init=init, max_iter=500, tol=0.0, keep_history=True)
    assert result.stopped_by == "labels"
    assert all(after <= before for before, after in zip(result.losses, result.losses[1:], strict=False))
    pixels = gradient.reshape(-1, 3).astype(float)
    found = run_lloyd(weighted(pixels), result.palettes[0].astype(float), Stopping(500, 0))
    theirs = KMeans(12, init=result.palettes[0].astype(float), n_init=1, max_iter=500, tol=0).fit(pixels)
    assert found.losses[-1] == pytest.approx(theirs.inertia_, rel=1e-6)


def test_choosing_k_reports_the_passes_of_the_result_only(gradient):
    numbers: list[int] = []
    result = kalette.compress(gradient, "auto", on_pass=lambda number, _: numbers.append(number))
    assert numbers == list(range(1, result.iterations + 1))


@pytest.fixture
def converted(monkeypatch) -> dict[str, int]:
    """Pixels converted to Oklab and searched for activity; colours of the histogram are fewer than 5000."""
    pixels = {"oklab": 0, "activity in oklab": 0, "activity in srgb": 0}
    spaces = {place: f"activity in {space}" for space, place in LIGHTNESS.items()}
    oklab, activity = kernels.oklab, kernels.activity

    def count(name, points):
        if points.size // 3 >= 5_000:
            pixels[name] += points.size // 3

    def counted_oklab(points, *arguments):
        count("oklab", points)
        return oklab(points, *arguments)

    def counted_activity(points, lightness):
        count(spaces[lightness], points)
        return activity(points, lightness)

    monkeypatch.setattr(kernels, "oklab", counted_oklab)
    monkeypatch.setattr(kernels, "activity", counted_activity)
    return pixels


def repeated_colors() -> np.ndarray:
    """300 x 200 pixels of 1,000 colours."""
    colors = np.random.default_rng(3).integers(0, 256, (1_000, 3)).astype(np.uint8)
    return colors[np.random.default_rng(4).integers(0, 1_000, (200, 300))]


def test_a_search_converts_the_pixels_once(converted):
    kalette.compress(repeated_colors(), max_bytes=20_000)
    assert converted["oklab"] == 60_000
    for space in ("oklab", "srgb"):  # drawings are tried in both
        assert 60_000 <= converted[f"activity in {space}"] < 1.2 * 60_000  # strips overlap


def test_a_comparison_converts_the_pixels_once_for_all_k(converted):
    kalette.compare(repeated_colors(), [8, 16, 64], kalette.Settings())
    assert converted["oklab"] == 60_000
    for space in ("oklab", "srgb"):
        assert 60_000 <= converted[f"activity in {space}"] < 1.2 * 60_000


def test_the_history_has_an_entry_for_each_pass(gradient):
    reported = []
    result = kalette.compress(gradient, k=8, keep_history=True, on_pass=lambda *p: reported.append(p))
    assert [number for number, _ in reported] == list(range(1, result.iterations + 1))
    assert tuple(done for _, done in reported) == result.history
    assert result.losses[1:] == tuple(done.loss for done in result.history)
    assert len(result.palettes) == result.iterations + 1


@pytest.mark.parametrize("options", [{"max_iter": 2}, {"tol": 1000.0}])
def test_max_iter_and_tol_stop_the_passes(options, gradient):
    result = kalette.compress(gradient, k=8, **options)
    assert result.stopped_by == ("max_iter" if "max_iter" in options else "shift")
    assert result.iterations == options.get("max_iter", 1)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(gradient):
    once, again, other = (
        kalette.compress(gradient, k=9, init="random", seed=s).to_bytes() for s in (1, 1, 2)
    )
    assert once == again
    assert once != other


@pytest.mark.parametrize("dither", ["none", "diffusion"])
def test_the_same_bytes_for_any_number_of_threads_and_both_kernels(dither, icon, tmp_path):
    path = tmp_path / "icon.png"
    Image.fromarray(icon).save(path)
    code = (
        "import sys, hashlib, kalette; "
        f"r = kalette.compress({str(path)!r}, k=20, dither={dither!r}, threads=int(sys.argv[1])); "
        "print(hashlib.sha256(r.to_bytes()).hexdigest(), r.losses)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, threads],
            env={**os.environ, "KALETTE_KERNELS": kernels},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads, kernels in (("1", "native"), ("2", "native"), ("7", "native"), ("1", "reference"))
    }
    assert len(outputs) == 1


@pytest.mark.parametrize("init", ["auto", "wu", "k-means++", "random"])
@pytest.mark.parametrize("k", [3, 5, 17])
@pytest.mark.parametrize("dither", ["none", "diffusion"])
def test_clear_pixels_stay_clear_and_opaque_ones_opaque(init, k, dither, icon):
    result = kalette.compress(icon, k=k, init=init, dither=dither, seed=3)
    require_clear_and_opaque_to_stay(result.palette[result.indices], icon)
    np.testing.assert_array_equal(result.decoded, result.palette[result.indices])


def test_alpha_10_after_a_clear_entry_is_decoded_right_by_pillow():
    """Pillow takes a final 10 in the tRNS chunk for a line feed."""
    pixels = np.array([[[0, 0, 0, 10], [0, 0, 0, 0]]], np.uint8)
    np.testing.assert_array_equal(decoded(kalette.compress(pixels, k=2).to_bytes()), pixels)


def test_a_k_below_the_kinds_of_alpha_is_refused_with_the_least_k(icon):
    with pytest.raises(
        kalette.PaletteError, match=r"k is 2, but .* clear, partly clear and opaque .* at least 3"
    ):
        kalette.compress(icon, k=2)


def test_gif_has_clear_and_opaque_pixels_only_and_the_clear_entry_counts_in_k(icon):
    result = kalette.compress(icon, k=4, format="gif")
    assert "alpha below 128 became clear" in result.notes[0]
    np.testing.assert_array_equal(result.decoded[..., 3] == 255, icon[..., 3] >= 128)
    assert result.colors_used <= 4


def test_colors_under_clear_pixels_take_no_entry():
    pixels = np.random.default_rng(0).integers(0, 256, (16, 16, 4)).astype(np.uint8)
    pixels[..., 3] = 0
    pixels[0, 0] = (1, 2, 3, 255)
    result = kalette.compress(pixels, k=2)
    assert result.palette.tolist() == [[0, 0, 0, 0], [1, 2, 3, 255]]


@FORMATS
def test_the_reported_mse_and_bytes_are_measured_on_the_written_file(file_format, gradient):
    result = kalette.compress(gradient, k=7, format=file_format, dither="diffusion")
    shown = decoded(result.to_bytes()).astype(float)
    assert result.mse == pytest.approx(((shown - gradient) ** 2).mean())
    assert result.output_bytes == len(result.to_bytes(file_format))


def test_path_bytes_pillow_image_and_array_give_the_same_result(tmp_path, gradient):
    path = tmp_path / "a.png"
    Image.fromarray(gradient).save(path)
    sources = (path, str(path), path.read_bytes(), Image.fromarray(gradient), gradient)
    assert len({kalette.compress(source, k=5).to_bytes() for source in sources}) == 1


def test_quantize_turns_a_pillow_image_of_any_mode_into_one_of_mode_p(gradient):
    image = Image.fromarray(gradient)
    for source in (image, image.convert("L"), image.convert("RGBA"), image.convert("CMYK")):
        found = kalette.quantize(source, 8)
        assert (found.mode, found.size) == ("P", image.size)
        assert len(found.getcolors()) <= 8
    np.testing.assert_array_equal(
        np.array(kalette.quantize(image, 8).convert("RGB")), kalette.compress(gradient, 8).to_array()
    )


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 500, 3), (500, 1, 4), (3, 3, 4)])
def test_small_and_narrow_pictures_work(shape):
    pixels = np.random.default_rng(0).integers(1, 255, shape).astype(np.uint8)
    for k in (1, 2, 256):
        assert kalette.compress(pixels, k=k).decoded.shape == shape


def test_the_palette_of_one_color_is_the_mean():
    pixels = np.array([[[0, 0, 0], [255, 255, 255], [255, 255, 255], [0, 3, 0]]], np.uint8)
    assert kalette.compress(pixels, k=1, space="srgb").palette.tolist() == [[128, 128, 128]]


@pytest.mark.parametrize("threads", [0, -1, 1000, "2", 2.5, 2**40])
def test_invalid_numbers_of_threads_are_refused(threads, gradient):
    with pytest.raises(kalette.SettingsError, match="threads is"):
        kalette.compress(gradient, threads=threads)


def test_numpy_scalars_are_valid_settings(gradient):
    numbers: dict[str, Any] = {"k": np.int64(8), "seed": np.int32(3), "tol": np.float32(0.5)}
    result = kalette.compress(gradient, **numbers)
    assert result.colors_used == 8


def test_k_auto_stays_in_the_settings_and_the_result_has_the_chosen_k():
    result = kalette.compress(kalette.sample_pixels(96, 64), k="auto")
    assert result.settings.k == "auto"
    assert 2 < result.k < 256
    assert result.colors_used == result.k
    same = kalette.compress(kalette.sample_pixels(96, 64), k=result.k)
    assert result.to_bytes() == same.to_bytes()


def test_k_auto_is_lossless_for_at_most_256_colors():
    few = np.repeat(np.arange(120, dtype=np.uint8), 9).reshape(6, 60, 3)
    result = kalette.compress(few, k="auto")
    assert (result.k, result.psnr_db) == (120, None)


def test_k_auto_has_room_for_kept_colors(gradient):
    kept = [f"#0000{level:02x}" for level in range(60)]
    result = kalette.compress(gradient, k="auto", keep_colors=kept)
    assert result.k >= 60
    assert set(kept) <= set(result.swatches)
    two = np.zeros((1, 2, 3), np.uint8)
    two[0, 1] = 255
    exact = kalette.compress(two, k="auto", keep_colors=["#ff0000", "#000000"])
    assert (exact.k, exact.psnr_db) == (3, None)


def test_a_cancelled_run_ends_before_a_picture_without_loss():
    with pytest.raises(kalette.CancelledError):
        kalette.compress(np.zeros((4, 4), np.uint8), cancelled=lambda: True)
