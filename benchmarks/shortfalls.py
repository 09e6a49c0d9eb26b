"""Shortfalls of Kalette as sentences, generated from all figures."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from statistics import fmean
from typing import Any

import equal_loss_tables
import flat_tables
import growth_tables
import look_tables
import rate_shortfalls
from commands import IN_SRGB, MIB
from markdown import above_text
from peers import BASE, EFFORTS, PEERS, kalette_name
from quality_tables import Rows, above, common_pictures, ks_of, of, right
from speed_tables import entry_of, taken

Record = Mapping[str, Any]
_COMMANDS = {f"effort {effort}": kalette_name(effort) for effort in EFFORTS}
_COMMANDS["effort fast in sRGB"] = IN_SRGB
_COMMAND_FIGURES = {"median": "the time", "summed_mse": "the squared error", "output_bytes": "the bytes"}


def blocks(records: Mapping[str, Record]) -> dict[str, str]:
    """Return the list of shortfalls, from the record of each benchmark."""
    speed, quality = records["speed"], records["quality"]
    rows = right(quality["rows"])
    sentences = [
        *_flaws(speed, quality),
        *_faster_peers(speed),
        *equal_loss_tables.sentences(records["equal_loss"]),
        *_commands(speed),
        *_memory(speed),
        *growth_tables.sentences(records["growth"]),
        *_better_peers(rows),
        *_above_references(rows),
        *_effort_for_nothing(rows),
        *rate_shortfalls.sentences(records["rate"]),
        *look_tables.sentences(records["look"]),
        *flat_tables.sentences(records["flat"]),
    ]
    return {"shortfalls": "\n".join(f"- {each}" for each in sentences) or "Nothing in these figures."}


def _flaws(speed: Record, quality: Record) -> Iterator[str]:
    timed = [entry for row in speed.get("in_process", []) for entry in row["entries"]]
    timed += [entry for row in speed.get("whole_commands", []) for entry in row["entries"]]
    for name in sorted({entry["name"] for entry in [*timed, *quality["rows"]] if "flaw" in entry}):
        yield f"{name} gave wrong output, so times of it are left out."


def _faster_peers(speed: Record) -> Iterator[str]:
    """Name each peer that is faster than Kalette's fastest effort, with its largest lead and its error."""
    own = kalette_name(EFFORTS[0])
    for peer in PEERS:
        found = []
        for row in speed.get("in_process", []):
            entry, base = entry_of(row, peer.name), entry_of(row, own)
            if not peer.is_kalette and entry and base and entry["median"] < base["median"]:
                error = entry["summed_mse"] / base["summed_mse"]
                found.append((base["median"] / entry["median"], error, f"{row['picture']}, k = {row['k']}"))
        if found:
            factor, error, where = max(found)
            yield (
                f"{peer.name} is faster than {own} in {len(found)} of the in-process comparisons, at most "
                f"{factor:.2g} times ({where}; its summed MSE there is {above_text(error)} against {own})."
            )


def _commands(speed: Record) -> Iterator[str]:
    """Name the figures in which a command of Kalette is behind pngquant."""
    for row in speed.get("whole_commands", []):
        peer = entry_of(row, "pngquant")
        for settings, name in _COMMANDS.items():
            own = entry_of(row, name)
            behind = [
                f"{own[key] / peer[key]:.2f} times {what}"
                for key, what in _COMMAND_FIGURES.items()
                if own and peer and own[key] > peer[key]
            ]
            if behind:
                mapping = "dithered" if row["dither"] else "not dithered"
                yield (
                    f"The command with {settings} has {', '.join(behind)} of pngquant on "
                    f"{row['picture']}, {mapping}."
                )


def _memory(speed: Record) -> Iterator[str]:
    for row in speed.get("memory", []):
        if taken(row) > row["bound_bytes"]:
            over = (taken(row) - row["bound_bytes"]) / MIB
            yield f"Memory on {row['input']} with dither {row['dither']} is {over:.0f} MiB above its bound."


def _better_peers(rows: Rows) -> Iterator[str]:
    few = [row for row in rows if row["picture"] in common_pictures(rows)]
    for peer in PEERS:
        for k in ks_of(rows):
            theirs, own = of(few, peer.name, k), of(few, BASE, k)
            if peer.is_kalette or not theirs or not own:
                continue
            ratio = fmean(r["mse_to_best"] for r in theirs) / fmean(r["mse_to_best"] for r in own)
            if ratio < 1:
                yield f"{peer.name} has a lower error than {BASE} at k = {k} ({above_text(ratio)})."


def _above_references(rows: Rows) -> Iterator[str]:
    for key, reference in (("loss_to_best", "lowest known"), ("loss_to_iokm", "published one of IOKM")):
        for effort in EFFORTS:
            own = [row for row in rows if row["name"] == kalette_name(effort)]
            higher = above(own, key)
            if higher:
                worst = max(higher, key=lambda row: float(row[key]))
                yield (
                    f"Effort {effort}: the loss is above the {reference} in {len(higher)} of {len(own)} "
                    f"cases, at worst by {above_text(worst[key])} ({worst['picture']}, k = {worst['k']})."
                )


def _effort_for_nothing(rows: Rows) -> Iterator[str]:
    """Count the cases in which more effort gave a higher loss."""
    losses = {(row["name"], row["picture"], row["k"]): row["loss"] for row in rows if "loss" in row}
    for less, more in pairwise(EFFORTS):
        both = [
            (losses[kalette_name(less), picture, k], loss)
            for (name, picture, k), loss in losses.items()
            if name == kalette_name(more) and (kalette_name(less), picture, k) in losses
        ]
        worse = sum(loss > before for before, loss in both)
        if worse:
            yield f"Effort {more} gives a higher loss than {less} in {worse} of {len(both)} cases."
