// Dithering of a whole picture, as kalette.mapping does it, but without rate-distortion optimisation.

import { LIGHTNESS, rounded, sixteenthsOf } from "./color.js";
import { BLUE_NOISE, bayer, loadBlueNoise, offsetsOf } from "./masks.js";

const BAND_ROWS = 256; // between two of them, a newer request may come
const RUN_UP_ROWS = 16; // diffused before a band and left out, to hide its border
const FADING_STRENGTH = 0.75; // up to which errors fade within the run-up
const CONTRAST = 48; // of threshold masks, in 256ths

// Of diffusion (mapping/policy.py).
const [TEXTURED_STRENGTH, FLAT_STRENGTH] = [0.75, 0.55];
const [VISIBLE, STRONGLY_VISIBLE] = [50, 90];
const [SMALL_STRENGTH, SMALL] = [0.5, 1 << 15];

// Of activity masking (mapping/activity_masking.py).
const WEIGHT_UNIT = 16;
const [FLAT, TEXTURED] = [10, 200];
const MAX_FLAT_WEIGHT = 50;
const MIN_MEAN_ACTIVITY = 25;
const ACTIVITIES = 1 << 13;
const STRIP_ROWS = 64;
const SAMPLE_PIXELS = 1 << 20;
const [MOST_DENSE_PIXELS, STEP] = [1 << 18, 3];

/** A picture in a working space, with what dithering needs to know of it. */
export class PerceptualPixels {
  #kernels;
  #picture;

  /** @param {CountedPicture} picture */
  constructor(kernels, picture, space) {
    this.#kernels = kernels;
    this.#picture = picture;
    this.space = space;
    this.points = picture.points(sixteenthsOf(kernels, picture.colors, space));
    this.activity = kernels.activity(this.points, picture, LIGHTNESS[space]);
  }

  /**
   * Return the palette entry of each pixel; null where plain nearest mapping serves, or a newer request came.
   * @param {Uint8Array} palette  k x 3
   * @param {{dither: string, effort: string}} settings
   * @param {{meanLoss: number, isWanted: () => Promise<boolean>}} known  the loss per pixel with this palette
   */
  async dithered(palette, { dither, effort }, { meanLoss, isWanted }) {
    const entries = sixteenthsOf(this.#kernels, palette, this.space);
    if (dither === "ordered") return this.#byMask(entries, bayer(), isWanted);
    if (dither === BLUE_NOISE) return this.#byMask(entries, await loadBlueNoise(), isWanted);
    const strengths = this.#strengths(dither, effort, meanLoss);
    return strengths && this.#diffused(entries, strengths, isWanted);
  }

  /** Return the shares of an error that are diffused in flat and in textured areas; null for none. */
  #strengths(dither, effort, meanLoss) {
    if (dither === "diffusion") return { flat: 1, textured: 1 };
    if (dither !== "auto" || effort === "fast") return null;
    const { width, height } = this.#picture;
    if (width * height <= SMALL) return { flat: SMALL_STRENGTH, textured: SMALL_STRENGTH };
    const visible = (meanLoss * this.#meanWeight() - VISIBLE) / (STRONGLY_VISIBLE - VISIBLE);
    const share = Math.min(Math.max(visible, 0), 1);
    return { flat: FLAT_STRENGTH + share * (TEXTURED_STRENGTH - FLAT_STRENGTH), textured: TEXTURED_STRENGTH };
  }

  /** Return the mean weight of an error over visible pixels, from strips of the picture. */
  #meanWeight() {
    const { width, height } = this.#picture;
    const strips = Math.max(1, Math.trunc(SAMPLE_PIXELS / (STRIP_ROWS * width)));
    const apart = Math.max(STRIP_ROWS, Math.trunc(height / strips));
    const step = width * height <= MOST_DENSE_PIXELS ? 1 : STEP;
    let [weight, pixels] = [0, 0];
    for (let top = 0; top < height; top += apart)
      for (let y = top; y < Math.min(top + STRIP_ROWS, height); y += step)
        for (let i = y * width; i < (y + 1) * width; i += step) {
          if (!this.#picture.isVisible(i)) continue;
          weight += weightOf(Math.max(this.activity[i], MIN_MEAN_ACTIVITY));
          pixels += 1;
        }
    return weight / (Math.max(pixels, 1) * WEIGHT_UNIT);
  }

  async #diffused(entries, { flat, textured }, isWanted) {
    const table = strengthTable(flat, textured);
    const strengths = Uint8Array.from(this.activity, (activity) => table[activity]);
    for (let i = 0; i < strengths.length; i++) if (!this.#picture.isVisible(i)) strengths[i] = 0;
    const { width, height } = this.#picture;
    const isWhole = height <= BAND_ROWS || textured > FADING_STRENGTH;
    const bands = isWhole ? 1 : 2 * Math.ceil(height / (2 * BAND_ROWS));
    const borders = Array.from({ length: bands + 1 }, (_, band) => Math.trunc((height * band) / bands));
    return this.#inBands(borders, isWanted, (begin, end) => {
      const first = Math.max(begin - RUN_UP_ROWS, 0);
      const shares = strengths.subarray(first * width, end * width);
      return this.#kernels
        .diffuse(this.#pointsOf(first, end), shares, { height: end - first, width }, entries)
        .subarray((begin - first) * width);
    });
  }

  /** Map by a mask. Entries are sorted by lightness, so that the lighter of two is at the same places everywhere. */
  #byMask(entries, ranks, isWanted) {
    const lightness = (entry) => entries[3 * entry + LIGHTNESS[this.space]];
    const order = Array.from({ length: entries.length / 3 }, (_, entry) => entry);
    order.sort((a, b) => lightness(a) - lightness(b) || a - b);
    const sorted = Int16Array.from(order.flatMap((entry) => Array.from(entries.subarray(3 * entry, 3 * entry + 3))));
    const offsets = offsetsOf(ranks);
    const { width, height } = this.#picture;
    const bands = Math.ceil(height / BAND_ROWS); // of full height, so that masks go on from one to the next
    const borders = Array.from({ length: bands + 1 }, (_, band) => Math.min(BAND_ROWS * band, height));
    return this.#inBands(borders, isWanted, (begin, end) => {
      const palette = { entries: sorted, contrast: CONTRAST };
      const size = { height: end - begin, width };
      return this.#kernels.mapThreshold(this.#pointsOf(begin, end), size, offsets, palette).map((entry) => order[entry]);
    });
  }

  #pointsOf(begin, end) {
    return this.points.subarray(3 * begin * this.#picture.width, 3 * end * this.#picture.width);
  }

  async #inBands(borders, isWanted, map) {
    const { width, height } = this.#picture;
    const indices = new Uint8Array(width * height);
    for (let band = 0; band < borders.length - 1; band++) {
      if (!(await isWanted())) return null;
      indices.set(map(borders[band], borders[band + 1]), borders[band] * width);
    }
    return indices;
  }
}

/** Return the weight of a squared error where the activity is such, in units of `WEIGHT_UNIT`. */
function weightOf(activity) {
  const weight = Math.trunc((WEIGHT_UNIT * TEXTURED) / Math.max(activity, 1));
  return Math.min(Math.max(weight, WEIGHT_UNIT), WEIGHT_UNIT * MAX_FLAT_WEIGHT);
}

/** Return the diffusion strength for each activity, in 255ths. */
function strengthTable(flat, textured) {
  return Uint8Array.from({ length: ACTIVITIES }, (_, activity) => {
    const texture = Math.min(Math.max((activity - FLAT) / (TEXTURED - FLAT), 0), 1);
    return rounded((flat + (textured - flat) * texture) * 255);
  });
}
