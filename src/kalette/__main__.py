"""Where the command starts, also as `python -m kalette`: signals are heard before the large imports."""

import gc

from kalette import signals


def main() -> None:
    """Run the command line."""
    signals.end_at_once()
    gc.disable()  # while modules are made, which stay: the command turns it on again
    from kalette.cli import main as command

    command()


if __name__ == "__main__":
    main()
