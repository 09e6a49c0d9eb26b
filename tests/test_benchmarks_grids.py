"""The benchmark of grids."""

import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "grids.py"


def test_a_search_on_a_grid_is_never_behind_rounding_to_it():
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--smoke"], check=True, capture_output=True, text=True
    )
    rows = [line.split("|")[1:-1] for line in done.stdout.splitlines()[2:]]
    assert len(rows) == 12
    for grid, k, free, after, on_grid in rows:
        assert float(free) <= float(on_grid) <= float(after), (grid, k)
