// A picture, its colours counted: K-Means on them, and its pixels mapped to palette entries.

import { Pyramid, dampeningFor, searchSpace, unstretchedLoss } from "./cloud.js";
import { bytesOf, pointsOf } from "./color.js";
import { CountedPicture } from "./counted_picture.js";
import { PerceptualPixels } from "./dithering.js";
import { runLloyd, squaredDistance } from "./lloyd.js";
import { withPinnedFirst } from "./pinned.js";
import { Random } from "./random.js";
import { QUICK, bestStart, searchedStart } from "./search.js";
import { plusPlusStart, randomStart } from "./seeding.js";

const PREVIEW_MOST_EXACT = 1 << 13;
const PREVIEW_PASSES = 4;
const COARSEST_SIDE = 16; // of cubes in the search
const [FEW, MOST_COLORS] = [16, 256]; // each with weights of its own
const CLOUD_SIDE = 8; // of cubes, that stand for the colours in a drawing
const LUMA = [299, 587, 114];

export class Quantizer {
  #kernels;
  #picture;
  #pyramids = new Map();
  #spaces = new Map();

  /** @param {{data: Uint8ClampedArray, width: number, height: number}} picture  as of `ImageData` */
  constructor(kernels, picture) {
    this.#kernels = kernels;
    this.#picture = new CountedPicture(kernels, picture);
  }

  get size() {
    const { width, height, colorCount } = this.#picture;
    return { width, height, colorCount };
  }

  /**
   * Find k colours quickly, those to keep (m x 3 bytes) among them, or take those of a palette (n x 3 bytes), and map all
   * pixels to the nearest.
   */
  preview(settings) {
    const { palette, labels } = this.#found(settings);
    return this.#shown(palette, {
      pixels: this.#picture.paintedByColor(palette, labels),
      counts: this.#countsOf({ palette, labels }),
      error: this.#squaredErrorOf({ palette, labels }),
    });
  }

  /** Make what a preview with another number of colours needs, before it is asked for. */
  prepare(space) {
    for (const k of [FEW, MOST_COLORS]) this.#pyramid(searchSpace(space), k).ofSide(COARSEST_SIDE);
  }

  /** Do the same, dithered as a file would be; null where that changes nothing, or a newer request came. */
  async dithered(settings, isWanted) {
    const { palette, loss } = this.#found(settings);
    const meanLoss = loss / this.#picture.visibleCount;
    const indices = loss > 0 && (await this.#perceptual(settings.space).dithered(palette, settings, { meanLoss, isWanted }));
    if (!indices) return null;
    return this.#shown(palette, {
      pixels: this.#picture.paintedByPixel(palette, indices),
      counts: this.#picture.countsOf(indices, palette.length / 3),
      error: this.#picture.squaredError(palette, indices),
    });
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

  /** Return a palette, the label of each colour, and the loss. */
  #found({ k = MOST_COLORS, space = "oklab", palette = null, kept = null }) {
    if (palette) return { palette, ...this.#assigned(palette, space) };
    const searched = searchSpace(space);
    return this.#withoutUnused(this.#quick(k, searched, kept ?? new Uint8Array()), searched, kept);
  }

  #quick(k, space, kept) {
    const all = withEach(kept, this.#picture.colors, k);
    if (all) return byLuma(all);
    const pyramid = this.#pyramid(space, k);
    const exact = this.size.colorCount <= PREVIEW_MOST_EXACT;
    const cloud = exact ? pyramid.finest : pyramid.ofSide(QUICK.leastSide);
    const pinned = kept.length / 3;
    const start = withPinnedFirst(pointsOf(this.#kernels, kept, space), searchedStart(pyramid, k, QUICK));
    const { centroids } = runLloyd(cloud, start, { maxIter: PREVIEW_PASSES, pinned }).at(-1);
    const palette = bytesOf(centroids, space);
    palette.set(kept);
    return byLuma(palette);
  }

  /** Assign each colour to the nearest entry of a space; the loss is that of the pixels' space. */
  #assigned(palette, space) {
    const cloud = this.#pyramid(space, palette.length / 3).finest;
    const entries = pointsOf(this.#kernels, palette, space);
    const found = cloud.assign(entries);
    return space === "oklab-chroma" ? { ...found, loss: unstretchedLoss(cloud, entries, found) } : found;
  }

  #withoutUnused(palette, space, kept = null) {
    const { labels, mass, loss } = this.#assigned(palette, space);
    const stays = new Set(Array.from({ length: (kept?.length ?? 0) / 3 }, (_, entry) => wordOf(kept, entry)));
    const used = Array.from(mass.keys()).filter((entry) => mass[entry] > 0 || stays.has(wordOf(palette, entry)));
    const places = new Int32Array(mass.length);
    used.forEach((entry, place) => (places[entry] = place));
    for (let color = 0; color < labels.length; color++) labels[color] = places[labels[color]];
    return { palette: entriesOf(palette, used), labels, loss };
  }

  #countsOf({ palette, labels }) {
    const { counts } = this.#picture;
    const pixels = new Uint32Array(palette.length / 3);
    for (let color = 0; color < labels.length; color++) pixels[labels[color]] += counts[color];
    return pixels;
  }

  #squaredErrorOf({ palette, labels }) {
    const { colors, counts } = this.#picture;
    let error = 0;
    for (let color = 0; color < labels.length; color++)
      error += counts[color] * squaredDistance(colors, 3 * color, palette, 3 * labels[color]);
    return error;
  }

  #shown(palette, { pixels, counts, error }) {
    const psnrDb = 10 * Math.log10((255 * 255 * 3 * this.#picture.visibleCount) / error);
    return { palette, pixels, counts, psnrDb };
  }

  #perceptual(space) {
    if (!this.#spaces.has(space)) this.#spaces.set(space, new PerceptualPixels(this.#kernels, this.#picture, space));
    return this.#spaces.get(space);
  }

  #pyramid(space, k = MOST_COLORS) {
    const dampening = space === "oklab-chroma" ? dampeningFor(k, this.#picture.colors) : undefined;
    const key = `${space} ${dampening?.side} ${dampening?.forFew}`;
    if (!this.#pyramids.has(key)) this.#pyramids.set(key, new Pyramid(this.#kernels, this.#picture, { space, dampening }));
    return this.#pyramids.get(key);
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
const wordOf = (palette, entry) => (palette[3 * entry] << 16) | (palette[3 * entry + 1] << 8) | palette[3 * entry + 2];

/** Return distinct colours and those to keep, if there are at most k of them; else null. */
function withEach(kept, colors, k) {
  if (colors.length / 3 > k) return null;
  const words = new Set([kept, colors].flatMap((each) => Array.from({ length: each.length / 3 }, (_, i) => wordOf(each, i))));
  return words.size > k ? null : Uint8Array.from([...words].flatMap((word) => [word >> 16, (word >> 8) & 255, word & 255]));
}
