// A line chart with points to click; its look is that of the charts of the comparison report.

import { makeSvg } from "./elements.js";

const [NARROWEST, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [340, 340, 48, 24, 24, 44];
const TICKS = 5; // about as many on each axis

/**
 * @typedef {{label: string, low: number, high: number}} Axis
 * @typedef {{x: number, y: number, label: string, title: string, style: string, isAbove: boolean, act: () => void}} Point
 */

/**
 * Draw a line through points, each of which is a button.
 * @param {{title: string, x: Axis, y: Axis, points: Point[], width: number}} contents  width: in CSS pixels
 */
export function chart({ title, x, y, points, width: room }) {
  const width = Math.max(NARROWEST, room);
  const across = (value) => LEFT + ((value - x.low) / (x.high - x.low)) * (width - LEFT - RIGHT);
  const down = (value) => HEIGHT - BOTTOM - ((value - y.low) / (y.high - y.low)) * (HEIGHT - TOP - BOTTOM);
  const placed = points.map((point) => ({ ...point, left: across(point.x), top: down(point.y) }));
  const line = makeSvg("polyline", { points: placed.map(({ left, top }) => `${left},${top}`).join(" ") });
  return makeSvg(
    "svg",
    { class: "chart", viewBox: `0 0 ${width} ${HEIGHT}`, role: "group", "aria-label": title },
    ...ticks(x).flatMap((value) => verticalRule(across(value), value)),
    ...ticks(y).flatMap((value) => horizontalRule(down(value), value, width - RIGHT)),
    text("axis", (LEFT + width - RIGHT) / 2, HEIGHT - 6, x.label, "middle"),
    text("axis", 4, TOP - 10, y.label, "start"),
    line,
    ...placed.map((point) => button(point, width)),
  );
}

/** Return an axis around values, with some room on both sides. */
export function axisAround(label, values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low) / 12 || 1;
  return { label, low: low - room, high: high + room };
}

function button({ left, top, label, title, style, isAbove, act }, width) {
  const dot = makeSvg("circle", { class: style, cx: left, cy: top, r: 6 });
  const reach = makeSvg("circle", { class: "reach", cx: left, cy: top, r: 16 });
  const name = text(
    style,
    isAbove ? left - 8 : left + 8,
    isAbove ? top - 10 : top + 17,
    label,
    isAbove || left > width - 40 ? "end" : "start",
  );
  const made = makeSvg("g", { role: "button", tabindex: 0, "aria-label": title }, reach, dot, name);
  made.append(Object.assign(makeSvg("title"), { textContent: title }));
  made.addEventListener("click", act);
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act();
  });
  return made;
}

function ticks({ low, high }) {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, place) => (first + place) * step);
}

const number = (value) => String(Number(value.toPrecision(6)));
const verticalRule = (left, value) => [
  rule(left, TOP, left, HEIGHT - BOTTOM),
  text("tick", left, HEIGHT - BOTTOM + 16, number(value), "middle"),
];
const horizontalRule = (top, value, right) => [
  rule(LEFT, top, right, top),
  text("tick", LEFT - 8, top + 4, number(value), "end"),
];
const rule = (x1, y1, x2, y2) => makeSvg("line", { class: "rule", x1, y1, x2, y2 });
const text = (style, x, y, words, anchor) => makeSvg("text", { class: style, x, y, "text-anchor": anchor }, words);
