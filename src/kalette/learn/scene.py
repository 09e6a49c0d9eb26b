"""The built-in sample image: a procedural scene of a lighthouse by a lake at dusk."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kalette.learn.canvas import Canvas, Floats, fractal, gradient, mix, noise, pick, rgb, step, stops, unit
from kalette.types import DEFAULT_LIMITS, require_whole


class Ridge(NamedTuple):
    """A mountain ridge: foot, height, noise frequency and seed, and colours at crest and foot."""

    foot: float
    height: float
    frequency: float
    seed: float
    crest: str
    mist: str


# Scene coordinates: x from 0 to SCENE_WIDTH, y from 0 (top) to 1.
SCENE_WIDTH = 1.5
HORIZON = 0.62
SUN = (0.56, 0.553)
LIGHTHOUSE = (1.16, 0.685, 0.5)
HOUSE = (1.30, 0.672, 0.13)
PANES = ((1.267, 0.65), (1.329, 0.65), (1.404, 0.65), (1.16, 0.39), (1.16, 0.52))
BOAT = (0.33, 0.735, 0.13)
BALLOONS = ((0.34, 0.24, 0.10), (0.80, 0.36, 0.028))
PINES = ((1.475, 0.70, 0.24), (1.40, 0.69, 0.17), (1.44, 0.70, 0.13), (1.03, 0.70, 0.09), (1.005, 0.71, 0.07))

# Gradients: position and colour of each stop.
SKY = "0.00 #1d2a63 0.16 #3b3f8c 0.30 #7a559f 0.42 #c4688f 0.52 #f0906f 0.62 #ffc77d"
SEA = "0.00 #d68f86 0.07 #5a7fa8 0.20 #1f5f8f 0.40 #0c3a63"
TOWER_LIGHT = "-1.00 #ffd9a8 -0.35 #ffeedd 0.40 #a992b5 1.00 #5e5288"
GORES = "-9 #7b2d8b -0.92 #d7263d -0.7 #f46036 -0.38 #ffc93c 0 #fdf3d8 0.38 #2ec4b6 0.7 #1b6fb5 0.92 #3d348b"
RIDGES = (  # back to front
    Ridge(0.585, 0.20, 2.6, 11.5, "#a5719f", "#f0a886"),
    Ridge(0.600, 0.15, 3.4, 47.5, "#7a5590", "#d98d8d"),
    Ridge(0.612, 0.10, 5.0, 83.5, "#4b3d78", "#a9698c"),
)
FLOWERS = "#e8384f #ff7a5c #f7c948 #fff1e0 #b07cf0 #e86fb8"

# Convex polygons, back to front: colour, then corners clockwise in hundredths of the size; two are a box.
LANTERN_SHAPES = """
#fff6c9 -5.8,-92 5.8,-80 #ffd766 2.2,-92 5.8,-80 #4a3550 -2.4,-92 -1.7,-80 #4a3550 1.7,-92 2.4,-80
#43365c -10.5,-80.5 10.5,-80.5 7.5,-76.5 -7.5,-76.5 #2f2747 -10.5,-84.8 10.5,-84 #2f2747 -10.5,-84 -9.9,-80
#2f2747 -6.3,-84 -5.7,-80 #2f2747 5.7,-84 6.3,-80 #2f2747 9.9,-84 10.5,-80 #3a2f4f -0.4,-107 0.4,-98
#e0474a -8,-91.5 -4.5,-97.5 -0.8,-100 0.8,-100 4.5,-97.5 8,-91.5 #8c2440 0.6,-100 4.5,-97.4 8,-91.5 2,-91.5
#5b2f3d -3.2,-12.5 3.2,0
"""
HOUSE_SHAPES = """
#c27466 58,-95 66,-60 #7d4452 65,-97 72,-60 #ffe2c4 -50,-41 -25,-78 0,-41 0,20 -50,20
#9d86b0 0,-42 100,20 #7c6798 0,-40 100,-34 #a83a4b -25,-82 80,-82 107,-37 2,-37
#8f3047 -16,-67 89,-67 98,-52 -7,-52 #ef7d62 -25,-84 -24,-77 -53,-34 -57,-39
#ef7d62 -25,-84 6,-39 2,-34 -27,-77 #4f2b42 44,-28 60,20
"""
PANE_SHAPES = """
#6b3a3f -62,-62 62,62 #ffe68f -50,-50 50,0 #ffc65a -50,0 50,50 #8a4d3c -6,-50 6,50 #8a4d3c -50,-6 50,6
"""
BOAT_SHAPES = """
#fff0d6 -2,-100 3,-14 -50,-14 -22,-55 #e9b79c -2,-100 3,-14 -16,-14 -8,-50 #e4504f 5,-92 30,-45 46,-14 6,-14
#3b2436 0,-106 2,-106 5.5,-9 3,-9 #243b6b -55,-11 60,-11 42,3 -42,3 #f7e3c8 -55,-11 60,-11 57,-8.5 -52.5,-8.5
"""
BASKET_SHAPES = """
#8c2f4b -30,144 30,144 24,156 -24,156 #3a2b3f -24,155 -22,155 -12,192 -14,192
#3a2b3f 22,155 24,155 14,192 12,192 #7a4527 -15,188 15,188 12,214 -12,214 #b5713c 2,188 15,188 12,214 2,214
"""
PINE_SHAPES = """
#17323f 0,-41 27,-4 0,-7 -27,-4 #41604c 0,-41 -5,-6 -27,-4 #17323f 0,-62 22,-25 0,-28 -22,-25
#41604c 0,-62 -4,-27 -22,-25 #17323f 0,-82 17,-45 0,-48 -17,-45 #41604c 0,-82 -3,-47 -17,-45
#17323f 0,-100 11,-63 0,-65 -11,-63 #41604c 0,-100 -2,-64 -11,-63
"""


def _sky(scene: Canvas) -> None:
    scene.rgb[:] = gradient(scene.y, SKY)
    dx, dy = scene.x - SUN[0], scene.y - SUN[1]
    for radius, flat, code in ((0.34, 0.45, "#ff8a4c"), (0.13, 0.7, "#ffc65c"), (0.05, 1.0, "#fff0b8")):
        fall = 1.0 / (1.0 + (dx * dx * flat + dy * dy) / (radius * radius))
        scene.shine(code, 0.75 * fall * fall)


def _clouds(sky: Canvas) -> None:
    far = 1.0 / (0.85 - sky.y)
    u, v = (sky.x - 0.5) * far * 1.5, far * 4.6
    u = u + 0.9 * fractal(u * 0.9, v * 0.9 + 9.0, 2)
    thick = fractal(u, v, 6)
    lit = unit(0.5 + 4.0 * (thick - fractal(u - 0.10 * (sky.x - SUN[0]), v + 0.16, 4)))
    away = sky.distance(*SUN)
    near = 1.0 / (1.0 + 6.0 * away * away)
    color = mix(mix("#4a3f86", "#b3546f", near), mix("#e58aa5", "#ffd58a", near), lit)
    sky.paint(color, 0.9 * step(0.47, 0.72, thick))


def _ridge(sky: Canvas, ridge: Ridge) -> None:
    foot, height, frequency, seed, crest, mist = ridge
    rough = 2.2 * fractal(sky.x * frequency + seed, np.full_like(sky.x, seed), 7) - 0.45
    top = foot - height * (0.10 + 0.90 * step(0.02, 0.6, np.abs(sky.x - SUN[0]))) * rough
    side = sky.window(0.0, float(top.min(initial=1.0)) - 0.01, SCENE_WIDTH, HORIZON)
    depth = side.y - top
    u, v = side.x * 26.0 + 9.0 * depth + seed, side.y * 14.0 + depth * 9.0
    relief = fractal(u, v, 4) - fractal(u + np.clip(2.0 * (SUN[0] - side.x), -0.35, 0.35), v - 0.1, 4)
    haze = unit(depth / (HORIZON - top))
    color = mix(crest, mist, haze) + (0.6 * relief * (1.0 - haze))[..., None] * rgb("#ffb890")
    side.paint(unit(color), side.inside(depth))


def _mirrored(scene: Canvas, count: int, source: Floats) -> Floats:
    """Return the first rows of the scene interpolated at fractional row numbers."""
    above = np.clip(np.floor(source), 0, max(count - 2, 0)).astype(np.int64)
    below, columns = np.minimum(above + 1, max(count - 1, 0)), np.arange(scene.x.size)
    return mix(scene.rgb[above, columns], scene.rgb[below, columns], unit(source - above))


def _sea(scene: Canvas) -> None:
    sea = scene.window(0.0, HORIZON, SCENE_WIDTH, 1.0)
    depth, aside = sea.y - HORIZON, sea.x - SUN[0]
    root = np.sqrt(depth + 0.003)
    waves = fractal(aside * 9.0 / root, root * 95.0, 4) - 0.47
    source = (HORIZON - depth * 1.1 - waves * (0.012 + 0.22 * depth) - scene.y[0, 0]) / scene.pixel
    murk = np.clip(0.10 + 1.5 * depth + 1.6 * waves, 0.0, 0.9)
    sea.rgb[:] = mix(_mirrored(scene, scene.y.size - sea.y.size, source), gradient(depth, SEA), murk)
    off = aside / (0.035 + 0.28 * depth)
    path = 1.0 / (1.0 + off * off)
    sea.shine("#ffcf7d", path * path * (0.30 + 0.6 * step(0.10, 0.26, waves + 0.16 * path)))


def _balloon(scene: Canvas, cx: float, cy: float, r: float) -> None:
    air = scene.window(cx - 1.1 * r, cy - 1.1 * r, cx + 1.1 * r, cy + 1.6 * r)
    dx, dy = air.x - cx, air.y - cy
    below = dy > 0.5 * r
    half = np.where(below, (r - 0.5 * dy) / 0.866, np.sqrt(np.maximum(r * r - dy * dy, 1e-12)))
    across = np.clip(dx / half, -1.0, 1.0)
    cloth = _fabric(air, dx, half, dy / r + 0.13 * (1.0 - across * across), r)
    side = 2.1 * min(max(SUN[0] - cx, -0.2), 0.2)
    light = 0.8 + side * across + 0.16 * dy / r - 0.22 * across * across
    lit = cloth * mix("#5b4a8c", "#fff1dc", unit(light))
    flame = air.distance(cx, cy + 1.3 * r) / r
    lit += (1.0 - lit) * rgb("#ffa63d") * (0.7 / (1.0 + 5.0 * flame * flame))[..., None]
    cone = np.minimum(r - 0.5 * dy - 0.866 * np.abs(dx), 1.46 * r - dy)
    air.paint(lit, air.inside(np.where(below, cone, r - air.distance(cx, cy))))
    scene.draw(BASKET_SHAPES, cx, cy, r)


def _fabric(air: Canvas, dx: Floats, half: Floats, level: Floats, r: float) -> Floats:
    cloth = Canvas(np.zeros_like(air.rgb), air.x, air.y, air.pixel)
    for edge, code in stops(GORES):
        cloth.paint(code, air.inside(dx - edge * half))
    for thick, code in ((0.16, "#fdf3d8"), (0.12, "#c2264b"), (0.03, "#ffc93c")):
        cloth.paint(code, air.inside((thick - np.abs(level - 0.18)) * r))
    return cloth.rgb


def _beams(scene: Canvas, cx: float, cy: float) -> None:
    dx, dy = scene.x - cx, scene.y - cy
    along = np.abs(dx)
    off = (dy + 0.16 * along) / (0.012 + 0.085 * along)
    reach = 1.0 / (1.0 + 2.0 * along)
    scene.shine("#fff0b4", 0.7 * np.maximum(1.0 - off * off, 0.0) * reach * reach)
    glow = 1.0 / (1.0 + (dx * dx + dy * dy) / 0.0012)
    scene.shine("#ffdc80", 0.95 * glow * glow)


def _lighthouse(scene: Canvas, cx: float, foot: float, size: float) -> None:
    _beams(scene, cx, foot - 0.86 * size)
    part = scene.window(cx - 0.2 * size, foot - 0.8 * size, cx + 0.2 * size, foot + 0.05 * size)
    half = size * 0.105 - 0.05 * (foot - part.y)
    across = np.clip((part.x - cx) / half, -1.0, 1.0)
    level = (foot - part.y) / size + 0.012 * across * across
    color = gradient(level, "0 #fbf2e6")
    for middle in (0.195, 0.455, 0.715):
        color = mix(color, "#d43d45", part.inside((0.065 - np.abs(level - middle)) * size))
    part.paint(color * gradient(across, TOWER_LIGHT), part.inside(half - np.abs(part.x - cx)))
    scene.draw(LANTERN_SHAPES, cx, foot, size)


def _shore(x: Floats) -> Floats:
    """Return the upper edge of the meadow."""
    rough = fractal(x * 6.0, np.full_like(x, 3.3), 4)
    return 0.68 + 0.27 * (1.0 - step(0.45, 1.12, x)) + 0.03 * (rough - 0.5)


def _rocks(land: Canvas) -> None:
    ragged = fractal(land.x * 14.0, np.full_like(land.x, 9.1), 5) - 0.5
    top = _shore(land.x + 0.10) + 0.012 + 0.09 * ragged
    land = land.window(0.0, HORIZON, SCENE_WIDTH, float(_shore(land.x).max(initial=0.0)) + 0.02)
    u, v = land.x * 26.0 + land.y * 8.0, land.y * 18.0 - land.x * 8.0
    relief = np.abs(fractal(u, v, 5) - 0.5) - np.abs(fractal(u - 0.35, v - 0.2, 5) - 0.5)
    land.paint(mix("#382a4d", "#f0a27c", unit(0.30 + 3.0 * relief)), land.inside(land.y - top))


def _meadow(land: Canvas) -> None:
    edge = _shore(land.x) + 0.004 * noise(land.x * 60.0, np.zeros(1))
    land = land.window(0.0, float(edge.min(initial=1.0)) - 0.05, SCENE_WIDTH, 1.0)
    down = np.maximum(land.y - edge, 0.0)
    patch = unit(2.0 * fractal(land.x * 4.0, land.y * 8.0, 3) - 0.4)
    sunny = unit(1.25 * patch + 0.65 - 2.2 * down - 0.3 * np.abs(land.x - 0.9))
    land.paint(mix("#143a3a", "#4d7a3a", sunny), land.inside(land.y - edge))
    # Row n of the grass has its roots a n + b n^2 below the edge; the next rows below a pixel may cover it.
    a, b = 0.005, 0.0006
    first = np.floor((np.sqrt(a * a + 4.0 * b * down) - a) / (2.0 * b))
    for row in (first + ahead for ahead in range(5)):
        up = edge + row * a + row * row * b - land.y
        _blades(land, row, up, 0.018 + 0.0026 * row, patch, sunny)
        _flowers(land, row, up, 0.018 + 0.0026 * row)


def _blades(land: Canvas, row: Floats, up: Floats, size: Floats, patch: Floats, sunny: Floats) -> None:
    width = 0.13 * size
    place = (land.x - (patch - 0.3) * up * up / size) / width + 17.0 * row
    cell = np.floor(place)
    tint = 0.3 + 0.7 * pick(cell + 91, row + 7)
    tall = size * (0.4 + 0.6 * pick(cell, row))
    taper = 1.0 - up / tall - 2.0 * np.abs(place - cell - 0.5)
    tip = mix("#4f8a4a", "#f2cf5b", sunny * tint)
    color = mix(mix("#0f2f33", "#3d6f35", sunny), tip, unit(up / size) * tint)
    land.paint(color, land.inside(taper * width * 0.6) * (up > 0.0))


def _flowers(land: Canvas, row: Floats, up: Floats, size: Floats) -> None:
    pitch, radius = 0.36 * size, 0.15 * size
    cell = np.floor(land.x / pitch + 5.0 * row)
    middle = (cell + 0.5 - 5.0 * row) * pitch
    dx, dy = land.x - middle, up - size * (0.45 + 0.35 * pick(cell, row + 33))
    xx, yy = dx * dx, dy * dy
    away = np.sqrt(xx + yy + 1e-12)
    # Re (dx + i dy)^5 is proportional to the cosine of five times the angle: five petals.
    petals = dx * (xx * xx - 10.0 * xx * yy + 5.0 * yy * yy) / (away * away * away * away)
    crowd = 0.45 * step(0.3, 0.8, noise(middle * 8.0 + 40.0, row * 0.22))
    bloom = land.inside(radius - away + 0.2 * petals) * (pick(cell + 40, row + 90) < crowd)
    kind = 7.0 * noise(middle * 3.0, row * 0.12 + 70.0) + 2.0 * pick(cell + 7, row + 60)
    colors = np.stack([rgb(code) for code in FLOWERS.split()])[kind.astype(np.int64) % 6]
    land.paint(colors * (0.8 + 0.2 * np.clip(dy / radius, -1.0, 1.0))[..., None], bloom)
    land.paint("#ffb52e", land.inside(0.3 * radius - away) * bloom)


def _draw(scene: Canvas) -> None:
    """Draw the scene, back to front."""
    sky = scene.window(0.0, 0.0, SCENE_WIDTH, HORIZON)
    _sky(scene)
    _clouds(sky)
    scene.paint("#fff6cf", scene.inside(0.038 - scene.distance(*SUN)))
    for ridge in RIDGES:
        _ridge(sky, ridge)
    _sea(scene)
    for balloon in BALLOONS:
        _balloon(scene, *balloon)
    scene.draw(BOAT_SHAPES, *BOAT, tall=-0.8, share=0.35)
    scene.draw(BOAT_SHAPES, *BOAT)
    # In strips, since each skips the rows above its part of the shore: half the time.
    strips = [scene.window(left, HORIZON, left + 0.25, 1.0) for left in (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)]
    for strip in strips:
        _rocks(strip)
    for pine in PINES:
        scene.draw(PINE_SHAPES, *pine)
    _lighthouse(scene, *LIGHTHOUSE)
    scene.draw(HOUSE_SHAPES, *HOUSE)
    for pane in PANES:
        scene.draw(PANE_SHAPES, *pane, size=0.023)
    for strip in strips:
        _meadow(strip)


def sample_pixels(width: int = 768, height: int = 512) -> NDArray[np.uint8]:
    """Draw the sample image: a lighthouse, a sailing boat and two balloons at sunset.

    The bytes for a size are the same on every machine. Aspect ratios other than 3:2 show the centre of the
    scene.

    Parameters
    ----------
    width, height : int
        Size in pixels, 1 to 65535.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        sRGB colours.

    Examples
    --------
    >>> pixels = sample_pixels(96, 64)
    >>> pixels.shape, pixels.dtype
    ((64, 96, 3), dtype('uint8'))
    """
    require_whole("width", width, most=DEFAULT_LIMITS.max_side)
    require_whole("height", height, most=DEFAULT_LIMITS.max_side)
    scale = max(width / SCENE_WIDTH, float(height))
    x = (np.arange(width, dtype=np.float64) - (width - 1) / 2.0) / scale + SCENE_WIDTH / 2.0
    y = (np.arange(height, dtype=np.float64) - (height - 1) / 2.0) / scale + 0.5
    scene = Canvas(np.zeros((height, width, 3)), x[None, :], y[:, None], 1.0 / scale)
    _draw(scene)
    return (unit(scene.rgb) * 255.0 + 0.5).astype(np.uint8)
