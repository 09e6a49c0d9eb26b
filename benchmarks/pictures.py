"""Pictures of the benchmarks, and the lowest losses known for them."""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

import kalette
from kalette.types import Pixels

DEFAULT_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
KODAK = tuple(f"kodim{number:02}" for number in range(1, 25))
SAMPLE = "sample"
ALPHA_SAMPLE = "sample-alpha"
PHOTO = "photo_16mp"
_ALPHA_PREFIX = "rgba"
_FOLDERS = {PHOTO: "samples/photo_16mp.jpg"}


@dataclass(frozen=True)
class Picture:
    """A picture by name, read on first access."""

    name: str
    path: Path | None = None

    @cached_property
    def pixels(self) -> Pixels:
        """Pixels, (H, W, 3) uint8; without a path, those of the built-in sample."""
        if self.path is None:
            sample = kalette.sample_pixels(96, 64)
            return _faded(sample) if self.name == ALPHA_SAMPLE else sample
        with Image.open(self.path) as image:
            return np.ascontiguousarray(image.convert("RGB"))

    @property
    def pixel_count(self) -> int:
        """Width times height."""
        height, width, _ = self.pixels.shape
        return int(height * width)


def picture(data: Path, name: str) -> Picture:
    """Return a picture of the data folder, or a sample."""
    if name in (SAMPLE, ALPHA_SAMPLE):
        return Picture(name)
    folder = "samples" if has_alpha(name) else "kodak"
    return Picture(name, data / _FOLDERS.get(name, f"{folder}/{name}.png"))


def has_alpha(name: str) -> bool:
    """Whether the picture is one of the samples with alpha."""
    return name == ALPHA_SAMPLE or name.startswith(_ALPHA_PREFIX)


def alpha_samples(data: Path) -> tuple[str, ...]:
    """Return the names of the samples with alpha."""
    return tuple(sorted(path.stem for path in (data / "samples").glob(f"{_ALPHA_PREFIX}*.png")))


def _faded(pixels: Pixels) -> Pixels:
    """Return pixels (H, W, 4), fading from clear at the left to opaque in the middle."""
    height, width, _ = pixels.shape
    alpha = np.minimum(np.arange(width) * 510 // width, 255).astype(np.uint8)
    return np.dstack([pixels, np.broadcast_to(alpha, (height, width))])


def saved(pixels: Pixels, path: Path) -> Path:
    """Write a PNG with little compression, which takes little time, and return its path."""
    Image.fromarray(pixels).save(path, compress_level=1)
    return path


def noise(height: int, width: int) -> Pixels:
    """Return a picture of random bytes, which has the most colours."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


Losses = dict[tuple[str, int], float]
"""Summed mean squared error with an unrounded palette, by picture and k."""


def best_known(data: Path) -> Losses:
    """Return the lowest losses known for the Kodak pictures."""
    return _losses(data / "kodak" / "best_known_mse.csv")


def iokm(data: Path) -> Losses:
    """Return the losses published by the authors of incremental online K-Means."""
    return _losses(data / "iokm_reference.csv")


def _losses(path: Path) -> Losses:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["image"], int(column[1:])): float(value)
            for row in csv.DictReader(file)
            for column, value in row.items()
            if column[1:].isdigit()
        }
