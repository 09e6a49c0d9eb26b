"""Runs of a plan: what is missing or changed is executed, and every outcome is noted in the ledger."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from kalette.batch.engines import Engine, Local, Serial
from kalette.batch.items import Item
from kalette.batch.ledger import Ledger
from kalette.batch.plans import Plan
from kalette.batch.records import Record, failed
from kalette.batch.sharing import find_shared_palette
from kalette.batch.tasks import Task, execute, trial
from kalette.compression import with_shared_palette
from kalette.types import Settings, SettingsError, require_flag, require_function, require_kind

_SAMPLE = 12  # images compressed for an estimate


def run(
    plan: Plan,
    engine: Engine | None = None,
    *,
    retry_failed: bool = False,
    on_counted: Callable[[Item], object] | None = None,
) -> Generator[Record, None, None]:
    """Execute what is missing or changed of a plan.

    The bytes of each output follow from its input, the settings and the version, whatever the engine, the
    number of workers, and the order. Closing the generator ends the work; the next run goes on from there.

    Parameters
    ----------
    plan : Plan
        Of `kalette.batch.plan`.
    engine : Local, Dask, Serial or None
        What executes the tasks; None: a process for each core.
    retry_failed : bool
        Execute the images that failed, and no others. Without it, an image that failed is executed again when
        it or the settings have changed.
    on_counted : callable or None
        Called with each image whose colours were counted for a shared palette.

    Yields
    ------
    Record
        What became of each executed image, as they end. A script must iterate under
        ``if __name__ == "__main__":``, since processes are started.

    Raises
    ------
    SettingsError
        When the target holds results of other settings, or the engine does not share the memory of a place.
    WriteError
        When another run is at work on the target.
    """
    require_kind("plan", plan, Plan, "give what kalette.batch.plan returned")
    require_flag("retry_failed", retry_failed)
    require_function("on_counted", on_counted)
    used = engine or Local()
    _require_reachable(plan, used)
    return _run(plan, used, retry_failed, on_counted)


def _require_reachable(plan: Plan, engine: Engine) -> None:
    """Raise for a place that worker processes do not share."""
    if isinstance(engine, Serial):
        return
    for root in (plan.target, *dict.fromkeys(item.root for item in plan.items)):
        if root.startswith("memory:"):
            raise SettingsError(f"{root} lives in one process and the engine has several; give Serial()")


def _run(
    plan: Plan, engine: Engine, retry_failed: bool, on_counted: Callable[[Item], object] | None
) -> Generator[Record, None, None]:
    with Ledger(plan.target) as ledger:
        ledger.begin(plan)
        settings = _settings(plan, ledger, engine, on_counted)
        items = pending(plan, ledger, retry_failed=retry_failed)
        tasks = _tasks(replace(plan, settings=settings), items, engine)
        with closing(engine.map(execute, tasks)) as ended:
            for task, outcome in ended:
                record = failed(task.item, outcome) if isinstance(outcome, BaseException) else outcome
                ledger.end(record, plan.fingerprint)
                yield record


def _settings(
    plan: Plan, ledger: Ledger, engine: Engine, on_counted: Callable[[Item], object] | None
) -> Settings:
    """Return the settings; with a shared palette, the one of the ledger or of all images."""
    if plan.options.shared_palette is None or not plan.items:
        return plan.settings
    if plan.fingerprint not in ledger.palettes:
        ledger.keep_palette(plan.fingerprint, tuple(find_shared_palette(plan, engine, on_counted)))
    return with_shared_palette(plan.settings, ledger.palettes[plan.fingerprint])


def _tasks(plan: Plan, items: Iterable[tuple[Item, bool]], engine: Engine) -> Iterator[Task]:
    for item, is_ours in items:
        yield _task(plan, item, engine, replaces=is_ours or plan.options.overwrite)


def _task(plan: Plan, item: Item, engine: Engine, *, replaces: bool) -> Task:
    return Task(item, plan.target, plan.settings, plan.options, replaces, engine.threads_each)


def pending(plan: Plan, ledger: Ledger, *, retry_failed: bool) -> Iterator[tuple[Item, bool]]:
    """Yield the images to execute, and whether each output is a result of ours that may be replaced."""
    fingerprint = plan.fingerprint
    for item in plan.items:
        known = ledger.known(item)
        ours = known is not None and ledger.holds_output(known)
        if retry_failed:
            wanted = known is not None and known.is_failure
        else:
            untouched = known is not None and (known.output is None or ours)
            wanted = not (known is not None and untouched and known.is_of(item, fingerprint))
        if wanted:
            yield item, ours


def failed_before(plan: Plan) -> int:
    """Return how many images of a plan failed in an earlier run, and are as they were.

    Raises
    ------
    WriteError
        When another run is at work on the target.
    """
    require_kind("plan", plan, Plan, "give what kalette.batch.plan returned")
    with Ledger(plan.target) as ledger:
        fingerprint = plan.fingerprint
        known = ((item, ledger.known(item)) for item in plan.items)
        return sum(each.is_failure and each.is_of(item, fingerprint) for item, each in known if each)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan would come to, from a sample of its images.

    Parameters
    ----------
    images : int
        Images of the sample that could be compressed.
    errors : tuple of str
        Sentences of the others.
    output_bytes : int or None
        Estimated size of all outputs; None if no image of the sample could be compressed.
    psnr_db : float or None
        Mean PSNR of the sample; None if all results are exact.
    """

    images: int
    errors: tuple[str, ...]
    output_bytes: int | None
    psnr_db: float | None


def estimate(plan: Plan, engine: Engine | None = None) -> Estimate:
    """Compress some images of a plan, evenly spaced, without writing them; each with a palette of its own.

    Parameters
    ----------
    plan : Plan
        The plan. For a shared palette, give a plan with the settings of `with_shared_palette`.
    engine : Engine or None
        What compresses them; None: a process for each core.
    """
    require_kind("plan", plan, Plan, "give what kalette.batch.plan returned")
    used = engine or Local()
    _require_reachable(plan, used)
    sample = plan.items[:: max(1, len(plan.items) // _SAMPLE)][:_SAMPLE]
    tasks = [_task(plan, item, used, replaces=False) for item in sample]
    before, after, errors, scores = 0, 0, list[str](), list[float]()
    for task, tried in used.map(trial, tasks):
        if isinstance(tried, BaseException):
            errors.append(failed(task.item, tried).error or "")
            continue
        size_bytes, psnr_db = tried
        before, after = before + task.item.size_bytes, after + _written_bytes(plan, task.item, size_bytes)
        scores += [] if psnr_db is None else [psnr_db]
    total = round(plan.size_bytes * after / before) if before else None
    mean = sum(scores) / len(scores) if scores else None
    return Estimate(len(sample) - len(errors), tuple(errors), total, mean)


def _written_bytes(plan: Plan, item: Item, size_bytes: int) -> int:
    if size_bytes < item.size_bytes or plan.options.if_larger == "write":
        return size_bytes
    return item.size_bytes if plan.options.if_larger == "copy" else 0
