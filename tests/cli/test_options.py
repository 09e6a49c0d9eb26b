"""Options that several commands share."""

import os
import subprocess
import sys

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from kalette.cli import group
from kalette.cli.parameters import ColorCounts
from kalette.types import SettingsError
from shell import run


def counts(text: str) -> tuple[int, ...]:
    return ColorCounts().convert(text, None, None)


def test_a_list_of_color_counts_keeps_its_order():
    assert counts("16") == (16,)
    assert counts("8, 2,256,1") == (8, 2, 256, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0", "k is 0; a palette holds 1 to 256 colours, so give a whole number of them"),
        ("2,300", "k is 300; a palette holds 1 to 256 colours, so give a whole number of them"),
        ("-4,8", "k is -4; a palette holds 1 to 256 colours, so give a whole number of them"),
        ("4,many", "k is 'many'; give a whole number of colours from 1 to 256"),
        ("4,,8", "k is ''; give a whole number of colours from 1 to 256"),
        ("", "k is ''; give a whole number of colours from 1 to 256"),
        ("2.5", "k is '2.5'; give a whole number of colours from 1 to 256"),
        ("4,8,4", "k is '4,8,4', which holds 4 twice; give each number once"),
    ],
)
def test_a_bad_list_of_color_counts_is_refused_with_one_sentence(text, said):
    with pytest.raises(SettingsError) as refused:
        counts(text)
    assert str(refused.value) == said


COMMANDS = ["compress", "compare", "palette", "plot", "animate", "demo", "batch", "serve"]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_lists_options_in_groups_with_the_common_ones_first(name):
    text = help_of(name)
    sections = [line.rstrip(":") for line in text.splitlines() if line.endswith(":") and line[0] != " "]
    order = ["Common options", "Batch", "Where the work is done", "Size and look", "Colours", "K-Means"]
    order += ["Files", "Server", "Output"]
    assert sections == [section for section in order if section in sections]
    assert sections[0] == "Common options"
    assert all(len(line) <= 80 for line in text.splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_group_and_a_help_text(name):
    command = group.get_command(click.Context(group), name)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert vars(parameter)["group"]
            assert parameter.help


def help_of(*words: str) -> str:
    return CliRunner().invoke(group, [*words, "--help"], terminal_width=80).output


def test_the_summaries_of_the_commands_are_complete():
    summaries = help_of().split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in summaries] == COMMANDS
    assert all(line.endswith(".") and not line.endswith("...") for line in summaries)


def options_by_group(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for parameter in group.get_command(click.Context(group), name).params:
        if isinstance(parameter, click.Option):
            found.setdefault(vars(parameter)["group"], []).append(parameter.opts[-1])
    return found


@pytest.mark.parametrize("name", ["compare", "palette", "plot"])
def test_options_have_the_group_and_the_order_that_they_have_in_compress(name):
    model = options_by_group("compress")
    for title, options in options_by_group(name).items():
        assert title in model
        known = [option for option in options if any(option in listed for listed in model.values())]
        assert known == [option for option in model[title] if option in known]


def test_the_help_tells_the_default_of_the_rate():
    assert "default: by effort or target." in " ".join(help_of("compress").split())
    assert "1 smallest. [default: 0.0]" in " ".join(help_of("compare").split())


def test_the_shell_completes_options_and_commands():
    for shell in ("bash", "zsh", "fish"):
        done = subprocess.run(
            [sys.executable, "-m", "kalette"],
            env={**os.environ, "_KALETTE_COMPLETE": f"{shell}_source"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0
        assert "_KALETTE_COMPLETE" in done.stdout
    typed = {"COMP_WORDS": "kalette compress --eff", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-m", "kalette"],
        env={**os.environ, "_KALETTE_COMPLETE": "bash_complete", **typed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "plain,--effort"


@pytest.mark.parametrize(
    "before",
    [
        "compress",
        "compress one.jpg",
        "compress one.jpg -o",
        "compress --palette",
        "compress --figure",
        "compare",
        "compare --html",
        "palette",
        "palette one.jpg -o",
        "plot",
        "plot --steps",
    ],
)
def test_the_shell_completes_file_names(before, monkeypatch):
    words = ["kalette", *before.split(), "pho"]
    monkeypatch.setenv("COMP_WORDS", " ".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    shell = BashComplete(group, {}, "kalette", "_KALETTE_COMPLETE")
    assert shell.complete() == "file,pho"


def test_without_arguments_and_terminal_it_prints_the_help():
    done = run()
    assert done.returncode == 0
    assert "compress" in done.stdout
    assert "demo" in done.stdout
