"""docs/python.md: its code runs, and it lists every error."""

import doctest
import re
from pathlib import Path
from typing import Any

import pytest

import kalette

PAGE = Path(__file__).parents[1] / "docs" / "python.md"


def test_all_code_of_the_page_runs_from_top_to_bottom(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for language, code in re.findall(r"^```(python|pycon)\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S):
        if language == "python":
            exec(compile(code, str(PAGE), "exec"), names)
            continue
        examples = doctest.DocTestParser().get_doctest(code, names, "what is accepted", str(PAGE), None)
        assert doctest.DocTestRunner().run(examples, clear_globs=False).failed == 0
    assert names["result"].colors_used == 16
    assert names["compressed"].shape == (160, 240, 3)
    printed = capsys.readouterr().out
    for said in re.findall(r"print\(\w+\)  # (.*)", PAGE.read_text(encoding="utf-8")):
        assert said in printed


@pytest.mark.parametrize("name", [name for name in dir(kalette) if name.endswith("Error")])
def test_the_page_names_every_error(name):
    assert f"{name}" in PAGE.read_text(encoding="utf-8")
