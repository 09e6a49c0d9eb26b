"""The table of rate with effort best, from the JSON of benchmarks/rate.py."""

from collections.abc import Mapping
from typing import Any

import rate_tables
from encoders import KALETTE
from speed_tables import machine_text


def blocks(record: Mapping[str, Any]) -> dict[str, str]:
    """Return each table by the name of its block."""
    return {"rate-best-machine": machine_text(record), "rate-best": rate_tables.means(record, {KALETTE})}
