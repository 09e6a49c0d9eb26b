// The colours of a picture as weighted points, and coarser versions of them as means of cubes, as kalette.clustering does
// it.

import { CHROMA_STRETCH, pointsOf } from "./color.js";

const FIRST_SIDE = 4; // of cubes; larger cubes are made of those of half the side
const DAMPENED_SIDE = 64;
const FINE_SIDE = 16; // of dampened cubes, for few colours
const FEW_CUBES = 16;
const [FEWEST, FEW] = [8, 16]; // entries
const FINENESS = 1 << 8; // of square roots

/** How counts are dampened for k entries: the side of the cubes, and whether to divide by more (clustering/dampening.py). */
export function dampeningFor(k, colors) {
  const coarse = cubeBegins(colors, DAMPENED_SIDE).length;
  if (coarse < FEW_CUBES && 2 * coarse < k && k < 2 * cubeBegins(colors, FINE_SIDE).length) return { side: FINE_SIDE, forFew: false };
  return { side: DAMPENED_SIDE, forFew: FEWEST <= k && k <= FEW };
}

/** The space in which a palette is searched: that of the pixels, but with chroma stretched (clustering/dampening.py). */
export const searchSpace = (space) => (space === "oklab" ? "oklab-chroma" : space);

/** The colours (M x 3 bytes, in Z-order) of a picture with their counts, in a space; dampened in one with stretched chroma. */
export class Pyramid {
  #kernels;
  #colors;
  #levels = new Map();

  constructor(kernels, { colors, counts }, { space, dampening }) {
    this.#kernels = kernels;
    this.#colors = colors;
    const weights = space === "oklab-chroma" ? dampened(colors, counts, dampening) : counts;
    this.finest = kernels.cloud(pointsOf(kernels, colors, space), weights);
  }

  /** Return the means of the colours in each cube. */
  ofSide(side) {
    return this.#level(side).cloud;
  }

  release() {
    this.finest.release();
    for (const { cloud } of this.#levels.values()) cloud.release();
    this.#levels.clear();
  }

  #level(side) {
    if (!this.#levels.has(side)) {
      const finer = side > FIRST_SIDE ? this.#level(side / 2) : { colors: this.#colors, cloud: this.finest };
      this.#levels.set(side, meansOfCubes(this.#kernels, finer, side));
    }
    return this.#levels.get(side);
  }
}

/** Return the loss of a search in the space of the pixels, where chroma is not stretched. */
export function unstretchedLoss({ points, weights }, entries, { labels, loss }) {
  let chroma = 0;
  for (let i = 0; i < labels.length; i++) {
    const a = points[3 * i + 1] - entries[3 * labels[i] + 1];
    const b = points[3 * i + 2] - entries[3 * labels[i] + 2];
    chroma += weights[i] * (a * a + b * b);
  }
  return loss - chroma * (1 - 1 / CHROMA_STRETCH ** 2);
}

/** Return the first colour of each cube, and the means of the cubes; pixels count as in the finer cloud. */
function meansOfCubes(kernels, { colors, cloud }, side) {
  const begins = cubeBegins(colors, side);
  const [points, mass] = [new Float32Array(3 * begins.length), new Float64Array(begins.length)];
  const first = new Uint8Array(3 * begins.length);
  begins.forEach((begin, cube) => {
    const sums = [0, 0, 0];
    for (let i = begin; i < (begins[cube + 1] ?? cloud.size); i++) {
      mass[cube] += cloud.weights[i];
      for (let c = 0; c < 3; c++) sums[c] += cloud.weights[i] * cloud.points[3 * i + c];
    }
    points.set(sums.map((sum) => sum / mass[cube]), 3 * cube);
    first.set(colors.subarray(3 * begin, 3 * begin + 3), 3 * cube);
  });
  return { colors: first, cloud: kernels.cloud(points, mass) };
}

/** Return the place of the first colour of each cube. */
function cubeBegins(colors, side) {
  const begins = [];
  const mask = 256 - side;
  for (let at = 0; at < colors.length; at += 3) {
    let changed = at === 0 ? mask : 0;
    for (let c = 0; c < 3; c++) changed |= colors[at + c] ^ colors[at + c - 3]; // of a typed array: 0 before its begin
    if (changed & mask) begins.push(at / 3);
  }
  return begins;
}

/** Return counts, each divided by the square root of the size of its cube, for few by its power 7/8; their sum stays. */
function dampened(colors, counts, { side, forFew }) {
  const begins = cubeBegins(colors, side);
  const endOf = (cube) => begins[cube + 1] ?? counts.length;
  const factors = begins.map((begin, cube) => {
    let size = 0;
    for (let i = begin; i < endOf(cube); i++) size += Math.trunc(Math.fround(Math.fround(Math.sqrt(counts[i])) * FINENESS));
    const root = Math.sqrt(size / FINENESS);
    return 1 / (forFew ? root * Math.sqrt(root) * Math.sqrt(Math.sqrt(root)) : root);
  });
  const totals = begins.map((begin, cube) => counts.subarray(begin, endOf(cube)).reduce((sum, count) => sum + count, 0));
  const all = totals.reduce((sum, total) => sum + total, 0);
  const scale = all / totals.reduce((sum, total, cube) => sum + total * factors[cube], 0);
  const weights = Float64Array.from(counts);
  begins.forEach((begin, cube) => {
    const factor = factors[cube] * scale;
    for (let i = begin; i < endOf(cube); i++) weights[i] *= factor;
  });
  return weights;
}
