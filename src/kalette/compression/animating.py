"""`kalette.animate`: an animation from frames, or from another animation."""

from dataclasses import replace
from typing import Any, Literal, Unpack

from kalette.compression.animation import Animator
from kalette.compression.animation_result import AnimationResult
from kalette.compression.animation_targets import reach_target
from kalette.compression.frame_source import Delays, frames_of
from kalette.compression.options import CompressOptions, settings_and_run
from kalette.reading import FrameSequence
from kalette.types import DEFAULT_LIMITS, Limits, Run, Settings, require_kind, require_whole, tells_of_memory

_MOST_LOOPS = 65535


class AnimateOptions(CompressOptions, total=False):
    """The fields of `Settings` and of `Run` as keyword arguments."""

    k: int | Literal["auto"]


@tells_of_memory
def animate(
    source: Any,
    settings: Settings | None = None,
    *,
    delays_ms: Delays = None,
    loops: int | None = None,
    matte: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    **options: Unpack[AnimateOptions],
) -> AnimationResult:
    """Compress an animation to GIF, animated PNG or animated WebP.

    Frames share one palette, except in a GIF whose frames differ too much. Only what changes is stored, and a
    pixel keeps its entry unless its source changes visibly. An animation of few colours stays exact unless k,
    rate or a target is given: for PNG up to 255 in all frames together, for GIF up to 256 that each frame
    draws, for WebP up to 255. A smooth one becomes an exact PNG or WebP in true colour where that is worth
    its bytes, unless k or something else asks for a palette.

    Parameters
    ----------
    source : path, bytes, binary file, or iterable of frames
        An animated GIF, PNG, WebP or AVIF; a video, as path or bytes, with the extra ``video``; a folder,
        whose images are frames in the order of their names; or frames, each an array, a Pillow image, a path,
        or anything else that `kalette.open` takes.
    settings : Settings or None
        Settings to change; None: the defaults. With `quality`, the mean over the frames is at least that,
        and no frame is more than 5 below.
    delays_ms : float, sequence of float or None
        How long each frame is shown; None: as in the source, or 100. Of a video, one delay takes a frame at
        every such moment. GIF counts in hundredths of a second:
        frames carry their rounding on, so the sum is exact.
    loops : int or None
        How often the animation is shown; 0 is for ever. None: as in the source, or for ever.
    matte : str or None
        Colour behind partly clear pixels, as #rrggbb; without it they become clear or opaque.
    limits : Limits
        Limits on files, frames, and pixels summed over the frames.
    **options
        ``k``, other fields of `Settings` to change, such as ``format="gif"``, and those of `Run`.

    Returns
    -------
    AnimationResult

    Raises
    ------
    KaletteError
        With a sentence on the value, the rule and the way out.

    Examples
    --------
    >>> import numpy as np
    >>> frames = [np.full((8, 8, 3), grey, np.uint8) for grey in (0, 90, 180)]
    >>> animate(frames, delays_ms=[40, 40, 1000], format="gif").duration_ms
    1080
    """
    require_kind("limits", limits, Limits, "give kalette.Limits(...), or leave it out")
    wanted, run = settings_and_run(options.pop("k", None), settings, options)
    return animated(frames_of(source, delays_ms, limits), wanted, loops=loops, matte=matte, run=run)


def animated(
    frames: FrameSequence,
    settings: Settings,
    *,
    loops: int | None = None,
    matte: str | None = None,
    run: Run,
) -> AnimationResult:
    """Compress an open animation."""
    if loops is not None:
        require_whole("loops", loops, least=0, most=_MOST_LOOPS)
        frames = replace(frames, loops=loops)
    return reach_target(Animator(frames, settings, matte=matte, run=run))
