"""Metrics of error and size."""

import numpy as np
import pytest
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from kalette.compression import Picture, metrics
from kalette.types import Indexed, Run
from kalette.writing import encode


def noisy(pixels: np.ndarray, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.integers(-20, 21, pixels.shape)
    noise[..., 3:] = 0
    return np.clip(pixels.astype(int) + noise, 0, 255).astype(np.uint8)


def test_mse_of_two_pixels_by_hand():
    original = np.array([[[0, 0, 0], [10, 20, 30]]], np.uint8)
    result = np.array([[[0, 0, 6], [10, 23, 30]]], np.uint8)
    assert metrics.mse(original, result) == (36 + 9) / 6


def test_mse_with_alpha_is_the_mean_over_black_and_white():
    original = np.array([[[255, 255, 255, 51]]], np.uint8)  # over black 51, over white 255
    result = np.array([[[255, 255, 255, 0]]], np.uint8)  # over black 0, over white 255
    assert metrics.mse(original, result) == pytest.approx(51**2 / 2)


@pytest.mark.parametrize("channels", [(3, 3), (4, 4), (4, 3), (3, 4)])
def test_mse_of_indices_equals_that_of_their_pixels(channels):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (70, 1000, channels[0])).astype(np.uint8)
    palette = rng.integers(0, 256, (19, channels[1])).astype(np.uint8)
    indices = rng.integers(0, 19, (70, 1000)).astype(np.uint8)
    for threads in (1, 3):
        assert metrics.mse_of_entries(pixels, Indexed(palette, indices), run=Run(threads)) == metrics.mse(
            pixels, palette[indices]
        )


def test_mse_ignores_the_color_of_clear_pixels():
    assert metrics.mse(np.array([[[9, 9, 9, 0]]], np.uint8), np.zeros((1, 1, 4), np.uint8)) == 0


def test_mse_treats_three_channels_as_opaque():
    opaque = np.full((2, 2, 4), 255, np.uint8)
    assert metrics.mse(opaque, opaque[..., :3]) == 0


def test_mse_and_psnr_agree_with_scikit_image(gradient):
    other = noisy(gradient)
    assert metrics.mse(gradient, other) == pytest.approx(mean_squared_error(gradient, other))
    expected = peak_signal_noise_ratio(gradient, other, data_range=255)
    assert metrics.psnr_db(metrics.mse(gradient, other)) == pytest.approx(expected)


@pytest.mark.parametrize("size", [(11, 11), (12, 40), (48, 64), (700, 500)])
def test_ssim_agrees_with_scikit_image(size):
    rng = np.random.default_rng(1)
    original = np.kron(rng.integers(0, 256, (size[0] // 4 + 1, size[1] // 4 + 1, 3)), np.ones((4, 4, 1)))
    pixels = original[: size[0], : size[1]].astype(np.uint8)
    other = noisy(pixels)
    luma = [picture @ np.array([0.299, 0.587, 0.114]) for picture in (pixels, other)]
    expected = structural_similarity(
        *luma, data_range=255, gaussian_weights=True, use_sample_covariance=False, sigma=1.5
    )
    assert metrics.ssim(pixels, other) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (30, 1), (3, 5), (10, 10)])
def test_ssim_of_pictures_smaller_than_its_window_is_1_only_if_they_are_equal(size):
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3)).astype(np.uint8)
    assert metrics.ssim(picture, picture) == pytest.approx(1)
    assert metrics.ssim(picture, 255 - picture) < 1


def test_ssim_with_alpha_is_the_mean_over_black_and_white(icon):
    other = noisy(icon)

    def over(pixels, background):
        alpha = pixels[..., 3:] / 255
        return pixels[..., :3] * alpha + background * (1 - alpha)

    expected = np.mean(
        [
            structural_similarity(
                over(icon, background) @ np.array([0.299, 0.587, 0.114]),
                over(other, background) @ np.array([0.299, 0.587, 0.114]),
                data_range=255,
                gaussian_weights=True,
                use_sample_covariance=False,
            )
            for background in (0, 255)
        ]
    )
    assert metrics.ssim(icon, other) == pytest.approx(expected, abs=1e-9)


def test_estimated_bytes_of_the_course_exercise():
    """128 x 128 pixels in 16 colours: 4 bits each and 16 entries of 3 bytes."""
    assert metrics.estimated_bytes(np.zeros((128, 128, 3), np.uint8), 16) == 128 * 128 // 2 + 48


def test_estimated_bytes_rounds_up_to_whole_bytes():
    assert metrics.estimated_bytes(np.zeros((1, 3, 4), np.uint8), 2) == 1 + 8


def test_what_was_foreseen_counts_only_for_a_file_that_holds_those_pixels():
    original = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    picture, written = Picture(original, "the array"), noisy(original)
    foreseen = metrics.Foreseen(written, 0.25, 12.5)
    right = metrics.measure(picture, encode(written, "png"), foreseen=foreseen)
    assert (right.ssim, right.ssimulacra2) == (0.25, 12.5)
    other = noisy(original, seed=1)
    measured = metrics.measure(picture, encode(other, "png"), foreseen=foreseen)
    assert measured.ssim == metrics.ssim(original, other)
    assert measured.ssimulacra2 == metrics.ssimulacra2(original, other)


def test_what_is_foreseen_is_what_would_be_measured():
    original = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    foreseen = metrics.foresee(original, noisy(original))
    measured = metrics.measure(Picture(original, "the array"), encode(noisy(original), "png"))
    assert (foreseen.ssim, foreseen.ssimulacra2) == (measured.ssim, measured.ssimulacra2)
