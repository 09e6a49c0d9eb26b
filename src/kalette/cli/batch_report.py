"""What a batch shows: its plan, its progress on a terminal, its summary."""

import heapq
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from kalette.batch import Estimate, Plan, Record
from kalette.types import colors_text, printable, psnr_text, size_text, worst_exit_code

if TYPE_CHECKING:
    from rich.progress import Progress

_MOST_SAVINGS = 5  # images named in the summary
_LINES_OF_PLAN = 20


@dataclass(slots=True)
class Summary:
    """Sums over the records of a run, the largest savings, and all failures."""

    failed_before: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    input_bytes: int = 0
    output_bytes: int = 0
    errors: list[str] = field(default_factory=list)
    exit_codes: set[int] = field(default_factory=set)
    _largest: list[tuple[int, str]] = field(default_factory=list)
    _started: float = field(default_factory=time.monotonic)

    def add(self, record: Record) -> None:
        """Count a record."""
        self.counts[record.status] = self.counts.get(record.status, 0) + 1
        if record.error is not None:
            self.errors.append(record.error)
            self.exit_codes.add(record.exit_code)
        elif record.output_bytes is not None:
            self.input_bytes += record.input_bytes
            self.output_bytes += record.output_bytes
            heapq.heappush(self._largest, (record.saved_bytes, record.input))
            if len(self._largest) > _MOST_SAVINGS:
                heapq.heappop(self._largest)

    @property
    def images(self) -> int:
        """Number of records."""
        return sum(self.counts.values())

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    @property
    def largest_savings(self) -> list[tuple[int, str]]:
        """The images that became most bytes smaller: saved bytes and input."""
        return sorted((each for each in self._largest if each[0] > 0), reverse=True)

    @property
    def exit_code(self) -> int:
        """The exit code of the run."""
        return worst_exit_code(self.exit_codes | ({1} if self.failed_before else set()))


class BatchBar:
    """What is told while a batch runs: nothing."""

    def count(self) -> None:
        """Tell that the colours of an image were counted for a shared palette."""

    def advance(self, record: Record) -> None:
        """Tell what became of an image."""


class _TerminalBar(BatchBar):
    """A bar with rate, bytes saved and time left."""

    def __init__(self, bar: "Progress", images: int) -> None:
        self._bar, self._summary = bar, Summary()
        self._counting = bar.add_task("colours counted", total=images, rate="", visible=False)
        self._task = bar.add_task("", total=images, rate="")

    def count(self) -> None:
        self._bar.update(self._counting, advance=1, visible=True)

    def advance(self, record: Record) -> None:
        self._summary.add(record)
        rate = f"{self._summary.images / max(self._summary.seconds, 1e-3):.1f} images/s"
        self._bar.update(self._counting, visible=False)
        self._bar.update(self._task, advance=1, rate=rate, description=_saved_text(self._summary))


@contextmanager
def batch_progress(plan: Plan, stream: TextIO, *, quiet: bool) -> Iterator[BatchBar]:
    """Show a bar, on terminals only."""
    if quiet or not stream.isatty():
        yield BatchBar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TextColumn("{task.description}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(file=stream), transient=True) as bar:
        yield _TerminalBar(bar, len(plan.items))


def print_plan(plan: Plan, estimated: Estimate, stream: TextIO) -> None:
    """Print the first outputs of a plan, and what it comes to."""
    for item in plan.items[:_LINES_OF_PLAN]:
        stream.write(f"{printable(item.input)} -> {printable(item.output)}\n")
    if len(plan.items) > _LINES_OF_PLAN:
        stream.write(f"... and {len(plan.items) - _LINES_OF_PLAN:,} more\n")
    others = "1 other file" if plan.left_out == 1 else f"{plan.left_out:,} other files"
    left_out = f"; {others} left out" if plan.left_out else ""
    images = "1 image" if len(plan.items) == 1 else f"{len(plan.items):,} images"
    stream.write(f"{images}, {size_text(plan.size_bytes)}{left_out}\n")
    if estimated.output_bytes is not None:
        stream.write(f"afterwards {_estimate_text(estimated)}\n")
    for sentence in estimated.errors:
        stream.write(f"would fail: {printable(sentence)}\n")


def print_sharing(k: int, shared: Estimate, alone: Estimate, stream: TextIO) -> None:
    """Print what one palette for all images saves and costs, beside a palette for each."""
    if shared.output_bytes is None or alone.output_bytes is None:
        return
    stream.write(f"with one palette of {colors_text(k)} for all {_estimate_text(shared)}\n")
    difference = alone.output_bytes - shared.output_bytes
    told = f"saves {size_text(difference)}" if difference >= 0 else f"costs {size_text(-difference)}"
    stream.write(f"beside a palette for each, it {told}{_loss_text(shared, alone)}\n")


def _loss_text(shared: Estimate, alone: Estimate) -> str:
    if shared.psnr_db is None or alone.psnr_db is None:
        return ""
    lost = alone.psnr_db - shared.psnr_db
    return f" and {'loses' if lost >= 0 else 'gains'} {abs(lost):.1f} dB"


def _estimate_text(estimated: Estimate) -> str:
    size = size_text(estimated.output_bytes or 0)
    return f"about {size}, {psnr_text(estimated.psnr_db)}, by a sample of {estimated.images}"


def print_summary(summary: Summary, plan: Plan, stream: TextIO) -> None:
    """Print what a run did: counts, sizes, the largest savings, every failure."""
    done = summary.images
    untouched = len(plan.items) - done - summary.failed_before
    stream.write(f"{done:,} of {len(plan.items):,} images in {summary.seconds:.1f} s{_rate_text(summary)}\n")
    if untouched > 0:
        stream.write(f"{untouched:,} needed no work; the ledger in {plan.target} has them\n")
    if summary.failed_before:
        stream.write(f"{summary.failed_before:,} failed before; --retry-failed tries them again\n")
    for status, told in (
        ("copied", "copied, since the result would not be smaller"),
        ("skipped", "skipped, since the result would not be smaller"),
        ("failed", "failed"),
    ):
        if summary.counts.get(status):
            stream.write(f"{summary.counts[status]:,} {told}\n")
    if summary.input_bytes:
        stream.write(f"{size_text(summary.input_bytes)} became {size_text(summary.output_bytes)}")
        stream.write(f" ({_saved_text(summary)})\n")
    for saved_bytes, name in summary.largest_savings:
        stream.write(f"  {size_text(saved_bytes):>9} less  {printable(name)}\n")
    for sentence in summary.errors:
        stream.write(f"failed: {printable(sentence)}\n")


def _rate_text(summary: Summary) -> str:
    return f", {summary.images / max(summary.seconds, 1e-3):.1f} images/s" if summary.images else ""


def _saved_text(summary: Summary) -> str:
    saved_bytes = summary.input_bytes - summary.output_bytes
    share = 100 * saved_bytes / summary.input_bytes if summary.input_bytes else 0.0
    return f"{size_text(max(saved_bytes, 0))} saved, {share:.0f} %"
