// One run of K-Means: its centroids in the cube of colours, the picture, and the clusters as swatches.

import { bytesOf, hexOf } from "./color.js";
import { make } from "./elements.js";
import { Scatter } from "./scatter.js";

const DIMMED = 0.16; // how much of a pixel stays where another cluster is lit
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
  #painted = null; // the newest picture
  #told = {}; // the pass whose figures and picture are shown
  #onRestart;
  #canvas = make("canvas", { className: "learn-picture", role: "img" });
  #figures = make("p", { className: "learn-figures" });
  #swatches = make("ul", { className: "learn-swatches", "aria-label": "Clusters, to light up" });

  constructor(heading, { view, points }, onRestart) {
    this.#onRestart = onRestart;
    this.scatter = new Scatter(view, points, {
      light: (j) => this.#light(j),
      move: (j, point, isDone) => this.#move(j, point, isDone),
      settle: () => this.#settle(),
    });
    this.element = make("section", { className: "learn-run" }, heading, make("div", { className: "learn-pair" }, this.scatter.element, this.#canvas), this.#figures, this.#swatches);
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
    this.#place = 0;
    this.#lit = Math.min(this.#lit, passes[0].centroids.length / 3 - 1);
    Object.assign(this.#canvas, { width: study.width, height: study.height });
    return true;
  }

  /** Show a place between passes: a whole number is a pass. */
  show(place) {
    if (!this.#study) return;
    this.#place = Math.min(place, this.#passes.length - 1);
    const pass = Math.floor(this.#place);
    this.#draw(between(this.#passes[pass], this.#passes[pass + 1], stillness.matches ? 0 : this.#place - pass), pass);
    const { centroids } = this.#passes[pass];
    if (this.#told.centroids === centroids && this.#told.lit === this.#lit) return;
    this.#told = { centroids, lit: this.#lit };
    this.#tell(pass);
    this.#paint(pass, centroids);
  }

  #draw(centroids, pass) {
    const trails = this.#passes.slice(0, pass + 1).map((each) => each.centroids);
    this.scatter.show({ centroids, clusters: this.#passes[pass].centroids, trails, lit: this.#lit });
  }

  #tell(pass) {
    const { loss, changed, shift } = this.#passes[pass];
    const perPixel = (loss / (this.#study.width * this.#study.height)).toFixed(1);
    const end = pass === this.#passes.length - 1 ? ", the end" : "";
    this.#figures.replaceChildren(
      ...[[`Pass ${pass} of ${this.#passes.length - 1}${end}`], ["Loss per pixel", perPixel]].map(figure),
      ...(pass === 0 ? [["Colours that changed", "–"], ["Largest movement", "–"]] : [["Colours that changed", changed.toLocaleString("en")], ["Largest movement", shift.toFixed(1)]]).map(figure),
    );
    this.#showSwatches(pass);
  }

  #showSwatches(pass) {
    const { centroids, mass } = this.#passes[pass];
    const palette = bytesOf(centroids, "srgb");
    const pixels = this.#study.width * this.#study.height;
    while (this.#swatches.children.length > mass.length) this.#swatches.lastChild.remove();
    while (this.#swatches.children.length < mass.length) this.#swatches.append(this.#swatch(this.#swatches.children.length));
    Array.from(this.#swatches.children).forEach(({ firstChild: button }, j) => {
      const share = `${((100 * mass[j]) / pixels).toFixed(1)} %`;
      button.style.setProperty("--color", hexOf(palette, j));
      button.setAttribute("aria-label", `Cluster ${j + 1}, ${hexOf(palette, j)}, ${share} of the pixels`);
      button.setAttribute("aria-pressed", j === this.#lit);
      button.title = `${hexOf(palette, j)}, ${share}`;
    });
  }

  #swatch(j) {
    const button = make("button", { type: "button" });
    button.addEventListener("click", () => this.#light(this.#lit === j ? -1 : j));
    return make("li", {}, button);
  }

  async #paint(key, centroids) {
    const asked = { key };
    this.#painted = asked;
    if (!this.#indices.has(key)) this.#indices.set(key, await this.#study.indicesOf(centroids));
    if (this.#painted !== asked) return;
    const { width, height } = this.#study;
    this.#canvas.setAttribute("aria-label", `The picture in ${centroids.length / 3} colours`);
    const pixels = painted(this.#indices.get(key), bytesOf(centroids, "srgb"), this.#lit);
    this.#canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  }

  #light(j) {
    this.#lit = j;
    this.show(this.#place);
  }

  #lightAt({ offsetX, offsetY }) {
    const indices = this.#indices.get(Math.floor(this.#place));
    if (!indices) return;
    const { clientWidth, clientHeight, width, height } = this.#canvas;
    const [x, y] = [Math.floor((offsetX / clientWidth) * width), Math.floor((offsetY / clientHeight) * height)];
    const j = indices[y * width + x];
    this.#light(j === this.#lit ? -1 : j);
  }

  /** Move a centroid by hand: the picture follows; when it is done, K-Means runs from there. */
  #move(j, point, isDone) {
    const from = this.#moved ?? this.#passes[Math.floor(this.#place)].centroids;
    this.#moved = Float64Array.from(from);
    this.#moved.set(point, 3 * j);
    this.#lit = j;
    this.#told = {};
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

const figure = ([name, value = ""]) => make("span", {}, name, value && " ", value && make("strong", { textContent: value }));
