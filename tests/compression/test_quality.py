"""The search for a quality, and the score it aims at."""

from itertools import pairwise

import numpy as np
import pytest

import kalette
from kalette.compression.metrics import ssimulacra2
from kalette.compression.operating_points import (
    OperatingPoint,
    expected_drop,
    likely_k,
    local_drop,
    octaves,
    operating_points,
    through,
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


def reached(score_at, settings: Settings, made=file_at, most_k: int = 256):
    """Return the result of a search and its trials."""
    trials = Trials(made, score_at)
    return reach_quality(operating_points(most_k, 1, settings), trials, settings), trials


def straight(point) -> float:
    return 86 - 16 * point.rate**3 - 10 * (octaves(256) - octaves(point.k))


def local(point: OperatingPoint) -> float:
    return 110 - local_drop(point)


@pytest.mark.parametrize("quality", [84, 72, 60])
def test_a_score_that_falls_as_expected_takes_three_trials_on_the_path(quality):
    found, trials = reached(local, Settings(quality=quality))
    assert quality <= local(found) <= quality + 0.3
    assert len([point for point in trials.scores if point.k >= found.k]) <= 3


def test_the_number_of_colors_follows_from_the_first_score():
    """The typical picture has 70 with 205 colours: 0.4 octaves below 256. Ten points more are an octave."""
    assert likely_k(0, 70) == 205
    assert likely_k(10, 70) == likely_k(0, 70 - 10 / 0.6) == 102
    assert (likely_k(-90, 70), likely_k(90, 70)) == (256, 1)
    found, _ = reached(lambda point: local(point) + 7, Settings(quality=70))
    assert found.k < reached(local, Settings(quality=70))[0].k


def test_the_path_through_a_number_of_colors_falls_all_the_way():
    path = operating_points(200, 8, Settings(quality=60))
    points = through(100, path, Settings(quality=60))
    assert (points[0], points[-1].k, points[-1].rate) == (path[0], 8, 1.0)
    drops = [local_drop(point) for point in points]
    assert all(earlier < later < earlier + 2.5 for earlier, later in pairwise(drops[:-10]))
    assert [point.rate for point in points if point.k == 100] == [step / 256 for step in range(77, 257)]
    assert {point.k for point in points if point.rate < 1} == {200, 168, 141, 119, 100}
    assert through(400, path, Settings())[-1].k == through(2, path, Settings())[-1].k == 8


@pytest.mark.parametrize("fall", [4, 10, 30, 60])
@pytest.mark.parametrize("quality", [40, 61.5, 70, 79])
def test_the_furthest_place_with_the_score_is_found_whatever_its_slope(fall, quality):
    def score_at(point):
        return 80 - fall * (expected_drop(point, 256) / 26) ** 1.5

    found, trials = reached(score_at, Settings(quality=quality))
    assert len(trials.scores) <= 9
    assert quality <= score_at(found)
    if found.k > 16:  # below, a colour less is more than that
        assert score_at(found) <= quality + 0.3
    elif (found.k, found.rate) != (1, 1.0):  # the least score that there is
        assert score_at(found) <= quality + 1.5


def test_a_score_that_jumps_between_numbers_of_colors_is_reached_by_the_rate_of_one():
    def score_at(point):
        return local(point) + 3 - point.k * 7919 % 5 * (point.k < 256) / 4

    found, trials = reached(score_at, Settings(quality=75))
    assert 75 <= score_at(found) <= 75.3
    assert len(trials.scores) <= 5


def test_a_score_that_no_rate_changes_is_met_by_the_smallest_number_of_colors_tried():
    found, trials = reached(lambda point: float(point.k) - 100, Settings(quality=60))
    assert found.k == min(point.k for point in trials.scores if point.k >= 160)
    assert found.k <= 181  # a quarter of an octave below 215


def by_number(point: OperatingPoint):
    """Return a file whose size follows the number of colours more than the rate."""
    file = file_at(point)
    file.output_bytes = round(100 * point.k * (3 - point.rate))
    return file


def test_half_an_octave_fewer_colors_at_a_lower_rate_are_taken_where_they_take_fewer_bytes():
    found, trials = reached(local, Settings(quality=85), by_number)
    # 96.6 at 256 colours and a rate of 0.3 is 11.5 above the typical score, so 173 colours are likely,
    # 0.4 + 0.1 (11.5 - 0.6 * 15) octaves below 256. Half an octave below are 122, whose rate r keeps the
    # score if 18 r^3 = 25 - 207 / sqrt(122).
    assert (found.k, found.rate, found.dithering) == (122, pytest.approx(0.703, abs=0.005), 1.0)
    assert 85 <= local(found) <= 85.3
    assert {point.k for point in trials.scores} == {256, 173, 122}
    assert len(trials.scores) <= 5


def test_the_likely_number_of_colors_is_kept_where_fewer_take_more_bytes():
    found, _ = reached(local, Settings(quality=85))
    assert (found.k, found.rate) == (173, pytest.approx(0.801, abs=0.01))
    assert 85 <= local(found) <= 85.3


def test_below_the_likely_number_of_colors_still_fewer_are_not_tried():
    """Scores fall half as fast as expected, so the aim is met below it, at the highest rate."""

    def slow(point):
        return 85 - local_drop(point) / 2

    found, trials = reached(slow, Settings(quality=60), by_number)
    assert found.k == min(point.k for point in trials.scores if slow(point) >= 60)
    assert found.rate == 1
    assert all(found.k - point.k < 4 for point in trials.scores if point.k < found.k)


def test_fewer_are_tried_where_the_likely_number_is_more_than_is_allowed():
    settings = Settings(quality=72, k=128)  # likely with 146 colours
    found, trials = reached(lambda point: local(point) - 10, settings, by_number, most_k=128)
    assert {point.k for point in trials.scores} == {128, 91}
    assert found.k == 91


def test_a_rate_that_is_given_keeps_the_search_on_its_path():
    _, trials = reached(local, Settings(quality=85, rate=0.8), by_number)
    assert {point.rate for point in trials.scores} == {0.8}


def test_a_rate_below_which_nothing_changes_is_taken_in_place_of_zero():
    found, _ = reached(lambda point: 85.5 - 16 * max(0, point.rate - 0.3), Settings(quality=85.4))
    assert (found.k, round(found.rate, 2)) == (256, 0.3)


def test_a_quality_out_of_reach_names_the_best_that_can_be_had():
    settings = Settings(quality=90)
    with pytest.raises(
        TargetError, match=r"quality is 90, but the best of 256 colours scores 86\.0; lower the"
    ):
        reached(straight, settings)
    with pytest.raises(TargetError, match=r"best of 64 colours scores 66\.0; lower the quality or raise k"):
        reached(straight, Settings(quality=90, k=64), most_k=64)


def test_of_two_qualities_the_upper_one_is_the_aim_and_the_lower_one_enough():
    assert straight(reached(straight, Settings(quality=(60, 75)))[0]) == pytest.approx(75.15, abs=0.16)
    assert straight(reached(straight, Settings(quality=(60, 95)))[0]) == pytest.approx(85.85, abs=0.16)


def test_a_budget_beside_a_quality_is_an_error_that_names_the_best_within_it():
    size_bytes = reached(straight, Settings(quality=80))[0].output_bytes
    said = f"the quality of 80 takes {size_bytes} bytes and the budget is 1900, within which the best scores"
    with pytest.raises(TargetError, match=said):
        reached(straight, Settings(quality=80, max_bytes=1900))
    assert reached(straight, Settings(quality=80, max_bytes=size_bytes))[0].output_bytes == size_bytes
    assert reached(straight, Settings(quality=(60, 80), max_bytes=1900))[0].output_bytes <= 1900


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
