"""Kalette and its peers as encoders: from the path of a picture to a PNG of at most k colours."""

import dataclasses
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from measure import command_path
from peers import distribution_version, pngquant_version
from PIL import Image

import kalette
from kalette.types import Settings

Setting = Mapping[str, Any]
"""Fields of `kalette.Settings`; peers use k only."""

KALETTE = "Kalette"
REFERENCE = "pngquant --speed 1"
OXIPNG_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Encoder:
    """An encoder to PNG, determined by version and setting; a version of None means not installed."""

    name: str
    encode: Callable[[Path, Setting], bytes]
    version: Callable[[], str | None]

    @property
    def is_kalette(self) -> bool:
        """Whether this is Kalette, whose code changes without its version."""
        return self.name == KALETTE


def _kalette(path: Path, setting: Setting) -> bytes:
    return kalette.compress(path, threads=1, **setting).to_bytes("png")


def _pngquant(speed: int) -> Encoder:
    def encode(path: Path, setting: Setting) -> bytes:
        import oxipng

        arguments = [str(command_path("pngquant")), "--speed", str(speed), str(setting["k"]), "-"]
        made = subprocess.run(arguments, input=path.read_bytes(), capture_output=True, check=True).stdout
        return bytes(oxipng.optimize_from_memory(made, level=OXIPNG_LEVEL))

    return Encoder(f"pngquant --speed {speed}", encode, _pngquant_oxipng_version)


def _pngquant_oxipng_version() -> str | None:
    versions = (pngquant_version(), distribution_version("pyoxipng"))
    return None if None in versions else "{} {}".format(*versions)


def _pillow(path: Path, setting: Setting) -> bytes:
    """Encode with Pillow's defaults: median cut, or octree for pictures with alpha."""
    made = BytesIO()
    with Image.open(path) as image:
        image.quantize(setting["k"]).save(made, "png", optimize=True)
    return made.getvalue()


def _imagemagick(path: Path, setting: Setting) -> bytes:
    arguments = [str(path), "-colors", str(setting["k"]), "-define", "png:compression-level=9", "PNG8:-"]
    return subprocess.run([str(_magick()), *arguments], capture_output=True, check=True).stdout


@cache
def _magick() -> str | None:
    """Return the command of ImageMagick; `convert` may be another program."""
    for name in ("magick", "convert"):
        path = command_path(name)
        if path and "ImageMagick" in _printed_version(path):
            return path
    return None


@cache
def _imagemagick_version() -> str | None:
    path = _magick()
    return _printed_version(path).split()[2] if path else None


def _printed_version(path: str) -> str:
    return subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stdout


ENCODERS = (
    Encoder(KALETTE, _kalette, lambda: kalette.__version__),
    _pngquant(1),
    _pngquant(3),
    Encoder("Pillow", _pillow, lambda: distribution_version("pillow")),
    Encoder("ImageMagick", _imagemagick, _imagemagick_version),
)


def encoder(name: str) -> Encoder:
    """Return the encoder of that name."""
    return next(each for each in ENCODERS if each.name == name)


def installed_encoders() -> list[Encoder]:
    """Return Kalette and the installed peers."""
    return [each for each in ENCODERS if each.version() is not None]


def fields() -> set[str]:
    """Return the names of all settings of this version of Kalette."""
    return {field.name for field in dataclasses.fields(Settings)}
