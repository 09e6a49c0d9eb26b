"""HTML from templates, and the style sheets, scripts and files that a page embeds."""

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from kalette.palettes import Swatches
from kalette.report.charts import Chart
from kalette.types import Format, Pixels, colors_text, share_text
from kalette.writing import WEBP_MAX_SIDE, encode

SHARED_FOLDER = Path(__file__).parent / "shared"
"""Style sheet and scripts that the web page uses too."""

_MAX_OPEN_PALETTE = 64  # colours; larger palettes start collapsed
_MAX_ENLARGED_WIDTH = 480  # CSS pixels; small pictures are enlarged by whole factors


class Markup(str):
    """Text that is already HTML."""


def filled(template: str, **values: object) -> Markup:
    """Substitute values in a template, escaped unless they are HTML."""
    shown = {
        name: value if isinstance(value, Markup) else _escaped(str(value)) for name, value in values.items()
    }
    return Markup(Template(_resource(template)).substitute(shown))


def joined(pieces: Iterable[Markup]) -> Markup:
    """Return pieces of HTML below each other."""
    return Markup("\n".join(pieces))


def captioned(chart: Chart, caption: str) -> Markup:
    """Return a chart with its caption."""
    return filled("chart.html", svg=Markup(chart.svg()), caption=caption)


def page_parts(title: str, script: str) -> dict[str, Markup]:
    """Return head and script of a page, whose Content Security Policy allows its own style and script.

    Parameters
    ----------
    title : str
        Title of the page.
    script : str
        Name of the script; modules of the shared folder take the place of its imports, since a page from
        disk may load none.
    """
    style = _shared("look.css") + _resource("style.css")
    imported = r'^import "\./([a-z_]+\.js)";$'
    code = re.sub(imported, lambda found: _shared(found[1]), _resource(script), flags=re.M)
    head = filled(
        "head.html",
        title=title,
        style=Markup(style),
        style_hash=Markup(_hash(style)),
        script_hash=Markup(_hash(code)),
    )
    return {"head": head, "script": Markup(code)}


def palette_details(swatches: Swatches) -> Markup:
    """Return the colours of a palette, with their shares, as buttons that copy them; many are folded."""
    shown = (_swatch(code, share) for code, share in zip(swatches, swatches.shares or (), strict=True))
    return filled(
        "palette.html",
        open=Markup("open" if len(swatches) <= _MAX_OPEN_PALETTE else ""),
        count=colors_text(len(swatches)),
        swatches=joined(shown),
    )


def shown_size(width: int, height: int) -> dict[str, object]:
    """Return width, height and style of a picture, enlarged by a whole factor if it is small."""
    factor = max(1, _MAX_ENLARGED_WIDTH // width)
    return {
        "width": width * factor,
        "height": height * factor,
        "style": "enlarged" if factor > 1 else "",
    }


def uri_of_pixels(pixels: Pixels) -> str:
    """Return pixels as a lossless picture in a data URI."""
    file_format: Format = "webp" if max(pixels.shape[:2]) <= WEBP_MAX_SIDE else "png"
    return data_uri(file_format, encode(pixels, file_format, "fast"))


def data_uri(file_format: Format, data: bytes) -> str:
    """Return an image file as a data URI."""
    return f"data:image/{file_format};base64,{base64.b64encode(data).decode()}"


def _escaped(text: str) -> str:
    """Return text as HTML; what is no Unicode, as in names of files, as its escape sequence."""
    return escape(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def _resource(name: str) -> str:
    return (files("kalette.report") / "templates" / name).read_text(encoding="utf-8")


def _shared(name: str) -> str:
    return (SHARED_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the hash that allows this style sheet or script in the Content Security Policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _swatch(code: str, share: float) -> Markup:
    opacity = int(code[7:] or "ff", 16) / 255
    return filled("swatch.html", code=code, share=share_text(share), fill=code[:7], opacity=f"{opacity:.3f}")
