"""`Run`: threads, callbacks and cancellation of a call."""

from typing import get_args

import numpy as np
import pytest

import kalette
from kalette.types import CancelledError, Run, SettingsError, Stage

PHOTO = kalette.sample_pixels(120, 80)


def test_every_stage_reports_its_steps_in_order():
    steps: list[tuple[str, int]] = []
    kalette.compress(PHOTO, 64, max_bytes=3000, on_step=lambda *step: steps.append(step))
    assert list(dict(steps)) == ["growth", "search", "lloyd", "rounding", "encoding", "target"]
    trials = [number for stage, number in steps if stage == "target"]
    assert trials == list(range(1, len(trials) + 1))
    assert len(trials) > 3
    first_search = [number for stage, number in steps if stage == "search"]
    assert first_search[0] == 1


def test_a_salient_color_is_a_step():
    chart = np.repeat(np.indices((800, 1000)).sum(0)[..., None] % 256, 3, axis=2).astype(np.uint8)
    chart[100:104, 100:104], chart[100:104, 150:154] = (204, 0, 0), (0, 180, 0)
    steps: list[tuple[str, int]] = []
    kalette.compress(chart, 17, effort="fast", on_step=lambda *step: steps.append(step))
    assert ("salient", 1) in steps
    assert {"salient", *(stage for stage, _ in steps)} <= set(get_args(Stage))


@pytest.mark.parametrize(
    ("stage", "options"),
    [
        ("growth", {}),
        ("search", {}),
        ("lloyd", {"init": "random"}),
        ("rounding", {"k": 64}),
        ("encoding", {"min_ssim": 0.8}),
        ("target", {"min_ssim": 0.8}),
    ],
)
def test_a_call_is_cancelled_within_each_stage(stage, options):
    seen: list[str] = []
    with pytest.raises(CancelledError, match="cancelled"):
        kalette.compress(
            PHOTO,
            **{"k": 12, **options},
            on_step=lambda name, number: seen.append(name),
            cancelled=lambda: seen.count(stage) >= 2,
        )
    assert seen.count(stage) == 2


def test_mapping_is_cancelled_between_bands():
    asked = []
    tall = np.resize(PHOTO, (900, 40, 3))

    def cancelled() -> bool:
        asked.append(1)
        return False

    kalette.compress(tall, 4, init="wu", max_iter=1, dither="blue-noise", threads=1, cancelled=cancelled)
    assert len(asked) >= 1 + 4  # one pass and four bands of 256 rows


def test_callbacks_do_not_change_the_result():
    quiet = kalette.compress(PHOTO, 12, max_bytes=800)
    observed = kalette.compress(
        PHOTO, 12, max_bytes=800, on_step=print, on_pass=lambda *_: None, cancelled=bool, keep_history=True
    )
    assert quiet.to_bytes() == observed.to_bytes()


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("threads", 0, "threads is 0; give 1 to 256"),
        ("threads", True, "threads is True; give 1 to 256"),
        ("keep_history", 1, "keep_history is 1; give True or False"),
        ("on_pass", "x", "on_pass is 'x'; give a function"),
        ("on_step", 3, "on_step is 3; give a function"),
        ("cancelled", True, "cancelled is True; give a function"),
    ],
)
def test_invalid_run_options_are_refused(option, value, said):
    with pytest.raises(SettingsError, match=said):
        Run(**{option: value})
    with pytest.raises(SettingsError, match=said):
        kalette.compress(PHOTO, **{option: value})
