"""Build the kernels of the page, src/kalette/web/page/kernels.wasm, from native/wasm.cpp.

    pip install ziglang==0.17.1
    python scripts/build_wasm.py            # writes the file
    python scripts/build_wasm.py --check    # builds it again, and compares

Equal sources give equal bytes. The file names its sources: a custom section holds the SHA-256 of them and of
the compiler's options.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WASM = ROOT / "src" / "kalette" / "web" / "page" / "kernels.wasm"
ZIG = "0.17.1"
SECTION = b"kalette.sources"
SOURCES = (
    *("wasm", "activity", "centroids", "count_colors", "map_colors", "nearest", "nearest_entry"),
    *("oklab", "oklab_rows", "scans", "split_clusters", "threshold"),
)
OPTIONS = (
    *("-target", "wasm32-wasi", "-mexec-model=reactor", "-msimd128"),
    *("-std=c++17", "-O3", "-ffp-contract=off", "-fno-threadsafe-statics", "-g0", "-s"),
    "-fexceptions",  # a throw compiles, and ends in a trap (native/wasm.cpp)
    *("-Wall", "-Wextra", "-Wconversion", "-Werror"),
    *("-DKALETTE_ISA=baseline", "-DKALETTE_VECTOR_BYTES=16"),
)


def source_files() -> list[Path]:
    """Return the sources and all headers of native/ that they include, in order of name."""
    found: set[Path] = set()
    waiting = [ROOT / "native" / f"{name}.cpp" for name in SOURCES]
    while waiting:
        path = waiting.pop()
        found.add(path)
        included = re.findall(r'^#include "(.+)"', path.read_text("utf-8"), re.MULTILINE)
        waiting += [path.parent / name for name in included if path.parent / name not in found]
    return sorted(found)


def hash_of_sources() -> bytes:
    """Return the SHA-256 of compiler, options and sources."""
    digest = hashlib.sha256("\n".join((ZIG, *OPTIONS)).encode())
    for path in source_files():
        digest.update(f"\n{path.name}\n".encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.digest()


def custom_section(content: bytes) -> bytes:
    """Return a custom section of WebAssembly; all lengths are below 128, so that each is one byte."""
    body = bytes([len(SECTION)]) + SECTION + content
    return bytes([0, len(body)]) + body


def build() -> bytes:
    """Compile the sources, and return the module with the section that names them."""
    require_zig()
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "kernels.wasm"
        sources = [str(Path("native") / f"{name}.cpp") for name in SOURCES]
        command = [sys.executable, "-m", "ziglang", "c++", *OPTIONS, "-Inative", *sources, "-o", str(built)]
        subprocess.run(command, cwd=ROOT, check=True)
        return built.read_bytes() + custom_section(hash_of_sources())


def require_zig() -> None:
    """Exit with a sentence unless this very version of Zig is installed."""
    try:
        found = version("ziglang")
    except PackageNotFoundError:
        found = "not installed"
    if found != ZIG:
        sys.exit(f"ziglang is {found}; the file is built by version {ZIG}: pip install ziglang=={ZIG}")


def main() -> None:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare with the file instead of writing it")
    check = parser.parse_args().check
    built = build()
    if check and built != WASM.read_bytes():
        sys.exit(f"{WASM.name} is not what these sources give; run python scripts/build_wasm.py")
    if not check:
        WASM.write_bytes(built)
    print(f"{WASM.relative_to(ROOT)}: {len(built)} bytes, {'as built' if check else 'written'}")


if __name__ == "__main__":
    main()
