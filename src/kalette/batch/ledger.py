"""The ledger of a target: append-only JSON lines, from which a run goes on where another ended."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from kalette.batch.places import PRIVATE, place_of
from kalette.batch.plans import Item, Plan
from kalette.batch.records import Record
from kalette.types import ReadError, SettingsError, WriteError, __version__
from kalette.writing import make_folder


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
    """The ledger of a folder, locked for one run at a time.

    Parameters
    ----------
    target : str
        The folder.

    Raises
    ------
    WriteError
        When another run is at work there, or the ledger cannot be written.
    """

    def __init__(self, target: str) -> None:
        """Lock and read the ledger; what a killed run wrote of its last line is removed."""
        folder = Path(target) / PRIVATE
        make_folder(folder)
        self._lock = FileLock(folder / "lock")
        self.path = folder / "ledger.jsonl"
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise WriteError(
                f"another run is at work in {target}; wait for its end, or choose another target"
            ) from error
        self.known: dict[str, Known] = {}
        self.palettes: dict[str, tuple[str, ...]] = {}
        self._file = self.path.open("a+b")
        try:
            self._drop_torn_line()
            self._read()
        except BaseException:
            self.close()
            raise

    def _drop_torn_line(self) -> None:
        end = self._file.seek(0, os.SEEK_END)
        start = max(0, end - (1 << 20))
        self._file.seek(start)
        tail = self._file.read()
        if tail and not tail.endswith(b"\n"):
            self._file.truncate(start + tail.rfind(b"\n") + 1)

    def _read(self) -> None:
        self._file.seek(0)
        for number, line in enumerate(self._file, start=1):
            try:
                entry = json.loads(line)
                self._take(entry)
            except (ValueError, KeyError, TypeError) as error:
                raise ReadError(
                    f"line {number} of {self.path} is damaged; remove that line, and its image is done again"
                ) from error

    def _take(self, entry: dict[str, Any]) -> None:
        if entry["event"] == "image":
            self.known[entry["planned"]] = Known(
                entry["identity"],
                entry["settings"],
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
        entry = {"event": "image", "settings": settings, **record.to_dict()}
        self._append(entry)
        self._take(entry)

    def is_current(self, item: Item, settings: str) -> bool:
        """Return whether the last outcome is of the input as it stands, with these settings."""
        known = self.known.get(item.output)
        return known is not None and known.identity == item.identity and known.settings == settings

    def holds_output(self, item: Item, target: str) -> bool:
        """Return whether the recorded output is there as it was written."""
        known = self.known.get(item.output)
        if known is None or known.output is None:
            return False
        return place_of(target).size(known.output) == known.output_bytes

    def _append(self, entry: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(entry).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise WriteError(f"{self.path} cannot be written ({error.strerror}); make room") from error

    def close(self) -> None:
        """Flush the ledger to the disk and release the target."""
        os.fsync(self._file.fileno())
        self._file.close()
        self._lock.release()

    def __enter__(self) -> Self:
        """Return the ledger."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the ledger."""
        self.close()
