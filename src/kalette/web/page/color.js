// Between sRGB bytes and points of the space in which colours are compared, as kalette.color does it.

const STEPS = 40; // of Newton's method
const ROUNDER = 2 ** 52 * 1.5; // adding and subtracting it rounds to an integer, halves to even
const SCALE = 4080; // lightness of white in Oklab, in sixteenths of a byte step
const LMS_FROM_LAB = [
  [1.0, 0.3963377774, 0.2158037573],
  [1.0, -0.1055613458, -0.0638541728],
  [1.0, -0.0894841775, -1.291485548],
];
const LINEAR_FROM_LMS = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.7076147010],
];
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => linearOf(byte / 255));
const THRESHOLDS = Float64Array.from({ length: 255 }, (_, byte) => linearOf((byte + 0.5) / 255));

/** The coordinate closest to lightness. */
export const LIGHTNESS = { srgb: 1, oklab: 0 };

/** Return colours (n x 3 bytes) as points (n x 3 float32) of "srgb", "oklab" or "oklab-chroma", in steps of a byte. */
export function pointsOf(kernels, colors, space) {
  const stretch = stretchOf(space);
  return Float32Array.from(sixteenthsOf(kernels, colors, space), (value, i) => (value / 16) * (i % 3 ? stretch : 1));
}

/** Return the same points (n x 3 int16) in sixteenths of a step. */
export function sixteenthsOf(kernels, colors, space) {
  if (space === "srgb") return Int16Array.from(colors, (byte) => 16 * byte);
  return kernels.oklab(colors, LINEAR, new Float64Array(3).fill(SCALE));
}

/** Return the bytes nearest to points (k x 3). */
export function bytesOf(points, space) {
  if (space === "srgb") return Uint8Array.from(points, (value) => Math.min(255, Math.max(0, rounded(value))));
  const bytes = new Uint8Array(points.length);
  const stretch = stretchOf(space);
  for (let i = 0; i < points.length; i += 3) {
    const lab = [points[i] / 255, points[i + 1] / stretch / 255, points[i + 2] / stretch / 255];
    const cones = times(LMS_FROM_LAB, lab).map((value) => value * value * value);
    bytes.set(times(LINEAR_FROM_LMS, cones).map(byteOf), i);
  }
  return bytes;
}

/** The stretch of chroma in the search, since dithering mixes hues less well than lightness (color/points.py). */
export const CHROMA_STRETCH = 1.5;
const stretchOf = (space) => (space === "oklab-chroma" ? CHROMA_STRETCH : 1);

/** Write a colour of a palette as #rrggbb. */
export function hexOf(palette, entry) {
  const bytes = palette.subarray(3 * entry, 3 * entry + 3);
  return `#${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Return the nearest whole number; halves go to the even one. */
export const rounded = (value) => value + ROUNDER - ROUNDER;
const times = (matrix, [a, b, c]) => matrix.map((row) => row[0] * a + row[1] * b + row[2] * c);

/** Return linear light of sRGB; its exponent is 2 + 2/5. */
function linearOf(value) {
  const base = (value + 0.055) / 1.055;
  const square = base * base;
  return value <= 0.04045 ? value / 12.92 : square * fifthRoot(square);
}

function fifthRoot(value) {
  let root = 1;
  for (let step = 0; step < STEPS; step++) root = (4 * root + value / (root * root * root * root)) / 5;
  return root;
}

/** Return how many thresholds lie below a value of linear light. */
function byteOf(linear) {
  let [low, high] = [0, THRESHOLDS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (THRESHOLDS[middle] < linear) low = middle + 1;
    else high = middle;
  }
  return low;
}
