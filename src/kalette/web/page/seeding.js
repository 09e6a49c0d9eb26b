// Initial centroids of the textbooks, as kalette.clustering.seeding draws them. k is at most the number of colours.

import { orderOf, squaredDistance } from "./lloyd.js";

/** Draw k distinct colours, each as likely as any other. */
export function randomStart(cloud, k, random) {
  const shuffled = orderOf(Float64Array.from({ length: cloud.size }, () => random.random()));
  return pointsAt(cloud, shuffled.slice(0, k));
}

/**
 * Draw k colours one after the other, with probability proportional to weight times squared distance from those drawn.
 * D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
 */
export function plusPlusStart(cloud, k, random) {
  const { points, weights } = cloud;
  const chosen = [draw(weights, random)];
  const distances = new Float64Array(cloud.size).fill(Infinity);
  for (;;) {
    for (let i = 0; i < cloud.size; i++)
      distances[i] = Math.min(distances[i], squaredDistance(points, 3 * i, points, 3 * chosen.at(-1)));
    if (chosen.length === k) return pointsAt(cloud, chosen);
    chosen.push(draw(distances.map((distance, i) => weights[i] * distance), random));
  }
}

/** Return an index, drawn with probability proportional to its share. */
function draw(shares, random) {
  let sum = 0;
  const steps = shares.map((share) => (sum += share));
  const aim = random.random() * sum;
  const place = steps.findIndex((step) => step > aim);
  // Rounding may push a draw at the top of the range past the last index with a share.
  return place < 0 ? shares.findLastIndex((share) => share > 0) : place;
}

const pointsAt = ({ points }, places) => Float64Array.from(places.flatMap((i) => Array.from(points.subarray(3 * i, 3 * i + 3))));
