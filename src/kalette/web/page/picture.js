// A picture of the list: its file, how it looks, and what has become of it.

const MOST_COUNTED = 1_000_000; // pixels

/** @typedef {{query: string, blob: Blob, address: string, image: HTMLImageElement, shares: number[]}} Result */

export class Picture {
  constructor(file) {
    this.file = file;
    this.name = file.name || "pasted.png";
    this.address = URL.createObjectURL(file);
    this.id = null; // of the server, once it has the picture
    this.result = null;
    this.problem = "";
  }

  /** Decode the picture; null where this browser knows no such file (TIFF, HEIC). */
  async open() {
    this.image = await imageAt(this.address, `${this.name} before`).catch(() => null);
  }

  /** Take the answer of the server as the result for a query. */
  async take(answer, query) {
    const address = URL.createObjectURL(answer.blob);
    const image = await imageAt(address, `${this.name} after, in ${answer.colorsUsed} colours`);
    this.#forgetResult();
    this.problem = "";
    this.result = { ...answer, query, address, image, shares: sharesIn(image, answer.palette) };
  }

  /** Give up the result, for a sentence that says why. */
  fail(sentence) {
    this.#forgetResult();
    this.problem = sentence;
  }

  close() {
    this.#forgetResult();
    URL.revokeObjectURL(this.address);
  }

  #forgetResult() {
    if (this.result) URL.revokeObjectURL(this.result.address);
    this.result = null;
  }
}

async function imageAt(address, alt) {
  const image = Object.assign(new Image(), { src: address, alt });
  await image.decode();
  return image;
}

/** Return the share of each colour; of a large picture, among a million of its pixels. */
function sharesIn(image, palette) {
  const scale = Math.min(1, Math.sqrt(MOST_COUNTED / (image.naturalWidth * image.naturalHeight)));
  const width = Math.max(1, Math.round(image.naturalWidth * scale));
  const height = Math.max(1, Math.round(image.naturalHeight * scale));
  const canvas = new OffscreenCanvas(Math.max(width, palette.length), height + 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.putImageData(entriesOf(palette), 0, height); // the canvas rounds colours with alpha: theirs, too
  context.imageSmoothingEnabled = false;
  context.drawImage(image, 0, 0, width, height);
  const counts = new Map();
  for (const pixel of pixelsOf(context, 0, 0, width, height)) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const entries = Array.from(pixelsOf(context, 0, height, palette.length, 1));
  return entries.map((entry) => (counts.get(entry) ?? 0) / (width * height));
}

function entriesOf(palette) {
  const entries = new ImageData(palette.length, 1);
  entries.data.set(palette.flatMap(channelsOf));
  return entries;
}

const pixelsOf = (context, ...area) => new Uint32Array(context.getImageData(...area).data.buffer);

/** Return red, green, blue and alpha of a colour code. */
const channelsOf = (code) =>
  (code.slice(1) + (code.length < 9 ? "ff" : "")).match(/../g).map((part) => parseInt(part, 16));
