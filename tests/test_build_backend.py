"""The build backend adds Zig only if no C++ compiler is named or found."""

import importlib.util
from pathlib import Path

import pytest

BACKEND = Path(__file__).parents[1] / "build_backend" / "kalette_build.py"
pytestmark = pytest.mark.skipif(not BACKEND.exists(), reason="the backend is in the source tree only")


@pytest.fixture
def backend(monkeypatch):
    """The backend on a POSIX system without any compiler."""
    pytest.importorskip("scikit_build_core")
    spec = importlib.util.spec_from_file_location("kalette_build", BACKEND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("CXX", "CMAKE_TOOLCHAIN_FILE", *module.ARGUMENT_VARIABLES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    return module


def test_without_a_compiler_zig_is_required(backend):
    assert not backend._has_compiler(None)
    assert backend._zig_requirement(None) == [backend.ZIG_REQUIREMENT]


@pytest.mark.parametrize("name", ["c++", "g++", "clang++"])
def test_a_compiler_on_the_path_is_used(backend, monkeypatch, name):
    monkeypatch.setattr(backend.shutil, "which", lambda asked: asked if asked == name else None)
    assert backend._has_compiler(None)
    assert backend._zig_requirement(None) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CXX", "icpx"),
        ("CMAKE_TOOLCHAIN_FILE", "arm.cmake"),
        ("CMAKE_ARGS", "-DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=icpx"),
        ("CMAKE_ARGS", "-DCMAKE_TOOLCHAIN_FILE=arm.cmake"),
        ("SKBUILD_CMAKE_ARGS", "-GNinja;-DCMAKE_CXX_COMPILER=icpx"),
        ("SKBUILD_CMAKE_DEFINE", "CMAKE_CXX_COMPILER=icpx;KALETTE_WERROR=ON"),
    ],
)
def test_the_environment_can_name_a_compiler(backend, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert backend._has_compiler(None)


@pytest.mark.parametrize(
    "settings",
    [
        {"cmake.define.CMAKE_CXX_COMPILER": "icpx"},
        {"cmake.define.CMAKE_TOOLCHAIN_FILE": "arm.cmake"},
        {"cmake.args": "-DCMAKE_CXX_COMPILER=icpx"},
        {"cmake.args": ["-GNinja", "-DCMAKE_TOOLCHAIN_FILE=arm.cmake"]},
    ],
)
def test_config_settings_can_name_a_compiler(backend, settings):
    assert backend._has_compiler(settings)


@pytest.mark.parametrize(
    "settings", [None, {}, {"cmake.define.KALETTE_WERROR": "ON", "cmake.args": ["-GNinja"]}]
)
def test_other_variables_and_settings_name_no_compiler(backend, monkeypatch, settings):
    monkeypatch.setenv("CMAKE_ARGS", "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    monkeypatch.setenv("NOTE", "CMAKE_CXX_COMPILER")
    assert not backend._has_compiler(settings)
