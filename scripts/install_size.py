"""Measure what an installation takes, plain and with Matplotlib: each distribution, in a fresh environment.

Run:  python scripts/install_size.py dist/kalette-*.whl    (or . for the sources)
"""

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

_SIZES = """
import json
from importlib.metadata import distributions
print(json.dumps({
    each.metadata["Name"]: sum(file.size or 0 for file in each.files or ()) for each in distributions()
}))
"""


def main() -> None:
    """Install, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", help="what to install: a wheel or a folder")
    package = parser.parse_args().package
    sizes = installed_sizes(package)
    total = sum(sizes.values())
    print("| distribution | MB |\n|---|--:|")
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        print(f"| {name} | {size / 1e6:.1f} |")
    print(f"| **all** | **{total / 1e6:.1f}** |")
    print(f"| with [plot] | {sum(installed_sizes(f'{package}[plot]').values()) / 1e6:.1f} |")


def installed_sizes(package: str) -> dict[str, int]:
    """Return the bytes of each distribution, without pip and setuptools and without compiled bytecode."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-compile", package], check=True)
        shown = subprocess.run([python, "-c", _SIZES], check=True, capture_output=True, text=True).stdout
    sizes: dict[str, int] = json.loads(shown)
    return {name: size for name, size in sizes.items() if name not in ("pip", "setuptools")}


if __name__ == "__main__":
    main()
