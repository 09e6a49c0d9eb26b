"""The table of results: its columns stay in line whatever the file names are."""

import io
import os

import numpy as np
from rich.cells import cell_len

from kalette.compression import compress
from kalette.report import print_table, row_of

RESULT = compress(np.zeros((2, 2, 3), np.uint8))


class Terminal(io.StringIO):
    """A terminal of 60 columns."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1


def lines_of(names: list[str], stream: io.StringIO) -> list[str]:
    print_table([row_of(name, RESULT, 0.1) for name in names], stream)
    return stream.getvalue().splitlines()


def test_columns_stay_in_line_with_wide_and_combining_characters():
    names = ["plain.png", "写真.png", "café.png", "cafe\u0301.png", "🖼️.png", "ｗｉｄｅ.png", "שלום.png"]
    lines = lines_of(names, io.StringIO())
    assert {cell_len(line) for line in lines} == {cell_len(lines[0])}
    for name, line in zip(names, lines[2:], strict=True):
        assert line.startswith(name)


def test_a_wide_name_is_cut_at_its_start_to_fit_the_terminal(monkeypatch):
    monkeypatch.setattr("os.get_terminal_size", lambda descriptor: os.terminal_size((70, 20)))
    lines = lines_of(["写" * 40 + ".png", "a" * 80 + ".png", "b.png"], Terminal())
    assert all(cell_len(line) == cell_len(lines[0]) <= 70 for line in lines)
    assert lines[2].startswith("…写")
    assert ".png" in lines[2]


def test_the_score_stands_in_place_of_the_psnr_if_a_quality_was_asked_for():
    rows = np.arange(64, dtype=np.uint8)[:, None]
    colors = np.broadcast_to(np.stack([rows * 4, 255 - rows * 3, rows * 2], axis=-1), (64, 64, 3))
    result = compress(np.ascontiguousarray(colors), 16, quality=30, dither="none")
    headings, _, line = _table_of(result)
    assert headings.split()[-2:] == ["SSIMU2", "seconds"]
    assert line.split()[-2:] == [f"{result.ssimulacra2:.1f}", "0.10"]
    assert _table_of(RESULT)[0].split()[-2:] == ["PSNR", "seconds"]


def _table_of(result):
    stream = io.StringIO()
    print_table([row_of("a.png", result, 0.1)], stream)
    return stream.getvalue().splitlines()
