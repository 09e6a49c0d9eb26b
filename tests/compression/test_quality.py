"""The search for a quality, and the score it aims at."""

import numpy as np
import pytest

import kalette
from kalette.compression.metrics import ssimulacra2
from kalette.compression.operating_points import (
    OperatingPoint,
    expected_drop,
    local_drop,
    octaves,
    operating_points,
)
from kalette.compression.quality import Trials, reach_quality
from kalette.types import Settings, SettingsError, TargetError

PHOTO = kalette.sample_pixels(240, 160)


def file_at(point: OperatingPoint):
    class File:
        k, colors_used, psnr_db, ssim = point.k, point.k, 30.0, 0.9
        rate, dithering = point.rate, point.dithering
        output_bytes = round(3000 - 2000 * point.rate**3 + point.k)

    return File()


def trials_of(score_at, settings: Settings) -> Trials:
    path = operating_points(256, 1, settings)
    return Trials(path, file_at, score_at)


def straight(point) -> float:
    return 86 - 16 * point.rate**3 - 10 * (octaves(256) - octaves(point.k))


@pytest.mark.parametrize(("quality", "k", "rate"), [(84, 256, 0.49), (72, 215, 0.86), (60, 128, 1.0)])
def test_a_score_that_falls_as_expected_takes_two_trials(quality, k, rate):
    settings = Settings(quality=quality)
    trials = trials_of(straight, settings)
    found = reach_quality(trials, settings)
    assert found.k == pytest.approx(k, abs=3)
    assert found.rate == pytest.approx(rate, abs=0.02)
    assert len(trials.scores) <= 2


@pytest.mark.parametrize("fall", [4, 10, 30, 60])
@pytest.mark.parametrize("quality", [40, 61.5, 70, 79])
def test_the_furthest_place_with_the_score_is_found_whatever_its_slope(fall, quality):
    settings, scores = Settings(quality=quality), []

    def score_at(point):
        scores.append(80 - fall * (expected_drop(point, 256) / 26) ** 1.5)
        return scores[-1]

    found = reach_quality(trials_of(score_at, settings), settings)
    assert len(scores) <= 9
    assert quality <= score_at(found)
    if found.k == 256 or fall in (10, 30):  # 26 is what is expected
        assert score_at(found) <= quality + 0.3
    elif (found.k, found.rate) != (1, 1.0):  # the least score that there is
        assert score_at(found) <= quality + 1.5


def test_a_score_that_jumps_between_numbers_of_colors_is_reached_by_the_rate_of_one():
    def score_at(point):
        return straight(point) - point.k * 7919 % 5 * (point.k < 256) / 4

    settings = Settings(quality=60)
    trials = trials_of(score_at, settings)
    assert 60 <= score_at(reach_quality(trials, settings)) <= 60.3
    assert len(trials.scores) <= 3


def test_a_score_that_falls_by_whole_points_from_k_to_k_is_reached_between_two_k_of_the_path():
    settings = Settings(quality=60)
    found = reach_quality(trials_of(lambda point: float(point.k) - 100, settings), settings)
    assert (found.k, found.rate) == (160, 1.0)  # the path has 181 and 152


def by_number(point: OperatingPoint):
    """Return a file whose size follows the number of colours more than the rate."""
    file = file_at(point)
    file.output_bytes = round(100 * point.k * (3 - point.rate))
    return file


def local(point: OperatingPoint) -> float:
    return 110 - local_drop(point)


def trials_by_number(score_at, settings: Settings) -> tuple[Trials, list[OperatingPoint]]:
    scored = []

    def score(point):
        scored.append(OperatingPoint(point.k, point.rate))
        return score_at(point)

    return Trials(operating_points(256, 1, settings), by_number, score), scored


def test_fewer_colors_at_a_lower_rate_are_taken_where_they_take_fewer_bytes():
    settings = Settings(quality=85)
    trials, scored = trials_by_number(local, settings)
    found = reach_quality(trials, settings)
    # The path has 215 colours at 0.83. Half an octave below are 152, then 107, whose rate r keeps the score
    # if 18 r^3 = 110 - 85 - 207 / sqrt(107), which is 0.65.
    assert (found.k, found.rate, found.dithering) == (107, pytest.approx(0.65, abs=0.01), 1.0)
    assert 85 <= local(found) <= 85.3
    assert {point.k for point in scored} >= {215, 152, 107}
    assert len(scored) <= 15


def test_the_path_is_kept_where_fewer_colors_take_more_bytes():
    settings = Settings(quality=85)
    trials = trials_of(local, settings)
    found = reach_quality(trials, settings)
    assert (found.k, found.rate) == (215, pytest.approx(0.83, abs=0.01))
    assert 85 <= local(found) <= 85.3


def test_a_picture_that_scores_below_the_typical_one_is_not_tried_with_fewer_colors():
    settings = Settings(quality=75)
    trials, scored = trials_by_number(lambda point: straight(point) - 2, settings)
    found = reach_quality(trials, settings)
    assert {point.k for point in scored} <= {point.k for point in operating_points(256, 1, settings)}
    assert found.k >= 215


def test_a_rate_that_is_given_keeps_the_search_on_its_path():
    settings = Settings(quality=85, rate=0.8)
    trials, scored = trials_by_number(local, settings)
    reach_quality(trials, settings)
    assert {point.rate for point in scored} == {0.8}


def test_a_rate_below_which_nothing_changes_is_taken_in_place_of_zero():
    settings = Settings(quality=85.4)
    found = reach_quality(trials_of(lambda point: 85.5 - 16 * max(0, point.rate - 0.3), settings), settings)
    assert (found.k, round(found.rate, 2)) == (256, 0.3)


def test_a_quality_out_of_reach_names_the_best_that_can_be_had():
    settings = Settings(quality=90)
    with pytest.raises(
        TargetError, match=r"quality is 90, but the best of 256 colours scores 86\.0; lower the"
    ):
        reach_quality(trials_of(straight, settings), settings)
    settings = Settings(quality=90, k=64)
    trials = Trials(operating_points(64, 1, settings), file_at, straight)
    with pytest.raises(TargetError, match=r"best of 64 colours scores 66\.0; lower the quality or raise k"):
        reach_quality(trials, settings)


def test_of_two_qualities_the_upper_one_is_the_aim_and_the_lower_one_enough():
    settings = Settings(quality=(60, 75))
    reached = trials_of(straight, settings)
    assert straight(reach_quality(reached, settings)) == pytest.approx(75.15, abs=0.16)
    settings = Settings(quality=(60, 95))
    assert straight(reach_quality(trials_of(straight, settings), settings)) == pytest.approx(85.85, abs=0.16)


def test_a_budget_beside_a_quality_is_an_error_that_names_the_best_within_it():
    settings = Settings(quality=80, max_bytes=1900)
    with pytest.raises(TargetError) as raised:
        reach_quality(trials_of(straight, settings), settings)
    assert "the quality of 80 takes 2525 bytes and the budget is 1900, within which the best scores" in str(
        raised.value
    )
    assert (
        reach_quality(trials_of(straight, settings), Settings(quality=80, max_bytes=2600)).output_bytes
        == 2525
    )
    lower = Settings(quality=(60, 80), max_bytes=1900)
    assert reach_quality(trials_of(straight, lower), lower).output_bytes <= 1900


@pytest.mark.parametrize("quality", [70, 60])
def test_a_compressed_picture_has_the_quality_by_its_own_decoded_file(quality):
    result = kalette.compress(PHOTO, quality=quality)
    assert quality <= result.ssimulacra2 <= quality + 1.5
    smaller = kalette.compress(PHOTO, quality=quality - 10)
    assert smaller.output_bytes < result.output_bytes


def test_a_lossless_picture_meets_every_quality():
    few = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    result = kalette.compress(few, quality=100)
    assert result.psnr_db is None
    assert result.ssimulacra2 == 100


@pytest.mark.parametrize(
    ("quality", "said"),
    [
        (300, "quality is 300; give a score up to 100, such as 70, or the least and the aim, such as"),
        ("high", "quality is 'high'; give a score up to 100"),
        ((80, 70), r"quality is \(80, 70\); give a score up to 100"),
        ((50, 60, 70), r"quality is \(50, 60, 70\); give a score up to 100"),
        (float("nan"), "quality is nan; give a score up to 100"),
        (True, "quality is True; give a score up to 100"),
    ],
)
def test_a_wrong_quality_is_a_sentence(quality, said):
    with pytest.raises(SettingsError, match=said):
        Settings(quality=quality)


def test_a_quality_stands_alone():
    with pytest.raises(SettingsError, match="quality is given beside min_psnr or min_ssim; give one of them"):
        Settings(quality=70, min_ssim=0.9)


def test_the_score_of_a_picture_with_alpha_is_the_least_over_three_grounds():
    original = np.zeros((64, 64, 4), np.uint8)
    original[..., 3] = 128
    result = original.copy()
    result[::2, ::2, 3] = 100  # darker on black by nothing, on white most
    over = [ssimulacra2(on(original, ground), on(result, ground)) for ground in (0, 128, 255)]
    assert over[0] == 100
    assert ssimulacra2(original, result) == pytest.approx(min(over), abs=1.0)
    assert min(over) < 90


def on(pixels: np.ndarray, ground: int) -> np.ndarray:
    alpha = pixels[..., 3:] / 255
    return np.round(pixels[..., :3] * alpha + ground * (1 - alpha)).astype(np.uint8)
