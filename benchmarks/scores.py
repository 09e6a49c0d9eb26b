"""Quality metrics: SSIMULACRA2, butteraugli and PSNR, over black, white and a checkerboard."""

import hashlib
import math
import re
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from blurred_color import PERCENTILE, Plane, blurred_lab, color_differences
from cache import Cache, digest
from measure import command_path
from PIL import Image

from kalette.compression import ssimulacra2
from kalette.types import Pixels

BACKGROUNDS = ("black", "white", "checkerboard")
_CHECKS = (102, 153)
_CHECK_PIXELS = 8
_BUTTERAUGLI = "butteraugli_main"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of a picture (H, W, 3) against its original; `sense` is -1 if less is better."""

    name: str
    label: str
    sense: int
    compare: Callable[[Pixels, Pixels], float]
    version: Callable[[], str | None]
    within: tuple[float, float] = (-math.inf, math.inf)  # range of scores for mean differences


def _psnr_db(original: Pixels, pixels: Pixels) -> float:
    difference = original.astype(np.int32) - pixels
    summed = int((difference * difference).sum(dtype=np.int64))
    return 10 * math.log10(255**2 * pixels.size / summed) if summed else math.inf


def _percentile_of_color(original: Pixels, pixels: Pixels) -> float:
    return float(np.percentile(_color_differences(_Same(original), _Same(pixels)), PERCENTILE))


def _mean_of_color(original: Pixels, pixels: Pixels) -> float:
    return float(_color_differences(_Same(original), _Same(pixels)).mean())


def _butteraugli_3norm(original: Pixels, pixels: Pixels) -> float:
    """Return the 3-norm, measured on PPM files, which have no colour metadata."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "original.ppm", Path(folder) / "pixels.ppm"]
        for path, each in zip(paths, (original, pixels), strict=True):
            Image.fromarray(each).save(path)
        arguments = [str(command_path(_BUTTERAUGLI)), *map(str, paths), "--pnorm", "3"]
        shown = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    found = re.search(r"3-norm: (\S+)", shown)
    if found is None:
        raise SystemExit(f"{_BUTTERAUGLI} printed no 3-norm but {shown!r}; another version of it is needed")
    return float(found[1])


@cache
def _butteraugli_version() -> str | None:
    """Return a digest of the command, which has no version option."""
    path = command_path(_BUTTERAUGLI)
    return digest(Path(path).read_bytes())[:12] if path else None


METRICS = (
    Metric("ssimulacra2", "SSIMULACRA2", 1, ssimulacra2, lambda: "1", within=(50, 80)),
    Metric("butteraugli", "butteraugli 3-norm", -1, _butteraugli_3norm, _butteraugli_version),
    Metric("psnr_db", "PSNR", 1, _psnr_db, lambda: "1"),
)


COLOR_METRICS = (
    Metric("ciede2000_p99", "99th percentile", -1, _percentile_of_color, lambda: "1"),
    Metric("ciede2000_mean", "mean", -1, _mean_of_color, lambda: "1"),
)
"""CIEDE2000 between blurred pictures; compared at equal k, not at equal score."""


def metric(name: str) -> Metric:
    """Return the metric of that name."""
    return next(each for each in (*METRICS, *COLOR_METRICS) if each.name == name)


def installed_metrics() -> list[Metric]:
    """Return the installed metrics."""
    return [each for each in (*METRICS, *COLOR_METRICS) if each.version() is not None]


def kept_score(kept: Cache, how: Metric, original: Pixels, pixels: Pixels) -> float:
    """Return a score, cached by the pixels of both pictures."""
    parts = (how.name, str(how.version()), _Same(original).name, _Same(pixels).name)
    return float(kept.kept(parts, lambda: repr(how.compare(original, pixels)).encode()))


def scores(kept: Cache, how: Metric, original: Pixels, pixels: Pixels) -> list[float]:
    """Return the score over each background, or a single one for an original without alpha."""
    if original.shape[2] == 3:
        return [kept_score(kept, how, original, over(pixels, "black"))]
    return [kept_score(kept, how, over(original, each), over(pixels, each)) for each in BACKGROUNDS]


def over(pixels: Pixels, background: str) -> Pixels:
    """Return pixels (H, W, 3 or 4) composited over a background in sRGB, as most programs do."""
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[..., 3:].astype(np.float64) / 255
    behind = _background(background, *pixels.shape[:2])[..., None]
    return np.rint(alpha * pixels[..., :3] + (1 - alpha) * behind).astype(np.uint8)


def _background(name: str, height: int, width: int) -> Pixels:
    if name != "checkerboard":
        return np.full((height, width), 255 if name == "white" else 0, np.uint8)
    rows, columns = np.indices((height, width)) // _CHECK_PIXELS
    return np.where((rows + columns) % 2 == 0, *map(np.uint8, _CHECKS))


class _Same:
    """Hashable pixels, equal if their bytes are: a key for caches."""

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels
        content = hashlib.sha256(np.ascontiguousarray(pixels).data)
        self.name = f"{pixels.shape} {content.hexdigest()[:32]}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


@lru_cache(maxsize=4)
def _blurred_lab(pixels: _Same) -> Plane:
    return blurred_lab(pixels.pixels)


@lru_cache(maxsize=1)
def _color_differences(original: _Same, pixels: _Same) -> Plane:
    return color_differences(_blurred_lab(original), blurred_lab(pixels.pixels))
