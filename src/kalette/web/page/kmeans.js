// K-Means in the page: a picture in a worker, which answers while the page stays responsive.

const MOST_PIXELS = 1 << 20;

/**
 * Count the colours of a picture; a large one is sampled down.
 * @param {ImageBitmapSource} source  a file, an image, a canvas
 * @param {{mostPixels?: number}} [options]
 * @returns {Promise<Preview>}
 */
export async function openPreview(source, { mostPixels = MOST_PIXELS } = {}) {
  return new Preview(...(await opened(source, mostPixels)));
}

/** Open a picture to watch K-Means on it; see `Study`. */
export async function openStudy(source, { mostPixels }) {
  return new Study(...(await opened(source, mostPixels)));
}

async function opened(source, mostPixels) {
  const bitmap = await createImageBitmap(source);
  const worker = new Client();
  try {
    return [worker, await worker.ask("open", { bitmap, mostPixels }, [bitmap])];
  } catch (problem) {
    worker.close();
    throw problem;
  }
}

/** A picture with few colours: without dithering as quick as a slider, then dithered. */
export class Preview {
  #worker;
  #waiting = null;
  #busy = false;

  constructor(worker, { width, height, colorCount }) {
    this.#worker = worker;
    Object.assign(this, { width, height, colorCount });
  }

  /**
   * Find k colours, with those to keep (m x 3 bytes), and map each pixel to the nearest, or to the nearest of a palette
   * (n x 3 bytes) in its order. A call that still waits is replaced by the next, and gives null.
   * @param {{k?: number, space?: "oklab"|"srgb", palette?: Uint8Array, kept?: Uint8Array}} settings
   * @returns {Promise<null | {pixels: Uint8ClampedArray, palette: Uint8Array, counts: Uint32Array, psnrDb: number}>}
   */
  render(settings) {
    this.#waiting?.give(null);
    return new Promise((give, fail) => {
      this.#waiting = { settings, give, fail };
      this.#work();
    });
  }

  /**
   * Do the same, dithered as a file would be, but for rate-distortion optimisation; null where that changes nothing. Any
   * newer call ends it, with null.
   * @param {{k?: number, space: "oklab"|"srgb", palette?: Uint8Array, kept?: Uint8Array, dither: string, effort: string}} settings
   */
  dithered(settings) {
    return this.#worker.ask("dithered", settings);
  }

  close() {
    this.#waiting?.give(null);
    this.#waiting = null;
    this.#worker.close();
  }

  async #work() {
    if (this.#busy || !this.#waiting) return;
    const { settings, give, fail } = this.#waiting;
    [this.#waiting, this.#busy] = [null, true];
    await this.#worker.ask("preview", settings).then(give, fail);
    this.#busy = false;
    this.#work();
  }
}

/** A picture on which to watch Lloyd's algorithm, in sRGB. Centroids are k x 3 float64. */
export class Study {
  #worker;

  constructor(worker, { width, height, colorCount, data }) {
    this.#worker = worker;
    Object.assign(this, { width, height, colorCount, data });
  }

  /**
   * Run Lloyd's algorithm to its end, from a start or from given centroids.
   * @param {{k: number, init: "random"|"k-means++"|"search", seed?: number} | {centroids: Float64Array}} settings
   * @returns {Promise<Array<{centroids: Float64Array, mass: Float64Array, loss: number, changed: number, shift: number}>>}
   */
  run(settings) {
    return this.#worker.ask("run", settings);
  }

  /** Return the index of the centroid nearest to each pixel. */
  indicesOf(centroids) {
    return this.#worker.ask("indicesOf", { centroids });
  }

  /** Return the palette of centroids, and the index of each pixel in it, as they stand in a file. */
  mapped(centroids, space = "srgb") {
    return this.#worker.ask("mapped", { centroids, space });
  }

  /** Return points (n x 3) that stand for all colours, and their weights. */
  cloud() {
    return this.#worker.ask("cloud");
  }

  /** Return the picture of low rank that takes so many bytes; null where not even rank 1 does. */
  lowRank(sizeBytes) {
    return this.#worker.ask("lowRank", { sizeBytes });
  }

  close() {
    this.#worker.close();
  }
}

/** Questions to a worker, each with its answer. */
class Client {
  #worker = new Worker(new URL("kmeans_worker.js", import.meta.url), { type: "module" });
  #asked = new Map();
  #last = 0;

  constructor() {
    this.#worker.addEventListener("message", ({ data }) => this.#answer(data));
    this.#worker.addEventListener("error", () => this.#fail("The page's worker could not start; reload the page."));
  }

  ask(method, settings, transfer = []) {
    const id = ++this.#last;
    return new Promise((give, fail) => {
      this.#asked.set(id, { give, fail });
      this.#worker.postMessage({ id, method, settings }, transfer);
    });
  }

  close() {
    this.#worker.terminate();
  }

  #answer({ id, value, problem }) {
    const { give, fail } = this.#asked.get(id);
    this.#asked.delete(id);
    if (problem === undefined) give(value);
    else fail(new Error(problem));
  }

  #fail(sentence) {
    for (const { fail } of this.#asked.values()) fail(new Error(sentence));
    this.#asked.clear();
  }
}
