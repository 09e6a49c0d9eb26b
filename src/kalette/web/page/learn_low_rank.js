// K-Means beside the singular value decomposition of the picture, at equal size.

import { bytesOf } from "./color.js";
import { make, sizeText } from "./elements.js";

/** A part of the section that is worked out when it is opened. */
export class LowRankComparison {
  #pictures = make("div", { className: "learn-pair" });
  #study = null;
  #centroids = null;
  #shown = null;

  constructor() {
    this.element = make(
      "details",
      { className: "learn-low-rank" },
      make("summary", { textContent: "K-Means beside SVD, at equal size" }),
      make("p", {
        className: "hint",
        textContent:
          "Principal components (PCA, by SVD of each channel) keep the strongest patterns of rows and columns; K-Means keeps the most useful colours. Each singular value with its two vectors counts height + width + 1 bytes a channel, which is generous; K-Means counts the bits of its pixels and its palette.",
      }),
      this.#pictures,
    );
    this.element.addEventListener("toggle", () => this.#update());
  }

  show(study, centroids) {
    [this.#study, this.#centroids] = [study, centroids];
    this.#update();
  }

  async #update() {
    if (!this.element.open || !this.#study || this.#shown === this.#centroids) return;
    const [study, centroids] = [this.#study, this.#centroids];
    this.#shown = centroids;
    const k = centroids.length / 3;
    const size = Math.ceil((study.width * study.height * Math.max(1, Math.ceil(Math.log2(k)))) / 8) + 3 * k;
    const [quantized, decomposed] = await Promise.all([this.#quantized(study, centroids), study.lowRank(size)]);
    if (this.#shown !== centroids) return;
    const name = decomposed ? `SVD of rank ${decomposed.rank}` : "";
    this.#pictures.replaceChildren(
      figure(study, quantized, `K-Means, ${k} colours`, size),
      decomposed ? figure(study, decomposed.pixels, name, decomposed.sizeBytes) : make("p", { textContent: `Not even rank 1 takes as little as ${sizeText(size)}.` }),
    );
  }

  async #quantized(study, centroids) {
    const [indices, palette] = [await study.indicesOf(centroids), bytesOf(centroids, "srgb")];
    const pixels = new Uint8ClampedArray(4 * indices.length).fill(255);
    indices.forEach((entry, i) => pixels.set(palette.subarray(3 * entry, 3 * entry + 3), 4 * i));
    return pixels;
  }
}

function figure({ width, height, data }, pixels, name, size) {
  const canvas = make("canvas", { width, height, className: "learn-picture", role: "img", "aria-label": `The picture by ${name}` });
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  const words = `${name}: ${sizeText(size)}, PSNR ${psnrDb(data, pixels).toFixed(1)} dB`;
  return make("figure", {}, canvas, make("figcaption", { textContent: words }));
}

function psnrDb(original, pixels) {
  let error = 0;
  for (let i = 0; i < pixels.length; i++) if (i % 4 < 3) error += (original[i] - pixels[i]) ** 2;
  return 10 * Math.log10((255 * 255 * 0.75 * pixels.length) / error);
}
