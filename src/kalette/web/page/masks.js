// The masks of threshold dithering: square tables of ranks.

import { rounded } from "./color.js";

export const BLUE_NOISE = "blue-noise";
const HALF = (1 << 15) - 1; // of the distance between two entries, in the unit of the kernel
const BAYER_DOUBLINGS = 3;

let blueNoise = null;

/** Return the blue-noise mask of the library, ranks 0 to 4095 row by row. */
export async function loadBlueNoise() {
  if (blueNoise) return blueNoise;
  const answer = await fetch(new URL("masks/blue_noise.bin", import.meta.url));
  if (!answer.ok) throw new Error("The page's mask could not be loaded; reload the page.");
  const view = new DataView(await answer.arrayBuffer());
  blueNoise = Uint16Array.from({ length: view.byteLength / 2 }, (_, i) => view.getUint16(2 * i, true));
  return blueNoise;
}

/** Return the 8 x 8 Bayer matrix, ranks 0 to 63. */
export function bayer() {
  let rows = [[0]];
  for (let i = 0; i < BAYER_DOUBLINGS; i++)
    rows = [
      ...rows.map((row) => [...row.map((rank) => 4 * rank), ...row.map((rank) => 4 * rank + 2)]),
      ...rows.map((row) => [...row.map((rank) => 4 * rank + 3), ...row.map((rank) => 4 * rank + 1)]),
    ];
  return Uint16Array.from(rows.flat());
}

/** Return how far the threshold at each place lies from the middle between two entries, at full strength. */
export function offsetsOf(ranks) {
  return Int16Array.from(ranks, (rank) => rounded((2 * rank + 1 - ranks.length) * (HALF / ranks.length)));
}
