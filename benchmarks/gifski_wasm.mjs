// A GIF from frames, by gifski-wasm: called in its folder `dist`, for it finds its kernel from there.
// Arguments: width, height, milliseconds a frame, quality, output; the input is RGBA, frame after frame.
// Its own rate of frames is a whole number, so durations are given.

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [width, height, delayMs, quality] = process.argv.slice(2, 6).map(Number);
const { encode } = await import(pathToFileURL(`${process.cwd()}/node.js`));
const pixels = readFileSync(0);
const size = width * height * 4;
const frames = Array.from({ length: pixels.length / size }, (_, place) =>
  pixels.subarray(place * size, (place + 1) * size),
);
const frameDurations = frames.map(() => delayMs);
writeFileSync(process.argv[6], await encode({ frames, width, height, frameDurations, quality }));
