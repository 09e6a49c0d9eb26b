// What a picture looks like with settings, before its file is made: the server's fastest answer.

import { compress } from "./server.js";
import { queryOf } from "./settings.js";

export class LivePreview {
  #picture;
  #abort = new AbortController();
  #running = Promise.resolve();
  #newest = null;

  constructor(picture) {
    this.#picture = picture;
  }

  /** Return an image to show; null if a newer call replaces this one. */
  async render(settings) {
    this.#newest = settings;
    await this.#running;
    if (this.#newest !== settings || this.#abort.signal.aborted) return null;
    const asked = this.#ask({ ...queryOf(settings), effort: "fast", format: "png" });
    this.#running = asked.catch(() => null);
    return asked;
  }

  close() {
    this.#abort.abort();
  }

  async #ask(options) {
    const { blob } = await compress(this.#picture, options, { row: "preview", signal: this.#abort.signal });
    const image = Object.assign(new Image(), { src: URL.createObjectURL(blob), alt: "Preview" });
    await image.decode();
    URL.revokeObjectURL(image.src);
    return { image };
  }
}
