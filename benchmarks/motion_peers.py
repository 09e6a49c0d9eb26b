"""Makers of animations, each with its settings: from PNG frames to a file.

Peers that are missing are left out.
"""

import importlib.util
import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from motion_clips import FPS
from PIL import Image

_DELAY_MS = round(1000 / FPS)
_QUALITIES = (60, 70, 80, 90, 100)
_LOSSINESS = (20, 60, 100, 200)
_ASSEMBLED = "apngasm.png"  # left for apngopt


@dataclass(frozen=True)
class Maker:
    """A peer with one setting; `make` takes the folder of the frames and returns the file."""

    peer: str
    setting: str
    format: str
    make: Callable[[Path], bytes]


def makers(gifski: str | None, gifski_wasm: Path | None, *, smoke: bool) -> Iterator[Maker]:
    """Yield every peer that is installed, with its settings."""
    gifski = gifski or shutil.which("gifski")
    if gifski:
        yield from _of_gifski("gifski", partial(_gifski, gifski), smoke=smoke)
    if gifski_wasm and shutil.which("node"):
        yield from _of_gifski("gifski-wasm", partial(_gifski_wasm, gifski_wasm), smoke=smoke)
    if importlib.util.find_spec("imageio_ffmpeg"):
        for name, use in _FFMPEG.items():
            yield Maker("FFmpeg", name, "gif", partial(_ffmpeg, use))
    if importlib.util.find_spec("pyvips"):
        for error in (6, 12, 20):
            yield Maker("libvips", f"error {error}", "gif", partial(_vips, error))
    yield Maker("Pillow", "", "gif", _pillow)
    if shutil.which("magick") or shutil.which("convert-im6"):
        yield Maker("ImageMagick", "OptimizePlus", "gif", _magick)
    if shutil.which("apngasm"):
        yield Maker("apngasm", "", "png", partial(_kept, _apngasm, _ASSEMBLED))
    if shutil.which("apngasm") and shutil.which("apngopt"):
        yield Maker("apngopt", "of apngasm's", "png", _apngopt)


def _of_gifski(peer: str, make: Callable[[int, Path], bytes], *, smoke: bool) -> Iterator[Maker]:
    """Yield a form of gifski at each quality, raw and after `gifsicle --lossy`."""
    has_gifsicle = shutil.which("gifsicle") is not None
    for quality in _QUALITIES[:1] if smoke else _QUALITIES:
        name = f"{peer}-{quality}.gif"
        yield Maker(peer, f"Q {quality}", "gif", partial(_kept, partial(make, quality), name))
        for lossy in _LOSSINESS if has_gifsicle and not smoke else ():
            yield Maker(peer, f"Q {quality}, lossy {lossy}", "gif", partial(_lossy, name, lossy))


_BAYER = "dither=bayer:bayer_scale=4:diff_mode=rectangle"
_SIERRA = "dither=sierra2_4a:diff_mode=rectangle"
_FFMPEG = {
    "default": "[s0]palettegen[p];[s1][p]paletteuse",
    "diff, bayer": f"[s0]palettegen=stats_mode=diff[p];[s1][p]paletteuse={_BAYER}",
    "diff, sierra": f"[s0]palettegen=stats_mode=diff[p];[s1][p]paletteuse={_SIERRA}",
    "bayer": f"[s0]palettegen[p];[s1][p]paletteuse={_BAYER}",
}


def _called(*command: str | Path) -> bytes:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True).stdout


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("f*.png"))


def _gifski(program: str, quality: int, folder: Path) -> bytes:
    out = folder / "out.gif"
    _called(program, "-Q", str(quality), "--fps", str(FPS), "--quiet", "-o", out, *_files(folder))
    return out.read_bytes()


def _gifski_wasm(package: Path, quality: int, folder: Path) -> bytes:
    """Make a GIF with the npm package, whose folder is given."""
    frames = [np.asarray(Image.open(path).convert("RGBA")) for path in _files(folder)]
    height, width = frames[0].shape[:2]
    out = folder.resolve() / "wasm.gif"
    script = Path(__file__).with_name("gifski_wasm.mjs").resolve()
    settings = map(str, (width, height, _DELAY_MS, quality, out))
    pixels = b"".join(frame.tobytes() for frame in frames)
    subprocess.run(
        ["node", script, *settings], input=pixels, cwd=package / "dist", check=True, capture_output=True
    )
    return out.read_bytes()


def _kept(make: Callable[[Path], bytes], name: str, folder: Path) -> bytes:
    """Make a file, and leave it beside the frames for what is made of it."""
    data = make(folder)
    (folder / name).write_bytes(data)
    return data


def _lossy(name: str, lossy: int, folder: Path) -> bytes:
    return _called(shutil.which("gifsicle") or "", "-O3", f"--lossy={lossy}", folder / name)


def _ffmpeg(use: str, folder: Path) -> bytes:
    import imageio_ffmpeg

    out = folder / "ffmpeg.gif"
    inputs = ("-v", "error", "-y", "-framerate", str(FPS), "-i", folder / "f%03d.png")
    _called(imageio_ffmpeg.get_ffmpeg_exe(), *inputs, "-lavfi", f"split[s0][s1];{use}", out)
    return out.read_bytes()


def _vips(error: int, folder: Path) -> bytes:
    import pyvips

    pages = [pyvips.Image.new_from_file(str(path)) for path in _files(folder)]
    joined = pyvips.Image.arrayjoin(pages, across=1).copy()
    joined.set_type(pyvips.GValue.gint_type, "page-height", pages[0].height)
    joined.set_type(pyvips.GValue.array_int_type, "delay", [_DELAY_MS] * len(pages))
    return bytes(joined.gifsave_buffer(interframe_maxerror=error))


def _pillow(folder: Path) -> bytes:
    images = [Image.open(path) for path in _files(folder)]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=_DELAY_MS, loop=0)
    return out.getvalue()


def _magick(folder: Path) -> bytes:
    program = shutil.which("magick") or "convert-im6"
    out = folder / "magick.gif"
    delay = ("-delay", str(_DELAY_MS // 10), "-loop", "0")
    _called(program, *delay, *_files(folder), "-layers", "OptimizePlus", out)
    return out.read_bytes()


def _apngasm(folder: Path) -> bytes:
    out = folder / "out.png"
    _called("apngasm", out, folder / "f*.png", str(_DELAY_MS), "1000")
    return out.read_bytes()


def _apngopt(folder: Path) -> bytes:
    """Make the file that apngasm has left smaller; an absolute path would be an option to apngopt."""
    name = "optimized.png"
    subprocess.run(["apngopt", _ASSEMBLED, name], cwd=folder, check=True, capture_output=True)
    return (folder / name).read_bytes()


def decoded(data: bytes) -> Iterator[tuple[Any, int]]:
    """Yield the frames of a file as Pillow shows them, with their delays in milliseconds."""
    with Image.open(io.BytesIO(data)) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            yield np.asarray(image.convert("RGBA")), int(image.info.get("duration", _DELAY_MS))
