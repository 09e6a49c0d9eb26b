// What a picture looks like with settings, before its file is made.

import { make } from "./elements.js";
import { openPreview } from "./kmeans.js";

export class LivePreview {
  #opening;

  constructor({ file, name }) {
    this.#opening = openPreview(file).catch((reason) => {
      throw new Error(`This browser cannot decode ${name}; convert it to PNG or JPEG first.`, { cause: reason });
    });
    this.#opening.catch(() => {}); // `render` tells of it
  }

  /** Return a canvas, the colours with their shares, and the PSNR; null if a newer call replaces this one. */
  async render(settings) {
    const preview = await this.#opening;
    return drawn(await preview.render(asked(settings)), settings, preview);
  }

  /** Return the same, dithered; null where that changes nothing, or a newer call replaces this one. */
  async dithered(settings) {
    const preview = await this.#opening;
    const { dither, effort } = settings;
    return drawn(await preview.dithered({ ...asked(settings), dither, effort }), settings, preview);
  }

  async close() {
    (await this.#opening.catch(() => null))?.close();
  }
}

/** Return the settings as K-Means in the page takes them; it knows opaque colours only. */
function asked({ k, space, palette, keep_colors: kept }) {
  const bytesOf = (codes) => Uint8Array.from(codes.filter(isOpaque).flatMap(channelsOf));
  return {
    k,
    space: space === "srgb" ? "srgb" : "oklab",
    palette: palette.length ? bytesOf(palette) : undefined,
    kept: bytesOf(kept),
  };
}

const drawn = (shown, { palette }, preview) =>
  shown && {
    canvas: canvasOf(shown.pixels, preview),
    swatches: swatchesIn(shown, palette.length > 0),
    psnrDb: shown.psnrDb,
  };

function canvasOf(pixels, { width, height }) {
  const canvas = make("canvas", { width, height, role: "img", "aria-label": "Preview" });
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

/** Return the colours with their shares: in the order of a fixed palette, else the most frequent first. */
function swatchesIn({ palette, counts }, isFixed) {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const swatches = Array.from(counts, (count, place) => {
    const channels = Array.from(palette.subarray(3 * place, 3 * place + 3));
    return { code: `#${channels.map((each) => each.toString(16).padStart(2, "0")).join("")}`, share: count / total };
  });
  return isFixed ? swatches : swatches.sort((a, b) => b.share - a.share);
}

const isOpaque = (code) => code.length === 7;
const channelsOf = (code) =>
  code
    .slice(1, 7)
    .match(/../g)
    .map((part) => parseInt(part, 16));
