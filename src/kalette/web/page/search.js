// Kalette's search for initial centroids, as kalette.clustering.search and breathing do it: grow centroids by splitting
// clusters on cubes of colours, then add some and remove others in turn, as long as the loss falls.

import { orderOf, runLloyd, squaredDistance } from "./lloyd.js";

const SIDES = [16, 8, 4, 2]; // of cubes, from coarse to fine
const GROWTH_SIDES = SIDES.slice(0, 3);
const MOST_EXACT = 1 << 13; // colours up to which breathing uses exact colours
const PASSES_AFTER_SPLITS = 2;
const EXTRA_PASSES = 32; // divided by k
const MIN_IMPROVEMENT = 1e-6;

/** The plans of the efforts "fast" and "balanced" (clustering/search.py). */
const FAST = { growth: 0.5, depth: 0.25, shrink: 0.4, passes: 1, tries: 48, budget: 512, detail: 2, leastSide: 4 };
const BALANCED = { growth: 1, depth: 0.25, shrink: 0.25, passes: 2, tries: 96, budget: 2048, detail: 2.8, leastSide: 2 };
const FAST_PASSES = 6; // of Lloyd's algorithm after the search of "fast"
const FAST_IS_WORSE = 128; // k from which "fast" is left out
/** A plan for a slider that moves: a few breaths, and all on large cubes. */
export const QUICK = { ...BALANCED, passes: 1, tries: 8, budget: 256, detail: 2, leastSide: 8 };

/** Return the start of effort "balanced": its own, or what "fast" finds where that is better. */
export function bestStart(pyramid, k) {
  const start = searchedStart(pyramid, k, BALANCED);
  if (k >= FAST_IS_WORSE) return start;
  const below = runLloyd(pyramid.finest, searchedStart(pyramid, k, FAST), { maxIter: FAST_PASSES }).at(-1);
  return below.loss < pyramid.finest.assign(start).loss ? below.centroids : start;
}

/** Return centroids with a low loss; the pyramid has more than k colours. */
export function searchedStart(pyramid, k, plan) {
  const start = grownOnCubes(pyramid, k, plan);
  return k === 1 ? start : breathe(breathingCloud(pyramid, start, plan), start, plan).centroids;
}

/** Split clusters on cubes that get finer as the loss falls; on single colours if there are few cubes. */
function grownOnCubes(pyramid, k, { growth, leastSide }) {
  const sides = GROWTH_SIDES.filter((side) => side >= leastSide);
  let centroids = mean(pyramid.ofSide(sides[0]));
  for (const side of sides) {
    const cloud = pyramid.ofSide(side);
    const leastLoss = side === sides.at(-1) ? 0 : side * side * cloud.pixelCount;
    centroids = grown(cloud, centroids, k, { growth, leastLoss });
  }
  return grown(pyramid.finest, centroids, k, { growth, leastLoss: 0 });
}

/** Split the clusters with the largest gain until there are k, no more distinct points, or a low loss. */
function grown(cloud, centroids, k, { growth, leastLoss }) {
  if (centroids.length === 3 * k) return centroids;
  let state = settle(cloud, centroids, 1);
  while (state.centroids.length < 3 * k && state.loss >= leastLoss) {
    const size = state.centroids.length / 3;
    const larger = withSplits(cloud, state, Math.min(k - size, Math.max(1, Math.trunc(growth * size))), 0);
    if (larger.length === 3 * size) break;
    state = settle(cloud, larger, PASSES_AFTER_SPLITS);
  }
  return state.centroids;
}

function mean({ points, weights }) {
  const sums = [0, 0, 0];
  points.forEach((value, i) => (sums[i % 3] += weights[Math.trunc(i / 3)] * value));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(sums, (sum) => sum / mass);
}

/** Return the coarsest cloud that is fine enough for the loss of a start. */
function breathingCloud(pyramid, start, { detail, leastSide }) {
  if (pyramid.finest.size <= MOST_EXACT) return pyramid.finest;
  const coarsest = pyramid.ofSide(SIDES[0]);
  const meanLoss = settle(coarsest, start, 1).loss / coarsest.pixelCount;
  return pyramid.ofSide(SIDES.find((side) => side === leastSide || meanLoss >= detail * side * side));
}

/** B. Fritzke, "The k-means algorithm with breathing", 2020. arXiv:2006.15666 */
function breathe(cloud, centroids, plan) {
  const k = centroids.length / 3;
  const passes = plan.passes + Math.trunc(EXTRA_PASSES / k);
  let state = settle(cloud, centroids, 1);
  let [added, failures] = [Math.max(1, Math.trunc(plan.depth * k)), 0];
  for (let number = 1; number <= Math.trunc(plan.budget / k) && added > 0; number++) {
    const larger = withSplits(cloud, state, added, added * failures); // after a failure, the next best clusters
    const other = larger.length > centroids.length ? reduced(cloud, larger, k, passes) : null;
    if (other && other.loss < state.loss * (1 - MIN_IMPROVEMENT)) {
      [state, failures] = [other, 0];
      continue;
    }
    failures += 1;
    if (!other || failures * k >= plan.tries) [added, failures] = [fewer(added, plan.shrink), 0];
  }
  return state;
}

const fewer = (added, shrink) => (added === 1 ? 0 : Math.max(1, Math.trunc(added * shrink)));

/** Run K-Means on more than k centroids, keep the k most needed, and run it on those. */
function reduced(cloud, larger, k, passes) {
  const { centroids } = settle(cloud, larger, passes);
  return settle(cloud, mostNeeded(cloud, centroids, centroids.length / 3 - k), passes);
}

/** Run passes of K-Means; the centroid of an empty cluster stays. */
function settle(cloud, centroids, passes) {
  let [before, after, found] = [centroids, centroids, null];
  for (let pass = 0; pass < passes; pass++) {
    before = after;
    found = cloud.assign(before);
    const { sums, mass } = found;
    after = before.map((value, i) => (mass[Math.trunc(i / 3)] > 0 ? sums[i] / mass[Math.trunc(i / 3)] : value));
  }
  let fall = 0;
  found.mass.forEach((mass, j) => (fall += mass * squaredDistance(after, 3 * j, before, 3 * j)));
  return { centroids: after, labels: found.labels, loss: found.loss - fall };
}

/** Split the n clusters with the largest gain, after skipping some, into two centroids each. */
function withSplits(cloud, { centroids, labels }, n, skipped) {
  const { gains, left, right } = cloud.splitClusters(labels, centroids.length / 3);
  const best = orderOf(gains.map((gain) => -gain)).slice(skipped, skipped + n).filter((j) => gains[j] > 0);
  const larger = new Float64Array(centroids.length + 3 * best.length);
  larger.set(centroids);
  best.forEach((j, place) => {
    larger.set(left.subarray(3 * j, 3 * j + 3), 3 * j);
    larger.set(right.subarray(3 * j, 3 * j + 3), centroids.length + 3 * place);
  });
  return larger;
}

/** Remove those whose removal raises the loss least; of two nearest neighbours only one, if enough others can be. */
function mostNeeded(cloud, centroids, excess) {
  const order = orderOf(cloud.removalCosts(centroids));
  const [dropped, frozen] = [new Set(), new Set()];
  for (const j of order.slice(0, 2 * excess)) {
    if (dropped.size === excess || frozen.has(j)) continue;
    dropped.add(j);
    frozen.add(nearestOther(centroids, j));
  }
  for (const j of order) if (dropped.size < excess) dropped.add(j);
  return centroids.filter((_, i) => !dropped.has(Math.trunc(i / 3)));
}

function nearestOther(centroids, j) {
  let [found, least] = [0, Infinity];
  for (let other = 0; other < centroids.length / 3; other++) {
    const distance = squaredDistance(centroids, 3 * other, centroids, 3 * j);
    if (other !== j && distance < least) [found, least] = [other, distance];
  }
  return found;
}
