"""K-Means in the page gives the palettes, indices and losses of the library, bit for bit."""

import base64
import io
from random import Random

import numpy as np
import pytest
from PIL import Image

import kalette
from browser import watched_page
from kalette.clustering import count, run_lloyd
from kalette.clustering.lloyd import Stopping
from kalette.color import srgb_from_points
from kalette.learn import low_rank
from kalette.types import Dither

pytest.importorskip("playwright")


def photo() -> np.ndarray:
    """A picture of gradients with noise, and thousands of colours."""
    rng = np.random.default_rng(5)
    down, across = np.mgrid[0:1:96j, 0:1:160j]
    channels = (200 * across, 120 + 90 * np.sin(6 * down) * across, 220 * down * (1 - across))
    return np.clip(np.stack(channels, axis=2) + rng.normal(0, 6, (96, 160, 3)), 0, 255).astype(np.uint8)


def address_of(pixels: np.ndarray) -> str:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "png")
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"


@pytest.fixture(scope="module")
def page(server, browser):
    """One page for all these tests: they use its modules alone."""
    with watched_page(browser, server.address) as opened:
        yield opened


STUDY = """async ({ address, settings, space, mostPixels }) => {
    const { openStudy } = await import("/kmeans.js");
    const study = await openStudy(await (await fetch(address)).blob(), { mostPixels: mostPixels ?? 2 ** 20 });
    const passes = await study.run(settings);
    const { palette, indices } = await study.mapped(passes.at(-1).centroids, space ?? "srgb");
    const cloud = await study.cloud();
    const plain = (array) => Array.from(array);
    study.close();
    return {
        ...study, data: null, palette: plain(palette), indices: plain(indices),
        starts: plain(passes[0].centroids), ends: plain(passes.at(-1).centroids),
        losses: passes.map(({ loss }) => loss), changed: passes.map(({ changed }) => changed),
        shifts: passes.map(({ shift }) => shift), weight: cloud.weights.reduce((a, b) => a + b, 0),
    };
}"""

PREVIEW = """async ({ address, settings }) => {
    const bytesIn = (given) => Object.fromEntries(["palette", "kept"].filter((name) => given[name])
        .map((name) => [name, Uint8Array.from(given[name])]));
    const { openPreview } = await import("/kmeans.js");
    const preview = await openPreview(await (await fetch(address)).blob());
    const shown = await Promise.all(settings.map((each) => preview.render(
        ({ ...each, ...bytesIn(each) }))));
    preview.close();
    return shown.map((each) => each && {
        pixels: Array.from(each.pixels), palette: Array.from(each.palette), counts: Array.from(each.counts),
        psnrDb: Number.isFinite(each.psnrDb) ? each.psnrDb : null,
    });
}"""


DITHERED = """async ({ address, settings, dithers }) => {
    const { openPreview } = await import("/kmeans.js");
    const preview = await openPreview(await (await fetch(address)).blob());
    const bytes = Object.fromEntries(["palette", "kept"].map((name) =>
        [name, settings[name] ? Uint8Array.from(settings[name]) : undefined]));
    const found = [];
    for (const dither of dithers) {
        const asked = { space: "oklab", effort: "balanced", ...settings, ...bytes, dither };
        const shown = await preview.dithered(asked);
        found.push(shown && { ...shown, pixels: Array.from(shown.pixels), counts: Array.from(shown.counts) });
    }
    preview.close();
    return found;
}"""


def dithered(page, pixels: np.ndarray, settings: dict, *dithers: str) -> list[dict | None]:
    given = {"address": address_of(pixels), "settings": settings, "dithers": list(dithers)}
    return page.evaluate(DITHERED, given)


def watched(page, pixels: np.ndarray, settings: dict, **more) -> dict:
    return page.evaluate(STUDY, {"address": address_of(pixels), "settings": settings, **more})


def previewed(page, pixels: np.ndarray, *settings: dict) -> list[dict]:
    return page.evaluate(PREVIEW, {"address": address_of(pixels), "settings": list(settings)})


def pixels_of(shown: dict, shape: tuple[int, ...]) -> np.ndarray:
    return np.array(shown["pixels"], np.uint8).reshape(*shape[:2], 4)


def test_two_centroids_move_to_the_means_of_their_colors(page):
    row = np.array([[[0] * 3, [10] * 3, [80] * 3, [90] * 3]], np.uint8)
    found = watched(page, row, {"centroids": None, "k": 2, "init": "k-means++", "seed": 1})
    assert sorted(found["ends"]) == [5.0] * 3 + [85.0] * 3
    assert (found["palette"], found["indices"]) == ([5] * 3 + [85] * 3, [0, 0, 1, 1])
    assert found["losses"][-1] == 4 * 25 * 3


@pytest.mark.parametrize("init", ["random", "k-means++"])
@pytest.mark.parametrize(("k", "seed"), [(2, 0), (8, 3), (40, 7), (256, 4_000_000_000)])
def test_plain_lloyd_is_that_of_the_command(page, init, k, seed):
    pixels = photo()
    found = watched(page, pixels, {"k": k, "init": init, "seed": seed})
    result = kalette.compress(pixels, k, init=init, seed=seed, dither="none", rate=0.0)
    assert found["losses"] == list(result.losses)
    assert found["shifts"][1:] == [each.max_shift for each in result.history]
    assert found["changed"][1:] == [each.changed for each in result.history]
    assert found["palette"] == result.palette.ravel().tolist()
    assert found["indices"] == result.indices.ravel().tolist()


@pytest.mark.parametrize("k", [2, 8, 64, 256])
def test_the_search_is_that_of_the_command(page, k):
    found = watched(page, photo(), {"k": k, "init": "search"})
    result = kalette.compress(photo(), k, space="srgb", dither="none", rate=0.0)
    common = min(len(found["losses"]), len(result.losses))  # the command ends after fewer passes
    assert found["losses"][:common] == list(result.losses[:common])


def test_the_centroid_of_an_empty_cluster_moves_to_the_worst_served_color(page):
    pixels = photo()
    start = np.array([[0.0, 0, 0], [255, 255, 255], [900, 900, 900], [901, 900, 900]])
    setting = "settings.centroids = Float64Array.from(settings.centroids);"
    found = page.evaluate(
        STUDY.replace("const passes", f"{setting} const passes"),
        {"address": address_of(pixels), "settings": {"centroids": start.ravel().tolist()}},
    )
    ended = run_lloyd(count(pixels).in_space("srgb").finest, start, Stopping(max_iter=100, tol=0.05))
    assert (found["losses"], found["ends"]) == (list(ended.losses), ended.centroids.ravel().tolist())


def test_centroids_of_oklab_become_the_bytes_of_the_library(page):
    pixels = photo()
    found = watched(page, pixels, {"k": 32, "init": "random", "seed": 2}, space="oklab")
    ends = np.array(found["ends"]).reshape(-1, 3)
    palette = {tuple(color) for color in srgb_from_points(ends, "oklab").tolist()}
    assert {tuple(found["palette"][i : i + 3]) for i in range(0, len(found["palette"]), 3)} <= palette


def test_random_numbers_are_those_of_python(page):
    script = """async (seed) => {
        const { Random } = await import("/random.js");
        const random = new Random(seed);
        return Array.from({ length: 700 }, () => random.random());
    }"""
    for seed in (0, 1, 2**32 - 1):
        expected = Random(seed)
        assert page.evaluate(script, seed) == [expected.random() for _ in range(700)]


def test_a_large_picture_is_sampled_down(page):
    found = watched(page, photo(), {"k": 2, "init": "search"}, mostPixels=4000)
    assert (found["width"], found["height"], found["weight"]) == (81, 48, 81 * 48)


def test_a_preview_is_as_good_as_a_fast_file_without_dithering(page):
    pixels = photo()
    ks = [2, 8, 32, 128, 256]
    for k in ks:
        (shown,) = previewed(page, pixels, {"k": k})
        result = kalette.compress(pixels, k, effort="fast", dither="none", rate=0.0)
        assert shown["psnrDb"] > result.psnr_db - 0.3
        colors = pixels_of(shown, pixels.shape)[..., :3].reshape(-1, 3)
        used, counts = np.unique(colors, axis=0, return_counts=True)
        assert len(used) <= k
        assert sorted(counts.tolist()) == sorted(shown["counts"])


def test_a_preview_with_all_colors_is_exact(page):
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    (shown,) = previewed(page, pixels, {"k": 20})
    assert shown["psnrDb"] is None
    assert (pixels_of(shown, pixels.shape)[..., :3] == pixels).all()


@pytest.mark.parametrize("space", ["srgb", "oklab"])
def test_a_preview_of_a_fixed_palette_takes_its_entries_in_their_order(page, space):
    palette = [250, 0, 0, 0, 0, 0, 255, 255, 255]
    pixels = photo()
    (shown,) = previewed(page, pixels, {"palette": palette, "space": space})
    codes = [f"#{bytes(palette[i : i + 3]).hex()}" for i in (0, 3, 6)]
    result = kalette.compress(pixels, palette=codes, space=space, dither="none", rate=0.0)
    assert shown["palette"] == palette
    assert (pixels_of(shown, pixels.shape)[..., :3] == result.palette[result.indices]).all()


PALETTE = [250, 0, 0, 0, 0, 0, 255, 255, 255, 90, 160, 90]
CODES = [f"#{bytes(PALETTE[i : i + 3]).hex()}" for i in range(0, len(PALETTE), 3)]


@pytest.mark.parametrize(  # an icon; in two bands; in four, with a sample of pixels
    ("side", "space"), [(96, "srgb"), (96, "oklab"), (300, "srgb"), (300, "oklab"), (520, "oklab")]
)
def test_a_dithered_preview_has_the_pixels_of_the_library(page, side, space):
    pixels = np.tile(photo(), (9, 9, 1))[:side, :side]
    pixels = np.ascontiguousarray(pixels)
    dithers: tuple[Dither, ...] = ("diffusion", "ordered", "blue-noise", "auto")
    found = dithered(page, pixels, {"palette": PALETTE, "space": space}, *dithers)
    for shown, dither in zip(found, dithers, strict=True):
        result = kalette.compress(pixels, palette=CODES, space=space, dither=dither, rate=0.0)
        assert (pixels_of(shown, pixels.shape)[..., :3] == result.palette[result.indices]).all(), dither
        assert shown["counts"] == np.bincount(result.indices.ravel(), minlength=4).tolist()
        assert shown["psnrDb"] == pytest.approx(result.psnr_db)


def test_a_preview_is_not_dithered_where_a_file_would_not_be(page):
    (none,) = dithered(page, photo(), {"palette": PALETTE}, "none")
    (fast,) = dithered(page, photo(), {"palette": PALETTE, "effort": "fast"}, "auto")
    grey = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    (exact,) = dithered(page, grey, {"k": 20}, "diffusion")
    assert [none, fast, exact] == [None, None, None]


def test_a_dithered_preview_gives_way_to_a_newer_one(page):
    script = """async (address) => {
        const { openPreview } = await import("/kmeans.js");
        const preview = await openPreview(await (await fetch(address)).blob());
        const dithering = preview.dithered({ k: 2, space: "oklab", dither: "diffusion", effort: "balanced" });
        const [dithered, plain] = await Promise.all([dithering, preview.render({ k: 3 })]);
        preview.close();
        return [dithered, plain.counts.length];
    }"""
    assert page.evaluate(script, address_of(photo())) == [None, 3]


def test_a_dithered_preview_stops_errors_at_clear_pixels(page):
    pixels = np.full((4, 6, 4), 128, np.uint8)
    pixels[..., 3] = np.where(np.arange(6) < 3, 255, 0)
    (shown,) = dithered(page, pixels, {"palette": [0, 0, 0, 255, 255, 255]}, "diffusion")
    assert sum(shown["counts"]) == 12
    assert pixels_of(shown, pixels.shape)[..., 3].tolist() == pixels[..., 3].tolist()


@pytest.mark.parametrize("kept", [[1, 2, 3], [1, 2, 3, 250, 120, 9]])
def test_a_preview_holds_the_colors_that_are_kept(page, kept):
    given = {"address": address_of(photo()), "settings": [{"k": 20, "kept": kept}]}
    (shown,) = page.evaluate(PREVIEW, given)
    entries = [shown["palette"][i : i + 3] for i in range(0, len(shown["palette"]), 3)]
    assert all(kept[i : i + 3] in entries for i in range(0, len(kept), 3))
    assert len(entries) == 20
    assert (
        shown["psnrDb"]
        > kalette.compress(photo(), 20 - len(kept) // 3, dither="none", rate=0.0).psnr_db - 0.3
    )


def test_a_preview_with_all_colors_and_those_that_are_kept_is_exact(page):
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    settings = [{"k": k, "kept": [9, 9, 9]} for k in (20, 21)]
    tight, roomy = page.evaluate(PREVIEW, {"address": address_of(pixels), "settings": settings})
    assert (len(tight["counts"]), len(roomy["counts"])) == (20, 21)
    assert (tight["psnrDb"] is None, roomy["psnrDb"] is None) == (False, True)


def test_a_preview_keeps_alpha_and_does_not_count_clear_pixels(page):
    pixels = np.zeros((2, 3, 4), np.uint8)
    pixels[0, :, :3], pixels[..., 3] = (9, 90, 200), [[255, 255, 255], [0, 0, 0]]
    (shown,) = previewed(page, pixels, {"k": 2})
    assert (shown["palette"], shown["counts"]) == ([9, 90, 200], [3])
    assert pixels_of(shown, pixels.shape)[..., 3].tolist() == pixels[..., 3].tolist()


def test_a_newer_preview_replaces_one_that_waits(page):
    shown = previewed(page, photo(), {"k": 2}, {"k": 3}, {"k": 4})
    assert [each and len(each["counts"]) for each in shown] == [2, None, 4]


def test_a_file_that_is_no_picture_is_an_error(page):
    script = """async () => {
        const { openPreview } = await import("/kmeans.js");
        return openPreview(new Blob(["no picture"])).then(() => "", (problem) => problem.name);
    }"""
    assert page.evaluate(script) != ""


@pytest.mark.parametrize("shape", [(60, 90), (90, 60)])
def test_a_picture_of_low_rank_is_that_of_the_library(page, shape):
    pixels = photo()[: shape[0], : shape[1]]
    script = """async ({ address, size }) => {
        const { openStudy } = await import("/kmeans.js");
        const study = await openStudy(await (await fetch(address)).blob(), { mostPixels: 2 ** 20 });
        const { rank, sizeBytes, pixels } = await study.lowRank(size);
        return { rank, sizeBytes, pixels: Array.from(pixels), none: await study.lowRank(9) };
    }"""
    pixels = np.ascontiguousarray(pixels)
    found = page.evaluate(script, {"address": address_of(pixels), "size": 3 * 151 * 6})
    expected = low_rank(pixels, 3 * 151 * 6)
    assert (found["rank"], found["sizeBytes"], found["none"]) == (6, expected.size_bytes, None)
    ours = pixels_of(found, pixels.shape)[..., :3].astype(float)
    error = [((each - pixels) ** 2).mean() for each in (ours, expected.pixels.astype(float))]
    assert error[0] < 1.01 * error[1]
