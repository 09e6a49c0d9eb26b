"""Whole commands with default settings, from PNG files to a folder: Kalette, and pngquant for each file."""

import hashlib
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import children
import commands
import numpy as np
from measure import Contestant, WrongOutputError, command_path, judged
from PIL import Image

OWN, PEER = "Kalette", "pngquant"


@dataclass(frozen=True)
class Case:
    """Files to compress in one go, and the number of colours."""

    sources: tuple[Path, ...]
    k: int = commands.K


@dataclass
class Judge:
    """Checks the outputs of a command, and returns their bytes and the median of its peaks."""

    case: Case
    folder: Path
    peaks: list[int] = field(default_factory=list)
    digest: bytes = b""  # of outputs found right

    def __call__(self, ran: children.Ran) -> Mapping[str, Any]:
        """Return the facts of one run, and remove its outputs."""
        commands.require_zero(ran.exit_code)
        outputs = sorted(self.folder.iterdir())
        data = [path.read_bytes() for path in outputs]
        digest = hashlib.sha256(b"".join(data)).digest()
        if digest != self.digest:
            self._check(outputs)
            self.digest = digest
        for path in outputs:
            path.unlink()
        self.peaks.append(ran.peak_bytes)
        return {"peak_bytes": int(statistics.median(self.peaks)), "output_bytes": sum(map(len, data))}

    def _check(self, outputs: Sequence[Path]) -> None:
        if len(outputs) != len(self.case.sources):
            raise WrongOutputError(f"{len(outputs)} files for {len(self.case.sources)}")
        for source, output in zip(sorted(self.case.sources), outputs, strict=True):
            with Image.open(source) as image:
                judged(np.asarray(image.convert("RGB")), self.case.k, commands.decoded(output))


def contestants(case: Case, folder: Path, runs: int) -> list[Contestant]:
    """Return the commands on one case, each with its own folder for outputs."""
    made = [_contestant(OWN, case, folder / OWN, runs)]
    if command_path(PEER):
        made.append(_contestant(PEER, case, folder / PEER, runs))
    return made


def _contestant(name: str, case: Case, folder: Path, runs: int) -> Contestant:
    folder.mkdir(exist_ok=True)
    run = partial(children.ran, *_calls(name, case, folder))
    return Contestant(name, run, Judge(case, folder), runs, seconds_of=lambda ran: float(ran.seconds))


def _calls(name: str, case: Case, folder: Path) -> list[list[str]]:
    """Return one call of Kalette for all files, or one call of pngquant for each."""
    if name == OWN:
        return [commands.kalette_arguments(case.sources, folder, k=case.k)]
    path = command_path(PEER)
    assert path is not None
    return [
        commands.pngquant_arguments(path, source, folder / source.name, k=case.k) for source in case.sources
    ]
