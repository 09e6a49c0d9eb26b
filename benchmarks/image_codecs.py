"""Image codecs: bytes of Kalette's PNG beside JPEG, WebP, AVIF and JPEG XL, on photographs and on drawings.

Photographs are the 24 Kodak pictures, at equal SSIMULACRA2. Drawings are the opaque pictures of
flat_pictures.py: each codec gets its exact file, if it has one, and files with loss.
Writes benchmarks/results/image_codecs.json; benchmarks/codec_tables.py makes the tables of docs/when-not.md.
"""

import argparse
import io
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import flat_pictures
import numpy as np
import pictures
import scores
from arguments import argument_parser, checked
from cache import Cache, default_folder
from codec_peers import EXACT, Codec, Setting, codecs, versions
from encoders import KALETTE
from measure import Entry, machine, write_json
from PIL import Image

from kalette.types import Pixels

_SMOKE_DRAWINGS = ("pixel_art", "checkers")
_SSIMULACRA2 = "ssimulacra2"


@dataclass(frozen=True)
class Scope:
    """What a run covers."""

    data: Path
    smoke: bool
    kept: Cache

    def photographs(self) -> Iterator[tuple[str, Pixels]]:
        """Yield the name and pixels of each photograph."""
        for name in (pictures.SAMPLE,) if self.smoke else pictures.KODAK:
            yield name, pictures.picture(self.data, name).pixels

    def drawings(self) -> Iterator[tuple[str, Pixels]]:
        """Yield the name and pixels of each opaque drawing."""
        for name in _SMOKE_DRAWINGS if self.smoke else flat_pictures.DRAWN:
            image = _opened(flat_pictures.png(flat_pictures.DRAWN[name]()))
            if not image.has_transparency_data:
                yield name, np.ascontiguousarray(image.convert("RGB"))


def _opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def point(pixels: Pixels, codec: Codec, setting: Setting, kept: Cache) -> Entry:
    """Encode, and return setting, bytes and score."""
    data = codec.encode(pixels, setting)
    score = scores.kept_score(kept, scores.metric(_SSIMULACRA2), pixels, codec.decode(data))
    return {**setting, "bytes": len(data), _SSIMULACRA2: score}


def photograph(named: tuple[str, Pixels], scope: Scope) -> list[Entry]:
    """Return a row for each codec, with the points of its curve."""
    name, pixels = named
    return [
        {
            "picture": name,
            "name": codec.name,
            "points": [point(pixels, codec, each, scope.kept) for each in codec.asked(smoke=scope.smoke)],
        }
        for codec in codecs()
        if codec.settings
    ]


def drawing(named: tuple[str, Pixels], scope: Scope) -> list[Entry]:
    """Return a row for each codec, with its exact file and the curve of the files with loss."""
    name, pixels = named
    rows = []
    for codec in codecs():
        lossy = () if codec.name == KALETTE else codec.asked(smoke=scope.smoke)
        row: Entry = {"picture": name, "name": codec.name, "points": []}
        row["points"] = [point(pixels, codec, each, scope.kept) for each in lossy]
        if codec.exact is not None:
            row[EXACT] = _exact(pixels, codec)
        rows.append(row)
    return rows


def _exact(pixels: Pixels, codec: Codec) -> int:
    data = codec.encode(pixels, codec.exact or {})
    if not (codec.decode(data) == pixels).all():
        raise SystemExit(f"{codec.name} changes a drawing with its exact setting; see codec_peers.py")
    return len(data)


def run(scope: Scope, jobs: int) -> dict[str, Any]:
    """Run all, and return the record."""
    with ProcessPoolExecutor(jobs) as pool:
        photographs = list(pool.map(partial(photograph, scope=scope), scope.photographs()))
        drawings = list(pool.map(partial(drawing, scope=scope), scope.drawings()))
    return {
        "benchmark": "image_codecs",
        "smoke": scope.smoke,
        "machine": machine(versions()),
        "photographs": [row for rows in photographs for row in rows],
        "drawings": [row for rows in drawings for row in rows],
    }


def arguments() -> argparse.Namespace:
    """Read the arguments."""
    parser = argument_parser("image_codecs", __doc__)
    parser.add_argument("--jobs", type=int, default=2, help="parallel processes (2)")
    return checked(parser.parse_args())


def main() -> None:
    """Read the arguments, run, write the JSON."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        kept = Cache(Path(folder) if asked.smoke else default_folder())
        record = run(Scope(asked.data, asked.smoke, kept), asked.jobs)
    write_json(asked.out, record)
    print(f"image_codecs: wrote {asked.out}")


if __name__ == "__main__":
    main()
