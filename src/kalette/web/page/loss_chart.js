// The loss of runs over their passes, drawn as far as they are shown.

import { make, makeSvg } from "./elements.js";

const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [210, 62, 16, 28, 38];
const NARROWEST = 300;
const POWERS = Array.from({ length: 9 }, (_, power) => 10 ** (power - 2));
const DIGITS = [1, 2, 5];

export class LossChart {
  pass = -1; // up to which it is drawn
  #curves = [];

  constructor() {
    this.element = make("div");
  }

  /**
   * Draw the axes, and all losses as they will be.
   * @param {{name: string, losses: number[], style: string}[]} runs  losses: per pixel, of the start and of each pass
   * @param {number} room  width in CSS pixels
   */
  draw(runs, room) {
    const scale = scaleOf(runs, Math.max(NARROWEST, room));
    this.pass = -1;
    this.#curves = runs.map((run) => new Curve(run, scale));
    this.element.replaceChildren(
      makeSvg(
        "svg",
        { class: "chart learn-chart", viewBox: `0 0 ${scale.width} ${HEIGHT}`, role: "img", "aria-label": titleOf(runs) },
        ...axes(scale),
        ...this.#curves.flatMap(({ parts }) => parts),
      ),
    );
  }

  /** Draw the losses up to a pass. */
  show(pass) {
    if (pass === this.pass) return;
    this.pass = pass;
    for (const curve of this.#curves) curve.show(pass);
  }
}

/** The losses of a run: all of them, those so far, and the last of these. */
class Curve {
  #points;
  #soFar;
  #dot;

  constructor({ losses, style }, { across, down }) {
    this.#points = losses.map((loss, pass) => [across(pass), down(loss)]);
    this.#soFar = makeSvg("polyline", { class: style });
    this.#dot = makeSvg("circle", { class: style, r: 5 });
    this.parts = [makeSvg("polyline", { class: "learn-later", points: this.#points.join(" ") }), this.#soFar, this.#dot];
  }

  show(pass) {
    this.#soFar.setAttribute("points", this.#points.slice(0, pass + 1).join(" "));
    const [x, y] = this.#points[Math.min(pass, this.#points.length - 1)];
    this.#dot.setAttribute("cx", x);
    this.#dot.setAttribute("cy", y);
  }
}

function scaleOf(runs, width) {
  const losses = runs.flatMap((run) => run.losses);
  const last = Math.max(1, ...runs.map((run) => run.losses.length - 1));
  const [low, high] = [Math.log(Math.max(0.01, Math.min(...losses))), Math.log(Math.max(0.02, ...losses))];
  const across = (pass) => LEFT + (pass / last) * (width - LEFT - RIGHT);
  const down = (loss) => TOP + ((high - Math.log(Math.max(0.01, loss))) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
  return { width, last, low, high, across, down };
}

function axes({ width, last, low, high, across, down }) {
  return [
    ...passTicks(last).flatMap((pass) => [rule(across(pass), TOP, across(pass), HEIGHT - BOTTOM), text("tick", across(pass), HEIGHT - BOTTOM + 16, pass, "middle")]),
    ...lossTicks(low, high).flatMap((loss) => [rule(LEFT, down(loss), width - RIGHT, down(loss)), text("tick", LEFT - 8, down(loss) + 4, loss, "end")]),
    text("axis", 4, TOP - 12, "loss per pixel, logarithmic", "start"),
    text("axis", (LEFT + width - RIGHT) / 2, HEIGHT - 4, "pass", "middle"),
  ];
}

function titleOf(runs) {
  const words = runs.map(({ name, losses }) => `${name}: from ${round(losses[0])} to ${round(losses.at(-1))} in ${losses.length - 1} passes`);
  return `Loss per pixel. ${words.join(". ")}.`;
}

function passTicks(last) {
  const step = [1, 2, 5, 10, 20, 50].find((each) => last / each <= 8) ?? 100;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, place) => place * step);
}

/** Return round numbers within the range: even steps, or over a wide range 1, 2 and 5 times powers of ten. */
function lossTicks(low, high) {
  const isWide = high - low > Math.log(8);
  return (isWide ? POWERS.flatMap((power) => DIGITS.map((digit) => digit * power)) : evenSteps(Math.exp(low), Math.exp(high)))
    .map((loss) => round(loss))
    .filter((loss) => Math.log(loss) >= low && Math.log(loss) <= high);
}

function evenSteps(least, most) {
  const rough = (most - least) / 3 || least;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((digit) => digit * power >= rough * 0.7);
  return Array.from({ length: 8 }, (_, place) => (Math.ceil(least / step) + place) * step);
}

const round = (loss) => Number(loss.toPrecision(3));
const rule = (x1, y1, x2, y2) => makeSvg("line", { class: "rule", x1, y1, x2, y2 });
const text = (style, x, y, words, anchor) => makeSvg("text", { class: style, x, y, "text-anchor": anchor }, String(words));
