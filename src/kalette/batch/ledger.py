"""The ledger of a target: append-only JSON lines, from which a run goes on where another ended."""

import json
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self

from kalette.batch.database import StoredMapping
from kalette.batch.items import Item
from kalette.batch.places import is_bucket, place_of
from kalette.batch.plans import Plan
from kalette.batch.records import Record
from kalette.types import ReadError, SettingsError, __version__


class Known(NamedTuple):
    """What the ledger knows of an output; the last line counts.

    Parameters
    ----------
    identity : str
        Size and version of the input.
    settings : str
        Fingerprint of the settings.
    is_failure : bool
        Whether the image failed.
    output : str or None
        The written file.
    output_bytes : int or None
        Its size.
    """

    identity: str
    settings: str
    is_failure: bool
    output: str | None
    output_bytes: int | None

    def is_of(self, item: Item, settings: str) -> bool:
        """Return whether this is the outcome of the input as it stands, with these settings."""
        return self.identity == item.identity and self.settings == settings


class Ledger:
    """The ledger of a target; that of a folder is locked for one run at a time.

    Parameters
    ----------
    target : str
        Folder, or URL of a bucket.

    Raises
    ------
    WriteError
        When another run is at work there, or the ledger cannot be written.
    """

    def __init__(self, target: str) -> None:
        """Open and read the journal of the target."""
        self._target = target
        self._journal = place_of(target).journal()
        self.palettes: dict[str, tuple[str, ...]] = {}
        self._listed: StoredMapping[int] | None = None
        try:
            self._known = StoredMapping[Known]()
            self._known.update(self._read())
        except BaseException:
            self.close()
            raise

    def _read(self) -> Iterator[tuple[str, Known]]:
        """Note the palettes, and yield what is known of each planned output."""
        for number, line in enumerate(self._journal.lines(), start=1):
            try:
                entry = json.loads(line)
                if entry["event"] == "image":
                    yield entry["planned"], _known(entry)
                elif entry["event"] == "palette":
                    self.palettes[entry["settings"]] = tuple(entry["colors"])
            except (ValueError, KeyError, TypeError) as error:
                raise ReadError(
                    f"line {number} of {self._journal.name} is damaged; "
                    "remove that line, and its image is done again"
                ) from error

    def begin(self, plan: Plan) -> None:
        """Note the start of a run.

        Raises
        ------
        SettingsError
            When the target holds results of other settings, and these may not be replaced.
        """
        results = (known for known in self._known.values() if not known.is_failure)
        others = {known.settings for known in results} - {plan.fingerprint}
        if others and not plan.options.overwrite:
            raise SettingsError(
                f"{plan.target} holds results of other settings; choose another target, keep them apart "
                "(--apart), or replace them (--overwrite)"
            )
        self._append(
            {
                "event": "run",
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "images": len(plan.items),
                "settings": plan.fingerprint,
                "version": __version__,
            }
        )

    def keep_palette(self, settings: str, colors: tuple[str, ...]) -> None:
        """Note the shared palette, which later runs with the same settings use again."""
        self.palettes[settings] = colors
        self._append({"event": "palette", "settings": settings, "colors": colors})

    def end(self, record: Record, settings: str) -> None:
        """Note what became of an image."""
        self._append({"event": "image", "settings": settings, **record.to_dict()})

    def known(self, item: Item) -> Known | None:
        """Return what the ledger held of an image when it was opened."""
        return self._known.get(item.output)

    def holds_output(self, known: Known) -> bool:
        """Return whether a recorded output is there as it was written."""
        return known.output is not None and self._size(known.output) == known.output_bytes

    def _size(self, name: str) -> int | None:
        if not is_bucket(self._target):
            return place_of(self._target).size(name)
        if self._listed is None:  # one listing takes a thousandth of the requests for single files
            self._listed = StoredMapping[int]()
            self._listed.update((file.name, file.size_bytes) for file in place_of(self._target).files())
        return self._listed.get(name)

    def _append(self, entry: dict[str, Any]) -> None:
        self._journal.append(json.dumps(entry).encode() + b"\n")

    def close(self) -> None:
        """Write everything, and release the target."""
        self._journal.close()

    def __enter__(self) -> Self:
        """Return the ledger."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the ledger."""
        self.close()


def _known(entry: dict[str, Any]) -> Known:
    for name in ("planned", "identity", "settings"):
        if not isinstance(entry[name], str):
            raise TypeError(f"{name} is no text")
    return Known(
        entry["identity"],
        entry["settings"],
        entry["status"] == "failed",
        entry.get("output"),
        entry.get("output_bytes"),
    )
