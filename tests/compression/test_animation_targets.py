"""Animations with a quality or within a budget."""

from typing import Any

import pytest

import kalette
from animation_frames import photo_frames
from kalette.types import TargetError, size_text


def test_a_quality_is_met_by_the_mean_and_nearly_by_the_worst_frame():
    finest = kalette.animate(photo_frames(noise=5), format="gif", rate=0.0)
    least = finest.ssimulacra2 - 8
    result = kalette.animate(photo_frames(noise=5), format="gif", quality=least)
    assert result.ssimulacra2 >= least
    assert min(result.scores) >= least - 5
    assert result.output_bytes < finest.output_bytes


def test_a_budget_is_met_or_says_what_would_help():
    free = kalette.animate(photo_frames(noise=5), format="gif")
    budget = free.output_bytes * 4 // 5
    assert kalette.animate(photo_frames(noise=5), format="gif", max_bytes=budget).output_bytes <= budget
    with pytest.raises(TargetError, match="do not fit either, so give more bytes"):
        kalette.animate(photo_frames(noise=5), format="gif", max_bytes=900)


def test_what_fits_a_budget_has_been_tried():
    frames = photo_frames(noise=5)
    half = kalette.animate(frames[::2], format="gif", rate=1.0).output_bytes
    with pytest.raises(TargetError) as caught:
        kalette.animate(frames, format="gif", max_bytes=half)
    assert f"what fits is every second frame ({size_text(half)})" in str(caught.value)


@pytest.mark.parametrize("target", ["max_bytes", "quality"])
def test_an_animation_of_few_colours_is_exact_if_that_meets_the_target_and_lossy_if_not(target):
    frames = [frame // 64 * 64 for frame in photo_frames(noise=20)]
    exact = kalette.animate(frames, format="gif")
    assert exact.is_exact
    asked: dict[str, Any] = (
        {"max_bytes": exact.output_bytes * 2 // 3} if target == "max_bytes" else {"quality": 60}
    )
    result = kalette.animate(frames, format="gif", **asked)
    assert not result.is_exact
    assert result.output_bytes <= asked.get("max_bytes", exact.output_bytes - 1)
    assert 100 > result.ssimulacra2 >= asked.get("quality", -100)
    same = kalette.animate(frames, format="gif", max_bytes=exact.output_bytes)
    assert same.to_bytes() == exact.to_bytes()


def test_a_poor_look_within_a_budget_comes_with_what_looks_better_in_as_many_bytes():
    frames = photo_frames(8, noise=20)
    coarsest = kalette.animate(frames, format="gif", rate=1.0).output_bytes
    result = kalette.animate(frames, format="gif", max_bytes=coarsest)
    assert result.ssimulacra2 < 50
    (note,) = result.notes
    assert note.startswith(f"SSIMULACRA 2 is {result.ssimulacra2:.1f}, which is poor; in as many bytes, ")
    half = kalette.animate(frames[::2], format="gif", max_bytes=coarsest)
    promised = float(note.split("every second frame has ")[1].split(",")[0])
    assert result.ssimulacra2 < promised <= half.ssimulacra2 + 1


def test_a_budget_that_costs_little_of_the_look_needs_no_advice():
    free = kalette.animate(photo_frames(), format="gif", rate=0.0)
    result = kalette.animate(photo_frames(), format="gif", max_bytes=free.output_bytes - 1)
    assert result.ssimulacra2 > free.ssimulacra2 - 5
    assert result.notes == ()
