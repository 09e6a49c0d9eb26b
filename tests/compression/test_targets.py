"""Targets: operating points and bisection by hand, then floors and budgets on pictures."""

import json
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

import kalette
from kalette.compression.operating_points import OperatingPoint, expected_drop, operating_points
from kalette.compression.targets import reach
from kalette.types import Settings

PHOTO = kalette.sample_pixels(96, 64)


@dataclass(frozen=True)
class Made:
    k: int
    output_bytes: int
    psnr_db: float | None
    ssim: float

    @property
    def colors_used(self) -> int:
        return self.k


def linear(step: OperatingPoint) -> Made:
    """100 bytes and 1 dB for each colour, less 10 bytes and 0.1 dB times the rate."""
    return Made(
        step.k, round(100 * step.k - 10 * step.rate), 20 + step.k - step.rate / 10, 0.5 + step.k / 100
    )


def test_the_path_of_operating_points_raises_the_rate_and_then_lowers_k_and_dithering():
    steps = operating_points(256, 128, Settings())
    assert list(dict.fromkeys(step.k for step in steps)) == [256, 215, 181, 152, 128]
    assert [steps[0].rate, steps[-1].rate] == [0.0, 1.0]
    # Half way to 215 colours, 0.16 octaves down: 10 * 0.16 + 16 * (0.42 + 0.58 * 0.16) points.
    last = max(step.rate for step in steps if step.k == 256)
    assert 16 * last**3 == pytest.approx(9.8, abs=0.2)
    assert [step.dithering for step in steps] == pytest.approx([(step.k / 256) ** 0.25 for step in steps])


def test_the_expected_score_falls_along_the_path_and_by_less_than_a_point_a_step():
    steps = operating_points(256, 16, Settings())
    drops = [expected_drop(step, 256) for step in steps]
    assert all(-0.01 < later - earlier < 0.5 for earlier, later in pairwise(drops))
    assert drops[-1] == 16 + 40


def test_with_a_floor_the_number_of_colours_stays_while_the_rate_rises():
    steps = operating_points(8, 6, Settings(min_psnr=30))
    assert [step.k for step in steps] == [8] * 257 + [7, 6]


def test_the_path_of_operating_points_keeps_explicit_settings():
    assert operating_points(3, 2, Settings(rate=0.25, dither="diffusion")) == [
        OperatingPoint(3, 0.25),
        OperatingPoint(2, 0.25),
    ]
    assert operating_points(2, 1, Settings(init="wu", dither="none")) == [
        OperatingPoint(2, 0.0),
        OperatingPoint(1, 0.0),
    ]
    assert operating_points(2, 1, Settings(dither="ordered")) == [
        OperatingPoint(2, 0.0),
        OperatingPoint(1, 0.0),
    ]
    assert operating_points(1, 2, Settings()) == []


@pytest.mark.parametrize(
    ("targets", "k", "size_bytes"),
    [
        ({"min_psnr": 24.5}, 5, 490),
        ({"min_psnr": 29.95}, 10, 995),  # half way along the rates
        ({"min_ssim": 0.53}, 3, 290),
        ({"min_psnr": 24.5, "min_ssim": 0.53}, 5, 490),
        ({"max_bytes": 1000}, 10, 1000),
        ({"max_bytes": 993}, 10, 993),
        ({"max_bytes": 989}, 8, 793),
        ({"max_bytes": 190}, 2, 190),
        ({"min_psnr": 24.5, "max_bytes": 490}, 5, 490),
    ],
)
def test_bisection_finds_the_known_operating_point(targets, k, size_bytes):
    calls = []

    def measure(step):
        calls.append(step)
        return linear(step)

    found = reach(operating_points(10, 1, Settings()), measure, Settings(**targets))
    assert (found.k, found.output_bytes) == (k, size_bytes)
    assert len(calls) <= 10


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        (
            {"min_psnr": 31},
            "the floor is 31 dB, but the best of 10 colours has 30.00 dB; lower the floor or r",
        ),
        (
            {"min_ssim": 0.75},
            "the floor is an SSIM of 0.75, but the best of 10 colours has an SSIM of 0.6000;",
        ),
        ({"max_bytes": 89}, "the budget is 89 bytes and the smallest file, of 1 colour, takes 90; raise the"),
        (
            {"min_psnr": 24.5, "max_bytes": 489},
            "the floor takes 490 bytes and the budget is 489; raise",
        ),
    ],
)
def test_a_target_out_of_reach_is_refused_with_the_nearest_value_within_reach(targets, sentence):
    with pytest.raises(kalette.TargetError) as caught:
        reach(operating_points(10, 1, Settings()), linear, Settings(**targets))
    assert str(caught.value).startswith(sentence)
    assert caught.value.exit_code == 99


def test_a_lossless_result_meets_every_floor():
    exact = Made(3, 80, None, 1.0)
    steps = [OperatingPoint(3, 0.0), *operating_points(2, 1, Settings())]
    assert reach(steps, lambda step: exact, Settings(min_psnr=99, min_ssim=1)) is exact


@pytest.mark.parametrize("targets", [{"min_psnr": 30}, {"min_ssim": 0.9}, {"min_psnr": 27, "min_ssim": 0.92}])
def test_a_floor_is_met_by_the_written_file_with_fewer_bytes_than_without_one(targets):
    result = kalette.compress(PHOTO, **targets)
    assert result.psnr_db >= targets.get("min_psnr", 0)
    assert result.ssim >= targets.get("min_ssim", 0)
    assert result.settings == Settings(**targets)
    best = kalette.compress(PHOTO, rate=0, dither="none", space="srgb" if "min_psnr" in targets else "oklab")
    assert result.output_bytes < 0.8 * best.output_bytes


def test_a_higher_floor_takes_more_bytes_and_a_larger_budget_looks_better():
    floors = [kalette.compress(PHOTO, min_psnr=floor) for floor in (22, 28, 33)]
    assert sorted(each.output_bytes for each in floors) == [each.output_bytes for each in floors]
    budgets = [kalette.compress(PHOTO, max_bytes=budget) for budget in (900, 2000, 3000)]
    assert sorted(each.ssim for each in budgets) == [each.ssim for each in budgets]
    assert [each.output_bytes <= each.settings.max_bytes for each in budgets] == [True] * 3


def test_with_a_target_k_is_an_upper_bound_auto_included():
    assert kalette.compress(PHOTO, k=24, max_bytes=100_000).k == 24
    assert kalette.compress(PHOTO, k=24, max_bytes=1200).k <= 24
    bound = kalette.compress(PHOTO, k="auto").k
    assert kalette.compress(PHOTO, k="auto", max_bytes=100_000).k == bound


def test_the_same_target_gives_the_same_bytes_for_any_number_of_threads():
    one, three = (kalette.compress(PHOTO, max_bytes=2000, threads=threads) for threads in (1, 3))
    assert one.to_bytes() == three.to_bytes()


@pytest.mark.parametrize(
    "options",
    [
        {"min_psnr": 29},
        {"min_ssim": 0.9},
        {"max_bytes": 1500},
        {"max_bytes": 2500, "k": 40},
        {"max_bytes": 2500, "format": "webp"},
        {"max_bytes": 3000, "format": "gif"},
        {},
    ],
    ids=str,
)
def test_compressing_a_result_again_changes_no_pixel(options):
    once = kalette.compress(PHOTO, **options)
    again = kalette.compress(once.to_bytes(), **options)
    assert np.array_equal(again.decoded, once.decoded)
    assert again.output_bytes <= once.output_bytes


def test_few_colors_stay_lossless_unless_the_budget_is_too_small():
    levels = np.random.default_rng(1).integers(0, 40, (64, 64)).astype(np.uint8)
    pixels = np.repeat((6 * levels)[..., None], 3, axis=2)
    assert kalette.compress(pixels, min_psnr=30, min_ssim=0.5).psnr_db is None
    exact = kalette.compress(pixels).output_bytes
    assert kalette.compress(pixels, max_bytes=exact).psnr_db is None
    less = kalette.compress(pixels, max_bytes=exact - 1)
    assert less.output_bytes < exact
    assert less.k < 40


def test_kinds_of_alpha_bound_k_from_below(icon):
    least = min(kalette.compress(icon, k=3, rate=1.0).output_bytes, 400)
    with pytest.raises(kalette.TargetError, match="of 3 colours"):
        kalette.compress(icon, max_bytes=least // 4)
    with pytest.raises(kalette.PaletteError, match="k of at least 3"):
        kalette.compress(icon, k=2, max_bytes=10_000)


def test_with_a_fixed_palette_only_the_rate_varies():
    palette = [f"#{level:02x}{level:02x}{level:02x}" for level in range(0, 256, 17)]
    free = kalette.compress(PHOTO, palette=palette, rate=0.0)
    tight = kalette.compress(PHOTO, palette=palette, max_bytes=free.output_bytes - 300)
    assert list(tight.swatches) == palette
    assert tight.rate > 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"min_psnr": 0}, "min_psnr is 0; give decibels above 0"),
        ({"min_psnr": float("nan")}, "min_psnr is nan; give"),
        ({"min_ssim": 1.5}, "min_ssim is 1.5; give a number from 0 to 1"),
        ({"max_bytes": 0}, "max_bytes is 0; give a whole number of bytes"),
        ({"max_bytes": "200KB"}, "max_bytes is '200KB'; give a whole number of bytes"),
    ],
)
def test_invalid_targets_are_refused(options, sentence):
    with pytest.raises(kalette.SettingsError, match=sentence):
        Settings(**options)


def test_a_comparison_refuses_targets():
    with pytest.raises(kalette.SettingsError, match="which min_psnr, min_ssim and max_bytes would choose"):
        kalette.compare(PHOTO, [2, 4], min_psnr=30)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(PHOTO).save(path)
    return path


def test_the_command_takes_sizes_with_units_and_reports_what_was_measured(photo, kalette_command):
    done = kalette_command("compress", photo, "--max-bytes", "2KB", "--min-ssim", 0.6, "--json")
    assert done.returncode == 0, done.stderr
    fields = json.loads(done.stdout)
    written = photo.with_name("photo-kalette.png")
    assert fields["output"] == str(written)
    assert fields["output_bytes"] == written.stat().st_size <= 2000
    assert fields["ssim"] >= 0.6
    assert (fields["settings"]["max_bytes"], fields["settings"]["k"]) == (2000, None)


def test_the_command_ends_with_99_and_one_sentence_when_a_target_cannot_be_met(photo, kalette_command):
    done = kalette_command("compress", photo, "--max-bytes", "50", "--json")
    assert done.returncode == 99
    assert done.stderr.startswith(f"kalette: {photo}: the budget is 50 bytes")
    assert done.stderr.count("\n") == 1
    assert json.loads(done.stdout)["exit_code"] == 99
    assert not photo.with_name("photo-kalette.png").exists()


def test_the_command_refuses_a_size_that_is_none(photo, kalette_command):
    done = kalette_command("compress", photo, "--max-bytes", "many")
    assert done.returncode == 2
    assert "'many' is not a size" in done.stderr


def test_a_budget_that_leaves_one_color_says_that_the_picture_is_blank():
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    result = kalette.compress(noise, max_bytes=110)
    assert result.colors_used == 1
    assert result.notes == ("110 bytes leave one colour, so the picture is blank; raise the budget",)
    assert kalette.compress(noise, max_bytes=400).notes == ()
    assert kalette.compress(np.zeros((9, 9, 3), np.uint8), max_bytes=400).notes == ()


def test_a_budget_that_cannot_be_met_names_the_colors_of_the_smallest_file():
    with pytest.raises(kalette.TargetError, match="the smallest file, of 1 colour, takes"):
        kalette.compress(np.zeros((9, 9, 3), np.uint8), max_bytes=20)
