"""The ledger of a target: append-only JSON lines, from which a run goes on where another ended."""

import json
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from kalette.batch.items import Item
from kalette.batch.places import is_bucket, place_of
from kalette.batch.plans import Plan
from kalette.batch.records import Record
from kalette.types import ReadError, SettingsError, __version__


@dataclass(frozen=True, slots=True)
class Known:
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
        self.known: dict[str, Known] = {}
        self.palettes: dict[str, tuple[str, ...]] = {}
        self._listed: dict[str, int] | None = None
        try:
            self._read()
        except BaseException:
            self.close()
            raise

    def _read(self) -> None:
        for number, line in enumerate(self._journal.lines(), start=1):
            try:
                entry = json.loads(line)
                self._take(entry)
            except (ValueError, KeyError, TypeError) as error:
                raise ReadError(
                    f"line {number} of {self._journal.name} is damaged; "
                    "remove that line, and its image is done again"
                ) from error

    def _take(self, entry: dict[str, Any]) -> None:
        if entry["event"] == "image":
            self.known[entry["planned"]] = Known(
                entry["identity"],
                sys.intern(entry["settings"]),  # one text for all
                entry["status"] == "failed",
                entry.get("output"),
                entry.get("output_bytes"),
            )
        elif entry["event"] == "palette":
            self.palettes[entry["settings"]] = tuple(entry["colors"])

    def begin(self, plan: Plan) -> None:
        """Note the start of a run.

        Raises
        ------
        SettingsError
            When the target holds results of other settings, and these may not be replaced.
        """
        others = {each.settings for each in self.known.values() if not each.is_failure} - {plan.fingerprint}
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

    def is_current(self, item: Item, settings: str) -> bool:
        """Return whether the last outcome is of the input as it stands, with these settings."""
        known = self.known.get(item.output)
        return known is not None and known.identity == item.identity and known.settings == settings

    def holds_output(self, item: Item) -> bool:
        """Return whether the recorded output is there as it was written."""
        known = self.known.get(item.output)
        if known is None or known.output is None:
            return False
        return self._size(known.output) == known.output_bytes

    def _size(self, name: str) -> int | None:
        if not is_bucket(self._target):
            return place_of(self._target).size(name)
        if self._listed is None:  # one listing takes a thousandth of the requests for single files
            self._listed = {file.name: file.size_bytes for file in place_of(self._target).files()}
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
