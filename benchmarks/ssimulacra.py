"""SSIMULACRA2 from the functions of PyPI's `ssimulacra2`, with the work on the original done once.

A test holds that the scores equal those of its `compute_ssimulacra2`. The blurred planes of the original are
cached, and a table converts bytes to linear light.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kalette.types import Pixels

Planes = NDArray[np.float64]
_LEAST_SIDE = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale of the original: its planes, their local mean and the local mean of their squares."""

    planes: Planes
    mean: Planes
    mean_square: Planes


def _package() -> Any:
    from ssimulacra2 import ssimulacra2

    return ssimulacra2


def prepared(original: Pixels) -> list[Scale]:
    """Return the scales of an original (H, W, 3) uint8."""
    blur = _package().blur_image
    return [Scale(planes, blur(planes), blur(planes * planes)) for planes in _scales(original)]


def score(original: list[Scale], pixels: Pixels) -> float:
    """Return the score of pixels (H, W, 3) uint8 against the original, 100 at best."""
    package = _package()
    blur = package.blur_image
    scales = package.Msssim()
    for own, planes in zip(original, _scales(pixels), strict=True):
        mean = blur(planes)
        scale = package.MsssimScale()
        scale.avg_ssim = package.ssim_map(
            own.mean, mean, own.mean_square, blur(planes * planes), blur(own.planes * planes)
        )
        scale.avg_edgediff = package.edge_diff_map(own.planes, own.mean, planes, mean)
        scales.scales.append(scale)
    return float(scales.score())


def _scales(pixels: Pixels) -> Iterator[Planes]:
    """Yield the XYB planes of each scale, half as wide and high as the last."""
    package = _package()
    linear = _linear_of_bytes()[pixels]
    for _ in range(package.kNumScales):
        if min(linear.shape[:2]) < _LEAST_SIDE:
            return
        yield package.make_positive_xyb(package.linear_rgb_to_xyb(linear))
        linear = package.downsample(linear, 2, 2)


@cache
def _linear_of_bytes() -> NDArray[np.float64]:
    table: NDArray[np.float64] = _package().srgb_to_linear(np.arange(256))
    return table
