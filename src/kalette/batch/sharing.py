"""The shared palette of a plan: workers count, one process adds and finds the palette."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from kalette.batch.engines import Engine, Local
from kalette.batch.items import Item
from kalette.batch.places import place_of
from kalette.batch.plans import BatchOptions, Plan
from kalette.clustering import Histogram
from kalette.compression import HistogramSum, histogram_for_sum, open_picture, palette_of_sum
from kalette.palettes import Swatches
from kalette.types import KaletteError, Run, Settings


@dataclass(frozen=True, slots=True)
class _Counting:
    """An image to count."""

    item: Item
    settings: Settings
    options: BatchOptions
    threads: int


def find_shared_palette(
    plan: Plan, engine: Engine | None = None, on_counted: Callable[[Item], object] | None = None
) -> Swatches:
    """Find one palette for all images of a plan; the same for any engine, number of workers, and order.

    Images that cannot be read are left out; they fail when the plan is run.

    Parameters
    ----------
    plan : Plan
        The plan; its `shared_palette` tells the weights, by pixels if it is None.
    engine : Engine or None
        What counts the colours; None: a process for each core.
    on_counted : callable or None
        Called with each image, once it is counted.

    Raises
    ------
    KaletteError
        When no image can be read, or k leaves out a kind of alpha.
    """
    used, total = engine or Local(), HistogramSum()
    tasks = (_Counting(item, plan.settings, plan.options, used.threads_each) for item in plan.items)
    with closing(used.map(_counted, tasks)) as counted:
        for task, value in counted:
            if isinstance(value, bytes):
                total.add(Histogram.from_bytes(value))
            elif not isinstance(value, KaletteError):
                raise value
            if on_counted is not None:
                on_counted(task.item)
    return palette_of_sum(total.histogram(), plan.settings, run=Run(1))


def _counted(task: _Counting) -> bytes:
    item, options = task.item, task.options
    run = Run(task.threads)
    data = place_of(item.root).read(item.path, options.limits)
    picture = open_picture(data, limits=options.limits, first_frame=options.first_frame, run=run)
    weighting = options.shared_palette or "pixels"
    return histogram_for_sum(picture, task.settings, weighting, run=run).to_bytes()
