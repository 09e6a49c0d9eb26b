"""The check of the documentation site finds what is broken."""

import importlib.util
import re
from pathlib import Path

import pytest

import kalette

ROOT = Path(__file__).parents[1]
MODULES = ("batch", "figures", "learn", "__version__")
SPEC = importlib.util.spec_from_file_location("docs", ROOT / "scripts" / "docs.py")
docs = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(docs)


def flaws(folder, body, style=""):
    (folder / "style.css").write_text(style, encoding="utf-8")
    (folder / "other page.html").write_text('<h1 id="top">Other</h1>', encoding="utf-8")
    (folder / "index.html").write_text(f'<p id="here">{body}', encoding="utf-8")
    return list(docs.flaws(folder))


@pytest.mark.parametrize(
    "body",
    [
        '<a href="#here">',
        '<a href="other%20page.html#top">',
        '<a href="https://example.org/x">',
        '<a href="mailto:a@example.org">',
        '<link rel="stylesheet" href="style.css">',
        '<img src="data:image/png;base64,AAAA">',
        '<link rel="canonical" href="https://example.org/">',
    ],
)
def test_what_leads_somewhere_is_no_flaw(tmp_path, body):
    assert flaws(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<a href="none.html">', "index.html links to none.html, which is not there"),
        ('<a href="#none">', "index.html links to #none, where there is no such place"),
        (
            '<a href="other%20page.html#none">',
            "index.html links to other%20page.html#none, where there is no such place",
        ),
        ('<img src="none.png">', "index.html links to none.png, which is not there"),
        ('<script src="//a.org/x.js">', "index.html loads //a.org/x.js; put it into the site"),
        ('<img src="https://a.org/x.png">', "index.html loads https://a.org/x.png; put it into the site"),
        (
            '<link rel="stylesheet" href="https://a.org/x.css">',
            "index.html loads https://a.org/x.css; put it into the site",
        ),
    ],
)
def test_a_broken_link_and_a_file_of_another_host_are_flaws(tmp_path, body, said):
    assert flaws(tmp_path, body) == [said]


@pytest.mark.parametrize("style", ["@import '//a.org/x.css';", "p {src: url(https://a.org/x.css)}"])
def test_a_font_or_style_of_another_host_is_a_flaw(tmp_path, style):
    assert [flaw.split(" ")[0] for flaw in flaws(tmp_path, "", style)] == ["style.css"]


def test_an_option_that_the_page_of_the_command_lacks_is_a_flaw(tmp_path):
    page = tmp_path / docs.COMMAND_PAGE
    page.parent.mkdir(parents=True)
    page.write_text('<dt id="cmdoption-kalette-compress-k">', encoding="utf-8")
    missing = list(docs.missing_options(tmp_path))
    assert f"{docs.COMMAND_PAGE} has --colors of kalette compress 0 times" in missing[0]
    assert not [sentence for sentence in missing if " has -k of kalette compress " in sentence]


@pytest.mark.parametrize("name", [name for name in dir(kalette) if name not in MODULES])
def test_the_reference_names_every_public_name(name):
    pages = [(ROOT / "docs" / "reference" / page).read_text("utf-8") for page in ("library.md", "errors.md")]
    assert re.search(rf"^(   |.. autoexception:: ){name}$", "\n".join(pages), re.M)


@pytest.mark.parametrize("module", ["learn", "figures", "batch"])
def test_the_reference_names_what_modules_have(module):
    page = (ROOT / "docs" / "reference" / "library.md").read_text(encoding="utf-8")
    names = re.findall(rf"^   {module}\.(\w+)$", page, re.M)
    assert len(names) > 5
    public = set(getattr(kalette, module).__all__)
    assert set(names) <= public
    assert module == "batch" or public - set(names) <= {"BLOB_CENTERS", "sample_pixels"}
