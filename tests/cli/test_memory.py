"""Memory: the bound of docs/benchmarks.md in a limited address space, and too little of it."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from extent import FULL
from shell import the_sentence

pytestmark = pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="it needs Linux")  # noqa: PTH110

WIDTH, HEIGHT = (10_000, 10_000) if FULL else (2_000, 2_000)
BASE_BYTES, BYTES_PER_PIXEL = 96 << 20, 16
STACKS_BYTES = 2 * (8 << 20)  # reserved by threads but not touched
ONE_ARENA = os.environ | {"MALLOC_ARENA_MAX": "1"}  # glibc reserves 64 MiB for each further thread's arena

LIMITED = """
import re, resource, sys
import kalette.cli.compress, kalette.__main__, numpy, PIL.Image

def status(name):
    return int(re.search(name + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) << 10

room = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_AS, (status("VmSize") + room,) * 2)
base = status("VmRSS")
try:
    kalette.__main__.main()
finally:
    print("peak", status("VmHWM") - base, file=sys.stderr)
"""


def photo(width: int, height: int) -> Image.Image:
    """Waves in all three channels with some noise, about as smooth as a photograph."""
    across = np.arange(width, dtype=np.int64)
    noise = np.random.default_rng(0).integers(-8, 9, (257, width), dtype=np.int16)
    rows = np.empty((height, width, 3), np.uint8)
    for row in range(height):
        for channel, (fast, slow) in enumerate(((3, 5), (2, 7), (4, 3))):
            wave = (fast * across + slow * row) // 16 % 512
            rows[row, :, channel] = np.clip(np.minimum(wave, 511 - wave) + noise[row % 257], 0, 255)
    return Image.fromarray(rows)


@pytest.mark.parametrize(
    ("name", "options"), [("a.png", {"compress_level": 1}), ("a.jpg", {"progressive": True})]
)
def test_peak_memory_of_a_large_picture_stays_within_the_bound(name, options, tmp_path):
    path = tmp_path / name
    photo(WIDTH, HEIGHT).save(path, **options)
    bound = BASE_BYTES + BYTES_PER_PIXEL * WIDTH * HEIGHT
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(bound + STACKS_BYTES), "compress", "--threads", "2", "-q",
         "--effort", "fast", str(path), "-o", str(tmp_path / "out.png")],
        capture_output=True, text=True, check=False, env=ONE_ARENA,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stderr.split()[-1]) <= bound


def test_running_out_of_memory_gives_one_sentence(tmp_path):
    path = tmp_path / "white.png"
    Image.new("RGB", (9_000, 9_000), "white").save(path)
    code = (
        "import kalette.cli.compress, kalette.__main__, resource, re\n"
        "used = int(re.search(r'VmSize:\\s+(\\d+)', open('/proc/self/status').read())[1]) << 10\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + (300 << 20),) * 2)\n"
        "kalette.__main__.main()"
    )
    command = [sys.executable, "-c", code, "compress", "--threads", "1", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "needs more memory than there is" in the_sentence(done)
    assert list(tmp_path.iterdir()) == [path]
