// A picture with its distinct colours counted, so that what is found for a colour holds for all its pixels.

import { squaredDistance } from "./lloyd.js";

const OPAQUE = 0xff000000;

export class CountedPicture {
  #positions; // of each pixel's colour
  #alphas; // null where all pixels are opaque

  /** @param {{data: Uint8ClampedArray, width: number, height: number}} picture  as of `ImageData` */
  constructor(kernels, { data, width, height }) {
    Object.assign(this, { width, height });
    const { pixels, visible } = solidPixels(data);
    Object.assign(this, kernels.countColors(visible));
    this.#positions = positionsOf(kernels, pixels, this.colors);
    this.#alphas = alphasIn(data);
    this.visibleCount = visible.length / 3;
  }

  get colorCount() {
    return this.counts.length;
  }

  /** Whether a pixel is seen at all. */
  isVisible(pixel) {
    return !this.#alphas || this.#alphas[pixel] !== 0;
  }

  /** Return the label of each pixel, of one for each colour. */
  indices(labels) {
    return this.#spread(Uint8Array.from(labels), Uint8Array);
  }

  /** Return the coordinates of each pixel, of three for each colour. */
  points(points) {
    const positions = this.#positions; // read once: reading it for each pixel doubles the time
    const spread = new points.constructor(3 * positions.length);
    for (let i = 0, to = 0; i < positions.length; i++, to += 3) {
      const from = 3 * positions[i];
      spread[to] = points[from];
      spread[to + 1] = points[from + 1];
      spread[to + 2] = points[from + 2];
    }
    return spread;
  }

  /** Return the picture as RGBA, each colour replaced by a palette entry. */
  paintedByColor(palette, labels) {
    return this.#withAlpha(this.#spread(wordsAt(wordsOf(palette), labels), Uint32Array));
  }

  /** Return the picture as RGBA, each pixel replaced by a palette entry. */
  paintedByPixel(palette, indices) {
    return this.#withAlpha(wordsAt(wordsOf(palette), indices));
  }

  /** Return the error of palette entries, one for each pixel: the sum of squared differences over visible pixels. */
  squaredError(palette, indices) {
    const positions = this.#positions;
    let error = 0;
    for (let i = 0; i < indices.length; i++)
      if (this.isVisible(i)) error += squaredDistance(this.colors, 3 * positions[i], palette, 3 * indices[i]);
    return error;
  }

  /** Return how many visible pixels have each palette entry. */
  countsOf(indices, k) {
    const pixels = new Uint32Array(k);
    for (let i = 0; i < indices.length; i++) if (this.isVisible(i)) pixels[indices[i]] += 1;
    return pixels;
  }

  #spread(values, Kind) {
    const positions = this.#positions;
    const spread = new Kind(positions.length);
    for (let i = 0; i < spread.length; i++) spread[i] = values[positions[i]];
    return spread;
  }

  #withAlpha(painted) {
    const alphas = this.#alphas;
    if (alphas) for (let i = 0; i < painted.length; i++) painted[i] = (painted[i] & ~OPAQUE) | alphas[i];
    return new Uint8ClampedArray(painted.buffer);
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
  target[to] = source[from];
  target[to + 1] = source[from + 1];
  target[to + 2] = source[from + 2];
}

function alphasIn(data) {
  const alphas = new Uint32Array(data.buffer, data.byteOffset, data.length / 4).map((word) => word & OPAQUE);
  return alphas.every((word) => word === OPAQUE >>> 0) ? null : alphas;
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

function wordsAt(words, places) {
  const found = new Uint32Array(places.length);
  for (let i = 0; i < found.length; i++) found[i] = words[places[i]];
  return found;
}

/** Return palette entries as opaque words of RGBA. */
const wordsOf = (palette) =>
  Uint32Array.from({ length: palette.length / 3 }, (_, entry) => {
    const [r, g, b] = palette.subarray(3 * entry, 3 * entry + 3);
    return r | (g << 8) | (b << 16) | OPAQUE;
  });
