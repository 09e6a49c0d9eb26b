"""SSIMULACRA 2, a perceptual score of compressed pictures: in float32, with + - x / and roots alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.kernels.reference.checks import require_pictures
from kalette.kernels.reference.cube_root import inverse_cube_root_guesses
from kalette.kernels.reference.gaussian_window import GAUSSIAN, RADIUS, mirrored
from kalette.kernels.reference.ssimulacra2_score import score
from kalette.kernels.srgb import linear_from_srgb

Floats = NDArray[np.float32]

_STRIP = 1 << 18  # pixels at a time, to bound memory
_SCALES = 6
_LEAST_SIDE = 8
_LANES = 16  # partial sums of a row
_WINDOW = tuple(np.float32(weight) for weight in GAUSSIAN)

# The opsin absorbance of libjxl's lib/jxl/cms/opsin_params.h: cones from linear light, and their bias.
_CONES_FROM_LINEAR = (
    (0.3, 0.622, 0.078),
    (0.23, 0.692, 0.078),
    (0.24342268924547819, 0.20476744424496821, 0.5518098665095536),
)
_BIAS = 0.0037930732552754493
# XYB in about 0 to 1, as libjxl's MakePositiveXYB has it; Y starts at 0.01 less the cube root of the bias.
_X_FACTOR, _X_START, _Y_START, _B_START = 7, 0.42, -0.14595420054924862, 0.55

_C2 = 0.0009
_NEGLIGIBLE = 1e-9  # the fourth power of less may be subnormal, which takes many times as long


def ssimulacra2(
    original: NDArray[np.uint8], result: NDArray[np.uint8], background: int = 0, threads: int = 1
) -> float:
    """Return the SSIMULACRA 2 (version 2.1) of two pictures on a grey background, 100 at best.

    90 is not to be told apart, 70 good, 50 fair; there is no lower bound. A side below 8 is mirrored until
    it has 8 pixels. With a side below 113 there are fewer than six scales, and libjxl's weights, which this
    keeps to, then fall on other norms: such scores do not compare with those of larger pictures.

    The window is the Gaussian of `similarity`. Above and below the picture is mirrored, beside it are zeros,
    as in PyPI's `ssimulacra2`. In libjxl are zeros all around, and the Gaussian is the recursive one of
    D. Charalampidis (2016), which equals a window 9 wide. PyPI's package halves a picture only while no side
    of the result is below 8; this does while no side of the picture is, as libjxl.

    Parameters
    ----------
    original, result : ndarray
        (H, W, 3 or 4) uint8 sRGB, of one shape.
    background : int
        Grey, 0 to 255, blended in sRGB as libjxl does.
    threads : int
        At least 1.

    References
    ----------
    J. Sneyers, "SSIMULACRA 2", Cloudinary, 2022; libjxl, `tools/ssimulacra2.cc`.

    Examples
    --------
    >>> grey = np.full((16, 16, 3), 128, np.uint8)
    >>> ssimulacra2(grey, grey)
    100.0
    >>> round(ssimulacra2(grey, grey + np.uint8(8)), 2)
    96.96
    """
    require_pictures(original, result, background, threads)
    lights = [_linear_light(_enlarged(pixels), background) for pixels in (original, result)]
    norms = [_norms(*lights)]
    while len(norms) < _SCALES and min(lights[0].shape[1:]) >= _LEAST_SIDE:
        lights = [_halved(light) for light in lights]
        norms.append(_norms(*lights))
    return score(np.stack(norms, axis=1))


def _enlarged(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mirror the pixels until no side is below 8."""
    rows, columns = (mirrored(np.arange(max(size, _LEAST_SIDE)), size) for size in pixels.shape[:2])
    return pixels[rows][:, columns]


def _linear_light(pixels: NDArray[np.uint8], background: int) -> Floats:
    """Return linear light (3, H, W) on a grey background."""
    table = linear_from_srgb(np.minimum(np.arange(257), 255) / 255).astype(np.float32)
    colors = np.moveaxis(pixels[..., :3], 2, 0)
    if pixels.shape[2] == 3:
        return table[colors]
    alpha = pixels[..., 3].astype(np.int32)
    levels = alpha * colors + (255 - alpha) * background
    whole, part = levels // 255, (levels % 255).astype(np.float32)
    return np.asarray(table[whole] + (table[whole + 1] - table[whole]) * (part * np.float32(1 / 255)))


def _halved(light: Floats) -> Floats:
    """Average squares of 2 x 2, with the last row and column repeated where their number is odd."""
    height, width = light.shape[1:]
    even = np.pad(light, ((0, 0), (0, height % 2), (0, width % 2)), mode="edge")
    top, bottom = even[:, ::2], even[:, 1::2]
    return (top[..., ::2] + top[..., 1::2] + bottom[..., ::2] + bottom[..., 1::2]) * np.float32(0.25)


def _norms(a: Floats, b: Floats) -> NDArray[np.float64]:
    """Return the 1-norm and the 4-norm of the maps of one scale, (channels, norms, maps).

    Each row is summed in 16 lanes, these in order, then the rows' sums from top to bottom.
    """
    height, width = a.shape[1:]
    step = max(1, _STRIP // width)
    sums = []
    for top in range(0, height, step):
        around = mirrored(np.arange(top - RADIUS, min(top + step, height) + RADIUS), height)
        planes = [_xyb(light[:, around]) for light in (a, b)]
        sums += [np.stack([_row_sums(*pair) for pair in zip(*planes, strict=True)], axis=1)]
    means: NDArray[np.float64] = np.cumsum(np.concatenate(sums), axis=0)[-1] / (height * width)
    means[:, 1] = np.sqrt(np.sqrt(means[:, 1]))
    return means


def _xyb(light: Floats) -> Floats:
    red, green, blue = light
    cones = [a * red + b * green + c * blue + _BIAS for a, b, c in _CONES_FROM_LINEAR]
    long, middle, short = (_cube_roots(cone) for cone in cones)
    luma = (long + middle) * np.float32(0.5)
    return np.stack([(long - middle) * _X_FACTOR + _X_START, luma + _Y_START, (short - luma) + _B_START])


def _cube_roots(values: Floats) -> Floats:
    third = np.float32(1 / 3)
    inverse: NDArray[Any] = inverse_cube_root_guesses(values)
    inverse = inverse + inverse * ((1 - values * (inverse * inverse * inverse)) * third)
    roots: Floats = values * (inverse * inverse)
    return roots


def _row_sums(a: Floats, b: Floats) -> NDArray[np.float64]:
    """Return the sums of the rows' maps and of their fourth powers, (rows, norms, maps)."""
    maps = _error_maps(a, b)
    flat = [np.where(values > _NEGLIGIBLE, values, np.float32(0)) for values in maps]
    squares = [values * values for values in flat]
    fourths = [values * values for values in squares]
    return np.stack([_sums(values) for values in (*flat, *fourths)], axis=1).reshape(-1, 2, 3)


def _error_maps(a: Floats, b: Floats) -> tuple[Floats, Floats, Floats]:
    """Return 1 - SSIM, the edges that only b has (artifacts), and those that only a has (lost detail).

    In libjxl's form, 1 - (1 - gap) covariance / variances, the difference of nearly equal numbers would
    lose the digits of float32; variances - covariance is the mean squared difference less the gap.
    """
    mean_a, mean_b = _blurred(a), _blurred(b)
    gap = (mean_a - mean_b) * (mean_a - mean_b)
    variances = (_blurred(a * a + b * b) - (mean_a * mean_a + mean_b * mean_b)) + _C2
    error = _blurred((a - b) * (a - b)) - gap
    edge_a, edge_b = np.abs(a[RADIUS:-RADIUS] - mean_a), np.abs(b[RADIUS:-RADIUS] - mean_b)
    edges = (edge_b - edge_a) / (1 + edge_a)
    return gap + (1 - gap) * (error / variances), edges, -edges


def _blurred(values: Floats) -> Floats:
    """Blur vertically, which takes off the outer rows, then horizontally."""
    height, width = values.shape
    down = _weighted([values[i : height - 2 * RADIUS + i] for i in range(2 * RADIUS + 1)])
    wide = np.pad(down, ((0, 0), (RADIUS, RADIUS)))
    return _weighted([wide[:, i : width + i] for i in range(2 * RADIUS + 1)])


def _weighted(window: list[Floats]) -> Floats:
    total = window[RADIUS] * _WINDOW[0]
    for i, weight in enumerate(_WINDOW[1:], 1):
        total += (window[RADIUS - i] + window[RADIUS + i]) * weight
    return total


def _sums(values: Floats) -> NDArray[np.float64]:
    height, width = values.shape
    padded = np.pad(values, ((0, 0), (0, -width % _LANES)))
    lanes = np.cumsum(padded.reshape(height, -1, _LANES), axis=1)[:, -1]
    sums: NDArray[np.float64] = np.cumsum(lanes.astype(np.float64), axis=1)[:, -1]
    return sums
