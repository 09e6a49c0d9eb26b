"""The rate at which an animation meets a quality or a size budget."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf

from kalette.compression.animation import Animator
from kalette.compression.animation_result import AnimationResult
from kalette.compression.frame_source import halved, narrowed
from kalette.compression.smooth import most_exact_bytes
from kalette.reading import FrameSequence
from kalette.types import Settings, TargetError, size_text

_TRIALS = 7  # halvings of the range of the rate
_FEWER_TRIALS = 4  # for what is only advised
_FAIR = 50.0  # SSIMULACRA 2 below which a result within a budget comes with advice
_LITTLE_LOSS = 5.0  # of SSIMULACRA 2, by the budget: up to that, more bytes would hardly look better
_WORST_BELOW = 5.0  # how far the worst frame may be below the quality


def reach_target(animator: Animator) -> AnimationResult:
    """Return the result at the rate of the settings, or that of the target; in true colour if that is better.

    With a quality it is the smallest found whose mean score is at least that, and whose worst is at most 5
    below; with a budget, the best-looking found that fits, and if it looks poor, a note on what looks better.

    Raises
    ------
    TargetError
        When the target cannot be met.
    """
    settings = animator.settings
    if not settings.has_target:
        return _best_form(animator)
    best = animator.exact() or animator.in_true_color(_most_bytes(settings)) or animator.result(0.0)
    if settings.quality is not None:
        return _of_quality(animator, best)
    return best if _fits(best, settings) else _within_budget(animator, best)


def _best_form(animator: Animator) -> AnimationResult:
    result = animator.result()
    if not animator.may_be_true_color:
        return result
    return animator.in_true_color(most_exact_bytes(result.output_bytes, result.ssimulacra2)) or result


def _of_quality(animator: Animator, best: AnimationResult) -> AnimationResult:
    settings = animator.settings
    if not _is_good(best, settings):
        raise TargetError(
            f"quality {settings.least_and_aim[0]:g} cannot be met: {_scores(best)} with this palette; "
            "ask for less, or give more colours"
        )
    result = min(_searched(animator, best, _TRIALS), best, key=lambda each: each.output_bytes)
    if not _fits(result, settings):
        raise TargetError(f"{_too_large(result, settings)}; {_what_fits(animator)}")
    return result


def _within_budget(animator: Animator, best: AnimationResult) -> AnimationResult:
    result = _searched(animator, best, _TRIALS)
    if not _fits(result, animator.settings):
        raise TargetError(f"{_too_large(result, animator.settings)}; {_what_fits(animator)}")
    is_poor = result.ssimulacra2 < min(_FAIR, best.ssimulacra2 - _LITTLE_LOSS)
    return _advised(animator, result) if is_poor else result


def _searched(animator: Animator, finest: AnimationResult, trials: int) -> AnimationResult:
    """Halve the range of the rate: its low end is good enough, its high end too coarse."""
    settings, low, high = animator.settings, 0.0, 1.0
    coarsest = animator.result(1.0)
    by_quality = settings.quality is not None
    good = finest if by_quality else coarsest
    if by_quality and _is_good(coarsest, settings):
        good = coarsest
    elif by_quality or _fits(coarsest, settings):
        for trial in range(trials):
            animator.run.step("target", trial + 1)
            middle = animator.result((low + high) / 2)
            accepted = _is_good(middle, settings) if by_quality else _fits(middle, settings)
            if accepted:
                good = middle
            low, high = (middle.rate, high) if accepted == by_quality else (low, middle.rate)
    return good


def _is_good(result: AnimationResult, settings: Settings) -> bool:
    least = settings.least_and_aim[0]
    return result.ssimulacra2 >= least and min(result.scores) >= least - _WORST_BELOW


def _fits(result: AnimationResult, settings: Settings) -> bool:
    return result.output_bytes <= _most_bytes(settings)


def _most_bytes(settings: Settings) -> float:
    return inf if settings.max_bytes is None else settings.max_bytes


def _scores(result: AnimationResult) -> str:
    return f"the mean is {result.ssimulacra2:.1f} and the worst frame {min(result.scores):.1f}"


def _too_large(result: AnimationResult, settings: Settings) -> str:
    assert settings.max_bytes is not None
    size, budget = result.output_bytes, settings.max_bytes
    return f"the animation takes at least {size_text(size)} and the budget is {size_text(budget)}"


def _advised(animator: Animator, result: AnimationResult) -> AnimationResult:
    """Return a poor result within a budget with a note on what looks better, found by trying."""
    trials = {words: _best_within(animator.of(frames)) for words, frames in _smaller(animator).items()}
    better = [
        f"{words} has {trial.ssimulacra2:.1f}"
        for words, trial in trials.items()
        if _fits(trial, animator.settings) and trial.ssimulacra2 > result.ssimulacra2
    ]
    advice = f"in as many bytes, {', '.join(better)}" if better else f"{' and '.join(trials)} look no better"
    note = f"SSIMULACRA 2 is {result.ssimulacra2:.1f}, which is poor; {advice}"
    return replace(result, notes=(*result.notes, note))


def _best_within(animator: Animator) -> AnimationResult:
    finest = animator.result(0.0)
    return finest if _fits(finest, animator.settings) else _searched(animator, finest, _FEWER_TRIALS)


def _what_fits(animator: Animator) -> str:
    """Return the smaller animations that fit the budget at the coarsest rate, found by trying."""
    trials = _smaller(animator)
    both = {" and ".join(trials): halved(_narrow(animator))}
    fitting = _fitting(animator, trials) or _fitting(animator, both)
    if not fitting:
        return f"{next(iter(both))} do not fit either, so give more bytes or a shorter part"
    return "what fits is " + ", or ".join(f"{words} ({size_text(size)})" for words, size in fitting.items())


def _smaller(animator: Animator) -> dict[str, FrameSequence]:
    """Return every second frame, and three quarters of the width, by the words for them."""
    narrow = _narrow(animator)
    return {"every second frame": halved(animator.frames), f"a width of {narrow.size[0]}": narrow}


def _narrow(animator: Animator) -> FrameSequence:
    return narrowed(animator.frames, max(animator.frames.size[0] * 3 // 4, 1))


def _fitting(animator: Animator, trials: Mapping[str, FrameSequence]) -> dict[str, int]:
    """Return the sizes of the trials that fit."""
    results = {words: animator.of(frames).result(1.0) for words, frames in trials.items()}
    return {words: each.output_bytes for words, each in results.items() if _fits(each, animator.settings)}
