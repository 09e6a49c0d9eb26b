"""Selection of kernels: compiled for the best instruction set, or the reference in NumPy."""

import importlib.machinery
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kalette


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
pixels = np.random.default_rng(5).integers(0, 256, (2, 90, 70, 4)).astype(np.uint8)
digest.update(np.float64(_native.ssimulacra2(*pixels, 128, 2)).tobytes())
print(digest.hexdigest())
"""
    assert run_code(code, KALETTE_ISA=level) == run_code(code)


def test_an_environment_variable_selects_the_kernels():
    code = "from kalette import kernels; print(kernels.BACKEND)"
    assert run_code(code, KALETTE_KERNELS="reference") == "reference"
    assert run_code(code, KALETTE_KERNELS="native") == "native"
    said = run_code(
        "import sys; sys.argv = ['kalette', '--version']\n"
        "from kalette.cli import main\ntry: main()\nexcept SystemExit as end: print(end.code)",
        KALETTE_KERNELS="turbo",
    )
    assert said == "2"


# A copy of the package without its extension, or with a broken one, first on the path.
COPY = """
import importlib, sys, warnings
sys.meta_path[:] = [finder for finder in sys.meta_path if "Redirecting" not in type(finder).__name__]
sys.path.insert(0, {folder!r})
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        from kalette import kernels
        assert kernels.__file__.startswith({folder!r})
        print(kernels.BACKEND)
    except (ImportError, ValueError) as error:
        print(type(error).__name__, error)
for each in caught:
    print(each.category.__name__, each.message)
"""


@pytest.fixture
def package_without_extension(tmp_path: Path) -> Path:
    without = shutil.ignore_patterns("_native*", "__pycache__")
    shutil.copytree(Path(kalette.__file__).parent, tmp_path / "kalette", ignore=without)
    return tmp_path


def lines_of_copy(folder: Path, kernels: str) -> list[str]:
    return run_code(COPY.format(folder=str(folder)), KALETTE_KERNELS=kernels).splitlines()


def test_without_extension_the_reference_runs_with_one_warning(package_without_extension):
    backend, warned = lines_of_copy(package_without_extension, "auto")
    assert backend == "reference"
    assert warned.startswith("RuntimeWarning the compiled kernels are missing, ")
    assert "many times slower" in warned
    assert "reinstall Kalette, or set KALETTE_KERNELS=reference" in warned


def test_the_reference_runs_without_a_warning_if_it_is_selected(package_without_extension):
    assert lines_of_copy(package_without_extension, "reference") == ["reference"]


def test_selecting_missing_native_kernels_is_an_error(package_without_extension):
    (said,) = lines_of_copy(package_without_extension, "native")
    assert said.startswith("SettingsError KALETTE_KERNELS is 'native', but the extension cannot be loaded")


@pytest.mark.parametrize(
    ("suffix", "cause"),
    [
        (importlib.machinery.EXTENSION_SUFFIXES[0], "_native"),  # the loader's message, which names the file
        (".of-another-python.so", "_native.of-another-python.so is not for this Python"),
    ],
)
def test_an_extension_that_cannot_be_loaded_is_an_error(package_without_extension, suffix, cause):
    (package_without_extension / "kalette" / "kernels" / f"_native{suffix}").write_bytes(b"no library")
    (said,) = lines_of_copy(package_without_extension, "auto")
    assert said.startswith("MissingLibraryError the compiled kernels cannot be loaded (")
    assert cause in said
    assert "; reinstall Kalette, or set KALETTE_KERNELS=reference to run" in said
    assert lines_of_copy(package_without_extension, "reference") == ["reference"]
