"""The rate benchmark: its arithmetic by hand, and its scores against their packages."""

import importlib
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def module(monkeypatch):
    """Import a module of the benchmarks by name."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


@pytest.fixture
def curves(module):
    return module("curves")


@pytest.fixture
def rate_tables(module):
    return module("rate_tables")


def bytes_of(log2):
    """Bytes from their binary logarithm, for curves with round numbers."""
    return 2.0**log2


def test_a_hull_drops_points_below_the_line_between_others(curves):
    points = [
        (bytes_of(10), 50),
        (bytes_of(11), 60),  # below the line from 50 to 74, which is 62 at 11
        (bytes_of(12), 74),
        (bytes_of(13), 80),
        (bytes_of(13.5), 79),  # more bytes, less score
        (bytes_of(12), 70),  # the same bytes, less score
    ]
    expected = [(50, 10 * math.log(2)), (74, 12 * math.log(2)), (80, 13 * math.log(2))]
    assert np.array(curves.hull(reversed(points))) == pytest.approx(np.array(expected))


def test_a_hull_begins_at_the_fewest_bytes_even_if_the_next_step_gains_much(curves):
    points = [(bytes_of(10), 50), (bytes_of(10.5), 58), (bytes_of(9), 20)]
    assert [score for score, _ in curves.hull(points)] == [20, 50, 58]


def test_half_the_bytes_at_every_score_give_a_ratio_of_half(curves):
    own = [(100, 50), (200, 60), (800, 70)]
    found = curves.mean_difference(own, [(2 * size, score) for size, score in own])
    assert (found.ratio, found.low, found.high) == (pytest.approx(0.5), 50, 70)


def test_the_mean_difference_averages_the_logarithm_of_the_ratio(curves):
    # The logarithm of the ratio goes from 0 to -ln 2; its mean is -ln 2 / 2.
    found = curves.mean_difference([(100, 0), (200, 10)], [(100, 0), (400, 10)])
    assert found.ratio == pytest.approx(2**-0.5)


def test_the_mean_difference_uses_the_knots_of_both_hulls(curves):
    # Binary logarithm of bytes: 0 at score 0, 1 at 10. Reference: 0 at 0, 0.25 at 5, 1 at 10.
    # Their difference rises from 0 to 0.25 and falls to 0 again; its mean is 0.125.
    own = [(bytes_of(0), 0), (bytes_of(1), 10)]
    reference = [(bytes_of(0), 0), (bytes_of(0.25), 5), (bytes_of(1), 10)]
    assert curves.mean_difference(own, reference).ratio == pytest.approx(2**0.125)


def test_the_mean_difference_uses_the_requested_scores_that_both_hulls_cover(curves):
    own, reference = [(100, 40), (200, 60)], [(100, 45), (400, 90)]
    found = curves.mean_difference(own, reference)
    assert (found.low, found.high) == (45, 60)
    found = curves.mean_difference(own, reference, (50, 80))
    assert (found.low, found.high) == (50, 60)
    # Ratio in powers of two: at 50 own 0.5, reference 2 * 5 / 45; at 60 own 1, reference 2 * 15 / 45.
    assert found.ratio == pytest.approx(2 ** ((0.5 - 10 / 45 + 1 - 30 / 45) / 2))


@pytest.mark.parametrize("reference", [[], [(100, 70), (200, 80)], [(100, 55)]])
def test_curves_without_a_common_range_have_no_difference(curves, reference):
    assert curves.mean_difference([(100, 50), (200, 60)], reference) is None


def test_a_score_outside_a_hull_is_refused(curves):
    with pytest.raises(ValueError, match="does not cover"):
        curves.log_bytes_at(curves.hull([(100, 50), (200, 60)]), 61)


def test_cached_bytes_are_not_made_again(module, tmp_path):
    kept = module("cache").Cache(tmp_path / "cache")
    assert kept.kept(("tool", "1.0"), lambda: b"made") == b"made"
    assert kept.kept(("tool", "1.0"), lambda: b"made again") == b"made"
    assert kept.kept(("tool", "1.1"), lambda: b"another version") == b"another version"
    assert kept.kept(("too", "l1.0"), lambda: b"other parts") == b"other parts"


def test_psnr_of_an_error_of_one_in_all_channels(module):
    psnr = module("scores").metric("psnr_db").compare
    dark = np.full((4, 4, 3), 10, np.uint8)
    assert psnr(dark, dark + 1) == pytest.approx(20 * math.log10(255))
    assert psnr(dark, dark) == math.inf


def test_pixels_are_composited_over_each_background(module):
    over = module("scores").over
    pixels = np.zeros((16, 16, 4), np.uint8)
    pixels[..., 0], pixels[..., 3] = 200, 51  # red at a fifth
    pixels[0, 0, 3] = 255
    black, white, checks = (over(pixels, name) for name in ("black", "white", "checkerboard"))
    assert black[0, 0].tolist() == white[0, 0].tolist() == [200, 0, 0]
    assert black[1, 1].tolist() == [40, 0, 0]
    assert white[1, 1].tolist() == [244, 204, 204]
    assert checks[1, 1].tolist() == [122, 82, 82]  # 4/5 of 102
    assert checks[1, 8].tolist() == checks[8, 1].tolist() == [162, 122, 122]  # 4/5 of 153
    assert checks[8, 8].tolist() == checks[1, 1].tolist()


def test_dithering_counts_as_the_color_that_it_mixes(module):
    """Black and white pixels in turn mix to half the light, which is byte 188 of sRGB."""
    pytest.importorskip("skimage")
    blurred = module("blurred_color")
    checks = np.repeat((np.indices((64, 64)).sum(0) % 2 * 255)[..., None], 3, axis=2).astype(np.uint8)
    flat = np.full((64, 64, 3), 188, np.uint8)
    planes = [blurred.blurred_lab(each)[16:48, 16:48] for each in (checks, flat, np.zeros_like(flat))]
    assert blurred.color_differences(planes[0], planes[1]).max() < 0.5
    assert blurred.color_differences(planes[0], planes[2]).min() > 50


def record(**rows):
    """A record of a picture without and one with alpha; points by encoder."""
    names = {"kalette": "Kalette", "pngquant": "pngquant --speed 1"}
    return {
        "rows": [
            {"picture": picture, "name": names[name], "points": points}
            for picture in ("kodim01", "rgba_icon")
            for name, points in rows.items()
        ]
    }


POINTS = {
    "kalette": [
        {"k": 16, "bytes": 100, "butteraugli": [4.0, 2.0]},
        {"k": 32, "bytes": 200, "butteraugli": [2.0, 2.0]},
        {"k": 32, "rate": 0.5, "bytes": 150, "butteraugli": [3.0, 1.0]},
        {"k": 32, "rate": 1.0, "bytes": 10, "flaw": "more than 32 colours"},
    ],
    "pngquant": [
        {"k": 16, "bytes": 300, "butteraugli": [4.0, 3.0]},
        {"k": 32, "bytes": 600, "butteraugli": [3.0, 2.0]},
    ],
}


def test_for_a_metric_where_less_is_better_the_worst_background_counts(rate_tables):
    made = record(**POINTS)
    [how] = rate_tables.metrics(made)
    assert rate_tables.curve(made["rows"][0], how) == [(100, -4), (200, -2), (150, -3)]
    found = rate_tables.differences(made, how, "Kalette")
    # From -4 to -3: 100 to about 150 bytes, against 300 to 600; the hull cuts the corner at 150.
    assert list(found) == ["kodim01"]
    low, high = math.log(100 / 300), math.log(150 / 600)
    assert found["kodim01"].ratio == pytest.approx(math.exp((low + high) / 2), rel=0.05)


def test_the_plain_point_has_no_setting_but_k(rate_tables):
    plain, reference = rate_tables.plain_and_reference(record(**POINTS), "kodim01")
    assert (plain["bytes"], reference["bytes"]) == (200, 600)


def test_the_fewest_bytes_need_a_score_not_below_the_reference_over_every_background(rate_tables):
    assert rate_tables.fewest_bytes(record(**POINTS), "rgba_icon")["bytes"] == 150
    worse = {**POINTS, "kalette": [{"k": 32, "bytes": 5, "butteraugli": [1.0, 2.5]}]}
    assert rate_tables.fewest_bytes(record(**worse), "rgba_icon") is None


def test_a_lossless_picture_is_never_below(rate_tables, module):
    psnr = module("scores").metric("psnr_db")
    assert rate_tables.not_below({"psnr_db": [None]}, {"psnr_db": [40.0]}, psnr)
    assert not rate_tables.not_below({"psnr_db": [40.0]}, {"psnr_db": [None]}, psnr)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--metrics", "beauty"], "beauty cannot be measured"),
        (["--images", "99"], "kodim99.png is not there"),
        (("--smoke", "--settings", '[{"k": 300}]'), "k is 300"),
        (("--smoke", "--with", '{"colour": "red"}'), "no setting colour"),
    ],
)
def test_invalid_arguments_give_a_sentence(arguments, said, tmp_path):
    (tmp_path / "kodak").mkdir()
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "rate.py"), "--data", str(tmp_path), *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
