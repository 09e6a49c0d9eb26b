"""Build backend: scikit-build-core, with the Zig compiler from PyPI if there is no C++ compiler."""

import os
import re
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
# Baseline, not Zig's default of this processor: the kernels choose their instruction set at run time.
# -O3 -s also for CMake's checks: with other options than the final link, Zig would compile libc++ twice.
ZIG_COMPILE = ["c++", "-mcpu=baseline", "-O3", "-s"]
# Whole names only: CMAKE_CXX_COMPILER_LAUNCHER names no compiler.
COMPILER_VARIABLE = re.compile(r"(CMAKE_CXX_COMPILER|CMAKE_TOOLCHAIN_FILE)(?!\w)")
# Where scikit-build-core looks for arguments and definitions for CMake.
ARGUMENT_VARIABLES = ("CMAKE_ARGS", "SKBUILD_CMAKE_ARGS", "SKBUILD_CMAKE_DEFINE")


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Return the requirements for building a wheel."""
    return scikit_build.get_requires_for_build_wheel(config_settings) + _zig_requirement(config_settings)


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """Return the requirements for building an editable wheel."""
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
    """Return Zig if there is no other compiler."""
    return [] if _has_compiler(settings) else [ZIG_REQUIREMENT]


def _has_compiler(settings: Settings) -> bool:
    """Whether the caller names a compiler or CMake will find one."""
    # Visual Studio is not on PATH, but CMake finds it.
    if sys.platform == "win32" or _names_compiler(settings):
        return True
    # CMake itself reads these two variables.
    if os.environ.get("CXX") or os.environ.get("CMAKE_TOOLCHAIN_FILE"):
        return True
    return any(shutil.which(name) for name in ("c++", "g++", "clang++"))


def _names_compiler(settings: Settings) -> bool:
    """Whether the environment or the settings define a compiler or a toolchain for CMake."""
    texts = [os.environ.get(name, "") for name in ARGUMENT_VARIABLES]
    for key, value in (settings or {}).items():
        texts += [key, *([value] if isinstance(value, str) else value)]
    return any(COMPILER_VARIABLE.search(text) for text in texts)


@contextmanager
def _compiler(settings: Settings) -> Iterator[Settings]:
    """Yield the settings for a build, with Zig added if there is no other compiler."""
    # Without build isolation Zig may be missing; the error message of CMake is then the best one.
    if _has_compiler(settings) or find_spec("ziglang") is None:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="kalette-zig-") as directory:
        yield {**(settings or {}), **_zig_settings(Path(directory))}


def _zig_settings(directory: Path) -> dict[str, str | list[str]]:
    """Return settings that build with Zig and write nothing outside the directory."""
    return {
        # Not the caller's build tree, which would refer to these scripts after their removal.
        "build-dir": str(directory / "build"),
        "cmake.define.CMAKE_CXX_COMPILER": _zig_script(directory / "c++", ZIG_COMPILE),
        "cmake.define.CMAKE_AR": _zig_script(directory / "ar", ["ar"]),
        "cmake.define.CMAKE_RANLIB": _zig_script(directory / "ranlib", ["ranlib"]),
    }


def _zig_script(path: Path, arguments: list[str]) -> str:
    """Write a script that runs Zig with these and further arguments, and return its path."""
    command = shlex.join([str(files("ziglang") / "zig"), *arguments])
    # Zig's default cache is in the home directory, which may be missing or read-only.
    cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(path.parent / "cache"))
    path.write_text(f'#!/bin/sh\nexport ZIG_GLOBAL_CACHE_DIR={shlex.quote(cache)}\nexec {command} "$@"\n')
    path.chmod(0o755)
    return str(path)
