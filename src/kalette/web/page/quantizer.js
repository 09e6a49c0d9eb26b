// A picture, its colours counted: K-Means on them, and its pixels mapped to palette entries.

import { Pyramid } from "./cloud.js";
import { bytesOf, pointsOf } from "./color.js";
import { CountedPicture } from "./counted_picture.js";
import { runLloyd, squaredDistance } from "./lloyd.js";
import { Random } from "./random.js";
import { QUICK, bestStart, searchedStart } from "./search.js";
import { plusPlusStart, randomStart } from "./seeding.js";

const PREVIEW_MOST_EXACT = 1 << 13;
const PREVIEW_PASSES = 4;
const CLOUD_SIDE = 8; // of cubes, that stand for the colours in a drawing
const LUMA = [299, 587, 114];

export class Quantizer {
  #kernels;
  #picture;
  #pyramids = new Map();

  /** @param {{data: Uint8ClampedArray, width: number, height: number}} picture  as of `ImageData` */
  constructor(kernels, picture) {
    this.#kernels = kernels;
    this.#picture = new CountedPicture(kernels, picture);
  }

  get size() {
    const { width, height, colorCount } = this.#picture;
    return { width, height, colorCount };
  }

  /** Find k colours quickly, or take those of a palette (n x 3 bytes), and map all pixels to the nearest. */
  preview({ k = 256, space = "oklab", palette = null }) {
    const found = palette ? { palette, ...this.#assigned(palette, space) } : this.#withoutUnused(this.#quick(k, space), space);
    return {
      palette: found.palette,
      pixels: this.#picture.paintedByColor(found.palette, found.labels),
      counts: this.#countsOf(found),
      psnrDb: this.#psnrDbOf(found),
    };
  }

  /** Return the index of the entry nearest to each pixel, and the palette, sorted by luma, without unused entries. */
  mapped(centroids, space) {
    const { palette, labels } = this.#withoutUnused(byLuma(bytesOf(centroids, space)), space);
    return { palette, indices: this.#picture.indices(labels) };
  }

  /** Run Lloyd's algorithm in sRGB from a start: "random", "k-means++" or "search", or given centroids. */
  run({ k, init, seed = 0, centroids = null }) {
    return runLloyd(this.#pyramid("srgb").finest, centroids ?? this.#start(init, k, new Random(seed)));
  }

  /** Return the index of the centroid nearest to each pixel. */
  indicesOf(centroids) {
    return this.#picture.indices(this.#pyramid("srgb").finest.assign(centroids).labels);
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
    if (k >= this.size.colorCount) return byLuma(this.#picture.colors);
    const pyramid = this.#pyramid(space);
    const exact = this.size.colorCount <= PREVIEW_MOST_EXACT;
    const cloud = exact ? pyramid.finest : pyramid.ofSide(QUICK.leastSide);
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

  #countsOf({ palette, labels }) {
    const { counts } = this.#picture;
    const pixels = new Uint32Array(palette.length / 3);
    for (let color = 0; color < labels.length; color++) pixels[labels[color]] += counts[color];
    return pixels;
  }

  #psnrDbOf({ palette, labels }) {
    const { colors, counts } = this.#picture;
    let [error, pixels] = [0, 0];
    for (let color = 0; color < labels.length; color++) {
      error += counts[color] * squaredDistance(colors, 3 * color, palette, 3 * labels[color]);
      pixels += counts[color];
    }
    return 10 * Math.log10((255 * 255 * 3 * pixels) / error);
  }

  #pyramid(space) {
    if (!this.#pyramids.has(space)) this.#pyramids.set(space, new Pyramid(this.#kernels, this.#picture, space));
    return this.#pyramids.get(space);
  }
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
