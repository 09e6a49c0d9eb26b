"""The comparison report: a self-contained HTML page, to open from disk or to mail."""

from html import escape

from kalette.compression import Result
from kalette.report.comparison import Comparison, ComparisonRow
from kalette.report.comparison_charts import curve_charts, loss_chart
from kalette.report.comparison_table import COLUMNS, conclusions, legend, made_by, row_cells, summary
from kalette.report.markup import (
    Markup,
    captioned,
    data_uri,
    filled,
    joined,
    page_parts,
    palette_details,
    shown_size,
    uri_of_pixels,
)
from kalette.types import __version__, size_text

_LABELS = (
    "k",
    *("size by bits", "raw", "file"),
    *("written", "raw", "file"),
    *("MSE", "PSNR", "SSIMULACRA 2", "seconds"),
)


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
    first = comparison.rows[0].result
    k_list = ", ".join(str(row.k) for row in comparison.rows)
    return filled(
        "page.html",
        **page_parts(f"{name} in {k_list} colours", "script.js"),
        name=name,
        summary=summary(comparison),
        advice=" ".join(conclusions(comparison)),
        notes=joined(filled("note.html", note=note) for note in comparison.notes),
        choices=joined(_k_button(row, row is _initial_row(comparison)) for row in comparison.rows),
        headings=joined(_heading(label) for label in COLUMNS),
        rows=joined(_table_row(row, row.k == comparison.recommended_k) for row in comparison.rows),
        legend=legend(comparison),
        charts=_charts(comparison),
        versions=joined((_original(first), *map(_version, comparison.rows))),
        version=__version__,
        made_by=made_by(comparison),
    )


def _k_button(row: ComparisonRow, checked: bool) -> Markup:
    return filled("choice.html", k=row.k, checked=Markup("checked" if checked else ""))


def _initial_row(comparison: Comparison) -> ComparisonRow:
    """Return the row with the recommended k, or the nearest."""
    return min(comparison.rows, key=lambda row: abs(row.k - comparison.recommended_k))


def _heading(label: str) -> Markup:
    return Markup(f'<th scope="col">{escape(label)}</th>')


def _table_row(row: ComparisonRow, recommended: bool) -> Markup:
    k, *cells = row_cells(row)
    data = (
        f'<td data-label="{label}">{escape(cell)}</td>'
        for label, cell in zip(_LABELS[1:], cells, strict=True)
    )
    style = ' class="recommended"' if recommended else ""
    return Markup(f'<tr{style}><th scope="row">{k.strip()}</th>{"".join(data)}</tr>')


def _charts(comparison: Comparison) -> Markup:
    charts = [captioned(*each) for each in (*curve_charts(comparison), *loss_chart(comparison))]
    if not charts:
        return Markup("")
    return filled("charts.html", heading="How many colours", figures=joined(charts))


def _original(result: Result) -> Markup:
    size = f"{size_text(result.raw_bytes)} raw"
    if result.input_bytes is not None:
        size += f", {size_text(result.input_bytes)} file"
    return filled(
        "version.html",
        id="original",
        name="Original",
        picture=uri_of_pixels(result.picture.original.pixels),
        caption=size,
        palette=Markup(""),
        **shown_size(result.width, result.height),
    )


def _version(row: ComparisonRow) -> Markup:
    result = row.result
    return filled(
        "version.html",
        id=f"k{row.k}",
        name=f"k = {row.k}",
        picture=data_uri(result.settings.format, result.to_bytes()),
        caption=f"{size_text(row.output_bytes)}, SSIMULACRA 2 {row.ssimulacra2:.1f}",
        palette=palette_details(result.swatches),
        **shown_size(result.width, result.height),
    )
