"""Words of the progress bar."""

from kalette.report.progress_bar import _StepWords


def test_frames_are_counted_by_the_second_since_the_first():
    times = iter([10.0, 10.5, 12.0, 20.0])
    words = _StepWords(lambda: next(times))
    assert words.of("frames", 1) == "frame 1"
    assert words.of("frames", 2) == "frame 2 · 2.0 frames a second"
    assert words.of("frames", 5) == "frame 5 · 2.0 frames a second"
    assert words.of("frames", 1) == "frame 1", "a second pass starts anew"


def test_other_steps_have_no_speed():
    assert _StepWords(lambda: 0.0).of("lloyd", 3) == "pass 3"
