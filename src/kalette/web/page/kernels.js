// The compiled kernels (native/wasm.cpp): arrays in, arrays out, with the bits of the library.

const NO_SYSTEM = Object.fromEntries(["fd_close", "fd_seek", "fd_write"].map((name) => [name, noSystem]));

/** Load the kernels that lie beside this file. */
export async function loadKernels() {
  const answer = await fetch(new URL("kernels.wasm", import.meta.url));
  if (!answer.ok) throw new Error("The page's kernels could not be loaded; reload the page.");
  return kernelsOf(await answer.arrayBuffer());
}

/** Start the kernels from the bytes of their module. */
export async function kernelsOf(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: NO_SYSTEM });
  instance.exports._initialize();
  return new Kernels(instance.exports);
}

function noSystem() {
  throw new Error("A kernel asked for an operating system.");
}

class Kernels {
  #exports;

  constructor(exports) {
    this.#exports = exports;
  }

  /** Return the distinct colours (M x 3) of pixels (n x 3) along the Z-order curve, and their counts. */
  countColors(pixels) {
    return within(this.#exports, (memory) => {
      const count = this.#exports.count_colors(memory.put(pixels), pixels.length / 3);
      const colors = memory.get(this.#exports.counted_colors(), Uint8Array, 3 * count);
      const counts = memory.get(this.#exports.counted_counts(), BigInt64Array, count);
      return { colors, counts: Float64Array.from(counts, Number) };
    });
  }

  /** Return for each pixel the label (a byte) of its colour, one of those that were counted. */
  mapColors(pixels, colors, labels) {
    return within(this.#exports, (memory) => {
      const n = pixels.length / 3;
      const indices = memory.room(n);
      const [from, known] = [memory.put(pixels), memory.put(colors)];
      const found = this.#exports.map_colors(from, n, known, colors.length / 3, memory.put(labels), indices);
      if (!found) throw new Error("A pixel has a colour that was not counted.");
      return memory.get(indices, Uint8Array, n);
    });
  }

  /** Return colours as points of Oklab, in sixteenths of a byte step. */
  oklab(colors, linear, scale) {
    return within(this.#exports, (memory) => {
      const points = memory.room(2 * colors.length);
      this.#exports.oklab(memory.put(colors), colors.length / 3, memory.put(linear), memory.put(scale), points);
      return memory.get(points, Int16Array, colors.length);
    });
  }

  /** Return the standard deviation of one coordinate around each pixel; points (height x width x 3, int16). */
  activity(points, { height, width }, channel) {
    return within(this.#exports, (memory) => {
      const deviations = memory.room(2 * height * width);
      this.#exports.activity(memory.put(points), height, width, channel, deviations);
      return memory.get(deviations, Uint16Array, height * width);
    });
  }

  /** Return the palette entry of each pixel by error diffusion; strengths (height x width) in 255ths. */
  diffuse(points, strengths, { height, width }, entries) {
    return within(this.#exports, (memory) => {
      const indices = memory.room(height * width);
      const [from, shares, palette] = [points, strengths, entries].map((array) => memory.put(array));
      this.#exports.diffuse(from, shares, height, width, palette, entries.length / 3, indices);
      return memory.get(indices, Uint8Array, height * width);
    });
  }

  /** Return the palette entry of each pixel by a mask: square, its offsets in 65536ths of the distance of entries. */
  mapThreshold(points, { height, width }, offsets, { entries, contrast }) {
    return within(this.#exports, (memory) => {
      const indices = memory.room(height * width);
      const [from, mask, palette] = [points, offsets, entries].map((array) => memory.put(array));
      const side = Math.sqrt(offsets.length);
      this.#exports.map_threshold(from, height, width, mask, side, palette, entries.length / 3, contrast, indices);
      return memory.get(indices, Uint8Array, height * width);
    });
  }

  /** Keep points (n x 3, float32) and weights (n) in the memory of the kernels, until `release`. */
  cloud(points, weights) {
    const memory = new Memory(this.#exports);
    return new Cloud(this.#exports, memory, points, weights);
  }
}

/** Weighted points, and what the kernels find out about them. Centroids are float64, and rounded to float32. */
export class Cloud {
  #exports;
  #memory;
  #places;

  constructor(exports, memory, points, weights) {
    this.#exports = exports;
    this.#memory = memory;
    this.points = points;
    this.weights = weights;
    this.size = weights.length;
    this.pixelCount = weights.reduce((sum, weight) => sum + weight, 0);
    this.#places = [memory.put(points), memory.put(weights), this.size];
  }

  /** Return the nearest centroid of each point, sums and mass of each cluster, and the loss. */
  assign(centroids) {
    return within(this.#exports, (memory) => {
      const k = centroids.length / 3;
      const [labels, sums, mass] = [4 * this.size, 24 * k, 8 * k].map((size) => memory.room(size));
      const rounded = memory.put(Float32Array.from(centroids));
      const loss = this.#exports.assign(...this.#places, rounded, k, labels, sums, mass);
      return {
        labels: memory.get(labels, Int32Array, this.size),
        sums: memory.get(sums, Float64Array, 3 * k),
        mass: memory.get(mass, Float64Array, k),
        loss,
      };
    });
  }

  /** Return how much the loss rises if a centroid is removed, for each. */
  removalCosts(centroids) {
    return within(this.#exports, (memory) => {
      const k = centroids.length / 3;
      const costs = memory.room(8 * k);
      this.#exports.removal_costs(...this.#places, memory.put(Float32Array.from(centroids)), k, costs);
      return memory.get(costs, Float64Array, k);
    });
  }

  /** Return how much the loss falls if a cluster is split in two, for each, and the two means. */
  splitClusters(labels, k) {
    return within(this.#exports, (memory) => {
      const [gains, left, right] = [8 * k, 24 * k, 24 * k].map((size) => memory.room(size));
      this.#exports.split_clusters(...this.#places, memory.put(labels), k, gains, left, right);
      return {
        gains: memory.get(gains, Float64Array, k),
        left: memory.get(left, Float64Array, 3 * k),
        right: memory.get(right, Float64Array, 3 * k),
      };
    });
  }

  release() {
    this.#memory.release();
  }
}

/** Do work with memory that is released after it. */
function within(exports, work) {
  const memory = new Memory(exports);
  try {
    return work(memory);
  } finally {
    memory.release();
  }
}

/** What is kept in the memory of the kernels, released together. */
class Memory {
  #exports;
  #held = [];

  constructor(exports) {
    this.#exports = exports;
  }

  room(sizeBytes) {
    const place = this.#exports.allocate(Math.max(1, sizeBytes));
    if (!place) throw new Error("The picture is too large for the memory of this page; choose a smaller one.");
    this.#held.push(place);
    return place;
  }

  put(array) {
    const place = this.room(array.byteLength);
    new Uint8Array(this.#exports.memory.buffer, place, array.byteLength).set(
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    );
    return place;
  }

  get(place, Kind, length) {
    return new Kind(this.#exports.memory.buffer, place, length).slice();
  }

  release() {
    for (const place of this.#held.splice(0)) this.#exports.release(place);
  }
}
