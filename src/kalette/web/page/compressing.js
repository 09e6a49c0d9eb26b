// Makes the files of all pictures, that of the one in view first; newer settings end what goes on.

import { compress } from "./server.js";

const LANES = ["first", "second"]; // requests side by side

export class Compressing {
  #abort = new AbortController();
  #timer = 0;
  #onChange;

  /** Call a function with each picture whose file is made, or cannot be. */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** Begin anew, after a pause in which further settings may come. */
  start(pictures, options, pauseMs = 0) {
    this.stop();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const query = String(new URLSearchParams(options));
    const open = pictures.filter((picture) => picture.result?.query !== query);
    this.#timer = setTimeout(() => this.#run(open, { options, query, signal }), pauseMs);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  /** Make the first alone, as somebody waits for it; then the others, each when a lane is free. */
  async #run([first, ...others], job) {
    if (first) await this.#make(first, { ...job, row: LANES[0] });
    const queue = others.values(); // of both lanes
    await Promise.all(LANES.map((row) => this.#lane(queue, { ...job, row })));
  }

  async #lane(pictures, job) {
    for (const picture of pictures) await this.#make(picture, job);
  }

  async #make(picture, { options, query, signal, row }) {
    if (signal.aborted) return;
    try {
      const answer = await compress(picture, options, { row, signal });
      await picture.take(answer, query);
    } catch (problem) {
      if (signal.aborted || problem.kind === "abandoned") return;
      picture.fail(problem.message);
    }
    if (!signal.aborted) this.#onChange(picture);
  }
}
