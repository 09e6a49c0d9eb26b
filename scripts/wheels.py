"""Build Linux wheels with Zig, which links against an old glibc or musl from any machine, and check them.

    pip install ziglang auditwheel abi3audit wheel zopflipy
    python scripts/wheels.py -o dist --python python3.11 --python python3.12

Python 3.11 gives a wheel of its own; 3.12 or newer gives the wheel of the stable ABI, for all later ones.
Each wheel is built for each target, tagged and checked: glibc or musl (auditwheel), the stable ABI
(abi3audit), and its size. `scripts/try_wheels.py` installs and tries them.
"""

import argparse
import io
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import zopfli

ROOT = Path(__file__).resolve().parent.parent
MAX_WHEEL_BYTES = 1_000_000
# Code and tables that nothing uses are left out: 1 KB less.
_SMALLER = (
    "-ffunction-sections -fdata-sections -fno-ident "
    "-Wl,--gc-sections -Wl,--hash-style=gnu -Wl,--build-id=none"
)


@dataclass(frozen=True)
class Target:
    """A kind of machine.

    Parameters
    ----------
    zig : str
        Zig's name for it, with the oldest glibc.
    platform : str
        The platform tags of the wheel.
    processor : str
        CMake's name of the processor.
    libc : str
        The end of the file name of a Python module.
    """

    zig: str
    platform: str
    processor: str
    libc: str


TARGETS = {
    "manylinux-x86_64": Target(
        "x86_64-linux-gnu.2.17", "manylinux_2_17_x86_64.manylinux2014_x86_64", "x86_64", "gnu"
    ),
    "manylinux-aarch64": Target(
        "aarch64-linux-gnu.2.17", "manylinux_2_17_aarch64.manylinux2014_aarch64", "aarch64", "gnu"
    ),
    "musllinux-x86_64": Target("x86_64-linux-musl", "musllinux_1_2_x86_64", "x86_64", "musl"),
}


def main() -> None:
    """Build and check all wheels."""
    arguments = _arguments()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for python in arguments.python:
        for name in arguments.target:
            wheel = build(python, TARGETS[name], arguments.output)
            check(wheel, TARGETS[name])
            print(f"{wheel.name}: {wheel.stat().st_size:,} bytes")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=Path("dist"), help="folder for the wheels")
    parser.add_argument("--python", action="append", help="an interpreter; default: this one")
    parser.add_argument("--target", action="append", choices=list(TARGETS), help="default: all")
    arguments = parser.parse_args()
    arguments.python = arguments.python or [sys.executable]
    arguments.target = arguments.target or list(TARGETS)
    return arguments


def build(python: str, target: Target, output: Path) -> Path:
    """Build the wheel of an interpreter for a target, and return its path."""
    with tempfile.TemporaryDirectory(prefix="kalette-wheel-") as name:
        folder = Path(name)
        settings = {
            "build-dir": str(folder / "build"),
            "cmake.define.CMAKE_TOOLCHAIN_FILE": str(_toolchain(folder, target)),
            "cmake.define.SKBUILD_SOABI": _soabi(python, target),
        }
        options = [word for key, value in settings.items() for word in ("-C", f"{key}={value}")]
        _run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, *options, ROOT)
        (built,) = folder.glob("*.whl")
        tags = ("--remove", "--platform-tag", target.platform)
        _run(sys.executable, "-m", "wheel", "tags", *tags, built)
        (tagged,) = folder.glob("*.whl")
        return _smallest(tagged, output / tagged.name)


def _smallest(wheel: Path, place: Path) -> Path:
    """Write a wheel again, compressed by Zopfli, which takes 3 % less than zlib at its highest level."""
    with zipfile.ZipFile(wheel) as source, zopfli.ZipFile(place, "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry), zipfile.ZIP_DEFLATED)
    return place


def _toolchain(folder: Path, target: Target) -> Path:
    """Write a toolchain for CMake: Zig as compiler and archiver, for the target."""
    commands = {
        "CXX_COMPILER": f"c++ -target {target.zig} -mcpu=baseline -O3 -s {_SMALLER}",
        "AR": "ar",
        "RANLIB": "ranlib",
    }
    lines = ["set(CMAKE_SYSTEM_NAME Linux)", f"set(CMAKE_SYSTEM_PROCESSOR {target.processor})"]
    for name, command in commands.items():
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec "{files("ziglang") / "zig"}" {command} "$@"\n')
        script.chmod(0o755)
        lines.append(f'set(CMAKE_{name} "{script}")')
    # Python's headers are the same for all 64-bit targets; FindPython must not look for others.
    lines.append("set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE NEVER)")
    path = folder / "toolchain.cmake"
    path.write_text("\n".join(lines) + "\n")
    return path


def _soabi(python: str, target: Target) -> str:
    """Return the part of a module's file name that tells the interpreter and the machine, not this one's."""
    script = "import sys; print('%d%d' % sys.version_info[:2])"
    version = subprocess.run(
        [python, "-c", script], check=True, capture_output=True, text=True
    ).stdout.strip()
    return f"cpython-{version}-{target.processor}-linux-{target.libc}"


def check(wheel: Path, target: Target) -> None:
    """Raise if a wheel needs a newer system than its tag says, breaks the stable ABI, or is too large."""
    if target.libc == "musl":
        _require_musl_alone(wheel)
    else:
        shown = _run(sys.executable, "-m", "auditwheel", "show", wheel)
        if target.platform.split(".", maxsplit=1)[0] not in shown:
            raise SystemExit(f"{wheel.name} does not keep to its platform:\n{shown}")
    suffix = ".abi3.so" if "-abi3-" in wheel.name else f"-{target.processor}-linux-{target.libc}.so"
    modules = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".so")]
    if len(modules) != 1 or not modules[0].endswith(suffix):
        raise SystemExit(f"{wheel.name} holds {modules}, not one module *{suffix}")
    if "-abi3-" in wheel.name:
        _run(sys.executable, "-m", "abi3audit", "--strict", wheel)
    if wheel.stat().st_size > MAX_WHEEL_BYTES:
        raise SystemExit(
            f"{wheel.name} has {wheel.stat().st_size} bytes; at most {MAX_WHEEL_BYTES} are right"
        )


def _require_musl_alone(wheel: Path) -> None:
    """Raise if a module needs any library but musl; auditwheel would look for it on this machine."""
    from elftools.elf.dynamic import DynamicSection
    from elftools.elf.elffile import ELFFile

    with zipfile.ZipFile(wheel) as archive:
        for name in (each for each in archive.namelist() if each.endswith(".so")):
            dynamic = ELFFile(io.BytesIO(archive.read(name))).get_section_by_name(".dynamic")
            if not isinstance(dynamic, DynamicSection):
                raise SystemExit(f"{wheel.name}: {name} has no dynamic section; build it as a shared library")
            needed = {vars(tag)["needed"] for tag in dynamic.iter_tags("DT_NEEDED")}
            if needed != {"libc.so"}:
                raise SystemExit(f"{wheel.name}: {name} needs {sorted(needed)}, not libc.so alone")


def _run(*command: str | Path) -> str:
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
