"""Which kernels run: compiled for the best instruction set, or in NumPy."""

import os
import subprocess
import sys

import pytest


def run_code(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("level", ["baseline", "avx2", "avx512"])
def test_every_instruction_set_gives_the_same_bits(level):
    code = """
import hashlib, numpy as np
from kalette.kernels import _native
digest = hashlib.sha256()
for d in (3, 21):
    points = np.random.default_rng(5).random((9001, d)).astype(np.float32) * 255
    for dtype in (np.float32, np.float64):
        points, centers = points.astype(dtype), points[::97].astype(dtype) + dtype(0.1)
        found = _native.assign(points, np.ones(9001), centers, 2)
        for part in (*found, _native.pairwise_squared_distances(points, centers, 2)):
            digest.update(np.asarray(part).tobytes())
for d in (3, 4):
    points = np.random.default_rng(5).integers(-9000, 9000, (40, 90, d)).astype(np.int16)
    points[:, 1:] = points[:, :-1] + points[:, 1:] // 64
    weights, strengths = np.full((40, 90), 99, np.uint16), np.full((40, 90), 160, np.uint8)
    palette = points[::9, 5].copy()
    digest.update(_native.map_rate_distortion(points, weights, strengths, palette, 90_000).tobytes())
print(digest.hexdigest())
"""
    assert run_code(code, KALETTE_ISA=level) == run_code(code)


def test_the_environment_picks_the_kernels():
    code = "from kalette import kernels; print(kernels.BACKEND)"
    assert run_code(code, KALETTE_KERNELS="reference") == "reference"
    assert run_code(code, KALETTE_KERNELS="native") == "native"
    said = run_code(
        "import sys; sys.argv = ['kalette', '--version']\n"
        "from kalette.cli import main\ntry: main()\nexcept SystemExit as end: print(end.code)",
        KALETTE_KERNELS="turbo",
    )
    assert said == "2"
