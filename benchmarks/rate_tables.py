"""The tables of rate, from the JSON of benchmarks/rate.py."""

from collections.abc import Collection, Mapping, Sequence
from statistics import fmean, geometric_mean
from typing import Any

from curves import Difference, Point, mean_difference
from encoders import ENCODERS, KALETTE, REFERENCE
from markdown import aligned, table
from measure import Entry
from pictures import has_alpha
from scores import COLOR_METRICS, METRICS, Metric
from speed_tables import machine_text

Record = Mapping[str, Any]
Differences = dict[str, Difference]
"""Bytes of one encoder relative to another, by picture."""

BANDS = ((50, 60), (60, 70), (70, 80))
_NONE = "–"


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    return {
        "rate-machine": machine_text(record),
        "rate-mean": _means(record),
        "rate-bands": _bands(record),
        "rate-pictures": _pictures(record),
        "rate-plain": _plain(record),
        "rate-colors": _colors(record),
        "rate-alpha": _alpha(record),
    }


def overview(record: Record, before: Record | None) -> str:
    """Return the overview for a terminal; with an earlier record, also the change of Kalette since."""
    parts = [_means(record), _bands(record), _pictures(record, before), _plain(record)]
    parts += [_colors(record), _alpha(record)]
    return "\n\n".join(aligned(each) for each in parts)


def metrics(record: Record) -> list[Metric]:
    """Return the metrics of a run, the main one first."""
    measured = {key for row in record["rows"] for point in row["points"] for key in point}
    return [each for each in METRICS if each.name in measured]


def row_of(record: Record, picture: str, name: str) -> Entry:
    """Return the row of one picture and encoder, or one without points."""
    found = (row for row in record["rows"] if (row["picture"], row["name"]) == (picture, name))
    return next(found, {"picture": picture, "name": name, "points": []})


def pictures(record: Record, *, alpha: bool) -> list[str]:
    """Return the samples with alpha, or the other pictures."""
    names = dict.fromkeys(row["picture"] for row in record["rows"])
    return [name for name in names if has_alpha(name) == alpha]


def curve(row: Entry, how: Metric) -> list[Point]:
    """Return bytes and scores, higher being better; the lowest over all backgrounds counts."""
    return [
        (point["bytes"], lowest)
        for point in row["points"]
        if "flaw" not in point and (lowest := _lowest(point[how.name], how)) is not None
    ]


def _lowest(scores: Sequence[float | None], how: Metric) -> float | None:
    """Return the lowest score; None if all are infinite."""
    return min((how.sense * score for score in scores if score is not None), default=None)


def differences(
    record: Record,
    how: Metric,
    name: str,
    against: str = REFERENCE,
    within: tuple[float, float] | None = None,
) -> Differences:
    """Return the bytes of an encoder relative to another at equal score, for opaque pictures."""
    found = {
        picture: mean_difference(
            curve(row_of(record, picture, name), how),
            curve(row_of(record, picture, against), how),
            within or how.within,
        )
        for picture in pictures(record, alpha=False)
    }
    return {picture: each for picture, each in found.items() if each is not None}


def plain_and_reference(record: Record, picture: str) -> tuple[Entry, Entry] | None:
    """Return the points of Kalette without options and of the reference, at the largest k."""
    reference = [point for point in row_of(record, picture, REFERENCE)["points"] if "flaw" not in point]
    if not reference:
        return None
    largest = max(reference, key=lambda point: int(point["k"]))
    plain = [point for point in _kalette_points(record, picture) if setting_of(point) == {"k": largest["k"]}]
    return (plain[0], largest) if plain else None


def setting_of(point: Entry) -> Entry:
    """Return the setting of a point."""
    known = {"bytes", *(each.name for each in (*METRICS, *COLOR_METRICS))}
    return {key: value for key, value in point.items() if key not in known}


def fewest_bytes(record: Record, picture: str) -> Entry | None:
    """Return Kalette's smallest file whose main score is not below the reference over any background."""
    both = plain_and_reference(record, picture)
    if both is None:
        return None
    good = [
        point for point in _kalette_points(record, picture) if not_below(point, both[1], metrics(record)[0])
    ]
    return min(good, key=lambda point: int(point["bytes"]), default=None)


def not_below(point: Entry, reference: Entry, how: Metric) -> bool:
    """Whether a point scores at least as high as another over every background."""
    pairs = zip(point[how.name], reference[how.name], strict=True)
    return all(own is None or (other is not None and how.sense * (own - other) >= 0) for own, other in pairs)


def _kalette_points(record: Record, picture: str) -> list[Entry]:
    return [point for point in row_of(record, picture, KALETTE)["points"] if "flaw" not in point]


def means(record: Record, names: Collection[str]) -> str:
    """Return the table of the mean bytes of encoders relative to the reference, at equal score."""
    shown = metrics(record)
    lines = [
        [each.name, *(_mean_cell(differences(record, how, each.name)) for how in shown)]
        for each in ENCODERS
        if each.name in names
    ]
    return table([f"bytes against {REFERENCE} at equal", *(how.label for how in shown)], lines)


def _means(record: Record) -> str:
    return means(record, {row["name"] for row in record["rows"]} - {REFERENCE})


def _mean_cell(found: Differences) -> str:
    """Return the mean and range over pictures."""
    if not found:
        return _NONE
    ratios = [each.ratio for each in found.values()]
    spread = f"{percent_text(min(ratios))} to {percent_text(max(ratios))}"
    return f"{percent_text(fmean(ratios))} ({spread}; {len(ratios)} pictures)"


def _bands(record: Record) -> str:
    main = metrics(record)[0]
    cells = [_mean_cell(differences(record, main, KALETTE, within=band)) for band in BANDS]
    header = [f"bytes at equal {main.label}", *(f"{low} to {high}" for low, high in BANDS)]
    return table(header, [[KALETTE, *cells]])


def _pictures(record: Record, before: Record | None = None) -> str:
    shown = metrics(record)
    found = [differences(record, how, KALETTE) for how in shown]
    header = [f"{KALETTE} against {REFERENCE}", *(how.label for how in shown)]
    if before is not None:
        found += [_since(record, before, how) for how in shown]
        header += [f"before, {how.label}" for how in shown]
    lines = [
        [name, *(_difference_cell(each.get(name)) for each in found)]
        for name in pictures(record, alpha=False)
    ]
    means = [percent_text(fmean(one.ratio for one in each.values())) if each else _NONE for each in found]
    return table(header, [*lines, ["mean", *means]])


def _since(record: Record, before: Record, how: Metric) -> Differences:
    found = {
        picture: mean_difference(
            curve(row_of(record, picture, KALETTE), how),
            curve(row_of(before, picture, KALETTE), how),
            how.within,
        )
        for picture in pictures(record, alpha=False)
    }
    return {picture: each for picture, each in found.items() if each is not None}


def _difference_cell(found: Difference | None) -> str:
    if found is None:
        return _NONE
    low, high = sorted((abs(found.low), abs(found.high)))
    return f"{percent_text(found.ratio)} ({low:.3g}–{high:.3g})"


def percent_text(ratio: float) -> str:
    """Return a ratio as per cent above or below one."""
    return f"{100 * (ratio - 1):+.1f} %"


def _plain(record: Record) -> str:
    main = metrics(record)[0]
    both = {name: plain_and_reference(record, name) for name in pictures(record, alpha=False)}
    pairs = {name: pair for name, pair in both.items() if pair is not None}
    lines = [
        [name, _point_cell(plain, main), _point_cell(reference, main), _gain_cell(plain, reference)]
        for name, (plain, reference) in pairs.items()
    ]
    header = [f"bytes, {main.label}", "kalette compress", f"{REFERENCE}, same k", "bytes"]
    return table(header, lines) + f"\n\n{_plain_sentence(list(pairs.values()), main)}"


def _plain_sentence(pairs: Sequence[tuple[Entry, Entry]], main: Metric) -> str:
    if not pairs:
        return "Nothing to compare with."
    fine = sum(not_below(plain, reference, main) for plain, reference in pairs)
    smaller = sum(plain["bytes"] < reference["bytes"] for plain, reference in pairs)
    mean = fmean(plain["bytes"] / reference["bytes"] for plain, reference in pairs)
    return (
        f"Of {len(pairs)} pictures, {fine} score at least as high and {smaller} are smaller; "
        f"mean size {percent_text(mean)}."
    )


def _colors(record: Record) -> str:
    """Return the colour differences of Kalette relative to the reference, for each k."""
    ks = sorted({point["k"] for row in record["rows"] if row["name"] == REFERENCE for point in row["points"]})
    lines = [[str(k), *(_ratio_cell(_color_ratios(record, k, how)) for how in COLOR_METRICS)] for k in ks]
    header = ["k", *(f"CIEDE2000, {how.label}" for how in COLOR_METRICS)]
    return table(header, lines)


def _color_ratios(record: Record, k: int, how: Metric) -> list[float]:
    """Return the ratio of each opaque picture that both encoders reduced to k colours, by plain defaults."""
    ratios = []
    for picture in pictures(record, alpha=False):
        own = [point for point in _kalette_points(record, picture) if setting_of(point) == {"k": k}]
        other = [point for point in row_of(record, picture, REFERENCE)["points"] if point["k"] == k]
        if own and other and how.name in own[0] and how.name in other[0]:
            ratios.append(own[0][how.name][0] / other[0][how.name][0])
    return ratios


def _ratio_cell(ratios: Sequence[float]) -> str:
    if not ratios:
        return _NONE
    return f"{geometric_mean(ratios):.2f} (at most {max(ratios):.2f}; {len(ratios)} pictures)"


def _alpha(record: Record) -> str:
    main = metrics(record)[0]
    lines = []
    for name in pictures(record, alpha=True):
        if (both := plain_and_reference(record, name)) is not None:
            plain, reference = both
            fewest = fewest_bytes(record, name)
            cells = [_point_cell(each, main) for each in (reference, plain)] + [_gain_cell(plain, reference)]
            lines.append([name, *cells, *_fewest_cells(fewest, reference)])
    header = [f"bytes, {main.label}", REFERENCE, "kalette compress", "bytes", "no lower score", "bytes"]
    return table(header, lines)


def _fewest_cells(fewest: Entry | None, reference: Entry) -> tuple[str, str]:
    if fewest is None:
        return (_NONE, _NONE)
    setting = ", ".join(f"{key} {value}" for key, value in setting_of(fewest).items())
    return (f"{fewest['bytes']:,} at {setting}", _gain_cell(fewest, reference))


def _gain_cell(point: Entry, reference: Entry) -> str:
    return percent_text(point["bytes"] / reference["bytes"])


def _point_cell(point: Entry, how: Metric) -> str:
    """Return bytes, and a score for each background."""
    texts = ["exact" if score is None else f"{score:.4g}" for score in point[how.name]]
    same = len(set(texts)) == 1
    return f"{point['bytes']:,}, {texts[0] if same else ' / '.join(texts)}"
