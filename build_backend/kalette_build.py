"""Builds Kalette: scikit-build-core, with the Zig compiler from PyPI where there is no C++ compiler."""

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from scikit_build_core import build as scikit_build
from scikit_build_core.build import (
    build_sdist,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

Settings = dict[str, str | list[str]] | None

ZIG_REQUIREMENT = "ziglang>=0.13"
# Zig would use all that this processor can; the kernels choose their instruction set when they run.
# -O3 -s as in the last link: for CMake's checks with other options Zig would compile its C++ library twice.
ZIG_COMPILE = ["c++", "-mcpu=baseline", "-O3", "-s"]


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """What must be installed to build a wheel."""
    return scikit_build.get_requires_for_build_wheel(config_settings) + _zig_requirement(config_settings)


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """What must be installed to build an editable wheel."""
    return scikit_build.get_requires_for_build_editable(config_settings) + _zig_requirement(config_settings)


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build a wheel and return its file name."""
    with _compiler(config_settings) as settings:
        return scikit_build.build_wheel(wheel_directory, settings, metadata_directory)


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build an editable wheel and return its file name."""
    with _compiler(config_settings) as settings:
        return scikit_build.build_editable(wheel_directory, settings, metadata_directory)


def _zig_requirement(settings: Settings) -> list[str]:
    """Zig where there is no other compiler."""
    return [] if _has_compiler(settings) else [ZIG_REQUIREMENT]


def _has_compiler(settings: Settings) -> bool:
    """Whether the caller names a compiler or CMake will find one."""
    # Visual Studio is not on PATH, but CMake finds it.
    if sys.platform == "win32" or os.environ.get("CXX"):
        return True
    # CMAKE_ARGS and SKBUILD_CMAKE_DEFINE in the environment say what cmake.define says in the settings.
    asked = f"{os.environ} {settings}"
    if "CMAKE_CXX_COMPILER" in asked or "CMAKE_TOOLCHAIN_FILE" in asked:
        return True
    return any(shutil.which(name) for name in ("c++", "g++", "clang++"))


@contextmanager
def _compiler(settings: Settings) -> Iterator[Settings]:
    """The settings for a build, with Zig in them where there is no other compiler."""
    # Without build isolation nobody has installed Zig; then CMake tells best what is missing.
    if _has_compiler(settings) or find_spec("ziglang") is None:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="kalette-zig-") as directory:
        yield {**(settings or {}), **_zig_settings(Path(directory))}


def _zig_settings(directory: Path) -> dict[str, str | list[str]]:
    """Settings that build with Zig and leave nothing outside the directory."""
    return {
        # Never the caller's build tree: it would name these scripts when they are gone.
        "build-dir": str(directory / "build"),
        "cmake.define.CMAKE_CXX_COMPILER": _zig_script(directory / "c++", ZIG_COMPILE),
        "cmake.define.CMAKE_AR": _zig_script(directory / "ar", ["ar"]),
        "cmake.define.CMAKE_RANLIB": _zig_script(directory / "ranlib", ["ranlib"]),
    }


def _zig_script(path: Path, arguments: list[str]) -> str:
    """Write a script that runs Zig with these arguments and its own, and return its path."""
    command = shlex.join([str(files("ziglang") / "zig"), *arguments])
    # Left alone, Zig puts its cache in the home directory, which may be missing or read-only.
    cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(path.parent / "cache"))
    path.write_text(f'#!/bin/sh\nexport ZIG_GLOBAL_CACHE_DIR={shlex.quote(cache)}\nexec {command} "$@"\n')
    path.chmod(0o755)
    return str(path)
