"""Whole commands: time of compression, peak memory, start-up time."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import children
import numpy as np
from measure import Contestant, Entry, Produced, WrongOutputError, command_path, judged
from peers import kalette_name
from PIL import Image

from kalette.types import Effort, Pixels

K = 256
COMMAND_EFFORTS: tuple[Effort, ...] = ("fast", "balanced")
IN_SRGB = f"{kalette_name('fast')}, sRGB"  # the space of the squared error; the default is Oklab
MIB = 1 << 20
BOUND_BASE_BYTES = 96 * MIB
_MEMORY_BASE = "import kalette.cli.compress, PIL.Image, numpy"
_START_BASE = "import numpy, PIL.Image"


def kalette_command() -> str:
    """Return the path of the command `kalette`, preferring the one beside this Python."""
    found = command_path("kalette")
    if found is None:
        raise SystemExit("the command kalette is not installed; install Kalette first")
    return found


def compressors(source: Path, pixels: Pixels, folder: Path, runs: int, *, dither: bool) -> list[Contestant]:
    """Return commands of Kalette and pngquant that write a PNG of at most 256 colours from one file."""
    out = folder / "out.png"
    mapping = "diffusion" if dither else "none"
    options = {kalette_name(effort): ["--effort", effort] for effort in COMMAND_EFFORTS}
    options[IN_SRGB] = ["--effort", "fast", "--space", "srgb"]
    commands = {
        name: kalette_arguments([source], out, *each, "--dither", mapping) for name, each in options.items()
    }
    if pngquant := command_path("pngquant"):
        commands["pngquant"] = pngquant_arguments(pngquant, source, out, *([] if dither else ["--nofs"]))

    def judge(exit_code: int) -> Mapping[str, Any]:
        require_zero(exit_code)
        facts = {**judged(pixels, K, decoded(out)), "output_bytes": out.stat().st_size}
        out.unlink()
        return facts

    return [Contestant(name, partial(exit_code, each), judge, runs) for name, each in commands.items()]


def kalette_arguments(sources: Sequence[Path], out: Path, *more: str, k: int = K) -> list[str]:
    """Return the command that compresses files to a file, or to a folder that exists."""
    files = [str(source) for source in sources]
    return [kalette_command(), "compress", "-k", str(k), *more, "--overwrite", "-o", str(out), *files]


def pngquant_arguments(pngquant: str, source: Path, out: Path, *more: str, k: int = K) -> list[str]:
    """Return the command of pngquant that compresses one file."""
    return [pngquant, *more, "--force", "-o", str(out), str(k), str(source)]


def exit_code(arguments: Sequence[str]) -> int:
    """Run a command without its output, and return its exit code."""
    return subprocess.run(arguments, stdout=subprocess.DEVNULL, check=False).returncode


def decoded(path: Path) -> Produced:
    """Return palette and indices of a file; reject one that is not indexed."""
    with Image.open(path) as image:
        if image.mode != "P":
            raise WrongOutputError(f"a file of mode {image.mode}, not an indexed one")
        return Produced(np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3), np.asarray(image))


def starters(runs: int) -> list[Contestant]:
    """Return `kalette --version`, and the imports that reading any picture needs."""
    commands: dict[str, list[str]] = {
        "kalette --version": [kalette_command(), "--version"],
        _START_BASE: [sys.executable, "-c", _START_BASE],
    }
    return [Contestant(name, partial(exit_code, each), require_zero, runs) for name, each in commands.items()]


def require_zero(exit_code: int) -> Mapping[str, Any]:
    """Reject a command that failed."""
    if exit_code:
        raise WrongOutputError(f"exit code {exit_code}")
    return {}


@dataclass(frozen=True, slots=True)
class MemoryCase:
    """A file to compress, and its bound in bytes per pixel."""

    name: str
    source: Path
    pixel_count: int
    bytes_per_pixel: int
    dither: bool = False


def base_bytes() -> int:
    """Return the peak memory of a process that only imports the modules of `kalette compress`."""
    return _peak_bytes([sys.executable, "-c", _MEMORY_BASE])


def memory_of(case: MemoryCase, base: int, folder: Path) -> Entry:
    """Return the peak memory of `kalette compress`, and its bound above the base."""
    out = folder / "memory.png"
    dither = "diffusion" if case.dither else "none"
    peak = _peak_bytes(kalette_arguments([case.source], out, "--dither", dither))
    out.unlink()
    return {
        "input": case.name,
        "dither": dither,
        "pixels": case.pixel_count,
        "base_bytes": base,
        "peak_bytes": peak,
        "bytes_per_pixel": case.bytes_per_pixel,
        "bound_bytes": BOUND_BASE_BYTES + case.bytes_per_pixel * case.pixel_count,
    }


def _peak_bytes(arguments: Sequence[str]) -> int:
    ran = children.ran(arguments)
    if ran.exit_code:
        raise SystemExit(f"{' '.join(arguments)} gave exit code {ran.exit_code}")
    return ran.peak_bytes
