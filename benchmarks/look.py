"""Look: colours, score and bytes of pictures besides photographs, beside pngquant at equal k.

The pictures are those of `flat_pictures.py`, `gradient_pictures.py` and `mixed_pictures.py`, the built-in
sample, and the stills of the data folder's `samples`, as PNGs of 8 bits without a colour profile.
Writes benchmarks/results/look.json; benchmarks/tables.py makes the tables of docs/benchmarks.md from it.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cache
import flat_pictures
import gradient_pictures
import mixed_pictures
import rate
from arguments import argument_parser, checked
from encoders import KALETTE, REFERENCE, Setting
from measure import machine, write_json
from PIL import Image, ImageOps

import kalette

KS = (8, 16, 32, 64, 128, 256)
METRICS = ("ssimulacra2", "ciede2000_p99", "ciede2000_mean")
_STILLS = ("*.png", "*.jpg")
_LEFT_OUT = ("anim_", "photo_16mp", "rgb16_room")  # moving, large, of high dynamic range
_VERSIONS = ("kalette", "pngquant", "oxipng (pyoxipng)")
_SMOKE = 3  # pictures


def sources(data: Path, folder: Path, *, smoke: bool) -> dict[str, Path]:
    """Write each picture to a folder, and return its file by name."""
    drawn = list((flat_pictures.DRAWN | gradient_pictures.DRAWN).items())[: _SMOKE if smoke else None]
    images = {name: _image(draw()) for name, draw in drawn}
    if not smoke:
        images |= {name: _image(make(data)) for name, make in mixed_pictures.MADE.items()}
        images |= {"sample": _image(kalette.sample_pixels())} | dict(_found(data / "samples"))
    files = {name: folder / f"{name}.png" for name in images}
    for name, path in files.items():
        images[name].save(path)
    return files


def _image(drawn: flat_pictures.Array | Image.Image) -> Image.Image:
    return drawn if isinstance(drawn, Image.Image) else Image.fromarray(drawn)


def _found(folder: Path) -> Iterator[tuple[str, Image.Image]]:
    """Yield the stills of a folder by name, upright and in 8 bits of RGB, with alpha where there is some."""
    for path in sorted(path for kind in _STILLS for path in folder.glob(kind)):
        if not path.name.startswith(_LEFT_OUT):
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image)
                has_alpha = upright.mode in ("LA", "RGBA") or "transparency" in upright.info
                converted = upright.convert("RGBA" if has_alpha else "RGB")
            converted.info.clear()
            yield path.stem if path.suffix == ".png" else path.name, converted


def run(data: Path, folder: Path, *, smoke: bool, jobs: int) -> dict[str, Any]:
    """Run all, and return the record."""
    ks = KS[:2] if smoke else KS
    settings: list[Setting] = [{}, *({"k": k} for k in ks)]
    kept = cache.Cache(folder if smoke else cache.default_folder())
    files = sources(data, folder, smoke=smoke)
    both = (KALETTE, REFERENCE)
    runs = rate.Run(files, ks, settings, {}, METRICS, kept, jobs, benchmark="look", names=both)
    versions = {name: version for name, version in rate.versions().items() if name in _VERSIONS}
    return {"benchmark": "look", "smoke": smoke, "machine": machine(versions), "rows": list(runs.rows())}


def main() -> None:
    """Read the arguments, run, write the JSON."""
    parser = argument_parser("look", __doc__)
    parser.add_argument("--jobs", type=int, default=2, help="parallel processes (2)")
    asked = checked(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        record = run(asked.data, Path(folder), smoke=asked.smoke, jobs=asked.jobs)
    write_json(asked.out, record)
    print(f"look: wrote {asked.out}")


if __name__ == "__main__":
    main()
