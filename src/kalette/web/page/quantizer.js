// A picture, its colours counted: K-Means on them, and its pixels mapped to palette entries.

import { Pyramid } from "./cloud.js";
import { bytesOf, pointsOf } from "./color.js";
import { runLloyd, squaredDistance } from "./lloyd.js";
import { Random } from "./random.js";
import { QUICK, bestStart, searchedStart } from "./search.js";
import { plusPlusStart, randomStart } from "./seeding.js";

const PREVIEW_SIDE = 4; // of cubes, on which the preview runs K-Means where there are many colours
const PREVIEW_MOST_EXACT = 1 << 13;
const PREVIEW_PASSES = 4;
const CLOUD_SIDE = 8; // of cubes, that stand for the colours in a drawing
const LUMA = [299, 587, 114];

export class Quantizer {
  #kernels;
  #picture;
  #positions;
  #histogram;
  #pyramids = new Map();

  /** @param {{data: Uint8ClampedArray, width: number, height: number}} picture  as of `ImageData` */
  constructor(kernels, picture) {
    this.#kernels = kernels;
    this.#picture = picture;
    const { pixels, visible } = solidPixels(picture.data);
    this.#histogram = kernels.countColors(visible);
    this.#positions = positionsOf(kernels, pixels, this.#histogram.colors);
  }

  get size() {
    const { width, height } = this.#picture;
    return { width, height, colorCount: this.#histogram.counts.length };
  }

  /** Find k colours quickly, or take those of a palette (n x 3 bytes), and map all pixels to the nearest. */
  preview({ k = 256, space = "oklab", palette = null }) {
    const found = palette ? { palette, ...this.#assigned(palette, space) } : this.#withoutUnused(this.#quick(k, space), space);
    return {
      palette: found.palette,
      pixels: this.#painted(found),
      counts: this.#countsOf(found),
      psnrDb: this.#psnrDbOf(found),
    };
  }

  /** Return the index of the entry nearest to each pixel, and the palette, sorted by luma, without unused entries. */
  mapped(centroids, space) {
    const { palette, labels } = this.#withoutUnused(byLuma(bytesOf(centroids, space)), space);
    return { palette, indices: this.#indices(labels) };
  }

  /** Run Lloyd's algorithm in sRGB from a start: "random", "k-means++" or "search", or given centroids. */
  run({ k, init, seed = 0, centroids = null }) {
    return runLloyd(this.#pyramid("srgb").finest, centroids ?? this.#start(init, k, new Random(seed)));
  }

  /** Return the index of the centroid nearest to each pixel. */
  indicesOf(centroids) {
    return this.#indices(this.#pyramid("srgb").finest.assign(centroids).labels);
  }

  /** Return points that stand for all colours, with their weights. */
  cloud() {
    const { points, weights } = this.#pyramid("srgb").ofSide(CLOUD_SIDE);
    return { points: points.slice(), weights: weights.slice() };
  }

  #start(init, k, random) {
    const pyramid = this.#pyramid("srgb");
    if (init === "search") return bestStart(pyramid, k);
    return (init === "random" ? randomStart : plusPlusStart)(pyramid.finest, k, random);
  }

  #quick(k, space) {
    if (k >= this.size.colorCount) return byLuma(this.#histogram.colors);
    const pyramid = this.#pyramid(space);
    const exact = this.size.colorCount <= PREVIEW_MOST_EXACT;
    const cloud = exact ? pyramid.finest : pyramid.ofSide(PREVIEW_SIDE);
    const passes = runLloyd(cloud, searchedStart(pyramid, k, QUICK), { maxIter: PREVIEW_PASSES });
    return byLuma(bytesOf(passes.at(-1).centroids, space));
  }

  #assigned(palette, space) {
    return this.#pyramid(space).finest.assign(pointsOf(this.#kernels, palette, space));
  }

  #withoutUnused(palette, space) {
    const { labels, mass } = this.#assigned(palette, space);
    const used = Array.from(mass.keys()).filter((entry) => mass[entry] > 0);
    const places = new Int32Array(mass.length);
    used.forEach((entry, place) => (places[entry] = place));
    for (let color = 0; color < labels.length; color++) labels[color] = places[labels[color]];
    return { palette: entriesOf(palette, used), labels };
  }

  #painted({ palette, labels }) {
    const { data } = this.#picture;
    const positions = this.#positions; // read once: reading it for each pixel doubles the time
    const entries = Array.from({ length: palette.length / 3 }, (_, entry) => wordOf(palette, entry));
    const colors = new Uint32Array(labels.length);
    for (let color = 0; color < colors.length; color++) colors[color] = entries[labels[color]];
    const painted = new Uint32Array(positions.length);
    const alphas = new Uint32Array(data.buffer, data.byteOffset, painted.length);
    for (let i = 0; i < painted.length; i++) painted[i] = colors[positions[i]] | (alphas[i] & 0xff000000);
    return new Uint8ClampedArray(painted.buffer);
  }

  #indices(labels) {
    const positions = this.#positions;
    const indices = new Uint8Array(positions.length);
    for (let i = 0; i < indices.length; i++) indices[i] = labels[positions[i]];
    return indices;
  }

  #countsOf({ palette, labels }) {
    const { counts } = this.#histogram;
    const pixels = new Uint32Array(palette.length / 3);
    for (let color = 0; color < labels.length; color++) pixels[labels[color]] += counts[color];
    return pixels;
  }

  #psnrDbOf({ palette, labels }) {
    const { colors, counts } = this.#histogram;
    let [error, pixels] = [0, 0];
    for (let color = 0; color < labels.length; color++) {
      error += counts[color] * squaredDistance(colors, 3 * color, palette, 3 * labels[color]);
      pixels += counts[color];
    }
    return 10 * Math.log10((255 * 255 * 3 * pixels) / error);
  }

  #pyramid(space) {
    if (!this.#pyramids.has(space)) this.#pyramids.set(space, new Pyramid(this.#kernels, this.#histogram, space));
    return this.#pyramids.get(space);
  }
}

/** Return all pixels without alpha, and the visible ones; clear pixels take the colour of the first visible one. */
function solidPixels(data) {
  const [pixels, visible] = [new Uint8Array((data.length / 4) * 3), new Uint8Array((data.length / 4) * 3)];
  let end = 0;
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    copyColor(data, from, pixels, to);
    if (data[from + 3] > 0) copyColor(data, from, visible, (end += 3) - 3);
  }
  if (end === pixels.length || end === 0) return { pixels, visible: pixels };
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3)
    if (data[from + 3] === 0) copyColor(visible, 0, pixels, to);
  return { pixels, visible: visible.subarray(0, end) };
}

function copyColor(source, from, target, to) {
  for (let c = 0; c < 3; c++) target[to + c] = source[from + c];
}

/** Return for each pixel the place of its colour: the kernel gives one byte of it at a time. */
function positionsOf(kernels, pixels, colors) {
  const positions = new Uint32Array(pixels.length / 3);
  for (let shift = 0; colors.length / 3 > 2 ** shift; shift += 8) {
    const bytes = Uint8Array.from({ length: colors.length / 3 }, (_, place) => place >>> shift);
    const found = kernels.mapColors(pixels, colors, bytes);
    for (let i = 0; i < positions.length; i++) positions[i] |= found[i] << shift;
  }
  return positions;
}

/** Sort colours from dark to light, as in a file. */
function byLuma(palette) {
  const keysOf = (entry) => {
    const [r, g, b] = palette.subarray(3 * entry, 3 * entry + 3);
    return [LUMA[0] * r + LUMA[1] * g + LUMA[2] * b, b, g, r];
  };
  const keys = Array.from({ length: palette.length / 3 }, (_, entry) => keysOf(entry));
  const compare = (a, b) => keys[a].map((key, i) => key - keys[b][i]).find((difference) => difference !== 0) ?? a - b;
  return entriesOf(palette, Array.from(keys.keys()).sort(compare));
}

const entriesOf = (palette, places) => Uint8Array.from(places.flatMap((entry) => Array.from(palette.subarray(3 * entry, 3 * entry + 3))));
const wordOf = (palette, entry) => palette[3 * entry] | (palette[3 * entry + 1] << 8) | (palette[3 * entry + 2] << 16);
