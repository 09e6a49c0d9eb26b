// One run of K-Means: its centroids in the cube of colours, the picture, and the clusters as swatches.

import { bytesOf, hexOf } from "./color.js";
import { make } from "./elements.js";
import { Scatter } from "./scatter.js";

const DIMMED = 0.16; // how much of a pixel stays where another cluster is lit
const FIGURES = ["Loss per pixel", "Colours that changed", "Largest movement"];
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/** A pane with a run; `onRestart` is called when its centroids were moved, and it began anew. */
export class LearnRun {
  #study = null;
  #passes = [];
  #indices = new Map(); // of each pass, and of moved centroids
  #place = 0;
  #lit = -1;
  #moved = null;
  #asked = null; // the newest run
  #paints = 0; // pictures asked for
  #painted = 0; // the newest of them that is shown
  #told = -1; // the pass whose figures and picture are shown
  #onRestart;
  #canvas = make("canvas", { className: "learn-picture", role: "img" });
  #pass = make("span");
  #figures = Object.fromEntries(FIGURES.map((name) => [name, make("strong")]));
  #swatches = make("ul", { className: "learn-swatches", "aria-label": "Clusters, to light up" });

  constructor(heading, { view, points }, onRestart) {
    this.#onRestart = onRestart;
    this.scatter = new Scatter(view, points, {
      light: (j) => this.#light(j),
      move: (j, point, isDone) => this.#move(j, point, isDone),
      settle: () => this.#settle(),
    });
    const figures = make("p", { className: "learn-figures" }, this.#pass, ...FIGURES.map((name) => make("span", {}, `${name} `, this.#figures[name])));
    this.element = make("section", { className: "learn-run" }, heading, make("div", { className: "learn-pair" }, this.scatter.element, this.#canvas), figures, this.#swatches);
    this.#canvas.addEventListener("click", (event) => this.#lightAt(event));
  }

  /** Loss per pixel of the start and of each pass. */
  get losses() {
    return this.#passes.map(({ loss }) => loss / (this.#study.width * this.#study.height));
  }

  get centroids() {
    return this.#passes.at(-1).centroids;
  }

  /** Run K-Means anew; resolves when its passes are there, to false where another run came in between. */
  async load(study, settings) {
    const asked = {};
    this.#asked = asked;
    const passes = await study.run(settings);
    if (this.#asked !== asked) return false;
    [this.#study, this.#passes, this.#moved] = [study, passes, null];
    this.#indices.clear();
    this.#painted = ++this.#paints; // pictures of older passes come too late
    this.#place = 0;
    this.#told = -1;
    this.#lit = Math.min(this.#lit, passes[0].centroids.length / 3 - 1);
    Object.assign(this.#canvas, { width: study.width, height: study.height });
    return true;
  }

  /** The pass at the place that is shown. */
  get #atPass() {
    return Math.floor(this.#place);
  }

  /** Whether figures and picture are those of another pass than the centroids. */
  get isBehind() {
    return this.#study !== null && this.#told !== this.#atPass;
  }

  /** Move the centroids to a place between passes: a whole number is a pass. */
  move(place) {
    if (!this.#study) return;
    this.#place = Math.min(place, this.#passes.length - 1);
    const pass = this.#atPass;
    const share = stillness.matches ? 0 : this.#place - pass;
    const trails = this.#passes.slice(0, pass + 1).map((each) => each.centroids);
    const { centroids } = this.#passes[pass];
    this.scatter.show({ centroids: between(this.#passes[pass], this.#passes[pass + 1], share), clusters: centroids, trails, lit: this.#lit });
  }

  /** Show figures and picture of the pass. */
  tell() {
    const pass = this.#atPass;
    this.#told = pass;
    this.#showFigures(pass);
    this.#showSwatches(pass);
    this.#paint(pass, this.#passes[pass].centroids);
  }

  #showFigures(pass) {
    const { loss, changed, shift } = this.#passes[pass];
    const last = this.#passes.length - 1;
    this.#pass.textContent = `Pass ${pass} of ${last}${pass === last ? ", the end" : ""}`;
    const perPixel = (loss / (this.#study.width * this.#study.height)).toFixed(1);
    const words = pass === 0 ? [perPixel, "–", "–"] : [perPixel, changed.toLocaleString("en"), shift.toFixed(1)];
    FIGURES.forEach((name, i) => (this.#figures[name].textContent = words[i]));
  }

  #showSwatches(pass) {
    const { centroids, mass } = this.#passes[pass];
    const palette = bytesOf(centroids, "srgb");
    const pixels = this.#study.width * this.#study.height;
    while (this.#swatches.children.length > mass.length) this.#swatches.lastChild.remove();
    while (this.#swatches.children.length < mass.length) this.#swatches.append(this.#swatch(this.#swatches.children.length));
    Array.from(this.#swatches.children).forEach(({ firstChild: button }, j) => {
      const [code, share] = [hexOf(palette, j), `${((100 * mass[j]) / pixels).toFixed(1)} %`];
      button.style.backgroundColor = code;
      button.ariaLabel = `Cluster ${j + 1}, ${code}, ${share} of the pixels`;
      if (button.ariaPressed !== String(j === this.#lit)) button.ariaPressed = j === this.#lit;
      button.title = `${code}, ${share}`;
    });
  }

  #swatch(j) {
    const button = make("button", { type: "button" });
    button.addEventListener("click", () => this.#light(this.#lit === j ? -1 : j));
    return make("li", {}, button);
  }

  /** Paint the picture of a pass once its indices are there, unless a newer one is painted by then. */
  async #paint(key, centroids) {
    const number = ++this.#paints;
    const indices = this.#indices.get(key) ?? (await this.#study.indicesOf(centroids));
    if (number < this.#painted) return;
    this.#painted = number;
    this.#indices.set(key, indices);
    const { width, height } = this.#study;
    this.#canvas.ariaLabel = `The picture in ${centroids.length / 3} colours`;
    const pixels = painted(indices, bytesOf(centroids, "srgb"), this.#lit);
    this.#canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  }

  #light(j) {
    this.#lit = j;
    this.move(this.#place);
    this.tell();
  }

  #lightAt({ offsetX, offsetY }) {
    const indices = this.#indices.get(this.#atPass);
    if (!indices) return;
    const { clientWidth, clientHeight, width, height } = this.#canvas;
    const [x, y] = [Math.floor((offsetX / clientWidth) * width), Math.floor((offsetY / clientHeight) * height)];
    const j = indices[y * width + x];
    this.#light(j === this.#lit ? -1 : j);
  }

  /** Move a centroid by hand: the picture follows; when it is done, K-Means runs from there. */
  #move(j, point, isDone) {
    const from = this.#moved ?? this.#passes[this.#atPass].centroids;
    this.#moved = Float64Array.from(from);
    this.#moved.set(point, 3 * j);
    this.#lit = j;
    this.#told = -1;
    this.#indices.delete("moved");
    this.scatter.show({ centroids: this.#moved, clusters: this.#moved, trails: [], lit: j });
    this.#paint("moved", this.#moved);
    if (isDone) this.#settle();
  }

  async #settle() {
    if (this.#moved && (await this.load(this.#study, { centroids: this.#moved }))) this.#onRestart();
  }
}

function between(before, after, share) {
  if (!after || share === 0) return before.centroids;
  const eased = share * share * (3 - 2 * share);
  return before.centroids.map((value, i) => value + eased * (after.centroids[i] - value));
}

function painted(indices, palette, lit) {
  const pixels = new Uint32Array(indices.length);
  const words = new Uint32Array(256);
  for (let entry = 0; entry < palette.length / 3; entry++) {
    const isLit = lit < 0 || entry === lit;
    const [r, g, b] = Array.from(palette.subarray(3 * entry, 3 * entry + 3), (value) => (isLit ? value : Math.round(128 + DIMMED * (value - 128))));
    words[entry] = r | (g << 8) | (b << 16) | 0xff000000;
  }
  for (let i = 0; i < pixels.length; i++) pixels[i] = words[indices[i]];
  return new Uint8ClampedArray(pixels.buffer);
}
