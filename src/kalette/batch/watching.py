"""Waiting for images that arrive in folders."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from kalette.types import MissingLibraryError, SettingsError, require_all

_QUIET_MS = 1000  # without a change, after which arrived files are taken up


def arrivals(sources: Sequence[str], target: str) -> Iterator[None]:
    """Yield once watching has begun, and whenever files in the sources were added or changed, for ever.

    Parameters
    ----------
    sources : sequence of str
        Folders.
    target : str
        Folder of the outputs, whose changes do not count.

    Raises
    ------
    SettingsError
        When a source is no folder.
    MissingLibraryError
        Without watchfiles.
    """
    require_all("sources", sources, str, "give a list of folders")
    for source in sources:
        if not Path(source).is_dir():
            raise SettingsError(
                f"{source} is not a folder, and only folders can be watched; leave out --watch"
            )
    try:
        from watchfiles import Change, DefaultFilter, watch
    except ImportError as error:
        raise MissingLibraryError(
            "--watch needs watchfiles; install it with pip install 'kalette[watch]'"
        ) from error
    is_wanted = DefaultFilter(ignore_paths=[Path(target).resolve()])
    resolved = [Path(source).resolve() for source in sources]
    changes = watch(
        *resolved, watch_filter=is_wanted, step=_QUIET_MS, rust_timeout=_QUIET_MS, yield_on_timeout=True
    )
    arrived = (any(change != Change.deleted for change, _ in each) for each in changes)
    # The first time is for files that came before the watch began.
    return (None for number, has_arrived in enumerate(arrived) if has_arrived or number == 0)
