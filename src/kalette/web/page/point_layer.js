// The points of a cloud, drawn for scatters that share a view: once, as long as view, size and lit cluster stay.

import { squaredDistance } from "./lloyd.js";

const [LEAST_DOT, DOT_RANGE] = [1.6, 7]; // in CSS pixels
const DIM = 20; // alpha of points in clusters that are not lit, of 255
const KEPT = 2; // drawings: those of two scatters

/** @typedef {{width: number, height: number, unit: number, ratio: number}} Sheet  in screen pixels; `ratio` to a CSS pixel */

export class PointLayer {
  #view;
  #dots = { points: new Float32Array(), sides: new Float64Array(), words: new Uint32Array() };
  #drawings = []; // the latest last

  constructor(view) {
    this.#view = view;
    view.addEventListener("turn", () => this.#forget());
  }

  /** Take the points that stand for the colours of a picture, and their weights. */
  setCloud({ points, weights }) {
    const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
    const sides = weights.map((weight) => LEAST_DOT + DOT_RANGE * Math.cbrt(weight / heaviest));
    const words = Uint32Array.from(weights, (_, i) => points[3 * i] | (points[3 * i + 1] << 8) | (points[3 * i + 2] << 16));
    this.#dots = { points, sides, words };
    this.#forget();
  }

  /**
   * Return a canvas with the points; of a lit cluster, those of the others are dim.
   * @param {Sheet} sheet
   * @param {{centroids: Float64Array, lit: number}} clusters
   */
  drawn(sheet, { centroids, lit }) {
    const key = [sheet.width, sheet.height, lit, lit < 0 ? null : centroids];
    let drawing = this.#drawings.find((each) => each.isValid && each.key.every((part, i) => part === key[i]));
    if (!drawing) {
      drawing = this.#drawings.length < KEPT ? { canvas: new OffscreenCanvas(1, 1) } : this.#drawings.shift();
      this.#draw(Object.assign(drawing, { key, isValid: true }), sheet);
      this.#drawings.push(drawing);
    }
    return drawing.canvas;
  }

  #forget() {
    for (const drawing of this.#drawings) drawing.isValid = false;
  }

  /** Draw points as squares into a buffer: ten times as fast as one by one on the canvas. */
  #draw(drawing, sheet) {
    const { canvas, key } = drawing;
    const [width, height, lit, centroids] = key;
    if (drawing.image?.width !== width || drawing.image?.height !== height) {
      drawing.image = new ImageData(width, height);
      Object.assign(canvas, { width, height });
    }
    const words = new Uint32Array(drawing.image.data.buffer).fill(0);
    this.#fill({ words, width, height }, sheet, lit < 0 ? () => true : (i) => nearest(centroids, this.#dots.points, 3 * i) === lit);
    canvas.getContext("2d").putImageData(drawing.image, 0, 0);
  }

  #fill(target, { unit, ratio }, isLit) {
    const { points, sides, words } = this.#dots;
    const [middleX, middleY] = [target.width / 2, target.height / 2];
    const seen = this.#view.seen(points);
    for (const i of fromFarToNear(seen)) {
      const side = sides[i] * seen[4 * i + 3] * ratio;
      const [left, top] = [middleX + seen[4 * i] * unit - side / 2, middleY + seen[4 * i + 1] * unit - side / 2];
      fillSquare(target, { left, top, side }, words[i] | ((isLit(i) ? 255 : DIM) << 24));
    }
  }
}

/** Return the order of points that are seen, the farthest first; those at nearly the same depth as they come. */
function fromFarToNear(seen) {
  const slices = Uint8Array.from({ length: seen.length / 4 }, (_, i) => Math.round((2 - seen[4 * i + 2]) * 63.75));
  const ends = new Uint32Array(257);
  for (const slice of slices) ends[slice + 1]++;
  for (let slice = 0; slice < 256; slice++) ends[slice + 1] += ends[slice];
  const order = new Uint32Array(slices.length);
  slices.forEach((slice, i) => (order[ends[slice]++] = i));
  return order;
}

function nearest(centroids, points, at) {
  let [found, least] = [-1, Infinity];
  for (let j = 0; j < centroids.length; j += 3) {
    const distance = squaredDistance(points, at, centroids, j);
    if (distance < least) [found, least] = [j / 3, distance];
  }
  return found;
}

function fillSquare({ words, width, height }, { left, top, side }, word) {
  const [first, last] = [Math.max(0, Math.round(left)), Math.min(width, Math.round(left + side))];
  const end = Math.min(height, Math.round(top + side));
  for (let y = Math.max(0, Math.round(top)); y < end; y++)
    for (let at = y * width + first; at < y * width + last; at++) words[at] = word;
}
