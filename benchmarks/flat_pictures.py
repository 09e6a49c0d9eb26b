"""Flat graphics of at most 256 colours, drawn by formula: charts, icons, text, pixel art and the like."""

import io
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

INK, PAPER = (32, 36, 44), (252, 252, 250)
BLUE, ORANGE, GREEN, RED, VIOLET, TEAL = (
    (66, 114, 196),
    (237, 125, 49),
    (112, 173, 71),
    (200, 40, 52),
    (128, 90, 168),
    (36, 150, 150),
)
_WORDS = "an image becomes a histogram its distinct colours with counts all work runs on the histogram"
COLORS = (BLUE, ORANGE, GREEN, RED, VIOLET, TEAL)
Array = NDArray[np.uint8]
Color = tuple[int, int, int]


def png(pixels: Array | Image.Image) -> bytes:
    """Return the PNG that Pillow writes by default: the input of both encoders."""
    out = io.BytesIO()
    (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).save(out, "PNG")
    return out.getvalue()


def _canvas(
    width: int, height: int, color: tuple[int, ...] = PAPER
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (width, height), color)
    return image, ImageDraw.Draw(image)


def _write(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int, color: Color = INK
) -> None:
    draw.text(place, text, font=ImageFont.load_default(size), fill=color)


def _grey(levels: NDArray[np.int64]) -> Array:
    """Return levels (H, W), 0 to 255, as a picture."""
    return np.stack([levels.astype(np.uint8)] * 3, axis=2)


def _grid(width: int, height: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    return across, down


def _hashed(across: NDArray[np.int64], down: NDArray[np.int64], seed: int = 0) -> NDArray[np.int64]:
    """Return a hash of each place, 0 to 65535."""
    mixed = (across * 374761393 + down * 668265263 + seed * 974711) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 13)) * 1274126177) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 16)) & 0xFFFF


def bar_chart() -> Image.Image:
    """Bars with axes and captions."""
    image, draw = _canvas(640, 400)
    _write(draw, (40, 12), "Bytes saved by quarter, in thousands", 20)
    for line in range(6):
        y = 340 - 50 * line
        draw.line((60, y, 620, y), fill=(214, 214, 210))
        _write(draw, (24, y - 8), f"{20 * line}", 13)
    for bar in range(12):
        height = int(_hashed(np.array(bar), np.array(3)) % 240) + 20
        draw.rectangle((72 + 46 * bar, 340 - height, 102 + 46 * bar, 340), fill=COLORS[bar % 3])
        _write(draw, (76 + 46 * bar, 346), f"Q{bar % 4 + 1}", 13)
    draw.line((60, 340, 620, 340), fill=INK, width=2)
    return image


def line_chart() -> Image.Image:
    """Three lines with soft edges, in steps of 51, and a legend."""
    large, draw = _canvas(1800, 1080, (255, 255, 255))
    for series, color in enumerate(((0, 102, 204), (204, 51, 0), (0, 153, 51))):
        places = [
            (60 * step, 300 + 250 * series + int(_hashed(np.array(step), np.array(series)) % 260))
            for step in range(31)
        ]
        draw.line(places, fill=color, width=9, joint="curve")
    small = np.asarray(large.resize((600, 360), Image.Resampling.BOX))
    image = Image.fromarray(((small.astype(np.int64) + 25) // 51 * 51).astype(np.uint8))
    for series, name in enumerate(("north", "south", "west")):
        _write(ImageDraw.Draw(image), (500, 20 + 20 * series), name, 14)
    return _few(image, 200)


def pie_chart() -> Image.Image:
    """Slices with hard edges."""
    image, draw = _canvas(420, 420)
    for color, (start, end) in zip(COLORS, pairwise((0, 95, 150, 230, 281, 330, 360)), strict=True):
        draw.pieslice((40, 40, 380, 380), start, end, fill=color, outline=PAPER, width=3)
    return image


def _few(image: Image.Image, most: int) -> Image.Image:
    """Return the picture with its rarest colours replaced by the nearest of the others."""
    pixels = np.asarray(image)
    colors, labels, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    kept = np.argsort(-counts, kind="stable")[:most]
    gaps = ((colors[:, None].astype(np.int64) - colors[kept][None]) ** 2).sum(axis=2)
    return Image.fromarray(colors[kept][gaps.argmin(axis=1)][labels.ravel()].reshape(pixels.shape))


def icon() -> Array:
    """A disc with a soft edge and a soft sheen, 64 x 64; white hidden where it is clear."""
    across, down = _grid(64, 64)
    distance = np.sqrt((across - 31.5) ** 2 + (down - 31.5) ** 2)
    alpha = np.clip((28 - distance) * 128, 0, 255).astype(np.int64) // 17 * 17
    sheen = np.clip(240 - 3 * (across + down) // 2, 60, 230) // 16 * 16
    color = np.stack([sheen // 2, sheen, np.full_like(sheen, 220)], axis=2)
    color[alpha == 0] = 255
    return np.dstack([color, alpha]).astype(np.uint8)


def small_icon() -> Array:
    """An arrow of 16 x 16, clear around."""
    image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.polygon(
        [(2, 6), (8, 6), (8, 2), (14, 8), (8, 14), (8, 10), (2, 10)], fill=(*BLUE, 255), outline=(*INK, 255)
    )
    return np.asarray(image)


def sprites() -> Image.Image:
    """Sixteen mirrored sprites of 16 x 16 in 15 colours on a clear background."""
    across, down = _grid(128, 32)
    column, cell = across % 16, across // 16 + 8 * (down // 16)
    mirrored = np.where(column < 8, column, 15 - column)
    value = _hashed(mirrored // 2 + 16 * cell, down // 2, 5)
    shade = np.stack([value % 5 * 60 + 15, value // 5 % 3 * 90 + 30, (value % 3 + cell % 2) * 70], axis=2)
    clear = (value % 7 < 3) | (mirrored == 0) | (down % 16 == 0)
    return Image.fromarray(
        np.where(clear[..., None], 0, np.dstack([shade, np.full_like(value, 255)])).astype(np.uint8)
    )


def pixel_art() -> Array:
    """A landscape of large pixels: 96 x 64 in 12 colours, each pixel 6 x 6."""
    across, down = _grid(96, 64)
    hills = 34 + (6 * np.abs((across + 9) % 46 - 23) // 10) + _hashed(across, 0 * down) % 2
    sky = np.clip(down // 8, 0, 4)
    ground = 5 + np.minimum((down - hills) // 5, 3) + (_hashed(across, down) % 9 == 0)
    index = np.where(down < hills, sky, ground)
    index[(across - 74) ** 2 + (down - 12) ** 2 < 40] = 10
    palette = (
        _ramp((60, 90, 190), (250, 190, 150), 5) + _ramp((40, 110, 50), (70, 50, 40), 5) + [(255, 240, 180)]
    )
    return np.array(palette, np.uint8)[index].repeat(6, axis=0).repeat(6, axis=1)


def _ramp(first: tuple[int, ...], last: tuple[int, ...], steps: int) -> list[tuple[int, ...]]:
    return [
        tuple(a + (b - a) * step // (steps - 1) for a, b in zip(first, last, strict=True))
        for step in range(steps)
    ]


def text_page() -> Image.Image:
    """A page of text with soft edges, black on white."""
    image, draw = _canvas(560, 640, (255, 255, 255))
    words = _WORDS.split()
    for line in range(34):
        order = [words[int(_hashed(np.array(line), np.array(place)) % len(words))] for place in range(12)]
        _write(draw, (24, 16 + 18 * line), " ".join(order), 13, (0, 0, 0))
    return image


def terminal() -> Image.Image:
    """Coloured words with soft edges on a dark background."""
    image, draw = _canvas(600, 380, (24, 26, 32))
    names = ("kodim", "palette", "lossless", "128 KB", "0.4 s", "done")
    for line in range(19):
        for word in range(6):
            color = COLORS[int(_hashed(np.array(line), np.array(word), 2) % 4)]
            _write(draw, (10 + 98 * word, 6 + 19 * line), names[(line * 5 + word) % 6], 14, color)
    return _few(image, 256)


def one_bit_text() -> Image.Image:
    """A page of text without soft edges, as on fax or e-ink."""
    return text_page().convert("L").point([255 * (value > 140) for value in range(256)])


def grey_ramp() -> Array:
    """All greys from left to right."""
    across, _ = _grid(512, 64)
    return (across // 2).astype(np.uint8)[..., None].repeat(3, axis=2)


def grey_steps() -> Array:
    """Sixteen greys in a wedge, as on test charts."""
    across, down = _grid(320, 200)
    return (((across // 20) + (down // 100) * 8) % 16 * 17).astype(np.uint8)[..., None].repeat(3, axis=2)


def color_gradient() -> Array:
    """A gradient of 128 colours from top to bottom."""
    _, down = _grid(300, 256)
    step = down // 2
    return np.stack([40 + step, 200 - step, 90 + step // 2], axis=2).astype(np.uint8)


def heat_map() -> Array:
    """A smooth function of two variables on a scale of 256 colours."""
    across, down = _grid(360, 240)
    value = ((across - 180) ** 2 + 2 * (down - 120) ** 2 + across * down // 2) // 240 % 512
    level = np.where(value > 255, 511 - value, value)
    return np.stack([level, 255 * np.ones_like(level) - level // 2, 128 + level // 4], axis=2).astype(
        np.uint8
    )


def checkers() -> Array:
    """A board of black and white squares."""
    across, down = _grid(256, 256)
    return _grey(255 * ((across // 16 + down // 16) % 2))


def checkers_in_three_colors() -> Array:
    """Small squares in three colours on a skewed grid."""
    across, down = _grid(300, 210)
    colors: Array = np.array([BLUE, ORANGE, PAPER], np.uint8)[(across // 6 + 2 * (down // 7)) % 3]
    return colors


def one_bit_art() -> Array:
    """A ball shaded by ordered dither: black and white only."""
    across, down = _grid(256, 256)
    distance = (across - 110) ** 2 + (down - 96) ** 2
    light = np.clip(255 - distance // 90, 0, 255)
    threshold = _bayer(3)[down % 8, across % 8] * 4
    inside = (across - 128) ** 2 + (down - 128) ** 2 < 120**2
    return _grey(255 * (~inside | (light > threshold)))


def _bayer(doublings: int) -> NDArray[np.int64]:
    mask = np.zeros((1, 1), np.int64)
    for _ in range(doublings):
        mask = np.block([[4 * mask, 4 * mask + 2], [4 * mask + 3, 4 * mask + 1]])
    return mask


def modules() -> Array:
    """Black and white squares at random, as in matrix codes, with a quiet border."""
    across, down = _grid(45, 45)
    dark = (
        (_hashed(across, down, 9) % 2 == 0) & (np.minimum(across, down) > 1) & (np.maximum(across, down) < 43)
    )
    return _grey(255 * ~dark).repeat(5, axis=0).repeat(5, axis=1)


def shadow() -> Array:
    """A soft black shadow: one colour, many alphas."""
    across, down = _grid(120, 90)
    beyond = np.sqrt(
        np.maximum(np.abs(across - 60) - 30, 0) ** 2 + np.maximum(np.abs(down - 45) - 20, 0) ** 2
    )
    alpha = np.clip(180 - beyond * 9, 0, 255).astype(np.int64)
    return np.dstack([np.zeros((90, 120, 3), np.int64), alpha]).astype(np.uint8)


def map_of_regions() -> Array:
    """Regions around 40 places, in 8 colours, with borders."""
    across, down = _grid(400, 300)
    seeds = np.arange(40)
    x, y = _hashed(seeds, seeds, 1) % 400, _hashed(seeds, seeds, 2) % 300
    nearest = ((across[..., None] - x) ** 2 + (down[..., None] - y) ** 2).argmin(axis=2)
    border = np.zeros((300, 400), np.bool_)
    border[:, 1:] |= nearest[:, 1:] != nearest[:, :-1]
    border[1:] |= nearest[1:] != nearest[:-1]
    colors = np.array([*COLORS, PAPER, (180, 200, 220)], np.uint8)
    return np.where(border[..., None], np.array(INK, np.uint8), colors[nearest % 8])


def tile() -> Array:
    """64 colours on 8 x 8 pixels: a palette would be larger than the pixels."""
    across, down = _grid(8, 8)
    return np.stack([36 * across, 36 * down, 18 * (across + down)], axis=2).astype(np.uint8)


def window() -> Image.Image:
    """A window of a program: title bar with a gradient, buttons, a list."""
    image, draw = _canvas(520, 360, (236, 238, 241))
    for line in range(28):
        draw.line((0, line, 520, line), fill=(90 - line, 130 - line, 190 - line))
    _write(draw, (10, 5), "Export palette", 15, (255, 255, 255))
    draw.rectangle((14, 44, 505, 300), fill=(255, 255, 255), outline=(180, 184, 190))
    for row in range(10):
        if row % 2:
            draw.rectangle((15, 46 + 25 * row, 504, 70 + 25 * row), fill=(243, 246, 250))
        draw.rectangle((24, 51 + 25 * row, 40, 66 + 25 * row), fill=COLORS[row % 6], outline=INK)
        _write(
            draw, (52, 49 + 25 * row), f"entry {row}   {row * 25 % 256} {row * 71 % 256} {row * 13 % 256}", 14
        )
    for button, name in enumerate(("Cancel", "Save")):
        draw.rounded_rectangle(
            (320 + 96 * button, 314, 406 + 96 * button, 344), 6, fill=(222, 226, 232), outline=INK
        )
        _write(draw, (338 + 96 * button, 320), name, 14)
    return _few(image, 256)


def mandelbrot() -> Array:
    """The Mandelbrot set in 48 colours: fine detail in few colours."""
    across, down = _grid(300, 220)
    real, imaginary = (across - 205) / 100, (down - 110) / 100
    x, y, steps = np.zeros_like(real), np.zeros_like(real), np.zeros(real.shape, np.int64)
    for _ in range(47):
        inside = x * x + y * y <= 4
        x, y = np.where(inside, x * x - y * y + real, x), np.where(inside, 2 * x * y + imaginary, y)
        steps += inside
    return np.array(
        _ramp((250, 246, 230), (20, 20, 60), 24) + _ramp((20, 20, 60), (170, 40, 30), 24), np.uint8
    )[steps]


def stripes() -> Array:
    """A flag: three stripes and a cross."""
    across, down = _grid(360, 240)
    index = down // 80
    index[(np.abs(across - 120) < 20) | (np.abs(down - 120) < 14)] = 3
    return np.array([BLUE, PAPER, RED, ORANGE], np.uint8)[index]


DRAWN: dict[str, Callable[[], Array | Image.Image]] = {
    drawing.__name__: drawing
    for drawing in (
        bar_chart,
        line_chart,
        pie_chart,
        icon,
        small_icon,
        sprites,
        pixel_art,
        text_page,
        terminal,
        one_bit_text,
        grey_ramp,
        grey_steps,
        color_gradient,
        heat_map,
        checkers,
        checkers_in_three_colors,
        one_bit_art,
        modules,
        shadow,
        map_of_regions,
        tile,
        window,
        mandelbrot,
        stripes,
    )
}
"""All drawings by their names."""
