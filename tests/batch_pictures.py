"""Folders of pictures for batches, by formula."""

from pathlib import Path

import numpy as np
from PIL import Image

import kalette

BASE = kalette.sample_pixels(48, 32)


def write_pictures(folder: Path, count: int, *, broken: int = 0) -> None:
    """Write pictures in two subfolders, and then files that are cut short."""
    for number in range(count + broken):
        place = folder / f"part{number % 2}"
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{number:04d}.png"
        Image.fromarray(np.roll(BASE, number, axis=1)).save(path)
        if number >= count:
            path.write_bytes(path.read_bytes()[:300])


def outputs(target: Path) -> dict[str, bytes]:
    """Return the bytes of all outputs by name."""
    files = (path for path in target.rglob("*") if path.is_file() and ".kalette" not in path.parts)
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in files}
