"""Regenerate the pictures of README and docs, with captions and table: `python scripts/pictures.py`.

Each picture is the output of a command for the built-in sample; figures are then compressed by Kalette.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

import kalette
from kalette.types import size_text

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
KS = (4, 16, 256)
QUALITIES = ((0, 90), 70, 50)  # the best of 256 colours, good, fair
STAGES: dict[str, dict[str, Any]] = {
    "K-Means in sRGB": {"space": "srgb", "dither": "none", "rate": 0.0},
    "K-Means in Oklab": {"space": "oklab", "dither": "none", "rate": 0.0},
    "and error diffusion": {"space": "oklab", "rate": 0.0},
    "and rate-distortion optimisation": {},
}


def run(*words: str | Path) -> str:
    """Print and run a kalette command, and return its output."""
    print("kalette", *words, flush=True)
    command = [sys.executable, "-c", "from kalette.cli import main; main()", *words, "--overwrite"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def rewrite(page: str, pattern: str, text: str) -> None:
    """Replace the one match of a pattern in a page."""
    path = ROOT / page
    changed, times = re.subn(pattern, lambda _: text, path.read_text(encoding="utf-8"), flags=re.S)
    if times != 1:
        raise SystemExit(f"{page} has {times} places like {pattern}; there should be one")
    path.write_text(changed, encoding="utf-8")


def draw_details(path: Path, titled: list[tuple[str, np.ndarray]]) -> None:
    """Draw the same part of four pictures, with titles."""
    figure, axes = plt.subplots(2, 2, figsize=(9, 6.3), layout="constrained", dpi=160)
    for ax, (title, pixels) in zip(axes.flat, titled, strict=True):
        ax.imshow(pixels[75:235, 50:290], interpolation="nearest")
        ax.set_title(title, fontsize=11)
        ax.set_axis_off()
    figure.savefig(path, metadata={"Software": None})


def draw_stages(path: Path) -> None:
    """Draw a part of the sample after each stage of compression."""
    titled = []
    for name, options in STAGES.items():
        result = kalette.compress(kalette.sample_pixels(480, 320), k=32, **options)
        size = f"{result.output_bytes / 1000:.1f} KB"
        titled.append((f"{name}: {size}, PSNR {result.psnr_db:.1f} dB", result.to_array()))
    draw_details(path, titled)


def draw_qualities(path: Path) -> None:
    """Draw a part of the sample at several qualities."""
    pixels = kalette.sample_pixels(480, 320)
    titled = [(f"Original: {pixels.size / 1000:.1f} KB raw", pixels)]
    for quality in QUALITIES:
        result = kalette.compress(pixels, quality=quality)
        size, score = f"{result.output_bytes / 1000:.1f} KB", f"{result.ssimulacra2:.0f}"
        titled.append((f"Quality {score}: {size} in {result.colors_used} colours", result.to_array()))
    draw_details(path, titled)


def main() -> None:
    """Make all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run("demo", "-o", work)
        run("demo", "--blobs", "-o", work)
        sample = work / "sample.png"
        table = run("compare", sample, "-o", work / "compare.png").splitlines()[:-1]
        rewrite("docs/compare.md", r"(?<=```\n)[a-z0-9]+\.png: .*?(?=```)", "\n".join(table) + "\n")
        run("plot", sample, "-k", "4", "-o", work / "plot.png")
        run("plot", sample, "-k", "8", "--max-iter", "24", "--steps", IMAGES / "steps.gif")
        run("palette", sample, "-o", IMAGES / "palette.svg")
        draw_stages(work / "stages.png")
        draw_qualities(work / "quality.png")
        for name in ("compare", "plot", "blobs", "stages", "quality"):
            run("compress", work / f"{name}.png", "-o", IMAGES / f"{name}.png")
        for k in KS:
            shutil.copy(work / f"sample-k{k}.png", IMAGES)
        sizes = [f"{k} colours, {size_text((IMAGES / f'sample-k{k}.png').stat().st_size)}" for k in KS]
        rewrite("README.md", r"(?<=\n)\| 4 colours, [^\n]*", f"| {' | '.join(sizes)} |")
        for k, caption in zip(KS, sizes, strict=True):
            rewrite("docs/index.md", rf"(?<=\n){k} colours, [^\n]*", caption)


if __name__ == "__main__":
    main()
