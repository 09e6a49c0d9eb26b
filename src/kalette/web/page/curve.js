// The size-quality curve: files with several numbers of colours, each measured, with the recommended k among them.

import { axisAround, chart } from "./chart.js";
import { find, sizeText } from "./elements.js";
import { ask, compress } from "./server.js";
import { queryOf } from "./settings.js";

const KS = [2, 4, 8, 16, 32, 64, 128, 256];
const WITHOUT = { palette: [], quality: "", max_bytes: "" }; // what a curve over k cannot have

export class SizeCurve {
  #abort = new AbortController();
  #onPick;
  #drawn = ""; // what the points are of
  #points = [];
  #recommended = null;
  #k = 0;
  #isSeen = false;
  #wanted = null;

  /** Call a function with a k that is clicked. */
  constructor(onPick) {
    this.#onPick = onPick;
    new IntersectionObserver(
      (changes) => {
        this.#isSeen = changes.at(-1).isIntersecting;
        this.#begin();
      },
      { rootMargin: "200px" },
    ).observe(find("curve-section"));
  }

  /** Show the curve of a picture, once the page is scrolled to it, and mark k on it. */
  show(picture, settings) {
    this.#k = settings.k;
    this.#wanted = { picture, settings: { ...settings, ...WITHOUT } };
    if (this.#points.length) this.#draw();
    this.#begin();
  }

  async #begin() {
    if (!this.#isSeen || !this.#wanted) return;
    const { picture, settings } = this.#wanted;
    const { k, ...options } = queryOf(settings);
    const key = picture.address + JSON.stringify(options);
    if (key === this.#drawn) return;
    this.#abort.abort();
    this.#abort = new AbortController();
    [this.#drawn, this.#points, this.#recommended] = [key, [], null];
    await this.#measure(picture, options, { least: settings.keep_colors.length, signal: this.#abort.signal });
  }

  async #measure(picture, options, { least, signal }) {
    try {
      find("curve-hint").textContent = "Measuring …";
      await this.#recommend(picture, options, signal);
      const ks = [...new Set([...KS, this.#recommended])].filter((k) => k >= least).sort((a, b) => a - b);
      for (const k of ks) {
        const { blob, ssimulacra2 } = await compress(picture, { ...options, k }, { row: "curve", signal });
        if (signal.aborted) return;
        this.#points.push({ k, bytes: blob.size, score: ssimulacra2 });
        this.#draw();
      }
    } catch (problem) {
      if (signal.aborted) return;
      this.#drawn = "";
      find("curve").replaceChildren();
      find("curve-hint").textContent = problem.message;
    }
  }

  async #recommend(picture, options, signal) {
    const { first_frame } = options;
    const answer = await ask(
      "compare",
      picture,
      { ks: "2", ...(first_frame && { first_frame }) },
      { row: "curve", signal },
    );
    const { recommended_k, reason } = await answer.json();
    this.#recommended = recommended_k;
    find("curve-hint").textContent = `Recommended: k = ${recommended_k}, ${reason}. Click a point to take its k.`;
  }

  #draw() {
    const points = this.#points.map(({ k, bytes, score }) => ({
      x: bytes / 1000,
      y: score,
      label: k === this.#recommended ? `${k} (recommended)` : String(k),
      title: `k = ${k}: ${sizeText(bytes)}, SSIMULACRA2 ${score.toFixed(1)}${k === this.#recommended ? ", recommended" : ""}`,
      isAbove: k === this.#recommended,
      style: k === this.#k || k === this.#recommended ? "chosen" : "dot",
      act: () => this.#onPick(k),
    }));
    const title = "Quality against file size, a point for each number of colours";
    const [x, y] = [
      axisAround(
        "file size (KB)",
        points.map((each) => each.x),
      ),
      axisAround(
        "SSIMULACRA2",
        points.map((each) => each.y),
      ),
    ];
    const focused = document.activeElement?.closest("#curve g")?.ariaLabel;
    find("curve").replaceChildren(chart({ title, x, y, points, width: find("curve").clientWidth }));
    [...find("curve").querySelectorAll("g")].find((each) => each.ariaLabel === focused)?.focus();
  }
}
