"""The tables of the server, from the JSON of benchmarks/serve.py."""

from collections.abc import Mapping
from typing import Any

from markdown import table, time_text
from speed_tables import machine_text

Record = Mapping[str, Any]


def blocks(record: Record) -> dict[str, str]:
    """Return each table by the name of its block."""
    return {
        "serve-machine": machine_text(record),
        "serve": f"{_load_table(record)}\n\n{_slider_table(record)}",
    }


def _load_table(record: Record) -> str:
    load, refused = record["load"], record["overload"]
    rows = [
        [f"answers to {load['uploads']} uploads, {load['at_a_time']} at a time", _statuses(load)],
        [f"images per second, {record['workers']} workers", f"{load['images_per_second']:.1f}"],
        ["the same work in the library, as many processes", f"{load['library_images_per_second']:.1f}"],
        ["server beside library", f"{load['ratio']:.2f}"],
        ["from request to answer, p50 / p95 / p99", times_text(load["latency_seconds"])],
        ["memory of all processes, before / after", _memory(load)],
        [f"answers to {refused['at_once']} requests at once", _statuses(refused)],
    ]
    if refused["refusal_seconds"]:
        rows.append(["from request to refusal, p50 / p95 / p99", times_text(refused["refusal_seconds"])])
    return table([f"pictures of {record['pixels']:,} pixels", ""], rows)


def _slider_table(record: Record) -> str:
    rows = [
        [
            f"{each['effort']}, {each['pixels']:,} pixels, {each['ks']} numbers of colours",
            times_text(each["seconds"]),
        ]
        for each in record["slider"]
    ]
    return table(["from a new k to the exact file, picture kept", "p50 / p95 / p99"], rows)


def _statuses(entry: Mapping[str, Any]) -> str:
    return ", ".join(f"{count} with {status}" for status, count in sorted(entry["statuses"].items()))


def times_text(quantiles: Mapping[str, float]) -> str:
    """Return median, 95th and 99th percentile."""
    return " / ".join(time_text(quantiles[name]) for name in ("p50", "p95", "p99"))


def _memory(load: Mapping[str, Any]) -> str:
    sizes = (load["memory_bytes_before"], load["memory_bytes_after"])
    return " / ".join("not measured" if each is None else f"{each / 1e6:.0f} MB" for each in sizes)
