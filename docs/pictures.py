"""Make the pictures of README and docs anew: `python docs/pictures.py`.

Each is what a command made of the built-in sample. Figures are then compressed by Kalette itself.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import kalette

IMAGES = Path(__file__).parent / "images"
STAGES = {
    "K-Means in sRGB": {"space": "srgb", "dither": "none", "rate": 0.0},
    "K-Means in Oklab": {"space": "oklab", "dither": "none", "rate": 0.0},
    "error diffused": {"space": "oklab", "rate": 0.0},
    "weighed against bytes": {},
}


def run(*words: str | Path) -> None:
    """Run a kalette command, and show it."""
    print("kalette", *words, flush=True)
    subprocess.run(
        [sys.executable, "-c", "from kalette.cli import main; main()", *words, "--overwrite"], check=True
    )


def draw_stages(path: Path) -> None:
    """Draw a part of the sample after each stage of the mapping, four colours times four."""
    pixels = kalette.sample_pixels(480, 320)
    figure, axes = plt.subplots(2, 2, figsize=(9, 6.3), layout="constrained", dpi=160)
    for ax, (name, options) in zip(axes.flat, STAGES.items(), strict=True):
        result = kalette.compress(pixels, k=32, **options)
        ax.imshow(result.palette[result.indices][75:235, 50:290], interpolation="nearest")
        size = f"{result.output_bytes / 1000:.1f} KB"
        ax.set_title(f"{name}: {size}, PSNR {result.psnr_db:.1f} dB", fontsize=11)
        ax.set_axis_off()
    figure.savefig(path, metadata={"Software": None})


def main() -> None:
    """Make them all."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run("demo", "-o", work)
        run("demo", "--blobs", "-o", work)
        sample = work / "sample.png"
        run("compare", sample, "-o", work / "compare.png")
        run("plot", sample, "-k", "4", "-o", work / "plot.png")
        run("plot", sample, "-k", "8", "--max-iter", "24", "--steps", IMAGES / "steps.gif")
        run("palette", sample, "-o", IMAGES / "palette.svg")
        draw_stages(work / "stages.png")
        for name in ("compare", "plot", "blobs", "stages"):
            run("compress", work / f"{name}.png", "-o", IMAGES / f"{name}.png")
        for k in (4, 16, 256):
            shutil.copy(work / f"sample-k{k}.png", IMAGES)


if __name__ == "__main__":
    main()
