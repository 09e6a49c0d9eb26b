"""Flat graphics of at most 256 colours and gradients of more: whether lossless, and bytes against oxipng.

Both compress the same PNG files: those of `flat_pictures.py` and `gradient_pictures.py`, and three of the
data folder.
Writes benchmarks/results/flat.json; benchmarks/tables.py makes the table of docs/benchmarks.md from it.
"""

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flat_pictures
import gradient_pictures
import numpy as np
from arguments import argument_parser, checked
from encoders import OXIPNG_LEVEL
from measure import Entry, machine, write_json
from peers import distribution_version
from PIL import Image

import kalette

FILES = ("samples/palette8_screen.png", "cases/gradient_x.png", "cases/rainbow_alpha.png")
_SMOKE = 3  # pictures


def pictures(data: Path, *, smoke: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the name and PNG of each picture."""
    drawn = flat_pictures.DRAWN | gradient_pictures.DRAWN
    for name in list(drawn)[: _SMOKE if smoke else None]:
        yield name, flat_pictures.png(drawn[name]())
    if not smoke:
        for path in FILES:
            yield Path(path).stem, (data / path).read_bytes()


def row(name: str, png: bytes) -> Entry:
    """Compress one picture with both."""
    import oxipng

    started = time.perf_counter()
    by_oxipng = bytes(oxipng.optimize_from_memory(png, level=OXIPNG_LEVEL))
    between = time.perf_counter()
    result = kalette.compress(png)
    ours = result.to_bytes()
    done = time.perf_counter()
    return {
        "picture": name,
        "input_bytes": len(png),
        "oxipng_bytes": len(by_oxipng),
        "kalette_bytes": len(ours),
        "exact": is_same(png, ours),
        "ssimulacra2": result.ssimulacra2,
        "oxipng_seconds": between - started,
        "kalette_seconds": done - between,
    }


def is_same(png: bytes, other: bytes) -> bool:
    """Whether two files have equal pixels, ignoring hidden colours under clear pixels."""
    first, second = (_visible(each) for each in (png, other))
    return bool((first == second).all())


def _visible(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        pixels = np.asarray(image.convert("RGBA"))
    return np.where(pixels[..., 3:] == 0, np.uint8(0), pixels)


def run(data: Path, *, smoke: bool) -> dict[str, Any]:
    """Run all, and return the record."""
    versions = {"oxipng (pyoxipng)": distribution_version("pyoxipng")}
    return {
        "benchmark": "flat",
        "smoke": smoke,
        "machine": machine(versions),
        "rows": [row(name, png) for name, png in pictures(data, smoke=smoke)],
    }


def main() -> None:
    """Read the arguments, run, write the JSON."""
    arguments = checked(argument_parser("flat", __doc__).parse_args())
    write_json(arguments.out, run(arguments.data, smoke=arguments.smoke))
    print(f"flat: wrote {arguments.out}")


if __name__ == "__main__":
    main()
