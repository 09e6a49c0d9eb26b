"""The tables of flicker and of bytes at equal look, by hand."""

import importlib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def motion_tables(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "benchmarks"))
    return importlib.import_module("motion_tables")


def row(peer: str, size: int, score: float, flicker: float) -> dict[str, Any]:
    common = {"clip": "film", "format": "gif", "setting": "as it is"}
    return common | {"peer": peer, "bytes": size, "score": score, "flicker": flicker}


OWN = [row("Kalette", 10_000, 70, 0.4), row("Kalette", 40_000, 80, 0.2)]


def cells(motion_tables, *peers: dict[str, Any]) -> list[str]:
    lines = motion_tables.flicker_table([*OWN, *peers]).split("\n")
    return [cell.strip() for cell in lines[2].strip("|").split("|")] if len(lines) > 2 else []


def test_flicker_is_linear_in_the_logarithm_of_bytes(motion_tables):
    """Twice the bytes are half of four times."""
    found = cells(motion_tables, row("peer", 20_000, 60, 0.5))
    assert found[1:7] == ["1", "0", "20", "0.30 (75)", "peer, as it is", "0.50 (60)"]


def test_the_size_is_the_one_where_kalette_is_worst_beside_the_best_peer(motion_tables):
    peers = [row("a", 10_000, 60, 0.5), row("b", 20_000, 70, 0.2), row("c", 40_000, 75, 0.3)]
    assert cells(motion_tables, *peers)[1:6] == ["3", "1", "20", "0.30 (75)", "b, as it is"]


def test_a_peer_that_scores_less_in_more_bytes_is_named_only_for_the_least_flicker(motion_tables):
    peers = [row("steady", 9_000, 20, 0.1), row("best", 10_000, 60, 0.5), row("worse", 20_000, 50, 0.0)]
    assert cells(motion_tables, *peers)[5:] == [
        "best, as it is",
        "0.50 (60)",
        "steady, as it is",
        "0.10 (20)",
    ]


def test_sizes_out_of_reach_make_no_line(motion_tables):
    assert cells(motion_tables, row("peer", 50_000, 60, 0.5)) == []


def test_files_that_are_exact_at_every_rate_stand_beside_the_gif_that_scores_best(motion_tables):
    own = [{**row("Kalette", 10_000, 100, 0.0), "format": "png"}] * 2
    peers = [row("best", 40_000, 70, 0.5), row("worse", 50_000, 60, 0.5), row("small", 5_000, 20, 0.0)]
    assert motion_tables.ratio([*own, *peers], "film", "png") == 1 / 4
    lossy = {**row("Kalette", 9_000, 99, 0.0), "format": "png"}
    assert motion_tables.ratio([*own, lossy, *peers], "film", "png") is None
