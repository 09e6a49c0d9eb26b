"""The plane through a colour space in which the colours of a picture spread most."""

from matplotlib.axes import Axes

from kalette.clustering import Histogram
from kalette.learn import PrincipalComponents, principal_components
from kalette.report.figures.look import FAINT
from kalette.report.figures.scatter import Scatter
from kalette.report.figures.space import AXIS_NAMES, Floats, ShownSpace, coordinates
from kalette.types import Counts

_PADDED = 1.12  # so that balls at the rim do not cross it
_LETTERS = {"srgb": ("R", "G", "B"), "oklab": AXIS_NAMES["oklab"]}


def plane(axes: Axes, histogram: Histogram, space: ShownSpace) -> Scatter:
    """Style the axes for the first two principal components of a picture's colours.

    Parameters
    ----------
    axes : Axes
        Empty axes.
    histogram : Histogram
        All colours of the picture; each pixel counts.
    space : {"srgb", "oklab"}
        Colour space that the plane lies in.
    """
    found = principal_components(coordinates(histogram.colors, space), _visible_counts(histogram))
    scatter = Scatter(axes, lambda colors: found.project(coordinates(colors, space))[:, :2], {})
    _set_square_limits(axes, scatter.coordinates(histogram.colors))
    axes.set(xticks=[], yticks=[], xlabel=_label(found, 0, space), ylabel=_label(found, 1, space))
    for spine in axes.spines.values():
        spine.set(visible=True, color=FAINT)
    return scatter


def _visible_counts(histogram: Histogram) -> Counts:
    """Return the pixels of each colour, 0 for clear ones unless all are clear."""
    visible = histogram.colors[:, 3:].all(axis=1) * histogram.counts
    return visible if visible.any() else histogram.counts


def _set_square_limits(axes: Axes, places: Floats) -> None:
    """Give both axes one scale that shows all places, now and while things move."""
    least, most = places.min(axis=0), places.max(axis=0)
    reach = _PADDED * float((most - least).max()) or 1.0
    for name, middle in zip("xy", (least + most) / 2, strict=True):
        getattr(axes, f"set_{name}lim")(middle - reach / 2, middle + reach / 2)


def _label(found: PrincipalComponents, number: int, space: ShownSpace) -> str:
    """Return a component as a sum, and its share of the variance: 0.58 R + 0.57 G + 0.58 B (90 % ...)."""
    terms = zip(found.components[number], _LETTERS[space], strict=True)
    words = " ".join(f"{'−' if factor < 0 else '+'} {abs(factor):.2f} {name}" for factor, name in terms)
    words = words.removeprefix("+ ") if words[0] == "+" else words.replace("− ", "−", 1)
    total = float(found.variances.sum())
    return f"{words} ({100 * found.variances[number] / total:.0f} % of variance)" if total else words
