"""Shortfalls of Kalette in the figures of rate, as sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

from encoders import ENCODERS, KALETTE, REFERENCE
from rate_tables import (
    differences,
    fewest_bytes,
    metrics,
    percent_text,
    pictures,
    plain_and_reference,
)

Record = Mapping[str, Any]


def sentences(record: Record) -> Iterator[str]:
    """Yield the shortfalls."""
    yield from _flaws(record)
    yield from _smaller_peers(record)
    yield from _plain(record)
    yield from _alpha(record)


def _flaws(record: Record) -> Iterator[str]:
    for row in record["rows"]:
        flaws = [point for point in row["points"] if "flaw" in point]
        if flaws:
            yield f"{row['name']} gave wrong output for {row['picture']}: {flaws[0]['flaw']}."


def _smaller_peers(record: Record) -> Iterator[str]:
    """Name the peers with fewer bytes at equal score, for each metric."""
    for how in metrics(record):
        for peer in ENCODERS:
            if peer.is_kalette:
                continue
            found = differences(record, how, KALETTE, peer.name)
            larger = {picture: each.ratio for picture, each in found.items() if each.ratio > 1}
            if larger:
                worst = max(larger, key=lambda picture: larger[picture])
                yield (
                    f"At equal {how.label}, Kalette needs more bytes than {peer.name} on {len(larger)} of "
                    f"{len(found)} pictures, at most {percent_text(larger[worst])} ({worst})."
                )


def _plain(record: Record) -> Iterator[str]:
    """Name the pictures on which `kalette compress` without options has a lower score or more bytes."""
    main = metrics(record)[0]
    found = {name: plain_and_reference(record, name) for name in pictures(record, alpha=False)}
    pairs = {name: pair for name, pair in found.items() if pair is not None}
    below = {
        name: main.sense * (reference[main.name][0] - plain[main.name][0])
        for name, (plain, reference) in pairs.items()
        if None not in (plain[main.name][0], reference[main.name][0])
    }
    lower = {name: by for name, by in below.items() if by > 0}
    if lower:
        worst = max(lower, key=lambda name: lower[name])
        yield (
            f"Plain `kalette compress` has a worse {main.label} than {REFERENCE} on {len(lower)} of "
            f"{len(pairs)} pictures, at most by {lower[worst]:.3g} ({worst})."
        )
    ratios = {name: plain["bytes"] / reference["bytes"] for name, (plain, reference) in pairs.items()}
    larger = {name: ratio for name, ratio in ratios.items() if ratio > 1}
    if larger:
        worst = max(larger, key=lambda name: larger[name])
        yield (
            f"Plain `kalette compress` makes a larger file than {REFERENCE} on {len(larger)} of {len(pairs)} "
            f"pictures, at most {percent_text(larger[worst])} ({worst})."
        )


def _alpha(record: Record) -> Iterator[str]:
    """Name the samples with alpha that no setting makes smaller without a lower score."""
    for name in pictures(record, alpha=True):
        both, fewest = plain_and_reference(record, name), fewest_bytes(record, name)
        if both is None:
            continue
        if fewest is None:
            yield f"On {name}, no setting of Kalette reaches the score of {REFERENCE} over all backgrounds."
        elif fewest["bytes"] >= both[1]["bytes"]:
            ratio = percent_text(fewest["bytes"] / both[1]["bytes"])
            yield f"On {name}, Kalette needs {ratio} bytes against {REFERENCE} for no lower score."
