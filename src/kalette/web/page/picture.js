// A picture of the list: its file, how it looks, and what has become of it.

import { make } from "./elements.js";

/**
 * `before` is the animation that came in, of an address of its own, so that it begins together with that of the result.
 * @typedef {{query: string, blob: Blob, address: string, image: HTMLImageElement, before?: HTMLImageElement, firstFrame?: HTMLCanvasElement}} Result
 */

export class Picture {
  constructor(file) {
    this.file = file;
    this.name = file.name || "pasted.png";
    this.address = URL.createObjectURL(file);
    this.id = null; // of the server, once it has the picture
    this.result = null;
    this.problem = "";
    this.isMoving = false; // until the server has found frames
    this.firstFrame = null; // of an animation
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
    this.isMoving = answer.frames > 1;
    this.result = { ...answer, query, address, image };
    if (!this.isMoving) return;
    this.firstFrame ??= await firstFrameOf(this.file);
    Object.assign(this.result, { firstFrame: await firstFrameOf(answer.blob), before: await this.#begunAnew() });
  }

  async #begunAnew() {
    const address = URL.createObjectURL(this.file);
    const image = await imageAt(address, `${this.name} before`);
    URL.revokeObjectURL(address);
    return image;
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

async function firstFrameOf(file) {
  const bitmap = await createImageBitmap(file);
  const canvas = make("canvas", { width: bitmap.width, height: bitmap.height, role: "img", "aria-label": "First frame" });
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  return canvas;
}

async function imageAt(address, alt) {
  const image = Object.assign(new Image(), { src: address, alt });
  await image.decode();
  return image;
}
