"""The comparison report: a self-contained HTML page, to open from disk or to mail."""

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from kalette.compression import Result
from kalette.report.comparison import Comparison, ComparisonRow
from kalette.report.comparison_charts import curve_charts, loss_chart
from kalette.report.comparison_table import COLUMNS, conclusions, legend, made_by, row_cells, summary
from kalette.types import Format, Pixels, __version__, colors_text, share_text, size_text
from kalette.writing import WEBP_MAX_SIDE, encode

_LABELS = (
    "k",
    *("size by bits", "raw", "file"),
    *("written", "raw", "file"),
    *("MSE", "PSNR", "SSIMULACRA 2", "seconds"),
)
_MAX_ENLARGED_WIDTH = 480  # CSS pixels; small pictures are enlarged by whole factors
_MAX_OPEN_PALETTE = 64  # colours; larger palettes start collapsed


SHARED_FOLDER = Path(__file__).parent / "shared"
"""Style sheet and scripts that the web page uses too."""


class _Markup(str):
    """Text that is already HTML."""


def comparison_page(comparison: Comparison, name: str) -> str:
    """Return a page with a before/after view, table, charts and palettes.

    The output files are embedded, and the Content Security Policy forbids network access.

    Parameters
    ----------
    comparison : Comparison
        Result of `kalette.compare`.
    name : str
        Name of the image; it is escaped.

    Examples
    --------
    >>> import kalette
    >>> page = comparison_page(kalette.compare(kalette.sample_pixels(48, 32), [2, 16]), "<b>.png")
    >>> "<h1><bdi>&lt;b&gt;.png</bdi></h1>" in page
    True
    """
    style = _shared("look.css") + _resource("style.css")
    script = _bundled(_resource("script.js"))
    name = name.encode("utf-8", "backslashreplace").decode("utf-8")
    first = comparison.rows[0].result
    return _filled(
        "page.html",
        style=_Markup(style),
        script=_Markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script),
        name=name,
        k_list=", ".join(str(row.k) for row in comparison.rows),
        summary=summary(comparison),
        advice=" ".join(conclusions(comparison)),
        notes=_joined(_filled("note.html", note=note) for note in comparison.notes),
        choices=_joined(_k_button(row, row is _initial_row(comparison)) for row in comparison.rows),
        headings=_joined(_heading(label) for label in COLUMNS),
        rows=_joined(_table_row(row, row.k == comparison.recommended_k) for row in comparison.rows),
        legend=legend(comparison),
        charts=_charts(comparison),
        versions=_joined((_original(first), *map(_version, comparison.rows))),
        version=__version__,
        made_by=made_by(comparison),
    )


def _filled(template: str, **values: object) -> _Markup:
    """Substitute values in a template, escaped unless they are HTML."""
    shown = {
        name: value if isinstance(value, _Markup) else escape(str(value)) for name, value in values.items()
    }
    return _Markup(Template(_resource(template)).substitute(shown))


def _joined(pieces: Iterable[_Markup]) -> _Markup:
    return _Markup("\n".join(pieces))


def _resource(name: str) -> str:
    return (files("kalette.report") / "templates" / name).read_text(encoding="utf-8")


def _shared(name: str) -> str:
    return (SHARED_FOLDER / name).read_text(encoding="utf-8")


def _bundled(script: str) -> str:
    """Return a script with its modules in place of the imports, since a page from disk may load none."""
    return re.sub(r'^import "\./([a-z_]+\.js)";$', lambda found: _shared(found[1]), script, flags=re.M)


def _hash(text: str) -> str:
    """Return the hash that allows this style sheet or script in the Content Security Policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _k_button(row: ComparisonRow, checked: bool) -> _Markup:
    return _filled("choice.html", k=row.k, checked=_Markup("checked" if checked else ""))


def _initial_row(comparison: Comparison) -> ComparisonRow:
    """Return the row with the recommended k, or the nearest."""
    return min(comparison.rows, key=lambda row: abs(row.k - comparison.recommended_k))


def _heading(label: str) -> _Markup:
    return _Markup(f'<th scope="col">{escape(label)}</th>')


def _table_row(row: ComparisonRow, recommended: bool) -> _Markup:
    k, *cells = row_cells(row)
    data = (
        f'<td data-label="{label}">{escape(cell)}</td>'
        for label, cell in zip(_LABELS[1:], cells, strict=True)
    )
    style = ' class="recommended"' if recommended else ""
    return _Markup(f'<tr{style}><th scope="row">{k.strip()}</th>{"".join(data)}</tr>')


def _charts(comparison: Comparison) -> _Markup:
    charts = [*curve_charts(comparison), *loss_chart(comparison)]
    if not charts:
        return _Markup("")
    figures = (_filled("chart.html", svg=_Markup(chart.svg()), caption=caption) for chart, caption in charts)
    return _filled("charts.html", figures=_joined(figures))


def _original(result: Result) -> _Markup:
    size = f"{size_text(result.raw_bytes)} raw"
    if result.input_bytes is not None:
        size += f", {size_text(result.input_bytes)} file"
    return _filled(
        "version.html",
        id="original",
        name="Original",
        picture=_uri_of_pixels(result.picture.original.pixels),
        caption=size,
        palette=_Markup(""),
        **_shown_size(result),
    )


def _version(row: ComparisonRow) -> _Markup:
    result = row.result
    uri = _data_uri(f"image/{result.settings.format}", result.to_bytes())
    return _filled(
        "version.html",
        id=f"k{row.k}",
        name=f"k = {row.k}",
        picture=uri,
        caption=f"{size_text(row.output_bytes)}, SSIMULACRA 2 {row.ssimulacra2:.1f}",
        palette=_palette(result),
        **_shown_size(result),
    )


def _shown_size(result: Result) -> dict[str, object]:
    factor = max(1, _MAX_ENLARGED_WIDTH // result.width)
    return {
        "width": result.width * factor,
        "height": result.height * factor,
        "style": "enlarged" if factor > 1 else "",
    }


def _palette(result: Result) -> _Markup:
    swatches = result.swatches
    shown = (_swatch(code, share) for code, share in zip(swatches, swatches.shares or (), strict=True))
    return _filled(
        "palette.html",
        open=_Markup("open" if len(swatches) <= _MAX_OPEN_PALETTE else ""),
        count=colors_text(len(swatches)),
        swatches=_joined(shown),
    )


def _swatch(code: str, share: float) -> _Markup:
    opacity = int(code[7:] or "ff", 16) / 255
    return _filled("swatch.html", code=code, share=share_text(share), fill=code[:7], opacity=f"{opacity:.3f}")


def _uri_of_pixels(pixels: Pixels) -> str:
    file_format: Format = "webp" if max(pixels.shape[:2]) <= WEBP_MAX_SIDE else "png"
    return _data_uri(f"image/{file_format}", encode(pixels, file_format, "fast"))


def _data_uri(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
