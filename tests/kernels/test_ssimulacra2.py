"""SSIMULACRA 2: right values, and the same bits in the compiled kernel and its reference."""

import numpy as np
import pytest
from PIL import Image

from kalette.kernels import _native, linear_from_srgb, reference
from kalette.kernels.reference.ssimulacra2_score import score

BOTH = pytest.mark.parametrize("kernels", [reference, _native], ids=["reference", "native"])
THREADS = (1, 2, 3, 7)


def grey(value: int, height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


def waves(height: int, width: int) -> np.ndarray:
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    return np.stack([4 * across + down, 5 * down, across * down // 7 % 200], axis=2).astype(np.uint8)


def noisy(pixels: np.ndarray, amplitude: int, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(-amplitude, amplitude + 1, pixels.shape)
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


@BOTH
@pytest.mark.parametrize("channels", [3, 4])
def test_equal_pictures_score_100(kernels, channels):
    pixels = np.random.default_rng(2).integers(0, 256, (70, 50, channels)).astype(np.uint8)
    assert kernels.ssimulacra2(pixels, pixels, 30, 1) == 100


def xyb_of_grey(value: int) -> np.ndarray:
    """All three cones of a grey see its light: X stays 0, and B - Y as well."""
    bias = 0.0037930732552754493
    luma = np.cbrt(linear_from_srgb(np.array([value / 255]))[0] + bias) - np.cbrt(bias)
    return np.array([0.42, luma + 0.01, 0.55])


def norms_of_flat(a: float, b: float, width: int) -> np.ndarray:
    """Norms of two flat planes: with w the part of the window inside, means are w a and w b.

    Variances are w (1 - w) a^2 and w (1 - w) b^2, and the covariance is w (1 - w) a b.
    """
    weights = np.exp(-(np.arange(-5, 6) ** 2) / 4.5)
    part = np.convolve(np.pad(np.ones(width), 5), weights / weights.sum(), mode="valid")
    spread, c2 = part * (1 - part), 0.0009
    luminance = 1 - (part * (a - b)) ** 2
    ssim = luminance * (2 * spread * a * b + c2) / (spread * (a * a + b * b) + c2)
    edges = (1 + (1 - part) * b) / (1 + (1 - part) * a) - 1
    maps = np.maximum(np.stack([1 - ssim, edges, -edges]), 0)
    return np.stack([maps.mean(axis=1), (maps**4).mean(axis=1) ** 0.25])


@BOTH
@pytest.mark.parametrize(
    ("height", "widths"),
    [(8, [8, 4]), (40, [9, 5]), (300, [256, 128, 64, 32, 16, 8]), (113, [113, 57, 29, 15, 8, 4])],
)
def test_two_flat_greys_by_hand(kernels, height, widths):
    """Flat pictures stay flat when halved; a scale follows as long as no side of the last is below 8.

    Every pixel of a flat picture rounds the same way, so float32 shows more than elsewhere.
    """
    a, b = xyb_of_grey(90), xyb_of_grey(110)
    norms = [[norms_of_flat(a[c], b[c], width) for width in widths] for c in range(3)]
    found = kernels.ssimulacra2(grey(90, height, widths[0]), grey(110, height, widths[0]), 0, 1)
    assert found == pytest.approx(score(np.array(norms)), abs=0.05)


def test_the_score_takes_a_power_to_the_last_digits():
    norms = np.zeros((3, 6, 2, 3))
    norms[1, 2, 0, 0] = 0.02  # its weight is 225.2
    total = 0.02 * 225.20515300849274 * 0.9562382616834844
    distance = 2.326765642916932 * total - 0.020884521182843837 * total**2 + 6.248496625763138e-05 * total**3
    assert score(norms) == pytest.approx(100 - 10 * distance**0.6276336467831387, rel=1e-14)


def pairs() -> list[tuple[np.ndarray, np.ndarray]]:
    """With six scales: PyPI's `ssimulacra2` stops earlier than libjxl at small pictures."""
    smooth, sharp = waves(250, 310), waves(241, 226)[::-1] // 16 * 16
    return [(smooth, noisy(smooth, 6)), (smooth, smooth // 8 * 8), (sharp, noisy(sharp, 30))]


@BOTH
@pytest.mark.parametrize("number", [0, 1, 2])
def test_scores_agree_with_those_of_another_implementation(kernels, number, tmp_path):
    package = pytest.importorskip("ssimulacra2")
    files = [tmp_path / "original.png", tmp_path / "result.png"]
    for file, pixels in zip(files, pairs()[number], strict=True):
        Image.fromarray(pixels).save(file)
    expected = package.compute_ssimulacra2(*files)
    assert kernels.ssimulacra2(*pairs()[number], 0, 1) == pytest.approx(expected, abs=1e-3)


@BOTH
def test_scores_are_those_recorded_from_another_implementation(kernels):
    """Recorded by `compute_ssimulacra2` of PyPI's `ssimulacra2` 0.3.0, as the test above calls it."""
    found = [kernels.ssimulacra2(*pair, 0, 1) for pair in pairs()]
    assert found == pytest.approx(RECORDED, abs=1e-3)


RECORDED = [86.531432, 88.920191, 43.631285]


@BOTH
def test_more_noise_scores_less(kernels):
    pixels = waves(120, 130)
    scores = [kernels.ssimulacra2(pixels, noisy(pixels, amplitude), 0, 1) for amplitude in (0, 1, 3, 9, 27)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


@BOTH
def test_small_pictures_are_mirrored_to_8_pixels(kernels):
    original, result = waves(3, 5), noisy(waves(3, 5), 20)
    larger = [np.pad(pixels, ((0, 5), (0, 3), (0, 0)), "symmetric") for pixels in (original, result)]
    assert kernels.ssimulacra2(original, result, 0, 1) == kernels.ssimulacra2(*larger, 0, 1)


@BOTH
def test_opaque_pixels_score_as_those_without_alpha(kernels):
    original, result = waves(30, 40), noisy(waves(30, 40), 9)
    opaque = [np.dstack([pixels, np.full((30, 40), 255, np.uint8)]) for pixels in (original, result)]
    assert kernels.ssimulacra2(*opaque, 77, 1) == kernels.ssimulacra2(original, result, 0, 1)


@BOTH
def test_clear_pixels_show_the_background(kernels):
    clear = np.dstack([waves(30, 40), np.zeros((30, 40), np.uint8)])
    shown = np.dstack([grey(200, 30, 40), np.full((30, 40), 255, np.uint8)])
    assert kernels.ssimulacra2(clear, shown, 200, 1) == 100
    assert kernels.ssimulacra2(clear, shown, 90, 1) < 70


@BOTH
def test_alpha_blends_in_srgb(kernels):
    """200 / 255 of 255 on a background of 0 is 200."""
    half = np.dstack([grey(255, 30, 40), np.full((30, 40), 200, np.uint8)])
    shown = np.dstack([grey(200, 30, 40), np.full((30, 40), 255, np.uint8)])
    assert kernels.ssimulacra2(half, shown, 0, 1) == 100


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(
    "size",
    [(1, 1), (1, 9), (9, 1), (7, 13), (8, 8), (17, 33), (65, 130), (129, 16), (9, 1030), (150, 2050)],
)
def test_scores_agree_bit_for_bit_for_any_number_of_threads(size, channels):
    pixels = np.random.default_rng(3).integers(0, 256, (*size, channels)).astype(np.uint8)
    for other in (noisy(pixels, 3), noisy(pixels, 200)):
        for background in (0, 128, 255):
            expected = reference.ssimulacra2(pixels, other, background)
            found = {_native.ssimulacra2(pixels, other, background, threads) for threads in THREADS}
            assert found == {expected}
