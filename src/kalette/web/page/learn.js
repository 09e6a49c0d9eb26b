// "Watch it learn": K-Means on the picture, pass by pass, from one start or from two side by side.

import { make } from "./elements.js";
import { openStudy } from "./kmeans.js";
import { LowRankComparison } from "./learn_low_rank.js";
import { LearnRun } from "./learn_run.js";
import { LossChart } from "./loss_chart.js";
import { PointLayer } from "./point_layer.js";
import { LEARN_DEFAULTS, RANGES } from "./settings.js";
import { Timeline } from "./timeline.js";
import { View } from "./view.js";

const MOST_PIXELS = 100_000;
const STARTS = { random: "Random", "k-means++": "k-means++", search: "Kalette’s search" };

/**
 * Build the section in an empty element.
 * @param {HTMLElement} element
 * @param {typeof LEARN_DEFAULTS} [settings]
 * @param {(settings: typeof LEARN_DEFAULTS) => void} [onSettings]  called when they change
 */
export function mountLearn(element, settings = LEARN_DEFAULTS, onSettings = () => {}) {
  const learn = new Learn(element, onSettings);
  learn.set(settings);
  learn.show(null);
  return learn;
}

class Learn {
  #element;
  #picture = null;
  #study = null;
  #isNear = false;
  #pass = 0;
  #firstPass = 0; // at which the next run is shown
  #onSettings;
  #runs;
  #points;
  #timeline = new Timeline((place, isPlaying) => this.#showPlace(place, isPlaying));
  #comparison = new LowRankComparison();
  #k = numberInput("range", "learn-k", RANGES.learn_k);
  #kShown = make("output", { htmlFor: "learn-k" });
  #seed = numberInput("number", "learn-seed", RANGES.learn_seed);
  #starts = [startChoice("learn-start", {}), startChoice("learn-other", { none: "nothing" })];
  #chart = new LossChart();
  #command = make("code");
  #copy = make("button", { type: "button", className: "quiet", textContent: "Copy command" });
  #status = make("p", { className: "hint learn-status", role: "status" });
  #body = make("div", { className: "learn-body", hidden: true });

  constructor(element, onSettings) {
    this.#element = element;
    this.#onSettings = onSettings;
    const view = new View();
    this.#points = new PointLayer(view);
    const scene = { view, points: this.#points };
    this.#runs = this.#starts.map((start, place) => new LearnRun(this.#headingOf(place, start), scene, () => this.#restart()));
    this.#build();
    this.#listen();
  }

  /** Set start, seed and number of centroids, and the pass to begin with. */
  set({ start, beside, learn_k: k, learn_seed: seed, pass }) {
    [this.#starts[0].value, this.#starts[1].value, this.#seed.value] = [start, beside, seed];
    this.#k.value = this.#kShown.textContent = k;
    this.#firstPass = pass;
    this.#run();
  }

  get #settings() {
    const [start, beside] = this.#starts.map(({ value }) => value);
    return { start, beside, learn_k: Number(this.#k.value), learn_seed: Number(this.#seed.value), pass: this.#pass };
  }

  /** Show another picture, or none. */
  async show(picture) {
    this.#picture = picture;
    this.#study?.close();
    this.#study = null;
    this.#body.hidden = true;
    this.#element.ariaBusy = "false";
    this.#status.textContent = picture ? "" : "Choose a picture above to watch K-Means on it.";
    if (picture && this.#isNear) await this.#open();
  }

  #build() {
    this.#element.classList.add("learn");
    this.#element.setAttribute("aria-labelledby", "learn-heading");
    this.#element.append(
      make("h2", { id: "learn-heading", textContent: "Watch it learn" }),
      make("p", {
        className: "hint",
        textContent:
          "K-Means repeats two steps: each colour goes to the nearest centroid, and each centroid moves to the mean of its colours. Drag the cube to turn it. Drag a centroid, and K-Means goes on from there. Click a centroid or the picture to light up a cluster.",
      }),
      this.#status,
      this.#body,
    );
    const another = make("button", { type: "button", className: "quiet", textContent: "Another draw" });
    another.addEventListener("click", () => {
      this.#seed.value = Number(this.#seed.value) + 1;
      this.#run();
    });
    this.#body.append(
      make(
        "div",
        { className: "learn-controls" },
        make("div", { className: "field" }, make("label", { htmlFor: "learn-k" }, "Colours (k) ", this.#kShown), this.#k),
        make("div", { className: "field" }, make("label", { htmlFor: "learn-seed", textContent: "Seed" }), this.#seed, another),
      ),
      make("div", { className: "learn-stage" }, make("div", { className: "learn-runs" }, ...this.#runs.map((run) => run.element)), this.#timeline.element),
      this.#chart.element,
      this.#comparison.element,
      make("p", { className: "hint", textContent: "The first run on the whole picture, with figures:" }),
      make("div", { className: "learn-command" }, make("pre", { tabIndex: 0, "aria-label": "Command" }, this.#command), this.#copy),
    );
  }

  #headingOf(place, start) {
    const words = place === 0 ? "Start" : "Beside it";
    return make("h3", { className: `learn-heading learn-run-${place}` }, make("label", { htmlFor: start.id, textContent: words }), start);
  }

  #listen() {
    for (const choice of this.#starts) choice.addEventListener("change", () => this.#run());
    this.#seed.addEventListener("change", () => this.#seed.checkValidity() && this.#run());
    this.#k.addEventListener("input", () => {
      this.#kShown.textContent = this.#k.value;
      this.#run();
    });
    new ResizeObserver(() => this.#drawChart()).observe(this.#chart.element);
    new IntersectionObserver((changes) => this.#approach(changes.at(-1).isIntersecting), { rootMargin: "400px" }).observe(this.#element);
  }

  #approach(isNear) {
    this.#isNear = isNear;
    if (isNear && this.#picture && !this.#study) this.#open();
    if (!isNear) this.#timeline.pause();
  }

  async #open() {
    const picture = this.#picture;
    this.#status.textContent = "Counting colours …";
    try {
      const study = await openStudy(picture.source, { mostPixels: MOST_PIXELS });
      if (picture !== this.#picture || this.#study) return study.close();
      this.#study = study;
      this.#points.setCloud(await study.cloud());
      this.#status.textContent = "";
      this.#body.hidden = false;
      await this.#run();
    } catch (problem) {
      if (picture !== this.#picture) return;
      this.#element.ariaBusy = "false";
      this.#status.textContent = `K-Means cannot show this picture here: ${problem.message}`;
    }
  }

  get #shownRuns() {
    return this.#runs.filter((_, place) => this.#starts[place].value !== "none");
  }

  async #run() {
    const study = this.#study;
    if (!study) return;
    this.#runs[1].element.classList.toggle("learn-none", this.#starts[1].value === "none");
    this.#showCommand();
    const k = Math.min(Number(this.#k.value), study.colorCount);
    const loads = this.#runs.map((run, place) => {
      const init = this.#starts[place].value;
      return init === "none" ? true : run.load(study, { k, init, seed: Number(this.#seed.value) });
    });
    this.#element.ariaBusy = "true";
    const all = await Promise.all(loads);
    if (study !== this.#study || !all.every(Boolean)) return; // a newer run ends the wait
    this.#element.ariaBusy = "false";
    this.#reset();
  }

  #restart() {
    this.#reset();
    this.#timeline.play();
  }

  #reset() {
    const pass = this.#firstPass;
    this.#firstPass = this.#pass = 0;
    this.#drawChart();
    this.#timeline.reset(Math.max(...this.#shownRuns.map(({ losses }) => losses.length - 1)), pass);
    this.#comparison.show(this.#study, this.#runs[0].centroids);
  }

  /** Move all centroids; figures, picture and chart of a new pass follow, while it plays one a frame. */
  #showPlace(place, isPlaying) {
    if (!this.#study) return;
    this.#pass = Math.floor(place);
    const runs = this.#shownRuns;
    for (const run of runs) run.move(place);
    const behind = runs.filter(({ isBehind }) => isBehind);
    for (const run of isPlaying ? behind.slice(0, 1) : behind) run.tell();
    if (!isPlaying || behind.length === 0) this.#chart.show(this.#pass);
    if (!isPlaying) this.#onSettings(this.#settings);
  }

  #drawChart() {
    if (!this.#study || this.#shownRuns.some(({ losses }) => losses.length === 0)) return;
    const curves = this.#runs.map((run, i) => ({ run, name: STARTS[this.#starts[i].value], style: `learn-curve-${i}` }));
    const shown = curves.filter(({ run }) => this.#shownRuns.includes(run));
    const contents = shown.map(({ run, name, style }) => ({ name, style, losses: run.losses }));
    this.#chart.draw(contents, this.#chart.element.clientWidth);
    this.#chart.show(this.#pass);
  }

  #showCommand() {
    const init = this.#starts[0].value;
    const name = /^[\w.,+-]+$/.test(this.#picture.name) ? this.#picture.name : `'${this.#picture.name.replaceAll("'", "'\\''")}'`;
    const start = { random: `--init random --seed ${this.#seed.value}`, "k-means++": `--init k-means++ --seed ${this.#seed.value}`, search: "--space srgb" };
    this.#command.textContent = `kalette plot ${name} -k ${this.#k.value} ${start[init]}`;
    this.#copy.dataset.copy = this.#command.textContent;
  }
}

const numberInput = (type, id, [min, max]) => make("input", { type, id, min, max, step: 1 });

function startChoice(id, more) {
  const options = Object.entries({ ...STARTS, ...more }).map(([value, textContent]) => make("option", { value, textContent }));
  return make("select", { id }, ...options);
}
