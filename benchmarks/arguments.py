"""The command-line arguments of all benchmarks."""

import argparse
import tempfile
from pathlib import Path

from measure import RESULTS
from pictures import DEFAULT_DATA


def argument_parser(
    benchmark: str, description: str | None, *, needs_data: bool = True
) -> argparse.ArgumentParser:
    """Return a parser with the common options."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    out = RESULTS / f"{benchmark}.json"
    parser.set_defaults(data=None)
    if needs_data:
        parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder of the pictures")
    parser.add_argument("--out", type=Path, help=f"JSON file to write ({out.name} in benchmarks/results)")
    parser.add_argument("--smoke", action="store_true", help="a run of seconds, on the built-in sample")
    parser.set_defaults(result=out)
    return parser


def checked(arguments: argparse.Namespace) -> argparse.Namespace:
    """Set the default output, and exit with a sentence if the data folder is missing."""
    if arguments.out is None:
        smoke_folder = Path(tempfile.mkdtemp()) if arguments.smoke else None
        arguments.out = smoke_folder / arguments.result.name if smoke_folder else arguments.result
    if arguments.data and not arguments.smoke and not (arguments.data / "kodak").is_dir():
        raise SystemExit(
            f"{arguments.data} has no folder kodak; name the data folder with --data DIR, "
            "or run with --smoke, which needs none"
        )
    return arguments
