"""The options of the query are those of the settings and of the commands."""

from dataclasses import fields
from pathlib import Path

import click
import pytest

from kalette.cli import group
from kalette.report import ALONE
from kalette.types import Settings, SettingsError
from kalette.web.openapi import document
from kalette.web.options import COMPARE_OPTIONS, COMPRESS_OPTIONS, PALETTE_OPTIONS, READING, SETTINGS, Options
from kalette.web.problems import STATUS_OF, ProblemError

ELSEWHERE = {"ks", "sort", "format"}  # of a comparison, and of a palette file


def options_of(command: str) -> set[str]:
    """Fields of the settings that a command takes."""
    parameters = group.get_command(click.Context(group), command).params
    names = {"file_format": "format"}
    return {names.get(each.name, each.name) for each in parameters} & set(SETTINGS)


def test_the_options_are_the_settings():
    assert set(SETTINGS) == {field.name for field in fields(Settings)}
    assert set(COMPRESS_OPTIONS) == set(SETTINGS) | set(READING)


@pytest.mark.parametrize(
    ("command", "options"),
    [("compress", COMPRESS_OPTIONS), ("compare", COMPARE_OPTIONS), ("palette", PALETTE_OPTIONS)],
)
def test_a_route_takes_the_options_of_its_command(command, options):
    own = {"palette"} if command == "palette" else set()  # the page's colours, to become a file
    assert set(options) - set(READING) - ELSEWHERE == (options_of(command) | own) - ELSEWHERE


@pytest.mark.parametrize("name", SETTINGS)
def test_every_option_is_documented(name):
    assert len(SETTINGS[name].text) > 10
    assert SETTINGS[name].schema


VALUES = {
    "k": ("16", 16),
    "init": ("k-means%2B%2B", "k-means++"),
    "max_iter": ("7", 7),
    "tol": ("0.5", 0.5),
    "seed": ("3", 3),
    "space": ("srgb", "srgb"),
    "dither": ("diffusion", "diffusion"),
    "dither_strength": ("0.5", 0.5),
    "rate": ("0.25", 0.25),
    "quality": ("70-80", (70.0, 80.0)),
    "min_psnr": ("35", 35.0),
    "min_ssim": ("0.9", 0.9),
    "max_bytes": ("2KiB", 2048),
    "effort": ("best", "best"),
    "keep_metadata": ("true", True),
    "format": ("webp", "webp"),
    "keep_hidden": ("true", True),
    "palette": ("ff8000,%23336699", ("#ff8000", "#336699")),
    "grid": ("rgb565", "rgb565"),
    "clear_first": ("true", True),
    "pad_palette": ("16", 16),
    "keep_colors": ("FF8000, 33669980", ("#ff8000", "#33669980")),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_option_reaches_the_settings(name):
    text, value = VALUES[name]
    settings = Options(f"{name}={text}", COMPRESS_OPTIONS).settings(Settings())
    assert getattr(settings, name) == value
    assert settings != Settings()


def test_the_page_of_the_server_names_every_route_option_and_problem():
    page = (Path(__file__).parents[2] / "docs" / "serve.md").read_text(encoding="utf-8")
    names = {*COMPRESS_OPTIONS, *COMPARE_OPTIONS, *PALETTE_OPTIONS, *STATUS_OF}
    assert [name for name in names if f"`{name}" not in page] == []
    assert [path for path in document()["paths"] if path not in page] == []


def test_a_comparison_starts_from_that_of_the_command():
    assert Options("", COMPARE_OPTIONS).comparison_settings() == ALONE
    assert Options("rate=0.5", COMPARE_OPTIONS).comparison_settings().rate == 0.5


def test_the_format_of_a_palette_is_none_of_its_picture():
    options = Options("format=ase&k=3", PALETTE_OPTIONS)
    assert (options.get("format"), options.palette_settings()) == ("ase", Settings(k=3))


@pytest.mark.parametrize("query", ["x=1", "k=1&k=1", "k=", "k", "k=1;k=2", "%00=1", "k=%ff"])
def test_any_other_query_is_one_sentence(query):
    with pytest.raises(SettingsError) as refused:
        Options(query, COMPRESS_OPTIONS)
    assert "\n" not in str(refused.value)


def test_ten_thousand_options_are_not_even_read():
    with pytest.raises(ProblemError, match="the query has 10000 options; give at most 64"):
        Options("&".join(f"o{number}=1" for number in range(10_000)), COMPRESS_OPTIONS)
