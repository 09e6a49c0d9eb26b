"""Entry point of the command and of `python -m kalette`; handles signals before the slow imports."""

import gc

from kalette import signals


def main() -> None:
    """Run the command line."""
    signals.end_at_once()
    gc.disable()  # faster imports; the command enables it again
    from kalette.cli import main as command

    command()


if __name__ == "__main__":
    main()
