// The worker of kmeans.js: holds one picture, and does what is asked about it.

import { loadKernels } from "./kernels.js";
import { lowRank } from "./low_rank.js";
import { Quantizer } from "./quantizer.js";

let quantizer = null;
let newest = 0; // the question that came last
let picture = null;

const METHODS = {
  async open({ bitmap, mostPixels }) {
    picture = pixelsOf(bitmap, mostPixels);
    quantizer = new Quantizer(await loadKernels(), picture);
    return { ...quantizer.size, data: picture.data.slice() };
  },
  preview(settings) {
    setTimeout(() => quantizer.prepare(settings.space ?? "oklab"), 0); // after the answer
    return quantizer.preview(settings);
  },
  dithered: (settings, id) => quantizer.dithered(settings, () => isNewest(id)),
  run: (settings) => quantizer.run(settings),
  indicesOf: ({ centroids }) => quantizer.indicesOf(centroids),
  mapped: ({ centroids, space }) => quantizer.mapped(centroids, space),
  cloud: () => quantizer.cloud(),
  lowRank: ({ sizeBytes }) => lowRank(picture, sizeBytes),
};

self.addEventListener("message", async ({ data: { id, method, settings } }) => {
  newest = id;
  try {
    const value = await METHODS[method](settings, id);
    self.postMessage({ id, value }, { transfer: buffersIn(value) });
  } catch (problem) {
    self.postMessage({ id, problem: problem.message });
  }
});

/** Let further questions come in, and return whether there are none. */
async function isNewest(id) {
  await new Promise((go) => setTimeout(go, 0));
  return newest === id;
}

/** Return the pixels of a picture, sampled down to `mostPixels` at most. */
function pixelsOf(bitmap, mostPixels) {
  const scale = Math.min(1, Math.sqrt(mostPixels / (bitmap.width * bitmap.height)));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.floor(side * scale)));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

const buffersIn = (value) => Object.values(value ?? {}).filter(ArrayBuffer.isView).map(({ buffer }) => buffer);
