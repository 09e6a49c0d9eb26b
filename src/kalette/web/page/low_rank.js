// A picture of low rank, to compare with K-Means at equal size, as kalette.learn.low_rank: the best in squared error, by
// subspace iteration on the Gram matrix of each channel.
// C. Eckart and G. Young, "The approximation of one matrix by another of lower rank", Psychometrika 1, 1936.
// doi:10.1007/BF02288367

import { Random } from "./random.js";

const ROUNDS = 30; // of subspace iteration
const SPARE = 4; // vectors beyond the rank, for which the others converge sooner

/**
 * Return the picture of low rank that takes at most so many bytes: r singular values with their vectors are
 * r (height + width + 1) numbers a channel, of one byte each.
 * @returns {{pixels: Uint8ClampedArray, rank: number, sizeBytes: number} | null}  null where not even rank 1 fits
 */
export function lowRank({ data, width, height }, sizeBytes) {
  const bytesOfRank = 3 * (height + width + 1);
  const rank = Math.min(Math.trunc(sizeBytes / bytesOfRank), height, width);
  if (rank === 0) return null;
  const pixels = new Uint8ClampedArray(data.length).fill(255);
  const [line, step] = height <= width ? [4 * width, 4] : [4, 4 * width]; // lines along the longer side
  const placeOf = (i, j, c) => i * line + j * step + c;
  for (let c = 0; c < 3; c++) {
    const channel = Array.from({ length: Math.min(height, width) }, (_, i) =>
      Float64Array.from({ length: Math.max(height, width) }, (_, j) => data[placeOf(i, j, c)]),
    );
    projected(channel, rank).forEach((values, i) => values.forEach((value, j) => (pixels[placeOf(i, j, c)] = Math.round(value))));
  }
  return { pixels, rank, sizeBytes: rank * bytesOfRank };
}

/** Return the matrix of that rank which is nearest to lines. */
function projected(lines, rank) {
  const vectors = leadingVectors(gram(lines), rank);
  const parts = vectors.map((vector) => combined(lines, vector));
  return lines.map((_, i) => combined(parts, vectors.map((vector) => vector[i])));
}

/** Return the products of each line with each. */
function gram(lines) {
  const products = lines.map(() => new Float64Array(lines.length));
  lines.forEach((line, i) => {
    for (let j = 0; j <= i; j++) products[i][j] = products[j][i] = dot(line, lines[j]);
  });
  return products;
}

/** Return the first eigenvectors of a symmetric matrix, the largest eigenvalue first. */
function leadingVectors(matrix, rank) {
  const random = new Random(0);
  const count = Math.min(rank + SPARE, matrix.length);
  let vectors = Array.from({ length: count }, () => Float64Array.from(matrix, () => random.random() - 0.5));
  orthonormalize(vectors);
  for (let round = 0; round < ROUNDS; round++) {
    vectors = vectors.map((vector) => Float64Array.from(matrix, (row) => dot(row, vector)));
    orthonormalize(vectors);
  }
  return vectors.slice(0, rank);
}

/** Make vectors orthonormal, in order, by the modified Gram-Schmidt process; a zero vector stays. */
function orthonormalize(vectors) {
  vectors.forEach((vector, place) => {
    const norm = Math.sqrt(dot(vector, vector));
    for (const before of vectors.slice(0, place)) subtract(vector, dot(before, vector), before);
    const rest = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] = rest > 1e-12 * norm ? vector[i] / rest : 0;
  });
}

function subtract(vector, share, other) {
  for (let i = 0; i < vector.length; i++) vector[i] -= share * other[i];
}

function combined(vectors, factors) {
  const sum = new Float64Array(vectors[0].length);
  vectors.forEach((vector, place) => subtract(sum, -factors[place], vector));
  return sum;
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
