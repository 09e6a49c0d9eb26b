// Lloyd's algorithm on distinct colours, as kalette.clustering.lloyd does it. Centroids are k x 3 float64.

/**
 * @typedef {{centroids: Float64Array, labels: Int32Array, sums: Float64Array, mass: Float64Array, loss: number}} State
 * @typedef {{centroids: Float64Array, mass: Float64Array, loss: number, changed: number, shift: number}} Pass
 */

/**
 * Run passes until no label changes, no centroid moves further than `tol`, or `maxIter` passes are done. The first
 * `pinned` centroids never move.
 * @returns {Pass[]}  the start, then one for each pass; the loss never rises
 */
export function runLloyd(cloud, start, { maxIter = 100, tol = 0.05, pinned = 0 } = {}) {
  let state = assigned(cloud, start);
  const passes = [passOf(state, state)];
  while (passes.length <= maxIter) {
    const moved = assigned(cloud, means(cloud, state, pinned));
    if (moved.loss > state.loss) break; // only a rounding error can raise the loss: converged
    const pass = passOf(state, moved);
    passes.push(pass);
    if (pass.changed === 0 || pass.shift <= tol) break;
    state = moved;
  }
  return passes;
}

/** Assign each colour to its nearest centroid. @returns {State} */
function assigned(cloud, centroids) {
  return { centroids, ...cloud.assign(centroids) };
}

function passOf(before, { centroids, mass, loss, labels }) {
  let [changed, most] = [0, 0];
  for (let i = 0; i < labels.length; i++) changed += before.labels[i] !== labels[i];
  for (let at = 0; at < centroids.length; at += 3)
    most = Math.max(most, squaredDistance(centroids, at, before.centroids, at));
  return { centroids, mass, loss, changed, shift: Math.sqrt(most) };
}

export function squaredDistance(a, i, b, j) {
  const x = a[i] - b[j];
  const y = a[i + 1] - b[j + 1];
  const z = a[i + 2] - b[j + 2];
  return x * x + y * y + z * z;
}

/** Return the order of numbers, lowest first; ties keep theirs. */
export function orderOf(values) {
  return Array.from(values.keys()).sort((a, b) => values[a] - values[b] || a - b);
}

/** Return cluster means; the centroids of empty clusters move to the colours with the largest error. */
function means(cloud, { centroids, labels, sums, mass }, pinned) {
  const moved = sums.map((sum, i) => sum / (mass[Math.trunc(i / 3)] || 1));
  moved.set(centroids.subarray(0, 3 * pinned));
  const idle = Array.from(mass.keys()).filter((j) => j >= pinned && mass[j] === 0);
  if (idle.length > 0) reseat(cloud, centroids, labels, idle, moved);
  return moved;
}

function reseat({ points }, centroids, labels, idle, moved) {
  const errors = Float64Array.from(labels, (label, i) => squaredDistance(points, 3 * i, centroids, 3 * label));
  const worst = orderOf(errors.map((error) => -error)).slice(0, idle.length);
  const served = worst.filter((i) => errors[i] > 0);
  idle.forEach((j, place) => {
    const [from, at] = place < served.length ? [points, served[place]] : [centroids, idle[place]];
    moved.set(from.subarray(3 * at, 3 * at + 3), 3 * j);
  });
}
