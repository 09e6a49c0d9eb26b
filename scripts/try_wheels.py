"""Install each wheel in a fresh environment, run the demo and the tests of the kernels, and print the times.

python scripts/try_wheels.py dist --python python3.11 --python python3.12 --python python3.13
"""

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ["tests/kernels/test_kernels.py", "tests/color", "tests/types", "tests/writing/test_files.py"]
MAX_DEMO_SECONDS = 20


def main() -> None:
    """Try the wheel that suits each interpreter."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder with the wheels")
    parser.add_argument("--python", action="append", help="an interpreter; default: this one")
    arguments = parser.parse_args()
    for python in arguments.python or [sys.executable]:
        print(tried(python, arguments.folder))


def tried(python: str, folder: Path) -> str:
    """Install and try the wheel for an interpreter; return a line on it."""
    version = _output(python, "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])").strip()
    wheel = wheel_for(version, folder)
    with tempfile.TemporaryDirectory(prefix="kalette-try-") as name:
        _output(python, "-m", "venv", name)
        scripts = Path(name) / ("Scripts" if sys.platform == "win32" else "bin")
        started = time.perf_counter()
        _output(scripts / "python", "-m", "pip", "install", "--quiet", wheel)
        installed = time.perf_counter()
        _output(scripts / "kalette", "demo", "-o", Path(name) / "demo")
        shown = time.perf_counter()
        if shown - installed > MAX_DEMO_SECONDS:
            raise SystemExit(
                f"kalette demo took {shown - installed:.0f} s; at most {MAX_DEMO_SECONDS} are right"
            )
        _output(scripts / "python", "-m", "pip", "install", "--quiet", "pytest", "hypothesis")
        passed = _output(scripts / "python", "-m", "pytest", "-q", *TESTS).splitlines()[-1]
    return (
        f"Python {version}, {wheel.name}: installed in {installed - started:.1f} s, "
        f"demo in {shown - installed:.1f} s; {passed}"
    )


def wheel_for(version: str, folder: Path) -> Path:
    """Return the wheel for a version of Python on this machine."""
    kind = "cp311-cp311" if version.startswith("3.11.") else "cp312-abi3"
    system = {"linux": "manylinux", "darwin": "macosx", "win32": "win"}[sys.platform]
    found = sorted(folder.glob(f"kalette-*-{kind}-{system}*{platform.machine().lower()}.whl"))
    if not found:
        raise SystemExit(f"{folder} has no wheel {kind} for this machine; build it with scripts/wheels.py")
    return found[-1].resolve()


def _output(*command: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
