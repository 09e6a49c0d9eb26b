"""The rate at which an animation meets a quality or a size budget."""

from collections.abc import Mapping

from kalette.compression.animation import Animator
from kalette.compression.animation_result import AnimationResult
from kalette.compression.frame_source import halved, narrowed
from kalette.reading import FrameSequence
from kalette.types import Settings, TargetError, size_text

_TRIALS = 7  # halvings of the range of the rate
_WORST_BELOW = 5.0  # how far the worst frame may be below the quality


def reach_target(animator: Animator) -> AnimationResult:
    """Return the result at the rate of the settings, or that of the target.

    With a quality it is the smallest found whose mean score is at least that, and whose worst is at most 5
    below; with a budget, the best-looking found that fits.

    Raises
    ------
    TargetError
        When the target cannot be met.
    """
    settings = animator.settings
    if not settings.has_target:
        return animator.result()
    best = animator.result(0.0)
    if settings.quality is not None and not _is_good(best, settings):
        raise TargetError(
            f"quality {settings.least_and_aim[0]:g} cannot be met: {_scores(best)} with this palette; "
            "ask for less, or give more colours"
        )
    if settings.quality is None and _fits(best, settings):
        return best
    return _searched(animator, best)


def _searched(animator: Animator, finest: AnimationResult) -> AnimationResult:
    """Halve the range of the rate: its low end is good enough, its high end too coarse."""
    settings, low, high = animator.settings, 0.0, 1.0
    coarsest = animator.result(1.0)
    by_quality = settings.quality is not None
    good = finest if by_quality else coarsest
    if by_quality and _is_good(coarsest, settings):
        good = coarsest
    elif by_quality or _fits(coarsest, settings):
        for trial in range(_TRIALS):
            animator.run.step("target", trial + 1)
            middle = animator.result((low + high) / 2)
            accepted = _is_good(middle, settings) if by_quality else _fits(middle, settings)
            if accepted:
                good = middle
            low, high = (middle.rate, high) if accepted == by_quality else (low, middle.rate)
    if not _fits(good, settings):
        raise TargetError(f"{_too_large(good, settings)}; {_what_fits(animator)}")
    return good


def _is_good(result: AnimationResult, settings: Settings) -> bool:
    least = settings.least_and_aim[0]
    return result.ssimulacra2 >= least and min(result.scores) >= least - _WORST_BELOW


def _fits(result: AnimationResult, settings: Settings) -> bool:
    return settings.max_bytes is None or result.output_bytes <= settings.max_bytes


def _scores(result: AnimationResult) -> str:
    return f"the mean is {result.ssimulacra2:.1f} and the worst frame {min(result.scores):.1f}"


def _too_large(result: AnimationResult, settings: Settings) -> str:
    assert settings.max_bytes is not None
    size, budget = result.output_bytes, settings.max_bytes
    return f"the animation takes at least {size_text(size)} and the budget is {size_text(budget)}"


def _what_fits(animator: Animator) -> str:
    """Return the smaller animations that fit the budget at the coarsest rate, found by trying."""
    narrow = narrowed(animator.frames, max(animator.frames.size[0] * 3 // 4, 1))
    width = f"a width of {narrow.size[0]}"
    trials = {"every second frame": halved(animator.frames), width: narrow}
    fitting = _fitting(animator, trials) or _fitting(
        animator, {f"every second frame and {width}": halved(narrow)}
    )
    if not fitting:
        return f"every second frame and {width} do not fit either, so give more bytes or a shorter part"
    return "what fits is " + ", or ".join(f"{words} ({size_text(size)})" for words, size in fitting.items())


def _fitting(animator: Animator, trials: Mapping[str, FrameSequence]) -> dict[str, int]:
    """Return the sizes of the trials that fit."""
    results = {words: animator.of(frames).result(1.0) for words, frames in trials.items()}
    return {words: each.output_bytes for words, each in results.items() if _fits(each, animator.settings)}
