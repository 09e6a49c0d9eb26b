// What is told of an animation: frames, flicker, and the bytes of its frames as bars.

import { find, makeSvg, sizeText } from "./elements.js";

const [WIDTH, HEIGHT] = [300, 56];

/** Show the figures of the file of an animation. */
export function showMotion({ frames, durationMs, flicker, frameBytes }) {
  const mean = frameBytes.reduce((sum, bytes) => sum + bytes, 0) / frameBytes.length;
  const highest = Math.max(...frameBytes);
  find("flicker").textContent = flicker.toFixed(2);
  find("motion-text").textContent =
    `${frames} frames in ${durationMs / 1000} s, ${sizeText(Math.round(mean))} each, ${sizeText(highest)} at most`;
  find("frame-bytes").setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  find("frame-bytes").replaceChildren(...bars(frameBytes, highest));
}

function bars(values, highest) {
  const width = WIDTH / values.length;
  return values.map((value, place) => {
    const height = (value / highest) * HEIGHT;
    return makeSvg("rect", { x: place * width, y: HEIGHT - height, width, height });
  });
}
