"""Rate: bytes of Kalette and its peers at equal perceptual quality, over k and settings.

Writes benchmarks/results/rate.json; benchmarks/tables.py makes the tables of docs/benchmarks.md from it. The
files of peers and all scores are cached, so a second run takes little more than Kalette's own time:

    python benchmarks/rate.py --images 3,5,13,15,19,23 --metrics ssimulacra2 --out now.json
    python benchmarks/rate.py --images 3,5 --with '{"effort": "fast"}' --before now.json --out fast.json
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

import cache
import encoders
import numpy as np
import pictures
import rate_tables
import scores
from arguments import argument_parser, checked
from encoders import Setting
from measure import Entry, WrongOutputError, machine, write_json
from peers import distribution_version, pngquant_version
from PIL import Image

from kalette.types import MAX_K, KaletteError, Pixels, Settings

_ALL = "kodak,rgba"
_NEW_PNGQUANT = 3


@dataclass(frozen=True)
class Scope:
    """What to run on."""

    pictures: tuple[str, ...]
    ks: tuple[int, ...]
    rates: tuple[float, ...]  # of Kalette at the largest k

    @property
    def kalette_settings(self) -> list[Setting]:
        """The settings of Kalette's curve."""
        rated: list[Setting] = [{"k": self.ks[-1], "rate": rate} for rate in self.rates]
        # As --quality goes on below.
        small: list[Setting] = [{"k": k, "rate": self.rates[-1]} for k in self.ks[:-1]]
        return [*({"k": k} for k in self.ks), *rated, *small]


FULL = Scope(
    pictures=(),
    ks=(8, 16, 32, 64, 96, 128, 192, 256),
    rates=(0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0),
)
SMOKE = Scope(pictures=(pictures.SAMPLE, pictures.ALPHA_SAMPLE), ks=(4, 8, 16), rates=(0.0, 1.0))


@dataclass(frozen=True)
class Task:
    """One file to make and score; encoder and metrics are names, which can be pickled."""

    picture: str
    path: Path
    encoder: str
    setting: Setting
    common: Setting  # shared by all settings of Kalette
    metrics: tuple[str, ...]
    cache: cache.Cache


def point(task: Task) -> Entry:
    """Make one file, and return its setting, bytes and scores, or its flaw."""
    original = _original(task.path)
    data = _encoded(task)
    try:
        pixels = _checked(data, original, task.setting.get("k", MAX_K) if task.setting else None)
    except WrongOutputError as error:
        return {**task.setting, "flaw": str(error)}
    found = {
        name: [_finite(each) for each in scores.scores(task.cache, scores.metric(name), original, pixels)]
        for name in task.metrics
    }
    return {**task.setting, "bytes": len(data), **found}


def _encoded(task: Task) -> bytes:
    how = encoders.encoder(task.encoder)
    if how.is_kalette:
        return how.encode(task.path, {**task.common, **task.setting})
    parts = (how.name, str(how.version()), str(task.setting["k"]), cache.digest(task.path.read_bytes()))
    return task.cache.kept(parts, lambda: how.encode(task.path, task.setting))


@lru_cache(maxsize=2)
def _original(path: Path) -> Pixels:
    """Return the pixels of a file, (H, W, 4) if any is not opaque."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGBA"))
    return np.ascontiguousarray(pixels if pixels[..., 3].min() < 255 else pixels[..., :3])


def _checked(data: bytes, original: Pixels, k: int | None) -> Pixels:
    """Return the pixels of a file; reject another size or more than k colours, if there is a k."""
    with Image.open(BytesIO(data)) as image:
        rgba = image.convert("RGBA")
    if (rgba.height, rgba.width) != original.shape[:2]:
        raise WrongOutputError(f"{rgba.width} x {rgba.height} pixels for {original.shape[:2][::-1]}")
    if k is not None and rgba.getcolors(k) is None:
        raise WrongOutputError(f"more than {k} colours")
    pixels = np.asarray(rgba)
    if original.shape[2] == 3 and pixels[..., 3].min() < 255:
        raise WrongOutputError("an opaque picture that has become transparent")
    return np.ascontiguousarray(pixels[..., : original.shape[2]])


def _finite(score: float) -> float | None:
    """Return a score, or None for the infinite PSNR of an exact picture, which JSON lacks."""
    return score if abs(score) < float("inf") else None


@dataclass(frozen=True)
class Run:
    """A run of the benchmark."""

    sources: dict[str, Path]
    ks: tuple[int, ...]
    settings: list[Setting]
    common: Setting
    metrics: tuple[str, ...]
    cache: cache.Cache
    jobs: int
    benchmark: str = "rate"
    names: tuple[str, ...] | None = None  # of encoders; None: all that are installed

    def tasks(self) -> Iterator[Task]:
        """Yield all tasks, picture by picture."""
        for name, path in self.sources.items():
            for each in self._encoders():
                for setting in self.settings if each.is_kalette else [{"k": k} for k in self.ks]:
                    yield Task(name, path, each.name, setting, self.common, self.metrics, self.cache)

    def rows(self) -> Iterator[Entry]:
        """Yield a row per picture and encoder, with a point per setting."""
        with ProcessPoolExecutor(self.jobs) as pool:
            points = pool.map(point, self.tasks())
            done = zip(self.tasks(), points, strict=True)
            for (name, made_by), group in groupby(done, key=lambda pair: (pair[0].picture, pair[0].encoder)):
                yield {"picture": name, "name": made_by, "points": [each for _, each in group]}
                print(f"{self.benchmark}: {name}, {made_by}", flush=True)

    def _encoders(self) -> list[encoders.Encoder]:
        installed = encoders.installed_encoders()
        return [each for each in installed if self.names is None or each.name in self.names]


def versions() -> dict[str, str | None]:
    """Return the version of each encoder and metric; None if it is missing."""
    found = {
        "kalette": distribution_version("kalette"),
        "pngquant": pngquant_version(),
        "oxipng (pyoxipng)": distribution_version("pyoxipng"),
        "Pillow": distribution_version("pillow"),
        "ImageMagick": encoders.encoder("ImageMagick").version(),
    }
    butteraugli = scores.metric("butteraugli").version()
    return {**found, "butteraugli_main": butteraugli and f"of digest {butteraugli}"}


def sources(data: Path, names: Sequence[str], folder: Path) -> dict[str, Path]:
    """Return the file of each picture; built-in samples are written to the folder."""
    found = {}
    for name in names:
        picture = pictures.picture(data, name)
        if picture.path is None:
            path = folder / f"{name}.png"
            Image.fromarray(picture.pixels).save(path)
        else:
            path = picture.path
            if not path.is_file():
                raise SystemExit(
                    f"{path} is not there; give --images numbers of the Kodak set or names of samples"
                )
        found[name] = path
    return found


def chosen(asked: str, data: Path) -> tuple[str, ...]:
    """Return the names of the pictures in a list such as `3,5,rgba_coin128`.

    A number is one of the Kodak set; `kodak` stands for all of it, and `rgba` for all samples with alpha.
    """
    sets = {"kodak": pictures.KODAK, "rgba": pictures.alpha_samples(data)}
    named = [
        sets.get(part, (f"kodim{int(part):02}" if part.isdigit() else part,)) for part in asked.split(",")
    ]
    return tuple(name for names in named for name in names)


def metric_names(asked: str) -> tuple[str, ...]:
    """Return the metrics of a list; refuse those that are not installed."""
    known = [each.name for each in scores.installed_metrics()]
    names = tuple(asked.split(","))
    if unknown := [name for name in names if name not in known]:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown)} cannot be measured; here are {', '.join(known)}"
        )
    return names


def arguments() -> argparse.Namespace:
    """Read the arguments; a partial run is by default written to a temporary folder."""
    parser = argument_parser("rate", __doc__)
    add = parser.add_argument
    add("--images", default=_ALL, help=f"such as 3,5,rgba_coin128 ({_ALL})")
    add("--metrics", type=metric_names, help="such as ssimulacra2,psnr_db (all that are installed)")
    add("--cache", type=Path, help=f"folder of the cache ({cache.default_folder()})")
    add("--jobs", type=int, default=2, help="parallel processes (2)")
    add("--settings", type=json.loads, help="JSON list of settings for Kalette's curve")
    add(
        "--with",
        type=json.loads,
        default={},
        dest="common",
        help="JSON object of defaults for all settings",
    )
    add("--before", type=Path, help="JSON of an earlier run, to compare Kalette with")
    asked = parser.parse_args()
    partial = asked.images != _ALL or asked.metrics or asked.settings or asked.common
    if partial and asked.out is None:
        asked.out = Path(tempfile.mkdtemp()) / "rate.json"
    return checked(asked)


def possible_settings(asked: Sequence[Setting], common: Setting) -> list[Setting]:
    """Return the settings that this version supports, and exit with a sentence if a value is invalid."""
    unknown = {field for each in (common, *asked) for field in each} - encoders.fields()
    if unknown & set(common):
        raise SystemExit(f"this Kalette has no setting {', '.join(sorted(unknown & set(common)))}")
    if unknown:
        print(f"rate: without {', '.join(sorted(unknown))}, which this Kalette does not have")
    possible = [each for each in asked if not unknown & set(each)]
    try:
        for each in possible:
            Settings(**{**common, **each})
    except KaletteError as error:
        raise SystemExit(str(error)) from error
    return possible


def _warn_of_old_pngquant() -> None:
    found = pngquant_version()
    if found and int(found.partition(".")[0]) < _NEW_PNGQUANT:
        print(f"rate: pngquant {found} is a weaker peer than version 3, which pngquant-cli brings")


def run(asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run all, and return the record."""
    scope = SMOKE if asked.smoke else FULL
    names = scope.pictures or chosen(asked.images, asked.data)
    settings = possible_settings(asked.settings or scope.kalette_settings, asked.common)
    _warn_of_old_pngquant()
    metrics = asked.metrics or tuple(each.name for each in scores.installed_metrics())
    kept = cache.Cache(asked.cache or (folder if asked.smoke else cache.default_folder()))
    runs = Run(
        sources=sources(asked.data, names, folder),
        ks=scope.ks,
        settings=settings,
        common=asked.common,
        metrics=metrics,
        cache=kept,
        jobs=asked.jobs,
    )
    return {
        "benchmark": "rate",
        "smoke": asked.smoke,
        "machine": machine(versions()),
        "common": asked.common,
        "rows": list(runs.rows()),
    }


def main() -> None:
    """Read the arguments, run, write the JSON, and print an overview."""
    asked = arguments()
    with tempfile.TemporaryDirectory() as folder:
        record = run(asked, Path(folder))
    write_json(asked.out, record)
    print(f"rate: wrote {asked.out}\n")
    before = json.loads(asked.before.read_text(encoding="utf-8")) if asked.before else None
    print(rate_tables.overview(record, before))


if __name__ == "__main__":
    main()
